//! Sending and the outbox.

use draftwell_core::{
    Result, UnixMillis,
    draft::Draft,
    id::EmailId,
    outbox::{Email, EmailPage, ListEmails, QueueSend, SendQuestion, SendingLimit},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::{app::App, clock, commands::Args, practice};

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

/// Another time for a waiting message.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RescheduleSend {
    /// The message.
    pub id: EmailId,
    /// When it is to leave.
    pub at: UnixMillis,
}

/// A message that is over, and whether it is shown.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HideEmail {
    /// The message.
    pub id: EmailId,
    /// Out of the lists; otherwise back in them.
    pub hidden: bool,
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
pub async fn check_send(app: State<'_, App>, args: Args<QueueSend>) -> Result<Vec<SendQuestion>> {
    app.outbox.check(&app, args.0).await
}

/// Freezes a draft in the outbox; it is transmitted when the undo time is over.
#[tauri::command]
#[specta::specta]
pub async fn queue_send(app: State<'_, App>, args: Args<QueueSend>) -> Result<Email> {
    app.outbox.queue(&app, args.0).await
}

/// Takes a message back that has not begun to leave, and reopens its draft.
#[tauri::command]
#[specta::specta]
pub async fn undo_send(app: State<'_, App>, args: Args<EmailRef>) -> Result<Draft> {
    app.outbox.undo(&app, args.0.id).await
}

/// Lets a waiting message leave now.
#[tauri::command]
#[specta::specta]
pub async fn send_now(app: State<'_, App>, args: Args<EmailRef>) -> Result<Email> {
    app.outbox.send_now(&app, args.0.id).await
}

/// Gives a waiting message another time.
#[tauri::command]
#[specta::specta]
pub async fn reschedule_send(app: State<'_, App>, args: Args<RescheduleSend>) -> Result<Email> {
    app.outbox.reschedule(&app, args.0.id, args.0.at).await
}

/// The messages not yet settled, and those that failed, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_outbox(app: State<'_, App>) -> Result<Vec<Email>> {
    app.store()?.list_outbox().await
}

/// All messages that are or were in the outbox, the one queued last first.
#[tauri::command]
#[specta::specta]
pub async fn list_emails(app: State<'_, App>, args: Args<Option<ListEmails>>) -> Result<EmailPage> {
    app.store()?.list_emails(args.0.unwrap_or_default()).await
}

/// Takes a message that is over out of the lists, or puts it back. Its record stays.
#[tauri::command]
#[specta::specta]
pub async fn hide_email(app: State<'_, App>, args: Args<HideEmail>) -> Result<Email> {
    app.outbox.hide(&app, args.0.id, args.0.hidden).await
}

/// How much each account has sent today, and what holds its messages back.
#[tauri::command]
#[specta::specta]
pub async fn list_sending_limits(app: State<'_, App>) -> Result<Vec<SendingLimit>> {
    app.store()?.sending_limits(clock::now()).await
}

/// Settles a message whose outcome was unknown.
#[tauri::command]
#[specta::specta]
pub async fn resolve_unknown(app: State<'_, App>, args: Args<ResolveUnknown>) -> Result<Email> {
    app.outbox
        .resolve_unknown(&app, args.0.id, args.0.arrived)
        .await
}

/// Shows the file of a mail the practice account kept, in the system's file manager.
#[tauri::command]
#[specta::specta]
pub async fn show_practice_mail(app: State<'_, App>, args: Args<EmailRef>) -> Result<()> {
    practice::show(&app, args.0.id).await
}
