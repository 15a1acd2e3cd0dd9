-- Whether an enterprise is verified, whatever is under way: what is proved then is a change.
ALTER TABLE enterprise_verification ADD COLUMN standing {int} NOT NULL DEFAULT 0;
-- Since when the register is asked again and did not agree.
ALTER TABLE enterprise_verification ADD COLUMN unconfirmed_since {time};
-- The edition a supplier was told of last: of each it is told once.
ALTER TABLE supplier_standing ADD COLUMN told_edition {text};

UPDATE enterprise_verification SET standing = 1 WHERE state IN ('verified', 'changed', 'annual_due') OR (established = 1 AND state IN ('proving', 'locked'));
UPDATE enterprise_verification SET unconfirmed_since = since WHERE state = 'annual_due';
-- A change has a clock from now on; taken up early, it is looked at again until its time has come.
UPDATE enterprise_verification SET due_event = 'change_lapsed', due_at = since WHERE state = 'changed';
