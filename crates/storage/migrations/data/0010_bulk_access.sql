-- An opening of many people's data: one record, and for each of them a row that leads to it.
CREATE TABLE bulk_access (
  id {id} NOT NULL PRIMARY KEY,
  actor_kind {text} NOT NULL,
  fields {text} NOT NULL,
  purpose {text} NOT NULL,
  basis {text} NOT NULL,
  clause {text} NOT NULL,
  request {id} NOT NULL,
  at {time} NOT NULL,
  subjects {int} NOT NULL,
  digest {bytes} NOT NULL
){strict};

CREATE TABLE bulk_access_subject (
  subject {id} NOT NULL,
  bulk {id} NOT NULL REFERENCES bulk_access (id) ON DELETE CASCADE,
  at {time} NOT NULL,
  policy_version {text} NOT NULL,
  PRIMARY KEY (subject, bulk)
){strict};
CREATE INDEX bulk_access_subject_by_time ON bulk_access_subject (subject, at);
CREATE INDEX bulk_access_subject_by_bulk ON bulk_access_subject (bulk);
