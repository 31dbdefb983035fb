//! What the page writes: saves, journal entries, versions put back. What each of them means is
//! judged by [`draftwell_core::draft`].

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    document::Document,
    draft::{
        Content, Draft, JournalEntry, JournalText, JournalVerdict, Keep, RawJournalEntry,
        ReconcileResult, Reconciled, SaveCause, SaveDraft, SaveVerdict, SavedDraft, VersionCause,
        judge, read_journal, reconcile,
    },
    error::Conflict,
    id::{DraftId, VersionId},
    patch::Patch,
};
use rusqlite::Transaction;

use super::{Known, find, get, insert, replace};
use crate::{
    Store, accounts, attachments,
    error::{Explain, is_damage},
    signatures, versions,
};

/// New identifiers for what may become of one journal entry.
#[derive(Debug, Clone, Copy)]
pub struct JournalIds {
    /// For the version that keeps a text.
    pub version: VersionId,
    /// For a draft made of words that don't say whose they are.
    pub draft: DraftId,
}

/// What became of a save. Errors that come with something to store can't be errors of the
/// transaction, which would undo it.
enum Outcome {
    Saved(SavedDraft),
    Conflict(Conflict),
    Refused(Error),
}

fn save(
    tx: &Transaction<'_>,
    edit: &SaveDraft,
    new_id: DraftId,
    version: VersionId,
    now: UnixMillis,
) -> Result<Outcome> {
    check_references(tx, edit)?;
    let id = edit.id.unwrap_or(new_id);
    let cause = edit.cause.unwrap_or_default();
    let Some(known) = find(tx, id)? else {
        let mut content = Content::default().edited(edit)?;
        drop_lost_signature(tx, &mut content)?;
        attachments::resolve(tx, &mut content, &[])?;
        insert(tx, id, &content, cause, now)?;
        return Ok(Outcome::Saved(SavedDraft {
            id,
            revision: 1,
            saved_at: now,
            signature_id: content.body.signature_id(),
        }));
    };
    let stored = &known.stored;
    let mut content = stored.content.edited(edit)?;
    drop_lost_signature(tx, &mut content)?;
    attachments::resolve(tx, &mut content, &stored.content.attachments)?;
    let mut saved = SavedDraft {
        id,
        revision: stored.revision,
        saved_at: stored.updated_at,
        signature_id: content.body.signature_id(),
    };
    match judge(stored, &content, edit) {
        SaveVerdict::Unchanged => Ok(Outcome::Saved(saved)),
        SaveVerdict::Refuse { keep_edited, error } => {
            if !keep_edited {
                return Ok(Outcome::Refused(error));
            }
            let keep = Keep::for_good(VersionCause::Typing);
            versions::keep(tx, &known, &content, keep, version, now)?;
            Ok(Outcome::Refused(Error::new(
                error.code,
                format!("{error} What you typed was kept among its versions."),
            )))
        }
        SaveVerdict::Save {
            keep_former,
            conflict,
        } => {
            let kept = keep_former
                .or(known
                    .is_salvaged
                    .then_some(Keep::for_good(VersionCause::Typing)))
                .map(|keep| versions::keep_former(tx, &known, keep, version))
                .transpose()?;
            saved.revision = replace(tx, &known, &content, cause, now)?;
            saved.saved_at = now;
            Ok(match kept {
                Some(version_id) if conflict => Outcome::Conflict(Conflict {
                    draft_id: id,
                    revision: saved.revision,
                    saved_at: now,
                    version_id,
                }),
                _ => Outcome::Saved(saved),
            })
        }
    }
}

/// Account and signature that are chosen by this save must exist.
fn check_references(tx: &Transaction<'_>, edit: &SaveDraft) -> Result<()> {
    if let Patch::Set(account) = edit.account_id
        && !accounts::exists(tx, account)?
    {
        return Err(Error::invalid(
            "accountId",
            "This account was disconnected. Choose another one.",
        ));
    }
    if let Patch::Set(from) = &edit.from_address
        && !accounts::has_alias(tx, from)?
    {
        return Err(Error::invalid(
            "fromAddress",
            "None of your accounts may send from this address. Choose another one.",
        ));
    }
    if let Patch::Set(signature) = edit.signature_id
        && !signatures::exists(tx, signature)?
    {
        return Err(Error::invalid(
            "signatureId",
            "This signature was deleted. Choose another one.",
        ));
    }
    Ok(())
}

/// Takes the place of a signature that was deleted meanwhile out of the text. A window that
/// hasn't heard of it goes on saving, and no text is refused because of that.
fn drop_lost_signature(tx: &Transaction<'_>, content: &mut Content) -> Result<()> {
    if let Some(signature) = content.body.signature_id()
        && !signatures::exists(tx, signature)?
    {
        content.body = std::mem::take(&mut content.body).without_signature();
    }
    Ok(())
}

