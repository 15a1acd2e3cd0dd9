-- ends_at is the expiry, and becomes the instant of revocation: one column says what is live.
CREATE TABLE api_token (
  account {id} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  id {id} NOT NULL PRIMARY KEY,
  token_digest {bytes} NOT NULL UNIQUE,
  name {bytes} NOT NULL,
  scopes {text} NOT NULL,
  created_at {time} NOT NULL,
  used_at {time},
  ends_at {time} NOT NULL
){strict};
CREATE INDEX api_token_by_account ON api_token (account, ends_at, id);
CREATE INDEX api_token_by_end ON api_token (ends_at);
