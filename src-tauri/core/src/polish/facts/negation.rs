//! Negations: what says that something is not so, and the words it speaks about.
//!
//! Firm ones ("not", "never", "without", "unable") must have a counterpart in the other text. A
//! counterpart may also be a word that denies by its meaning ("unavailable", "decline", "still
//! waiting"): these are found as well, but don't count by themselves. Phrases that only look like
//! a denial ("don't hesitate", "not only", "no problem") are passed over.

use super::{FactKind, Scan, Value, token::Kind, words};

/// A negation with what it is about.
#[derive(Debug, Clone)]
pub(super) struct Negation {
    /// The first and last word's tokens.
    pub at: usize,
    /// Stems of the words around it in its clause.
    pub scope: Vec<String>,
    /// Those of them that are no facts of their own.
    pub predicate: Vec<String>,
    /// The word itself, without its ending.
    pub lemma: String,
    /// How surely it denies.
    pub strength: Strength,
    /// Whether it denies up to a point only: "not before Monday", "not until you sign". That is
    /// "only" the other way round.
    pub bounded: bool,
    /// Whether it stands in a condition: "if you don't".
    pub conditional: bool,
}

/// How surely a word denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// By itself: "not".
    Firm,
    /// By its meaning: "refuse", "unavailable".
    Meaning,
    /// Perhaps, where it speaks of the same thing: "only", "late".
    Weak,
}

const FIRM: &[&str] = &[
    "not",
    "never",
    "cannot",
    "without",
    "nobody",
    "nothing",
    "nowhere",
    "neither",
    "none",
    "unable",
    "nicht",
    "nie",
    "niemals",
    "ohne",
    "nichts",
    "niemand",
    "niemanden",
    "niemandem",
    "weder",
    "keinesfalls",
    "keineswegs",
    "noone",
    // written in a hurry
    "cant",
    "dont",
    "doesnt",
    "didnt",
    "wont",
    "isnt",
    "arent",
    "wasnt",
    "werent",
    "havent",
    "hasnt",
    "hadnt",
    "couldnt",
    "wouldnt",
    "shouldnt",
    "mustnt",
    "aint",
    "nix",
    "dunno",
    "nich",
    "nimmer",
];

/// Words that deny by their meaning. Stems where a star stands.
const LEXICAL: &[&str] = &[
    "lack*",
    "fail*",
    "refus*",
    "declin*",
    "reject*",
    "exclud*",
    "exclus*",
    "prohibit*",
    "forbid*",
    "forbad*",
    "banned",
    "missing",
    "missed",
    "await*",
    "pending",
    "outstanding",
    "insufficient*",
    "inadequate*",
    "doubt*",
    "unsure",
    "uncertain*",
    "unclear",
    "unhappy",
    "dissatisf*",
    "incorrect*",
    "inaccura*",
    "wrong*",
    "invalid*",
    "incomplete",
    "illegib*",
    "illegal*",
    "irregular*",
    "inappropriate*",
    "inactive",
    "instead",
    "rather",
    "except*",
    "stop*",
    "ceas*",
    "avoid*",
    "refrain*",
    "prevent*",
    "hardly",
    "barely",
    "scarcely",
    "rarely",
    "seldom",
    "absent*",
    "absence",
    "broken",
    "cancel*",
    "withdraw*",
    "withdrew",
    "withdrawn",
    "waive*",
    "unless",
    "nor",
    "unwell",
    "faulty",
    "defective",
    "malfunction*",
    "overdue",
    "unchanged",
    "skip*",
    "disagree*",
    "impossible",
    "deni*",
    "deny*",
    "exempt*",
    "spare*",
    "omit*",
    "omission",
    "abandon*",
    "forgo*",
    "suspend*",
    "discontinu*",
    "lost",
    "gone",
    "zero",
    "unaware",
    "nein",
    "fehl*",
    "ausgeschlossen",
    "ableh*",
    "abgeleh*",
    "verzicht*",
    "außer",
    "ausstehend",
    "verhindert",
    "falsch*",
    "vermeid*",
    "entfäll*",
    "unterlass*",
    "mangel*",
    "verpass*",
    "abgesagt",
    "absag*",
    "verweiger*",
    "kaum",
    "selten",
    "statt",
    "stattdessen",
    "stornier*",
    "defekt",
    "kaputt",
    "vergriffen",
    "unmöglich",
    "non",
    "contradict*",
    "contrary",
    "otherwise",
    "down",
    "kostenlos*",
    "kostenfrei*",
    "gratis",
    "umsonst",
    "unentgeltlich*",
    "gebührenfrei*",
    "erfolglos*",
    "vergeblich*",
    "wirkungslos*",
    "absehen",
    "abzusehen",
    "lehne",
    "lehnen",
    "lehnt",
    "lehnte",
    "untersag*",
    "verboten",
    "verbiete*",
    "fehlerhaft*",
    "besetzt",
    "geschlossen",
    "verlorengegangen",
    "verloren",
];
/// Words that may do so.
const WEAK: &[&str] = &[
    "only",
    "last",
    "letzte*",
    "waiting",
    "too",
    "short",
    "shortage",
    "away",
    "struggl*",
    "difficult*",
    "empty",
    "closed",
    "few",
    "little",
    "limited",
    "sick",
    "ill",
    "late",
    "beyond",
    "exceed*",
    "optional",
    "against",
    "oppos*",
    "wonder*",
    "leave",
    "leav*",
    "remain*",
    "until",
    "earliest",
    "ruled",
    "delay*",
    "postpon*",
    "expired",
    "conflict*",
    "clash*",
    "restrict*",
    "block*",
    "stuck",
    "booked",
    "yet",
    "unfinished",
    "nur",
    "out",
    "off",
    "frei",
    "frühestens",
    "kaum",
    "erst",
    "offen",
    "wart*",
    "krank",
    "lediglich",
];

