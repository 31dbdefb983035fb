//! Signatures.

use draftwell_core::{
    Result,
    id::SignatureId,
    signature::{CreateSignature, Signature, UpdateSignature},
};
use serde::{Deserialize, Serialize};
use specta::Type;

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
pub async fn list_signatures() -> Result<Vec<Signature>> {
    todo!()
}

/// Makes a signature; at most ten.
#[tauri::command]
#[specta::specta]
pub async fn create_signature(args: CreateSignature) -> Result<Signature> {
    todo!("{args:?}")
}

/// Changes a signature.
#[tauri::command]
#[specta::specta]
pub async fn update_signature(args: UpdateSignature) -> Result<Signature> {
    todo!("{args:?}")
}

/// Deletes a signature.
#[tauri::command]
#[specta::specta]
pub async fn delete_signature(args: DeleteSignature) -> Result<()> {
    todo!("{args:?}")
}
