//! Digits and letters that name something rather than count: orders, flights, accounts, the letter
//! of a gate or a version.

use super::{
    super::{
        FactKind, Scan, Value,
        number::Decimal,
        token::{self, Case, Kind},
        words,
    },
    money::currency,
    unit::is_unit,
};

/// "rev C", "Gate B", "Haus A": a single letter that tells one of several apart; "8.3(b)".
pub(super) fn lettered(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    const BEFORE: &[&str] = &[
        "rev", "revision", "version", "gate", "flat", "unit", "room", "block", "grade", "zone",
        "row", "pontoon", "berth", "stall", "pier", "dock", "bay", "platform", "pen", "ward",
        "stand", "track", "lot", "class", "team", "bus", "terminal", "annex", "appendix",
        "exhibit", "hall", "building", "group", "option", "haus", "halle", "gleis", "aufgang",
        "raum", "anlage", "variante", "gebäude", "gruppe",
    ];
    let letter = scan.free(i)?;
    let named = letter.kind == Kind::Word
        && letter.lower.len() == 1
        && letter.lower != "i"
        && (letter.case != Case::Lower || matches!(scan.before(i), "rev" | "version"))
        && BEFORE.contains(&scan.before(i))
        && !(scan.touches(i + 1)
            && scan
                .free(i + 1)
                .is_some_and(|next| next.kind != Kind::Mark || next.dash()))
        // "option A is", not "in this room A letter"
        && !(letter.lower == "a"
            && scan
                .free(i + 1)
                .is_some_and(|next| next.kind == Kind::Word && !words::small(&next.lower)));
    if named {
        return Some(note_code(scan, i, i + 1));
    }
    let clause = letter.kind == Kind::Digits
        && scan.is(i + 1, "(")
        && scan.touches(i + 1)
        && scan.touches(i + 2)
        && scan.word(i + 2).chars().count() == 1
        && scan.is(i + 3, ")")
        && scan.touches(i + 3);
    clause.then(|| note_code(scan, i, i + 4))
}