const POSITIVE_BEGINNINGS: &[&str] = &["un", "in", "im", "ir", "il", "dis", "non", "mis"];

/// Finds them all.
pub(super) fn find(scan: &mut Scan<'_>) {
    let all = negations(scan);
    for negation in all
        .iter()
        .filter(|negation| negation.strength == Strength::Firm)
    {
        let span = scan.tokens[negation.at].at.clone();
        scan.note_span(FactKind::Negation, span, Value::Negation, true);
    }
    scan.negations = all;
}

fn negations(scan: &Scan<'_>) -> Vec<Negation> {
    let mut out = Vec::new();
    for i in 0..scan.tokens.len() {
        let token = &scan.tokens[i];
        if token.kind != Kind::Word {
            continue;
        }
        let word = token.lower.as_str();
        let firm = is_firm(word) || word == "no" && denies(scan, i);
        let strength = if firm && (limits(scan, i) || scan.before(i) == "if") {
            // "no more than", "not later than": the same as "at most".
            Strength::Meaning
        } else if firm {
            if is_phrase(scan, i) {
                continue;
            }
            Strength::Firm
        } else if listed(LEXICAL, word)
            || base(word).is_some()
            || word == "waiting" && scan.before(i) == "still"
            // "sehen Sie von Anrufen ab"
            || matches!(word, "sehen" | "sehe" | "sieht")
                && (1..=3).any(|k| scan.any_word(i + k) == "von")
            || word == "free" && matches!(scan.before(i), "go" | "goes" | "for")
            || matches!(word, "free" | "far") && matches!(scan.any_word(i + 1), "of" | "from")
        {
            Strength::Meaning
        } else if listed(WEAK, word)
            && !token.taken
            // "Owen is out", not "point out".
            && !(matches!(word, "out" | "off")
                && !matches!(
                    scan.before(i),
                    "is" | "are" | "was" | "were" | "be" | "been" | "both" | "am"
                ))
            && !(word == "last"
                && !matches!(
                    scan.before(i),
                    "the" | "my" | "our" | "your" | "his" | "her" | "their"
                ))
            && !(word == "too"
                && scan
                    .tokens
                    .get(i + 1)
                    .is_none_or(|next| next.kind != Kind::Word || next.starts))
        {
            Strength::Weak
        } else {
            continue;
        };
        let around = scope(scan, i);
        let mut predicate: Vec<String> = around
            .iter()
            .filter(|(_, fact)| !fact)
            .map(|(stem, _)| stem.clone())
            .collect();
        let mut scope: Vec<String> = around.into_iter().map(|(stem, _)| stem).collect();
        for stems in [&mut scope, &mut predicate] {
            stems.sort_unstable();
            stems.dedup();
        }
        let lemma = match word {
            "no" if scan.any_word(i + 1) == "one" => "nobody".to_owned(),
            "noone" => "nobody".to_owned(),
            _ => words::stem(word),
        };
        out.push(Negation {
            at: i,
            scope,
            predicate,
            lemma,
            strength,
            conditional: (1..=3).any(|back| {
                i.checked_sub(back).is_some_and(|k| {
                    matches!(
                        scan.any_word(k),
                        "if" | "wenn" | "falls" | "should" | "sollte" | "sollten"
                    ) && (k..i).all(|j| !scan.tokens[j + 1].starts)
                })
            }),
            bounded: (i..scan.tokens.len())
                .take(9)
                .skip(1)
                .take_while(|&k| !scan.tokens[k].starts)
                .any(|k| {
                    matches!(
                        scan.any_word(k),
                        "until" | "till" | "before" | "unless" | "bis" | "vor" | "bevor"
                    )
                }),
        });
    }
    out
}

