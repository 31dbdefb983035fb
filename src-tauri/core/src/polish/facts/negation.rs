//! Negations: what says that something is not so, and the words it speaks about.
//!
//! Firm ones ("not", "never", "without", "unable") must have a counterpart in the other text. A
//! counterpart may also be a word that denies by its meaning ("unavailable", "decline", "still
//! waiting"): these are found as well, but don't count by themselves. Of the original some do ("refuse",
//! "fail", "hardly": [`is_strong`]). Phrases that only look like
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
    /// Stem of the first word after it in its clause that says something.
    pub head: Option<String>,
    /// Stems in its scope behind an "and": whatever it denies need not go on there.
    pub beyond: Vec<String>,
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
    "nirgends",
    "nirgendwo",
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
    "ausgenommen",
    "ausnahm*",
    "spare*",
    "omit*",
    "omission",
    "abandon*",
    "forgo*",
    "suspend*",
    "discontinu*",
    "lost",
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
    "streikt",
    "tot",
    "streiken",
    "flach",
    "widersprech*",
    "widersprich*",
    "widerspruch",
    "anstelle",
    "anstatt",
    "aussteht",
    "wegfall*",
    "entfiel*",
    "versäum*",
    "ausbleib*",
    "ausgeblieben",
    "unwilling*",
    "reluctant*",
    "objects",
    "disput*",
    "contest*",
    "tabu",
    "ausschließ*",
    "objected",
    "verlorengegangen",
    "verloren",
    "excl",
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
    "wenig",
    "drop",
    "dropping",
    "dropped",
    "pass",
    "hate",
    "hates",
    "beyond",
    "exceed*",
    "optional",
    "against",
    "oppos*",
    "wonder*",
    "otherwise",
    "sonst",
    "andernfalls",
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
    "unfinished",
    "nur",
    "out",
    "off",
    "frei",
    "frühestens",
    "erst",
    "offen",
    "wart*",
    "krank",
    "lediglich",
];

