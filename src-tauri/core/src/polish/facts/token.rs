//! Cuts a text into words, numbers and marks, each with its place and what its looks tell.

use std::ops::Range;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, with apostrophes inside.
    Word,
    /// Digits, with dots, commas and apostrophes between digits.
    Digits,
    /// Any other single character.
    Mark,
}

/// How a word is capitalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// No capital, or a script without them.
    Lower,
    /// Only the first letter.
    First,
    /// All letters, at least two.
    All,
    /// A capital inside: `iPhone`, `McKay`.
    Mixed,
}

/// A piece of the text.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// In lower case, with plain apostrophes and ASCII digits.
    pub lower: String,
    /// How it is capitalised.
    pub case: Case,
    /// Whether a sentence, a line, an item or a quotation begins here.
    pub starts: bool,
    /// Whether a line begins here.
    pub line: bool,
    /// Whether it belongs to something found already, for example a link.
    pub taken: bool,
}

impl Token {
    /// Whether it is this mark.
    pub fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.lower == mark
    }

    /// Whether it is a word that begins with a capital.
    pub fn capital(&self) -> bool {
        self.kind == Kind::Word && self.case != Case::Lower
    }

    /// The first character of a mark.
    fn mark(&self) -> Option<char> {
        (self.kind == Kind::Mark)
            .then(|| self.lower.chars().next())
            .flatten()
    }

    /// Whether it is one of the dashes.
    pub fn dash(&self) -> bool {
        self.mark().is_some_and(|mark| DASHES.contains(&mark))
    }
}

const DASHES: [char; 6] = [
    '-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}',
];

/// A dot after these ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "mx", "dr", "prof", "st", "no", "nr", "e.g", "i.e", "eg", "ie", "vs", "cf",
    "approx", "ca", "incl", "excl", "tel", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
    "sept", "okt", "oct", "nov", "dec", "dez", "hr", "fr", "bzw", "z.b", "d.h", "ggf", "inkl",
    "zzgl", "a.m", "p.m", "inc", "ltd", "co", "corp", "mio", "mrd", "str", "ext", "fig", "p", "pp",
    "vol", "art", "u.s", "u.k", "etc", "usw", "dept", "jr", "sr", "attn", "ing", "dipl",
];

const SHORT_MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec",
    "dez",
];

/// The value of a decimal digit of any script that has them.
pub(super) fn digit(c: char) -> Option<char> {
    if c.is_ascii_digit() {
        return Some(c);
    }
    // Each script's ten digits stand together; these are the ones people type numbers with.
    const ZEROS: [u32; 14] = [
        0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6,
        0x0D66, 0x0E50, 0xFF10,
    ];
    let code = u32::from(c);
    ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code))
        .and_then(|&zero| char::from_digit(code - zero, 10))
}

fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}' | '\u{2018}')
}

/// Marks that don't show and only serve to break up words: soft hyphen, zero-width spaces and
/// joiners, directions.
fn invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A combining mark: part of the letter before it.
fn combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{20D0}'..='\u{20F0}' | '\u{FE20}'..='\u{FE2F}')
}

