-- When the holder was last proved to be there, in this session.
ALTER TABLE session ADD COLUMN proved_at {time};

-- An authenticator app. Not on until a code of it was given; off_at is when it goes because app and
-- recovery codes are lost.
CREATE TABLE authenticator (
  account {id} NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  secret {bytes} NOT NULL,
  created_at {time} NOT NULL,
  confirmed_at {time},
  last_step {int},
  off_at {time}
){strict};
CREATE INDEX authenticator_unconfirmed ON authenticator (created_at, account) WHERE confirmed_at IS NULL;

CREATE TABLE recovery_code (
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  code_digest {bytes} NOT NULL,
  created_at {time} NOT NULL,
  used_at {time}
){strict};
CREATE INDEX recovery_code_by_account ON recovery_code (account, code_digest);

-- A log-in whose password was right and whose second step is still to come.
CREATE TABLE login_pending (
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  token_digest {bytes} NOT NULL UNIQUE,
  tries {int} NOT NULL,
  created_at {time} NOT NULL,
  expires_at {time} NOT NULL
){strict};
CREATE INDEX login_pending_by_account ON login_pending (account);
CREATE INDEX login_pending_by_time ON login_pending (created_at, id);

-- A device on which the second step is not asked for until ends_at.
CREATE TABLE remembered_device (
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  token_digest {bytes} NOT NULL UNIQUE,
  device {bytes} NOT NULL,
  created_at {time} NOT NULL,
  used_at {time} NOT NULL,
  ends_at {time} NOT NULL
){strict};
CREATE INDEX remembered_device_by_account ON remembered_device (account, used_at, id);
CREATE INDEX remembered_device_by_end ON remembered_device (ends_at, id);
