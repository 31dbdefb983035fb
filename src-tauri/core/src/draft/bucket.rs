//! How often typing may save.

use crate::{Code, Error, Result, UnixMillis};

/// Milliseconds until one more save is allowed.
const REFILL_MILLIS: i64 = 1_000;
/// Saves that may come at once.
const BURST: i64 = 20;

/// The token bucket of one draft: 60 saves a minute, 20 at once.
///
/// Only saves while typing take from it ([`super::SaveCause::Typing`]). What is refused is not
/// lost: the page keeps the newest text and saves it when the wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaveBucket {
    /// What is in it, a thousandth of a save each: as much as flows in per millisecond.
    level: i64,
    at: UnixMillis,
}

impl SaveBucket {
    /// A bucket nobody has taken from.
    pub fn full(now: UnixMillis) -> Self {
        Self {
            level: BURST * REFILL_MILLIS,
            at: now,
        }
    }

    /// Takes one save.
    ///
    /// # Errors
    /// `RATE_LIMIT_EXCEEDED` with the seconds to wait.
    pub fn take(&mut self, now: UnixMillis) -> Result<()> {
        self.level = self.level_at(now);
        self.at = now;
        if self.level < REFILL_MILLIS {
            let wait = (REFILL_MILLIS - self.level).div_euclid(1000) + 1;
            return Err(Error::new(
                Code::RateLimitExceeded,
                "This draft is being saved too often. Its newest text is saved in a moment.",
            )
            .retry_after(u32::try_from(wait).unwrap_or(1)));
        }
        self.level -= REFILL_MILLIS;
        Ok(())
    }

    /// Whether it is as if nobody had ever taken from it, so that it need not be remembered.
    pub fn is_full(&self, now: UnixMillis) -> bool {
        self.level_at(now) == BURST * REFILL_MILLIS
    }

    /// A clock that was set back refills nothing.
    fn level_at(&self, now: UnixMillis) -> i64 {
        let elapsed = now.0.saturating_sub(self.at.0).max(0);
        self.level
            .saturating_add(elapsed)
            .min(BURST * REFILL_MILLIS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_at_once_then_one_a_second() {
        let start = UnixMillis(1_000_000);
        let mut bucket = SaveBucket::full(start);
        for _ in 0..20 {
            bucket.take(start).unwrap();
        }
        let error = bucket.take(start).unwrap_err();
        assert_eq!(error.code, Code::RateLimitExceeded);
        assert_eq!(error.retry_after_seconds, Some(2));
        assert!(bucket.take(start.plus_millis(999)).is_err());
        bucket.take(start.plus_millis(1_000)).unwrap();
        assert!(bucket.take(start.plus_millis(1_000)).is_err());
    }

    #[test]
    fn sixty_a_minute_in_the_long_run() {
        let mut bucket = SaveBucket::full(UnixMillis(0));
        let allowed = (0..600)
            .filter(|tenth| bucket.take(UnixMillis(tenth * 100)).is_ok())
            .count();
        assert_eq!(allowed, 20 + 59);
    }

    #[test]
    fn a_clock_set_back_neither_refills_nor_blocks_for_long() {
        let mut bucket = SaveBucket::full(UnixMillis(10_000_000));
        for _ in 0..20 {
            bucket.take(UnixMillis(10_000_000)).unwrap();
        }
        assert!(bucket.take(UnixMillis(0)).is_err());
        bucket.take(UnixMillis(1_000)).unwrap();
    }

    #[test]
    fn it_is_full_again_after_twenty_seconds() {
        let mut bucket = SaveBucket::full(UnixMillis(0));
        assert!(bucket.is_full(UnixMillis(0)));
        for _ in 0..20 {
            bucket.take(UnixMillis(0)).unwrap();
        }
        assert!(!bucket.is_full(UnixMillis(19_999)));
        assert!(bucket.is_full(UnixMillis(20_000)));
    }
}