/// What is denied, and words that say the same without a denial: "not open" is "closed".
const OPPOSITES: &[(&str, &str)] = &[
    (
        "open opened opening available",
        "closed shut close closes break holiday",
    ),
    ("close closed shut", "open opens"),
    (
        "work working works function functioning run running go going respond",
        "broken down dead faulty defective fault crashed stopped jammed died offline",
    ),
    (
        "affect affected touch touched hurt damage damaged harm harmed injure",
        "fine safe spared unharmed intact undamaged unhurt unaffected untouched unscathed",
    ),
    (
        "include included contain part cover covered inclusive",
        "missing extra separate separately additional additionally omitted excluded omits lacks absent",
    ),
    (
        "pay paid settle settled",
        "unpaid outstanding overdue owed owe owes due unsettled",
    ),
    (
        "arrive arrived receive received turn turned reach reached get got hear heard see seen show shown come deliver delivered reply replied answer answered respond responded send sent return returned",
        "missing outstanding awaiting await waiting lost pending absent silence silent ignored ignores unanswered overdue undelivered",
    ),
    (
        "attend come coming make join joining play playing there available able participate run running",
        "absent out away unavailable off skip sitting missing miss busy no-go impossible injured drop",
    ),
    (
        "allow allowed permit permitted let enter use share bring",
        "forbidden prohibited banned ban limits forbid bar barred keep prevent stop avoid refuse refused leave",
    ),
    (
        "accept accepted agree agreed want like support approve",
        "reject rejects rejected refuse refuses decline declines declined object objects dispute disputes oppose opposes turn",
    ),
    ("pass passed", "fail failed fails"),
    (
        "finish finished complete completed done ready fill filled sign signed decide decided confirm confirmed process processed start started",
        "incomplete pending progress outstanding open vacant tbc blank unconfirmed undecided unsigned unfinished undone",
    ),
    ("valid apply good", "expired lapsed void ended over invalid"),
    (
        "left stock have remain remaining got",
        "exhausted out gone sold empty depleted last",
    ),
    (
        "know known sure certain clear",
        "unclear unsure unknown uncertain wonder wondering",
    ),
    ("remember", "forget forgot forgotten"),
    (
        "happen happening ahead going go",
        "off cancelled canceled scrapped shelved dropped called",
    ),
    (
        "unpack unpacked open opened",
        "packed packaging sealed boxed wrapped",
    ),
    (
        "teach teaching work working train training available",
        "break off away holiday leave pause",
    ),
    (
        "longer anymore",
        "left leaving moved former ex stopped quit gave ended lapsed expired ceased finished over changed retired gone",
    ),
    (
        "charge charged cost costs fee",
        "free complimentary waive waived",
    ),
    (
        "need needed necessary required have must",
        "optional unnecessary voluntary skip needless",
    ),
    ("meat fish", "vegetarian vegetarians vegan vegans veggie"),
    (
        "fit fits suit match right correct",
        "wrong small big tight large mismatch differs incorrect",
    ),
    ("frozen cold", "thawed warm melted defrosted"),
    ("lid label labels labelled", "unlabelled bare"),
    ("lock locked", "unlocked open"),
    ("safe", "unsafe dangerous"),
    ("easy", "hard difficult tricky"),
    (
        "find found locate",
        "missing lost disappeared vanished mislaid",
    ),
    ("bring wear", "leave home"),
    ("eat food breakfast", "fast fasting empty"),
    ("miss late forget", "remember punctual"),
    (
        "able get possible",
        "impossible inaccessible struggle struggling fail failed low",
    ),
    (
        "happy pleased satisfied good",
        "unhappy disappointed annoyed dissatisfied unacceptable upset",
    ),
    (
        "offen geöffnet auf öffnet öffnen",
        "geschlossen zu schließen schließt dicht schließung ruhetag pause",
    ),
    (
        "funktioniert geht läuft tut druckt anspringt heizt lädt",
        "kaputt defekt tot ausgefallen streikt down hängt spinnt ausfall gestört störung offline",
    ),
    (
        "fleisch fisch",
        "vegetarisch vegetarier vegetarierin vegetarierinnen fleischlos vegan veganer",
    ),
    (
        "kommt kommen komme dabei da erscheint teilnehmen mitmachen mit mitkommen kann können schaffe schafft",
        "fehlt fehlen fehle zuhause zu daheim abwesend fern verhindert raus aus entschuldigt",
    ),
    (
        "enthalten dabei inklusive inbegriffen drin beigelegt bei lag liegt",
        "extra zusätzlich separat zuzüglich zzgl fehlt fehlte exklusive gesondert obendrauf",
    ),
    (
        "gilt gültig gelten verlängern",
        "erlischt ungültig abgelaufen verliert endet verfallen ausgelaufen vorbei",
    ),
    (
        "mehr haben hab gibt gibts habe da vorrätig lager",
        "aufgebraucht leer aus ausverkauft alle ausgegangen vergriffen weg fehlt fehlen",
    ),
    (
        "gelungen geklappt funktioniert gelingt konnte könnten erreicht gebracht bringt geholfen hilft",
        "misslungen missglückt gescheitert erfolglos vergeblich umsonst schief außerstande unmöglich wirkungslos",
    ),
    (
        "verträgt vertragen essen darf",
        "unverträglich allergisch allergie unverträglichkeit tabu",
    ),
    (
        "geben verwenden brauchen nutzen geeignet taugt",
        "ungeeignet unbrauchbar ungenießbar untauglich",
    ),
    (
        "brauchen brauche nötig notwendig erforderlich muss müssen musst müsst",
        "entbehrlich überflüssig unnötig erübrigt freiwillig reicht genügt entfällt",
    ),
    (
        "bestätigt bearbeitet ausgewertet unterschrieben entschieden geklärt beantwortet erledigt fertig gebucht bezahlt überwiesen eingegangen erhalten bekommen angekommen geliefert gekommen da",
        "unbestätigt unbearbeitet offen aussteht aus ausstehend unklar warten warte fehlt fehlen unbezahlt überfällig unbeantwortet unvollständig",
    ),
    (
        "abnehmen abmachen entfernen ausziehen wegnehmen löschen ändern wechseln",
        "dran behalten drauf unverändert",
    ),
    (
        "erlaubt gestattet dürfen darf zulässig möglich",
        "verboten untersagt tabu unzulässig verbot unmöglich unterlassen verzichten",
    ),
    (
        "statt stattfinden findet",
        "ausfallen entfällt abgesagt entfallen aus gestrichen ausfall",
    ),
    (
        "passt passen sitzt stimmt richtig korrekt",
        "falsch unpassend fehlerhaft eng groß klein abweichend schwierig problematisch schlecht drückt unrichtig",
    ),
    ("schlimm wild tragisch", "okay verschmerzbar"),
    (
        "gut zufrieden glücklich schön",
        "schlecht unzufrieden schwierig schade enttäuscht ungünstig",
    ),
    (
        "zugänglich erreichbar befahrbar nutzbar benutzbar verfügbar",
        "gesperrt unzugänglich unerreichbar versperrt blockiert vergriffen belegt verliehen",
    ),
    (
        "weiß wissen sicher klar",
        "unklar unsicher ungewiss unbekannt fraglich",
    ),
    (
        "gefunden finden finde",
        "verschwunden vermisst verloren verschollen fehlt",
    ),
    ("teuer", "günstig billig"),
    (
        "juckreiz schmerzen beschwerden fieber",
        "juckt schmerzfrei beschwerdefrei fieberfrei",
    ),
    ("geändert verändert ändert", "unverändert"),
    (
        "excluding exclude excludes excluded exclusive excl",
        "plus extra net before without ex added",
    ),
    (
        "refuse refuses refused reject rejects rejected decline declines declined",
        "turn turns turned turning no against pass",
    ),
    (
        "fail fails failed failing",
        "missing outstanding unsuccessful pending wrong broken",
    ),
    (
        "hardly rarely seldom barely scarcely",
        "few little almost short",
    ),
];

