//! Finds private text, and placeholders.

use std::ops::Range;

use super::{RedactionKind, RedactionSettings};
use crate::polish::facts::{FactKind, Known, Value, accounts, extract, runs};

/// A placeholder, or what looks like one.
pub(super) struct Placeholder {
    pub at: Range<usize>,
    /// As we write them, for looking up; another text if it is not written so.
    pub plain: String,
}

/// All placeholders of a text. Written exactly (`[NAME_1]`) or with Markdown's backslashes
/// (`\[NAME\_1\]`), `plain` is ours; small letters, a space or a leading zero make it another.
pub(super) fn placeholders(text: &str) -> Vec<Placeholder> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('[').map(|found| found + at) {
        at = open + 1;
        let mut i = open + 1;
        let word = i;
        while bytes.get(i).is_some_and(u8::is_ascii_alphabetic) {
            i += 1;
        }
        let word = &text[word..i];
        if !RedactionKind::ALL
            .iter()
            .any(|kind| kind.word().eq_ignore_ascii_case(word))
        {
            continue;
        }
        let between = i;
        while bytes
            .get(i)
            .is_some_and(|b| matches!(b, b'\\' | b'_' | b' ' | b'-' | b'#'))
        {
            i += 1;
        }
        let joint = &text[between..i];
        let number = i;
        while bytes.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        let number = &text[number..i];
        let escaped_end = bytes.get(i) == Some(&b'\\') && bytes.get(i + 1) == Some(&b']');
        if number.is_empty() || !(escaped_end || bytes.get(i) == Some(&b']')) {
            continue;
        }
        let escaped_start = escaped_end && open > 0 && bytes[open - 1] == b'\\';
        let from = if escaped_start { open - 1 } else { open };
        let end = if escaped_end { i + 2 } else { i + 1 };
        let span = from..end;
        let exact = word.bytes().all(|b| b.is_ascii_uppercase())
            && matches!(joint, "_" | "\\_")
            && !number.starts_with('0')
            && escaped_start == escaped_end;
        out.push(Placeholder {
            plain: if exact {
                format!("[{word}_{number}]")
            } else {
                text[span.clone()].to_owned()
            },
            at: span.clone(),
        });
        at = span.end;
    }
    out
}

/// What is written like a placeholder and is of no kind there is: `[KIND_1]`, which a model may make
/// up. Without Markdown's backslashes.
pub(super) fn strangers(text: &str) -> Vec<String> {
    let plain = text.replace('\\', "");
    let is_one = |inside: &&str| {
        inside.split_once('_').is_some_and(|(word, number)| {
            word.len() > 1
                && word.bytes().all(|b| b.is_ascii_uppercase())
                && !RedactionKind::ALL.iter().any(|kind| kind.word() == word)
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        })
    };
    plain
        .split('[')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(']')?.0))
        .filter(is_one)
        .map(|inside| format!("[{inside}]"))
        .collect()
}

/// Up to where a growing text can be shown: before what may be the beginning of a placeholder.
pub(super) fn finished(text: &str) -> usize {
    let Some(open) = text.rfind('[') else {
        return text.trim_end_matches('\\').len();
    };
    let rest = &text[open + 1..];
    let word = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let may_go_on = RedactionKind::ALL.iter().any(|kind| {
        let name = kind.word();
        if word == rest.len() {
            return name
                .get(..word)
                .is_some_and(|begin| begin.eq_ignore_ascii_case(rest));
        }
        name.eq_ignore_ascii_case(&rest[..word])
            && rest[word..]
                .trim_start_matches(['\\', '_', ' ', '-', '#'])
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .trim_start_matches('\\')
                .is_empty()
    });
    if may_go_on {
        text[..open].trim_end_matches('\\').len()
    } else {
        text.trim_end_matches('\\').len()
    }
}

