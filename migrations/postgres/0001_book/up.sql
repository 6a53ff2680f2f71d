-- The book: accounts, what moved between them, what is reserved, and the chain that proves nothing was edited.
-- Money is in minor units, time in microseconds UTC.

CREATE TABLE accounts (
    id            BIGINT NOT NULL PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN ('trust', 'fees', 'suspense', 'wallet')),
    state         TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'frozen')),
    currency      TEXT    NOT NULL CHECK (length(currency) = 3),
    balance_minor BIGINT NOT NULL DEFAULT 0,
    held_minor    BIGINT NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
    -- the least that balance minus held may be; NULL where there is no such rule (trust mirror)
    floor_minor   BIGINT,
    -- the newest posting with an entry of this account: where a statement starts to walk back
    last_posting  BIGINT
) WITH (fillfactor = 50);

CREATE TABLE postings (
    id       BIGINT NOT NULL PRIMARY KEY,
    kind     TEXT    NOT NULL,
    at       BIGINT NOT NULL,
    -- idempotency key: time first, so that the unique index grows at its right edge
    key      BYTEA    NOT NULL UNIQUE,
    -- digest of what was asked, so that a used key with another request is noticed
    request  BYTEA    NOT NULL,
    -- the posting that this one puts right
    corrects BIGINT
);

CREATE TABLE entries (
    posting_id    BIGINT NOT NULL,
    leg           BIGINT NOT NULL,
    account_id    BIGINT NOT NULL,
    amount_minor  BIGINT NOT NULL CHECK (amount_minor <> 0),
    -- balance of the account after this entry
    balance_minor BIGINT NOT NULL,
    -- the account's posting before this one
    previous      BIGINT,
    PRIMARY KEY (posting_id, leg)
);

-- what a posting reserved (above zero) or gave back (below zero)
CREATE TABLE hold_entries (
    posting_id   BIGINT NOT NULL,
    leg          BIGINT NOT NULL,
    hold_id      BIGINT NOT NULL,
    account_id   BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
    PRIMARY KEY (posting_id, leg)
);

-- where a hold stands now; its id is the posting that opened it
CREATE TABLE holds (
    id              BIGINT NOT NULL PRIMARY KEY,
    account_id      BIGINT NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    remaining_minor BIGINT NOT NULL CHECK (remaining_minor >= 0),
    state           TEXT    NOT NULL CHECK (state IN ('open', 'settled', 'released', 'expired')),
    expires_at      BIGINT NOT NULL
);
CREATE INDEX holds_by_expiry ON holds (expires_at) WHERE state = 'open';

-- one row a commit: the digest of its postings and of the row before
CREATE TABLE chain (
    seq           BIGINT NOT NULL PRIMARY KEY,
    first_posting BIGINT NOT NULL,
    last_posting  BIGINT NOT NULL,
    digest        BYTEA    NOT NULL
);

CREATE FUNCTION history_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never changed or deleted', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER postings_are_final BEFORE UPDATE OR DELETE ON postings FOR EACH ROW EXECUTE FUNCTION history_is_final();
CREATE TRIGGER entries_are_final BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION history_is_final();
CREATE TRIGGER hold_entries_are_final BEFORE UPDATE OR DELETE ON hold_entries FOR EACH ROW EXECUTE FUNCTION history_is_final();
CREATE TRIGGER chain_is_final BEFORE UPDATE OR DELETE ON chain FOR EACH ROW EXECUTE FUNCTION history_is_final();
CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION history_is_final();

-- names of numbers that are handed out in blocks (accounts, orders)
CREATE TABLE counters (
    name TEXT    NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);
INSERT INTO counters (name, next) VALUES ('ids', 1000);
