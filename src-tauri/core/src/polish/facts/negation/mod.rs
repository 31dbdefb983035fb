//! Negations: what says that something is not so, and the words it speaks about.
//!
//! Firm ones ("not", "never", "without", "unable") must have a counterpart in the other text. A
//! counterpart may also be a word that denies by its meaning ("unavailable", "decline", "still
//! waiting"): these are found as well, but don't count by themselves. Of the original some do ("refuse",
//! "fail", "hardly": [`is_strong`]). Phrases that only look like
//! a denial ("don't hesitate", "not only", "no problem") are passed over.
//!
//! | file | what it knows |
//! |---|---|
//! | `strength` | the words that deny, and how surely each does |
//! | `prefix` | words that deny by how they begin: "unavailable" |
//! | `phrase` | phrases that deny, and those that only look so |
//! | `limit` | negations that set a limit: "no more than" |
//! | `scope` | what a negation speaks about |
//! | `opposites` | what says the same without a negation: "closed" for "not open" |

mod limit;
mod opposites;
mod phrase;
mod prefix;
mod scope;
mod strength;

use self::{
    limit::limits,
    phrase::{denies, is_phrase, of_several_words},
    scope::scope,
    strength::{LEXICAL, WEAK, listed},
};
pub(super) use self::{
    limit::{exceeds, is_limit},
    opposites::opposites,
    prefix::base,
    strength::{Strength, is_firm, is_strong},
};
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
