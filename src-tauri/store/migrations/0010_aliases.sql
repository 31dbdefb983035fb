-- The addresses an account may send from besides its own (JSON), and which of them a draft is to
-- leave from; none: the account's own.
ALTER TABLE accounts ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]';
ALTER TABLE drafts ADD COLUMN from_address TEXT;
