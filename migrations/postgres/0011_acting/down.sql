DROP INDEX sessions_acting;
ALTER TABLE sessions DROP COLUMN acting_since;
CREATE INDEX sessions_acting ON sessions (updated_at) WHERE state = 'acting';
