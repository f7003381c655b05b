-- Messages that devices hold receipts of and that the run does not have: its database went back to an earlier state. A member reports them
-- once, when it takes over what the run has of it.
CREATE TABLE lost_messages (
    run_id      BIGINT                      NOT NULL REFERENCES run (id),
    ordinal     INTEGER                     NOT NULL, -- the member's in the run
    sequence    BIGINT                      NOT NULL, -- of the newest message of the member that the run has, 0 for none
    receipt     BIGINT                      NOT NULL, -- of the newest message that the device has a receipt of
    first_round INTEGER                     NOT NULL, -- the first round that the messages may be of
    last_round  INTEGER                     NOT NULL, -- the round of the newest
    reported_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (run_id, ordinal, sequence)
);
