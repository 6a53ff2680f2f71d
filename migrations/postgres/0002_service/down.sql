DROP TABLE settings;
DROP TABLE outbox;
DROP TABLE orders;
DROP TABLE seen;
DROP TABLE sessions;
DROP TABLE pins;
DROP TABLE people;
