//! What becomes of a mail: its state, and in the same transaction everything that follows.

use draftwell_core::{
    Result, UnixMillis,
    draft::{Draft, DraftStatus},
    id::{AccountId, EmailId, SignatureId},
    outbox::{DAY_MILLIS, Email, EmailStatus, Event, Lease, OutboxJournal, State, next},
    ports::BoxFuture,
};
use rusqlite::{Transaction, params};

use super::{get, lease::lost, set_draft, state};
use crate::{
    Store, accounts, drafts,
    error::Explain,
    history, recipients,
    sql::{Id, Name},
};

/// The number of a day of UTC.
pub(super) fn day(at: UnixMillis) -> i64 {
    at.0.div_euclid(DAY_MILLIS)
}

/// Writes a state, and nothing of what follows from it.
pub(super) fn write_state(tx: &Transaction<'_>, id: EmailId, state: &State) -> Result<()> {
    tx.prepare_cached(
        "UPDATE emails SET
           status = ?2, step = ?3, provider_draft_id = ?4, not_before = ?5, attempts = ?6,
           confirmed = ?7, error_code = ?8, error_message = ?9, held = ?10, due_at = ?11
         WHERE id = ?1",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            Id(id),
            Name(state.status),
            state.step.as_str(),
            state.provider_draft_id,
            state.not_before.0,
            state.attempts,
            state.confirmed,
            state.error.as_ref().map(|error| Name(error.code)),
            state.error.as_ref().map(|error| &error.message),
            state.held,
            state.due_at.0,
        ])
    })
    .explain()
    .map(drop)
}

/// Writes a state in which a worker or the user left a mail, with all that follows from it.
pub(super) fn write_settled(
    tx: &Transaction<'_>,
    id: EmailId,
    state: &State,
    at: UnixMillis,
) -> Result<()> {
    write_state(tx, id, state)?;
    tx.execute(
        "UPDATE emails SET
           lease_owner = NULL, lease_until = NULL, settled_at = ?2,
           provider_message_id = coalesce(?3, provider_message_id),
           provider_thread_id = coalesce(?4, provider_thread_id)
         WHERE id = ?1",
        params![
            Id(id),
            at.0,
            state.sent.as_ref().map(|sent| &sent.id),
            state.sent.as_ref().and_then(|sent| sent.thread_id.as_ref()),
        ],
    )
    .explain()?;
    let email = get(tx, id)?;
    match state.status {
        EmailStatus::Sent => sent(tx, &email, at),
        EmailStatus::Failed => {
            reopen(tx, &email)?;
            set_draft(
                tx,
                email.draft_id,
                DraftStatus::Failed,
                state.error.as_ref(),
            )
        }
        EmailStatus::Cancelled => {
            reopen(tx, &email)?;
            set_draft(tx, email.draft_id, DraftStatus::Draft, None)
        }
        // Read-only as long as it may have left; the error says what to look for.
        EmailStatus::Unknown => {
            count_for_the_day(tx, email.account_id, at)?;
            set_draft(
                tx,
                email.draft_id,
                DraftStatus::Queued,
                state.error.as_ref(),
            )
        }
        EmailStatus::Scheduled | EmailStatus::Queued | EmailStatus::Transmitting => Ok(()),
    }?;
    if state.needs_sign_in {
        let reason = state.error.as_ref().map_or("", |error| &error.message);
        accounts::set_needs_sign_in(tx, email.account_id, Some(reason))?;
    }
    if state.pauses_account {
        let (until, is_limit) = (state.not_before, state.is_limited());
        accounts::pause(tx, email.account_id, until, is_limit)?;
    }
    Ok(())
}

