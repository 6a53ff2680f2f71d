-- Limits: what an account has used of them, and how well its owner is known.

-- Packed: the day it was last touched, and what was used that day, that week and that month; empty when nothing was.
-- It lies with the balance, so a payment writes no row more for it.
ALTER TABLE accounts ADD COLUMN usage BYTEA NOT NULL DEFAULT '';

-- sim: only by a registered number, as everybody is who joined on their own phone
ALTER TABLE people ADD COLUMN tier TEXT NOT NULL DEFAULT 'sim'
    CHECK (tier IN ('sim', 'id', 'full', 'merchant', 'agent'));
