//! What a draft was before: its versions, what changed between them, putting one back.

use draftwell_core::{
    Result,
    draft::{CompareVersions, Comparison, Draft, ListVersions, Version, VersionPage},
    id::VersionId,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{State, WebviewWindow};

use crate::{app::App, clock, commands::Args, events};

/// Names a version.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionRef {
    /// The version.
    pub id: VersionId,
}

/// One page of the kept versions of a draft, newest first, without their texts.
#[tauri::command]
#[specta::specta]
pub async fn list_versions(app: State<'_, App>, args: Args<ListVersions>) -> Result<VersionPage> {
    app.store()?.list_versions(args.0).await
}

/// One version, whole.
#[tauri::command]
#[specta::specta]
pub async fn get_version(app: State<'_, App>, args: Args<VersionRef>) -> Result<Version> {
    app.store()?.get_version(args.0.id).await
}

/// What changed between two versions of a draft, or between one and the draft as it is saved.
#[tauri::command]
#[specta::specta]
pub async fn compare_versions(
    app: State<'_, App>,
    args: Args<CompareVersions>,
) -> Result<Comparison> {
    app.store()?.compare_versions(args.0).await
}

/// Puts a version's subject and text back into its draft; what stood there becomes a version.
/// For programs: the page saves the text with the cause `restore` instead, so that it is a step
/// of the editor's undo.
#[tauri::command]
#[specta::specta]
pub async fn restore_version(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<VersionRef>,
) -> Result<Draft> {
    let id = VersionId(clock::new_id());
    let draft = app
        .store()?
        .restore_version(args.0.id, id, clock::now())
        .await?;
    events::draft_changed(&window, draft.id, draft.revision);
    Ok(draft)
}
