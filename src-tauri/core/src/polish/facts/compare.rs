//! Sets the facts of two texts against each other.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use super::{
    Change, Fact, FactKind, Found, Known, Mark, Scan, Value,
    address::same_phone,
    name,
    negation::{Negation, Strength, base},
    token::{Case, Kind, Token},
    words,
};

impl Value {
    /// Whether two values say the same, as far as both say it. `self` is the original's: what it
    /// leaves open the other must leave open, too, but not the other way round.
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Number {
                    value: a,
                    count: x,
                    measure: m,
                    ..
                },
                Self::Number {
                    value: b,
                    count: y,
                    measure: n,
                    ..
                },
            ) => {
                if m.is_some() && n.is_some() {
                    m == n && a.agrees(*b)
                } else {
                    // "over 30" is "over 30 years of age".
                    x.agrees(*y)
                }
            }
            (Self::Money(a, c), Self::Money(b, d)) => a.agrees(*b) && c == d,
            (Self::Percent(a), Self::Percent(b)) => a.agrees(*b),
            (
                Self::Date {
                    year: y,
                    month: m,
                    day: d,
                    swaps,
                },
                Self::Date {
                    year: z,
                    month: n,
                    day: e,
                    swaps: turns,
                },
            ) => {
                let year = z.is_none() || y == z;
                let straight = (n.is_none() || m == n)
                    && (e.is_none() || d == e)
                    && (d.is_some() || m.is_some() || y.is_some());
                let turned = (*swaps || *turns) && d.is_some() && *d == *n && *m == *e;
                let shared =
                    y.is_some() && y == z || m.is_some() && m == n || d.is_some() && d == e;
                year && (straight && shared || turned)
            }
            (
                Self::Time {
                    minutes: a,
                    vague: v,
                },
                Self::Time {
                    minutes: b,
                    vague: w,
                },
            ) => a == b || (*v || *w) && a % 720 == b % 720,
            // "3" and "3 pm", "7.30" and "half past seven".
            (
                Self::Number {
                    value,
                    measure: None,
                    ..
                },
                Self::Time { minutes, vague },
            )
            | (
                Self::Time { minutes, vague },
                Self::Number {
                    value,
                    measure: None,
                    ..
                },
            ) => value.on_the_clock().is_some_and(|clock| {
                clock == i64::from(*minutes)
                    || (*vague || clock <= 780) && clock % 720 == i64::from(minutes % 720)
            }),
            // "in 2026" and "2026".
            (
                Self::Number {
                    value,
                    measure: None,
                    ..
                },
                Self::Date {
                    year,
                    month: None,
                    day,
                    ..
                },
            )
            | (
                Self::Date {
                    year,
                    month: None,
                    day,
                    ..
                },
                Self::Number {
                    value,
                    measure: None,
                    ..
                },
            ) => {
                let count = value.count();
                count.is_some() && (count == year.map(i64::from) || count == day.map(i64::from))
            }
            (
                Self::Date { year, .. },
                Self::Number {
                    value,
                    measure: None,
                    ..
                },
            ) => year.is_some() && value.count() == year.map(i64::from),
            (Self::Code(a), Self::Code(b)) => a == b,
            (Self::Code(code), Self::Number { value, noun, .. })
            | (Self::Number { value, noun, .. }, Self::Code(code)) => {
                value.count().is_some_and(|n| {
                    let bare = code.trim_start_matches('0');
                    // "300gsm" is "300 gsm".
                    bare == n.to_string()
                        || bare.strip_prefix(&n.to_string()) == Some(&*noun.to_uppercase())
                })
            }
            (Self::Relative(a), Self::Relative(b)) => a == b,
            (Self::Weekday(a), Self::Weekday(b)) => a == b,
            // "MT" may be either, but "MST" is not "MDT".
            (Self::Zone(a), Self::Zone(b)) => {
                let family = |zone: &str| zone.split('/').next().map(str::to_owned);
                a == b || family(a) == family(b) && !(a.contains('/') && b.contains('/'))
            }
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Name(a), Self::Name(b)) => a.iter().any(|part| b.contains(part)),
            (Self::Negation, Self::Negation) => true,
            _ => false,
        }
    }
}

/// What a version lost, changed or made up, in the order of the version, what was lost where it
/// stood. Facts that occur several times count once: a good version repeats less.
pub fn compare(original: &str, version: &str, known: &Known) -> Vec<Change> {
    let old = Scan::new(original, known);
    let new = Scan::new(version, known);
    let mut lost: Vec<&Found> = old
        .found
        .iter()
        .filter(|found| found.firm && is_missing(found, &old, &new, known))
        .collect();
    let mut invented: Vec<&Found> = new
        .found
        .iter()
        .filter(|found| found.firm && is_new(found, &old, known))
        .collect();
    keep_first(&mut lost);
    keep_first(&mut invented);
    let mut changes = pair(&old, &new, lost, invented);
    exchanged(&old, &new, &mut changes);
    phrases(&old, &new, &mut changes);
    titles(&old, &new, &mut changes);
    dayparts(&old, &new, &mut changes);
    quoted(&old, &new, &mut changes);
    substituted(&old, &new, &mut changes);
    negations(&old, &new, &mut changes);
    changes.sort_by_key(|change| change.place);
    changes.into_iter().map(|change| change.change).collect()
}

