//! Accounts and signatures that are gone: they are taken out of the drafts that name them, and out
//! of what windows that haven't heard of it go on saving.

use draftwell_core::{
    Result, UnixMillis,
    document::Document,
    draft::{Content, SaveDraft},
    id::{AccountId, DraftId},
    patch::Patch,
};
use rusqlite::Transaction;

use super::{Changed, find, replace};
use crate::{accounts, error::Explain, signatures, sql::Id};

/// An account that was disconnected meanwhile is left out. A window that hasn't heard of it goes
/// on naming it, and no text is refused because of that.
pub(super) fn leave_out_lost_account(tx: &Transaction<'_>, edit: &mut SaveDraft) -> Result<()> {
    if let Patch::Set(account) = edit.account_id
        && !accounts::exists(tx, account)?
    {
        edit.account_id = Patch::Keep;
    }
    Ok(())
}

/// Takes the place of a signature that was deleted meanwhile out of the text. A window that
/// hasn't heard of it goes on saving, and no text is refused because of that.
pub(super) fn drop_lost_signature(tx: &Transaction<'_>, content: &mut Content) -> Result<()> {
    if let Some(signature) = content.body.signature_id()
        && !signatures::exists(tx, signature)?
    {
        content.body = std::mem::take(&mut content.body).without_signature();
    }
    Ok(())
}

/// Takes a signature's place out of a draft, as a revision of its own.
pub(crate) fn clear_signature(
    tx: &Transaction<'_>,
    id: DraftId,
    now: UnixMillis,
) -> Result<Option<Changed>> {
    let Some(known) = find(tx, id)? else {
        return Ok(None);
    };
    let mut content = known.stored.content.clone();
    content.body = Document::without_signature(content.body);
    let revision = replace(tx, &known, &content, known.stored.made_by, now)?;
    Ok(Some(Changed { id, revision }))
}

/// Takes an account that goes out of the drafts that can be written in, as a revision of each. Of
/// others its row's going does so.
pub(crate) fn clear_account(tx: &Transaction<'_>, id: AccountId) -> Result<Vec<Changed>> {
    tx.prepare_cached(
        "UPDATE drafts SET account_id = NULL, revision = revision + 1
         WHERE account_id = ?1 AND status IN ('draft', 'failed') RETURNING id, revision",
    )
    .and_then(|mut drafts| {
        drafts
            .query_map([Id(id)], |row| {
                Ok(Changed {
                    id: row.get::<_, Id<_>>(0)?.0,
                    revision: row.get(1)?,
                })
            })?
            .collect()
    })
    .explain()
}
