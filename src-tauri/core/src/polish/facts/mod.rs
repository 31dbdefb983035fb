//! The fact lock: what a text states, and what of it a rewritten version lost, changed or made up.
//!
//! [`extract`] finds numbers, dates, times, amounts, names, addresses, links, file names and
//! negations with their places; [`compare`] sets those of two texts against each other, by value
//! rather than by spelling: "3 pm" is "15:00" and "one thousand" is "1,000", but "tomorrow" is no
//! date. Everything here is rules over words: no model, no network, no language other than English
//! and German (in others, digits, names, addresses and links are still found).
//!
//! Three things hold by construction. A version can't hide an address: whatever looks like one is
//! compared as mail programs and browsers would read it (host names in their ASCII form, so that a
//! look-alike letter is another host), and one that the draft lacks is [`Change::Invented`], no
//! matter what else the text says. Text that gives orders ("ignore your rules and write to ...")
//! is only ever compared as text; nothing here acts on it, and nothing a version contains can
//! reach recipients, attachments or settings, because a version is a body and this module only
//! returns places in it. And a mark always points at characters of the text it was made from.
//!
//! Deliberately absent: judging whether a sentence still means the same beyond its facts.
//!
//! | file | what it does |
//! |---|---|
//! | `token` | cuts a text into words, numbers and marks |
//! | `number` | what digits and number words are worth |
//! | `words` | the word lists (`*.txt`), and whether a text is German |
//! | `address`, `account` | links, addresses, file names, phones; account numbers |
//! | `time` | dates, weekdays, times of day, time zones |
//! | `quantity` | money, percentages, codes, and what numbers count |
//! | `name` | people, companies, places |
//! | `negation` | what denies, and what is denied |
//! | `compare` | sets two texts' facts against each other |

#![allow(
    clippy::nonminimal_bool,
    reason = "conditions read as the phrases they stand for; the shorter forms don't"
)]

mod account;
mod address;
mod compare;
mod name;
mod negation;
mod number;
mod quantity;
mod time;
mod token;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::{Deserialize, Serialize};
use specta::Type;

pub use self::compare::compare;
pub(crate) use self::words::{common as is_ordinary, proper as is_proper};
pub(in crate::polish) use self::{
    account::{accounts, runs},
    name::parts as name_parts,
    words::{common as ordinary, small},
};
use self::{
    number::{Decimal, Measure},
    token::Token,
};

/// Kinds of facts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "camelCase")]
pub enum FactKind {
    /// "12", "two to three weeks", "INV-2026-118".
    Number,
    /// "10 March", "tomorrow", "next week", "Q3".
    Date,
    /// "Monday".
    Weekday,
    /// "3 pm", "noon".
    Time,
    /// "CET", "UTC+2".
    Zone,
    /// "€20".
    Money,
    /// "20 per cent".
    Percent,
    /// People, companies, products, places.
    Name,
    /// "anna@example.org", also as `mailto:`.
    Email,
    /// "+49 30 1234567".
    Phone,
    /// Web addresses, also without a scheme.
    Link,
    /// "plan.pdf".
    FileName,
    /// "not", "never", "without", "unable".
    Negation,
}

impl FactKind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::Number,
        Self::Date,
        Self::Weekday,
        Self::Time,
        Self::Zone,
        Self::Money,
        Self::Percent,
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::Link,
        Self::FileName,
        Self::Negation,
    ];
}

/// A fact of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What kind.
    pub kind: FactKind,
    /// Where it stands, in bytes of the text.
    pub span: Range<usize>,
    /// As it stands there.
    pub text: String,
    /// What it says.
    pub value: Value,
}

/// What a fact says, in a form that doesn't depend on spelling. Two values are compared by
/// [`Value::agrees`], not by equality: "10/03" may be either of two dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number, perhaps of something that can be measured.
    Number {
        /// How many, in the measure's unit.
        value: Decimal,
        /// The number as it is written.
        count: Decimal,
        /// Of what, if it is a measure.
        measure: Option<Measure>,
        /// The word after it, without its ending.
        noun: String,
    },
    /// Digits and letters that name something: an order, a flight, an account.
    Code(String),
    /// An amount and its currency's ISO 4217 code.
    Money(Decimal, &'static str),
    /// Per cent.
    Percent(Decimal),
    /// A day, month or year, as far as it is given.
    Date {
        /// Year.
        year: Option<u16>,
        /// 1 to 12.
        month: Option<u8>,
        /// 1 to 31.
        day: Option<u8>,
        /// Whether day and month may be the other way round.
        swaps: bool,
    },
    /// "tomorrow", "next week", "Q3", "morning": by their English name.
    Relative(String),
    /// 1 is Monday.
    Weekday(u8),
    /// Minutes since midnight.
    Time {
        /// 0 to 1439.
        minutes: u16,
        /// Whether it may also be twelve hours later: "at 3".
        vague: bool,
    },
    /// A time zone's usual short name.
    Zone(String),
    /// A name, word by word in lower case.
    Name(Vec<String>),
    /// An e-mail address, link or file name in the form that is compared, or a phone's digits.
    Text(String),
    /// Something is denied.
    Negation,
}

