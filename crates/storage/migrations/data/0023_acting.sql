-- For which organisation a session or a program acts; for the person themselves without one.
ALTER TABLE session ADD COLUMN acting {id};
ALTER TABLE api_token ADD COLUMN acting {id};

-- The organisation that buys; the person does without one.
ALTER TABLE service_order ADD COLUMN organisation {id} REFERENCES organisation (id);
CREATE INDEX service_order_by_organisation ON service_order (organisation, placed_at, id);
CREATE INDEX service_order_of_person ON service_order (buyer, placed_at, id) WHERE organisation IS NULL;
CREATE INDEX service_order_spent ON service_order (organisation, buyer, placed_at);

-- What members may spend without asking: what holds for everybody who purchases, how many have to
-- approve what is above it, and what holds for one member instead. In fen.
ALTER TABLE organisation ADD COLUMN limit_once {int};
ALTER TABLE organisation ADD COLUMN limit_month {int};
ALTER TABLE organisation ADD COLUMN approvals {int} NOT NULL DEFAULT 1;
ALTER TABLE organisation_member ADD COLUMN limit_once {int};
ALTER TABLE organisation_member ADD COLUMN limit_month {int};

-- A purchase above its member's limits, asked for before it is made.
CREATE TABLE spending_request (
  organisation {id} NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  subject {id} NOT NULL,
  service {id} NOT NULL REFERENCES service (id),
  sku {int} NOT NULL,
  amount {int} NOT NULL,
  needed {int} NOT NULL,
  state {text} NOT NULL,
  reason {bytes},
  decline {text},
  order_number {text},
  made_at {time} NOT NULL,
  decided_at {time}
){strict};
CREATE INDEX spending_request_by_organisation ON spending_request (organisation, state, made_at, id);
CREATE INDEX spending_request_by_account ON spending_request (account, organisation, made_at, id);
CREATE INDEX spending_request_by_subject ON spending_request (subject);
CREATE INDEX spending_request_by_service ON spending_request (service);
CREATE INDEX spending_request_by_time ON spending_request (made_at, id);

CREATE TABLE spending_approval (
  request {id} NOT NULL REFERENCES spending_request (id) ON DELETE CASCADE,
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  at {time} NOT NULL,
  PRIMARY KEY (request, account)
){strict};
CREATE INDEX spending_approval_by_account ON spending_approval (account);
