//! The table `drafts`: reading one, writing one, and the methods the shell calls.
//!
//! [`save`] is for what the page saves, [`journal`] for what a crash left behind, [`gone`] for
//! accounts and signatures that are no more, [`list`] for lists and searching, [`bin`] for deleting
//! and bringing back, [`index`] for the words that are found, [`found`] for showing them.

mod bin;
mod found;
mod gone;
mod index;
mod journal;
mod list;
mod save;

use std::cell::RefCell;

use draftwell_core::{
    Error, Result, UnixMillis,
    address::Mailbox,
    attachment::Attachment,
    contact::search_key,
    document::{Document, DocumentJson},
    draft::{Content, Draft, DraftStatus, SaveCause, Stored},
    id::DraftId,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

pub(crate) use bin::unbind_if_taken;
pub(crate) use gone::{clear_account, clear_signature};
pub(crate) use index::catch_up;
pub use journal::JournalIds;

use crate::{
    Store, attachments,
    error::{Explain, internal},
    sql::{Id, Json, Members, Name},
};

/// A draft that was changed by something else than its own save; windows that show it follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// The draft.
    pub id: DraftId,
    /// Its revision now.
    pub revision: u32,
}

/// How much of the text the lists show, in Unicode scalar values.
pub(crate) const SNIPPET_CHARS: usize = 160;

const COLUMNS: &str = "id, contact_id, account_id, to_list, cc_list, bcc_list, subject, body,
    signature_id, signature_chosen, purpose, tone, context, style_score, revision, status,
    error_code, error_message, created_at, updated_at, deleted_at,
    (SELECT list FROM draft_attachments WHERE draft = drafts.seq), from_address";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        id: row.get::<_, Id<_>>(0)?.0,
        contact_id: row.get::<_, Option<Id<_>>>(1)?.map(|id| id.0),
        account_id: row.get::<_, Option<Id<_>>>(2)?.map(|id| id.0),
        to: row.get::<_, Members<_>>(3)?.list,
        cc: row.get::<_, Members<_>>(4)?.list,
        bcc: row.get::<_, Members<_>>(5)?.list,
        subject: row.get(6)?,
        body: readable(&row.get::<_, String>(7)?),
        signature_id: row.get::<_, Option<Id<_>>>(8)?.map(|id| id.0),
        signature_chosen: row.get(9)?,
        purpose: row.get::<_, Option<Name<_>>>(10)?.map(|name| name.0),
        tone: row.get::<_, Option<Name<_>>>(11)?.map(|name| name.0),
        context: row.get(12)?,
        style_score: row.get(13)?,
        revision: row.get(14)?,
        status: row.get::<_, Name<_>>(15)?.0,
        error_code: row.get::<_, Option<Name<_>>>(16)?.map(|name| name.0),
        error_message: row.get(17)?,
        created_at: UnixMillis(row.get(18)?),
        updated_at: UnixMillis(row.get(19)?),
        deleted_at: row.get::<_, Option<i64>>(20)?.map(UnixMillis),
        attachments: (row.get::<_, Option<Members<_>>>(21)?)
            .map_or_else(Vec::new, |files| files.list),
        from_address: row.get(22)?,
    })
}

/// A stored text, or its words where it is none of the editor's: whoever opens the draft is to see
/// what it says.
fn readable(body: &str) -> DocumentJson {
    match serde_json::from_str(body) {
        Ok(json) if Document::parse(&json).is_ok() => json,
        _ => Document::salvaged(body).to_json(),
    }
}

/// A draft, also from the bin.
pub(crate) fn get(connection: &Connection, id: DraftId) -> Result<Draft> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM drafts WHERE id = ?1"))
        .and_then(|mut draft| draft.query_row([Id(id)], from_row).optional())
        .explain()?
        .ok_or_else(|| Error::not_found("draft"))
}

/// Whether the program can read all of this row, and its text is one of the editor's.
pub(crate) fn is_readable(connection: &Connection, seq: i64) -> bool {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM drafts WHERE seq = ?1"))
        .and_then(|mut draft| {
            draft.query_row([seq], |row| {
                from_row(row)?;
                for column in 3..=5 {
                    row.get::<_, Json<Vec<Mailbox>>>(column)?;
                }
                row.get::<_, Option<Json<Vec<Attachment>>>>(21)?;
                row.get::<_, Json<DocumentJson>>(7)
            })
        })
        .is_ok_and(|Json(body)| Document::parse(&body).is_ok())
}

/// A draft as judging needs it, with its row's number.
pub(crate) struct Known {
    pub seq: i64,
    pub id: DraftId,
    pub stored: Stored,
    /// Its text as it lies in the table.
    pub body: String,
    /// A part of what is stored can't be read: the content has what can, of the text its words.
    pub is_salvaged: bool,
}

thread_local! {
    /// The text that was read or written last, and what it says. A save mostly finds what the one
    /// before it wrote, and taking that apart again would be a good part of its time.
    static LAST: RefCell<(String, Document)> = RefCell::new((String::new(), Document::empty()));
}

/// What a stored text says.
fn parse(body: &str) -> Result<Document> {
    let known = LAST.with_borrow(|(text, document)| (text == body).then(|| document.clone()));
    if let Some(document) = known {
        return Ok(document);
    }
    let json: DocumentJson = serde_json::from_str(body).map_err(|_| internal())?;
    Document::parse(&json)
}

/// A text as it is stored.
fn write(document: &Document) -> Result<String> {
    let body = serde_json::to_string(document).map_err(|_| internal())?;
    LAST.set((body.clone(), document.clone()));
    Ok(body)
}

