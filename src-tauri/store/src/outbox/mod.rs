//! The table `emails`: queueing, taking back, and what the pages see of it.
//!
//! What may happen to a mail is decided by [`draftwell_core::outbox::next`]; here the state is
//! read, changed by it, and written together with everything that belongs to it. [`work`] is the
//! worker's side: leases, steps and settling.

mod settle;
mod work;

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    draft::{Draft, DraftStatus, VersionCause},
    id::{AccountId, DraftId, EmailId, SignatureId, VersionId},
    outbox::{Email, EmailStatus, Event, State, Step, next},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{
    Store,
    blobs::{self, KeptBlob},
    drafts,
    error::{Explain, internal},
    sql::{Id, Json, Name},
    versions,
};

/// The media type of frozen messages among the blobs.
const MESSAGE: &str = "message/rfc822";

/// A message to put into the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEmail {
    /// Its id.
    pub id: EmailId,
    /// The id of the version that keeps what was sent.
    pub version_id: VersionId,
    /// The draft it was frozen from.
    pub draft_id: DraftId,
    /// The draft's revision that was frozen.
    pub revision: u32,
    /// The account it leaves through.
    pub account_id: AccountId,
    /// Its Message-ID, with angle brackets.
    pub message_id: String,
    /// The frozen RFC 5322 bytes.
    pub bytes: Vec<u8>,
    /// Now.
    pub queued_at: UnixMillis,
    /// The end of the undo time.
    pub not_before: UnixMillis,
}

const COLUMNS: &str = "id, draft_id, account_id, status, to_list, cc_list, bcc_list, subject,
    queued_at, not_before, attempts, sent_at, confirmed, provider_message_id,
    provider_thread_id, error_code, error_message";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Email> {
    Ok(Email {
        id: row.get::<_, Id<_>>(0)?.0,
        draft_id: row.get::<_, Id<_>>(1)?.0,
        account_id: row.get::<_, Id<_>>(2)?.0,
        status: row.get::<_, Name<_>>(3)?.0,
        to: row.get::<_, Json<_>>(4)?.0,
        cc: row.get::<_, Json<_>>(5)?.0,
        bcc: row.get::<_, Json<_>>(6)?.0,
        subject: row.get(7)?,
        queued_at: UnixMillis(row.get(8)?),
        not_before: UnixMillis(row.get(9)?),
        attempts: row.get(10)?,
        sent_at: row.get::<_, Option<i64>>(11)?.map(UnixMillis),
        confirmed: row.get(12)?,
        provider_message_id: row.get(13)?,
        provider_thread_id: row.get(14)?,
        error_code: row.get::<_, Option<Name<_>>>(15)?.map(|name| name.0),
        error_message: row.get(16)?,
    })
}

fn get(connection: &Connection, id: EmailId) -> Result<Email> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM emails WHERE id = ?1"))
        .and_then(|mut email| email.query_row([Id(id)], from_row).optional())
        .explain()?
        .ok_or_else(|| Error::not_found("mail"))
}

/// A row as the worker and the rules need it.
struct Queued {
    id: EmailId,
    draft_id: DraftId,
    account_id: AccountId,
    signature_id: Option<SignatureId>,
    body_hash: String,
    thread_id: Option<String>,
    lease_owner: Option<String>,
    state: State,
}

fn find(connection: &Connection, id: EmailId) -> Result<Queued> {
    connection
        .prepare_cached(
            "SELECT draft_id, account_id, signature_id, body_hash, thread_id, lease_owner, status,
                    step, provider_draft_id, not_before, attempts, confirmed, error_code,
                    error_message
             FROM emails WHERE id = ?1",
        )
        .and_then(|mut email| email.query_row([Id(id)], |row| queued(row, id)).optional())
        .explain()?
        .ok_or_else(|| Error::not_found("mail"))
}

fn queued(row: &Row<'_>, id: EmailId) -> rusqlite::Result<Queued> {
    let code = row.get::<_, Option<Name<Code>>>(12)?.map(|name| name.0);
    let message: Option<String> = row.get(13)?;
    let step: String = row.get(7)?;
    Ok(Queued {
        id,
        draft_id: row.get::<_, Id<_>>(0)?.0,
        account_id: row.get::<_, Id<_>>(1)?.0,
        signature_id: row.get::<_, Option<Id<_>>>(2)?.map(|id| id.0),
        body_hash: row.get(3)?,
        thread_id: row.get(4)?,
        lease_owner: row.get(5)?,
        state: State {
            status: row.get::<_, Name<_>>(6)?.0,
            step: Step::parse(&step).ok_or(rusqlite::Error::InvalidQuery)?,
            provider_draft_id: row.get(8)?,
            not_before: UnixMillis(row.get(9)?),
            attempts: row.get(10)?,
            sent: None,
            confirmed: row.get(11)?,
            error: code.map(|code| Error::new(code, message.unwrap_or_default())),
            needs_sign_in: false,
        },
    })
}

