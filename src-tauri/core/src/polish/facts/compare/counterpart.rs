//! Whether a fact of the one text has its counterpart in the other: what the version lacks, and
//! what only the version says. Most of it is about what must not pass for one: "2 weeks" is no "2
//! adults".

use super::{
    super::{
        Fact, FactKind, Found, Known, Scan, Value, address::same_phone, name, token::Kind, words,
    },
    names::{has_word, says_name, spelt_out},
};

/// Whether a number says what it counts; in "3 lamps, not 4" the second doesn't.
pub(super) fn says_what(found: &Found) -> bool {
    match &found.fact.value {
        Value::Number { noun, measure, .. } => {
            measure.is_some() || noun.len() > 2 && !words::small(noun)
        }
        _ => true,
    }
}

pub(super) fn same(old: &Fact, new: &Fact) -> bool {
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

pub(super) fn is_missing(found: &Found, old: &Scan<'_>, new: &Scan<'_>, known: &Known) -> bool {
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
            if signs || parts.iter().any(|part| says_name(new, part)) {
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
    // "2nd" is "second".
    let amount = |found: &Found| match &found.fact.value {
        Value::Number { value, .. } => Some(*value),
        _ => None,
    };
    // "8 months" are not said by the "8" of "Canal Row 8".
    if let (Some((_, Some(_))), Some((_, None))) = (counted(found), counted(other)) {
        let bare = |scan: &Scan<'_>| {
            scan.found
                .iter()
                .filter(|third| {
                    third.firm
                        && amount(third) == amount(other)
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
    matches!(share.kind, FactKind::Number | FactKind::Date)
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
            let dot = usize::from(i > 0 && old.tokens[i - 1].is("."));
            matches!(
                old.before(i - dot),
                "unter"
                    | "über"
                    | "ab"
                    | "bis"
                    | "under"
                    | "over"
                    | "below"
                    | "above"
                    | "max"
                    | "maximal"
                    | "höchstens"
                    | "maximum"
            )
        });
    // "64.90 paid by card", "2340 net"
    let text = &bare.fact.text;
    let cents = text
        .rsplit_once(['.', ','])
        .is_some_and(|(_, cents)| cents.len() == 2 && cents.bytes().all(|b| b.is_ascii_digit()));
    let net = matches!(&bare.fact.value, Value::Number { noun, .. } if matches!(&**noun, "netto" | "brutto" | "net" | "gros"));
    // "not as it says, 2430"
    let large = !says_what(bare) && value.count().is_some_and(|count| count >= 100);
    if value.agrees(*amount) && bare.firm && (cents || net || large) {
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

/// Whether the same digits stand in the other text, whatever they are taken for there: a phone
/// number in one and two numbers in the other. Not where a point or comma gives them another value.
fn digits_stand(fact: &Fact, other: &Scan<'_>) -> bool {
    let digits: String = fact.text.chars().filter(char::is_ascii_digit).collect();
    let group_of_phone = fact.kind == FactKind::Number
        && fact
            .text
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace())
        && other.found.iter().any(|found| {
            found.fact.kind == FactKind::Phone && {
                let mut groups = found.fact.text.split(|c: char| !c.is_ascii_digit());
                let phone: String = found
                    .fact
                    .text
                    .chars()
                    .filter(char::is_ascii_digit)
                    .collect();
                groups.any(|group| group == fact.text)
                    || fact.text.contains(char::is_whitespace) && phone.contains(&digits)
            }
        });
    if group_of_phone {
        return true;
    }
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
                // "May shows nine payments"
                Value::Date {
                    year: None,
                    month: Some(_),
                    day: None,
                    ..
                }
                | Value::Zone(_) => true,
                Value::Code(code) => code.len() == 1,
                _ => false,
            }
    })
}

/// Whether a sentence ends before a token.
fn scan_ends(scan: &Scan<'_>, i: usize) -> bool {
    scan.tokens
        .get(i)
        .is_none_or(|next| next.starts || next.is(".") || next.is("!"))
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
                token.lower == first
                    && (first != "may"
                        || matches!(before, "in" | "of" | "by")
                        // "a rough may.."
                        || scan_ends(old, i + 1))
            }
            Value::Weekday(_) => {
                (token.lower == first
                    || first.starts_with(&*token.lower)
                        && matches!(
                            &*token.lower,
                            "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun"
                        ))
                    && (!matches!(before, "they" | "he" | "she" | "we" | "i" | "you" | "who")
                        || matches!(old.any_word(i + 1), "after" | "before" | "at"))
            }
            _ => false,
        }
    })
}

pub(super) fn is_new(found: &Found, old: &Scan<'_>, known: &Known) -> bool {
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
            }) && !(matches!(fact.kind, FactKind::Number | FactKind::Date)
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
