//! Polish.

use draftwell_core::{
    Result,
    id::DraftId,
    polish::{
        ComposedPolish, PolishDraft, PolishEvent, PolishResult,
        align::Source,
        facts::Change,
        outgoing::{Outgoing, PolishPreview},
        redact::Replaced,
    },
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

/// Says for each row of a finished polish whose sentence is taken.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ComposePolish {
    /// The polish, by the name in its result.
    pub request_id: String,
    /// One for each of its rows.
    pub choice: Vec<Source>,
}

/// Says what a text that is taken changed.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NoteTaken {
    /// The draft it is taken into.
    pub draft_id: DraftId,
    /// What it says differently.
    pub changes: Vec<Change>,
    /// The user said that this is right; otherwise it is asked about before the draft is sent.
    pub confirmed: bool,
}

/// What left this machine for a polish.
#[derive(Debug, Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SentPolish {
    /// The requests, oldest first; empty: nothing did.
    pub requests: Vec<Outgoing>,
    /// What the placeholders in them stand for.
    pub replaced: Vec<Replaced>,
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

/// What a polish would send, byte for byte.
#[tauri::command]
#[specta::specta]
pub async fn preview_polish(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<PolishDraft>,
) -> Result<PolishPreview> {
    app.polish.preview(&app, &window, args.0).await
}

/// What was sent for one of this window's last polishes, whatever became of it.
#[tauri::command]
#[specta::specta]
pub async fn sent_polish(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<CancelPolish>,
) -> Result<SentPolish> {
    Ok(app.polish.sent(window.label(), &args.0.request_id))
}

/// The text that single sentences of several versions give.
#[tauri::command]
#[specta::specta]
pub async fn compose_polish(
    app: State<'_, App>,
    args: Args<ComposePolish>,
) -> Result<ComposedPolish> {
    app.polish.compose(&args.0.request_id, &args.0.choice)
}

/// Stops a running polish.
#[tauri::command]
#[specta::specta]
pub async fn cancel_polish(app: State<'_, App>, args: Args<CancelPolish>) -> Result<()> {
    app.polish.cancel(&args.0.request_id);
    Ok(())
}

/// Notes that a text which says other things than the draft is about to be taken into it. Comes
/// before the text is in the draft, so that no crash leaves the one without the other.
#[tauri::command]
#[specta::specta]
pub async fn note_taken(app: State<'_, App>, args: Args<NoteTaken>) -> Result<()> {
    let NoteTaken {
        draft_id,
        changes,
        confirmed,
    } = args.0;
    let store = app.store()?;
    store.note_taken(draft_id, changes, confirmed).await
}
