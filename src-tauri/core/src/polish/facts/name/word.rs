//! Whether a word alone stands for a name. Capitals, the lists of given names and places and the
//! words around it each say a little.

use std::collections::HashSet;

use super::{
    super::{
        Scan,
        token::{Case, Kind},
        words,
    },
    COMPANY, GREETINGS, NOT_NAMES, TITLES, bare,
    closing::CLOSINGS,
    german::{GERMAN_SMALL, begins_german, german, is_street},
};

/// Given names that are words as well when written small.
const SMALL_WORDS: &[&str] = &[
    "max",
    "sue",
    "rob",
    "nick",
    "mike",
    "penny",
    "holly",
    "carol",
    "meta",
    "ole",
    "jo",
    "al",
    "dan",
    "ela",
    "ute",
    "art",
    "pat",
    "asana",
    "figma",
    "slack",
    "zoom",
    "stripe",
    "teams",
    "excel",
    "outlook",
    "notion",
    "nice",
    "turkey",
    "china",
    "reading",
    "bath",
    "sofia",
    "rose",
    "kai",
    "ines",
    "essen",
    "hermes",
    "kay",
    "lea",
    "harry",
    "ray",
    "jack",
    "amber",
    "basel",
    "phoenix",
    "naples",
    "lima",
    "roman",
    "amazon",
    "may",
    "jan",
    "adele",
    "tara",
    "pam",
    "cork",
    "oracle",
    "mia",
    "ana",
    "ida",
    "eva",
    "uber",
    "liz",
    "hans",
    "bern",
    "miles",
    "piper",
    "poppy",
    "ruby",
    "guy",
    "meissen",
    "horst",
    "wolf",
    "colon",
    "dean",
    "josh",
    "georg",
    "ups",
    "gabe",
    "rolf",
    "uli",
    "uni",
    "gert",
    "hal",
    "ira",
    "lana",
    "merle",
    "mina",
    "pen",
    "fran",
    "jude",
    "lyn",
    "ned",
    "otis",
    "ali",
    "nan",
    "pat",
    "reg",
    "ron",
    "sid",
    "ted",
    "tess",
    "timm",
    "trier",
    "passau",
    "kent",
    "dover",
    "derby",
    "lincoln",
    "lancaster",
    "newport",
    "poole",
    "stroud",
    "hastings",
    "margate",
    "redhill",
    "newark",
    "ulm",
    "jena",
    "zittau",
    "neuss",
    "steyr",
    "kleve",
    "celle",
    "rom",
    "genf",
    "kiel",
    "konstanz",
    "viv",
    "jools",
    "griff",
    "dean",
    "lara",
    "lila",
    "lasse",
    "groß",
    "stan",
    "earl",
    "allen",
    "andre",
    "braun",
    "engel",
    "fuchs",
    "hahn",
    "horn",
    "jung",
    "kaiser",
    "klein",
    "lang",
    "lange",
    "mark",
    "sauer",
    "schwarz",
    "siegen",
    "sommer",
    "stein",
    "weiß",
    "winter",
];

/// Whether a word alone stands for a name.
pub(super) fn is_name(scan: &Scan<'_>, i: usize, known: &HashSet<String>) -> bool {
    let Some(token) = scan.free(i).filter(|token| token.kind == Kind::Word) else {
        return false;
    };
    let word = bare(&token.lower);
    // "Meldest du dich"
    let asks = scan.german
        && matches!(
            scan.any_word(i + 1),
            "du" | "ihr" | "wir" | "ich" | "sie" | "er" | "es" | "man"
        )
        && (words::ordinary_german(word) || word.ends_with("st"));
    if word.chars().count() < 2
        || asks
        || NOT_NAMES.contains(&word)
        || GREETINGS.contains(&word) && token.at.start < scan.greeting
        // "Bestellnr.", "Patientennr."
        || scan.german && word.len() > 3 && word.ends_with("nr")
    {
        return false;
    }
    if TITLES.contains(&titled(scan, i)) && token.capital() && !TITLES.contains(&word) {
        return true;
    }
    if scan.german && is_street(word) {
        return true;
    }
    // Inside a sentence a capital counts for more than a likeness to an ordinary word.
    let ordinary = if token.capital() && !token.starts {
        words::inflected(word) || words::common(word) && !word.ends_with(['r', 't'])
    } else {
        words::common(word)
    };
    if known.contains(word) && (token.capital() && !token.starts || !ordinary) {
        return true;
    }
    if words::proper(word) {
        return match token.case {
            Case::Lower => !ordinary && !SMALL_WORDS.contains(&word),
            _ => !ordinary || !token.starts,
        } || word.len() > 3 && token.capital() && token.starts && !words::common(word);
    }
    if !token.capital() || ordinary {
        // "US" is a country, "us" is not.
        return token.case == Case::All && matches!(word, "us" | "uk" | "eu") && !shouts(scan, i);
    }
    match token.case {
        Case::All => !shouts(scan, i) || company_after(scan, i),
        Case::Mixed => !(scan.german && token.starts && word.contains('\'')),
        _ if scan.small_nouns && !token.starts => {
            !GERMAN_SMALL.contains(&word) && !CLOSINGS.contains(&word)
        }
        _ if scan.german => {
            company_after(scan, i)
                || !token.starts && german(scan, i)
                || token.starts && begins_german(scan, i)
        }
        _ if !token.starts => true,
        _ => begins_with_name(scan, i),
    }
}

