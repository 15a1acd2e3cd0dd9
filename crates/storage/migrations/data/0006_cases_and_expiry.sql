-- The order for which something was opened.
ALTER TABLE access_record ADD COLUMN case_id {id};

-- What runs out is found without reading everything.
CREATE INDEX one_time_code_by_subject ON one_time_code (subject, created_at);
CREATE INDEX one_time_code_by_time ON one_time_code (created_at, subject);
CREATE INDEX attempt_by_time ON attempt (at);
