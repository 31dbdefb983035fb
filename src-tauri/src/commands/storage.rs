//! Whether what is typed can be stored, and what became of a damaged database.

use draftwell_core::{Error, Result, draft::RawJournalEntry, recovery::Recovery};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::{app::App, commands::Args};

/// The database's state.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StorageState {
    /// Why the database can't be used; tried again by itself.
    pub problem: Option<Error>,
    /// What was made of a damaged database, until the user has read it.
    pub recovery: Option<Recovery>,
    /// Text that could be saved nowhere else: entries of the page's journal.
    pub unsaved: Vec<RawJournalEntry>,
}

/// Names entries of the page's journal.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct JournalKeys {
    /// Their keys in localStorage.
    pub keys: Vec<String>,
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
            unsaved: app.refuge.all(),
        },
        Err(problem) => StorageState {
            problem: Some(problem),
            recovery: None,
            unsaved: app.refuge.all(),
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

/// Keeps an entry of the page's journal outside of the database, because a save has failed.
#[tauri::command]
#[specta::specta]
pub async fn keep_unsaved(app: State<'_, App>, args: Args<RawJournalEntry>) -> Result<()> {
    app.refuge.keep(&args.0)
}

/// The database has these entries now.
#[tauri::command]
#[specta::specta]
pub async fn forget_unsaved(app: State<'_, App>, args: Args<JournalKeys>) -> Result<()> {
    for key in &args.0.keys {
        app.refuge.forget(key);
    }
    Ok(())
}
