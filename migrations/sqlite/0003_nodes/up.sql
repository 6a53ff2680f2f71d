-- Many nodes on one book: where it ends, who writes to it, and up to where it was verified.

-- One row. Whoever commits takes it first, so the batches of all nodes stand in one order and make one chain.
CREATE TABLE head (
    id           INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- commits so far, also those that moved no money: who finds the number as they left it knows that nobody wrote since
    batch        INTEGER NOT NULL,
    last_posting INTEGER NOT NULL,
    -- the newest link of the chain
    link         INTEGER NOT NULL,
    digest       BLOB    NOT NULL
) STRICT;
INSERT INTO head (id, batch, last_posting, link, digest)
SELECT 1, 0, coalesce((SELECT max(id) FROM postings), 0), coalesce((SELECT max(seq) FROM chain), 0),
       coalesce((SELECT digest FROM chain ORDER BY seq DESC LIMIT 1), x'');

-- Each committer's newest batch, written with the batch itself: after a commit whose answer was lost, this tells whether
-- it was made.
CREATE TABLE nodes (
    node  INTEGER NOT NULL PRIMARY KEY,
    batch INTEGER NOT NULL,
    at    INTEGER NOT NULL
) STRICT;

-- What a check of the book found whole: the next one goes on from there.
CREATE TABLE verified (
    link   INTEGER NOT NULL PRIMARY KEY,
    digest BLOB    NOT NULL,
    at     INTEGER NOT NULL
) STRICT;

-- A conversation is written at every hop: no index may follow what changes there, and a row of a thousand bytes must lie
-- in a table of its own, where writing it again costs one page, not in the index of its key.
CREATE TABLE conversations (
    key        BLOB    NOT NULL PRIMARY KEY,
    caller     BLOB    NOT NULL,
    version    INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('open', 'acting', 'ended')),
    updated_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL,
    began_at   INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO conversations SELECT key, caller, version, state, updated_at, sealed, updated_at FROM sessions;
DROP TABLE sessions;
ALTER TABLE conversations RENAME TO sessions;
CREATE INDEX sessions_by_caller ON sessions (caller);
CREATE INDEX sessions_by_age ON sessions (began_at);
CREATE INDEX sessions_acting ON sessions (updated_at) WHERE state = 'acting';
