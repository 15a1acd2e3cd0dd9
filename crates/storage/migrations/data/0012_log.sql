-- The transparency log: how far it has grown, and under which name it signs. One row; whoever lets it
-- grow holds it until commit.
CREATE TABLE log_tree (
  id {int} NOT NULL PRIMARY KEY,
  origin {text} NOT NULL,
  size {int} NOT NULL
){strict};

-- What entered it. Without place: waits for the next batch. Subject, reference and opening go with
-- the person; kind, minute, commitment and leaf stay.
CREATE TABLE log_entry (
  id {id} NOT NULL PRIMARY KEY,
  place {int} UNIQUE,
  kind {text} NOT NULL,
  at {time} NOT NULL,
  commitment {bytes} NOT NULL,
  leaf {bytes} NOT NULL,
  subject {id},
  reference {id} UNIQUE,
  opening {bytes},
  public_opening {text}
){strict};
CREATE INDEX log_entry_waiting ON log_entry (at, id) WHERE place IS NULL;
CREATE INDEX log_entry_by_subject ON log_entry (subject, id);
CREATE INDEX log_entry_public ON log_entry (kind, place) WHERE public_opening IS NOT NULL;

CREATE TABLE log_tile (
  level {int} NOT NULL,
  number {int} NOT NULL,
  hashes {bytes} NOT NULL,
  PRIMARY KEY (level, number)
){strict};

CREATE TABLE log_checkpoint (
  size {int} NOT NULL PRIMARY KEY,
  root {bytes} NOT NULL,
  note {text} NOT NULL,
  at {time} NOT NULL
){strict};
