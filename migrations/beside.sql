-- The file of conversations, beside that of the book. It may be lost: a person dials again. Its tables are made where they
-- are not there; one of another form is thrown away.

-- Conversations over USSD: who and what is sealed, keys are keyed digests.
-- One is written at every hop: no index may follow what changes there, and a row of a thousand bytes must lie in a table of
-- its own, where writing it again costs one page, not in the index of its key.
CREATE TABLE IF NOT EXISTS sessions (
    key          BLOB    NOT NULL PRIMARY KEY,
    caller       BLOB    NOT NULL,
    -- steps that were answered, from 1
    hops         INTEGER NOT NULL,
    -- the person can go on in it, or be offered to
    open         INTEGER NOT NULL,
    -- since when a step is acting whose caller was told to wait for an SMS
    acting_since INTEGER,
    updated_at   INTEGER NOT NULL,
    sealed       BLOB    NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_caller ON sessions (caller);
CREATE INDEX IF NOT EXISTS sessions_acting ON sessions (acting_since) WHERE acting_since IS NOT NULL;

-- What is left of a conversation that is over: the names of its screens, never what was typed or shown.
CREATE TABLE IF NOT EXISTS past_sessions (
    id       INTEGER PRIMARY KEY,
    caller   BLOB    NOT NULL,
    gateway  TEXT    NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    screens  TEXT    NOT NULL,
    ending   TEXT    NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS past_sessions_by_caller ON past_sessions (caller, id);