pub(super) fn is_firm(word: &str) -> bool {
    FIRM.contains(&word)
        || matches!(word, "nobody's" | "nothing's" | "none's")
        || word.ends_with("n't")
        || word
            .strip_prefix("kein")
            .is_some_and(|end| matches!(end, "" | "e" | "en" | "er" | "em" | "es" | "erlei"))
}

/// Whether a negation only sets a limit: "no more than", "won't take longer than".
fn limits(scan: &Scan<'_>, i: usize) -> bool {
    let more = |k: usize| {
        matches!(
            scan.any_word(i + k),
            "more"
                | "less"
                | "later"
                | "fewer"
                | "earlier"
                | "sooner"
                | "longer"
                | "mehr"
                | "länger"
                | "später"
                | "weniger"
        ) && matches!(scan.any_word(i + k + 1), "than" | "als")
    };
    let joins = |k: usize| {
        matches!(
            scan.any_word(k),
            "or" | "and" | "nor" | "oder" | "und" | "noch"
        )
    };
    let exceeds = |k: usize| {
        scan.any_word(i + k).starts_with("exceed")
            || scan.any_word(i + k).starts_with("überschreit")
            || scan.any_word(i + k) == "go"
                && matches!(scan.any_word(i + k + 1), "over" | "above" | "beyond")
    };
    (1..=4).any(|k| {
        (more(k) || k < 4 && exceeds(k))
            && (1..k).all(|j| !scan.tokens[i + j].starts && !joins(i + j))
    })
        // "keine zehn Tage"
        || scan.any_word(i).starts_with("kein")
            && scan.tokens.get(i + 1).is_some_and(|next| {
                next.kind == Kind::Digits || super::number::german(&next.lower).is_some_and(|n| n > 1)
            })
        // "every two days, not more"
        || matches!(scan.any_word(i), "not" | "no" | "nicht")
            && matches!(scan.any_word(i + 1), "more" | "longer" | "later" | "less" | "mehr" | "länger")
            && !(scan.any_word(i) == "no" && scan.any_word(i + 1) == "longer")
            && !(scan.any_word(i) == "nicht" && scan.any_word(i + 1) == "mehr")
            && scan.tokens.get(i + 2).is_none_or(|next| next.kind == Kind::Mark || next.starts)
}

fn listed(list: &[&str], word: &str) -> bool {
    list.iter().any(|entry| match entry.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => *entry == word,
    })
}

