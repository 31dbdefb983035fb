//! The table `secrets`: keys and tokens as the vault sealed them. Opaque here.

use draftwell_core::{Result, UnixMillis};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::{Store, error::Explain, meta};

pub(crate) fn put(tx: &Transaction<'_>, name: &str, sealed: &[u8], now: UnixMillis) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO secrets (name, sealed, updated_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET
           sealed = excluded.sealed, updated_at = excluded.updated_at",
    )
    .and_then(|mut statement| statement.execute(params![name, sealed, now.0]))
    .explain()
    .map(drop)
}

fn get(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT sealed FROM secrets WHERE name = ?1")
        .and_then(|mut statement| statement.query_row([name], |row| row.get(0)).optional())
        .explain()
}

impl Store {
    /// A sealed secret.
    pub async fn get_secret(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let name = name.to_owned();
        self.read(move |connection| get(connection, &name)).await
    }

    /// Keeps a sealed secret in place of a former one of this name.
    pub async fn put_secret(&self, name: &str, sealed: Vec<u8>, now: UnixMillis) -> Result<()> {
        let name = name.to_owned();
        self.write(move |tx| put(tx, &name, &sealed, now)).await
    }

    /// Forgets a secret; one that isn't there is fine.
    pub async fn delete_secret(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.write(move |tx| {
            tx.execute("DELETE FROM secrets WHERE name = ?1", [name])
                .explain()
                .map(drop)
        })
        .await
    }

    /// The names of all secrets, in order.
    pub async fn secret_names(&self) -> Result<Vec<String>> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT name FROM secrets ORDER BY name")
                .and_then(|mut names| names.query_map([], |row| row.get(0))?.collect())
                .explain()
        })
        .await
    }

    /// Whether there is any.
    pub async fn any_secret(&self) -> Result<bool> {
        self.read(|connection| {
            connection
                .query_row("SELECT EXISTS (SELECT 1 FROM secrets)", [], |row| {
                    row.get(0)
                })
                .explain()
        })
        .await
    }

    /// Another way of keeping secrets, in one transaction: forgets the stored ones if `forget`,
    /// stores those that were `moved`, and the record of how they are kept if there is a new one.
    pub async fn rekey_secrets(
        &self,
        forget: bool,
        moved: Vec<(String, Vec<u8>)>,
        record: Option<String>,
        now: UnixMillis,
    ) -> Result<()> {
        self.write(move |tx| {
            if forget {
                tx.execute("DELETE FROM secrets", []).explain()?;
            }
            for (name, sealed) in &moved {
                put(tx, name, sealed, now)?;
            }
            record.map_or(Ok(()), |record| meta::set_vault(tx, &record))
        })
        .await
    }
}
