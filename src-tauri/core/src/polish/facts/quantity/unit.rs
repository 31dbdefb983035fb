//! What a number is the number of, as far as the words after it say: money, per cent, or a measure
//! of time, weight, length and the like.

use super::{
    super::{
        Scan,
        number::{Measure, multiplier},
        token::{Case, Kind},
        words,
    },
    money::{CENTS, currency, is_time_after, of_country},
};

/// Words for measures: name, kind, and how many of the kind's unit one is.
const MEASURES: &[(&str, Measure, i64)] = &[
    ("minute", Measure::Minutes, 1),
    ("min", Measure::Minutes, 1),
    ("minuten", Measure::Minutes, 1),
    ("hour", Measure::Minutes, 60),
    ("hr", Measure::Minutes, 60),
    ("h", Measure::Minutes, 60),
    ("stunde", Measure::Minutes, 60),
    ("stunden", Measure::Minutes, 60),
    ("std", Measure::Minutes, 60),
    ("stündig", Measure::Minutes, 60),
    ("minütig", Measure::Minutes, 1),
    ("day", Measure::Minutes, 1_440),
    ("tag", Measure::Minutes, 1_440),
    ("tage", Measure::Minutes, 1_440),
    ("tagen", Measure::Minutes, 1_440),
    ("werktage", Measure::Minutes, 1_440),
    ("werktagen", Measure::Minutes, 1_440),
    ("arbeitstage", Measure::Minutes, 1_440),
    ("arbeitstagen", Measure::Minutes, 1_440),
    ("night", Measure::Sign("night"), 1),
    ("nacht", Measure::Sign("night"), 1),
    ("nächte", Measure::Sign("night"), 1),
    ("nächten", Measure::Sign("night"), 1),
    ("week", Measure::Minutes, 10_080),
    ("wk", Measure::Minutes, 10_080),
    ("woche", Measure::Minutes, 10_080),
    ("wochen", Measure::Minutes, 10_080),
    ("wöchig", Measure::Minutes, 10_080),
    ("month", Measure::Months, 1),
    ("mth", Measure::Months, 1),
    ("monat", Measure::Months, 1),
    ("monate", Measure::Months, 1),
    ("monaten", Measure::Months, 1),
    ("year", Measure::Months, 12),
    ("yr", Measure::Months, 12),
    ("jahr", Measure::Months, 12),
    ("jahre", Measure::Months, 12),
    ("jahren", Measure::Months, 12),
    ("sec", Measure::Sign("s"), 1),
    ("second", Measure::Sign("s"), 1),
    ("sekunde", Measure::Sign("s"), 1),
    ("sekunden", Measure::Sign("s"), 1),
    ("kg", Measure::Sign("kg"), 1),
    ("kilo", Measure::Sign("kg"), 1),
    ("kilogram", Measure::Sign("kg"), 1),
    ("kilogramm", Measure::Sign("kg"), 1),
    ("gram", Measure::Sign("g"), 1),
    ("gramm", Measure::Sign("g"), 1),
    ("mg", Measure::Sign("mg"), 1),
    ("milligram", Measure::Sign("mg"), 1),
    ("km", Measure::Sign("km"), 1),
    ("kilometre", Measure::Sign("km"), 1),
    ("kilometer", Measure::Sign("km"), 1),
    ("mile", Measure::Sign("mile"), 1),
    ("cm", Measure::Sign("cm"), 1),
    ("centimetre", Measure::Sign("cm"), 1),
    ("centimeter", Measure::Sign("cm"), 1),
    ("mm", Measure::Sign("mm"), 1),
    ("millimetre", Measure::Sign("mm"), 1),
    ("millimeter", Measure::Sign("mm"), 1),
    ("metre", Measure::Sign("m"), 1),
    ("meter", Measure::Sign("m"), 1),
    ("litre", Measure::Sign("l"), 1),
    ("liter", Measure::Sign("l"), 1),
    ("ml", Measure::Sign("ml"), 1),
    ("gb", Measure::Sign("GB"), 1),
    ("gigabyte", Measure::Sign("GB"), 1),
    ("mb", Measure::Sign("MB"), 1),
    ("megabyte", Measure::Sign("MB"), 1),
    ("tb", Measure::Sign("TB"), 1),
    ("terabyte", Measure::Sign("TB"), 1),
    ("kw", Measure::Sign("kW"), 1),
    ("kwh", Measure::Sign("kWh"), 1),
    ("mbit", Measure::Sign("Mbit"), 1),
    ("mbps", Measure::Sign("Mbit"), 1),
    ("inch", Measure::Sign("in"), 1),
    ("inche", Measure::Sign("in"), 1),
    ("foot", Measure::Sign("ft"), 1),
    ("feet", Measure::Sign("ft"), 1),
    ("ms", Measure::Sign("ms"), 1),
    ("millisecond", Measure::Sign("ms"), 1),
    ("ton", Measure::Sign("t"), 1),
    ("tonne", Measure::Sign("t"), 1),
    ("sqm", Measure::Sign("sqm"), 1),
    ("qm", Measure::Sign("sqm"), 1),
    ("quadratmeter", Measure::Sign("sqm"), 1),
    ("quadratmetern", Measure::Sign("sqm"), 1),
    ("hectare", Measure::Sign("ha"), 1),
    ("ha", Measure::Sign("ha"), 1),
    ("hektar", Measure::Sign("ha"), 1),
    ("lb", Measure::Sign("lb"), 1),
];

