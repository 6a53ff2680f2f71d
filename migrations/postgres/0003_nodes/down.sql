DROP INDEX sessions_acting;
DROP INDEX sessions_by_age;
ALTER TABLE sessions DROP COLUMN began_at;
CREATE INDEX sessions_by_age ON sessions (updated_at);
DROP TABLE verified;
DROP TABLE nodes;
DROP TABLE head;
