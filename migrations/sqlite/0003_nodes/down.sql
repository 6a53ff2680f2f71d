CREATE TABLE conversations (
    key        BLOB    NOT NULL PRIMARY KEY,
    caller     BLOB    NOT NULL,
    version    INTEGER NOT NULL,
    -- open: goes on; acting: a step that acts was begun and its outcome is not stored yet; ended: over
    state      TEXT    NOT NULL CHECK (state IN ('open', 'acting', 'ended')),
    updated_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO conversations SELECT key, caller, version, state, updated_at, sealed FROM sessions;
DROP TABLE sessions;
ALTER TABLE conversations RENAME TO sessions;
CREATE INDEX sessions_by_caller ON sessions (caller);
CREATE INDEX sessions_by_age ON sessions (updated_at);
DROP TABLE verified;
DROP TABLE nodes;
DROP TABLE head;
