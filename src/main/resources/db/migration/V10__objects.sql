-- Bytes that were too long for their rows: their columns are null, and the columns beside them, ..._at, name the part of an object that has
-- them, as NAME:OFFSET:LENGTH. Rows written before keep their bytes.

-- An object in the object store: noted before it is written, so that none is there which is not in this table.
CREATE TABLE stored_object (
    name         VARCHAR(40) NOT NULL PRIMARY KEY, -- when it was written, and a random number
    bytes        BIGINT      NOT NULL,
    used         INTEGER     NOT NULL,             -- how many values of rows are in it
    unused_since TIMESTAMP(6) WITH TIME ZONE       -- since when that is 0
);

CREATE INDEX stored_object_unused ON stored_object (unused_since);

-- The objects themselves, where the object store is the database (evenkeel.storage.kind).
CREATE TABLE object_chunk (
    name   VARCHAR(40) NOT NULL, -- of the object
    number INTEGER     NOT NULL, -- 0, 1, 2, ...; all but the last have 256 KiB
    data   ${blob}     NOT NULL,
    PRIMARY KEY (name, number)
);

ALTER TABLE model_version_file ADD COLUMN data_at VARCHAR(80);
ALTER TABLE model_version_file ALTER COLUMN data DROP NOT NULL;

ALTER TABLE checkpoint ADD COLUMN memory_at VARCHAR(80);
ALTER TABLE checkpoint ADD COLUMN state_at VARCHAR(80);
ALTER TABLE checkpoint ALTER COLUMN memory DROP NOT NULL;
ALTER TABLE checkpoint ALTER COLUMN state DROP NOT NULL;

ALTER TABLE round_update ADD COLUMN data_at VARCHAR(80);
ALTER TABLE round_update ADD COLUMN delta_at VARCHAR(80);
ALTER TABLE round_update ALTER COLUMN data DROP NOT NULL;

ALTER TABLE member_snapshot ADD COLUMN state_at VARCHAR(80);

ALTER TABLE member_backup ADD COLUMN data_at VARCHAR(80);
ALTER TABLE member_backup ALTER COLUMN data DROP NOT NULL;
