-- How an enterprise stands as a supplier, from its application to its exit. Its identifier is the
-- supplier's, which enters the catalogue when it is admitted.
CREATE TABLE supplier_standing (
  id {id} NOT NULL PRIMARY KEY,
  organisation {id} REFERENCES organisation (id),
  state {text} NOT NULL,
  version {int} NOT NULL,
  since {time} NOT NULL,
  deposit {int} NOT NULL,
  deposit_held {int} NOT NULL,
  overdue {int} NOT NULL,
  orders_done_at {time},
  before_ban {text},
  proposed_by {text},
  proposed_at {time},
  decided_by {text},
  appeal {text},
  reasons {text} NOT NULL,
  -- What it says of itself: public once it is admitted.
  name {text} NOT NULL,
  name_en {text} NOT NULL,
  city {text} NOT NULL,
  introduction {text} NOT NULL,
  introduction_en {text} NOT NULL,
  admitted_at {time},
  due_event {text},
  due_at {time}
){strict};
CREATE INDEX supplier_standing_by_organisation ON supplier_standing (organisation, since, id);
CREATE INDEX supplier_standing_due ON supplier_standing (due_at, id);
CREATE INDEX supplier_standing_by_state ON supplier_standing (state, since, id);
-- What is to be decided.
CREATE INDEX supplier_standing_at_hand ON supplier_standing (since, id) WHERE (state = 'material_review' OR proposed_at IS NOT NULL OR (state = 'banned' AND appeal = 'open'));

-- What it wants to offer, or may: categories, and kinds of service narrower than one.
CREATE TABLE supplier_area (
  supplier {id} NOT NULL REFERENCES supplier_standing (id) ON DELETE CASCADE,
  area {text} NOT NULL,
  restricted {int} NOT NULL,
  PRIMARY KEY (supplier, area)
){strict};

-- A licence for an area: what it says is public, as the law has it displayed.
CREATE TABLE supplier_licence (
  supplier {id} NOT NULL REFERENCES supplier_standing (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  area {text} NOT NULL,
  state {text} NOT NULL,
  version {int} NOT NULL,
  since {time} NOT NULL,
  number {text} NOT NULL,
  issuer {text} NOT NULL,
  valid_from {text} NOT NULL,
  valid_until {text},
  overdue {int} NOT NULL,
  told {int},
  reasons {text} NOT NULL,
  picture_hash {bytes},
  due_event {text},
  due_at {time}
){strict};
CREATE INDEX supplier_licence_by_supplier ON supplier_licence (supplier, since, id);
CREATE INDEX supplier_licence_due ON supplier_licence (due_at, id);
CREATE INDEX supplier_licence_by_state ON supplier_licence (state, since, id);
CREATE INDEX supplier_licence_at_hand ON supplier_licence (since, id) WHERE (state = 'submitted');
CREATE INDEX supplier_licence_by_end ON supplier_licence (valid_until, id);

-- Its picture, under the key of whoever handed it in, until it is decided.
CREATE TABLE supplier_paper (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  licence {id} NOT NULL UNIQUE REFERENCES supplier_licence (id) ON DELETE CASCADE,
  picture {bytes} NOT NULL,
  handed_in_at {time} NOT NULL
){strict};
CREATE INDEX supplier_paper_by_subject ON supplier_paper (subject);
CREATE INDEX supplier_paper_by_time ON supplier_paper (handed_in_at);

-- What it signed: edition and digest of the very text, by whom in which role. The name lies under the
-- signer's key; the signature is the enterprise's and stays.
CREATE TABLE supplier_signature (
  subject {id},
  id {id} NOT NULL PRIMARY KEY,
  supplier {id} NOT NULL REFERENCES supplier_standing (id) ON DELETE CASCADE,
  document {text} NOT NULL,
  edition {text} NOT NULL,
  text_hash {text} NOT NULL,
  lang {text} NOT NULL,
  seat {text} NOT NULL,
  signer_name {bytes},
  signed_at {time} NOT NULL,
  -- Since when it no longer counts, whatever its edition: the supplier left, or was banned.
  ended_at {time}
){strict};
CREATE INDEX supplier_signature_by_supplier ON supplier_signature (supplier, document, signed_at, id);
CREATE INDEX supplier_signature_by_subject ON supplier_signature (subject);

-- What happened to a supplier and to its licences, without a name.
CREATE TABLE supplier_event (
  subject {id},
  id {id} NOT NULL PRIMARY KEY,
  supplier {id} NOT NULL REFERENCES supplier_standing (id) ON DELETE CASCADE,
  licence {id},
  event {text} NOT NULL,
  state {text} NOT NULL,
  side {text} NOT NULL,
  staff {text},
  reasons {text} NOT NULL,
  area {text},
  version {int} NOT NULL,
  at {time} NOT NULL
){strict};
CREATE INDEX supplier_event_by_supplier ON supplier_event (supplier, at, id);
CREATE INDEX supplier_event_by_licence ON supplier_event (licence, at, id);
CREATE INDEX supplier_event_by_subject ON supplier_event (subject);
CREATE INDEX supplier_event_by_time ON supplier_event (at, id);

-- Grows with each change that the catalogue in memory has to learn of.
CREATE TABLE catalogue_edition (
  id {int} NOT NULL PRIMARY KEY,
  revision {int} NOT NULL
){strict};