/// Words between a number and what it measures.
pub(super) const BETWEEN: &[&str] = &[
    "working",
    "business",
    "full",
    "whole",
    "consecutive",
    "calendar",
    "more",
    "additional",
    "extra",
    "other",
    "short",
    "long",
    "solid",
    "further",
    "square",
    "paid",
    "volle",
    "ganze",
    "weitere",
    "weiteren",
    "vollen",
];

/// The measure a word names: its kind and size.
pub(super) fn measure(word: &str) -> Option<(Measure, i64)> {
    let find = |word: &str| {
        MEASURES
            .iter()
            .find(|(name, _, _)| *name == word)
            .map(|&(_, measure, size)| (measure, size))
    };
    let word = word
        .strip_suffix("'s")
        .unwrap_or(word)
        .trim_end_matches('\'');
    find(word)
        // "May 9 has" counts no hectares.
        .or_else(|| find(word.strip_suffix('s').filter(|_| word != "has")?))
        .or_else(|| {
            find(
                ["e", "er", "en", "es"]
                    .iter()
                    .find_map(|end| word.strip_suffix(end))?,
            )
        })
}

/// Whether a word after a number shows that it counts or measures something.
pub(in crate::polish::facts) fn is_unit(word: &str) -> bool {
    measure(word).is_some()
        || currency(word).is_some()
        || matches!(
            word,
            "percent"
                | "per"
                | "prozent"
                | "people"
                | "persons"
                | "personen"
                | "units"
                | "items"
                | "copies"
                | "times"
                | "of"
                | "guests"
                | "tickets"
                | "pieces"
                | "pages"
                | "seats"
        )
        || multiplier(word).is_some()
}

