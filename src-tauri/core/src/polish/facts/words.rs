//! Word lists the rules share: what is an ordinary English word, what is a name of people or
//! places, and whether a text is German.
//!
//! The lists are text in the program, a word a line in the order of their bytes; a word is looked
//! up by halving that text, so that they take no memory of their own.

use super::token::{Kind, Token};

const COMMON: &str = include_str!("common.txt");
const PROPER: &str = include_str!("people.txt");
const NOUNS: &str = include_str!("german-nouns.txt");
/// Words of German that are no nouns.
const GERMAN_WORDS: &str = include_str!("german-words.txt");

/// Whether a word is a line of a sorted list.
fn listed(list: &str, word: &str) -> bool {
    let (bytes, word) = (list.as_bytes(), word.as_bytes());
    let (mut from, mut to) = (0, bytes.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let start = bytes[from..middle]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(from, |at| from + at + 1);
        let end = bytes[middle..to]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(to, |at| middle + at);
        match bytes[start..end].cmp(word) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = start,
        }
    }
    false
}

/// Whether a word is a name many people, places or companies have.
pub(crate) fn proper(word: &str) -> bool {
    listed(PROPER, word)
}

/// Whether a word is an ordinary English one, in the forms grammar gives it. "Weber" is not one
/// although "web" is.
pub(super) fn inflected(word: &str) -> bool {
    derived(
        word,
        &[
            ("ies", &["y"]),
            ("ied", &["y"]),
            ("ing", &["", "e"]),
            ("ed", &["", "e"]),
            ("es", &["", "e"]),
            ("ly", &["", "le"]),
            ("s", &[""]),
        ],
    )
}

/// Whether a word is an ordinary English one, in any of its forms.
pub(crate) fn common(word: &str) -> bool {
    const ENDINGS: &[(&str, &[&str])] = &[
        ("ies", &["y"]),
        ("ied", &["y"]),
        ("ily", &["y"]),
        ("iest", &["y"]),
        ("ier", &["y"]),
        ("iness", &["y"]),
        ("ness", &[""]),
        ("less", &[""]),
        ("ful", &[""]),
        ("able", &["", "e"]),
        ("ment", &[""]),
        ("ments", &[""]),
        ("ation", &["", "e"]),
        ("ations", &["", "e"]),
        ("ings", &["", "e"]),
        ("ing", &["", "e"]),
        ("ers", &["", "e"]),
        ("est", &["", "e"]),
        ("er", &["", "e"]),
        ("ed", &["", "e"]),
        ("es", &["", "e"]),
        ("ly", &["", "le"]),
        ("d", &[""]),
        ("s", &[""]),
        ("al", &["", "e"]),
        ("ity", &["", "e"]),
        ("ion", &["", "e"]),
        ("ions", &["", "e"]),
        ("ive", &["", "e"]),
        ("or", &["", "e"]),
        ("ors", &["", "e"]),
    ];
    derived(word, ENDINGS) || begins(word)
}

/// Whether a word is listed, or what is left of it without an ending.
fn derived(word: &str, endings: &[(&str, &[&str])]) -> bool {
    if listed(COMMON, word) {
        return true;
    }
    let word = word.split('\'').next().unwrap_or(word);
    if listed(COMMON, word) {
        return true;
    }
    for (ending, instead) in endings {
        let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= 3) else {
            continue;
        };
        for end in *instead {
            let base = format!("{stem}{end}");
            if listed(COMMON, &base) {
                return true;
            }
        }
        // "planned", "stopping"
        let bytes = stem.as_bytes();
        if bytes.len() > 3
            && bytes[bytes.len() - 1] == bytes[bytes.len() - 2]
            && stem.is_char_boundary(stem.len() - 1)
            && listed(COMMON, &stem[..stem.len() - 1])
        {
            return true;
        }
    }
    false
}

/// Whether a word is a listed one with a beginning: "reschedule".
fn begins(word: &str) -> bool {
    for beginning in [
        "un", "re", "pre", "non", "over", "mis", "in", "dis", "co", "sub", "out", "up",
    ] {
        if let Some(rest) = word.strip_prefix(beginning)
            && rest.len() >= 4
            && listed(COMMON, rest)
        {
            return true;
        }
    }
    false
}

