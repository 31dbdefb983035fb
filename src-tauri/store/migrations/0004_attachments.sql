-- The files that go with a draft, as a JSON list. Apart from `drafts`, so that a save of its text
-- doesn't write them and the list of drafts needn't read over its text.
CREATE TABLE draft_attachments (
  draft INTEGER NOT NULL PRIMARY KEY REFERENCES drafts (seq) ON DELETE CASCADE,
  count INTEGER NOT NULL,
  list  TEXT    NOT NULL
) STRICT;

-- Files a draft has ever referred to, in its text or beside it. Its versions may still do, so they
-- are kept as long as the draft is.
CREATE TABLE blob_uses (
  hash  TEXT    NOT NULL,
  draft INTEGER NOT NULL REFERENCES drafts (seq) ON DELETE CASCADE,
  PRIMARY KEY (hash, draft)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_uses_by_draft ON blob_uses (draft);

-- When it was first found that nothing refers to a file. It is removed if that is still so after
-- the next start of the program: until then an undo in some window may bring it back.
ALTER TABLE blobs ADD COLUMN unused_since INTEGER;
-- Who uses the files of former versions of Draftwell was not written down; they stay.
ALTER TABLE blobs ADD COLUMN for_good INTEGER NOT NULL DEFAULT 0 CHECK (for_good IN (0, 1));
UPDATE blobs SET for_good = 1;
CREATE INDEX blobs_unused ON blobs (unused_since) WHERE unused_since IS NOT NULL;
