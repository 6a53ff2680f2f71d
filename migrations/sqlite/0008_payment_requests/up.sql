-- Requests: somebody asks somebody else for money, and that waits like any other payment order.

-- orders may also be taken back by who asked: what states there are is said in the table, which has to be made anew for it
CREATE TABLE orders_more (
    id           INTEGER NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    payer        INTEGER NOT NULL,
    payee        INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'approved', 'declined', 'expired', 'cancelled')),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    -- what a request is for, in the words of who asks; empty where nothing was said
    reference    TEXT    NOT NULL DEFAULT '',
    -- the shares of one split bill have its number
    split        INTEGER,
    -- when the payer is reminded by itself; nothing when they were, or are not to be
    remind_at    INTEGER
) STRICT;
INSERT INTO orders_more (id, kind, payer, payee, amount_minor, state, created_at, expires_at)
SELECT id, kind, payer, payee, amount_minor, state, created_at, expires_at FROM orders;
DROP TABLE orders;
ALTER TABLE orders_more RENAME TO orders;
CREATE INDEX orders_waiting ON orders (payer, expires_at) WHERE state = 'waiting';
CREATE INDEX requests_of ON orders (payee, id) WHERE kind = 'request';
CREATE INDEX requests_to ON orders (payer, created_at) WHERE kind = 'request';
CREATE INDEX orders_to_remind ON orders (remind_at) WHERE state = 'waiting' AND remind_at IS NOT NULL;

-- who takes no requests from whom
CREATE TABLE blocks (
    account INTEGER NOT NULL,
    other   INTEGER NOT NULL,
    blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)),
    PRIMARY KEY (account, other)
) STRICT, WITHOUT ROWID;
