ALTER TABLE `campaigns` ADD `sender` varchar(20) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `sender` varchar(20) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `opt_out` varchar(160) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `sms_opt_out` json;