-- Each party's own copy of a note on an order, under that party's key for the order: erasing whoever
-- wrote it, or the other party, leaves it. A party is a person or a supplier.
CREATE TABLE order_note_copy (
  event {id} NOT NULL REFERENCES order_event (id),
  party {id} NOT NULL,
  order_id {id} NOT NULL REFERENCES service_order (id),
  text {bytes} NOT NULL,
  PRIMARY KEY (event, party)
){strict};
CREATE INDEX order_note_copy_by_party ON order_note_copy (party, event);
CREATE INDEX order_note_copy_by_order ON order_note_copy (order_id, party);
