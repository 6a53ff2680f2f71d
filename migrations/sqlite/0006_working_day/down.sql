DROP TABLE clawbacks;
DROP TABLE asked;
DROP TABLE served;
DROP TABLE shifts;
DROP TABLE identities;
ALTER TABLE outlets DROP COLUMN low_float_minor;
