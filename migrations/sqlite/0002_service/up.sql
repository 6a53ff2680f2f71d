-- The service around the book: people, their PINs, conversations, waiting payments and messages.

CREATE TABLE people (
    account_id INTEGER NOT NULL PRIMARY KEY,
    msisdn     TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    language   TEXT    NOT NULL CHECK (length(language) = 2),
    joined_at  INTEGER NOT NULL
) STRICT;

-- a PIN itself is nowhere: the tag is keyed with a secret that is not in the database
CREATE TABLE pins (
    account_id  INTEGER NOT NULL PRIMARY KEY,
    key_version INTEGER NOT NULL,
    salt        BLOB    NOT NULL,
    tag         BLOB    NOT NULL,
    -- wrong tries in a row: each is counted in the commit in which it is compared
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 5)
) STRICT, WITHOUT ROWID;

-- conversations over USSD: who and what is sealed, keys are keyed digests
CREATE TABLE sessions (
    key        BLOB    NOT NULL PRIMARY KEY,
    caller     BLOB    NOT NULL,
    version    INTEGER NOT NULL,
    -- open: goes on; acting: a step that acts was begun and its outcome is not stored yet; ended: over
    state      TEXT    NOT NULL CHECK (state IN ('open', 'acting', 'ended')),
    updated_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_caller ON sessions (caller);
CREATE INDEX sessions_by_age ON sessions (updated_at);

-- texts that were handled: a redelivered one runs once
CREATE TABLE dedup_keys (
    key BLOB    NOT NULL PRIMARY KEY,
    at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX dedup_keys_by_age ON dedup_keys (at);

-- payment orders: payments that wait for somebody's yes
CREATE TABLE orders (
    id           INTEGER NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    payer        INTEGER NOT NULL,
    payee        INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'approved', 'declined', 'expired')),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_waiting ON orders (payer, expires_at) WHERE state = 'waiting';

-- messages to people, written with the posting they tell of; text is made when they leave
CREATE TABLE outbox (
    id          INTEGER NOT NULL PRIMARY KEY,
    msisdn      TEXT    NOT NULL,
    language    TEXT    NOT NULL,
    template    TEXT    NOT NULL,
    slots       TEXT    NOT NULL,
    posting_id  INTEGER,
    account_id  INTEGER,
    -- queued: to be sent at due_at; sent: the gateway has it; delivered, failed: final
    state       TEXT    NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'delivered', 'failed')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    sent_at     INTEGER,
    provider_id TEXT,
    reason      TEXT
) STRICT;
CREATE INDEX outbox_queued ON outbox (due_at) WHERE state = 'queued';
CREATE INDEX outbox_by_msisdn ON outbox (msisdn);
CREATE INDEX outbox_by_provider ON outbox (provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
