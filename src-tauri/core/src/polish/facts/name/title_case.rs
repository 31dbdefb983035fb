//! Ordinary words with capitals inside a sentence: perhaps a name ("Blue River"), perhaps a way of
//! writing ("the Board").

use std::collections::HashSet;

use super::{
    super::{
        FactKind, Scan, Value,
        token::{Case, Kind},
    },
    NOT_NAMES, bare, is_name,
};

/// Ordinary words that people write with a capital without naming anything.
const ROLES: &[&str] = &[
    "company",
    "board",
    "council",
    "committee",
    "manager",
    "director",
    "department",
    "team",
    "office",
    "invoice",
    "order",
    "contract",
    "project",
    "internet",
    "mum",
    "mom",
    "dad",
    "mummy",
    "daddy",
    "gran",
    "granny",
    "grandma",
    "grandpa",
    "grandad",
    "nan",
    "nana",
    "auntie",
    "bank",
    "church",
    "school",
    "university",
    "college",
    "hospital",
    "court",
    "state",
    "government",
    "parliament",
    "police",
    "bible",
    "god",
    "sir",
    "madam",
    "doctor",
    "teacher",
    "principal",
    "headteacher",
    "chair",
    "chairman",
    "secretary",
    "treasurer",
    "president",
    "minister",
    "mayor",
    "judge",
    "counsel",
    "client",
    "customer",
    "tenant",
    "landlord",
    "buyer",
    "seller",
    "supplier",
    "agreement",
    "lease",
    "schedule",
    "clause",
    "section",
    "annex",
    "appendix",
    "english",
    "french",
    "german",
    "spanish",
    "italian",
    "wifi",
    "email",
    "mail",
    "web",
    "website",
    "post",
    "support",
    "sales",
    "finance",
    "accounts",
    "marketing",
    "legal",
    "reception",
    "thanks",
    "regards",
    "please",
    "hi",
    "hello",
    "dear",
    "yes",
    "no",
    "the",
    "and",
    "not",
    "for",
    "with",
    "you",
    "your",
    "our",
    "flat",
    "unit",
    "room",
    "building",
    "floor",
    "block",
    "street",
    "road",
    "avenue",
    "lane",
    "north",
    "south",
    "east",
    "west",
    "spring",
    "summer",
    "autumn",
    "winter",
    "year",
    "grade",
    "class",
    "level",
    "stage",
    "phase",
    "part",
    "page",
    "chapter",
    "figure",
    "table",
    "item",
    "order",
    "ticket",
    "case",
    "claim",
    "policy",
    "account",
    "ref",
    "reference",
    "version",
    "update",
];

/// "Blue River", "Head of Sales": capitals inside a sentence on ordinary words. Not firm: it may
/// be a name or a way of writing.
pub(super) fn title_case(scan: &mut Scan<'_>, i: usize, known: &HashSet<String>) -> Option<usize> {
    let fits = |scan: &Scan<'_>, k: usize| {
        scan.free(k).is_some_and(|token| {
            token.kind == Kind::Word
                && token.case == Case::First
                && !token.starts
                && !NOT_NAMES.contains(&&*token.lower)
                && token.lower.chars().count() > 2
        })
    };
    // Two nouns in a row are a name in German, too, but for measures: "Nordwind Logistik", not
    // "Flasche Wein".
    let measured = scan.german
        && matches!(
            bare(&scan.tokens[i].lower),
            "flasche"
                | "flaschen"
                | "tasse"
                | "tassen"
                | "kilo"
                | "stück"
                | "paar"
                | "art"
                | "liter"
                | "meter"
                | "packung"
                | "packungen"
                | "euro"
                | "prozent"
                | "grad"
                | "sorte"
                | "menge"
        );
    if measured || !fits(scan, i) {
        return None;
    }
    let mut to = i + 1;
    // "Hotel Aurora" is read from "Aurora" on, which is a name by itself.
    while fits(scan, to) && !is_name(scan, to, known) {
        to += 1;
    }
    if to - i < 2 {
        // "which Blessing will bring", "lunch in Sonning"
        let alone = !scan.german
            && i > 0
            && scan.tokens[i - 1].kind == Kind::Word
            && scan.tokens[i - 1].case == Case::Lower
            && !ROLES.contains(&&*scan.tokens[i].lower)
            && !scan.any_word(i).ends_with("'s");
        if alone {
            let span = scan.tokens[i].at.clone();
            let word = scan.tokens[i].lower.clone();
            scan.note_span(FactKind::Name, span, Value::Name(vec![word]), false);
        }
        return None;
    }
    let words: Vec<String> = (i..to)
        .map(|k| bare(&scan.tokens[k].lower).to_owned())
        .collect();
    scan.note(FactKind::Name, i, to, Value::Name(words), false);
    Some(to)
}
