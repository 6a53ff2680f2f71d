-- The working day of agents: who serves when, what each of them did, whose ID was seen, when the float counts as low.

-- the least float at which an outlet is not warned; the limits' file says it where nothing stands here
ALTER TABLE outlets ADD COLUMN low_float_minor BIGINT;

-- keyed digests of ID numbers: the numbers themselves are nowhere. One wallet for a number, one number for a wallet
CREATE TABLE identities (
    digest     BYTEA   NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL UNIQUE,
    -- who has seen the ID
    assistant  BIGINT NOT NULL,
    at         BIGINT NOT NULL
);

-- from counting the cash in the drawer to counting it again
CREATE TABLE shifts (
    id             BIGINT NOT NULL PRIMARY KEY,
    assistant      BIGINT NOT NULL,
    outlet         BIGINT NOT NULL,
    opened_at      BIGINT NOT NULL,
    opening_minor  BIGINT NOT NULL CHECK (opening_minor >= 0),
    closed_at      BIGINT,
    expected_minor BIGINT,
    counted_minor  BIGINT
);
CREATE UNIQUE INDEX shifts_open ON shifts (assistant) WHERE closed_at IS NULL;

-- what was done at an outlet: which posting, by whom, for whom, how the cash in the drawer changed, what was earned
CREATE TABLE agent_journal (
    posting      BIGINT NOT NULL PRIMARY KEY,
    outlet       BIGINT NOT NULL,
    -- its head office then; itself where it had none
    team         BIGINT NOT NULL,
    -- nobody where a customer paid in at an outlet of several, and it is not known who handed out the cash
    assistant    BIGINT,
    shift        BIGINT,
    customer     BIGINT NOT NULL,
    service      TEXT    NOT NULL,
    amount_minor BIGINT NOT NULL,
    cash_minor   BIGINT NOT NULL,
    own_minor    BIGINT NOT NULL,
    head_minor   BIGINT NOT NULL,
    tax_minor    BIGINT NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX agent_journal_by_shift ON agent_journal (shift) WHERE shift IS NOT NULL;
CREATE INDEX agent_journal_by_time ON agent_journal (at);

-- who has asked for a customer's yes at an outlet: what comes of it is theirs
CREATE TABLE order_initiators (
    order_id  BIGINT NOT NULL PRIMARY KEY,
    assistant BIGINT NOT NULL
);

-- commission that was found to be earned too much, and what of it was taken back
CREATE TABLE clawbacks (
    day         BIGINT NOT NULL,
    outlet      BIGINT NOT NULL,
    customer    BIGINT NOT NULL,
    service     TEXT    NOT NULL,
    found_minor BIGINT NOT NULL,
    taken_minor BIGINT NOT NULL,
    PRIMARY KEY (day, outlet, customer, service)
);
CREATE INDEX clawbacks_owed ON clawbacks (outlet) WHERE taken_minor < found_minor;
