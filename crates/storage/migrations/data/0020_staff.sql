-- The operator's staff: apart from users, each with a key of their own.
CREATE TABLE staff (
  subject {id} NOT NULL UNIQUE,
  id {id} NOT NULL PRIMARY KEY,
  identifier {text} NOT NULL UNIQUE,
  display_name {bytes},
  password_hash {text},
  roles {text} NOT NULL,
  -- An authenticator app's key; of no use before confirmed_at.
  secret {bytes},
  confirmed_at {time},
  last_step {int},
  setup_digest {bytes},
  setup_until {time},
  created_at {time} NOT NULL,
  ended_at {time}
){strict};

CREATE TABLE staff_session (
  staff {id} NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  token_digest {bytes} NOT NULL UNIQUE,
  csrf {text} NOT NULL,
  created_at {time} NOT NULL,
  seen_at {time} NOT NULL,
  revoked_at {time}
){strict};
CREATE INDEX staff_session_by_staff ON staff_session (staff, created_at, id);
CREATE INDEX staff_session_by_time ON staff_session (created_at, id);

CREATE TABLE staff_recovery_code (
  staff {id} NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  code_digest {bytes} NOT NULL,
  created_at {time} NOT NULL,
  used_at {time}
){strict};
CREATE INDEX staff_recovery_code_by_staff ON staff_recovery_code (staff, code_digest);

-- What came of a quiz; valid_until only of one that was passed.
CREATE TABLE staff_training (
  staff {id} NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  course {text} NOT NULL,
  right_answers {int} NOT NULL,
  questions {int} NOT NULL,
  at {time} NOT NULL,
  valid_until {time}
){strict};
CREATE INDEX staff_training_by_staff ON staff_training (staff, at, id);
CREATE INDEX staff_training_by_time ON staff_training (at, id);

-- The questions drawn for somebody, until they are answered.
CREATE TABLE staff_quiz (
  staff {id} NOT NULL PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
  id {id} NOT NULL,
  course {text} NOT NULL,
  questions {text} NOT NULL,
  drawn_at {time} NOT NULL
){strict};

-- What was done to the account of a member of staff, and by whom.
CREATE TABLE staff_change (
  staff {id} NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  what {text} NOT NULL,
  roles {text} NOT NULL,
  doer {text} NOT NULL,
  at {time} NOT NULL
){strict};
CREATE INDEX staff_change_by_time ON staff_change (at, id);

-- How far an appeal against a revocation is.
ALTER TABLE person_verification ADD COLUMN appeal {text};
-- Why a revocation is proposed, by a code that the person reads.
ALTER TABLE person_verification ADD COLUMN ground {text};
