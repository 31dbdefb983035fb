//! A number with what it counts, in digits or words, before its unit or after its currency's sign.
//! Some number words say no number ("first class", "one-on-one") and are passed over.

use super::{
    super::{
        FactKind, Scan, Value,
        number::{self, Decimal},
        token::{Case, Kind},
        words,
    },
    code::note_code,
    money::{currency, currency_before},
    unit::{Of, inherited, unit_after},
};

/// A number with what it counts.
pub(super) fn amount(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    if let Some((code, at)) = currency_before(scan, i) {
        let mut from = i;
        let mut at = at;
        loop {
            let read = scan.number(at)?;
            let (value, mut to) = millions(scan, read.value, read.to);
            // "20,-"
            if scan.is(to, ",") && scan.dash(to + 1) && scan.touches(to + 1)
                || scan.is(to, ".") && scan.dash(to + 1) && scan.touches(to + 1)
            {
                to += 2;
            }
            // "$ 20 USD"
            let to = match currency(scan.word(to)) {
                Some(_) if scan.free(to).is_some_and(|t| t.case == Case::All) => to + 1,
                _ => to,
            };
            scan.note(FactKind::Money, from, to, Value::Money(value, code), true);
            // "€20-30", "€20 to 30"
            let joined = scan.dash(to) || scan.word(to) == "to";
            if !(joined
                && scan
                    .free(to + 1)
                    .is_some_and(|next| next.kind == Kind::Digits))
            {
                return Some(to);
            }
            let next = scan.number(to + 1)?;
            if !matches!(unit_after(scan, next.to).0, Of::Nothing | Of::Money(..)) {
                return Some(to);
            }
            (from, at) = (to + 1, to + 1);
        }
    }
    let token = scan.free(i)?;
    if token.kind == Kind::Digits && token.line && is_marker(scan, i) {
        return Some(i + 1);
    }
    if token.kind == Kind::Word
        && i > 0
        && scan.tokens[i - 1].dash()
        && scan.touches(i)
        && i > 1
        && scan.touches(i - 1)
        && scan.tokens[i - 2].kind == Kind::Word
        && !scan.tokens[i - 2].taken
        && number::multiplier(&token.lower).is_none()
        && scan.number(i - 2).is_none()
    {
        // "one-on-one", "all-in-one": inside a compound.
        return None;
    }
    if token.kind == Kind::Digits && number::digits(&token.lower).is_none() {
        // "2.3.1", "10.0.0.1"
        return Some(note_code(scan, i, i + 1));
    }
    let read = scan.number(i)?;
    let (value, to) = if matches!(scan.word(read.to), "m")
        && scan.touches(read.to)
        && currency(scan.free(read.to + 1).map_or("", |t| &t.lower)).is_some()
    {
        (read.value.times(1_000_000), read.to + 1)
    } else {
        (read.value, read.to)
    };
    // "zwei Dutzend", "two dozen eggs"
    let (value, to) = match scan.word(to) {
        "dozen" | "dutzend" => (value.times(12), to + 1),
        _ => (value, to),
    };
    // "three and a half years"
    let (value, mut to) = and_a_half(scan, value, to);
    // "3 in 100", "three in every hundred"
    if let Some(end) = in_a_hundred(scan, to) {
        scan.note(FactKind::Percent, i, end, Value::Percent(value), true);
        return Some(end);
    }
    let word = scan.tokens[i].lower.clone();
    if !read.digits && idiom(scan, i, to, &word) {
        return Some(to);
    }
    // "two thirds", "a third of".
    if scan.is(to, ",") && scan.dash(to + 1) && scan.touches(to) && scan.touches(to + 1) {
        to += 2;
    }
    let (of, end) = match unit_after(scan, to) {
        (Of::Nothing, _) => inherited(scan, i, to),
        found => found,
    };
    // "don't mix the two up"
    let pronoun = !read.digits
        && matches!(scan.before(i), "the" | "these" | "those" | "die" | "beiden")
        && scan
            .tokens
            .get(to)
            .is_none_or(|next| next.kind == Kind::Mark || next.starts || words::small(&next.lower));
    let firm = read.digits
        || !pronoun
            && !matches!(
                word.as_str(),
                "one" | "zero" | "erste" | "ersten" | "erster" | "erstes" | "eins" | "null"
            );
    let noun = words::stem(scan.any_word(end));
    match of {
        Of::Money(code, parts) => {
            scan.note(
                FactKind::Money,
                i,
                end,
                // A negative number of parts is one of wholes.
                Value::Money(
                    if parts < 0 {
                        value.times(-parts)
                    } else {
                        value.over(parts)
                    },
                    code,
                ),
                true,
            );
        }
        Of::Percent => scan.note(FactKind::Percent, i, end, Value::Percent(value), true),
        Of::Measure(measure, size) => {
            let (value, end) = and_a_half(scan, value, end);
            let value = Value::Number {
                value: value.times(size),
                count: value,
                measure: Some(measure),
                noun,
            };
            let firm = firm
                || matches!(word.as_str(), "one")
                    && !matches!(
                        scan.any_word(end.saturating_sub(1)),
                        "day" | "second" | "minute" | "night"
                    );
            scan.note(FactKind::Number, i, end, value, firm && !read.ordinal);
            return Some(end);
        }
        Of::Nothing => {
            let ordinal_word = read.ordinal && !read.digits && !counts_something(scan, to)
                // "two dates: ..." counts what follows.
                || !read.digits
                    && announces(scan, i)
                    && matches!(
                        scan.any_word(to),
                        "dates" | "options" | "points" | "things" | "questions" | "queries" | "matters" | "reasons" | "topics" | "ways" | "possibilities" | "alternatives" | "aspects" | "issues" | "slots" | "requests" | "termine" | "möglichkeiten" | "punkte" | "fragen" | "dinge" | "sachen" | "anliegen"
                    );
            let value = Value::Number {
                value,
                count: value,
                measure: None,
                noun,
            };
            scan.note(FactKind::Number, i, to, value, firm && !ordinal_word);
            return Some(to);
        }
    }
    Some(end.max(to))
}

