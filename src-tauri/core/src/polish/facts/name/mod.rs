//! Names of people, companies, products and places.
//!
//! In English a capital inside a sentence shows a name unless the word is an ordinary one; in
//! German, where every noun has one, it takes more: a given name, a title before or a company's
//! form behind. Known people, given names and places are recognised in rough text without
//! capitals, too, and so is whoever is greeted.
//!
//! | file | what it knows |
//! |---|---|
//! | `greeting`, `closing` | whom a mail greets, and who signs it |
//! | `word` | whether a word alone stands for a name |
//! | `german` | what shows a name among German nouns |
//! | `title_case` | ordinary words in capitals: "Blue River" |

mod closing;
mod german;
mod greeting;
mod title_case;
mod word;

use std::collections::HashSet;

pub(super) use self::german::adjective_stem;
use self::{
    closing::closing,
    german::GERMAN_NOUNS,
    greeting::{GREETINGS, greeting},
    title_case::title_case,
    word::{is_name, titled},
};
use super::{
    FactKind, Known, Scan, Value,
    token::{Case, Kind},
    words,
};

const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "mx",
    "dr",
    "prof",
    "professor",
    "professorin",
    "doktor",
    "mag",
    "doctor",
    "herr",
    "herrn",
    "frau",
    "sir",
    "dame",
    "lord",
    "lady",
    "firma",
    "familie",
    "captain",
    "judge",
    "rev",
    "coach",
    "aunt",
    "uncle",
    "miss",
    "cllr",
    "councillor",
    "tante",
    "onkel",
    "oma",
    "opa",
    "schwester",
    "pastor",
    "pfarrer",
    "frl",
];

const COMPANY: &[&str] = &[
    "gmbh", "ag", "inc", "ltd", "llc", "corp", "kg", "se", "ug", "plc", "ohg", "mbh", "bv", "sa",
    "srl", "llp", "limited", "pty", "ev", "gbr",
];

const LINKS: &[&str] = &[
    "de", "van", "von", "der", "den", "del", "della", "di", "da", "la", "le", "bin", "al", "el",
    "ter", "dos", "zu",
];

/// Finds them all.
pub(super) fn find(scan: &mut Scan<'_>, known: &Known) {
    let known: HashSet<String> = known.people.iter().flat_map(|name| parts(name)).collect();
    greeting(scan, &known);
    closing(scan);
    let mut i = 0;
    while i < scan.tokens.len() {
        i = one(scan, i, &known).unwrap_or(i + 1);
    }
}

/// The words of a name that tell people apart, in lower case.
pub(in crate::polish) fn parts(name: &str) -> Vec<String> {
    super::token::tokens(name)
        .into_iter()
        .filter(|token| token.kind == Kind::Word)
        .map(|token| bare(&token.lower).to_owned())
        .filter(|word| {
            word.chars().count() > 1 && !TITLES.contains(&&**word) && !LINKS.contains(&&**word)
        })
        .collect()
}

/// Whether a word is a title or a greeting's: what changes with the style.
pub(super) fn is_title(word: &str) -> bool {
    TITLES.contains(&word) || GREETINGS.contains(&word) || NOT_NAMES.contains(&word)
}

/// A name without the ending of a possessive.
pub(super) fn bare(word: &str) -> &str {
    word.strip_suffix("'s")
        .or_else(|| word.strip_suffix('\''))
        .unwrap_or(word)
}

