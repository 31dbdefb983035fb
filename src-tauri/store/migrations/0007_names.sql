-- The list by name, page by page out of an index: drafts without a contact in the order of their
-- recipients, and those of contacts, which are few, to be put between them.
DROP INDEX drafts_by_name;
CREATE INDEX drafts_by_recipient
  ON drafts (coalesce(nullif(recipient_key, ''), char(1114111)), seq)
  WHERE contact_id IS NULL AND deleted_at IS NULL AND status <> 'sent';
CREATE INDEX drafts_of_contacts ON drafts (contact_id, seq)
  WHERE contact_id IS NOT NULL AND deleted_at IS NULL AND status <> 'sent';

-- While the second word of a search is typed, its first letters begin words of nearly all texts:
-- without an index for them, each of those words would be gone through.
DROP TABLE drafts_fts;
CREATE VIRTUAL TABLE drafts_fts USING fts5 (
  subject, recipients, body,
  content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);
DELETE FROM draft_heads_fts;
DELETE FROM draft_places;
INSERT INTO drafts_to_index (seq) SELECT seq FROM drafts WHERE true ON CONFLICT DO NOTHING;
