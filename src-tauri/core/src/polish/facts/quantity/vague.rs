//! Quantities without a number: "two thirds", "half an hour", "a fiver", "weekly". Most are not
//! firm: they only serve as the counterpart of a number in the other text.

use super::{
    super::{
        FactKind, Scan, Value,
        number::{Decimal, Measure},
        words,
    },
    amount::{and_a_half, counts_something},
    unit::{BETWEEN, measure},
};

/// "a third of them", "two thirds", "ein Drittel", "drei Viertel".
pub(super) fn fraction(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let parts: i64 = match scan.word(i) {
        "a" | "one" | "ein" | "einem" | "einen" => 1,
        "two" | "zwei" => 2,
        "three" | "drei" => 3,
        "four" | "vier" => 4,
        _ => return None,
    };
    let of: i64 = match scan.word(i + 1) {
        "third" | "thirds" | "drittel" | "dritteln" => 3,
        "quarter" | "quarters" | "viertel" | "vierteln" => 4,
        "fifth" | "fifths" | "fünftel" | "fünfteln" => 5,
        "tenth" | "tenths" | "zehntel" => 10,
        _ => return None,
    };
    // "a third try", "a quarter past three", "three quarters of an hour"
    let next = scan.any_word(i + 2);
    let shown = if scan.german {
        !matches!(next, "nach" | "vor" | "stunde" | "stunden")
            && scan.number(i + 2).is_none_or(|read| !read.digits)
    } else {
        next == "of" && measure(scan.any_word(i + 4)).is_none()
    };
    let value = Value::Percent(Decimal::whole(parts * 100).over(of));
    if parts < of && !shown && !scan.german && scan.number(i + 2).is_none() {
        // "a quarter", of what was said before
        let span = scan.tokens[i].at.start..scan.tokens[i + 1].at.end;
        scan.note_span(FactKind::Percent, span, value, false);
        return None;
    }
    if parts >= of || !shown {
        return None;
    }
    scan.note(FactKind::Percent, i, i + 2, value, true);
    Some(i + 2)
}

