-- How many bytes all of a member's messages had, and those of them that are in its snapshot: the difference says when to fold,
-- without going through the messages. Not in export files, as the messages there tell it.
ALTER TABLE member ADD COLUMN bytes BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE member_snapshot ADD COLUMN bytes BIGINT DEFAULT 0 NOT NULL;

UPDATE member SET bytes = COALESCE((SELECT SUM(g.bytes) FROM message g WHERE g.member_id = member.id), 0);
UPDATE member_snapshot SET bytes = COALESCE((SELECT SUM(g.bytes) FROM message g
    WHERE g.member_id = member_snapshot.member_id AND g.sequence <= member_snapshot.sequence), 0);
