-- The operator and the fleet. Standard SQL that H2 and PostgreSQL both take; hashes are SHA-256 in hex.

CREATE TABLE operator_token (
    id         INTEGER                     NOT NULL PRIMARY KEY,
    hash       VARCHAR(64)                 NOT NULL,
    created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    CONSTRAINT operator_token_only_one CHECK (id = 1)
);

CREATE TABLE enrolment_token (
    id          VARCHAR(12)                 NOT NULL PRIMARY KEY,
    hash        VARCHAR(64)                 NOT NULL,
    description VARCHAR(200),
    uses        INTEGER                     NOT NULL,
    uses_left   INTEGER                     NOT NULL,
    created_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    expires_at  TIMESTAMP(6) WITH TIME ZONE,
    revoked_at  TIMESTAMP(6) WITH TIME ZONE,
    CONSTRAINT enrolment_token_hash UNIQUE (hash),
    CONSTRAINT enrolment_token_uses_left CHECK (uses_left >= 0 AND uses_left <= uses)
);

CREATE TABLE client (
    id           VARCHAR(12)                 NOT NULL PRIMARY KEY,
    name         VARCHAR(100),
    secret_hash  VARCHAR(64)                 NOT NULL,
    enrolled_by  VARCHAR(12)                 NOT NULL,
    enrolled_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP(6) WITH TIME ZONE,
    revoked_at   TIMESTAMP(6) WITH TIME ZONE,
    CONSTRAINT client_enrolled_by FOREIGN KEY (enrolled_by) REFERENCES enrolment_token (id)
);

CREATE INDEX client_by_age ON client (enrolled_at, id);
