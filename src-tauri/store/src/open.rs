//! Opening the database file: permissions, settings of a connection, a look whether it is sound,
//! and migrations, each after a backup.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use draftwell_core::{Code, Error, Result};
use rusqlite::{Connection, OpenFlags, backup::Backup};
use rusqlite_migration::{M, Migrations};

use crate::{
    error::{Explain, damaged, from_sqlite, internal},
    files,
};

/// The database's name in the data folder.
pub const FILE_NAME: &str = "draftwell.db";

/// A larger file is looked through beside the work, not before it.
const LARGE_FILE: u64 = 32 * 1024 * 1024;

/// How long a statement waits for another program that holds the database.
const PATIENCE: Duration = Duration::from_secs(5);

/// All migrations, oldest first. Only ever added to: files of every former version are out there.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_sending.sql"),
    include_str!("../migrations/0003_versions.sql"),
];

/// An opened database.
pub(crate) struct Opened {
    pub writer: Connection,
    /// The last run did not close it, and it is too large to have been looked through already.
    pub check_later: bool,
}

/// Opens or makes the database in `dir`, and brings it to the newest version.
pub(crate) fn open(dir: &Path) -> Result<Opened> {
    files::make_private_dir(dir)?;
    let path = dir.join(FILE_NAME);
    let size = fs::metadata(&path).map_or(0, |file| file.len());
    // SQLite removes its log when the last connection closes; one that is left means a kill or a
    // power cut. SQLite mends that by itself; the look is for disks that lied about it.
    let was_closed = fs::metadata(log_path(&path)).map_or(0, |file| file.len()) == 0;
    files::make_private_file(&path)?;
    let mut writer = Connection::open_with_flags(
        &path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .explain()?;
    configure(&writer)?;
    writer
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;",
        )
        .explain()?;
    let check = size > 0 && !was_closed;
    let check_later = check && size > LARGE_FILE;
    if check && !check_later {
        quick_check(&writer)?;
    }
    migrate(&mut writer, &path, MIGRATIONS)?;
    Ok(Opened {
        writer,
        check_later,
    })
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
        return Err(Error::new(
            Code::InternalError,
            "This data folder was used by a newer version of Draftwell. Install that version, \
             or choose another data folder.",
        ));
    }
    if found > 0 && found < newest {
        back_up(writer, path, found)?;
    }
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
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".version-{version}.backup"));
    PathBuf::from(name)
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

fn log_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}
