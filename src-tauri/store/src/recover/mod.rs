//! A damaged database: the file is set aside, and a new one made of what can be read in it.
//!
//! SQLite refuses a file, or whole tables, for one bad page. So the pages are read here without
//! it ([`pages`]), each row for itself ([`tree`]), put into a new database of the same version
//! ([`fill`]), and mended into one the program can work with ([`mend`]). Compare SQLite's own
//! "Recovering Data From A Corrupt SQLite Database" (<https://www.sqlite.org/recovery.html>),
//! whose extension is not part of the library we build.
//!
//! The damaged file is only read, then renamed; nothing ever overwrites or deletes it. The change
//! from one file to the other can be killed at any moment: as long as the new one lies there
//! under the name it is finished under, the next start goes on where it was ([`finish`]).

mod fill;
mod mend;
mod pages;
mod tree;

use std::{
    fs,
    path::{Path, PathBuf},
};

use draftwell_core::{Result, UnixMillis, recovery::Recovery};
use rusqlite::Connection;

use crate::{
    Store, blobs,
    door::in_transaction,
    error::{Explain, from_sqlite, internal},
    files, meta,
    open::{self, FILE_NAME, MIGRATIONS},
};

/// The key of the table `meta` under which it stands what happened.
const TOLD: &str = "recovery";
/// A new database that only waits to be put in its place: this, then when it was made.
const FINISHED: &str = "draftwell.db.recovered-";

/// Since this version of the schema versions refer to a draft by the number of its row.
const NAMED_BY_NUMBER: usize = 3;

/// Sets the database in `dir` aside, which nobody may have open, and puts a new one in its place.
pub(crate) fn recover(dir: &Path, now: UnixMillis) -> Result<Recovery> {
    let path = dir.join(FILE_NAME);
    let name = free_name(dir, now)?;
    tracing::warn!("the database is damaged: it is set aside and a new one is made of it");
    let unfinished = dir.join("draftwell.db.recovering");
    let mut set_aside = dir.join(&name);
    if !path.exists() {
        // Only the log is left.
        set_aside = open::log_path(&set_aside);
    }
    let recovery = build_best(&path, &unfinished, &set_aside, now)?;
    files::finish(
        &unfinished,
        &dir.join(format!("{FINISHED}{}", suffix(&name))),
    )?;
    finish(dir)?;
    tracing::warn!(
        drafts = recovery.drafts,
        has_gaps = recovery.has_gaps,
        set_aside = name,
        "the database was recovered"
    );
    Ok(recovery)
}

/// Puts a recovered database in its place if a kill came before that was done.
pub(crate) fn finish(dir: &Path) -> Result<()> {
    let Some(finished) = finished(dir)? else {
        return Ok(());
    };
    let name = finished.file_name().unwrap_or_default().to_string_lossy();
    let aside = dir.join(format!("{FILE_NAME}.damaged-{}", suffix(&name)));
    let path = dir.join(FILE_NAME);
    for (from, to) in [
        (path.clone(), aside.clone()),
        // Under the name SQLite looks for beside the file.
        (open::log_path(&path), open::log_path(&aside)),
    ] {
        if from.exists() {
            fs::rename(&from, &to).explain()?;
        }
    }
    files::remove_if_there(&open::shared_path(&path))?;
    // The old log must be out of the way on the disk, too, before a new file takes its place.
    files::sync_dir(dir)?;
    fs::rename(&finished, &path).explain()?;
    files::sync_dir(dir)
}

fn finished(dir: &Path) -> Result<Option<PathBuf>> {
    let Ok(names) = fs::read_dir(dir) else {
        // A folder that can't be read is told by whoever opens the database.
        return Ok(None);
    };
    for name in names {
        let name = name.explain()?;
        if name.file_name().to_string_lossy().starts_with(FINISHED) {
            return Ok(Some(name.path()));
        }
    }
    Ok(None)
}

/// The part of a name after its last hyphen that begins the time.
fn suffix(name: &str) -> &str {
    name.strip_prefix(FINISHED)
        .or_else(|| name.strip_prefix("draftwell.db.damaged-"))
        .unwrap_or(name)
}

