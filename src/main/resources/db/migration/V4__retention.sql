-- Digests of what is stored whole, and members' vectors g_i in place of the messages they are the sum of.

-- Of the round, the step rule's memory and the bytes; none in rows that are older than this column.
ALTER TABLE checkpoint ADD COLUMN digest BIGINT;
ALTER TABLE round_update ADD COLUMN digest BIGINT;

-- A row stays for ever, as it is the receipt; its payload goes once nothing needs it.
ALTER TABLE message ALTER COLUMN payload DROP NOT NULL;

CREATE TABLE member_snapshot (
    member_id BIGINT  NOT NULL PRIMARY KEY REFERENCES member (id),
    sequence  BIGINT  NOT NULL, -- of the last message in it
    head      BIGINT  NOT NULL, -- that message's digest
    folded_to INTEGER NOT NULL, -- the round that message was added in
    digest    BIGINT  NOT NULL, -- of the columns above and the state
    state     ${blob}           -- g_i as a frame of float64; none if the member has left, and it is needed no more
);
