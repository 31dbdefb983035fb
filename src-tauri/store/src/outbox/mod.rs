//! The table `emails`: mails that left or are to leave.
//!
//! What may follow what is decided by [`draftwell_core::outbox::next`]; here its states are
//! written down, each in one transaction with what belongs to it. This file has the rows,
//! and putting a mail into the outbox; [`list`] has lists, [`lease`] is for the worker, [`settle`]
//! for what becomes of a mail. The frozen bytes are a file among the blobs, on the disk before the row.

mod lease;
mod list;
mod settle;

use std::sync::Arc;

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    draft::{DraftStatus, Keep, VersionCause},
    id::{AccountId, DraftId, EmailId, VersionId},
    outbox::{Email, EmailStatus, State, Step},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{
    Store, accounts,
    blobs::{self, KeptBlob},
    drafts::{self, SNIPPET_CHARS},
    error::{Explain, internal},
    frozen::FrozenFile,
    incoming,
    sql::{self, Id, Json, Name},
    versions,
};

/// The media type of frozen messages among the blobs.
const MESSAGE: &str = "message/rfc822";

/// A frozen draft, to be put into the outbox.
#[derive(Debug, Clone)]
pub struct NewEmail {
    /// Its id.
    pub id: EmailId,
    /// The id of the version that keeps what is sent.
    pub version_id: VersionId,
    /// The draft it was made from.
    pub draft_id: DraftId,
    /// The revision that was frozen.
    pub revision: u32,
    /// The account it leaves through.
    pub account_id: AccountId,
    /// Its Message-ID.
    pub message_id: String,
    /// Now.
    pub queued_at: UnixMillis,
    /// Not transmitted before: the end of the undo time, or the time the user chose.
    pub not_before: UnixMillis,
    /// Whether the user chose that time.
    pub scheduled: bool,
}

const COLUMNS: &str = "id, draft_id, account_id, status, to_list, cc_list, bcc_list, subject,
    queued_at,
    -- An account the provider limits holds back all its mails.
    CASE WHEN status IN ('scheduled', 'queued')
         THEN max(not_before, coalesce((SELECT paused_until FROM accounts
                                        WHERE accounts.id = account_id), 0))
         ELSE not_before END, attempts, sent_at, confirmed, provider_message_id,
    provider_thread_id, error_code, error_message, held, settled_at, hidden, replied_at, opened_at,
    bounced_at, due_at";

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
        held: row.get(17)?,
        settled_at: row.get::<_, Option<i64>>(18)?.map(UnixMillis),
        hidden: row.get(19)?,
        replied_at: row.get::<_, Option<i64>>(20)?.map(UnixMillis),
        opened_at: row.get::<_, Option<i64>>(21)?.map(UnixMillis),
        bounced_at: row.get::<_, Option<i64>>(22)?.map(UnixMillis),
        due_at: UnixMillis(row.get(23)?),
    })
}

pub(crate) fn get(connection: &Connection, id: EmailId) -> Result<Email> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM emails WHERE id = ?1"))
        .and_then(|mut email| email.query_row([Id(id)], from_row).optional())
        .explain()?
        .ok_or_else(|| Error::not_found("mail"))
}

/// What of a mail changes while it is in the outbox.
fn state(connection: &Connection, id: EmailId) -> Result<State> {
    connection
        .prepare_cached(
            "SELECT status, step, provider_draft_id, not_before, attempts, confirmed,
                    error_code, error_message, held, due_at,
                    coalesce((SELECT limited_until FROM accounts
                              WHERE accounts.id = account_id), 0)
             FROM emails WHERE id = ?1",
        )
        .and_then(|mut email| {
            email
                .query_row([Id(id)], |row| {
                    let code = row.get::<_, Option<Name<Code>>>(6)?.map(|name| name.0);
                    let message = row.get::<_, Option<String>>(7)?;
                    let state = State {
                        status: row.get::<_, Name<_>>(0)?.0,
                        step: Step::None,
                        provider_draft_id: row.get(2)?,
                        not_before: UnixMillis(row.get(3)?),
                        due_at: UnixMillis(row.get(9)?),
                        limited_until: UnixMillis(row.get(10)?),
                        attempts: row.get(4)?,
                        sent: None,
                        confirmed: row.get(5)?,
                        held: row.get(8)?,
                        error: code.zip(message).map(|(code, text)| Error::new(code, text)),
                        needs_sign_in: false,
                        pauses_account: false,
                    };
                    Ok((state, row.get::<_, String>(1)?))
                })
                .optional()
        })
        .explain()?
        .ok_or_else(|| Error::not_found("mail"))
        .and_then(|(state, step)| {
            let step = Step::parse(&step).ok_or_else(internal)?;
            Ok(State { step, ..state })
        })
}

