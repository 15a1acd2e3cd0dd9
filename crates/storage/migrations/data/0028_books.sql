-- A person's address book: kept to be filled in later, and given to nobody by being here.
CREATE TABLE address_entry (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind {text} NOT NULL,
  preferred {int} NOT NULL,
  contact_name {bytes},
  phone {bytes},
  email {bytes},
  address {bytes},
  changed_at {time} NOT NULL
){strict};
CREATE INDEX address_entry_by_account ON address_entry (account, id);
CREATE INDEX address_entry_by_subject ON address_entry (subject);

-- A person's titles for invoices.
CREATE TABLE invoice_title (
  subject {id} NOT NULL,
  id {id} NOT NULL PRIMARY KEY,
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind {text} NOT NULL,
  preferred {int} NOT NULL,
  name {bytes} NOT NULL,
  tax_number {bytes},
  email {bytes},
  changed_at {time} NOT NULL
){strict};
CREATE INDEX invoice_title_by_account ON invoice_title (account, id);
CREATE INDEX invoice_title_by_subject ON invoice_title (subject);

-- Places of an organisation, and its titles for invoices: facts of the enterprise, nobody's own.
CREATE TABLE organisation_place (
  organisation {id} NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  label {text} NOT NULL,
  address {text} NOT NULL,
  desk {text} NOT NULL,
  phone {text},
  preferred {int} NOT NULL,
  changed_at {time} NOT NULL
){strict};
CREATE INDEX organisation_place_by_organisation ON organisation_place (organisation, id);

CREATE TABLE organisation_title (
  organisation {id} NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  name {text} NOT NULL,
  tax_number {text} NOT NULL,
  bank {text},
  bank_account {text},
  address {text},
  phone {text},
  preferred {int} NOT NULL,
  changed_at {time} NOT NULL
){strict};
CREATE INDEX organisation_title_by_organisation ON organisation_title (organisation, id);