/// The private spans of a text, none of which overlap.
pub(super) fn find(
    text: &str,
    settings: RedactionSettings,
    known: &Known,
) -> Vec<(RedactionKind, Range<usize>)> {
    let mut out: Vec<(RedactionKind, Range<usize>)> = Vec::new();
    if !settings.any() {
        return out;
    }
    // What overlaps something found before keeps the rest of its own.
    let mut add = |kind: RedactionKind, span: Range<usize>| {
        let mut rest = vec![span];
        for (_, other) in &out {
            rest = rest
                .into_iter()
                .flat_map(|span| {
                    if other.start < span.end && span.start < other.end {
                        [
                            span.start..other.start.max(span.start),
                            other.end.min(span.end)..span.end,
                        ]
                    } else {
                        [span, 0..0]
                    }
                })
                .filter(|span| !span.is_empty())
                .collect();
        }
        for span in rest {
            let piece = &text[span.clone()];
            let start = span.end
                - piece
                    .trim_start_matches(|c: char| !c.is_alphanumeric() && c != '+' && c != '(')
                    .len();
            let whole = piece.len() == span.len()
                && out
                    .iter()
                    .all(|(_, other)| other.end != span.start && other.start != span.end);
            let start = if whole { span.start } else { start };
            let end = start + text[start..span.end].trim_end().len();
            if text[start..end].contains(char::is_alphanumeric) {
                out.push((kind, start..end));
            }
        }
    };
    for mark in placeholders(text) {
        add(RedactionKind::Text, mark.at);
    }
    let facts = extract(text, known);
    let of = |kind: FactKind| facts.iter().filter(move |fact| fact.kind == kind);
    if settings.links {
        of(FactKind::Link).for_each(|fact| add(RedactionKind::Link, fact.span.clone()));
    }
    if settings.emails {
        of(FactKind::Email).for_each(|fact| add(RedactionKind::Email, fact.span.clone()));
    }
    if settings.accounts {
        accounts(text)
            .into_iter()
            .for_each(|span| add(RedactionKind::Account, span));
    }
    if settings.cards {
        cards(text)
            .into_iter()
            .for_each(|span| add(RedactionKind::Card, span));
    }
    if settings.phones {
        of(FactKind::Phone).for_each(|fact| add(RedactionKind::Phone, fact.span.clone()));
    }
    if settings.addresses {
        streets(text)
            .into_iter()
            .for_each(|span| add(RedactionKind::Address, span));
    }
    if settings.numbers {
        // "INV-2026-118"; then whatever has seven digits without a gap, also as an amount.
        for fact in of(FactKind::Number) {
            let digits = fact.text.chars().filter(char::is_ascii_digit).count();
            if digits >= 7 && matches!(fact.value, Value::Code(_)) {
                add(RedactionKind::Number, fact.span.clone());
            }
        }
        for span in words(text) {
            if text[span.clone()]
                .chars()
                .filter(|c| c.is_numeric())
                .count()
                >= 7
            {
                add(RedactionKind::Number, span);
            }
        }
    }
    if settings.names {
        let mut names: Vec<Range<usize>> = Vec::new();
        for fact in of(FactKind::Name).filter(|fact| !fact.text.starts_with("{{")) {
            match names.last_mut() {
                // "Dear Anna Weber" has one name.
                Some(last) if text.get(last.end..fact.span.start) == Some(" ") => {
                    last.end = fact.span.end;
                }
                _ => names.push(fact.span.clone()),
            }
        }
        for span in names {
            // The possessive stays outside: "[NAME_1]'s".
            let name = &text[span.clone()];
            let bare = name
                .strip_suffix("'s")
                .or_else(|| name.strip_suffix("\u{2019}s"))
                .unwrap_or(name);
            add(RedactionKind::Name, span.start..span.start + bare.len());
        }
    }
    out
}

/// Payment cards (ISO/IEC 7812): 13 to 19 digits with a right check digit.
pub(super) fn cards(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for run in runs(text, |c| c.is_ascii_digit()) {
        let piece = &text[run.clone()];
        let mut done = 0;
        for (start, _) in piece.char_indices().filter(|&(i, c)| {
            c.is_ascii_digit() && (i == 0 || !piece.as_bytes()[i - 1].is_ascii_digit())
        }) {
            if start < done {
                continue;
            }
            let mut digits = String::new();
            let mut best = None;
            for (i, c) in piece[start..].char_indices() {
                if c.is_ascii_digit() {
                    digits.push(c);
                    let next = piece.as_bytes().get(start + i + 1);
                    if next.is_none_or(|next| !next.is_ascii_digit()) && is_card(&digits) {
                        best = Some(start + i + 1);
                    }
                    if digits.len() >= 19 {
                        break;
                    }
                }
            }
            if let Some(end) = best {
                out.push(run.start + start..run.start + end);
                done = end;
            }
        }
    }
    out
}

