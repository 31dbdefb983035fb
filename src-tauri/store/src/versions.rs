//! The table `draft_versions`: immutable snapshots.

use draftwell_core::{
    Error, Result, UnixMillis,
    document::{Document, DocumentJson},
    draft::{Content, Version, VersionCause},
    id::{DraftId, VersionId},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{
    Store,
    drafts::Known,
    error::Explain,
    sql::{Id, Json, Name},
};

const COLUMNS: &str = "id, draft_id, revision, cause, created_at, subject, body";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Version> {
    Ok(Version {
        id: row.get::<_, Id<_>>(0)?.0,
        draft_id: row.get::<_, Id<_>>(1)?.0,
        revision: row.get(2)?,
        cause: row.get::<_, Name<_>>(3)?.0,
        created_at: UnixMillis(row.get(4)?),
        subject: row.get(5)?,
        body: row.get::<_, Json<DocumentJson>>(6)?.0,
        text: String::new(),
    })
}

/// One version; its plain text is not filled in.
pub(crate) fn get(connection: &Connection, id: VersionId) -> Result<Version> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM draft_versions WHERE id = ?1"
        ))
        .and_then(|mut version| version.query_row([Id(id)], from_row).optional())
        .explain()?
        .ok_or_else(|| Error::not_found("version"))
}

/// Keeps `content` as a version of a draft and answers its id: `new_id`, or that of the newest
/// version if that says the same. (The same text is still kept again for another cause.)
pub(crate) fn keep(
    tx: &Transaction<'_>,
    known: &Known,
    content: &Content,
    cause: VersionCause,
    new_id: VersionId,
    now: UnixMillis,
) -> Result<VersionId> {
    let body = Json(content.body.to_json());
    let [to, cc, bcc] = [&content.to, &content.cc, &content.bcc].map(Json);
    let same = tx
        .prepare_cached(
            "SELECT id FROM draft_versions
             WHERE seq = (SELECT max(seq) FROM draft_versions WHERE draft_id = ?1)
               AND cause = ?2 AND subject = ?3 AND to_list = ?4 AND cc_list = ?5
               AND bcc_list = ?6 AND body = ?7",
        )
        .and_then(|mut newest| {
            newest
                .query_row(
                    params![
                        Id(known.id),
                        Name(cause),
                        content.subject,
                        to,
                        cc,
                        bcc,
                        body
                    ],
                    |row| row.get::<_, Id<VersionId>>(0),
                )
                .optional()
        })
        .explain()?;
    if let Some(Id(id)) = same {
        return Ok(id);
    }
    tx.prepare_cached(
        "INSERT INTO draft_versions
           (id, draft_id, revision, cause, created_at, to_list, cc_list, bcc_list, subject, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            Id(new_id),
            Id(known.id),
            known.stored.revision,
            Name(cause),
            now.0,
            to,
            cc,
            bcc,
            content.subject,
            body,
        ])
    })
    .explain()?;
    tx.prepare_cached("UPDATE drafts SET kept_at = ?2 WHERE seq = ?1")
        .and_then(|mut statement| statement.execute(params![known.seq, now.0]))
        .explain()?;
    Ok(new_id)
}

fn list(connection: &Connection, draft: DraftId) -> Result<Vec<Version>> {
    let mut versions: Vec<Version> = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM draft_versions WHERE draft_id = ?1 ORDER BY seq DESC"
        ))
        .and_then(|mut versions| versions.query_map([Id(draft)], from_row)?.collect())
        .explain()?;
    for version in &mut versions {
        version.text = Document::parse(&version.body).map_or(String::new(), |body| body.to_text());
    }
    Ok(versions)
}

impl Store {
    /// The kept versions of a draft, newest first.
    pub async fn list_versions(&self, draft: DraftId) -> Result<Vec<Version>> {
        self.read(move |connection| list(connection, draft)).await
    }
}
