//! Numbers of bank accounts, and runs of letters or digits in groups as people write them.

use std::ops::Range;

/// Runs of digits and letters that are grouped by single spaces, hyphens or dots: start and end.
pub(in crate::polish) fn runs(text: &str, fits: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut from: Option<usize> = None;
    let mut end = 0;
    let mut gap = 0;
    for (i, c) in text.char_indices().chain([(text.len(), '\n')]) {
        if fits(c) {
            from.get_or_insert(i);
            end = i + c.len_utf8();
            gap = 0;
        } else if from.is_some()
            && gap == 0
            && matches!(c, ' ' | '-' | '\u{A0}' | '\u{2009}' | '\u{202F}')
        {
            gap = 1;
        } else if let Some(start) = from.take() {
            out.push(start..end);
            gap = 0;
        }
    }
    out
}

/// IBANs (ISO 13616): two letters, two check digits, up to 30 letters and digits; modulo 97 of
/// the rearranged number is 1.
pub(in crate::polish) fn accounts(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for run in runs(text, |c| c.is_ascii_alphanumeric()) {
        // A word before ("IBAN DE89 ...") and after belongs to the run: try from every group on.
        let piece = &text[run.clone()];
        let starts = piece.char_indices().filter(|&(i, c)| {
            c.is_ascii_alphabetic() && (i == 0 || !piece.as_bytes()[i - 1].is_ascii_alphanumeric())
        });
        let mut done = 0;
        for (start, _) in starts {
            if start < done {
                continue;
            }
            let mut compact = String::new();
            let mut best = None;
            for (i, c) in piece[start..].char_indices() {
                if !c.is_ascii_alphanumeric() {
                    continue;
                }
                compact.push(c.to_ascii_uppercase());
                let next = piece.as_bytes().get(start + i + 1);
                if compact.len() >= 15
                    && next.is_none_or(|next| !next.is_ascii_alphanumeric())
                    && is_iban(&compact)
                {
                    best = Some(start + i + 1);
                }
                if compact.len() >= 34 {
                    break;
                }
            }
            if let Some(end) = best {
                out.push(run.start + start..run.start + end);
                done = end;
            }
        }
    }
    out
}

fn is_iban(compact: &str) -> bool {
    let bytes = compact.as_bytes();
    if !(15..=34).contains(&bytes.len())
        || !bytes[..2].iter().all(u8::is_ascii_uppercase)
        || !bytes[2..4].iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    bytes[4..]
        .iter()
        .chain(&bytes[..4])
        .try_fold(0u32, |rest, &b| {
            (b as char).to_digit(36).map(|value| {
                let shift = if value < 10 { 10 } else { 100 };
                (rest * shift + value) % 97
            })
        })
        == Some(1)
}
