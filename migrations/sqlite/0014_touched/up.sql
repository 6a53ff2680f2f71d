-- Changes of accounts, conversations and PINs that came past the book: frozen, closed, forgotten. They leave no posting, so
-- this number says that there were some: whoever read before the head was taken, and finds another one then, looks again.
ALTER TABLE head ADD COLUMN touched INTEGER NOT NULL DEFAULT 0;
