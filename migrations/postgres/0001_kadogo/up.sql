-- Everything there is in the database, room by room: the book, people, agents, what waits, messages, conversations.
-- The same relations as on SQLite; what differs says so.
--
-- Money is in minor units of the account's currency, time in microseconds UTC, a day is its number since 1970 in the market's
-- calendar. An account, a person's wallet, an outlet's float are named by `accounts.id`, without foreign keys. Which kinds and
-- states there are is said by the program, where they are used: a new one needs no migration. What is checked here is what is
-- true whatever they are. An index that only finds what is open holds nothing else.
--
-- "By the book": written in a batch's own commit, by the one committer whose turn it is.
--
-- A later migration has the same number on both databases; it upgrades one of the version before with all that is in it.
--
-- On a distributed PostgreSQL (tried: Citus) what grows without end would be distributed by the column its table names here.
-- Accounts, people and the rest are as large as a country, or grow slowly: they stay on one node. Such a system takes
-- only unique keys that hold the distribution column, joins a distributed table with no other one unless both are distributed
-- alike, and refuses triggers: there the rights to change history are revoked instead. What is in the way says so below.

-- == The book: accounts, what moved between them, what is reserved, and the chain that proves that nothing was edited ==

-- Where every account stands. By the book.
CREATE TABLE accounts (
    id            BIGINT NOT NULL PRIMARY KEY,
    kind          TEXT   NOT NULL,
    state         TEXT   NOT NULL DEFAULT 'open',
    currency      TEXT   NOT NULL CHECK (length(currency) = 3),
    balance_minor BIGINT NOT NULL DEFAULT 0,
    held_minor    BIGINT NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
    -- the least that balance minus held may be; NULL where there is no such rule (trust mirror)
    floor_minor   BIGINT,
    -- the newest posting with an entry of this account: where a statement starts to walk back
    last_posting  BIGINT,
    -- what was used of the limits, packed: the day it was last touched, and what was used that day, that week and that month;
    -- empty when nothing was. It lies with the balance, so a payment writes no row more for it
    usage         BYTEA  NOT NULL DEFAULT ''
) WITH (fillfactor = 50);

-- What happened, each once, for good; numbered without gaps. By the book.
-- Distributed by id. In the way: `key` is unique by itself. As the fold compares keys itself, one batch after the other, an
-- index that is not unique would do; it is asked on every node then. And `holders` joins an account with its newest posting.
CREATE TABLE postings (
    id       BIGINT NOT NULL PRIMARY KEY,
    -- the service
    kind     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    -- idempotency key: time first, so that the unique index grows at its right edge
    key      BYTEA  NOT NULL UNIQUE,
    -- digest of what was asked, so that a used key with another request is noticed
    request  BYTEA  NOT NULL,
    -- the posting that this one puts right
    corrects BIGINT,
    -- its entries
    legs     BYTEA  NOT NULL
);

-- What a posting did to each account is kept in its own row: as rows of their own, with the index to find them, entries would
-- take twice the space and a quarter of the rate. Each leg is 40 bytes: account, amount, balance of the account after it,
-- what of that is held then, the account's posting before this one (0 for none), each as a big-endian number of 8 bytes. A posting's amounts sum to zero.
CREATE FUNCTION leg_number(legs BYTEA, leg INTEGER, field INTEGER) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
    SELECT ('x' || encode(substr(legs, leg * 40 + field * 8 + 1, 8), 'hex'))::bit(64)::bigint
$$;
CREATE VIEW entries AS
SELECT p.id AS posting_id,
       l.leg::bigint AS leg,
       leg_number(p.legs, l.leg, 0) AS account_id,
       leg_number(p.legs, l.leg, 1) AS amount_minor,
       leg_number(p.legs, l.leg, 2) AS balance_minor,
       leg_number(p.legs, l.leg, 3) AS held_minor,
       nullif(leg_number(p.legs, l.leg, 4), 0) AS previous
FROM postings p, LATERAL generate_series(0, length(p.legs) / 40 - 1) AS l(leg);