/// What a word with a denying beginning denies: "available" of "unavailable".
pub(super) fn base(word: &str) -> Option<&str> {
    const NOT: &[&str] = &[
        "interest",
        "interested",
        "include",
        "included",
        "includes",
        "including",
        "income",
        "inform",
        "informed",
        "information",
        "input",
        "inside",
        "install",
        "installed",
        "instance",
        "into",
        "intend",
        "intended",
        "intent",
        "invest",
        "invite",
        "invited",
        "invoice",
        "involve",
        "involved",
        "indeed",
        "increase",
        "incredible",
        "incredibly",
        "individual",
        "industry",
        "initial",
        "important",
        "importance",
        "import",
        "impact",
        "improve",
        "improved",
        "image",
        "imagine",
        "immediate",
        "immediately",
        "under",
        "understand",
        "understood",
        "unit",
        "unite",
        "united",
        "until",
        "unique",
        "union",
        "universe",
        "university",
        "discuss",
        "discussed",
        "discussion",
        "display",
        "distance",
        "district",
        "discount",
        "discover",
        "dish",
        "disk",
        "mission",
        "miss",
        "mister",
        "mistake",
        "missing",
        "inspire",
        "inspection",
        "intern",
        "index",
        "indicate",
        "infant",
        "insurance",
        "insure",
        "insured",
        "intense",
        "invent",
        "inventory",
        "invalid",
        "innovation",
        "income",
        "indoor",
        "inbox",
        "incoming",
        "inquiry",
        "inquire",
        "inclined",
        "instead",
        "impress",
        "impression",
        "impressed",
        "implement",
        "imply",
        "improvement",
        "irony",
        "illness",
        "ill",
        "uni",
        "uncle",
        "unless",
        "disc",
        "distribute",
        "dispatch",
        "dispatched",
        "dispute",
        "distinct",
        "instruct",
        "instruction",
        "instructions",
        "intention",
        "inspect",
        "installment",
        "instalment",
        "interview",
        "internal",
        "inner",
        "input",
        "inception",
        "incline",
        "incident",
        "incur",
        "indebted",
        "infinite",
        "inflate",
        "inflow",
        "inherit",
        "inland",
        "insight",
        "insert",
        "insist",
        "discharge",
        "discharged",
        "discipline",
        "display",
        "dismiss",
        "immense",
        "imprint",
        "importing",
        "imports",
        "important",
        "improving",
        "nonetheless",
        "disposal",
        "dispose",
        "distress",
        "disposition",
        "unfortunate",
        "unfortunately",
        "unbelievably",
        "undo",
        "upon",
        "mislead",
        "disease",
        "disaster",
        "inch",
        "inches",
        "intact",
        "interest",
        "interesting",
        "interests",
        "interior",
        "imply",
        "invoiced",
        "invoices",
        "inviting",
        "invitation",
        "investment",
        "investor",
        "investors",
        "involvement",
        "into",
        "informal",
        "indie",
        "ings",
    ];
    if NOT.contains(&word) || word.len() < 5 {
        return None;
    }
    if let Some(rest) = word.strip_prefix("un") {
        const GERMAN: &[&str] = &[
            "möglich",
            "bezahlt",
            "geklärt",
            "sicher",
            "bekannt",
            "zufrieden",
            "vollständig",
            "verfügbar",
            "gültig",
            "verändert",
            "nötig",
            "erlaubt",
            "passend",
            "klar",
            "richtig",
            "brauchbar",
            "beantwortet",
            "berührt",
            "zulässig",
            "verbindlich",
            "benutzt",
            "verkauft",
            "begründet",
            "berechtigt",
            "fähig",
            "schuldig",
            "leserlich",
            "pünktlich",
            "erreichbar",
        ];
        let is_german = ["", "e", "en", "er", "es", "em"].iter().any(|ending| {
            rest.strip_suffix(ending)
                .is_some_and(|stem| GERMAN.contains(&stem))
        });
        if is_german {
            return Some(rest);
        }
    }
    POSITIVE_BEGINNINGS.iter().find_map(|beginning| {
        let rest = word.strip_prefix(beginning)?;
        (rest.len() >= 3 && words::common(rest)).then_some(rest)
    })
}

/// Whether "no" denies: "no invoice", "no longer"; not "No. 5", "no, thanks".
fn denies(scan: &Scan<'_>, i: usize) -> bool {
    let next = scan.tokens.get(i + 1);
    match next {
        None => false,
        Some(next) if next.kind == Kind::Mark => false,
        Some(next) => !next.starts,
    }
}

