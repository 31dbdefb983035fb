//! Finding: what the words of a text are, what somebody who types means by theirs, and where they
//! stand in a text.
//!
//! A word is a run of letters and digits, compared without case and accents, and with what other
//! keyboards write for a letter: `strasse` finds "Straße", `lodz` finds "Łódź". Scripts that are
//! written without blanks have no such runs; there each character is a word, as is each emoji.
//! The index is filled with the same words ([`indexed`]) that are looked for ([`Query`]), so that
//! what is found can always be shown ([`Query::pieces`], [`Query::excerpt`]). Deliberately absent:
//! the index itself, and word stems.

use std::{
    borrow::Cow,
    cell::Cell,
    ops::{ControlFlow, Range},
    sync::LazyLock,
};

use serde::{Deserialize, Serialize};
use specta::Type;
use unicode_normalization::UnicodeNormalization;

/// The most words of a search that are looked at.
const MAX_WORDS: usize = 32;
/// From so many letters on the texts are searched, too.
const LETTERS_FOR_TEXT: usize = 3;
/// How much of a text stands before the first place, in Unicode scalar values.
const BEFORE: usize = 32;

/// A part of a text in which something was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Piece {
    /// Its letters.
    pub text: String,
    /// Whether that is what was looked for.
    pub hit: bool,
}

/// One word of a text.
struct Word<'a> {
    /// Where it stands, in bytes.
    at: Range<usize>,
    /// How it is compared.
    key: &'a str,
}

/// The letters of one character as they are compared.
fn fold(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c)
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_accent(*c))
        .flat_map(|c| {
            let (first, second) = match c {
                'ß' => ('s', Some('s')),
                'æ' => ('a', Some('e')),
                'œ' => ('o', Some('e')),
                'ø' => ('o', None),
                'ł' => ('l', None),
                'đ' | 'ð' => ('d', None),
                'ı' => ('i', None),
                'ς' => ('σ', None),
                c => (c, None),
            };
            std::iter::once(first).chain(second)
        })
}

/// Signs above and below letters that people leave out: those of Latin, Greek, Cyrillic, Hebrew
/// and Arabic. The vowels of Indian scripts are no such signs.
fn is_accent(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036F | 0x0483..=0x0489 | 0x0591..=0x05BD | 0x05BF..=0x05C7 | 0x0610..=0x061A
        | 0x0640 | 0x064B..=0x065F | 0x0670 | 0x06D6..=0x06DC | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF
        | 0x20D0..=0x20FF | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F)
}

/// Part of a word: a letter, a digit, or a sign that belongs to its letter.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

/// What a character gives to the key of its word.
#[derive(Clone, Copy)]
enum Part {
    /// It ends the word.
    None,
    /// These letters, or none at all: what a character is made of may be no letters, as the line
    /// in "½".
    Letters([Option<char>; 2]),
    /// More letters than two.
    More,
}

impl Part {
    fn of(c: char) -> Self {
        if !is_of_word(c) {
            return Self::None;
        }
        let mut letters = fold(c).filter(|c| is_of_word(*c));
        match ([letters.next(), letters.next()], letters.next()) {
            (both, None) => Self::Letters(both),
            _ => Self::More,
        }
    }
}

/// The alphabets in which most mails are written, from Latin to Arabic, looked up beforehand:
/// folding takes ten times as long, and fifty texts are gone through while somebody types.
static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| ('\0'..'\u{700}').map(Part::of).collect());

/// Adds what a character gives to the key of its word; answers whether it is part of one.
fn add_part(key: &mut String, parts: &[Part], c: char) -> bool {
    let part = match parts.get(c as usize) {
        Some(part) => *part,
        None => Part::of(c),
    };
    match part {
        Part::None => return false,
        Part::Letters(letters) => letters.iter().flatten().for_each(|c| key.push(*c)),
        Part::More => key.extend(fold(c).filter(|c| is_of_word(*c))),
    }
    true
}

/// Whether a character is part of a word.
fn is_part(parts: &[Part], c: char) -> bool {
    match parts.get(c as usize) {
        Some(part) => !matches!(part, Part::None),
        None => is_of_word(c),
    }
}

