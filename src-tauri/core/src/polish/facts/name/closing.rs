//! Who signs a mail: the name after a closing, alone in the last line, behind the last sentence,
//! or above a firm and a telephone number.

use super::{
    super::{
        FactKind, Scan, Value,
        token::{Kind, Token},
        words,
    },
    LINKS, NOT_NAMES, TITLES, bare,
    german::GERMAN_SMALL,
    greeting::NOBODY,
};

/// Words that close a mail.
pub(super) const CLOSINGS: &[&str] = &[
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
pub(super) fn closing(scan: &mut Scan<'_>) {
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