fn queue(tx: &Transaction<'_>, new: &NewEmail, message: &KeptBlob) -> Result<Email> {
    let known = drafts::find(tx, new.draft_id)?.ok_or_else(|| Error::not_found("draft"))?;
    let stored = &known.stored;
    let refusal = match stored.status {
        _ if stored.in_bin => Some("This draft is in the bin. Restore it before you send it."),
        DraftStatus::Draft | DraftStatus::Failed => None,
        DraftStatus::Queued => Some("This mail is waiting to be sent already."),
        DraftStatus::Sent => Some("This mail was sent already."),
    };
    if let Some(refusal) = refusal {
        return Err(Error::new(Code::Forbidden, refusal));
    }
    if stored.revision != new.revision {
        return Err(Error::new(
            Code::Conflict,
            "The draft was changed while it was being sent. Look at it once more, then send it.",
        ));
    }
    if !accounts::exists(tx, new.account_id)? {
        return Err(Error::new(
            Code::AccountNotConnected,
            "The account of this draft is not connected any more. Choose another one.",
        ));
    }
    blobs::note(tx, message, new.queued_at)?;
    let content = &stored.content;
    let answering = incoming::answering(tx, new.draft_id)?;
    let thread = answering
        .as_ref()
        .and_then(|answering| answering.thread_in(new.account_id));
    versions::keep(
        tx,
        &known,
        content,
        Keep::for_good(VersionCause::Send),
        new.version_id,
        new.queued_at,
    )?;
    tx.execute(
        "INSERT INTO emails
           (id, draft_id, draft_revision, account_id, status, to_list, cc_list, bcc_list, subject,
            snippet, signature_id, message_id, body_hash, queued_at, not_before, thread_id,
            due_at)
         VALUES (?1, ?2, ?3, ?4, ?15, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?16, ?14)",
        params![
            Id(new.id),
            Id(new.draft_id),
            new.revision,
            Id(new.account_id),
            Json(&content.to),
            Json(&content.cc),
            Json(&content.bcc),
            content.subject,
            content.body.snippet(SNIPPET_CHARS),
            content.body.signature_id().map(Id),
            new.message_id,
            message.hash,
            new.queued_at.0,
            new.not_before.0,
            Name(if new.scheduled {
                EmailStatus::Scheduled
            } else {
                EmailStatus::Queued
            }),
            thread,
        ],
    )
    .explain()?;
    set_draft(tx, new.draft_id, DraftStatus::Queued, None)?;
    get(tx, new.id)
}

/// Where a draft stands after something happened to its mail.
fn set_draft(
    tx: &Transaction<'_>,
    id: DraftId,
    status: DraftStatus,
    error: Option<&Error>,
) -> Result<()> {
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

/// Mails the daily limit holds back need not wait any more: it was raised.
pub(crate) fn lift_limit(tx: &Transaction<'_>, now: UnixMillis) -> Result<()> {
    tx.execute(
        "UPDATE emails
         SET not_before = min(not_before, ?2), due_at = min(due_at, ?2), error_code = NULL, error_message = NULL
         WHERE status IN ('scheduled', 'queued') AND error_code = ?1",
        params![Name(Code::GmailQuotaExceeded), now.0],
    )
    .explain()
    .map(drop)
}

/// The row of a frozen message's file.
fn message_blob(hash: String, size: u64) -> KeptBlob {
    KeptBlob {
        hash,
        mime: MESSAGE.to_owned(),
        size,
        width: None,
        height: None,
    }
}

/// Whether the program can read this row.
pub(crate) fn is_readable(connection: &Connection, seq: i64) -> bool {
    let select = format!("SELECT {COLUMNS} FROM emails WHERE seq = ?1");
    sql::is_readable(connection, &select, seq, from_row)
}

impl Store {
    /// Puts a frozen draft into the outbox: its message, its row, a version of what is sent, and
    /// the draft read-only, all or nothing.
    ///
    /// # Errors
    /// `CONFLICT` where the draft has another revision by now; `FORBIDDEN` where it is in the
    /// bin, queued or sent; `ACCOUNT_NOT_CONNECTED`; `NOT_FOUND`, also where the message was just
    /// removed as a file nobody needed.
    pub async fn queue_email(&self, new: NewEmail, message: FrozenFile) -> Result<Email> {
        self.put_in(new, message, None).await
    }

    /// As [`Self::queue_email`], in place of a mail of the draft of which nobody knows whether it
    /// left: that one is settled with this, or stays as it was.
    ///
    /// # Errors
    /// As there; `FORBIDDEN` where that mail's outcome is known, or it is another draft's.
    pub async fn queue_email_instead_of(
        &self,
        unknown: EmailId,
        new: NewEmail,
        message: FrozenFile,
    ) -> Result<Email> {
        self.put_in(new, message, Some(unknown)).await
    }

    async fn put_in(
        &self,
        new: NewEmail,
        message: FrozenFile,
        unknown: Option<EmailId>,
    ) -> Result<Email> {
        let folder = Arc::clone(&self.inner.blobs);
        self.write(move |tx| {
            if !folder.has(&message.hash) {
                return Err(Error::not_found("file"));
            }
            if let Some(unknown) = unknown {
                if get(tx, unknown)?.draft_id != new.draft_id {
                    return Err(Error::new(Code::Forbidden, "This is another draft's mail."));
                }
                settle::resolve(tx, unknown, false, new.queued_at)?;
            }
            queue(tx, &new, &message_blob(message.hash, message.size))
        })
        .await
    }

    /// One mail, or `NOT_FOUND`.
    pub async fn get_email(&self, id: EmailId) -> Result<Email> {
        self.read(move |connection| get(connection, id)).await
    }
}
