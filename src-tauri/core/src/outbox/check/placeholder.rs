//! Blanks nobody filled. What can only be one is a wall; what may be one is a question.

use super::Mail;
use crate::outbox::{Field, SendCheck, SendQuestion};

/// The longest blank, in characters.
const LONGEST: usize = 64;

/// `{{firstName}}` and its like, and the `[Your name]` that models leave behind.
pub(super) fn unfilled(mail: &Mail<'_>) -> Option<SendQuestion> {
    let mut found = blanks(&mail.draft().subject);
    let field = if found.is_empty() {
        Field::Body
    } else {
        Field::Subject
    };
    for blank in blanks(&mail.own.prose) {
        if !found.contains(&blank) {
            found.push(blank);
        }
    }
    let first = found.first()?.clone();
    let are = if found.len() == 1 { "is" } else { "are" };
    let message = format!(
        "{} {are} not filled in. Replace or remove it before sending. (What is meant to be read \
         like this can be marked as code.)",
        found.join(", ")
    );
    Some(
        SendQuestion::new(SendCheck::UnfilledPlaceholder, field, message)
            .about(first)
            .wall(),
    )
}

/// `TODO`, `XXX` and the like: perhaps something is still to be written.
pub(super) fn leftover(mail: &Mail<'_>) -> Option<SendQuestion> {
    let (field, mark) = match mark(&mail.draft().subject) {
        Some(mark) => (Field::Subject, mark),
        None => (Field::Body, mark(&mail.own.prose)?),
    };
    let message = format!("“{mark}” looks as if something is still to be written there.");
    Some(SendQuestion::new(SendCheck::LeftoverMark, field, message).about(mark))
}

/// Each blank once, as it is written.
fn blanks(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (open, close) in [
        ("{{", "}}"),
        ("[", "]"),
        ("<", ">"),
        ("«", "»"),
        ("${", "}"),
        ("*|", "|*"),
        ("%", "%"),
    ] {
        let mut rest = text;
        while let Some(start) = rest.find(open) {
            rest = &rest[start + open.len()..];
            let Some(end) = rest.find(close) else { break };
            // The innermost pair: "[see [name]]" holds "[name]".
            let from = rest[..end].rfind(open).map_or(0, |at| at + open.len());
            let inner = &rest[from..end];
            let is_one = !inner.contains('\n')
                && (1..=LONGEST).contains(&inner.trim().chars().count())
                && is_blank(open, inner.trim());
            let whole = format!("{open}{inner}{close}");
            if is_one && !found.contains(&whole) {
                found.push(whole);
            }
            // A sign that closes one pair may open the next: "20 % to 30 % of %NAME%".
            rest = if open == close {
                &rest[end..]
            } else {
                &rest[end + close.len()..]
            };
        }
    }
    found
}

/// Whether what stands between these signs is a blank to fill in.
fn is_blank(open: &str, inner: &str) -> bool {
    match open {
        "{{" => true,
        "${" | "*|" => {
            inner.starts_with(char::is_alphabetic)
                && inner
                    .chars()
                    .all(|c| c.is_alphanumeric() || "_-.: ".contains(c))
        }
        "%" => {
            let is_capital = |c: char| c.is_ascii_uppercase() || c == '_';
            inner.len() >= 4 && inner.chars().all(is_capital) && !VARIABLES.contains(&inner)
        }
        _ => asks_for_something(inner),
    }
}

/// What people who write about Windows put between signs of per cent.
const VARIABLES: &[&str] = &[
    "APPDATA",
    "LOCALAPPDATA",
    "HOME",
    "HOMEPATH",
    "PATH",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "SYSTEMROOT",
    "TEMP",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
];

