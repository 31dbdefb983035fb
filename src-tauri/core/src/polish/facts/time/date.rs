//! Dates that give a day, a month or a year: in digits or with the month's name, alone, as a range
//! or as a list.

use super::{
    super::{
        FactKind, Scan, Value,
        number::Read,
        quantity::is_unit,
        token::{Case, Kind},
    },
    month::month,
    parse,
    weekday::is_weekday,
};

fn date(year: Option<u16>, month: Option<u8>, day: Option<u8>) -> Value {
    Value::Date {
        year,
        month,
        day,
        swaps: false,
    }
}

fn days_in(month: u8) -> u8 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn full_year(text: &str) -> Option<u16> {
    let year: u16 = parse(text)?;
    match text.len() {
        4 if (1900..2200).contains(&year) => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// "2026-03-10", "10/03/2026", "10.03.26", "10.3.", "3/10".
pub(super) fn numeric_date(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let token = scan.free(i)?;
    if token.kind != Kind::Digits
        || i > 0 && scan.touches(i) && scan.tokens[i - 1].kind == Kind::Word
    {
        return None;
    }
    // With dots it is one token, with other marks five.
    if token.lower.contains('.') {
        let parts: Vec<&str> = token.lower.split('.').collect();
        if let [day, month, year] = parts.as_slice()
            && let (Some(d), Some(m), Some(y)) =
                (parse::<u8>(day), parse::<u8>(month), full_year(year))
            && (1..=12).contains(&m)
            && (1..=days_in(m)).contains(&d)
        {
            scan.note(
                FactKind::Date,
                i,
                i + 1,
                date(Some(y), Some(m), Some(d)),
                true,
            );
            return Some(i + 1);
        }
        // "10.3." or "10.03. 2026": only with the second dot, else it is a number or a time.
        if let [day, month] = parts.as_slice()
            && scan.is(i + 1, ".")
            && scan.touches(i + 1)
            && let (Some(d), Some(m)) = (parse::<u8>(day), parse::<u8>(month))
            && (1..=12).contains(&m)
            && (1..=days_in(m)).contains(&d)
            && day.len() <= 2
            && month.len() <= 2
            && (scan.german || !ends_sentence(scan, i + 1))
        {
            let year = scan
                .free(i + 2)
                .filter(|token| token.kind == Kind::Digits && token.lower.len() == 4)
                .and_then(|token| full_year(&token.lower));
            let to = if year.is_some() { i + 3 } else { i + 2 };
            scan.note(FactKind::Date, i, to, date(year, Some(m), Some(d)), true);
            return Some(to);
        }
        return None;
    }
    let mark = scan.free(i + 1)?;
    if !(mark.is("/") || mark.dash()) || !scan.touches(i + 1) || !scan.touches(i + 2) {
        return None;
    }
    let slash = mark.is("/");
    let second = scan
        .free(i + 2)
        .filter(|token| token.kind == Kind::Digits)?;
    let third = scan
        .free(i + 4)
        .filter(|token| {
            token.kind == Kind::Digits
                && scan.touches(i + 3)
                && scan.touches(i + 4)
                && scan
                    .free(i + 3)
                    .is_some_and(|m| if slash { m.is("/") } else { m.dash() })
        })
        .map(|token| token.lower.clone());
    let (a, b) = (token.lower.clone(), second.lower.clone());
    let (value, to) = match third {
        Some(c) if a.len() == 4 => {
            let (y, m, d) = (full_year(&a)?, parse::<u8>(&b)?, parse::<u8>(&c)?);
            ((1..=12).contains(&m) && (1..=31).contains(&d))
                .then_some((date(Some(y), Some(m), Some(d)), i + 5))?
        }
        Some(c) if a.len() <= 2 && b.len() <= 2 => {
            (either(parse(&a)?, parse(&b)?, Some(full_year(&c)?))?, i + 5)
        }
        // "10/03" is a date only where one can stand; "1/2" is a half, "24/7" always.
        None if slash && a.len() <= 2 && b.len() == 2 && !scan.touches(i + 3) => {
            let announced = matches!(
                scan.before(i),
                "on" | "by"
                    | "until"
                    | "till"
                    | "before"
                    | "after"
                    | "from"
                    | "to"
                    | "since"
                    | "of"
                    | "dated"
                    | "for"
                    | "starting"
                    | "date"
                    | "through"
                    | "and"
                    | "due"
                    | "the"
                    | "am"
                    | "bis"
                    | "vom"
            ) || is_weekday(scan.before(i))
                || scan.is(i.wrapping_sub(1), ",") && is_weekday(scan.any_word(i.wrapping_sub(2)));
            (
                announced.then(|| either(parse(&a)?, parse(&b)?, None))??,
                i + 3,
            )
        }
        _ => return None,
    };
    scan.note(FactKind::Date, i, to, value, true);
    Some(to)
}

fn ends_sentence(scan: &Scan<'_>, i: usize) -> bool {
    scan.tokens.get(i + 1).is_none_or(|token| token.starts)
}

/// A day and a month of which one can't tell which is which, unless one is above 12.
fn either(a: u8, b: u8, year: Option<u16>) -> Option<Value> {
    let (first, second) = (
        (1..=12).contains(&b) && (1..=31).contains(&a),
        (1..=12).contains(&a) && (1..=31).contains(&b),
    );
    match (first, second) {
        (true, both) => Some(Value::Date {
            year,
            month: Some(b),
            day: Some(a),
            swaps: both,
        }),
        (false, true) => Some(date(year, Some(a), Some(b))),
        _ => None,
    }
}

/// A day of the month at a token: "10", "10th", "10.", "tenth"; and the token after it.
fn day(scan: &Scan<'_>, i: usize) -> Option<(u8, usize, bool)> {
    let token = scan.free(i)?;
    if token.kind == Kind::Digits && token.lower.len() > 2 {
        return None;
    }
    // "$15 until 2 October"
    if i > 0
        && scan.touches(i)
        && ["$", "€", "£", "#"]
            .iter()
            .any(|sign| scan.tokens[i - 1].is(sign))
    {
        return None;
    }
    if token.kind == Kind::Word && scan.word(i) == "one" {
        return None;
    }
    let Read {
        value,
        to,
        ordinal,
        digits,
    } = scan.number(i)?;
    let day = u8::try_from(value.count()?)
        .ok()
        .filter(|day| (1..=31).contains(day))?;
    let mut to = to;
    let mut ordinal = ordinal;
    if digits
        && !ordinal
        && scan.is(to, ".")
        && scan.touches(to)
        && scan.tokens.get(to + 1).is_some_and(|next| !next.line)
        && (scan.german || month(scan, to + 1).is_some())
    {
        to += 1;
        ordinal = true;
    }
    Some((day, to, ordinal))
}

/// The year at a token, perhaps after a comma.
fn year(scan: &Scan<'_>, i: usize) -> Option<(u16, usize)> {
    let at = if scan.is(i, ",") { i + 1 } else { i };
    let token = scan.free(at)?;
    if token.kind != Kind::Digits || token.lower.len() != 4 || token.line {
        return None;
    }
    let year = full_year(&token.lower)?;
    // "10 March, 2000 units" is not a year.
    let unit = scan.any_word(at + 1);
    (!(at > i && !unit.is_empty() && is_unit(unit))
        && !(scan.dash(at + 1) && scan.touches(at + 1) && scan.touches(at + 2)))
    .then_some((year, at + 1))
}

/// Notes the days of one month, each with its tokens; the last one's end behind the year, at `to`.
fn note_days(
    scan: &mut Scan<'_>,
    days: Vec<(usize, usize, u8)>,
    to: usize,
    month: u8,
    year: Option<u16>,
) {
    let last = days.len() - 1;
    for (k, (from, end, day)) in days.into_iter().enumerate() {
        let end = if k == last { to } else { end };
        scan.note(
            FactKind::Date,
            from,
            end,
            date(year, Some(month), Some(day)),
            true,
        );
    }
}

/// Dates with the month's name, in all orders, and ranges and lists of days.
pub(super) fn named_date(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    if let Some((name, sure)) = month(scan, i) {
        // "March 10", "March 10-12, 2026", "March the 10th".
        let mut at = i + 1;
        if scan.is(at, ".") && scan.touches(at) {
            at += 1;
        }
        let the = usize::from(scan.word(at) == "the");
        if let Some((first, mut to, _)) = day(scan, at + the)
            // "for the quarter to August. Three things"
            && !scan.tokens[at + the].starts
            && !(scan.is(to, ":") && scan.touches(to) && scan.touches(to + 1))
            && !scan.is(to, "%")
            && !matches!(scan.word(to), "am" | "pm" | "uhr")
            && !(!scan.any_word(to).is_empty() && is_unit(scan.any_word(to)))
        {
            let mut days = vec![(i, to, first)];
            // "March 10 and 11th April": the second has a month of its own.
            while let Some((next, end)) = next_day(scan, to)
                && month(scan, end.1).is_none()
                && !(scan.word(end.1) == "of" && month(scan, end.1 + 1).is_some())
            {
                days.push((end.0, end.1, next));
                to = end.1;
            }
            let written = year(scan, to);
            let to = written.map_or(to, |(_, to)| to);
            note_days(scan, days, to, name, written.map(|(year, _)| year));
            return Some(to);
        }
        if let Some((written, to)) = year(scan, at) {
            scan.note(
                FactKind::Date,
                i,
                to,
                date(Some(written), Some(name), None),
                true,
            );
            return Some(to);
        }
        if sure {
            scan.note(FactKind::Date, i, i + 1, date(None, Some(name), None), true);
            return Some(i + 1);
        }
        return None;
    }
    // "10 March", "10.-12. März 2026", "the 10th and 12th of March".
    let (first, mut to, ordinal) = day(scan, i)?;
    let mut days = vec![(i, to, first)];
    while days.len() < 8
        && let Some((next, end)) = next_day(scan, to)
    {
        days.push((end.0, end.1, next));
        to = end.1;
    }
    // Only as many as lead up to the month's name.
    loop {
        let at = if scan.word(to) == "of" { to + 1 } else { to };
        let dash = usize::from(scan.dash(at) && scan.touches(at) && scan.touches(at + 1));
        if let Some((name, _)) = month(scan, at + dash)
            && !(matches!(scan.word(at), "may" | "march" | "mar")
                && scan.free(at).is_some_and(|t| t.case == Case::Lower)
                && !ordinal
                && days[0].1 == i + 1
                && scan.tokens[i].kind == Kind::Word)
        {
            let mut to = at + dash + 1;
            if scan.is(to, ".")
                && scan.touches(to)
                && scan.tokens[to - 1].lower.len() <= 4
                && !ends_sentence(scan, to)
            {
                to += 1;
            }
            let written = year(scan, to).or_else(|| {
                (dash == 1 && scan.dash(to))
                    .then(|| year(scan, to + 1))
                    .flatten()
            });
            to = written.map_or(to, |(_, to)| to);
            note_days(scan, days, to, name, written.map(|(year, _)| year));
            return Some(to);
        }
        days.pop();
        match days.last() {
            Some(&(_, end, _)) => to = end,
            None => break,
        }
    }
    // "on the 10th", without a noun it could count.
    let (day, to) = (first, scan.number(i)?.to);
    let the = scan.before(i) == "the"
        || is_weekday(scan.before(i))
        || scan.is(i.wrapping_sub(1), ",") && is_weekday(scan.any_word(i.wrapping_sub(2)));
    let digits = scan.tokens[i].kind == Kind::Digits;
    let ordinal = scan.number(i)?.ordinal;
    let ends = scan.word(to).is_empty() && !scan.dash(to)
        || matches!(
            scan.word(to),
            "at" | "and"
                | "or"
                | "to"
                | "from"
                | "if"
                | "for"
                | "when"
                | "because"
                | "since"
                | "until"
                | "so"
                | "but"
                | "in"
                | "instead"
                | "works"
                | "would"
                | "is"
                | "as"
                | "with"
                | "we"
                | "i"
                | "you"
                | "between"
                | "after"
                | "before"
        );
    if ordinal && digits && the && ends {
        scan.note(FactKind::Date, i, to, date(None, None, Some(day)), true);
        return Some(to);
    }
    None
}

/// A further day of a range or list: "-12", "to 12", "and 12th", ", 4.".
fn next_day(scan: &Scan<'_>, i: usize) -> Option<(u8, (usize, usize))> {
    let joined = scan.dash(i)
        || scan.is(i, ",")
        || scan.is(i, "/")
        || scan.is(i, "&")
        || matches!(
            scan.word(i),
            "to" | "and" | "or" | "until" | "through" | "bis" | "und" | "oder" | "till"
        );
    if !joined {
        return None;
    }
    let the = usize::from(scan.word(i + 1) == "the" || scan.word(i + 1) == "zum");
    let at = i + 1 + the;
    let (value, to, _) = day(scan, at)?;
    // A range's end may be a date of its own: "from 10 to 12 March" goes on, "March 10 and 4 of
    // us" does not, nor do "March 10, 3 pm" and "5 March and 20 people".
    let next = scan.word(to);
    let own = scan.is(to, ":") && scan.touches(to + 1)
        || scan.is(to, "%")
        || matches!(next, "am" | "pm" | "uhr" | "a" | "p" | "o'clock");
    let counted = !next.is_empty()
        && month(scan, to).is_none()
        && !matches!(
            next,
            "of" | "at"
                | "and"
                | "or"
                | "to"
                | "from"
                | "in"
                | "for"
                | "as"
                | "but"
                | "if"
                | "bis"
                | "und"
                | "um"
                | "is"
                | "are"
                | "we"
                | "works"
                | "would"
        )
        && !scan.free(to).is_some_and(|token| token.starts);
    let of = next == "of" && month(scan, to + 1).is_none();
    (!own && !counted && !of && !scan.is(to, "€") && !scan.is(to, "$")).then_some((value, (at, to)))
}
