-- Organisations: public facts of an enterprise, once somebody proved to act for it.
CREATE TABLE organisation (
  id {id} NOT NULL PRIMARY KEY,
  name {text} NOT NULL,
  credit_code {text} NOT NULL,
  created_at {time} NOT NULL,
  dissolved_at {time}
){strict};
CREATE UNIQUE INDEX organisation_by_code ON organisation (credit_code) WHERE dissolved_at IS NULL;

CREATE TABLE organisation_member (
  organisation {id} NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  subject {id} NOT NULL,
  seat {text} NOT NULL,
  since {time} NOT NULL,
  PRIMARY KEY (organisation, account)
){strict};
CREATE INDEX organisation_member_by_account ON organisation_member (account, organisation);
CREATE INDEX organisation_member_by_subject ON organisation_member (subject);

-- To one phone, of which only a digest is kept; for one seat, once, for seven days.
CREATE TABLE organisation_invitation (
  organisation {id} NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  inviter {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  phone_digest {bytes} NOT NULL,
  seat {text} NOT NULL,
  state {text} NOT NULL,
  sent_at {time} NOT NULL,
  answered_at {time}
){strict};
CREATE INDEX organisation_invitation_by_phone ON organisation_invitation (phone_digest, state, sent_at);
CREATE INDEX organisation_invitation_by_organisation ON organisation_invitation (organisation, sent_at, id);
CREATE INDEX organisation_invitation_by_inviter ON organisation_invitation (inviter);
CREATE INDEX organisation_invitation_by_time ON organisation_invitation (sent_at, id);

-- Who joined, left, was given another seat, and by whom.
CREATE TABLE organisation_event (
  organisation {id} NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  what {text} NOT NULL,
  doer {id},
  member {id},
  seat {text},
  at {time} NOT NULL
){strict};
CREATE INDEX organisation_event_by_organisation ON organisation_event (organisation, at, id);
CREATE INDEX organisation_event_by_doer ON organisation_event (doer);
CREATE INDEX organisation_event_by_member ON organisation_event (member);
CREATE INDEX organisation_event_by_time ON organisation_event (at, id);

-- How far an enterprise's verification is. It is its applicant's until it is proved, then the
-- organisation's and nobody's own.
CREATE TABLE enterprise_verification (
  subject {id},
  id {id} NOT NULL PRIMARY KEY,
  account {id} REFERENCES account (id) ON DELETE CASCADE,
  organisation {id} UNIQUE REFERENCES organisation (id) ON DELETE CASCADE,
  state {text} NOT NULL,
  version {int} NOT NULL,
  since {time} NOT NULL,
  relation {text},
  claim {int} NOT NULL,
  established {int} NOT NULL,
  reasons {text} NOT NULL,
  proof {text},
  transfer_sent_at {time},
  transfer_wrong {int} NOT NULL,
  checked_at {time},
  proposed_by {text},
  proposed_at {time},
  decided_by {text},
  appeal {text},
  company_name {text},
  credit_code {text},
  licence_hash {bytes},
  due_event {text},
  due_at {time}
){strict};
CREATE INDEX enterprise_verification_by_account ON enterprise_verification (account, since, id);
CREATE INDEX enterprise_verification_by_code ON enterprise_verification (credit_code, state);
CREATE INDEX enterprise_verification_by_subject ON enterprise_verification (subject);
CREATE INDEX enterprise_verification_due ON enterprise_verification (due_at, id);
CREATE INDEX enterprise_verification_by_state ON enterprise_verification (state, since, id);
-- What is to be decided.
CREATE INDEX enterprise_verification_at_hand ON enterprise_verification (since, id) WHERE ((state = 'proving' AND proof = 'letter') OR proposed_at IS NOT NULL OR (state = 'revoked' AND appeal = 'open'));
CREATE INDEX person_verification_at_hand ON person_verification (since, id) WHERE (state = 'checking' OR (state = 'verified' AND proposed_at IS NOT NULL) OR (state = 'revoked' AND appeal = 'open'));

-- What somebody handed in for it, under their own key, until it is decided.
CREATE TABLE enterprise_paper (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  verification {id} NOT NULL UNIQUE REFERENCES enterprise_verification (id) ON DELETE CASCADE,
  representative {bytes},
  licence {bytes},
  letter {bytes},
  bank_account {bytes},
  amount {bytes},
  -- What the register says of a change: `agrees`, or what does not.
  register_answer {text},
  handed_in_at {time} NOT NULL
){strict};
CREATE INDEX enterprise_paper_by_subject ON enterprise_paper (subject);
CREATE INDEX enterprise_paper_by_time ON enterprise_paper (handed_in_at);

-- What happened to it, without a name.
CREATE TABLE enterprise_verification_event (
  subject {id},
  id {id} NOT NULL PRIMARY KEY,
  verification {id} NOT NULL REFERENCES enterprise_verification (id) ON DELETE CASCADE,
  event {text} NOT NULL,
  state {text} NOT NULL,
  side {text} NOT NULL,
  staff {text},
  reasons {text} NOT NULL,
  reference {text},
  version {int} NOT NULL,
  at {time} NOT NULL
){strict};
CREATE INDEX enterprise_verification_event_by_verification ON enterprise_verification_event (verification, version);
CREATE INDEX enterprise_verification_event_by_subject ON enterprise_verification_event (subject);
CREATE INDEX enterprise_verification_event_by_time ON enterprise_verification_event (at, id);

-- Transfers made as a proof: to which account only a digest tells, and for a while its last digits.
CREATE TABLE enterprise_transfer (
  verification {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  credit_code {text} NOT NULL,
  account_digest {bytes} NOT NULL,
  last_four {text},
  -- When the bank confirmed it, and the wrong amounts that were entered for it.
  sent_at {time},
  refused_at {time},
  -- Who asked for it, by a digest: one person has no more tries for many enterprises than for one.
  applicant_digest {bytes} NOT NULL,
  wrong {int} NOT NULL,
  wrong_at {time},
  at {time} NOT NULL
){strict};
CREATE INDEX enterprise_transfer_by_verification ON enterprise_transfer (verification, at);
CREATE INDEX enterprise_transfer_by_code ON enterprise_transfer (credit_code, at);
CREATE INDEX enterprise_transfer_by_applicant ON enterprise_transfer (applicant_digest, at);
CREATE INDEX enterprise_transfer_by_account ON enterprise_transfer (account_digest, at);
CREATE INDEX enterprise_transfer_by_time ON enterprise_transfer (at, id);
