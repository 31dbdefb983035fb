//! Days, weeks, months and quarters that are counted from today ("tomorrow", "end of the month"),
//! holidays, and parts of the day.

use super::{
    super::{
        FactKind, Scan, Value,
        token::{Kind, Token},
    },
    find_in,
    month::month,
};

const GERMAN_DAYPARTS: &[(&str, &str)] = &[
    ("morgen", "morning"),
    ("früh", "morning"),
    ("vormittag", "morning"),
    ("mittag", "noon"),
    ("nachmittag", "afternoon"),
    ("abend", "evening"),
    ("nacht", "night"),
];

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

/// Notes the part of the day that stands at a place, if one does, and answers the place behind it.
pub(super) fn note_part_of_day(scan: &mut Scan<'_>, at: usize) -> usize {
    let Some(part) = part_of_day(scan, at) else {
        return at;
    };
    scan.note(
        FactKind::Time,
        at,
        at + 1,
        Value::Relative(part.into()),
        false,
    );
    at + 1
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
pub(super) fn relative(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
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
        "first" | "second" | "third" | "fourth" if next == "quarter" => {
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
    if kind == FactKind::Date && firm {
        to = note_part_of_day(scan, to);
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
