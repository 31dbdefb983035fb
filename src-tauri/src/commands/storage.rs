//! Whether what is typed can be stored, and what became of a damaged database.

use draftwell_core::{Error, Result, recovery::Recovery};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::app::App;

/// The database's state.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StorageState {
    /// Why the database can't be used; tried again by itself.
    pub problem: Option<Error>,
    /// What was made of a damaged database, until the user has read it.
    pub recovery: Option<Recovery>,
}

/// The database was recovered or could be opened at last, or the user has read what happened.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
pub struct StorageChanged;

/// The database's state.
#[tauri::command]
#[specta::specta]
pub async fn get_storage_state(app: State<'_, App>) -> Result<StorageState> {
    Ok(match app.store() {
        Ok(store) => StorageState {
            problem: None,
            recovery: store.recovery().await?,
        },
        Err(problem) => StorageState {
            problem: Some(problem),
            recovery: None,
        },
    })
}

/// The user has read what became of a damaged database.
#[tauri::command]
#[specta::specta]
pub async fn forget_recovery(app: State<'_, App>) -> Result<()> {
    app.store()?.forget_recovery().await?;
    crate::events::storage_changed(&app.handle);
    Ok(())
}
