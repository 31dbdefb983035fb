//! What the page writes: saves, journal entries, versions put back. What each of them means is
//! judged by [`draftwell_core::draft`].

use std::{cmp::Reverse, collections::HashSet};

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    document::Document,
    draft::{
        Content, Draft, JournalEntry, JournalText, JournalVerdict, Keep, RawJournalEntry,
        ReconcileResult, Reconciled, SaveCause, SaveDraft, SaveVerdict, SavedDraft, VersionCause,
        judge, read_journal, reconcile,
    },
    error::Conflict,
    id::{AccountId, DraftId, VersionId},
    patch::Patch,
};
use rusqlite::Transaction;

use super::{Known, find, get, insert, replace};
use crate::{
    Store, accounts, attachments,
    error::{Explain, is_damage},
    signatures,
    sql::Id,
    versions,
};

/// New identifiers for what may become of one journal entry.
#[derive(Debug, Clone, Copy)]
pub struct JournalIds {
    /// For the version that keeps a text.
    pub version: VersionId,
    /// For a draft made of words that don't say whose they are.
    pub draft: DraftId,
    /// For the version that has all of what was too much for a draft.
    pub whole: VersionId,
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
    mut edit: SaveDraft,
    new_id: DraftId,
    version: VersionId,
    now: UnixMillis,
) -> Result<Outcome> {
    leave_out_lost_account(tx, &mut edit)?;
    let edit = &edit;
    check_choices(tx, edit)?;
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

/// An account that was disconnected meanwhile is left out. A window that hasn't heard of it goes
/// on naming it, and no text is refused because of that.
fn leave_out_lost_account(tx: &Transaction<'_>, edit: &mut SaveDraft) -> Result<()> {
    if let Patch::Set(account) = edit.account_id
        && !accounts::exists(tx, account)?
    {
        edit.account_id = Patch::Keep;
    }
    Ok(())
}

/// Sender's address and signature that are chosen by this save must exist.
fn check_choices(tx: &Transaction<'_>, edit: &SaveDraft) -> Result<()> {
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

/// Judges the entries of a journal. Those of one draft, by several windows, are judged newest
/// first: it wins, and the others are older than what then stands there, whatever they were
/// based on.
fn reconcile_all(
    tx: &Transaction<'_>,
    entries: &[RawJournalEntry],
    ids: &[JournalIds],
    now: UnixMillis,
) -> Result<Vec<ReconcileResult>> {
    let mut texts: Vec<_> = entries
        .iter()
        .zip(ids)
        .enumerate()
        .map(|(place, (entry, ids))| (place, entry, ids, read_journal(&entry.value)))
        .collect();
    texts.sort_by_key(|(.., text)| match text {
        JournalText::Whole(journal) => Reverse(journal.at.0),
        // Of an unknown time: they replace nothing.
        JournalText::Words(..) | JournalText::Nothing => Reverse(i64::MIN),
    });
    let mut settled = HashSet::new();
    let mut results = Vec::with_capacity(entries.len());
    for (place, entry, ids, text) in texts {
        let result = reconcile_entry(tx, entry, text, ids, &mut settled, now)?;
        results.push((place, result));
    }
    results.sort_by_key(|(place, _)| *place);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// Judges one entry; `settled` are the drafts that have got the text of a newer one. Whatever is
/// wrong with it or with its draft is its own affair: only what keeps all of them from being
/// stored is an error.
fn reconcile_entry(
    tx: &Transaction<'_>,
    entry: &RawJournalEntry,
    text: JournalText,
    ids: &JournalIds,
    settled: &mut HashSet<DraftId>,
    now: UnixMillis,
) -> Result<ReconcileResult> {
    tx.execute_batch("SAVEPOINT entry").explain()?;
    let judged = match text {
        JournalText::Whole(journal) => reconcile_whole(tx, entry, *journal, ids, settled, now),
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
        cut: Vec::new(),
    }
}

fn reconcile_whole(
    tx: &Transaction<'_>,
    entry: &RawJournalEntry,
    journal: JournalEntry,
    ids: &JournalIds,
    settled: &mut HashSet<DraftId>,
    now: UnixMillis,
) -> Result<ReconcileResult> {
    let id = journal.draft_id;
    let known = find(tx, id)?;
    let Some(whole) = journal_content(tx, known.as_ref(), journal.edit)? else {
        return Ok(unreadable(entry));
    };
    let (content, cut) = whole.clone().within_limits();
    let (base, at) = match settled.contains(&id) {
        true => (0, UnixMillis(i64::MIN)),
        false => (journal.base_revision, journal.at),
    };
    let is_blank = content.is_blank();
    let stored = known.as_ref().map(|known| &known.stored);
    let verdict = reconcile(stored, content, base, at);
    let keep = Keep::for_good(VersionCause::Typing);
    let mut result = ReconcileResult {
        draft_id: Some(id),
        outcome: verdict.outcome(),
        subject: stored
            .map_or(&whole, |stored| &stored.content)
            .subject
            .clone(),
        ..unreadable(entry)
    };
    // When it was typed, not now: another place may have a later state of the same draft.
    let typed_at = match journal.at {
        UnixMillis(1..) if journal.at < now => stored
            .map_or(journal.at, |stored| stored.updated_at.max(journal.at))
            .min(now),
        _ => now,
    };
    match (verdict, &known) {
        (JournalVerdict::Create(content) | JournalVerdict::MakeAnew(content), _) => {
            insert(tx, id, &content, SaveCause::Typing, typed_at)?;
            result.subject = content.subject;
            result.cut = cut;
        }
        (JournalVerdict::Replace(content), Some(known)) => {
            let kept = versions::keep_former(tx, known, keep, ids.version)?;
            replace(tx, known, &content, SaveCause::Typing, typed_at)?;
            result.subject = content.subject;
            result.version_id = Some(kept);
            result.cut = cut;
        }
        (JournalVerdict::KeepAsVersion | JournalVerdict::KeepInBin, Some(known)) => {
            let kept = versions::keep(tx, known, &whole, keep, ids.version, journal.at)?;
            result.version_id = Some(kept);
        }
        _ => {}
    }
    if !result.cut.is_empty()
        && let Some(known) = find(tx, id)?
    {
        let kept = versions::keep(tx, &known, &whole, keep, ids.whole, journal.at)?;
        result.version_id = Some(kept);
    }
    // What is blank may stand in nobody's way.
    if !is_blank
        && !matches!(
            result.outcome,
            Reconciled::KeptAsVersion | Reconciled::KeptInBin
        )
    {
        settled.insert(id);
    }
    Ok(result)
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

/// What a journal entry says, be it more than a draft can have; none if its text can't be read.
/// An account or signature that is gone by now doesn't make the text unreadable.
fn journal_content(
    tx: &Transaction<'_>,
    known: Option<&Known>,
    mut edit: SaveDraft,
) -> Result<Option<Content>> {
    leave_out_lost_account(tx, &mut edit)?;
    let blank = Content::default();
    let former = known.map_or(&blank, |known| &known.stored.content);
    let Ok(mut content) = former.edited_without_limits(&edit) else {
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
    /// - `VALIDATION_ERROR`: not a text of ours, an unknown signature, too much. An account that
    ///   is not there (any more) is no error: the draft keeps the one it had.
    pub async fn save_draft(
        &self,
        edit: SaveDraft,
        new_id: DraftId,
        version: VersionId,
        now: UnixMillis,
    ) -> Result<SavedDraft> {
        let outcome = self
            .write(move |tx| save(tx, edit, new_id, version, now))
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
        self.write(move |tx| reconcile_all(tx, &entries, &ids, now))
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

/// Takes an account that goes out of the drafts that can be written in, as a revision of each. Of
/// others its row's going does so.
pub(crate) fn clear_account(tx: &Transaction<'_>, id: AccountId) -> Result<Vec<super::Changed>> {
    tx.prepare_cached(
        "UPDATE drafts SET account_id = NULL, revision = revision + 1
         WHERE account_id = ?1 AND status IN ('draft', 'failed') RETURNING id, revision",
    )
    .and_then(|mut drafts| {
        drafts
            .query_map([Id(id)], |row| {
                Ok(super::Changed {
                    id: row.get::<_, Id<_>>(0)?.0,
                    revision: row.get(1)?,
                })
            })?
            .collect()
    })
    .explain()
}
