//! Drafts: what one is, how a save is judged, and how a journal is reconciled with the database.
//!
//! This file has what crosses to the page. The rules are in [`judge`] (a save against what is
//! stored), [`reconcile`] (the page's journal against what is stored, after a start) and
//! [`SaveBucket`] (how often typing may save). They share one aim: no text that was shown as
//! saved is ever lost; what a save replaces is kept as a [`Version`], which [`thin`] may take
//! away again when it is old and one of many, and [`compare`] shows what changed from one to
//! another. Deliberately absent: the database, and merging two texts into one.

mod answer;
mod bucket;
mod compare;
mod journal;
mod save;
#[cfg(test)]
mod tests;
mod thin;
mod version;

pub use answer::{Answerable, Answering, answer_to};
pub use bucket::SaveBucket;
pub use compare::{Comparison, DiffKind, DiffRun, compare};
pub use journal::{JournalText, JournalVerdict, read_journal, reconcile};
pub use save::{Content, Keep, MAX_RECIPIENTS, MAX_SUBJECT_CHARS, SaveVerdict, Stored, judge};
pub use thin::{Aged, Thinned, UNTOUCHED_SECONDS, thin};
pub use version::{
    CompareVersions, ListVersions, Version, VersionCause, VersionPage, VersionSummary, excerpt,
};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    UnixMillis,
    address::Mailbox,
    attachment::Attachment,
    error::Code,
    id::{AccountId, ContactId, DraftId, SignatureId, VersionId},
    patch::Patch,
    search::Piece,
};

/// Where a draft stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DraftStatus {
    /// Being written.
    #[default]
    Draft,
    /// Frozen in the outbox; read-only until undone.
    Queued,
    /// Left.
    Sent,
    /// Came back from the outbox; `error_code` and `error_message` say why. Can be edited.
    Failed,
}

/// What the mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// First contact.
    Intro,
    /// Coming back to something.
    FollowUp,
    /// An offer.
    Proposal,
    /// Thanks.
    ThankYou,
    /// Asking how things are.
    CheckIn,
    /// Anything else.
    Other,
}

/// How the mail should sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Formal.
    Formal,
    /// Friendly.
    Friendly,
    /// Urgent.
    Urgent,
}

/// An unsent e-mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Identifier.
    pub id: DraftId,
    /// The contact this draft is bound to; at most one open draft per contact.
    pub contact_id: Option<ContactId>,
    /// The account to send from; none means the default one.
    pub account_id: Option<AccountId>,
    /// The alias of that account to send from; none means its own address.
    pub from_address: Option<String>,
    /// Recipients, as typed so far.
    pub to: Vec<Mailbox>,
    /// Copy recipients.
    pub cc: Vec<Mailbox>,
    /// Blind copy recipients.
    pub bcc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// The text: a ProseMirror document of our schema (see [`crate::document`]).
    pub body: crate::document::DocumentJson,
    /// The files that go with it.
    pub attachments: Vec<Attachment>,
    /// The signature node's signature, read from the body.
    pub signature_id: Option<SignatureId>,
    /// Whether the user chose the signature (or none) by hand, so that polish leaves it alone.
    pub signature_chosen: bool,
    /// Purpose.
    pub purpose: Option<Purpose>,
    /// Tone.
    pub tone: Option<Tone>,
    /// Notes for generating, up to 2,000 characters.
    pub context: String,
    /// How much it sounds like the user, 0 to 1.
    pub style_score: Option<f32>,
    /// Counts the saves; a save names the one it was based on.
    pub revision: u32,
    /// Where it stands.
    pub status: DraftStatus,
    /// Why it failed.
    pub error_code: Option<Code>,
    /// Why it failed, for people.
    pub error_message: Option<String>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was last saved.
    pub updated_at: UnixMillis,
    /// When it was put into the bin.
    pub deleted_at: Option<UnixMillis>,
}

