-- Nothing wrote events before this column: the note's seal is bound to it.
DROP TABLE order_event;
CREATE TABLE order_event (
  id {id} NOT NULL UNIQUE,
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
