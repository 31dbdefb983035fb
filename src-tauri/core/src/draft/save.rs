//! How a save is judged against what is stored.

use crate::{
    Code, Error, Result, UnixMillis,
    address::Mailbox,
    attachment::{Attachment, MAX_ATTACHMENTS},
    document::Document,
    draft::{CutField, DraftStatus, SaveCause, SaveDraft, VersionCause},
    id::AccountId,
    patch::Patch,
};

/// The longest subject, in Unicode scalar values. Far more than mail programs show.
pub const MAX_SUBJECT_CHARS: usize = 2_000;
/// The most recipients of one draft, To, Cc and Bcc together.
pub const MAX_RECIPIENTS: usize = 1_000;

/// A text that shrinks below half of this many characters or more has lost most of itself.
const MUCH_TEXT: usize = 80;

/// Everything of a draft that a save can change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc.
    pub bcc: Vec<Mailbox>,
    /// Subject, on one line.
    pub subject: String,
    /// The text.
    pub body: Document,
    /// Whether the signature was chosen by hand.
    pub signature_chosen: bool,
    /// Account to send from.
    pub account_id: Option<AccountId>,
    /// The account's alias to send from; none: its own address.
    pub from_address: Option<String>,
    /// The files that go with it, in the order they are shown.
    pub attachments: Vec<Attachment>,
}

impl Content {
    /// This content with what the edit names.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` where the body is no document of ours, the subject is longer than
    /// [`MAX_SUBJECT_CHARS`], or there are more than [`MAX_RECIPIENTS`]; `LIMIT_REACHED` where
    /// there are too many files.
    pub fn edited(&self, edit: &SaveDraft) -> Result<Self> {
        let (content, cut) = self.edited_without_limits(edit)?.within_limits();
        match cut.first() {
            Some(field) => Err(field.refusal()),
            None => Ok(content),
        }
    }

    /// [`Content::edited`] of a text that has to be kept whatever comes with it: see
    /// [`Content::within_limits`].
    ///
    /// # Errors
    /// `VALIDATION_ERROR` where the body is no document of ours.
    pub fn edited_without_limits(&self, edit: &SaveDraft) -> Result<Self> {
        let mut body = match &edit.body {
            Some(json) => Document::parse(json)?,
            None => self.body.clone(),
        };
        let mut chosen = edit.signature_chosen.unwrap_or(self.signature_chosen);
        if edit.signature_id != Patch::Keep {
            let signature = edit.signature_id.apply(None);
            body = body.with_signature(signature);
            chosen = edit.signature_chosen.unwrap_or(true);
        }
        Ok(Self {
            to: edit.to.as_ref().unwrap_or(&self.to).clone(),
            cc: edit.cc.as_ref().unwrap_or(&self.cc).clone(),
            bcc: edit.bcc.as_ref().unwrap_or(&self.bcc).clone(),
            subject: match &edit.subject {
                // A pasted line break must not end the subject's header line later.
                Some(subject) => subject.replace(char::is_control, " "),
                None => self.subject.clone(),
            },
            body,
            signature_chosen: chosen,
            account_id: edit.account_id.apply(self.account_id),
            from_address: edit.from_address.clone().apply(self.from_address.clone()),
            attachments: match &edit.attachments {
                Some(list) => each_once(list.iter().map(Attachment::with_clean_name)),
                None => self.attachments.clone(),
            },
        })
    }

    /// This content without what is too much for a draft, and which fields that was in. The
    /// first part of each is kept.
    pub fn within_limits(mut self) -> (Self, Vec<CutField>) {
        let mut cut = Vec::new();
        if self.subject.chars().count() > MAX_SUBJECT_CHARS {
            self.subject = self.subject.chars().take(MAX_SUBJECT_CHARS).collect();
            cut.push(CutField::Subject);
        }
        let mut room = MAX_RECIPIENTS;
        if self.recipients().count() > room {
            for people in [&mut self.to, &mut self.cc, &mut self.bcc] {
                people.truncate(room);
                room -= people.len();
            }
            cut.push(CutField::Recipients);
        }
        if self.attachments.len() > MAX_ATTACHMENTS {
            self.attachments.truncate(MAX_ATTACHMENTS);
            cut.push(CutField::Attachments);
        }
        (self, cut)
    }

    /// Everybody it would go to: To, Cc, Bcc.
    pub fn recipients(&self) -> impl Iterator<Item = &Mailbox> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    /// Whether subject and text have nothing to read, and no file goes with them.
    pub fn is_blank(&self) -> bool {
        self.subject.trim().is_empty() && self.body.is_blank() && self.attachments.is_empty()
    }

    /// The hashes of the files this content needs: those that go with it, and the images of its
    /// text.
    pub fn blobs(&self) -> Vec<String> {
        let images = self.body.image_hashes();
        let mut hashes: Vec<_> = images.iter().map(ToString::to_string).collect();
        hashes.extend(self.attachments.iter().map(|file| file.hash.clone()));
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    }

