//! Mail files (`.eml`): drafts that go to other programs, and mails that become drafts.

use draftwell_core::{Result, id::DraftId};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{State, WebviewWindow};

use crate::{
    app::App,
    commands::{
        Args,
        attachments::{DroppedImages, RefusedFile},
        drafts::DraftRef,
    },
    mail_files,
};

/// What became of mail files.
#[derive(Debug, Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportedDrafts {
    /// The drafts that were made of them.
    pub drafts: Vec<DraftId>,
    /// What the user should know of these, one sentence each: files that were left out, for
    /// example.
    pub notes: Vec<String>,
    /// The mails no draft could be made of.
    pub refused: Vec<RefusedFile>,
}

/// Lets the user save a draft as a mail file, as it is in the database; false where they thought
/// better of it.
#[tauri::command]
#[specta::specta]
pub async fn export_draft(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<DraftRef>,
) -> Result<bool> {
    mail_files::export(&app, &window, args.0.id).await
}

/// Lets the user pick mail files and makes drafts of them.
#[tauri::command]
#[specta::specta]
pub async fn import_drafts(window: WebviewWindow, app: State<'_, App>) -> Result<ImportedDrafts> {
    app.store()?;
    Ok(mail_files::pick(&app, &window).await)
}

/// Makes drafts of mail files that were dropped on this window.
#[tauri::command]
#[specta::specta]
pub async fn import_dropped_drafts(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<DroppedImages>,
) -> Result<ImportedDrafts> {
    app.store()?;
    let paths = app.attachments.dropped(&window, &args.0.drop_id)?;
    Ok(mail_files::import_all(&app, paths).await)
}
