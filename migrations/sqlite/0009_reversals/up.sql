-- Reversals: payments that their sender asks back, each once ever. What was still there of it is held.
CREATE TABLE reversals (
    -- the posting that is asked back
    payment      INTEGER NOT NULL PRIMARY KEY,
    payer        INTEGER NOT NULL,
    payee        INTEGER NOT NULL,
    hold         INTEGER NOT NULL UNIQUE,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    held_minor   INTEGER NOT NULL CHECK (held_minor BETWEEN 1 AND amount_minor),
    -- asked: the receiver has not answered; disputed: they object, and staff decide. The rest is final: agreed and
    -- given_back moved the money, released and ended left it where it was
    state        TEXT NOT NULL
        CHECK (state IN ('asked', 'disputed', 'agreed', 'given_back', 'released', 'ended')),
    -- why staff decided so, in a word or two
    why          TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX reversals_by_payer ON reversals (payer, asked_at);
CREATE INDEX reversals_open ON reversals (payee) WHERE state IN ('asked', 'disputed');
