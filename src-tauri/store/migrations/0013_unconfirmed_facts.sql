-- Facts of a draft that a polished text changed and nobody has said yes to, as JSON: asked about
-- before the draft is sent (see `draftwell_core::polish::unconfirmed`).
CREATE TABLE unconfirmed_facts (
  draft INTEGER PRIMARY KEY REFERENCES drafts (seq) ON DELETE CASCADE,
  facts TEXT    NOT NULL
) STRICT;
