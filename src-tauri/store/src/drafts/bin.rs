//! The bin: deleting drafts, bringing them back, deleting them for good. And the open draft of a
//! contact.

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    draft::{BinPage, BinnedDraft, Content, Draft, DraftStatus, ListBin, SaveCause},
    id::{ContactId, DraftId},
};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, Transaction, params};

use super::{get, index, insert};
use crate::{
    Store, contacts,
    cursor::{Cursor, page_size},
    error::{Explain, internal},
    sql::{Id, Members},
};

/// How long a draft stays in the bin.
const BIN_SECONDS: i64 = 30 * 24 * 60 * 60;
/// The name of the list, for its cursors.
const LIST: &str = "bin";

fn delete(tx: &Transaction<'_>, id: DraftId, now: UnixMillis) -> Result<u32> {
    let draft = get(tx, id)?;
    if draft.status == DraftStatus::Queued {
        return Err(Error::new(
            Code::Forbidden,
            "This mail is waiting to be sent or just leaving. Take it back before you delete it.",
        ));
    }
    tx.execute(
        "UPDATE drafts SET deleted_at = ?2 WHERE id = ?1 AND deleted_at IS NULL",
        params![Id(id), now.0],
    )
    .explain()?;
    Ok(draft.revision)
}

fn restore(tx: &Transaction<'_>, id: DraftId) -> Result<Draft> {
    let draft = get(tx, id)?;
    if draft.deleted_at.is_none() {
        return Ok(draft);
    }
    unbind_if_taken(tx, &draft)?;
    tx.execute(
        "UPDATE drafts SET deleted_at = NULL WHERE id = ?1",
        [Id(id)],
    )
    .explain()?;
    get(tx, id)
}

/// Before a draft becomes open again: if its contact has got another open one meanwhile, it is
/// bound to nobody any more.
pub(crate) fn unbind_if_taken(tx: &Transaction<'_>, draft: &Draft) -> Result<()> {
    let Some(contact) = draft.contact_id else {
        return Ok(());
    };
    if open_draft_of(tx, contact)?.is_some_and(|other| other != draft.id) {
        tx.execute(
            "UPDATE drafts SET contact_id = NULL WHERE id = ?1",
            [Id(draft.id)],
        )
        .explain()?;
    }
    Ok(())
}

fn open_draft_of(connection: &Connection, contact: ContactId) -> Result<Option<DraftId>> {
    connection
        .query_row(
            "SELECT id FROM drafts
             WHERE contact_id = ?1 AND deleted_at IS NULL AND status IN ('draft', 'failed')",
            [Id(contact)],
            |row| row.get::<_, Id<_>>(0),
        )
        .optional()
        .explain()
        .map(|id| id.map(|Id(id)| id))
}

fn compose(
    tx: &Transaction<'_>,
    contact: ContactId,
    new_id: DraftId,
    now: UnixMillis,
) -> Result<Draft> {
    let contact = contacts::get(tx, contact)?;
    if let Some(open) = open_draft_of(tx, contact.id)? {
        return get(tx, open);
    }
    let content = Content {
        to: vec![contact.mailbox()],
        ..Content::default()
    };
    insert(tx, new_id, &content, SaveCause::Typing, now)?;
    tx.execute(
        "UPDATE drafts SET contact_id = ?2 WHERE id = ?1",
        params![Id(new_id), Id(contact.id)],
    )
    .explain()?;
    get(tx, new_id)
}

fn list(connection: &Connection, wanted: ListBin) -> Result<BinPage> {
    let size = page_size(wanted.limit)?;
    let rows_wanted = i64::try_from(size + 1).map_err(|_| internal())?;
    let (key, seq) = match &wanted.cursor {
        Some(cursor) => {
            let last = Cursor::<i64>::read(cursor, LIST)?;
            (last.key, last.seq)
        }
        None => (i64::MAX, i64::MAX),
    };
    let mut rows: Vec<(i64, BinnedDraft)> = connection
        .prepare_cached(
            "SELECT d.seq, d.id, c.name, d.to_list, d.subject, d.snippet, d.deleted_at
             FROM drafts d LEFT JOIN contacts c ON c.id = d.contact_id
             WHERE d.deleted_at IS NOT NULL AND d.status <> 'sent'
               AND (d.deleted_at, d.seq) < (?1, ?2)
             ORDER BY d.deleted_at DESC, d.seq DESC LIMIT ?3",
        )
        .and_then(|mut drafts| {
            drafts
                .query_map(params![key, seq, rows_wanted], binned)?
                .collect()
        })
        .explain()?;
    let has_more = rows.len() > size;
    rows.truncate(size);
    let next_cursor = rows.last().filter(|_| has_more).map(|(seq, draft)| {
        let last = Cursor {
            list: LIST.to_owned(),
            key: draft.deleted_at.0,
            seq: *seq,
        };
        last.write()
    });
    Ok(BinPage {
        items: rows.into_iter().map(|(_, draft)| draft).collect(),
        next_cursor,
    })
}

