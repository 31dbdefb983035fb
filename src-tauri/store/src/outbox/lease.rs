//! What the worker takes up, and when it should look again.

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    account::Account,
    id::{AccountId, EmailId},
    message::{redate, wire_address},
    outbox::{
        DAY_MILLIS, Email, EmailStatus, Event, LEASE_SECONDS, Lease, Leased, Method, OutboxJournal,
        OutboxStore, State, TakenUp, day_start, next, quota_wait,
    },
    ports::{BoxFuture, OutgoingMessage},
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    get, message_blob,
    settle::{day, write_settled, write_state},
    state,
};
use crate::{
    Store, accounts, blobs,
    error::Explain,
    settings,
    sql::{Id, Json},
};

/// A mail that waited longer than this since it was frozen gets a new Date before it first leaves.
const FRESH_SECONDS: i64 = 120;

/// Mails something may still happen to by itself, as the index `emails_in_turn` has them.
const WAITS: &str = "status IN ('scheduled', 'queued', 'transmitting') AND held = 0";

/// When a mail, by itself, may be taken up: one that is under way not before its worker has
/// vanished.
const READY_AT: &str = "max(e.not_before,
    CASE WHEN e.status = 'transmitting' THEN coalesce(e.lease_until, 0) ELSE 0 END)";

/// A mail that is due.
struct Due {
    email: EmailId,
    account: AccountId,
    thread_id: Option<String>,
    body_hash: String,
    /// Its bytes are final.
    is_final: bool,
    queued_at: UnixMillis,
}

/// A lease before the bytes are read.
struct Taken {
    lease: Lease,
    account: AccountId,
    state: State,
    recipients: Vec<String>,
    method: Method,
    thread_id: Option<String>,
    body_hash: String,
    needs_new_date: bool,
}

/// The mail to be taken up next: of each account that isn't busy the one first due is looked at,
/// so that however many wait for one account cost the others nothing. Accounts that need signing
/// in are left alone; mails whose account is gone are taken up, to fail.
fn first_due(tx: &Transaction<'_>, busy: &[AccountId], now: UnixMillis) -> Result<Option<Due>> {
    tx.prepare_cached(&format!(
        "WITH RECURSIVE queues (id) AS (
           SELECT min(account_id) FROM emails WHERE {WAITS}
           UNION ALL
           SELECT (SELECT min(account_id) FROM emails WHERE {WAITS} AND account_id > queues.id)
           FROM queues WHERE queues.id IS NOT NULL
         ),
         -- Materialized, and by this index: statistics of a table that had one row, or nothing but
         -- one account's, make SQLite look for the first one again for each mail there is.
         heads (seq) AS MATERIALIZED (
           SELECT (SELECT e.seq FROM emails e INDEXED BY emails_in_turn
                   WHERE {WAITS} AND e.account_id = queues.id AND {READY_AT} <= ?1
                   ORDER BY e.due_at, e.seq LIMIT 1)
           FROM queues LEFT JOIN accounts a ON a.id = queues.id
           WHERE a.needs_sign_in_reason IS NULL AND coalesce(a.paused_until, 0) <= ?1
             AND queues.id NOT IN (SELECT value FROM json_each(?2))
         )
         SELECT first.id, first.account_id, first.thread_id, first.body_hash,
                first.final_at IS NOT NULL, first.queued_at
         FROM heads CROSS JOIN emails first ON first.seq = heads.seq
         ORDER BY first.due_at, first.seq LIMIT 1"
    ))
    .and_then(|mut due| {
        due.query_row(params![now.0, Json(busy)], |row| {
            Ok(Due {
                email: row.get::<_, Id<_>>(0)?.0,
                account: row.get::<_, Id<_>>(1)?.0,
                thread_id: row.get(2)?,
                body_hash: row.get(3)?,
                is_final: row.get(4)?,
                queued_at: UnixMillis(row.get(5)?),
            })
        })
        .optional()
    })
    .explain()
}

