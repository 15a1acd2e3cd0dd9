-- A consent that is not to a whole document: what for, for whom, until when, and whether the person
-- said so or their browser did.
ALTER TABLE consent_event ADD COLUMN purpose {text};
ALTER TABLE consent_event ADD COLUMN recipient {text};
ALTER TABLE consent_event ADD COLUMN expires_at {time};
ALTER TABLE consent_event ADD COLUMN origin {text};

-- The reason a member of staff gave, and the consent an opening rests on.
ALTER TABLE access_record ADD COLUMN reason {text};
ALTER TABLE access_record ADD COLUMN consent {id};
