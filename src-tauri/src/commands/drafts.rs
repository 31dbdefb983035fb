//! Drafts and their versions.

use draftwell_core::{
    Result,
    draft::{
        Draft, DraftPage, ListDrafts, RawJournalEntry, ReconcileResult, SaveDraft, SavedDraft,
        Version,
    },
    id::{ContactId, DraftId, VersionId},
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Names a draft.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftRef {
    /// The draft.
    pub id: DraftId,
}

/// Names a contact.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ComposeToContact {
    /// The contact.
    pub contact_id: ContactId,
}

/// Names a version.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionRef {
    /// The version.
    pub id: VersionId,
}

/// What the page found in its journal at the start.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileJournal {
    /// The entries.
    pub entries: Vec<RawJournalEntry>,
}

/// One page of drafts.
#[tauri::command]
#[specta::specta]
pub async fn list_drafts(args: Option<ListDrafts>) -> Result<DraftPage> {
    todo!("{args:?}")
}

/// One draft, also from the bin.
#[tauri::command]
#[specta::specta]
pub async fn get_draft(args: DraftRef) -> Result<Draft> {
    todo!("{args:?}")
}

/// Saves a draft durably, or makes one.
#[tauri::command]
#[specta::specta]
pub async fn save_draft(args: SaveDraft) -> Result<SavedDraft> {
    todo!("{args:?}")
}

/// Puts a draft into the bin.
#[tauri::command]
#[specta::specta]
pub async fn delete_draft(args: DraftRef) -> Result<()> {
    todo!("{args:?}")
}

/// Takes a draft out of the bin.
#[tauri::command]
#[specta::specta]
pub async fn restore_draft(args: DraftRef) -> Result<Draft> {
    todo!("{args:?}")
}

/// The open draft to a contact, made if there is none.
#[tauri::command]
#[specta::specta]
pub async fn compose_to_contact(args: ComposeToContact) -> Result<Draft> {
    todo!("{args:?}")
}

/// The kept versions of a draft, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_versions(args: DraftRef) -> Result<Vec<Version>> {
    todo!("{args:?}")
}

/// Puts a version's subject and text back into its draft; what stood there becomes a version.
#[tauri::command]
#[specta::specta]
pub async fn restore_version(args: VersionRef) -> Result<Draft> {
    todo!("{args:?}")
}

/// Compares the page's journal with the database after a start; the newer revision wins and the
/// other is kept as a version.
#[tauri::command]
#[specta::specta]
pub async fn reconcile_journal(args: ReconcileJournal) -> Result<Vec<ReconcileResult>> {
    todo!("{args:?}")
}
