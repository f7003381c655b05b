-- Payloads apart from receipts: dropping one changes no row that stays, and no index beside its key.
CREATE TABLE message_payload (
    id   BIGINT  NOT NULL PRIMARY KEY, -- ascending with arrival, from the sequence
    data ${blob} NOT NULL
);

CREATE SEQUENCE message_payload_block; -- of PayloadKeys.BLOCK keys

ALTER TABLE message ADD COLUMN payload_id BIGINT;

-- Keys below 0 for what is there, out of the way of the sequence's.
UPDATE message SET payload_id = -1 - member_id * 2147483648 - round_number WHERE payload IS NOT NULL;
INSERT INTO message_payload (id, data) SELECT payload_id, payload FROM message WHERE payload IS NOT NULL;
ALTER TABLE message DROP COLUMN payload;
