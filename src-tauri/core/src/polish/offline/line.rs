//! One line of text under repair: characters that remember how they look and whether they may be
//! touched, so that bold words stay bold and links, code, numbers and quotations stay as they are.

use std::ops::Range;

/// Stands for an inline object (an image) in a line's characters.
pub(super) const OBJECT: char = '\u{FFFC}';

/// Whether a character may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// Yes.
    Free,
    /// No: part of a number, an address, a file name, a quotation or a placeholder.
    Fact,
    /// No, and nothing may be derived from it either: part of a link, of code, or an object.
    Foreign,
}

/// One character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub ch: char,
    /// Which of the document's inline styles it has; 0 is none.
    pub style: u16,
    pub lock: Lock,
}

/// A line: what is between two line breaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub cells: Vec<Cell>,
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `word`
    Lower,
    /// `Word`, also `I`
    Capital,
    /// `WORD`
    Upper,
    /// `b4`, `2moro`
    Coded,
    /// `iPhone`, `B4`
    Mixed,
}

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it is.
    pub at: Range<usize>,
    /// In lower case, with a straight apostrophe.
    pub lower: String,
    /// How it is written.
    pub shape: Shape,
    /// Whether it may be changed as a whole: no locked character, one style.
    pub free: bool,
    /// Whether a sentence begins with it.
    pub starts: bool,
}

/// A change to be made: these characters become that text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub at: Range<usize>,
    pub put: String,
}

impl Line {
    /// A line without any style.
    pub fn plain(text: &str) -> Self {
        Self {
            cells: text
                .chars()
                .map(|ch| Cell {
                    ch,
                    style: 0,
                    lock: Lock::Free,
                })
                .collect(),
        }
    }

    /// Its characters.
    pub fn text(&self) -> String {
        self.cells.iter().map(|cell| cell.ch).collect()
    }

    /// Some of its characters.
    pub fn slice(&self, at: Range<usize>) -> String {
        self.cells[at].iter().map(|cell| cell.ch).collect()
    }