/// Takes up the first mail that is due and can be sent. Each one that can't is brought into a
/// state in which it is not due any more, so this ends; it is added to `passed_over`.
fn lease(
    tx: &Transaction<'_>,
    owner: &str,
    busy: &[AccountId],
    now: UnixMillis,
    random: u32,
    passed_over: &mut Vec<EmailId>,
) -> Result<Option<Taken>> {
    let limit = settings::get(tx)?.daily_limit;
    follow_the_clock(tx, now)?;
    while let Some(due) = first_due(tx, busy, now)? {
        let before = state(tx, due.email)?;
        let Some(account) = accounts::find(tx, due.account)? else {
            let after = next(&before, Event::AccountGone, now, random)?.state;
            write_settled(tx, due.email, &after, now)?;
            passed_over.push(due.email);
            continue;
        };
        let Some(method) = Method::of(account.abilities) else {
            ask_to_sign_in(tx, &account)?;
            continue;
        };
        let after = next(&before, Event::Lease, now, random)?.state;
        if after.held {
            write_state(tx, due.email, &after)?;
            passed_over.push(due.email);
            continue;
        }
        if before.status != EmailStatus::Transmitting
            && let Some(until) = quota_wait(used_today(tx, account.id, now)?, limit, now)
        {
            postpone_all(tx, account.id, until, now, random, passed_over)?;
            continue;
        }
        write_state(tx, due.email, &after)?;
        let needs_new_date = !due.is_final && now > due.queued_at.plus_seconds(FRESH_SECONDS);
        tx.execute(
            "UPDATE emails SET lease_owner = ?2, lease_until = ?3,
               final_at = CASE WHEN ?4 THEN final_at ELSE coalesce(final_at, ?5) END
             WHERE id = ?1",
            params![
                Id(due.email),
                owner,
                now.plus_seconds(LEASE_SECONDS).0,
                needs_new_date,
                now.0
            ],
        )
        .explain()?;
        return Ok(Some(Taken {
            lease: Lease {
                email: due.email,
                owner: owner.to_owned(),
            },
            account: due.account,
            state: after,
            recipients: envelope(&get(tx, due.email)?),
            method,
            thread_id: due.thread_id,
            body_hash: due.body_hash,
            needs_new_date,
        }));
    }
    Ok(None)
}

/// Puts off all that is due of an account whose limit is reached, in one go: one by one, each would
/// be looked for behind all those that were put off before it. What is under way goes on, and what
/// is too late to go by itself is held.
fn postpone_all(
    tx: &Transaction<'_>,
    account: AccountId,
    until: UnixMillis,
    now: UnixMillis,
    random: u32,
    passed_over: &mut Vec<EmailId>,
) -> Result<()> {
    let due: Vec<Id<EmailId>> = tx
        .prepare_cached(&format!(
            "SELECT e.id FROM emails e
             WHERE {WAITS} AND e.account_id = ?1 AND e.status <> 'transmitting'
               AND e.not_before <= ?2
             ORDER BY e.due_at, e.seq"
        ))
        .and_then(|mut due| {
            due.query_map(params![Id(account), now.0], |row| row.get(0))?
                .collect()
        })
        .explain()?;
    for Id(email) in due {
        let before = state(tx, email)?;
        let leased = next(&before, Event::Lease, now, random)?.state;
        let after = if leased.held {
            leased
        } else {
            next(&before, Event::Postpone { until }, now, random)?.state
        };
        write_state(tx, email, &after)?;
        passed_over.push(email);
    }
    Ok(())
}

/// Everybody a mail goes to, each once. Their addresses were checked when it was frozen.
fn envelope(email: &Email) -> Vec<String> {
    let mut recipients = Vec::new();
    for mailbox in email.to.iter().chain(&email.cc).chain(&email.bcc) {
        if let Some(address) = wire_address(&mailbox.address)
            && !recipients.contains(&address)
        {
            recipients.push(address);
        }
    }
    recipients
}

