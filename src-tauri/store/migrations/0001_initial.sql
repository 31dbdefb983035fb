-- Identifiers are UUIDs as text, times are milliseconds since 1970 (UTC), lists and documents are
-- JSON, names of states are those of the commands' answers. `seq` orders rows of equal times and
-- is what the search index refers to.

-- Facts about this file: 'folder_id', 'vault'.
CREATE TABLE meta (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: the preferences as JSON.
CREATE TABLE settings (
  id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  preferences TEXT    NOT NULL DEFAULT '{}'
) STRICT;
INSERT INTO settings (id) VALUES (1);

-- Keys and tokens, sealed elsewhere; what they say is nothing this database knows.
CREATE TABLE secrets (
  name       TEXT    NOT NULL PRIMARY KEY,
  sealed     BLOB    NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
  seq         INTEGER PRIMARY KEY,
  id          TEXT    NOT NULL UNIQUE,
  name        TEXT    NOT NULL DEFAULT '',
  first_name  TEXT    NOT NULL DEFAULT '',
  email       TEXT    NOT NULL,
  -- The address with its domain in lower case: what makes it unique.
  address_key TEXT    NOT NULL UNIQUE,
  company     TEXT    NOT NULL DEFAULT '',
  role        TEXT    NOT NULL DEFAULT '',
  notes       TEXT    NOT NULL DEFAULT '',
  priority    INTEGER NOT NULL DEFAULT 0,
  stage       TEXT    NOT NULL DEFAULT 'lead',
  -- The name, lower case and without accents, for sorting.
  sort_key    TEXT    NOT NULL DEFAULT '',
  -- Name, address and company in the same form, words after a blank each, for finding.
  search_key  TEXT    NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_by_name ON contacts (sort_key, seq);

-- Everybody written to, for completion.
CREATE TABLE recipients (
  address_key  TEXT    NOT NULL PRIMARY KEY,
  name         TEXT    NOT NULL DEFAULT '',
  address      TEXT    NOT NULL,
  search_key   TEXT    NOT NULL,
  use_count    INTEGER NOT NULL DEFAULT 0,
  last_used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  seq                  INTEGER PRIMARY KEY,
  id                   TEXT    NOT NULL UNIQUE,
  kind                 TEXT    NOT NULL,
  subject              TEXT    NOT NULL,
  email                TEXT    NOT NULL,
  display_name         TEXT    NOT NULL DEFAULT '',
  scopes               TEXT    NOT NULL DEFAULT '[]',
  -- Not null: the user must sign in again, and why.
  needs_sign_in_reason TEXT,
  is_default           INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
  last_used_at         INTEGER,
  created_at           INTEGER NOT NULL,
  UNIQUE (kind, subject)
) STRICT;
CREATE UNIQUE INDEX one_default_account ON accounts (is_default) WHERE is_default = 1;

CREATE TABLE signatures (
  seq               INTEGER PRIMARY KEY,
  id                TEXT    NOT NULL UNIQUE,
  name              TEXT    NOT NULL,
  -- The name in lower case: what makes it unique.
  name_key          TEXT    NOT NULL UNIQUE,
  is_default        INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
  is_formal_default INTEGER NOT NULL DEFAULT 0 CHECK (is_formal_default IN (0, 1)),
  is_casual_default INTEGER NOT NULL DEFAULT 0 CHECK (is_casual_default IN (0, 1)),
  usage_count       INTEGER NOT NULL DEFAULT 0,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
  body              TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_default_signature ON signatures (is_default) WHERE is_default = 1;
CREATE UNIQUE INDEX one_formal_signature ON signatures (is_formal_default) WHERE is_formal_default = 1;
CREATE UNIQUE INDEX one_casual_signature ON signatures (is_casual_default) WHERE is_casual_default = 1;

-- The long text comes last, so that lists don't read over it.
CREATE TABLE drafts (
  seq              INTEGER PRIMARY KEY,
  id               TEXT    NOT NULL UNIQUE,
  contact_id       TEXT    REFERENCES contacts (id) ON DELETE SET NULL,
  account_id       TEXT    REFERENCES accounts (id) ON DELETE SET NULL,
  to_list          TEXT    NOT NULL DEFAULT '[]',
  cc_list          TEXT    NOT NULL DEFAULT '[]',
  bcc_list         TEXT    NOT NULL DEFAULT '[]',
  subject          TEXT    NOT NULL DEFAULT '',
  snippet          TEXT    NOT NULL DEFAULT '',
  -- The first recipient, lower case and without accents: sorts drafts without a contact.
  recipient_key    TEXT    NOT NULL DEFAULT '',
  signature_id     TEXT    REFERENCES signatures (id) ON DELETE SET NULL,
  signature_chosen INTEGER NOT NULL DEFAULT 0 CHECK (signature_chosen IN (0, 1)),
  purpose          TEXT,
  tone             TEXT,
  context          TEXT    NOT NULL DEFAULT '',
  style_score      REAL,
  revision         INTEGER NOT NULL DEFAULT 1,
  status           TEXT    NOT NULL DEFAULT 'draft'
                   CHECK (status IN ('draft', 'queued', 'sent', 'failed')),
  error_code       TEXT,
  error_message    TEXT,
  -- What the save that made the present text was for.
  made_by          TEXT    NOT NULL DEFAULT 'typing',
  -- When a version was last kept; when the draft was made if there is none.
  kept_at          INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  deleted_at       INTEGER,
  body             TEXT    NOT NULL
) STRICT;
-- A queued draft is not open: it can't be written in, and another mail may follow it.
CREATE UNIQUE INDEX one_open_draft_per_contact ON drafts (contact_id)
  WHERE contact_id IS NOT NULL AND deleted_at IS NULL AND status IN ('draft', 'failed');
CREATE INDEX drafts_by_updated ON drafts (updated_at, seq)
  WHERE deleted_at IS NULL AND status <> 'sent';
CREATE INDEX drafts_by_created ON drafts (created_at, seq)
  WHERE deleted_at IS NULL AND status <> 'sent';
CREATE INDEX drafts_in_bin ON drafts (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX drafts_by_contact ON drafts (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX drafts_by_account ON drafts (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX drafts_by_signature ON drafts (signature_id) WHERE signature_id IS NOT NULL;

-- Words of the drafts, by their `seq`. Contentless: the texts are in `drafts` already.
CREATE VIRTUAL TABLE drafts_fts USING fts5 (
  subject, recipients, body,
  content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 2'
);

-- Drafts whose words are not in the index yet: that is done when somebody searches or nobody
-- types, for it would cost each save as much as all the rest of it.
CREATE TABLE drafts_to_index (
  seq INTEGER NOT NULL PRIMARY KEY REFERENCES drafts (seq) ON DELETE CASCADE
) STRICT;

CREATE TABLE draft_versions (
  seq        INTEGER PRIMARY KEY,
  id         TEXT    NOT NULL UNIQUE,
  draft_id   TEXT    NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  revision   INTEGER NOT NULL,
  cause      TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  to_list    TEXT    NOT NULL DEFAULT '[]',
  cc_list    TEXT    NOT NULL DEFAULT '[]',
  bcc_list   TEXT    NOT NULL DEFAULT '[]',
  subject    TEXT    NOT NULL DEFAULT '',
  body       TEXT    NOT NULL
) STRICT;
CREATE INDEX versions_by_draft ON draft_versions (draft_id, seq);

-- Mails that left or are to leave. Draft and account may be gone when the record is not, so
-- neither is a foreign key. The frozen bytes are the blob named `body_hash`.
CREATE TABLE emails (
  seq                 INTEGER PRIMARY KEY,
  id                  TEXT    NOT NULL UNIQUE,
  draft_id            TEXT    NOT NULL,
  draft_revision      INTEGER NOT NULL,
  account_id          TEXT    NOT NULL,
  status              TEXT    NOT NULL CHECK (status IN
                      ('scheduled', 'queued', 'transmitting', 'sent', 'failed', 'cancelled', 'unknown')),
  to_list             TEXT    NOT NULL,
  cc_list             TEXT    NOT NULL,
  bcc_list            TEXT    NOT NULL,
  subject             TEXT    NOT NULL,
  snippet             TEXT    NOT NULL,
  signature_id        TEXT,
  message_id          TEXT    NOT NULL,
  body_hash           TEXT    NOT NULL,
  thread_id           TEXT,
  queued_at           INTEGER NOT NULL,
  not_before          INTEGER NOT NULL,
  attempts            INTEGER NOT NULL DEFAULT 0,
  lease_owner         TEXT,
  lease_until         INTEGER,
  step                TEXT    NOT NULL DEFAULT 'none',
  provider_draft_id   TEXT,
  provider_message_id TEXT,
  provider_thread_id  TEXT,
  -- When the last try ended.
  settled_at          INTEGER,
  sent_at             INTEGER,
  confirmed           INTEGER NOT NULL DEFAULT 1 CHECK (confirmed IN (0, 1)),
  error_code          TEXT,
  error_message       TEXT
) STRICT;
CREATE INDEX emails_due ON emails (not_before)
  WHERE status IN ('scheduled', 'queued', 'transmitting');
CREATE INDEX emails_by_draft ON emails (draft_id, seq);
-- A draft has at most one mail under way.
CREATE UNIQUE INDEX one_mail_under_way_per_draft ON emails (draft_id)
  WHERE status IN ('scheduled', 'queued', 'transmitting', 'unknown');

-- Mails sent by each account on each day of UTC (days since 1970).
CREATE TABLE daily_sends (
  account_id TEXT    NOT NULL,
  day        INTEGER NOT NULL,
  count      INTEGER NOT NULL,
  PRIMARY KEY (account_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  seq        INTEGER PRIMARY KEY,
  id         TEXT    NOT NULL UNIQUE,
  email_id   TEXT    UNIQUE,
  direction  TEXT    NOT NULL CHECK (direction IN ('sent', 'received')),
  recipients TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  snippet    TEXT    NOT NULL,
  confirmed  INTEGER NOT NULL DEFAULT 1 CHECK (confirmed IN (0, 1)),
  at         INTEGER NOT NULL
) STRICT;
CREATE INDEX history_by_time ON history (at, seq);

-- Whom an entry belongs to: kept by address, so that a contact made later finds it.
CREATE TABLE history_people (
  history     INTEGER NOT NULL REFERENCES history (seq) ON DELETE CASCADE,
  address_key TEXT    NOT NULL,
  contact_id  TEXT    REFERENCES contacts (id) ON DELETE SET NULL,
  PRIMARY KEY (history, address_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_by_contact ON history_people (contact_id, history) WHERE contact_id IS NOT NULL;
CREATE INDEX history_by_address ON history_people (address_key);

-- Files of the folder `blobs`, named by the BLAKE3 of their bytes.
CREATE TABLE blobs (
  hash       TEXT    NOT NULL PRIMARY KEY,
  mime       TEXT    NOT NULL,
  size       INTEGER NOT NULL,
  width      INTEGER,
  height     INTEGER,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
