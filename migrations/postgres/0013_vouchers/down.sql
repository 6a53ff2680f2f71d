DROP INDEX vouchers_open;
DROP INDEX vouchers_behind;
DROP INDEX vouchers_for;
DROP INDEX vouchers_of;
ALTER TABLE cash_codes DROP COLUMN place;
ALTER TABLE cash_codes DROP COLUMN msisdn;
