-- The book: accounts, what moved between them, what is reserved, and the chain that proves nothing was edited.
-- Money is in minor units, time in microseconds UTC.

CREATE TABLE accounts (
    id            INTEGER NOT NULL PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN ('trust', 'fees', 'suspense', 'wallet')),
    state         TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'frozen')),
    currency      TEXT    NOT NULL CHECK (length(currency) = 3),
    balance_minor INTEGER NOT NULL DEFAULT 0,
    held_minor    INTEGER NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
    -- the least that balance minus held may be; NULL where there is no such rule (trust mirror)
    floor_minor   INTEGER,
    -- the newest posting with an entry of this account: where a statement starts to walk back
    last_posting  INTEGER
) STRICT;

CREATE TABLE postings (
    id       INTEGER NOT NULL PRIMARY KEY,
    kind     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    -- idempotency key: time first, so that the unique index grows at its right edge
    key      BLOB    NOT NULL UNIQUE,
    -- digest of what was asked, so that a used key with another request is noticed
    request  BLOB    NOT NULL,
    -- the posting that this one puts right
    corrects INTEGER
) STRICT;

CREATE TABLE entries (
    posting_id    INTEGER NOT NULL,
    leg           INTEGER NOT NULL,
    account_id    INTEGER NOT NULL,
    amount_minor  INTEGER NOT NULL CHECK (amount_minor <> 0),
    -- balance of the account after this entry
    balance_minor INTEGER NOT NULL,
    -- the account's posting before this one
    previous      INTEGER,
    PRIMARY KEY (posting_id, leg)
) STRICT, WITHOUT ROWID;

-- what a posting reserved (above zero) or gave back (below zero)
CREATE TABLE hold_entries (
    posting_id   INTEGER NOT NULL,
    leg          INTEGER NOT NULL,
    hold_id      INTEGER NOT NULL,
    account_id   INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
    -- when the hold ends by itself, where this row opens it: a term is as final as an amount
    expires_at   INTEGER,
    PRIMARY KEY (posting_id, leg)
) STRICT, WITHOUT ROWID;

-- where a hold stands now; its id is the posting that opened it
CREATE TABLE holds (
    id              INTEGER NOT NULL PRIMARY KEY,
    account_id      INTEGER NOT NULL,
    amount_minor    INTEGER NOT NULL CHECK (amount_minor > 0),
    remaining_minor INTEGER NOT NULL CHECK (remaining_minor >= 0),
    state           TEXT    NOT NULL CHECK (state IN ('open', 'settled', 'released', 'expired')),
    expires_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX holds_by_expiry ON holds (expires_at) WHERE state = 'open';

-- one row a commit: the digest of its postings and of the row before
CREATE TABLE chain (
    seq           INTEGER NOT NULL PRIMARY KEY,
    first_posting INTEGER NOT NULL,
    last_posting  INTEGER NOT NULL,
    digest        BLOB    NOT NULL
) STRICT;

CREATE TRIGGER postings_are_final BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings are never changed'); END;
CREATE TRIGGER postings_stay BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings are never deleted'); END;
CREATE TRIGGER entries_are_final BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_stay BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER hold_entries_are_final BEFORE UPDATE ON hold_entries BEGIN SELECT RAISE(ABORT, 'hold entries are never changed'); END;
CREATE TRIGGER hold_entries_stay BEFORE DELETE ON hold_entries BEGIN SELECT RAISE(ABORT, 'hold entries are never deleted'); END;
CREATE TRIGGER chain_is_final BEFORE UPDATE ON chain BEGIN SELECT RAISE(ABORT, 'the chain is never changed'); END;
CREATE TRIGGER chain_stays BEFORE DELETE ON chain BEGIN SELECT RAISE(ABORT, 'the chain is never deleted'); END;
CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts BEGIN SELECT RAISE(ABORT, 'accounts are never deleted'); END;

-- names of numbers that are handed out in blocks (accounts, orders)
CREATE TABLE counters (
    name TEXT    NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, next) VALUES ('ids', 1000);
