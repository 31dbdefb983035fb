//! The names of months, long and short, English and German. "May", "march" and "jan" may be
//! something else, so what stands around them decides.

use super::{super::Scan, find_in};

/// Month names that are nothing else, then short and ambiguous ones.
pub(super) const MONTHS: &[(&str, u8)] = &[
    ("january", 1),
    ("february", 2),
    ("april", 4),
    ("june", 6),
    ("july", 7),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
    ("januar", 1),
    ("jänner", 1),
    ("februar", 2),
    ("märz", 3),
    ("maerz", 3),
    ("juni", 6),
    ("juli", 7),
    ("oktober", 10),
    ("dezember", 12),
    ("august", 8),
];

pub(super) const SHORT_MONTHS: &[(&str, u8)] = &[
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("mär", 3),
    ("apr", 4),
    ("may", 5),
    ("mai", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("sept", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("march", 3),
];

/// Whether a word is a month's full name.
pub(in crate::polish::facts) fn is_month(word: &str) -> bool {
    find_in(MONTHS, word).is_some() || matches!(word, "may" | "mai" | "march")
}

/// Whether a word leads to a month: "since feb", "from jan".
fn leads_to_month(before: &str) -> bool {
    matches!(
        before,
        "in" | "of"
            | "until"
            | "till"
            | "since"
            | "by"
            | "early"
            | "late"
            | "mid"
            | "next"
            | "last"
            | "this"
            | "from"
            | "through"
            | "during"
            | "end"
            | "ende"
            | "anfang"
            | "im"
            | "bis"
            | "seit"
            | "ab"
            | "mitte"
            | "than"
            | "for"
            | "before"
            | "after"
    )
}

/// The month whose name stands at a token; `sure` if it can't be another word.
pub(super) fn month(scan: &Scan<'_>, i: usize) -> Option<(u8, bool)> {
    let word = scan.word(i);
    let word = word.strip_suffix("'s").unwrap_or(word);
    let capital = scan.free(i)?.capital();
    if let Some(month) = find_in(MONTHS, word) {
        let sure = word != "august" || capital || leads_to_month(scan.before(i));
        return Some((month, sure));
    }
    let month = find_in(SHORT_MONTHS, word)?;
    let starts = scan.free(i)?.starts;
    let sure = match word {
        // "May I ask you"
        "may" if capital && starts && matches!(scan.any_word(i + 1), "i" | "we") => return None,
        "may" if capital && matches!(scan.any_word(i + 1), "i" | "we") => false,
        // "children under 9 may not enter"
        "may"
            if !capital
                && matches!(
                    scan.any_word(i + 1),
                    "not" | "be" | "have" | "also" | "need" | "only"
                ) =>
        {
            return None;
        }
        "mai" if !scan.german => return None,
        "may" | "march" | "mai" => {
            // "for may" and "than march" are verbs as often.
            let after = leads_to_month(scan.before(i))
                && !matches!(scan.before(i), "than" | "for" | "before" | "after");
            (after
                && (capital
                    || word == "march"
                        && matches!(
                            scan.before(i),
                            "in" | "of" | "since" | "early" | "late" | "until" | "mid" | "end"
                        )
                    || word == "may"
                        && matches!(scan.before(i), "in" | "of" | "early" | "late" | "mid")))
                || capital && !starts
        }
        // "Jan–June", "Mar to May"
        _ if capital && reaches_month(scan, i + 1) => true,
        "sept" | "okt" | "dez" => capital || leads_to_month(scan.before(i)),
        "jan" | "mar" | "jun" => {
            !scan.german && leads_to_month(scan.before(i)) && (word == "jan" || capital)
        }
        _ => {
            leads_to_month(scan.before(i))
                || capital
                    && !starts
                    && matches!(word, "aug" | "oct" | "nov" | "dec" | "feb" | "apr" | "jul")
        }
    };
    Some((month, sure))
}

/// Whether a range goes on to another month.
fn reaches_month(scan: &Scan<'_>, i: usize) -> bool {
    let joined = scan.dash(i)
        || scan.is(i, "/")
        || matches!(scan.word(i), "to" | "through" | "until" | "bis");
    let month = scan.word(i + 1);
    joined
        && find_in(MONTHS, month)
            .or_else(|| find_in(SHORT_MONTHS, month))
            .is_some()
}
