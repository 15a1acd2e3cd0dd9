-- What a number said about its holder's age when somebody registered: a digest and a band, for seven days.
CREATE TABLE age_answer (
  digest {bytes} NOT NULL PRIMARY KEY,
  band {text} NOT NULL,
  at {time} NOT NULL
){strict};
CREATE INDEX age_answer_by_time ON age_answer (at, digest);

-- The age band of a person; of a minor also before there is an account. Never a birthday.
CREATE TABLE age_band (
  subject {id} NOT NULL PRIMARY KEY,
  account {id} UNIQUE REFERENCES account (id) ON DELETE CASCADE,
  band {text} NOT NULL,
  source {text} NOT NULL,
  at {time} NOT NULL,
  -- Browsing only, since then.
  frozen_at {time}
){strict};
CREATE INDEX age_band_by_band ON age_band (band, subject);

-- A guardian's consent, from the request on.
CREATE TABLE guardianship (
  subject {id} NOT NULL UNIQUE,
  id {id} NOT NULL PRIMARY KEY,
  account {id},
  band {text} NOT NULL,
  state {text} NOT NULL,
  version {int} NOT NULL,
  since {time} NOT NULL,
  asked_at {time},
  late {int} NOT NULL,
  contested {int} NOT NULL,
  mistake {text},
  -- The minor's number, until there is an account.
  phone {bytes},
  phone_digest {bytes},
  -- The guardian's number, until the guardian proved to hold it.
  guardian_digest {bytes},
  -- Both numbers in one digest: what is kept after a no.
  pair_digest {bytes},
  -- Under whose key the message to the guardian lies, if it is nobody's of the site.
  contact {id},
  guardian {id},
  guardian_account {id},
  proof {text},
  -- When to look whether the person is of age, if the birthday is known.
  look_at {time},
  due_event {text},
  due_at {time}
){strict};
CREATE INDEX guardianship_by_phone ON guardianship (phone_digest);
CREATE INDEX guardianship_by_guardian_digest ON guardianship (guardian_digest, id);
CREATE INDEX guardianship_by_guardian ON guardianship (guardian_account, since, id);
CREATE INDEX guardianship_by_guardian_subject ON guardianship (guardian);
CREATE INDEX guardianship_by_contact ON guardianship (contact);
CREATE INDEX guardianship_by_pair ON guardianship (pair_digest, since);
CREATE INDEX guardianship_by_state ON guardianship (state, since, id);
CREATE INDEX guardianship_due ON guardianship (due_at, id);
CREATE INDEX guardianship_look ON guardianship (look_at, id);

CREATE TABLE guardianship_event (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  guardianship {id} NOT NULL,
  event {text} NOT NULL,
  state {text} NOT NULL,
  side {text} NOT NULL,
  at {time} NOT NULL
){strict};
CREATE INDEX guardianship_event_by_subject ON guardianship_event (subject, at, id);
CREATE INDEX guardianship_event_by_time ON guardianship_event (at, id);

-- What a supervisor lets a member of staff open of a minor: once, and soon.
CREATE TABLE staff_approval (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  staff {id} NOT NULL,
  asked_by {text} NOT NULL,
  fields {text} NOT NULL,
  case_id {id} NOT NULL,
  reason {text} NOT NULL,
  asked_at {time} NOT NULL,
  decided_by {text},
  decided_at {time},
  approved {int},
  used_at {time}
){strict};
CREATE INDEX staff_approval_by_subject ON staff_approval (subject, staff, asked_at, id);
CREATE INDEX staff_approval_waiting ON staff_approval (decided_at, asked_at, id);
CREATE INDEX staff_approval_by_time ON staff_approval (asked_at, id);

-- How often something happened to minors in a year, and the audit made of it: numbers, nobody in particular.
CREATE TABLE minor_tally (
  year {int} NOT NULL,
  what {text} NOT NULL,
  times {int} NOT NULL,
  PRIMARY KEY (year, what)
){strict};

CREATE TABLE minor_audit (
  year {int} NOT NULL PRIMARY KEY,
  id {id} NOT NULL,
  report {text} NOT NULL,
  digest {text} NOT NULL,
  made_at {time} NOT NULL
){strict};

ALTER TABLE access_record ADD COLUMN approval {id};
CREATE INDEX access_record_by_actor ON access_record (subject, actor_kind, at, id);