/// "INV-2026-118", "#4471", "X200", "24/7", account and card numbers.
pub(super) fn code(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let first = scan.free(i)?;
    if i > 0 && scan.touches(i) && matches!(scan.tokens[i - 1].kind, Kind::Word | Kind::Digits) {
        return None;
    }
    // Groups of four: a card; two letters and digits in groups: an account.
    let letters = usize::from(
        first.kind == Kind::Word
            && first.lower.len() == 2
            && first.case != Case::Lower
            && scan.touches(i + 1),
    );
    let mut to = i + letters;
    let mut groups = 0;
    while let Some(token) = scan.free(to)
        && token.kind == Kind::Digits
        && token.lower.len() <= 4
        && token.lower.bytes().all(|b| b.is_ascii_digit())
        && (groups == 0
            || matches!(
                &scan.text[scan.tokens[to - 1].at.end..token.at.start],
                " " | "\u{A0}" | ""
            ) && (scan.tokens[to - 1].lower.len() == 4
                // "DE21 5005 ..."
                || groups == 1 && letters == 1 && scan.tokens[to - 1].lower.len() == 2))
    {
        groups += 1;
        to += 1;
        if scan.dash(to) && scan.touches(to) && scan.touches(to + 1) && groups < 5 && letters == 0 {
            let next = scan.free(to + 1);
            if next.is_some_and(|next| next.kind == Kind::Digits && next.lower.len() == 4)
                && scan.tokens[to - 1].lower.len() == 4
            {
                to += 1;
            }
        }
    }
    if groups >= 3
        && (scan.tokens[i + letters].lower.len() == 4
            || letters == 1 && groups >= 4 && scan.tokens[i + letters].lower.len() == 2)
    {
        return Some(note_code(scan, i, to));
    }
    // A run without spaces that has letters and digits.
    let mut to = i;
    let (mut words, mut digits, mut marks) = (0, 0, 0);
    if first.is("#") && scan.touches(i + 1) && scan.free(i + 1)?.kind == Kind::Digits {
        to += 1;
    }
    // "b4" is "before", "under-9s" are children.
    if matches!(
        &*first.lower,
        "b" | "gr" | "l" | "m" | "w" | "under" | "over"
    ) {
        let end = (i + 1..scan.tokens.len())
            .find(|&k| {
                !scan.touches(k) || scan.tokens[k].kind == Kind::Mark && !scan.tokens[k].dash()
            })
            .unwrap_or(scan.tokens.len());
        let whole = scan.text[first.at.start..scan.tokens[end - 1].at.end].to_lowercase();
        if ["b4", "gr8", "l8r", "m8", "w8"].contains(&&*whole) {
            return Some(end);
        }
        if let Some(age) = whole
            .split_once("er-")
            .and_then(|(_, age)| age.strip_suffix('s'))
            && let Ok(age) = age.parse()
        {
            let value = Value::Number {
                value: Decimal::whole(age),
                count: Decimal::whole(age),
                measure: None,
                noun: String::new(),
            };
            scan.note(FactKind::Number, i, end, value, true);
            return Some(end);
        }
    }
    let start = to;
    while let Some(token) = scan.free(to)
        && (to == start || scan.touches(to))
    {
        match token.kind {
            Kind::Word => words += 1,
            Kind::Digits => digits += 1,
            Kind::Mark if to > start && (token.dash() || token.is("/") || token.is("_")) => {
                let next = scan.free(to + 1);
                if !scan.touches(to + 1) || next.is_none_or(|next| next.kind == Kind::Mark) {
                    break;
                }
                // "7b-Eltern" are the parents of "7b".
                let noun = next.is_some_and(|next| {
                    next.kind == Kind::Word && next.case == Case::First && next.lower.len() > 3
                });
                if noun && scan.german && digits > 0 && words > 0 && !scan.touches(to + 2) {
                    break;
                }
                marks += 1;
            }
            Kind::Mark => break,
        }
        to += 1;
    }
    let hash = start > i;
    if digits == 0 || !(words > 0 || hash || marks > 0) && scan.tokens[start].lower.len() < 10 {
        return None;
    }
    if hash && words == 0 && marks == 0 {
        // "#4471" is "no. 4471" and "4471".
        return None;
    }
    if words == 0 && marks > 0 {
        // "2-3" is a range; "24/7" and "12-345-67" are names.
        let slash = scan.tokens[start + 1].is("/");
        let parts: Vec<&str> = (start..to)
            .filter(|&k| scan.tokens[k].kind == Kind::Digits)
            .map(|k| &*scan.tokens[k].lower)
            .collect();
        if !slash && (parts.len() < 3) {
            return None;
        }
        if let [a, b] = parts.as_slice()
            && let (Ok(a), Ok(b)) = (a.parse::<i64>(), b.parse::<i64>())
            && a < b
            && b <= 10
            && a > 0
        {
            let value = Decimal::whole(a).over(b);
            let value = Value::Number {
                value,
                count: value,
                measure: None,
                noun: String::new(),
            };
            scan.note(FactKind::Number, start, to, value, true);
            return Some(to);
        }
        return Some(note_code(scan, start, to));
    }
    let first = &scan.tokens[start];
    if words == 0 {
        return Some(note_code(scan, start, to));
    }
    if first.kind == Kind::Digits {
        // "30-day", "10kg", "2nd", "1.5k", "5-10": numbers with a unit.
        let next = &scan.tokens[start + 1];
        let unit = |word: &str| {
            is_unit(word)
                || matches!(
                    word,
                    "st" | "nd"
                        | "rd"
                        | "th"
                        | "m"
                        | "x"
                        | "g"
                        | "l"
                        | "w"
                        | "v"
                        | "fold"
                        | "ish"
                        | "er"
                        | "te"
                        | "ten"
                        | "pt"
                        | "px"
                        | "p"
                )
        };
        let after = if next.kind == Kind::Mark {
            start + 2
        } else {
            start + 1
        };
        let word = scan.any_word(after);
        if next.kind == Kind::Mark || unit(word) {
            let all_known = (start..to).all(|k| {
                scan.tokens[k].kind != Kind::Word
                    || unit(&scan.tokens[k].lower)
                    || scan.tokens[k].case == Case::Lower
            });
            if all_known {
                return None;
            }
        }
        return Some(note_code(scan, start, to));
    }
    // A currency before digits, or words joined to a number: "EUR20", "USD-20".
    if currency(&first.lower).is_some() && words == 1 {
        return None;
    }
    Some(note_code(scan, start, to))
}

pub(super) fn note_code(scan: &mut Scan<'_>, from: usize, to: usize) -> usize {
    let value: String = scan.text[scan.tokens[from].at.start..scan.tokens[to - 1].at.end]
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '/' | '.'))
        .flat_map(char::to_uppercase)
        .map(|c| token::digit(c).unwrap_or(c))
        .collect();
    scan.note(FactKind::Number, from, to, Value::Code(value), true);
    to
}
