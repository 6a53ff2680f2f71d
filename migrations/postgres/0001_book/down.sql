DROP TABLE counters;
DROP TABLE chain;
DROP TABLE holds;
DROP TABLE hold_entries;
DROP TABLE entries;
DROP TABLE postings;
DROP TABLE accounts;
DROP FUNCTION history_is_final;
