-- How far the messages of a run are folded, if they are. Of rounds before this place only those messages are left that something may still
-- ask for. The link of a round in run_chain has the hash of all messages that were in it, and its round_record their senders and bytes.
CREATE TABLE folded_messages (
    run_id       BIGINT  NOT NULL PRIMARY KEY REFERENCES run (id),
    round_number INTEGER NOT NULL, -- the round that is next, or begun; those before it are folded
    ordinal      INTEGER NOT NULL, -- the last member whose messages in that round are folded; -1 if the round is not begun
    messages     BIGINT  NOT NULL  -- how many messages of the run were deleted in all
);

-- Finds the link of a round.
CREATE INDEX run_chain_by_number ON run_chain (run_id, number);
