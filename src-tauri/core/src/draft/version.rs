//! What a version is, and how it is asked for.

use serde::{Deserialize, Serialize};
use specta::Type;
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    UnixMillis,
    address::Mailbox,
    attachment::Attachment,
    id::{DraftId, VersionId},
};

/// Why a version was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum VersionCause {
    /// A state while typing, or the loser of a conflict.
    Typing,
    /// Before and after a polished version was taken.
    Polish,
    /// Generated.
    Generate,
    /// What stood there before a former version was restored.
    Restore,
    /// Sent.
    Send,
}

/// An immutable snapshot of a draft, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Identifier.
    pub id: VersionId,
    /// The draft.
    pub draft_id: DraftId,
    /// The revision it shows.
    pub revision: u32,
    /// Why it was kept.
    pub cause: VersionCause,
    /// When its text was saved.
    pub created_at: UnixMillis,
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc.
    pub bcc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// ProseMirror document.
    pub body: crate::document::DocumentJson,
    /// The files that went with it and are still kept.
    pub attachments: Vec<Attachment>,
    /// Its plain text, signature left out.
    pub text: String,
    /// Its HTML, for looking at; written from the judged document, so it is safe to show.
    pub html: String,
    /// Words, signature not counted.
    pub word_count: u32,
}

/// One line of the list of versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionSummary {
    /// Identifier.
    pub id: VersionId,
    /// The revision it shows.
    pub revision: u32,
    /// Why it was kept.
    pub cause: VersionCause,
    /// When its text was saved.
    pub created_at: UnixMillis,
    /// Subject.
    pub subject: String,
    /// Words, signature not counted.
    pub word_count: u32,
    /// On one line: the place where the text first differs from the version before it.
    pub excerpt: String,
}

/// What `list_versions` takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListVersions {
    /// The draft.
    pub id: DraftId,
    /// `nextCursor` of the former page.
    #[serde(default)]
    #[specta(optional)]
    pub cursor: Option<String>,
    /// 1 to 100; 50 if left out.
    #[serde(default)]
    #[specta(optional)]
    pub limit: Option<u32>,
}

/// One page of a draft's versions, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionPage {
    /// The versions.
    pub items: Vec<VersionSummary>,
    /// How many there are on all pages together.
    pub total: u32,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
}

/// What `compare_versions` takes: two states of one draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompareVersions {
    /// The draft.
    pub id: DraftId,
    /// The older state; left out, the draft as it is now.
    #[serde(default)]
    #[specta(optional)]
    pub before: Option<VersionId>,
    /// The newer state; left out, the draft as it is now.
    #[serde(default)]
    #[specta(optional)]
    pub after: Option<VersionId>,
}

/// So much of what stands before a change is shown with it, in graphemes.
const LEAD: usize = 12;

/// The place where a text first differs from the one before it, on one line and at most `max`
/// graphemes long; the beginning where they don't differ.
pub fn excerpt(text: &str, before: &str, max: usize) -> String {
    let start = if text == before {
        0
    } else {
        lead(text, before)
    };
    let mark = if start > 0 { "… " } else { "" };
    let part: String = text[start..].graphemes(true).take(max).collect();
    let line = part.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{mark}{line}")
}

/// Where to begin so that a little of what stands before the first difference can be read.
fn lead(text: &str, before: &str) -> usize {
    let same = text.bytes().zip(before.bytes());
    let same = same.take_while(|(now, then)| now == then).count();
    let head = &text[..text.floor_char_boundary(same)];
    // From behind: the list shows many versions of long texts.
    let lead: Vec<(usize, &str)> = head.grapheme_indices(true).rev().take(LEAD).collect();
    match lead.last() {
        None | Some((0, _)) => 0,
        Some((start, _)) => {
            // Not in the middle of a word, if there is a whole one before the change.
            let blank = lead.iter().rev().find(|(_, one)| one.trim().is_empty());
            blank.map_or(*start, |(at, one)| at + one.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_where_the_change_is() {
        let check = |text: &str, before: &str, expected: &str| {
            assert_eq!(excerpt(text, before, 40), expected, "{before:?} → {text:?}");
        };
        check("Dear Ada", "", "Dear Ada");
        check("Dear Ada", "Dear Ada", "Dear Ada");
        check("Dear\n\n Ada", "Dear", "Dear Ada");
        let long = "The figures for March are here, have a look at them";
        check(&format!("{long} soon"), long, "… at them soon");
        check(
            &format!("{long} soon or later, whenever it suits you"),
            long,
            "… at them soon or later, whenever it suits",
        );
        check(long, &format!("{long} soon"), "… at them");
        let unbroken = "x".repeat(60);
        check(
            &format!("{unbroken}y"),
            &unbroken,
            &format!("… {}y", "x".repeat(LEAD)),
        );
    }

    #[test]
    fn an_excerpt_never_cuts_what_people_see_as_one_character() {
        let family = "👨‍👩‍👧‍👦";
        let text = family.repeat(50);
        let line = excerpt(&text, &family.repeat(30), 5);
        assert_eq!(line, format!("… {}", family.repeat(5)));
    }
}
