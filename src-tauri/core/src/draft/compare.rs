//! What changed from one state of a draft to another, word by word.
//!
//! Words are Unicode's (UAX #29), never cut inside what people see as one character, and blanks
//! and line breaks are words too: put together, what stayed and what was deleted are exactly the
//! former text, what stayed and what was inserted exactly the new one. The search is imara-diff's
//! histogram method, whose heuristics keep it quick for texts that have nothing in common.
//! Deliberately absent: bold, links' shapes and the like; that they differ is said, not shown.

use imara_diff::{Algorithm, Diff, InternedInput};
use serde::{Deserialize, Serialize};
use specta::Type;
use unicode_segmentation::UnicodeSegmentation;

use crate::{address::Mailbox, attachment::Attachment, document::words_in, draft::Content};

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DiffKind {
    /// Both have it.
    Same,
    /// Only the newer one has it.
    Inserted,
    /// Only the older one has it.
    Deleted,
}

/// A piece of text, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DiffRun {
    /// What became of it.
    pub kind: DiffKind,
    /// The text; never empty.
    pub text: String,
}

/// What changed from one state of a draft to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// To: each run is one person.
    pub to: Vec<DiffRun>,
    /// Cc.
    pub cc: Vec<DiffRun>,
    /// Bcc.
    pub bcc: Vec<DiffRun>,
    /// The files that go with it: each run is the name of one.
    pub files: Vec<DiffRun>,
    /// The subject.
    pub subject: Vec<DiffRun>,
    /// The plain text, signature left out; `\n` ends a line, deletions stand before what was
    /// inserted in their place.
    pub text: Vec<DiffRun>,
    /// Words only the newer text has.
    pub inserted_words: u32,
    /// Words only the older text has.
    pub deleted_words: u32,
    /// The texts read alike, but their formatting, images or signature differ.
    pub only_looks_differ: bool,
}

/// Compares two states of a draft.
pub fn compare(before: &Content, after: &Content) -> Comparison {
    let text = words(&before.body.to_text(), &after.body.to_text());
    let count = |kind| {
        let runs = text.iter().filter(|run| run.kind == kind);
        runs.fold(0u32, |sum, run| sum.saturating_add(words_in(&run.text)))
    };
    Comparison {
        to: people(&before.to, &after.to),
        cc: people(&before.cc, &after.cc),
        bcc: people(&before.bcc, &after.bcc),
        files: files(&before.attachments, &after.attachments),
        subject: words(&before.subject, &after.subject),
        inserted_words: count(DiffKind::Inserted),
        deleted_words: count(DiffKind::Deleted),
        only_looks_differ: before.body != after.body
            && text.iter().all(|run| run.kind == DiffKind::Same),
        text,
    }
}

fn words(before: &str, after: &str) -> Vec<DiffRun> {
    let pieces = pieces(&tokens(before), &tokens(after));
    let mut runs = Vec::new();
    for piece in join_splinters(pieces) {
        let (first, second) = match piece {
            Piece::Same(text) => ((DiffKind::Same, text), None),
            Piece::Changed { deleted, inserted } => (
                (DiffKind::Deleted, deleted),
                Some((DiffKind::Inserted, inserted)),
            ),
        };
        for (kind, text) in [Some(first), second].into_iter().flatten() {
            if !text.is_empty() {
                runs.push(DiffRun { kind, text });
            }
        }
    }
    runs
}

fn people(before: &[Mailbox], after: &[Mailbox]) -> Vec<DiffRun> {
    let names = |people: &[Mailbox]| -> Vec<String> {
        people
            .iter()
            .map(|person| match person.name.as_deref().map(str::trim) {
                Some(name) if !name.is_empty() => format!("{name} <{}>", person.address),
                _ => person.address.clone(),
            })
            .filter(|name| !name.is_empty())
            .collect()
    };
    members(&names(before), &names(after), String::clone)
}

/// A file is the same one if its bytes and its name are.
fn files(before: &[Attachment], after: &[Attachment]) -> Vec<DiffRun> {
    members(before, after, |file| file.name.clone())
}

/// What became of each member of a list: first those that are gone.
fn members<T: PartialEq>(before: &[T], after: &[T], text: impl Fn(&T) -> String) -> Vec<DiffRun> {
    let run = |kind, member: &T| DiffRun {
        kind,
        text: text(member),
    };
    let gone = before
        .iter()
        .filter(|member| !after.contains(member))
        .map(|member| run(DiffKind::Deleted, member));
    let there = after.iter().map(|member| {
        let kind = if before.contains(member) {
            DiffKind::Same
        } else {
            DiffKind::Inserted
        };
        run(kind, member)
    });
    gone.chain(there).collect()
}

/// A text as the words, blanks and marks it consists of.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut graphemes = text.grapheme_indices(true).map(|(at, _)| at).peekable();
    let mut start = 0;
    for (at, _) in text.split_word_bound_indices() {
        // In Thai, for one, a word can begin inside of a grapheme.
        while graphemes.next_if(|grapheme| *grapheme < at).is_some() {}
        if at > start && graphemes.peek() == Some(&at) {
            found.push(&text[start..at]);
            start = at;
        }
    }
    if start < text.len() {
        found.push(&text[start..]);
    }
    found
}

