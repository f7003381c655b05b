-- Equal refused requests share an entry of the audit log, so that no caller fills it.
ALTER TABLE audit_entry ADD COLUMN requests BIGINT DEFAULT 1 NOT NULL; -- how many
ALTER TABLE audit_entry ADD COLUMN first_at TIMESTAMP(6) WITH TIME ZONE; -- of the first; null if the entry stands for one request
