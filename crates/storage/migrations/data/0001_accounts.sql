CREATE TABLE account (
  id {id} NOT NULL PRIMARY KEY,
  subject {id} NOT NULL UNIQUE,
  name {bytes} NOT NULL,
  phone {bytes} NOT NULL,
  password_hash {text} NOT NULL,
  created_at {time} NOT NULL
){strict};

CREATE TABLE blind_index (
  field {text} NOT NULL,
  digest {bytes} NOT NULL,
  subject {id} NOT NULL,
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  PRIMARY KEY (field, digest)
){strict};
CREATE INDEX blind_index_by_account ON blind_index (account);

CREATE TABLE session (
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  token_digest {bytes} NOT NULL UNIQUE,
  csrf {text} NOT NULL,
  device {bytes} NOT NULL,
  created_at {time} NOT NULL,
  seen_at {time} NOT NULL,
  expires_at {time} NOT NULL,
  revoked_at {time}
){strict};
CREATE INDEX session_by_account ON session (account, seen_at);

CREATE TABLE one_time_code (
  id {id} NOT NULL PRIMARY KEY,
  phone_digest {bytes} NOT NULL,
  reason {text} NOT NULL,
  subject {id} NOT NULL,
  code_digest {bytes} NOT NULL,
  tries {int} NOT NULL,
  created_at {time} NOT NULL,
  expires_at {time} NOT NULL,
  used_at {time}
){strict};
CREATE INDEX one_time_code_by_phone ON one_time_code (phone_digest, reason, created_at);

CREATE TABLE message_outbox (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  recipient {bytes} NOT NULL,
  body {bytes} NOT NULL,
  created_at {time} NOT NULL
){strict};
CREATE INDEX message_outbox_by_time ON message_outbox (created_at, id);

CREATE TABLE attempt (
  id {id} NOT NULL PRIMARY KEY,
  kind {text} NOT NULL,
  key_digest {bytes} NOT NULL,
  at {time} NOT NULL
){strict};
CREATE INDEX attempt_by_key ON attempt (kind, key_digest, at);

CREATE TABLE consent_event (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  document {text} NOT NULL,
  version {text} NOT NULL,
  text_hash {text} NOT NULL,
  lang {text} NOT NULL,
  state {text} NOT NULL,
  at {time} NOT NULL
){strict};
CREATE INDEX consent_event_by_subject ON consent_event (subject, at);

CREATE TABLE access_record (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  actor_kind {text} NOT NULL,
  actor_account {id},
  fields {text} NOT NULL,
  purpose {text} NOT NULL,
  basis {text} NOT NULL,
  clause {text} NOT NULL,
  policy_version {text} NOT NULL,
  request {id} NOT NULL,
  at {time} NOT NULL
){strict};
CREATE INDEX access_record_by_subject ON access_record (subject, at);
