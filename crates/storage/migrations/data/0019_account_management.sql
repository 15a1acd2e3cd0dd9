-- What a person corrected, or had corrected, of their account: what, when, by whom. Never a value.
CREATE TABLE account_change (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  what {text} NOT NULL,
  actor_kind {text} NOT NULL,
  -- In the person's own words, if they gave any.
  reason {bytes},
  at {time} NOT NULL
){strict};
CREATE INDEX account_change_by_subject ON account_change (subject, at, id);
CREATE INDEX account_change_by_time ON account_change (at, id);

-- That the holder of this session proved to have the account's number: the next step may name another.
CREATE TABLE phone_proof (
  account {id} NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  session {id} NOT NULL,
  proved_at {time} NOT NULL
){strict};
CREATE INDEX phone_proof_by_time ON phone_proof (proved_at);

-- A new number for an account whose number is lost. It waits, and the number it replaces is told.
CREATE TABLE phone_recovery (
  subject {id} NOT NULL UNIQUE,
  id {id} NOT NULL PRIMARY KEY,
  account {id} NOT NULL UNIQUE,
  phone {bytes} NOT NULL,
  digest {bytes} NOT NULL,
  told {int} NOT NULL,
  asked_at {time} NOT NULL,
  due_at {time} NOT NULL,
  next_at {time} NOT NULL
){strict};
CREATE INDEX phone_recovery_next ON phone_recovery (next_at, id);

-- How a person wants to be addressed on their own pages.
CREATE TABLE profile (
  account {id} NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  subject {id} NOT NULL UNIQUE,
  display_name {bytes} NOT NULL,
  changed_at {time} NOT NULL
){strict};

-- Log-ins of an account that failed, a count for each day: no device, which may be another person's.
CREATE TABLE login_failure (
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  day {text} NOT NULL,
  times {int} NOT NULL,
  first_at {time} NOT NULL,
  PRIMARY KEY (account, day)
){strict};
CREATE INDEX login_failure_by_time ON login_failure (first_at, account, day);

-- Log-ins in their order, and openings of one purpose, without reading all.
CREATE INDEX session_by_login ON session (account, created_at, id);
CREATE INDEX access_record_by_purpose ON access_record (subject, purpose, at, id);
