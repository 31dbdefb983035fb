//! Polish.

use draftwell_core::{
    Result,
    polish::{PolishDraft, PolishEvent, PolishResult},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{State, WebviewWindow};

use crate::{app::App, commands::Args};

/// Names a running polish.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CancelPolish {
    /// The name given in `polish_draft`.
    pub request_id: String,
}

/// Progress of a polish, sent to the window that asked.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct PolishProgress {
    /// The request's name.
    pub request_id: String,
    /// What happened.
    pub event: PolishEvent,
}

/// Rewrites a draft's text in four styles; streams through `polish-progress` and answers all.
#[tauri::command]
#[specta::specta]
pub async fn polish_draft(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<PolishDraft>,
) -> Result<PolishResult> {
    app.polish.run(&app, &window, args.0).await
}

/// Stops a running polish.
#[tauri::command]
#[specta::specta]
pub async fn cancel_polish(app: State<'_, App>, args: Args<CancelPolish>) -> Result<()> {
    app.polish.cancel(&args.0.request_id);
    Ok(())
}
