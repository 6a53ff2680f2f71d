-- Agents: outlets that turn cash into money and back, who works there, and codes for cash.

ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check
    CHECK (kind IN ('trust', 'fees', 'suspense', 'wallet', 'float', 'commission'));

-- an outlet is named by its float account; what it earns gathers on an account of its own
CREATE TABLE outlets (
    float_account      BIGINT NOT NULL PRIMARY KEY,
    commission_account BIGINT NOT NULL,
    -- the outlet's head office or super-agent, by its float account
    head_office        BIGINT,
    name               TEXT    NOT NULL,
    area               TEXT    NOT NULL,
    state              TEXT    NOT NULL CHECK (state IN ('open', 'suspended')),
    opened_at          BIGINT NOT NULL
);
CREATE INDEX outlets_by_area ON outlets (area);

-- who serves at an outlet: a person, on their own phone, with a PIN of their own for it (in pins, under this id)
CREATE TABLE assistants (
    id       BIGINT NOT NULL PRIMARY KEY,
    person   BIGINT NOT NULL UNIQUE,
    outlet   BIGINT NOT NULL,
    since    BIGINT NOT NULL
);
CREATE INDEX assistants_by_outlet ON assistants (outlet);

-- a code with which an agent hands out cash: the money is held, the code's tag is in pins under this id
CREATE TABLE cash_codes (
    id           BIGINT NOT NULL PRIMARY KEY,
    account_id   BIGINT NOT NULL,
    hold         BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    fee_minor    BIGINT NOT NULL CHECK (fee_minor >= 0),
    state        TEXT    NOT NULL CHECK (state IN ('open', 'used', 'cancelled')),
    expires_at   BIGINT NOT NULL
);
CREATE INDEX cash_codes_open ON cash_codes (account_id) WHERE state = 'open';