fn restore_version(
    tx: &Transaction<'_>,
    version: VersionId,
    new_version: VersionId,
    now: UnixMillis,
) -> Result<Draft> {
    let version = versions::get(tx, version)?;
    let known = find(tx, version.draft_id)?.ok_or_else(|| Error::not_found("draft"))?;
    let edit = SaveDraft {
        subject: Some(version.subject),
        body: Some(version.body),
        attachments: Some(version.attachments),
        ..SaveDraft::default()
    };
    let mut content = known.stored.content.edited(&edit)?;
    drop_lost_signature(tx, &mut content)?;
    attachments::leave_out_lost(tx, &mut content.attachments)?;
    match judge(&known.stored, &content, &edit) {
        SaveVerdict::Unchanged => {}
        SaveVerdict::Refuse { error, .. } => return Err(error),
        SaveVerdict::Save { .. } => {
            if !known.stored.content.is_blank() {
                let keep = Keep::for_good(VersionCause::Restore);
                versions::keep_former(tx, &known, keep, new_version)?;
            }
            replace(tx, &known, &content, SaveCause::Restore, now)?;
        }
    }
    get(tx, known.id)
}

/// Judges one entry. Whatever is wrong with it or with its draft is its own affair: only what
/// keeps all of them from being stored is an error.
fn reconcile_entry(
    tx: &Transaction<'_>,
    entry: &RawJournalEntry,
    ids: &JournalIds,
    now: UnixMillis,
) -> Result<ReconcileResult> {
    tx.execute_batch("SAVEPOINT entry").explain()?;
    let judged = match read_journal(&entry.value) {
        JournalText::Whole(journal) => reconcile_whole(tx, entry, *journal, ids.version, now),
        JournalText::Words(id, words) => keep_words(tx, entry, id, words, ids, now),
        JournalText::Nothing => Ok(unreadable(entry)),
    };
    let result = match judged {
        Err(error) if error.code == Code::StorageFull || is_damage(&error) => return Err(error),
        Err(error) => {
            tracing::error!(code = ?error.code, "an entry of the journal could not be taken over");
            tx.execute_batch("ROLLBACK TO entry").explain()?;
            unreadable(entry)
        }
        Ok(result) => result,
    };
    tx.execute_batch("RELEASE entry").explain()?;
    Ok(result)
}

fn unreadable(entry: &RawJournalEntry) -> ReconcileResult {
    ReconcileResult {
        key: entry.key.clone(),
        draft_id: None,
        outcome: Reconciled::Unreadable,
        subject: String::new(),
        version_id: None,
    }
}

fn reconcile_whole(
    tx: &Transaction<'_>,
    entry: &RawJournalEntry,
    journal: JournalEntry,
    version: VersionId,
    now: UnixMillis,
) -> Result<ReconcileResult> {
    let known = find(tx, journal.draft_id)?;
    let Some(content) = journal_content(tx, known.as_ref(), journal.edit)? else {
        return Ok(unreadable(entry));
    };
    let verdict = reconcile(
        known.as_ref().map(|known| &known.stored),
        content.clone(),
        journal.base_revision,
        journal.at,
    );
    let keep = Keep::for_good(VersionCause::Typing);
    let outcome = verdict.outcome();
    let mut subject = known
        .as_ref()
        .map_or(&content, |known| &known.stored.content)
        .subject
        .clone();
    let version_id = match (verdict, &known) {
        (JournalVerdict::Create(content) | JournalVerdict::MakeAnew(content), _) => {
            insert(tx, journal.draft_id, &content, SaveCause::Typing, now)?;
            None
        }
        (JournalVerdict::Replace(content), Some(known)) => {
            let kept = versions::keep_former(tx, known, keep, version)?;
            replace(tx, known, &content, SaveCause::Typing, now)?;
            subject = content.subject;
            Some(kept)
        }
        (JournalVerdict::KeepAsVersion | JournalVerdict::KeepInBin, Some(known)) => Some(
            versions::keep(tx, known, &content, keep, version, journal.at)?,
        ),
        _ => None,
    };
    Ok(ReconcileResult {
        key: entry.key.clone(),
        draft_id: Some(journal.draft_id),
        outcome,
        subject,
        version_id,
    })
}

