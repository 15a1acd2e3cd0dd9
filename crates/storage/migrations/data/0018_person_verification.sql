-- How far a person's verification is. Name and number are there only in the states that need them.
CREATE TABLE person_verification (
  subject {id} NOT NULL UNIQUE,
  id {id} NOT NULL PRIMARY KEY,
  account {id} NOT NULL UNIQUE REFERENCES account (id) ON DELETE CASCADE,
  state {text} NOT NULL,
  version {int} NOT NULL,
  since {time} NOT NULL,
  reason {text},
  failed_at {text} NOT NULL,
  card_until {text},
  proposed_by {text},
  proposed_at {time},
  decided_by {text},
  consent {id},
  consent_until {time},
  real_name {bytes},
  id_number {bytes},
  due_event {text},
  due_at {time}
){strict};
CREATE INDEX person_verification_due ON person_verification (due_at, id);
CREATE INDEX person_verification_consent ON person_verification (consent_until, id);
CREATE INDEX person_verification_by_state ON person_verification (state, since, id);

-- What happened to it, without a name or a number.
CREATE TABLE person_verification_event (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  verification {id} NOT NULL,
  event {text} NOT NULL,
  state {text} NOT NULL,
  side {text} NOT NULL,
  staff {text},
  reason {text},
  reference {text},
  at {time} NOT NULL
){strict};
CREATE INDEX person_verification_event_by_subject ON person_verification_event (subject, at, id);
CREATE INDEX person_verification_event_by_time ON person_verification_event (at, id);
