//! Facts that a taken text changed and that the user has not said yes to.
//!
//! Taking a text that differs asks. Who answers that it is right as it is has confirmed it; who
//! wants to put it right by hand is asked again before the mail leaves, unless it was put right by
//! then. What is noted is what the draft said before and what differed; whether that still differs
//! is found anew from the text, so that an undo, a former version or a hand-made correction needs
//! no word to anybody. Deliberately absent: what stands in quoted mail and below the signature,
//! which is not the user's own.

use serde::{Deserialize, Serialize};

use crate::{
    document::{Block, Document},
    polish::{
        facts::{Change, Known, Mark, compare},
        original::above_signature,
    },
};

/// How many taken texts are remembered for a draft; the oldest are forgotten first.
const MOST_TAKEN: usize = 20;
/// How many changes of one text are; a text with more was not meant to be kept.
const MOST_CHANGES: usize = 200;

/// The facts of one draft that texts changed without a yes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unconfirmed(Vec<Taken>);

/// A text that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Taken {
    /// What the draft said before.
    original: String,
    /// What the text said differently.
    changes: Vec<Change>,
}

impl Unconfirmed {
    /// Nothing.
    pub const NONE: &Self = &Self(Vec::new());

    /// Notes that a text is taken into a draft, which said `before`. With `confirmed` the user said
    /// that `changes` are right, also where they were noted earlier.
    pub fn note(&mut self, before: &Document, changes: &[Change], confirmed: bool) {
        for taken in &mut self.0 {
            taken
                .changes
                .retain(|noted| !changes.iter().any(|change| is_same(noted, change)));
        }
        self.0.retain(|taken| !taken.changes.is_empty());
        if !confirmed && !changes.is_empty() {
            self.0.push(Taken {
                original: own_text(before),
                changes: changes.iter().take(MOST_CHANGES).cloned().collect(),
            });
            let forgotten = self.0.len().saturating_sub(MOST_TAKEN);
            self.0.drain(..forgotten);
        }
    }

    /// Whether nothing is noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What of it the draft, which says `now`, still says differently, in the order in which it
    /// was taken.
    pub(crate) fn still_in(&self, now: &Document, known: &Known) -> Vec<&Change> {
        let now = own_text(now);
        let mut open = Vec::new();
        for taken in &self.0 {
            let differs = compare(&taken.original, &now, known);
            open.extend(
                taken
                    .changes
                    .iter()
                    .filter(|change| is_open(change, &differs)),
            );
        }
        open
    }
}

/// What a change took away, and what it put there.
pub(crate) fn sides(change: &Change) -> (Option<&Mark>, Option<&Mark>) {
    match change {
        Change::Lost { original } => (Some(original), None),
        Change::Changed { original, now } => (Some(original), Some(now)),
        Change::Invented { now } => (None, Some(now)),
    }
}

/// Whether what was taken away is still missing and what was put there still stands.
fn is_open(change: &Change, differs: &[Change]) -> bool {
    let (original, now) = sides(change);
    let is_missing = |mark: &Mark| {
        differs
            .iter()
            .any(|other| sides(other).0.is_some_and(|there| says_same(there, mark)))
    };
    let stands = |mark: &Mark| {
        differs
            .iter()
            .any(|other| sides(other).1.is_some_and(|there| says_same(there, mark)))
    };
    original.is_none_or(is_missing) && now.is_none_or(stands)
}

