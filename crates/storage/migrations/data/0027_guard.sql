-- What the security guard saw: digests of network, device and place, never an address. The mark of what
-- was typed is two bytes of a digest: enough to tell names apart, too little to tell whose.
CREATE TABLE guard_sighting (
  account {id} REFERENCES account (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  what {text} NOT NULL,
  mark {bytes} NOT NULL,
  network {bytes},
  device {bytes} NOT NULL,
  region {bytes},
  at {time} NOT NULL
){strict};
CREATE INDEX guard_sighting_by_account ON guard_sighting (account, what, at, id);
CREATE INDEX guard_sighting_by_network ON guard_sighting (network, what, at, mark);
CREATE INDEX guard_sighting_by_time ON guard_sighting (at, id);

-- What the guard decided, why, and how it ended.
CREATE TABLE guard_decision (
  subject {id} NOT NULL,
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  sighting {id} NOT NULL,
  act {text} NOT NULL,
  outcome {text} NOT NULL,
  score {int} NOT NULL,
  signals {text} NOT NULL,
  rules {int} NOT NULL,
  state {text} NOT NULL,
  at {time} NOT NULL,
  wait_until {time} NOT NULL,
  -- Device and region in words, for its person; nothing when it went on.
  origin {bytes},
  token_digest {bytes} UNIQUE,
  solved_at {time},
  tries {int} NOT NULL,
  ended_at {time},
  ground {text},
  contested_at {time},
  due_at {time},
  ruling {text},
  ruled_by {text}
){strict};
CREATE INDEX guard_decision_by_account ON guard_decision (account, at, id);
CREATE INDEX guard_decision_by_subject ON guard_decision (subject, at, id);
CREATE INDEX guard_decision_standing ON guard_decision (account, outcome, at) WHERE state = 'standing';
CREATE INDEX guard_decision_upheld ON guard_decision (account, outcome, at) WHERE state = 'upheld';
CREATE INDEX guard_decision_contested ON guard_decision (contested_at, id) WHERE state = 'standing' AND contested_at IS NOT NULL;
CREATE INDEX guard_decision_by_time ON guard_decision (at, id);

-- Puzzles that were solved, so that none counts twice.
CREATE TABLE guard_puzzle (
  digest {bytes} NOT NULL PRIMARY KEY,
  at {time} NOT NULL
){strict};
CREATE INDEX guard_puzzle_by_time ON guard_puzzle (at);
