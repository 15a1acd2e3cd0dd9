-- Through whose hands the account of a member of staff came, a set of them for each set-up code: whoever gave
-- the code, and whoever could have set up theirs. Nothing ('') where the operator gave it at the machine.
CREATE TABLE staff_hand (
  staff {id} NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
  hand {text} NOT NULL,
  at {time} NOT NULL,
  PRIMARY KEY (staff, at, hand)
){strict};

-- The codes given so far, with the hands of whoever gave them as they were then.
WITH RECURSIVE given (staff, at, hand, then_at) AS (
  SELECT c.staff, c.at, CASE WHEN d.id IS NULL THEN '' ELSE c.doer END, c.at
    FROM staff_change c LEFT JOIN staff d ON d.identifier = c.doer WHERE c.what IN ('added', 'renewed')
  UNION
  SELECT g.staff, g.at, c.doer, c.at
    FROM given g JOIN staff d ON d.identifier = g.hand
    JOIN staff_change c ON c.staff = d.id AND c.what IN ('added', 'renewed') AND c.at = (SELECT MAX(m.at) FROM staff_change m
      WHERE m.staff = d.id AND m.what IN ('added', 'renewed') AND m.at <= g.then_at)
    JOIN staff e ON e.identifier = c.doer
)
INSERT INTO staff_hand (staff, hand, at) SELECT DISTINCT staff, hand, at FROM given;

-- Why a supervisor let something of a minor be opened or not, by a code.
ALTER TABLE staff_approval ADD COLUMN ruling {text};
-- Why the privacy officer found that it was a mistake or not, by a code that the person reads.
ALTER TABLE guardianship ADD COLUMN ruling {text};
CREATE INDEX guardianship_contested ON guardianship (since, id) WHERE state = 'contested';
