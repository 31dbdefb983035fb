//! Names: whether a text says one, and those of several words of which one became another.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use super::{
    super::{
        Change, Fact, FactKind, Scan, Value, name,
        token::{Case, Kind, Token},
        words,
    },
    Placed, mark, place,
};

/// Capitals on ordinary words in a row, of which the version has none: "Blue River".
pub(super) fn titles(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    let stems = |scan: &Scan<'_>, counts: &dyn Fn(&Token) -> bool| -> HashSet<String> {
        let tokens = scan.tokens.iter().filter(|token| counts(token));
        tokens.map(|token| words::stem(&token.lower)).collect()
    };
    let small = stems(old, &|token| !token.capital());
    let now = stems(new, &|_| true);
    let now_capital = stems(new, &|token| token.capital());
    for found in old.found.iter().filter(|found| !found.firm) {
        let Value::Name(parts) = &found.fact.value else {
            continue;
        };
        // One word alone counts where the text writes it small nowhere.
        if let [word] = parts.as_slice()
            && small.contains(&words::stem(word))
        {
            continue;
        }
        let outside = found.fact.span.start >= old.greeting && found.fact.span.start < old.closing;
        // "food" that both texts also speak of says no "Harbour Street Food Bank".
        let several = parts.len() > 1;
        let said = |part: &String| {
            let stem = words::stem(part);
            if several && (words::small(part) || small.contains(&stem)) {
                return now_capital.contains(&stem) && !words::small(part);
            }
            now.contains(&stem) || says_name(new, part)
        };
        let initials: String = parts
            .iter()
            .filter_map(|part| part.chars().next())
            .collect();
        let short = new.tokens.iter().any(|token| {
            token.case == Case::All && token.lower == initials && by_itself(new, token)
        });
        if outside && !short && !parts.iter().any(said) {
            changes.push(Placed {
                place: place(old, found.fact.span.start),
                change: Change::Lost {
                    original: mark(old, &found.fact),
                },
            });
        }
    }
}

/// "Mrs Okonjo" that became "Mr Okonjo", "Dr" that became "Professor": a title before a name that both
/// texts have.
pub(super) fn forms_of_address(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    fn titled<'s>(scan: &'s Scan<'_>) -> Vec<(usize, &'static str, &'s str)> {
        (0..scan.tokens.len())
            .filter_map(|i| {
                let title = form_of_address(scan.any_word(i))
                    // "we will miss Rose"
                    .filter(|&title| title != "miss" || scan.tokens[i].capital())?;
                let dot = usize::from(scan.tokens.get(i + 1).is_some_and(|next| next.is(".")));
                let name = scan.tokens.get(i + 1 + dot)?;
                (name.kind == Kind::Word && !name.line && form_of_address(&name.lower).is_none())
                    .then(|| (i, title, name::bare(&name.lower)))
            })
            .collect()
    }
    let (before, after) = (titled(old), titled(new));
    for &(k, is, name) in &after {
        let of = |list: &[(usize, &'static str, &str)]| -> Vec<(usize, &'static str)> {
            list.iter()
                .filter(|(_, _, other)| *other == name)
                .map(|&(i, title, _)| (i, title))
                .collect()
        };
        let was = of(&before);
        if let Some(&(i, _)) = was.first()
            && was.iter().all(|&(_, title)| title != is)
            && is_title_of_name(new, name)
        {
            changes.push(Placed {
                place: place(new, new.tokens[k].at.start),
                change: Change::Changed {
                    original: mark(old, &name_at(old, i)),
                    now: mark(new, &name_at(new, k)),
                },
            });
        }
    }
}

/// Whether the text has it as a name and not as a word: "Dr on call".
fn is_title_of_name(scan: &Scan<'_>, name: &str) -> bool {
    scan.found.iter().any(|found| {
        matches!(&found.fact.value, Value::Name(parts) if parts.iter().any(|part| part == name))
    })
}

/// Titles, those that say the same alike.
fn form_of_address(word: &str) -> Option<&'static str> {
    Some(match word {
        "mr" | "mister" | "herr" | "herrn" => "mr",
        "mrs" => "mrs",
        "ms" => "ms",
        "miss" => "miss",
        "frau" => "frau",
        "mx" => "mx",
        "dr" | "doctor" => "dr",
        "prof" | "professor" => "prof",
        "sir" => "sir",
        "lady" => "lady",
        "uncle" | "onkel" => "uncle",
        "aunt" | "auntie" | "tante" => "aunt",
        _ => return None,
    })
}

