-- A conversation is written at every hop, and no index may follow what changes there: the one that finds those cut short
-- while they acted follows a column of its own.
DROP INDEX sessions_acting;
ALTER TABLE sessions ADD COLUMN acting_since INTEGER
    GENERATED ALWAYS AS (CASE WHEN state = 'acting' THEN updated_at END) VIRTUAL;
CREATE INDEX sessions_acting ON sessions (acting_since) WHERE acting_since IS NOT NULL;
