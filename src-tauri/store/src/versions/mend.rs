//! Versions of a damaged database: those that can be read, and the words of those that can't.

use draftwell_core::{
    Result, UnixMillis,
    document::Document,
    draft::{Content, VersionCause},
    id::VersionId,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Snapshot, add_keyframe, keyframe, pack};
use crate::{
    error::{Explain, internal},
    sql::{Id, Name},
};

/// Mends the versions; answers how many gave only a part of themselves, or nothing.
pub(crate) fn mend(tx: &Transaction<'_>) -> Result<usize> {
    let all: Vec<i64> = tx
        .prepare("SELECT seq FROM draft_versions ORDER BY seq")
        .and_then(|mut rows| rows.query_map([], |row| row.get(0))?.collect())
        .explain()?;
    let mut partial = 0;
    for seq in all {
        let has_name = tx
            .query_row(
                "SELECT id, cause FROM draft_versions WHERE seq = ?1",
                [seq],
                |row| {
                    Ok((
                        row.get::<_, Id<VersionId>>(0)?,
                        row.get::<_, Name<VersionCause>>(1)?,
                    ))
                },
            )
            .is_ok();
        let text = text(tx, seq).unwrap_or_default();
        if has_name && content(&text).is_some() {
            continue;
        }
        partial += 1;
        let words = Content {
            body: Document::salvaged(&text),
            ..Content::default()
        };
        if !has_name || words.is_blank() {
            tx.execute("DELETE FROM draft_versions WHERE seq = ?1", [seq])
                .explain()?;
            continue;
        }
        let draft = tx
            .query_row(
                "SELECT draft FROM draft_versions WHERE seq = ?1",
                [seq],
                |row| row.get(0),
            )
            .explain()?;
        let body = serde_json::to_string(&words.body).map_err(|_| internal())?;
        let keyframe = add_keyframe(tx, draft, &Snapshot::write(&words, &body)?)?;
        tx.execute(
            "UPDATE draft_versions SET keyframe = ?2, delta = x'' WHERE seq = ?1",
            params![seq, keyframe],
        )
        .explain()?;
    }
    Ok(partial)
}

/// What the newest version of a draft says that is perhaps lost itself: revision, time, content.
pub(crate) fn newest(
    connection: &Connection,
    draft: i64,
) -> Result<Option<(u32, UnixMillis, Content)>> {
    let found: Option<(i64, u32, i64)> = connection
        .query_row(
            "SELECT seq, revision, created_at FROM draft_versions WHERE draft = ?1
             ORDER BY revision DESC, seq DESC LIMIT 1",
            [draft],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()
        .explain()?;
    Ok(found.and_then(|(seq, revision, at)| {
        let content = content(&text(connection, seq).ok()?)?;
        Some((revision, UnixMillis(at), content))
    }))
}

fn text(connection: &Connection, seq: i64) -> Result<String> {
    let (number, delta): (i64, Vec<u8>) = connection
        .query_row(
            "SELECT keyframe, delta FROM draft_versions WHERE seq = ?1",
            [seq],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .explain()?;
    pack::apply(&delta, &keyframe(connection, number)?)
}

fn content(text: &str) -> Option<Content> {
    let snapshot = Snapshot::read(text).ok()?;
    Some(Content {
        body: snapshot.document().ok()?,
        to: snapshot.to,
        cc: snapshot.cc,
        bcc: snapshot.bcc,
        subject: snapshot.subject,
        ..Content::default()
    })
}
