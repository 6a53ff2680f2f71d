-- What people agree on ahead: standing orders, and budgets that they set themselves. Each row has a version, one more with
-- each change: what was read is what is changed.
CREATE TABLE standing_orders (
    id           BIGINT NOT NULL PRIMARY KEY,
    version      BIGINT NOT NULL CHECK (version > 0),
    payer        BIGINT NOT NULL,
    payee        BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    -- what one payment costs altogether, as the payer was told last: another price is not paid without a word
    total_minor  BIGINT NOT NULL CHECK (total_minor >= amount_minor),
    every        TEXT    NOT NULL CHECK (every IN ('day', 'week', 'month')),
    first_day    BIGINT NOT NULL,
    times        BIGINT NOT NULL CHECK (times > 0),
    -- how many are over, paid or not, and how many of the newest in a row were not paid
    done         BIGINT NOT NULL CHECK (done BETWEEN 0 AND times),
    failed       BIGINT NOT NULL,
    -- what is to be done next, and when
    stage        TEXT    NOT NULL CHECK (stage IN ('notice', 'pay', 'retry')),
    wake_at      BIGINT NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('open', 'ended', 'cancelled'))
);
CREATE INDEX standing_orders_due ON standing_orders (wake_at) WHERE state = 'open';
CREATE INDEX standing_orders_of ON standing_orders (payer) WHERE state = 'open';

CREATE TABLE budgets (
    account_id  BIGINT NOT NULL PRIMARY KEY,
    version     BIGINT NOT NULL CHECK (version > 0),
    span        TEXT CHECK (span IN ('week', 'month')),
    value_minor BIGINT NOT NULL,
    -- from this day on the next one counts: more than before counts from the day after it was wished for
    next_day    BIGINT,
    next_window TEXT CHECK (next_window IN ('week', 'month')),
    next_minor  BIGINT NOT NULL
);
