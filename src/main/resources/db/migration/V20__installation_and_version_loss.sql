-- The id by which this installation is known to relays, so that a loop of relays is found after a restart, too.
CREATE TABLE installation (
    id    INTEGER     NOT NULL PRIMARY KEY, -- always 1
    token VARCHAR(64) NOT NULL
);

-- A version had the loss and the metrics of the round before; those of its own model are in the record of the round that trained on it.
UPDATE model_version
SET loss    = (SELECT c.loss FROM run r JOIN round_record c ON c.run_id = r.id
               WHERE r.name = model_version.run AND r.created_at <= model_version.created_at
                 AND c.round_number = model_version.round_number),
    metrics = (SELECT c.metrics FROM run r JOIN round_record c ON c.run_id = r.id
               WHERE r.name = model_version.run AND r.created_at <= model_version.created_at
                 AND c.round_number = model_version.round_number)
WHERE run IS NOT NULL;
