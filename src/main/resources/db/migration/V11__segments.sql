-- Segments: objects with the payloads of the messages of a run that arrived together. A row of message_payload has the bytes, or names the
-- part of a segment that has them, as NAME:OFFSET:LENGTH. Rows written before keep their bytes. As before, compaction deletes the row: a
-- message's payload is gone if message_payload has no row with its payload_id.
ALTER TABLE message_payload ADD COLUMN data_at VARCHAR(80);
ALTER TABLE message_payload ALTER COLUMN data DROP NOT NULL;

-- Of a segment; null of other objects, and of names that are noted for segments to come.
ALTER TABLE stored_object ADD COLUMN live BIGINT;          -- bytes of the payloads that rows name
ALTER TABLE stored_object ADD COLUMN first_payload BIGINT; -- smallest message_payload.id of its payloads
ALTER TABLE stored_object ADD COLUMN last_payload BIGINT;  -- greatest one; other segments may have payloads in between
