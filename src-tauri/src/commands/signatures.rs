//! Signatures.

use draftwell_core::{
    Result,
    id::SignatureId,
    signature::{CreateSignature, Signature, UpdateSignature},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{State, WebviewWindow};

use crate::{app::App, clock, commands::Args, events};

/// Which signature to delete.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeleteSignature {
    /// The signature.
    pub id: SignatureId,
    /// Take it out of the drafts that use it first; without this, `SIGNATURE_IN_USE`.
    #[serde(default)]
    #[specta(optional)]
    pub clear_use: bool,
}

/// All signatures, by name.
#[tauri::command]
#[specta::specta]
pub async fn list_signatures(app: State<'_, App>) -> Result<Vec<Signature>> {
    app.store()?.list_signatures().await
}

/// Makes a signature; at most ten.
#[tauri::command]
#[specta::specta]
pub async fn create_signature(
    app: State<'_, App>,
    args: Args<CreateSignature>,
) -> Result<Signature> {
    let made = app
        .store()?
        .create_signature(args.0, SignatureId(clock::new_id()), clock::now())
        .await?;
    events::settings_changed(&app.handle);
    Ok(made)
}

/// Changes a signature.
#[tauri::command]
#[specta::specta]
pub async fn update_signature(
    app: State<'_, App>,
    args: Args<UpdateSignature>,
) -> Result<Signature> {
    let changed = app.store()?.update_signature(args.0, clock::now()).await?;
    events::settings_changed(&app.handle);
    Ok(changed)
}

/// Deletes a signature.
#[tauri::command]
#[specta::specta]
pub async fn delete_signature(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<DeleteSignature>,
) -> Result<()> {
    let changed = app
        .store()?
        .delete_signature(args.0.id, args.0.clear_use, clock::now())
        .await?;
    for draft in changed {
        events::draft_changed(&window, draft.id, draft.revision);
    }
    events::settings_changed(&app.handle);
    Ok(())
}