/// A word as a name.
fn name_at(scan: &Scan<'_>, i: usize) -> Fact {
    let span = scan.tokens[i].at.clone();
    Fact {
        kind: FactKind::Name,
        text: scan.text[span.clone()].to_owned(),
        span,
        value: Value::Name(vec![scan.tokens[i].lower.clone()]),
    }
}

/// The places of what stands in quotation marks and begins with a capital: titles, mostly.
fn quotations(scan: &Scan<'_>) -> Vec<std::ops::Range<usize>> {
    let mark = |i: usize, marks: &[&str]| marks.iter().any(|mark| scan.tokens[i].is(mark));
    let mut out = Vec::new();
    let mut i = 0;
    while i + 2 < scan.tokens.len() {
        if !mark(i, &["\"", "“", "„", "«", "»"]) || !scan.tokens[i + 1].capital() {
            i += 1;
            continue;
        }
        let end = (i + 2..scan.tokens.len().min(i + 11))
            .take_while(|&k| !scan.tokens[k].line)
            .find(|&k| mark(k, &["\"", "”", "“", "»", "«"]));
        match end {
            Some(end) => {
                out.push(i + 1..end);
                i = end + 1;
            }
            None => i += 1,
        }
    }
    out
}

/// Titles in quotation marks of which a word is gone, or new: "Stadt und Raum".
pub(super) fn quoted(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    let foreign = |range: &std::ops::Range<usize>, here: &Scan<'_>, there: &Scan<'_>| {
        range.clone().find(|&i| {
            let token = &here.tokens[i];
            token.kind == Kind::Word
                && !token.taken
                && !words::small(&token.lower)
                && !has_word(there, &token.lower)
                && !there
                    .tokens
                    .iter()
                    .any(|other| words::stem(&other.lower) == words::stem(&token.lower))
        })
    };
    let mut made: Vec<usize> = quotations(new)
        .iter()
        .filter_map(|range| foreign(range, new, old))
        .collect();
    for i in quotations(old)
        .iter()
        .filter_map(|range| foreign(range, old, new))
    {
        let original = mark(old, &name_at(old, i));
        let change = match made.pop() {
            Some(k) => Change::Changed {
                original,
                now: mark(new, &name_at(new, k)),
            },
            None => Change::Lost { original },
        };
        changes.push(Placed {
            place: place(old, old.tokens[i].at.start),
            change,
        });
    }
    for k in made {
        changes.push(Placed {
            place: place(new, new.tokens[k].at.start),
            change: Change::Invented {
                now: mark(new, &name_at(new, k)),
            },
        });
    }
}

/// Words with capitals in a row: "Tadley Rovers", "Pension Waldblick".
struct Phrase {
    /// Token by token.
    words: Vec<String>,
    span: std::ops::Range<usize>,
    tokens: Vec<usize>,
}

fn capitals(scan: &Scan<'_>) -> Vec<Phrase> {
    let mut out = Vec::new();
    let mut i = 0;
    let fits = |k: usize| {
        let token = &scan.tokens[k];
        token.capital()
            && !(token.starts && words::small(&token.lower))
            && token.at.start >= scan.greeting
            && !(scan.closing..scan.signed).contains(&token.at.start)
            && !name::is_title(&token.lower)
            && !scan.found.iter().any(|found| {
                found.firm
                    && found.fact.kind != FactKind::Name
                    && found.fact.span.contains(&token.at.start)
            })
    };
    while i < scan.tokens.len() {
        if !fits(i) {
            i += 1;
            continue;
        }
        let mut tokens = vec![i];
        let mut end = i + 1;
        while end < scan.tokens.len() {
            let between = scan.tokens[end].is("&") || scan.tokens[end].is("-") && scan.touches(end);
            let next = end + usize::from(between);
            if next >= scan.tokens.len() || scan.tokens[next].starts || !fits(next) {
                break;
            }
            tokens.push(next);
            end = next + 1;
        }
        if tokens.len() > 1 {
            out.push(Phrase {
                words: tokens
                    .iter()
                    .map(|&k| unaccented(name::bare(&scan.tokens[k].lower)))
                    .collect(),
                span: scan.tokens[i].at.start..scan.tokens[end - 1].at.end,
                tokens,
            });
        }
        i = end;
    }
    out
}

/// Whether the one word is the other's usual short form: "Rd" of "Road", "H" of "Henry".
fn shortens(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let mut letters = long.chars();
    long.starts_with(short)
        || short.len() <= 4
            && short.chars().next() == long.chars().next()
            && short.chars().all(|c| letters.any(|other| other == c))
}

