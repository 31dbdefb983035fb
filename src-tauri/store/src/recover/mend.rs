//! Makes a database of rows that were found one the program can work with: no text without its
//! draft, no draft the program can't read, nothing that refers to what is gone.

use draftwell_core::{
    Result, UnixMillis,
    document::Document,
    draft::{Content, SaveCause},
    fingerprint,
    id::DraftId,
};
use rusqlite::{Connection, Transaction, params};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{drafts, error::Explain, outbox, versions};

/// Mends a database of the newest version. Answers how many rows gave only a part of themselves.
pub(super) fn mend(tx: &Transaction<'_>, now: UnixMillis) -> Result<usize> {
    let mut partial = readable_drafts(tx, now)?;
    partial += versions::mend(tx)?;
    for (table, is_readable) in [
        (
            "emails",
            outbox::is_readable as fn(&Connection, i64) -> bool,
        ),
        ("contacts", crate::contacts::is_readable),
        ("signatures", crate::signatures::is_readable),
        ("accounts", crate::accounts::is_readable),
        ("history", crate::history::is_readable),
    ] {
        for seq in all(tx, table)? {
            if !is_readable(tx, seq) {
                tx.execute(&format!("DELETE FROM {table} WHERE seq = ?1"), [seq])
                    .explain()?;
                partial += 1;
            }
        }
    }
    partial += drafts_of_lone_versions(tx)?;
    mend_references(tx)?;
    tx.execute_batch(
        // Its place in the outbox is lost, and with it whether it has left.
        "UPDATE drafts SET status = 'failed', error_code = 'SEND_OUTCOME_UNKNOWN',
           error_message = 'What became of this mail was lost with the damaged database. Look in \
                            your Sent folder before you send it again.'
         WHERE status = 'queued' AND NOT EXISTS
           (SELECT 1 FROM emails WHERE draft_id = drafts.id
              AND status IN ('scheduled', 'queued', 'transmitting', 'unknown'));
         DELETE FROM drafts_to_index;
         INSERT INTO drafts_to_index (seq) SELECT seq FROM drafts;",
    )
    .explain()?;
    Ok(partial)
}

fn all(connection: &Connection, table: &str) -> Result<Vec<i64>> {
    connection
        .prepare(&format!("SELECT seq FROM {table} ORDER BY seq"))
        .and_then(|mut rows| rows.query_map([], |row| row.get(0))?.collect())
        .explain()
}

/// A draft the program can't read becomes one that has its words.
fn readable_drafts(tx: &Transaction<'_>, now: UnixMillis) -> Result<usize> {
    let mut partial = 0;
    for seq in all(tx, "drafts")? {
        if drafts::is_readable(tx, seq) {
            continue;
        }
        partial += 1;
        let (id, subject, lists, body, files) = tx
            .query_row(
                "SELECT id, subject, to_list, cc_list, bcc_list, body,
                   coalesce((SELECT list FROM draft_attachments WHERE draft = seq), '')
                 FROM drafts WHERE seq = ?1",
                [seq],
                |row| {
                    let lists: [String; 3] = [row.get(2)?, row.get(3)?, row.get(4)?];
                    Ok((
                        row.get::<_, String>(0)?,
                        row.get::<_, String>(1)?,
                        lists,
                        row.get::<_, String>(5)?,
                        row.get::<_, String>(6)?,
                    ))
                },
            )
            .explain()?;
        let [to, cc, bcc] = lists.each_ref().map(|list| or_empty(list));
        let content = Content {
            to,
            cc,
            bcc,
            subject: subject.replace(char::is_control, " "),
            body: readable(&body),
            attachments: or_empty(&files),
            ..Content::default()
        };
        tx.execute("DELETE FROM drafts WHERE seq = ?1", [seq])
            .explain()?;
        if content.is_blank() {
            continue;
        }
        let known: Result<Uuid, _> = id.parse();
        let id = known.unwrap_or_else(|_| id_of(&format!("{id}{subject}{body}")));
        drafts::insert(tx, DraftId(id), &content, SaveCause::Typing, now)?;
    }
    Ok(partial)
}

/// A draft that is lost lives on in its newest version, as a draft with another identifier: what
/// it was called is lost with it.
fn drafts_of_lone_versions(tx: &Transaction<'_>) -> Result<usize> {
    let lost: Vec<i64> = tx
        .prepare(
            "SELECT DISTINCT draft FROM draft_versions
             WHERE draft NOT IN (SELECT seq FROM drafts)",
        )
        .and_then(|mut rows| rows.query_map([], |row| row.get(0))?.collect())
        .explain()?;
    for seq in &lost {
        let Some((revision, at, content)) = versions::newest(tx, *seq)? else {
            continue;
        };
        let id = DraftId(id_of(&format!("{seq} {} {}", at.0, content.subject)));
        drafts::insert(tx, id, &content, SaveCause::Typing, at)?;
        tx.execute(
            "UPDATE drafts SET seq = ?2, revision = ?3 WHERE id = ?1",
            params![id.to_string(), seq, revision],
        )
        .explain()?;
    }
    Ok(lost.len())
}

/// References to rows that are lost: taken out where they may be, else the row goes.
fn mend_references(tx: &Transaction<'_>) -> Result<()> {
    let broken: Vec<(String, Option<i64>, String, String)> = tx
        .prepare(
            "SELECT v.\"table\", v.rowid, f.\"from\", f.on_delete
             FROM pragma_foreign_key_check() v
             JOIN pragma_foreign_key_list(v.\"table\") f ON f.id = v.fkid",
        )
        .and_then(|mut rows| {
            rows.query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect()
        })
        .explain()?;
    for (table, rowid, column, on_delete) in broken {
        match rowid {
            Some(rowid) if on_delete == "SET NULL" => tx
                .execute(
                    &format!("UPDATE \"{table}\" SET \"{column}\" = NULL WHERE rowid = ?1"),
                    [rowid],
                )
                .explain()?,
            Some(rowid) => tx
                .execute(
                    &format!("DELETE FROM \"{table}\" WHERE rowid = ?1"),
                    [rowid],
                )
                .explain()?,
            None => 0,
        };
    }
    // The tables without numbered rows that refer to others.
    tx.execute_batch(
        "DELETE FROM history_people WHERE history NOT IN (SELECT seq FROM history);
         UPDATE history_people SET contact_id = NULL
           WHERE contact_id NOT IN (SELECT id FROM contacts);
         DELETE FROM blob_uses WHERE draft NOT IN (SELECT seq FROM drafts);
         DELETE FROM mailboxes WHERE account_id NOT IN (SELECT id FROM accounts);",
    )
    .explain()
}

fn or_empty<T: DeserializeOwned>(json: &str) -> Vec<T> {
    serde_json::from_str(json).unwrap_or_default()
}

/// A stored text, whole or what is left of it.
fn readable(body: &str) -> Document {
    serde_json::from_str(body)
        .ok()
        .and_then(|json| Document::parse(&json).ok())
        .unwrap_or_else(|| Document::salvaged(body))
}

/// An identifier for what has lost its own; the same for the same text.
fn id_of(text: &str) -> Uuid {
    let digest = fingerprint(text.as_bytes());
    Uuid::parse_str(&digest[..32]).unwrap_or_default()
}