/// What stayed, and what stands where something else stood.
#[derive(Debug)]
enum Piece {
    Same(String),
    Changed { deleted: String, inserted: String },
}

fn pieces(before: &[&str], after: &[&str]) -> Vec<Piece> {
    let mut input = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let mut pieces = Vec::new();
    let mut done = 0;
    let range = |range: std::ops::Range<u32>| range.start as usize..range.end as usize;
    for hunk in diff.hunks() {
        let (deleted, inserted) = (range(hunk.before), range(hunk.after));
        if done < deleted.start {
            pieces.push(Piece::Same(before[done..deleted.start].concat()));
        }
        done = deleted.end;
        pieces.push(Piece::Changed {
            deleted: before[deleted].concat(),
            inserted: after[inserted].concat(),
        });
    }
    if done < before.len() {
        pieces.push(Piece::Same(before[done..].concat()));
    }
    pieces
}

/// A lone blank or "the" that happens to be common stands in the way of reading: what is less
/// than half of the changes on both sides of it counts as changed too. Lines stay apart.
fn join_splinters(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        let Piece::Changed { deleted, inserted } = piece else {
            joined.push(piece);
            continue;
        };
        let size = deleted.len().max(inserted.len());
        match &mut joined[..] {
            [
                ..,
                Piece::Changed {
                    deleted: former_deleted,
                    inserted: former_inserted,
                },
                Piece::Same(between),
            ] if is_splinter(
                between,
                former_deleted.len().max(former_inserted.len()),
                size,
            ) =>
            {
                for (former, next) in [(former_deleted, deleted), (former_inserted, inserted)] {
                    former.push_str(between);
                    former.push_str(&next);
                }
                joined.pop();
            }
            _ => joined.push(Piece::Changed { deleted, inserted }),
        }
    }
    joined
}

/// Longer runs, in bytes, always stand for themselves.
const SPLINTER: usize = 20;