/// Before a draft can be written in again.
fn reopen(tx: &Transaction<'_>, email: &Email) -> Result<()> {
    match drafts::get(tx, email.draft_id) {
        Ok(draft) => drafts::unbind_if_taken(tx, &draft),
        // The record of a mail outlives its draft.
        Err(error) if error.code == draftwell_core::Code::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn sent(tx: &Transaction<'_>, email: &Email, at: UnixMillis) -> Result<()> {
    let (snippet, signature): (String, Option<Id<SignatureId>>) = tx
        .query_row(
            "UPDATE emails SET sent_at = ?2 WHERE id = ?1 RETURNING snippet, signature_id",
            params![Id(email.id), at.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .explain()?;
    history::add_sent(tx, email, &snippet, at)?;
    let everybody = email.to.iter().chain(&email.cc).chain(&email.bcc);
    recipients::count(tx, everybody, at)?;
    if let Some(signature) = signature {
        tx.execute(
            "UPDATE signatures SET usage_count = usage_count + 1 WHERE id = ?1",
            [signature],
        )
        .explain()?;
    }
    count_for_the_day(tx, email.account_id, at)?;
    accounts::touch(tx, email.account_id, at)?;
    set_draft(tx, email.draft_id, DraftStatus::Sent, None)
}

fn count_for_the_day(tx: &Transaction<'_>, account: AccountId, at: UnixMillis) -> Result<()> {
    tx.execute(
        "INSERT INTO daily_sends (account_id, day, count) VALUES (?1, ?2, 1)
         ON CONFLICT (account_id, day) DO UPDATE SET count = count + 1",
        params![Id(account), day(at)],
    )
    .explain()
    .map(drop)
}

/// What was counted because it may have left either didn't, or is counted as sent now. Earlier
/// versions, and the mending of a damaged database, left mails of unknown outcome uncounted: where
/// the day's count has not room for all its mails, this one is taken for such a one, as taking back
/// a count it never had would give the account a mail too many.
fn uncount_for_the_day(tx: &Transaction<'_>, account: AccountId, at: UnixMillis) -> Result<()> {
    let day = day(at);
    tx.execute(
        "UPDATE daily_sends SET count = count - 1
         WHERE account_id = ?1 AND day = ?2 AND count > 0
           AND count >= (SELECT count(*) FROM emails
                         WHERE account_id = ?1
                           AND (status = 'sent' AND sent_at >= ?3 AND sent_at < ?4
                                OR status = 'unknown' AND settled_at >= ?3 AND settled_at < ?4))",
        params![Id(account), day, day * DAY_MILLIS, (day + 1) * DAY_MILLIS],
    )
    .explain()
    .map(drop)
}

/// Settles a mail whose outcome nobody knew.
pub(super) fn resolve(
    tx: &Transaction<'_>,
    id: EmailId,
    arrived: bool,
    now: UnixMillis,
) -> Result<()> {
    let after = next(&state(tx, id)?, Event::Resolve { arrived }, now, 0)?.state;
    let tried_at: Option<i64> = tx
        .query_row(
            "SELECT settled_at FROM emails WHERE id = ?1",
            [Id(id)],
            |row| row.get(0),
        )
        .explain()?;
    let tried_at = tried_at.map(UnixMillis);
    if let Some(tried_at) = tried_at {
        uncount_for_the_day(tx, get(tx, id)?.account_id, tried_at)?;
    }
    let at = tried_at.filter(|_| arrived).unwrap_or(now);
    write_settled(tx, id, &after, at)
}

/// The lease must still be the one this state was made under: each one counts as an attempt.
fn check_lease(tx: &Transaction<'_>, lease: &Lease, state: &State) -> Result<()> {
    let is_held = tx
        .prepare_cached(
            "SELECT 1 FROM emails
             WHERE id = ?1 AND lease_owner = ?2 AND attempts = ?3 AND status = 'transmitting'",
        )
        .and_then(|mut lease_row| {
            lease_row.exists(params![Id(lease.email), lease.owner, state.attempts])
        })
        .explain()?;
    if is_held { Ok(()) } else { Err(lost()) }
}

impl OutboxJournal for Store {
    fn record_step<'a>(&'a self, lease: &'a Lease, state: &'a State) -> BoxFuture<'a, Result<()>> {
        let (lease, state) = (lease.clone(), state.clone());
        Box::pin(self.write(move |tx| {
            check_lease(tx, &lease, &state)?;
            write_state(tx, lease.email, &state)
        }))
    }

    fn settle<'a>(
        &'a self,
        lease: &'a Lease,
        state: &'a State,
        at: UnixMillis,
    ) -> BoxFuture<'a, Result<()>> {
        let (lease, state) = (lease.clone(), state.clone());
        Box::pin(self.write(move |tx| {
            check_lease(tx, &lease, &state)?;
            write_settled(tx, lease.email, &state, at)
        }))
    }
}

impl Store {
    /// Takes back a mail that no worker has taken up yet, and answers its draft, open again.
    ///
    /// # Errors
    /// `FORBIDDEN` with the reason where it is too late; `NOT_FOUND`.
    pub async fn undo_send(&self, id: EmailId, now: UnixMillis) -> Result<Draft> {
        self.write(move |tx| {
            let after = next(&state(tx, id)?, Event::Undo, now, 0)?.state;
            write_settled(tx, id, &after, now)?;
            drafts::get(tx, get(tx, id)?.draft_id)
        })
        .await
    }

    /// Lets a waiting mail leave as soon as the worker gets to it, also where its account waits
    /// for a server that couldn't be reached.
    ///
    /// # Errors
    /// `FORBIDDEN` with the reason where it doesn't wait; `NOT_FOUND`.
    pub async fn send_now(&self, id: EmailId, now: UnixMillis) -> Result<Email> {
        self.move_waiting(id, Event::SendNow, now).await
    }

    /// Gives a waiting mail another time.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` where the time has passed; `FORBIDDEN` with the reason where the mail
    /// doesn't wait; `NOT_FOUND`.
    pub async fn reschedule(&self, id: EmailId, at: UnixMillis, now: UnixMillis) -> Result<Email> {
        self.move_waiting(id, Event::Reschedule { at }, now).await
    }

    async fn move_waiting(&self, id: EmailId, event: Event, now: UnixMillis) -> Result<Email> {
        self.write(move |tx| {
            let is_now = event == Event::SendNow;
            let after = next(&state(tx, id)?, event, now, 0)?.state;
            write_state(tx, id, &after)?;
            if is_now {
                accounts::try_again(tx, get(tx, id)?.account_id)?;
            }
            get(tx, id)
        })
        .await
    }

    /// Settles a mail whose outcome nobody knew, by what the user found out. If it arrived, it
    /// counts as sent when its outcome became unknown.
    ///
    /// # Errors
    /// `FORBIDDEN` where the outcome is known; `NOT_FOUND`.
    pub async fn resolve_unknown(
        &self,
        id: EmailId,
        arrived: bool,
        now: UnixMillis,
    ) -> Result<Email> {
        self.write(move |tx| {
            resolve(tx, id, arrived, now)?;
            get(tx, id)
        })
        .await
    }
}
