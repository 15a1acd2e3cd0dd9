-- What the supplier offered to give back, while the buyer has not answered.
ALTER TABLE service_order ADD COLUMN offered {int};

-- What of a milestone went back, or is owed. Until now it was all or nothing.
ALTER TABLE order_milestone ADD COLUMN returned {int} NOT NULL DEFAULT 0;
UPDATE order_milestone SET returned = amount WHERE state IN ('refunded', 'refund_owed');

-- What a step says besides its note: the milestone, an amount, the receipt of an official fee, and
-- who of the operator's staff decided.
ALTER TABLE order_event ADD COLUMN milestone {int};
ALTER TABLE order_event ADD COLUMN amount {int};
ALTER TABLE order_event ADD COLUMN receipt {text};
ALTER TABLE order_event ADD COLUMN staff {text};
