//! Numbers, in digits and in words.

use super::{
    Scan,
    token::{Kind, Token},
};

/// A number to four places; where its spelling allows two readings ("1.000" is a thousand in
/// German and one in English), both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// Ten thousand times the number.
    first: i64,
    /// The other reading, or the same again.
    second: i64,
}

const UNIT: i64 = 10_000;

impl Decimal {
    /// A whole number.
    pub(super) fn whole(value: i64) -> Self {
        let value = value.saturating_mul(UNIT);
        Self {
            first: value,
            second: value,
        }
    }

    /// So many ten-thousandths.
    pub(super) fn fraction(ten_thousandths: i64) -> Self {
        Self {
            first: ten_thousandths,
            second: ten_thousandths,
        }
    }

    /// Whether some reading of the one is some reading of the other.
    pub fn agrees(self, other: Self) -> bool {
        self.first == other.first
            || self.first == other.second
            || self.second == other.first
            || self.second == other.second
    }

    /// Times a whole number.
    pub(super) fn times(self, factor: i64) -> Self {
        Self {
            first: self.first.saturating_mul(factor),
            second: self.second.saturating_mul(factor),
        }
    }

    /// Plus another.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            first: self.first.saturating_add(other.first),
            second: self.second.saturating_add(other.first),
        }
    }

    /// Divided by a whole number.
    pub(super) fn over(self, divisor: i64) -> Self {
        Self {
            first: self.first / divisor.max(1),
            second: self.second / divisor.max(1),
        }
    }

    /// The minutes after midnight, if it may be a time of day: 3, 7.30.
    pub(super) fn on_the_clock(self) -> Option<i64> {
        let (hour, minutes) = (self.first / UNIT, self.first % UNIT);
        ((0..24).contains(&hour) && minutes % 100 == 0 && (0..6_000).contains(&minutes))
            .then_some(hour * 60 + minutes / 100)
    }

    /// The number, if it is whole and not negative.
    pub(super) fn count(self) -> Option<i64> {
        (self.first % UNIT == 0 && self.first >= 0).then_some(self.first / UNIT)
    }
}

/// What a number measures, in a unit that makes "two weeks" and "14 days" the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Minutes: minutes, hours, days, weeks.
    Minutes,
    /// Months: months, quarters, years.
    Months,
    /// Something else, by its usual sign: "kg".
    Sign(&'static str),
}

/// Reads what stands in a [`Kind::Digits`] token: "1,000", "1.000,50", "1'000", "3.5".
pub(super) fn digits(text: &str) -> Option<Decimal> {
    if !text.is_ascii() {
        return None;
    }
    let marks: Vec<(usize, char)> = text
        .char_indices()
        .filter(|(_, c)| !c.is_ascii_digit())
        .collect();
    let grouped = |mark: char| {
        let mut groups = text.split(mark);
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && first != "0" && groups.all(|group| group.len() == 3)
    };
    let plain = |text: &str| -> Option<i64> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let with_point = |at: usize| -> Option<i64> {
        let whole = plain(&text[..at])?;
        let mut places: String = text[at + 1..].chars().take(4).collect();
        while places.len() < 4 {
            places.push('0');
        }
        whole.checked_mul(UNIT)?.checked_add(places.parse().ok()?)
    };
    match marks.as_slice() {
        [] => plain(text).map(Decimal::whole),
        [(at, mark)] => {
            let whole = plain(text).and_then(|value| value.checked_mul(UNIT));
            match (*mark, grouped(*mark)) {
                ('\'', _) => whole.map(Decimal::fraction),
                (_, true) => Some(Decimal {
                    first: whole?,
                    second: with_point(*at)?,
                }),
                _ => with_point(*at).map(Decimal::fraction),
            }
        }
        [.., (at, last)] => {
            let same = marks.iter().all(|(_, mark)| mark == last);
            if same {
                return grouped(*last).then(|| plain(text).map(Decimal::whole))?;
            }
            let whole = &text[..*at];
            let first = marks[0].1;
            let sound = marks[..marks.len() - 1].iter().all(|(_, m)| *m == first)
                && whole.split(first).skip(1).all(|group| group.len() == 3);
            sound.then(|| with_point(*at).map(Decimal::fraction))?
        }
    }
}

/// A number that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read {
    pub value: Decimal,
    /// The token after it.
    pub to: usize,
    /// Whether it is written in digits.
    pub digits: bool,
    /// Whether it is an ordinal.
    pub ordinal: bool,
}