-- What a posting reserved (above zero) or gave back (below zero). By the book.
-- Distributed by posting_id, alike with postings.
CREATE TABLE hold_entries (
    posting_id   BIGINT NOT NULL,
    leg          BIGINT NOT NULL,
    hold_id      BIGINT NOT NULL,
    account_id   BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
    PRIMARY KEY (posting_id, leg)
);

-- Where each hold stands now. By the book.
-- Distributed by id, alike with postings.
CREATE TABLE holds (
    -- the posting that opened it
    id              BIGINT NOT NULL PRIMARY KEY,
    account_id      BIGINT NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    remaining_minor BIGINT NOT NULL CHECK (remaining_minor >= 0),
    state           TEXT   NOT NULL
);

-- One row a commit that moved money: the digest of its postings and of the row before. By the book.
-- Distributed by seq.
CREATE TABLE chain (
    seq           BIGINT NOT NULL PRIMARY KEY,
    first_posting BIGINT NOT NULL,
    last_posting  BIGINT NOT NULL,
    digest        BYTEA  NOT NULL
);

-- Where the book ends: one row. Whoever commits takes it first, so the batches of all nodes stand in one order and make one
-- chain. By the book.
CREATE TABLE head (
    id           BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    -- commits so far, also those that moved no money: who finds the number as they left it knows that nobody wrote since
    batch        BIGINT NOT NULL,
    last_posting BIGINT NOT NULL,
    -- the newest link of the chain
    link         BIGINT NOT NULL,
    digest       BYTEA  NOT NULL,
    -- changes of accounts, conversations and PINs that came past the book: frozen, closed, forgotten. They leave no posting, so
    -- this number says that there were some: whoever read before the head was taken, and finds another one then, looks again
    touched      BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 20);
INSERT INTO head (id, batch, last_posting, link, digest) VALUES (1, 0, 0, 0, '');

-- Each committer's newest batch: after a commit whose answer was lost, this tells whether it was made. By the book, each its
-- own row.
CREATE TABLE nodes (
    node  BIGINT NOT NULL PRIMARY KEY,
    batch BIGINT NOT NULL,
    at    BIGINT NOT NULL
) WITH (fillfactor = 20);

-- What a check of the book found whole: the next one goes on from there. By the check.
CREATE TABLE verified (
    link   BIGINT NOT NULL PRIMARY KEY,
    digest BYTEA  NOT NULL,
    at     BIGINT NOT NULL
);

-- Numbers that are handed out in blocks, each once (accounts, arrangements, nodes). By whoever takes a block.
CREATE TABLE counters (
    name TEXT   NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
) WITH (fillfactor = 50);
INSERT INTO counters (name, next) VALUES ('ids', 1000);