    /// Whether `self` in place of `former` would take away all or most of its text.
    fn loses_most_of(&self, former: &Self) -> bool {
        if former.body.is_blank() {
            return false;
        }
        if self.body.is_blank() {
            return true;
        }
        let before = former.body.char_count();
        before >= MUCH_TEXT && self.body.char_count() < before / 2
    }
}

impl CutField {
    /// What is answered to a save that had too much of it.
    pub fn refusal(self) -> Error {
        match self {
            Self::Subject => Error::invalid(
                "subject",
                "This subject is too long. Move a part of it into the text.",
            ),
            Self::Recipients => Error::invalid(
                "to",
                format!("A mail can go to at most {MAX_RECIPIENTS} people. Take some out."),
            ),
            Self::Attachments => Error::new(
                Code::LimitReached,
                format!(
                    "A mail can carry at most {MAX_ATTACHMENTS} files. Put them into a ZIP file."
                ),
            ),
        }
    }
}

/// The same file under the same name goes with a mail once; a mail that was opened as a draft may
/// have had it twice.
fn each_once(files: impl Iterator<Item = Attachment>) -> Vec<Attachment> {
    let mut list: Vec<Attachment> = Vec::new();
    for file in files {
        let is_same = |other: &Attachment| (&other.hash, &other.name) == (&file.hash, &file.name);
        if !list.iter().any(is_same) {
            list.push(file);
        }
    }
    list
}

/// A draft as it is stored, as far as judging needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// What it says.
    pub content: Content,
    /// Counts the saves.
    pub revision: u32,
    /// Where it stands.
    pub status: DraftStatus,
    /// Whether it is in the bin.
    pub in_bin: bool,
    /// When it was last saved.
    pub updated_at: UnixMillis,
    /// What the save that made this content was for.
    pub made_by: SaveCause,
}

/// How what a save replaces is kept as a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Why.
    pub cause: VersionCause,
    /// Thinning never takes it away: somebody may look for just this text.
    pub for_good: bool,
}

impl Keep {
    /// A version of this cause that is never thinned away.
    pub const fn for_good(cause: VersionCause) -> Self {
        Self {
            cause,
            for_good: true,
        }
    }

    /// One state of many while somebody types.
    pub const TYPED: Self = Self {
        cause: VersionCause::Typing,
        for_good: false,
    };
}

/// What is to be done with a save.
#[derive(Debug, Clone, PartialEq)]
pub enum SaveVerdict {
    /// All of it is stored already: no new revision.
    Unchanged,
    /// It becomes the next revision.
    Save {
        /// What it replaces is kept as a version; none if there was nothing to read in it.
        keep_former: Option<Keep>,
        /// It was not based on what it replaces: the save is answered with `CONFLICT`.
        conflict: bool,
    },
    /// It can't be saved in this state.
    Refuse {
        /// The text is new: it is kept as a version, so that nothing typed is lost.
        keep_edited: bool,
        /// What to answer.
        error: Error,
    },
}

/// Judges the save of `edited`, made from `stored` by `edit`.
///
/// Last write wins. What it replaces is always kept, and for good where it may be missed: before
/// and after a polish and a restore, where somebody else wrote it, and where most of it goes.
/// A save that was not based on the stored revision keeps what it replaces and
/// is a conflict; so is one based on a revision that doesn't exist (yet): the page then knows
/// something the database has lost. Saving the same again is no conflict, so a page may repeat a
/// save whose answer it didn't get.
pub fn judge(stored: &Stored, edited: &Content, edit: &SaveDraft) -> SaveVerdict {
    if let Some(reason) = read_only(stored) {
        return SaveVerdict::Refuse {
            keep_edited: *edited != stored.content && !edited.is_blank(),
            error: Error::new(Code::Forbidden, reason),
        };
    }
    if *edited == stored.content {
        return SaveVerdict::Unchanged;
    }
    let cause = edit.cause.unwrap_or_default();
    let conflict = edit
        .base_revision
        .is_some_and(|base| base != stored.revision);
    let keep = if cause == SaveCause::Polish || stored.made_by == SaveCause::Polish {
        Keep::for_good(VersionCause::Polish)
    } else if cause == SaveCause::Restore {
        Keep::for_good(VersionCause::Restore)
    } else if conflict
        || stored.made_by == SaveCause::Restore
        || edited.loses_most_of(&stored.content)
    {
        Keep::for_good(VersionCause::Typing)
    } else {
        Keep::TYPED
    };
    // The other window of a conflict may have emptied it, and is told of a version.
    let keep_former = (conflict || !stored.content.is_blank()).then_some(keep);
    SaveVerdict::Save {
        keep_former,
        conflict,
    }
}

/// Why this draft can't be changed now.
fn read_only(stored: &Stored) -> Option<&'static str> {
    if stored.in_bin {
        return Some("This draft is in the bin. Restore it to go on writing.");
    }
    match stored.status {
        DraftStatus::Draft | DraftStatus::Failed => None,
        DraftStatus::Queued => Some("This mail is waiting to be sent. Take it back to change it."),
        DraftStatus::Sent => Some("This mail was sent and can't be changed any more."),
    }
}
