CREATE TABLE catalogue_group (
  slug {text} NOT NULL PRIMARY KEY,
  position {int} NOT NULL UNIQUE,
  body {text} NOT NULL
){strict};

CREATE TABLE category (
  slug {text} NOT NULL PRIMARY KEY,
  position {int} NOT NULL UNIQUE,
  body {text} NOT NULL
){strict};

CREATE TABLE supplier (
  id {id} NOT NULL PRIMARY KEY,
  position {int} NOT NULL UNIQUE,
  body {text} NOT NULL
){strict};

CREATE TABLE membership (
  supplier {id} NOT NULL REFERENCES supplier (id),
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  role {text} NOT NULL,
  PRIMARY KEY (supplier, account)
){strict};
CREATE INDEX membership_by_account ON membership (account);

CREATE TABLE service (
  id {id} NOT NULL PRIMARY KEY,
  supplier {id} NOT NULL REFERENCES supplier (id),
  category {text} NOT NULL REFERENCES category (slug),
  position {int} NOT NULL UNIQUE,
  body {text} NOT NULL
){strict};
CREATE INDEX service_by_supplier ON service (supplier, id);

CREATE TABLE service_order (
  id {id} NOT NULL PRIMARY KEY,
  number {text} NOT NULL UNIQUE,
  buyer {id} NOT NULL REFERENCES account (id),
  supplier {id} NOT NULL REFERENCES supplier (id),
  service {id} NOT NULL REFERENCES service (id),
  state {text} NOT NULL,
  version {int} NOT NULL,
  mode {text} NOT NULL,
  review_days {int} NOT NULL,
  round {int} NOT NULL,
  by_silence {int} NOT NULL,
  snapshot {text} NOT NULL,
  request_key {id} NOT NULL,
  due_event {text},
  due_at {time},
  placed_at {time} NOT NULL,
  UNIQUE (buyer, request_key)
){strict};
CREATE INDEX service_order_by_buyer ON service_order (buyer, placed_at, id);
CREATE INDEX service_order_by_supplier ON service_order (supplier, placed_at, id);
CREATE INDEX service_order_due ON service_order (due_at);

CREATE TABLE order_milestone (
  order_id {id} NOT NULL REFERENCES service_order (id),
  place {int} NOT NULL,
  title {text} NOT NULL,
  amount {int} NOT NULL,
  state {text} NOT NULL,
  PRIMARY KEY (order_id, place)
){strict};

CREATE TABLE order_event (
  order_id {id} NOT NULL REFERENCES service_order (id),
  version {int} NOT NULL,
  event {text} NOT NULL,
  to_state {text} NOT NULL,
  side {text} NOT NULL,
  account {id},
  items {text} NOT NULL,
  note {bytes},
  at {time} NOT NULL,
  PRIMARY KEY (order_id, version)
){strict};

CREATE TABLE order_posting (
  order_id {id} NOT NULL REFERENCES service_order (id),
  version {int} NOT NULL,
  place {int} NOT NULL,
  milestone {int} NOT NULL,
  from_account {text} NOT NULL,
  to_account {text} NOT NULL,
  amount {int} NOT NULL,
  at {time} NOT NULL,
  PRIMARY KEY (order_id, version, place)
){strict};