/// What `save_draft` takes: a field left out stays as it is (or empty in a new draft).
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveDraft {
    /// The draft to save; without it one is made. An id nobody has yet makes a draft with that
    /// id, so that the page's journal and the database agree on it from the first letter.
    #[serde(default)]
    #[specta(optional)]
    pub id: Option<DraftId>,
    /// The revision this edit was based on; 0 or left out for a new draft. When the draft exists
    /// and this is left out, the save is taken as based on the current one.
    #[serde(default)]
    #[specta(optional)]
    pub base_revision: Option<u32>,
    /// To.
    #[serde(default)]
    #[specta(optional)]
    pub to: Option<Vec<Mailbox>>,
    /// Cc.
    #[serde(default)]
    #[specta(optional)]
    pub cc: Option<Vec<Mailbox>>,
    /// Bcc.
    #[serde(default)]
    #[specta(optional)]
    pub bcc: Option<Vec<Mailbox>>,
    /// Subject.
    #[serde(default)]
    #[specta(optional)]
    pub subject: Option<String>,
    /// ProseMirror document.
    #[serde(default)]
    #[specta(optional)]
    pub body: Option<crate::document::DocumentJson>,
    /// All files that go with it, in order. Only files that were added before can be named; type
    /// and size are those of the file, whatever is said here.
    #[serde(default)]
    #[specta(optional)]
    pub attachments: Option<Vec<Attachment>>,
    /// Puts this signature's node into the body (`null` takes it out) and counts as chosen by
    /// hand; left out, the body's own node stands.
    #[serde(default)]
    #[specta(optional, type = Option<SignatureId>)]
    pub signature_id: Patch<SignatureId>,
    /// Whether the signature was chosen by hand.
    #[serde(default)]
    #[specta(optional)]
    pub signature_chosen: Option<bool>,
    /// Account to send from.
    #[serde(default)]
    #[specta(optional, type = Option<AccountId>)]
    pub account_id: Patch<AccountId>,
    /// An alias of the account to send from (`null`: its own address).
    #[serde(default)]
    #[specta(optional, type = Option<String>)]
    pub from_address: Patch<String>,
    /// Why this save comes; decides whether a version is kept and whether the limit applies.
    #[serde(default)]
    #[specta(optional)]
    pub cause: Option<SaveCause>,
}

/// Why a save comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SaveCause {
    /// Typing; the only one the rate limit applies to.
    #[default]
    Typing,
    /// The field or window lost the focus.
    Blur,
    /// The window closes.
    Close,
    /// A polished version was taken; kept as a version for good.
    Polish,
    /// A former version was taken back; what it replaces is kept for good.
    Restore,
    /// About to send.
    Send,
}

/// What `save_draft` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SavedDraft {
    /// The draft's id.
    pub id: DraftId,
    /// Its revision now.
    pub revision: u32,
    /// When it was saved, durably.
    pub saved_at: UnixMillis,
    /// The signature node found in the body.
    pub signature_id: Option<SignatureId>,
}

/// One line of the list of drafts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftSummary {
    /// Identifier.
    pub id: DraftId,
    /// Bound contact.
    pub contact_id: Option<ContactId>,
    /// That contact's name.
    pub contact_name: Option<String>,
    /// Recipients in To.
    pub to: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// The first 160 characters of the plain text, on one line.
    pub snippet: String,
    /// How many files go with it.
    pub attachment_count: u32,
    /// Where it stands.
    pub status: DraftStatus,
    /// Why it came back from the outbox, or why nobody knows whether it left.
    pub error_code: Option<Code>,
    /// Revision.
    pub revision: u32,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was last saved.
    pub updated_at: UnixMillis,
    /// Where a search found its words; none without a search.
    pub found: Option<Found>,
}

/// Where the words of a search stand in a draft. A part without any is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The whole subject.
    pub subject: Option<Vec<Piece>>,
    /// Those of all recipients who were found, as `name <address>`.
    pub recipients: Option<Vec<Piece>>,
    /// The plain text around the first place, about 160 characters on one line.
    pub text: Option<Vec<Piece>>,
}

/// Order of the list of drafts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DraftSort {
    /// Last saved first.
    #[default]
    Updated,
    /// Last made first.
    Created,
    /// By contact's name.
    ContactName,
}

