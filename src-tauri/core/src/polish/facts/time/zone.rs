//! Time zones by their short or long name. Short ones may be anything, so they count after a time.

use super::{
    super::{
        FactKind, Scan, Value,
        token::{Case, Kind},
    },
    find_in, parse,
};

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

pub(super) fn is_zone(scan: &Scan<'_>, i: usize) -> Option<(String, usize)> {
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

pub(super) fn zone(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let (zone, to) = is_zone(scan, i)?;
    // Two letters, and "IST" and "EST" in a text that shouts, may be anything.
    let short = scan.tokens[i].at.len() <= 3 && to == i + 1;
    if short && !after_time(scan, i) && !(zone == "UTC" || zone.starts_with("CET")) {
        return None;
    }
    scan.note(FactKind::Zone, i, to, Value::Zone(zone), true);
    Some(to)
}
