//! The tables `history` and `history_people`: what was sent to and received from whom.

use draftwell_core::{
    Result, UnixMillis,
    history::{Direction, HistoryEntry, HistoryPage, ListHistory},
    id::{ContactId, HistoryId},
    outbox::Email,
};
use rusqlite::{Connection, Row, Transaction, params};

use crate::{
    Store, contacts,
    cursor::{Cursor, page_size},
    error::Explain,
    sql::{Id, Json, Name},
};

const LIST: &str = "history";

/// Notes a mail that left. Its entry has the mail's own id, so that it can't be noted twice.
pub(crate) fn add_sent(
    tx: &Transaction<'_>,
    email: &Email,
    snippet: &str,
    at: UnixMillis,
) -> Result<()> {
    let people: Vec<_> = email.to.iter().chain(&email.cc).chain(&email.bcc).collect();
    tx.execute(
        "INSERT INTO history (id, email_id, direction, recipients, subject, snippet, confirmed, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            Id(HistoryId(email.id.0)),
            Id(email.id),
            Name(Direction::Sent),
            Json(&people),
            email.subject,
            snippet,
            email.confirmed,
            at.0
        ],
    )
    .explain()?;
    let entry = tx.last_insert_rowid();
    for person in people {
        tx.execute(
            "INSERT INTO history_people (history, address_key, contact_id) VALUES (?1, ?2, ?3)
             ON CONFLICT (history, address_key) DO NOTHING",
            params![
                entry,
                person.key(),
                contacts::by_address(tx, &person.key())?.map(Id)
            ],
        )
        .explain()?;
    }
    Ok(())
}

/// A row, its number, and by what it is sorted.
fn from_row(row: &Row<'_>) -> rusqlite::Result<(HistoryEntry, i64)> {
    let entry = HistoryEntry {
        id: row.get::<_, Id<_>>(0)?.0,
        contact_id: row.get::<_, Option<Id<ContactId>>>(1)?.map(|id| id.0),
        email_id: row.get::<_, Option<Id<_>>>(2)?.map(|id| id.0),
        direction: row.get::<_, Name<_>>(3)?.0,
        recipients: row.get::<_, Json<_>>(4)?.0,
        subject: row.get(5)?,
        snippet: row.get(6)?,
        confirmed: row.get(7)?,
        at: UnixMillis(row.get(8)?),
    };
    Ok((entry, row.get(9)?))
}

fn list(connection: &Connection, args: &ListHistory) -> Result<HistoryPage> {
    let size = page_size(args.limit)?;
    let after = args
        .cursor
        .as_deref()
        .map(|text| Cursor::<i64>::read(text, LIST))
        .transpose()?;
    let (at, seq) = after.map_or((i64::MAX, i64::MAX), |cursor| (cursor.key, cursor.seq));
    let contact = args.contact_id.map(Id);
    let mut rows: Vec<(HistoryEntry, i64)> = connection
        .prepare_cached(
            "SELECT h.id,
                    (SELECT p.contact_id FROM history_people p
                     WHERE p.history = h.seq AND p.contact_id IS NOT NULL
                     ORDER BY p.contact_id IS NOT ?1 LIMIT 1),
                    h.email_id, h.direction, h.recipients, h.subject, h.snippet, h.confirmed, h.at,
                    h.seq
             FROM history h
             WHERE (h.at, h.seq) < (?2, ?3)
               AND (?1 IS NULL OR EXISTS (
                     SELECT 1 FROM history_people p
                     LEFT JOIN contacts c ON c.address_key = p.address_key
                     WHERE p.history = h.seq AND (p.contact_id = ?1 OR c.id = ?1)))
             ORDER BY h.at DESC, h.seq DESC LIMIT ?4",
        )
        .and_then(|mut entries| {
            // One more than asked for tells whether there is a next page.
            entries
                .query_map(params![contact, at, seq, (size + 1) as i64], from_row)?
                .collect()
        })
        .explain()?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next_cursor = rows.last().filter(|_| more).map(|(entry, seq)| {
        Cursor {
            list: LIST.to_owned(),
            key: entry.at.0,
            seq: *seq,
        }
        .write()
    });
    Ok(HistoryPage {
        items: rows.into_iter().map(|(entry, _)| entry).collect(),
        next_cursor,
    })
}

impl Store {
    /// What was sent and received, newest first, page by page.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `cursor` or `limit`.
    pub async fn list_history(&self, args: ListHistory) -> Result<HistoryPage> {
        self.read(move |connection| list(connection, &args)).await
    }
}
