//! The search index of the drafts, and the list of those it has yet to take in.
//!
//! A save only notes that the draft's words changed. They are brought into the index before the
//! next search, so that it finds what was saved before it, and when nobody writes for a while.
//! After a migration or a recovery that can be all of many thousands: then a search waits for a
//! few, those changed last, and says how many are left; they follow between the saves.

use std::sync::atomic::Ordering;

use draftwell_core::{
    Result,
    address::Mailbox,
    document::{Document, DocumentJson},
    search,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{
    Store,
    error::{Explain, internal},
    sql::Members,
};

/// The indexes. Both number a draft's row by its place.
pub(super) const TABLES: [&str; 2] = ["drafts_fts", "draft_heads_fts"];

/// So many drafts are taken in at a time; saves come in between.
const AT_A_TIME: u32 = 50;
/// And not many more bytes: a long draft takes as long as many short ones.
const BYTES_AT_A_TIME: usize = 256 * 1024;
/// So many times a search waits for.
const TIMES_BEFORE_A_SEARCH: usize = 4;

/// Notes that a draft's words changed.
pub(super) fn mark(tx: &Transaction<'_>, seq: i64) -> Result<()> {
    tx.prepare_cached("INSERT INTO drafts_to_index (seq) VALUES (?1) ON CONFLICT DO NOTHING")
        .and_then(|mut statement| statement.execute([seq]))
        .explain()
        .map(drop)
}

/// The words of a draft.
struct Words {
    updated_at: i64,
    subject: String,
    recipients: String,
    text: String,
}

fn words(row: &Row<'_>) -> rusqlite::Result<Words> {
    let mut recipients = String::new();
    for column in 2..=4 {
        for person in row.get::<_, Members<Mailbox>>(column)?.list {
            recipients.push_str(&recipient(&person));
            recipients.push('\n');
        }
    }
    let body: String = row.get(5)?;
    let document = serde_json::from_str(&body).ok();
    let document = document.and_then(|json: DocumentJson| Document::parse(&json).ok());
    Ok(Words {
        updated_at: row.get(0)?,
        subject: row.get(1)?,
        recipients,
        text: document
            .unwrap_or_else(|| Document::salvaged(&body))
            .plain_text(),
    })
}

/// Somebody as they are found.
pub(super) fn recipient(person: &Mailbox) -> String {
    match person.name.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => format!("{name} <{}>", person.address),
        _ => person.address.clone(),
    }
}

/// The place of a draft in the index: later changes have higher ones, at equal times later drafts.
fn place(updated_at: i64, seq: i64) -> i64 {
    const BITS: u32 = 20;
    // Far beyond any time, and never beyond what a number holds.
    let millis = updated_at.clamp(0, (1 << (62 - BITS)) - 1);
    (millis << BITS) | (seq & ((1 << BITS) - 1))
}

/// Takes a draft in; answers how many bytes that were.
fn take_in(tx: &Transaction<'_>, seq: i64) -> Result<usize> {
    let words = tx
        .prepare_cached(
            "SELECT updated_at, subject, to_list, cc_list, bcc_list, body
             FROM drafts WHERE seq = ?1",
        )
        .and_then(|mut draft| draft.query_row([seq], words))
        .explain()?;
    let former: Option<i64> = tx
        .prepare_cached("SELECT place FROM draft_places WHERE draft = ?1")
        .and_then(|mut place| place.query_row([seq], |row| row.get(0)).optional())
        .explain()?;
    let [subject, recipients, text] =
        [&words.subject, &words.recipients, &words.text].map(|text| search::indexed(text));
    let put = || -> rusqlite::Result<()> {
        if let Some(former) = former {
            for index in TABLES {
                tx.prepare_cached(&format!("DELETE FROM {index} WHERE rowid = ?1"))?
                    .execute([former])?;
            }
        }
        let mut place = place(words.updated_at, seq);
        // A million drafts further one has the same end.
        while is_anothers(tx, place, seq)? {
            place += 1;
        }
        tx.prepare_cached(
            "INSERT INTO draft_places (place, draft) VALUES (?1, ?2)
             ON CONFLICT (draft) DO UPDATE SET place = excluded.place",
        )?
        .execute([place, seq])?;
        tx.prepare_cached(
            "INSERT INTO drafts_fts (rowid, subject, recipients, body) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![place, subject, recipients, text])?;
        tx.prepare_cached(
            "INSERT INTO draft_heads_fts (rowid, subject, recipients) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![place, subject, recipients])?;
        tx.prepare_cached("DELETE FROM drafts_to_index WHERE seq = ?1")?
            .execute([seq])?;
        Ok(())
    };
    put().explain()?;
    Ok(text.len())
}

fn is_anothers(tx: &Transaction<'_>, place: i64, seq: i64) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT 1 FROM draft_places WHERE place = ?1 AND draft <> ?2")?
        .exists([place, seq])
}

/// Takes in some of the drafts that were noted; answers whether there are more.
pub(crate) fn catch_up(tx: &Transaction<'_>) -> Result<bool> {
    // Those changed last first, as far as that is known without looking at all of them: what is
    // searched for is mostly new.
    let mut some = seqs(
        tx,
        "SELECT seq FROM (SELECT seq FROM drafts WHERE deleted_at IS NULL AND status <> 'sent'
                          ORDER BY updated_at DESC, seq DESC LIMIT ?1)
         JOIN drafts_to_index USING (seq)",
    )?;
    if some.is_empty() {
        some = seqs(
            tx,
            "SELECT seq FROM drafts_to_index ORDER BY seq DESC LIMIT ?1",
        )?;
    }
    let mut bytes = 0;
    for seq in some {
        bytes += match take_in(tx, seq) {
            // Trying again would find the same, and nothing after it would ever be taken in.
            Err(error) if error == internal() => {
                tracing::error!(seq, "a draft can't be read, so no search finds it");
                tx.execute("DELETE FROM drafts_to_index WHERE seq = ?1", [seq])
                    .explain()?;
                0
            }
            taken => taken?,
        };
        if bytes > BYTES_AT_A_TIME {
            break;
        }
    }
    is_behind(tx)
}

fn seqs(tx: &Transaction<'_>, sql: &str) -> Result<Vec<i64>> {
    tx.prepare_cached(sql)
        .and_then(|mut drafts| drafts.query_map([AT_A_TIME], |row| row.get(0))?.collect())
        .explain()
}

/// Whether drafts were changed that are not in the index as they are.
pub(super) fn is_behind(connection: &Connection) -> Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM drafts_to_index)")
        .and_then(|mut any| any.query_row([], |row| row.get(0)))
        .explain()
}

/// How many drafts are not in the index as they are.
pub(super) fn waiting(connection: &Connection) -> Result<u32> {
    connection
        .prepare_cached("SELECT count(*) FROM drafts_to_index")
        .and_then(|mut count| count.query_row([], |row| row.get(0)))
        .explain()
}

impl Store {
    /// Brings the index up to what is stored, or at least those changed last. The rest is done
    /// then whenever nothing else is to be written.
    pub(super) async fn index_drafts(&self) -> Result<()> {
        for _ in 0..TIMES_BEFORE_A_SEARCH {
            if !self.write_derived(catch_up).await? {
                return Ok(());
            }
        }
        self.inner.hurry.store(true, Ordering::Relaxed);
        // Any job makes the writer look again what there is to do.
        self.inner.writer.tell(|_| Ok(()))
    }
}