/// A word of its own: Han, Hiragana, Katakana, Thai, Lao, Khmer, Burmese; emoji and other signs
/// people look for.
fn stands_alone(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x2190..=0x2BFF
        | 0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3040..=0x30FF
        | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9D | 0x1B000..=0x1B16F | 0x1F000..=0x1FAFF | 0x20000..=0x3FFFF)
}

/// Goes through the words of a text until `visit` breaks off.
fn each_word(text: &str, visit: impl FnMut(Word<'_>) -> ControlFlow<()>) {
    each_word_of(text, |_, _| true, visit);
}

/// The same for words of which the first letter, as it is compared, is `wanted` at that place.
/// Folding letters takes most of the time, and of all other words only the first one is folded.
fn each_word_of(
    text: &str,
    wanted: impl Fn(char, usize) -> bool,
    mut visit: impl FnMut(Word<'_>) -> ControlFlow<()>,
) {
    let mut end_of = |key: &mut String, at: Range<usize>| {
        if key.is_empty() {
            return ControlFlow::Continue(());
        }
        let flow = visit(Word { at, key });
        key.clear();
        flow
    };
    let parts = &**PARTS;
    let mut key = String::new();
    let mut start = 0;
    let mut is_other = false;
    let mut next = 0;
    while let Some(c) = text[next..].chars().next() {
        let at = next;
        next += c.len_utf8();
        if c.is_ascii_alphanumeric() {
            let c = c.to_ascii_lowercase();
            if key.is_empty() {
                start = at;
                is_other = is_other || !wanted(c, at);
            }
            if is_other {
                let letters = text.as_bytes()[next..].iter();
                next += letters.take_while(|c| c.is_ascii_alphanumeric()).count();
            } else {
                key.push(c);
            }
            continue;
        }
        let alone = !c.is_ascii() && stands_alone(c);
        if !c.is_ascii() && !alone {
            if is_other && is_part(parts, c) {
                continue;
            }
            let is_first = key.is_empty();
            if !is_other && add_part(&mut key, parts, c) {
                if is_first {
                    start = at;
                }
                if is_first && key.chars().next().is_some_and(|c| !wanted(c, at)) {
                    is_other = true;
                    key.clear();
                }
                continue;
            }
        }
        is_other = false;
        if end_of(&mut key, start..at).is_break() {
            return;
        }
        if alone {
            match c {
                // Ideographs are made of nothing else, and texts of nearly nothing but them.
                '\u{3400}'..='\u{9FFF}' => key.push(c),
                _ => key.extend(fold(c).filter(|c| !c.is_whitespace())),
            }
            if key.chars().next().is_none_or(|c| !wanted(c, at)) {
                key.clear();
            }
            if end_of(&mut key, at..next).is_break() {
                return;
            }
        }
    }
    let _ = end_of(&mut key, start..text.len());
}

/// A text as it is indexed: its words with a blank between them. The index needs to know nothing
/// about languages then.
pub fn indexed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    each_word(text, |word| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word.key);
        ControlFlow::Continue(())
    });
    out
}

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Each is found where its words follow one another; the beginning of the last one is enough.
    phrases: Vec<Vec<String>>,
    /// Whether enough was typed for a look into the texts.
    in_text: bool,
}

