CREATE TABLE `direct_sends` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`message_id` binary(16) NOT NULL,
	`channel` varchar(5) NOT NULL,
	`connection_id` binary(16) NOT NULL,
	`template_id` binary(16),
	`content` mediumblob NOT NULL,
	`attachments_key` varchar(200),
	`metadata` json NOT NULL DEFAULT (json_object()),
	`send_at` datetime(3) NOT NULL,
	`created_by` varchar(40) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`finished_at` datetime(3),
	CONSTRAINT `direct_sends_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`tenant_id` binary(16) NOT NULL,
	`key_hash` binary(32) NOT NULL,
	`body_hash` binary(32) NOT NULL,
	`status` int NOT NULL DEFAULT 0,
	`answer` mediumblob,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `idempotency_keys_tenant_id_key_hash_pk` PRIMARY KEY(`tenant_id`,`key_hash`)
);
--> statement-breakpoint
CREATE TABLE `replies` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`connection_id` binary(16) NOT NULL,
	`contact_id` binary(16),
	`from_address` varchar(254) NOT NULL,
	`to_address` varchar(254) NOT NULL,
	`text` varchar(2000) NOT NULL,
	`keyword` varchar(8) NOT NULL DEFAULT '',
	`needs_review` tinyint NOT NULL DEFAULT 0,
	`dedupe_key` binary(16) NOT NULL,
	`at` datetime(3) NOT NULL,
	CONSTRAINT `replies_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `hook_payloads` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`connection_id` binary(16) NOT NULL,
	`request` mediumblob NOT NULL,
	`raw_key` varchar(200),
	`events` int NOT NULL DEFAULT 0,
	`readings` tinyint NOT NULL DEFAULT 1,
	`received_at` datetime(3) NOT NULL,
	CONSTRAINT `hook_payloads_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
ALTER TABLE `campaigns` ADD `channel` varchar(5) DEFAULT 'email' NOT NULL;--> statement-breakpoint
ALTER TABLE `campaigns` ADD `resume_at` datetime(3);--> statement-breakpoint
ALTER TABLE `campaigns` ADD `scheduled_local` boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `campaigns` ADD `ignores_policy` boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `channel` varchar(5) DEFAULT 'email' NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `weight` int DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `warm_up` json;--> statement-breakpoint
ALTER TABLE `runs` ADD `channel` varchar(5) DEFAULT 'email' NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `route` json DEFAULT (json_array()) NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `policy` json;--> statement-breakpoint
ALTER TABLE `runs` ADD `local_time` varchar(16);--> statement-breakpoint
ALTER TABLE `message_events` ADD `rules` tinyint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `is_direct` boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `connection_id` binary(16);--> statement-breakpoint
ALTER TABLE `messages` ADD `segments` tinyint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `send_batches` ADD `connection_id` binary(16) NOT NULL;--> statement-breakpoint
ALTER TABLE `dead_letters` ADD `state` varchar(10) DEFAULT 'waiting' NOT NULL;--> statement-breakpoint
ALTER TABLE `dead_letters` ADD `error` varchar(500) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `dead_letters` ADD `settled_at` datetime(3);--> statement-breakpoint
ALTER TABLE `templates` ADD `channel` varchar(5) DEFAULT 'email' NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `policy` json;--> statement-breakpoint
CREATE INDEX `direct_sends_open` ON `direct_sends` (`finished_at`,`send_at`);--> statement-breakpoint
CREATE INDEX `idempotency_keys_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE INDEX `replies_contact` ON `replies` (`tenant_id`,`contact_id`,`id`);--> statement-breakpoint
CREATE INDEX `replies_dedupe` ON `replies` (`tenant_id`,`dedupe_key`);--> statement-breakpoint
CREATE INDEX `hook_payloads_connection` ON `hook_payloads` (`tenant_id`,`connection_id`,`id`);--> statement-breakpoint
CREATE INDEX `hook_payloads_age` ON `hook_payloads` (`received_at`);