//! A greeting that names somebody the mail doesn't go to.
//!
//! The names of the greeting are compared with the recipients' names and with what stands before
//! the @ of their addresses. It asks only where it can tell: the greeting names a person, and every
//! recipient in To is known by a person's name that has nothing in common with it.

mod words;

use unicode_normalization::UnicodeNormalization;

use super::Mail;
use crate::{
    address::Mailbox,
    outbox::{Field, SendCheck, SendQuestion},
    polish::facts::{is_ordinary, is_proper},
};
use words::{CALLED, DEGREES, ENGLISH, GENERIC, HOUSES, OPENERS, PARTICLES, TITLES};

/// More words than any name has.
const MOST_WORDS: usize = 6;

pub(super) fn wrong(mail: &Mail<'_>) -> Option<SendQuestion> {
    let line = mail
        .own
        .prose
        .lines()
        .find(|line| !line.trim().is_empty())?;
    let greeting = Greeting::read(line)?;
    let draft = mail.draft();
    let everybody = || draft.to.iter().chain(&draft.cc).chain(&draft.bcc);
    let is_there = |name: &str| everybody().any(|one| tokens(one).any(|token| alike(name, &token)));
    let is_part = |name: &str| everybody().any(|one| local(one).contains(&fold(name)));
    let named = |name: &String| is_there(name) || name.chars().count() >= 3 && is_part(name);
    if greeting.names.iter().any(named) {
        return None;
    }
    let addressed = if draft.to.is_empty() {
        &draft.cc
    } else {
        &draft.to
    };
    if addressed.is_empty() || !addressed.iter().all(is_known) {
        return None;
    }
    let who = addressed.first()?;
    let others = match addressed.len() {
        1 => String::new(),
        2 => " and one other".to_owned(),
        all => format!(" and {} others", all - 1),
    };
    let message = format!(
        "The greeting names “{}”, but this mail goes to {}{others}.",
        greeting.shown.join(", "),
        crate::message::clean_header(who.name.as_deref().unwrap_or(&who.address)),
    );
    Some(
        SendQuestion::new(SendCheck::WrongGreeting, Field::Body, message)
            .about(greeting.shown.first()?.as_str()),
    )
}

/// Whom a line greets.
struct Greeting {
    /// The names, one word each.
    names: Vec<String>,
    /// As they are written, one part of the greeting after the other.
    shown: Vec<String>,
}

impl Greeting {
    /// Reads "Dear Anna and Ben," or "Sehr geehrte Frau Dr. Weber,"; nothing where nobody is named.
    fn read(line: &str) -> Option<Self> {
        let mut names = Vec::new();
        let mut shown = Vec::new();
        // "Liebe Anna, lieber Ben,": each part with a greeting of its own counts.
        for (at, part) in line.split([',', '!', ':', '–', '—']).enumerate() {
            let Some((opener, rest)) = after_opener(part) else {
                if at == 0 { return None } else { break }
            };
            let found = people(opener, rest);
            if let (Some(first), Some(last)) = (found.first(), found.last()) {
                let from = offset(rest, first);
                let to = offset(rest, last) + last.len();
                shown.push(rest[from..to].to_owned());
            }
            names.extend(found.into_iter().flat_map(|name| {
                // "Weber-Schmidt" is either.
                name.split('-')
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
            }));
        }
        let is_one = !names.is_empty() && names.len() <= MOST_WORDS;
        is_one.then_some(Self { names, shown })
    }
}

/// Where a part of a text stands in it, in bytes.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// The longest opener a text begins with, and what follows it.
fn after_opener(text: &str) -> Option<(&'static str, &str)> {
    let text = text.trim_start();
    OPENERS
        .iter()
        .filter_map(|opener| {
            let rest = text.get(opener.len()..)?;
            let begins = text[..opener.len()].to_lowercase() == *opener;
            (begins && rest.starts_with(char::is_whitespace)).then_some((*opener, rest))
        })
        .max_by_key(|(opener, _)| opener.len())
}