/// What `list_drafts` takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListDrafts {
    /// Only drafts in these states; left out: all but sent ones.
    #[serde(default)]
    #[specta(optional)]
    pub status: Option<Vec<DraftStatus>>,
    /// Only drafts of this contact.
    #[serde(default)]
    #[specta(optional)]
    pub contact_id: Option<ContactId>,
    /// Only drafts to this address, in whichever of the three fields.
    #[serde(default)]
    #[specta(optional)]
    pub recipient: Option<String>,
    /// Words to find in subject, text and recipients (each word's beginning is enough); of fewer
    /// than three letters only in subject and recipients.
    #[serde(default)]
    #[specta(optional)]
    pub search: Option<String>,
    /// Order.
    #[serde(default)]
    #[specta(optional)]
    pub sort: Option<DraftSort>,
    /// `nextCursor` of the former page.
    #[serde(default)]
    #[specta(optional)]
    pub cursor: Option<String>,
    /// 1 to 100; 50 if left out.
    #[serde(default)]
    #[specta(optional)]
    pub limit: Option<u32>,
}

/// One page of the list of drafts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftPage {
    /// The drafts.
    pub items: Vec<DraftSummary>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
    /// How many drafts a search could not look into yet: that is being done, those changed last
    /// first. 0 without a search.
    pub unsearched: u32,
}

/// One draft in the bin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BinnedDraft {
    /// Identifier.
    pub id: DraftId,
    /// Bound contact's name.
    pub contact_name: Option<String>,
    /// Recipients in To.
    pub to: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// The first 160 characters of the plain text, on one line.
    pub snippet: String,
    /// When it was put into the bin.
    pub deleted_at: UnixMillis,
    /// When it leaves the bin for good.
    pub purged_at: UnixMillis,
}

/// What `list_bin` takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListBin {
    /// `nextCursor` of the former page.
    #[serde(default)]
    #[specta(optional)]
    pub cursor: Option<String>,
    /// 1 to 100; 50 if left out.
    #[serde(default)]
    #[specta(optional)]
    pub limit: Option<u32>,
}

/// One page of the bin, last deleted first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BinPage {
    /// The drafts.
    pub items: Vec<BinnedDraft>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
}

/// What the page kept in its journal (localStorage) for one draft: everything `save_draft` takes.
#[derive(Debug, Clone, PartialEq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct JournalEntry {
    /// The draft's id.
    pub draft_id: DraftId,
    /// Revision of the database the entry was based on; 0 for a draft that was never saved.
    pub base_revision: u32,
    /// When the last key was typed.
    pub at: UnixMillis,
    /// The whole state of the draft at that key.
    pub edit: SaveDraft,
}

/// One entry of the journal as it lay there, read or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RawJournalEntry {
    /// The key in localStorage.
    pub key: String,
    /// The value: a [`JournalEntry`] as JSON, if it isn't damaged.
    pub value: String,
}

/// What became of a journal entry at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Reconciled {
    /// The database had it all; nothing to do.
    AlreadySaved,
    /// The journal was newer: saved, the former text kept as a version.
    Recovered,
    /// The draft had never been saved: made from the journal.
    Created,
    /// The entry is of a saved draft that this database doesn't know: it was deleted for good, or
    /// the journal is another data folder's. A draft was made of it.
    MadeAnew,
    /// The database was newer: it stands, the journal's text is kept as a version.
    KeptAsVersion,
    /// The draft is in the bin or sent; the journal's text is kept as a version of it.
    KeptInBin,
    /// The entry is damaged. What words it has are kept: as a version of its draft, or as a draft
    /// of their own.
    Salvaged,
    /// There is nothing to be read in the entry; the page leaves it in the journal.
    Unreadable,
}

/// A part of a draft that was too much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CutField {
    /// The subject is longer than [`MAX_SUBJECT_CHARS`].
    Subject,
    /// To, Cc and Bcc together are more than [`MAX_RECIPIENTS`].
    Recipients,
    /// More files than a mail can carry.
    Attachments,
}

/// What became of one journal entry. Unless it was unreadable the page may now remove it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileResult {
    /// The key in localStorage.
    pub key: String,
    /// The draft, if the entry could be read.
    pub draft_id: Option<DraftId>,
    /// What happened.
    pub outcome: Reconciled,
    /// The draft's subject, to name it by.
    pub subject: String,
    /// The version that keeps the older text; where something was cut, the one that has it all.
    pub version_id: Option<VersionId>,
    /// What was too much for the draft: of these it has the first part.
    pub cut: Vec<CutField>,
}
