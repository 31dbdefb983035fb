//! Redaction: what a provider need not know is replaced by placeholders such as `[NAME_1]` before
//! a text leaves the machine, and put back in the answer.
//!
//! A [`Redactor`] keeps what stands for what, for one request: the draft and whatever else of the
//! user goes out with it (an instruction, notes) pass through the same one, so that the same text
//! has the same placeholder everywhere. A full name is one placeholder and a later first name
//! alone another, because each must come back exactly as it was written.
//!
//! By construction every placeholder in an outgoing text is ours: text of the user that looks like
//! one is itself replaced (by `[TEXT_1]`), so that an answer can't confuse the two, and putting
//! back what was taken out gives the text as it was, whatever stood in it. What was taken out never
//! leaves this structure: it is not `Serialize`, and `Debug` doesn't show it.
//!
//! Texts are Markdown. What is private is looked for in what a reader sees (`view`): neither a
//! backslash nor emphasis in the middle of a name hides it. What is taken out is the Markdown as it
//! stands, so that it comes back as it was.
//!
//! Deliberately absent: guessing who is meant by "my boss", and pictures and attachments, which
//! are never sent.

mod find;
mod view;

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    ops::Range,
};

use serde::{Deserialize, Serialize};
use specta::Type;

use self::view::View;
use crate::{
    Code, Error,
    polish::facts::{Known, name_parts, ordinary, small},
};

/// Which kinds of private text are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct RedactionSettings {
    /// Names of people and companies.
    pub names: bool,
    /// Street addresses.
    pub addresses: bool,
    /// Phone numbers.
    pub phones: bool,
    /// E-mail addresses.
    pub emails: bool,
    /// Bank accounts: IBANs whose check digits are right.
    pub accounts: bool,
    /// Payment cards whose check digit is right.
    pub cards: bool,
    /// Other numbers of seven digits or more.
    pub numbers: bool,
    /// Links.
    pub links: bool,
}

impl RedactionSettings {
    /// All of them.
    pub const ALL: Self = Self {
        names: true,
        addresses: true,
        phones: true,
        emails: true,
        accounts: true,
        cards: true,
        numbers: true,
        links: true,
    };
    /// None of them: texts go out as they are.
    pub const NONE: Self = Self {
        names: false,
        addresses: false,
        phones: false,
        emails: false,
        accounts: false,
        cards: false,
        numbers: false,
        links: false,
    };

    /// Whether anything is replaced at all.
    pub fn any(self) -> bool {
        self != Self::NONE
    }
}

impl Default for RedactionSettings {
    fn default() -> Self {
        Self::ALL
    }
}

/// Kinds of placeholders.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "camelCase")]
pub enum RedactionKind {
    /// `[NAME_1]`
    Name,
    /// `[ADDRESS_1]`
    Address,
    /// `[PHONE_1]`
    Phone,
    /// `[EMAIL_1]`
    Email,
    /// `[ACCOUNT_1]`
    Account,
    /// `[CARD_1]`
    Card,
    /// `[NUMBER_1]`
    Number,
    /// `[LINK_1]`
    Link,
    /// `[TEXT_1]`: the draft itself had something that looks like a placeholder.
    Text,
}

impl RedactionKind {
    const ALL: [Self; 9] = [
        Self::Name,
        Self::Address,
        Self::Phone,
        Self::Email,
        Self::Account,
        Self::Card,
        Self::Number,
        Self::Link,
        Self::Text,
    ];

    /// The word in the placeholder.
    const fn word(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::Address => "ADDRESS",
            Self::Phone => "PHONE",
            Self::Email => "EMAIL",
            Self::Account => "ACCOUNT",
            Self::Card => "CARD",
            Self::Number => "NUMBER",
            Self::Link => "LINK",
            Self::Text => "TEXT",
        }
    }
}

/// Why a version can't be used. The placeholder it names holds nothing private.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "why", rename_all = "camelCase")]
pub enum Refusal {
    /// One of the draft's placeholders is gone.
    Missing {
        /// Which.
        placeholder: String,
    },
    /// One occurs more often than in the draft.
    Doubled {
        /// Which.
        placeholder: String,
    },
    /// Something looks like a placeholder and is none of ours: a changed or made-up one.
    Altered {
        /// As it stands in the answer.
        placeholder: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { placeholder } => write!(
                f,
                "the model left out {placeholder}, which stands for something in your text"
            ),
            Self::Doubled { placeholder } => write!(
                f,
                "the model wrote {placeholder} more often than it stands in your text"
            ),
            Self::Altered { placeholder } => write!(
                f,
                "the model wrote {placeholder}, which stands for nothing in your text"
            ),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(
            Code::AiInvalidAnswer,
            format!(
                "This version can't be used: {refusal}. Polish again, or send the text without \
                 placeholders."
            ),
        )
    }
}

/// One placeholder and what it stands for: for the user's eyes, on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Replaced {
    /// `[NAME_1]`
    pub placeholder: String,
    /// Of what kind.
    pub kind: RedactionKind,
    /// What stands in the user's text.
    pub text: String,
}