impl Query {
    /// Reads what was typed; none if there is no word in it. What stands together without a blank
    /// is found together: `ada@example` is no other search than "ada example" in that order.
    pub fn read(typed: &str) -> Option<Self> {
        let mut phrases: Vec<Vec<String>> = Vec::new();
        let mut letters = 0;
        let mut words = 0;
        for part in typed.split_whitespace() {
            let mut phrase = Vec::new();
            each_word(part, |word| {
                phrase.push(word.key.to_owned());
                // One Chinese character says as much as a few letters.
                letters += match part[word.at].chars().next() {
                    Some(c) if stands_alone(c) => LETTERS_FOR_TEXT,
                    _ => word.key.chars().count(),
                };
                words += 1;
                if words < MAX_WORDS {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            });
            if !phrase.is_empty() {
                phrases.push(phrase);
            }
            if words >= MAX_WORDS {
                break;
            }
        }
        (!phrases.is_empty()).then_some(Self {
            phrases,
            in_text: letters >= LETTERS_FOR_TEXT,
        })
    }

    /// Whether the texts are searched, or only subjects and recipients: one or two letters begin
    /// some word of nearly every text.
    pub fn in_text(&self) -> bool {
        self.in_text
    }

    /// The `MATCH` expression of SQLite's FTS5 (sqlite.org/fts5.html, section 3) over an index of
    /// [`indexed`] texts. Every word is quoted, so nothing typed has a meaning in that language.
    pub fn expression(&self) -> String {
        let phrases: Vec<String> = self
            .phrases
            .iter()
            .map(|phrase| format!("\"{}\"*", phrase.join(" ")))
            .collect();
        phrases.join(" AND ")
    }

    /// Where it stands in a text, in order, up to the `end` that the first place leads to.
    fn places(&self, text: &str, end: impl Fn(&Range<usize>) -> usize) -> Vec<Range<usize>> {
        let longest = self.phrases.iter().map(Vec::len).max().unwrap_or(0);
        let mut places: Vec<Range<usize>> = Vec::new();
        // The last words, as many as the longest phrase has.
        let mut starts: Vec<usize> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        // Of phrases each word counts; of single words those that can begin like one of them.
        let firsts: Vec<char> = (self.phrases.iter().flatten())
            .filter_map(|word| word.chars().next())
            .collect();
        let stop = Cell::new(usize::MAX);
        let wanted = |c, at| longest > 1 || firsts.contains(&c) || at >= stop.get();
        each_word_of(text, wanted, |word| {
            if word.at.start >= stop.get() {
                return ControlFlow::Break(());
            }
            if longest > 1 {
                if keys.len() + 1 > longest {
                    keys.remove(0);
                    starts.remove(0);
                }
                keys.push(word.key.to_owned());
                starts.push(word.at.start);
            }
            let mut best: Option<Range<usize>> = None;
            for phrase in &self.phrases {
                let Some((last, before)) = phrase.split_last() else {
                    continue;
                };
                if !word.key.starts_with(last.as_str()) {
                    continue;
                }
                let mut start = word.at.start;
                if !before.is_empty() {
                    let Some(first) = keys.len().checked_sub(phrase.len()) else {
                        continue;
                    };
                    if keys[first..keys.len() - 1] != *before {
                        continue;
                    }
                    start = starts[first];
                }
                let stop = word.at.start + letters_of(&text[word.at.clone()], last.chars().count());
                best = Some(best.map_or(start..stop, |best| {
                    best.start.min(start)..best.end.max(stop)
                }));
            }
            if let Some(place) = best {
                match places.last_mut() {
                    Some(last) if last.end >= place.start => last.end = last.end.max(place.end),
                    _ => places.push(place),
                }
                if let [first] = &*places {
                    stop.set(end(first));
                }
            }
            ControlFlow::Continue(())
        });
        places
    }

    /// A whole text in pieces; none if nothing is in it.
    pub fn pieces(&self, text: &str) -> Option<Vec<Piece>> {
        let places = self.places(text, |_| usize::MAX);
        (!places.is_empty()).then(|| pieces(text, &places))
    }

    /// The part of a text around the first place, on one line, at most about `max` Unicode scalar
    /// values of it; none if nothing is in it.
    pub fn excerpt(&self, text: &str, max: usize) -> Option<Vec<Piece>> {
        self.excerpt_and_end(text, max).map(|(pieces, _)| pieces)
    }

    /// The same, and where that part ends, in bytes: what stands further on was not looked at.
    pub fn excerpt_and_end(&self, text: &str, max: usize) -> Option<(Vec<Piece>, usize)> {
        let window = |first: &Range<usize>| {
            let start = excerpt_start(text, first.start);
            let end = forward(text, start, max).max(first.end);
            start..end
        };
        let places = self.places(text, |first| window(first).end);
        let Range { start, mut end } = window(places.first()?);
        if let Some(last) = places.last() {
            end = end.max(last.end);
        }
        let moved: Vec<Range<usize>> = places
            .iter()
            .map(|place| place.start - start..place.end - start)
            .collect();
        let mut pieces = pieces(&text[start..end], &moved);
        for piece in &mut pieces {
            if let Cow::Owned(line) = one_line(&piece.text) {
                piece.text = line;
            }
        }
        if let Some(first) = pieces.first_mut().filter(|_| start > 0) {
            if first.hit {
                pieces.insert(0, plain("…"));
            } else {
                first.text.insert(0, '…');
            }
        }
        if end < text.len() {
            pieces.push(plain("…"));
        }
        Some((pieces, end))
    }
}

/// How many letters a character gives to the key of its word.
fn letters_in(c: char) -> usize {
    match PARTS.get(c as usize) {
        Some(Part::Letters(letters)) => letters.iter().flatten().count(),
        _ => fold(c)
            .filter(|c| is_of_word(*c) || stands_alone(*c))
            .count(),
    }
}

/// How many bytes of a word make so many letters of its key.
fn letters_of(word: &str, letters: usize) -> usize {
    let mut seen = 0;
    let mut chars = word.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        seen += letters_in(c);
        if seen < letters {
            continue;
        }
        // Accents that follow belong to their letter.
        match chars.peek() {
            Some((_, c)) if fold(*c).next().is_none() => {}
            Some((at, _)) => return *at,
            None => {}
        }
    }
    word.len()
}

