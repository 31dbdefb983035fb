//! How the page's journal is reconciled with the database after a start.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    UnixMillis,
    document::{Document, DocumentJson},
    draft::{Content, DraftStatus, JournalEntry, Reconciled, SaveDraft, Stored},
    id::DraftId,
};

/// What could be read of a journal entry.
#[derive(Debug, Clone, PartialEq)]
pub enum JournalText {
    /// All of it, also where an older version of the program wrote it.
    Whole(Box<JournalEntry>),
    /// Its words, and perhaps whose they are.
    Words(Option<DraftId>, Document),
    /// Nothing.
    Nothing,
}

/// Reads an entry as it lay in the journal. Fields that are missing, unknown or of another shape
/// don't make the others unreadable.
pub fn read_journal(value: &str) -> JournalText {
    if let Ok(entry) = serde_json::from_str::<JournalEntry>(value)
        && entry
            .edit
            .body
            .as_ref()
            .is_none_or(|body| Document::parse(body).is_ok())
    {
        return JournalText::Whole(Box::new(entry));
    }
    if let Some(entry) = read_fields(value) {
        return JournalText::Whole(Box::new(entry));
    }
    let words = Document::salvaged(value);
    // Whatever else it may be, what has no text in it as we write it is not ours to guess at.
    if words.is_blank() || !value.contains("\"text\":\"") {
        return JournalText::Nothing;
    }
    JournalText::Words(named(value), words)
}

fn read_fields(value: &str) -> Option<JournalEntry> {
    let json: Value = serde_json::from_str(value).ok()?;
    let edit = json.get("edit")?.as_object()?;
    let body = match edit.get("body").cloned().map(DocumentJson) {
        Some(body) => Some(match Document::parse(&body) {
            Ok(_) => body,
            Err(_) => {
                let words = Document::salvaged(&body.0.to_string());
                (!words.is_blank()).then(|| words.to_json())?
            }
        }),
        None => None,
    };
    Some(JournalEntry {
        draft_id: field(&json, "draftId")?,
        base_revision: field(&json, "baseRevision").unwrap_or(0),
        at: field(&json, "at").unwrap_or_default(),
        edit: SaveDraft {
            to: edit.get("to").and_then(of),
            cc: edit.get("cc").and_then(of),
            bcc: edit.get("bcc").and_then(of),
            subject: edit.get("subject").and_then(of),
            body,
            ..SaveDraft::default()
        },
    })
}

fn field<T: DeserializeOwned>(json: &Value, name: &str) -> Option<T> {
    json.get(name).and_then(of)
}

fn of<T: DeserializeOwned>(json: &Value) -> Option<T> {
    serde_json::from_value(json.clone()).ok()
}

/// The draft a damaged entry names.
fn named(value: &str) -> Option<DraftId> {
    let (_, rest) = value.split_once("\"draftId\":\"")?;
    rest.get(..36)?.parse().ok()
}

/// What is to be done with a readable journal entry.
#[derive(Debug, Clone, PartialEq)]
pub enum JournalVerdict {
    /// Nothing in it is missing in the database.
    Nothing,
    /// The draft was never saved: make it.
    Create(Content),
    /// It was saved, but not in this database: make it.
    MakeAnew(Content),
    /// The journal is newer: this becomes the draft's content, the former one a version.
    Replace(Content),
    /// The database stands; the journal's text becomes a version.
    KeepAsVersion,
    /// The draft is in the bin or was sent; the journal's text becomes a version.
    KeepInBin,
}

impl JournalVerdict {
    /// How it is told to the page.
    pub fn outcome(&self) -> Reconciled {
        match self {
            Self::Nothing => Reconciled::AlreadySaved,
            Self::Create(_) => Reconciled::Created,
            Self::MakeAnew(_) => Reconciled::MadeAnew,
            Self::Replace(_) => Reconciled::Recovered,
            Self::KeepAsVersion => Reconciled::KeptAsVersion,
            Self::KeepInBin => Reconciled::KeptInBin,
        }
    }
}

/// Compares a journal entry, typed last at `at` on top of revision `base`, with what is stored.
///
/// The newer one wins and the other is kept. The journal is newer if it was typed on top of the
/// stored revision, and also if it was typed after that was saved: a kill can come between a save
/// and the page's hearing of it, and the letters typed then belong into the draft. What is empty
/// in the journal never replaces what is full in the database.
pub fn reconcile(
    stored: Option<&Stored>,
    mut journal: Content,
    base: u32,
    at: UnixMillis,
) -> JournalVerdict {
    let Some(stored) = stored else {
        let nothing = journal.is_blank() && journal.recipients().next().is_none();
        return match base {
            _ if nothing => JournalVerdict::Nothing,
            0 => JournalVerdict::Create(journal),
            _ => JournalVerdict::MakeAnew(journal),
        };
    };
    if adds_nothing(&journal, &stored.content) {
        return JournalVerdict::Nothing;
    }
    let is_newer = base >= stored.revision || at > stored.updated_at;
    if stored.in_bin || stored.status == DraftStatus::Sent {
        return JournalVerdict::KeepInBin;
    }
    if !is_newer && is_on_the_way_to(&journal, &stored.content) {
        return JournalVerdict::Nothing;
    }
    if !is_newer || stored.status == DraftStatus::Queued {
        return JournalVerdict::KeepAsVersion;
    }
    if journal.body.is_blank() && !stored.content.body.is_blank() {
        journal.body = stored.content.body.clone();
        journal.signature_chosen = stored.content.signature_chosen;
    }
    if journal.subject.trim().is_empty() {
        journal.subject.clone_from(&stored.content.subject);
    }
    JournalVerdict::Replace(journal)
}

/// Whether the journal is a state somebody went through while typing what is stored: the same but
/// for one place at which more stands now. A window that closes right after its last save often
/// leaves one, because the web view writes its journal half a second late. Texts are compared with
/// their formatting; in doubt it is none.
fn is_on_the_way_to(journal: &Content, stored: &Content) -> bool {
    only_inserts(&journal.subject, &stored.subject)
        && only_inserts(&journal.body.to_html(), &stored.body.to_html())
        && journal
            .recipients()
            .all(|person| stored.recipients().any(|other| other == person))
        && (journal.attachments.iter()).all(|file| stored.attachments.contains(file))
}

/// Whether `after` is `before` with at most one piece put in.
fn only_inserts(before: &str, after: &str) -> bool {
    let same = |(one, other): &(u8, u8)| one == other;
    let head = before.bytes().zip(after.bytes()).take_while(same).count();
    let tail = (before.bytes().rev())
        .zip(after.bytes().rev())
        .take_while(same)
        .count();
    before.len() <= after.len() && head + tail >= before.len()
}

/// Whether each part of the journal is empty or the same in the database.
fn adds_nothing(journal: &Content, stored: &Content) -> bool {
    let people = [
        (&journal.to, &stored.to),
        (&journal.cc, &stored.cc),
        (&journal.bcc, &stored.bcc),
    ];
    (journal.body.is_blank() || journal.body == stored.body)
        && (journal.subject.trim().is_empty() || journal.subject == stored.subject)
        && people
            .iter()
            .all(|(journal, stored)| journal.is_empty() || journal == stored)
        && (journal.attachments.is_empty() || journal.attachments == stored.attachments)
}
