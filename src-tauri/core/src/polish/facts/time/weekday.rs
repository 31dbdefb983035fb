//! Days of the week. Their short forms ("sat", "wed", German "so" and "do") are words of their
//! own, so they count only where a day makes sense.

use super::{
    super::{FactKind, Scan, Value, quantity::is_franc, token::Kind},
    find_in,
    month::{MONTHS, SHORT_MONTHS},
    relative::note_part_of_day,
};

pub(super) const WEEKDAYS: &[(&str, u8)] = &[
    ("monday", 1),
    ("tuesday", 2),
    ("wednesday", 3),
    ("thursday", 4),
    ("friday", 5),
    ("saturday", 6),
    ("sunday", 7),
    ("mondays", 1),
    ("tuesdays", 2),
    ("wednesdays", 3),
    ("thursdays", 4),
    ("fridays", 5),
    ("saturdays", 6),
    ("sundays", 7),
    ("tues", 2),
    ("tue", 2),
    ("weds", 3),
    ("thur", 4),
    ("thurs", 4),
    ("thu", 4),
    ("fri", 5),
    ("montag", 1),
    ("dienstag", 2),
    ("mittwoch", 3),
    ("donnerstag", 4),
    ("freitag", 5),
    ("samstag", 6),
    ("sonnabend", 6),
    ("sonntag", 7),
    ("montags", 1),
    ("dienstags", 2),
    ("mittwochs", 3),
    ("donnerstags", 4),
    ("freitags", 5),
    ("samstags", 6),
    ("sonntags", 7),
];

/// Words that mean something else, too; taken only where a day makes sense.
const SHORT_WEEKDAYS: &[(&str, u8)] = &[("mon", 1), ("wed", 3), ("sat", 6), ("sun", 7)];

/// The same in German, before a date or time only.
const SHORT_GERMAN_WEEKDAYS: &[(&str, u8)] = &[
    ("mo", 1),
    ("di", 2),
    ("mi", 3),
    ("do", 4),
    ("fr", 5),
    ("sa", 6),
    ("so", 7),
];

pub(super) fn is_weekday(word: &str) -> bool {
    find_in(WEEKDAYS, word)
        .or_else(|| find_in(SHORT_WEEKDAYS, word))
        .is_some()
}

/// Whether a date or time of day follows, as after "So," and "Mo.": "9.2.", "9:30", "3 Uhr".
fn before_a_date(scan: &Scan<'_>, i: usize) -> bool {
    let is_mark = |i: usize, mark: &str| scan.tokens.get(i).is_some_and(|token| token.is(mark));
    let i = i + usize::from(is_mark(i, ".") || is_mark(i, ","));
    scan.tokens.get(i).is_some_and(|number| {
        number.kind == Kind::Digits
            && (number.lower.contains('.')
                || is_mark(i + 1, ".")
                || is_mark(i + 1, ":")
                || scan.any_word(i + 1) == "uhr")
    })
}

/// Whether "sat" or "sun" in small letters is a day: before a date or time, after a word that leads
/// to a day, and not where they are a verb or in the sky.
fn lower_day(scan: &Scan<'_>, i: usize) -> bool {
    let before = scan.before(i);
    let next = scan.tokens.get(i + 1);
    let number = next.is_some_and(|next| next.kind == Kind::Digits)
        || next.is_some_and(|next| next.dash() || next.is("/"))
            && find_in(SHORT_WEEKDAYS, scan.any_word(i + 2))
                .or_else(|| find_in(WEEKDAYS, scan.any_word(i + 2)))
                .is_some();
    if matches!(
        before,
        "the"
            | "i"
            | "we"
            | "he"
            | "she"
            | "they"
            | "you"
            | "who"
            | "had"
            | "have"
            | "has"
            | "and"
            | "just"
            | "it"
            | "in"
    ) {
        return number && before == "and";
    }
    number
        || matches!(
            before,
            "on" | "this"
                | "next"
                | "from"
                | "by"
                | "until"
                | "till"
                | "til"
                | "since"
                | "before"
                | "after"
                | "every"
                | "last"
                | "for"
                | "is"
                | "collect"
                | "or"
                | "to"
                | "come"
                | "free"
                | "til'"
                | "thru"
                | "b4"
        ) && next.is_none_or(|next| {
            next.kind == Kind::Mark
                || next.starts
                || matches!(
                    &*next.lower,
                    "at" | "after"
                        | "before"
                        | "from"
                        | "morning"
                        | "afternoon"
                        | "evening"
                        | "night"
                        | "and"
                        | "or"
                        | "if"
                        | "please"
                        | "pls"
                        | "then"
                        | "around"
                        | "noon"
                        | "lunch"
                        | "to"
                        | "till"
                        | "until"
                        | "with"
                        | "instead"
                        | "is"
                        | "tho"
                        | "for"
                )
        })
}

pub(super) fn weekday(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let token = scan.free(i)?;
    if is_franc(scan, i) {
        return None;
    }
    let word = token.lower.as_str();
    let capital = token.capital();
    let word = word.strip_suffix("'s").unwrap_or(word);
    let day = find_in(WEEKDAYS, word).or_else(|| {
        let near = matches!(
            scan.before(i),
            "on" | "by"
                | "next"
                | "this"
                | "until"
                | "till"
                | "from"
                | "since"
                | "before"
                | "after"
                | "every"
                | "last"
                | "or"
                | "and"
                | "to"
        ) || scan.tokens.get(i + 1).is_some_and(|next| {
            next.kind == Kind::Digits || next.is(",") || next.dash() || next.is("/")
        }) || scan.any_word(i + 1) == "at"
            || find_in(MONTHS, scan.any_word(i + 1))
                .or_else(|| find_in(SHORT_MONTHS, scan.any_word(i + 1)))
                .is_some()
            || matches!(
                scan.any_word(i + 1),
                "morning" | "afternoon" | "evening" | "night"
            );
        (capital && (near || word == "wed" && !token.starts) || !scan.german && lower_day(scan, i))
            .then(|| find_in(SHORT_WEEKDAYS, word))
            .flatten()
            .or_else(|| {
                // "am do", "bis fr": nothing else can stand there.
                let short = scan.german
                    && matches!(
                        scan.before(i),
                        "am" | "bis" | "ab" | "nächsten" | "kommenden" | "diesen" | "seit"
                    )
                    && !(scan.before(i) == "ab" && word == "so");
                short
                    .then(|| find_in(SHORT_GERMAN_WEEKDAYS, word))
                    .flatten()
            })
            .or_else(|| {
                // "ginge fr ab 14 uhr": these four are no words.
                if scan.german
                    && !capital
                    && matches!(word, "mo" | "mi" | "fr" | "sa")
                    && !scan
                        .tokens
                        .get(i + 1)
                        .is_some_and(|next| next.is(".") || next.capital())
                {
                    return find_in(SHORT_GERMAN_WEEKDAYS, word);
                }
                let short = capital
                    && scan.german
                    && (before_a_date(scan, i + 1)
                        // "bitte Do überweisen"; not "So", nor "Fr. Weber".
                        || !token.starts
                            && word != "so"
                            && !scan.tokens.get(i + 1).is_some_and(|next| next.is(".")));
                short
                    .then(|| find_in(SHORT_GERMAN_WEEKDAYS, word))
                    .flatten()
            })
    })?;
    scan.note(FactKind::Weekday, i, i + 1, Value::Weekday(day), true);
    // "Monday morning" says more than "Monday".
    Some(note_part_of_day(scan, i + 1))
}
