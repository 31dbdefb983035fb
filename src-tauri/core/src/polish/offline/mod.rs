//! The offline polisher: four versions of a text without a key, a network or a model.
//!
//! It works by rules alone. Corrections that are safe are made in every version; then each style
//! words greeting, closing, requests, contractions, shorthand and fillers in its own way. What
//! the tables don't know stays as the user wrote it: no spelling is guessed, nothing is stated
//! that the draft didn't state, and numbers, names, dates, links and negations come out as they
//! went in. Quotations, code and links are not touched; the signature is left out.
//!
//! German gets its white space, greeting and closing looked after, other languages their white
//! space, and the note says so. Deliberately absent: a grammar checker. Those that exist cost
//! more memory than the rest of the program, and their first suggestion is wrong too often to be
//! taken unseen.
//!
//! | file | what it does |
//! |---|---|
//! | `tree` | from the document to lines and back |
//! | `line` | a line's characters, words and sentences, and which of them are locked |
//! | `correct` | safe corrections |
//! | `greeting`, `closing` | the frame of a mail |
//! | `courtesy` | requests and questions |
//! | `contract` | contractions |
//! | `phrase`, `tables`, `words` | replacing words, and the words |
//! | `language` | English, German, or neither |

mod closing;
mod contract;
mod correct;
mod courtesy;
mod greeting;
mod language;
mod line;
mod phrase;
mod tables;
mod tree;
mod words;

#[cfg(test)]
mod tests;

pub(super) use self::language::is_in_another_language;
use self::{
    closing::Bottom, correct::Role, courtesy::Asked, greeting::Top, language::Language, line::Line,
    tree::Part,
};
use super::Style;
use crate::document::Document;

/// One of the four versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Which.
    pub style: Style,
    /// The text, without signature.
    pub document: Document,
    /// Something to say on the card: that there was nothing to change, or why little was.
    pub note: Option<String>,
}

const ENGLISH_ONLY: &str =
    "Offline polishing knows English; in this text only the spacing was tidied.";
const ENGLISH_ONLY_UNCHANGED: &str =
    "Offline polishing knows English; in this text it only looks at the spacing, which is fine.";
const GERMAN: &str = "Offline polishing knows English; in this German text only spacing, \
    greeting and closing were fitted.";
const GERMAN_UNCHANGED: &str = "Offline polishing knows English; in this German text it only \
    looks at spacing, greeting and closing, and they fit this style.";
const UNCHANGED: &str = "Nothing to change: the text fits this style as it is.";
const TIDIED: &str = "Only the layout was tidied: the words fit this style as they are.";
const CORRECTED: &str = "Corrections only: this style would not word anything differently.";

/// Writes the four versions, in the order of [`Style::ALL`]. Takes a few milliseconds for 5,000
/// characters; never fails, an empty document stays empty.
pub fn polish(document: &Document) -> [Version; 4] {
    versions(document, false)
}

/// As [`polish`], for a part of a mail: it gets no greeting and no closing that it doesn't have,
/// because it stands in the middle of others.
pub fn polish_part(document: &Document) -> [Version; 4] {
    versions(document, true)
}

fn versions(document: &Document, is_part: bool) -> [Version; 4] {
    let original = document.clone().without_signature();
    let (mut parts, styles) = tree::read(&original);
    let language = language::detect(&prose(&parts));
    tidy(&mut parts, true);
    let (top, bottom) = take_frame(&mut parts, language, is_part);
    let apostrophe = apostrophe_of(&original);
    if language == Language::English {
        let ends = Ends {
            unknown_top: matches!(top, Top::Unknown),
            open: is_part && !bottom.has_closing(),
        };
        correct_parts(&mut parts, apostrophe, ends);
        if let Top::Greeting(greeting) = &top
            && let Some(name) = greeting.single_name()
        {
            for_each_line_mut(&mut parts, &mut |line| correct::thanked_name(line, &name));
        }
    }
    let mail = Mail {
        spaced: parts.iter().any(is_blank),
        parts,
        top,
        bottom,
        language,
        apostrophe,
        is_part,
    };
    let plain = tree::write(&mail.body(None), &styles);
    let says_something = original.plain_text().chars().any(char::is_alphabetic);
    let typed = original.plain_text();
    Style::ALL.map(|style| {
        let body = mail.body(Some(style));
        let same_words = tree::write(&body, &styles) == plain;
        let Framed { parts, as_typed } = mail.framed(style, body, &typed);
        let written = tree::write(&parts, &styles);
        let same = written == original;
        let note = match language {
            // Where nothing was understood, it can't be said that it fits.
            Language::Other if says_something && same => Some(ENGLISH_ONLY_UNCHANGED),
            Language::Other if says_something => Some(ENGLISH_ONLY),
            Language::German if same => Some(GERMAN_UNCHANGED),
            Language::German => Some(GERMAN),
            _ if same => Some(UNCHANGED),
            _ if written
                .plain_text()
                .split_whitespace()
                .eq(typed.split_whitespace()) =>
            {
                Some(TIDIED)
            }
            _ if same_words && as_typed => Some(CORRECTED),
            _ => None,
        };
        Version {
            style,
            document: written,
            note: note.map(str::to_owned),
        }
    })
}

