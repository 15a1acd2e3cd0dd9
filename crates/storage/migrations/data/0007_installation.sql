CREATE TABLE installation (
  one {int} NOT NULL PRIMARY KEY CHECK (one = 1),
  id {id} NOT NULL,
  suite {text} NOT NULL,
  generation {int} NOT NULL,
  wrapping {text} NOT NULL
){strict};
