//! Times of day in digits, and what tells which half of the day is meant. A bare number is one
//! only where something announces it: "at 3", "9-11 am".

use super::{
    super::{FactKind, Scan, Value, quantity::is_unit, token::Kind},
    find_in, parse,
    weekday::{WEEKDAYS, is_weekday},
    zone::is_zone,
};

/// "am", "p.m.", "pm"; whether it is the afternoon, and the token after it.
pub(super) fn half_of_day(scan: &Scan<'_>, i: usize) -> Option<(bool, usize)> {
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
pub(super) fn clock(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
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
        && !is_unit(scan.any_word(to))
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

pub(super) fn finish(
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
pub(super) fn announced(scan: &Scan<'_>, i: usize, to: usize) -> bool {
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
        && !is_unit(scan.any_word(to))
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
