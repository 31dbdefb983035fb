//! The search index of the drafts, and the list of those it has yet to take in.
//!
//! A save only notes that the draft's words changed. They are brought into the index before the
//! next search, so that it finds what was saved before it, and when nobody writes for a while.

use draftwell_core::{
    Result,
    address::Mailbox,
    document::{Document, DocumentJson},
};
use rusqlite::{Connection, Row, Transaction, params};

use crate::{Store, error::Explain, search, sql::Json};

/// So many drafts are taken in at a time; saves come in between.
const AT_A_TIME: u32 = 50;

/// Notes that a draft's words changed.
pub(super) fn mark(tx: &Transaction<'_>, seq: i64) -> Result<()> {
    tx.prepare_cached("INSERT INTO drafts_to_index (seq) VALUES (?1) ON CONFLICT DO NOTHING")
        .and_then(|mut statement| statement.execute([seq]))
        .explain()
        .map(drop)
}

/// The words of a draft.
struct Words {
    seq: i64,
    subject: String,
    recipients: String,
    text: String,
}

fn words(row: &Row<'_>) -> rusqlite::Result<Words> {
    let mut recipients = String::new();
    for column in 2..=4 {
        for person in row.get::<_, Json<Vec<Mailbox>>>(column)?.0 {
            recipients.push_str(person.name.as_deref().unwrap_or_default());
            recipients.push(' ');
            recipients.push_str(&person.address);
            recipients.push(' ');
        }
    }
    let Json(body) = row.get::<_, Json<DocumentJson>>(5)?;
    Ok(Words {
        seq: row.get(0)?,
        subject: row.get(1)?,
        recipients,
        text: Document::parse(&body).map_or(String::new(), |body| body.plain_text()),
    })
}

/// Takes in some of the drafts that were noted; answers whether there are more.
pub(crate) fn catch_up(tx: &Transaction<'_>) -> Result<bool> {
    let some: Vec<Words> = tx
        .prepare_cached(
            "SELECT d.seq, d.subject, d.to_list, d.cc_list, d.bcc_list, d.body
             FROM drafts_to_index JOIN drafts d USING (seq) LIMIT ?1",
        )
        .and_then(|mut drafts| drafts.query_map([AT_A_TIME], words)?.collect())
        .explain()?;
    for draft in &some {
        tx.prepare_cached(
            "INSERT OR REPLACE INTO drafts_fts (rowid, subject, recipients, body)
             VALUES (?1, ?2, ?3, ?4)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                draft.seq,
                search::indexed(&draft.subject),
                search::indexed(&draft.recipients),
                search::indexed(&draft.text)
            ])
        })
        .explain()?;
        tx.prepare_cached("DELETE FROM drafts_to_index WHERE seq = ?1")
            .and_then(|mut statement| statement.execute([draft.seq]))
            .explain()?;
    }
    is_behind(tx)
}

fn is_behind(connection: &Connection) -> Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM drafts_to_index)")
        .and_then(|mut any| any.query_row([], |row| row.get(0)))
        .explain()
}

impl Store {
    /// Brings the index up to what is stored.
    pub(super) async fn index_drafts(&self) -> Result<()> {
        while self.read(is_behind).await? {
            self.write(catch_up).await?;
        }
        Ok(())
    }
}
