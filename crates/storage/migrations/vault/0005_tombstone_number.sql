-- The number under which the person asks for the certificate: it outlives a restore of the data.
ALTER TABLE tombstone ADD COLUMN number {text};
