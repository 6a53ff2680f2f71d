-- Vouchers: money for a number that has no wallet yet is a code for cash that is made out to that number.

-- the number it is for; nothing: the code is for its owner
ALTER TABLE cash_codes ADD COLUMN msisdn TEXT;
-- which it is among those that wait for the number: the first digit of its secret, so that each has tries of its own
ALTER TABLE cash_codes ADD COLUMN place BIGINT;
CREATE INDEX vouchers_of ON cash_codes (account_id, expires_at) WHERE msisdn IS NOT NULL;
CREATE INDEX vouchers_for ON cash_codes (msisdn, expires_at) WHERE msisdn IS NOT NULL;
CREATE INDEX vouchers_behind ON cash_codes (hold) WHERE msisdn IS NOT NULL;
CREATE INDEX vouchers_open ON cash_codes (id) WHERE state = 'open' AND msisdn IS NOT NULL;
