//! What came back: the table `mailboxes`, received entries of the history, and what follows for
//! the mails they are about. It is all written in one transaction, so that a message is neither
//! kept twice nor passed over when the program is killed.

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    address::Mailbox,
    draft::{Answerable, Answering, Draft, SaveCause, answer_to},
    history::{Direction, HistoryEntry},
    id::{AccountId, DraftId, EmailId, HistoryId},
    mailbox::{Arrived, IncomingStore, Looked, Named, Unnamed, WATCHED_SECONDS},
    message::IncomingKind,
    outbox::Email,
    ports::BoxFuture,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::{
    Store, accounts, contacts,
    drafts::{self, SNIPPET_CHARS},
    error::Explain,
    history, outbox,
    sql::{Id, Json, Name},
};

/// How many mails are looked up at once.
const MOST_UNNAMED: u32 = 20;

fn looked(connection: &Connection, account: AccountId) -> Result<Option<Looked>> {
    connection
        .prepare_cached("SELECT cursor, looked_at FROM mailboxes WHERE account_id = ?1")
        .and_then(|mut row| {
            row.query_row([Id(account)], |row| {
                Ok(Looked {
                    cursor: row.get(0)?,
                    at: UnixMillis(row.get(1)?),
                })
            })
            .optional()
        })
        .explain()
}

fn unnamed(connection: &Connection, account: AccountId, since: i64) -> Result<Vec<Unnamed>> {
    connection
        .prepare_cached(
            "SELECT id, message_id, provider_message_id, sent_at FROM emails
             WHERE account_id = ?1 AND status = 'sent' AND sent_at >= ?2
               AND sent_message_id IS NULL
             ORDER BY sent_at DESC LIMIT ?3",
        )
        .and_then(|mut rows| {
            rows.query_map(params![Id(account), since, MOST_UNNAMED], |row| {
                Ok(Unnamed {
                    email: row.get::<_, Id<_>>(0)?.0,
                    message_id: row.get(1)?,
                    provider_message_id: row.get(2)?,
                    sent_at: UnixMillis(row.get(3)?),
                })
            })?
            .collect()
        })
        .explain()
}

fn name(tx: &Transaction<'_>, named: &Named) -> Result<()> {
    tx.execute(
        "UPDATE emails SET sent_message_id = ?2 WHERE id = ?1",
        params![Id(named.email), named.message_id],
    )
    .explain()?;
    let Some(found) = &named.found else {
        return Ok(());
    };
    tx.execute(
        "UPDATE emails SET confirmed = 1, provider_message_id = ?2, provider_thread_id = ?3
         WHERE id = ?1",
        params![Id(named.email), found.id, found.thread_id],
    )
    .and_then(|_| {
        tx.execute(
            "UPDATE history SET confirmed = 1 WHERE email_id = ?1",
            [Id(named.email)],
        )
    })
    .explain()
    .map(drop)
}

fn answered(
    connection: &Connection,
    account: AccountId,
    message_ids: &[String],
    thread_id: Option<&str>,
) -> Result<Option<EmailId>> {
    let mut by_id = connection
        .prepare_cached(
            "SELECT id FROM emails
             WHERE account_id = ?1 AND (sent_message_id = ?2 OR message_id = ?3)
             ORDER BY seq DESC LIMIT 1",
        )
        .explain()?;
    for message_id in message_ids.iter().filter(|id| !id.is_empty()) {
        let found = by_id
            .query_row(
                params![Id(account), message_id, format!("<{message_id}>")],
                |row| row.get::<_, Id<_>>(0),
            )
            .optional()
            .explain()?;
        if let Some(Id(email)) = found {
            return Ok(Some(email));
        }
    }
    let Some(thread_id) = thread_id else {
        return Ok(None);
    };
    connection
        .prepare_cached(
            "SELECT id FROM emails WHERE account_id = ?1 AND provider_thread_id = ?2
             ORDER BY seq DESC LIMIT 1",
        )
        .and_then(|mut email| {
            email
                .query_row(params![Id(account), thread_id], |row| {
                    row.get::<_, Id<_>>(0)
                })
                .optional()
        })
        .explain()
        .map(|id| id.map(|Id(id)| id))
}

