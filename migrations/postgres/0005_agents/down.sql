DROP TABLE cash_codes;
DROP TABLE assistants;
DROP TABLE outlets;
