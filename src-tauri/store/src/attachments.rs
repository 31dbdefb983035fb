//! The tables `draft_attachments` and `blob_uses`: which files go with a draft, and which its
//! states have ever needed.

use draftwell_core::{
    Error, Result,
    attachment::{Attachment, type_under},
    draft::Content,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::{
    error::Explain,
    sql::{Json, Members},
};

/// A draft's files.
pub(crate) fn of(connection: &Connection, draft: i64) -> Result<Vec<Attachment>> {
    connection
        .prepare_cached("SELECT list FROM draft_attachments WHERE draft = ?1")
        .and_then(|mut list| {
            list.query_row([draft], |row| row.get::<_, Members<_>>(0))
                .optional()
        })
        .explain()
        .map(|files| files.map_or_else(Vec::new, |files| files.list))
}

/// Writes down a draft's files and what its content needs, as far as that differs from what
/// stood there before (`former`).
pub(crate) fn write(
    tx: &Transaction<'_>,
    draft: i64,
    content: &Content,
    former: Option<&Content>,
) -> Result<()> {
    let before: &[Attachment] = former.map_or(&[], |former| &former.attachments);
    if content.attachments != before {
        write_list(tx, draft, &content.attachments)?;
    }
    let same_body = former.is_some_and(|former| former.body == content.body);
    if same_body && content.attachments == before {
        return Ok(());
    }
    let known = former.map(Content::blobs).unwrap_or_default();
    for hash in content.blobs() {
        if !known.contains(&hash) {
            tx.prepare_cached("INSERT OR IGNORE INTO blob_uses (hash, draft) VALUES (?1, ?2)")
                .and_then(|mut statement| statement.execute(params![hash, draft]))
                .explain()?;
        }
    }
    Ok(())
}

fn write_list(tx: &Transaction<'_>, draft: i64, list: &[Attachment]) -> Result<()> {
    if list.is_empty() {
        tx.prepare_cached("DELETE FROM draft_attachments WHERE draft = ?1")
            .and_then(|mut statement| statement.execute([draft]))
    } else {
        let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
        tx.prepare_cached(
            "INSERT INTO draft_attachments (draft, count, list) VALUES (?1, ?2, ?3)
             ON CONFLICT (draft) DO UPDATE SET count = excluded.count, list = excluded.list",
        )
        .and_then(|mut statement| statement.execute(params![draft, count, Json(&list)]))
    }
    .explain()
    .map(drop)
}

/// Gives each new file the type and size it really has, and leaves out one that isn't kept; answers
/// the refusal of that.
pub(crate) fn resolve(
    connection: &Connection,
    content: &mut Content,
    former: &[Attachment],
) -> Result<Option<Error>> {
    let mut refusal = None;
    for mut file in std::mem::take(&mut content.attachments) {
        if former.contains(&file) || fill_in(connection, &mut file)? {
            content.attachments.push(file);
        } else {
            let message = format!("“{}” isn't kept any more. Add it again.", file.name);
            refusal.get_or_insert_with(|| Error::invalid("attachments", message));
        }
    }
    Ok(refusal)
}

/// Leaves files out that aren't kept any more: in a text that is brought back they must not keep
/// the rest of it away.
pub(crate) fn leave_out_lost(connection: &Connection, files: &mut Vec<Attachment>) -> Result<()> {
    let mut kept = Vec::with_capacity(files.len());
    for mut file in std::mem::take(files) {
        if fill_in(connection, &mut file)? {
            kept.push(file);
        }
    }
    *files = kept;
    Ok(())
}

fn fill_in(connection: &Connection, file: &mut Attachment) -> Result<bool> {
    let found = connection
        .prepare_cached("SELECT mime, size FROM blobs WHERE hash = ?1")
        .and_then(|mut blob| {
            blob.query_row([&file.hash], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .explain()?;
    let Some((kept, size)) = found else {
        return Ok(false);
    };
    let kept: String = kept;
    (file.mime, file.size) = (type_under(&file.name, &kept), size);
    Ok(true)
}