/// Whether what stands in brackets is a blank to fill in. Kept narrow: "[sic]", "[1]", "[EXT]",
/// "[my emphasis]" and a ticket's "[Your order 4711]" are not.
fn asks_for_something(inner: &str) -> bool {
    /// Then one of [`WHOLE`] follows.
    const WHOSE: &[&str] = &[
        "your ",
        "my ",
        "recipient's ",
        "recipient’s ",
        "ihr ",
        "ihre ",
        "ihren ",
        "ihrem ",
        "dein ",
        "deine ",
        "deinen ",
        "mein ",
        "meine ",
        "meinen ",
    ];
    const BEGINNINGS: &[&str] = &["insert ", "enter ", "placeholder", "platzhalter"];
    const ENDINGS: &[&str] = &[
        " here",
        " einfügen",
        " einsetzen",
        " eintragen",
        " ergänzen",
        " name",
        " des empfängers",
        " der empfängerin",
    ];
    const WHOLE: &[&str] = &[
        "name",
        "names",
        "first name",
        "firstname",
        "last name",
        "lastname",
        "full name",
        "surname",
        "company",
        "company name",
        "title",
        "job title",
        "position",
        "phone",
        "phone number",
        "email",
        "email address",
        "address",
        "contact information",
        "date",
        "recipient",
        "vorname",
        "nachname",
        "firma",
        "firmenname",
        "unternehmen",
        "anrede",
        "anschrift",
        "datum",
        "betrag",
        "telefonnummer",
        "kontaktdaten",
        "empfänger",
        "empfängerin",
    ];
    let inner = inner.to_lowercase().replace(['_', '-'], " ");
    if inner.contains(|c: char| c.is_numeric() || c == '#') {
        return false;
    }
    let bare = WHOSE
        .iter()
        .find_map(|whose| inner.strip_prefix(whose))
        .unwrap_or(&inner);
    WHOLE.contains(&bare)
        || BEGINNINGS.iter().any(|start| inner.starts_with(start))
        || ENDINGS.iter().any(|end| inner.ends_with(end))
}

/// The first mark in a text that stands for something to be written, as it is written.
fn mark(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        words.iter().enumerate().find_map(|(at, word)| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '?');
            let before = at.checked_sub(1).map_or("", |at| words[at]);
            let next = words.get(at + 1).copied().unwrap_or_default();
            is_mark(word, bare, before, next).then(|| bare.to_owned())
        })
    })
}

fn is_mark(word: &str, bare: &str, before: &str, next: &str) -> bool {
    match bare {
        // "my TODO list" is a thing; "TODO: ask Ada" is a note to oneself.
        "TODO" | "FIXME" => {
            word.starts_with(['[', '('])
                || word.ends_with([':', ']', ')'])
                || before.is_empty() && next.is_empty()
        }
        // Somebody's question marks follow a word; these stand where one is missing.
        "???" => word == bare && !before.is_empty() && !next.is_empty(),
        _ => is_crossed_out(bare, before, next),
    }
}

/// "XXX", "XX Euro", "XX.XX.2026": letters where figures belong. Kisses at the end are not.
fn is_crossed_out(bare: &str, before: &str, next: &str) -> bool {
    const UNITS: &[&str] = &[
        "€", "$", "£", "eur", "euro", "usd", "%", "uhr", "mio", "pm", "am",
    ];
    let is_unit = |word: &str| {
        let word = word.to_lowercase();
        UNITS.contains(&word.trim_end_matches(['.', ',', '!', '?', ';', ':', ')']))
    };
    let crosses = |part: &str| part.len() >= 2 && part.bytes().all(|b| b == b'X');
    if crosses(bare) {
        let goes_on = next.starts_with(|c: char| c.is_lowercase() || c.is_numeric());
        return is_unit(before) || is_unit(next) || bare.len() >= 3 && goes_on;
    }
    let parts: Vec<_> = bare.split(['.', ':', '/']).collect();
    let is_figure = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    parts.len() > 1
        && parts.iter().any(|part| crosses(part))
        && parts.iter().all(|part| crosses(part) || is_figure(part))
}