fn is_same(a: &Change, b: &Change) -> bool {
    let same = |a: Option<&Mark>, b: Option<&Mark>| match (a, b) {
        (Some(a), Some(b)) => says_same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    let (a, b) = (sides(a), sides(b));
    same(a.0, b.0) && same(a.1, b.1)
}

/// Places move when text around them does; the words don't.
fn says_same(a: &Mark, b: &Mark) -> bool {
    a.kind == b.kind && a.text == b.text
}

/// What the facts are looked for in.
fn own_text(draft: &Document) -> String {
    let own = above_signature(draft);
    let blocks = own.blocks().iter();
    let blocks = blocks.filter(|block| !matches!(block, Block::Blockquote(_)));
    Document::new(blocks.cloned().collect()).to_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polish::facts::FactKind;

    const BEFORE: &str = "Can we meet on 10 March at 14:00? It costs 200 euros.";
    const AFTER: &str = "Could we meet on 10 March at 16:00? It costs 200 euros.";

    fn draft(text: &str) -> Document {
        Document::from_text(text)
    }

    fn taken(before: &str, after: &str, confirmed: bool) -> Unconfirmed {
        let mut noted = Unconfirmed::default();
        let changes = compare(before, after, &Known::default());
        assert!(!changes.is_empty(), "{after:?} changes nothing");
        noted.note(&draft(before), &changes, confirmed);
        noted
    }

    fn texts(noted: &Unconfirmed, now: &str) -> Vec<(Option<String>, Option<String>)> {
        let text = |mark: Option<&Mark>| mark.map(|mark| mark.text.clone());
        noted
            .still_in(&draft(now), &Known::default())
            .into_iter()
            .map(|change| (text(sides(change).0), text(sides(change).1)))
            .collect()
    }

    #[test]
    fn it_stays_open_until_it_is_put_right_by_hand() {
        let noted = taken(BEFORE, AFTER, false);
        let open = [(Some("14:00".to_owned()), Some("16:00".to_owned()))];
        assert_eq!(texts(&noted, AFTER), open);
        let moved = AFTER.replace("Could", "Hello, and many thanks for the call. Could");
        assert_eq!(
            texts(&noted, &moved),
            open,
            "text before it changes nothing"
        );
        for right in [
            BEFORE.to_owned(),
            AFTER.replace("16:00", "14:00"),
            AFTER.replace("16:00", "2 pm"),
            AFTER.replace("16:00", "15:30"),
        ] {
            assert_eq!(texts(&noted, &right), [], "{right}");
        }
        assert_eq!(texts(&noted, AFTER), open, "an undo that is undone");
    }

    #[test]
    fn what_was_left_out_or_added_is_open_as_long_as_it_is() {
        let shorter = "Can we meet on 10 March? It costs 200 euros.";
        let lost = taken(BEFORE, shorter, false);
        assert_eq!(texts(&lost, shorter), [(Some("14:00".to_owned()), None)]);
        assert_eq!(
            texts(&lost, "Can we meet on 10 March, at 2 pm? 200 euros."),
            []
        );
        let longer = format!("{BEFORE} See https://evil.example/pay for more.");
        let added = taken(BEFORE, &longer, false);
        let link = "https://evil.example/pay".to_owned();
        assert_eq!(texts(&added, &longer), [(None, Some(link))]);
        assert_eq!(texts(&added, BEFORE), []);
    }

    #[test]
    fn a_yes_counts_also_for_what_was_noted_before() {
        assert!(taken(BEFORE, AFTER, true).is_empty());
        let mut noted = taken(BEFORE, AFTER, false);
        let changes = compare(BEFORE, AFTER, &Known::default());
        noted.note(&draft(BEFORE), &changes, true);
        assert!(noted.is_empty());
    }

    #[test]
    fn what_a_second_polish_changes_is_asked_about_beside_the_first() {
        let mut noted = taken(BEFORE, AFTER, false);
        let second = AFTER.replace("200", "300");
        let changes = compare(AFTER, &second, &Known::default());
        noted.note(&draft(AFTER), &changes, false);
        assert_eq!(texts(&noted, &second).len(), 2);
        assert_eq!(texts(&noted, &second.replace("16:00", "14:00")).len(), 1);
    }

    #[test]
    fn what_the_user_writes_besides_is_nobody_elses_business() {
        let noted = taken(BEFORE, AFTER, false);
        let own = format!("{BEFORE} Ben comes on Friday with 12 others, not before 18:30.");
        assert_eq!(texts(&noted, &own), []);
    }

    #[test]
    fn quoted_mail_is_not_the_users() {
        let noted = taken(BEFORE, AFTER, false);
        let quoting = Document::from_markdown("Yes, 14:00, 10 March, 200 euros.\n\n> At 16:00?");
        let open = noted.still_in(&quoting, &Known::default());
        assert_eq!(open, Vec::<&Change>::new());
    }

    #[test]
    fn no_more_is_kept_than_anybody_needs() {
        let mut noted = Unconfirmed::default();
        for n in 0..50u32 {
            let change = Change::Invented {
                now: Mark {
                    kind: FactKind::Number,
                    text: n.to_string(),
                    start: 0,
                    end: 1,
                },
            };
            noted.note(&draft(BEFORE), &[change], false);
        }
        assert_eq!(noted.0.len(), MOST_TAKEN);
    }
}
