//! The tables `draft_versions` and `version_keyframes`: immutable snapshots of drafts.
//!
//! Here they are kept and read; [`pack`] has how they are made small, [`tidy`] how they are
//! thinned with age.

mod mend;
mod pack;
mod tidy;

use draftwell_core::{
    Error, Result, UnixMillis,
    address::Mailbox,
    attachment::Attachment,
    document::{Document, DocumentJson},
    draft::{
        CompareVersions, Comparison, Content, Keep, ListVersions, UNTOUCHED_SECONDS, Version,
        VersionCause, VersionPage, VersionSummary, compare, excerpt,
    },
    id::{DraftId, VersionId},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Deserialize;

use crate::{
    Store, attachments,
    cursor::{Cursor, page_size},
    drafts::{self, Known},
    error::{Explain, internal},
    sql::{Id, Name},
};
pub(crate) use mend::{mend, newest};
use pack::Keyframe;
pub(crate) use tidy::thin_some;

/// How much of a version the list shows, in graphemes.
const EXCERPT: usize = 96;

/// What a version says, as it is packed. Members may be added, with a default for older rows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Snapshot {
    to: Vec<Mailbox>,
    cc: Vec<Mailbox>,
    bcc: Vec<Mailbox>,
    subject: String,
    body: DocumentJson,
    #[serde(default)]
    attachments: Vec<Attachment>,
}

impl Snapshot {
    /// What is packed of a content whose text was written out already.
    fn write(content: &Content, body: &str) -> Result<String> {
        let people = |people: &[Mailbox]| serde_json::to_string(people).map_err(|_| internal());
        let [to, cc, bcc] = [&content.to, &content.cc, &content.bcc].map(|list| people(list));
        let subject = serde_json::to_string(&content.subject).map_err(|_| internal())?;
        let (to, cc, bcc) = (to?, cc?, bcc?);
        // Most drafts have none.
        let files = if content.attachments.is_empty() {
            String::new()
        } else {
            let list = serde_json::to_string(&content.attachments).map_err(|_| internal())?;
            format!(r#","attachments":{list}"#)
        };
        Ok(format!(
            r#"{{"to":{to},"cc":{cc},"bcc":{bcc},"subject":{subject},"body":{body}{files}}}"#
        ))
    }

    fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|_| {
            tracing::error!("a version doesn't say what versions say");
            internal()
        })
    }

    fn document(&self) -> Result<Document> {
        Document::parse(&self.body).map_err(|_| {
            tracing::error!("a version's text is not of the editor's schema");
            internal()
        })
    }
}

/// A version's row.
struct Stored {
    seq: i64,
    id: VersionId,
    draft_id: DraftId,
    revision: u32,
    cause: VersionCause,
    for_good: bool,
    created_at: UnixMillis,
    keyframe: i64,
    delta: Vec<u8>,
}

const COLUMNS: &str =
    "v.seq, v.id, d.id, v.revision, v.cause, v.for_good, v.created_at, v.keyframe, v.delta";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        seq: row.get(0)?,
        id: row.get::<_, Id<_>>(1)?.0,
        draft_id: row.get::<_, Id<_>>(2)?.0,
        revision: row.get(3)?,
        cause: row.get::<_, Name<_>>(4)?.0,
        for_good: row.get(5)?,
        created_at: UnixMillis(row.get(6)?),
        keyframe: row.get(7)?,
        delta: row.get(8)?,
    })
}

/// Unpacks versions, of which many in a row share a keyframe.
#[derive(Default)]
struct Unpacker {
    keyframe: Option<(i64, String)>,
}

impl Unpacker {
    fn text(&mut self, connection: &Connection, version: &Stored) -> Result<String> {
        let keyframe = match self.keyframe.take() {
            Some(known) if known.0 == version.keyframe => known,
            _ => (version.keyframe, keyframe(connection, version.keyframe)?),
        };
        let text = pack::apply(&version.delta, &keyframe.1);
        self.keyframe = Some(keyframe);
        text
    }
}

fn keyframe(connection: &Connection, seq: i64) -> Result<String> {
    connection
        .prepare_cached("SELECT text FROM version_keyframes WHERE seq = ?1")
        .and_then(|mut keyframe| keyframe.query_row([seq], |row| row.get::<_, Keyframe>(0)))
        .explain()?
        .text()
}

