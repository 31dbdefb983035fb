-- Finding among very many drafts, while somebody types. The words are prepared by the program
-- (`core/src/search.rs`), so the index takes them as they are. Its rows are numbered by when their
-- draft was changed: the newest come first out of it, without looking at all others and sorting
-- them. All drafts are indexed anew for that, beside the work.
DROP TABLE drafts_fts;
CREATE VIRTUAL TABLE drafts_fts USING fts5 (
  subject, recipients, body,
  content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3'
);
-- For the first letters of a search, which begin too many words of the texts.
CREATE VIRTUAL TABLE draft_heads_fts USING fts5 (
  subject, recipients,
  content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2'
);
-- The number of a draft's rows in both: the time of its last change that was indexed, in
-- milliseconds, by 2^20, and the end of its `seq`.
CREATE TABLE draft_places (
  place INTEGER PRIMARY KEY,
  draft INTEGER NOT NULL UNIQUE REFERENCES drafts (seq) ON DELETE CASCADE
) STRICT;
INSERT INTO drafts_to_index (seq) SELECT seq FROM drafts WHERE true ON CONFLICT DO NOTHING;

-- The list by name reads no draft that it doesn't show.
CREATE INDEX drafts_by_name ON drafts (recipient_key, contact_id, seq)
  WHERE deleted_at IS NULL AND status <> 'sent';
-- And by state: nearly all are `draft`.
CREATE INDEX drafts_by_status ON drafts (status, updated_at, seq)
  WHERE deleted_at IS NULL AND status <> 'draft';