/// "Quay Courier" that became "Quay Couriers", or "Kelder Analytical" "Kelder Analytics": behind a
/// word that is a name and no other, an ending is part of it. German nouns have other endings in
/// other cases.
fn other_ending(was: &str, is: &str, n: usize, phrase: &Phrase, scan: &Scan<'_>) -> bool {
    let possessive = |word: &str| word.ends_with("'s") || word.ends_with('\'');
    n > 0
        && !scan.german
        && !words::common(&phrase.words[n - 1])
        && !possessive(was)
        && !possessive(is)
}

/// "Ballyroe Medical Centre" that became "Ballyroe Family Practice": the same first word, and behind
/// it in each text one that the other lacks. Answers their places.
fn renamed<'p>(
    old: &'p Phrase,
    new: &Phrase,
    said_now: &dyn Fn(&str) -> bool,
    said_before: &dyn Fn(&str) -> bool,
) -> Option<(&'p Phrase, usize, usize)> {
    let shared = old
        .words
        .iter()
        .zip(&new.words)
        .take_while(|(a, b)| a == b)
        .count();
    if shared == 0 || words::common(&old.words[0]) && shared < 2 {
        return None;
    }
    let lost = (shared..old.words.len()).find(|&k| !said_now(&old.words[k]))?;
    let made = (shared..new.words.len()).find(|&k| !said_before(&new.words[k]))?;
    (!shortens(&old.words[lost], &new.words[made])).then_some((old, lost, made))
}

/// Names of several words of which one became another: "Fathom Ventures" is still said by "Fathom
/// Capital" as far as "Fathom" goes.
pub(super) fn phrases(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    let (before, after) = (capitals(old), capitals(new));
    // "Scout Hall" is new although there is a "school hall", and "a" is no "Canteen A".
    fn capitals_of(scan: &Scan<'_>) -> HashSet<String> {
        let capital = |token: &&Token| token.capital() && by_itself(scan, token);
        let words = scan.tokens.iter().filter(capital);
        words
            .map(|token| unaccented(name::bare(&token.lower)))
            .collect()
    }
    let (old_capitals, new_capitals) = (capitals_of(old), capitals_of(new));
    let of_old = |scan: &Scan<'_>| std::ptr::eq(scan.text, old.text);
    let capital = |scan: &Scan<'_>, word: &str| {
        let capitals = if of_old(scan) {
            &old_capitals
        } else {
            &new_capitals
        };
        capitals.contains(word)
    };
    // The same words are asked for again and again.
    let asked: RefCell<HashMap<(bool, String), bool>> = RefCell::default();
    let said = |scan: &Scan<'_>, word: &str| {
        let key = (of_old(scan), word.to_owned());
        if let Some(&known) = asked.borrow().get(&key) {
            return known;
        }
        let said = capital(scan, word) || word.chars().count() > 1 && says_name(scan, word);
        asked.borrow_mut().insert(key, said);
        said
    };
    // What begins a sentence has its capital for that, and differs for no reason.
    let begins = |scan: &Scan<'_>, phrase: &Phrase, n: usize| scan.tokens[phrase.tokens[n]].starts;
    for phrase in &after {
        if changes
            .iter()
            .any(|change| change.place == place(new, phrase.span.start))
        {
            continue;
        }
        let mut found = None;
        for other in &before {
            let differ: Vec<usize> = (0..phrase.words.len().min(other.words.len()))
                .filter(|&n| phrase.words[n] != other.words[n])
                .collect();
            let n = match differ[..] {
                [n] if other.words.len() == phrase.words.len() => n,
                _ => {
                    found = found.or_else(|| {
                        renamed(other, phrase, &|word| said(new, word), &|word| {
                            said(old, word)
                        })
                    });
                    continue;
                }
            };
            let (was, is) = (&other.words[n], &phrase.words[n]);
            let inflected = words::stem(was) == words::stem(is);
            let another = if inflected {
                other_ending(was, is, n, phrase, old)
            } else {
                !shortens(was, is) && !said(new, was)
            };
            if another
                && !capital(old, is)
                && !begins(old, other, n)
                && !begins(new, phrase, n)
                && (0..phrase.words.len()).any(|k| {
                    k != n
                        && !(begins(old, other, k) && begins(new, phrase, k)
                        // "Allbright Packaging" in a line of its own
                        && (old.german || words::common(&phrase.words[k])))
                })
            {
                found = Some((other, n, n));
            }
        }
        if let Some((other, k, n)) = found {
            let fact = |scan: &Scan<'_>, phrase: &Phrase, n: usize| {
                let span = scan.tokens[phrase.tokens[n]].at.clone();
                Fact {
                    kind: FactKind::Name,
                    text: scan.text[span.clone()].to_owned(),
                    span,
                    value: Value::Name(vec![phrase.words[n].clone()]),
                }
            };
            let (was, is) = (
                mark(old, &fact(old, other, k)),
                mark(new, &fact(new, phrase, n)),
            );
            let known = changes.iter().any(|change| match &change.change {
                Change::Lost { original } => original.start == was.start,
                Change::Changed { original, now } => {
                    original.start == was.start || now.start == is.start
                }
                Change::Invented { now } => now.start == is.start,
            });
            if !known {
                changes.push(Placed {
                    place: place(new, phrase.span.start),
                    change: Change::Changed {
                        original: was,
                        now: is,
                    },
                });
            }
        }
    }
}