fn ask_to_sign_in(tx: &Transaction<'_>, account: &Account) -> Result<()> {
    let reason = "It did not allow Draftwell to send. Connect it again and allow it.";
    accounts::set_needs_sign_in(tx, account.id, Some(reason))
}

/// Mails an account sent or may have sent today, and those that may be leaving now. What was sent
/// on a day that is still to come counts today, too: the clock was set back since, and that gives
/// nobody a second day's mails.
pub(super) fn used_today(
    connection: &Connection,
    account: AccountId,
    now: UnixMillis,
) -> Result<u32> {
    connection
        .query_row(
            "SELECT coalesce((SELECT sum(count) FROM daily_sends
                              WHERE account_id = ?1 AND day >= ?2), 0)
                  + (SELECT count(*) FROM emails
                     WHERE account_id = ?1 AND status = 'transmitting')",
            params![Id(account), day(day_start(now))],
            |row| row.get(0),
        )
        .explain()
}

/// The clock was set back. What it has sent on days further ahead than tomorrow counts as
/// tomorrow's, or a clock that once stood years ahead would stop an account for years; and no
/// mail that goes by itself waits for such a day (no try is put off by more than one).
fn follow_the_clock(tx: &Transaction<'_>, now: UnixMillis) -> Result<()> {
    let tomorrow = day(now) + 1;
    let moved = tx
        .prepare_cached(
            "INSERT INTO daily_sends (account_id, day, count)
             SELECT account_id, ?1, sum(count) FROM daily_sends WHERE day > ?1 GROUP BY account_id
             ON CONFLICT (account_id, day) DO UPDATE SET count = count + excluded.count",
        )
        .and_then(|mut statement| statement.execute([tomorrow]))
        .explain()?;
    if moved > 0 {
        tx.execute("DELETE FROM daily_sends WHERE day > ?1", [tomorrow])
            .explain()?;
    }
    let latest = now.plus_millis(2 * DAY_MILLIS);
    tx.prepare_cached(
        // The states of the index, and of these all but one. Without being told SQLite reads the
        // whole table, as soon as it knows that many mails wait for the same time.
        "UPDATE emails INDEXED BY emails_due SET not_before = ?1
         WHERE status IN ('scheduled', 'queued', 'transmitting') AND status <> 'scheduled'
           AND not_before > ?2",
    )
    .and_then(|mut statement| statement.execute([now.0, latest.0]))
    .explain()?;
    tx.prepare_cached(
        "UPDATE accounts SET paused_until = ?1, limited_until = min(limited_until, ?1)
         WHERE paused_until > ?2",
    )
    .and_then(|mut statement| statement.execute([now.0, latest.0]))
    .explain()
    .map(drop)
}

