DROP INDEX reversals_by_hold;
DELETE FROM reversals WHERE state = 'spent';
ALTER TABLE reversals DROP CONSTRAINT reversals_check;
ALTER TABLE reversals ADD CONSTRAINT reversals_check CHECK (held_minor BETWEEN 1 AND amount_minor);
ALTER TABLE reversals DROP CONSTRAINT reversals_state_check;
ALTER TABLE reversals ADD CONSTRAINT reversals_state_check
    CHECK (state IN ('asked', 'disputed', 'agreed', 'given_back', 'released', 'ended'));
ALTER TABLE reversals ADD CONSTRAINT reversals_hold_key UNIQUE (hold);
DROP INDEX clawbacks_owed_by_head;
ALTER TABLE clawbacks DROP COLUMN head_taken_minor;
ALTER TABLE clawbacks DROP COLUMN head_found_minor;
ALTER TABLE clawbacks DROP COLUMN head;
ALTER TABLE cash_codes DROP COLUMN levy_minor;
ALTER TABLE cash_codes DROP COLUMN tax_minor;
