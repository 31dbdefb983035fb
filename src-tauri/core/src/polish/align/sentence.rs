//! Where sentences end: Unicode's rules (UAX #29), mended for mails.
//!
//! The rules know no abbreviations ("Dr. Weber" would be two sentences) and expect a capital after
//! a full stop, which rough drafts lack ("thx. see you" would be one). A greeting is a sentence of
//! its own: "hi ana, i can't come" has two things one may want to take from different versions.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// After these a full stop ends no sentence. In lower case, without their last stop.
const ABBREVIATIONS: &[&str] = &[
    // English
    "mr", "mrs", "ms", "mx", "dr", "prof", "st", "jr", "sr", "vs", "approx", "dept", "est", "fig",
    "no", "nos", "vol", "pp", "ext", "inc", "ltd", "co", "corp", "e.g", "i.e", "cf", "al", "a.m",
    "p.m", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    // German
    "z.b", "d.h", "u.a", "o.ä", "u.ä", "s.o", "s.u", "i.d.r", "i.a", "bzw", "ca", "evtl", "ggf",
    "inkl", "exkl", "zzgl", "nr", "str", "tel", "hr", "fr", "dipl", "ing", "bspw", "vgl", "usw",
    "max", "min", "mio", "mrd", "abs", "art", "bd", "jh", "geb", "gez", "jr", "dez", "okt", "mai",
];

/// These may end a sentence and may stand in the middle of one: what follows decides.
const EITHER: &[&str] = &[
    "etc", "usw", "co", "inc", "ltd", "a.m", "p.m", "max", "min", "no", "art",
];

/// How a mail is begun, in lower case.
const GREETINGS: &[&str] = &[
    "hi",
    "hiya",
    "hey",
    "hello",
    "dear",
    "greetings",
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "hallo",
    "liebe",
    "lieber",
    "liebes",
    "sehr geehrte",
    "sehr geehrter",
    "guten tag",
    "guten morgen",
    "guten abend",
    "moin",
    "servus",
    "bonjour",
    "bonsoir",
    "salut",
    "cher",
    "chère",
    "hola",
    "buenos días",
    "estimado",
    "estimada",
    "ciao",
    "gentile",
    "buongiorno",
    "olá",
    "beste",
    "hei",
    "hej",
];

/// The longest greeting, in words: "Dear Professor Anna-Maria van der Weber,".
const GREETING_WORDS: usize = 8;

/// The sentences of a line (or several, apart by `\n`), as byte ranges without the blanks around
/// them, in order. Everything but blanks lies in one of them. `at_top` says that the line begins
/// the text, where a greeting may stand.
pub(super) fn sentences(text: &str, at_top: bool) -> Vec<Range<usize>> {
    let mut cuts: Vec<usize> = Vec::new();
    for (start, piece) in text.split_sentence_bound_indices() {
        if start > 0 && !goes_on(&text[..start], &text[start..]) {
            cuts.push(start);
        }
        missed_stops(text, start..start + piece.len(), &mut cuts);
    }
    if at_top {
        cuts.extend(greeting_end(text));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for end in cuts.into_iter().chain([text.len()]) {
        let piece = &text[start..end];
        let body = piece.trim();
        if !body.is_empty() {
            let from = start + (piece.len() - piece.trim_start().len());
            let range = from..from + body.len();
            match out.last_mut() {
                // A lone dash or bracket belongs to what stands before it in the line.
                Some(last) if !has_content(body) && !text[last.end..range.start].contains('\n') => {
                    last.end = range.end;
                }
                _ => out.push(range),
            }
        }
        start = end;
    }
    out
}

fn has_content(text: &str) -> bool {
    text.chars()
        .any(|c| c.is_alphanumeric() || !c.is_ascii() && !c.is_whitespace())
}

/// Whether a sentence goes on over a place where the rules would end it.
fn goes_on(before: &str, after: &str) -> bool {
    if before.ends_with('\n') {
        return false;
    }
    if is_inside_link(before, after) {
        return true;
    }
    let Some(word) = stopped_word(before.trim_end()) else {
        return false;
    };
    is_abbreviation(word, after)
}

/// Whether a place is in the middle of a link: behind the question mark of
/// `https://example.com/?q=1`.
fn is_inside_link(before: &str, after: &str) -> bool {
    let word = before
        .rfind(char::is_whitespace)
        .map_or(before, |at| &before[at..]);
    let word = word.trim_start();
    !word.is_empty()
        && after.starts_with(|c: char| !c.is_whitespace())
        && (word.contains("://") || word.to_lowercase().contains("www."))
}

/// The word before a full stop that ends a text: "Dr" of "dear Dr.".
fn stopped_word(text: &str) -> Option<&str> {
    let text = text.strip_suffix('.')?;
    let start = text
        .rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '„' | ',' | '/'))
        .map_or(0, |at| {
            at + text[at..].chars().next().map_or(1, char::len_utf8)
        });
    let word = &text[start..];
    (!word.is_empty() && !word.ends_with('.')).then_some(word)
}

/// Whether the full stop after `word` only shortens it.
fn is_abbreviation(word: &str, after: &str) -> bool {
    let lower = word.to_lowercase();
    let next = after.trim_start().chars().next();
    if EITHER.contains(&lower.as_str()) {
        return next.is_some_and(|c| c.is_lowercase() || c.is_numeric())
            && !(lower == "no" && next.is_some_and(char::is_lowercase));
    }
    // Initials and "z. B.", but not "I" and not the single letters of other scripts.
    let initial = lower.chars().count() == 1 && word.is_ascii() && word != "I" && word != "i"
        || lower == "i" && after.trim_start().starts_with(['d', 'e', 'D', 'A']);
    let initial = initial && word.chars().all(char::is_alphabetic);
    // "am 3. März": an ordinal, where a word follows.
    let ordinal = word.len() <= 2
        && word.chars().all(|c| c.is_ascii_digit())
        && next.is_some_and(char::is_alphabetic);
    initial || ordinal || ABBREVIATIONS.contains(&lower.as_str())
}