/// "3 tickets for 5 nights" that became "5 tickets for 3 nights": both numbers are still there, but
/// count something else; or the 2 of "2 tickets" is still said by "2 weeks". Only what each text
/// counts once is looked at.
fn exchanged(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    let counted = |scan: &Scan<'_>| -> Vec<(String, Fact)> {
        scan.found
            .iter()
            .filter(|found| found.firm)
            .filter_map(|found| match &found.fact.value {
                Value::Number {
                    noun,
                    measure: None,
                    ..
                } if noun.len() > 2 && !words::small(noun) => {
                    Some((noun.clone(), found.fact.clone()))
                }
                _ => None,
            })
            .collect()
    };
    let (before, after) = (counted(old), counted(new));
    let only = |list: &[(String, Fact)], noun: &str| {
        list.iter().filter(|(other, _)| other == noun).count() == 1
    };
    for (noun, fact) in &before {
        if let Some((_, now)) = after.iter().find(|(other, _)| other == noun)
            && only(&before, noun)
            && only(&after, noun)
            && !same(fact, now)
            && old
                .found
                .iter()
                .any(|other| same(&other.fact, now) && says_what(other))
            && new
                .found
                .iter()
                .any(|other| same(fact, &other.fact) && says_what(other))
        {
            changes.push(Placed {
                place: place(new, now.span.start),
                change: Change::Changed {
                    original: mark(old, fact),
                    now: mark(new, now),
                },
            });
        }
    }
}

/// Capitals on ordinary words in a row, of which the version has none: "Blue River".
fn titles(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    let stems = |scan: &Scan<'_>, counts: &dyn Fn(&Token) -> bool| -> HashSet<String> {
        let tokens = scan.tokens.iter().filter(|token| counts(token));
        tokens.map(|token| words::stem(&token.lower)).collect()
    };
    let small = stems(old, &|token| !token.capital());
    let now = stems(new, &|_| true);
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
        let said = |part: &String| now.contains(&words::stem(part)) || names(new, part);
        let initials: String = parts
            .iter()
            .filter_map(|part| part.chars().next())
            .collect();
        let short = new
            .tokens
            .iter()
            .any(|token| token.case == Case::All && token.lower == initials);
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
fn quoted(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
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
    let fact = |scan: &Scan<'_>, i: usize| Fact {
        kind: FactKind::Name,
        span: scan.tokens[i].at.clone(),
        text: scan.text[scan.tokens[i].at.clone()].to_owned(),
        value: Value::Name(vec![scan.tokens[i].lower.clone()]),
    };
    let mut made: Vec<usize> = quotations(new)
        .iter()
        .filter_map(|range| foreign(range, new, old))
        .collect();
    for i in quotations(old)
        .iter()
        .filter_map(|range| foreign(range, old, new))
    {
        let original = mark(old, &fact(old, i));
        let change = match made.pop() {
            Some(k) => Change::Changed {
                original,
                now: mark(new, &fact(new, k)),
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
                now: mark(new, &fact(new, k)),
            },
        });
    }
}

