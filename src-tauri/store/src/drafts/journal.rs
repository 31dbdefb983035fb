//! The page's journal after a start: what of it goes into the drafts. What an entry means is judged
//! by [`draftwell_core::draft::reconcile`].

use std::{cmp::Reverse, collections::HashSet};

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    document::Document,
    draft::{
        Content, JournalEntry, JournalText, JournalVerdict, Keep, RawJournalEntry, ReconcileResult,
        Reconciled, SaveCause, SaveDraft, VersionCause, read_journal, reconcile,
    },
    id::{DraftId, VersionId},
};
use rusqlite::Transaction;

use super::{
    Known, find,
    gone::{drop_lost_signature, leave_out_lost_account},
    insert, replace,
};
use crate::{
    Store, attachments,
    error::{Explain, is_damage},
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
        // A save that was refused in part has stored the rest: what was cut is nowhere but here.
        (JournalVerdict::Nothing, Some(_)) => result.cut = cut,
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
