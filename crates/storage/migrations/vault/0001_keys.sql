CREATE TABLE subject_key (
  subject {id} NOT NULL PRIMARY KEY,
  wrapped {bytes} NOT NULL
){strict};