/// Whether a number may only announce what follows, as "Two questions: ..." and "I have two dates" do.
/// The number of "your two questions" is one the text is about.
fn announces(scan: &Scan<'_>, i: usize) -> bool {
    !matches!(
        scan.before(i),
        "your"
            | "his"
            | "her"
            | "their"
            | "our"
            | "my"
            | "the"
            | "all"
            | "these"
            | "those"
            | "only"
            | "ihre"
            | "ihren"
            | "deine"
            | "deinen"
            | "eure"
            | "unsere"
            | "meine"
            | "alle"
            | "nur"
    )
}

/// The token after "in 100", "out of every hundred".
fn in_a_hundred(scan: &Scan<'_>, to: usize) -> Option<usize> {
    let at = match (scan.word(to), scan.word(to + 1)) {
        ("in" | "von", _) => to + 1,
        ("out", "of") => to + 2,
        _ => return None,
    };
    let at = at + usize::from(matches!(scan.word(at), "every" | "a"));
    let hundred = scan.word(at) == "hundred"
        || scan.word(at) == "hundert"
        || scan.free(at).is_some_and(|token| token.lower == "100");
    hundred.then_some(at + 1)
}

/// "an hour and a half" and "two and a half hours" are read where the unit comes last or first.
pub(super) fn and_a_half(scan: &Scan<'_>, value: Decimal, to: usize) -> (Decimal, usize) {
    if scan.word(to) == "and" && scan.word(to + 1) == "a" && scan.word(to + 2) == "half" {
        return (value.plus(Decimal::fraction(5_000)), to + 3);
    }
    (value, to)
}

fn millions(scan: &Scan<'_>, value: Decimal, to: usize) -> (Decimal, usize) {
    match scan.word(to) {
        "m" if scan.touches(to) => (value.times(1_000_000), to + 1),
        "b" if scan.touches(to) => (value.times(1_000_000_000), to + 1),
        _ => (value, to),
    }
}

/// The number of a list's item.
fn is_marker(scan: &Scan<'_>, i: usize) -> bool {
    (scan.is(i + 1, ".") || scan.is(i + 1, ")"))
        && scan.touches(i + 1)
        && scan.tokens[i].lower.len() <= 2
        && scan.tokens.get(i + 2).is_some_and(|next| !next.line)
}

/// Whether an ordinal in words stands before what it counts.
pub(super) fn counts_something(scan: &Scan<'_>, to: usize) -> bool {
    let next = scan.any_word(to);
    !next.is_empty()
        && !scan.tokens[to].starts
        && !matches!(
            next,
            "of" | "and"
                | "time"
                | "name"
                | "step"
                | "choice"
                | "thing"
                | "things"
                | "place"
                | "aid"
                | "impression"
                | "glance"
                | "half"
                | "class"
                | "hand"
                | "port"
                | "contact"
                | "available"
                | "possible"
                | "then"
                | "party"
                | "parties"
                | "we"
                | "i"
                | "you"
                | "the"
                | "it"
                | "is"
                | "to"
                | "please"
                | "could"
                | "can"
                | "world"
        )
        && !scan.dash(to)
}

/// Number words that say no number.
fn idiom(scan: &Scan<'_>, i: usize, to: usize, word: &str) -> bool {
    let next = scan.any_word(to);
    let before = scan.before(i);
    // "a thousand thanks", "a million times better"
    (matches!(next, "thanks" | "thank" | "apologies" | "dank") || before == "thanks")
        && scan
            .number(i)
            .is_some_and(|read| read.value.count().is_none_or(|n| n >= 100))
        || next == "cents" && matches!(before, "my" | "our")
        || word == "second"
            && (matches!(before, "one" | "split" | "every")
                || before == "a" && !counts_something(scan, to))
        || matches!(word, "first" | "second" | "third")
            && matches!(
                next,
                "party" | "parties" | "class" | "hand" | "thing" | "thought" | "thoughts" | "name"
            )
        || word == "second" && next == "to"
        || word == "first" && next == "place" && scan.before(i) == "the"
        || scan.german && word == "acht" && matches!(next, "geben" | "zu" | "auf")
        || word == "one" && scan.dash(to)
}
