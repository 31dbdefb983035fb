//! Phrases. Some words deny together with others only ("hold off", "steht noch aus"); and many a
//! "not" or "no" denies nothing ("not only", "no problem", "No. 5").

use super::{
    super::{Scan, Value, token::Kind},
    base,
};

/// Whether a word denies together with others: "has yet to", "hold off", "leave it at home",
/// "lassen wir weg", "steht noch aus".
pub(super) fn of_several_words(scan: &Scan<'_>, i: usize) -> bool {
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

/// Whether "no" denies: "no invoice", "no longer"; not "No. 5", "no, thanks".
pub(super) fn denies(scan: &Scan<'_>, i: usize) -> bool {
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
pub(super) fn is_phrase(scan: &Scan<'_>, i: usize) -> bool {
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

pub(super) fn is_person(word: &str) -> bool {
    matches!(
        word,
        "i" | "you" | "we" | "they" | "he" | "she" | "it" | "there" | "that" | "this"
    )
}
