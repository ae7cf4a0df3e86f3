DROP INDEX `replies_dedupe` ON `replies`;--> statement-breakpoint
ALTER TABLE `replies` ADD CONSTRAINT `replies_dedupe` UNIQUE(`tenant_id`,`dedupe_key`);--> statement-breakpoint
CREATE INDEX `replies_from` ON `replies` (`tenant_id`,`from_address`,`at`);