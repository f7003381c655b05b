-- What the devices behind a relay have done in a roll-out. The relay's row of rollout_device counts as none of them.
CREATE TABLE rollout_site (
    rollout_id VARCHAR(12) NOT NULL,
    client_id  VARCHAR(12) NOT NULL,
    asked      INTEGER     NOT NULL, -- devices that got the version
    installed  INTEGER     NOT NULL, -- of these, devices that reported it as installed
    failed     INTEGER     NOT NULL, -- of these, devices that reported a failure
    PRIMARY KEY (rollout_id, client_id),
    CONSTRAINT rollout_site_device FOREIGN KEY (rollout_id, client_id) REFERENCES rollout_device (rollout_id, client_id)
);

-- A metric's differences of these devices, new minus before.
CREATE TABLE rollout_site_metric (
    rollout_id VARCHAR(12)      NOT NULL,
    client_id  VARCHAR(12)      NOT NULL,
    metric     VARCHAR(64)      NOT NULL,
    devices    INTEGER          NOT NULL, -- that reported it for both versions, on enough samples
    mean       DOUBLE PRECISION NOT NULL,
    squares    DOUBLE PRECISION NOT NULL, -- the sum of the squared deviations from the mean
    PRIMARY KEY (rollout_id, client_id, metric),
    CONSTRAINT rollout_site_metric_site FOREIGN KEY (rollout_id, client_id) REFERENCES rollout_site (rollout_id, client_id)
);

-- A relay's result of an evaluation: how many devices of its site it is about, or why it has none.
CREATE TABLE evaluation_site (
    evaluation BIGINT      NOT NULL REFERENCES evaluation (id),
    client_id  VARCHAR(12) NOT NULL,
    devices    INTEGER     NOT NULL,
    reason     VARCHAR(500),
    PRIMARY KEY (evaluation, client_id)
);

-- A metric over these devices.
CREATE TABLE evaluation_site_value (
    evaluation    BIGINT           NOT NULL REFERENCES evaluation (id),
    metric        VARCHAR(64)      NOT NULL,
    client_id     VARCHAR(12)      NOT NULL,
    devices       INTEGER          NOT NULL, -- that sent it
    samples       DOUBLE PRECISION NOT NULL, -- that they measured
    weighted_mean DOUBLE PRECISION NOT NULL, -- each device weighted by its samples
    mean          DOUBLE PRECISION NOT NULL, -- each device with the same weight
    PRIMARY KEY (evaluation, metric, client_id)
);

-- An evaluation of a relay's site that is the one of the same name above.
CREATE TABLE evaluation_upstream (
    evaluation BIGINT NOT NULL PRIMARY KEY REFERENCES evaluation (id),
    result     VARCHAR(10000) -- the result that the coordinator above gets, as JSON; null before there is one
);
