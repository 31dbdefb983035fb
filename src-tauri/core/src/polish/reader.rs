//! Reads a model's JSON answer while it is still arriving, so that each card can fill.
//!
//! It knows just enough JSON for one object of strings: text before the object (a greeting, a code
//! fence) is skipped, unknown keys and values of other kinds are passed over, escapes may be cut
//! anywhere. It is lenient in one thing only, raw line breaks inside a string, which small models
//! write. What it says is for showing; whether the whole answer is valid is decided by
//! [`crate::polish::answer`].

use crate::polish::Style;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// More text of a version.
    Text {
        /// Which.
        style: Style,
        /// What is new.
        delta: String,
    },
    /// A version is complete.
    Done {
        /// Which.
        style: Style,
        /// All of it.
        text: String,
    },
}

/// The incremental reader.
#[derive(Debug, Default)]
pub struct Reader {
    place: Place,
    /// Key or value being read.
    string: String,
    /// How many bytes of `string` were reported.
    reported: usize,
    escape: Escape,
    /// The first half of a surrogate pair, waiting for its second.
    high: Option<u32>,
    /// The style whose value is being read, or whose key was just read.
    style: Option<Style>,
    /// Whether a version has begun in this object.
    begun: bool,
    finished: bool,
}

/// Where in the answer we are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Before the object.
    #[default]
    Before,
    /// After `{`: a key or `}`.
    Opened,
    /// After `,`: a key.
    BeforeKey,
    Key,
    BeforeColon,
    BeforeValue,
    /// Inside the string of a style.
    Value,
    /// Inside a value that is passed over.
    Skip(Skipped),
    AfterValue,
    /// After the object, or beyond repair: the rest is not read.
    Over,
}

/// How far a value that is passed over has got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Skipped {
    depth: u32,
    in_string: bool,
    escaped: bool,
}

/// An escape that may be cut between two pieces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Escape {
    #[default]
    None,
    /// After a backslash.
    Backslash,
    /// After `\u`, so many digits read.
    Unicode { digits: u8, value: u32 },
}

impl Reader {
    /// A reader at the beginning of an answer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the object was closed properly.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Takes the next piece of the answer, cut anywhere, and answers what it adds, in order.
    pub fn push(&mut self, piece: &str) -> Vec<Read> {
        let mut out = Vec::new();
        for c in piece.chars() {
            if self.place == Place::Over {
                break;
            }
            self.take(c, &mut out);
        }
        self.report(&mut out);
        out
    }

    fn take(&mut self, c: char, out: &mut Vec<Read>) {
        match self.place {
            Place::Before if c == '{' => self.place = Place::Opened,
            Place::Before | Place::Over => {}
            Place::Opened => match c {
                '"' => self.open_key(),
                '{' => {}
                c if is_space(c) => {}
                // A brace in prose, not our object.
                _ => self.place = Place::Before,
            },
            Place::BeforeKey => match c {
                '"' => self.open_key(),
                // A comma too many before the end, as small models write it.
                '}' => self.close(),
                c if is_space(c) => {}
                _ => self.give_up(),
            },
            Place::Key => {
                if self.string_char(c) {
                    self.style = Style::from_key(&self.string);
                    self.place = Place::BeforeColon;
                }
            }
            Place::BeforeColon => match c {
                ':' => self.place = Place::BeforeValue,
                c if is_space(c) => {}
                _ => self.give_up(),
            },
            Place::BeforeValue => match c {
                '"' if self.style.is_some() => {
                    self.string.clear();
                    self.begun = true;
                    self.place = Place::Value;
                }
                c if is_space(c) => {}
                c => {
                    self.style = None;
                    self.skip(c, Skipped::default());
                }
            },
            Place::Value => {
                if self.string_char(c) {
                    self.report(out);
                    self.reported = 0;
                    if let Some(style) = self.style.take() {
                        out.push(Read::Done {
                            style,
                            text: std::mem::take(&mut self.string),
                        });
                    }
                    self.place = Place::AfterValue;
                }
            }
            Place::Skip(skipped) => self.skip(c, skipped),
            Place::AfterValue => match c {
                ',' => self.place = Place::BeforeKey,
                '}' => self.close(),
                c if is_space(c) => {}
                _ => self.give_up(),
            },
        }
    }

    fn open_key(&mut self) {
        self.string.clear();
        self.place = Place::Key;
    }

    /// Passes over a value nobody asked for.
    fn skip(&mut self, c: char, mut at: Skipped) {
        match c {
            _ if at.escaped => at.escaped = false,
            '\\' if at.in_string => at.escaped = true,
            '"' => at.in_string = !at.in_string,
            _ if at.in_string => {}
            '{' | '[' => at.depth = at.depth.saturating_add(1),
            ',' if at.depth == 0 => {
                self.place = Place::BeforeKey;
                return;
            }
            '}' if at.depth == 0 => {
                self.close();
                return;
            }
            '}' | ']' => at.depth = at.depth.saturating_sub(1),
            _ => {}
        }
        self.place = Place::Skip(at);
    }