impl OutboxStore for Store {
    fn release_leases(&self) -> BoxFuture<'_, Result<u32>> {
        Box::pin(self.write(|tx| {
            let released = tx
                .execute(
                    "UPDATE emails SET lease_owner = NULL, lease_until = NULL
                     WHERE status = 'transmitting' AND lease_owner IS NOT NULL",
                    [],
                )
                .explain()?;
            Ok(u32::try_from(released).unwrap_or(u32::MAX))
        }))
    }

    /// Mails over the account's daily limit are postponed on the way, mails of accounts that are
    /// gone fail.
    fn take_up<'a>(
        &'a self,
        owner: &'a str,
        busy: &'a [AccountId],
        now: UnixMillis,
        random: u32,
    ) -> BoxFuture<'a, Result<TakenUp>> {
        Box::pin(async move {
            let (owner, busy) = (owner.to_owned(), busy.to_vec());
            let (taken, passed_over) = self
                .write(move |tx| {
                    let mut passed_over = Vec::new();
                    let taken = lease(tx, &owner, &busy, now, random, &mut passed_over)?;
                    Ok((taken, passed_over))
                })
                .await?;
            let leased = match taken {
                Some(taken) => {
                    let (lease, state) = (taken.lease.clone(), taken.state.clone());
                    match self.with_bytes(taken, now).await {
                        Ok(leased) => Some(leased),
                        Err(error) => {
                            // Nothing was begun: later again, rather than when the lease is over.
                            let event = Event::NotWritten(error.clone());
                            let after = next(&state, event, now, random)?.state;
                            self.settle(&lease, &after, now).await?;
                            return Err(error);
                        }
                    }
                }
                None => None,
            };
            Ok(TakenUp {
                leased,
                passed_over,
            })
        })
    }

    fn next_due<'a>(&'a self, busy: &'a [AccountId]) -> BoxFuture<'a, Result<Option<UnixMillis>>> {
        let busy = busy.to_vec();
        Box::pin(self.read(move |connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT min(max({READY_AT}, coalesce(a.paused_until, 0)))
                     FROM emails e LEFT JOIN accounts a ON a.id = e.account_id
                     WHERE {WAITS} AND a.needs_sign_in_reason IS NULL
                       AND e.account_id NOT IN (SELECT value FROM json_each(?1))"
                ))
                .and_then(|mut due| {
                    due.query_row([Json(&busy)], |row| row.get::<_, Option<i64>>(0))
                })
                .explain()
                .map(|at| at.map(UnixMillis))
        }))
    }
}

impl Store {
    /// Reads the bytes of a mail that was taken up; before it first leaves they are made final.
    async fn with_bytes(&self, mut taken: Taken, now: UnixMillis) -> Result<Leased> {
        let mut bytes = match self.read_file(taken.body_hash.clone()).await {
            // The sender compares the hash, and fails a mail whose bytes were lost.
            Err(error) if matches!(error.code, Code::NotFound | Code::InternalError) => Vec::new(),
            bytes => bytes?,
        };
        if taken.needs_new_date && !bytes.is_empty() {
            match redate(&mut bytes, now) {
                Ok(()) => {
                    let size = bytes.len() as u64;
                    (taken.body_hash, bytes) = self.write_file(bytes).await?;
                    self.fix_bytes(&taken.lease, &taken.body_hash, size, now)
                        .await?;
                }
                // No message of ours: as good as lost, see above.
                Err(_) => bytes = Vec::new(),
            }
        }
        let id = taken.lease.email;
        Ok(Leased {
            lease: taken.lease,
            account: taken.account,
            state: taken.state,
            message: OutgoingMessage {
                id,
                recipients: taken.recipients,
                bytes: bytes.into(),
                thread_id: taken.thread_id,
            },
            body_hash: taken.body_hash,
            method: taken.method,
        })
    }

    /// Writes down the final bytes of a mail that waited, before they are first transmitted.
    async fn fix_bytes(&self, lease: &Lease, hash: &str, size: u64, now: UnixMillis) -> Result<()> {
        let message = message_blob(hash.to_owned(), size);
        let lease = lease.clone();
        self.write(move |tx| {
            blobs::note(tx, &message, now)?;
            let fixed = tx
                .execute(
                    "UPDATE emails SET body_hash = ?3, final_at = ?4
                     WHERE id = ?1 AND lease_owner = ?2 AND final_at IS NULL",
                    params![Id(lease.email), lease.owner, message.hash, now.0],
                )
                .explain()?;
            if fixed == 1 { Ok(()) } else { Err(lost()) }
        })
        .await
    }

    /// Mails the account sent since midnight UTC, and those that may be leaving now.
    pub async fn used_today(&self, account: AccountId, now: UnixMillis) -> Result<u32> {
        self.read(move |connection| used_today(connection, account, now))
            .await
    }
}

/// The worker lost its mail to another one.
pub(super) fn lost() -> Error {
    Error::new(
        Code::Conflict,
        "Another worker has taken up this mail meanwhile.",
    )
}
