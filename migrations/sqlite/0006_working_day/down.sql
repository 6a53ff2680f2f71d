DROP TABLE clawbacks;
DROP TABLE order_initiators;
DROP TABLE agent_journal;
DROP TABLE shifts;
DROP TABLE identities;
ALTER TABLE outlets DROP COLUMN low_float_minor;