/// Takes greeting and closing off the text. In a part of a mail "All, please read this" and a last
/// "Thanks!" are ordinary sentences: only what can be nothing else is taken.
fn take_frame(parts: &mut Vec<Part>, language: Language, is_part: bool) -> (Top, Bottom) {
    let mut rest = parts.clone();
    let mut top = greeting::take_greeting(&mut rest, language);
    if is_part && !matches!(&top, Top::Greeting(greeting) if greeting.is_opened()) {
        top = Top::None;
        rest.clone_from(parts);
    }
    parts.clone_from(&rest);
    let mut bottom = closing::take_bottom(&mut rest, &top, language);
    if is_part && !bottom.is_signed_off() {
        bottom = Bottom::default();
    } else {
        *parts = rest;
    }
    (top, bottom)
}

/// A mail in a style.
struct Framed {
    parts: Vec<Part>,
    /// Whether greeting and closing say what the user's said.
    as_typed: bool,
}

/// A text taken apart, corrected, not yet in any style.
struct Mail {
    parts: Vec<Part>,
    top: Top,
    bottom: Bottom,
    language: Language,
    apostrophe: char,
    /// Whether the user separates paragraphs by blank ones.
    spaced: bool,
    /// Whether more of the mail stands around it.
    is_part: bool,
}

impl Mail {
    /// The text between greeting and closing; without a style only corrected.
    fn body(&self, style: Option<Style>) -> Vec<Part> {
        let mut parts = self.parts.clone();
        if let (Some(style), Language::English) = (style, self.language) {
            let mut asked = Asked::in_text(&prose(&parts));
            style_parts(&mut parts, style, &mut asked, self.apostrophe, false);
            parts.retain(|part| !matches!(part, Part::Paragraph(lines) if lines.is_empty()));
        }
        parts
    }

    /// The whole mail: greeting and closing of a style around its body. `typed` is what the user
    /// wrote.
    fn framed(&self, style: Style, mut body: Vec<Part>, typed: &str) -> Framed {
        while body.first().is_some_and(is_blank) && !matches!(self.top, Top::None) {
            body.remove(0);
        }
        let text = prose(&body);
        let wants_frame = !text.trim().is_empty() && !self.is_part;
        let greeting = match &self.top {
            Top::Greeting(greeting) => Some(greeting.line(style)),
            Top::None if wants_frame && matches!(body.first(), Some(Part::Paragraph(_))) => {
                greeting::new_greeting(style, self.language)
            }
            _ => None,
        };
        let lower = text.to_lowercase();
        let closed_in_german =
            self.language == Language::German && closing::closes_in_german(&body);
        let new_closing = closing::new_closing(
            style,
            self.language,
            matches!(self.top, Top::Greeting(_)),
            lower.contains('?') || lower.contains("please"),
            lower.contains("thank"),
        )
        .filter(|_| {
            wants_frame && !self.bottom.has_closing() && !ends_in_name(&body) && !closed_in_german
        });
        let as_typed = greeting
            .as_ref()
            .is_none_or(|line| begins_with(typed, &line.text()))
            && new_closing.is_none()
            && self.bottom.is_kept(style);
        let bottom = self.bottom.parts(style, new_closing);
        let mut parts = Vec::new();
        let blank = || Part::Paragraph(vec![Line::default()]);
        if let Some(line) = greeting {
            parts.push(Part::Paragraph(vec![line]));
            if self.spaced && !body.is_empty() {
                parts.push(blank());
            }
        }
        parts.extend(body);
        if self.spaced && !parts.is_empty() && matches!(bottom.first(), Some(Part::Paragraph(_))) {
            parts.push(blank());
        }
        parts.extend(bottom);
        Framed { parts, as_typed }
    }
}

