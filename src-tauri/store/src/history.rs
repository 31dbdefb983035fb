//! The tables `history` and `history_people`: what was sent to and received from whom.
//!
//! An entry belongs to everybody it went to, or came from (`incoming` writes those). People are kept by address beside the contact they
//! are, so that a contact that is made later finds what was sent before, and what was sent to a
//! contact that is deleted stays.

use draftwell_core::{
    Result, UnixMillis,
    history::{HistoryEntry, HistoryPage, ListHistory},
    id::ContactId,
    outbox::Email,
};
use rusqlite::{Connection, Row, Transaction, params};

use crate::{
    Store, contacts,
    cursor::{Cursor, page_size},
    error::Explain,
    sql::{self, Id, Json, Name},
};

/// The list's name in its cursors.
const LIST: &str = "history";

/// Notes a mail that left. Its entry has the mail's own id.
pub(crate) fn add_sent(
    tx: &Transaction<'_>,
    email: &Email,
    snippet: &str,
    at: UnixMillis,
) -> Result<()> {
    let recipients: Vec<_> = email.to.iter().chain(&email.cc).chain(&email.bcc).collect();
    let entry = tx
        .prepare_cached(
            "INSERT INTO history
               (id, email_id, direction, recipients, subject, snippet, confirmed, at)
             VALUES (?1, ?1, 'sent', ?2, ?3, ?4, ?5, ?6)",
        )
        .and_then(|mut statement| {
            statement.insert(params![
                Id(email.id),
                Json(&recipients),
                email.subject,
                snippet,
                email.confirmed,
                at.0
            ])
        })
        .explain()?;
    for recipient in recipients {
        let key = recipient.key();
        let contact = contacts::by_address(tx, &key)?;
        add_person(tx, entry, &key, contact)?;
    }
    Ok(())
}

/// Whom an entry is about.
pub(crate) fn add_person(
    tx: &Transaction<'_>,
    entry: i64,
    key: &str,
    contact: Option<ContactId>,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO history_people (history, address_key, contact_id) VALUES (?1, ?2, ?3)
         ON CONFLICT (history, address_key) DO NOTHING",
    )
    .and_then(|mut statement| statement.execute(params![entry, key, contact.map(Id)]))
    .explain()
    .map(drop)
}

fn list(connection: &Connection, wanted: &ListHistory) -> Result<HistoryPage> {
    let size = page_size(wanted.limit)?;
    let last = match &wanted.cursor {
        Some(cursor) => Cursor::<i64>::read(cursor, LIST)?,
        None => Cursor {
            list: LIST.to_owned(),
            key: i64::MAX,
            seq: i64::MAX,
        },
    };
    let contact = wanted.contact_id.map(Id);
    // Of several contacts the one asked for is named, else any of them.
    let mut rows: Vec<(HistoryEntry, i64)> = connection
        .prepare_cached(
            "SELECT h.id, coalesce(?1, (SELECT contact_id FROM history_people p
                                        WHERE p.history = h.seq AND contact_id IS NOT NULL
                                        ORDER BY address_key LIMIT 1)),
                    coalesce(h.email_id, h.answers), h.direction, h.recipients, h.subject, h.snippet, h.confirmed,
                    h.at, h.seq,
                    coalesce((SELECT provider_message_id LIKE 'practice/%' FROM emails
                              WHERE emails.id = h.email_id), 0),
                    h.kind, h.sender
             FROM history h
             WHERE (?1 IS NULL OR h.seq IN (SELECT history FROM history_people
                                            WHERE contact_id = ?1))
               AND (h.at, h.seq) < (?2, ?3)
             ORDER BY h.at DESC, h.seq DESC LIMIT ?4",
        )
        .and_then(|mut entries| {
            let limit = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
            entries
                .query_map(params![contact, last.key, last.seq, limit], from_row)?
                .collect()
        })
        .explain()?;
    let has_more = rows.len() > size;
    rows.truncate(size);
    let next_cursor = rows.last().filter(|_| has_more).map(|(entry, seq)| {
        let last = Cursor {
            list: LIST.to_owned(),
            key: entry.at.0,
            seq: *seq,
        };
        last.write()
    });
    let items = rows.into_iter().map(|(entry, _)| entry).collect();
    Ok(HistoryPage { items, next_cursor })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<(HistoryEntry, i64)> {
    let entry = HistoryEntry {
        id: row.get::<_, Id<_>>(0)?.0,
        contact_id: row.get::<_, Option<Id<_>>>(1)?.map(|id| id.0),
        email_id: row.get::<_, Option<Id<_>>>(2)?.map(|id| id.0),
        direction: row.get::<_, Name<_>>(3)?.0,
        kind: row.get::<_, Option<Name<_>>>(11)?.map(|kind| kind.0),
        sender: row.get::<_, Option<Json<_>>>(12)?.map(|sender| sender.0),
        recipients: row.get::<_, Json<_>>(4)?.0,
        subject: row.get(5)?,
        snippet: row.get(6)?,
        confirmed: row.get(7)?,
        is_practice: row.get(10)?,
        at: UnixMillis(row.get(8)?),
    };
    Ok((entry, row.get(9)?))
}

/// Whether the program can read this row.
pub(crate) fn is_readable(connection: &Connection, seq: i64) -> bool {
    let select =
        "SELECT id, NULL, email_id, direction, recipients, subject, snippet, confirmed, at, seq, 0,
                kind, sender
                  FROM history WHERE seq = ?1";
    sql::is_readable(connection, select, seq, from_row)
}

impl Store {
    /// One page of history, newest first.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `limit` or `cursor`.
    pub async fn list_history(&self, wanted: ListHistory) -> Result<HistoryPage> {
        self.read(move |connection| list(connection, &wanted)).await
    }
}