const SMALL: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: &[&str] = &[
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const ORDINALS: &[&str] = &[
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];
const GERMAN: &[&str] = &[
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
const GERMAN_TENS: &[&str] = &[
    "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig",
];
const GERMAN_ORDINALS: &[&str] = &[
    "nullte", "erste", "zweite", "dritte", "vierte", "fünfte", "sechste", "siebte", "achte",
    "neunte", "zehnte", "elfte", "zwölfte",
];

fn place(list: &[&str], word: &str) -> Option<i64> {
    list.iter()
        .position(|entry| *entry == word)
        .and_then(|place| i64::try_from(place).ok())
}

/// Words and signs that multiply the number before them.
pub(super) fn multiplier(word: &str) -> Option<i64> {
    Some(match word {
        "hundred" | "hundert" => 100,
        "thousand" | "k" | "tausend" | "tsd" => 1_000,
        "million" | "millions" | "mn" | "mio" | "millionen" | "mil" => 1_000_000,
        "billion" | "billions" | "bn" | "mrd" | "milliarde" | "milliarden" => 1_000_000_000,
        _ => return None,
    })
}

fn small(word: &str) -> Option<i64> {
    place(SMALL, word)
}

fn tens(word: &str) -> Option<i64> {
    place(TENS, word).map(|place| (place + 2) * 10)
}

/// "einundzwanzig", "zweihundert", "fünfzehntausend".
pub(super) fn german(word: &str) -> Option<i64> {
    if let Some(value) = place(GERMAN, word) {
        return Some(value);
    }
    if let Some(value) = place(GERMAN_TENS, word) {
        return Some((value + 2) * 10);
    }
    // "zwoelf", "dreissig"
    if let Some(value) = match word {
        "zwo" => Some(2),
        "fuenf" => Some(5),
        "zwoelf" => Some(12),
        "fuenfzehn" => Some(15),
        "dreissig" => Some(30),
        "fuenfzig" => Some(50),
        _ => None,
    } {
        return Some(value);
    }
    for (name, factor) in [("tausend", 1_000), ("hundert", 100)] {
        if let Some((front, back)) = word.split_once(name) {
            let front = match front {
                "" | "ein" => 1,
                front => german(front)?,
            };
            let back = match back.strip_prefix("und").unwrap_or(back) {
                "" => 0,
                back => german(back)?,
            };
            return Some(front * factor + back);
        }
    }
    let (ones, tens) = word.split_once("und")?;
    let ones = if ones == "ein" {
        1
    } else {
        place(GERMAN, ones)?
    };
    let tens = (place(GERMAN_TENS, tens)? + 2) * 10;
    Some(tens + ones)
}

/// "anderthalb", "zweieinhalb".
fn and_a_half(word: &str) -> Option<Decimal> {
    let word = ["en", "er", "es", "e"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|stem| stem.ends_with("halb"))
        .unwrap_or(word);
    let whole = match word {
        "anderthalb" | "eineinhalb" | "einundeinhalb" => 1,
        _ => {
            let front = word.strip_suffix("einhalb")?;
            german(front.strip_suffix("und").unwrap_or(front))?
        }
    };
    Some(Decimal::whole(whole).plus(Decimal::fraction(UNIT / 2)))
}

impl Scan<'_> {
    /// The number that begins at a token, if one does.
    pub(super) fn number(&self, i: usize) -> Option<Read> {
        let token = self.free(i)?;
        match token.kind {
            Kind::Digits => self.number_in_digits(i, token),
            Kind::Word => self.number_in_words(i),
            Kind::Mark => {
                let value = match token.lower.as_str() {
                    "½" => 5_000,
                    "¼" => 2_500,
                    "¾" => 7_500,
                    _ => return None,
                };
                Some(Read {
                    value: Decimal::fraction(value),
                    to: i + 1,
                    digits: true,
                    ordinal: false,
                })
            }
        }
    }

    fn number_in_digits(&self, i: usize, token: &Token) -> Option<Read> {
        let mut to = i + 1;
        let mut text = token.lower.clone();
        // Groups of three with (thin) spaces: "1 000 000".
        if text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit()) && text != "0" {
            let mut joined = text.clone();
            let mut end = to;
            while let Some(next) = self.free(end)
                && next.kind == Kind::Digits
                && next.lower.len() >= 3
                && next.lower.as_bytes()[..3].iter().all(u8::is_ascii_digit)
                && (next.lower.len() == 3 || matches!(next.lower.as_bytes()[3], b'.' | b','))
                && matches!(
                    &self.text[self.tokens[end - 1].at.end..next.at.start],
                    " " | "\u{A0}" | "\u{2009}" | "\u{202F}" | "\u{2007}" | "\u{2008}"
                )
            {
                joined.push_str(&next.lower);
                end += 1;
                if next.lower.len() > 3 {
                    break;
                }
            }
            if end > to {
                text = joined;
                to = end;
            }
        }
        // A comma before a space or an end belongs to the sentence; the token has none.
        let mut value = digits(&text)?;
        let mut ordinal = false;
        if self.touches(to) {
            match self.word(to) {
                "st" | "nd" | "rd" | "th" | "te" | "ten" | "ter" => {
                    ordinal = true;
                    to += 1;
                }
                // "5ish"
                "ish" => to += 1,
                "½" => {}
                _ => {}
            }
        }
        if let Some(mark) = self.free(to)
            && mark.kind == Kind::Mark
            && self.touches(to)
            && let Some(part) = match mark.lower.as_str() {
                "½" => Some(5_000),
                "¼" => Some(2_500),
                "¾" => Some(7_500),
                _ => None,
            }
        {
            value = value.plus(Decimal::fraction(part));
            to += 1;
        }
        while let Some(factor) = multiplier(self.word(to)) {
            // "k" only where it touches; "m" is judged by those who know whether it is money.
            if matches!(self.word(to), "k" | "mn" | "bn" | "mil") && !self.touches(to) {
                break;
            }
            value = value.times(factor);
            to += 1;
            if self.is(to, ".") && matches!(self.any_word(to - 1), "mio" | "mrd" | "tsd") {
                to += 1;
            }
        }
        Some(Read {
            value,
            to,
            digits: true,
            ordinal,
        })
    }

    fn number_in_words(&self, i: usize) -> Option<Read> {
        let first = self.word(i);
        let read = |value: i64, to: usize, ordinal: bool| {
            Some(Read {
                value: Decimal::whole(value),
                to,
                digits: false,
                ordinal,
            })
        };
        if self.german {
            // "zu viert"
            if self.before(i) == "zu" {
                let how_many = [
                    "zweit", "dritt", "viert", "fünft", "sechst", "siebt", "acht",
                ];
                if let Some(value) = place(&how_many, first) {
                    return read(value + 2, i + 1, false);
                }
            }
            if let Some(value) = and_a_half(first) {
                return Some(Read {
                    value,
                    to: i + 1,
                    digits: false,
                    ordinal: false,
                });
            }
            // "Bitte achte darauf" counts nothing.
            if first == "achte"
                && (1..=3).any(|k| matches!(self.any_word(i + k), "darauf" | "auf" | "bitte"))
            {
                return None;
            }
            let stem = first.trim_end_matches(['n', 'r', 's', 'm']);
            if let Some(value) = place(GERMAN_ORDINALS, stem) {
                return read(value, i + 1, true);
            }
            // "neunzigste", "vierundzwanzigsten"
            if let Some(value) = stem
                .strip_suffix("ste")
                .and_then(german)
                .filter(|value| *value >= 20)
            {
                return read(value, i + 1, true);
            }
            if let Some(mut value) = german(first) {
                let mut to = i + 1;
                while let Some(factor) = multiplier(self.word(to)) {
                    value = value.saturating_mul(factor);
                    to += 1;
                }
                return read(value, to, false);
            }
        }
        if let Some(value) = place(ORDINALS, first) {
            return read(value, i + 1, true);
        }
        // "eightieth"
        if let Some(value) = first
            .strip_suffix("ieth")
            .and_then(|front| tens(&format!("{front}y")))
        {
            return read(value, i + 1, true);
        }
        // English: [small | tens [- small]] {hundred | thousand | million} [and ...]
        let (mut total, mut current, mut to, mut any) = (0i64, 0i64, i, false);
        let article = matches!(first, "a" | "an")
            && multiplier(self.word(i + 1)).is_some()
            && !matches!(self.word(i + 1), "k" | "mn" | "bn" | "mil");
        if article {
            current = 1;
            to += 1;
        }
        loop {
            let word = self.word(to);
            if let Some(value) = small(word) {
                if any && current % 10 != 0 || any && current % 100 != 0 && value >= 10 {
                    break;
                }
                current += value;
                (any, to) = (true, to + 1);
            } else if let Some(value) = tens(word) {
                if any && current % 100 != 0 {
                    break;
                }
                current += value;
                (any, to) = (true, to + 1);
                // "twenty-one", "twenty-first".
                let next = if self.dash(to) && self.touches(to) && self.touches(to + 1) {
                    to + 1
                } else {
                    to
                };
                if let Some(value) = small(self.word(next)).filter(|v| (1..10).contains(v)) {
                    current += value;
                    to = next + 1;
                } else if let Some(value) =
                    place(ORDINALS, self.word(next)).filter(|v| (1..10).contains(v))
                {
                    return read(total + current + value, next + 1, true);
                }
            } else if matches!(word, "hundred" | "thousand" | "million" | "billion")
                && (any || article)
            {
                let factor = multiplier(word)?;
                if factor == 100 {
                    current = current.max(1) * 100;
                } else {
                    total = total.saturating_add(current.max(1).saturating_mul(factor));
                    current = 0;
                }
                (any, to) = (true, to + 1);
            } else if word == "and"
                && any
                && (total > 0 && current == 0 || current > 0 && current % 100 == 0)
                && (small(self.word(to + 1)).is_some() || tens(self.word(to + 1)).is_some())
            {
                to += 1;
            } else {
                break;
            }
        }
        // "two dozen"
        if any && total == 0 && self.word(to) == "dozen" {
            return read(current * 12, to + 1, false);
        }
        any.then(|| read(total + current, to, false))?
    }
}
