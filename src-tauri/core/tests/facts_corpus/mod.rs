//! Reads the corpus of the fact lock, fills it in and breaks it.

mod fill;

use std::{fs, path::Path};

use draftwell_core::polish::facts::{FactKind, Known};

pub use fill::Values;

/// A piece of a text.
#[derive(Debug, Clone)]
pub enum Piece {
    Text(String),
    /// A kind's letter and a number, and how this text puts it if it isn't one of the lists.
    Slot(char, u8, Option<Wording>),
    /// A number, what the text says, and what it says with the negation turned.
    Negation(u8, String, String),
}

/// A fact in the words of one text, and what it says once it is changed (nothing: it stays).
#[derive(Debug, Clone)]
pub struct Wording {
    said: String,
    changed: Option<String>,
}

/// A draft with its rewrites, before it is filled in.
pub struct Skeleton {
    pub title: String,
    german: bool,
    held_out: bool,
    /// The draft, then formal, casual, elaborate, concise.
    texts: Vec<(String, Vec<Piece>)>,
}

/// A filled text and where its slots are, in UTF-16 units.
#[derive(Clone)]
pub struct Rewrite {
    pub style: String,
    pub text: String,
    slots: Vec<(char, u8, (u32, u32))>,
    negations: Vec<(u8, (u32, u32))>,
}

pub struct Filled {
    pub draft: Rewrite,
    pub rewrites: Vec<Rewrite>,
    pub known: Known,
}

/// A rewrite with one thing broken.
pub struct Mutation {
    pub kind: FactKind,
    pub what: String,
    pub text: String,
    pub invented: bool,
    pub in_draft: Vec<(u32, u32)>,
    pub in_version: Vec<(u32, u32)>,
}

/// All skeletons of a folder's files.
pub fn read(folder: &str) -> Vec<Skeleton> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    files.sort();
    let held_out = folder.ends_with("heldout");
    files
        .iter()
        .flat_map(|path| parse(&fs::read_to_string(path).unwrap(), held_out))
        .collect()
}

fn parse(text: &str, held_out: bool) -> Vec<Skeleton> {
    let mut out: Vec<Skeleton> = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let finish = |out: &mut Vec<Skeleton>, lines: &mut Vec<&str>| {
        if let Some(text) = out
            .last_mut()
            .and_then(|skeleton| skeleton.texts.last_mut())
        {
            text.1 = pieces(lines.join("\n").trim());
        }
        lines.clear();
    };
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            finish(&mut out, &mut lines);
            out.push(Skeleton {
                title: title.to_owned(),
                german: title.starts_with("de "),
                held_out,
                texts: Vec::new(),
            });
        } else if let Some(style) = line
            .strip_prefix("-- ")
            .filter(|style| !style.contains(' '))
        {
            finish(&mut out, &mut lines);
            out.last_mut()
                .expect("a title first")
                .texts
                .push((style.to_owned(), Vec::new()));
        } else {
            lines.push(line);
        }
    }
    finish(&mut out, &mut lines);
    for skeleton in &out {
        assert_eq!(
            skeleton.texts.len(),
            5,
            "{} needs a draft and four rewrites",
            skeleton.title
        );
    }
    out
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = text;
    // `{1:no}` in a draft needs no turned text: only rewrites are broken.
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) = after
            .split_once('}')
            .unwrap_or_else(|| panic!("not closed: {text}"));
        out.push(Piece::Text(before.to_owned()));
        let first = inside.split_once(':');
        out.push(match first.filter(|(n, _)| n.parse::<u8>().is_ok()) {
            Some((number, texts)) => {
                let (said, turned) = texts.split_once('|').unwrap_or((texts, ""));
                Piece::Negation(number.parse().unwrap(), said.to_owned(), turned.to_owned())
            }
            None => {
                let (name, wording) = match inside.split_once('=') {
                    Some((name, words)) => {
                        let (said, changed) = match words.split_once('|') {
                            Some((said, changed)) => (said, Some(changed.to_owned())),
                            None => (words, None),
                        };
                        let said = said.to_owned();
                        (name, Some(Wording { said, changed }))
                    }
                    None => (inside, None),
                };
                let mut chars = name.chars();
                let kind = chars.next().unwrap();
                let number = chars.as_str().parse();
                let number = number.unwrap_or_else(|_| panic!("no slot: {inside}"));
                Piece::Slot(kind, number, wording)
            }
        });
        rest = after;
    }
    out.push(Piece::Text(rest.to_owned()));
    out
}

