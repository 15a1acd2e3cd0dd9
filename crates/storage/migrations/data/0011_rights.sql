-- An erased account keeps its row as long as something refers to it: an identifier and nothing else.
ALTER TABLE account ADD COLUMN erased_at {time};

-- One erasure of one person: how far it is, what it did, what its probe found.
CREATE TABLE erasure (
  subject {id} NOT NULL UNIQUE,
  id {id} NOT NULL PRIMARY KEY,
  number {text} NOT NULL UNIQUE,
  ground {text} NOT NULL,
  step {text} NOT NULL,
  -- The identifiers to look for afterwards, sealed under the erasure's own key; none once it ended.
  identifiers {bytes},
  report {text} NOT NULL,
  asked_at {time} NOT NULL,
  key_destroyed_at {time},
  ended_at {time}
){strict};
CREATE INDEX erasure_by_end ON erasure (ended_at, id);

-- What a law keeps beyond an erasure: one sealed value, under a key that dies on the day it ends.
CREATE TABLE legal_hold (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  place {text} NOT NULL,
  row_id {id} NOT NULL UNIQUE,
  hold_key {id} NOT NULL,
  article {text} NOT NULL,
  until {time} NOT NULL,
  created_at {time} NOT NULL
){strict};
CREATE INDEX legal_hold_by_subject ON legal_hold (subject, id);
CREATE INDEX legal_hold_by_end ON legal_hold (until, id);

-- What belongs to a person is found without reading everything.
CREATE INDEX blind_index_by_subject ON blind_index (subject);
CREATE INDEX message_outbox_by_subject ON message_outbox (subject, created_at);
CREATE INDEX order_event_by_account ON order_event (account, order_id, version);
-- Counted attempts of an erased person go by their digest.
CREATE INDEX attempt_by_digest ON attempt (key_digest);

-- A person's wish to close the account. One that cannot be carried out yet waits, and restricts.
CREATE TABLE account_closure (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  account {id} NOT NULL,
  number {text} NOT NULL UNIQUE,
  state {text} NOT NULL,
  asked_at {time} NOT NULL,
  answer_due {time},
  ended_at {time}
){strict};
CREATE INDEX account_closure_by_subject ON account_closure (subject, state);
CREATE INDEX account_closure_waiting ON account_closure (state, asked_at, id);

-- What runs out is found without reading everything.
CREATE INDEX access_record_by_time ON access_record (at, id);
CREATE INDEX bulk_access_by_time ON bulk_access (at, id);
CREATE INDEX session_by_revocation ON session (revoked_at, id);
CREATE INDEX session_by_expiry ON session (expires_at, id);
CREATE INDEX consent_event_by_time ON consent_event (at, id);
CREATE INDEX erasure_by_key ON erasure (key_destroyed_at, subject);
CREATE INDEX account_erased ON account (erased_at, id);
CREATE INDEX account_closure_by_end ON account_closure (ended_at, id);
CREATE INDEX service_order_by_end ON service_order (state, placed_at, id);
