//! Amounts of money, percentages, codes, and all other numbers with what they count.

use super::{
    FactKind, Scan, Value,
    number::{Decimal, Measure, multiplier},
    token::{Case, Kind},
    words,
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

/// Currencies by sign, code and word.
const CURRENCIES: &[(&str, &str)] = &[
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₴", "UAH"),
    ("usd", "USD"),
    ("eur", "EUR"),
    ("gbp", "GBP"),
    ("chf", "CHF"),
    ("jpy", "JPY"),
    ("inr", "INR"),
    ("cad", "CAD"),
    ("aud", "AUD"),
    ("nzd", "NZD"),
    ("sek", "SEK"),
    ("nok", "NOK"),
    ("dkk", "DKK"),
    ("pln", "PLN"),
    ("czk", "CZK"),
    ("huf", "HUF"),
    ("sgd", "SGD"),
    ("hkd", "HKD"),
    ("cny", "CNY"),
    ("rmb", "CNY"),
    ("brl", "BRL"),
    ("zar", "ZAR"),
    ("aed", "AED"),
    ("mxn", "MXN"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("bucks", "USD"),
    ("pound", "GBP"),
    ("pounds", "GBP"),
    ("quid", "GBP"),
    ("franken", "CHF"),
    ("francs", "CHF"),
    ("franc", "CHF"),
    ("yen", "JPY"),
    ("rupees", "INR"),
    ("rupee", "INR"),
    ("rs", "INR"),
    ("zloty", "PLN"),
    ("kronor", "SEK"),
    ("kroner", "KR"),
    ("kr", "KR"),
    ("koruna", "CZK"),
    ("zlotys", "PLN"),
    ("złoty", "PLN"),
    ("złotys", "PLN"),
    ("forint", "HUF"),
    ("forints", "HUF"),
    ("rand", "ZAR"),
    ("naira", "NGN"),
    ("ngn", "NGN"),
    ("cedi", "GHS"),
    ("cedis", "GHS"),
    ("ghs", "GHS"),
    ("ksh", "KES"),
    ("shillings", "KES"),
    ("pesos", "PESO"),
    ("reais", "BRL"),
    ("lira", "TRY"),
    ("shekels", "ILS"),
    ("dirhams", "AED"),
    ("ringgit", "MYR"),
    ("myr", "MYR"),
    ("baht", "THB"),
    ("thb", "THB"),
    ("isk", "ISK"),
    ("lei", "RON"),
    ("leva", "BGN"),
    ("uah", "UAH"),
    ("hryvnia", "UAH"),
    ("ils", "ILS"),
    ("krw", "KRW"),
    ("sfr", "CHF"),
    ("yuan", "CNY"),
    ("bitcoin", "BTC"),
    ("btc", "BTC"),
];
/// Hundredths of a currency.
const CENTS: &[(&str, &str)] = &[("cent", "EUR"), ("cents", "USD"), ("pence", "GBP")];

/// Words between a number and what it measures.
const BETWEEN: &[&str] = &[
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

fn currency(word: &str) -> Option<&'static str> {
    CURRENCIES
        .iter()
        .find(|(name, _)| *name == word)
        .map(|&(_, code)| code)
}

/// The measure a word names: its kind and size.
fn measure(word: &str) -> Option<(Measure, i64)> {
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
pub(super) fn is_unit(word: &str) -> bool {
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

/// Finds them all.
pub(super) fn find(scan: &mut Scan<'_>) {
    let mut i = 0;
    while i < scan.tokens.len() {
        i = lettered(scan, i)
            .or_else(|| code(scan, i))
            .or_else(|| fraction(scan, i))
            .or_else(|| amount(scan, i))
            .or_else(|| vague(scan, i))
            .unwrap_or(i + 1);
    }
}

/// "rev C", "Gate B", "Haus A": a single letter that tells one of several apart; "8.3(b)".
fn lettered(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
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
fn code(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
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

fn note_code(scan: &mut Scan<'_>, from: usize, to: usize) -> usize {
    let value: String = scan.text[scan.tokens[from].at.start..scan.tokens[to - 1].at.end]
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '/' | '.'))
        .flat_map(char::to_uppercase)
        .map(|c| super::token::digit(c).unwrap_or(c))
        .collect();
    scan.note(FactKind::Number, from, to, Value::Code(value), true);
    to
}

/// What a number is the number of, and the token after it.
enum Of {
    Money(&'static str, i64),
    Percent,
    Measure(Measure, i64),
    Nothing,
}

fn unit_after(scan: &Scan<'_>, i: usize) -> (Of, usize) {
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

/// The currency of a country of which several share its name.
fn of_country(word: &str) -> Option<&'static str> {
    Some(match word {
        "us" | "american" | "u.s" => "USD",
        "canadian" => "CAD",
        "australian" => "AUD",
        "singapore" => "SGD",
        "swiss" | "schweizer" => "CHF",
        "danish" | "dänische" | "dänischen" => "DKK",
        "norwegian" | "norwegische" | "norwegischen" => "NOK",
        "swedish" | "schwedische" | "schwedischen" => "SEK",
        "icelandic" => "ISK",
        "czech" | "tschechische" | "tschechischen" => "CZK",
        "polish" | "polnische" | "polnischen" => "PLN",
        "turkish" | "türkische" | "türkischen" => "TRY",
        "indian" => "INR",
        "british" | "britische" | "britischen" => "GBP",
        "mexican" => "MXN",
        "japanese" | "japanische" | "japanischen" => "JPY",
        _ => return None,
    })
}

/// Whether "fr" is a Friday: a time or day comes after it.
fn is_time_after(scan: &Scan<'_>, i: usize) -> bool {
    scan.tokens
        .get(i + 1)
        .is_some_and(|next| next.kind == Kind::Digits || next.taken && !next.starts)
}

/// "Fr. 6'480.–": francs, not Friday.
pub(super) fn is_franc(scan: &Scan<'_>, i: usize) -> bool {
    let dot = usize::from(scan.is(i + 1, "."));
    let after = scan.free(i + 1 + dot).is_some_and(|next| {
        next.kind == Kind::Digits
            && super::number::digits(&next.lower)
                .is_some_and(|n| n.count().is_none_or(|n| n >= 100) || next.lower.contains('\''))
            && scan.any_word(i + 2 + dot) != "uhr"
            && n_is_no_time(&next.lower)
    });
    let before = i > 0
        && scan.tokens[i - 1].kind == Kind::Digits
        && !is_time_after(scan, i)
        && !scan.is(i + 1, ".");
    scan.german && matches!(scan.word(i), "fr") && (after || before)
}

fn n_is_no_time(digits: &str) -> bool {
    !matches!(digits.split_once(['.', ':']), Some((hour, minutes))
        if minutes.len() == 2 && hour.parse::<u8>().is_ok_and(|hour| hour < 24))
}

/// The sign or code before an amount.
fn currency_before(scan: &Scan<'_>, i: usize) -> Option<(&'static str, usize)> {
    let token = scan.free(i)?;
    let word = token.lower.as_str();
    // "US$", "A$", "CA$"
    if token.kind == Kind::Word && scan.is(i + 1, "$") && scan.touches(i + 1) {
        let code = match word {
            "us" => "USD",
            "a" | "au" => "AUD",
            "c" | "ca" => "CAD",
            "nz" => "NZD",
            "s" => "SGD",
            "hk" => "HKD",
            _ => return None,
        };
        return Some((code, i + 2));
    }
    if is_franc(scan, i) && !(i > 0 && scan.tokens[i - 1].kind == Kind::Digits) {
        return Some(("CHF", i + 1 + usize::from(scan.is(i + 1, "."))));
    }
    let code = currency(word)?;
    let sign = token.kind == Kind::Mark
        || token.case == Case::All
        || matches!(word, "eur" | "usd" | "gbp" | "chf")
        || word == "rs";
    let digits = |at: usize| scan.free(at).is_some_and(|next| next.kind == Kind::Digits);
    let at = if scan.is(i + 1, ".") && word == "rs" {
        i + 2
    } else {
        i + 1
    };
    (sign && digits(at)).then_some((code, at))
}

/// A number with what it counts.
fn amount(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    if let Some((code, at)) = currency_before(scan, i) {
        let mut from = i;
        let mut at = at;
        loop {
            let read = scan.number(at)?;
            let (value, mut to) = millions(scan, read.value, read.to);
            // "20,-"
            if scan.is(to, ",") && scan.dash(to + 1) && scan.touches(to + 1)
                || scan.is(to, ".") && scan.dash(to + 1) && scan.touches(to + 1)
            {
                to += 2;
            }
            // "$ 20 USD"
            let to = match currency(scan.word(to)) {
                Some(_) if scan.free(to).is_some_and(|t| t.case == Case::All) => to + 1,
                _ => to,
            };
            scan.note(FactKind::Money, from, to, Value::Money(value, code), true);
            // "€20-30", "€20 to 30"
            let joined = scan.dash(to) || scan.word(to) == "to";
            if !(joined
                && scan
                    .free(to + 1)
                    .is_some_and(|next| next.kind == Kind::Digits))
            {
                return Some(to);
            }
            let next = scan.number(to + 1)?;
            if !matches!(unit_after(scan, next.to).0, Of::Nothing | Of::Money(..)) {
                return Some(to);
            }
            (from, at) = (to + 1, to + 1);
        }
    }
    let token = scan.free(i)?;
    if token.kind == Kind::Digits && token.line && is_marker(scan, i) {
        return Some(i + 1);
    }
    if token.kind == Kind::Word
        && i > 0
        && scan.tokens[i - 1].dash()
        && scan.touches(i)
        && i > 1
        && scan.touches(i - 1)
        && scan.tokens[i - 2].kind == Kind::Word
        && !scan.tokens[i - 2].taken
        && super::number::multiplier(&token.lower).is_none()
        && scan.number(i - 2).is_none()
    {
        // "one-on-one", "all-in-one": inside a compound.
        return None;
    }
    if token.kind == Kind::Digits && super::number::digits(&token.lower).is_none() {
        // "2.3.1", "10.0.0.1"
        return Some(note_code(scan, i, i + 1));
    }
    let read = scan.number(i)?;
    let (value, to) = if matches!(scan.word(read.to), "m")
        && scan.touches(read.to)
        && currency(scan.free(read.to + 1).map_or("", |t| &t.lower)).is_some()
    {
        (read.value.times(1_000_000), read.to + 1)
    } else {
        (read.value, read.to)
    };
    // "zwei Dutzend", "two dozen eggs"
    let (value, to) = match scan.word(to) {
        "dozen" | "dutzend" => (value.times(12), to + 1),
        _ => (value, to),
    };
    // "three and a half years"
    let (value, mut to) = and_a_half(scan, value, to);
    // "3 in 100", "three in every hundred"
    if let Some(end) = in_a_hundred(scan, to) {
        scan.note(FactKind::Percent, i, end, Value::Percent(value), true);
        return Some(end);
    }
    let word = scan.tokens[i].lower.clone();
    if !read.digits && idiom(scan, i, to, &word) {
        return Some(to);
    }
    // "two thirds", "a third of".
    if scan.is(to, ",") && scan.dash(to + 1) && scan.touches(to) && scan.touches(to + 1) {
        to += 2;
    }
    let (of, end) = match unit_after(scan, to) {
        (Of::Nothing, _) => inherited(scan, i, to),
        found => found,
    };
    // "don't mix the two up"
    let pronoun = !read.digits
        && matches!(scan.before(i), "the" | "these" | "those" | "die" | "beiden")
        && scan
            .tokens
            .get(to)
            .is_none_or(|next| next.kind == Kind::Mark || next.starts || words::small(&next.lower));
    let firm = read.digits
        || !pronoun
            && !matches!(
                word.as_str(),
                "one" | "zero" | "erste" | "ersten" | "erster" | "erstes" | "eins" | "null"
            );
    let noun = words::stem(scan.any_word(end));
    match of {
        Of::Money(code, parts) => {
            scan.note(
                FactKind::Money,
                i,
                end,
                // A negative number of parts is one of wholes.
                Value::Money(
                    if parts < 0 {
                        value.times(-parts)
                    } else {
                        value.over(parts)
                    },
                    code,
                ),
                true,
            );
        }
        Of::Percent => scan.note(FactKind::Percent, i, end, Value::Percent(value), true),
        Of::Measure(measure, size) => {
            let (value, end) = and_a_half(scan, value, end);
            let value = Value::Number {
                value: value.times(size),
                count: value,
                measure: Some(measure),
                noun,
            };
            let firm = firm
                || matches!(word.as_str(), "one")
                    && !matches!(
                        scan.any_word(end.saturating_sub(1)),
                        "day" | "second" | "minute" | "night"
                    );
            scan.note(FactKind::Number, i, end, value, firm && !read.ordinal);
            return Some(end);
        }
        Of::Nothing => {
            let ordinal_word = read.ordinal && !read.digits && !counts_something(scan, to)
                // "two dates: ..." counts what follows.
                || !read.digits
                    && announces(scan, i)
                    && matches!(
                        scan.any_word(to),
                        "dates" | "options" | "points" | "things" | "questions" | "queries" | "matters" | "reasons" | "topics" | "ways" | "possibilities" | "alternatives" | "aspects" | "issues" | "slots" | "requests" | "termine" | "möglichkeiten" | "punkte" | "fragen" | "dinge" | "sachen" | "anliegen"
                    );
            let value = Value::Number {
                value,
                count: value,
                measure: None,
                noun,
            };
            scan.note(FactKind::Number, i, to, value, firm && !ordinal_word);
            return Some(to);
        }
    }
    Some(end.max(to))
}

/// Whether a number may only announce what follows, as "Two questions: ..." and "I have two dates" do.
/// The number of "your two questions" is one the text is about.
fn announces(scan: &Scan<'_>, i: usize) -> bool {
    !matches!(
        scan.before(i),
        "your"
            | "his"
            | "her"
            | "their"
            | "our"
            | "my"
            | "the"
            | "all"
            | "these"
            | "those"
            | "only"
            | "ihre"
            | "ihren"
            | "deine"
            | "deinen"
            | "eure"
            | "unsere"
            | "meine"
            | "alle"
            | "nur"
    )
}

/// The token after "in 100", "out of every hundred".
fn in_a_hundred(scan: &Scan<'_>, to: usize) -> Option<usize> {
    let at = match (scan.word(to), scan.word(to + 1)) {
        ("in" | "von", _) => to + 1,
        ("out", "of") => to + 2,
        _ => return None,
    };
    let at = at + usize::from(matches!(scan.word(at), "every" | "a"));
    let hundred = scan.word(at) == "hundred"
        || scan.word(at) == "hundert"
        || scan.free(at).is_some_and(|token| token.lower == "100");
    hundred.then_some(at + 1)
}

/// "an hour and a half" and "two and a half hours" are read where the unit comes last or first.
fn and_a_half(scan: &Scan<'_>, value: Decimal, to: usize) -> (Decimal, usize) {
    if scan.word(to) == "and" && scan.word(to + 1) == "a" && scan.word(to + 2) == "half" {
        return (value.plus(Decimal::fraction(5_000)), to + 3);
    }
    (value, to)
}

fn millions(scan: &Scan<'_>, value: Decimal, to: usize) -> (Decimal, usize) {
    match scan.word(to) {
        "m" if scan.touches(to) => (value.times(1_000_000), to + 1),
        "b" if scan.touches(to) => (value.times(1_000_000_000), to + 1),
        _ => (value, to),
    }
}

/// The number of a list's item.
fn is_marker(scan: &Scan<'_>, i: usize) -> bool {
    (scan.is(i + 1, ".") || scan.is(i + 1, ")"))
        && scan.touches(i + 1)
        && scan.tokens[i].lower.len() <= 2
        && scan.tokens.get(i + 2).is_some_and(|next| !next.line)
}

/// Whether an ordinal in words stands before what it counts.
fn counts_something(scan: &Scan<'_>, to: usize) -> bool {
    let next = scan.any_word(to);
    !next.is_empty()
        && !scan.tokens[to].starts
        && !matches!(
            next,
            "of" | "and"
                | "time"
                | "name"
                | "step"
                | "choice"
                | "thing"
                | "things"
                | "place"
                | "aid"
                | "impression"
                | "glance"
                | "half"
                | "class"
                | "hand"
                | "port"
                | "contact"
                | "available"
                | "possible"
                | "then"
                | "party"
                | "parties"
                | "we"
                | "i"
                | "you"
                | "the"
                | "it"
                | "is"
                | "to"
                | "please"
                | "could"
                | "can"
                | "world"
        )
        && !scan.dash(to)
}

/// Number words that say no number.
fn idiom(scan: &Scan<'_>, i: usize, to: usize, word: &str) -> bool {
    let next = scan.any_word(to);
    let before = scan.before(i);
    // "a thousand thanks", "a million times better"
    (matches!(next, "thanks" | "thank" | "apologies" | "dank") || before == "thanks")
        && scan
            .number(i)
            .is_some_and(|read| read.value.count().is_none_or(|n| n >= 100))
        || next == "cents" && matches!(before, "my" | "our")
        || word == "second"
            && (matches!(before, "one" | "split" | "every")
                || before == "a" && !counts_something(scan, to))
        || matches!(word, "first" | "second" | "third")
            && matches!(
                next,
                "party" | "parties" | "class" | "hand" | "thing" | "thought" | "thoughts" | "name"
            )
        || word == "second" && next == "to"
        || word == "first" && next == "place" && scan.before(i) == "the"
        || scan.german && word == "acht" && matches!(next, "geben" | "zu" | "auf")
        || word == "one" && scan.dash(to)
}

/// "2-3 weeks", "20 or 30 euros", "between 5 and 10 per cent": the first has the second's unit.
fn inherited(scan: &Scan<'_>, i: usize, to: usize) -> (Of, usize) {
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

/// "a third of them", "two thirds", "ein Drittel", "drei Viertel".
fn fraction(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let parts: i64 = match scan.word(i) {
        "a" | "one" | "ein" | "einem" | "einen" => 1,
        "two" | "zwei" => 2,
        "three" | "drei" => 3,
        "four" | "vier" => 4,
        _ => return None,
    };
    let of: i64 = match scan.word(i + 1) {
        "third" | "thirds" | "drittel" | "dritteln" => 3,
        "quarter" | "quarters" | "viertel" | "vierteln" => 4,
        "fifth" | "fifths" | "fünftel" | "fünfteln" => 5,
        "tenth" | "tenths" | "zehntel" => 10,
        _ => return None,
    };
    // "a third try", "a quarter past three", "three quarters of an hour"
    let next = scan.any_word(i + 2);
    let shown = if scan.german {
        !matches!(next, "nach" | "vor" | "stunde" | "stunden")
            && scan.number(i + 2).is_none_or(|read| !read.digits)
    } else {
        next == "of" && measure(scan.any_word(i + 4)).is_none()
    };
    let value = Value::Percent(Decimal::whole(parts * 100).over(of));
    if parts < of && !shown && !scan.german && scan.number(i + 2).is_none() {
        // "a quarter", of what was said before
        let span = scan.tokens[i].at.start..scan.tokens[i + 1].at.end;
        scan.note_span(FactKind::Percent, span, value, false);
        return None;
    }
    if parts >= of || !shown {
        return None;
    }
    scan.note(FactKind::Percent, i, i + 2, value, true);
    Some(i + 2)
}

/// What stands for a number without being one.
fn vague(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let word = scan.word(i);
    let next = scan.word(i + 1);
    // "a fiver"
    if matches!(word, "fiver" | "tenner" | "fivers" | "tenners") {
        let value = Decimal::whole(if word.starts_with('f') { 5 } else { 10 });
        scan.note(FactKind::Money, i, i + 1, Value::Money(value, "GBP"), true);
        return Some(i + 1);
    }
    // "half a dozen"
    if word == "half" && next == "a" && scan.word(i + 2) == "dozen" {
        let value = Value::Number {
            value: Decimal::whole(6),
            count: Decimal::whole(6),
            measure: None,
            noun: words::stem(scan.any_word(i + 3)),
        };
        scan.note(FactKind::Number, i, i + 3, value, true);
        return Some(i + 3);
    }
    // "half an hour", "half a day"
    if word == "half"
        && matches!(next, "an" | "a")
        && let Some((measure, size)) = measure(scan.word(i + 2))
    {
        let value = Value::Number {
            value: Decimal::whole(size).over(2),
            count: Decimal::fraction(5_000),
            measure: Some(measure),
            noun: String::new(),
        };
        scan.note(FactKind::Number, i, i + 3, value, true);
        return Some(i + 3);
    }
    if word == "quarter" && next == "of" && scan.word(i + 2) == "an" && scan.word(i + 3) == "hour" {
        let value = Value::Number {
            value: Decimal::whole(15),
            count: Decimal::whole(15),
            measure: Some(Measure::Minutes),
            noun: String::new(),
        };
        scan.note(FactKind::Number, i, i + 4, value, true);
        return Some(i + 4);
    }
    let (value, measured, to) = match word {
        "a" | "an" | "per" | "each" | "every" | "this" | "single" | "ein" | "eine" | "einen"
        | "einer" | "einem" | "eines" | "pro" | "the" | "another" => {
            let skip = usize::from(BETWEEN.contains(&next) || matches!(next, "single" | "half"));
            // "a second interview"
            let ordinal = next == "second" && counts_something(scan, i + 2);
            if let Some((measure, size)) = measure(scan.word(i + 1 + skip)).filter(|_| !ordinal) {
                let to = i + 2 + skip;
                let (value, to) = and_a_half(scan, Decimal::whole(1), to);
                let whole = value.count() == Some(1);
                let half = next == "half";
                let value = value.times(size);
                let value = if half { value.over(2) } else { value };
                let value = Value::Number {
                    value,
                    count: Decimal::whole(1),
                    measure: Some(measure),
                    noun: String::new(),
                };
                // "extend it by a week" says how long, "£5 a week" how often.
                let long = matches!(word, "a" | "an" | "einen" | "eine" | "einem" | "einer")
                    && (matches!(
                        scan.before(i),
                        "by" | "within"
                            | "for"
                            | "said"
                            | "says"
                            | "takes"
                            | "um"
                            | "binnen"
                            | "für"
                    ) || i > 0
                        && scan.tokens[i - 1].is(",")
                        && !scan.word(i + 1 + skip).starts_with("day")
                        || scan.german
                            && matches!(measure, Measure::Months)
                            && !matches!(scan.before(i), "pro" | "je" | "in" | "im")
                        || matches!(
                            scan.any_word(to),
                            "later" | "earlier" | "longer" | "später" | "früher" | "länger"
                        ));
                scan.note(FactKind::Number, i, to, value, !whole || half || long);
                return Some(to);
            }
            if next.is_empty() || measure(next).is_some() || ordinal {
                return None;
            }
            // "a ticket" for "1 ticket"
            let noun = words::stem(next);
            let value = Value::Number {
                value: Decimal::whole(1),
                count: Decimal::whole(1),
                measure: None,
                noun,
            };
            if matches!(word, "this" | "the" | "each" | "every" | "per" | "pro") {
                return None;
            }
            let span = scan.tokens[i].at.clone();
            scan.note_span(FactKind::Number, span, value, false);
            return None;
        }
        "dozen" | "dutzend" => (12, None, i + 1),
        "duplicate" | "duplicates" | "duplicated" | "zweimalig" | "zweimalige" | "zweimaliges"
        | "zweimaliger" | "zweimaligen" | "zweimaligem" => (2, None, i + 1),
        "couple" | "pair" | "both" | "twice" | "double" | "paar" | "beide" | "beiden"
        | "zweimal" | "doppelt" | "doppelte" | "doppelten" | "doubled" | "doubling" | "doubles"
        | "verdoppelt" | "verdoppeln" | "verdoppelung" => (2, None, i + 1),
        "once" | "einmal" | "only" => (1, None, i + 1),
        "triple" | "thrice" | "dreimal" | "tripled" | "dreimalig" | "dreimalige"
        | "dreimaliger" | "dreimaliges" | "dreimaligen" | "dreimaligem" | "dreifach"
        | "dreifache" | "dreifachen" => (3, None, i + 1),
        "fortnight" => (2 * 10_080, Some(Measure::Minutes), i + 1),
        "weekly" | "wöchentlich" => (10_080, Some(Measure::Minutes), i + 1),
        "daily" | "täglich" => (1_440, Some(Measure::Minutes), i + 1),
        "monthly" | "monatlich" => (1, Some(Measure::Months), i + 1),
        "annual" | "annually" | "yearly" | "jährlich" => (12, Some(Measure::Months), i + 1),
        "decade" => (120, Some(Measure::Months), i + 1),
        "half" | "halb" | "hälfte" => {
            let span = scan.tokens[i].at.clone();
            // "half of it", "the other half"
            let firm = (next == "of" || word == "hälfte")
                && !matches!(
                    scan.before(i),
                    "first"
                        | "second"
                        | "other"
                        | "latter"
                        | "ersten"
                        | "zweiten"
                        | "erste"
                        | "zweite"
                );
            scan.note_span(
                FactKind::Percent,
                span.clone(),
                Value::Percent(Decimal::whole(50)),
                firm,
            );
            let value = Value::Number {
                value: Decimal::fraction(5_000),
                count: Decimal::fraction(5_000),
                measure: None,
                noun: String::new(),
            };
            scan.note_span(FactKind::Number, span, value, false);
            return None;
        }
        "no" | "none" | "zero" | "kein" | "keine" => (0, None, i + 1),
        _ => return None,
    };
    let value = Value::Number {
        value: Decimal::whole(value),
        count: Decimal::whole(if measured.is_some() { 1 } else { value }),
        measure: measured,
        noun: String::new(),
    };
    let span = scan.tokens[i].at.clone();
    let firm = matches!(
        word,
        "dozen" | "dutzend" | "twice" | "thrice" | "zweimal" | "dreimal"
    ) || word == "fortnight" && !matches!(scan.before(i), "next" | "last" | "this");
    scan.note_span(FactKind::Number, span, value, firm);
    Some(to)
}