-- What is so for the whole database: whose world it is, with which secret it was made, the key of receipt codes, until when
-- commission was paid out. At the first start, and by who pays out.
CREATE TABLE settings (
    name  TEXT  NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- History is added to and never changed, whoever asks.
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

-- == What staff say ==

-- What may be done with accounts of which something else than `open` was ever said; `accounts.state` follows from it. By the
-- book.
CREATE TABLE restrictions (
    account_id   BIGINT NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    state        TEXT   NOT NULL,
    -- since when it does not pay or does not receive, while that is so; and how long that was so before, all together
    stopped_since BIGINT,
    stopped_us    BIGINT NOT NULL CHECK (stopped_us >= 0)
);

-- Which tariff and which limits count, by the digests of their files: who reads the trail sees when a price changed. By the
-- book, when the service starts with others.
CREATE TABLE rules (
    name         TEXT   NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    digest       BYTEA  NOT NULL
);

-- Tariffs that counted, whole, each by a number made of its digest: what was earned by one is checked by the same one. Beside
-- the book.
CREATE TABLE tariff_texts (
    number BIGINT NOT NULL PRIMARY KEY,
    text   TEXT   NOT NULL
);

-- == Staff ==

-- Who works for the operator. By the book.
CREATE TABLE staff (
    -- from the counter of all numbers
    id           BIGINT  NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT  NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT  NOT NULL,
    -- what they sign with
    name         TEXT    NOT NULL UNIQUE,
    -- where they are told of what is done in their name
    msisdn       TEXT    NOT NULL,
    language     TEXT    NOT NULL CHECK (length(language) = 2),
    -- words, with a space between
    roles        TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    -- a slow hash, with its salt and cost; empty until they have chosen one
    password     TEXT    NOT NULL,
    -- the secret of the second factor, sealed; empty until they have one
    factor       BYTEA   NOT NULL,
    -- the half minute whose code was used last
    factor_step  BIGINT  NOT NULL,
    -- the digest of the link with which they begin; empty when it was used
    link         BYTEA   NOT NULL,
    -- until when that is good, or nobody gets in after too many tries, microseconds UTC
    link_until   BIGINT,
    locked_until BIGINT,
    -- wrong tries in a row
    misses       BIGINT  NOT NULL CHECK (misses >= 0),
    -- when they came in last, microseconds UTC
    seen_at      BIGINT  NOT NULL,
    -- whatever session began until then is over, microseconds UTC
    out_until    BIGINT  NOT NULL
);

-- who calls from a number is asked at each dial
CREATE INDEX staff_by_msisdn ON staff (msisdn) WHERE state = 'active';

-- Where staff are at work: beside the book, like conversations. Of the secret that they show only the digest is kept.
CREATE TABLE staff_sessions (
    digest    BYTEA   NOT NULL PRIMARY KEY,
    staff     BIGINT  NOT NULL,
    -- microseconds UTC
    begun_at  BIGINT  NOT NULL,
    seen_at   BIGINT  NOT NULL,
    -- when they last showed a code
    proved_at BIGINT  NOT NULL,
    ended_at  BIGINT,
    -- wrong codes in a row: those of whoever tries without a session are counted apart
    misses    BIGINT NOT NULL CHECK (misses >= 0)
);

CREATE INDEX staff_sessions_staff ON staff_sessions (staff);

-- What the staff looked at and looked for: written before it is shown. By the book.
CREATE TABLE looks (
    -- from the counter of all numbers
    id           BIGINT NOT NULL PRIMARY KEY,
    version      BIGINT NOT NULL CHECK (version > 0),
    last_posting BIGINT NOT NULL,
    staff        BIGINT NOT NULL,
    -- as what they worked then
    roles        TEXT NOT NULL,
    -- the service that showed it
    service      TEXT NOT NULL,
    -- of whom: a wallet or the float of an outlet; nobody where somebody was looked for
    account      BIGINT,
    -- what was looked for, as far as it may be kept
    words        TEXT NOT NULL,
    -- how many were found
    found        BIGINT NOT NULL CHECK (found >= 0),
    at           BIGINT NOT NULL
);
CREATE INDEX looks_by_account ON looks (account, id) WHERE account IS NOT NULL;

-- == The bank ==

-- Accounts of the operator's at banks, each with a mirror of its own among the accounts. By the book.
CREATE TABLE bank_accounts (
    -- its mirror
    id            BIGINT  NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version       BIGINT  NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting  BIGINT  NOT NULL,
    name          TEXT    NOT NULL UNIQUE,
    -- as its statements name it
    number        TEXT    NOT NULL,
    -- how its CSV files are read; empty where they have another form
    column_map    TEXT    NOT NULL,
    -- where its last statement ended: minor units, number, day; nothing before the first
    closing_minor BIGINT,
    ended_number  TEXT,
    ended_on      TEXT
);

-- Statements that were taken: whole or not at all. By the book.
CREATE TABLE bank_statements (
    id            BIGINT  NOT NULL PRIMARY KEY,
    version       BIGINT  NOT NULL CHECK (version > 0),
    last_posting  BIGINT  NOT NULL,
    bank          BIGINT  NOT NULL,
    -- of all that it says
    digest        BYTEA   NOT NULL UNIQUE,
    number        TEXT,
    opened_on     TEXT    NOT NULL,
    closed_on     TEXT    NOT NULL,
    opening_minor BIGINT  NOT NULL,
    closing_minor BIGINT  NOT NULL,
    in_minor      BIGINT  NOT NULL CHECK (in_minor >= 0),
    out_minor     BIGINT  NOT NULL CHECK (out_minor >= 0),
    lines         BIGINT  NOT NULL CHECK (lines >= 0)
);

-- Files that were read and are not taken yet: beside the book.
CREATE TABLE bank_files (
    id            BIGINT  NOT NULL PRIMARY KEY,
    bank          BIGINT  NOT NULL,
    read_at       BIGINT  NOT NULL,
    digest        BYTEA   NOT NULL,
    number        TEXT,
    opened_on     TEXT    NOT NULL,
    closed_on     TEXT    NOT NULL,
    opening_minor BIGINT  NOT NULL,
    closing_minor BIGINT  NOT NULL,
    -- how many lines it has: all of them are there, or it is not taken
    lines         BIGINT  NOT NULL CHECK (lines >= 0)
);

-- The lines of both, in their order: beside the book, covered by the digest of their statement.
CREATE TABLE bank_lines (
    statement    BIGINT  NOT NULL,
    -- from 1
    place        BIGINT  NOT NULL,
    booked_on    TEXT    NOT NULL,
    -- above zero came in, below zero went out
    amount_minor BIGINT  NOT NULL,
    reference    TEXT    NOT NULL,
    said         TEXT    NOT NULL,
    counterparty TEXT    NOT NULL,
    -- 1: an earlier booking is taken back
    is_return    BIGINT  NOT NULL,
    PRIMARY KEY (statement, place)
);
-- whether a reference was seen before
CREATE INDEX bank_lines_by_reference ON bank_lines (reference) WHERE reference <> '';
CREATE TRIGGER bank_lines_are_final BEFORE UPDATE ON bank_lines FOR EACH ROW EXECUTE FUNCTION refuse_change('lines of statements are never changed');

-- == The day ==

-- Days that were closed, in order, each once: all that they came to, and where in the chain they end. By the book.
CREATE TABLE days (
    -- days since 1970 on the market's calendar
    id           BIGINT  NOT NULL PRIMARY KEY,
    -- 1: it never changes; what was read is what is changed
    version      BIGINT  NOT NULL CHECK (version > 0),
    -- the posting that closed it
    last_posting BIGINT  NOT NULL,
    day          TEXT    NOT NULL UNIQUE,
    -- the last posting that belongs to it
    cut          BIGINT  NOT NULL,
    -- the link of the chain that ends with it, and its digest
    link         BIGINT  NOT NULL,
    link_digest  BYTEA   NOT NULL,
    -- how much was not as it should be, and why it was closed all the same
    breaks       BIGINT  NOT NULL CHECK (breaks >= 0),
    excuse       TEXT    NOT NULL,
    -- the sheet: as a table, and as pages
    sheet        TEXT    NOT NULL,
    pages        BYTEA   NOT NULL
);

-- Sheets that are not signed: beside the book.
CREATE TABLE day_sheets (
    id      BIGINT  NOT NULL PRIMARY KEY,
    day     BIGINT  NOT NULL,
    -- microseconds UTC
    made_at BIGINT  NOT NULL,
    link    BIGINT  NOT NULL,
    breaks  BIGINT  NOT NULL,
    sheet   TEXT    NOT NULL,
    pages   BYTEA   NOT NULL
);

-- == People ==

-- Who has a wallet. By the book.
CREATE TABLE people (
    account_id   BIGINT NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    msisdn       TEXT   NOT NULL UNIQUE,
    name         TEXT   NOT NULL,
    language     TEXT   NOT NULL CHECK (length(language) = 2),
    joined_at    BIGINT NOT NULL,
    -- how well they are known; sim: only by a registered number, as everybody is who joined on their own phone
    tier         TEXT   NOT NULL DEFAULT 'sim'
);

-- What people are found by besides their whole number: each two words of a name, in either order, as `amina wanjiru`, and the
-- number from its end, as `#8765...`. Filled beside the book, behind it by a moment: who joins waits for none of it. What
-- somebody was called before stays, and finds nobody.
CREATE TABLE people_keys (
    key        TEXT COLLATE "C" NOT NULL,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (key, account_id)
);

-- Tags of PINs and codes: a PIN itself is nowhere, its tag is keyed with a secret that is not in the database. By the book.
CREATE TABLE pins (
    -- whose: a wallet, an assistant, a code for cash, the code of a mailbox
    account_id   BIGINT NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    key_version  BIGINT NOT NULL,
    salt         BYTEA  NOT NULL,
    -- empty: it was taken away
    tag          BYTEA  NOT NULL,
    -- what was sent to its owner to begin with, and opens nothing but the choice of another one: until when; nothing where
    -- they chose it
    start_until  BIGINT,
    -- wrong tries in a row: each is counted in the commit in which it is compared
    attempts     BIGINT NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 5)
) WITH (fillfactor = 50);