/// Capitalised words that are no names although no list of English has them.
const NOT_NAMES: &[&str] = &[
    "i'm", "i've", "i'll", "i'd", "ok", "okay", "pm", "am", "ps", "re", "fw", "fwd", "aw", "wg",
    "cc", "bcc", "dr", "mr", "mrs", "ms", "prof", "herr", "frau", "herrn", "gmbh", "sie", "ihnen",
    "ihr", "ihre", "ihren", "ihrem", "ihrer", "uhr", "edit", "eod", "n/a", "mfg", "vg", "lg",
    "thx", "pls", "plz", "asap", "btw", "fyi", "st", "nd", "th", "q", "a.m", "p.m", "im", "ive",
    "dont", "cant", "wont", "id", "ur", "du", "dir", "dich", "euch", "euer", "zb", "bzw", "usw",
    "ihres", "eure", "eurer", "eurem", "euren", "dein", "deine", "deinen", "deinem", "deiner",
    "no", "not", "please", "kindly", "bitte", "dob", "tba", "tbc", "eta", "ko", "ref", "attn",
    "qty", "vs", "incl", "xx", "xxx", "pp", "ext", "ca", "inkl", "zzgl", "tel", "nr", "str",
    "dsgvo", "wlan", "wi", "fi", "pdf", "pc", "tv", "hr", "it", "agm", "egm", "vat", "iban", "pin",
    "url", "faq", "rsvp", "diy", "usb", "vpn", "gps", "wc", "cd", "dvd", "sms", "lkw", "pkw",
    "kfz", "op", "edv", "matr", "mwst", "ust", "od", "bzgl", "betr", "gez", "ggf",
];

fn one(scan: &mut Scan<'_>, i: usize, known: &HashSet<String>) -> Option<usize> {
    let token = scan.free(i)?;
    if token.kind != Kind::Word {
        return None;
    }
    if !is_name(scan, i, known) {
        return title_case(scan, i, known);
    }
    let mut to = i + 1;
    let german = scan.german;
    // The rest of it: surnames, what stands between, a company's form.
    loop {
        let mut next = to;
        while LINKS.contains(&scan.word(next))
            && !(german && scan.word(next) == "von" && scan.word(next + 1) != "der")
            || scan.is(next, "&")
            || scan.dash(next) && scan.touches(next) && scan.touches(next + 1)
            || scan.is(next, ".")
                && scan.tokens[next - 1].lower.chars().count() == 1
                && scan.touches(next)
        {
            next += 1;
        }
        let Some(token) = scan.free(next) else { break };
        // "FOB Djibouti"
        if scan.tokens[to - 1].case == Case::All
            && scan.tokens[to - 1].lower.len() <= 4
            && token.case == Case::First
            && to == i + 1
        {
            break;
        }
        let word = bare(&token.lower);
        let ended = scan.tokens[next - 1].lower.ends_with("'s");
        let fits = token.kind == Kind::Word
            && token.capital()
            && (!token.starts || scan.dash(next - 1))
            && !ended
            && word != "i"
            && !NOT_NAMES.contains(&word)
            && (!german
                || !GERMAN_NOUNS.contains(&word)
                    && (COMPANY.contains(&word)
                        || is_name(scan, next, known)
                        || words::proper(bare(&scan.tokens[i].lower))
                            && !words::german_noun(word)))
            || COMPANY.contains(&word) && token.capital();
        if !fits || scan.text[scan.tokens[next - 1].at.end..token.at.start].contains('\n') {
            break;
        }
        to = next + 1;
    }
    let all: Vec<String> = (i..to)
        .filter(|&k| scan.tokens[k].kind == Kind::Word)
        .map(|k| {
            let word = bare(&scan.tokens[k].lower);
            match adjective_stem(word).filter(|_| german) {
                Some(stem) => stem.to_owned(),
                None => word.to_owned(),
            }
        })
        .filter(|word| {
            !LINKS.contains(&&**word) && !COMPANY.contains(&&**word) && !TITLES.contains(&&**word)
        })
        .collect();
    // After a given name or a title every word is a name's: "Anna Baker".
    let given = all
        .first()
        .is_some_and(|word| words::proper(word) || known.contains(word))
        || TITLES.contains(&titled(scan, i));
    let telling: Vec<String> = all
        .iter()
        .filter(|word| {
            given || words::proper(word) || !words::common(word) || known.contains(*word)
        })
        .cloned()
        .collect();
    let value = if telling.is_empty() { all } else { telling };
    if value.is_empty() {
        return None;
    }
    scan.note(FactKind::Name, i, to, Value::Name(value), true);
    Some(to)
}