/// Phrases that deny nothing.
fn is_phrase(scan: &Scan<'_>, i: usize) -> bool {
    let word = |ahead: usize| scan.any_word(i + ahead);
    let back = |k: usize| i.checked_sub(k).map_or("", |at| scan.any_word(at));
    let this = word(0);
    let ends_question = |from: usize| scan.tokens.get(i + from).is_some_and(|token| token.is("?"));
    match this {
        "no" => {
            matches!(
                word(1),
                "problem"
                    | "problems"
                    | "worries"
                    | "worry"
                    | "rush"
                    | "hurry"
                    | "pressure"
                    | "doubt"
                    | "matter"
                    | "wonder"
                    | "sweat"
                    | "biggie"
                    | "stress"
                    | "offence"
                    | "offense"
                    | "prob"
                    | "probs"
                    | "thanks"
                    | "objection"
                    | "objections"
                    | "complaints"
                    | "hard"
                    | "brainer"
                    | "obligation"
                    | "fuss"
                    | "hesitation"
                    | "trouble"
                    | "means"
                    | "uncertain"
            ) && !(word(1) == "means")
                || matches!(
                    (word(1), word(2)),
                    (
                        "more" | "less" | "later" | "fewer" | "earlier" | "sooner",
                        "than"
                    )
                )
                || matches!(
                    (word(1), word(2)),
                    ("big", "deal")
                        | ("good", "deed")
                        | ("great", "rush")
                        | ("particular", "rush")
                        | ("particular", "hurry")
                )
                || back(1) == "or" && word(1).is_empty()
                || matches!(word(1), "small")
        }
        "not" => {
            matches!(
                word(1),
                "only" | "just" | "merely" | "simply" | "solely" | "least"
            ) || word(1) == "to" && word(2) == "mention"
                || word(1) == "hesitate"
                || matches!(word(1), "forget" | "worry" | "mistaken")
                || word(2) == "hesitate"
                || back(1) == "why"
                || back(1) == "or"
                || back(1) == "if"
                    && !scan.touches(i + 1)
                    && scan
                        .tokens
                        .get(i + 1)
                        .is_some_and(|token| token.kind == Kind::Mark)
                || back(1) == "but" && word(1) == "least"
                || matches!(
                    (word(1), word(2)),
                    ("more" | "less" | "later" | "fewer" | "earlier", "than")
                )
                || word(1) == "wait" && back(1) == "can"
                || word(1) == "mind" && back(1) == "do"
                || matches!(back(1), "could" | "would")
                    && scan.tokens.get(i - 1).is_some_and(|token| token.starts)
                || word(1) == "be" && word(2) == "afraid"
                || word(1) == "get" && word(2) == "me" && word(3) == "wrong"
                || word(1) == "without"
                || base(word(1)).is_some()
                    && matches!(
                        word(1),
                        "uncommon"
                            | "unlike"
                            | "unusual"
                            | "impossible"
                            | "unreasonable"
                            | "unhappy"
                            | "unlikely"
                    )
                || word(1) == "at" && word(2) == "all" && i > 0 && scan.tokens[i].starts
        }
        "never" => matches!(word(1), "mind" | "forget" | "hesitate") || word(1) == "fails",
        "nothing" => matches!(word(1), "but" | "like" | "less") || word(1) == "short",
        "none" => word(1) == "the",
        "without" => {
            matches!(word(1), "doubt" | "further" | "question" | "fail")
                || word(1) == "a" && word(2) == "doubt"
                || back(1) == "not"
                || matches!(word(1), "hesitation" | "hesitating")
        }
        "cannot" | "can't" | "cant" | "couldn't" | "couldnt" => {
            matches!(
                word(1),
                "wait" | "thank" | "agree" | "recommend" | "help" | "praise" | "be"
            ) && (word(1) != "be" || matches!(word(2), "happier" | "better" | "prouder" | "more"))
                && !(word(1) == "agree" && word(2) != "more")
                && !(word(1) == "help"
                    && !matches!(
                        word(2),
                        "but" | "noticing" | "thinking" | "feeling" | "wondering"
                    ))
                && !(word(1) == "recommend"
                    && !(word(3) == "enough" || word(4) == "enough" || word(5) == "enough"))
                || scan.tokens[i].starts && is_person(word(1))
                || word(1) == "possibly" && word(2) == "thank"
                || is_person(word(1)) && ends_question(2)
        }
        "nicht" => {
            matches!(word(1), "nur" | "zuletzt" | "zögern" | "bloß")
                || (1..=5).any(|k| matches!(back(k), "zögern" | "zögere" | "zögert"))
                || back(1) == "oder"
                || back(1) == "warum"
                || back(1) == "ob_"
        }
        "keine" | "kein" | "keinen" | "keinerlei" => matches!(
            word(1),
            "problem"
                | "probleme"
                | "sorge"
                | "sorgen"
                | "eile"
                | "ursache"
                | "frage"
                | "thema"
                | "zweifel"
                | "umstände"
                | "stress"
        ),
        "nichts" => word(1) == "für" || word(1) == "zu" && word(2) == "danken",
        "ohne" => matches!(word(1), "weiteres" | "frage" | "zweifel" | "probleme"),
        _ if this.ends_with("n't")
            || matches!(
                this,
                "dont" | "wont" | "isnt" | "doesnt" | "didnt" | "wouldnt"
            ) =>
        {
            matches!(word(1), "hesitate" | "forget" | "worry" | "mention")
                && !(word(1) == "mention" && word(2) != "it")
                || word(1) == "be" && matches!(word(2), "shy" | "afraid" | "stranger")
                || word(1) == "be" && word(2) == "a" && word(3) == "stranger"
                || word(1) == "mind"
                || word(1) == "get" && word(2) == "me" && word(3) == "wrong"
                || back(1) == "why"
                || is_person(word(1)) && (scan.tokens[i].starts || ends_question(2))
                || this.starts_with("would")
                    && matches!(word(1), "have" | "miss")
                    && word(2) == "it"
                    && word(3) == "any"
        }
        _ => false,
    }
}