-- Whose ID was seen: keyed digests of ID numbers; the numbers themselves are nowhere. One wallet for a number, one number for
-- a wallet. By the book.
CREATE TABLE identities (
    account_id   BIGINT NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    digest       BYTEA  NOT NULL UNIQUE,
    -- who has seen the ID
    assistant    BIGINT NOT NULL,
    at           BIGINT NOT NULL
);

-- Where people get their statements: an address counts only once a code that was mailed there came back. By the book.
CREATE TABLE mailboxes (
    account_id   BIGINT NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    address      TEXT,
    -- an address that is still to be proved; the tag of its code is in pins under code_id
    pending      TEXT,
    code_id      BIGINT NOT NULL,
    code_until   BIGINT NOT NULL,
    -- the newest day on which something was asked for, and how many mails that day
    day          BIGINT NOT NULL,
    mails        BIGINT NOT NULL
);

-- What people allow themselves to spend in a week or a month. By the book.
CREATE TABLE budgets (
    account_id   BIGINT NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    -- NULL: no budget
    span         TEXT,
    value_minor  BIGINT NOT NULL,
    -- from this day on the next one counts: more than before counts from the day after it was wished for
    next_day     BIGINT,
    next_window  TEXT,
    next_minor   BIGINT NOT NULL
);

