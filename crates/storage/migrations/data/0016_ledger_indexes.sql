-- What waits for an answer is found without reading what was answered.
CREATE INDEX recipient_demand_open ON recipient_demand (due_at, id) WHERE answer IS NULL;
-- What an order's share ends with is found without reading every message.
CREATE INDEX disclosure_case_end ON disclosure (until, id) WHERE case_id IS NOT NULL;
-- Who answered for a recipient is another person's account: it is not kept beside the subject's data.
ALTER TABLE recipient_demand DROP COLUMN answered_by;
