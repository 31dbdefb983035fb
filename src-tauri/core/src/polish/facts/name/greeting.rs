//! Whom a mail greets: the first line's names, with or without capitals.

use std::collections::HashSet;

use super::{
    super::{
        FactKind, Scan, Value,
        token::{Case, Kind},
        words,
    },
    NOT_NAMES, TITLES, bare,
    german::GERMAN_SMALL,
};

pub(super) const GREETINGS: &[&str] = &[
    "hi",
    "hey",
    "hello",
    "dear",
    "hallo",
    "liebe",
    "lieber",
    "moin",
    "servus",
    "hiya",
    "howdy",
    "greetings",
    "geehrte",
    "geehrter",
    "geehrtes",
    "liebes",
    "yo",
    "tag",
    "bonjour",
    "hola",
    "ciao",
    "morning",
    "afternoon",
    "evening",
    "morgen",
    "abend",
];

/// Words of greetings that name nobody.
pub(super) const NOBODY: &[&str] = &[
    "all",
    "everyone",
    "everybody",
    "team",
    "there",
    "both",
    "folks",
    "guys",
    "sir",
    "madam",
    "sirs",
    "ladies",
    "gentlemen",
    "friends",
    "colleagues",
    "mum",
    "mom",
    "dad",
    "again",
    "and",
    "or",
    "to",
    "the",
    "my",
    "our",
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "herr",
    "frau",
    "professor",
    "hiring",
    "manager",
    "customer",
    "support",
    "service",
    "zusammen",
    "alle",
    "damen",
    "herren",
    "und",
    "kollegen",
    "kolleginnen",
    "ihr",
    "leute",
    "hello",
    "good",
    "sehr",
    "geehrte",
    "committee",
    "neighbour",
    "neighbours",
    "parents",
    "members",
    "buddy",
    "mate",
    "man",
    "dude",
    "lovely",
    "people",
    "a",
    "just",
    "you",
    "i",
    "we",
    "can",
    "could",
    "thanks",
    "thank",
    "quick",
    "this",
    "is",
    "it",
    "please",
    "from",
    "nochmal",
    "nachbarn",
    "eltern",
    "team's",
    "wer",
    "ich",
    "kannst",
    "könntest",
    "danke",
    "wollte",
    "nur",
    "hope",
    "sorry",
    "any",
    "what",
    "how",
    "lads",
    "gents",
    "gang",
    "crew",
    "chaps",
    "class",
    "department",
    "principal",
    "respected",
    "when",
    "where",
    "who",
    "why",
    "do",
    "did",
    "are",
    "was",
    "not",
    "so",
    "as",
];

/// The line that greets, and whom.
pub(super) fn greeting(scan: &mut Scan<'_>, known: &HashSet<String>) {
    let Some(mut i) = scan
        .tokens
        .iter()
        .position(|token| token.kind == Kind::Word)
    else {
        return;
    };
    // "Good morning", "Sehr geehrte", "Hallo liebe"
    let first = i;
    while i < first + 4
        && (GREETINGS.contains(&scan.any_word(i))
            || matches!(scan.any_word(i), "good" | "sehr" | "guten" | "schönen"))
    {
        i += 1;
    }
    if i == first {
        // "Bao, see below": a name alone.
        let token = &scan.tokens[i];
        let word = bare(&token.lower).to_owned();
        let alone = token.case == Case::First
            && scan.is(i + 1, ",")
            && word.chars().count() > 1
            && !NOBODY.contains(&&*word)
            && !NOT_NAMES.contains(&&*word)
            && (words::proper(&word) || !words::common(&word))
            && !(scan.german && (GERMAN_SMALL.contains(&&*word) || words::ordinary_german(&word)));
        if alone {
            scan.greeting = token.at.end;
            scan.note(FactKind::Name, i, i + 1, Value::Name(vec![word]), true);
        }
        return;
    }
    scan.greeting = scan.tokens[i - 1].at.end;
    let line_end = (i..scan.tokens.len())
        .find(|&k| scan.tokens[k].line)
        .unwrap_or(scan.tokens.len());
    let end = (i..line_end)
        .find(|&k| {
            scan.tokens[k].kind == Kind::Mark
                && (scan.is(k, ",")
                    || scan.is(k, "!")
                    || scan.is(k, ":")
                    || scan.tokens[k].dash() && !scan.touches(k))
        })
        .unwrap_or(line_end);
    let ends = end - i <= 6 && (end < line_end || line_end < scan.tokens.len() && end - i <= 3);
    let mut k = i;
    while k < end {
        let word = bare(scan.word(k)).to_owned();
        // "Dear Parents and Players"
        let group = words::common(&word)
            && (word.ends_with('s') && !word.ends_with("ss"))
            && !words::proper(&word);
        let name = !word.is_empty()
            && word.chars().count() > 1
            && !NOBODY.contains(&&*word)
            && !(group && !known.contains(&word))
            && (known.contains(&word)
                || words::proper(&word)
                || !(scan.german && (GERMAN_SMALL.contains(&&*word) || words::german_noun(&word)))
                    && (scan.tokens[k].capital() && !words::common(&word)
                        || ends && !words::common(&word)
                        || ends && TITLES.contains(&scan.before(k))
                        || ends && scan.tokens[k].capital() && (k > i || end == i + 1)));
        if !name {
            if !ends && !TITLES.contains(&&*word) {
                break;
            }
            k += 1;
            continue;
        }
        scan.greeting = scan.tokens[k].at.end;
        scan.note(FactKind::Name, k, k + 1, Value::Name(vec![word]), true);
        k += 1;
    }
}
