//! Windows.

use draftwell_core::{Error, Result, id::DraftId};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, State, WebviewWindow};

use crate::{app::App, browser, clock, commands::Args, windows};

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
#[derive(Debug, Clone, Default, Deserialize, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct ShowDraft {
    /// The draft; none for a new one.
    pub draft_id: Option<DraftId>,
    /// What the user should know about it, one sentence each.
    pub notes: Vec<String>,
    /// Why there is no draft of what the command line named.
    pub problem: Option<Error>,
}

impl From<Option<DraftId>> for ShowDraft {
    fn from(draft_id: Option<DraftId>) -> Self {
        Self {
            draft_id,
            ..Self::default()
        }
    }
}

/// The program is about to close this window; the page saves and then calls `close_ready`.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
pub struct CloseRequested;

/// Opens the quick compose window.
#[tauri::command]
#[specta::specta]
pub async fn open_compose_window(app: AppHandle, args: Args<Option<OpenWindow>>) -> Result<()> {
    windows::open_compose(&app, args.0.unwrap_or_default().draft_id.into());
    Ok(())
}

/// Opens the main window.
#[tauri::command]
#[specta::specta]
pub async fn open_main_window(app: AppHandle, args: Args<Option<OpenWindow>>) -> Result<()> {
    windows::open_main(&app, args.0.unwrap_or_default().draft_id);
    Ok(())
}

/// The editor can be typed into; answers what this window was opened for.
#[tauri::command]
#[specta::specta]
pub async fn page_ready(window: WebviewWindow, app: State<'_, App>) -> Result<ShowDraft> {
    let ready = clock::since_start();
    tracing::info!(
        window = window.label(),
        editor_ready_ms = ready.as_millis(),
        "editor ready"
    );
    app.attachments.page_is_there();
    Ok(windows::page_is_ready(&window))
}

/// The page has saved; the window may close.
#[tauri::command]
#[specta::specta]
pub async fn close_ready(window: WebviewWindow) -> Result<()> {
    windows::close_now(&window);
    Ok(())
}

/// A link of the text, or of the program's own explanations.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OpenLink {
    /// `https:`, `http:` or `mailto:`.
    pub url: String,
}

/// Opens a link in the system's browser or mail program.
#[tauri::command]
#[specta::specta]
pub async fn open_link(args: Args<OpenLink>) -> Result<()> {
    browser::open(&args.0.url)
}
