-- The working day of agents: who serves when, what each of them did, whose ID was seen, when the float counts as low.

-- the least float at which an outlet is not warned; the limits' file says it where nothing stands here
ALTER TABLE outlets ADD COLUMN low_float_minor INTEGER;

-- keyed digests of ID numbers: the numbers themselves are nowhere. One wallet for a number, one number for a wallet
CREATE TABLE identities (
    digest     BLOB    NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL UNIQUE,
    -- who has seen the ID
    assistant  INTEGER NOT NULL,
    at         INTEGER NOT NULL
) STRICT;

-- from counting the cash in the drawer to counting it again
CREATE TABLE shifts (
    id             INTEGER NOT NULL PRIMARY KEY,
    assistant      INTEGER NOT NULL,
    outlet         INTEGER NOT NULL,
    opened_at      INTEGER NOT NULL,
    opening_minor  INTEGER NOT NULL CHECK (opening_minor >= 0),
    closed_at      INTEGER,
    expected_minor INTEGER,
    counted_minor  INTEGER
) STRICT;
CREATE UNIQUE INDEX shifts_open ON shifts (assistant) WHERE closed_at IS NULL;

-- what was done at an outlet: which posting, by whom, for whom, how the cash in the drawer changed, what was earned
CREATE TABLE agent_journal (
    posting      INTEGER NOT NULL PRIMARY KEY,
    outlet       INTEGER NOT NULL,
    -- its head office then; itself where it had none
    team         INTEGER NOT NULL,
    -- nobody where a customer paid in at an outlet of several, and it is not known who handed out the cash
    assistant    INTEGER,
    shift        INTEGER,
    customer     INTEGER NOT NULL,
    service      TEXT    NOT NULL,
    amount_minor INTEGER NOT NULL,
    cash_minor   INTEGER NOT NULL,
    own_minor    INTEGER NOT NULL,
    head_minor   INTEGER NOT NULL,
    tax_minor    INTEGER NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX agent_journal_by_shift ON agent_journal (shift) WHERE shift IS NOT NULL;
CREATE INDEX agent_journal_by_time ON agent_journal (at);

-- who has asked for a customer's yes at an outlet: what comes of it is theirs
CREATE TABLE order_initiators (
    order_id  INTEGER NOT NULL PRIMARY KEY,
    assistant INTEGER NOT NULL
) STRICT;

-- commission that was found to be earned too much, and what of it was taken back
CREATE TABLE clawbacks (
    day         INTEGER NOT NULL,
    outlet      INTEGER NOT NULL,
    customer    INTEGER NOT NULL,
    service     TEXT    NOT NULL,
    found_minor INTEGER NOT NULL,
    taken_minor INTEGER NOT NULL,
    PRIMARY KEY (day, outlet, customer, service)
) STRICT;
CREATE INDEX clawbacks_owed ON clawbacks (outlet) WHERE taken_minor < found_minor;
