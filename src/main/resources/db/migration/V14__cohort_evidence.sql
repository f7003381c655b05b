-- What rounds of secure aggregation showed about devices that send wrong shares, or lie about those of others. Devices are named by their
-- identities.
CREATE TABLE cohort_evidence (
    run_id       BIGINT      NOT NULL REFERENCES run (id),
    number       INTEGER     NOT NULL, -- 0, 1, 2, ... in the run
    round_number INTEGER     NOT NULL,
    has_sum      BOOLEAN     NOT NULL,
    owner        VARCHAR(64) NOT NULL, -- the device whose shares were wrong or missing, hex; empty in a round that went well
    others       ${blob}     NOT NULL, -- with an owner, the devices of which some are hostile if the owner is not; else the suspects that were left out
    needed       INTEGER     NOT NULL, -- how many of them
    PRIMARY KEY (run_id, number)
);
