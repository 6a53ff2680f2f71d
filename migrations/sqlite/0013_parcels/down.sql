DROP INDEX parcels_open;
DROP INDEX parcels_behind;
DROP INDEX parcels_for;
DROP INDEX parcels_of;
ALTER TABLE cash_codes DROP COLUMN place;
ALTER TABLE cash_codes DROP COLUMN msisdn;
