-- Many nodes on one book: where it ends, who writes to it, and up to where it was verified.

-- One row. Whoever commits takes it first, so the batches of all nodes stand in one order and make one chain.
CREATE TABLE head (
    id           BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    -- commits so far, also those that moved no money: who finds the number as they left it knows that nobody wrote since
    batch        BIGINT NOT NULL,
    last_posting BIGINT NOT NULL,
    -- the newest link of the chain
    link         BIGINT NOT NULL,
    digest       BYTEA    NOT NULL
) WITH (fillfactor = 20);
INSERT INTO head (id, batch, last_posting, link, digest)
SELECT 1, 0, coalesce((SELECT max(id) FROM postings), 0), coalesce((SELECT max(seq) FROM chain), 0),
       coalesce((SELECT digest FROM chain ORDER BY seq DESC LIMIT 1), '');

-- Each committer's newest batch, written with the batch itself: after a commit whose answer was lost, this tells whether
-- it was made.
CREATE TABLE nodes (
    node  BIGINT NOT NULL PRIMARY KEY,
    batch BIGINT NOT NULL,
    at    BIGINT NOT NULL
) WITH (fillfactor = 20);

-- What a check of the book found whole: the next one goes on from there.
CREATE TABLE verified (
    link   BIGINT NOT NULL PRIMARY KEY,
    digest BYTEA    NOT NULL,
    at     BIGINT NOT NULL
);

-- a conversation is written at every hop: no index may follow what changes there
ALTER TABLE sessions ADD COLUMN began_at BIGINT NOT NULL DEFAULT 0;
DROP INDEX sessions_by_age;
CREATE INDEX sessions_by_age ON sessions (began_at);
CREATE INDEX sessions_acting ON sessions (updated_at) WHERE state = 'acting';
