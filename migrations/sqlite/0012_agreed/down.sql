CREATE TABLE reversals_less (
    payment      INTEGER NOT NULL PRIMARY KEY,
    payer        INTEGER NOT NULL,
    payee        INTEGER NOT NULL,
    hold         INTEGER NOT NULL UNIQUE,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    held_minor   INTEGER NOT NULL CHECK (held_minor BETWEEN 1 AND amount_minor),
    state        TEXT NOT NULL
        CHECK (state IN ('asked', 'disputed', 'agreed', 'given_back', 'released', 'ended')),
    why          TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
INSERT INTO reversals_less
SELECT payment, payer, payee, hold, amount_minor, held_minor, state, why, asked_at, expires_at FROM reversals
WHERE state <> 'spent';
DROP TABLE reversals;
ALTER TABLE reversals_less RENAME TO reversals;
CREATE INDEX reversals_by_payer ON reversals (payer, asked_at);
CREATE INDEX reversals_open ON reversals (payee) WHERE state IN ('asked', 'disputed');
DROP INDEX clawbacks_owed_by_head;
ALTER TABLE clawbacks DROP COLUMN head_taken_minor;
ALTER TABLE clawbacks DROP COLUMN head_found_minor;
ALTER TABLE clawbacks DROP COLUMN head;
ALTER TABLE cash_codes DROP COLUMN levy_minor;
ALTER TABLE cash_codes DROP COLUMN tax_minor;
