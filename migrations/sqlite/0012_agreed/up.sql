-- What was agreed on and what is owed outlives a change of the tariff, a payout, and money that was spent.

-- a code for cash keeps the lines of the price that its maker said yes to: what they leave of the fee is the operator's own
ALTER TABLE cash_codes ADD COLUMN tax_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cash_codes ADD COLUMN levy_minor INTEGER NOT NULL DEFAULT 0;

-- the part of the head office (by its float account) in what was earned too much, and what of it was taken back
ALTER TABLE clawbacks ADD COLUMN head INTEGER;
ALTER TABLE clawbacks ADD COLUMN head_found_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clawbacks ADD COLUMN head_taken_minor INTEGER NOT NULL DEFAULT 0;
CREATE INDEX clawbacks_owed_by_head ON clawbacks (head) WHERE head_taken_minor < head_found_minor;

-- asking a payment back counts also where nothing of it was there: it has no hold then. The table has to be made anew for it
CREATE TABLE reversals_more (
    payment      INTEGER NOT NULL PRIMARY KEY,
    payer        INTEGER NOT NULL,
    payee        INTEGER NOT NULL,
    -- 0 where nothing was there to be held
    hold         INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    held_minor   INTEGER NOT NULL CHECK (held_minor BETWEEN 0 AND amount_minor),
    -- asked: the receiver has not answered; disputed: they object, and staff decide. The rest is final: agreed and
    -- given_back moved the money, released and ended left it where it was, spent found none
    state        TEXT NOT NULL
        CHECK (state IN ('asked', 'disputed', 'agreed', 'given_back', 'released', 'ended', 'spent')),
    why          TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    CHECK ((state = 'spent') = (held_minor = 0))
) STRICT;
INSERT INTO reversals_more
SELECT payment, payer, payee, hold, amount_minor, held_minor, state, why, asked_at, expires_at FROM reversals;
DROP TABLE reversals;
ALTER TABLE reversals_more RENAME TO reversals;
CREATE INDEX reversals_by_payer ON reversals (payer, asked_at);
CREATE INDEX reversals_open ON reversals (payee) WHERE state IN ('asked', 'disputed');
CREATE UNIQUE INDEX reversals_by_hold ON reversals (hold) WHERE hold > 0;
