//! Removing files nobody refers to any more.
//!
//! A file is needed by a draft (also one in the bin) that has ever referred to it, since one of
//! its versions may still do, by a signature, and by a mail. What nothing needs is marked; what
//! was marked by an earlier run of the program and is still not needed goes. So an undo in an open
//! window always finds its file. The row goes first, then the file: a file without a row is found
//! by the next run, and goes too.

use std::collections::HashSet;

use draftwell_core::{
    Result, UnixMillis,
    document::{Document, DocumentJson},
};
use rusqlite::{Connection, Transaction, params};

use crate::{Store, error::Explain, sql::Json};

/// What nothing in the tables refers to. Signatures are few, and looked through in Rust.
const UNUSED: &str = "for_good = 0
    AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = blobs.hash)
    AND NOT EXISTS (SELECT 1 FROM emails WHERE emails.body_hash = blobs.hash)";

/// Images in signatures.
fn in_signatures(connection: &Connection) -> Result<HashSet<String>> {
    let bodies: Vec<Json<DocumentJson>> = connection
        .prepare_cached("SELECT body FROM signatures")
        .and_then(|mut bodies| bodies.query_map([], |row| row.get(0))?.collect())
        .explain()?;
    let mut hashes = HashSet::new();
    for Json(body) in bodies {
        hashes.extend(
            Document::parse(&body)?
                .image_hashes()
                .iter()
                .map(ToString::to_string),
        );
    }
    Ok(hashes)
}

fn hashes(connection: &Connection, condition: &str, before: UnixMillis) -> Result<Vec<String>> {
    connection
        .prepare_cached(&format!("SELECT hash FROM blobs WHERE {condition}"))
        .and_then(|mut hashes| hashes.query_map([before.0], |row| row.get(0))?.collect())
        .explain()
}

/// Marks and unmarks; answers what may be removed, its rows gone already.
fn collect(tx: &Transaction<'_>, started: UnixMillis, now: UnixMillis) -> Result<Vec<String>> {
    let signed = in_signatures(tx)?;
    tx.execute(
        &format!(
            "UPDATE blobs SET unused_since = NULL WHERE unused_since IS NOT NULL AND NOT ({UNUSED})"
        ),
        [],
    )
    .explain()?;
    let gone: Vec<String> = hashes(tx, &format!("unused_since < ?1 AND {UNUSED}"), started)?
        .into_iter()
        .filter(|hash| !signed.contains(hash))
        .collect();
    for hash in &gone {
        tx.prepare_cached("DELETE FROM blobs WHERE hash = ?1")
            .and_then(|mut statement| statement.execute([hash]))
            .explain()?;
    }
    let unmarked = format!("unused_since IS NULL AND created_at <= ?1 AND {UNUSED}");
    for hash in hashes(tx, &unmarked, now)? {
        if !signed.contains(&hash) {
            tx.prepare_cached("UPDATE blobs SET unused_since = ?2 WHERE hash = ?1")
                .and_then(|mut statement| statement.execute(params![hash, now.0]))
                .explain()?;
        }
    }
    Ok(gone)
}

impl Store {
    /// Removes files that nothing has needed since before this run of the program, which began at
    /// `started`, and leftovers of copies that were cut short. Answers how many rows went.
    pub async fn collect_blobs(&self, started: UnixMillis, now: UnixMillis) -> Result<usize> {
        let gone = self.write(move |tx| collect(tx, started, now)).await?;
        let folder = std::sync::Arc::clone(&self.inner.blobs);
        let count = gone.len();
        // On the writer's thread: whoever keeps the same bytes anew looks there whether the file
        // is still there, before or after this, and never in between.
        self.write(move |tx| {
            for hash in gone {
                let is_back = tx
                    .prepare_cached("SELECT 1 FROM blobs WHERE hash = ?1")
                    .and_then(|mut row| row.exists([&hash]))
                    .explain()?;
                if !is_back {
                    folder.remove(&hash)?;
                }
            }
            folder.sweep(started, &|hash| {
                tx.prepare_cached("SELECT 1 FROM blobs WHERE hash = ?1")
                    .and_then(|mut row| row.exists([hash]))
                    .explain()
            })
        })
        .await?;
        Ok(count)
    }
}