fn queue(tx: &Transaction<'_>, email: &NewEmail, blob: &KeptBlob) -> Result<Email> {
    let draft = drafts::get(tx, email.draft_id)?;
    may_be_queued(&draft, email.revision)?;
    let known = drafts::find(tx, draft.id)?.ok_or_else(internal)?;
    let content = &known.stored.content;
    versions::keep(
        tx,
        &known,
        content,
        VersionCause::Send,
        email.version_id,
        email.queued_at,
    )?;
    blobs::note(tx, blob, email.queued_at)?;
    tx.execute(
        "INSERT INTO emails
           (id, draft_id, draft_revision, account_id, status, to_list, cc_list, bcc_list, subject,
            snippet, signature_id, message_id, body_hash, queued_at, not_before)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        params![
            Id(email.id),
            Id(draft.id),
            draft.revision,
            Id(email.account_id),
            Name(EmailStatus::Queued),
            Json(&draft.to),
            Json(&draft.cc),
            Json(&draft.bcc),
            draft.subject,
            content.body.snippet(drafts::SNIPPET_CHARS),
            draft.signature_id.map(Id),
            email.message_id,
            blob.hash,
            email.queued_at.0,
            email.not_before.0,
        ],
    )
    .explain()?;
    settle::set_draft(tx, draft.id, DraftStatus::Queued, None)?;
    get(tx, email.id)
}

fn may_be_queued(draft: &Draft, revision: u32) -> Result<()> {
    let forbidden = |message: &str| Err(Error::new(Code::Forbidden, message));
    if draft.deleted_at.is_some() {
        return forbidden("This draft is in the bin. Take it out before you send it.");
    }
    match draft.status {
        DraftStatus::Queued => return forbidden("This mail is already waiting to be sent."),
        DraftStatus::Sent => return forbidden("This mail was already sent."),
        DraftStatus::Draft | DraftStatus::Failed => {}
    }
    if draft.revision != revision {
        return Err(Error::new(
            Code::Conflict,
            "The draft was changed while it was being sent. Look at it once more, then send it.",
        ));
    }
    Ok(())
}

fn undo(tx: &Transaction<'_>, id: EmailId, now: UnixMillis) -> Result<Draft> {
    let email = find(tx, id)?;
    let state = next(&email.state, Event::Undo, now, 0)?.state;
    settle::write(tx, &email, &state, now)?;
    drafts::get(tx, email.draft_id)
}

fn resolve(tx: &Transaction<'_>, id: EmailId, arrived: bool, now: UnixMillis) -> Result<Email> {
    let email = find(tx, id)?;
    let state = next(&email.state, Event::Resolve { arrived }, now, 0)?.state;
    settle::write(tx, &email, &state, now)?;
    get(tx, id)
}

fn list(connection: &Connection) -> Result<Vec<Email>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM emails e
             WHERE status IN ('scheduled', 'queued', 'transmitting', 'unknown')
                OR (status = 'failed'
                    AND seq = (SELECT max(seq) FROM emails l WHERE l.draft_id = e.draft_id)
                    AND EXISTS (SELECT 1 FROM drafts d WHERE d.id = e.draft_id
                                AND d.status = 'failed' AND d.deleted_at IS NULL))
             ORDER BY queued_at DESC, seq DESC"
        ))
        .and_then(|mut emails| emails.query_map([], from_row)?.collect())
        .explain()
}

impl Store {
    /// Puts a frozen message into the outbox: its bytes, its row, the version of what was sent,
    /// and its draft's new state, durably.
    ///
    /// # Errors
    /// `CONFLICT` if the draft is not at that revision any more; `FORBIDDEN` if it is in the bin,
    /// queued or sent; `STORAGE_FULL`.
    pub async fn queue_email(&self, email: NewEmail) -> Result<Email> {
        let size = email.bytes.len() as u64;
        let hash = self.write_file(email.bytes.clone()).await?;
        let blob = KeptBlob {
            hash,
            mime: MESSAGE.to_owned(),
            size,
            width: None,
            height: None,
        };
        self.write(move |tx| queue(tx, &email, &blob)).await
    }

    /// A mail of the outbox, settled or not.
    pub async fn get_email(&self, id: EmailId) -> Result<Email> {
        self.read(move |connection| get(connection, id)).await
    }

    /// Takes a mail back that no worker has begun to send; its draft is open again.
    ///
    /// # Errors
    /// `FORBIDDEN` once it is leaving or settled.
    pub async fn undo_send(&self, id: EmailId, now: UnixMillis) -> Result<Draft> {
        self.write(move |tx| undo(tx, id, now)).await
    }

    /// Settles a mail whose outcome was unknown by what the user found out.
    ///
    /// # Errors
    /// `FORBIDDEN` if its outcome is known.
    pub async fn resolve_unknown(
        &self,
        id: EmailId,
        arrived: bool,
        now: UnixMillis,
    ) -> Result<Email> {
        self.write(move |tx| resolve(tx, id, arrived, now)).await
    }

    /// The mails not yet settled, and those that failed and whose draft still waits for the
    /// user, newest first.
    pub async fn list_outbox(&self) -> Result<Vec<Email>> {
        self.read(list).await
    }
}