/// Keeps `content`, saved `at` that time, as a version of a draft and answers its id: `new_id`,
/// or that of the newest version if that says the same. (The same is still kept again for another
/// cause.)
pub(crate) fn keep(
    tx: &Transaction<'_>,
    known: &Known,
    content: &Content,
    keep: Keep,
    new_id: VersionId,
    at: UnixMillis,
) -> Result<VersionId> {
    let body = serde_json::to_string(&content.body).map_err(|_| internal())?;
    let text = Snapshot::write(content, &body)?;
    keep_text(tx, known, &text, keep, new_id, at)
}

/// Keeps what stands in a draft, before something else does; see [`keep`].
pub(crate) fn keep_former(
    tx: &Transaction<'_>,
    known: &Known,
    keep: Keep,
    new_id: VersionId,
) -> Result<VersionId> {
    let text = Snapshot::write(&known.stored.content, &known.body)?;
    keep_text(tx, known, &text, keep, new_id, known.stored.updated_at)
}

fn keep_text(
    tx: &Transaction<'_>,
    known: &Known,
    text: &str,
    keep: Keep,
    new_id: VersionId,
    at: UnixMillis,
) -> Result<VersionId> {
    let newest = tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM draft_versions v JOIN drafts d ON d.seq = v.draft
             WHERE v.seq = (SELECT max(seq) FROM draft_versions WHERE draft = ?1)"
        ))
        .and_then(|mut newest| newest.query_row([known.seq], from_row).optional())
        .explain()?;
    let mut place = None;
    // A version that can't be read must not keep the next one from being kept.
    if let Some(newest) = &newest
        && let Ok(keyframe) = keyframe(tx, newest.keyframe)
    {
        let delta = pack::delta(text, &keyframe)?;
        // The same text always has the same difference.
        if newest.cause == keep.cause && newest.delta == delta {
            if keep.for_good && !newest.for_good {
                tx.prepare_cached("UPDATE draft_versions SET for_good = 1 WHERE seq = ?1")
                    .and_then(|mut statement| statement.execute([newest.seq]))
                    .explain()?;
            }
            return Ok(newest.id);
        }
        if !pack::is_too_large(&delta, text) {
            place = Some((newest.keyframe, delta));
        }
    }
    let (keyframe, delta) = match place {
        Some(place) => place,
        None => (add_keyframe(tx, known.seq, text)?, Vec::new()),
    };
    tx.prepare_cached(
        "INSERT INTO draft_versions
           (id, draft, revision, cause, for_good, created_at, keyframe, delta)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            Id(new_id),
            known.seq,
            known.stored.revision,
            Name(keep.cause),
            keep.for_good,
            at.0,
            keyframe,
            delta,
        ])
    })
    .explain()?;
    if !keep.for_good {
        tidy::mark(tx, known.seq, at.plus_seconds(UNTOUCHED_SECONDS))?;
    }
    Ok(new_id)
}

fn add_keyframe(tx: &Transaction<'_>, draft: i64, text: &str) -> Result<i64> {
    tx.prepare_cached("INSERT INTO version_keyframes (draft, text) VALUES (?1, ?2)")
        .and_then(|mut statement| {
            let keyframe = Keyframe::of(text).map_err(|_| rusqlite::Error::InvalidQuery)?;
            statement.insert(params![draft, keyframe])
        })
        .explain()
}

fn find(connection: &Connection, id: VersionId) -> Result<Stored> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM draft_versions v JOIN drafts d ON d.seq = v.draft
             WHERE v.id = ?1"
        ))
        .and_then(|mut version| version.query_row([Id(id)], from_row).optional())
        .explain()?
        .ok_or_else(|| Error::not_found("version"))
}

/// One version, whole.
pub(crate) fn get(connection: &Connection, id: VersionId) -> Result<Version> {
    let stored = find(connection, id)?;
    let text = Unpacker::default().text(connection, &stored)?;
    let snapshot = Snapshot::read(&text)?;
    let document = snapshot.document()?;
    let mut attachments = snapshot.attachments;
    attachments::leave_out_lost(connection, &mut attachments)?;
    Ok(Version {
        id: stored.id,
        draft_id: stored.draft_id,
        revision: stored.revision,
        cause: stored.cause,
        created_at: stored.created_at,
        to: snapshot.to,
        cc: snapshot.cc,
        bcc: snapshot.bcc,
        subject: snapshot.subject,
        text: document.to_text(),
        html: document.to_html(),
        word_count: document.word_count(),
        body: snapshot.body,
        attachments,
    })
}