/// The places in a piece where a full stop ends a sentence although a small letter follows.
fn missed_stops(text: &str, piece: Range<usize>, cuts: &mut Vec<usize>) {
    for (at, _) in text[piece.clone()].match_indices('.') {
        let end = piece.start + at + 1;
        let after = &text[end..piece.end];
        let trimmed = after.trim_start();
        if trimmed.len() == after.len() || !trimmed.starts_with(char::is_lowercase) {
            continue;
        }
        let before = &text[piece.start..end];
        if before.ends_with("..") {
            continue;
        }
        if stopped_word(before)
            .is_some_and(|word| word.chars().count() >= 2 && !is_abbreviation(word, trimmed))
        {
            cuts.push(piece.end - trimmed.len());
        }
    }
}

/// The end of a greeting that is followed by more in its line: behind "hi ana, ".
fn greeting_end(text: &str) -> Option<usize> {
    let line = text.split('\n').next().unwrap_or_default();
    let end = line.find([',', '!', '–', ':'])?;
    let greeting = line[..end].trim();
    let lower = greeting.to_lowercase();
    let greets = GREETINGS.iter().any(|word| {
        lower
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    });
    if !greets
        || greeting.split_whitespace().count() > GREETING_WORDS
        || greeting.contains('.') && !greeting.contains(". ")
    {
        return None;
    }
    let mark = line[end..].chars().next().map_or(1, char::len_utf8);
    let rest = &line[end + mark..];
    (!rest.trim().is_empty()).then(|| line.len() - rest.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let found: Vec<&str> = sentences(text, true)
            .into_iter()
            .map(|at| &text[at])
            .collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        check("It is late. We go.", &["It is late.", "We go."]);
        check("Really?! Yes! No.", &["Really?!", "Yes!", "No."]);
        check(
            "He said “Go.” Then he left.",
            &["He said “Go.”", "Then he left."],
        );
        check(
            "今日は雨です。明日は晴れ。",
            &["今日は雨です。", "明日は晴れ。"],
        );
        check("One line\nand another", &["One line", "and another"]);
        check(
            "See https://plans.example/a?x=1&y=2 for it. Is it www.plans.example/b?c! Yes.",
            &[
                "See https://plans.example/a?x=1&y=2 for it.",
                "Is it www.plans.example/b?c!",
                "Yes.",
            ],
        );
        check("  spaced.   Out.  ", &["spaced.", "Out."]);
        check("", &[]);
        check(" \n ", &[]);
    }

    #[test]
    fn rough_drafts_have_no_capitals() {
        check(
            "i cant come. could you send the notes? thx. see you",
            &[
                "i cant come.",
                "could you send the notes?",
                "thx.",
                "see you",
            ],
        );
        check("well... maybe not", &["well... maybe not"]);
        check(
            "see www.example.org. it is there",
            &["see www.example.org.", "it is there"],
        );
        check(
            "version 2.5 is out. try it",
            &["version 2.5 is out.", "try it"],
        );
    }

    #[test]
    fn abbreviations_end_nothing() {
        for text in [
            "Ask Dr. Weber about Prof. Klein.",
            "Obst, z. B. Äpfel, kostet ca. 5 Euro.",
            "Fruit, e.g. apples, i.e. Elstar.",
            "Wir treffen uns am 3. März um 10.",
            "J. K. Rowling wrote it.",
            "Room No. 5 at approx. 9 p.m. today.",
            "Das gilt bzw. Die Regel gilt.",
            "Apples, pears, etc. are there.",
        ] {
            check(text, &[text]);
        }
        check("At 9 p.m. We leave then.", &["At 9 p.m.", "We leave then."]);
        check(
            "Apples etc. They are there.",
            &["Apples etc.", "They are there."],
        );
        check("So do I. You know.", &["So do I.", "You know."]);
        check("It says no. that is all", &["It says no.", "that is all"]);
    }

    #[test]
    fn a_greeting_is_one_of_its_own() {
        check("hi ana, i cant make it", &["hi ana,", "i cant make it"]);
        check(
            "Dear Dr. Weber, thank you.",
            &["Dear Dr. Weber,", "thank you."],
        );
        check("Hey! All good?", &["Hey!", "All good?"]);
        check("Hi Ana,\nhow are you?", &["Hi Ana,", "how are you?"]);
        check("Highly likely, we go.", &["Highly likely, we go."]);
        check("Dear Ana,", &["Dear Ana,"]);
        assert_eq!(sentences("hi ana, x", false).len(), 1, "only at the top");
    }

    #[test]
    fn lone_marks_stay_with_their_sentence() {
        check("It works. ) ", &["It works. )"]);
        check("---", &["---"]);
        check("🎉", &["🎉"]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_but_blanks_lies_between(text in "\\PC{0,40}|[a-z. !?\n,]{0,40}") {
            let found = sentences(&text, true);
            let mut at = 0;
            for range in &found {
                proptest::prop_assert!(range.start < range.end, "{found:?}");
                proptest::prop_assert!(text[at..range.start].trim().is_empty());
                at = range.end;
            }
            proptest::prop_assert!(text[at..].trim().is_empty());
        }
    }
}