/// A name for the damaged file that no other has: `draftwell.db.damaged-2026-11-26T09-30-00Z`.
fn free_name(dir: &Path, now: UnixMillis) -> Result<String> {
    let time = jiff::Timestamp::from_millisecond(now.0).map_err(|_| internal())?;
    let name = format!(
        "{FILE_NAME}.damaged-{}",
        time.strftime("%Y-%m-%dT%H-%M-%SZ")
    );
    let candidates = (2..).map(|count| format!("{name}.{count}"));
    std::iter::once(name.clone())
        .chain(candidates)
        .find(|name| !dir.join(name).exists())
        .ok_or_else(internal)
}

/// Makes the new database. A file that doesn't say of which version it is is most likely of the
/// present one; if nothing in it fits that, a former one is tried.
fn build_best(damaged: &Path, path: &Path, set_aside: &Path, now: UnixMillis) -> Result<Recovery> {
    let trees = || -> Result<tree::Trees> {
        let pages = pages::Pages::open(damaged, &open::log_path(damaged)).explain()?;
        Ok(tree::Trees::of(pages))
    };
    // A number no version ever had is damage, too.
    let said = trees()?
        .version()
        .filter(|version| *version <= u32::from(u16::MAX));
    let newest = MIGRATIONS.len();
    let candidates: Vec<usize> = match said.map(|version| version as usize) {
        Some(version) if version > newest => return Err(open::newer()),
        Some(version @ 1..) => vec![version],
        _ => (1..=newest).rev().chain([newest]).collect(),
    };
    let last = candidates.len() - 1;
    for (place, version) in candidates.into_iter().enumerate() {
        open::remove_database(path)?;
        let recovery = build(trees()?, version, path, set_aside, now)?;
        if recovery.drafts > 0 || place == last {
            return Ok(recovery);
        }
    }
    Err(internal())
}

fn build(
    mut trees: tree::Trees,
    version: usize,
    path: &Path,
    set_aside: &Path,
    now: UnixMillis,
) -> Result<Recovery> {
    files::make_private_file(path)?;
    let mut connection = Connection::open(path).explain()?;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = OFF;")
        .explain()?;
    open::step(&mut connection, &MIGRATIONS[..version])?;
    let filled = in_transaction(&mut connection, |tx| fill::fill(tx, &mut trees))?;
    if version < NAMED_BY_NUMBER {
        in_transaction(&mut connection, fill::drafts_of_lone_versions)?;
    }
    open::step(&mut connection, MIGRATIONS)?;
    let recovery = in_transaction(&mut connection, |tx| {
        let partial = mend::mend(tx, now)?;
        blobs::mend(tx, path.parent().ok_or_else(internal)?, now)?;
        let drafts = tx
            .query_row(
                "SELECT count(*) FROM drafts WHERE deleted_at IS NULL AND status <> 'sent'",
                [],
                |row| row.get(0),
            )
            .explain()?;
        let recovery = Recovery {
            at: now,
            set_aside: set_aside.display().to_string(),
            drafts,
            has_gaps: trees.damaged() + filled.refused + partial > 0,
        };
        let told = serde_json::to_string(&recovery).map_err(|_| internal())?;
        meta::set(tx, TOLD, &told)?;
        Ok(recovery)
    })?;
    // The last one to close a database takes its log into it.
    connection
        .close()
        .map_err(|(_, error)| from_sqlite(&error))?;
    Ok(recovery)
}

impl Store {
    /// What was made of a damaged database, as long as the user hasn't said that it was read.
    pub async fn recovery(&self) -> Result<Option<Recovery>> {
        let told = self.read(|connection| meta::get(connection, TOLD)).await?;
        Ok(told.and_then(|told| serde_json::from_str(&told).ok()))
    }

    /// The user has read it.
    pub async fn forget_recovery(&self) -> Result<()> {
        self.write(|tx| meta::remove(tx, TOLD)).await
    }
}