fn pieces(text: &str, places: &[Range<usize>]) -> Vec<Piece> {
    let mut out = Vec::with_capacity(places.len() * 2 + 1);
    let mut at = 0;
    for place in places {
        if place.start > at {
            out.push(plain(&text[at..place.start]));
        }
        out.push(Piece {
            text: text[place.clone()].to_owned(),
            hit: true,
        });
        at = place.end;
    }
    if at < text.len() {
        out.push(plain(&text[at..]));
    }
    out
}

fn plain(text: &str) -> Piece {
    Piece {
        text: text.to_owned(),
        hit: false,
    }
}

/// Where the excerpt around a place begins: at a word, some way before it.
fn excerpt_start(text: &str, place: usize) -> usize {
    let mut chars = text[..place].char_indices().rev();
    let mut start = place;
    let mut word = place;
    for _ in 0..BEFORE {
        let Some((at, c)) = chars.next() else {
            return 0;
        };
        if c.is_whitespace() {
            word = start;
        }
        start = at;
    }
    if chars.next().is_none() {
        0
    } else if word < place {
        word
    } else {
        place
    }
}

/// `count` characters after `start`, in bytes, no place within a character.
fn forward(text: &str, start: usize, count: usize) -> usize {
    text[start..]
        .char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| start + at)
}

