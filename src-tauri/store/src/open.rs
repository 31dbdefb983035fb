//! Opening the database file: permissions, settings of a connection, a look whether it is sound,
//! and migrations, each after a backup.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use draftwell_core::{Code, Error, Result};
use rusqlite::{Connection, OpenFlags, backup::Backup, config::DbConfig};
use rusqlite_migration::{M, Migrations};

use crate::{
    error::{Explain, damaged, from_sqlite, internal},
    files, recover,
};

/// The database's name in the data folder.
pub const FILE_NAME: &str = "draftwell.db";

/// A larger file is looked through beside the work, not before it.
const LARGE_FILE: u64 = 32 * 1024 * 1024;

/// SQLite's smallest page; a database has at least one.
const SMALLEST_FILE: u64 = 512;

/// How long a statement waits for another program that holds the database.
const PATIENCE: Duration = Duration::from_secs(5);

/// All migrations, oldest first. Only ever added to: files of every former version are out there.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_sending.sql"),
    include_str!("../migrations/0003_versions.sql"),
    include_str!("../migrations/0004_attachments.sql"),
    include_str!("../migrations/0005_finding.sql"),
    include_str!("../migrations/0006_outbox_indexes.sql"),
    include_str!("../migrations/0007_names.sql"),
    include_str!("../migrations/0008_hidden_emails.sql"),
    include_str!("../migrations/0009_incoming.sql"),
    include_str!("../migrations/0010_aliases.sql"),
    include_str!("../migrations/0011_answering.sql"),
    include_str!("../migrations/0012_due_times.sql"),
    include_str!("../migrations/0013_unconfirmed_facts.sql"),
];

/// An opened database.
pub(crate) struct Opened {
    pub writer: Connection,
}

/// Opens or makes the database in `dir`, and brings it to the newest version.
pub(crate) fn open(dir: &Path) -> Result<Opened> {
    files::make_private_dir(dir)?;
    recover::finish(dir)?;
    let path = dir.join(FILE_NAME);
    let log_size = size_of(&log_path(&path));
    if !path.exists() && log_size == 0 {
        make(&path)?;
    }
    let size = size_of(&path);
    if size < SMALLEST_FILE {
        // Ours are never empty. SQLite would begin anew and throw away what the log still has.
        tracing::error!(size, "the database's file is cut off or gone");
        return Err(damaged());
    }
    let mut writer = connect(&path).map_err(|error| {
        // Nothing was asked that a sound file would not answer.
        if error == internal() {
            damaged()
        } else {
            error
        }
    })?;
    // SQLite removes its log when the last connection closes; one that is left means a kill or a
    // power cut. SQLite mends that by itself; the look is for disks that lied about it.
    if log_size > 0 && size <= LARGE_FILE {
        quick_check(&writer)?;
    }
    migrate(&mut writer, &path, MIGRATIONS)?;
    set_tidy_close(&writer, true);
    Ok(Opened { writer })
}

/// A connection that writes, and for now leaves the log as it is when it closes: what is damaged
/// must not be written to.
pub(crate) fn connect(path: &Path) -> Result<Connection> {
    let writer = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .explain()?;
    set_tidy_close(&writer, false);
    configure(&writer)?;
    writer
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;",
        )
        .explain()?;
    Ok(writer)
}

/// Makes an empty database under another name first, so that a kill never leaves an empty file
/// that looks like one that was lost.
fn make(path: &Path) -> Result<()> {
    let unfinished = with_ending(path, ".new");
    remove_database(&unfinished)?;
    files::make_private_file(&unfinished)?;
    let mut connection = connect(&unfinished)?;
    set_tidy_close(&connection, true);
    step(&mut connection, MIGRATIONS)?;
    connection
        .close()
        .map_err(|(_, error)| from_sqlite(&error))?;
    files::finish(&unfinished, path)
}

/// Whether a connection, if it is the last to close, takes the log into the database.
pub(crate) fn set_tidy_close(connection: &Connection, tidy: bool) {
    let set = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !tidy);
    if let Err(error) = set {
        tracing::warn!(code = ?error.sqlite_error_code(), "the log could not be kept");
    }
}

/// Removes a database that was never in use.
pub(crate) fn remove_database(path: &Path) -> Result<()> {
    for path in [path.to_owned(), log_path(path), shared_path(path)] {
        files::remove_if_there(&path)?;
    }
    Ok(())
}

fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// A connection that can't write.
pub(crate) fn open_reader(dir: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(
        dir.join(FILE_NAME),
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .explain()?;
    configure(&connection)?;
    connection
        .execute_batch("PRAGMA query_only = ON")
        .explain()?;
    Ok(connection)
}

fn configure(connection: &Connection) -> Result<()> {
    connection.busy_timeout(PATIENCE).explain()?;
    connection.set_prepared_statement_cache_capacity(64);
    connection
        // A damaged or forged file can't make SQLite call functions through its schema.
        .execute_batch("PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;")
        .explain()
}

/// Looks through the whole file, but not for what only a comparison of indexes with their tables
/// would show (SQLite documentation, `PRAGMA quick_check`).
pub(crate) fn quick_check(connection: &Connection) -> Result<()> {
    let answer: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .explain()?;
    if answer == "ok" {
        return Ok(());
    }
    tracing::error!("the database did not pass its check");
    Err(damaged())
}

/// Brings the database to the newest version, one transaction each. What is in it is copied to a
/// file beside it first.
pub(crate) fn migrate(writer: &mut Connection, path: &Path, all: &[&'static str]) -> Result<()> {
    let found: i64 = writer
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .explain()?;
    let newest = i64::try_from(all.len()).map_err(|_| internal())?;
    if found > newest {
        return Err(newer());
    }
    if found > 0 && found < newest {
        back_up(writer, path, found)?;
    }
    step(writer, all)
}

/// The file was made by a newer version than this one.
pub(crate) fn newer() -> Error {
    Error::new(
        Code::InternalError,
        "This data folder was used by a newer version of Draftwell. Install that version, \
         or choose another data folder.",
    )
}

/// The migrations themselves.
pub(crate) fn step(writer: &mut Connection, all: &[&'static str]) -> Result<()> {
    let steps = all.iter().map(|sql| M::up(sql)).collect();
    Migrations::new(steps)
        .to_latest(writer)
        .map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => from_sqlite(&err),
            _ => {
                tracing::error!("a migration of the database is not sound");
                internal()
            }
        })
}

/// Where the copy made before leaving version `version` is.
pub(crate) fn backup_path(path: &Path, version: i64) -> PathBuf {
    with_ending(path, &format!(".version-{version}.backup"))
}

fn back_up(from: &Connection, path: &Path, version: i64) -> Result<()> {
    let backup = backup_path(path, version);
    let unfinished = backup.with_extension("unfinished");
    files::remove_if_there(&unfinished)?;
    files::make_private_file(&unfinished)?;
    let mut to = Connection::open(&unfinished).explain()?;
    Backup::new(from, &mut to)
        .and_then(|copy| copy.run_to_completion(1000, Duration::ZERO, None))
        .explain()?;
    to.close().map_err(|(_, error)| from_sqlite(&error))?;
    files::finish(&unfinished, &backup)
}

/// SQLite's log of a database.
pub(crate) fn log_path(path: &Path) -> PathBuf {
    with_ending(path, "-wal")
}

/// The memory its connections share.
pub(crate) fn shared_path(path: &Path) -> PathBuf {
    with_ending(path, "-shm")
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
