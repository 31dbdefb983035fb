//! Currencies by their sign, code and name, before an amount or after it. Several share a name
//! ("dollars", "kroner"), and "fr" is a franc or a Friday.

use super::super::{
    Scan, number,
    token::{Case, Kind},
};

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
pub(super) const CENTS: &[(&str, &str)] = &[("cent", "EUR"), ("cents", "USD"), ("pence", "GBP")];

pub(super) fn currency(word: &str) -> Option<&'static str> {
    CURRENCIES
        .iter()
        .find(|(name, _)| *name == word)
        .map(|&(_, code)| code)
}

/// The currency of a country of which several share its name.
pub(super) fn of_country(word: &str) -> Option<&'static str> {
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
pub(super) fn is_time_after(scan: &Scan<'_>, i: usize) -> bool {
    scan.tokens
        .get(i + 1)
        .is_some_and(|next| next.kind == Kind::Digits || next.taken && !next.starts)
}

/// "Fr. 6'480.–": francs, not Friday.
pub(in crate::polish::facts) fn is_franc(scan: &Scan<'_>, i: usize) -> bool {
    let dot = usize::from(scan.is(i + 1, "."));
    let after = scan.free(i + 1 + dot).is_some_and(|next| {
        next.kind == Kind::Digits
            && number::digits(&next.lower)
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
pub(super) fn currency_before(scan: &Scan<'_>, i: usize) -> Option<(&'static str, usize)> {
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
