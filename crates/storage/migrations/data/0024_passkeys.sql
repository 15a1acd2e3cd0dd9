-- Passkeys of an account: credential (identifier, public key, counter) and label sealed; found by a
-- keyed digest of the credential's identifier. refused_at is when a copy of it was suspected.
CREATE TABLE passkey (
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  credential_digest {bytes} NOT NULL UNIQUE,
  credential {bytes} NOT NULL,
  label {bytes} NOT NULL,
  created_at {time} NOT NULL,
  used_at {time},
  refused_at {time}
){strict};
CREATE INDEX passkey_by_account ON passkey (account, created_at, id);

-- A ceremony with an authenticator that waits for its answer: good once, for whoever it is bound to.
CREATE TABLE passkey_ceremony (
  account {id} REFERENCES account (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  kind {text} NOT NULL,
  binding_digest {bytes} NOT NULL,
  challenge {bytes} NOT NULL,
  created_at {time} NOT NULL,
  expires_at {time} NOT NULL
){strict};
CREATE UNIQUE INDEX passkey_ceremony_by_binding ON passkey_ceremony (binding_digest, kind);
CREATE INDEX passkey_ceremony_by_account ON passkey_ceremony (account);
CREATE INDEX passkey_ceremony_by_time ON passkey_ceremony (created_at, id);

-- When the second factor goes because everything of it is lost. It was a column of the authenticator
-- app, which is no longer the only second factor.
CREATE TABLE second_loss (
  account {id} NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  off_at {time} NOT NULL
){strict};
INSERT INTO second_loss (account, off_at) SELECT account, off_at FROM authenticator WHERE off_at IS NOT NULL;
ALTER TABLE authenticator DROP COLUMN off_at;
