//! Windows.

use draftwell_core::{Result, id::DraftId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Which window to show, and what in it.
#[derive(Debug, Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct OpenWindow {
    /// The draft to show.
    pub draft_id: Option<DraftId>,
}

/// A draft was saved, deleted, queued or sent; every window that shows it follows.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct DraftChanged {
    /// The draft.
    pub id: DraftId,
    /// Its revision now.
    pub revision: u32,
    /// The label of the window that saved it (`main`, `compose`), or none.
    pub origin: Option<String>,
}

/// This window shall show a draft (from the tray, the command line, or another window).
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct ShowDraft {
    /// The draft; none for a new one.
    pub draft_id: Option<DraftId>,
}

/// The program is about to close this window; the page saves and then calls `close_ready`.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
pub struct CloseRequested;

/// Opens the quick compose window.
#[tauri::command]
#[specta::specta]
pub async fn open_compose_window(args: Option<OpenWindow>) -> Result<()> {
    todo!("{args:?}")
}

/// Opens the main window.
#[tauri::command]
#[specta::specta]
pub async fn open_main_window(args: Option<OpenWindow>) -> Result<()> {
    todo!("{args:?}")
}

/// The editor can be typed into; answers the draft this window was opened for, if any.
#[tauri::command]
#[specta::specta]
pub async fn page_ready() -> Result<OpenWindow> {
    todo!()
}

/// The page has saved; the window may close.
#[tauri::command]
#[specta::specta]
pub async fn close_ready() -> Result<()> {
    todo!()
}
