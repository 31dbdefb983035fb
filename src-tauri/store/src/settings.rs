//! The table `settings`: the preferences, as one row of JSON.
//!
//! Keys this version doesn't know are kept, so that a newer version finds its own again; a value
//! it can't read counts as not set.

use std::collections::BTreeMap;

use draftwell_core::{
    Result, UnixMillis,
    polish::ProviderId,
    settings::{Preferences, UpdateSettings},
};
use rusqlite::{Connection, Transaction, params};
use serde_json::{Map, Value};

use crate::{
    Store,
    error::{Explain, internal},
    outbox,
    sql::Json,
};

/// The preferences.
pub(crate) fn get(connection: &Connection) -> Result<Preferences> {
    Ok(read(&stored(connection)?))
}

fn stored(connection: &Connection) -> Result<Map<String, Value>> {
    let text: String = connection
        .query_row("SELECT preferences FROM settings", [], |row| row.get(0))
        .explain()?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

/// Reads each key by itself, so that one that is damaged doesn't reset the others.
fn read(stored: &Map<String, Value>) -> Preferences {
    let whole = |map: &Map<String, Value>| serde_json::from_value(Value::Object(map.clone())).ok();
    if let Some(preferences) = whole(stored) {
        return preferences;
    }
    let mut sound = Map::new();
    for (key, value) in stored {
        sound.insert(key.clone(), value.clone());
        if whole(&sound).is_none() {
            sound.remove(key);
        }
    }
    whole(&sound).unwrap_or_default()
}

fn update(tx: &Transaction<'_>, update: UpdateSettings, now: UnixMillis) -> Result<Preferences> {
    let mut stored = stored(tx)?;
    let before = read(&stored);
    let limit = before.daily_limit;
    let preferences = before.updated(update)?;
    let Value::Object(known) = serde_json::to_value(&preferences).map_err(|_| internal())? else {
        return Err(internal());
    };
    stored.extend(known);
    tx.execute(
        "UPDATE settings SET preferences = ?1",
        params![Json(&stored)],
    )
    .explain()?;
    if preferences.daily_limit > limit {
        outbox::lift_limit(tx, now)?;
    }
    Ok(preferences)
}

fn agree(tx: &Transaction<'_>, agreements: BTreeMap<ProviderId, String>) -> Result<()> {
    let mut stored = stored(tx)?;
    let mut agreed = read(&stored).agreed;
    agreed.extend(agreements);
    let agreed = serde_json::to_value(agreed).map_err(|_| internal())?;
    stored.insert("agreed".to_owned(), agreed);
    tx.execute(
        "UPDATE settings SET preferences = ?1",
        params![Json(&stored)],
    )
    .explain()?;
    Ok(())
}

impl Store {
    /// Remembers to whom the user sent something after it was shown.
    pub async fn agree(&self, agreements: BTreeMap<ProviderId, String>) -> Result<()> {
        self.write(move |tx| agree(tx, agreements)).await
    }

    /// The preferences; what was never set has its default.
    pub async fn preferences(&self) -> Result<Preferences> {
        self.read(get).await
    }

    /// Changes what is given.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` naming the value that is out of its range.
    pub async fn update_settings(
        &self,
        edit: UpdateSettings,
        now: UnixMillis,
    ) -> Result<Preferences> {
        self.write(move |tx| update(tx, edit, now)).await
    }
}
