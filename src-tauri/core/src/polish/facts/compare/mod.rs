//! Sets the facts of two texts against each other.
//!
//! | file | what it answers |
//! |---|---|
//! | `agree` | whether two values say the same |
//! | `counterpart` | whether the other text says a fact, in whatever form |
//! | `names` | whether it says a name, and which name became another |
//! | `denials` | which denial of the one text is which of the other, and which was turned |

mod agree;
mod counterpart;
mod denials;
mod names;

use std::collections::HashSet;

use self::{
    counterpart::{is_missing, is_new, same, says_what},
    denials::negations,
    names::{forms_of_address, partly_changed, phrases, quoted, substituted, titles},
};
use super::{Change, Fact, FactKind, Found, Known, Mark, Scan, Value, words};

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
    forms_of_address(&old, &new, &mut changes);
    dayparts(&old, &new, &mut changes);
    quoted(&old, &new, &mut changes);
    substituted(&old, &new, &mut changes);
    negations(&old, &new, &mut changes);
    changes.sort_by_key(|change| change.place);
    // Two rules may find the same.
    let mut found: Vec<Change> = Vec::with_capacity(changes.len());
    for Placed { change, .. } in changes {
        if !found.contains(&change) {
            found.push(change);
        }
    }
    found
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

/// "Tuesday evening" that became "Tuesday afternoon": the only part of a day of either text that the
/// other lacks.
fn dayparts(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    fn parts<'s>(scan: &'s Scan<'_>) -> Vec<&'s Fact> {
        let part = |found: &&Found| {
            found.fact.kind == FactKind::Time
                && !found.firm
                && found.fact.span.start >= scan.greeting
                && matches!(found.fact.value, Value::Relative(_))
        };
        scan.found
            .iter()
            .filter(part)
            .map(|found| &found.fact)
            .collect()
    }
    let (before, after) = (parts(old), parts(new));
    // "tomorrow night" is "tomorrow evening".
    let late = |value: &Value| matches!(value, Value::Relative(part) if matches!(part.as_str(), "evening" | "night"));
    let lacks = |fact: &&&Fact, others: &[&Fact]| {
        others
            .iter()
            .all(|other| other.value != fact.value && !(late(&other.value) && late(&fact.value)))
    };
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
    out.extend(invented.into_iter().map(|found| {
        let now = mark(new, &found.fact);
        Placed {
            place: place(new, found.fact.span.start),
            change: match partly_changed(&found.fact, old, new) {
                Some(was) => Change::Changed {
                    original: mark(old, was),
                    now,
                },
                None => Change::Invented { now },
            },
        }
    }));
    out
}