/// Words that deny as surely as "not" does, although by their meaning: what a draft rejects a version
/// may not accept.
pub(super) fn is_strong(word: &str) -> bool {
    const STRONG: &[&str] = &[
        "refus*",
        "reject*",
        "declin*",
        "prohibit*",
        "forbid*",
        "forbad*",
        "banned",
        "lack",
        "lacks",
        "lacked",
        "lacking",
        "abgelehnt",
        "ablehnen",
        "ablehne",
        "lehne",
        "lehnen",
        "lehnt",
        "verweiger*",
        "verboten",
        "verbiete*",
        "untersag*",
        "entfällt",
        "entfallen",
        "fail*",
        "hardly",
        "barely",
        "scarcely",
        "rarely",
        "seldom",
        "kaum",
        "selten",
        "exclud*",
        "excl",
        "ausgefallen",
        "entfiel",
    ];
    listed(STRONG, word)
}

/// Words that say without a denial what a negation says of one of these stems.
pub(super) fn opposites(scope: &[String]) -> Vec<&'static str> {
    OPPOSITES
        .iter()
        .filter(|(denied, _)| {
            denied
                .split(' ')
                .any(|word| scope.contains(&words::stem(word)))
        })
        .flat_map(|(_, opposites)| opposites.split(' '))
        .collect()
}

const POSITIVE_BEGINNINGS: &[&str] = &["un", "in", "im", "ir", "il", "dis", "non", "mis"];

/// Finds them all.
pub(super) fn find(scan: &mut Scan<'_>) {
    let (all, idioms) = negations(scan);
    for negation in all
        .iter()
        .filter(|negation| negation.strength == Strength::Firm)
    {
        let span = scan.tokens[negation.at].at.clone();
        scan.note_span(FactKind::Negation, span, Value::Negation, true);
    }
    scan.negations = all;
    scan.idioms = idioms;
}

