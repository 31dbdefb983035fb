//! Names among German words. Every noun has a capital there, so it is the place in the sentence
//! that shows a name.

use super::{
    super::{
        Scan,
        token::{Case, Kind},
        words,
    },
    NOT_NAMES, bare,
};

/// German nouns that follow a given name without being a surname.
pub(super) const GERMAN_NOUNS: &[&str] = &[
    "zeit",
    "rechnung",
    "termin",
    "bescheid",
    "urlaub",
    "bericht",
    "angebot",
    "vertrag",
    "unterlagen",
    "woche",
    "montag",
    "fragen",
    "frage",
    "geburtstag",
    "interesse",
    "recht",
    "hilfe",
];

/// German words of greetings and closings that aren't nouns.
pub(super) const GERMAN_SMALL: &[&str] = &[
    "nach",
    "für",
    "fürs",
    "der",
    "die",
    "das",
    "des",
    "dem",
    "den",
    "an",
    "alle",
    "allerseits",
    "miteinand",
    "mitanand",
    "gruss",
    "grüsse",
    "grüße",
    "euch",
    "eure",
    "euer",
    "eurer",
    "dein",
    "deine",
    "deiner",
    "ihr",
    "ihre",
    "ihrer",
    "lieben",
    "liebe",
    "lieber",
    "liebes",
    "sehr",
    "werte",
    "werter",
    "mein",
    "meine",
    "unser",
    "unsere",
    "miteinander",
    "im",
    "in",
    "vom",
    "aus",
    "von",
    "bis",
    "bald",
    "ganz",
    "herzliche",
    "herzlichst",
    "herzlich",
    "beste",
    "viele",
    "schöne",
    "allen",
    "mitglieder",
    "kolleginnen",
    "kollegen",
];

/// "Gleimstraße", "Lortzingstr."
pub(super) fn is_street(word: &str) -> bool {
    ["straße", "strasse", "str", "allee", "gasse"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .is_some_and(|name| {
            name.chars().count() > 2
                && !matches!(name, "einbahn" | "sack" | "haupt" | "land" | "auto")
        })
}

/// Whether a word that no list has begins a German sentence as its subject: "Mogli kriegt".
pub(super) fn begins_german(scan: &Scan<'_>, i: usize) -> bool {
    let word = bare(&scan.tokens[i].lower);
    let verb = |word: &str| {
        matches!(
            word,
            "hat"
                | "ist"
                | "war"
                | "wird"
                | "kann"
                | "will"
                | "soll"
                | "muss"
                | "darf"
                | "hatte"
                | "und"
                | "oder"
                | "konnte"
                | "wollte"
                | "sollte"
                | "würde"
                | "kommt"
                | "von"
        ) || word.ends_with('t') && words::ordinary_german(word)
    };
    word.chars().count() > 3
        // "Gefeiert wird", "Rausgehen darf"
        && !["en", "t", "ern", "eln", "ig", "lich", "isch", "weise", "mal", "s"]
            .iter()
            .any(|ending| word.ends_with(ending))
        && !words::german_noun(word)
        && !words::ordinary_german(word)
        && !words::common(word)
        && verb(scan.any_word(i + 1))
        && !scan.tokens[i + 1].capital()
        && !scan.tokens[i + 1].starts
}

/// Whether a German word with a capital inside a sentence names something. Every noun has a
/// capital there; what is no known noun and stands without article or adjective is a name: "in
/// Aalen", "Gerd und Lene", "Pension Waldblick".
pub(super) fn german(scan: &Scan<'_>, i: usize) -> bool {
    const PLACING: &[&str] = &["in", "nach", "aus", "bei", "bis", "ab", "über", "richtung"];
    const JOINING: &[&str] = &[
        "und", "oder", "sowie", "von", "mit", "für", "an", "auf", "gegen", "ohne", "wegen",
        "durch", "dass", "weil", "ob", "wenn", "als", "wie", "wo", "da", "denn", "aber", "auch",
        "dann", "ist", "hat", "hatte", "war", "wird", "kann", "will", "soll", "muss", "darf",
        "heißt", "namens", "statt", "außer", "zwischen", "neben", "hinter", "vor", "unter", "um",
        "während", "seit", "kommt", "macht", "sagt", "meint", "holt", "bringt", "fährt", "trotz",
        "per", "via", "laut", "sind", "haben", "werden", "damit", "bevor", "nachdem", "falls",
        "sondern", "nur", "nicht", "ja", "wollte", "sollte", "könnte", "würde", "leider", "heute",
        "morgen", "gestern", "schon", "hab", "hast", "habe", "bin", "bist",
    ];
    let token = &scan.tokens[i];
    let word = bare(&token.lower);
    if adjective_of_name(scan, i) {
        return true;
    }
    if words::german_noun(word)
        || word.chars().count() < 3
        || GERMAN_SMALL.contains(&word)
        || word.contains('-') && word.rsplit('-').next().is_some_and(words::german_noun)
    {
        return false;
    }
    // "SAP-Kenntnisse" is what its last part is.
    if compound(scan, i) {
        return false;
    }
    let Some(before) = i.checked_sub(1).map(|k| &scan.tokens[k]) else {
        return false;
    };
    if before.kind != Kind::Word {
        // A list or a bracket: "Moritz, Lene und Oma", "(Costcutter)".
        return (before.is(",") || before.is("(") || before.is("/") || before.is("&"))
            && !word.ends_with("en")
            && !word.ends_with("es");
    }
    if before.capital() && !before.starts && !NOT_NAMES.contains(&&*before.lower) {
        return true;
    }
    PLACING.contains(&&*before.lower)
        || JOINING.contains(&&*before.lower) && !word.ends_with("en") && !word.ends_with("es")
}

/// "Bergische Krankenkasse", "Deutschen Bahn": an adjective with a capital belongs to a name.
fn adjective_of_name(scan: &Scan<'_>, i: usize) -> bool {
    let token = &scan.tokens[i];
    !token.starts
        && token.case == Case::First
        && adjective_stem(&token.lower).is_some()
        && scan
            .tokens
            .get(i + 1)
            .is_some_and(|next| next.kind == Kind::Word && next.capital() && !next.starts)
}

/// A German adjective of a place or people without its case: "bergisch".
pub(in crate::polish::facts) fn adjective_stem(word: &str) -> Option<&str> {
    ["e", "en", "er", "es", "em"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|stem| stem.len() > 6 && stem.ends_with("isch"))
}

/// Whether a word is part of one written with hyphens that ends in an ordinary noun.
fn compound(scan: &Scan<'_>, i: usize) -> bool {
    let mut to = i;
    while scan.dash(to + 1)
        && scan.touches(to + 1)
        && scan.touches(to + 2)
        && !scan.any_word(to + 2).is_empty()
    {
        to += 2;
    }
    to > i && words::german_noun(scan.any_word(to))
}
