//! Writing a mail's state together with everything that belongs to it.

use draftwell_core::{
    Error, Result, UnixMillis,
    draft::DraftStatus,
    id::DraftId,
    outbox::{DAY_MILLIS, EmailStatus, State},
};
use rusqlite::{Transaction, params};

use super::{Queued, get};
use crate::{
    accounts, drafts,
    error::Explain,
    history, recipients,
    sql::{Id, Name},
};

/// Writes the whole state and ends the lease.
pub(super) fn write(
    tx: &Transaction<'_>,
    email: &Queued,
    state: &State,
    at: UnixMillis,
) -> Result<()> {
    let sent_at = (state.status == EmailStatus::Sent).then_some(at.0);
    tx.execute(
        "UPDATE emails SET
           status = ?2, step = ?3, provider_draft_id = ?4, not_before = ?5, attempts = ?6,
           provider_message_id = ?7, provider_thread_id = ?8, confirmed = ?9, error_code = ?10,
           error_message = ?11, settled_at = ?12, sent_at = ?13,
           lease_owner = NULL, lease_until = NULL
         WHERE id = ?1",
        params![
            Id(email.id),
            Name(state.status),
            state.step.as_str(),
            state.provider_draft_id,
            state.not_before.0,
            state.attempts,
            state.sent.as_ref().map(|sent| &sent.id),
            state.sent.as_ref().and_then(|sent| sent.thread_id.as_ref()),
            state.confirmed,
            state.error.as_ref().map(|error| Name(error.code)),
            state.error.as_ref().map(|error| &error.message),
            at.0,
            sent_at,
        ],
    )
    .explain()?;
    if state.needs_sign_in {
        let reason = state
            .error
            .as_ref()
            .map_or("", |error| error.message.as_str());
        accounts::set_needs_sign_in(tx, email.account_id, Some(reason))?;
    }
    match state.status {
        EmailStatus::Sent => left(tx, email, at),
        EmailStatus::Failed => set_draft(
            tx,
            email.draft_id,
            DraftStatus::Failed,
            state.error.as_ref(),
        ),
        EmailStatus::Cancelled => set_draft(tx, email.draft_id, DraftStatus::Draft, None),
        // Read-only as long as it may still leave or may have left.
        EmailStatus::Unknown => set_draft(
            tx,
            email.draft_id,
            DraftStatus::Queued,
            state.error.as_ref(),
        ),
        EmailStatus::Scheduled | EmailStatus::Queued | EmailStatus::Transmitting => Ok(()),
    }
}

/// The mail left: history, the draft closed, and what is counted.
fn left(tx: &Transaction<'_>, email: &Queued, at: UnixMillis) -> Result<()> {
    let sent = get(tx, email.id)?;
    let snippet: String = tx
        .query_row(
            "SELECT snippet FROM emails WHERE id = ?1",
            [Id(email.id)],
            |row| row.get(0),
        )
        .explain()?;
    history::add_sent(tx, &sent, &snippet, at)?;
    set_draft(tx, email.draft_id, DraftStatus::Sent, None)?;
    for person in sent.to.iter().chain(&sent.cc).chain(&sent.bcc) {
        recipients::count_use(tx, person, at)?;
    }
    if let Some(signature) = email.signature_id {
        tx.execute(
            "UPDATE signatures SET usage_count = usage_count + 1 WHERE id = ?1",
            [Id(signature)],
        )
        .explain()?;
    }
    accounts::touch(tx, email.account_id, at)?;
    tx.execute(
        "INSERT INTO daily_sends (account_id, day, count) VALUES (?1, ?2, 1)
         ON CONFLICT (account_id, day) DO UPDATE SET count = count + 1",
        params![Id(email.account_id), day(at)],
    )
    .explain()
    .map(drop)
}

/// The day of UTC, counted from 1970.
pub(super) fn day(at: UnixMillis) -> i64 {
    at.0.div_euclid(DAY_MILLIS)
}

/// The draft of a mail follows it. A draft that becomes open again while its contact has another
/// open one is bound to nobody any more. One that was deleted for good is no error.
pub(super) fn set_draft(
    tx: &Transaction<'_>,
    id: DraftId,
    status: DraftStatus,
    error: Option<&Error>,
) -> Result<()> {
    if matches!(status, DraftStatus::Draft | DraftStatus::Failed)
        && let Ok(draft) = drafts::get(tx, id)
    {
        drafts::unbind_if_taken(tx, &draft)?;
    }
    tx.execute(
        "UPDATE drafts SET status = ?2, error_code = ?3, error_message = ?4 WHERE id = ?1",
        params![
            Id(id),
            Name(status),
            error.map(|error| Name(error.code)),
            error.map(|error| &error.message),
        ],
    )
    .explain()
    .map(drop)
}