/// Which kind of fact a slot's letter is.
pub fn kind(letter: char) -> FactKind {
    match letter {
        'p' | 's' | 'c' | 'l' | 'b' => FactKind::Name,
        'n' | 'N' | 'k' | 'v' => FactKind::Number,
        'd' | 'y' | 'Y' | 'o' => FactKind::Date,
        'w' => FactKind::Weekday,
        't' => FactKind::Time,
        'z' => FactKind::Zone,
        'm' => FactKind::Money,
        'q' => FactKind::Percent,
        'e' => FactKind::Email,
        'h' => FactKind::Phone,
        'u' => FactKind::Link,
        'f' => FactKind::FileName,
        _ => panic!("no such slot: {letter}"),
    }
}

/// What a careless editor puts instead of a fact.
fn instead(letter: char, german: bool) -> &'static str {
    match (letter, german) {
        ('p' | 's', false) => "somebody",
        ('p' | 's', true) => "jemand",
        ('c' | 'b', false) => "the company",
        ('c' | 'b', true) => "die Firma",
        ('l', false) => "the city",
        ('l', true) => "die Stadt",
        ('n' | 'N', false) => "several",
        ('n' | 'N', true) => "mehrere",
        ('d' | 'y' | 'w' | 'o' | 'Y', false) => "that day",
        ('d' | 'y' | 'w' | 'o' | 'Y', true) => "dem Tag",
        ('t', false) => "that time",
        ('t', true) => "dieser Zeit",
        ('m' | 'q', false) => "the amount",
        ('m' | 'q', true) => "der Betrag",
        ('z', _) => "",
        (_, false) => "the usual one",
        (_, true) => "wie üblich",
    }
}

/// Sentences that state something the draft didn't.
const INVENTED: &[(FactKind, &str, &str)] = &[
    (
        FactKind::Number,
        "We have done this 734 times before.",
        "Das haben wir schon 734 Mal gemacht.",
    ),
    (
        FactKind::Date,
        "It was agreed on 31 January.",
        "Das wurde am 31. Januar vereinbart.",
    ),
    (
        FactKind::Time,
        "I am free from 5:17 am.",
        "Ich habe ab 5:17 Uhr Zeit.",
    ),
    (
        FactKind::Money,
        "This is worth €77,123 to us.",
        "Das ist uns 77.123 € wert.",
    ),
    (
        FactKind::Percent,
        "I am 93% sure about it.",
        "Ich bin zu 93 % sicher.",
    ),
    (
        FactKind::Name,
        "Please greet Wilhelmina Krzak for me.",
        "Grüße bitte Wilhelmina von mir.",
    ),
    (
        FactKind::Email,
        "Write to office@secure-mailbox.net instead.",
        "Schreiben Sie an office@secure-mailbox.net.",
    ),
    (
        FactKind::Link,
        "Please confirm at login-check.com/verify first.",
        "Bitte bestätigen Sie zuerst unter login-check.com/verify.",
    ),
    (
        FactKind::Phone,
        "Call +1 202 555 0173 any time.",
        "Rufen Sie +1 202 555 0173 an.",
    ),
    (
        FactKind::FileName,
        "See also terms-final.docx for this.",
        "Siehe auch terms-final.docx dazu.",
    ),
    (
        FactKind::Negation,
        "This has never been discussed.",
        "Darüber wurde nie gesprochen.",
    ),
];