/// A word without its usual endings, for telling whether two texts speak of the same thing. Not a
/// dictionary form; "invoices" and "invoice" become the same, and so do "paid" and "pay".
pub(super) fn stem(word: &str) -> String {
    const IRREGULAR: &[(&str, &str)] = &[
        ("paid", "pay"),
        ("sent", "send"),
        ("came", "come"),
        ("got", "get"),
        ("gotten", "get"),
        ("had", "have"),
        ("has", "have"),
        ("made", "make"),
        ("went", "go"),
        ("gone", "go"),
        ("done", "do"),
        ("did", "do"),
        ("does", "do"),
        ("saw", "see"),
        ("seen", "see"),
        ("found", "find"),
        ("knew", "know"),
        ("known", "know"),
        ("told", "tell"),
        ("said", "say"),
        ("took", "take"),
        ("taken", "take"),
        ("gave", "give"),
        ("given", "give"),
        ("wrote", "write"),
        ("written", "write"),
        ("heard", "hear"),
        ("met", "meet"),
        ("left", "leave"),
        ("bought", "buy"),
        ("brought", "bring"),
        ("thought", "think"),
        ("understood", "understand"),
        ("chose", "choose"),
        ("chosen", "choose"),
        ("broke", "break"),
        ("broken", "break"),
        ("spoke", "speak"),
        ("spoken", "speak"),
        ("kept", "keep"),
        ("lost", "lose"),
        ("sold", "sell"),
        ("won", "win"),
        ("began", "begin"),
        ("begun", "begin"),
        ("ran", "run"),
        ("held", "hold"),
        ("felt", "feel"),
        ("meant", "mean"),
        ("children", "child"),
        ("people", "person"),
        ("persons", "person"),
        ("men", "man"),
        ("women", "woman"),
    ];
    let word = word.split('\'').next().unwrap_or(word);
    if let Some((_, base)) = IRREGULAR.iter().find(|(form, _)| *form == word) {
        return (*base).to_owned();
    }
    // Twice, so that "ordered" and "order" meet.
    let mut stem = word;
    for _ in 0..2 {
        for ending in [
            "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ally", "ance",
            "ence", "able", "ible", "ies", "ied", "ers", "est", "ed", "es", "er", "ly", "al", "s",
            "e", "y",
        ] {
            if let Some(rest) = stem.strip_suffix(ending)
                && rest.chars().count() >= 3
                && !(ending == "s" && rest.ends_with('s'))
            {
                stem = rest;
                break;
            }
        }
    }
    let bytes = stem.as_bytes();
    if bytes.len() > 3
        && bytes[bytes.len() - 1] == bytes[bytes.len() - 2]
        && bytes[bytes.len() - 1].is_ascii_alphabetic()
        // "labelled" is "label", but "tell" is no "tel".
        && !(stem.ends_with("ll") && (bytes.len() < 6 || !stem.ends_with("ell")))
        && !stem.ends_with("ss")
    {
        stem = &stem[..stem.len() - 1];
    }
    let stem = stem
        .strip_suffix('i')
        .filter(|s| s.len() >= 3)
        .unwrap_or(stem);
    stem.to_owned()
}

/// Small words that say nothing by themselves.
pub(in crate::polish) fn small(word: &str) -> bool {
    const SMALL: &[&str] = &[
        "a",
        "about",
        "after",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "before",
        "but",
        "by",
        "can",
        "could",
        "das",
        "dass",
        "dem",
        "den",
        "der",
        "die",
        "do",
        "does",
        "did",
        "ein",
        "eine",
        "einen",
        "es",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "him",
        "his",
        "i",
        "ich",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "may",
        "me",
        "might",
        "my",
        "of",
        "on",
        "or",
        "our",
        "she",
        "should",
        "sie",
        "so",
        "some",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "und",
        "uns",
        "us",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "which",
        "while",
        "who",
        "will",
        "wir",
        "with",
        "would",
        "you",
        "your",
        "yet",
        "am",
        "i'm",
        "we're",
        "it's",
        "im",
        "ist",
        "sind",
        "zu",
        "mit",
        "auf",
        "für",
        "von",
        "bei",
        "wird",
        "werden",
        "kann",
        "können",
        "haben",
        "habe",
        "hat",
        "shall",
        "must",
        "being",
        "please",
        "now",
        "still",
        "too",
        "really",
        "quite",
        "more",
        "most",
        "than",
        "get",
        "got",
        "make",
        "made",
        "unfortunately",
        "leider",
        "bitte",
    ];
    SMALL.contains(&word)
}

