-- What an access token allows besides its role. Tokens of operators made before could do everything.
ALTER TABLE access_token ADD COLUMN rights VARCHAR(64) DEFAULT '' NOT NULL; -- approve, mint, with commas between them
ALTER TABLE access_token ADD COLUMN runs VARCHAR(1400) DEFAULT '*' NOT NULL; -- patterns of names of runs, with commas between them
UPDATE access_token SET rights = 'approve,mint' WHERE role = 'OPERATOR';
