//! Saves of the page, and versions put back. What each of them means is judged by
//! [`draftwell_core::draft`].

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    draft::{
        Content, CutField, Draft, Keep, SaveCause, SaveDraft, SaveVerdict, SavedDraft,
        VersionCause, judge,
    },
    error::Conflict,
    id::{DraftId, VersionId},
    patch::Patch,
};
use rusqlite::Transaction;

use super::{
    Known, find, get,
    gone::{drop_lost_signature, leave_out_lost_account},
    insert, replace,
};
use crate::{Store, accounts, attachments, signatures, versions};

/// What became of a save. Errors that come with something to store can't be errors of the
/// transaction, which would undo it.
enum Outcome {
    Saved(SavedDraft),
    Conflict(SavedDraft, Conflict),
    Refused(Error),
}

/// Saves what of an edit can be saved. A part that can't be taken is told, and keeps the rest from
/// nobody: what somebody typed must not wait until they notice.
fn save(
    tx: &Transaction<'_>,
    mut edit: SaveDraft,
    new_id: DraftId,
    version: VersionId,
    now: UnixMillis,
) -> Result<Outcome> {
    leave_out_lost_account(tx, &mut edit)?;
    let mut refusals = leave_out_unknown_choices(tx, &mut edit)?;
    let id = edit.id.unwrap_or(new_id);
    let known = find(tx, id)?;
    let blank = Content::default();
    let former = known.as_ref().map_or(&blank, |known| &known.stored.content);
    let whole = former.edited_without_limits(&edit)?;
    let (mut content, cut) = whole.clone().within_limits();
    refusals.extend(cut.into_iter().map(CutField::refusal));
    drop_lost_signature(tx, &mut content)?;
    refusals.extend(attachments::resolve(tx, &mut content, &former.attachments)?);
    let refusal = refusals.into_iter().next();
    let outcome = match known {
        Some(known) => save_over(tx, &known, &whole, content, &edit, version, now)?,
        None => {
            let is_nothing = content.is_blank() && content.recipients().next().is_none();
            if let Some(refusal) = refusal.as_ref().filter(|_| is_nothing) {
                return Ok(Outcome::Refused(refusal.clone()));
            }
            insert(tx, id, &content, edit.cause.unwrap_or_default(), now)?;
            Outcome::Saved(SavedDraft {
                id,
                revision: 1,
                saved_at: now,
                signature_id: content.body.signature_id(),
            })
        }
    };
    Ok(match (refusal, outcome) {
        (Some(refusal), Outcome::Saved(saved)) => Outcome::Refused(in_part(refusal, saved, None)),
        (Some(refusal), Outcome::Conflict(saved, conflict)) => {
            Outcome::Refused(in_part(refusal, saved, Some(conflict)))
        }
        (_, outcome) => outcome,
    })
}

/// A refusal of a part of what was saved.
fn in_part(refusal: Error, saved: SavedDraft, conflict: Option<Conflict>) -> Error {
    Error {
        message: format!("{refusal} The rest was saved."),
        saved: Some(Box::new(saved)),
        conflict: conflict.map(Box::new),
        ..refusal
    }
}

/// Saves over what is stored; `whole` is the edit before what is too much was cut off.
fn save_over(
    tx: &Transaction<'_>,
    known: &Known,
    whole: &Content,
    content: Content,
    edit: &SaveDraft,
    version: VersionId,
    now: UnixMillis,
) -> Result<Outcome> {
    let stored = &known.stored;
    let mut saved = SavedDraft {
        id: known.id,
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
            versions::keep(tx, known, whole, keep, version, now)?;
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
                .map(|keep| versions::keep_former(tx, known, keep, version))
                .transpose()?;
            let cause = edit.cause.unwrap_or_default();
            saved.revision = replace(tx, known, &content, cause, now)?;
            saved.saved_at = now;
            Ok(match kept {
                Some(version_id) if conflict => {
                    let conflict = Conflict {
                        draft_id: known.id,
                        revision: saved.revision,
                        saved_at: now,
                        version_id,
                    };
                    Outcome::Conflict(saved, conflict)
                }
                _ => Outcome::Saved(saved),
            })
        }
    }
}

/// Leaves out a sender's address and a signature that are chosen by this save and don't exist;
/// answers the refusals.
fn leave_out_unknown_choices(tx: &Transaction<'_>, edit: &mut SaveDraft) -> Result<Vec<Error>> {
    let mut refusals = Vec::new();
    if let Patch::Set(from) = &edit.from_address
        && !accounts::has_alias(tx, from)?
    {
        edit.from_address = Patch::Keep;
        refusals.push(Error::invalid(
            "fromAddress",
            "None of your accounts may send from this address. Choose another one.",
        ));
    }
    if let Patch::Set(signature) = edit.signature_id
        && !signatures::exists(tx, signature)?
    {
        edit.signature_id = Patch::Keep;
        refusals.push(Error::invalid(
            "signatureId",
            "This signature was deleted. Choose another one.",
        ));
    }
    Ok(refusals)
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

impl Store {
    /// Saves a draft, or makes one: with the id of the edit, else with `new_id`. What the save
    /// replaces may be kept as a version, `version`; saving the same again changes nothing.
    ///
    /// # Errors
    /// - `CONFLICT`: the save **was** carried out but not based on what it replaced, which was
    ///   kept; `conflict` says where.
    /// - `FORBIDDEN`: the draft is in the bin, queued or sent. What was new in the edit was kept
    ///   as a version.
    /// - `VALIDATION_ERROR`, `LIMIT_REACHED`: too much of something, an unknown signature, address
    ///   or file. With `saved` all the rest **was** stored, of what was too much its first part.
    ///   Without it nothing was: the text is none of ours, or there was nothing else. An account
    ///   that is not there (any more) is no error: the draft keeps the one it had.
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
            Outcome::Conflict(_, conflict) => Err(Error {
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
}
