//! Dates, weekdays, times of day and time zones.
//!
//! | file | what it finds |
//! |---|---|
//! | `date` | days with their month, in digits or with its name: "10.3.", "March 10-12" |
//! | `month` | the names of months, and where they are none |
//! | `weekday` | "Monday", and where "sat" and "Mo." are one |
//! | `clock` | times in digits: "9.30 am", "at 3" |
//! | `spoken` | times in words: "half past three" |
//! | `relative` | what is counted from today, holidays, parts of the day: "next week" |
//! | `zone` | "CET", "UTC+2" |

mod clock;
mod date;
mod month;
mod relative;
mod spoken;
mod weekday;
mod zone;

pub(super) use self::month::is_month;
use self::{
    clock::clock,
    date::{named_date, numeric_date},
    relative::relative,
    spoken::spoken_clock,
    weekday::weekday,
    zone::zone,
};
use super::{Scan, token::Kind};

fn find_in<T: Copy>(list: &[(&str, T)], word: &str) -> Option<T> {
    list.iter()
        .find(|(name, _)| *name == word)
        .map(|&(_, value)| value)
}

/// Finds them all.
pub(super) fn find(scan: &mut Scan<'_>) {
    let mut i = 0;
    while i < scan.tokens.len() {
        i = one(scan, i).unwrap_or(i + 1);
    }
}

/// What begins at a token; answers the token after it.
fn one(scan: &mut Scan<'_>, i: usize) -> Option<usize> {
    let token = scan.free(i)?;
    let kind = token.kind;
    if kind == Kind::Mark {
        return None;
    }
    numeric_date(scan, i)
        .or_else(|| named_date(scan, i))
        .or_else(|| clock(scan, i))
        .or_else(|| spoken_clock(scan, i))
        .or_else(|| weekday(scan, i))
        .or_else(|| relative(scan, i))
        .or_else(|| zone(scan, i))
}

fn parse<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}
