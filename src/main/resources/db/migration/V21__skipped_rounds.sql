-- With secure aggregation a device takes part in no round again in which it has revealed shares, also after the database went back to an
-- earlier state. Members report the first round in which they take part again.
CREATE TABLE next_round (
    run_id       BIGINT                      NOT NULL REFERENCES run (id),
    ordinal      INTEGER                     NOT NULL, -- the member's in the run
    round_number INTEGER                     NOT NULL,
    reported_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (run_id, ordinal)
);

-- Rounds that close without messages and without a step, because too few members are left that may take part in them.
CREATE TABLE skipped_rounds (
    run_id      BIGINT                      NOT NULL REFERENCES run (id),
    first_round INTEGER                     NOT NULL,
    last_round  INTEGER                     NOT NULL,
    decided_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (run_id, first_round)
);
