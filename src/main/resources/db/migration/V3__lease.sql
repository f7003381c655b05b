-- Which of several coordinators on one database moves a run on, until when by the database's clock, and for which time in a row.

ALTER TABLE run ADD COLUMN lease_holder VARCHAR(36);
ALTER TABLE run ADD COLUMN lease_until TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE run ADD COLUMN lease_epoch BIGINT DEFAULT 0 NOT NULL;
