//! Puts rows that were found into the tables of a new database.

use std::collections::HashMap;

use draftwell_core::Result;
use rusqlite::{
    Connection, Transaction, params_from_iter,
    types::{Type, Value},
};

use super::tree::{Row, Trees};
use crate::error::Explain;

/// Made anew from the drafts.
const DERIVED: &[&str] = &["drafts_to_index", "draft_places"];

/// Their rows look like entries of indexes: only those reached from their own root are trusted.
const NEVER_STRAY: &[&str] = &["blob_uses", "daily_sends", "history_people", "mailboxes"];

/// A table of ours.
struct Table {
    name: String,
    /// Its columns in the order in which rows are stored.
    columns: Vec<Column>,
    /// Whether its rows are numbered.
    has_rowid: bool,
}

struct Column {
    name: String,
    /// As declared: `TEXT`, `INTEGER`, `REAL`, `BLOB`.
    kind: String,
    not_null: bool,
    has_default: bool,
    /// Another name of the row's number, which is stored beside the row.
    is_rowid: bool,
}

/// What filling came to.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// Rows that were there and could not be stored.
    pub refused: usize,
}

/// Fills a new database, whose tables are as the damaged file's version had them.
pub(super) fn fill(tx: &Transaction<'_>, trees: &mut Trees) -> Result<Filled> {
    let mut filled = Filled::default();
    let tables = tables(tx)?;
    let schema = trees.schema();
    let roots: HashMap<&str, u32> = schema
        .iter()
        .filter(|named| named.is_table)
        .map(|named| (named.name.as_str(), named.root))
        .collect();
    let mut knows_all = true;
    for table in &tables {
        let Some(root) = roots.get(table.name.as_str()) else {
            knows_all = false;
            continue;
        };
        for row in trees.rows(*root) {
            if !table.take(tx, &row, true)? {
                filled.refused += 1;
            }
        }
    }
    // Indexes too, so that their pages aren't taken for rows that strayed.
    for named in &schema {
        trees.rows(named.root);
    }
    if !knows_all || trees.damaged() > 0 {
        take_strays(tx, &tables, trees)?;
    }
    Ok(filled)
}

/// In a schema whose versions name their draft, one that is lost lives on in its newest version.
pub(super) fn drafts_of_lone_versions(tx: &Transaction<'_>) -> Result<()> {
    tx.execute(
        "INSERT INTO drafts (id, to_list, cc_list, bcc_list, subject, revision, kept_at,
                             created_at, updated_at, body)
         SELECT draft_id, to_list, cc_list, bcc_list, subject, revision, created_at, created_at,
                created_at, body
         FROM draft_versions WHERE seq IN
           (SELECT max(seq) FROM draft_versions
            WHERE draft_id NOT IN (SELECT id FROM drafts) GROUP BY draft_id)",
        [],
    )
    .explain()
    .map(drop)
}

/// Rows that can't be reached any more. Some of them may be former states of a row that was
/// found, or of another stray: the newest stands.
fn take_strays(tx: &Transaction<'_>, tables: &[Table], trees: &mut Trees) -> Result<()> {
    let mut strays: Vec<(&Table, Row)> = trees
        .strays()
        .into_iter()
        .filter_map(|row| {
            let table = tables
                .iter()
                .find(|table| !NEVER_STRAY.contains(&table.name.as_str()) && table.fits(&row))?;
            Some((table, row))
        })
        .collect();
    strays.sort_by_key(|(table, row)| std::cmp::Reverse(table.age(row)));
    for (table, row) in strays {
        if table.take(tx, &row, false)? && table.name == "emails" {
            doubt(tx, &row)?;
        }
    }
    Ok(())
}

/// A mail that strayed may have been sent since: it must never leave by itself.
fn doubt(tx: &Transaction<'_>, row: &Row) -> Result<()> {
    tx.execute(
        "UPDATE emails SET status = 'unknown', lease_owner = NULL, lease_until = NULL,
           error_code = 'SEND_OUTCOME_UNKNOWN',
           error_message = 'The record of this mail was damaged. Look in your Sent folder \
                            whether it has left.'
         WHERE seq = ?1 AND status IN ('scheduled', 'queued', 'transmitting')",
        [row.rowid],
    )
    .explain()
    .map(drop)
}

