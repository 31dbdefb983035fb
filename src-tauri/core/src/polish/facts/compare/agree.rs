//! When two values say the same, however each is written: "3" and "3 pm", "10/03" and "3 October".

use super::super::{Value, number};

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
            (Self::Money(a, c), Self::Money(b, d)) => a.agrees(*b) && same_currency(c, d),
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
            (Self::Code(a), Self::Code(b)) => version_of(a) == version_of(b),
            // "v2.1" is "version 2.1".
            (Self::Code(code), Self::Number { value, .. })
            | (Self::Number { value, .. }, Self::Code(code))
                if version_of(code).len() < code.len() =>
            {
                number::digits(version_of(code)).is_some_and(|version| version.agrees(*value))
            }
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

/// "kroner" may be Danish or Norwegian, and "3 grand" is any money.
fn same_currency(a: &str, b: &str) -> bool {
    let crowns = |code: &str| matches!(code, "DKK" | "NOK" | "SEK" | "ISK");
    a == b || a.is_empty() || b.is_empty() || a == "KR" && crowns(b) || b == "KR" && crowns(a)
}

/// A code without the "V" of a version.
fn version_of(code: &str) -> &str {
    code.strip_prefix('V')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(code)
}
