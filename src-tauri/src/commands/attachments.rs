//! Files that go with a mail.

use draftwell_core::{Error, Result, attachment::Attachment};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{State, WebviewWindow};

use crate::{
    app::App,
    commands::{Args, images::InlineImage},
};

/// Names a request to attach files, by which its progress is told and it can be cancelled.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AttachRequest {
    /// A name of the page's choosing.
    pub request_id: String,
}

/// Attaches what was dropped on this window.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AttachDropped {
    /// The drop, as the event `files-dragged` names it.
    pub drop_id: String,
    /// A name of the page's choosing.
    pub request_id: String,
}

/// Puts pictures that were dropped on the text into it.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DroppedImages {
    /// The drop, as the event `files-dragged` names it.
    pub drop_id: String,
}

/// A file that was pasted.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AttachData {
    /// Its name.
    pub name: String,
    /// Its bytes, base64.
    pub data: String,
}

/// Saves a file somewhere else.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SaveAttachment {
    /// The file.
    pub file: Attachment,
}

/// A file that was not attached.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RefusedFile {
    /// Its name.
    pub name: String,
    /// Why.
    pub error: Error,
}

/// What became of some files.
#[derive(Debug, Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AddedFiles {
    /// Those that are kept, to be put into the draft's list.
    pub added: Vec<Attachment>,
    /// Those that were refused.
    pub refused: Vec<RefusedFile>,
}

/// What became of some pictures.
#[derive(Debug, Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AddedImages {
    /// Those that are kept, to be put into the text.
    pub images: Vec<InlineImage>,
    /// Those that were refused.
    pub refused: Vec<RefusedFile>,
}

/// How far a file is.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentProgress {
    /// The request.
    pub request_id: String,
    /// The file.
    pub name: String,
    /// 0 to 100.
    pub percent: u32,
}

/// Files are dragged over this window.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
#[serde(
    rename_all = "camelCase",
    tag = "kind",
    rename_all_fields = "camelCase"
)]
pub enum FilesDragged {
    /// They are over it.
    Over,
    /// They are not any more.
    Gone,
    /// They were dropped.
    Dropped {
        /// Names the drop.
        drop_id: String,
        /// The files' names.
        names: Vec<String>,
        /// Where, in CSS pixels from the window's left.
        x: f64,
        /// ... and top.
        y: f64,
    },
}

/// Lets the user pick files, and keeps them.
#[tauri::command]
#[specta::specta]
pub async fn pick_attachments(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<AttachRequest>,
) -> Result<AddedFiles> {
    app.store()?;
    Ok((app.attachments)
        .pick(&app, &window, args.0.request_id)
        .await)
}

/// Keeps what was dropped on this window.
#[tauri::command]
#[specta::specta]
pub async fn add_dropped_files(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<AttachDropped>,
) -> Result<AddedFiles> {
    (app.attachments)
        .add_dropped(&app, &window, &args.0.drop_id, args.0.request_id)
        .await
}

/// Keeps pictures that were dropped on the text, for the text.
#[tauri::command]
#[specta::specta]
pub async fn add_dropped_images(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<DroppedImages>,
) -> Result<AddedImages> {
    (app.attachments)
        .add_dropped_images(&app, &window, &args.0.drop_id)
        .await
}

/// Keeps a file that was pasted (at most 25 MiB; 20 files a minute, however they come).
#[tauri::command]
#[specta::specta]
pub async fn add_attachment_data(
    app: State<'_, App>,
    args: Args<AttachData>,
) -> Result<Attachment> {
    (app.attachments)
        .add_data(&app, &args.0.name, &args.0.data)
        .await
}

/// Stops attaching; files that are kept already are answered all the same.
#[tauri::command]
#[specta::specta]
pub async fn cancel_attachments(app: State<'_, App>, args: Args<AttachRequest>) -> Result<()> {
    app.attachments.cancel(&args.0.request_id);
    Ok(())
}

/// Shows a file in the system's program for it.
#[tauri::command]
#[specta::specta]
pub async fn open_attachment(app: State<'_, App>, args: Args<Attachment>) -> Result<()> {
    app.attachments.open(&app, args.0).await
}

/// Lets the user save a file; false where they thought better of it.
#[tauri::command]
#[specta::specta]
pub async fn save_attachment(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<SaveAttachment>,
) -> Result<bool> {
    app.attachments.save(&app, &window, args.0).await
}