/// Whether a text is German, by its small words.
pub(super) fn german(tokens: &[Token]) -> bool {
    const GERMAN: &[&str] = &[
        "und", "der", "das", "ich", "nicht", "ist", "sie", "wir", "mit", "für", "auf", "ein",
        "eine", "einen", "bitte", "danke", "hallo", "grüße", "grüßen", "gruß", "haben", "dass",
        "auch", "noch", "bei", "zu", "zum", "zur", "von", "den", "dem", "es", "mir", "mich", "uns",
        "ihr", "ihre", "ihren", "ihnen", "habe", "kann", "wird", "werden", "wenn", "aber", "oder",
        "wie", "heute", "wäre", "sehr", "geehrte", "geehrter", "liebe", "lieber", "im", "um",
        "uhr", "nach", "du", "bis", "schon", "nur", "kein", "keine", "keinen", "können", "leider",
        "anbei", "sind", "viele", "wurde", "haben", "hatte", "unser", "unsere", "am", "vom", "des",
        "mfg", "vg", "lg", "hat", "dir", "dich", "euch",
    ];
    const ENGLISH: &[&str] = &[
        "the", "and", "you", "your", "to", "of", "is", "it", "that", "this", "for", "we", "are",
        "be", "have", "with", "on", "can", "would", "will", "please", "thanks", "hi", "my", "our",
        "if", "at", "from", "i", "not", "but", "a", "as", "by", "been", "me",
    ];
    let (mut german, mut english) = (0, 0);
    for token in tokens.iter().filter(|token| token.kind == Kind::Word) {
        german += usize::from(GERMAN.contains(&&*token.lower));
        english += usize::from(ENGLISH.contains(&&*token.lower));
    }
    german > english
}

/// Whether a German word with a capital is an ordinary noun: by its ending, by a list, or as a
/// compound, which is what its last part is ("Kuchenbuffet" is a "Buffet").
pub(super) fn german_noun(word: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen",
        "tät", "täten", "nis", "nisse", "nissen", "ment", "ments", "tum", "ismus", "ling", "linge",
        "innen", "tag", "tage", "tagen", "zeit", "woche", "monat", "plan", "nummer", "erei",
        "ieren", "amt", "rad", "weg", "bad", "ort", "art", "uhr", "tee", "gas", "los", "zug",
    ];
    /// Nouns that end the names of people and places at least as often as compounds.
    const IN_NAMES: &[&str] = &[
        "mann", "bach", "berg", "wald", "feld", "stein", "hof", "dorf", "heim", "baum", "vogel",
        "koch", "bauer", "meister", "brunnen", "stadt", "see", "tal", "haus", "hausen", "land",
        "hagen", "rose", "horn", "sohn", "blick", "stern", "land", "graben", "eck", "ecke",
        "mauer", "schmied", "mühle", "eisen", "korn",
    ];
    if ENDINGS.iter().any(|ending| word.ends_with(ending)) || is_noun(word, 3) {
        return true;
    }
    word.char_indices().skip(2).any(|(at, _)| {
        let (front, head) = word.split_at(at);
        head.chars().count() >= 4
            && !IN_NAMES.contains(&head)
            && is_noun(head, 4)
            // "Lindauer" ends in a noun, too, but "Lin" is nothing.
            && (head.chars().count() >= 6 || front.chars().count() >= 6 || is_part(front))
    })
}

/// Whether a word is an ordinary German one other than a noun, in any of its forms.
pub(super) fn ordinary_german(word: &str) -> bool {
    listed(GERMAN_WORDS, word)
        || [
            "e", "en", "er", "es", "em", "ere", "eren", "erer", "ste", "sten", "st", "t", "te",
            "ten", "n",
        ]
        .iter()
        .any(|ending| {
            word.strip_suffix(ending).is_some_and(|stem| {
                stem.len() > 2
                    && (listed(GERMAN_WORDS, stem) || listed(GERMAN_WORDS, &format!("{stem}en")))
            })
        })
}

