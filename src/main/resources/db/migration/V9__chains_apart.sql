-- How far a member's messages have come, apart from the member: each message changes it, and H2 writes a changed row anew in all of
-- its table's indexes.
CREATE TABLE member_chain (
    member_id  BIGINT           NOT NULL PRIMARY KEY REFERENCES member (id),
    sequence   BIGINT           NOT NULL, -- messages accepted so far
    head       BIGINT           NOT NULL, -- digest of the last of them, 0 if none
    last_round INTEGER          NOT NULL, -- the newest round it has answered, -1 if none
    bytes      BIGINT DEFAULT 0 NOT NULL  -- of all of them
);

INSERT INTO member_chain (member_id, sequence, head, last_round, bytes)
    SELECT id, sequence, head, last_round, bytes FROM member;

ALTER TABLE member DROP COLUMN sequence;
ALTER TABLE member DROP COLUMN head;
ALTER TABLE member DROP COLUMN last_round;
ALTER TABLE member DROP COLUMN bytes;