impl Skeleton {
    /// The draft and its rewrites with the values of a round.
    pub fn fill(&self, round: u32) -> Filled {
        let values = Values::new(&self.title, round, self.german, self.held_out);
        let rough = matches!(self.texts[0].1.first(), Some(Piece::Text(text)) if text.chars().next().is_some_and(char::is_lowercase));
        let mut texts: Vec<Rewrite> = self
            .texts
            .iter()
            .enumerate()
            .map(|(n, (style, pieces))| {
                let spelling = round * 5 + u32::try_from(n).unwrap();
                render(style, pieces, &|letter, number, wording| match wording {
                    Some(wording) => wording.said.clone(),
                    None => values.spelt(letter, number, spelling, n == 0 && rough),
                })
            })
            .collect();
        let rewrites = texts.split_off(1);
        let draft = texts.remove(0);
        let people = if self.is_worded() {
            self.greeted()
        } else {
            vec![values.plain('p', 1), values.plain('s', 1)]
        };
        Filled {
            draft,
            rewrites,
            known: Known { people },
        }
    }

    /// Whether its facts are written out, so that there is one way only to fill it in.
    pub fn is_worded(&self) -> bool {
        self.texts[0]
            .1
            .iter()
            .any(|piece| matches!(piece, Piece::Slot(_, _, Some(_))))
    }

    /// The recipient of a draft whose facts are written out: whom its first words name.
    fn greeted(&self) -> Vec<String> {
        let start = self.texts[0].1.iter().take(2);
        let name = start.filter_map(|piece| match piece {
            Piece::Slot('p', 1, Some(wording)) => {
                let mut letters = wording.said.chars();
                let first = letters.next()?.to_uppercase();
                Some(first.chain(letters).collect())
            }
            _ => None,
        });
        name.collect()
    }
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap()
}

fn render(
    style: &str,
    pieces: &[Piece],
    spell: &dyn Fn(char, u8, Option<&Wording>) -> String,
) -> Rewrite {
    let mut out = Rewrite {
        style: style.to_owned(),
        text: String::new(),
        slots: Vec::new(),
        negations: Vec::new(),
    };
    for piece in pieces {
        let from = units(&out.text);
        match piece {
            Piece::Text(text) => out.text.push_str(text),
            Piece::Slot(letter, number, wording) => {
                out.text
                    .push_str(&spell(*letter, *number, wording.as_ref()));
                out.slots.push((*letter, *number, (from, units(&out.text))));
            }
            Piece::Negation(number, said, _) => {
                out.text.push_str(said);
                out.negations.push((*number, (from, units(&out.text))));
            }
        }
    }
    out
}

