-- A hash chain over a run's definition, its changes and its closed rounds, so that a change of them in the database is noticed. Of a run
-- that had closed rounds before this table was there, it begins with the next one. Rows never change.
CREATE TABLE run_chain (
    run_id        BIGINT      NOT NULL REFERENCES run (id),
    place         INTEGER     NOT NULL, -- 0, 1, 2, ... in the chain
    covers        VARCHAR(16) NOT NULL, -- REVISION or ROUND
    number        INTEGER     NOT NULL, -- of the run_revision, 0 for the definition as created; or of the round
    content       VARCHAR(64) NOT NULL, -- SHA-256 of the definition, of the run_revision or of the round_record
    messages      VARCHAR(64),          -- of a round: SHA-256 of its rows of message
    update_digest BIGINT,               -- of a round: digest of its round_update
    hash          VARCHAR(64) NOT NULL, -- SHA-256 of the hash before and of the columns above
    PRIMARY KEY (run_id, place)
);

-- When the run's chain was checked, and what did not fit, if anything.
ALTER TABLE run ADD COLUMN chain_checked_at TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE run ADD COLUMN chain_fault VARCHAR(1000);
