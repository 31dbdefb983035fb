//! How our types are written into columns.

use std::{fmt::Display, str::FromStr};

use rusqlite::{
    Connection, Row, ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};
use serde::{Serialize, de::DeserializeOwned};

/// An identifier, as text.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: Display> ToSql for Id<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

impl<T: FromStr<Err: std::error::Error + Send + Sync + 'static>> FromSql for Id<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value
            .as_str()?
            .parse()
            .map(Id)
            .map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

/// A state, by the name it has in the commands' answers.
#[derive(Debug, Clone, Copy)]
pub struct Name<T>(pub T);

impl<T: Serialize> ToSql for Name<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match serde_json::to_value(&self.0) {
            Ok(serde_json::Value::String(name)) => Ok(name.into()),
            Ok(_) => Err(rusqlite::Error::ToSqlConversionFailure(
                "a state without a name".into(),
            )),
            Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
        }
    }
}

impl<T: DeserializeOwned> FromSql for Name<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = serde_json::Value::String(value.as_str()?.to_owned());
        serde_json::from_value(name)
            .map(Name)
            .map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

/// A list or a document, as JSON.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match serde_json::to_string(&self.0) {
            Ok(text) => Ok(text.into()),
            Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
        }
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Json)
            .map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

/// A list as JSON that may be damaged, in a row whose other columns are worth showing: the
/// members that can be read, and whether those are all.
#[derive(Debug, Clone)]
pub struct Members<T> {
    /// What can be read.
    pub list: Vec<T>,
    /// Nothing is missing.
    pub is_whole: bool,
}

impl<T: DeserializeOwned> Members<T> {
    /// Reads a list as it is stored.
    pub fn read(text: &str) -> Self {
        if let Ok(list) = serde_json::from_str(text) {
            let is_whole = true;
            return Self { list, is_whole };
        }
        tracing::error!("a stored list can't be read whole");
        let members: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
        let readable = members.into_iter().map(serde_json::from_value);
        Self {
            list: readable.filter_map(Result::ok).collect(),
            is_whole: false,
        }
    }
}

impl<T: DeserializeOwned> FromSql for Members<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str().map(Self::read)
    }
}

/// Whether the program can read a row, which `select` finds by its `seq`.
pub fn is_readable<T>(
    connection: &Connection,
    select: &str,
    seq: i64,
    from_row: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> bool {
    connection
        .prepare_cached(select)
        .and_then(|mut row| row.query_row([seq], from_row))
        .is_ok()
}
