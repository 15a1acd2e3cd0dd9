-- Whose key was destroyed by an erasure: read after a restore, so that nobody comes back.
CREATE TABLE tombstone (
  subject {id} NOT NULL PRIMARY KEY,
  at {time} NOT NULL
){strict};
