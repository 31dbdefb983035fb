//! How the page's journal is reconciled with the database after a start.

use crate::{
    UnixMillis,
    draft::{Content, DraftStatus, Reconciled, Stored},
};

/// What is to be done with a readable journal entry.
#[derive(Debug, Clone, PartialEq)]
pub enum JournalVerdict {
    /// Nothing in it is missing in the database.
    Nothing,
    /// The database doesn't know the draft: make it.
    Create(Content),
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
        return if nothing {
            JournalVerdict::Nothing
        } else {
            JournalVerdict::Create(journal)
        };
    };
    if adds_nothing(&journal, &stored.content) {
        return JournalVerdict::Nothing;
    }
    let is_newer = base >= stored.revision || at > stored.updated_at;
    if stored.in_bin || stored.status == DraftStatus::Sent {
        return JournalVerdict::KeepInBin;
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
}