    /// The object is closed. One without any version was not ours: a later one may be.
    fn close(&mut self) {
        if self.begun {
            self.finished = true;
            self.place = Place::Over;
        } else {
            self.place = Place::Before;
        }
    }

    /// What was read is no JSON.
    fn give_up(&mut self) {
        self.escape = Escape::None;
        self.high = None;
        self.place = if self.begun {
            Place::Over
        } else {
            Place::Before
        };
    }

    /// Takes a character inside a string; true when it closed the string.
    fn string_char(&mut self, c: char) -> bool {
        match self.escape {
            Escape::None => match c {
                '"' => {
                    self.drop_lone_half();
                    return true;
                }
                '\\' => self.escape = Escape::Backslash,
                c => self.add(c),
            },
            Escape::Backslash => {
                self.escape = Escape::None;
                match c {
                    'u' => {
                        self.escape = Escape::Unicode {
                            digits: 0,
                            value: 0,
                        };
                    }
                    'n' => self.add('\n'),
                    't' => self.add('\t'),
                    'r' => self.add('\r'),
                    'b' => self.add('\u{8}'),
                    'f' => self.add('\u{c}'),
                    '"' | '\\' | '/' => self.add(c),
                    _ => self.give_up(),
                }
            }
            Escape::Unicode { digits, value } => match c.to_digit(16) {
                Some(digit) if digits == 3 => {
                    self.escape = Escape::None;
                    self.add_unit(value * 16 + digit);
                }
                Some(digit) => {
                    self.escape = Escape::Unicode {
                        digits: digits + 1,
                        value: value * 16 + digit,
                    };
                }
                None => self.give_up(),
            },
        }
        false
    }

    fn add(&mut self, c: char) {
        self.drop_lone_half();
        self.string.push(c);
    }

