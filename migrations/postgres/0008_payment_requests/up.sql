-- Requests: somebody asks somebody else for money, and that waits like any other payment order.

-- what a request is for, in the words of who asks; empty where nothing was said
ALTER TABLE orders ADD COLUMN reference TEXT NOT NULL DEFAULT '';
-- the shares of one split bill have its number
ALTER TABLE orders ADD COLUMN split BIGINT;
-- when the payer is reminded by itself; nothing when they were, or are not to be
ALTER TABLE orders ADD COLUMN remind_at BIGINT;
-- orders may also be taken back by who asked
ALTER TABLE orders DROP CONSTRAINT orders_state_check;
ALTER TABLE orders ADD CONSTRAINT orders_state_check
    CHECK (state IN ('waiting', 'approved', 'declined', 'expired', 'cancelled'));
CREATE INDEX requests_of ON orders (payee, id) WHERE kind = 'request';
CREATE INDEX requests_to ON orders (payer, created_at) WHERE kind = 'request';
CREATE INDEX orders_to_remind ON orders (remind_at) WHERE state = 'waiting' AND remind_at IS NOT NULL;

-- who takes no requests from whom
CREATE TABLE blocks (
    account BIGINT NOT NULL,
    other   BIGINT NOT NULL,
    blocked BIGINT NOT NULL CHECK (blocked IN (0, 1)),
    PRIMARY KEY (account, other)
);
