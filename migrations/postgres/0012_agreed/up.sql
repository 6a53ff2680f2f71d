-- What was agreed on and what is owed outlives a change of the tariff, a payout, and money that was spent.

-- a code for cash keeps the lines of the price that its maker said yes to: what they leave of the fee is the operator's own
ALTER TABLE cash_codes ADD COLUMN tax_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cash_codes ADD COLUMN levy_minor BIGINT NOT NULL DEFAULT 0;

-- the part of the head office (by its float account) in what was earned too much, and what of it was taken back
ALTER TABLE clawbacks ADD COLUMN head BIGINT;
ALTER TABLE clawbacks ADD COLUMN head_found_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clawbacks ADD COLUMN head_taken_minor BIGINT NOT NULL DEFAULT 0;
CREATE INDEX clawbacks_owed_by_head ON clawbacks (head) WHERE head_taken_minor < head_found_minor;

-- asking a payment back counts also where nothing of it was there: it has no hold then (0), and is final as spent
ALTER TABLE reversals DROP CONSTRAINT reversals_hold_key;
ALTER TABLE reversals DROP CONSTRAINT reversals_state_check;
ALTER TABLE reversals ADD CONSTRAINT reversals_state_check
    CHECK (state IN ('asked', 'disputed', 'agreed', 'given_back', 'released', 'ended', 'spent'));
ALTER TABLE reversals DROP CONSTRAINT reversals_check;
ALTER TABLE reversals ADD CONSTRAINT reversals_check
    CHECK (held_minor BETWEEN 0 AND amount_minor AND (state = 'spent') = (held_minor = 0));
CREATE UNIQUE INDEX reversals_by_hold ON reversals (hold) WHERE hold > 0;