    /// Whether there is nothing to see on it.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.ch.is_whitespace())
    }

    /// The character at `at`, if any.
    pub fn ch(&self, at: usize) -> Option<char> {
        self.cells.get(at).map(|cell| cell.ch)
    }

    /// Whether all of `at` may be replaced: nothing locked, one style.
    pub fn is_free(&self, at: Range<usize>) -> bool {
        let cells = &self.cells[at];
        cells.iter().all(|cell| cell.lock == Lock::Free)
            && cells.windows(2).all(|pair| pair[0].style == pair[1].style)
    }

    /// Makes one change. New text looks like what it replaces, or else like what it follows;
    /// never like a link.
    pub fn replace(&mut self, at: Range<usize>, put: &str) {
        let model = if at.is_empty() {
            at.start.checked_sub(1).and_then(|i| self.cells.get(i))
        } else {
            self.cells.get(at.start)
        };
        let style = match model {
            Some(cell) if cell.lock != Lock::Foreign => cell.style,
            _ => 0,
        };
        let new = put.chars().map(|ch| Cell {
            ch,
            style,
            lock: Lock::Free,
        });
        self.cells.splice(at, new);
    }

    /// Makes several changes, given in order and not overlapping.
    pub fn apply(&mut self, edits: &[Edit]) {
        for edit in edits.iter().rev() {
            self.replace(edit.at.clone(), &edit.put);
        }
    }

    /// Removes white space at both ends.
    pub fn trim(&mut self) {
        while self.cells.last().is_some_and(|c| c.ch.is_whitespace()) {
            self.cells.pop();
        }
        let lead = self
            .cells
            .iter()
            .take_while(|cell| cell.ch.is_whitespace())
            .count();
        self.cells.drain(..lead);
    }

    /// Cuts the line in two.
    pub fn split_off(&mut self, at: usize) -> Self {
        Self {
            cells: self.cells.split_off(at),
        }
    }

    /// Its words, in order.
    pub fn words(&self) -> Vec<Word> {
        let mut sentences = self.sentences().into_iter().peekable();
        let mut words = Vec::new();
        let mut i = 0;
        while i < self.cells.len() {
            if !self.cells[i].ch.is_alphanumeric() {
                i += 1;
                continue;
            }
            let start = i;
            while i < self.cells.len() && self.in_word(i) {
                i += 1;
            }
            let raw: String = self.slice(start..i);
            let mut starts = false;
            // The first word behind the beginning of a sentence, if nothing else stands between.
            while let Some(sentence) = sentences.next_if(|sentence| sentence.start <= start) {
                starts = sentence.contains(&start)
                    && self.cells[sentence.start..start]
                        .iter()
                        .all(|c| !c.ch.is_alphanumeric() && c.ch != OBJECT);
            }
            words.push(Word {
                starts,
                free: self.is_free(start..i),
                shape: shape(&raw),
                lower: raw.to_lowercase().replace('\u{2019}', "'"),
                at: start..i,
            });
        }
        words
    }

    /// Letters and digits, and signs between two of them that hold a word together.
    fn in_word(&self, i: usize) -> bool {
        let ch = self.cells[i].ch;
        ch.is_alphanumeric()
            || (matches!(ch, '\'' | '\u{2019}' | '-' | '.' | '_' | '@' | '&')
                && i > 0
                && self.cells[i - 1].ch.is_alphanumeric()
                && self.ch(i + 1).is_some_and(char::is_alphanumeric))
            || is_mark(ch)
    }

    /// Its sentences, the closing marks included, white space between them not.
    pub fn sentences(&self) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let mut start = 0;
        let mut i = 0;
        while i < self.cells.len() {
            if !matches!(self.cells[i].ch, '.' | '!' | '?' | '\u{2026}')
                || self.cells[i].lock == Lock::Foreign
            {
                i += 1;
                continue;
            }
            let mark = i;
            while self
                .ch(i)
                .is_some_and(|c| matches!(c, '.' | '!' | '?' | '\u{2026}'))
            {
                i += 1;
            }
            while self
                .ch(i)
                .is_some_and(|c| matches!(c, '"' | '\'' | '\u{201d}' | '\u{2019}' | ')' | '»'))
            {
                i += 1;
            }
            let ends = match self.ch(i) {
                None => true,
                Some(c) => c.is_whitespace() && self.ends_sentence(start, mark, i),
            };
            if ends {
                push_trimmed(&self.cells, start..i, &mut out);
                start = i;
            }
        }
        push_trimmed(&self.cells, start..self.cells.len(), &mut out);
        out
    }

    /// Whether the marks at `mark..end` end the sentence that began at `start`.
    fn ends_sentence(&self, start: usize, mark: usize, end: usize) -> bool {
        let marks = self.slice(mark..end);
        let next = self.cells[end..]
            .iter()
            .map(|cell| cell.ch)
            .find(|ch| ch.is_alphanumeric());
        if marks.starts_with("..") || marks.starts_with('\u{2026}') {
            return next.is_some_and(char::is_uppercase);
        }
        if !marks.starts_with('.') || marks.len() > 1 {
            return true;
        }
        let before: String = self.cells[start..mark]
            .iter()
            .rev()
            .map(|cell| cell.ch)
            .take_while(|ch| !ch.is_whitespace() && *ch != '(')
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .flat_map(char::to_lowercase)
            .collect();
        let alone = self.cells[start..mark]
            .iter()
            .filter(|cell| !cell.ch.is_whitespace())
            .count()
            == before.chars().count();
        let numbering = alone && before.chars().all(|ch| ch.is_ascii_digit());
        let initial = before.chars().count() == 1 && before.chars().all(char::is_alphabetic);
        // "5 p.m. Friday": an abbreviation may end a sentence, but we can't know; only a capital
        // after "etc." or "p.m." speaks for it.
        let open = matches!(
            before.as_str(),
            "etc" | "a.m" | "p.m" | "inc" | "ltd" | "co"
        ) && next.is_some_and(char::is_uppercase);
        let counts = super::words::ABBREVIATIONS_OF_NUMBERS.contains(&&*before)
            && next.is_some_and(|ch| ch.is_ascii_digit());
        // "Mon. 2 Dec. to Wed. 4 Dec."
        let day_or_month = super::words::SHORT_DAYS_AND_MONTHS.contains(&&*before)
            && next.is_some_and(|ch| ch.is_lowercase() || ch.is_ascii_digit());
        // "on 24.12. and 25.12.": a date written with dots ends in one.
        let dated = is_day_and_month(&before) && next.is_some_and(char::is_lowercase);
        let shortened = super::words::ABBREVIATIONS.contains(&&*before) && !open;
        !(numbering || initial || counts || day_or_month || dated || shortened)
    }
}

