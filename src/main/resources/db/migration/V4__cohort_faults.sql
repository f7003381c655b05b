-- Members that sent wrong shares in a cohort of secure aggregation, or said so of others. Who did it in two rounds is left out of later
-- cohorts, under the same identity for ever.
CREATE TABLE cohort_fault (
    run_id       BIGINT      NOT NULL REFERENCES run (id),
    round_number INTEGER     NOT NULL,
    ordinal      INTEGER     NOT NULL, -- the member's in the run
    identity     VARCHAR(64) NOT NULL, -- public key of the device, hex
    PRIMARY KEY (run_id, round_number, ordinal)
);
