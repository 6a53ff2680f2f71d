-- What two parties, or one, or many, have begun: one kind of row for all of it. What a state means, and what stands in a
-- body, only the kind itself knows. Rows that are over are moved out after some weeks.
CREATE TABLE arrangements (
    id           INTEGER NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    -- one more with each change, from 1
    version      INTEGER NOT NULL,
    state        TEXT NOT NULL,
    -- whether anything may still come of it
    open         INTEGER NOT NULL,
    -- the accounts of who began it and of the other side
    owner        INTEGER NOT NULL,
    other        INTEGER,
    -- what it is found by besides its sides; empty where by nothing
    subject      TEXT NOT NULL,
    begun_at     INTEGER NOT NULL,
    -- when something is to be done about it
    due_at       INTEGER,
    -- JSON
    body         TEXT NOT NULL,
    -- the posting that began it, which is also the number of the hold behind it, and the one that changed it last
    begun_by     INTEGER NOT NULL,
    last_posting INTEGER NOT NULL
) STRICT;
CREATE INDEX arrangements_by_owner ON arrangements (owner, kind);
CREATE INDEX arrangements_by_other ON arrangements (other, kind) WHERE other IS NOT NULL;
CREATE INDEX arrangements_by_subject ON arrangements (subject, kind) WHERE subject <> '';
CREATE INDEX arrangements_due ON arrangements (kind, due_at, id) WHERE open;

-- What happened to each record, by whom, in which posting: only ever added to.
CREATE TABLE trail (
    posting_id INTEGER NOT NULL,
    nr         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    record_id  INTEGER NOT NULL,
    -- the record's version after it
    version    INTEGER NOT NULL,
    event      TEXT NOT NULL,
    actor      TEXT NOT NULL,
    -- why, in the words of who did it
    note       TEXT NOT NULL,
    -- of the record after it
    digest     BLOB NOT NULL,
    -- the posting with the event of the same record before this one
    previous   INTEGER,
    PRIMARY KEY (posting_id, nr)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER trail_is_final BEFORE UPDATE ON trail BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END;
CREATE TRIGGER trail_stays BEFORE DELETE ON trail BEGIN SELECT RAISE(ABORT, 'the trail is never deleted'); END;

DROP TABLE reversals;
