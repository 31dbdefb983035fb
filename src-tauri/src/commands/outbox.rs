//! Sending, the outbox, and history.

use draftwell_core::{
    Result,
    draft::Draft,
    history::{HistoryPage, ListHistory},
    id::EmailId,
    outbox::{Email, QueueSend, SendQuestion},
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Names a message.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EmailRef {
    /// The message.
    pub id: EmailId,
}

/// What the user found out about a message whose outcome was unknown.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ResolveUnknown {
    /// The message.
    pub id: EmailId,
    /// It arrived; otherwise the draft comes back and can be sent again.
    pub arrived: bool,
}

/// A message of the outbox changed.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct OutboxChanged {
    /// The message now.
    pub email: Email,
}

/// What should be asked before a draft is sent.
#[tauri::command]
#[specta::specta]
pub async fn check_send(args: QueueSend) -> Result<Vec<SendQuestion>> {
    todo!("{args:?}")
}

/// Freezes a draft in the outbox; it is transmitted when the undo time is over.
#[tauri::command]
#[specta::specta]
pub async fn queue_send(args: QueueSend) -> Result<Email> {
    todo!("{args:?}")
}

/// Takes a message back that has not begun to leave, and reopens its draft.
#[tauri::command]
#[specta::specta]
pub async fn undo_send(args: EmailRef) -> Result<Draft> {
    todo!("{args:?}")
}

/// The messages not yet settled, and those that failed, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_outbox() -> Result<Vec<Email>> {
    todo!()
}

/// Settles a message whose outcome was unknown.
#[tauri::command]
#[specta::specta]
pub async fn resolve_unknown(args: ResolveUnknown) -> Result<Email> {
    todo!("{args:?}")
}

/// What was sent, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_history(args: Option<ListHistory>) -> Result<HistoryPage> {
    todo!("{args:?}")
}