/// The words of a greeting that are somebody's name. Beside a word for many ("Berlin team", "Team
/// Weber") a name is theirs, and nobody's.
fn people<'a>(opener: &str, rest: &'a str) -> Vec<&'a str> {
    let mut found: Vec<&'a str> = Vec::new();
    let mut titled = false;
    let mut of_many = false;
    // Those before the last "and".
    let mut certain = 0;
    let words: Vec<&str> = rest.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        if word.starts_with(['[', '{', '<', '«', '$', '*', '%']) {
            // A blank nobody filled is asked about anyway.
            return Vec::new();
        }
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let low = bare.to_lowercase();
        let is = |list: &[&str]| list.contains(&low.as_str());
        if is(&["and", "und", "or", "oder"]) || *word == "&" {
            (certain, of_many) = (found.len(), false);
        } else if is(TITLES) {
            titled = true;
        } else if bare.chars().count() < 2 || is(DEGREES) || is(PARTICLES) {
            continue;
        } else if low.split('-').any(|part| GENERIC.contains(&part)) {
            of_many = true;
            found.truncate(certain);
        } else if bare.starts_with(char::is_uppercase) && (titled || may_be_name(opener, bare)) {
            if !of_many {
                found.push(bare);
            }
        } else if is_proper(&low) && at + 1 == words.len() && found.is_empty() && !of_many {
            // "hi bob"
            found.push(bare);
        } else {
            // The sentence has begun: "Hi Anna thanks for".
            break;
        }
    }
    found
}

/// Whether a capitalised word is a name rather than any other word. Every German noun has a
/// capital, so behind a German opener only names that are known to be names are.
fn may_be_name(opener: &str, word: &str) -> bool {
    let low = word.to_lowercase();
    let is_shouted = word.chars().all(char::is_uppercase);
    let is_odd = !is_ordinary(&low) && !is_shouted && word.chars().all(is_of_a_name);
    is_proper(&low) || is_odd && ENGLISH.contains(&opener)
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphabetic() || "-'’".contains(c)
}

/// Whether it is known by a person's name.
fn is_known(one: &Mailbox) -> bool {
    if let Some(name) = one.name.as_deref().filter(|name| !name.trim().is_empty()) {
        let words: Vec<_> = split(name).collect();
        return !words.is_empty()
            && !words.iter().any(|word| HOUSES.contains(&word.as_str()))
            && (words.iter().any(|word| is_proper(word))
                || words.len() >= 2 && !words.iter().any(|word| is_ordinary(word)));
    }
    let local = one.address.split('@').next().unwrap_or_default();
    let words: Vec<_> = split(local).collect();
    !words.iter().any(|word| HOUSES.contains(&word.as_str()))
        && local
            .chars()
            .all(|c| c.is_alphabetic() || "._-".contains(c))
        && words.iter().any(|word| is_proper(word))
}

/// The words of a recipient's name and of what stands before the @.
fn tokens(one: &Mailbox) -> impl Iterator<Item = String> {
    let local = one.address.split('@').next().unwrap_or_default();
    let name = one.name.as_deref().unwrap_or_default();
    split(name).chain(split(local))
}

fn split(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// What stands before the @, letters only.
fn local(one: &Mailbox) -> String {
    let local = one.address.split('@').next().unwrap_or_default();
    let letters: String = local.chars().filter(|c| c.is_alphabetic()).collect();
    fold(&letters)
}

/// Whether two names may be the same person's: the same, a short form, or one people use for it.
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (fold(a), fold(b));
    let short = a.chars().count().min(b.chars().count()) >= 3;
    a == b
        || short && (a.starts_with(&b) || b.starts_with(&a))
        || CALLED.iter().any(|group| {
            let has = |name: &str| group.iter().any(|one| fold(one) == name);
            has(&a) && has(&b)
        })
}

/// For comparing: lower case, without accents, "ae" like "ä".
fn fold(name: &str) -> String {
    let plain: String = name
        .nfd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .collect();
    plain
        .to_lowercase()
        .replace('ß', "ss")
        .replace("ae", "a")
        .replace("oe", "o")
        .replace("ue", "u")
}
