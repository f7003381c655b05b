-- When the run ended, by which old runs are deleted. Those that are over already count from now on.
ALTER TABLE run ADD COLUMN ended_at TIMESTAMP(6) WITH TIME ZONE;
UPDATE run SET ended_at = CURRENT_TIMESTAMP WHERE state IN ('FINISHED', 'CANCELLED', 'FAILED');

-- Since when nobody sees the run. Its rows are deleted after that in small steps, this one last.
ALTER TABLE run ADD COLUMN deleted_at TIMESTAMP(6) WITH TIME ZONE;

-- A token that admits nobody any more can be deleted before its devices; enrolled_by then is the id of one that was there.
ALTER TABLE client DROP CONSTRAINT client_enrolled_by;