/// What a number is the number of, and the token after it.
pub(super) enum Of {
    Money(&'static str, i64),
    Percent,
    Measure(Measure, i64),
    Nothing,
}

pub(super) fn unit_after(scan: &Scan<'_>, i: usize) -> (Of, usize) {
    let hyphen = usize::from(scan.dash(i) && scan.touches(i) && scan.touches(i + 1));
    let at = i + hyphen;
    let Some(token) = scan.free(at) else {
        return (Of::Nothing, i);
    };
    // What begins a sentence is no unit of the number before, unless that begins it.
    let begins = i > 0 && scan.tokens[i - 1].starts;
    if token.starts && token.kind != Kind::Mark && !begins {
        return (Of::Nothing, i);
    }
    let word = token.lower.as_str();
    if matches!(word, "%" | "٪" | "％") && hyphen == 0
        || matches!(
            word,
            "percent" | "prozent" | "pct" | "percentage" | "prozentige" | "prozentigen"
        )
    {
        let points =
            usize::from(word == "percentage" && matches!(scan.word(at + 1), "point" | "points"));
        return (Of::Percent, at + 1 + points);
    }
    if word == "per" && scan.word(at + 1) == "cent" {
        return (Of::Percent, at + 2);
    }
    // "2m €", "$" is no unit of "20 $" only where it is the next amount's sign.
    if let Some(code) = currency(word) {
        let next_amount = (token.kind == Kind::Mark && !scan.touches(at) && scan.touches(at + 1)
            || token.case == Case::All)
            && scan
                .free(at + 1)
                .is_some_and(|next| next.kind == Kind::Digits);
        let other = word == "rs" || word == "pound" && scan.is(at + 1, "#");
        if !next_amount && !other {
            return (Of::Money(code, 1), at + 1);
        }
    }
    // "75 Swiss francs", "1,200 Canadian dollars"
    if currency(scan.word(at + 1)).is_some()
        && let Some(code) = of_country(word)
    {
        return (Of::Money(code, 1), at + 2);
    }
    // "410 fr"
    if scan.german && matches!(word, "fr" | "fr." | "stutz") && !is_time_after(scan, at) {
        return (Of::Money("CHF", 1), at + 1);
    }
    // "3 grand", but "3 grand pianos"
    let next = scan.any_word(at + 1);
    if word == "grand" && (next.is_empty() || words::small(next) || scan.tokens[at + 1].starts) {
        return (Of::Money("", -1_000), at + 1);
    }
    if let Some(&(_, code)) = CENTS.iter().find(|(name, _)| *name == word) {
        return (Of::Money(code, 100), at + 1);
    }
    // "24 m²", "24 m2", "72 square metres"
    let square = scan.word(at) == "m"
        && scan.touches(at + 1)
        && scan
            .free(at + 1)
            .is_some_and(|next| next.is("²") || next.lower == "2");
    if square {
        return (Of::Measure(Measure::Sign("sqm"), 1), at + 2);
    }
    if matches!(word, "square" | "sq")
        && matches!(
            scan.word(at + 1),
            "metre" | "metres" | "meter" | "meters" | "m"
        )
    {
        return (Of::Measure(Measure::Sign("sqm"), 1), at + 2);
    }
    let skip = usize::from(BETWEEN.contains(&word));
    let hyphen = usize::from(skip == 1 && scan.dash(at + 1));
    if let Some((measure, size)) = measure(scan.word(at + skip + hyphen))
        // "one second" is a while.
        && !(scan.word(at) == "second" && scan.before(i) == "one")
    {
        return (Of::Measure(measure, size), at + skip + hyphen + 1);
    }
    if scan.touches(at) && matches!(word, "m" | "g" | "l") && hyphen == 0 {
        let sign = match word {
            "m" => "m",
            "g" => "g",
            _ => "l",
        };
        return (Of::Measure(Measure::Sign(sign), 1), at + 1);
    }
    (Of::Nothing, i)
}

/// "2-3 weeks", "20 or 30 euros", "between 5 and 10 per cent": the first has the second's unit.
pub(super) fn inherited(scan: &Scan<'_>, i: usize, to: usize) -> (Of, usize) {
    let joined = scan.dash(to)
        || matches!(scan.word(to), "to" | "or" | "bis" | "oder")
        || matches!(scan.word(to), "and" | "und")
            && matches!(scan.before(i), "between" | "zwischen");
    if !joined {
        return (Of::Nothing, to);
    }
    let at = if scan.is(to + 1, "$") || scan.is(to + 1, "€") {
        to + 2
    } else {
        to + 1
    };
    let Some(next) = scan.number(at) else {
        return (Of::Nothing, to);
    };
    (unit_after(scan, next.to).0, to)
}
