//! Times of day in words: "noon", "half past three", "quarter to five", "halb vier".

use super::{
    super::{FactKind, Scan, Value, quantity::is_unit, token::Kind},
    clock::{announced, finish, half_of_day},
};

/// "half past three", "quarter to five", "ten past two", "three o'clock", "noon", "halb vier".
pub(super) fn spoken_clock(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
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
        && !is_unit(scan.any_word(to))
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
            if shown && !is_unit(scan.any_word(to)) {
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
