//! What SQLite and the file system complain about, in the words of our errors.
//!
//! The cause goes to the log, without the values that were to be stored: they are people's texts.

use draftwell_core::{Code, Error};
use rusqlite::ErrorCode;

/// Errors of the database as ours.
pub(crate) trait Explain<T> {
    /// The error for people; the cause is logged.
    fn explain(self) -> Result<T, Error>;
}

impl<T> Explain<T> for rusqlite::Result<T> {
    fn explain(self) -> Result<T, Error> {
        self.map_err(|error| from_sqlite(&error))
    }
}

impl<T> Explain<T> for std::io::Result<T> {
    fn explain(self) -> Result<T, Error> {
        self.map_err(|error| from_io(&error))
    }
}

/// A database error for people.
pub(crate) fn from_sqlite(error: &rusqlite::Error) -> Error {
    let Some(failure) = error.sqlite_error() else {
        tracing::error!(kind = kind(error), "the database gave an unexpected answer");
        return match error {
            // Only UTF-8 is ever stored: other bytes were changed on the disk.
            rusqlite::Error::Utf8Error(..) => damaged(),
            _ => internal(),
        };
    };
    tracing::error!(
        code = failure.extended_code,
        meaning = rusqlite::ffi::code_to_str(failure.extended_code),
        "the database refused"
    );
    match failure.code {
        ErrorCode::DiskFull => full(),
        ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied => unwritable(),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => busy(),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => damaged(),
        ErrorCode::TooBig => Error::invalid("body", "This is too large to be stored. Shorten it."),
        _ => internal(),
    }
}

/// A file system error for people.
pub(crate) fn from_io(error: &std::io::Error) -> Error {
    tracing::error!(kind = %error.kind(), os = error.raw_os_error(), "the file system refused");
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => full(),
        _ => unwritable(),
    }
}

/// The name of an error that is SQLite's no fault; never the value it is about.
fn kind(error: &rusqlite::Error) -> &'static str {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..) => "a column holds what it should not",
        rusqlite::Error::Utf8Error(..) => "a text is no text any more",
        rusqlite::Error::QueryReturnedNoRows => "a row is missing",
        rusqlite::Error::InvalidColumnType(..) => "a column is of another type",
        rusqlite::Error::ToSqlConversionFailure(_) => "a value can't be stored",
        rusqlite::Error::StatementChangedRows(_) => "another number of rows changed",
        _ => "misuse",
    }
}

fn full() -> Error {
    Error::new(
        Code::StorageFull,
        "The disk is full, so nothing can be saved. Free some space; your text stays in the \
         window and is saved as soon as that works again.",
    )
}

fn unwritable() -> Error {
    Error::new(
        Code::StorageFull,
        "Draftwell's data folder can't be read or written. Look whether its disk is connected \
         and not full, and whether you may write into it.",
    )
}

fn busy() -> Error {
    Error::new(
        Code::StorageFull,
        "Another program is using Draftwell's data. Close it, then try again.",
    )
}

/// The file is no sound database.
pub(crate) fn damaged() -> Error {
    Error::new(
        Code::InternalError,
        "The file draftwell.db in the data folder is damaged. Draftwell sets it aside and takes \
         over what can be read; until then your text is kept in this window's journal.",
    )
}

/// Whether an error says that the file is damaged.
pub(crate) fn is_damage(error: &Error) -> bool {
    *error == damaged()
}

/// A defect of ours.
pub(crate) fn internal() -> Error {
    Error::new(
        Code::InternalError,
        "Draftwell couldn't do this because of a defect in its database code. The log has more \
         about it.",
    )
}
