-- A mail whose time passed long ago waits for the user's word.
ALTER TABLE emails ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));

-- When the final bytes were fixed: just before the first transmission. None before that.
ALTER TABLE emails ADD COLUMN final_at INTEGER;
UPDATE emails SET final_at = queued_at WHERE attempts > 0;

-- The provider limits the account: none of its mails leaves before.
ALTER TABLE accounts ADD COLUMN paused_until INTEGER NOT NULL DEFAULT 0;

-- JSON: the server of an account that isn't known by its kind alone.
ALTER TABLE accounts ADD COLUMN server TEXT;
