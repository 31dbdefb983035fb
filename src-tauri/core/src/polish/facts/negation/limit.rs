//! Negations that set a limit and deny nothing else: "no more than five", "won't take longer than
//! an hour", and the words that set one the other way round.

use super::{
    super::{Scan, number, token::Kind},
    Negation, Strength, is_firm,
};

/// Whether a negation only sets a limit: "no more than", "won't take longer than".
pub(super) fn limits(scan: &Scan<'_>, i: usize) -> bool {
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
                next.kind == Kind::Digits || number::german(&next.lower).is_some_and(|n| n > 1)
            })
        // "every two days, not more"
        || matches!(scan.any_word(i), "not" | "no" | "nicht")
            && matches!(scan.any_word(i + 1), "more" | "longer" | "later" | "less" | "mehr" | "länger")
            && !(scan.any_word(i) == "no" && scan.any_word(i + 1) == "longer")
            && !(scan.any_word(i) == "nicht" && scan.any_word(i + 1) == "mehr")
            && scan.tokens.get(i + 2).is_none_or(|next| next.kind == Kind::Mark || next.starts)
}

/// How often a text sets a limit the other way round: "more than" without a negation before.
pub(in crate::polish::facts) fn exceeds(scan: &Scan<'_>) -> usize {
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
pub(in crate::polish::facts) fn is_limit(scan: &Scan<'_>, negation: &Negation) -> bool {
    (is_firm(&scan.tokens[negation.at].lower) || scan.tokens[negation.at].lower == "no")
        && limits(scan, negation.at)
}
