-- The gradient's norm that was reported with the round's largest smoothness ratio: both together estimate L0 and L1.
-- Not in export files, so the estimate of an imported run begins anew.
ALTER TABLE round_record ADD COLUMN smoothness_norm DOUBLE PRECISION;
