//! When a mailbox is looked into next.

use crate::UnixMillis;

/// Between two looks, while all goes well.
pub const EVERY_SECONDS: i64 = 60;
/// The longest a mailbox that can't be read is left alone, unless its provider asks for more.
const LONGEST_SECONDS: i64 = 30 * 60;
/// No wish of a provider's is believed beyond a day.
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// When to look again: after a minute, after each failure in a row twice as long, half an hour at
/// most, and never before the provider wants it. `random` spreads accounts that failed together.
pub fn next_look(
    now: UnixMillis,
    failures: u32,
    retry_after_seconds: Option<u32>,
    random: u32,
) -> UnixMillis {
    let seconds = (EVERY_SECONDS << failures.min(8)).min(LONGEST_SECONDS);
    let spread = if failures > 0 {
        seconds * 1000 / 4 * i64::from(random) / i64::from(u32::MAX)
    } else {
        0
    };
    let asked = i64::from(retry_after_seconds.unwrap_or(0)).min(DAY_SECONDS) * 1000;
    now.plus_millis((seconds * 1000 - spread).max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_a_minute_apart_and_further_after_failures() {
        let now = UnixMillis(1_000_000);
        let after = |failures, asked, random| next_look(now, failures, asked, random).0 - now.0;
        assert_eq!(after(0, None, u32::MAX), 60_000);
        assert_eq!(after(1, None, 0), 120_000);
        assert_eq!(after(1, None, u32::MAX), 90_000);
        assert_eq!(after(3, None, 0), 480_000);
        assert_eq!(after(u32::MAX, None, 0), 1_800_000);
        assert_eq!(
            after(1, Some(900), 0),
            900_000,
            "what the provider asks for"
        );
        assert_eq!(after(5, Some(1), 0), 1_800_000);
        assert_eq!(after(1, Some(u32::MAX), 0), 86_400_000, "a day at most");
    }
}
