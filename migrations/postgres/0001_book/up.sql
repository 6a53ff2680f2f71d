-- The book: accounts, what moved between them, what is reserved, and the chain that proves nothing was edited.
-- The same relations as on SQLite. Only the entries are kept differently: see the view below.
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
    key      BYTEA   NOT NULL UNIQUE,
    -- digest of what was asked, so that a used key with another request is noticed
    request  BYTEA   NOT NULL,
    -- the posting that this one puts right
    corrects BIGINT,
    -- its entries
    legs     BYTEA   NOT NULL
);

-- The entries of a posting are kept in its own row: as rows of their own, with the index to find them, they would take
-- twice the space and a quarter of the rate. Each leg is 32 bytes: account, amount, balance of the account after it,
-- the account's posting before this one (0 for none), each as a big-endian number of 8 bytes.
CREATE FUNCTION leg_number(legs BYTEA, leg INTEGER, field INTEGER) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
    SELECT ('x' || encode(substr(legs, leg * 32 + field * 8 + 1, 8), 'hex'))::bit(64)::bigint
$$;
CREATE VIEW entries AS
SELECT p.id AS posting_id,
       l.leg::bigint AS leg,
       leg_number(p.legs, l.leg, 0) AS account_id,
       leg_number(p.legs, l.leg, 1) AS amount_minor,
       leg_number(p.legs, l.leg, 2) AS balance_minor,
       nullif(leg_number(p.legs, l.leg, 3), 0) AS previous
FROM postings p, LATERAL generate_series(0, length(p.legs) / 32 - 1) AS l(leg);

-- what a posting reserved (above zero) or gave back (below zero)
CREATE TABLE hold_entries (
    posting_id   BIGINT NOT NULL,
    leg          BIGINT NOT NULL,
    hold_id      BIGINT NOT NULL,
    account_id   BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
    -- when the hold ends by itself, where this row opens it: a term is as final as an amount
    expires_at   BIGINT,
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
    digest        BYTEA   NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;
CREATE TRIGGER postings_are_final BEFORE UPDATE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change('postings are never changed');
CREATE TRIGGER postings_stay BEFORE DELETE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change('postings are never deleted');
CREATE TRIGGER postings_stay_all BEFORE TRUNCATE ON postings EXECUTE FUNCTION refuse_change('postings are never deleted');
CREATE TRIGGER hold_entries_are_final BEFORE UPDATE ON hold_entries FOR EACH ROW EXECUTE FUNCTION refuse_change('hold entries are never changed');
CREATE TRIGGER hold_entries_stay BEFORE DELETE ON hold_entries FOR EACH ROW EXECUTE FUNCTION refuse_change('hold entries are never deleted');
CREATE TRIGGER hold_entries_stay_all BEFORE TRUNCATE ON hold_entries EXECUTE FUNCTION refuse_change('hold entries are never deleted');
CREATE TRIGGER chain_is_final BEFORE UPDATE ON chain FOR EACH ROW EXECUTE FUNCTION refuse_change('the chain is never changed');
CREATE TRIGGER chain_stays BEFORE DELETE ON chain FOR EACH ROW EXECUTE FUNCTION refuse_change('the chain is never deleted');
CREATE TRIGGER chain_stays_all BEFORE TRUNCATE ON chain EXECUTE FUNCTION refuse_change('the chain is never deleted');
CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION refuse_change('accounts are never deleted');
CREATE TRIGGER accounts_stay_all BEFORE TRUNCATE ON accounts EXECUTE FUNCTION refuse_change('accounts are never deleted');

-- names of numbers that are handed out in blocks (accounts, orders)
CREATE TABLE counters (
    name TEXT    NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
) WITH (fillfactor = 50);
INSERT INTO counters (name, next) VALUES ('ids', 1000);