/// Whether a German text writes its nouns small.
pub(super) fn writes_nouns_small(tokens: &[Token]) -> bool {
    let (mut small, mut large) = (0, 0);
    for token in tokens {
        if token.kind == Kind::Word
            && !token.starts
            && token.lower.len() > 4
            && listed(NOUNS, &token.lower)
        {
            if token.capital() {
                large += 1;
            } else {
                small += 1;
            }
        }
    }
    small >= 3 && small > 2 * large
}

/// Whether something may be the first part of a German compound.
pub(super) fn is_part(front: &str) -> bool {
    const SHORT: &[&str] = &[
        "ab", "an", "auf", "aus", "bei", "ein", "vor", "zu", "um", "über", "unter", "mit", "nach",
        "haupt", "neben", "neu", "alt", "groß", "klein", "kurz", "lang", "voll", "teil", "halb",
        "hoch", "tief", "früh", "spät", "frei", "fest", "rück", "rest", "sonder", "gegen", "innen",
        "außen", "nord", "süd", "ost", "west", "mini", "maxi", "bio", "öko", "tele", "video",
        "foto", "kfz", "lkw", "pkw", "it", "pc", "sommer", "winter", "fahr", "lauf", "schreib",
        "ess", "koch", "back", "schlaf", "wohn", "bade", "miet", "kauf", "bau", "werk", "spiel",
        "sing", "lese", "lern", "lehr", "dreh", "trag", "wasch", "park", "halte", "start", "end",
        "schul", "grund", "erd", "rund", "warm", "kalt", "roh", "fertig", "gesamt", "einzel",
        "mehr", "viel", "doppel", "selbst", "not", "fern", "nah", "gast", "straßen", "kirch",
        "sonn", "bahn",
    ];
    let listed_form = |front: &str| {
        SHORT.contains(&front) || is_noun(front, 3) || listed(NOUNS, &format!("{front}e"))
    };
    listed_form(front)
        || ["s", "es", "n", "en", "er", "-"].iter().any(|link| {
            front
                .strip_suffix(link)
                .is_some_and(|front| front.len() > 2 && listed_form(front))
        })
        || front.char_indices().skip(3).any(|(at, _)| {
            let (first, second) = front.split_at(at);
            second.len() > 2
                && listed_form(second.trim_end_matches('s'))
                && listed_form(first.trim_end_matches('s'))
        })
}

/// Whether a word is a listed noun of so many letters, in one of its cases or its plural.
fn is_noun(word: &str, least: usize) -> bool {
    if listed(NOUNS, word) {
        return true;
    }
    ["en", "ern", "er", "es", "e", "n", "s"].iter().any(|ending| {
        let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= least) else {
            return false;
        };
        listed(NOUNS, stem)
            || listed(NOUNS, &without_umlaut(stem))
            // "Firmen", "Themen"
            || *ending == "en" && (listed(NOUNS, &format!("{stem}a")) || listed(NOUNS, &format!("{stem}um")))
            || *ending == "n" && listed(NOUNS, &without_umlaut(&format!("{stem}e")))
    }) || listed(NOUNS, &without_umlaut(word))
}

fn without_umlaut(word: &str) -> String {
    word.replace('ä', "a").replace('ö', "o").replace('ü', "u")
}

#[cfg(test)]
mod tests {
    use super::{COMMON, GERMAN_WORDS, NOUNS, PROPER, listed};

    #[test]
    fn every_line_of_a_list_is_found_and_nothing_else() {
        for list in [COMMON, PROPER, NOUNS, GERMAN_WORDS] {
            let lines: Vec<&str> = list.lines().collect();
            assert!(lines.is_sorted_by(|a, b| a < b));
            for line in lines {
                assert!(listed(list, line), "{line}");
                assert!(!listed(list, &format!("{line}\u{1}")), "{line}");
            }
            assert!(!listed(list, "") && !listed(list, "\u{ff}"));
        }
    }
}
