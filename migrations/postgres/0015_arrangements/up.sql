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
CREATE INDEX arrangements_by_owner ON arrangements (owner, kind);
CREATE INDEX arrangements_by_other ON arrangements (other, kind) WHERE other IS NOT NULL;
CREATE INDEX arrangements_by_subject ON arrangements (subject, kind) WHERE subject <> '';
CREATE INDEX arrangements_due ON arrangements (kind, due_at, id) WHERE open;

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

DROP TABLE reversals;
