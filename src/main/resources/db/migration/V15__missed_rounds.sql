-- The members that have missed the last rounds that they were asked in: the ordinals times three plus how many rounds, less one, as a
-- set. An open round does not wait for those that have missed three. Null for none.
ALTER TABLE run ADD COLUMN missed_rounds ${blob};
