-- The guardian's number as the minor named it, masked: whose consent it is, for the minor.
ALTER TABLE guardianship ADD COLUMN guardian_masked {bytes};

-- A consent without an account lapses; the clock looks at these and puts the due time right.
UPDATE guardianship SET due_event = 'lapse', due_at = since WHERE state = 'active' AND account IS NULL;
