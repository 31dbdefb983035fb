//! Drafts and the bin. What became of them with time is in [`super::versions`].

use draftwell_core::{
    Result,
    draft::{
        BinPage, Draft, DraftPage, ListBin, ListDrafts, RawJournalEntry, ReconcileResult,
        Reconciled, SaveDraft, SavedDraft,
    },
    id::{ContactId, DraftId, VersionId},
};
use draftwell_store::JournalIds;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{State, WebviewWindow};

use crate::{app::App, clock, commands::Args, events};

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
pub async fn list_drafts(app: State<'_, App>, args: Args<Option<ListDrafts>>) -> Result<DraftPage> {
    app.store()?.list_drafts(args.0.unwrap_or_default()).await
}

/// One draft, also from the bin.
#[tauri::command]
#[specta::specta]
pub async fn get_draft(app: State<'_, App>, args: Args<DraftRef>) -> Result<Draft> {
    app.store()?.get_draft(args.0.id).await
}

/// Saves a draft durably, or makes one. At most 60 saves a minute and draft while typing, with
/// bursts of 20; saves for any other cause are not limited.
#[tauri::command]
#[specta::specta]
pub async fn save_draft(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<SaveDraft>,
) -> Result<SavedDraft> {
    let saved = app.save_draft(args.0).await;
    events::draft_saved(&window, &saved);
    saved
}

/// Puts a draft into the bin.
#[tauri::command]
#[specta::specta]
pub async fn delete_draft(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<DraftRef>,
) -> Result<()> {
    let revision = app.store()?.delete_draft(args.0.id, clock::now()).await?;
    events::draft_changed(&window, args.0.id, revision);
    Ok(())
}

/// Takes a draft out of the bin.
#[tauri::command]
#[specta::specta]
pub async fn restore_draft(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<DraftRef>,
) -> Result<Draft> {
    let draft = app.store()?.restore_draft(args.0.id, clock::now()).await?;
    events::draft_changed(&window, draft.id, draft.revision);
    Ok(draft)
}

/// The open draft to a contact, made if there is none.
#[tauri::command]
#[specta::specta]
pub async fn compose_to_contact(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<ComposeToContact>,
) -> Result<Draft> {
    let id = DraftId(clock::new_id());
    let draft = app
        .store()?
        .compose_to_contact(args.0.contact_id, id, clock::now())
        .await?;
    events::draft_changed(&window, draft.id, draft.revision);
    Ok(draft)
}

/// One page of the bin.
#[tauri::command]
#[specta::specta]
pub async fn list_bin(app: State<'_, App>, args: Args<Option<ListBin>>) -> Result<BinPage> {
    app.store()?.list_bin(args.0.unwrap_or_default()).await
}

/// Deletes a draft that is in the bin for good, with its versions.
#[tauri::command]
#[specta::specta]
pub async fn purge_draft(
    window: WebviewWindow,
    app: State<'_, App>,
    args: Args<DraftRef>,
) -> Result<()> {
    let revision = app.store()?.purge_draft(args.0.id).await?;
    events::draft_changed(&window, args.0.id, revision);
    Ok(())
}

/// Compares the page's journal with the database after a start; the newer revision wins and the
/// other is kept as a version.
#[tauri::command]
#[specta::specta]
pub async fn reconcile_journal(
    app: State<'_, App>,
    args: Args<ReconcileJournal>,
) -> Result<Vec<ReconcileResult>> {
    let ids = args
        .0
        .entries
        .iter()
        .map(|_| JournalIds {
            version: VersionId(clock::new_id()),
            draft: DraftId(clock::new_id()),
            whole: VersionId(clock::new_id()),
        })
        .collect();
    let store = app.store()?;
    let results = store
        .reconcile_journal(args.0.entries, ids, clock::now())
        .await?;
    for result in &results {
        if let (Reconciled::Recovered, Some(id)) = (result.outcome, result.draft_id) {
            let revision = store.get_draft(id).await?.revision;
            events::draft_changed_by_program(&app.handle, id, revision);
        }
    }
    Ok(results)
}
