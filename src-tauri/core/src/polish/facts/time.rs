//! Dates, weekdays, times of day and time zones.

use super::{
    FactKind, Scan, Value,
    number::Read,
    token::{Case, Kind, Token},
};

/// Month names that are nothing else, then short and ambiguous ones.
const MONTHS: &[(&str, u8)] = &[
    ("january", 1),
    ("february", 2),
    ("april", 4),
    ("june", 6),
    ("july", 7),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
    ("januar", 1),
    ("jänner", 1),
    ("februar", 2),
    ("märz", 3),
    ("maerz", 3),
    ("juni", 6),
    ("juli", 7),
    ("oktober", 10),
    ("dezember", 12),
    ("august", 8),
];
const SHORT_MONTHS: &[(&str, u8)] = &[
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("mär", 3),
    ("apr", 4),
    ("may", 5),
    ("mai", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("sept", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("march", 3),
];

const WEEKDAYS: &[(&str, u8)] = &[
    ("monday", 1),
    ("tuesday", 2),
    ("wednesday", 3),
    ("thursday", 4),
    ("friday", 5),
    ("saturday", 6),
    ("sunday", 7),
    ("mondays", 1),
    ("tuesdays", 2),
    ("wednesdays", 3),
    ("thursdays", 4),
    ("fridays", 5),
    ("saturdays", 6),
    ("sundays", 7),
    ("tues", 2),
    ("tue", 2),
    ("weds", 3),
    ("thur", 4),
    ("thurs", 4),
    ("thu", 4),
    ("fri", 5),
    ("montag", 1),
    ("dienstag", 2),
    ("mittwoch", 3),
    ("donnerstag", 4),
    ("freitag", 5),
    ("samstag", 6),
    ("sonnabend", 6),
    ("sonntag", 7),
    ("montags", 1),
    ("dienstags", 2),
    ("mittwochs", 3),
    ("donnerstags", 4),
    ("freitags", 5),
    ("samstags", 6),
    ("sonntags", 7),
];
/// Words that mean something else, too; taken only where a day makes sense.
const SHORT_WEEKDAYS: &[(&str, u8)] = &[("mon", 1), ("wed", 3), ("sat", 6), ("sun", 7)];
/// The same in German, before a date or time only.
const SHORT_GERMAN_WEEKDAYS: &[(&str, u8)] = &[
    ("mo", 1),
    ("di", 2),
    ("mi", 3),
    ("do", 4),
    ("fr", 5),
    ("sa", 6),
    ("so", 7),
];
const GERMAN_DAYPARTS: &[(&str, &str)] = &[
    ("morgen", "morning"),
    ("früh", "morning"),
    ("vormittag", "morning"),
    ("mittag", "noon"),
    ("nachmittag", "afternoon"),
    ("abend", "evening"),
    ("nacht", "night"),
];

fn find_in<T: Copy>(list: &[(&str, T)], word: &str) -> Option<T> {
    list.iter()
        .find(|(name, _)| *name == word)
        .map(|&(_, value)| value)
}

/// Finds them all.
pub(super) fn find(scan: &mut Scan<'_>) {
    let mut i = 0;
    while i < scan.tokens.len() {
        i = one(scan, i).unwrap_or(i + 1);
    }
}

/// What begins at a token; answers the token after it.
fn one(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let token = scan.free(i)?;
    let kind = token.kind;
    if kind == Kind::Mark {
        return None;
    }
    numeric_date(scan, i)
        .or_else(|| named_date(scan, i))
        .or_else(|| clock(scan, i))
        .or_else(|| spoken_clock(scan, i))
        .or_else(|| weekday(scan, i))
        .or_else(|| relative(scan, i))
        .or_else(|| zone(scan, i))
}

fn date(year: Option<u16>, month: Option<u8>, day: Option<u8>) -> Value {
    Value::Date {
        year,
        month,
        day,
        swaps: false,
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
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
fn numeric_date(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
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

/// Whether a word is a month's full name.
pub(super) fn is_month(word: &str) -> bool {
    find_in(MONTHS, word).is_some() || matches!(word, "may" | "mai" | "march")
}

fn is_weekday(word: &str) -> bool {
    find_in(WEEKDAYS, word)
        .or_else(|| find_in(SHORT_WEEKDAYS, word))
        .is_some()
}

/// Whether a word leads to a month: "since feb", "from jan".
fn leads_to_month(before: &str) -> bool {
    matches!(
        before,
        "in" | "of"
            | "until"
            | "till"
            | "since"
            | "by"
            | "early"
            | "late"
            | "mid"
            | "next"
            | "last"
            | "this"
            | "from"
            | "through"
            | "during"
            | "end"
            | "ende"
            | "anfang"
            | "im"
            | "bis"
            | "seit"
            | "ab"
            | "mitte"
            | "than"
            | "for"
            | "before"
            | "after"
    )
}

/// The month whose name stands at a token; `sure` if it can't be another word.
fn month(scan: &Scan<'_>, i: usize) -> Option<(u8, bool)> {
    let word = scan.word(i);
    let word = word.strip_suffix("'s").unwrap_or(word);
    let capital = scan.free(i)?.capital();
    if let Some(month) = find_in(MONTHS, word) {
        let sure = word != "august" || capital || leads_to_month(scan.before(i));
        return Some((month, sure));
    }
    let month = find_in(SHORT_MONTHS, word)?;
    let starts = scan.free(i)?.starts;
    let sure = match word {
        // "May I ask you"
        "may" if capital && starts && matches!(scan.any_word(i + 1), "i" | "we") => return None,
        "may" if capital && matches!(scan.any_word(i + 1), "i" | "we") => false,
        // "children under 9 may not enter"
        "may"
            if !capital
                && matches!(
                    scan.any_word(i + 1),
                    "not" | "be" | "have" | "also" | "need" | "only"
                ) =>
        {
            return None;
        }
        "mai" if !scan.german => return None,
        "may" | "march" | "mai" => {
            // "for may" and "than march" are verbs as often.
            let after = leads_to_month(scan.before(i))
                && !matches!(scan.before(i), "than" | "for" | "before" | "after");
            (after
                && (capital
                    || word == "march"
                        && matches!(
                            scan.before(i),
                            "in" | "of" | "since" | "early" | "late" | "until" | "mid" | "end"
                        )
                    || word == "may"
                        && matches!(scan.before(i), "in" | "of" | "early" | "late" | "mid")))
                || capital && !starts
        }
        // "Jan–June", "Mar to May"
        _ if capital && reaches_month(scan, i + 1) => true,
        "sept" | "okt" | "dez" => capital || leads_to_month(scan.before(i)),
        "jan" | "mar" | "jun" => {
            !scan.german && leads_to_month(scan.before(i)) && (word == "jan" || capital)
        }
        _ => {
            leads_to_month(scan.before(i))
                || capital
                    && !starts
                    && matches!(word, "aug" | "oct" | "nov" | "dec" | "feb" | "apr" | "jul")
        }
    };
    Some((month, sure))
}

/// Whether a range goes on to another month.
fn reaches_month(scan: &Scan<'_>, i: usize) -> bool {
    let joined = scan.dash(i)
        || scan.is(i, "/")
        || matches!(scan.word(i), "to" | "through" | "until" | "bis");
    let month = scan.word(i + 1);
    joined
        && find_in(MONTHS, month)
            .or_else(|| find_in(SHORT_MONTHS, month))
            .is_some()
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
    (!(at > i && !unit.is_empty() && super::quantity::is_unit(unit))
        && !(scan.dash(at + 1) && scan.touches(at + 1) && scan.touches(at + 2)))
    .then_some((year, at + 1))
}

/// Dates with the month's name, in all orders, and ranges and lists of days.
fn named_date(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
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
            && !(!scan.any_word(to).is_empty() && super::quantity::is_unit(scan.any_word(to)))
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
            let last = days.len() - 1;
            for (k, (from, end, day)) in days.into_iter().enumerate() {
                let end = if k == last { to } else { end };
                scan.note(
                    FactKind::Date,
                    from,
                    end,
                    date(written.map(|y| y.0), Some(name), Some(day)),
                    true,
                );
            }
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
            let last = days.len() - 1;
            for (k, (from, end, day)) in days.into_iter().enumerate() {
                let end = if k == last { to } else { end };
                scan.note(
                    FactKind::Date,
                    from,
                    end,
                    date(written.map(|y| y.0), Some(name), Some(day)),
                    true,
                );
            }
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

/// "am", "p.m.", "pm"; whether it is the afternoon, and the token after it.
fn half_of_day(scan: &Scan<'_>, i: usize) -> Option<(bool, usize)> {
    match scan.word(i) {
        "am" if !(scan.german && !scan.touches(i)) => Some((false, i + 1)),
        "pm" => Some((true, i + 1)),
        "a" | "p" if scan.is(i + 1, ".") && scan.word(i + 2) == "m" && scan.touches(i + 2) => {
            let to = if scan.is(i + 3, ".") && scan.touches(i + 3) {
                i + 4
            } else {
                i + 3
            };
            Some((scan.word(i) == "p", to))
        }
        _ => None,
    }
}

fn value_of(hour: u16, minute: u16, half: Option<bool>) -> Option<Value> {
    if minute > 59 || hour > 24 {
        return None;
    }
    let (hour, vague) = match half {
        Some(afternoon) if (1..=12).contains(&hour) => {
            (hour % 12 + if afternoon { 12 } else { 0 }, false)
        }
        Some(_) => (hour, false),
        None => (hour, (1..=12).contains(&hour)),
    };
    Some(Value::Time {
        minutes: (hour * 60 + minute) % 1440,
        vague,
    })
}

/// What comes after a time and tells its half of the day: "in the afternoon", "tonight". The
/// token after what belongs to the time.
fn daypart(scan: &Scan<'_>, i: usize) -> Option<(bool, usize)> {
    let part = |word: &str| match word {
        "morning" | "morgens" | "vormittags" | "früh" => Some(false),
        "afternoon" | "evening" | "nachmittags" | "abends" => Some(true),
        _ => None,
    };
    if scan.word(i) == "in" && scan.word(i + 1) == "the" {
        return part(scan.word(i + 2)).map(|half| (half, i + 3));
    }
    if scan.word(i) == "at" && scan.word(i + 1) == "night" {
        return Some((true, i + 2));
    }
    if scan.word(i) == "am" && scan.german {
        return match scan.word(i + 1) {
            "vormittag" | "morgen" => Some((false, i + 2)),
            "nachmittag" | "abend" => Some((true, i + 2)),
            _ => None,
        };
    }
    matches!(
        scan.word(i),
        "morgens" | "vormittags" | "nachmittags" | "abends"
    )
    .then(|| part(scan.word(i)).map(|half| (half, i + 1)))?
}

/// Times in digits.
fn clock(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let token = scan.free(i)?;
    if token.kind != Kind::Digits {
        return None;
    }
    if i > 0
        && scan.touches(i)
        && (scan.tokens[i - 1].kind == Kind::Word || scan.tokens[i - 1].is("#"))
    {
        return None;
    }
    let text = token.lower.clone();
    let (hour, minute, mut to, pointed) = if let Some((hour, minute)) = text.split_once('.') {
        // "9.30 am", "14.30 Uhr".
        if minute.len() != 2 || hour.len() > 2 {
            return None;
        }
        (
            parse::<u16>(hour)?,
            Some(parse::<u16>(minute)?),
            i + 1,
            true,
        )
    } else if text.len() <= 2 {
        let hour = parse::<u16>(&text)?;
        match scan.free(i + 2) {
            Some(minute)
                if (scan.is(i + 1, ":") || scan.word(i + 1) == "h")
                    && scan.touches(i + 1)
                    && scan.touches(i + 2)
                    && minute.kind == Kind::Digits
                    && minute.lower.len() == 2 =>
            {
                let minute = parse::<u16>(&minute.lower)?;
                // Seconds are of no interest, but belong to it.
                let seconds = scan.is(i + 3, ":")
                    && scan.touches(i + 3)
                    && scan.touches(i + 4)
                    && scan.free(i + 4).is_some_and(|s| s.kind == Kind::Digits);
                (
                    hour,
                    Some(minute),
                    if seconds { i + 5 } else { i + 3 },
                    false,
                )
            }
            _ => (hour, None, i + 1, false),
        }
    } else if text.len() == 4
        && text.bytes().all(|b| b.is_ascii_digit())
        && matches!(scan.word(i + 1), "hrs" | "hours" | "h" | "uhr")
        && parse::<u16>(&text[2..])? < 60
        && text.starts_with(['0', '1', '2'])
        && (text.starts_with('0') || scan.word(i + 1) == "hrs")
    {
        (
            parse::<u16>(&text[..2])?,
            Some(parse::<u16>(&text[2..])?),
            i + 2,
            false,
        )
    } else {
        return None;
    };
    let mut half = None;
    let mut sure = minute.is_some() && !pointed;
    // "at 6ish", "6ish pm".
    if scan.word(to) == "ish"
        && scan.touches(to)
        && (half_of_day(scan, to + 1).is_some()
            || matches!(scan.before(i), "at" | "by" | "until" | "till" | "from"))
    {
        to += 1;
        sure = true;
    }
    if let Some((afternoon, end)) = half_of_day(scan, to) {
        (half, to, sure) = (Some(afternoon), end, true);
    } else if scan.word(to) == "uhr" || scan.word(to) == "h" && minute.is_some() {
        to += 1;
        sure = true;
        // "14 Uhr 30"
        if minute.is_none()
            && let Some(minutes) = scan.free(to)
            && minutes.kind == Kind::Digits
            && minutes.lower.len() == 2
            && let Some(minutes) = parse::<u16>(&minutes.lower)
            && minutes < 60
        {
            return finish(scan, i, to + 1, hour, minutes, None);
        }
    } else if matches!(scan.word(to), "o'clock" | "oclock") {
        to += 1;
        sure = true;
    } else if scan.word(to) == "o" && scan.word(to + 1) == "clock" {
        to += 2;
        sure = true;
    } else if matches!(scan.word(to), "noon" | "midday") {
        to += 1;
        sure = true;
    }
    // "bis 15.00 Rechnungen schicken"
    if pointed
        && scan.german
        && hour < 24
        && minute.is_some_and(|minute| minute < 60)
        && matches!(
            scan.before(i),
            "bis" | "ab" | "seit" | "von" | "vor" | "um" | "gegen"
        )
        && !super::quantity::is_unit(scan.any_word(to))
        && !scan
            .tokens
            .get(to)
            .is_some_and(|next| matches!(&*next.lower, "€" | "%" | "$" | "£"))
    {
        sure = true;
    }
    // "gone 2 in the afternoon"
    if !sure && minute.is_none() && (1..=12).contains(&hour) && scan.word(to) == "in" {
        sure = daypart(scan, to).is_some();
    }
    if !sure {
        sure = hour <= 24 && minute.is_none() && (announced(scan, i, to) || in_range(scan, i, to))
            || minute.is_some_and(|m| m < 60) && hour < 24 && announced(scan, i, to);
    }
    if !sure {
        return None;
    }
    finish(scan, i, to, hour, minute.unwrap_or(0), half)
}

fn finish(
    scan: &mut Scan<'_>,
    i: usize,
    to: usize,
    hour: u16,
    minute: u16,
    half: Option<bool>,
) -> Option<usize> {
    let mut to = to;
    let mut half = half;
    if half.is_none()
        && let Some((afternoon, end)) = daypart(scan, to)
    {
        (half, to) = (Some(afternoon), end);
    }
    // "from 9 to 11 am", "9-11 am": the second one's half counts for both where it fits.
    if half.is_none() && (1..=12).contains(&hour) {
        half = half_after_range(scan, to, hour);
    }
    let mut value = value_of(hour, minute, half)?;
    // A leading zero is the 24-hour clock.
    if scan.tokens[i].lower.starts_with('0')
        && let Value::Time { vague, .. } = &mut value
    {
        *vague = false;
    }
    scan.note(FactKind::Time, i, to, value, true);
    Some(to)
}

fn half_after_range(scan: &Scan<'_>, i: usize, hour: u16) -> Option<bool> {
    if !(scan.dash(i) || matches!(scan.word(i), "to" | "until" | "and" | "till" | "or")) {
        return None;
    }
    let next = scan.free(i + 1)?;
    let end: u16 = parse(next.lower.split('.').next()?)?;
    let mut to = i + 2;
    if scan.is(to, ":") {
        to += 2;
    }
    let (afternoon, _) = half_of_day(scan, to).or_else(|| daypart(scan, to))?;
    // "10-1 pm" began in the morning; "11-12 pm" too.
    Some(if afternoon {
        hour != 12 && (hour < end && end != 12) || hour == 12
    } else {
        false
    })
}

/// Whether a bare number stands where a time does: "at 3", "around 3 tomorrow", "um 15".
fn announced(scan: &Scan<'_>, i: usize, to: usize) -> bool {
    let before = scan.before(i);
    let hinted = matches!(before, "at" | "um" | "@" | "gegen")
        && !scan.free(i).is_some_and(|token| token.lower.len() > 5)
        || i > 0 && scan.is(i - 1, "@")
        || matches!(
            before,
            "around" | "about" | "by" | "before" | "after" | "until" | "till"
        ) && (day_word(scan, to)
            || day_word_before(scan, i - 1)
            || scan.tokens.get(to).is_none_or(|next| next.starts))
            && !scan.dash(to)
        || day_word_before(scan, i) && !scan.before(i).is_empty() && !scan.is(to, ".");
    if !hinted {
        return false;
    }
    let next = scan.any_word(to);
    if scan.is(to, "%") || scan.is(to, "€") || scan.is(to, "$") || scan.is(to, "£") {
        return false;
    }
    // "at 20 euros", "at 5 locations", "at 12 Baker Street"; but "at 3 on Monday", "at 3 if ...".
    next.is_empty()
        && !scan
            .free(to)
            .is_some_and(|token| token.kind == Kind::Digits)
        || scan.tokens.get(to).is_some_and(|token| token.starts)
        || day_word(scan, to)
        || matches!(
            next,
            "on" | "in"
                | "at"
                | "and"
                | "or"
                | "if"
                | "to"
                | "for"
                | "with"
                | "as"
                | "but"
                | "when"
                | "so"
                | "sharp"
                | "works"
                | "would"
                | "is"
                | "then"
                | "instead"
                | "please"
                | "because"
                | "until"
                | "till"
                | "by"
                | "i"
                | "we"
                | "you"
                | "the"
                | "my"
                | "our"
                | "your"
                | "too"
                | "also"
                | "latest"
                | "unless"
                | "since"
                | "am"
                | "und"
                | "oder"
                | "bei"
                | "mit"
                | "can"
                | "could"
                | "will"
                | "local"
                | "from"
                | "like"
                | "not"
                | "thanks"
                | "that"
                | "it"
        )
        || is_zone(scan, to).is_some()
}

fn in_range(scan: &Scan<'_>, i: usize, to: usize) -> bool {
    // The first half of "9-11 am" and "from 9 to 11 am"; the second of "from 9 am to 11".
    let joined = scan.dash(to)
        || matches!(
            scan.word(to),
            "to" | "until" | "and" | "till" | "or" | "bis"
        );
    if joined
        && scan
            .free(to + 1)
            .is_some_and(|next| next.kind == Kind::Digits)
    {
        let mut after = to + 2;
        if scan.is(after, ":") {
            after += 2;
        }
        if half_of_day(scan, after).is_some() || matches!(scan.word(after), "uhr" | "o'clock") {
            return true;
        }
        if scan.is(to + 2, ":")
            && scan.touches(to + 2)
            && matches!(scan.before(i), "from" | "between" | "von" | "zwischen")
        {
            return true;
        }
    }
    let before_joined = i > 1
        && (scan.tokens[i - 1].dash()
            || matches!(
                scan.before(i),
                "to" | "until" | "and" | "till" | "or" | "bis"
            ));
    before_joined
        && scan.found.iter().rev().take(3).any(|found| {
            found.fact.kind == FactKind::Time && found.fact.span.end == scan.tokens[i - 2].at.end
        })
        && !super::quantity::is_unit(scan.any_word(to))
        && (scan.any_word(to).is_empty()
            || scan.tokens[to].starts
            || day_word(scan, to)
            || matches!(
                scan.any_word(to),
                "on" | "in" | "and" | "or" | "if" | "for" | "at" | "would" | "works" | "is"
            ))
}

fn day_word(scan: &Scan<'_>, i: usize) -> bool {
    let word = scan.any_word(i);
    is_weekday(word)
        || matches!(
            word,
            "today" | "tomorrow" | "tonight" | "this" | "next" | "heute" | "morgen" | "yesterday"
        )
        || word == "on" && (is_weekday(scan.any_word(i + 1)) || scan.any_word(i + 1) == "the")
}

fn day_word_before(scan: &Scan<'_>, i: usize) -> bool {
    let word = scan.before(i);
    find_in(WEEKDAYS, word).is_some()
        || matches!(
            word,
            "today" | "tomorrow" | "tonight" | "heute" | "morning" | "afternoon" | "evening"
        )
}

/// "half past three", "quarter to five", "ten past two", "three o'clock", "noon", "halb vier".
fn spoken_clock(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let word = scan.word(i).to_owned();
    let word = word.as_str();
    match word {
        "noon" | "midday" | "midnight" | "mitternacht" => {
            let minutes = if matches!(word, "noon" | "midday") {
                720
            } else {
                0
            };
            scan.note(
                FactKind::Time,
                i,
                i + 1,
                Value::Time {
                    minutes,
                    vague: false,
                },
                true,
            );
            return Some(i + 1);
        }
        _ => {}
    }
    let hour_at = |scan: &Scan<'_>, at: usize| -> Option<(u16, usize)> {
        let read = scan.number(at)?;
        let hour = u16::try_from(read.value.count()?).ok()?;
        ((1..=12).contains(&hour) && !read.ordinal).then_some((hour, read.to))
    };
    let clock_word = |scan: &Scan<'_>, at: usize| -> usize {
        match scan.word(at) {
            "o'clock" | "oclock" | "uhr" => at + 1,
            "o" if scan.word(at + 1) == "clock" => at + 2,
            _ => at,
        }
    };
    // "dreiviertel acht", "viertel acht": on the way to eight.
    if scan.german
        && matches!(word, "dreiviertel" | "viertel")
        && let Some((hour, to)) = hour_at(scan, i + 1)
        && (scan.tokens[i + 1].kind == Kind::Word || word == "dreiviertel")
    {
        let minutes = if word == "viertel" { 15 } else { 45 };
        let to = clock_word(scan, to);
        return finish(scan, i, to, (hour + 11 - 1) % 12 + 1, minutes, None);
    }
    if scan.german
        && word == "halb"
        && let Some((hour, to)) = hour_at(scan, i + 1)
    {
        let to = clock_word(scan, to);
        return finish(scan, i, to, (hour + 11 - 1) % 12 + 1, 30, None);
    }
    // "at half ten" is half past ten in Britain, and nowhere half of ten.
    if !scan.german
        && word == "half"
        && !matches!(
            scan.before(i),
            "a" | "the" | "one" | "first" | "second" | "other"
        )
        // "three and half", but "between 1 pm and half two"
        && (scan.before(i) != "and" || i > 1 && scan.tokens[i - 2].taken)
        && let Some((hour, to)) = hour_at(scan, i + 1)
        && !super::quantity::is_unit(scan.any_word(to))
        && (scan.tokens[i + 1].kind == Kind::Word
            || matches!(scan.before(i), "at" | "by" | "from" | "until" | "till"))
    {
        return finish(scan, i, clock_word(scan, to), hour, 30, None);
    }
    // minutes past or to the hour
    let (minutes, at) = match word {
        "half" | "quarter" | "viertel" => (if word == "half" { 30 } else { 15 }, i + 1),
        "a" if scan.word(i + 1) == "quarter" => (15, i + 2),
        _ => match scan.number(i) {
            Some(read) if !read.ordinal => (read.value.count().unwrap_or(-1), read.to),
            _ => (-1, i),
        },
    };
    if (1..60).contains(&minutes) {
        let at = if matches!(scan.word(at), "minute" | "minutes" | "minuten") {
            at + 1
        } else {
            at
        };
        let past = match scan.word(at) {
            "past" | "after" | "nach" => Some(true),
            "to" | "before" | "vor" | "til" => Some(false),
            _ => None,
        };
        let short = matches!(minutes, 5 | 10 | 15 | 20 | 25 | 30);
        // "ten to midnight"
        let twelve = match scan.word(at + 1) {
            "noon" | "midday" => Some(720),
            "midnight" | "mitternacht" => Some(0),
            _ => None,
        };
        if let (Some(past), Some(twelve)) = (past, twelve) {
            let minutes = if past { minutes } else { 1_440 - minutes };
            let value = Value::Time {
                minutes: u16::try_from((twelve + minutes) % 1_440).ok()?,
                vague: false,
            };
            scan.note(FactKind::Time, i, at + 2, value, true);
            return Some(at + 2);
        }
        // "two to three weeks" is a range, "five to ten" as well: only with "past", a quarter, or
        // something that shows a clock.
        if let Some(past) = past
            && short
            && let Some((hour, to)) = hour_at(scan, at + 1)
        {
            let end = clock_word(scan, to);
            let shown = past && matches!(scan.word(at), "past" | "nach")
                || matches!(word, "half" | "quarter" | "a" | "viertel")
                || end > to
                || half_of_day(scan, to).is_some()
                || scan.before(i) == "at" && scan.tokens[i].kind == Kind::Word;
            if shown && !super::quantity::is_unit(scan.any_word(to)) {
                let (half, end) = match half_of_day(scan, end) {
                    Some((half, end)) => (Some(half), end),
                    None => (None, end),
                };
                let (hour, minutes) = if past {
                    (hour, minutes)
                } else {
                    (if hour == 1 { 12 } else { hour - 1 }, 60 - minutes)
                };
                return finish(scan, i, end, hour, u16::try_from(minutes).ok()?, half);
            }
        }
    }
    // "three o'clock", "three pm", "three thirty pm", "at three"
    let (hour, to) = hour_at(scan, i)?;
    if scan.tokens[i].kind != Kind::Word {
        return None;
    }
    let end = clock_word(scan, to);
    if end > to {
        return finish(scan, i, end, hour, 0, None);
    }
    if let Some((half, end)) = half_of_day(scan, to).filter(|_| {
        scan.word(to) != "a" && !(scan.word(to) == "am" && scan.any_word(to + 1) == "i")
    }) {
        return finish(scan, i, end, hour, 0, Some(half));
    }
    if let Some(read) = scan.number(to)
        && !read.ordinal
        && !read.digits
        && let Some(minutes) = read.value.count().filter(|m| (10..60).contains(m))
        && (half_of_day(scan, read.to).is_some() || scan.before(i) == "at")
    {
        let (half, end) = match half_of_day(scan, read.to) {
            Some((half, end)) => (Some(half), end),
            None => (None, read.to),
        };
        return finish(scan, i, end, hour, u16::try_from(minutes).ok()?, half);
    }
    if hour != 1
        && matches!(scan.before(i), "at" | "um")
        && announced(scan, i, to)
        && !matches!(scan.any_word(to), "of" | "in" | "for")
    {
        return finish(scan, i, to, hour, 0, None);
    }
    None
}

/// Whether a date or time of day follows, as after "So," and "Mo.": "9.2.", "9:30", "3 Uhr".
fn before_a_date(scan: &Scan<'_>, i: usize) -> bool {
    let is_mark = |i: usize, mark: &str| scan.tokens.get(i).is_some_and(|token| token.is(mark));
    let i = i + usize::from(is_mark(i, ".") || is_mark(i, ","));
    scan.tokens.get(i).is_some_and(|number| {
        number.kind == Kind::Digits
            && (number.lower.contains('.')
                || is_mark(i + 1, ".")
                || is_mark(i + 1, ":")
                || scan.any_word(i + 1) == "uhr")
    })
}

/// Whether "sat" or "sun" in small letters is a day: before a date or time, after a word that leads
/// to a day, and not where they are a verb or in the sky.
fn lower_day(scan: &Scan<'_>, i: usize) -> bool {
    let before = scan.before(i);
    let next = scan.tokens.get(i + 1);
    let number = next.is_some_and(|next| next.kind == Kind::Digits)
        || next.is_some_and(|next| next.dash() || next.is("/"))
            && find_in(SHORT_WEEKDAYS, scan.any_word(i + 2))
                .or_else(|| find_in(WEEKDAYS, scan.any_word(i + 2)))
                .is_some();
    if matches!(
        before,
        "the"
            | "i"
            | "we"
            | "he"
            | "she"
            | "they"
            | "you"
            | "who"
            | "had"
            | "have"
            | "has"
            | "and"
            | "just"
            | "it"
            | "in"
    ) {
        return number && before == "and";
    }
    number
        || matches!(
            before,
            "on" | "this"
                | "next"
                | "from"
                | "by"
                | "until"
                | "till"
                | "til"
                | "since"
                | "before"
                | "after"
                | "every"
                | "last"
                | "for"
                | "is"
                | "collect"
                | "or"
                | "to"
                | "come"
                | "free"
                | "til'"
                | "thru"
                | "b4"
        ) && next.is_none_or(|next| {
            next.kind == Kind::Mark
                || next.starts
                || matches!(
                    &*next.lower,
                    "at" | "after"
                        | "before"
                        | "from"
                        | "morning"
                        | "afternoon"
                        | "evening"
                        | "night"
                        | "and"
                        | "or"
                        | "if"
                        | "please"
                        | "pls"
                        | "then"
                        | "around"
                        | "noon"
                        | "lunch"
                        | "to"
                        | "till"
                        | "until"
                        | "with"
                        | "instead"
                        | "is"
                        | "tho"
                        | "for"
                )
        })
}

fn weekday(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let token = scan.free(i)?;
    if super::quantity::is_franc(scan, i) {
        return None;
    }
    let word = token.lower.as_str();
    let capital = token.capital();
    let word = word.strip_suffix("'s").unwrap_or(word);
    let day = find_in(WEEKDAYS, word).or_else(|| {
        let near = matches!(
            scan.before(i),
            "on" | "by"
                | "next"
                | "this"
                | "until"
                | "till"
                | "from"
                | "since"
                | "before"
                | "after"
                | "every"
                | "last"
                | "or"
                | "and"
                | "to"
        ) || scan.tokens.get(i + 1).is_some_and(|next| {
            next.kind == Kind::Digits || next.is(",") || next.dash() || next.is("/")
        }) || scan.any_word(i + 1) == "at"
            || find_in(MONTHS, scan.any_word(i + 1))
                .or_else(|| find_in(SHORT_MONTHS, scan.any_word(i + 1)))
                .is_some()
            || matches!(
                scan.any_word(i + 1),
                "morning" | "afternoon" | "evening" | "night"
            );
        (capital && (near || word == "wed" && !token.starts) || !scan.german && lower_day(scan, i))
            .then(|| find_in(SHORT_WEEKDAYS, word))
            .flatten()
            .or_else(|| {
                // "am do", "bis fr": nothing else can stand there.
                let short = scan.german
                    && matches!(
                        scan.before(i),
                        "am" | "bis" | "ab" | "nächsten" | "kommenden" | "diesen" | "seit"
                    )
                    && !(scan.before(i) == "ab" && word == "so");
                short
                    .then(|| find_in(SHORT_GERMAN_WEEKDAYS, word))
                    .flatten()
            })
            .or_else(|| {
                // "ginge fr ab 14 uhr": these four are no words.
                if scan.german
                    && !capital
                    && matches!(word, "mo" | "mi" | "fr" | "sa")
                    && !scan
                        .tokens
                        .get(i + 1)
                        .is_some_and(|next| next.is(".") || next.capital())
                {
                    return find_in(SHORT_GERMAN_WEEKDAYS, word);
                }
                let short = capital
                    && scan.german
                    && (before_a_date(scan, i + 1)
                        // "bitte Do überweisen"; not "So", nor "Fr. Weber".
                        || !token.starts
                            && word != "so"
                            && !scan.tokens.get(i + 1).is_some_and(|next| next.is(".")));
                short
                    .then(|| find_in(SHORT_GERMAN_WEEKDAYS, word))
                    .flatten()
            })
    })?;
    if matches!(word, "fri" | "thu" | "tue" | "tues" | "thur")
        && scan.word(i + 1) == "."
        && scan.touches(i + 1)
    {
        // A dot belongs to the short form; nothing else depends on it.
    }
    scan.note(FactKind::Weekday, i, i + 1, Value::Weekday(day), true);
    let mut to = i + 1;
    // "Monday morning" says more than "Monday".
    if let Some(part) = part_of_day(scan, to) {
        scan.note(
            FactKind::Time,
            to,
            to + 1,
            Value::Relative(part.into()),
            false,
        );
        to += 1;
    }
    Some(to)
}

fn part_of_day(scan: &Scan<'_>, i: usize) -> Option<&'static str> {
    match scan.word(i) {
        "morning" => Some("morning"),
        "afternoon" => Some("afternoon"),
        "evening" => Some("evening"),
        "night" | "nite" => Some("night"),
        word if scan.german => find_in(GERMAN_DAYPARTS, word),
        _ => None,
    }
}

/// Holidays by their English name, where they serve as dates.
fn holiday(word: &str) -> Option<&'static str> {
    Some(match word {
        "easter" | "ostern" => "easter",
        "whitsun" | "pentecost" | "pfingsten" => "pentecost",
        "christmas" | "xmas" | "weihnachten" => "christmas",
        "thanksgiving" => "thanksgiving",
        "diwali" => "diwali",
        "ramadan" => "ramadan",
        "eid" => "eid",
        "halloween" => "halloween",
        "silvester" => "new year's eve",
        "neujahr" => "new year's day",
        _ => return None,
    })
}

/// "end of the month", "Ende der Woche": of what, and the token after it.
fn end_of_span(scan: &Scan<'_>, i: usize) -> Option<(&'static str, usize)> {
    let skip = usize::from(matches!(scan.word(i + 2), "the" | "this"));
    let span = match scan.word(i + 2 + skip) {
        "week" | "woche" => "week",
        "month" | "monats" => "month",
        "year" | "jahres" => "year",
        "quarter" | "quartals" => "quarter",
        _ => return None,
    };
    Some((span, i + 3 + skip))
}

/// "early March", "end of May", "Mitte Februar": which part, and the month.
fn part_of_month(scan: &Scan<'_>, i: usize) -> Option<(&'static str, u8)> {
    let part = match scan.word(i) {
        "anfang" | "early" | "beginning" | "start" => "start",
        "mitte" | "mid" | "middle" => "middle",
        _ => "end",
    };
    let of = usize::from(scan.word(i + 1) == "of" || scan.dash(i + 1));
    // "clinicals start January 20"
    if of == 0 && matches!(scan.word(i), "beginning" | "start" | "middle" | "end") {
        return None;
    }
    let (month, _) = month(scan, i + 1 + of)?;
    Some((part, month))
}

/// A week, month, year or quarter as people in a hurry write it.
fn span_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "week" | "wk" => "week",
        "month" | "mth" => "month",
        "year" | "yr" => "year",
        "quarter" | "qtr" => "quarter",
        "weekend" | "wkend" | "wknd" => "weekend",
        _ => return None,
    })
}

/// Days and spans that are counted from today.
fn relative(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let word = scan.word(i);
    let next = scan.word(i + 1);
    let say = |text: &str| Some(text.to_owned());
    let mut firm = true;
    let mut kind = FactKind::Date;
    let mut to = i + 1;
    let value = match word {
        "tomorrow" | "tmrw" | "tmr" | "tomorow" | "tommorow" | "tommorrow" | "2moro" => {
            say("tomorrow")
        }
        "yesterday" | "gestern" => say("yesterday"),
        "today" | "heute" | "heut" => {
            // "I am writing to you today" states nothing.
            let near = (1..=8).any(|back| {
                i.checked_sub(back).is_some_and(|k| {
                    matches!(
                        scan.any_word(k),
                        "writing"
                            | "reaching"
                            | "contacting"
                            | "write"
                            | "schreibe"
                            | "reach"
                            | "wende"
                            | "wenden"
                            | "contact"
                    )
                })
            });
            // "Today they are ..." is "nowadays".
            // "Bis heute" is "so far".
            let so_far = scan.before(i) == "bis" || scan.before(i) == "to";
            firm = !near && !so_far && !(scan.tokens[i].starts && scan.tokens[i].capital());
            say("today")
        }
        "tonight" => say("today evening"),
        _ if holiday(word).is_some() => holiday(word).map(str::to_owned),
        "labor" | "labour" | "memorial" | "independence" | "boxing" | "veterans" | "mother's"
        | "father's" | "valentine's"
            if next == "day" =>
        {
            to = i + 2;
            Some(format!("{word} day"))
        }
        "end" | "ende"
            if matches!(
                scan.word(i + 1),
                "of" | "der" | "des" | "dieser" | "dieses" | "diesen"
            ) && end_of_span(scan, i).is_some() =>
        {
            let (span, end) = end_of_span(scan, i)?;
            to = end;
            Some(format!("end of {span}"))
        }
        "anfang" | "mitte" | "ende" | "early" | "late" | "mid" | "beginning" | "start"
        | "middle" | "end"
            if part_of_month(scan, i).is_some() =>
        {
            let (part, month) = part_of_month(scan, i)?;
            let span = scan.tokens[i].at.clone();
            let value = Value::Relative(format!("{part} of month {month}"));
            scan.note_span(FactKind::Date, span, value, true);
            return None;
        }
        "übermorgen" => say("day after tomorrow"),
        "vorgestern" => say("day before yesterday"),
        "day" if next == "after" && scan.word(i + 2) == "tomorrow" => {
            to = i + 3;
            say("day after tomorrow")
        }
        "day" if next == "before" && scan.word(i + 2) == "yesterday" => {
            to = i + 3;
            say("day before yesterday")
        }
        "morgen"
            if scan.german
                && !matches!(
                    scan.before(i),
                    "guten" | "jeden" | "am" | "heute" | "schönen" | "gestern"
                ) =>
        {
            say("tomorrow")
        }
        "monatsende" | "jahresende" | "quartalsende" => {
            let span = match word.as_bytes().first()? {
                b'm' => "month",
                b'j' => "year",
                _ => "quarter",
            };
            Some(format!("end of {span}"))
        }
        // "the day before", "am Vortag"
        "day" if matches!(next, "before" | "prior") && scan.before(i) == "the" => {
            to = i + 2;
            firm = matches!(
                scan.tokens.get(to),
                None | Some(
                    Token { starts: true, .. }
                        | Token {
                            kind: Kind::Mark,
                            ..
                        }
                )
            );
            say("day before")
        }
        "previous" | "preceding" if next == "day" => {
            (to, firm) = (i + 2, false);
            say("day before")
        }
        "vortag" => say("day before"),
        "current" | "present" if span_of(next).is_some() => {
            (to, firm) = (i + 2, false);
            Some(format!("this {}", span_of(next)?))
        }
        "next" | "last" | "this" | "coming" | "previous" | "past" | "following" => {
            let next = next.strip_suffix("'s").unwrap_or(next);
            let span = match span_of(next).unwrap_or(next) {
                "week" | "month" | "year" | "quarter" | "weekend" | "summer" | "spring"
                | "autumn" | "winter" | "fall" => span_of(next).unwrap_or(next).to_owned(),
                part @ ("morning" | "afternoon" | "evening") if word == "this" => {
                    let part = part.to_owned();
                    let span = scan.tokens[i + 1].at.clone();
                    let today = Value::Relative("today".into());
                    scan.note(FactKind::Date, i, i + 2, today, true);
                    scan.note_span(FactKind::Time, span, Value::Relative(part), false);
                    return Some(i + 2);
                }
                "night" | "nite" if word == "last" => "night".to_owned(),
                _ => return None,
            };
            to = i + 2;
            let which = match word {
                "next" | "coming" | "following" => "next",
                "last" | "previous" | "past" => "last",
                _ => "this",
            };
            firm =
                !(word == "past" || word == "coming" || word == "previous" || word == "following");
            Some(format!("{which} {span}"))
        }
        _ if scan.german && GERMAN_WHICH.contains(&without_case(word)) => {
            let span = match next {
                "woche" => "week",
                "monat" | "monats" => "month",
                "jahr" | "jahres" => "year",
                "quartal" => "quarter",
                "wochenende" => "weekend",
                _ => return None,
            };
            to = i + 2;
            let which = match word.as_bytes().first()? {
                b'l' | b'v' => "last",
                b'd' => "this",
                _ => "next",
            };
            Some(format!("{which} {span}"))
        }
        "q" | "h"
            if scan.touches(i + 1)
                && scan.free(i + 1)?.kind == Kind::Digits
                && scan.free(i + 1)?.lower.len() == 1 =>
        {
            to = i + 2;
            Some(format!("{word}{}", scan.free(i + 1)?.lower))
        }
        "first" | "second" | "third" | "fourth"
            if matches!(next, "quarter") && !matches!(scan.any_word(i + 2), "of" if false) =>
        {
            let number = match word {
                "first" => 1,
                "second" => 2,
                "third" => 3,
                _ => 4,
            };
            to = i + 2;
            Some(format!("q{number}"))
        }
        "morning" | "afternoon" | "evening" | "night"
            if !matches!(scan.before(i), "good" | "lovely" | "nice" | "wonderful") =>
        {
            (firm, kind) = (false, FactKind::Time);
            Some(word.to_owned())
        }
        _ => None,
    }?;
    scan.note(kind, i, to, Value::Relative(value), firm);
    // "tomorrow morning", "morgen Nachmittag"
    if kind == FactKind::Date
        && firm
        && let Some(part) = part_of_day(scan, to)
    {
        scan.note(
            FactKind::Time,
            to,
            to + 1,
            Value::Relative(part.into()),
            false,
        );
        to += 1;
    }
    Some(to)
}

/// German words for which week, month or year, without the endings of their cases.
const GERMAN_WHICH: &[&str] = &["nächst", "kommend", "letzt", "vergangen", "vorig", "dies"];

fn without_case(word: &str) -> &str {
    ["en", "er", "es", "em", "e"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .unwrap_or(word)
}

const ZONES: &[(&str, &str)] = &[
    ("utc", "UTC"),
    ("gmt", "UTC"),
    ("cet", "CET/S"),
    ("cest", "CET/D"),
    ("mez", "CET/S"),
    ("mesz", "CET/D"),
    ("est", "ET/S"),
    ("edt", "ET/D"),
    ("et", "ET"),
    ("cst", "CT/S"),
    ("cdt", "CT/D"),
    ("ct", "CT"),
    ("mst", "MT/S"),
    ("mdt", "MT/D"),
    ("pst", "PT/S"),
    ("pdt", "PT/D"),
    ("pt", "PT"),
    ("bst", "BST"),
    ("ist", "IST"),
    ("jst", "JST"),
    ("sgt", "SGT"),
    ("hkt", "HKT"),
    ("aest", "AET/S"),
    ("aedt", "AET/D"),
    ("eet", "EET/S"),
    ("eest", "EET/D"),
    ("wet", "WET"),
    ("msk", "MSK"),
    ("kst", "KST"),
];

fn after_time(scan: &Scan<'_>, i: usize) -> bool {
    scan.found.iter().any(|found| {
        found.fact.kind == FactKind::Time && {
            let gap = scan.tokens[i].at.start.checked_sub(found.fact.span.end);
            gap.is_some_and(|gap| gap <= 2)
        }
    })
}

fn is_zone(scan: &Scan<'_>, i: usize) -> Option<(String, usize)> {
    let token = scan.free(i)?;
    if token.kind != Kind::Word {
        return None;
    }
    let word = token.lower.as_str();
    if token.case == Case::All
        && let Some(zone) = find_in(ZONES, word)
    {
        // "UTC+2", "GMT -5"
        if zone == "UTC"
            && scan
                .free(i + 1)
                .is_some_and(|sign| sign.is("+") || sign.dash() || sign.is("−"))
            && scan
                .free(i + 2)
                .is_some_and(|offset| offset.kind == Kind::Digits && offset.lower.len() <= 2)
            && scan.touches(i + 2)
        {
            let sign = if scan.is(i + 1, "+") { '+' } else { '-' };
            let offset: u8 = parse(&scan.free(i + 2)?.lower)?;
            return Some((format!("UTC{sign}{offset}"), i + 3));
        }
        return Some((zone.to_owned(), i + 1));
    }
    let named = match word {
        "central" if scan.word(i + 1) == "european" => ("CET", i + 2),
        "eastern" => ("ET", i + 1),
        "pacific" => ("PT", i + 1),
        "mountain" => ("MT", i + 1),
        "central" => ("CT", i + 1),
        "greenwich" if scan.word(i + 1) == "mean" => ("UTC", i + 2),
        "coordinated" if scan.word(i + 1) == "universal" => ("UTC", i + 2),
        "indian" if scan.word(i + 1) == "standard" => ("IST", i + 1),
        _ => return None,
    };
    let at = if matches!(scan.word(named.1), "standard" | "daylight" | "summer") {
        named.1 + 1
    } else {
        named.1
    };
    if scan.word(at) == "time" {
        return Some((named.0.to_owned(), at + 1));
    }
    // "11 Central", "noon Pacific"
    let alone = named.1 == i + 1 && token.capital() && after_time(scan, i);
    alone.then(|| (named.0.to_owned(), i + 1))
}

fn zone(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let (zone, to) = is_zone(scan, i)?;
    // Two letters, and "IST" and "EST" in a text that shouts, may be anything.
    let short = scan.tokens[i].at.len() <= 3 && to == i + 1;
    if short && !after_time(scan, i) && !(zone == "UTC" || zone.starts_with("CET")) {
        return None;
    }
    scan.note(FactKind::Zone, i, to, Value::Zone(zone), true);
    Some(to)
}
