-- When the work at hand is due.
ALTER TABLE service_order ADD COLUMN work_due_at {time};
-- Where the order was when a refund was asked for, and how often that happened on this milestone.
ALTER TABLE service_order ADD COLUMN asked_from {text};
ALTER TABLE service_order ADD COLUMN refunds_asked {int} NOT NULL DEFAULT 0;
-- What a step's timer could not be dated for, for the operator.
CREATE INDEX service_order_by_timer ON service_order (due_event, due_at, id);

-- Lists by state, and the cards of a workbench.
CREATE INDEX service_order_by_buyer_state ON service_order (buyer, state, placed_at, id);
CREATE INDEX service_order_by_supplier_state ON service_order (supplier, state, placed_at, id);
CREATE INDEX order_posting_by_time ON order_posting (at, order_id, version, place);

-- Work to do later, written in the transaction that makes it necessary. The payload holds
-- identifiers, never a personal value.
CREATE TABLE job (
  id {id} NOT NULL PRIMARY KEY,
  kind {text} NOT NULL,
  dedup {text} NOT NULL,
  payload {text} NOT NULL,
  state {text} NOT NULL,
  attempts {int} NOT NULL,
  run_at {time} NOT NULL,
  lease {id},
  lease_until {time},
  error {text},
  created_at {time} NOT NULL,
  UNIQUE (kind, dedup)
){strict};
CREATE INDEX job_to_run ON job (state, run_at, id);

-- Which notices of a step were sent: silence accepts nothing without them.
CREATE TABLE order_notice (
  order_id {id} NOT NULL REFERENCES service_order (id),
  version {int} NOT NULL,
  side {text} NOT NULL,
  nth {int} NOT NULL,
  at {time} NOT NULL,
  PRIMARY KEY (order_id, version, side, nth)
){strict};