/// German nouns of which one half became another at the same place: "auf dem Schützenplatz" and "auf
/// dem Festplatz". German has a capital on every noun, so that by itself neither is known as a name.
pub(super) fn substituted(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    if !old.german || !new.german {
        return;
    }
    let nouns = |scan: &Scan<'_>, other: &Scan<'_>| -> Vec<usize> {
        let said: HashSet<String> = other
            .tokens
            .iter()
            .map(|token| unaccented(name::bare(&token.lower)))
            .collect();
        (1..scan.tokens.len())
            .filter(|&i| {
                let token = &scan.tokens[i];
                token.capital()
                    && !token.starts
                    && !token.taken
                    && scan.tokens[i - 1].kind == Kind::Word
                    && token.at.start >= scan.greeting
                    && token.at.start < scan.closing
                    && token.lower.chars().count() > 5
                    && !said.contains(&unaccented(name::bare(&token.lower)))
            })
            .collect()
    };
    let (before, after) = (nouns(old, new), nouns(new, old));
    for &k in &after {
        let is = &new.tokens[k];
        let like = before.iter().find(|&&i| {
            let was = &old.tokens[i];
            let (a, b) = (&*was.lower, &*is.lower);
            old.before(i) == new.before(k) && !a.contains(b) && !b.contains(a) && alike(a, b)
        });
        if let Some(&i) = like {
            changes.push(Placed {
                place: place(new, is.at.start),
                change: Change::Changed {
                    original: mark(old, &name_at(old, i)),
                    now: mark(new, &name_at(new, k)),
                },
            });
        }
    }
}

/// Whether two words share their beginning or end.
fn alike(a: &str, b: &str) -> bool {
    let shared = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| {
        a.zip(b).take_while(|(a, b)| a == b).count()
    };
    shared(&mut a.chars(), &mut b.chars()) >= 4
        || shared(&mut a.chars().rev(), &mut b.chars().rev()) >= 4
}

/// The name of which a new one keeps a word and lacks another: "Bob Miller" of "Rob Miller".
pub(super) fn partly_changed<'s>(
    fact: &Fact,
    old: &'s Scan<'_>,
    new: &Scan<'_>,
) -> Option<&'s Fact> {
    let Value::Name(parts) = &fact.value else {
        return None;
    };
    old.found.iter().map(|found| &found.fact).find(|was| {
        matches!(&was.value, Value::Name(others)
            if others.iter().any(|other| parts.contains(other))
                && others.iter().any(|other| !says_name(new, other)))
    })
}

/// Whether the other text spells out what is an acronym here: "date of birth" for "DOB", and
/// "Geschäftsführung" for "GF". What has a name of its own ("UK", "DHL") is not looked for.
pub(super) fn spelt_out(fact: &Fact, other: &Scan<'_>) -> bool {
    let letters: Vec<char> = fact.text.chars().collect();
    if fact.kind != FactKind::Name
        || !(2..=5).contains(&letters.len())
        || !letters.iter().all(|c| c.is_uppercase())
    {
        return false;
    }
    let lower = fact.text.to_lowercase();
    if words::proper(&lower)
        || matches!(
            &*lower,
            "us" | "uk" | "eu" | "usa" | "uae" | "nz" | "un" | "ddr" | "brd"
        )
    {
        return false;
    }
    let letters: Vec<char> = lower.chars().collect();
    (0..other.tokens.len()).any(|i| {
        // Word by word; small words may be left out of an acronym.
        let mut at = i;
        let mut spelt: Vec<&str> = Vec::new();
        while spelt.len() < letters.len() {
            let word = other.any_word(at);
            let this = word.starts_with(letters[spelt.len()])
                // Of two letters chance makes many.
                && (letters.len() > 2
                    || word.chars().count() > 4 && !word.ends_with("ly") && !words::small(word));
            if this {
                spelt.push(word);
            } else if word.is_empty() || at == i || !words::small(word) {
                break;
            }
            at += 1;
        }
        if spelt.len() == letters.len() {
            return true;
        }
        // The parts of a German compound.
        let word = other.any_word(i);
        other.german
            && letters.len() == 2
            && word.starts_with(letters[0])
            && word.char_indices().skip(3).any(|(at, c)| {
                let (front, head) = word.split_at(at);
                c == letters[1] && words::german_noun(head) && words::is_part(front)
            })
    })
}

