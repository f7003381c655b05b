-- How many devices a group added that were seen lately when it opened; null of groups that opened before this column was there.
ALTER TABLE rollout_group ADD COLUMN alive INTEGER;

-- An alias that only approved roll-outs and roll-backs move.
CREATE TABLE protected_alias (
    model        VARCHAR(64)                 NOT NULL REFERENCES registered_model (name),
    alias        VARCHAR(64)                 NOT NULL,
    protected_by VARCHAR(200)                NOT NULL, -- name of the operator
    protected_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    release_by   VARCHAR(200),                         -- who asked to end the protection, which another operator confirms
    PRIMARY KEY (model, alias)
);