/// All negations, and the tokens of those in phrases that deny nothing.
fn negations(scan: &Scan<'_>) -> (Vec<Negation>, Vec<usize>) {
    let mut out = Vec::new();
    let mut idioms = Vec::new();
    for i in 0..scan.tokens.len() {
        let token = &scan.tokens[i];
        if token.kind != Kind::Word {
            continue;
        }
        let word = token.lower.as_str();
        let firm = is_firm(word)
            || word == "no" && denies(scan, i)
            // "She advises against lifting"
            || word == "against" && ["advis", "recommend", "decid", "decision", "warn"].iter().any(|verb| scan.before(i).starts_with(verb));
        let strength = if firm && (limits(scan, i) || scan.before(i) == "if") {
            // "no more than", "not later than": the same as "at most".
            Strength::Meaning
        } else if firm {
            if is_phrase(scan, i) {
                idioms.push(i);
                continue;
            }
            Strength::Firm
        } else if word == "statt"
            && !scan
                .tokens
                .get(i + 1)
                .is_some_and(|next| next.kind != Kind::Mark && !next.starts)
        {
            // "findet statt"
            continue;
        } else if word == "rather"
            && !matches!(scan.any_word(i + 1), "than" | "not")
            && !matches!(
                scan.before(i),
                "would" | "i'd" | "we'd" | "he'd" | "she'd" | "they'd"
            )
        {
            // "rather concerned"
            continue;
        } else if listed(LEXICAL, word)
            || base(word).is_some()
            || of_several_words(scan, i)
            || matches!(word, "miss" | "misses")
                && matches!(scan.before(i), "to" | "will" | "must" | "may" | "might" | "would" | "i'll")
                && scan.any_word(i + 1) != "you"
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
            // "The last time was in March": not since.
            && !(word == "last"
                && !matches!(scan.before(i), "the" | "my" | "our" | "your" | "his" | "her" | "their"))
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
        let (around, head, beyond) = scope(scan, i);
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
            "cannot" | "dont" | "doesnt" | "didnt" | "cant" | "wont" | "isnt" | "wasnt" => {
                "not".to_owned()
            }
            _ if word.ends_with("n't") => "not".to_owned(),
            _ => words::stem(word),
        };
        out.push(Negation {
            at: i,
            scope,
            predicate,
            head,
            beyond,
            lemma,
            strength,
            conditional: (1..=3).any(|back| {
                i.checked_sub(back).is_some_and(|k| {
                    (matches!(scan.any_word(k), "if" | "wenn" | "falls")
                        // "Should you not agree"
                        || matches!(scan.any_word(k), "should" | "sollte" | "sollten")
                            && scan.tokens[k].starts)
                        && (k..i).all(|j| !scan.tokens[j + 1].starts)
                })
            }),
            bounded: (i..scan.tokens.len())
                .take(9)
                .skip(1)
                .take_while(|&k| !scan.tokens[k].starts)
                .any(|k| {
                    matches!(
                        scan.any_word(k),
                        "until"
                            | "till"
                            | "before"
                            | "unless"
                            | "since"
                            | "bis"
                            | "vor"
                            | "bevor"
                            | "seit"
                    )
                }),
        });
    }
    (out, idioms)
}

/// Whether a word denies together with others: "has yet to", "hold off", "leave it at home",
/// "lassen wir weg", "steht noch aus".
fn of_several_words(scan: &Scan<'_>, i: usize) -> bool {
    let word = scan.any_word(i);
    let next = scan.any_word(i + 1);
    // What follows it in its sentence, up to eight words on.
    let ahead = |wanted: &[&str]| {
        (i + 1..scan.tokens.len())
            .take(8)
            .take_while(|&k| !scan.tokens[k].starts)
            .any(|k| wanted.contains(&scan.any_word(k)))
    };
    match word {
        "yet" => next == "to" || scan.before(i) == "as",
        "absence" => next == "of",
        "gone" => !matches!(
            next,
            "by" | "up" | "to" | "through" | "on" | "into" | "over" | "ahead"
        ),
        "down" => matches!(
            scan.before(i),
            "is" | "was" | "are" | "were" | "be" | "been" | "went" | "go" | "goes" | "still"
        ),
        "remain" | "remains" | "remained" | "remaining" => {
            matches!(next, "to" | "open" | "outstanding")
        }
        "keep" | "keeping" | "kept" | "stay" => ahead(&["out", "away", "off"]),
        "out" => {
            next == "of"
                && (matches!(
                    scan.before(i),
                    "am" | "is"
                        | "are"
                        | "was"
                        | "were"
                        | "i'm"
                        | "we're"
                        | "run"
                        | "ran"
                        | "running"
                ) || matches!(
                    scan.any_word(i + 2),
                    "order"
                        | "service"
                        | "stock"
                        | "use"
                        | "action"
                        | "date"
                        | "question"
                        | "reach"
                ))
        }
        "hold" | "holding" | "held" => matches!(next, "off" | "back"),
        "give" | "gave" | "given" | "giving" => next == "up" || scan.any_word(i + 2) == "up",
        "leave" | "leaving" | "left" => {
            matches!(next, "out" | "off" | "alone")
                || ahead(&["out", "alone", "home", "untouched"])
                || word != "left" && ahead(&["on", "as"])
                || scan.tokens[i].starts
        }
        "turn" | "turning" | "turned" => next == "down",
        "rather" => next == "than",
        "lassen" | "lasst" | "lass" | "lasse" | "lässt" => {
            const LEFT: [&str; 7] = ["weg", "stehen", "liegen", "hause", "bleiben", "aus", "sein"];
            ahead(&LEFT)
                || (1..=2).any(|k| {
                    i.checked_sub(k)
                        .is_some_and(|at| LEFT.contains(&scan.any_word(at)))
                })
        }
        "steht" | "stehen" | "stand" | "bleibt" | "bleiben" | "fällt" | "fallen" | "blieb" => {
            ahead(&["aus", "weg"])
        }
        "weg" | "raus" => scan
            .tokens
            .get(i + 1)
            .is_none_or(|next| next.kind == Kind::Mark || next.starts),
        // "mietfrei", "rent-free"
        "free" => scan.dash(i.wrapping_sub(1)) && scan.touches(i),
        _ => word.len() > 6 && word.ends_with("frei") && scan.german,
    }
}

