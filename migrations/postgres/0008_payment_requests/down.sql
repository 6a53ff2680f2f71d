DROP TABLE blocks;
DROP INDEX orders_to_remind;
DROP INDEX requests_to;
DROP INDEX requests_of;
ALTER TABLE orders DROP COLUMN remind_at;
ALTER TABLE orders DROP COLUMN split;
ALTER TABLE orders DROP COLUMN reference;
ALTER TABLE orders DROP CONSTRAINT orders_state_check;
ALTER TABLE orders ADD CONSTRAINT orders_state_check
    CHECK (state IN ('waiting', 'approved', 'declined', 'expired'));