fn is_splinter(between: &str, left: usize, right: usize) -> bool {
    let is_blank = !between.contains(char::is_alphanumeric);
    !between.contains('\n')
        && between.len() <= SPLINTER
        && (is_blank || 2 * between.len() <= left.min(right))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::Document;

    /// A text with its changes marked: `[-gone-]`, `{+new+}`.
    fn marked(before: &str, after: &str) -> String {
        words(before, after)
            .into_iter()
            .map(|run| match run.kind {
                DiffKind::Same => run.text,
                DiffKind::Deleted => format!("[-{}-]", run.text),
                DiffKind::Inserted => format!("{{+{}+}}", run.text),
            })
            .collect()
    }

    #[test]
    fn words_are_compared() {
        let check = |before: &str, after: &str, expected: &str| {
            assert_eq!(marked(before, after), expected, "{before:?} → {after:?}");
        };
        check("", "", "");
        check("Dear Ada", "Dear Ada", "Dear Ada");
        check("", "Dear Ada", "{+Dear Ada+}");
        check("Dear Ada", "", "[-Dear Ada-]");
        check("Dear Ada,", "Dear Bob,", "Dear [-Ada-]{+Bob+},");
        check("I like cats", "I like big cats", "I like {+big +}cats");
        check("one\ntwo", "one\n\ntwo", "one\n{+\n+}two");
        check(
            "it's 1,200.50 €",
            "it's 1,300.50 €",
            "it's [-1,200.50-]{+1,300.50+} €",
        );
        check(
            "don't do that",
            "don't ever do this",
            "don't {+ever +}do [-that-]{+this+}",
        );
    }

    #[test]
    fn a_file_is_the_same_by_its_bytes_and_its_name() {
        let file = |hash: &str, name: &str| Attachment {
            hash: hash.to_owned(),
            name: name.to_owned(),
            mime: "application/pdf".to_owned(),
            size: 1,
        };
        let before = [file("1", "offer.pdf"), file("2", "map.pdf")];
        let after = [file("2", "map.pdf"), file("3", "offer.pdf")];
        let runs: Vec<_> = files(&before, &after)
            .into_iter()
            .map(|run| (run.kind, run.text))
            .collect();
        assert_eq!(
            runs,
            [
                (DiffKind::Deleted, "offer.pdf".to_owned()),
                (DiffKind::Same, "map.pdf".to_owned()),
                (DiffKind::Inserted, "offer.pdf".to_owned()),
            ]
        );
    }

    #[test]
    fn a_rewritten_passage_is_one_change_and_not_a_sieve() {
        assert_eq!(
            marked("alpha beta gamma delta", "one two three four"),
            "[-alpha beta gamma delta-]{+one two three four+}"
        );
        assert_eq!(
            marked("first line\nalpha beta", "first line\none two"),
            "first line\n[-alpha beta-]{+one two+}",
            "lines stay apart"
        );
    }

    #[test]
    fn scripts_without_blanks_and_from_right_to_left() {
        assert_eq!(marked("我喜欢猫。", "我喜欢狗。"), "我喜欢[-猫-]{+狗+}。");
        assert_eq!(
            marked("שלום עולם טוב", "שלום עולם יפה"),
            "שלום עולם [-טוב-]{+יפה+}"
        );
        assert_eq!(marked("مرحبا بالعالم", "مرحبا"), "مرحبا[- بالعالم-]");
    }

    #[test]
    fn what_people_see_as_one_character_is_never_cut() {
        assert_eq!(marked("hi 👨‍👩‍👧", "hi 👨‍👩‍👦"), "hi [-👨‍👩‍👧-]{+👨‍👩‍👦+}");
        assert_eq!(marked("go 🇩🇪", "go 🇫🇷"), "go [-🇩🇪-]{+🇫🇷+}");
        assert_eq!(marked("👍🏻", "👍🏿"), "[-👍🏻-]{+👍🏿+}");
        assert_eq!(marked("e", "e\u{301}"), "[-e-]{+e\u{301}+}");
        for text in ["กำ ก็ น้ำ", "क्षि नमस्ते", "각 ᄀᆞ", "e\u{301}a\u{308}b"]
        {
            assert!(cuts_no_grapheme(text, &tokens(text)), "{text}");
        }
    }

    fn cuts_no_grapheme(text: &str, tokens: &[&str]) -> bool {
        let mut at = 0;
        let bounds: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
        tokens.iter().all(|token| {
            let is_bound = bounds.contains(&at);
            at += token.len();
            is_bound
        })
    }

    #[test]
    fn people_come_and_go_whole() {
        let person = |name: &str, address: &str| Mailbox {
            name: (!name.is_empty()).then(|| name.to_owned()),
            address: address.to_owned(),
        };
        let before = Content {
            to: vec![
                person("Ada", "ada@example.org"),
                person("", "bob@example.org"),
            ],
            ..Content::default()
        };
        let after = Content {
            to: vec![
                person("Ada", "ada@example.org"),
                person("", "eve@example.org"),
            ],
            ..Content::default()
        };
        let run = |kind, text: &str| DiffRun {
            kind,
            text: text.to_owned(),
        };
        let compared = compare(&before, &after);
        assert_eq!(
            compared.to,
            [
                run(DiffKind::Deleted, "bob@example.org"),
                run(DiffKind::Same, "Ada <ada@example.org>"),
                run(DiffKind::Inserted, "eve@example.org"),
            ]
        );
        assert!(!compared.only_looks_differ);
    }

    #[test]
    fn words_are_counted_and_looks_are_told() {
        let content = |html: &str| Content {
            body: Document::from_html(html),
            ..Content::default()
        };
        let compared = compare(
            &content("<p>The quick brown fox</p>"),
            &content("<p>The slow fox jumps</p>"),
        );
        assert_eq!((compared.inserted_words, compared.deleted_words), (2, 2));
        let compared = compare(&content("<p>fox</p>"), &content("<p><b>fox</b></p>"));
        assert!(compared.only_looks_differ);
        assert_eq!((compared.inserted_words, compared.deleted_words), (0, 0));
    }

    #[test]
    fn five_thousand_words_with_nothing_in_common_are_compared() {
        let text =
            |salt: usize| -> String { (0..5_000).map(|n| format!("w{} ", n * 2 + salt)).collect() };
        let runs = words(&text(0), &text(1));
        assert_eq!(runs.len(), 3, "all but the last blank was exchanged");
        // Few different words in any order: what makes simple methods slow.
        let mut state = 1u32;
        let mut babble = || -> String {
            (0..5_000)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    format!("w{} ", (state >> 16) % 7)
                })
                .collect()
        };
        let (before, after) = (babble(), babble());
        let runs = words(&before, &after);
        assert_eq!(rebuilt(&runs), (before, after));
    }

    /// The two texts, put together again.
    fn rebuilt(runs: &[DiffRun]) -> (String, String) {
        let of = |other| {
            let mine = runs.iter().filter(|run| run.kind != other);
            mine.map(|run| run.text.as_str()).collect()
        };
        (of(DiffKind::Inserted), of(DiffKind::Deleted))
    }

    fn text() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "a",
            "the",
            "fox",
            " ",
            " ",
            "  ",
            "\n",
            ",",
            "é",
            "e\u{301}",
            "👨‍👩‍👧",
            "🇩🇪",
            "猫",
            "กำ",
            "עולם",
            "\u{200d}",
            "\r\n",
            "1,200",
        ]);
        prop_oneof![
            prop::collection::vec(word, 0..40).prop_map(|words| words.concat()),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn both_texts_can_be_put_together_again(before in text(), after in text()) {
            let runs = words(&before, &after);
            prop_assert_eq!(rebuilt(&runs), (before.clone(), after.clone()));
            prop_assert!(runs.iter().all(|run| !run.text.is_empty()));
            prop_assert!(
                runs.windows(2).all(|pair| pair[0].kind != pair[1].kind),
                "neighbours differ: {:?}", runs
            );
            prop_assert_eq!(&runs, &words(&before, &after), "the same again");
            prop_assert!(cuts_no_grapheme(&before, &tokens(&before)));
        }
    }
}