fn is_card(digits: &str) -> bool {
    if !(13..=19).contains(&digits.len()) || digits.starts_with('0') {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            match (place % 2, digit) {
                (0, digit) => digit,
                (_, digit) if digit > 4 => 2 * digit - 9,
                (_, digit) => 2 * digit,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

const STREET_WORDS: &[&str] = &[
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "drive",
    "boulevard",
    "blvd",
    "way",
    "court",
    "square",
    "sq",
    "place",
    "terrace",
    "crescent",
    "highway",
    "parkway",
    "row",
    "gardens",
    "quay",
    "mews",
    "grove",
    "close",
    "hill",
    "walk",
    "embankment",
];
const STREET_ENDINGS: &[&str] = &[
    "straße", "strasse", "str", "weg", "platz", "allee", "gasse", "damm", "ufer", "chaussee",
    "steig", "stieg", "ring",
];
const STREET_STARTS: &[&str] = &[
    "rue",
    "avenue",
    "boulevard",
    "via",
    "calle",
    "plaza",
    "piazza",
    "chemin",
    "quai",
];

#[derive(Clone)]
struct Word {
    at: Range<usize>,
    lower: String,
    large: bool,
}

/// Street addresses: "12 Baker Street", "Hauptstraße 5a, 10115 Berlin", "Am Markt 3".
pub(super) fn streets(text: &str) -> Vec<Range<usize>> {
    let list: Vec<Word> = pieces(text);
    let word = |i: usize| list.get(i).map_or("", |word| word.lower.as_str());
    let gap = |i: usize| -> &str {
        // What stands between a word and the next.
        match (list.get(i), list.get(i + 1)) {
            (Some(a), Some(b)) => &text[a.at.end..b.at.start],
            _ => "\n",
        }
    };
    let near = |i: usize| {
        matches!(
            gap(i),
            " " | ". " | ", " | "\u{A0}" | "." | "-" | ",\n" | "\n" | "'" | "’"
        )
    };
    let same_line = |i: usize| near(i) && !gap(i).contains('\n');
    let house = |i: usize| {
        let text = word(i);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        (1..=5).contains(&digits) && text.len() <= digits + 1
    };
    let mut out = Vec::new();
    let mut i = 0;
    while i < list.len() {
        let mut end = None;
        if house(i) {
            // 12 [Old] Baker Street; 5 rue de la Paix
            for k in i + 2..=i + 5 {
                if !(i..k).all(same_line) || !(i..k).all(|j| !gap(j).contains([',', '.'])) {
                    break;
                }
                let named = (i + 1..k).all(|j| {
                    list.get(j)
                        .is_some_and(|w| w.large || matches!(&*w.lower, "the" | "of" | "and"))
                }) || k == i + 2
                    && !crate::polish::facts::ordinary(word(i + 1))
                    && matches!(word(k), "street" | "road" | "avenue" | "lane" | "drive");
                if STREET_WORDS.contains(&word(k))
                    && named
                    && list.get(i + 1).is_some_and(|w| w.large || k == i + 2)
                {
                    end = Some(k + 1);
                }
            }
            if end.is_none() && STREET_STARTS.contains(&word(i + 1)) && same_line(i) {
                let mut k = i + 2;
                while k < i + 6
                    && same_line(k - 1)
                    && (list.get(k).is_some_and(|w| w.large)
                        || matches!(word(k), "de" | "la" | "du" | "des" | "le" | "del"))
                {
                    k += 1;
                }
                if k > i + 2 {
                    end = Some(k);
                }
            }
        } else if list[i].lower.chars().count() > 3
            && STREET_ENDINGS.iter().any(|ending| {
                list[i]
                    .lower
                    .strip_suffix(ending)
                    .is_some_and(|stem| stem.chars().count() >= 2)
                    || list[i].lower == *ending && i > 0
            })
            && same_line(i)
            && house(i + 1)
        {
            // Hauptstraße 5a; Bonner Straße 12, Kurt-Schumacher-Str. 4
            end = Some(i + 2);
        } else if matches!(
            word(i),
            "straße" | "strasse" | "weg" | "platz" | "allee" | "str"
        ) && same_line(i)
            && house(i + 1)
            && list[i].large
        {
            end = Some(i + 2);
        } else if list[i].large
            && matches!(
                word(i),
                "am" | "an" | "im" | "in" | "auf" | "unter" | "zum" | "zur"
            )
            && same_line(i)
        {
            let article = usize::from(matches!(word(i + 1), "der" | "dem" | "den"));
            let name = i + 1 + article;
            if list
                .get(name)
                .is_some_and(|w| w.large && !w.lower.bytes().any(|b| b.is_ascii_digit()))
                && (i..=name).all(same_line)
                && house(name + 1)
                && !crate::polish::facts::ordinary(word(name))
                && !dates(word(name))
                && !dates(word(name + 2))
                && word(name + 2) != "uhr"
            {
                end = Some(name + 2);
            }
        } else if word(i) == "po" && word(i + 1) == "box" && house(i + 2)
            || word(i) == "postfach"
                && list
                    .get(i + 1)
                    .is_some_and(|w| w.lower.bytes().all(|b| b.is_ascii_digit()))
        {
            end = Some(if word(i) == "po" { i + 3 } else { i + 2 });
        }
        let Some(mut end) = end else {
            i += 1;
            continue;
        };
        // Words of a street's name before: "Bonner Straße", "Kurt-Schumacher-Straße".
        let mut from = i;
        while from > 0
            && !house(i)
            && list[from - 1].large
            && matches!(gap(from - 1), " " | "-")
            && (gap(from - 1) == "-" || STREET_ENDINGS.contains(&word(i)))
            && i - from < 3
        {
            from -= 1;
        }
        // Flat, postcode and town after.
        loop {
            let at = end;
            if !near(end - 1) {
                break;
            }
            let large = |i: usize| list.get(i).filter(|word| word.large);
            let town = |i: usize| {
                large(i).is_some_and(|word| !word.lower.bytes().any(|b| b.is_ascii_digit()))
            };
            let flat = matches!(
                word(at),
                "flat" | "apt" | "apartment" | "suite" | "unit" | "floor"
            ) && list.get(at + 1).is_some_and(|word| word.lower.len() <= 4);
            let coded = postcode(word(at)) && town(at + 1)
                || british(word(at), word(at + 1))
                || large(at).is_some_and(|word| word.lower.len() == 2) && zip(word(at + 1));
            let named = gap(end - 1).contains(',')
                && large(at).is_some_and(|word| !dates(&word.lower))
                && !crate::polish::facts::ordinary(word(at));
            if (flat || coded) && same_line(at) {
                end = at + 2;
            } else if named || zip(word(at)) && gap(end - 1) == " " {
                end = at + 1;
            } else {
                break;
            }
        }
        out.push(list[from].at.start..list[end - 1].at.end);
        i = end;
    }
    out
}

fn dates(word: &str) -> bool {
    matches!(
        word,
        "montag"
            | "dienstag"
            | "mittwoch"
            | "donnerstag"
            | "freitag"
            | "samstag"
            | "sonntag"
            | "januar"
            | "februar"
            | "märz"
            | "april"
            | "mai"
            | "juni"
            | "juli"
            | "august"
            | "september"
            | "oktober"
            | "november"
            | "dezember"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "uhr"
            | "prozent"
    )
}

fn zip(word: &str) -> bool {
    word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit())
}

fn postcode(word: &str) -> bool {
    (4..=5).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit())
}

/// "NW1 6XE"
fn british(outer: &str, inner: &str) -> bool {
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
    (2..=4).contains(&outer.len())
        && letters(outer)
        && outer.as_bytes()[0].is_ascii_alphabetic()
        && outer.bytes().any(|b| b.is_ascii_digit())
        && inner.len() == 3
        && letters(inner)
        && inner.as_bytes()[0].is_ascii_digit()
        && inner.bytes().skip(1).all(|b| b.is_ascii_alphabetic())
}

fn pieces(text: &str) -> Vec<Word> {
    words(text)
        .into_iter()
        .map(|at| {
            let shown = &text[at.clone()];
            Word {
                lower: shown.to_lowercase(),
                large: shown.chars().next().is_some_and(char::is_uppercase),
                at,
            }
        })
        .collect()
}

/// Addresses in which something private stands percent-encoded (RFC 3986, 2.1): runs without a
/// blank or bracket whose decoded form `gives_away` something.
pub(super) fn encoded(text: &str, gives_away: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"');
    let mut from = 0;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if !ends(c) {
            continue;
        }
        let run = &text[from..i];
        if run.contains('%') && gives_away(&percent_decoded(run)) {
            out.push(from..i);
        }
        from = i + c.len_utf8().min(text.len() - i);
    }
    out
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |i: usize| {
        bytes
            .get(i)
            .and_then(|b| (*b as char).to_digit(16))
            .and_then(|value| u8::try_from(value).ok())
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        match (bytes[i], digit(i + 1), digit(i + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                i += 3;
            }
            (byte, _, _) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Runs of letters and digits.
pub(super) fn words(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = None;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}') {
            from.get_or_insert(i);
        } else if let Some(start) = from.take() {
            out.push(start..i);
        }
    }
    out
}

/// Where a text occurs, in whatever case, without digits or letters touching it.
pub(super) fn occurrences(text: &str, wanted: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let Some(first) = wanted.chars().next() else {
        return out;
    };
    let mut at = 0;
    while at + wanted.len() <= text.len() {
        let end = at + wanted.len();
        let next = text[at..].chars().next().map_or(1, char::len_utf8);
        if text.is_char_boundary(end)
            && text[at..].starts_with(|c: char| c.eq_ignore_ascii_case(&first))
            && text[at..end].eq_ignore_ascii_case(wanted)
            && !(first.is_alphanumeric()
                && text[..at]
                    .chars()
                    .next_back()
                    .is_some_and(char::is_alphanumeric))
            && !(wanted
                .chars()
                .next_back()
                .is_some_and(char::is_alphanumeric)
                && text[end..]
                    .chars()
                    .next()
                    .is_some_and(char::is_alphanumeric))
        {
            out.push(at..end);
            at = end;
        } else {
            at += next;
        }
    }
    out
}