-- Who takes no requests from whom. By the book.
CREATE TABLE blocks (
    account      BIGINT NOT NULL,
    other        BIGINT NOT NULL,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    blocked      BIGINT NOT NULL CHECK (blocked IN (0, 1)),
    PRIMARY KEY (account, other)
);

-- Numbers without a wallet that want no texts which they did not ask for. By the book.
CREATE TABLE silences (
    msisdn       TEXT   NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    silent       BIGINT NOT NULL CHECK (silent IN (0, 1))
);

-- == Agents: outlets that turn cash into money and back, who works there, and what they did ==

-- An outlet is named by its float account; what it earns gathers on an account of its own. By the book.
CREATE TABLE outlets (
    float_account      BIGINT NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version            BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting       BIGINT NOT NULL,
    commission_account BIGINT NOT NULL,
    -- the outlet's head office or super-agent, by its float account
    head_office        BIGINT,
    name               TEXT   NOT NULL,
    area               TEXT   NOT NULL,
    state              TEXT   NOT NULL,
    opened_at          BIGINT NOT NULL,
    -- the least float at which the outlet is not warned; the limits' file says it where nothing stands here
    low_float_minor    BIGINT
);
CREATE INDEX outlets_by_area ON outlets (area);

-- Who serves at an outlet: a person, on their own phone, with a PIN of their own for it (in pins, under this id). By the book.
CREATE TABLE assistants (
    id           BIGINT NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version      BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting BIGINT NOT NULL,
    person       BIGINT NOT NULL,
    outlet       BIGINT NOT NULL,
    since        BIGINT NOT NULL,
    -- since when they do not any more
    left_at      BIGINT
);
CREATE UNIQUE INDEX assistants_serving ON assistants (person) WHERE left_at IS NULL;
CREATE INDEX assistants_by_outlet ON assistants (outlet) WHERE left_at IS NULL;

