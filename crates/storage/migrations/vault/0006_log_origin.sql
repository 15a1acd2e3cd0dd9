-- Which log the head is of: after data was lost for good another log follows, under a name of its own.
ALTER TABLE log_head ADD COLUMN origin {text};