/// Line breaks and several blanks become one blank.
fn one_line(text: &str) -> Cow<'_, str> {
    let has_others = text.contains(|c: char| c != ' ' && c.is_whitespace()) || text.contains("  ");
    if !has_others {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query(typed: &str) -> Query {
        Query::read(typed).unwrap_or_else(|| panic!("{typed:?} has words"))
    }

    /// The pieces with brackets around the hits.
    fn marked(pieces: Option<Vec<Piece>>) -> String {
        pieces.map_or(String::new(), |pieces| {
            pieces
                .iter()
                .map(|piece| match piece.hit {
                    true => format!("[{}]", piece.text),
                    false => piece.text.clone(),
                })
                .collect()
        })
    }

    #[test]
    fn words_are_compared_without_case_accents_and_ligatures() {
        for (text, words) in [
            ("Grüße aus MÜNCHEN", "grusse aus munchen"),
            ("Łódź, Ærø; ŒUVRE", "lodz aero oeuvre"),
            ("e\u{301}te\u{301} ﬁnal İstanbul", "ete final istanbul"),
            ("我们ok见", "我 们 ok 见"),
            ("ada@example.org", "ada example org"),
            ("שָׁלוֹם مُحَمَّد", "שלום محمد"),
            ("हिन्दी भाषा", "हिन्दी भाषा"),
            ("done 👍🏽 👩\u{200d}💻!", "done 👍 🏽 👩 💻"),
            (" -- '\"* ()", ""),
        ] {
            assert_eq!(indexed(text), words, "{text:?}");
        }
    }

    #[test]
    fn what_is_typed_has_no_meaning_in_the_language_of_the_index() {
        let check = |typed: &str, expression: &str| {
            let read = Query::read(typed).map_or(String::new(), |query| query.expression());
            assert_eq!(read, expression, "{typed:?}");
        };
        check("hello wor", "\"hello\"* AND \"wor\"*");
        check("\"a\" OR b*", "\"a\"* AND \"or\"* AND \"b\"*");
        check("ada@example.org", "\"ada example org\"*");
        check("subject:x NEAR(y)", "\"subject x\"* AND \"near y\"*");
        check("你好", "\"你 好\"*");
        check("", "");
        check(" -- '\"* ()", "");
        let long = "a ".repeat(10_000);
        assert_eq!(
            query(&long).phrases.len(),
            MAX_WORDS,
            "the rest is left out"
        );
    }

    #[test]
    fn texts_are_searched_from_three_letters_or_one_character_on() {
        for (typed, in_text) in [("a", false), ("ab", false), ("a b", false), ("ß", false)] {
            assert_eq!(query(typed).in_text(), in_text, "{typed:?}");
        }
        for typed in ["abc", "ab c", "你", "🎉"] {
            assert!(query(typed).in_text(), "{typed:?}");
        }
    }

    #[test]
    fn what_was_found_is_marked_where_it_stands() {
        let check = |typed: &str, text: &str, expected: &str| {
            assert_eq!(
                marked(query(typed).pieces(text)),
                expected,
                "{typed:?} in {text:?}"
            );
        };
        check("mun", "Grüße aus München", "Grüße aus [Mün]chen");
        check("GRUSS aus", "Grüße aus München", "[Grüß]e [aus] München");
        check("grus", "Grüße", "[Grüß]e");
        check("cafe", "Cafe\u{301}s", "[Cafe\u{301}]s");
        check("明天", "我们明天见", "我们[明天]见");
        check("天明", "我们明天见", "");
        check(
            "example.o",
            "Ada <ada@example.org>",
            "Ada <ada@[example.o]rg>",
        );
        check("an", "an and banana", "[an] [an]d banana");
        check("👩", "👩\u{200d}💻 hi", "[👩]\u{200d}💻 hi");
        check("שלום", "שָׁלוֹם עולם", "[שָׁלוֹם] עולם");
    }

    #[test]
    fn an_excerpt_is_one_line_around_the_first_place() {
        let text = format!(
            "{}\nThe  needle is\there. {}",
            "hay ".repeat(50),
            "straw ".repeat(50)
        );
        let excerpt = marked(query("needle").excerpt(&text, 60));
        assert!(excerpt.starts_with("…hay"), "{excerpt}");
        assert!(
            excerpt.contains("hay The [needle] is here. straw"),
            "{excerpt}"
        );
        assert!(
            excerpt.ends_with('…') && excerpt.chars().count() < 70,
            "{excerpt}"
        );
        assert_eq!(marked(query("one").excerpt("one two", 60)), "[one] two");
        assert_eq!(query("three").excerpt("one two", 60), None);
        let together = "字".repeat(300) + "词";
        let excerpt = marked(query("词").excerpt(&together, 60));
        assert!(excerpt.ends_with("[词]"), "{excerpt}");
    }

    proptest! {
        #[test]
        fn every_word_of_a_text_is_in_it(text in "\\PC{0,60}( \\PC{1,12})?") {
            for word in text.split_whitespace() {
                let Some(query) = Query::read(word) else { continue };
                if query.phrases.iter().map(Vec::len).sum::<usize>() >= MAX_WORDS { continue }
                let pieces = query.pieces(&text);
                prop_assert!(pieces.is_some(), "{:?} in {:?}", word, text);
                let whole: String = pieces.iter().flatten().map(|p| p.text.as_str()).collect();
                prop_assert_eq!(whole, text.clone(), "nothing is left out or added");
                prop_assert!(query.excerpt(&text, 20).is_some());
            }
        }
    }
}
