CREATE TABLE vault_meta (
  one {int} NOT NULL PRIMARY KEY CHECK (one = 1),
  installation {id} NOT NULL,
  suite {text} NOT NULL,
  generation {int} NOT NULL,
  version {int} NOT NULL
){strict};

CREATE TABLE wrapping_key (
  version {int} NOT NULL PRIMARY KEY,
  id {text} NOT NULL
){strict};

ALTER TABLE subject_key ADD COLUMN version {int} NOT NULL DEFAULT 0;
CREATE INDEX subject_key_version ON subject_key (version, subject);

CREATE TABLE hold_key (
  id {id} NOT NULL PRIMARY KEY,
  wrapped {bytes} NOT NULL,
  version {int} NOT NULL,
  until {time} NOT NULL,
  created {time} NOT NULL
){strict};
CREATE INDEX hold_key_version ON hold_key (version, id);
CREATE INDEX hold_key_until ON hold_key (until, id);