fn binned(row: &Row<'_>) -> rusqlite::Result<(i64, BinnedDraft)> {
    let deleted_at = UnixMillis(row.get(6)?);
    let draft = BinnedDraft {
        id: row.get::<_, Id<_>>(1)?.0,
        contact_name: row.get(2)?,
        to: row.get::<_, Members<_>>(3)?.list,
        subject: row.get(4)?,
        snippet: row.get(5)?,
        deleted_at,
        purged_at: deleted_at.plus_seconds(BIN_SECONDS),
    };
    Ok((row.get(0)?, draft))
}

/// Deletes for good what is in the bin and fulfils `condition`; answers how many that were. Their
/// versions go with them.
fn purge(tx: &Transaction<'_>, condition: &str, value: &dyn ToSql) -> Result<u32> {
    let purged = format!("deleted_at IS NOT NULL AND {condition}");
    for index in index::TABLES {
        tx.execute(
            &format!(
                "DELETE FROM {index} WHERE rowid IN
                   (SELECT place FROM draft_places JOIN drafts ON seq = draft WHERE {purged})"
            ),
            [value],
        )
        .explain()?;
    }
    let gone = tx
        .execute(&format!("DELETE FROM drafts WHERE {purged}"), [value])
        .explain()?;
    Ok(u32::try_from(gone).unwrap_or(u32::MAX))
}

fn purge_one(tx: &Transaction<'_>, id: DraftId) -> Result<u32> {
    let draft = get(tx, id)?;
    if draft.deleted_at.is_none() {
        return Err(Error::new(
            Code::Forbidden,
            "Only what is in the bin can be deleted for good. Delete this draft first.",
        ));
    }
    purge(tx, "id = ?1", &Id(id))?;
    Ok(draft.revision)
}

impl Store {
    /// Puts a draft into the bin and answers its revision. One that is there already stays as
    /// long as it would have.
    ///
    /// # Errors
    /// `FORBIDDEN` while it waits to be sent or is being transmitted; `NOT_FOUND`.
    pub async fn delete_draft(&self, id: DraftId, now: UnixMillis) -> Result<u32> {
        self.write(move |tx| delete(tx, id, now)).await
    }

    /// Takes a draft out of the bin. If its contact has another open draft by now, it is bound to
    /// nobody. `now` is not noted: a restored draft stands in the list where it stood.
    pub async fn restore_draft(&self, id: DraftId, _now: UnixMillis) -> Result<Draft> {
        self.write(move |tx| restore(tx, id)).await
    }

    /// One page of the bin, last deleted first.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `limit` or `cursor`.
    pub async fn list_bin(&self, wanted: ListBin) -> Result<BinPage> {
        self.read(move |connection| list(connection, wanted)).await
    }

    /// Deletes a draft that is in the bin for good, with its versions, and answers the revision
    /// it had.
    ///
    /// # Errors
    /// `FORBIDDEN` for one that is not in the bin; `NOT_FOUND`.
    pub async fn purge_draft(&self, id: DraftId) -> Result<u32> {
        self.write(move |tx| purge_one(tx, id)).await
    }

    /// Deletes for good what has been in the bin for 30 days, with its versions; answers how
    /// many drafts that were.
    pub async fn purge_bin(&self, now: UnixMillis) -> Result<u32> {
        let before = now.plus_seconds(-BIN_SECONDS);
        self.write(move |tx| purge(tx, "deleted_at <= ?1", &before.0))
            .await
    }

    /// The open draft to a contact; `new_id` if there is none yet. A draft that waits to be sent
    /// is not open.
    pub async fn compose_to_contact(
        &self,
        contact: ContactId,
        new_id: DraftId,
        now: UnixMillis,
    ) -> Result<Draft> {
        self.write(move |tx| compose(tx, contact, new_id, now))
            .await
    }
}