/// "24.12", as it stands before its last dot.
fn is_day_and_month(text: &str) -> bool {
    let within = |part: &str, most: u8| {
        part.len() <= 2
            && part
                .parse::<u8>()
                .is_ok_and(|number| (1..=most).contains(&number))
    };
    text.split_once('.')
        .is_some_and(|(day, month)| within(day, 31) && within(month, 12))
}

/// Combining marks belong to the letter before them.
fn is_mark(ch: char) -> bool {
    matches!(ch, '\u{300}'..='\u{36f}')
}

fn push_trimmed(cells: &[Cell], mut at: Range<usize>, out: &mut Vec<Range<usize>>) {
    while at.start < at.end && cells[at.start].ch.is_whitespace() {
        at.start += 1;
    }
    while at.end > at.start && cells[at.end - 1].ch.is_whitespace() {
        at.end -= 1;
    }
    if !at.is_empty() {
        out.push(at);
    }
}

fn shape(raw: &str) -> Shape {
    let mut letters = raw.chars().filter(|ch| ch.is_alphabetic());
    if raw.chars().any(|ch| ch.is_ascii_digit()) {
        return if raw.chars().any(char::is_uppercase) {
            Shape::Mixed
        } else {
            Shape::Coded
        };
    }
    let Some(first) = letters.next() else {
        return Shape::Mixed;
    };
    let rest: Vec<char> = letters.collect();
    match (
        first.is_uppercase(),
        rest.iter().any(|ch| ch.is_uppercase()),
        rest.iter().all(|ch| ch.is_uppercase()),
    ) {
        (true, false, _) => Shape::Capital,
        (true, true, true) => Shape::Upper,
        (false, false, _) => Shape::Lower,
        _ => Shape::Mixed,
    }
}

/// Writes the first letter large where that is one letter.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if first.to_uppercase().count() == 1 => {
            first.to_uppercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<String> {
        let line = Line::plain(text);
        line.sentences()
            .into_iter()
            .map(|at| line.slice(at))
            .collect()
    }

    #[test]
    fn sentences_end_where_a_reader_would_say() {
        for (text, expect) in [
            ("one. two", vec!["one.", "two"]),
            ("Dr. Weber came. ok?", vec!["Dr. Weber came.", "ok?"]),
            ("e.g. this. That", vec!["e.g. this.", "That"]),
            ("at 5 p.m. today", vec!["at 5 p.m. today"]),
            ("at 5 p.m. Then we go", vec!["at 5 p.m.", "Then we go"]),
            ("well... maybe", vec!["well... maybe"]),
            ("1. Buy milk", vec!["1. Buy milk"]),
            ("it costs 3.50. ok", vec!["it costs 3.50.", "ok"]),
            (
                "on 24.12. and 25.12. we rest",
                vec!["on 24.12. and 25.12. we rest"],
            ),
            (
                "from Mon. 2 Dec. to Wed. 4 Dec. at the latest",
                vec!["from Mon. 2 Dec. to Wed. 4 Dec. at the latest"],
            ),
            ("on 24.12. We rest", vec!["on 24.12.", "We rest"]),
            ("really?! yes", vec!["really?!", "yes"]),
            (
                "see example.com/a?b. fine",
                vec!["see example.com/a?b.", "fine"],
            ),
            ("J. Smith wrote", vec!["J. Smith wrote"]),
        ] {
            assert_eq!(sentences(text), expect, "{text}");
        }
    }

    #[test]
    fn words_know_their_shape_and_place() {
        let line = Line::plain("Hi I don\u{2019}t use an iPhone. ok NASA");
        let words = line.words();
        let shown: Vec<_> = words
            .iter()
            .map(|w| (w.lower.as_str(), w.shape, w.starts))
            .collect();
        assert_eq!(
            shown,
            [
                ("hi", Shape::Capital, true),
                ("i", Shape::Capital, false),
                ("don't", Shape::Lower, false),
                ("use", Shape::Lower, false),
                ("an", Shape::Lower, false),
                ("iphone", Shape::Mixed, false),
                ("ok", Shape::Lower, true),
                ("nasa", Shape::Upper, false),
            ]
        );
    }

    #[test]
    fn new_text_never_joins_a_link() {
        let mut line = Line::plain("see here");
        for cell in &mut line.cells[4..] {
            cell.style = 3;
            cell.lock = Lock::Foreign;
        }
        line.replace(8..8, ".");
        assert_eq!(line.cells[8].style, 0);
    }
}