-- From counting the cash in the drawer to counting it again. By the book.
CREATE TABLE shifts (
    id             BIGINT NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version        BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting   BIGINT NOT NULL,
    assistant      BIGINT NOT NULL,
    outlet         BIGINT NOT NULL,
    opened_at      BIGINT NOT NULL,
    opening_minor  BIGINT NOT NULL CHECK (opening_minor >= 0),
    -- when it ended, the cash that had to be there then, and the cash that was
    closed_at      BIGINT,
    expected_minor BIGINT,
    counted_minor  BIGINT
);
CREATE UNIQUE INDEX shifts_open ON shifts (assistant) WHERE closed_at IS NULL;

-- What was done at an outlet: which posting, by whom, for whom, how the cash in the drawer changed, what was earned. By the
-- book, with the posting.
-- Distributed by posting, alike with postings.
CREATE TABLE agent_journal (
    posting      BIGINT NOT NULL PRIMARY KEY,
    outlet       BIGINT NOT NULL,
    -- its head office then; itself where it had none
    team         BIGINT NOT NULL,
    -- nobody where a customer paid in at an outlet of several, and it is not known who handed out the cash
    assistant    BIGINT,
    shift        BIGINT,
    -- a wallet, or another outlet
    customer     BIGINT NOT NULL,
    service      TEXT   NOT NULL,
    amount_minor BIGINT NOT NULL,
    cash_minor   BIGINT NOT NULL,
    -- what the outlet and its head office earned by it, and what was withheld of that for the tax office
    own_minor    BIGINT NOT NULL,
    head_minor   BIGINT NOT NULL,
    tax_minor    BIGINT NOT NULL,
    -- by which tariff, as tariff_texts has it
    tariff       BIGINT NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX agent_journal_by_shift ON agent_journal (shift) WHERE shift IS NOT NULL;
CREATE INDEX agent_journal_by_time ON agent_journal (at);

-- Commission that was found to be earned too much, and what of it was taken back. By the book.
CREATE TABLE clawbacks (
    day              BIGINT NOT NULL,
    outlet           BIGINT NOT NULL,
    customer         BIGINT NOT NULL,
    service          TEXT   NOT NULL,
    -- one more with each change: what was read is what is changed
    version          BIGINT NOT NULL CHECK (version > 0),
    -- the posting that changed it last
    last_posting     BIGINT NOT NULL,
    -- the outlet's own part
    found_minor      BIGINT NOT NULL,
    taken_minor      BIGINT NOT NULL,
    -- the head office, by its float account, and its part
    head             BIGINT,
    head_found_minor BIGINT NOT NULL DEFAULT 0,
    head_taken_minor BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (day, outlet, customer, service)
);
CREATE INDEX clawbacks_owed ON clawbacks (outlet) WHERE taken_minor < found_minor;
CREATE INDEX clawbacks_owed_by_head ON clawbacks (head) WHERE head_taken_minor < head_found_minor;

-- == What waits ==

-- What two parties, or one, or many, have begun: one kind of row for all of it. What a state means, and what stands in a
-- body, only the kind itself knows. Rows that are over are moved out after some weeks.
CREATE TABLE arrangements (
    id           BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    -- one more with each change, from 1
    version      BIGINT NOT NULL,
    state        TEXT NOT NULL,
    -- whether anything may still come of it
    open         BOOLEAN NOT NULL,
    -- the accounts of who began it and of the other side
    owner        BIGINT NOT NULL,
    other        BIGINT,
    -- where its money lies, where it has an account of its own
    account      BIGINT,
    -- what it is found by besides its sides; empty where by nothing
    subject      TEXT NOT NULL,
    begun_at     BIGINT NOT NULL,
    -- when something is to be done about it
    due_at       BIGINT,
    -- JSON
    body         TEXT NOT NULL,
    -- the posting that began it, which is also the number of the hold behind it, and the one that changed it last
    begun_by     BIGINT NOT NULL,
    last_posting BIGINT NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX arrangements_by_owner ON arrangements (owner, kind, open);
CREATE INDEX arrangements_by_other ON arrangements (other, kind, open) WHERE other IS NOT NULL;
CREATE INDEX arrangements_by_subject ON arrangements (subject, kind) WHERE subject <> '';
-- those of everybody, as the staff look for them
CREATE INDEX arrangements_by_kind ON arrangements (kind, id);
-- what is over has no clock; a condition that `due_at <= ?` implies, or the index would not be used
CREATE INDEX arrangements_due ON arrangements (kind, due_at, id) WHERE due_at IS NOT NULL;

-- what is over, the longest first: from where it is moved out
CREATE INDEX arrangements_over ON arrangements (last_posting) WHERE NOT open;

-- Those that have been over for some weeks: moved here in pieces, so that what is going on lies close together.
CREATE TABLE arrangements_closed (
    id           BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    version      BIGINT NOT NULL,
    state        TEXT NOT NULL,
    open         BOOLEAN NOT NULL,
    owner        BIGINT NOT NULL,
    other        BIGINT,
    account      BIGINT,
    subject      TEXT NOT NULL,
    begun_at     BIGINT NOT NULL,
    due_at       BIGINT,
    body         TEXT NOT NULL,
    begun_by     BIGINT NOT NULL,
    last_posting BIGINT NOT NULL
);
CREATE INDEX arrangements_closed_by_owner ON arrangements_closed (owner, kind);
CREATE INDEX arrangements_closed_by_other ON arrangements_closed (other, kind) WHERE other IS NOT NULL;
CREATE INDEX arrangements_closed_by_subject ON arrangements_closed (subject, kind) WHERE subject <> '';
CREATE TRIGGER arrangements_closed_are_final BEFORE UPDATE ON arrangements_closed FOR EACH ROW EXECUTE FUNCTION refuse_change('what is over is never changed');
CREATE TRIGGER arrangements_closed_stay BEFORE DELETE ON arrangements_closed FOR EACH ROW EXECUTE FUNCTION refuse_change('what is over is never deleted');
CREATE TRIGGER arrangements_closed_stay_all BEFORE TRUNCATE ON arrangements_closed EXECUTE FUNCTION refuse_change('what is over is never deleted');

-- All of them, wherever they lie.
CREATE VIEW arrangements_ever AS SELECT * FROM arrangements UNION ALL SELECT * FROM arrangements_closed;

-- What happened to each record, by whom, in which posting: only ever added to.
CREATE TABLE trail (
    posting_id BIGINT NOT NULL,
    nr         BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    record_id  BIGINT NOT NULL,
    -- the record's version after it
    version    BIGINT NOT NULL,
    event      TEXT NOT NULL,
    actor      TEXT NOT NULL,
    -- why, in the words of who did it
    note       TEXT NOT NULL,
    -- of the record after it
    digest     BYTEA NOT NULL,
    -- the posting with the event of the same record before this one
    previous   BIGINT,
    PRIMARY KEY (posting_id, nr)
);
CREATE TRIGGER trail_is_final BEFORE UPDATE ON trail FOR EACH ROW EXECUTE FUNCTION refuse_change('the trail is never changed');
CREATE TRIGGER trail_stays BEFORE DELETE ON trail FOR EACH ROW EXECUTE FUNCTION refuse_change('the trail is never deleted');
CREATE TRIGGER trail_stays_all BEFORE TRUNCATE ON trail EXECUTE FUNCTION refuse_change('the trail is never deleted');

-- == Messages ==

-- What leaves the house, written with the posting it tells of; text is made when it leaves. Added by the book; who sends it
-- writes how it fared, and so do reports of its delivery. What has arrived, or was given up, is forgotten after a while.
-- Distributed by id. In the way: what is due is locked while it is claimed, wherever it lies (`SKIP LOCKED`).
CREATE TABLE outbox (
    id          BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    -- by which way it leaves: text, mail
    channel     TEXT NOT NULL,
    -- where to, in the words of the channel: a number, a mail address
    address     TEXT NOT NULL,
    -- those with the same one leave one after the other, in the order of their numbers: of the channel and the address
    order_key   BIGINT NOT NULL,
    -- the phone of whoever a mail is for
    phone       TEXT,
    language    TEXT NOT NULL,
    template    TEXT NOT NULL,
    -- values for the text, as a JSON object of strings
    slots       TEXT NOT NULL,
    -- the posting it tells of: gives code, date and time
    posting_id  BIGINT,
    -- the account it tells of: gives the new balance
    account_id  BIGINT,
    -- queued: to be sent at due_at; sent: the gateway has it; delivered, failed: final
    state       TEXT NOT NULL DEFAULT 'queued',
    attempts    BIGINT NOT NULL DEFAULT 0,
    created_at  BIGINT NOT NULL,
    -- when it is to be sent; where several nodes may send it, the one that has it in hand moves this ahead meanwhile
    due_at      BIGINT NOT NULL,
    sent_at     BIGINT,
    -- the gateway's own name for it, where it gave one: reports of its delivery give that
    provider_id TEXT,
    -- why it failed, or was put off
    reason      TEXT
);
CREATE INDEX outbox_queued ON outbox (channel, due_at, id) WHERE state = 'queued';
CREATE INDEX outbox_in_order ON outbox (order_key, id) WHERE state = 'queued';
CREATE INDEX outbox_failed ON outbox (id) WHERE state = 'failed';
CREATE INDEX outbox_by_provider ON outbox (provider_id) WHERE provider_id IS NOT NULL;

-- Reports of messages of which it is not written yet that the gateway has them: a report may come before the answer. By who
-- takes the reports; what nobody missed is forgotten after a day.
CREATE TABLE early_reports (
    provider_id TEXT NOT NULL PRIMARY KEY,
    state       TEXT NOT NULL,
    reason      TEXT,
    at          BIGINT NOT NULL
);
CREATE INDEX early_reports_by_age ON early_reports (at);

-- Texts that were handled, so that a redelivered one runs once; and places that only one may take. By the book; old ones are
-- swept.
-- Distributed by key.
CREATE TABLE dedup_keys (
    key BYTEA  NOT NULL PRIMARY KEY,
    at  BIGINT NOT NULL
);
CREATE INDEX dedup_keys_by_age ON dedup_keys (at);

-- == Conversations ==

-- How often a caller has done something in a conversation: of two that they have begun one can act. By the book, with each
-- act; the line is a keyed digest of the number.
-- Distributed by line.
CREATE TABLE lines (
    line    BYTEA  NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
) WITH (fillfactor = 80);

-- Conversations over USSD: who and what is sealed, keys are keyed digests. Beside the book and without its head, a few times
-- a second; those that nobody comes back to are taken out. What is written at every hop must have no index.
-- Distributed by key.
CREATE TABLE sessions (
    key          BYTEA   NOT NULL PRIMARY KEY,
    caller       BYTEA   NOT NULL,
    -- steps that were answered, from 1
    hops         BIGINT  NOT NULL,
    -- the person can go on in it, or be offered to
    open         BOOLEAN NOT NULL,
    -- since when a step is acting whose caller was told to wait for an SMS
    acting_since BIGINT,
    updated_at   BIGINT  NOT NULL,
    sealed       BYTEA   NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX sessions_by_caller ON sessions (caller);
CREATE INDEX sessions_acting ON sessions (acting_since) WHERE acting_since IS NOT NULL;

-- What is left of a conversation that is over: the names of its screens, never what was typed or shown. Beside the book; old
-- ones are swept.
-- Distributed by caller.
CREATE TABLE past_sessions (
    id       BIGINT GENERATED ALWAYS AS IDENTITY,
    caller   BYTEA  NOT NULL,
    gateway  TEXT   NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    screens  TEXT   NOT NULL,
    ending   TEXT   NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX past_sessions_by_caller ON past_sessions (caller, id);