pub(super) fn is_firm(word: &str) -> bool {
    FIRM.contains(&word)
        || matches!(word, "nobody's" | "nothing's" | "none's")
        || word.ends_with("n't")
        || word
            .strip_prefix("kein")
            .is_some_and(|end| matches!(end, "" | "e" | "en" | "er" | "em" | "es" | "s" | "erlei"))
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
    // "mehr als 210 € darf es nicht kosten"
    let more_before = scan.any_word(i) == "nicht"
        && (2..=8).any(|k| {
            i.checked_sub(k).is_some_and(|at| {
                matches!(scan.any_word(at), "mehr" | "länger" | "später")
                    && scan.any_word(at + 1) == "als"
                    && (at + 1..i).all(|j| !scan.tokens[j].starts && !scan.is(j, ","))
            })
        });
    more_before
        || (1..=4).any(|k| {
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
        "induct",
        "induction",
        "intake",
        "unpack",
        "unload",
        "unlock",
        "unsubscribe",
        "unplug",
        "unfold",
        "unwrap",
        "unveil",
        "unwind",
        "invoke",
        "infer",
        "impress",
        "improvise",
        "unison",
        "irritate",
        "mishap",
        "misty",
        "disclose",
        "disclosure",
        "discreet",
        "discretion",
        "discern",
        "inquest",
        "intrigue",
        "institute",
        "institution",
        "inconvenience",
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
                // "unauffindbar"
                .is_some_and(|stem| {
                    GERMAN.contains(&stem) || stem.len() > 5 && stem.ends_with("bar")
                })
        });
        if is_german {
            return Some(rest);
        }
    }
    // "unusable", "unavoidable"
    if let Some(rest) = word.strip_prefix("un")
        && rest.len() > 5
        && rest.ends_with("able")
    {
        return Some(rest);
    }
    POSITIVE_BEGINNINGS.iter().find_map(|beginning| {
        let rest = word.strip_prefix(beginning)?;
        let denies = rest.len() >= 3
            && words::common(rest)
            // "displayed" is no "played".
            && !NOT.iter().any(|not| words::stem(not) == words::stem(word));
        denies.then_some(rest)
    })
}

