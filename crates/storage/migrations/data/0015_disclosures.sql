-- Who received what of a person, on which ground, until when: written before anything is handed over.
-- One line a recipient, matter and set of fields; what goes on is counted in it.
CREATE TABLE disclosure (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  recipient_kind {text} NOT NULL,
  recipient {id},
  processor {text},
  fields {text} NOT NULL,
  purpose {text} NOT NULL,
  ground {text} NOT NULL,
  clause {text} NOT NULL,
  policy_version {text} NOT NULL,
  case_id {id},
  consent {id},
  times {int} NOT NULL,
  first_at {time} NOT NULL,
  last_at {time} NOT NULL,
  until {time},
  withdrawn_at {time}
){strict};
CREATE INDEX disclosure_by_subject ON disclosure (subject, last_at, id);
CREATE INDEX disclosure_by_case ON disclosure (case_id, subject);
CREATE INDEX disclosure_by_end ON disclosure (until, id);
CREATE INDEX disclosure_by_withdrawal ON disclosure (withdrawn_at, id);

-- What a buyer chose to give the supplier of one order; a field not given is empty.
CREATE TABLE order_share (
  order_id {id} NOT NULL PRIMARY KEY REFERENCES service_order (id),
  subject {id} NOT NULL,
  contact_name {bytes},
  phone {bytes},
  email {bytes},
  address {bytes},
  changed_at {time} NOT NULL
){strict};
CREATE INDEX order_share_by_subject ON order_share (subject, order_id);

-- What a recipient is asked to do with what they received, and what they answered.
CREATE TABLE recipient_demand (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  disclosure {id} NOT NULL,
  recipient_kind {text} NOT NULL,
  recipient {id},
  processor {text},
  fields {text} NOT NULL,
  case_id {id},
  kind {text} NOT NULL,
  reason {text} NOT NULL,
  asked_at {time} NOT NULL,
  due_at {time} NOT NULL,
  told {int} NOT NULL,
  next_at {time},
  answer {text},
  article {text},
  kept_until {time},
  reference {text},
  answered_at {time},
  answered_by {id},
  UNIQUE (disclosure, kind)
){strict};
CREATE INDEX recipient_demand_by_subject ON recipient_demand (subject, asked_at, id);
CREATE INDEX recipient_demand_by_recipient ON recipient_demand (recipient, asked_at, id);
CREATE INDEX recipient_demand_by_processor ON recipient_demand (processor, asked_at, id);
CREATE INDEX recipient_demand_next ON recipient_demand (next_at, id);
CREATE INDEX recipient_demand_by_time ON recipient_demand (asked_at, id);

-- Notes on orders that were written before there was a ledger: each was for the other side.
INSERT INTO disclosure (subject, id, recipient_kind, recipient, fields, purpose, ground, clause, policy_version,
  case_id, times, first_at, last_at)
SELECT e.note_subject, e.id, CASE WHEN e.side = 'supplier' THEN 'buyer' ELSE 'supplier' END,
  CASE WHEN e.side = 'supplier' THEN o.buyer ELSE o.supplier END, 'order_event.note', 'fulfil_contract', 'purchase',
  '2.4.1.3', COALESCE((SELECT MAX(c.version) FROM consent_event c WHERE c.subject = e.note_subject
    AND c.document = 'policy' AND c.state = 'given' AND c.at <= e.at), ''), o.id, 1, e.at, e.at
FROM order_event e JOIN service_order o ON o.id = e.order_id
WHERE e.note IS NOT NULL AND e.note_subject IS NOT NULL;

-- Logs that ended because data was lost for good: under which name, how far, and what was signed last.
CREATE TABLE log_former (
  origin {text} NOT NULL PRIMARY KEY,
  size {int} NOT NULL,
  root {bytes} NOT NULL,
  ended_at {time} NOT NULL
){strict};
