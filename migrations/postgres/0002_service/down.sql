DROP TABLE settings;
DROP TABLE outbox;
DROP TABLE orders;
DROP TABLE dedup_keys;
DROP TABLE sessions;
DROP TABLE pins;
DROP TABLE people;
