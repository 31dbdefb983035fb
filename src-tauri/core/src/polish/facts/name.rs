//! Names of people, companies, products and places.
//!
//! In English a capital inside a sentence shows a name unless the word is an ordinary one; in
//! German, where every noun has one, it takes more: a given name, a title before or a company's
//! form behind. Known people, given names and places are recognised in rough text without
//! capitals, too, and so is whoever is greeted.

use std::collections::HashSet;

use super::{
    FactKind, Known, Scan, Value,
    token::{Case, Kind, Token},
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
const GREETINGS: &[&str] = &[
    "hi",
    "hey",
    "hello",
    "dear",
    "hallo",
    "liebe",
    "lieber",
    "moin",
    "servus",
    "hiya",
    "howdy",
    "greetings",
    "geehrte",
    "geehrter",
    "geehrtes",
    "liebes",
    "yo",
    "tag",
    "bonjour",
    "hola",
    "ciao",
    "morning",
    "afternoon",
    "evening",
    "morgen",
    "abend",
];
/// Words of greetings that name nobody.
const NOBODY: &[&str] = &[
    "all",
    "everyone",
    "everybody",
    "team",
    "there",
    "both",
    "folks",
    "guys",
    "sir",
    "madam",
    "sirs",
    "ladies",
    "gentlemen",
    "friends",
    "colleagues",
    "mum",
    "mom",
    "dad",
    "again",
    "and",
    "or",
    "to",
    "the",
    "my",
    "our",
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "herr",
    "frau",
    "professor",
    "hiring",
    "manager",
    "customer",
    "support",
    "service",
    "zusammen",
    "alle",
    "damen",
    "herren",
    "und",
    "kollegen",
    "kolleginnen",
    "ihr",
    "leute",
    "hello",
    "good",
    "sehr",
    "geehrte",
    "committee",
    "neighbour",
    "neighbours",
    "parents",
    "members",
    "buddy",
    "mate",
    "man",
    "dude",
    "lovely",
    "people",
    "a",
    "just",
    "you",
    "i",
    "we",
    "can",
    "could",
    "thanks",
    "thank",
    "quick",
    "this",
    "is",
    "it",
    "please",
    "from",
    "nochmal",
    "nachbarn",
    "eltern",
    "team's",
    "wer",
    "ich",
    "kannst",
    "könntest",
    "danke",
    "wollte",
    "nur",
    "hope",
    "sorry",
    "any",
    "what",
    "how",
    "lads",
    "gents",
    "gang",
    "crew",
    "chaps",
    "class",
    "department",
    "principal",
    "respected",
    "when",
    "where",
    "who",
    "why",
    "do",
    "did",
    "are",
    "was",
    "not",
    "so",
    "as",
];
const CLOSINGS: &[&str] = &[
    "regards",
    "best",
    "cheers",
    "thanks",
    "sincerely",
    "faithfully",
    "wishes",
    "love",
    "cordially",
    "thx",
    "respectfully",
    "yours",
    "grüße",
    "grüßen",
    "gruß",
    "gruss",
    "grüsse",
    "grüssen",
    "mfg",
    "vg",
    "lg",
    "you",
    "warmly",
    "truly",
    "advance",
    "dank",
    "liebe",
    "beste",
    "br",
    "kind",
    "xx",
    "ciao",
    "care",
];
/// German nouns that follow a given name without being a surname.
const GERMAN_NOUNS: &[&str] = &[
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

/// The line that greets, and whom.
fn greeting(scan: &mut Scan<'_>, known: &HashSet<String>) {
    let Some(mut i) = scan
        .tokens
        .iter()
        .position(|token| token.kind == Kind::Word)
    else {
        return;
    };
    // "Good morning", "Sehr geehrte", "Hallo liebe"
    let first = i;
    while i < first + 4
        && (GREETINGS.contains(&scan.any_word(i))
            || matches!(scan.any_word(i), "good" | "sehr" | "guten" | "schönen"))
    {
        i += 1;
    }
    if i == first {
        // "Bao, see below": a name alone.
        let token = &scan.tokens[i];
        let word = bare(&token.lower).to_owned();
        let alone = token.case == Case::First
            && scan.is(i + 1, ",")
            && word.chars().count() > 1
            && !NOBODY.contains(&&*word)
            && !NOT_NAMES.contains(&&*word)
            && (words::proper(&word) || !words::common(&word))
            && !(scan.german && (GERMAN_SMALL.contains(&&*word) || words::ordinary_german(&word)));
        if alone {
            scan.greeting = token.at.end;
            scan.note(FactKind::Name, i, i + 1, Value::Name(vec![word]), true);
        }
        return;
    }
    scan.greeting = scan.tokens[i - 1].at.end;
    let line_end = (i..scan.tokens.len())
        .find(|&k| scan.tokens[k].line)
        .unwrap_or(scan.tokens.len());
    let end = (i..line_end)
        .find(|&k| {
            scan.tokens[k].kind == Kind::Mark
                && (scan.is(k, ",")
                    || scan.is(k, "!")
                    || scan.is(k, ":")
                    || scan.tokens[k].dash() && !scan.touches(k))
        })
        .unwrap_or(line_end);
    let ends = end - i <= 6 && (end < line_end || line_end < scan.tokens.len() && end - i <= 3);
    let mut k = i;
    while k < end {
        let word = bare(scan.word(k)).to_owned();
        // "Dear Parents and Players"
        let group = words::common(&word)
            && (word.ends_with('s') && !word.ends_with("ss"))
            && !words::proper(&word);
        let name = !word.is_empty()
            && word.chars().count() > 1
            && !NOBODY.contains(&&*word)
            && !(group && !known.contains(&word))
            && (known.contains(&word)
                || words::proper(&word)
                || !(scan.german && (GERMAN_SMALL.contains(&&*word) || words::german_noun(&word)))
                    && (scan.tokens[k].capital() && !words::common(&word)
                        || ends && !words::common(&word)
                        || ends && TITLES.contains(&scan.before(k))
                        || ends && scan.tokens[k].capital() && (k > i || end == i + 1)));
        if !name {
            if !ends && !TITLES.contains(&&*word) {
                break;
            }
            k += 1;
            continue;
        }
        scan.greeting = scan.tokens[k].at.end;
        scan.note(FactKind::Name, k, k + 1, Value::Name(vec![word]), true);
        k += 1;
    }
}

/// German words of greetings and closings that aren't nouns.
const GERMAN_SMALL: &[&str] = &[
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

/// Notes that a line signs, up to its first comma.
fn sign(scan: &mut Scan<'_>, from: usize, to: usize) {
    let start = scan.tokens[from].at.start;
    if start < scan.closing {
        let end = (from..to).find(|&i| scan.tokens[i].is(",")).unwrap_or(to);
        scan.closing = start;
        scan.signed = scan.tokens[end - 1].at.end;
    }
}

/// Whether the first of these last lines is a name, and those behind it say more of whoever that is:
/// their firm, what they do there, a telephone number. `lines` are their first tokens.
fn signs_a_block(scan: &Scan<'_>, lines: &[usize]) -> bool {
    let line = |n: usize| {
        let end = lines.get(n + 1).copied().unwrap_or(scan.tokens.len());
        &scan.tokens[lines[n]..end]
    };
    let sentence_ends = |token: &Token| [".", "!", "?"].iter().any(|mark| token.is(mark));
    let closes = |token: &Token| CLOSINGS.contains(&&*token.lower);
    let name = line(0);
    let first = bare(&name[0].lower);
    let a_name = name
        .iter()
        .filter(|token| token.kind == Kind::Word)
        .all(|token| token.capital() && !NOBODY.contains(&&*token.lower))
        && (words::proper(first) || !words::common(first))
        && !(scan.german && words::german_noun(first) && !words::proper(first));
    let behind_a_sentence = sentence_ends(&scan.tokens[lines[0] - 1]);
    let details = (1..lines.len()).all(|n| {
        let tokens = line(n);
        tokens.len() <= 8
            && (tokens[0].capital() || tokens[0].kind != Kind::Word)
            && !sentence_ends(&tokens[tokens.len() - 1])
            && !tokens.iter().any(closes)
    });
    a_name && behind_a_sentence && details
}

/// Who signs: the short line after a closing, or the last one.
fn closing(scan: &mut Scan<'_>) {
    let lines: Vec<usize> = (0..scan.tokens.len())
        .filter(|&i| scan.tokens[i].line)
        .collect();
    let last = scan.tokens.len();
    let end_of = |n: usize| lines.get(n + 1).copied().unwrap_or(last);
    for n in (lines.len().saturating_sub(4)..lines.len()).skip(usize::from(lines.len() <= 1)) {
        if n == 0 {
            continue;
        }
        let (from, to) = (lines[n], end_of(n));
        let before = &scan.tokens[lines[n - 1]..from];
        let closes =
            before.len() <= 8 && before.iter().any(|token| CLOSINGS.contains(&&*token.lower));
        let short = to - from <= 4
            && scan.tokens[from..to].iter().all(|token| {
                token.kind == Kind::Word
                    || token.is(".")
                    || token.is(",")
                    || token.is("&")
                    || token.dash()
            });
        let closing_too = scan.tokens[from..to]
            .iter()
            .any(|token| CLOSINGS.contains(&&*token.lower));
        if short && closes && !closing_too {
            sign(scan, from, to);
            for i in from..to {
                let word = bare(scan.word(i)).to_owned();
                if word.chars().count() > 1
                    && !CLOSINGS.contains(&&*word)
                    && !NOBODY.contains(&&*word)
                    && !GERMAN_SMALL.contains(&&*word)
                    && (scan.tokens[i].capital()
                        && !NOT_NAMES.contains(&&*word)
                        && !(scan.german && words::german_noun(&word))
                        || !words::common(&word)
                        || words::proper(&word))
                {
                    scan.note(FactKind::Name, i, i + 1, Value::Name(vec![word]), true);
                }
            }
        } else if short
            && to - from <= 3
            && !closing_too
            && (n == lines.len() - 1 || signs_a_block(scan, &lines[n..]))
        {
            sign(scan, from, to);
            // A name alone in the last line signs, too.
            for i in from..to {
                let word = bare(scan.word(i)).to_owned();
                if word.chars().count() > 1
                    && scan.tokens[i].capital()
                    && !NOBODY.contains(&&*word)
                    && !CLOSINGS.contains(&&*word)
                    && !GERMAN_SMALL.contains(&&*word)
                    && !NOT_NAMES.contains(&&*word)
                    && !words::common(&word)
                    && !(words::german_noun(&word)
                        && !(i == from + 1 && words::proper(bare(&scan.tokens[from].lower))))
                {
                    scan.note(FactKind::Name, i, i + 1, Value::Name(vec![word]), true);
                }
            }
        }
        // "Wade Tillery, Blackhawk Air & Heat"
        let named = |i: usize| {
            let token = &scan.tokens[i];
            token.capital()
                && !NOBODY.contains(&&*token.lower)
                && !CLOSINGS.contains(&&*token.lower)
                && !TITLES.contains(&&*token.lower)
                && !NOT_NAMES.contains(&&*token.lower)
        };
        if n == lines.len() - 1
            && (4..=14).contains(&(to - from))
            && named(from)
            && named(from + 1)
            && scan.is(from + 2, ",")
        {
            sign(scan, from, to);
            for i in from..from + 2 {
                let word = bare(scan.word(i)).to_owned();
                if !word.is_empty() {
                    scan.note(FactKind::Name, i, i + 1, Value::Name(vec![word]), true);
                }
            }
        }
        // "Best, Tom" in one line
        if to - from <= 7
            && n + 2 >= lines.len()
            && scan.tokens[from..to]
                .iter()
                .any(|token| CLOSINGS.contains(&&*token.lower))
            && (from..to).any(|i| scan.tokens[i].is(","))
        {
            scan.closing = scan.closing.min(scan.tokens[from].at.start);
        }
    }
    closing_in_line(scan);
}

/// Who signs behind the last sentence, in its line: "See you then. Tom", "Thanks! Ana Ruiz, Acme".
fn closing_in_line(scan: &mut Scan<'_>) {
    if scan.closing < scan.text.len() {
        return;
    }
    let Some(mut from) = (1..scan.tokens.len())
        .rev()
        .find(|&i| scan.tokens[i].starts)
    else {
        return;
    };
    let mut to = scan.tokens.len();
    while to > from && [".", "!"].iter().any(|mark| scan.tokens[to - 1].is(mark)) {
        to -= 1;
    }
    // "Thanks, Tom"
    let closes = (from..to.min(from + 4)).find(|&i| {
        scan.is(i, ",")
            && CLOSINGS.contains(&scan.before(i))
            && scan.tokens[i - 1].kind == Kind::Word
    });
    if let Some(comma) = closes {
        from = comma + 1;
    }
    let fits = |i: usize| {
        let token = &scan.tokens[i];
        !token.taken
            && (token.capital()
                && !NOBODY.contains(&&*token.lower)
                && !CLOSINGS.contains(&&*token.lower)
                && !NOT_NAMES.contains(&&*token.lower)
                || [",", ".", "&", "-"].iter().any(|mark| token.is(mark))
                || LINKS.contains(&&*token.lower))
    };
    let first = scan.tokens.get(from).map_or("", |token| &token.lower);
    let name = first.chars().count() > 1
        && !(words::common(first) && !words::proper(first))
        && !(scan.german && words::german_noun(first));
    let initial =
        first.chars().count() == 1 && scan.tokens.get(from + 1).is_some_and(|next| next.is("."));
    if from >= to || to - from > 7 || !(name || initial) || !(from..to).all(fits) {
        return;
    }
    sign(scan, from, to);
    let end = (from..to).find(|&i| scan.tokens[i].is(",")).unwrap_or(to);
    for i in from..end {
        let word = bare(scan.word(i)).to_owned();
        if word.chars().count() > 1 && scan.tokens[i].capital() {
            scan.note(FactKind::Name, i, i + 1, Value::Name(vec![word]), true);
        }
    }
}

/// Whether a word alone stands for a name.
fn is_name(scan: &Scan<'_>, i: usize, known: &HashSet<String>) -> bool {
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

/// "Gleimstraße", "Lortzingstr."
fn is_street(word: &str) -> bool {
    ["straße", "strasse", "str", "allee", "gasse"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .is_some_and(|name| {
            name.chars().count() > 2
                && !matches!(name, "einbahn" | "sack" | "haupt" | "land" | "auto")
        })
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

fn titled<'s>(scan: &'s Scan<'_>, i: usize) -> &'s str {
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

/// Whether a word that no list has begins a German sentence as its subject: "Mogli kriegt".
fn begins_german(scan: &Scan<'_>, i: usize) -> bool {
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
fn german(scan: &Scan<'_>, i: usize) -> bool {
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
pub(super) fn adjective_stem(word: &str) -> Option<&str> {
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
fn title_case(scan: &mut Scan<'_>, i: usize, known: &HashSet<String>) -> Option<usize> {
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
