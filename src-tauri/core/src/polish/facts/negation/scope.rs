//! What a negation speaks about: the words around it in its clause.

use super::{
    super::{Scan, token::Kind, words},
    base, is_firm,
    phrase::is_person,
};

/// Stems of what stands around a negation in its clause, and whether it is a fact of its own:
/// seven words after, four before. Then the first after it, and those behind an "and".
pub(super) fn scope(
    scan: &Scan<'_>,
    i: usize,
) -> (Vec<(String, bool)>, Option<String>, Vec<String>) {
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
