//! The worker's side of the outbox: taking up what is due, and writing down each step.

use std::sync::Arc;

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    outbox::{
        EmailStatus, Event, LEASE_SECONDS, Lease, Leased, Method, OutboxJournal, State, next,
        quota_wait,
    },
    ports::{BoxFuture, OutgoingMessage},
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Queued, find, settle};
use crate::{
    Store, accounts,
    error::Explain,
    settings,
    sql::{Id, Name},
};

/// Due, not leased, and of an account that can be asked (or is gone, which ends the mail).
const DUE: &str = "FROM emails e
    WHERE status IN ('scheduled', 'queued', 'transmitting')
      AND NOT EXISTS (SELECT 1 FROM accounts a
                      WHERE a.id = e.account_id AND a.needs_sign_in_reason IS NOT NULL)";

/// What was taken up, or what had to be settled instead.
enum Taken {
    Up(Box<Queued>, Method),
    Settled,
    Nothing,
}

fn take_up(tx: &Transaction<'_>, owner: &str, now: UnixMillis, random: u32) -> Result<Taken> {
    let due = tx
        .query_row(
            &format!(
                "SELECT id {DUE} AND not_before <= ?1
                   AND (lease_owner IS NULL OR lease_until <= ?1)
                 ORDER BY not_before, seq LIMIT 1"
            ),
            [now.0],
            |row| row.get::<_, Id<_>>(0),
        )
        .optional()
        .explain()?;
    let Some(Id(id)) = due else {
        return Ok(Taken::Nothing);
    };
    let mut email = find(tx, id)?;
    let method =
        accounts::find(tx, email.account_id)?.and_then(|account| Method::of(account.abilities));
    let Some(method) = method else {
        let state = next(&email.state, Event::AccountGone, now, random)?.state;
        settle::write(tx, &email, &state, now)?;
        return Ok(Taken::Settled);
    };
    let waits = email.state.status != EmailStatus::Transmitting;
    if waits && let Some(until) = quota(tx, &email, now)? {
        let state = next(&email.state, Event::Postpone { until }, now, random)?.state;
        settle::write(tx, &email, &state, now)?;
        return Ok(Taken::Settled);
    }
    email.state = next(&email.state, Event::Lease, now, random)?.state;
    tx.execute(
        "UPDATE emails SET status = ?2, attempts = ?3, lease_owner = ?4, lease_until = ?5
         WHERE id = ?1",
        params![
            Id(id),
            Name(email.state.status),
            email.state.attempts,
            owner,
            now.plus_seconds(LEASE_SECONDS).0
        ],
    )
    .explain()?;
    Ok(Taken::Up(Box::new(email), method))
}

/// Until when the account has to wait for the next day.
fn quota(tx: &Transaction<'_>, email: &Queued, now: UnixMillis) -> Result<Option<UnixMillis>> {
    let sent: u32 = tx
        .query_row(
            "SELECT count FROM daily_sends WHERE account_id = ?1 AND day = ?2",
            params![Id(email.account_id), settle::day(now)],
            |row| row.get(0),
        )
        .optional()
        .explain()?
        .unwrap_or(0);
    Ok(quota_wait(sent, settings::get(tx)?.daily_limit, now))
}

fn record(tx: &Transaction<'_>, lease: &Lease, state: &State) -> Result<()> {
    let changed = tx
        .execute(
            "UPDATE emails SET step = ?3, provider_draft_id = ?4
             WHERE id = ?1 AND lease_owner = ?2 AND status = 'transmitting'",
            params![
                Id(lease.email),
                lease.owner,
                state.step.as_str(),
                state.provider_draft_id
            ],
        )
        .explain()?;
    if changed == 1 {
        Ok(())
    } else {
        Err(lost_lease())
    }
}

fn settle_leased(tx: &Transaction<'_>, lease: &Lease, state: &State, at: UnixMillis) -> Result<()> {
    let email = find(tx, lease.email)?;
    let is_ours = email.lease_owner.as_deref() == Some(&lease.owner)
        && email.state.status == EmailStatus::Transmitting;
    if !is_ours {
        return Err(lost_lease());
    }
    settle::write(tx, &email, state, at)
}

fn lost_lease() -> Error {
    Error::new(Code::Conflict, "Another worker has taken this mail up.")
}

fn next_due(connection: &Connection) -> Result<Option<UnixMillis>> {
    connection
        .query_row(
            &format!("SELECT min(not_before) {DUE} AND lease_owner IS NULL"),
            [],
            |row| row.get::<_, Option<i64>>(0),
        )
        .explain()
        .map(|due| due.map(UnixMillis))
}

impl Store {
    /// Takes up the next mail that is due: it is `transmitting` from now on and its lease is
    /// `owner`'s. `random` spreads what has to wait.
    pub async fn lease_next(
        &self,
        owner: &str,
        now: UnixMillis,
        random: u32,
    ) -> Result<Option<Leased>> {
        loop {
            let name = owner.to_owned();
            let taken = self
                .write(move |tx| take_up(tx, &name, now, random))
                .await?;
            match taken {
                Taken::Nothing => return Ok(None),
                Taken::Settled => {}
                Taken::Up(email, method) => {
                    return self.leased(*email, owner, method).await.map(Some);
                }
            }
        }
    }

    async fn leased(&self, email: Queued, owner: &str, method: Method) -> Result<Leased> {
        let folder = Arc::clone(&self.inner.blobs);
        let hash = email.body_hash.clone();
        // Bytes that were damaged or lost don't fit their hash, which the rules see and settle.
        let bytes = self
            .read(move |_| Ok(folder.read(&hash).unwrap_or_default()))
            .await?;
        Ok(Leased {
            lease: Lease {
                email: email.id,
                owner: owner.to_owned(),
            },
            state: email.state,
            message: OutgoingMessage {
                bytes,
                thread_id: email.thread_id,
            },
            body_hash: email.body_hash,
            method,
        })
    }

    /// Ends all leases: nobody else works on this data folder, so at the start they are those of
    /// a run that has ended.
    pub async fn release_leases(&self) -> Result<()> {
        self.write(|tx| {
            tx.execute(
                "UPDATE emails SET lease_owner = NULL, lease_until = NULL
                 WHERE lease_owner IS NOT NULL",
                [],
            )
            .explain()
            .map(drop)
        })
        .await
    }

    /// When the next mail is due that nobody has taken up.
    pub async fn next_due(&self) -> Result<Option<UnixMillis>> {
        self.read(next_due).await
    }
}

impl OutboxJournal for Store {
    fn record_step<'a>(&'a self, lease: &'a Lease, state: &'a State) -> BoxFuture<'a, Result<()>> {
        let (lease, state) = (lease.clone(), state.clone());
        Box::pin(self.write(move |tx| record(tx, &lease, &state)))
    }

    fn settle<'a>(
        &'a self,
        lease: &'a Lease,
        state: &'a State,
        at: UnixMillis,
    ) -> BoxFuture<'a, Result<()>> {
        let (lease, state) = (lease.clone(), state.clone());
        Box::pin(self.write(move |tx| settle_leased(tx, &lease, &state, at)))
    }
}