/// Cuts a text up. White space makes no tokens.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |i: usize| chars.get(i).map_or(text.len(), |&(at, _)| at);
    let ch = |i: usize| chars.get(i).map(|&(_, c)| c);
    let mut out: Vec<Token> = Vec::with_capacity(chars.len() / 4);
    let mut i = 0;
    let (mut starts, mut line) = (true, true);
    while let Some(c) = ch(i) {
        let from = i;
        if c == '\n' || c == '\r' || c == '\u{2028}' || c == '\u{2029}' {
            (starts, line) = (true, true);
            i += 1;
            continue;
        }
        if c.is_whitespace() || invisible(c) {
            i += 1;
            continue;
        }
        let kind = if digit(c).is_some() {
            i += 1;
            while let Some(c) = ch(i) {
                let goes_on = digit(c).is_some()
                    || (matches!(c, '.' | ',' | '\u{66B}' | '\u{66C}') || apostrophe(c))
                        && ch(i + 1).is_some_and(|next| digit(next).is_some());
                if !goes_on {
                    break;
                }
                i += 1;
            }
            Kind::Digits
        } else if c.is_alphabetic() {
            i += 1;
            while let Some(c) = ch(i) {
                let goes_on = c.is_alphabetic() && digit(c).is_none()
                    || combining(c)
                    || apostrophe(c) && ch(i + 1).is_some_and(char::is_alphabetic)
                    || invisible(c) && ch(i + 1).is_some_and(char::is_alphabetic);
                if !goes_on {
                    break;
                }
                i += 1;
            }
            Kind::Word
        } else {
            i += 1;
            Kind::Mark
        };
        let range = at(from)..at(i);
        let shown = &text[range.clone()];
        let lower = fold(shown, kind);
        let case = if kind == Kind::Word {
            case(shown)
        } else {
            Case::Lower
        };
        let token = Token {
            kind,
            at: range,
            lower,
            case,
            starts,
            line,
            taken: false,
        };
        (starts, line) = after(&out, &token, ch(i), starts, line);
        out.push(token);
    }
    // "am 8. Dezember": the dot of an ordinal ends no sentence.
    for i in 2..out.len() {
        let ordinal = out[i - 1].is(".")
            && touch(&out[i - 2], &out[i - 1])
            && out[i - 2].kind == Kind::Digits
            && out[i - 2].lower.len() < 3
            && !out[i].line
            && out[i].kind == Kind::Word
            && (out[i].case == Case::Lower || super::time::is_month(&out[i].lower));
        if ordinal {
            out[i].starts = false;
        }
        // "on 17 Sep. The workshop": here the dot ends one.
        if out[i - 1].is(".")
            && out[i].case == Case::First
            && SHORT_MONTHS.contains(&&*out[i - 2].lower)
        {
            out[i].starts = true;
        }
    }
    out
}

/// Whether the next token starts a sentence, and whether it starts a line.
fn after(
    before: &[Token],
    token: &Token,
    next: Option<char>,
    starts: bool,
    line: bool,
) -> (bool, bool) {
    let Some(mark) = token.mark() else {
        // The number of an item: "1. Send it" and "2) Send it".
        return (line && token.kind == Kind::Digits, false);
    };
    match mark {
        '!' | '?' | '\u{2026}' | '。' | '！' | '？' | ':' | '؟' => (true, false),
        '.' => {
            let spaced = next.is_none_or(char::is_whitespace);
            let abbreviated = before.last().is_some_and(|word| {
                word.at.end == token.at.start
                    && (ABBREVIATIONS.contains(&&*word.lower)
                        || word.kind == Kind::Word
                            && word.lower.chars().count() == 1
                            && word.lower != "i")
            });
            (spaced && !abbreviated || starts, line && starts)
        }
        // Bullets, quotation marks and brackets pass on what they stand before.
        '-' | '*' | '•' | '·' | '–' | '—' | '>' | '#' | '+' | '_' => {
            (starts, line && starts)
        }
        '"' | '\u{201C}' | '\u{201E}' | '«' | '»' | '\u{201D}' | '\'' | '\u{2018}' | '\u{2019}' => {
            (true, false)
        }
        _ => (starts, false),
    }
}

/// In lower case, without what doesn't show, with ASCII digits.
fn fold(shown: &str, kind: Kind) -> String {
    if kind == Kind::Word && shown.is_ascii() {
        return shown.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(shown.len());
    for c in shown.chars().filter(|&c| !invisible(c)) {
        match c {
            _ if kind == Kind::Digits => out.push(match c {
                '\u{66B}' => ',',
                '\u{66C}' => '\'',
                c if apostrophe(c) => '\'',
                c => digit(c).unwrap_or(c),
            }),
            c if apostrophe(c) && kind == Kind::Word => out.push('\''),
            c => out.extend(c.to_lowercase()),
        }
    }
    if out.chars().any(combining) {
        use unicode_normalization::UnicodeNormalization;
        return out.nfc().collect();
    }
    out
}

fn case(shown: &str) -> Case {
    let mut letters = shown.chars().filter(|c| c.is_alphabetic());
    let first = letters.next().is_some_and(char::is_uppercase);
    let (mut upper, mut lower) = (0, 0);
    for letter in letters {
        if letter.is_uppercase() {
            upper += 1;
        } else {
            lower += 1;
        }
    }
    match (first, upper, lower) {
        (true, 0, _) => Case::First,
        (true, _, 0) => Case::All,
        (_, 0, _) => Case::Lower,
        _ => Case::Mixed,
    }
}

/// Whether two tokens touch.
pub(super) fn touch(a: &Token, b: &Token) -> bool {
    a.at.end == b.at.start
}
