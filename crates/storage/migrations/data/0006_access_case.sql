-- The order for which something was opened.
ALTER TABLE access_record ADD COLUMN case_id {id};