fn tables(connection: &Connection) -> Result<Vec<Table>> {
    // Every table of ours is strict, and none of the search index's own is.
    let names: Vec<(String, bool)> = connection
        .prepare(
            "SELECT name, wr FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND strict = 1 ORDER BY name",
        )
        .and_then(|mut names| {
            names
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .explain()?;
    names
        .into_iter()
        .filter(|(name, _)| !DERIVED.contains(&name.as_str()))
        .map(|(name, is_without_rowid)| table(connection, name, !is_without_rowid))
        .collect()
}

fn table(connection: &Connection, name: String, has_rowid: bool) -> Result<Table> {
    let mut columns: Vec<(i64, Column)> = connection
        .prepare(
            "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk FROM pragma_table_info(?1)",
        )
        .and_then(|mut columns| {
            columns
                .query_map([&name], |row| {
                    let key: i64 = row.get(4)?;
                    let kind: String = row.get(1)?;
                    let column = Column {
                        name: row.get(0)?,
                        not_null: row.get::<_, bool>(2)? || key > 0,
                        has_default: row.get(3)?,
                        is_rowid: has_rowid && key > 0 && kind == "INTEGER",
                        kind,
                    };
                    Ok((key, column))
                })?
                .collect()
        })
        .explain()?;
    if !has_rowid {
        // The key comes first, in its own order.
        columns.sort_by_key(|(key, _)| if *key > 0 { *key } else { i64::MAX });
    }
    Ok(Table {
        name,
        columns: columns.into_iter().map(|(_, column)| column).collect(),
        has_rowid,
    })
}

impl Table {
    /// Whether a row of unknown origin can be one of this table.
    fn fits(&self, row: &Row) -> bool {
        let shortest = self
            .columns
            .iter()
            .rposition(|column| column.not_null && !column.has_default)
            // The last of them may have been cut off whole.
            .unwrap_or(0)
            .max(1);
        self.has_rowid == row.rowid.is_some()
            && (shortest..=self.columns.len()).contains(&row.values.len())
            && self
                .columns
                .iter()
                .zip(&row.values)
                .all(|(column, value)| column.takes(value))
    }

    /// How old a state of a row is: larger is newer.
    fn age(&self, row: &Row) -> i64 {
        ["revision", "updated_at", "created_at"]
            .iter()
            .find_map(|name| self.columns.iter().position(|column| column.name == *name))
            .and_then(|place| match row.values.get(place) {
                Some(Value::Integer(age)) => Some(*age),
                _ => None,
            })
            .unwrap_or(0)
    }

    /// Stores a row; false where it isn't one, or the table has another in its place.
    fn take(&self, tx: &Transaction<'_>, row: &Row, is_known: bool) -> Result<bool> {
        let fits = row.values.len() <= self.columns.len()
            && self
                .columns
                .iter()
                .zip(&row.values)
                .all(|(column, value)| column.takes(value));
        if !fits || row.values.is_empty() {
            return Ok(false);
        }
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (place, column) in self.columns.iter().enumerate() {
            let value = match row.values.get(place) {
                _ if column.is_rowid => row.rowid.map(Value::Integer),
                Some(value) => Some(value.clone()),
                None if column.not_null && !column.has_default => column.empty(),
                None => None,
            };
            if let Some(value) = value {
                names.push(format!("\"{}\"", column.name));
                values.push(value);
            }
        }
        // A new database has a few rows of its own.
        let verb = if is_known { "REPLACE" } else { "IGNORE" };
        let places = vec!["?"; values.len()].join(", ");
        let stored = tx
            .prepare_cached(&format!(
                "INSERT OR {verb} INTO \"{}\" ({}) VALUES ({places})",
                self.name,
                names.join(", ")
            ))
            .and_then(|mut statement| statement.execute(params_from_iter(values)));
        match stored {
            Ok(rows) => Ok(rows > 0),
            Err(rusqlite::Error::SqliteFailure(failure, _))
                if failure.code == rusqlite::ErrorCode::ConstraintViolation =>
            {
                Ok(false)
            }
            Err(error) => Err(error).explain(),
        }
    }
}

impl Column {
    fn takes(&self, value: &Value) -> bool {
        match value.data_type() {
            Type::Null => self.is_rowid || !self.not_null,
            Type::Integer => matches!(self.kind.as_str(), "INTEGER" | "INT" | "REAL" | "ANY"),
            Type::Real => matches!(self.kind.as_str(), "REAL" | "ANY"),
            Type::Text => matches!(self.kind.as_str(), "TEXT" | "ANY"),
            Type::Blob => matches!(self.kind.as_str(), "BLOB" | "ANY"),
        }
    }

    fn empty(&self) -> Option<Value> {
        Some(match self.kind.as_str() {
            "INTEGER" | "INT" => Value::Integer(0),
            "REAL" => Value::Real(0.0),
            "BLOB" => Value::Blob(Vec::new()),
            _ => Value::Text(String::new()),
        })
    }
}
