//! At most twenty polishes a minute, counted over a sliding window.
//!
//! Only what asks a provider counts; an answer from the cache does not. The time comes in from
//! outside, and a clock that is set back never locks the user out for longer than the window.

use std::collections::VecDeque;

use crate::{Code, Error, Result, UnixMillis};

/// Requests per window.
pub const REQUESTS: u32 = 20;
/// Length of the window in milliseconds.
const WINDOW_MILLIS: i64 = 60_000;

/// What is left of the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests that may be made now.
    pub remaining: u32,
    /// Seconds until one more is free, rounded up; 0 if all are.
    pub resets_in_seconds: u32,
}

/// Counts requests.
#[derive(Debug, Default)]
pub struct Limiter {
    /// When each request of the window was made, oldest first.
    made: VecDeque<UnixMillis>,
}

impl Limiter {
    /// A limiter that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is left, without taking any.
    pub fn look(&mut self, now: UnixMillis) -> Allowance {
        self.forget(now);
        let used = u32::try_from(self.made.len()).unwrap_or(u32::MAX);
        let resets_in_seconds = self.made.front().map_or(0, |oldest| {
            let left = oldest.0 + WINDOW_MILLIS - now.0;
            u32::try_from(left.max(0)).unwrap_or(0).div_ceil(1000)
        });
        Allowance {
            remaining: REQUESTS.saturating_sub(used),
            resets_in_seconds,
        }
    }

    /// Takes one.
    ///
    /// # Errors
    /// [`Code::RateLimitExceeded`] with the seconds to wait, if none is left.
    pub fn take(&mut self, now: UnixMillis) -> Result<Allowance> {
        let left = self.look(now);
        if left.remaining == 0 {
            return Err(Error::new(
                Code::RateLimitExceeded,
                format!(
                    "You have polished {REQUESTS} times within a minute. \
                     You can polish again in {} s.",
                    left.resets_in_seconds
                ),
            )
            .retry_after(left.resets_in_seconds));
        }
        self.made.push_back(now);
        Ok(self.look(now))
    }

    fn forget(&mut self, now: UnixMillis) {
        for made in &mut self.made {
            // The clock was set back: as if it had been made now.
            *made = (*made).min(now);
        }
        while let Some(oldest) = self.made.front()
            && now.0 - oldest.0 >= WINDOW_MILLIS
        {
            self.made.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_790_000_000_000);

    #[test]
    fn twenty_fit_into_a_minute_and_the_next_says_when() {
        let mut limiter = Limiter::new();
        assert_eq!(
            limiter.look(START),
            Allowance {
                remaining: 20,
                resets_in_seconds: 0
            }
        );
        for n in 0..20 {
            let left = limiter.take(START.plus_seconds(n)).unwrap();
            assert_eq!(left.remaining, 19 - u32::try_from(n).unwrap());
            assert_eq!(left.resets_in_seconds, 60 - u32::try_from(n).unwrap());
        }
        let refused = limiter.take(START.plus_millis(20_500)).unwrap_err();
        assert_eq!(refused.code, Code::RateLimitExceeded);
        assert_eq!(refused.retry_after_seconds, Some(40), "39.5 s, rounded up");
    }

    #[test]
    fn the_window_slides() {
        let mut limiter = Limiter::new();
        for n in 0..20 {
            limiter.take(START.plus_seconds(n)).unwrap();
        }
        assert!(limiter.take(START.plus_millis(59_999)).is_err());
        assert_eq!(limiter.take(START.plus_seconds(60)).unwrap().remaining, 0);
        assert!(
            limiter.take(START.plus_millis(60_500)).is_err(),
            "only the first has left the window"
        );
        assert_eq!(limiter.look(START.plus_seconds(200)).remaining, 20);
    }

    #[test]
    fn a_refused_request_costs_nothing() {
        let mut limiter = Limiter::new();
        for _ in 0..20 {
            limiter.take(START).unwrap();
        }
        for _ in 0..50 {
            assert!(limiter.take(START.plus_seconds(30)).is_err());
        }
        assert_eq!(limiter.take(START.plus_seconds(60)).unwrap().remaining, 19);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let mut limiter = Limiter::new();
        for _ in 0..20 {
            limiter.take(START).unwrap();
        }
        let back = START.plus_seconds(-86_400);
        assert_eq!(limiter.look(back).resets_in_seconds, 60);
        assert!(limiter.take(back.plus_seconds(60)).is_ok());
    }
}