/// What stands for a number without being one.
pub(super) fn vague(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let word = scan.word(i);
    let next = scan.word(i + 1);
    // "a fiver"
    if matches!(word, "fiver" | "tenner" | "fivers" | "tenners") {
        let value = Decimal::whole(if word.starts_with('f') { 5 } else { 10 });
        scan.note(FactKind::Money, i, i + 1, Value::Money(value, "GBP"), true);
        return Some(i + 1);
    }
    // "half a dozen"
    if word == "half" && next == "a" && scan.word(i + 2) == "dozen" {
        let value = Value::Number {
            value: Decimal::whole(6),
            count: Decimal::whole(6),
            measure: None,
            noun: words::stem(scan.any_word(i + 3)),
        };
        scan.note(FactKind::Number, i, i + 3, value, true);
        return Some(i + 3);
    }
    // "half an hour", "half a day"
    if word == "half"
        && matches!(next, "an" | "a")
        && let Some((measure, size)) = measure(scan.word(i + 2))
    {
        let value = Value::Number {
            value: Decimal::whole(size).over(2),
            count: Decimal::fraction(5_000),
            measure: Some(measure),
            noun: String::new(),
        };
        scan.note(FactKind::Number, i, i + 3, value, true);
        return Some(i + 3);
    }
    if word == "quarter" && next == "of" && scan.word(i + 2) == "an" && scan.word(i + 3) == "hour" {
        let value = Value::Number {
            value: Decimal::whole(15),
            count: Decimal::whole(15),
            measure: Some(Measure::Minutes),
            noun: String::new(),
        };
        scan.note(FactKind::Number, i, i + 4, value, true);
        return Some(i + 4);
    }
    let (value, measured, to) = match word {
        "a" | "an" | "per" | "each" | "every" | "this" | "single" | "ein" | "eine" | "einen"
        | "einer" | "einem" | "eines" | "pro" | "the" | "another" => {
            let skip = usize::from(BETWEEN.contains(&next) || matches!(next, "single" | "half"));
            // "a second interview"
            let ordinal = next == "second" && counts_something(scan, i + 2);
            if let Some((measure, size)) = measure(scan.word(i + 1 + skip)).filter(|_| !ordinal) {
                let to = i + 2 + skip;
                let (value, to) = and_a_half(scan, Decimal::whole(1), to);
                let whole = value.count() == Some(1);
                let half = next == "half";
                let value = value.times(size);
                let value = if half { value.over(2) } else { value };
                let value = Value::Number {
                    value,
                    count: Decimal::whole(1),
                    measure: Some(measure),
                    noun: String::new(),
                };
                // "extend it by a week" says how long, "£5 a week" how often.
                let long = matches!(word, "a" | "an" | "einen" | "eine" | "einem" | "einer")
                    && (matches!(
                        scan.before(i),
                        "by" | "within"
                            | "for"
                            | "said"
                            | "says"
                            | "takes"
                            | "um"
                            | "binnen"
                            | "für"
                    ) || i > 0
                        && scan.tokens[i - 1].is(",")
                        && !scan.word(i + 1 + skip).starts_with("day")
                        || scan.german
                            && matches!(measure, Measure::Months)
                            && !matches!(scan.before(i), "pro" | "je" | "in" | "im")
                        || matches!(
                            scan.any_word(to),
                            "later" | "earlier" | "longer" | "später" | "früher" | "länger"
                        ));
                scan.note(FactKind::Number, i, to, value, !whole || half || long);
                return Some(to);
            }
            if next.is_empty() || measure(next).is_some() || ordinal {
                return None;
            }
            // "a ticket" for "1 ticket"
            let noun = words::stem(next);
            let value = Value::Number {
                value: Decimal::whole(1),
                count: Decimal::whole(1),
                measure: None,
                noun,
            };
            if matches!(word, "this" | "the" | "each" | "every" | "per" | "pro") {
                return None;
            }
            let span = scan.tokens[i].at.clone();
            scan.note_span(FactKind::Number, span, value, false);
            return None;
        }
        "dozen" | "dutzend" => (12, None, i + 1),
        "duplicate" | "duplicates" | "duplicated" | "zweimalig" | "zweimalige" | "zweimaliges"
        | "zweimaliger" | "zweimaligen" | "zweimaligem" => (2, None, i + 1),
        "couple" | "pair" | "both" | "twice" | "double" | "paar" | "beide" | "beiden"
        | "zweimal" | "doppelt" | "doppelte" | "doppelten" | "doubled" | "doubling" | "doubles"
        | "verdoppelt" | "verdoppeln" | "verdoppelung" => (2, None, i + 1),
        "once" | "einmal" | "only" => (1, None, i + 1),
        "triple" | "thrice" | "dreimal" | "tripled" | "dreimalig" | "dreimalige"
        | "dreimaliger" | "dreimaliges" | "dreimaligen" | "dreimaligem" | "dreifach"
        | "dreifache" | "dreifachen" => (3, None, i + 1),
        "fortnight" => (2 * 10_080, Some(Measure::Minutes), i + 1),
        "weekly" | "wöchentlich" => (10_080, Some(Measure::Minutes), i + 1),
        "daily" | "täglich" => (1_440, Some(Measure::Minutes), i + 1),
        "monthly" | "monatlich" => (1, Some(Measure::Months), i + 1),
        "annual" | "annually" | "yearly" | "jährlich" => (12, Some(Measure::Months), i + 1),
        "decade" => (120, Some(Measure::Months), i + 1),
        "half" | "halb" | "hälfte" => {
            let span = scan.tokens[i].at.clone();
            // "half of it", "the other half"
            let firm = (next == "of" || word == "hälfte")
                && !matches!(
                    scan.before(i),
                    "first"
                        | "second"
                        | "other"
                        | "latter"
                        | "ersten"
                        | "zweiten"
                        | "erste"
                        | "zweite"
                );
            scan.note_span(
                FactKind::Percent,
                span.clone(),
                Value::Percent(Decimal::whole(50)),
                firm,
            );
            let value = Value::Number {
                value: Decimal::fraction(5_000),
                count: Decimal::fraction(5_000),
                measure: None,
                noun: String::new(),
            };
            scan.note_span(FactKind::Number, span, value, false);
            return None;
        }
        "no" | "none" | "zero" | "kein" | "keine" => (0, None, i + 1),
        _ => return None,
    };
    let value = Value::Number {
        value: Decimal::whole(value),
        count: Decimal::whole(if measured.is_some() { 1 } else { value }),
        measure: measured,
        noun: String::new(),
    };
    let span = scan.tokens[i].at.clone();
    let firm = matches!(
        word,
        "dozen" | "dutzend" | "twice" | "thrice" | "zweimal" | "dreimal"
    ) || word == "fortnight" && !matches!(scan.before(i), "next" | "last" | "this");
    scan.note_span(FactKind::Number, span, value, firm);
    Some(to)
}