/// "Tuesday evening" that became "Tuesday afternoon": the only part of a day of either text that the
/// other lacks.
fn dayparts(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    fn parts<'s>(scan: &'s Scan<'_>) -> Vec<&'s Fact> {
        let part = |found: &&Found| {
            found.fact.kind == FactKind::Time
                && !found.firm
                && matches!(found.fact.value, Value::Relative(_))
        };
        scan.found
            .iter()
            .filter(part)
            .map(|found| &found.fact)
            .collect()
    }
    let (before, after) = (parts(old), parts(new));
    let lacks =
        |fact: &&&Fact, others: &[&Fact]| others.iter().all(|other| other.value != fact.value);
    let lost: Vec<_> = before.iter().filter(|fact| lacks(fact, &after)).collect();
    let made: Vec<_> = after.iter().filter(|fact| lacks(fact, &before)).collect();
    if let ([was], [is]) = (lost.as_slice(), made.as_slice()) {
        changes.push(Placed {
            place: place(new, is.span.start),
            change: Change::Changed {
                original: mark(old, was),
                now: mark(new, is),
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
                found.fact.kind != FactKind::Name && found.fact.span.contains(&token.at.start)
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
fn phrases(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
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
        let said = capital(scan, word) || word.chars().count() > 1 && names(scan, word);
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
            if !shortens(was, is)
                && words::stem(was) != words::stem(is)
                && !capital(old, is)
                && !said(new, was)
                && !begins(old, other, n)
                && !begins(new, phrase, n)
                && (0..phrase.words.len())
                    .any(|k| k != n && !(begins(old, other, k) && begins(new, phrase, k)))
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
fn substituted(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    if !old.german || !new.german {
        return;
    }
    let nouns = |scan: &Scan<'_>, other: &Scan<'_>| -> Vec<usize> {
        let said: HashSet<&str> = other
            .tokens
            .iter()
            .map(|token| name::bare(&token.lower))
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
                    && !said.contains(name::bare(&token.lower))
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
            let fact = |scan: &Scan<'_>, i: usize| Fact {
                kind: FactKind::Name,
                span: scan.tokens[i].at.clone(),
                text: scan.text[scan.tokens[i].at.clone()].to_owned(),
                value: Value::Name(vec![scan.tokens[i].lower.clone()]),
            };
            changes.push(Placed {
                place: place(new, is.at.start),
                change: Change::Changed {
                    original: mark(old, &fact(old, i)),
                    now: mark(new, &fact(new, k)),
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

/// Whether a number says what it counts; in "3 lamps, not 4" the second doesn't.
fn says_what(found: &Found) -> bool {
    match &found.fact.value {
        Value::Number { noun, measure, .. } => {
            measure.is_some() || noun.len() > 2 && !words::small(noun)
        }
        _ => true,
    }
}

/// A change and where it belongs, as a share of the text.
struct Placed {
    place: u64,
    change: Change,
}

/// Of facts that say the same, the first.
fn keep_first(facts: &mut Vec<&Found>) {
    let mut seen: Vec<(FactKind, Value)> = Vec::new();
    facts.retain(|found| {
        let key = (found.fact.kind, found.fact.value.clone());
        let new = !seen.contains(&key);
        if new {
            seen.push(key);
        }
        new
    });
}

fn same(old: &Fact, new: &Fact) -> bool {
    if old.kind == FactKind::Phone && new.kind == FactKind::Phone {
        return matches!((&old.value, &new.value), (Value::Text(a), Value::Text(b)) if same_phone(a, b));
    }
    old.value.agrees(&new.value) && (!matches!(old.value, Value::Text(_)) || old.kind == new.kind)
        || is_day_of(old, new)
        || is_day_of(new, old)
}

/// Whether "6/12", which looks like a share where nothing shows a date, is the other text's day.
fn is_day_of(share: &Fact, date: &Fact) -> bool {
    let Value::Date {
        year: None,
        month: Some(month),
        day: Some(day),
        ..
    } = date.value
    else {
        return false;
    };
    let parts = share.text.split_once('/');
    let parts = parts.and_then(|(a, b)| Some((a.parse::<u8>().ok()?, b.parse::<u8>().ok()?)));
    share.kind == FactKind::Number
        && parts.is_some_and(|(a, b)| (a, b) == (day, month) || (b, a) == (day, month))
}

/// Whether a fact of the original is one of the version's. What is not firm ("a", "once") can only
/// stand for another of its kind.
fn fits(old: &Found, new: &Found) -> bool {
    // "a ticket" is "1 ticket", but no "1".
    if let (Value::Number { noun, .. }, Value::Number { noun: of, .. }) =
        (&old.fact.value, &new.fact.value)
        && old.fact.text.starts_with(|c: char| c.is_ascii_digit())
        && !new.firm
        && new.fact.text.chars().count() < 6
        && new.fact.text.chars().all(char::is_alphabetic)
        && matches!(
            &*new.fact.text.to_lowercase(),
            "a" | "an" | "ein" | "eine" | "einen" | "einer" | "einem" | "eines"
        )
        && noun != of
    {
        return false;
    }
    (old.fact.kind == new.fact.kind || old.firm && new.firm) && same(&old.fact, &new.fact)
        // What is spelt the same is the same, whatever each text's words make of it.
        || old.firm && new.firm && old.fact.text == new.fact.text
}

fn is_missing(found: &Found, old: &Scan<'_>, new: &Scan<'_>, known: &Known) -> bool {
    let fact = &found.fact;
    if spelt_out(fact, new) || digits_stand(fact, new) || unread(fact, new) {
        return false;
    }
    match &fact.value {
        Value::Negation => false,
        Value::Name(parts) => {
            if fact.text.starts_with("{{") {
                return !new.found.iter().any(|other| other.fact.value == fact.value);
            }
            // Whoever signs is also said by the signature; their company is not.
            let signs = (old.closing..old.signed).contains(&fact.span.start);
            if signs || parts.iter().any(|part| names(new, part)) {
                return false;
            }
            let greeted = fact.span.start < old.greeting;
            if greeted && (new.greeting == 0 || other_name_of(parts, new, known)) {
                return false;
            }
            true
        }
        _ => {
            let stands = |other: &Found| {
                if other.fact.kind == fact.kind {
                    !counts_other(found, other, old, new) && as_precise(fact, &other.fact)
                } else {
                    !claimed(other, old)
                }
            };
            !new.found
                .iter()
                .any(|other| (fits(found, other) && stands(other)) || halves(&other.fact, fact))
                && !new
                    .found
                    .iter()
                    .any(|other| in_the_same_money(found, other, old) && !claimed(other, old))
        }
    }
}

/// Whether a date is as precise as the original: "November" is no "12 November", and "2021" no
/// "March 2021".
fn as_precise(old: &Fact, new: &Fact) -> bool {
    match (&old.value, &new.value) {
        (
            Value::Date { month, day, .. },
            Value::Date {
                month: its_month,
                day: its_day,
                ..
            },
        ) => {
            (day.is_none() || its_day.is_some())
                && (month.is_none() || its_month.is_some() || its_day.is_some())
        }
        _ => true,
    }
}

/// Whether the version's number counts what another number of the original counts: "2 weeks" is no
/// "2 adults" if the original has both.
fn counts_other(found: &Found, other: &Found, old: &Scan<'_>, new: &Scan<'_>) -> bool {
    let counted = |found: &Found| match &found.fact.value {
        Value::Number { noun, measure, .. } => Some((noun.clone(), *measure)),
        _ => None,
    };
    // "8 months" are not said by the "8" of "Canal Row 8".
    if let (Some((_, Some(_))), Some((_, None))) = (counted(found), counted(other)) {
        let bare = |scan: &Scan<'_>| {
            scan.found
                .iter()
                .filter(|third| {
                    third.firm
                        && third.fact.text == other.fact.text
                        && counted(third).is_some_and(|(_, measure)| measure.is_none())
                })
                .count()
        };
        if bare(old) >= bare(new) {
            return true;
        }
    }
    let (Some((mine, None)), Some((its, measure))) = (counted(found), counted(other)) else {
        return false;
    };
    let tells = |noun: &str| noun.len() > 2 && !words::small(noun);
    if !tells(&mine) || mine == its {
        return false;
    }
    old.found.iter().any(|third| {
        third.fact.span != found.fact.span
            && same(&third.fact, &other.fact)
            && counted(third).is_some_and(|(noun, of)| {
                if measure.is_some() || !third.firm {
                    of == measure && third.fact.text.eq_ignore_ascii_case(&other.fact.text)
                        || measure.is_some() && of == measure
                } else {
                    tells(&noun) && noun == its && noun != mine
                }
            })
    })
}

/// Whether a number is one of the two in "7/20" or "17/18".
fn halves(share: &Fact, fact: &Fact) -> bool {
    let Some((a, b)) = share.text.split_once('/') else {
        return false;
    };
    let part = |text: &str| text.parse::<i64>().ok().filter(|n| *n <= 999);
    let (Some(a), Some(b)) = (part(a), part(b)) else {
        return false;
    };
    share.kind == FactKind::Number
        && match &fact.value {
            Value::Number { count, .. } => count.count().is_some_and(|n| n == a || n == b),
            Value::Date {
                day: Some(day),
                month: None,
                ..
            } => [a, b].contains(&i64::from(*day)),
            _ => false,
        }
}

/// Whether "6.4k" is "$6,400" in a text that speaks of dollars; "50 chairs" are no "$50".
fn in_the_same_money(bare: &Found, money: &Found, old: &Scan<'_>) -> bool {
    let (
        Value::Number {
            value,
            measure: None,
            ..
        },
        Value::Money(amount, code),
    ) = (&bare.fact.value, &money.fact.value)
    else {
        return false;
    };
    // "under 1,800 I keep it"
    let limit = old
        .tokens
        .iter()
        .position(|token| token.at.start == bare.fact.span.start)
        .is_some_and(|i| {
            matches!(
                old.before(i),
                "unter" | "über" | "ab" | "bis" | "under" | "over" | "below" | "above"
            )
        });
    // "64.90 paid by card", "2340 net"
    let text = &bare.fact.text;
    let cents = text
        .rsplit_once(['.', ','])
        .is_some_and(|(_, cents)| cents.len() == 2 && cents.bytes().all(|b| b.is_ascii_digit()));
    let net = matches!(&bare.fact.value, Value::Number { noun, .. } if matches!(&**noun, "netto" | "brutto" | "net" | "gros"));
    if value.agrees(*amount) && bare.firm && (cents || net) {
        return true;
    }
    value.agrees(*amount)
        && bare.firm
        && (limit || !says_what(bare))
        && old
            .found
            .iter()
            .any(|other| matches!(&other.fact.value, Value::Money(_, c) if c == code))
}

/// Whether a fact of the version is what a fact of its own kind in the original became. Then it
/// can't stand for one of another kind as well: "3 pm" is no "three children" if the original has a
/// "15:00".
fn claimed(found: &Found, old: &Scan<'_>) -> bool {
    old.found.iter().any(|other| {
        other.firm && other.fact.kind == found.fact.kind && same(&other.fact, &found.fact)
    })
}

/// Whether the other text spells out what is an acronym here: "date of birth" for "DOB", and
/// "Geschäftsführung" for "GF". What has a name of its own ("UK", "DHL") is not looked for.
fn spelt_out(fact: &Fact, other: &Scan<'_>) -> bool {
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

/// Whether the same digits stand in the other text, whatever they are taken for there: a phone
/// number in one and two numbers in the other. Not where a point or comma gives them another value.
fn digits_stand(fact: &Fact, other: &Scan<'_>) -> bool {
    let digits: String = fact.text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 5
        || fact.text.chars().any(char::is_alphabetic)
        || !matches!(fact.kind, FactKind::Number | FactKind::Phone)
    {
        return false;
    }
    let pointed = |text: &str| text.contains(['.', ',', '\'']);
    if fact.kind == FactKind::Number && pointed(&fact.text) {
        return other.tokens.iter().any(|token| token.lower == fact.text);
    }
    // Runs of digits with nothing but blanks or a mark between them.
    let mut run = String::new();
    let mut end = 0;
    let mut runs = Vec::new();
    for token in &other.tokens {
        if token.kind == Kind::Digits {
            let between = &other.text[end..token.at.start];
            let joined = between
                .chars()
                .all(|c| c.is_whitespace() || matches!(c, '/' | '-' | '–' | '(' | ')'));
            let own = fact.kind == FactKind::Number && pointed(&token.lower);
            if !run.is_empty() && (!joined || own) {
                runs.push(std::mem::take(&mut run));
            }
            if own {
                continue;
            }
            run.extend(token.lower.chars().filter(char::is_ascii_digit));
            end = token.at.end;
        } else if token.kind == Kind::Word && !run.is_empty() {
            runs.push(std::mem::take(&mut run));
        }
    }
    runs.push(run);
    // A part of a longer number is no number of its own, but a group of it is.
    runs.contains(&digits)
        || other.found.iter().any(|found| {
            found.fact.kind == FactKind::Phone
                && fact.kind == FactKind::Number
                && found
                    .fact
                    .text
                    .split(|c: char| !c.is_ascii_digit())
                    .any(|group| group == fact.text)
        })
}

/// Whether the other text has the very word without its being taken for a fact there: "Central on
/// Thursday", "E had the bore" beside "rev E".
fn unread(fact: &Fact, other: &Scan<'_>) -> bool {
    let first = fact
        .text
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    other.tokens.iter().any(|token| {
        !token.taken
            && token.capital()
            && token.lower == first
            && match &fact.value {
                Value::Zone(_) => true,
                Value::Code(code) => code.len() == 1,
                _ => false,
            }
    })
}

/// Whether the draft says in small letters what the version writes as a day or month: "the march
/// lot", "can look at it sat after 11"; and "the month" for "this month".
fn written_small(fact: &Fact, old: &Scan<'_>) -> bool {
    let first = fact
        .text
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    (0..old.tokens.len()).any(|i| {
        let token = &old.tokens[i];
        let before = old.before(i);
        if token.taken || token.kind != Kind::Word {
            return false;
        }
        match &fact.value {
            Value::Relative(span) => {
                span.strip_prefix("this ") == Some(&*token.lower) && before == "the"
            }
            // "may" and "wed" are verbs more often.
            Value::Date { day: None, .. } => {
                token.lower == first && (first != "may" || matches!(before, "in" | "of" | "by"))
            }
            Value::Weekday(_) => {
                (token.lower == first
                    || first.starts_with(&*token.lower)
                        && matches!(
                            &*token.lower,
                            "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun"
                        ))
                    && (!matches!(
                        before,
                        "the" | "they" | "he" | "she" | "we" | "i" | "you" | "it" | "who" | "and"
                    ) || matches!(old.any_word(i + 1), "after" | "before" | "at"))
            }
            _ => false,
        }
    })
}

fn is_new(found: &Found, old: &Scan<'_>, known: &Known) -> bool {
    let fact = &found.fact;
    if spelt_out(fact, old)
        || digits_stand(fact, old)
        || unread(fact, old)
        || written_small(fact, old)
    {
        return false;
    }
    match &fact.value {
        Value::Negation => false,
        Value::Name(parts) => {
            if fact.text.starts_with("{{") {
                return !old.found.iter().any(|other| other.fact.value == fact.value);
            }
            !parts.iter().all(|part| {
                has_word(old, part)
                    || known
                        .people
                        .iter()
                        .any(|name| name::parts(name).contains(part))
            })
        }
        _ => {
            let part = |value: &str| {
                let n = value.parse::<i64>();
                n.is_ok_and(|n| {
                    old.found.iter().any(|other| match &other.fact.value {
                        Value::Number { count, .. } => count.count() == Some(n),
                        Value::Date {
                            day: Some(day),
                            month,
                            ..
                        } => month.is_none() && i64::from(*day) == n,
                        _ => false,
                    })
                })
            };
            !old.found.iter().any(|other| {
                fits(other, found)
                    || halves(&other.fact, fact)
                    || in_the_same_money(other, found, old)
            }) && !(fact.kind == FactKind::Number
                && fact
                    .text
                    .split_once('/')
                    .is_some_and(|(a, b)| part(a) && part(b)))
        }
    }
}

/// Whether a known person of this name is called by another part of it in the version's greeting.
fn other_name_of(parts: &[String], new: &Scan<'_>, known: &Known) -> bool {
    known
        .people
        .iter()
        .map(|name| name::parts(name))
        .any(|person| {
            parts.iter().any(|part| person.contains(part))
                && person.iter().any(|part| has_word(new, part))
        })
}

/// Whether a word occurs, in whatever case, also as a possessive.
fn has_word(scan: &Scan<'_>, part: &str) -> bool {
    occurs(scan, part, |_| true)
}

/// Whether it does so by itself: "info@acme.org" doesn't say "Acme".
fn names(scan: &Scan<'_>, part: &str) -> bool {
    occurs(scan, part, |token| by_itself(scan, token))
}

/// Whether a word is no part of an address, link, file name or code.
fn by_itself(scan: &Scan<'_>, token: &Token) -> bool {
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

fn mark(scan: &Scan<'_>, fact: &Fact) -> Mark {
    let units =
        |to: usize| u32::try_from(scan.text[..to].encode_utf16().count()).unwrap_or(u32::MAX);
    Mark {
        kind: fact.kind,
        text: fact.text.clone(),
        start: units(fact.span.start),
        end: units(fact.span.end),
    }
}

/// Where something stands, in millionths of the text.
fn place(scan: &Scan<'_>, at: usize) -> u64 {
    let length = u64::try_from(scan.text.len().max(1)).unwrap_or(u64::MAX);
    u64::try_from(at)
        .unwrap_or(u64::MAX)
        .saturating_mul(1_000_000)
        / length
}

/// How alike two kinds are: 0 the same, 1 related, none not at all.
fn distance(a: FactKind, b: FactKind) -> Option<u64> {
    use FactKind::{Date, Email, FileName, Link, Money, Number, Percent, Time, Weekday};
    if a == b {
        return Some(0);
    }
    let related = |group: &[FactKind]| group.contains(&a) && group.contains(&b);
    (related(&[Number, Money, Percent])
        || related(&[Date, Weekday, Time])
        || related(&[Number, Time, Date])
        || related(&[Link, Email, FileName]))
    .then_some(1)
}

/// Puts what was lost and what is new together where the one stands for the other.
fn pair(
    old: &Scan<'_>,
    new: &Scan<'_>,
    mut lost: Vec<&Found>,
    mut invented: Vec<&Found>,
) -> Vec<Placed> {
    let mut out = Vec::new();
    let mut pairs: Vec<(u64, usize, usize)> = Vec::new();
    for (i, a) in lost.iter().enumerate() {
        for (k, b) in invented.iter().enumerate() {
            if let Some(distance) = distance(a.fact.kind, b.fact.kind) {
                let apart = place(old, a.fact.span.start).abs_diff(place(new, b.fact.span.start));
                pairs.push((distance * 400_000 + apart, i, k));
            }
        }
    }
    pairs.sort_unstable();
    let (mut used_old, mut used_new) = (HashSet::new(), HashSet::new());
    for (_, i, k) in pairs {
        if used_old.contains(&i) || used_new.contains(&k) {
            continue;
        }
        used_old.insert(i);
        used_new.insert(k);
        out.push(Placed {
            place: place(new, invented[k].fact.span.start),
            change: Change::Changed {
                original: mark(old, &lost[i].fact),
                now: mark(new, &invented[k].fact),
            },
        });
    }
    let mut i = 0;
    lost.retain(|_| (!used_old.contains(&i), i += 1).0);
    let mut k = 0;
    invented.retain(|_| (!used_new.contains(&k), k += 1).0);
    out.extend(lost.into_iter().map(|found| Placed {
        place: place(old, found.fact.span.start),
        change: Change::Lost {
            original: mark(old, &found.fact),
        },
    }));
    out.extend(invented.into_iter().map(|found| Placed {
        place: place(new, found.fact.span.start),
        change: Change::Invented {
            now: mark(new, &found.fact),
        },
    }));
    out
}

/// Sentences of a text, as stems of what they say.
struct Sentences {
    /// For every token, its sentence.
    of: Vec<usize>,
    stems: Vec<HashSet<String>>,
}

impl Sentences {
    fn new(scan: &Scan<'_>) -> Self {
        let mut of = Vec::with_capacity(scan.tokens.len());
        let mut stems: Vec<HashSet<String>> = Vec::new();
        for token in &scan.tokens {
            // An item or a quotation's beginning may start twice; only words make a sentence.
            if stems.is_empty() || token.starts && stems.last().is_some_and(|last| !last.is_empty())
            {
                stems.push(HashSet::new());
            }
            let n = stems.len() - 1;
            of.push(n);
            if token.kind != Kind::Mark
                && by_itself(scan, token)
                && (token.kind == Kind::Digits || !words::small(&token.lower))
            {
                let word = base(&token.lower).unwrap_or(&token.lower);
                stems[n].insert(words::stem(word));
            }
        }
        Self { of, stems }
    }

    /// Whether any of them has a stem.
    fn say(&self, stem: &str) -> bool {
        self.stems.iter().any(|stems| stems.contains(stem))
    }

    /// The sentences that speak most of what a negation is about.
    fn speaking_of(&self, negation: &Negation) -> Vec<usize> {
        let shared = |n: usize| {
            negation
                .scope
                .iter()
                .filter(|stem| self.stems[n].contains(*stem))
                .count()
        };
        let counts: Vec<usize> = (0..self.stems.len()).map(shared).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        if most == 0 {
            return Vec::new();
        }
        (0..counts.len())
            .filter(|&n| counts[n] > 0 && counts[n] * 3 >= most * 2)
            .collect()
    }
}

/// Two texts whose negations are to be paired.
struct Pairing<'a> {
    old: &'a Scan<'a>,
    new: &'a Scan<'a>,
    old_sentences: Sentences,
    new_sentences: Sentences,
    /// For each negation, the other text's sentences that speak of the same.
    there: Vec<Vec<usize>>,
    here: Vec<Vec<usize>>,
    /// For each negation, whether the other text says the same without denying it.
    said_there: Vec<bool>,
    said_here: Vec<bool>,
    left: Vec<usize>,
    right: Vec<usize>,
}

/// Whether a text says plainly, without denying it, what a negation of the other denies.
fn said(negation: &Negation, from: &Sentences, sentences: &Sentences, scan: &Scan<'_>) -> bool {
    (0..sentences.stems.len()).any(|n| {
        let shared = negation
            .scope
            .iter()
            .filter(|stem| sentences.stems[n].contains(*stem))
            .count();
        (shared >= 2 || shared == 1 && negation.scope.len() == 1)
            && !scan.negations.iter().any(|other| {
                sentences.of[other.at] == n
                    && match other.strength {
                        Strength::Firm => true,
                        // "Broken" and "lost" deny nothing where both texts say them.
                        Strength::Meaning => {
                            !negation.scope.contains(&other.lemma) && !from.say(&other.lemma)
                        }
                        Strength::Weak => false,
                    }
            })
    })
}

impl Pairing<'_> {
    /// How well one negation stands for another; 0 if it can't.
    fn likeness(&self, i: usize, k: usize) -> i64 {
        let (a, b) = (&self.old.negations[i], &self.new.negations[k]);
        let shared = a.scope.iter().filter(|stem| b.scope.contains(stem)).count();
        let shared = i64::try_from(shared.min(4)).unwrap_or(0);
        let apart = place(self.old, self.old.tokens[a.at].at.start)
            .abs_diff(place(self.new, self.new.tokens[b.at].at.start));
        let (there, here) = (&self.there[i], &self.here[k]);
        let aligned = there.contains(&self.new_sentences.of[b.at])
            || here.contains(&self.old_sentences.of[a.at]);
        let predicate = a.predicate.iter().any(|stem| b.predicate.contains(stem));
        let weak = a.strength == Strength::Weak || b.strength == Strength::Weak;
        let firm = |negation: &Negation| negation.strength == Strength::Firm;
        // Those that speak of the same thing come first, then those that stand at the same place,
        // then what is left over on both sides.
        let tier = if weak {
            let only = |scan: &Scan<'_>, negation: &Negation| {
                matches!(
                    scan.any_word(negation.at),
                    "only"
                        | "nur"
                        | "erst"
                        | "until"
                        | "earliest"
                        | "frühestens"
                        | "lediglich"
                        | "last"
                )
            };
            let otherwise = |negation: &Negation| {
                matches!(&*negation.lemma, "otherwis" | "sonst" | "andernfall")
            };
            // "not before 4": "4 at the earliest"
            let limits = only(self.old, a) && b.bounded || only(self.new, b) && a.bounded;
            // "Owen is out": "without Owen"
            let away = |scan: &Scan<'_>, negation: &Negation| {
                matches!(
                    scan.any_word(negation.at),
                    "out"
                        | "away"
                        | "off"
                        | "sick"
                        | "ill"
                        | "krank"
                        | "drop"
                        | "dropping"
                        | "dropped"
                        | "pass"
                )
            };
            let away = shared > 0 && (away(self.old, a) || away(self.new, b));
            let may = aligned
                && (predicate || limits || away)
                && (firm(a) || firm(b))
                && (!only(self.old, a) || b.bounded)
                && (!only(self.new, b) || a.bounded)
                && (!otherwise(a) || b.conditional)
                && (!otherwise(b) || a.conditional);
            if may { 800 } else { 0 }
        } else if aligned {
            match (firm(a), firm(b)) {
                (true, true) => 1_000,
                (false, false) => 500,
                _ => 800,
            }
        } else if b.conditional && !a.conditional {
            // "or I'll file a complaint": "if that does not help, I'll ..."
            0
        } else if firm(a) && firm(b) {
            if apart <= 200_000 {
                300
            } else if !self.said_there[i] && !self.said_here[k] {
                100
            } else {
                0
            }
        } else if !firm(a) && !firm(b) {
            0
        } else if there.is_empty() && here.is_empty() && apart <= 200_000
            || (there.is_empty() || here.is_empty()) && apart <= 100_000
            || apart <= 60_000
        {
            200
        } else {
            0
        };
        if tier == 0 {
            return 0;
        }
        // Where nothing else tells, the place does.
        let close = 30 - i64::try_from(apart).unwrap_or(1_000_000) / 33_334;
        let same_word = if tier < 800 { 5 } else { 30 };
        tier + 20 * shared + same_word * i64::from(a.lemma == b.lemma) + close.max(0)
    }

    /// Puts them together so that all in all they fit best.
    fn pair(&mut self) {
        let weights: Vec<Vec<i64>> = self
            .left
            .iter()
            .map(|&i| self.right.iter().map(|&k| self.likeness(i, k)).collect())
            .collect();
        let pairs = assign(&weights);
        let mut n = 0;
        self.left
            .retain(|_| (pairs.iter().all(|&(i, _)| i != n), n += 1).0);
        let mut n = 0;
        self.right
            .retain(|_| (pairs.iter().all(|&(_, k)| k != n), n += 1).0);
    }
}

/// The pairs of rows and columns with the greatest sum of weights, each row and column at most once
/// and none of weight 0: the assignment problem, by the Hungarian method (H. W. Kuhn, 1955) with
/// potentials, in cubic time.
pub(super) fn assign(weights: &[Vec<i64>]) -> Vec<(usize, usize)> {
    let rows = weights.len();
    let size = rows.max(weights.first().map_or(0, Vec::len));
    let cost = |row: usize, column: usize| -> i64 {
        -weights
            .get(row)
            .and_then(|row| row.get(column))
            .copied()
            .unwrap_or(0)
    };
    // Row and column 0 stand for "none".
    let (mut of_row, mut of_column) = (vec![0; size + 1], vec![0; size + 1]);
    let mut row_at = vec![0; size + 1];
    for row in 1..=size {
        row_at[0] = row;
        let mut column = 0;
        let mut least = vec![i64::MAX; size + 1];
        let mut from = vec![0; size + 1];
        let mut seen = vec![false; size + 1];
        while row_at[column] != 0 {
            seen[column] = true;
            let this = row_at[column];
            let (mut delta, mut next) = (i64::MAX, 0);
            for other in 1..=size {
                if seen[other] {
                    continue;
                }
                let reduced = cost(this - 1, other - 1) - of_row[this] - of_column[other];
                if reduced < least[other] {
                    (least[other], from[other]) = (reduced, column);
                }
                if least[other] < delta {
                    (delta, next) = (least[other], other);
                }
            }
            for other in 0..=size {
                if seen[other] {
                    of_row[row_at[other]] += delta;
                    of_column[other] -= delta;
                } else {
                    least[other] = least[other].saturating_sub(delta);
                }
            }
            column = next;
        }
        while column != 0 {
            row_at[column] = row_at[from[column]];
            column = from[column];
        }
    }
    (1..=size)
        .map(|column| (row_at[column].wrapping_sub(1), column - 1))
        .filter(|&(row, column)| row < rows && cost(row, column) < 0)
        .collect()
}

/// Of a text that does little but deny: whether it has as many as the other.
fn many_negations(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    fn firm<'s>(scan: &'s Scan<'_>) -> Vec<&'s Negation> {
        let firm = |negation: &&Negation| negation.strength == Strength::Firm;
        scan.negations.iter().filter(firm).collect()
    }
    let (before, after) = (firm(old), firm(new));
    for negation in before.iter().skip(after.len()) {
        let fact = fact_of(old, negation);
        changes.push(Placed {
            place: place(old, fact.span.start),
            change: Change::Lost {
                original: mark(old, &fact),
            },
        });
    }
    for negation in after.iter().skip(before.len()) {
        let fact = fact_of(new, negation);
        changes.push(Placed {
            place: place(new, fact.span.start),
            change: Change::Invented {
                now: mark(new, &fact),
            },
        });
    }
}

/// Gives every negation of the one text its counterpart in the other.
fn negations(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    /// More than a letter has; putting them together takes the cube of their number.
    const MOST: usize = 120;
    if old.negations.len().max(new.negations.len()) > MOST {
        many_negations(old, new, changes);
        return;
    }
    let (old_sentences, new_sentences) = (Sentences::new(old), Sentences::new(new));
    let mut pairing = Pairing {
        old,
        new,
        there: old
            .negations
            .iter()
            .map(|negation| new_sentences.speaking_of(negation))
            .collect(),
        here: new
            .negations
            .iter()
            .map(|negation| old_sentences.speaking_of(negation))
            .collect(),
        said_there: old
            .negations
            .iter()
            .map(|negation| said(negation, &old_sentences, &new_sentences, new))
            .collect(),
        said_here: new
            .negations
            .iter()
            .map(|negation| said(negation, &new_sentences, &old_sentences, old))
            .collect(),
        old_sentences,
        new_sentences,
        left: (0..old.negations.len()).collect(),
        right: (0..new.negations.len()).collect(),
    };
    // Words that deny by their meaning and stand in both texts have each other.
    let right = &mut pairing.right;
    pairing.left.retain(|&i| {
        let a = &old.negations[i];
        let same = |k: usize| {
            let b = &new.negations[k];
            b.strength != Strength::Firm && b.lemma == a.lemma
        };
        // "gluten-free" is not "free of peanuts": of several the one that speaks of the same.
        let shared = |k: usize| {
            let b = &new.negations[k];
            a.scope.iter().filter(|stem| b.scope.contains(stem)).count()
        };
        let best = (0..right.len())
            .filter(|&n| a.strength != Strength::Firm && same(right[n]))
            .max_by_key(|&n| (shared(right[n]), std::cmp::Reverse(n)));
        match best {
            Some(at) => {
                right.remove(at);
                false
            }
            None => true,
        }
    });
    // A word the other text has as well is no denial of its own, however it is inflected there.
    let Pairing {
        left,
        right,
        old_sentences,
        new_sentences,
        ..
    } = &mut pairing;
    let shared = |negation: &Negation, here: &Scan<'_>, there: &Sentences| {
        negation.strength != Strength::Firm
            && !super::negation::is_firm(&here.tokens[negation.at].lower)
            && here.tokens[negation.at].lower != "no"
            && base(&here.tokens[negation.at].lower).is_none()
            && !super::negation::is_limit(here, negation)
            && there.say(&negation.lemma)
    };
    left.retain(|&i| !shared(&old.negations[i], old, new_sentences));
    right.retain(|&k| !shared(&new.negations[k], new, old_sentences));
    let firm = |strength: Strength| strength == Strength::Firm;
    pairing.pair();
    let Pairing { left, right, .. } = pairing;
    let excepts = |negation: &Negation| matches!(&*negation.lemma, "without" | "ohn");
    // "neither the invoice nor the receipt" denies what two sentences did. Each covers one more.
    let mut used: Vec<usize> = Vec::new();
    let mut covered = |scan: &Scan<'_>, negation: &Negation, here: &Scan<'_>| {
        // Of "can't work without it" either half turns the whole.
        let twofold = excepts(negation)
            || here
                .negations
                .iter()
                .any(|other| excepts(other) && other.at.abs_diff(negation.at) < 12);
        if twofold {
            return false;
        }
        let covers = |other: &&Negation| {
            let shared = negation
                .scope
                .iter()
                .filter(|stem| other.scope.contains(stem))
                .count();
            let head = negation
                .head
                .as_ref()
                .is_none_or(|head| other.scope.contains(head));
            firm(other.strength)
                && head
                && !used.contains(&other.at)
                && (shared >= 2 && shared * 2 >= negation.scope.len()
                    || shared == 1 && negation.scope.len() == 1)
        };
        let at = scan.negations.iter().find(covers).map(|other| other.at);
        used.extend(at);
        at.is_some()
    };
    let mut stays = |negation: &Negation, here: &Scan<'_>, there: &Scan<'_>| {
        if firm(negation.strength) {
            covered(there, negation, here)
        } else {
            !turned(negation, here, there)
        }
    };
    for &i in &old.idioms {
        if idiom_turned(i, old, new) {
            let fact = fact_at(old, i);
            changes.push(Placed {
                place: place(old, fact.span.start),
                change: Change::Lost {
                    original: mark(old, &fact),
                },
            });
        }
    }
    // "I don't think it's a problem": "I see no problem".
    let by_idiom = |negation: &Negation| {
        new.idioms.len() > old.idioms.len()
            && new.idioms.iter().any(|&i| {
                let word = new.any_word(i + 1);
                !word.is_empty() && negation.scope.contains(&words::stem(word))
            })
    };
    // "It isn't cancelled": "it takes place". Both are gone, and that says the same.
    let goes_ahead = (0..new.tokens.len()).any(|i| {
        matches!(
            (new.any_word(i), new.any_word(i + 1)),
            ("takes" | "take" | "taking", "place")
                | ("goes" | "go" | "going", "ahead")
                | ("as", "planned" | "usual")
                | ("wie", "geplant" | "gehabt")
                | ("findet" | "stattfindet" | "stattfinden", _)
        )
    });
    let cancelled = |i: usize| {
        let a = &old.negations[i];
        goes_ahead
            && left.iter().any(|&other| {
                let b = &old.negations[other];
                b.strength == Strength::Meaning
                    && b.at != a.at
                    && b.at.abs_diff(a.at) <= 4
                    && b.scope.iter().any(|stem| a.scope.contains(stem))
            })
    };
    for &i in &left {
        let a = &old.negations[i];
        if !stays(a, old, new) && !by_idiom(a) && !cancelled(i) {
            let fact = fact_of(old, a);
            changes.push(Placed {
                place: place(old, fact.span.start),
                change: Change::Lost {
                    original: mark(old, &fact),
                },
            });
        }
    }
    for k in right {
        let b = &new.negations[k];
        // "Pay, or I'll close it": "If you don't pay, I'll close it".
        let otherwise = b.conditional
            && (old.negations.iter().any(|a| a.conditional)
                || old.tokens.iter().any(|token| {
                    matches!(
                        &*token.lower,
                        "or" | "otherwise" | "unless" | "else" | "oder" | "sonst" | "andernfalls"
                    )
                }));
        if !otherwise && !stays(b, new, old) {
            let fact = fact_of(new, b);
            changes.push(Placed {
                place: place(new, fact.span.start),
                change: Change::Invented {
                    now: mark(new, &fact),
                },
            });
        }
    }
}

/// Whether a word like "unavailable" is "available" in the other text.
fn turned(negation: &Negation, here: &Scan<'_>, there: &Scan<'_>) -> bool {
    // "If not, please call": "if so" says the other.
    if negation.lemma == "not" && here.before(negation.at) == "if" {
        let so = |scan: &Scan<'_>| {
            (1..scan.tokens.len())
                .filter(|&i| scan.any_word(i) == "so" && scan.before(i) == "if")
                .count()
        };
        return so(there) > so(here);
    }
    if super::negation::is_limit(here, negation) {
        return super::negation::exceeds(there) > super::negation::exceeds(here);
    }
    let Some(base) = base(&here.tokens[negation.at].lower) else {
        return false;
    };
    let stem = words::stem(base);
    // "not hurt" says no "hurt".
    let says = |scan: &Scan<'_>| {
        (0..scan.tokens.len())
            .filter(|&i| {
                scan.tokens[i].kind == Kind::Word
                    && words::stem(&scan.tokens[i].lower) == stem
                    && (1..=3).all(|back| {
                        i.checked_sub(back)
                            .is_none_or(|at| !super::negation::is_firm(scan.any_word(at)))
                    })
            })
            .count()
    };
    says(there) > says(here)
}

/// Whether "never forget" became "soon forget" and "don't worry" "do worry": the verb is there, and
/// nothing denies it.
fn idiom_turned(i: usize, old: &Scan<'_>, new: &Scan<'_>) -> bool {
    let verb = old.any_word(i + 1);
    if !matches!(
        verb,
        "forget" | "worry" | "hesitate" | "mind" | "mention" | "problem" | "problems"
    ) {
        return false;
    }
    let bare = |scan: &Scan<'_>| {
        (0..scan.tokens.len())
            .filter(|&k| scan.any_word(k) == verb)
            .filter(|&k| {
                (1..=3).all(|back| {
                    k.checked_sub(back).is_none_or(|at| {
                        let word = scan.any_word(at);
                        !super::negation::is_firm(word) && !matches!(word, "no" | "hard")
                    })
                })
            })
            .count()
    };
    bare(new) > bare(old)
}

fn fact_of(scan: &Scan<'_>, negation: &Negation) -> Fact {
    fact_at(scan, negation.at)
}

fn fact_at(scan: &Scan<'_>, i: usize) -> Fact {
    let span = scan.tokens[i].at.clone();
    Fact {
        kind: FactKind::Negation,
        text: scan.text[span.clone()].to_owned(),
        span,
        value: Value::Negation,
    }
}