/// What was taken out of a request's texts.
#[derive(Clone, PartialEq)]
pub struct Redactor {
    settings: RedactionSettings,
    known: Known,
    /// Text by placeholder.
    texts: HashMap<String, String>,
    /// Placeholder by text.
    placeholders: HashMap<String, String>,
    /// How many there are of each kind.
    counts: [u32; RedactionKind::ALL.len()],
    /// Words of names, in lower case, and whatever else was taken out.
    words: Vec<String>,
    others: Vec<(RedactionKind, String)>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor")
            .field("settings", &self.settings)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

/// Whether nothing of a span is taken out yet.
fn is_free(taken: &[(RedactionKind, Range<usize>)], span: &Range<usize>) -> bool {
    !taken
        .iter()
        .any(|(_, other)| other.start < span.end && span.start < other.end)
}

impl Redactor {
    /// For one request. `known` names people who are to be recognised without a hint.
    pub fn new(settings: RedactionSettings, known: Known) -> Self {
        let mut words = Vec::new();
        if settings.names {
            for name in &known.people {
                words.extend(name_parts(name));
            }
        }
        Self {
            settings,
            known,
            texts: HashMap::new(),
            placeholders: HashMap::new(),
            counts: [0; RedactionKind::ALL.len()],
            words,
            others: Vec::new(),
        }
    }

    /// Learns what is private in a text without changing it. Do this with all texts of a request
    /// before [`Redactor::redact`]: then a name that only one of them shows as such is replaced in
    /// the others, too.
    pub fn learn(&mut self, text: &str) {
        self.learn_view(&View::of(text).text);
    }

    fn learn_view(&mut self, text: &str) {
        for (kind, span) in find::find(text, self.settings, &self.known) {
            self.remember(kind, &text[span]);
        }
    }

    fn remember(&mut self, kind: RedactionKind, text: &str) {
        if kind == RedactionKind::Name {
            for word in name_parts(text) {
                if !small(&word) && !self.words.contains(&word) {
                    self.words.push(word);
                }
            }
        } else if kind != RedactionKind::Text && !self.others.iter().any(|(_, other)| other == text)
        {
            self.others.push((kind, text.to_owned()));
        }
    }

    /// The text with placeholders. Markdown stays Markdown: a link's target is replaced inside its
    /// brackets, and emphasis stays around what it emphasises.
    pub fn redact(&mut self, text: &str) -> String {
        if !self.settings.any() {
            return text.to_owned();
        }
        let view = View::of(text);
        self.learn_view(&view.text);
        let mut spans = find::find(&view.text, self.settings, &self.known);
        self.leftovers(&view.text, &mut spans);
        let mut spans: Vec<(RedactionKind, Range<usize>)> = spans
            .into_iter()
            .map(|(kind, span)| (kind, view.place(span)))
            .collect();
        // Where emphasis glues something to it for a reader, it stands in the Markdown all the same.
        for (kind, other) in &self.others {
            for span in find::occurrences(text, other) {
                if is_free(&spans, &span) {
                    spans.push((*kind, span));
                }
            }
        }
        spans.sort_by_key(|(_, span)| span.start);
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (kind, span) in spans {
            out.push_str(&text[from..span.start]);
            out.push_str(&self.placeholder(kind, &text[span.clone()]));
            from = span.end;
        }
        out.push_str(&text[from..]);
        out
    }

    /// The same text has the same placeholder.
    fn placeholder(&mut self, kind: RedactionKind, text: &str) -> String {
        if let Some(placeholder) = self.placeholders.get(text) {
            return placeholder.clone();
        }
        let count = &mut self.counts[kind as usize];
        *count += 1;
        let placeholder = format!("[{}_{count}]", kind.word());
        self.texts.insert(placeholder.clone(), text.to_owned());
        self.placeholders
            .insert(text.to_owned(), placeholder.clone());
        placeholder
    }

    /// What was found to be private elsewhere and stands here in another shape: a word of a name
    /// in small letters, in the genitive, in a word of its own; a number or address once more.
    fn leftovers(&self, text: &str, spans: &mut Vec<(RedactionKind, Range<usize>)>) {
        for (kind, other) in &self.others {
            for span in find::occurrences(text, other) {
                if is_free(spans, &span) {
                    spans.push((*kind, span));
                }
            }
        }
        for span in find::encoded(text, |plain| self.gives_away(plain)) {
            if is_free(spans, &span) {
                spans.push((RedactionKind::Text, span));
            }
        }
        let mut taken: Vec<Range<usize>> = spans.iter().map(|(_, span)| span.clone()).collect();
        taken.sort_by_key(|span| span.start);
        let mut from = 0;
        for end in taken.iter().chain([&(text.len()..text.len())]) {
            let piece = &text[from..end.start];
            spans.extend(
                find::words(piece)
                    .into_iter()
                    .filter(|word| self.is_private(&piece[word.clone()]))
                    .map(|word| (RedactionKind::Name, from + word.start..from + word.end)),
            );
            from = end.end;
        }
    }

