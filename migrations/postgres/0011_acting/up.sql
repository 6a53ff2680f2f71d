-- A conversation is written at every hop, and no index may follow what changes there, nor be bounded by it, or every
-- index is written with each hop: the one that finds those cut short while they acted follows a column of its own.
DROP INDEX sessions_acting;
ALTER TABLE sessions ADD COLUMN acting_since BIGINT
    GENERATED ALWAYS AS (CASE WHEN state = 'acting' THEN updated_at END) STORED;
CREATE INDEX sessions_acting ON sessions (acting_since) WHERE acting_since IS NOT NULL;