fn is_person(word: &str) -> bool {
    matches!(
        word,
        "i" | "you" | "we" | "they" | "he" | "she" | "it" | "there" | "that" | "this"
    )
}

/// Stems of what stands around a negation in its clause, and whether it is a fact of its own:
/// seven words after, four before.
fn scope(scan: &Scan<'_>, i: usize) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    let mut take = |k: usize| {
        let word = scan.any_word(k);
        if word.chars().count() > 2 && !words::small(word) && !is_firm(word) {
            let base = base(word).unwrap_or(word);
            out.push((words::stem(base), scan.tokens[k].taken));
        }
    };
    take(i);
    let parts = |k: usize| {
        matches!(
            scan.any_word(k),
            "but"
                | "because"
                | "although"
                | "though"
                | "while"
                | "whereas"
                | "however"
                | "aber"
                | "weil"
                | "obwohl"
                | "sondern"
                | "denn"
        ) || scan.tokens[k].is(";")
            || scan.tokens[k].is(":") && !scan.touches(k + 1)
    };
    let mut taken = 0;
    for k in i + 1..scan.tokens.len() {
        let next = scan.any_word(k + 1);
        if scan.tokens[k].starts
            || taken == 7
            || parts(k)
            || matches!(scan.any_word(k), "and" | "so" | "und")
                && (is_person(next)
                    || is_firm(next)
                    || matches!(next, "no" | "ich" | "wir" | "the" | "my" | "our"))
        {
            break;
        }
        if scan.tokens[k].kind == Kind::Word {
            taken += 1;
            take(k);
        }
    }
    let mut taken = 0;
    for k in (0..i).rev() {
        if scan.tokens[k + 1].starts
            || taken == 4
            || parts(k)
            || matches!(scan.any_word(k), "and" | "und" | "so")
        {
            break;
        }
        if scan.tokens[k].kind == Kind::Word {
            taken += 1;
            take(k);
        }
    }
    out
}

/// How often a text sets a limit the other way round: "more than" without a negation before.
pub(super) fn exceeds(scan: &Scan<'_>) -> usize {
    (0..scan.tokens.len())
        .filter(|&i| {
            (matches!(
                scan.any_word(i),
                "more" | "longer" | "later" | "less" | "mehr" | "länger" | "später" | "mindestens"
            ) && (matches!(scan.any_word(i + 1), "than" | "als")
                || scan.any_word(i) == "mindestens")
                || scan.any_word(i).starts_with("exceed")
                || scan.any_word(i).starts_with("überschreit")
                || scan.any_word(i) == "go" && matches!(scan.any_word(i + 1), "over" | "above"))
                && !scan.negations.iter().any(|negation| {
                    negation.strength != Strength::Weak
                        && (negation.at + 1..=negation.at + 5).contains(&i)
                })
        })
        .count()
}

/// Whether a negation only sets a limit.
pub(super) fn is_limit(scan: &Scan<'_>, negation: &Negation) -> bool {
    (is_firm(&scan.tokens[negation.at].lower) || scan.tokens[negation.at].lower == "no")
        && limits(scan, negation.at)
}