    /// Whether something that was taken out elsewhere stands in a text.
    fn gives_away(&self, text: &str) -> bool {
        find::words(text)
            .into_iter()
            .any(|word| self.is_private(&text[word]))
            || self
                .others
                .iter()
                .any(|(_, other)| !find::occurrences(text, other).is_empty())
    }

    /// Whether a word is one of a name, or has it in it.
    fn is_private(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        let known = || ordinary(&lower);
        self.words.iter().any(|name| {
            if lower == *name {
                return !small(&lower) || word.chars().next().is_some_and(char::is_uppercase);
            }
            let Some(at) = lower.find(name.as_str()) else {
                return false;
            };
            let rest = &lower[at + name.len()..];
            at == 0
                && matches!(
                    rest,
                    "s" | "es" | "n" | "sche" | "schen" | "scher" | "sches"
                )
                && !known()
                || name.chars().count() >= 4 && !known()
        })
    }

    /// Puts back what was taken out, without judging.
    pub fn restore(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for mark in find::placeholders(text) {
            if let Some(original) = self.texts.get(&mark.plain) {
                out.push_str(&text[from..mark.at.start]);
                out.push_str(original);
                from = mark.at.end;
            }
        }
        out.push_str(&text[from..]);
        out
    }

    /// As [`Redactor::restore`], for a text that still grows: what may be the beginning of a
    /// placeholder at its end is left out until the rest of it comes.
    pub fn restore_so_far(&self, text: &str) -> String {
        if self.is_empty() {
            return text.to_owned();
        }
        self.restore(&text[..find::finished(text)])
    }

    /// Puts back what was taken out of the draft, if a version has all of it.
    ///
    /// `redacted` is the draft as it went out, `beside` what went out with it and may be taken
    /// over (an instruction), `version` what the model made of them.
    ///
    /// # Errors
    /// A [`Refusal`] if a placeholder of the draft is missing, if one occurs more often than
    /// in what went out, or if there is one that isn't there.
    pub fn put_back(&self, redacted: &str, beside: &str, version: &str) -> Result<String, Refusal> {
        let count = |counts: &mut Vec<(String, u32, String)>, text: &str| {
            for mark in find::placeholders(text) {
                match counts.iter_mut().find(|(plain, _, _)| *plain == mark.plain) {
                    Some((_, count, _)) => *count += 1,
                    None => counts.push((mark.plain, 1, text[mark.at].to_owned())),
                }
            }
        };
        let mut asked = Vec::new();
        count(&mut asked, redacted);
        let due = asked.len();
        count(&mut asked, beside);
        let mut got = Vec::new();
        count(&mut got, version);
        let strange = [redacted, beside].map(find::strangers).concat();
        if let Some(placeholder) = find::strangers(version)
            .into_iter()
            .find(|mark| !strange.contains(mark))
        {
            return Err(Refusal::Altered { placeholder });
        }
        for (placeholder, times, shown) in &got {
            match asked.iter().find(|(plain, _, _)| plain == placeholder) {
                None => {
                    return Err(Refusal::Altered {
                        placeholder: shown.clone(),
                    });
                }
                Some((_, most, _)) if times > most => {
                    return Err(Refusal::Doubled {
                        placeholder: placeholder.clone(),
                    });
                }
                Some(_) => {}
            }
        }
        if let Some((placeholder, _, _)) = asked[..due]
            .iter()
            .find(|(plain, _, _)| !got.iter().any(|(other, _, _)| other == plain))
        {
            return Err(Refusal::Missing {
                placeholder: placeholder.clone(),
            });
        }
        Ok(self.restore(version))
    }

    /// What the placeholders of an outgoing text stand for, in their order.
    pub fn replaced_in(&self, outgoing: &str) -> Vec<Replaced> {
        let mut seen = HashSet::new();
        find::placeholders(outgoing)
            .into_iter()
            .filter_map(|mark| {
                let text = self.texts.get(&mark.plain)?;
                let kind = RedactionKind::ALL
                    .into_iter()
                    .find(|kind| mark.plain[1..].starts_with(kind.word()))?;
                seen.insert(mark.plain.clone()).then(|| Replaced {
                    placeholder: mark.plain,
                    kind,
                    text: text.clone(),
                })
            })
            .collect()
    }

    /// Whether anything is looked for.
    pub fn is_on(&self) -> bool {
        self.settings.any()
    }

    /// Whether anything was taken out so far.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// A hash over the settings and what was taken out: what tells requests apart that look the same
    /// from outside.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut pairs: Vec<(&String, &String)> = self.texts.iter().collect();
        pairs.sort();
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{:?}", self.settings).as_bytes());
        for (placeholder, text) in pairs {
            for part in [placeholder, text] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        *hasher.finalize().as_bytes()
    }

    /// How many different texts were taken out so far, by kind; those with none are left out.
    pub fn counts(&self) -> Vec<(RedactionKind, u32)> {
        RedactionKind::ALL
            .into_iter()
            .map(|kind| (kind, self.counts[kind as usize]))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}
