-- A drill that showed whether an erased person stays erased in a copy; names nobody.
CREATE TABLE erase_drill (
  id {id} NOT NULL PRIMARY KEY,
  at {time} NOT NULL,
  copy_digest {text} NOT NULL,
  result {text} NOT NULL
){strict};
CREATE INDEX erase_drill_by_time ON erase_drill (at, id);