pub(super) fn titled<'s>(scan: &'s Scan<'_>, i: usize) -> &'s str {
    let mut before = i;
    if before > 0 && scan.tokens[before - 1].is(".") {
        before -= 1;
    }
    // "Herr Dr. Weber"
    if before > 0 {
        scan.any_word(before - 1)
    } else {
        ""
    }
}

fn company_after(scan: &Scan<'_>, i: usize) -> bool {
    (1..=3).any(|ahead| {
        let word = scan.any_word(i + ahead);
        COMPANY.contains(&word)
            && scan.tokens[i + ahead].capital()
            // "Ticket INC-66120"
            && !(scan.dash(i + ahead + 1) && scan.touches(i + ahead + 1))
            && (i + 1..i + ahead).all(|k| scan.tokens[k].capital() || scan.is(k, "&"))
    })
}

/// Whether somebody shouts: the words around have only capitals, too.
fn shouts(scan: &Scan<'_>, i: usize) -> bool {
    let near = |k: Option<usize>| {
        k.and_then(|k| scan.tokens.get(k)).is_some_and(|token| {
            token.kind == Kind::Word && token.case == Case::All && words::common(&token.lower)
        })
    };
    near(i.checked_sub(1)) || near(Some(i + 1))
}

/// Whether an unknown word that begins a sentence is its subject.
fn begins_with_name(scan: &Scan<'_>, i: usize) -> bool {
    let token = &scan.tokens[i];
    if token.lower.ends_with("'s") {
        return true;
    }
    let Some(next) = scan.tokens.get(i + 1) else {
        return false;
    };
    if next.starts {
        return false;
    }
    // "Questions: Delphine, ext. 12"
    if i > 0
        && scan.tokens[i - 1].is(":")
        && !token.line
        && (next.kind == Kind::Mark)
        && !next.dash()
    {
        return token.case == Case::First;
    }
    matches!(
        next.lower.as_str(),
        "is" | "has"
            | "was"
            | "will"
            | "would"
            | "can"
            | "could"
            | "said"
            | "says"
            | "told"
            | "asked"
            | "wants"
            | "wanted"
            | "sent"
            | "needs"
            | "needed"
            | "and"
            | "from"
            | "called"
            | "mentioned"
            | "suggested"
            | "confirmed"
            | "agreed"
            | "promised"
            | "did"
            | "does"
            | "had"
            | "isn't"
            | "hasn't"
            | "won't"
            | "can't"
            | "thinks"
            | "at"
            | "knows"
            | "offers"
            | "offered"
            | "gave"
            | "made"
            | "joined"
            | "or"
            | "isnt"
            | "doesn't"
            | "doesnt"
            | "didnt"
            | "wont"
            | "cant"
            | "hasnt"
            | "wasnt"
            | "might"
            | "must"
            | "should"
            | "just"
            | "already"
            | "saw"
            | "shut"
            | "took"
            | "got"
            | "came"
            | "went"
            | "wrote"
            | "spoke"
            | "left"
            | "met"
            | "kept"
            | "ran"
            | "led"
            | "brought"
            | "bought"
            | "paid"
            | "put"
            | "spent"
            | "found"
            | "knew"
            | "held"
            | "heard"
            | "thought"
            | "chose"
            | "drove"
            | "broke"
            | "won"
            | "lost"
            | "taught"
            | "sold"
            | "may"
            | "also"
            | "never"
            | "who"
    ) || next.kind == Kind::Word && next.case == Case::First
        // "Dimitri bids", "Aoife offered": a verb, and a word no adverb or participle ends like.
        || next.kind == Kind::Word
            && next.case == Case::Lower
            && (next.lower.ends_with('s') || next.lower.ends_with("ed"))
            && next.lower.len() > 3
            && words::common(&next.lower)
            && !["ly", "ing", "ed", "ion", "ment", "ness", "ous", "ful", "ive", "able", "ible", "al", "ity", "er", "ic", "s"]
                .iter()
                .any(|ending| token.lower.ends_with(ending))
}
