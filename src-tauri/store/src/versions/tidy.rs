//! Thinning versions with age, and removing keyframes nobody refers to any more.
//!
//! What may go is decided by [`draftwell_core::draft::thin`]. It is done when nobody writes, some
//! versions at a time and each time in a transaction that leaves everything sound: a kill between
//! two of them only means that there is still something to do.

use std::collections::HashSet;

use draftwell_core::{
    Result, UnixMillis,
    draft::{Aged, thin},
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::{Store, error::Explain};

/// So many versions go at a time; saves come in between.
const AT_A_TIME: usize = 200;

/// Notes that a draft will have versions to thin at `due`.
pub(super) fn mark(tx: &Transaction<'_>, draft: i64, due: UnixMillis) -> Result<()> {
    // An earlier time stands. One from a clock that was ahead gives way.
    tx.prepare_cached(
        "INSERT INTO versions_to_thin (draft, due_at) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < due_at",
    )
    .and_then(|mut statement| statement.execute(params![draft, due.0]))
    .explain()
    .map(drop)
}

struct Row {
    seq: i64,
    keyframe: i64,
    aged: Aged,
}

/// Thins the versions of one draft, some of them; answers whether there is more to do at `now`.
pub(crate) fn thin_some(tx: &Transaction<'_>, now: UnixMillis) -> Result<bool> {
    let draft: Option<i64> = tx
        .prepare_cached(
            "SELECT draft FROM versions_to_thin WHERE due_at <= ?1 ORDER BY due_at LIMIT 1",
        )
        .and_then(|mut due| due.query_row([now.0], |row| row.get(0)).optional())
        .explain()?;
    let Some(draft) = draft else {
        return Ok(false);
    };
    let versions = versions_of(tx, draft)?;
    let aged: Vec<Aged> = versions.iter().map(|version| version.aged).collect();
    let mut thinned = thin(now, &aged);
    let is_all = thinned.drop.len() <= AT_A_TIME;
    thinned.drop.truncate(AT_A_TIME);
    let gone: HashSet<usize> = thinned.drop.into_iter().collect();
    for place in &gone {
        delete(
            tx,
            "DELETE FROM draft_versions WHERE seq = ?1",
            versions[*place].seq,
        )?;
    }
    let used: HashSet<i64> = versions
        .iter()
        .enumerate()
        .filter(|(place, _)| !gone.contains(place))
        .map(|(_, version)| version.keyframe)
        .collect();
    for keyframe in keyframes_of(tx, draft)? {
        if !used.contains(&keyframe) {
            delete(tx, "DELETE FROM version_keyframes WHERE seq = ?1", keyframe)?;
        }
    }
    if !is_all {
        return Ok(true);
    }
    match thinned.next {
        Some(next) => tx
            .execute(
                "UPDATE versions_to_thin SET due_at = ?2 WHERE draft = ?1",
                params![draft, next.0],
            )
            .explain()
            .map(drop)?,
        None => delete(tx, "DELETE FROM versions_to_thin WHERE draft = ?1", draft)?,
    }
    // The other drafts have their turn next.
    Ok(true)
}

fn versions_of(connection: &Connection, draft: i64) -> Result<Vec<Row>> {
    connection
        .prepare_cached(
            "SELECT seq, keyframe, created_at, for_good FROM draft_versions
             WHERE draft = ?1 ORDER BY seq",
        )
        .and_then(|mut versions| {
            versions
                .query_map([draft], |row| {
                    Ok(Row {
                        seq: row.get(0)?,
                        keyframe: row.get(1)?,
                        aged: Aged {
                            at: UnixMillis(row.get(2)?),
                            for_good: row.get(3)?,
                        },
                    })
                })?
                .collect()
        })
        .explain()
}

fn keyframes_of(connection: &Connection, draft: i64) -> Result<Vec<i64>> {
    connection
        .prepare_cached("SELECT seq FROM version_keyframes WHERE draft = ?1")
        .and_then(|mut keyframes| keyframes.query_map([draft], |row| row.get(0))?.collect())
        .explain()
}

fn delete(tx: &Transaction<'_>, sql: &str, key: i64) -> Result<()> {
    tx.prepare_cached(sql)
        .and_then(|mut statement| statement.execute([key]))
        .explain()
        .map(drop)
}

impl Store {
    /// Tells the store what time it is: once nobody writes, versions that are too many by now are
    /// thinned. To be called now and then.
    pub fn tidy(&self, now: UnixMillis) {
        self.inner.heard(now);
    }

    /// Thins versions at once, before anything else is written: for tests.
    pub async fn thin_versions(&self, now: UnixMillis) -> Result<()> {
        while self.write(move |tx| thin_some(tx, now)).await? {}
        Ok(())
    }
}
