-- The newest time that a coordinator has seen, so that a clock that jumps neither deletes what is kept for a time nor revives what
-- has expired. Null until the first coordinator runs.
CREATE TABLE trusted_time (
    id     INTEGER NOT NULL PRIMARY KEY, -- always 1
    newest TIMESTAMP(6) WITH TIME ZONE
);
INSERT INTO trusted_time (id, newest) VALUES (1, NULL);
