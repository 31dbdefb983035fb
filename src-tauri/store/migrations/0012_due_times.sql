-- When a mail was to leave. Its tries that failed move `not_before`, and never this.
ALTER TABLE emails ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;
UPDATE emails SET due_at = not_before;

-- Each account's mails in the order in which they are taken up.
CREATE INDEX emails_in_turn ON emails (account_id, due_at, seq)
  WHERE status IN ('scheduled', 'queued', 'transmitting') AND held = 0;

-- `paused_until` is also for servers that can't be reached; this is the provider's limit alone.
ALTER TABLE accounts ADD COLUMN limited_until INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET limited_until = paused_until;
