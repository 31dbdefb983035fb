//! When something may happen: the next try, the second look, the next day's quota.

use crate::UnixMillis;

/// A lease lasts this long. It must outlast the slowest call to a provider, so that no second
/// worker takes up a mail while the first one still waits for an answer.
pub const LEASE_SECONDS: i64 = 20 * 60;

/// After an unclear send a draft that is still there is looked for again this much later: the
/// provider may still be at work on the request.
pub const SECOND_LOOK_SECONDS: i64 = 30;

/// A mail that is later than this is not sent by itself any more: the user is asked. (A mail can
/// wait long when the machine was off or its account had to be signed in again.)
pub const LATEST_SECONDS: i64 = 12 * 60 * 60;

/// The end of a provider's limit may put off the time from which that is counted by no more than
/// this: three days.
pub const LONGEST_LIMIT_SECONDS: i64 = 3 * 24 * 60 * 60;

/// A day of the quota window.
pub const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

const FIRST_DELAY_MILLIS: i64 = 2_000;
const LONGEST_DELAY_MILLIS: i64 = 5 * 60 * 1000;

/// How long to wait before the next try, in milliseconds: from one to two seconds after the
/// first, twice as long each time, five minutes at most, spread by `random` so that mails that
/// failed together don't come back together; and never less than the provider asks for (of
/// which no more than a day is believed).
pub fn retry_delay(attempts: u32, random: u32, retry_after_seconds: Option<u32>) -> i64 {
    let doublings = attempts.saturating_sub(1).min(16);
    let longest = (FIRST_DELAY_MILLIS << doublings).min(LONGEST_DELAY_MILLIS);
    let spread = longest / 2;
    let delay = longest - i64::from(random) * spread / i64::from(u32::MAX);
    let asked = i64::from(retry_after_seconds.unwrap_or(0)) * 1000;
    delay.max(asked.min(DAY_MILLIS))
}

/// When the quota's day began: the last midnight UTC.
pub fn day_start(now: UnixMillis) -> UnixMillis {
    UnixMillis(now.0.div_euclid(DAY_MILLIS) * DAY_MILLIS)
}

/// Until when the queue of an account waits that has sent `sent_today` mails since
/// [`day_start`]; `None` if it need not.
pub fn quota_wait(sent_today: u32, daily_limit: u32, now: UnixMillis) -> Option<UnixMillis> {
    (sent_today >= daily_limit).then(|| day_start(now).plus_millis(DAY_MILLIS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_are_spread_and_end() {
        assert_eq!(retry_delay(1, 0, None), 2_000);
        assert_eq!(retry_delay(1, u32::MAX, None), 1_000);
        assert_eq!(retry_delay(2, 0, None), 4_000);
        assert_eq!(retry_delay(0, 0, None), 2_000);
        assert_eq!(retry_delay(u32::MAX, 0, None), 300_000);
        assert_eq!(retry_delay(u32::MAX, u32::MAX, None), 150_000);
    }

    #[test]
    fn the_providers_wish_is_honoured() {
        assert_eq!(retry_delay(1, 0, Some(90)), 90_000);
        assert_eq!(retry_delay(20, 0, Some(1)), 300_000);
        assert_eq!(retry_delay(1, 0, Some(u32::MAX)), DAY_MILLIS);
    }

    #[test]
    fn the_quota_is_a_day_of_utc() {
        let noon = UnixMillis(5 * DAY_MILLIS + DAY_MILLIS / 2);
        assert_eq!(day_start(noon), UnixMillis(5 * DAY_MILLIS));
        assert_eq!(quota_wait(99, 100, noon), None);
        assert_eq!(quota_wait(100, 100, noon), Some(UnixMillis(6 * DAY_MILLIS)));
        assert_eq!(quota_wait(0, 0, noon), Some(UnixMillis(6 * DAY_MILLIS)));
    }
}