/// Keeps one message; none where it was kept before.
fn keep(
    tx: &Transaction<'_>,
    account: AccountId,
    arrived: &Arrived,
) -> Result<Option<HistoryEntry>> {
    let email = outbox::get(tx, arrived.email)?;
    let message = &arrived.message;
    let about = about(&email, arrived);
    let snippet = message.snippet(SNIPPET_CHARS);
    let failed = match message.kind {
        IncomingKind::Bounce => unreached(&email, &message.failed),
        _ => Vec::new(),
    };
    let seq: Option<i64> = tx
        .prepare_cached(
            "INSERT INTO history
               (id, direction, recipients, subject, snippet, at, kind, sender, answers,
                account_id, provider_message_id, text, thread)
             VALUES (?1, 'received', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (account_id, provider_message_id)
               WHERE provider_message_id IS NOT NULL DO NOTHING
             RETURNING seq",
        )
        .and_then(|mut statement| {
            statement
                .query_row(
                    params![
                        Id(arrived.id),
                        Json(&failed),
                        message.subject,
                        snippet,
                        arrived.at.0,
                        Name(message.kind),
                        message.from.as_ref().map(Json),
                        Id(email.id),
                        Id(account),
                        arrived.provider_message_id,
                        message.text,
                        Json(&answerable(arrived)),
                    ],
                    |row| row.get(0),
                )
                .optional()
        })
        .explain()?;
    let Some(seq) = seq else { return Ok(None) };
    let mut contact_id = None;
    for person in &about {
        let key = person.key();
        let contact = contacts::by_address(tx, &key)?;
        contact_id = contact_id.or(contact);
        history::add_person(tx, seq, &key, contact)?;
    }
    note(tx, &email, arrived)?;
    Ok(Some(HistoryEntry {
        id: arrived.id,
        contact_id,
        email_id: Some(email.id),
        direction: Direction::Received,
        kind: Some(message.kind),
        sender: message.from.clone(),
        recipients: failed,
        subject: message.subject.clone(),
        snippet,
        confirmed: true,
        is_practice: false,
        at: arrived.at,
    }))
}

/// What is needed to answer it.
fn answerable(arrived: &Arrived) -> Answerable {
    let message = &arrived.message;
    let to = if message.reply_to.is_empty() {
        message.from.iter().cloned().collect()
    } else {
        message.reply_to.clone()
    };
    Answerable {
        message_id: message.message_id.clone(),
        references: message.references.clone(),
        thread_id: arrived.thread_id.clone(),
        to,
        recipients: message.recipients.clone(),
    }
}

/// A message that came back, as far as answering it goes.
struct Answered {
    account: Option<Id<AccountId>>,
    kind: IncomingKind,
    sender: Option<Mailbox>,
    subject: String,
    text: String,
    thread: Answerable,
}

fn answer(tx: &Transaction<'_>, id: HistoryId, draft: DraftId, now: UnixMillis) -> Result<Draft> {
    let found = tx
        .prepare_cached(
            "SELECT account_id, kind, sender, subject, text, thread FROM history
             WHERE id = ?1 AND direction = 'received' AND thread IS NOT NULL",
        )
        .and_then(|mut row| {
            row.query_row([Id(id)], |row| {
                Ok(Answered {
                    account: row.get(0)?,
                    kind: row.get::<_, Name<_>>(1)?.0,
                    sender: row.get::<_, Option<Json<_>>>(2)?.map(|sender| sender.0),
                    subject: row.get(3)?,
                    text: row.get(4)?,
                    thread: row.get::<_, Json<_>>(5)?.0,
                })
            })
            .optional()
        })
        .explain()?
        .ok_or_else(|| Error::not_found("message"))?;
    if matches!(found.kind, IncomingKind::Bounce | IncomingKind::Receipt) {
        return Err(Error::new(
            Code::Forbidden,
            "A mail server wrote this. Nobody would read an answer to it.",
        ));
    }
    let account = match found.account {
        Some(Id(account)) => accounts::find(tx, account)?,
        None => None,
    };
    let who = found.sender.as_ref().map_or("Somebody", |sender| {
        sender.name.as_deref().unwrap_or(&sender.address)
    });
    let content = answer_to(
        &found.thread,
        &found.subject,
        who,
        &found.text,
        account.as_ref(),
    );
    drafts::insert(tx, draft, &content, SaveCause::Typing, now)?;
    let answering = Answering {
        account: account.map(|account| account.id),
        thread_id: found.thread.thread_id,
        message_id: found.thread.message_id,
        references: found.thread.references,
    };
    tx.execute(
        "UPDATE drafts SET answers = ?2 WHERE id = ?1",
        params![Id(draft), Json(&answering)],
    )
    .explain()?;
    drafts::get(tx, draft)
}

/// Which message a draft answers, if it is an answer.
pub(crate) fn answering(connection: &Connection, draft: DraftId) -> Result<Option<Answering>> {
    connection
        .prepare_cached("SELECT answers FROM drafts WHERE id = ?1")
        .and_then(|mut row| {
            row.query_row([Id(draft)], |row| row.get::<_, Option<Json<Answering>>>(0))
                .optional()
        })
        .explain()
        .map(|found| found.flatten().map(|json| json.0))
}

/// Whose history it belongs to: who wrote it; and where that is nobody the mail went to (another
/// address of the same person, a colleague, a mail server), those it went to, too.
fn about(email: &Email, arrived: &Arrived) -> Vec<Mailbox> {
    let message = &arrived.message;
    let everybody = || email.to.iter().chain(&email.cc).chain(&email.bcc);
    if message.kind == IncomingKind::Bounce {
        return unreached(email, &message.failed);
    }
    let from = message.from.clone();
    let is_known = from
        .as_ref()
        .is_some_and(|from| everybody().any(|known| known.key() == from.key()));
    let mut about: Vec<Mailbox> = from.into_iter().collect();
    if !is_known {
        about.extend(email.to.iter().cloned());
    }
    about
}

/// The mail's recipients with these addresses; all of them where none is said.
fn unreached(email: &Email, failed: &[String]) -> Vec<Mailbox> {
    let everybody: Vec<_> = email.to.iter().chain(&email.cc).chain(&email.bcc).collect();
    let is_failed = |mailbox: &&Mailbox| {
        (failed.iter()).any(|address| address.trim().eq_ignore_ascii_case(mailbox.address.trim()))
    };
    let some: Vec<Mailbox> = (everybody.iter().copied())
        .filter(is_failed)
        .cloned()
        .collect();
    if some.is_empty() {
        everybody.into_iter().cloned().collect()
    } else {
        some
    }
}

/// What follows for the mail it is about. The first time counts.
fn note(tx: &Transaction<'_>, email: &Email, arrived: &Arrived) -> Result<()> {
    let column = match arrived.message.kind {
        IncomingKind::Reply => "replied_at",
        IncomingKind::Receipt => "opened_at",
        IncomingKind::Bounce => "bounced_at",
        IncomingKind::Automatic => return Ok(()),
    };
    tx.execute(
        &format!("UPDATE emails SET {column} = min(coalesce({column}, ?2), ?2) WHERE id = ?1"),
        params![Id(email.id), arrived.at.0],
    )
    .explain()
    .map(drop)
}

impl IncomingStore for Store {
    fn looked(&self, account: AccountId) -> BoxFuture<'_, Result<Option<Looked>>> {
        Box::pin(self.read(move |connection| looked(connection, account)))
    }

    fn watched_since(
        &self,
        account: AccountId,
        now: UnixMillis,
    ) -> BoxFuture<'_, Result<Option<UnixMillis>>> {
        let earliest = now.plus_seconds(-WATCHED_SECONDS).0;
        Box::pin(self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT min(sent_at) FROM emails
                     WHERE account_id = ?1 AND status = 'sent' AND sent_at >= ?2",
                )
                .and_then(|mut row| {
                    row.query_row(params![Id(account), earliest], |row| {
                        row.get::<_, Option<i64>>(0)
                    })
                })
                .explain()
                .map(|at| at.map(UnixMillis))
        }))
    }

    fn unnamed(&self, account: AccountId, now: UnixMillis) -> BoxFuture<'_, Result<Vec<Unnamed>>> {
        let since = now.plus_seconds(-WATCHED_SECONDS).0;
        Box::pin(self.read(move |connection| unnamed(connection, account, since)))
    }

    fn name(&self, named: Vec<Named>) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.write(move |tx| named.iter().try_for_each(|named| name(tx, named))))
    }

    fn known(&self, account: AccountId, ids: Vec<String>) -> BoxFuture<'_, Result<Vec<String>>> {
        Box::pin(self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT provider_message_id FROM history
                     WHERE account_id = ?1
                       AND provider_message_id IN (SELECT value FROM json_each(?2))",
                )
                .and_then(|mut rows| {
                    rows.query_map(params![Id(account), Json(&ids)], |row| row.get(0))?
                        .collect()
                })
                .explain()
        }))
    }

    fn answered(
        &self,
        account: AccountId,
        message_ids: Vec<String>,
        thread_id: Option<String>,
    ) -> BoxFuture<'_, Result<Option<EmailId>>> {
        Box::pin(self.read(move |connection| {
            answered(connection, account, &message_ids, thread_id.as_deref())
        }))
    }

    fn keep(
        &self,
        account: AccountId,
        arrived: Vec<Arrived>,
        looked: Option<Looked>,
    ) -> BoxFuture<'_, Result<Vec<HistoryEntry>>> {
        Box::pin(self.write(move |tx| {
            // Disconnected meanwhile: nothing of it is to be kept any more.
            if !accounts::exists(tx, account)? {
                return Err(Error::not_found("account"));
            }
            let mut entries = Vec::new();
            for one in &arrived {
                entries.extend(keep(tx, account, one)?);
            }
            if let Some(looked) = looked {
                tx.execute(
                    "INSERT INTO mailboxes (account_id, cursor, looked_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT (account_id) DO UPDATE SET
                       cursor = excluded.cursor, looked_at = excluded.looked_at",
                    params![Id(account), looked.cursor, looked.at.0],
                )
                .explain()?;
            }
            Ok(entries)
        }))
    }
}

impl Store {
    /// Makes a draft that answers a message that came back: to whoever wrote it, in its thread,
    /// with its text quoted.
    ///
    /// # Errors
    /// `FORBIDDEN` where no person wrote it; `NOT_FOUND`.
    pub async fn answer_history(
        &self,
        id: HistoryId,
        draft: DraftId,
        now: UnixMillis,
    ) -> Result<Draft> {
        self.write(move |tx| answer(tx, id, draft, now)).await
    }

    /// Which message a draft answers, if it is an answer.
    pub async fn draft_answers(&self, draft: DraftId) -> Result<Option<Answering>> {
        self.read(move |connection| answering(connection, draft))
            .await
    }

    /// The whole text of a message that came back, or `NOT_FOUND`.
    pub async fn history_text(&self, id: HistoryId) -> Result<String> {
        self.read(move |connection| {
            connection
                .prepare_cached("SELECT text FROM history WHERE id = ?1 AND direction = 'received'")
                .and_then(|mut text| text.query_row([Id(id)], |row| row.get(0)).optional())
                .explain()?
                .ok_or_else(|| Error::not_found("message"))
        })
        .await
    }
}
