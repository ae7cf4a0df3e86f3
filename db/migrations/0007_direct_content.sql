ALTER TABLE `direct_sends` ADD `has_content` tinyint DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `direct_sends_kept` ON `direct_sends` (`has_content`,`finished_at`);