pub(crate) fn find(connection: &Connection, id: DraftId) -> Result<Option<Known>> {
    let found = connection
        .prepare_cached(
            "SELECT seq, to_list, cc_list, bcc_list, subject, body, signature_chosen, account_id,
                    revision, status, deleted_at IS NOT NULL, updated_at, made_by,
                    from_address
             FROM drafts WHERE id = ?1",
        )
        .and_then(|mut draft| {
            draft
                .query_row([Id(id)], |row| {
                    let [to, cc, bcc] = [1, 2, 3].map(|column| row.get::<_, Members<_>>(column));
                    let (to, cc, bcc) = (to?, cc?, bcc?);
                    let is_whole = to.is_whole && cc.is_whole && bcc.is_whole;
                    let content = Content {
                        to: to.list,
                        cc: cc.list,
                        bcc: bcc.list,
                        subject: row.get(4)?,
                        body: Document::empty(),
                        signature_chosen: row.get(6)?,
                        account_id: row.get::<_, Option<Id<_>>>(7)?.map(|id| id.0),
                        from_address: row.get(13)?,
                        attachments: Vec::new(),
                    };
                    let stored = Stored {
                        content,
                        revision: row.get(8)?,
                        status: row.get::<_, Name<DraftStatus>>(9)?.0,
                        in_bin: row.get(10)?,
                        updated_at: UnixMillis(row.get(11)?),
                        made_by: row.get::<_, Name<SaveCause>>(12)?.0,
                    };
                    Ok(Known {
                        seq: row.get(0)?,
                        id,
                        stored,
                        body: row.get(5)?,
                        is_salvaged: !is_whole,
                    })
                })
                .optional()
        })
        .explain()?;
    let Some(mut known) = found else {
        return Ok(None);
    };
    known.stored.content.attachments = attachments::of(connection, known.seq)?;
    match parse(&known.body) {
        Ok(body) => known.stored.content.body = body,
        Err(_) => {
            tracing::error!(draft = %id, "a stored text is not of the editor's schema");
            let words = Document::salvaged(&known.body);
            known.is_salvaged = true;
            known.body = write(&words)?;
            known.stored.content.body = words;
        }
    }
    Ok(Some(known))
}

/// Makes a draft of revision 1.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    id: DraftId,
    content: &Content,
    cause: SaveCause,
    now: UnixMillis,
) -> Result<()> {
    let body = write(&content.body)?;
    let seq = tx
        .prepare_cached(
            "INSERT INTO drafts
               (id, account_id, to_list, cc_list, bcc_list, subject, snippet, recipient_key,
                signature_id, signature_chosen, made_by, created_at, updated_at, body,
                from_address)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14)",
        )
        .and_then(|mut statement| {
            statement.insert(params![
                Id(id),
                content.account_id.map(Id),
                Json(&content.to),
                Json(&content.cc),
                Json(&content.bcc),
                content.subject,
                content.body.snippet(SNIPPET_CHARS),
                recipient_key(content),
                content.body.signature_id().map(Id),
                content.signature_chosen,
                Name(cause),
                now.0,
                body,
                content.from_address,
            ])
        })
        .explain()?;
    attachments::write(tx, seq, content, None)?;
    index::mark(tx, seq)
}

/// Makes `content` the draft's next revision, which this answers.
pub(crate) fn replace(
    tx: &Transaction<'_>,
    known: &Known,
    content: &Content,
    cause: SaveCause,
    now: UnixMillis,
) -> Result<u32> {
    let revision = known.stored.revision.saturating_add(1);
    let [to, cc, bcc] = [&content.to, &content.cc, &content.bcc].map(Json);
    let account = content.account_id.map(Id);
    let recipient = recipient_key(content);
    let cause = Name(cause);
    let mut values = params![
        known.seq,
        account,
        to,
        cc,
        bcc,
        content.subject,
        recipient,
        content.signature_chosen,
        cause,
        now.0,
        revision,
        content.from_address,
    ]
    .to_vec();
    let columns = "account_id = ?2, to_list = ?3, cc_list = ?4, bcc_list = ?5, subject = ?6,
        recipient_key = ?7, signature_chosen = ?8, made_by = ?9, updated_at = ?10, revision = ?11,
        from_address = ?12";
    if content.body == known.stored.content.body {
        tx.prepare_cached(&format!("UPDATE drafts SET {columns} WHERE seq = ?1"))
            .and_then(|mut statement| statement.execute(&*values))
            .explain()?;
    } else {
        // In one statement: each writes the whole row.
        let body = write(&content.body)?;
        let snippet = content.body.snippet(SNIPPET_CHARS);
        let signature = content.body.signature_id().map(Id);
        let text = params![body, snippet, signature];
        values.extend(text);
        tx.prepare_cached(&format!(
            "UPDATE drafts SET {columns}, body = ?13, snippet = ?14, signature_id = ?15
             WHERE seq = ?1"
        ))
        .and_then(|mut statement| statement.execute(&*values))
        .explain()?;
    }
    attachments::write(tx, known.seq, content, Some(&known.stored.content))?;
    index::mark(tx, known.seq)?;
    Ok(revision)
}

/// By whom a draft without a contact is sorted.
fn recipient_key(content: &Content) -> String {
    content.recipients().next().map_or(String::new(), |person| {
        match person.name.as_deref().map(str::trim) {
            Some(name) if !name.is_empty() => search_key(name),
            _ => search_key(&person.address),
        }
    })
}

impl Store {
    /// One draft, also from the bin, or `NOT_FOUND`.
    pub async fn get_draft(&self, id: DraftId) -> Result<Draft> {
        self.read(move |connection| get(connection, id)).await
    }
}