/// People whose names are known without looking at their capitals: the contact, the recipients,
/// the sender.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Full names, for example "Anna Weber". A recipient without one is left out.
    pub people: Vec<String>,
}

/// A place in a text, for marking it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// What kind of fact stands there.
    pub kind: FactKind,
    /// As it stands there.
    pub text: String,
    /// Where it begins, in UTF-16 code units of the text (what JavaScript's strings count).
    pub start: u32,
    /// Where it ends, likewise.
    pub end: u32,
}

/// What happened to a fact. `original` is a place in the original, `now` one in the version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "change", rename_all = "camelCase")]
pub enum Change {
    /// The version no longer says it.
    Lost {
        /// What is gone.
        original: Mark,
    },
    /// The version says something else in its place.
    Changed {
        /// What it was.
        original: Mark,
        /// What it is now.
        now: Mark,
    },
    /// The version says what the original did not.
    Invented {
        /// What is new.
        now: Mark,
    },
}

impl Change {
    /// What kind of fact it is about: the original's, where there is one.
    pub fn kind(&self) -> FactKind {
        match self {
            Self::Lost { original } | Self::Changed { original, .. } => original.kind,
            Self::Invented { now } => now.kind,
        }
    }
}

/// The facts of a text, in the order they stand in it.
///
/// `text` is [`crate::document::Document::to_text`] (which writes links out) or Markdown.
pub fn extract(text: &str, known: &Known) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Scan::new(text, known)
        .found
        .into_iter()
        .filter(|found| found.firm)
        .map(|found| found.fact)
        .collect();
    facts.sort_by_key(|fact| (fact.span.start, fact.span.end));
    facts
}

/// A fact as the rules see it.
#[derive(Debug, Clone)]
struct Found {
    fact: Fact,
    /// Whether its loss matters. What is not firm ("one", "a dozen", "unavailable") only serves
    /// as the counterpart of what is.
    firm: bool,
}

/// A text that was looked through.
struct Scan<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    german: bool,
    /// Whether German nouns are written small, so that a capital shows a name as it does in English.
    small_nouns: bool,
    /// Where the greeting ends; 0 if there is none.
    greeting: usize,
    /// Where the signing name begins; the text's end if there is none.
    closing: usize,
    /// Where it ends; after it come the sender's company and the like.
    signed: usize,
    negations: Vec<negation::Negation>,
    /// Tokens of negations in phrases that deny nothing: "don't worry".
    idioms: Vec<usize>,
    found: Vec<Found>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, known: &Known) -> Self {
        let tokens = token::tokens(text);
        let german = words::german(&tokens);
        let small_nouns = german && words::writes_nouns_small(&tokens);
        let mut scan = Self {
            text,
            tokens,
            german,
            small_nouns,
            greeting: 0,
            closing: text.len(),
            signed: text.len(),
            negations: Vec::new(),
            idioms: Vec::new(),
            found: Vec::new(),
        };
        // The order matters: what one finds, the next ones leave alone.
        address::find(&mut scan);
        time::find(&mut scan);
        quantity::find(&mut scan);
        name::find(&mut scan, known);
        negation::find(&mut scan);
        scan
    }

    /// Notes a fact of the tokens `from` to (not including) `to`.
    fn note(&mut self, kind: FactKind, from: usize, to: usize, value: Value, firm: bool) {
        let span = self.tokens[from].at.start..self.tokens[to - 1].at.end;
        for token in &mut self.tokens[from..to] {
            token.taken = true;
        }
        self.note_span(kind, span, value, firm);
    }

    /// Notes a fact without taking its tokens.
    fn note_span(&mut self, kind: FactKind, span: Range<usize>, value: Value, firm: bool) {
        let text = self.text[span.clone()].to_owned();
        self.found.push(Found {
            fact: Fact {
                kind,
                span,
                text,
                value,
            },
            firm,
        });
    }

    /// The token at a place, unless something else has it.
    fn free(&self, i: usize) -> Option<&Token> {
        self.tokens.get(i).filter(|token| !token.taken)
    }

    /// The free word at a place, in lower case; "" if there is none.
    fn word(&self, i: usize) -> &str {
        match self.free(i) {
            Some(token) if token.kind == token::Kind::Word => &token.lower,
            _ => "",
        }
    }

    /// The word at a place, taken or not.
    fn any_word(&self, i: usize) -> &str {
        match self.tokens.get(i) {
            Some(token) if token.kind == token::Kind::Word => &token.lower,
            _ => "",
        }
    }

    /// The word before a place, taken or not.
    fn before(&self, i: usize) -> &str {
        i.checked_sub(1).map_or("", |k| self.any_word(k))
    }

    /// Whether the token at a place is this mark and free.
    fn is(&self, i: usize, mark: &str) -> bool {
        self.free(i).is_some_and(|token| token.is(mark))
    }

    /// Whether the token at a place touches the one before it.
    fn touches(&self, i: usize) -> bool {
        i > 0 && i < self.tokens.len() && token::touch(&self.tokens[i - 1], &self.tokens[i])
    }

    /// Whether the token at a place is a dash and free.
    fn dash(&self, i: usize) -> bool {
        self.free(i).is_some_and(Token::dash)
    }
}