/// Whether the last line may end with the name of who writes: a closing would come too late there.
fn ends_in_name(body: &[Part]) -> bool {
    matches!(body.last(), Some(Part::Paragraph(lines))
        if lines.last().is_some_and(correct::ends_in_name))
}

/// Whether a text begins with these words; capitals and the mark behind them don't count.
fn begins_with(text: &str, words: &str) -> bool {
    let words = words.trim_end_matches([',', '!']).to_lowercase();
    let text = text.trim_start().to_lowercase();
    text.strip_prefix(&words)
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Single spaces; no blank lines at the ends, never two in a row.
fn tidy(parts: &mut Vec<Part>, top: bool) {
    for part in parts.iter_mut() {
        match part {
            Part::Paragraph(lines) | Part::Heading(_, lines) => {
                for line in lines.iter_mut() {
                    correct::tidy_space(line);
                    correct::lock_facts(line);
                }
                while lines.len() > 1 && lines.last().is_some_and(Line::is_blank) {
                    lines.pop();
                }
                while lines.len() > 1 && lines.first().is_some_and(Line::is_blank) {
                    lines.remove(0);
                }
                lines.dedup_by(|next, last| next.is_blank() && last.is_blank());
            }
            Part::List(_, items) => items.iter_mut().for_each(|item| tidy(item, false)),
            Part::Fixed(_) => {}
        }
    }
    if top {
        parts.dedup_by(|next, last| is_blank(next) && is_blank(last));
        while parts.len() > 1 && parts.last().is_some_and(is_blank) {
            parts.pop();
        }
        while parts.len() > 1 && parts.first().is_some_and(is_blank) {
            parts.remove(0);
        }
    }
}

fn for_each_line_mut(parts: &mut [Part], see: &mut dyn FnMut(&mut Line)) {
    for part in parts {
        match part {
            Part::Paragraph(lines) => lines.iter_mut().for_each(&mut *see),
            Part::List(_, items) => items
                .iter_mut()
                .for_each(|item| for_each_line_mut(item, see)),
            Part::Heading(..) | Part::Fixed(_) => {}
        }
    }
}

fn is_blank(part: &Part) -> bool {
    matches!(part, Part::Paragraph(lines) if lines.iter().all(Line::is_blank))
}

/// What is known of the first and the last line of a text.
#[derive(Clone, Copy)]
struct Ends {
    /// The first line is something like a greeting: it gets no mark.
    unknown_top: bool,
    /// The last sentence may go on behind this part of the mail: it gets no mark.
    open: bool,
}

fn correct_parts(parts: &mut [Part], apostrophe: char, ends: Ends) {
    let count = parts.len();
    for i in 0..count {
        let introduces = matches!(parts.get(i + 1), Some(Part::List(..)));
        match &mut parts[i] {
            Part::Paragraph(lines) => {
                let roles = roles(lines);
                let last = lines.len().saturating_sub(1);
                for (l, line) in lines.iter_mut().enumerate() {
                    if language::is_foreign_line(&line.text()) {
                        continue;
                    }
                    correct::english(line, roles[l].0, apostrophe);
                    let is_top = ends.unknown_top && (i, l) == (0, 0);
                    let is_open = ends.open && i + 1 == count && l == last;
                    if roles[l].1 && !is_top && !is_open {
                        correct::end_mark(line, introduces && l == last);
                    }
                }
            }
            Part::Heading(_, lines) => {
                for line in lines {
                    correct::english(line, Role::Entry, apostrophe);
                }
            }
            Part::List(_, items) => {
                for item in items {
                    correct_entries(item, apostrophe);
                }
            }
            Part::Fixed(_) => {}
        }
    }
}

/// Entries of a list are often no sentences: capitals and end marks are the user's choice, unless
/// the entry shows by its own mark that it is one.
fn correct_entries(item: &mut [Part], apostrophe: char) {
    for part in item {
        match part {
            Part::Paragraph(lines) | Part::Heading(_, lines) => {
                for line in lines {
                    let text = line.text();
                    if language::is_foreign_line(&text) {
                        continue;
                    }
                    let role = if text.ends_with(['.', '!', '?']) {
                        Role::Text
                    } else {
                        Role::Entry
                    };
                    correct::english(line, role, apostrophe);
                }
            }
            Part::List(_, items) => {
                for item in items {
                    correct_entries(item, apostrophe);
                }
            }
            Part::Fixed(_) => {}
        }
    }
}

/// For each line of a paragraph what it is, and whether a sentence may end with it.
fn roles(lines: &[Line]) -> Vec<(Role, bool)> {
    let entry = |line: &Line| correct::is_typed_entry(line);
    let goes_on = |line: &Line, next: Option<&Line>| {
        next.is_some_and(|next| {
            !next.is_blank()
                && !entry(next)
                && !line.text().ends_with(['.', '!', '?', ':', ','])
                && (next.text().chars().next().is_some_and(char::is_lowercase))
                && line.words().len() > 3
        })
    };
    (0..lines.len())
        .map(|l| {
            let line = &lines[l];
            let follows = l > 0 && goes_on(&lines[l - 1], Some(line));
            let role = if entry(line) {
                Role::Entry
            } else if follows {
                Role::Broken
            } else {
                Role::Text
            };
            let next = lines.get(l + 1);
            let ends = next.is_none_or(Line::is_blank)
                || (!goes_on(line, next) && line.words().len() >= 6 && !next.is_some_and(&entry));
            (role, ends && role != Role::Entry)
        })
        .collect()
}

fn style_parts(
    parts: &mut [Part],
    style: Style,
    asked: &mut Asked,
    apostrophe: char,
    in_list: bool,
) {
    for part in parts {
        match part {
            Part::Paragraph(lines) => {
                let roles = roles(lines);
                for (line, (role, _)) in lines.iter_mut().zip(roles) {
                    let text = line.text();
                    if line.is_blank() || language::is_foreign_line(&text) {
                        continue;
                    }
                    let sentences =
                        role == Role::Text && (!in_list || text.ends_with(['.', '!', '?']));
                    style_line(line, style, asked, apostrophe, sentences);
                }
                // A line that was cut as a whole leaves no gap.
                let had: bool = lines.iter().any(|line| !line.is_blank());
                if had || lines.len() > 1 {
                    tidy_cut(lines);
                }
            }
            Part::List(_, items) => {
                for item in items {
                    style_parts(item, style, asked, apostrophe, true);
                }
            }
            Part::Heading(..) | Part::Fixed(_) => {}
        }
    }
}

fn tidy_cut(lines: &mut Vec<Line>) {
    while lines.len() > 1 && lines.last().is_some_and(Line::is_blank) {
        lines.pop();
    }
    while lines.len() > 1 && lines.first().is_some_and(Line::is_blank) {
        lines.remove(0);
    }
}

fn style_line(line: &mut Line, style: Style, asked: &mut Asked, apostrophe: char, sentences: bool) {
    use tables::{CASUAL, CONCISE, ELABORATE, FORMAL, SHORTHAND};
    let was = line.clone();
    let tables: &[&[phrase::Rule]] = match style {
        Style::Formal => &[FORMAL],
        Style::Casual => &[CASUAL],
        Style::Elaborate => &[FORMAL, ELABORATE],
        Style::Concise => &[CONCISE],
    };
    let opens = matches!(style, Style::Formal | Style::Elaborate);
    if opens {
        phrase::apply(line, &[SHORTHAND], apostrophe);
    }
    if sentences {
        courtesy::apply(line, style, asked);
    }
    phrase::apply(line, tables, apostrophe);
    if style == Style::Concise {
        // What one cut brings together another one may shorten.
        phrase::apply(line, tables, apostrophe);
    }
    if opens {
        contract::open(line);
    }
    // Somebody who never shortens doesn't begin to for brevity.
    if style == Style::Casual || (style == Style::Concise && contract::has_any(&was)) {
        contract::close(line, apostrophe);
    }
    if *line != was {
        phrase::mend_articles(line, &was);
        line.trim();
        if sentences {
            correct::capitals(line);
        }
    }
}

/// The text the user wrote, for recognising its language.
fn prose(parts: &[Part]) -> String {
    let mut text = String::new();
    tree::for_each_line(parts, &mut |line| {
        let own = line
            .cells
            .iter()
            .filter(|cell| cell.lock != line::Lock::Foreign && cell.ch != line::OBJECT);
        text.extend(own.map(|cell| cell.ch));
        text.push('\n');
    });
    text
}

/// The kind of apostrophe the user's keyboard makes.
fn apostrophe_of(document: &Document) -> char {
    let text = document.plain_text();
    let curly = text.matches('\u{2019}').count();
    if curly > text.matches('\'').count() {
        '\u{2019}'
    } else {
        '\''
    }
}