/// Whether "no" denies: "no invoice", "no longer"; not "No. 5", "no, thanks".
fn denies(scan: &Scan<'_>, i: usize) -> bool {
    let next = scan.tokens.get(i + 1);
    match next {
        None => false,
        // "No. 5", "adm no 2018/0447"
        // but 'no "LLC"', "no £30 fee"
        Some(next) if next.kind == Kind::Mark => {
            matches!(&*next.lower, "\"" | "“" | "„" | "‘" | "'" | "£" | "$" | "€")
                && scan.touches(i + 2)
        }
        // "chg no CHG-55120"
        Some(next)
            if scan.found.iter().any(|found| {
                matches!(found.fact.value, Value::Code(_))
                    && found.fact.span.contains(&next.at.start)
            }) =>
        {
            false
        }
        Some(next) if next.kind == Kind::Digits => false,
        // "my no is 98860"
        Some(next) if matches!(&*next.lower, "is" | "was") => false,
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
            // "Have you not paid?" asks as "Haven't you paid?" does.
            let asks = is_person(back(1))
                && matches!(
                    back(2),
                    "have"
                        | "has"
                        | "had"
                        | "do"
                        | "does"
                        | "did"
                        | "is"
                        | "are"
                        | "was"
                        | "were"
                        | "will"
                        | "would"
                        | "can"
                        | "could"
                        | "should"
                )
                && scan.tokens[i - 2].starts;
            asks || matches!(word(1), "only" | "merely" | "solely" | "least")
                || matches!(word(1), "just" | "simply")
                // "not just ugly but broken"; not "do not just swap it"
                && (2..12).any(|k| matches!(word(k), "but" | "also"))
                || word(1) == "to" && word(2) == "mention"
                || word(1) == "hesitate"
                || matches!(word(1), "forget" | "worry" | "mistaken")
                || word(1) == "concern" && matches!(word(2), "yourself" | "yourselves")
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
                || word(1) == "wait" && back(1) == "can" && matches!(word(2), "to" | "for")
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
                "thank" | "agree" | "recommend" | "help" | "praise" | "be"
            ) && (word(1) != "be" || matches!(word(2), "happier" | "better" | "prouder" | "more"))
                && !(word(1) == "agree" && word(2) != "more")
                && !(word(1) == "help"
                    && !matches!(
                        word(2),
                        "but" | "noticing" | "thinking" | "feeling" | "wondering"
                    ))
                && !(word(1) == "recommend"
                    && !(word(3) == "enough" || word(4) == "enough" || word(5) == "enough"))
                // "can't wait to see you"; not "can't wait five days"
                || word(1) == "wait"
                    && (matches!(word(2), "to" | "for")
                        || scan.tokens.get(i + 2).is_none_or(|next| next.is("!")))
                || scan.tokens[i].starts && is_person(word(1))
                || word(1) == "possibly" && word(2) == "thank"
                || is_person(word(1)) && ends_question(2)
        }
        "nicht" => {
            matches!(word(1), "nur" | "zuletzt" | "zögern" | "bloß")
                || (1..=5).any(|k| matches!(back(k), "zögern" | "zögere" | "zögert"))
                || back(1) == "oder"
                || back(1) == "warum"
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
        // "nichts für ungut"
        "nichts" => {
            word(1) == "für" && word(2) == "ungut" || word(1) == "zu" && word(2) == "danken"
        }
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
/// seven words after, four before. Then the first after it, and those behind an "and".
fn scope(scan: &Scan<'_>, i: usize) -> (Vec<(String, bool)>, Option<String>, Vec<String>) {
    let mut out: Vec<(String, bool)> = Vec::new();
    let take = |out: &mut Vec<(String, bool)>, k: usize| {
        let word = scan.any_word(k);
        if word.chars().count() > 2 && !words::small(word) && !is_firm(word) {
            let base = base(word).unwrap_or(word);
            out.push((words::stem(base), scan.tokens[k].taken));
        }
    };
    take(&mut out, i);
    let itself = out.len();
    // A comma before a clause of its own: ", as the insurance", ", she said".
    let clause = |k: usize| {
        scan.tokens[k].is(",")
            && matches!(
                scan.any_word(k + 1),
                "as" | "since"
                    | "which"
                    | "who"
                    | "where"
                    | "whose"
                    | "so"
                    | "i"
                    | "he"
                    | "she"
                    | "they"
                    | "we"
                    | "it"
                    | "you"
                    | "there"
                    | "this"
                    | "that"
                    | "da"
                    | "die"
                    | "der"
                    | "das"
                    | "sodass"
                    | "wobei"
                    | "weshalb"
                    | "während"
                    | "ich"
                    | "wir"
                    | "sie"
                    | "er"
                    | "es"
            )
    };
    let parts = |k: usize| {
        clause(k)
            || matches!(
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
            )
            || scan.tokens[k].is(";")
            || scan.tokens[k].is(":") && !scan.touches(k + 1)
    };
    let mut taken = 0;
    let mut joined = None;
    for k in i + 1..scan.tokens.len() {
        let next = scan.any_word(k + 1);
        if scan.tokens[k].starts
            || taken == 7
            || parts(k)
            // "no ticket no ride"
            || taken > 0 && (is_firm(scan.any_word(k)) || scan.any_word(k) == "no")
            || matches!(scan.any_word(k), "and" | "so" | "und")
                && (is_person(next)
                    || is_firm(next)
                    || matches!(next, "no" | "ich" | "wir" | "the" | "my" | "our"))
        {
            break;
        }
        if joined.is_none() && matches!(scan.any_word(k), "and" | "und") {
            joined = Some(out.len());
        }
        if scan.tokens[k].kind == Kind::Word {
            taken += 1;
            take(&mut out, k);
        }
    }
    let beyond = joined.map_or(Vec::new(), |from| {
        out[from..].iter().map(|(stem, _)| stem.clone()).collect()
    });
    let head = out.get(itself).map(|(stem, _)| stem.clone());
    let mut taken = 0;
    for k in (0..i).rev() {
        if scan.tokens[k + 1].starts
            || taken == 4
            || parts(k)
            || matches!(scan.any_word(k), "and" | "und" | "so")
            || is_firm(scan.any_word(k))
        {
            break;
        }
        if scan.tokens[k].kind == Kind::Word {
            taken += 1;
            take(&mut out, k);
        }
    }
    (out, head, beyond)
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