/// Words of a damaged entry never replace a text: they become a version of it, or a draft.
fn keep_words(
    tx: &Transaction<'_>,
    entry: &RawJournalEntry,
    id: Option<DraftId>,
    words: Document,
    ids: &JournalIds,
    now: UnixMillis,
) -> Result<ReconcileResult> {
    let id = id.unwrap_or(ids.draft);
    let mut content = Content {
        body: words,
        ..Content::default()
    };
    let mut result = ReconcileResult {
        draft_id: Some(id),
        outcome: Reconciled::Salvaged,
        ..unreadable(entry)
    };
    match find(tx, id)? {
        Some(known) => {
            let stored = &known.stored.content;
            result.subject.clone_from(&stored.subject);
            content = Content {
                body: content.body,
                ..stored.clone()
            };
            let kept = versions::keep(
                tx,
                &known,
                &content,
                Keep::for_good(VersionCause::Typing),
                ids.version,
                now,
            )?;
            result.version_id = Some(kept);
        }
        None => insert(tx, id, &content, SaveCause::Typing, now)?,
    }
    Ok(result)
}

/// What a journal entry says; none if its text can't be read. An account or signature that is
/// gone by now doesn't make the text unreadable.
fn journal_content(
    tx: &Transaction<'_>,
    known: Option<&Known>,
    mut edit: SaveDraft,
) -> Result<Option<Content>> {
    if let Patch::Set(account) = edit.account_id
        && !accounts::exists(tx, account)?
    {
        edit.account_id = Patch::Keep;
    }
    let blank = Content::default();
    let former = known.map_or(&blank, |known| &known.stored.content);
    let Ok(mut content) = former.edited(&edit) else {
        return Ok(None);
    };
    drop_lost_signature(tx, &mut content)?;
    attachments::leave_out_lost(tx, &mut content.attachments)?;
    Ok(Some(content))
}

impl Store {
    /// Saves a draft, or makes one: with the id of the edit, else with `new_id`. What the save
    /// replaces may be kept as a version, `version`; saving the same again changes nothing.
    ///
    /// # Errors
    /// - `CONFLICT`: the save **was** carried out but not based on what it replaced, which was
    ///   kept; `conflict` says where.
    /// - `FORBIDDEN`: the draft is in the bin, queued or sent. What was new in the edit was kept
    ///   as a version.
    /// - `VALIDATION_ERROR`: not a text of ours, an unknown account or signature, too much.
    pub async fn save_draft(
        &self,
        edit: SaveDraft,
        new_id: DraftId,
        version: VersionId,
        now: UnixMillis,
    ) -> Result<SavedDraft> {
        let outcome = self
            .write(move |tx| save(tx, &edit, new_id, version, now))
            .await?;
        match outcome {
            Outcome::Saved(saved) => Ok(saved),
            Outcome::Conflict(conflict) => Err(Error {
                conflict: Some(Box::new(conflict)),
                ..Error::new(
                    Code::Conflict,
                    "This draft was changed elsewhere meanwhile. Your text was saved; the other \
                     one was kept among its versions.",
                )
            }),
            Outcome::Refused(error) => Err(error),
        }
    }

    /// Puts a version's subject and text back into its draft; what stood there becomes a version,
    /// `new_version`.
    ///
    /// # Errors
    /// `FORBIDDEN` where the draft can't be written in, `NOT_FOUND`.
    pub async fn restore_version(
        &self,
        version: VersionId,
        new_version: VersionId,
        now: UnixMillis,
    ) -> Result<Draft> {
        self.write(move |tx| restore_version(tx, version, new_version, now))
            .await
    }

    /// Compares the page's journal with the database after a start (see
    /// [`draftwell_core::draft::reconcile`]). `ids` has new ones for each entry.
    ///
    /// # Errors
    /// Only the database's; nothing was changed then, and the journal must be kept.
    pub async fn reconcile_journal(
        &self,
        entries: Vec<RawJournalEntry>,
        ids: Vec<JournalIds>,
        now: UnixMillis,
    ) -> Result<Vec<ReconcileResult>> {
        if ids.len() < entries.len() {
            return Err(Error::invalid("entries", "There is an id missing."));
        }
        self.write(move |tx| {
            entries
                .iter()
                .zip(&ids)
                .map(|(entry, ids)| reconcile_entry(tx, entry, ids, now))
                .collect()
        })
        .await
    }
}

/// Takes a signature's place out of a draft, as a revision of its own.
pub(crate) fn clear_signature(
    tx: &Transaction<'_>,
    id: DraftId,
    now: UnixMillis,
) -> Result<Option<super::Changed>> {
    let Some(known) = find(tx, id)? else {
        return Ok(None);
    };
    let mut content = known.stored.content.clone();
    content.body = Document::without_signature(content.body);
    let revision = replace(tx, &known, &content, known.stored.made_by, now)?;
    Ok(Some(super::Changed { id, revision }))
}