    /// Adds a UTF-16 code unit, the second half of a pair joined with its first.
    fn add_unit(&mut self, unit: u32) {
        match (self.high, unit) {
            (Some(high), 0xDC00..=0xDFFF) => {
                self.high = None;
                let scalar = 0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00);
                self.string
                    .push(char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (_, 0xD800..=0xDBFF) => {
                self.drop_lone_half();
                self.high = Some(unit);
            }
            _ => self.add(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    /// A first half whose second never came.
    fn drop_lone_half(&mut self) {
        if self.high.take().is_some() {
            self.string.push(char::REPLACEMENT_CHARACTER);
        }
    }

    /// Reports what has been read of the current version since the last time.
    fn report(&mut self, out: &mut Vec<Read>) {
        if self.place == Place::Value
            && let Some(style) = self.style
            && self.string.len() > self.reported
        {
            out.push(Read::Text {
                style,
                delta: self.string[self.reported..].to_owned(),
            });
            self.reported = self.string.len();
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All events with neighbouring texts of one style joined: what does not depend on the cuts.
    fn joined(pieces: &[&str]) -> Vec<Read> {
        let mut reader = Reader::new();
        let mut all: Vec<Read> = Vec::new();
        for piece in pieces {
            for read in reader.push(piece) {
                match (all.last_mut(), read) {
                    (
                        Some(Read::Text { style, delta }),
                        Read::Text {
                            style: next,
                            delta: more,
                        },
                    ) if *style == next => delta.push_str(&more),
                    (_, read) => all.push(read),
                }
            }
        }
        all
    }

    fn done(reads: &[Read]) -> Vec<(Style, String)> {
        reads
            .iter()
            .filter_map(|read| match read {
                Read::Done { style, text } => Some((*style, text.clone())),
                Read::Text { .. } => None,
            })
            .collect()
    }

    fn texts(reads: &[Read]) -> Vec<(Style, String)> {
        reads
            .iter()
            .filter_map(|read| match read {
                Read::Text { style, delta } => Some((*style, delta.clone())),
                Read::Done { .. } => None,
            })
            .collect()
    }

    #[test]
    fn text_arrives_before_its_version_is_complete() {
        let mut reader = Reader::new();
        assert_eq!(reader.push("{\"for"), []);
        assert_eq!(
            reader.push("mal\": \"Dear Dr"),
            [Read::Text {
                style: Style::Formal,
                delta: "Dear Dr".into()
            }]
        );
        assert_eq!(
            reader.push(" Weber\", \"casual\":\"Hi"),
            [
                Read::Text {
                    style: Style::Formal,
                    delta: " Weber".into()
                },
                Read::Done {
                    style: Style::Formal,
                    text: "Dear Dr Weber".into()
                },
                Read::Text {
                    style: Style::Casual,
                    delta: "Hi".into()
                },
            ]
        );
        assert!(!reader.is_finished());
    }

    #[test]
    fn a_surrogate_pair_cut_in_two_is_one_character() {
        let mut reader = Reader::new();
        let first = reader.push("{\"formal\":\"a\\ud83c");
        assert_eq!(
            texts(&first),
            [(Style::Formal, "a".to_owned())],
            "half a pair is not shown"
        );
        let second = reader.push("\\udf89\"}");
        assert_eq!(done(&second), [(Style::Formal, "a🎉".to_owned())]);
        assert!(reader.is_finished());
    }

    #[test]
    fn lone_halves_become_the_replacement_character() {
        let reads = joined(&["{\"formal\":\"a\\ud83cb\\udf89\\ud83c\"}"]);
        assert_eq!(
            done(&reads),
            [(Style::Formal, "a\u{fffd}b\u{fffd}\u{fffd}".into())]
        );
    }

    #[test]
    fn prose_fences_and_braces_before_the_object_are_skipped() {
        let reads =
            joined(&["Sure! {here} it is {\"note\": 1}:\n```json\n{ \"Casual\" : \"Hi\" }\n```"]);
        assert_eq!(done(&reads), [(Style::Casual, "Hi".into())]);
    }

    #[test]
    fn unknown_keys_and_other_kinds_of_values_are_passed_over() {
        let reads = joined(&[
            r#"{"x": {"formal": "no", "y": ["}", "\\\"{"]}, "elaborate": null, "concise": "c", "n": -1.5e3, "formal": "f",}"#,
        ]);
        assert_eq!(
            done(&reads),
            [(Style::Concise, "c".into()), (Style::Formal, "f".into())]
        );
    }

    #[test]
    fn an_unescaped_quote_ends_the_reading() {
        let reads = joined(&[r#"{"formal": "He said "hi" to me", "casual": "x"}"#]);
        assert_eq!(
            done(&reads),
            [(Style::Formal, "He said ".into())],
            "what follows can't be trusted"
        );
    }

    #[test]
    fn a_raw_line_break_inside_a_string_is_taken() {
        let mut reader = Reader::new();
        let reads = reader.push("{\"formal\": \"a\nb\"}");
        assert_eq!(done(&reads), [(Style::Formal, "a\nb".into())]);
        assert!(reader.is_finished());
    }

    /// JSON in which every character may be written as itself or as an escape.
    fn write_json(values: &[(String, String)], escape_all: bool, spaced: bool) -> String {
        let space = if spaced { " \n\t" } else { "" };
        let quote = |text: &str| {
            if escape_all {
                let units: String = text
                    .encode_utf16()
                    .map(|unit| format!("\\u{unit:04x}"))
                    .collect();
                format!("\"{units}\"")
            } else {
                serde_json::to_string(text).unwrap()
            }
        };
        let members: Vec<String> = values
            .iter()
            .map(|(key, value)| format!("{space}{}{space}:{space}{}", quote(key), quote(value)))
            .collect();
        format!("{{{}{space}}}", members.join(","))
    }

    fn split_at_chars<'a>(text: &'a str, cuts: &[prop::sample::Index]) -> Vec<&'a str> {
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut at: Vec<usize> = cuts.iter().map(|cut| *cut.get(&boundaries)).collect();
        at.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for to in at {
            pieces.push(&text[from..to]);
            from = to;
        }
        pieces.push(&text[from..]);
        pieces
    }

    proptest! {
        #[test]
        fn any_cut_reads_the_same_and_as_serde_does(
            texts_of in prop::collection::vec(any::<String>(), 4),
            extra in any::<String>(),
            order in Just(vec![0usize, 1, 2, 3, 4]).prop_shuffle(),
            escape_all in any::<bool>(),
            spaced in any::<bool>(),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..24),
        ) {
            let members: Vec<(String, String)> = order
                .iter()
                .map(|&n| match Style::ALL.get(n) {
                    Some(style) => (style.key().to_owned(), texts_of[n].clone()),
                    None => ("comment".to_owned(), extra.clone()),
                })
                .collect();
            let json = write_json(&members, escape_all, spaced);
            let whole = joined(&[&json]);
            prop_assert_eq!(&joined(&split_at_chars(&json, &cuts)), &whole);

            let parsed: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&json).unwrap();
            let read = done(&whole);
            prop_assert_eq!(read.len(), 4);
            for (style, text) in read {
                prop_assert_eq!(parsed[style.key()].as_str(), Some(text.as_str()));
            }
            for (style, text) in texts(&whole) {
                prop_assert_eq!(parsed[style.key()].as_str(), Some(text.as_str()));
            }
        }

        #[test]
        fn no_input_makes_it_panic(pieces in prop::collection::vec("[\\x20-\\x7e{}\"\\\\ud8:,\\[\\]]{0,12}", 0..20)) {
            let mut reader = Reader::new();
            for piece in &pieces {
                reader.push(piece);
            }
        }
    }
}
