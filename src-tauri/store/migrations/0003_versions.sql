-- Versions become compact, so that every state of a draft can be kept: what one says is JSON
-- (recipients, subject, text), packed against a keyframe that several share. A keyframe of a
-- former version of Draftwell stays as it was, as text; new ones are packed too (see
-- `src/versions/pack.rs`). Neither says which rows refer to it: an index for that would cost each
-- save a page, and thinning, which alone removes keyframes, sees all versions of the draft anyway.
CREATE TABLE version_keyframes (
  seq   INTEGER PRIMARY KEY,
  draft INTEGER NOT NULL REFERENCES drafts (seq) ON DELETE CASCADE,
  text  ANY     NOT NULL
) STRICT;
CREATE INDEX keyframes_by_draft ON version_keyframes (draft);

DROP INDEX versions_by_draft;
ALTER TABLE draft_versions RENAME TO former_versions;
CREATE TABLE draft_versions (
  seq        INTEGER PRIMARY KEY,
  id         TEXT    NOT NULL UNIQUE,
  draft      INTEGER NOT NULL REFERENCES drafts (seq) ON DELETE CASCADE,
  revision   INTEGER NOT NULL,
  cause      TEXT    NOT NULL,
  -- Thinning never takes it away.
  for_good   INTEGER NOT NULL CHECK (for_good IN (0, 1)),
  created_at INTEGER NOT NULL,
  keyframe   INTEGER NOT NULL,
  -- The difference to the keyframe; empty if there is none.
  delta      BLOB    NOT NULL
) STRICT;
CREATE INDEX versions_by_draft ON draft_versions (draft, seq);

INSERT INTO version_keyframes (seq, draft, text)
  SELECT v.seq, d.seq,
    '{"to":' || v.to_list || ',"cc":' || v.cc_list || ',"bcc":' || v.bcc_list
      || ',"subject":' || json_quote(v.subject) || ',"body":' || v.body || '}'
  FROM former_versions v JOIN drafts d ON d.id = v.draft_id;
-- While typing one a minute was kept. What came sooner was the loser of a conflict or a text that
-- was deleted: somebody may look for it.
INSERT INTO draft_versions
    (seq, id, draft, revision, cause, for_good, created_at, keyframe, delta)
  SELECT v.seq, v.id, d.seq, v.revision, v.cause,
    v.cause <> 'typing' OR coalesce(v.created_at - lag(v.created_at) OVER (
      PARTITION BY v.draft_id ORDER BY v.seq) < 60000, 0),
    v.created_at, v.seq, x''
  FROM former_versions v JOIN drafts d ON d.id = v.draft_id;
DROP TABLE former_versions;

-- Drafts with versions that will be one of many some day, and when that is.
CREATE TABLE versions_to_thin (
  draft  INTEGER PRIMARY KEY REFERENCES drafts (seq) ON DELETE CASCADE,
  due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX versions_due ON versions_to_thin (due_at);
INSERT INTO versions_to_thin (draft, due_at)
  SELECT draft, min(created_at) + 3600000 FROM draft_versions
  WHERE for_good = 0 GROUP BY draft HAVING count(*) > 1;

-- Every save keeps a version now.
ALTER TABLE drafts DROP COLUMN kept_at;
