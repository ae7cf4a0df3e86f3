ALTER TABLE `direct_sends` ADD `address` varchar(254) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `direct_sends` ADD `subject` varchar(200) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `direct_sends` ADD `tags` json DEFAULT (json_array()) NOT NULL;--> statement-breakpoint
ALTER TABLE `idempotency_keys` ADD `leased_until` datetime(3) NOT NULL;--> statement-breakpoint
CREATE INDEX `direct_sends_address` ON `direct_sends` (`tenant_id`,`address`,`id`);--> statement-breakpoint
CREATE INDEX `direct_sends_connection` ON `direct_sends` (`tenant_id`,`connection_id`,`send_at`);