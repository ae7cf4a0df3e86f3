CREATE TABLE `forged_reports` (
	`tenant_id` binary(16) NOT NULL,
	`connection_id` binary(16) NOT NULL,
	`hour` datetime(3) NOT NULL,
	`count` int NOT NULL,
	CONSTRAINT `forged_reports_tenant_id_connection_id_hour_pk` PRIMARY KEY(`tenant_id`,`connection_id`,`hour`)
);
--> statement-breakpoint
CREATE TABLE `rejudgements` (
	`tenant_id` binary(16) NOT NULL,
	`run_id` binary(16) NOT NULL,
	`rules` tinyint NOT NULL,
	`after_contact_id` binary(16),
	`total` int NOT NULL,
	`done` int NOT NULL DEFAULT 0,
	`changed` int NOT NULL DEFAULT 0,
	`started_at` datetime(3) NOT NULL,
	`finished_at` datetime(3),
	CONSTRAINT `rejudgements_tenant_id_run_id_pk` PRIMARY KEY(`tenant_id`,`run_id`)
);
--> statement-breakpoint
ALTER TABLE `message_events` ADD `visitor` binary(8);--> statement-breakpoint
CREATE INDEX `forged_reports_age` ON `forged_reports` (`hour`);--> statement-breakpoint
CREATE INDEX `message_events_visitor` ON `message_events` (`tenant_id`,`source_id`,`visitor`,`at`);