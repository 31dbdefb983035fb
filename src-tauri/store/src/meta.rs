//! The table `meta`: facts about this folder, one text each.

use draftwell_core::Result;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::{
    Store,
    error::{Explain, internal},
};

const FOLDER_ID: &str = "folder_id";
const VAULT: &str = "vault";

pub(crate) fn get(connection: &Connection, key: &str) -> Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")
        .and_then(|mut statement| statement.query_row([key], |row| row.get(0)).optional())
        .explain()
}

pub(crate) fn set(tx: &Transaction<'_>, key: &str, value: &str) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (?1, ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .and_then(|mut statement| statement.execute(params![key, value]))
    .explain()
    .map(drop)
}

/// Forgets a fact.
pub(crate) fn remove(tx: &Transaction<'_>, key: &str) -> Result<()> {
    tx.execute("DELETE FROM meta WHERE key = ?1", [key])
        .explain()
        .map(drop)
}

/// The record of how secrets are kept.
pub(crate) fn set_vault(tx: &Transaction<'_>, record: &str) -> Result<()> {
    set(tx, VAULT, record)
}

impl Store {
    /// This folder's lasting name, by which the keyring tells data folders apart; `new_id` the
    /// first time. Blocks.
    pub fn folder_id(&self, new_id: Uuid) -> Result<Uuid> {
        self.write_blocking(move |tx| match get(tx, FOLDER_ID)? {
            Some(id) => id.parse().map_err(|_| internal()),
            None => {
                set(tx, FOLDER_ID, &new_id.to_string())?;
                Ok(new_id)
            }
        })
    }

    /// The record of how secrets are kept, as it was stored.
    pub async fn vault_meta(&self) -> Result<Option<String>> {
        self.read(|connection| get(connection, VAULT)).await
    }

    /// Stores that record.
    pub async fn set_vault_meta(&self, record: String) -> Result<()> {
        self.write(move |tx| set_vault(tx, &record)).await
    }
}
