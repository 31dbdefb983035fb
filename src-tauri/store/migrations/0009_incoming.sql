-- What comes back. The Message-ID a mail went out under, where the provider gave it another one;
-- empty where that can't be found out.
ALTER TABLE emails ADD COLUMN sent_message_id TEXT;
ALTER TABLE emails ADD COLUMN replied_at INTEGER;
-- Said by a read receipt.
ALTER TABLE emails ADD COLUMN opened_at INTEGER;
-- It could not be delivered, to some recipient at least.
ALTER TABLE emails ADD COLUMN bounced_at INTEGER;
CREATE INDEX emails_by_thread ON emails (account_id, provider_thread_id)
  WHERE provider_thread_id IS NOT NULL;
CREATE INDEX emails_by_message_id ON emails (message_id);
CREATE INDEX emails_by_sent_message_id ON emails (sent_message_id)
  WHERE sent_message_id IS NOT NULL;
CREATE INDEX emails_left ON emails (account_id, sent_at) WHERE status = 'sent';

-- Of what was received: what it is, whom it is from (JSON), which mail it answers, and the
-- provider's id of it in which account, by which it is kept only once.
ALTER TABLE history ADD COLUMN kind TEXT
  CHECK (kind IN ('reply', 'automatic', 'receipt', 'bounce'));
ALTER TABLE history ADD COLUMN sender TEXT;
ALTER TABLE history ADD COLUMN answers TEXT;
ALTER TABLE history ADD COLUMN account_id TEXT;
ALTER TABLE history ADD COLUMN provider_message_id TEXT;
ALTER TABLE history ADD COLUMN text TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX history_received_once ON history (account_id, provider_message_id)
  WHERE provider_message_id IS NOT NULL;

-- Up to where each account's mailbox was looked into.
CREATE TABLE mailboxes (
  account_id TEXT    NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  cursor     TEXT    NOT NULL,
  looked_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
