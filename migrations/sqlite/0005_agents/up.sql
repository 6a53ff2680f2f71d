-- Agents: outlets that turn cash into money and back, who works there, and codes for cash.

-- accounts of two kinds more: what they may be is said in the table, which has to be made anew for it
CREATE TABLE accounts_more (
    id            INTEGER NOT NULL PRIMARY KEY,
    kind          TEXT    NOT NULL
        CHECK (kind IN ('trust', 'fees', 'suspense', 'wallet', 'float', 'commission')),
    state         TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'frozen')),
    currency      TEXT    NOT NULL CHECK (length(currency) = 3),
    balance_minor INTEGER NOT NULL DEFAULT 0,
    held_minor    INTEGER NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
    floor_minor   INTEGER,
    last_posting  INTEGER,
    usage         BLOB    NOT NULL DEFAULT x''
) STRICT;
INSERT INTO accounts_more
SELECT id, kind, state, currency, balance_minor, held_minor, floor_minor, last_posting, usage FROM accounts;
DROP TRIGGER accounts_stay;
DROP TABLE accounts;
ALTER TABLE accounts_more RENAME TO accounts;
CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts BEGIN SELECT RAISE(ABORT, 'accounts are never deleted'); END;

-- an outlet is named by its float account; what it earns gathers on an account of its own
CREATE TABLE outlets (
    float_account      INTEGER NOT NULL PRIMARY KEY,
    commission_account INTEGER NOT NULL,
    -- the outlet's head office or super-agent, by its float account
    head_office        INTEGER,
    name               TEXT    NOT NULL,
    area               TEXT    NOT NULL,
    state              TEXT    NOT NULL CHECK (state IN ('open', 'suspended')),
    opened_at          INTEGER NOT NULL
) STRICT;
CREATE INDEX outlets_by_area ON outlets (area);

-- who serves at an outlet: a person, on their own phone, with a PIN of their own for it (in pins, under this id)
CREATE TABLE assistants (
    id       INTEGER NOT NULL PRIMARY KEY,
    person   INTEGER NOT NULL UNIQUE,
    outlet   INTEGER NOT NULL,
    since    INTEGER NOT NULL
) STRICT;
CREATE INDEX assistants_by_outlet ON assistants (outlet);

-- a code with which an agent hands out cash: the money is held, the code's tag is in pins under this id
CREATE TABLE cash_codes (
    id           INTEGER NOT NULL PRIMARY KEY,
    account_id   INTEGER NOT NULL,
    hold         INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    fee_minor    INTEGER NOT NULL CHECK (fee_minor >= 0),
    state        TEXT    NOT NULL CHECK (state IN ('open', 'used', 'cancelled')),
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX cash_codes_open ON cash_codes (account_id) WHERE state = 'open';
