-- Under whose key a note is sealed: its writer's, and for what the platform writes the buyer's. Said
-- in one place, so that the copy, the erasure and the page look for it in the same way.
ALTER TABLE order_event ADD COLUMN note_subject {id};
UPDATE order_event SET note_subject = CASE WHEN account IS NULL
  THEN (SELECT b.subject FROM service_order o JOIN account b ON b.id = o.buyer WHERE o.id = order_event.order_id)
  ELSE (SELECT a.subject FROM account a WHERE a.id = order_event.account) END
  WHERE note IS NOT NULL;
CREATE INDEX order_event_by_note ON order_event (note_subject, order_id, version);
