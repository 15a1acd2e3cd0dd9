-- One party's own key to its copy of what several parties share.
CREATE TABLE joint_key (
  item {id} NOT NULL,
  party {id} NOT NULL,
  wrapped {bytes} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (item, party)
){strict};
CREATE INDEX joint_key_by_party ON joint_key (party, item);
CREATE INDEX joint_key_version ON joint_key (version, item, party);
