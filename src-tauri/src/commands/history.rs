//! What was sent, and what came back.

use draftwell_core::{
    Result,
    draft::Draft,
    history::{HistoryEntry, HistoryPage, ListHistory},
    id::{DraftId, HistoryId},
    outbox::Email,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::{app::App, clock, commands::Args, events};

/// Names an entry of the history.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistoryRef {
    /// The entry.
    pub id: HistoryId,
}

/// What a look for replies found.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RepliesLooked {
    /// How many accounts may read mail, and so were looked into.
    pub accounts: u32,
    /// How many messages came back that were not known before.
    pub found: u32,
}

/// Something came back.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct MailArrived {
    /// Its entry in the history.
    pub entry: HistoryEntry,
    /// The mail it is about, as it is now.
    pub email: Email,
}

/// What was sent and what came back, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_history(
    app: State<'_, App>,
    args: Args<Option<ListHistory>>,
) -> Result<HistoryPage> {
    app.store()?.list_history(args.0.unwrap_or_default()).await
}

/// The whole text of a message that came back.
#[tauri::command]
#[specta::specta]
pub async fn read_history_text(app: State<'_, App>, args: Args<HistoryRef>) -> Result<String> {
    app.store()?.history_text(args.0.id).await
}

/// Makes a draft that answers a message that came back, and answers it.
#[tauri::command]
#[specta::specta]
pub async fn answer_history(app: State<'_, App>, args: Args<HistoryRef>) -> Result<Draft> {
    let id = DraftId(clock::new_id());
    let draft = app
        .store()?
        .answer_history(args.0.id, id, clock::now())
        .await?;
    events::draft_changed_by_program(&app.handle, draft.id, draft.revision);
    Ok(draft)
}

/// Looks for replies now, in all accounts that may read mail, instead of within a minute.
#[tauri::command]
#[specta::specta]
pub async fn look_for_replies(app: State<'_, App>) -> Result<RepliesLooked> {
    app.mailboxes.look_now(&app).await
}