/// Whether a word occurs, in whatever case, also as a possessive.
pub(super) fn has_word(scan: &Scan<'_>, part: &str) -> bool {
    occurs(scan, part, |_| true)
}

/// Whether it does so by itself: "info@acme.org" doesn't say "Acme".
pub(super) fn says_name(scan: &Scan<'_>, part: &str) -> bool {
    occurs(scan, part, |token| by_itself(scan, token))
}

/// Whether a word is no part of an address, link, file name or code.
pub(super) fn by_itself(scan: &Scan<'_>, token: &Token) -> bool {
    use FactKind::{Email, FileName, Link};
    !token.taken
        || !scan.found.iter().any(|found| {
            (matches!(found.fact.kind, Email | FileName | Link)
                || matches!(found.fact.value, Value::Code(_)))
                && found.fact.span.contains(&token.at.start)
        })
}

fn occurs(scan: &Scan<'_>, part: &str, counts: impl Fn(&Token) -> bool) -> bool {
    let plain = unaccented(part);
    // Whatever their endings, they begin alike; most words don't.
    let first = plain.chars().next();
    let begins = |word: &str| {
        let letter = word.chars().next();
        letter == first || letter.is_some_and(|letter| !letter.is_ascii())
    };
    scan.tokens
        .iter()
        .filter(|token| token.kind == Kind::Word && begins(&token.lower) && counts(token))
        .any(|token| {
            let word = name::bare(&token.lower);
            if word == part {
                return true;
            }
            // "Raffertys group" is "Rafferty's group".
            if word.len() != token.lower.len() && part.strip_suffix('s') == Some(word)
                || word.strip_suffix('s') == Some(part) && followed(scan, token, !scan.german)
            {
                return true;
            }
            if name::adjective_stem(word) == Some(part) {
                return true;
            }
            let street = |word: &str| word.replace("strasse", "str");
            if street(&unaccented(word)) == street(&plain) {
                return true;
            }
            let word = unaccented(word);
            // "Teams" is the case or the plural of "Team"; "Vegas" is not "Vega".
            word == plain || same_word(&word, &plain, scan.german)
        })
}

/// Whether a word follows, in small letters or with a capital.
fn followed(scan: &Scan<'_>, token: &Token, small: bool) -> bool {
    let next = scan
        .tokens
        .partition_point(|other| other.at.start <= token.at.start);
    scan.tokens
        .get(next)
        .is_some_and(|next| next.kind == Kind::Word && next.capital() != small && !next.starts)
}

/// Whether two words differ in their case's ending only. "Vegas" is not "Vega".
fn same_word(a: &str, b: &str, german: bool) -> bool {
    let short = if a.len() < b.len() { a } else { b };
    let plural = a.strip_suffix('s') == Some(b) || b.strip_suffix('s') == Some(a);
    let noun = if german {
        words::german_noun(short) && !words::proper(a) && !words::proper(b)
    } else {
        words::common(short)
    };
    if plural && short.len() > 2 && noun {
        return true;
    }
    // "in Manueller Therapie" is "Manuelle Therapie"; "Allergien" are an "Allergie"; but "Hambacher"
    // is not "Hambach".
    let stem = |word: &str| {
        ["en", "er", "es", "em", "e"]
            .iter()
            .find_map(|ending| word.strip_suffix(ending))
            .map(str::to_owned)
    };
    let long = if a.len() < b.len() { b } else { a };
    let plural = long
        .strip_prefix(short)
        .is_some_and(|end| matches!(end, "n" | "en" | "e"));
    german
        && short.len() > 4
        && !words::proper(a)
        && !words::proper(b)
        && (stem(a).is_some() && stem(a) == stem(b) || plural && words::german_noun(short))
}

/// With the letters people use who lack a keyboard for the others.
fn unaccented(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            c => out.extend(
                std::iter::once(c)
                    .nfd()
                    .filter(|c| !matches!(c, '\u{300}'..='\u{36F}')),
            ),
        }
    }
    out
}
