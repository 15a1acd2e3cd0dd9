-- The last tree the log's key signed. Kept apart from the data, so that data from an old backup is
-- found out before a second history is signed.
CREATE TABLE log_head (
  id {int} NOT NULL PRIMARY KEY,
  size {int} NOT NULL,
  root {bytes} NOT NULL
){strict};
