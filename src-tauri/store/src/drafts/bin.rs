//! Deleting drafts and bringing them back, and the open draft of a contact.

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    draft::{Content, Draft, DraftStatus, SaveCause},
    id::{ContactId, DraftId},
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{get, insert};
use crate::{Store, contacts, error::Explain, sql::Id};

/// How long a draft stays in the bin.
const BIN_DAYS: i64 = 30;

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

fn purge(tx: &Transaction<'_>, now: UnixMillis) -> Result<u32> {
    let before = now.plus_seconds(-BIN_DAYS * 24 * 60 * 60);
    tx.execute(
        "DELETE FROM drafts_fts WHERE rowid IN
           (SELECT seq FROM drafts WHERE deleted_at IS NOT NULL AND deleted_at <= ?1)",
        [before.0],
    )
    .explain()?;
    let gone = tx
        .execute(
            "DELETE FROM drafts WHERE deleted_at IS NOT NULL AND deleted_at <= ?1",
            [before.0],
        )
        .explain()?;
    Ok(u32::try_from(gone).unwrap_or(u32::MAX))
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

    /// Deletes for good what has been in the bin for 30 days, with its versions; answers how
    /// many drafts that were.
    pub async fn purge_bin(&self, now: UnixMillis) -> Result<u32> {
        self.write(move |tx| purge(tx, now)).await
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
