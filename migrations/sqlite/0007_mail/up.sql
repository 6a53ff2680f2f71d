-- Where people get their statements: an address counts only once a code that was mailed there came back.
CREATE TABLE mailboxes (
    account_id INTEGER NOT NULL PRIMARY KEY,
    -- one more with each change: what was read is what is changed
    version    INTEGER NOT NULL CHECK (version > 0),
    address    TEXT,
    -- an address that is still to be proved; the tag of its code is in pins under code_id
    pending    TEXT,
    code_id    INTEGER NOT NULL,
    code_until INTEGER NOT NULL,
    -- the newest day on which something was asked for, and how many mails that day
    day        INTEGER NOT NULL,
    mails      INTEGER NOT NULL
) STRICT;