/// What a version of this draft, or the draft itself, says.
fn state(connection: &Connection, draft: DraftId, version: Option<VersionId>) -> Result<Content> {
    let Some(version) = version else {
        let known = drafts::find(connection, draft)?;
        return known
            .map(|known| known.stored.content)
            .ok_or_else(|| Error::not_found("draft"));
    };
    let stored = find(connection, version)?;
    if stored.draft_id != draft {
        return Err(Error::not_found("version"));
    }
    let snapshot = Snapshot::read(&Unpacker::default().text(connection, &stored)?)?;
    Ok(Content {
        body: snapshot.document()?,
        to: snapshot.to,
        cc: snapshot.cc,
        bcc: snapshot.bcc,
        subject: snapshot.subject,
        attachments: snapshot.attachments,
        ..Content::default()
    })
}

/// The name of the list, for its cursors.
const LIST: &str = "versions";

fn list(connection: &Connection, wanted: ListVersions) -> Result<VersionPage> {
    let size = page_size(wanted.limit)?;
    // One more, to know whether there are more, and what changed in the last one.
    let rows_wanted = i64::try_from(size + 1).map_err(|_| internal())?;
    let before = match &wanted.cursor {
        Some(cursor) => Cursor::<DraftId>::read(cursor, LIST)?.seq,
        None => i64::MAX,
    };
    let draft: i64 = connection
        .prepare_cached("SELECT seq FROM drafts WHERE id = ?1")
        .and_then(|mut draft| {
            draft
                .query_row([Id(wanted.id)], |row| row.get(0))
                .optional()
        })
        .explain()?
        .ok_or_else(|| Error::not_found("draft"))?;
    let rows: Vec<Stored> = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM draft_versions v JOIN drafts d ON d.seq = v.draft
             WHERE v.draft = ?1 AND v.seq < ?2 ORDER BY v.seq DESC LIMIT ?3"
        ))
        .and_then(|mut versions| {
            versions
                .query_map(params![draft, before, rows_wanted], from_row)?
                .collect()
        })
        .explain()?;
    let total = connection
        .prepare_cached("SELECT count(*) FROM draft_versions WHERE draft = ?1")
        .and_then(|mut count| count.query_row([draft], |row| row.get(0)))
        .explain()?;
    let mut unpacker = Unpacker::default();
    // One that can't be read is listed all the same: the others are not to go with it.
    let read: Vec<Option<(Snapshot, Document)>> = rows
        .iter()
        .map(|row| {
            let snapshot = Snapshot::read(&unpacker.text(connection, row).ok()?).ok()?;
            let document = snapshot.document().ok()?;
            Some((snapshot, document))
        })
        .collect();
    let texts: Vec<String> = read
        .iter()
        .map(|read| {
            read.as_ref()
                .map_or(String::new(), |(_, document)| document.plain_text())
        })
        .collect();
    let next_cursor = (rows.len() > size).then(|| {
        let last = Cursor {
            list: LIST.to_owned(),
            key: wanted.id,
            seq: rows[size - 1].seq,
        };
        last.write()
    });
    let items = rows
        .iter()
        .zip(read)
        .take(size)
        .enumerate()
        .map(|(place, (row, read))| {
            let former = texts.get(place + 1).map_or("", String::as_str);
            VersionSummary {
                id: row.id,
                revision: row.revision,
                cause: row.cause,
                created_at: row.created_at,
                word_count: draftwell_core::document::words_in(&texts[place]),
                excerpt: excerpt(&texts[place], former, EXCERPT),
                subject: read.map_or(String::new(), |(snapshot, _)| snapshot.subject),
            }
        })
        .collect();
    Ok(VersionPage {
        items,
        total,
        next_cursor,
    })
}

impl Store {
    /// One page of the kept versions of a draft, newest first.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `limit` or `cursor`, `NOT_FOUND`.
    pub async fn list_versions(&self, wanted: ListVersions) -> Result<VersionPage> {
        self.read(move |connection| list(connection, wanted)).await
    }

    /// One version, whole, or `NOT_FOUND`.
    pub async fn get_version(&self, id: VersionId) -> Result<Version> {
        self.read(move |connection| get(connection, id)).await
    }

    /// What changed between two versions of a draft, or one and the draft as it is.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for a version of another draft.
    pub async fn compare_versions(&self, wanted: CompareVersions) -> Result<Comparison> {
        let (before, after) = self
            .read(move |connection| {
                let before = state(connection, wanted.id, wanted.before)?;
                Ok((before, state(connection, wanted.id, wanted.after)?))
            })
            .await?;
        Ok(compare(&before, &after))
    }
}