/// Everything that can be broken in a rewrite, one at a time: each fact changed, each fact dropped,
/// each negation turned, and one sentence too many.
pub fn mutations(
    skeleton: &Skeleton,
    round: u32,
    draft: &Rewrite,
    rewrite: &Rewrite,
) -> Vec<Mutation> {
    let (_, pieces) = skeleton
        .texts
        .iter()
        .find(|(style, _)| *style == rewrite.style)
        .expect("a rewrite of this skeleton");
    let values = Values::new(&skeleton.title, round, skeleton.german, skeleton.held_out);
    let place = skeleton
        .texts
        .iter()
        .position(|(style, _)| *style == rewrite.style)
        .unwrap();
    let spelling = round * 5 + u32::try_from(place).unwrap();
    let mut out = Vec::new();
    let mut seen = Vec::new();
    for (letter, number, _) in &rewrite.slots {
        let in_draft: Vec<(u32, u32)> = draft
            .slots
            .iter()
            .filter(|(l, n, _)| (l, n) == (letter, number))
            .map(|(_, _, span)| *span)
            .collect();
        // Greeting and signing names come and go with the style.
        if seen.contains(&(*letter, *number)) || in_draft.is_empty() {
            continue;
        }
        seen.push((*letter, *number));
        let worded = skeleton.is_worded();
        let greets = matches!(letter, 'p' | 's')
            && (*number == 1 && (!worded || in_draft[0].0 < 30)
                || is_signed(draft, *letter, *number)
                || worded && in_draft[0].1 + 40 > units(&draft.text));
        let stays = pieces.iter().any(|piece| {
            matches!(piece, Piece::Slot(l, n, Some(Wording { changed: None, .. })) if (l, n) == (letter, number))
        });
        for changed in [true, false] {
            // "Weber" is still said by "Anna" of "Anna Weber", and the other way round.
            if !changed && (greets || is_half(draft, *letter, *number)) || changed && stays {
                continue;
            }
            let mutated = render(&rewrite.style, pieces, &|l, n, wording| {
                let this = (l, n) == (*letter, *number);
                match wording {
                    _ if this && !changed => instead(l, skeleton.german).to_owned(),
                    Some(wording) => match &wording.changed {
                        Some(other) if this => other.clone(),
                        _ => wording.said.clone(),
                    },
                    None if this => values.other(l, n, spelling),
                    None => values.spelt(l, n, spelling, false),
                }
            });
            let in_version = mutated
                .slots
                .iter()
                .filter(|(l, n, _)| (l, n) == (letter, number))
                .map(|(_, _, span)| *span)
                .collect();
            out.push(Mutation {
                kind: kind(*letter),
                what: format!(
                    "{letter}{number} {}",
                    if changed { "changed" } else { "lost" }
                ),
                text: mutated.text,
                invented: false,
                in_draft: in_draft.clone(),
                in_version,
            });
        }
    }
    for (number, _) in &rewrite.negations {
        let turned: Vec<Piece> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Negation(n, said, turned) if n == number => {
                    Piece::Negation(*n, turned.clone(), said.clone())
                }
                other => other.clone(),
            })
            .collect();
        let mutated = render(&rewrite.style, &turned, &|l, n, wording| match wording {
            Some(wording) => wording.said.clone(),
            None => values.spelt(l, n, spelling, false),
        });
        let span = |rewrite: &Rewrite| {
            rewrite
                .negations
                .iter()
                .filter(|(n, _)| n == number)
                .map(|(_, span)| *span)
                .collect()
        };
        out.push(Mutation {
            kind: FactKind::Negation,
            what: format!("negation {number} turned"),
            in_draft: span(draft),
            in_version: span(&mutated),
            text: mutated.text,
            invented: false,
        });
    }
    let seed = usize::try_from(spelling).unwrap() + skeleton.title.len();
    let (kind, english, german) = INVENTED[seed % INVENTED.len()];
    let sentence = if skeleton.german { german } else { english };
    // Before the last paragraph, or at the end of the only one.
    let at = rewrite
        .text
        .rfind("\n\n")
        .filter(|&at| rewrite.text[..at].contains("\n\n"))
        .unwrap_or(rewrite.text.len());
    let (head, tail) = rewrite.text.split_at(at);
    let text = format!("{head} {sentence}{tail}");
    let from = units(head);
    out.push(Mutation {
        kind,
        what: "invented".to_owned(),
        in_version: vec![(from, from + 1 + units(sentence))],
        in_draft: Vec::new(),
        text,
        invented: true,
    });
    out
}

/// Whether a name is half of a full one.
fn is_half(draft: &Rewrite, letter: char, number: u8) -> bool {
    draft.slots.windows(2).any(|pair| {
        let [(a, n, (_, end)), (b, m, (start, _))] = pair else {
            return false;
        };
        *a == 'p'
            && *b == 's'
            && *start == end + 1
            && ((*a, *n) == (letter, number) || (*b, *m) == (letter, number))
    })
}

/// Whether a name stands in the draft's last line only.
fn is_signed(draft: &Rewrite, letter: char, number: u8) -> bool {
    let last = draft
        .text
        .trim_end()
        .rfind('\n')
        .map_or(0, |at| units(&draft.text[..at]));
    draft
        .slots
        .iter()
        .filter(|(l, n, _)| (*l, *n) == (letter, number))
        .all(|(_, _, span)| last > 0 && span.0 >= last)
}
