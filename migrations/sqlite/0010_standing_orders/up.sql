-- What people agree on ahead: standing orders, and budgets that they set themselves. Each row has a version, one more with
-- each change: what was read is what is changed.
CREATE TABLE standing_orders (
    id           INTEGER NOT NULL PRIMARY KEY,
    version      INTEGER NOT NULL CHECK (version > 0),
    payer        INTEGER NOT NULL,
    payee        INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    -- what one payment costs altogether, as the payer was told last: another price is not paid without a word
    total_minor  INTEGER NOT NULL CHECK (total_minor >= amount_minor),
    every        TEXT    NOT NULL CHECK (every IN ('day', 'week', 'month')),
    first_day    INTEGER NOT NULL,
    times        INTEGER NOT NULL CHECK (times > 0),
    -- how many are over, paid or not, and how many of the newest in a row were not paid
    done         INTEGER NOT NULL CHECK (done BETWEEN 0 AND times),
    failed       INTEGER NOT NULL,
    -- what is to be done next, and when
    stage        TEXT    NOT NULL CHECK (stage IN ('notice', 'pay', 'retry')),
    wake_at      INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('open', 'ended', 'cancelled'))
) STRICT;
CREATE INDEX standing_orders_due ON standing_orders (wake_at) WHERE state = 'open';
CREATE INDEX standing_orders_of ON standing_orders (payer) WHERE state = 'open';

CREATE TABLE budgets (
    account_id  INTEGER NOT NULL PRIMARY KEY,
    version     INTEGER NOT NULL CHECK (version > 0),
    span        TEXT CHECK (span IN ('week', 'month')),
    value_minor INTEGER NOT NULL,
    -- from this day on the next one counts: more than before counts from the day after it was wished for
    next_day    INTEGER,
    next_window TEXT CHECK (next_window IN ('week', 'month')),
    next_minor  INTEGER NOT NULL
) STRICT;
