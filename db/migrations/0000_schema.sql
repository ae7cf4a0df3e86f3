CREATE TABLE `contact_tags` (
	`tenant_id` binary(16) NOT NULL,
	`contact_id` binary(16) NOT NULL,
	`tag_id` binary(16) NOT NULL,
	CONSTRAINT `contact_tags_tenant_id_contact_id_tag_id_pk` PRIMARY KEY(`tenant_id`,`contact_id`,`tag_id`)
);
--> statement-breakpoint
CREATE TABLE `list_members` (
	`tenant_id` binary(16) NOT NULL,
	`list_id` binary(16) NOT NULL,
	`contact_id` binary(16) NOT NULL,
	`added_at` datetime(3) NOT NULL,
	CONSTRAINT `list_members_tenant_id_list_id_contact_id_pk` PRIMARY KEY(`tenant_id`,`list_id`,`contact_id`)
);
--> statement-breakpoint
CREATE TABLE `lists` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`name` varchar(120) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `lists_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`),
	CONSTRAINT `lists_name` UNIQUE(`tenant_id`,`name`)
);
--> statement-breakpoint
CREATE TABLE `segments` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`name` varchar(120) NOT NULL,
	`rule` json NOT NULL,
	`last_count` int,
	`counted_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `segments_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`),
	CONSTRAINT `segments_name` UNIQUE(`tenant_id`,`name`)
);
--> statement-breakpoint
CREATE TABLE `tags` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`name` varchar(60) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `tags_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`),
	CONSTRAINT `tags_name` UNIQUE(`tenant_id`,`name`)
);
--> statement-breakpoint
CREATE TABLE `campaigns` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`name` varchar(120) NOT NULL,
	`state` varchar(12) NOT NULL,
	`pause_reason` varchar(20),
	`pause_detail` varchar(500) NOT NULL DEFAULT '',
	`template_id` binary(16),
	`subject` varchar(998) NOT NULL DEFAULT '',
	`from_name` varchar(120) NOT NULL DEFAULT '',
	`from_email` varchar(254) NOT NULL DEFAULT '',
	`reply_to` varchar(254) NOT NULL DEFAULT '',
	`connection_id` binary(16),
	`audience` json NOT NULL,
	`track_opens` boolean NOT NULL DEFAULT true,
	`track_clicks` boolean NOT NULL DEFAULT true,
	`scheduled_at` datetime(3),
	`run_id` binary(16),
	`revision` int NOT NULL DEFAULT 1,
	`created_by` varchar(40) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `campaigns_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `connections` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`kind` varchar(12) NOT NULL,
	`name` varchar(120) NOT NULL,
	`settings` json NOT NULL,
	`sealed` varbinary(4000) NOT NULL,
	`rate_per_second` int NOT NULL,
	`is_default` boolean NOT NULL DEFAULT false,
	`verified_at` datetime(3),
	`last_error` varchar(500) NOT NULL DEFAULT '',
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `connections_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`),
	CONSTRAINT `connections_id` UNIQUE(`id`)
);
--> statement-breakpoint
CREATE TABLE `links` (
	`tenant_id` binary(16) NOT NULL,
	`run_id` binary(16) NOT NULL,
	`position` int NOT NULL,
	`url` varchar(4000) NOT NULL,
	CONSTRAINT `links_tenant_id_run_id_position_pk` PRIMARY KEY(`tenant_id`,`run_id`,`position`)
);
--> statement-breakpoint
CREATE TABLE `runs` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`campaign_id` binary(16) NOT NULL,
	`connection_id` binary(16) NOT NULL,
	`audience` json NOT NULL,
	`subject` varchar(998) NOT NULL,
	`preheader` varchar(255) NOT NULL,
	`html` mediumtext NOT NULL,
	`text` mediumtext NOT NULL,
	`defaults` json NOT NULL,
	`from_name` varchar(120) NOT NULL,
	`from_email` varchar(254) NOT NULL,
	`reply_to` varchar(254) NOT NULL,
	`postal_address` varchar(500) NOT NULL,
	`track_opens` boolean NOT NULL,
	`track_clicks` boolean NOT NULL,
	`started_at` datetime(3) NOT NULL,
	`frozen_at` datetime(3),
	`audience_size` int,
	`finished_at` datetime(3),
	CONSTRAINT `runs_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `consents` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`contact_id` binary(16) NOT NULL,
	`channel` varchar(5) NOT NULL,
	`status` varchar(12) NOT NULL,
	`source` varchar(40) NOT NULL,
	`ip` varchar(45) NOT NULL DEFAULT '',
	`user_agent` varchar(300) NOT NULL DEFAULT '',
	`wording` varchar(1000) NOT NULL DEFAULT '',
	`at` datetime(3) NOT NULL,
	CONSTRAINT `consents_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `contacts` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`email` varchar(254),
	`phone` varchar(16),
	`first_name` varchar(100) NOT NULL DEFAULT '',
	`last_name` varchar(100) NOT NULL DEFAULT '',
	`locale` varchar(35) NOT NULL DEFAULT '',
	`time_zone` varchar(64) NOT NULL DEFAULT '',
	`country` varchar(2) NOT NULL DEFAULT '',
	`fields` json NOT NULL DEFAULT (json_object()),
	`email_consent` varchar(12) NOT NULL DEFAULT 'none',
	`sms_consent` varchar(12) NOT NULL DEFAULT 'none',
	`source` varchar(20) NOT NULL,
	`import_id` binary(16),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `contacts_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`),
	CONSTRAINT `contacts_email` UNIQUE(`tenant_id`,`email`)
);
--> statement-breakpoint
CREATE TABLE `fields` (
	`tenant_id` binary(16) NOT NULL,
	`key` varchar(40) NOT NULL,
	`label` varchar(80) NOT NULL,
	`type` varchar(10) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `fields_tenant_id_key_pk` PRIMARY KEY(`tenant_id`,`key`)
);
--> statement-breakpoint
CREATE TABLE `suppressions` (
	`tenant_id` binary(16) NOT NULL,
	`channel` varchar(5) NOT NULL,
	`address` varchar(254) NOT NULL,
	`reason` varchar(12) NOT NULL,
	`detail` varchar(500) NOT NULL DEFAULT '',
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `suppressions_tenant_id_channel_address_pk` PRIMARY KEY(`tenant_id`,`channel`,`address`)
);
--> statement-breakpoint
CREATE TABLE `import_errors` (
	`tenant_id` binary(16) NOT NULL,
	`import_id` binary(16) NOT NULL,
	`line` int NOT NULL,
	`reason` varchar(40) NOT NULL,
	`detail` varchar(300) NOT NULL,
	`row` json NOT NULL,
	CONSTRAINT `import_errors_tenant_id_import_id_line_pk` PRIMARY KEY(`tenant_id`,`import_id`,`line`)
);
--> statement-breakpoint
CREATE TABLE `imports` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`file_name` varchar(255) NOT NULL,
	`file_key` varchar(200) NOT NULL,
	`size_bytes` bigint NOT NULL,
	`state` varchar(12) NOT NULL,
	`preview` json NOT NULL,
	`options` json,
	`cursor_bytes` bigint NOT NULL DEFAULT 0,
	`cursor_line` int NOT NULL DEFAULT 0,
	`rows_read` int NOT NULL DEFAULT 0,
	`rows_created` int NOT NULL DEFAULT 0,
	`rows_updated` int NOT NULL DEFAULT 0,
	`rows_unchanged` int NOT NULL DEFAULT 0,
	`rows_rejected` int NOT NULL DEFAULT 0,
	`failure` varchar(500) NOT NULL DEFAULT '',
	`lease_until` datetime(3),
	`created_by` varchar(40) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	`started_at` datetime(3),
	`finished_at` datetime(3),
	CONSTRAINT `imports_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `message_events` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`message_id` binary(16) NOT NULL,
	`contact_id` binary(16) NOT NULL,
	`source_id` binary(16) NOT NULL,
	`kind` varchar(14) NOT NULL,
	`dedupe_key` binary(16) NOT NULL,
	`machine` tinyint NOT NULL DEFAULT 0,
	`link_position` int,
	`detail` varchar(500) NOT NULL DEFAULT '',
	`data` json NOT NULL,
	`at` datetime(3) NOT NULL,
	CONSTRAINT `message_events_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`),
	CONSTRAINT `message_events_dedupe` UNIQUE(`tenant_id`,`dedupe_key`)
);
--> statement-breakpoint
CREATE TABLE `messages` (
	`tenant_id` binary(16) NOT NULL,
	`source_id` binary(16) NOT NULL,
	`step` tinyint NOT NULL DEFAULT 0,
	`contact_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`state` varchar(10) NOT NULL,
	`reason` varchar(300) NOT NULL DEFAULT '',
	`address` varchar(254) NOT NULL,
	`tries` tinyint NOT NULL DEFAULT 0,
	`not_before` datetime(3),
	`attempt_id` binary(16),
	`claimed_at` datetime(3),
	`provider_message_id` varchar(120),
	`accepted_at` datetime(3),
	`opened_at` datetime(3),
	`clicked_at` datetime(3),
	`machine_opened_at` datetime(3),
	`unsubscribed_at` datetime(3),
	CONSTRAINT `messages_tenant_id_source_id_step_contact_id_pk` PRIMARY KEY(`tenant_id`,`source_id`,`step`,`contact_id`),
	CONSTRAINT `messages_id` UNIQUE(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `send_batches` (
	`tenant_id` binary(16) NOT NULL,
	`source_id` binary(16) NOT NULL,
	`attempt_id` binary(16) NOT NULL,
	`position` int NOT NULL,
	`inputs` mediumblob NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `send_batches_tenant_id_source_id_attempt_id_position_pk` PRIMARY KEY(`tenant_id`,`source_id`,`attempt_id`,`position`)
);
--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`queue` varchar(60) NOT NULL,
	`message_key` varchar(80) NOT NULL,
	`body` json NOT NULL,
	`at` datetime(3) NOT NULL,
	CONSTRAINT `dead_letters_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `template_versions` (
	`tenant_id` binary(16) NOT NULL,
	`template_id` binary(16) NOT NULL,
	`version` int NOT NULL,
	`subject` varchar(998) NOT NULL,
	`preheader` varchar(255) NOT NULL DEFAULT '',
	`html` mediumtext NOT NULL,
	`text` mediumtext NOT NULL,
	`defaults` json NOT NULL,
	`created_by` varchar(40) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `template_versions_tenant_id_template_id_version_pk` PRIMARY KEY(`tenant_id`,`template_id`,`version`)
);
--> statement-breakpoint
CREATE TABLE `templates` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`name` varchar(120) NOT NULL,
	`current_version` int NOT NULL,
	`archived_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `templates_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `api_keys` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`name` varchar(120) NOT NULL,
	`hint` varchar(24) NOT NULL,
	`key_hash` binary(32) NOT NULL,
	`created_by` binary(16) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`last_used_at` datetime(3),
	`revoked_at` datetime(3),
	CONSTRAINT `api_keys_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`),
	CONSTRAINT `api_keys_hash` UNIQUE(`key_hash`)
);
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`actor` varchar(40) NOT NULL,
	`actor_name` varchar(254) NOT NULL,
	`action` varchar(60) NOT NULL,
	`subject` varchar(80) NOT NULL,
	`ip` varchar(45) NOT NULL,
	`before` json,
	`after` json,
	`at` datetime(3) NOT NULL,
	CONSTRAINT `audit_log_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`)
);
--> statement-breakpoint
CREATE TABLE `invitations` (
	`tenant_id` binary(16) NOT NULL,
	`id` binary(16) NOT NULL,
	`email` varchar(254) NOT NULL,
	`role` varchar(12) NOT NULL,
	`token_hash` binary(32) NOT NULL,
	`invited_by` binary(16) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`accepted_at` datetime(3),
	CONSTRAINT `invitations_tenant_id_id_pk` PRIMARY KEY(`tenant_id`,`id`),
	CONSTRAINT `invitations_token` UNIQUE(`token_hash`),
	CONSTRAINT `invitations_email` UNIQUE(`tenant_id`,`email`)
);
--> statement-breakpoint
CREATE TABLE `memberships` (
	`tenant_id` binary(16) NOT NULL,
	`user_id` binary(16) NOT NULL,
	`role` varchar(12) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `memberships_tenant_id_user_id_pk` PRIMARY KEY(`tenant_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` varchar(64) NOT NULL,
	`user_id` binary(16) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `sessions_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` binary(16) NOT NULL,
	`name` varchar(120) NOT NULL,
	`wrapped_key` varbinary(96) NOT NULL,
	`time_zone` varchar(64) NOT NULL,
	`postal_address` varchar(500) NOT NULL DEFAULT '',
	`from_name` varchar(120) NOT NULL DEFAULT '',
	`from_email` varchar(254) NOT NULL DEFAULT '',
	`reply_to` varchar(254) NOT NULL DEFAULT '',
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `tenants_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` binary(16) NOT NULL,
	`email` varchar(254) NOT NULL,
	`name` varchar(120) NOT NULL,
	`password_hash` varchar(255) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `users_email` UNIQUE(`email`)
);
--> statement-breakpoint
CREATE INDEX `contact_tags_tag` ON `contact_tags` (`tenant_id`,`tag_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `list_members_contact` ON `list_members` (`tenant_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `campaigns_due` ON `campaigns` (`state`,`scheduled_at`);--> statement-breakpoint
CREATE INDEX `campaigns_state` ON `campaigns` (`tenant_id`,`state`);--> statement-breakpoint
CREATE INDEX `runs_campaign` ON `runs` (`tenant_id`,`campaign_id`);--> statement-breakpoint
CREATE INDEX `runs_open` ON `runs` (`finished_at`,`started_at`);--> statement-breakpoint
CREATE INDEX `consents_contact` ON `consents` (`tenant_id`,`contact_id`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_phone` ON `contacts` (`tenant_id`,`phone`);--> statement-breakpoint
CREATE INDEX `contacts_first_name` ON `contacts` (`tenant_id`,`first_name`);--> statement-breakpoint
CREATE INDEX `contacts_last_name` ON `contacts` (`tenant_id`,`last_name`);--> statement-breakpoint
CREATE INDEX `message_events_contact` ON `message_events` (`tenant_id`,`contact_id`,`id`);--> statement-breakpoint
CREATE INDEX `message_events_source` ON `message_events` (`tenant_id`,`source_id`,`kind`,`at`);--> statement-breakpoint
CREATE INDEX `messages_contact` ON `messages` (`tenant_id`,`contact_id`,`id`);--> statement-breakpoint
CREATE INDEX `send_batches_age` ON `send_batches` (`created_at`);--> statement-breakpoint
CREATE INDEX `dead_letters_key` ON `dead_letters` (`tenant_id`,`message_key`);--> statement-breakpoint
CREATE INDEX `audit_log_subject` ON `audit_log` (`tenant_id`,`subject`,`id`);--> statement-breakpoint
CREATE INDEX `memberships_user` ON `memberships` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);