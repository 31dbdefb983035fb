//! Leaves a provider alone that keeps failing, so that nobody waits for it at every polish.
//!
//! Three polishes within five minutes in which it failed open the breaker: the provider rests for a
//! minute, or as long as it asked for itself, and is passed over with the reason. Then one polish
//! asks it again (half-open): an answer closes the breaker, a failure lets it rest twice as long, ten
//! minutes at most. Whoever asks for this one provider by name is not held back, nor is anybody
//! where no other one is left to ask ([`run`](crate::polish::run::run) sees to that): waiting is no
//! use then. The time comes in from outside; nothing is kept beyond the run of the program.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    Code, Error, UnixMillis,
    polish::ProviderId,
    ports::{WriteError, WriteErrorKind},
};

/// In so many polishes it fails before it opens...
const FAILURES: usize = 3;
/// ... within so many milliseconds.
const WINDOW_MILLIS: i64 = 5 * 60_000;
/// The first rest, in milliseconds.
const REST_MILLIS: i64 = 60_000;
/// The longest rest of our own choosing, in milliseconds.
const LONGEST_REST_MILLIS: i64 = 10 * 60_000;

/// How one provider has been doing.
#[derive(Debug, Default)]
struct Health {
    /// When it failed, oldest first.
    failed: VecDeque<UnixMillis>,
    /// What it said last.
    reason: String,
    rest: Option<Rest>,
}

#[derive(Debug, Clone, Copy)]
struct Rest {
    since: UnixMillis,
    millis: i64,
    /// Its length was asked for by the provider.
    asked_for: bool,
    /// The rest was over and somebody was let through; until that is settled others wait.
    probing: bool,
}

impl Rest {
    fn left(self, now: UnixMillis) -> Option<i64> {
        let passed = now.0 - self.since.0;
        // A clock that was set back ends the rest rather than stretching it.
        (0..self.millis)
            .contains(&passed)
            .then(|| self.millis - passed)
    }
}

/// The breakers of all providers.
#[derive(Debug, Default)]
pub struct Breaker {
    providers: BTreeMap<ProviderId, Health>,
}

impl Breaker {
    /// Breakers that have seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the provider is to be passed over now: then the failure to tell instead of asking.
    /// When its rest has just ended this lets the caller through and holds others back meanwhile.
    pub fn resting(&mut self, provider: ProviderId, now: UnixMillis) -> Option<WriteError> {
        let health = self.providers.get_mut(&provider)?;
        let rest = health.rest.as_mut()?;
        let Some(left) = rest.left(now) else {
            // Should the probe never be settled, because it was cancelled, the next one follows
            // after the same time.
            *rest = Rest {
                since: now,
                probing: true,
                ..*rest
            };
            return None;
        };
        let seconds = u32::try_from(left).unwrap_or(0).div_ceil(1000);
        let again = match seconds {
            0..=90 => format!("{seconds} s"),
            _ => format!("{} minutes", seconds.div_ceil(60)),
        };
        let failed = health.failed.len().max(FAILURES);
        Some(WriteError {
            kind: WriteErrorKind::NextProvider,
            retry_after_seconds: Some(seconds),
            text_was_shown: false,
            error: Error::new(
                Code::AiServiceUnavailable,
                format!(
                    "It failed {failed} times in a row and was not asked now; it will be asked \
                     again in {again}, or at once if you choose it above the cards. The last \
                     reason: {}",
                    health.reason
                ),
            ),
        })
    }

    /// The provider answered; a refusal is an answer, too.
    pub fn answered(&mut self, provider: ProviderId) {
        self.providers.remove(&provider);
    }

    /// A polish went on, or ended, without this provider's answer. What says nothing about it (a text
    /// too long for it, a cancelled call) is passed over, and a refusal or an answer of the wrong
    /// shape counts as an answer. A local server that doesn't run, or lacks its model, costs no time
    /// and is put right at any moment: not counted, either.
    pub fn failed(&mut self, provider: ProviderId, failure: &WriteError, now: UnixMillis) {
        match failure.kind {
            WriteErrorKind::NextProvider if provider == ProviderId::Local => {
                // Where it was asked to see whether it is back, it may be asked again.
                if let Some(rest) = self
                    .providers
                    .get_mut(&provider)
                    .and_then(|health| health.rest.as_mut())
                {
                    rest.probing = false;
                }
                return;
            }
            WriteErrorKind::NextProvider | WriteErrorKind::Retry => {}
            WriteErrorKind::Refused | WriteErrorKind::InvalidAnswer => {
                self.answered(provider);
                return;
            }
            WriteErrorKind::TooLong | WriteErrorKind::Cancelled => return,
        }
        let health = self.providers.entry(provider).or_default();
        health.reason.clone_from(&failure.error.message);
        for failed in &mut health.failed {
            // The clock was set back: as if it had been now.
            *failed = (*failed).min(now);
        }
        health.failed.push_back(now);
        while health
            .failed
            .front()
            .is_some_and(|oldest| now.0 - oldest.0 >= WINDOW_MILLIS)
        {
            health.failed.pop_front();
        }
        let wished = failure.retry_after_seconds.map(|s| i64::from(s) * 1000);
        let own = match health.rest {
            Some(rest) if rest.probing && !rest.asked_for => {
                (rest.millis * 2).min(LONGEST_REST_MILLIS)
            }
            Some(rest) if rest.probing => REST_MILLIS,
            Some(_) => return,
            None if health.failed.len() >= FAILURES => REST_MILLIS,
            None => return,
        };
        health.rest = Some(Rest {
            since: now,
            millis: own.max(wished.unwrap_or(0)),
            asked_for: wished.is_some_and(|wished| wished > own),
            probing: false,
        });
    }

    /// Forgets what was, for example because its key or its model was changed.
    pub fn forget(&mut self, provider: ProviderId) {
        self.providers.remove(&provider);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_790_000_000_000);
    const WHO: ProviderId = ProviderId::Openai;

    fn failure(kind: WriteErrorKind) -> WriteError {
        WriteError {
            kind,
            retry_after_seconds: None,
            text_was_shown: false,
            error: Error::new(Code::AiServiceUnavailable, "OpenAI is overloaded (503)."),
        }
    }

    fn after(seconds: i64) -> UnixMillis {
        START.plus_seconds(seconds)
    }

    fn opened() -> Breaker {
        let mut breaker = Breaker::new();
        for second in 0..3 {
            breaker.failed(WHO, &failure(WriteErrorKind::Retry), after(second));
        }
        breaker
    }

    #[test]
    fn three_failures_in_five_minutes_let_it_rest_and_say_why() {
        let mut breaker = Breaker::new();
        for (second, rests) in [(0, false), (100, false), (299, true)] {
            breaker.failed(WHO, &failure(WriteErrorKind::NextProvider), after(second));
            assert_eq!(
                breaker.resting(WHO, after(second)).is_some(),
                rests,
                "{second}"
            );
        }
        let told = breaker.resting(WHO, after(309)).unwrap();
        assert_eq!(told.kind, WriteErrorKind::NextProvider);
        assert_eq!(told.retry_after_seconds, Some(50));
        for part in ["3 times", "in 50 s", "OpenAI is overloaded (503)."] {
            assert!(told.error.message.contains(part), "{}", told.error.message);
        }
        assert!(
            breaker.resting(ProviderId::Gemini, after(309)).is_none(),
            "the others have nothing to do with it"
        );
    }

    #[test]
    fn failures_further_apart_or_with_an_answer_between_do_not_count() {
        let mut breaker = Breaker::new();
        for second in [0, 150, 300, 450, 600, 750] {
            breaker.failed(WHO, &failure(WriteErrorKind::Retry), after(second));
            assert!(breaker.resting(WHO, after(second)).is_none(), "{second}");
        }
        let mut breaker = Breaker::new();
        for second in 0..10 {
            breaker.failed(WHO, &failure(WriteErrorKind::Retry), after(second));
            if second % 2 == 1 {
                breaker.answered(WHO);
            }
            assert!(breaker.resting(WHO, after(second)).is_none(), "{second}");
        }
    }

    #[test]
    fn what_says_nothing_about_the_provider_is_not_held_against_it() {
        let mut breaker = Breaker::new();
        for kind in [
            WriteErrorKind::Refused,
            WriteErrorKind::InvalidAnswer,
            WriteErrorKind::TooLong,
            WriteErrorKind::Cancelled,
        ] {
            for second in 0..5 {
                breaker.failed(WHO, &failure(kind), after(second));
            }
            assert!(breaker.resting(WHO, after(6)).is_none(), "{kind:?}");
        }
    }

    #[test]
    fn a_local_server_that_did_not_run_is_asked_as_soon_as_it_may_run() {
        let mut breaker = Breaker::new();
        let local = ProviderId::Local;
        for second in 0..5 {
            breaker.failed(local, &failure(WriteErrorKind::NextProvider), after(second));
        }
        assert!(breaker.resting(local, after(5)).is_none());
        for second in 6..9 {
            breaker.failed(local, &failure(WriteErrorKind::Retry), after(second));
        }
        assert!(breaker.resting(local, after(9)).is_some(), "it is slow");
    }

    #[test]
    fn after_the_rest_one_is_let_through_and_decides() {
        let mut breaker = opened();
        assert!(breaker.resting(WHO, after(61)).is_some());
        assert!(breaker.resting(WHO, after(62)).is_none(), "the probe");
        assert!(
            breaker.resting(WHO, after(63)).is_some(),
            "another polish does not wait for it as well"
        );
        breaker.answered(WHO);
        assert!(breaker.resting(WHO, after(64)).is_none());

        let mut breaker = opened();
        assert!(breaker.resting(WHO, after(62)).is_none());
        breaker.failed(WHO, &failure(WriteErrorKind::Retry), after(65));
        let told = breaker.resting(WHO, after(65)).unwrap();
        assert_eq!(told.retry_after_seconds, Some(120), "twice as long");
        let mut now = 65 + 120;
        for _ in 0..6 {
            assert!(breaker.resting(WHO, after(now)).is_none(), "{now}");
            breaker.failed(WHO, &failure(WriteErrorKind::Retry), after(now));
            let told = breaker.resting(WHO, after(now)).unwrap();
            now += i64::from(told.retry_after_seconds.unwrap());
        }
        breaker.resting(WHO, after(now));
        breaker.failed(WHO, &failure(WriteErrorKind::Retry), after(now));
        let told = breaker.resting(WHO, after(now)).unwrap();
        assert_eq!(
            told.retry_after_seconds,
            Some(600),
            "ten minutes are the most"
        );
    }

    #[test]
    fn a_probe_that_is_cancelled_is_followed_by_another() {
        let mut breaker = opened();
        assert!(breaker.resting(WHO, after(62)).is_none());
        assert!(breaker.resting(WHO, after(62 + 59)).is_some());
        assert!(breaker.resting(WHO, after(62 + 60)).is_none());
    }

    #[test]
    fn it_rests_as_long_as_the_provider_asks_for() {
        let mut breaker = Breaker::new();
        let mut limited = failure(WriteErrorKind::Retry);
        limited.retry_after_seconds = Some(600);
        for second in 0..3 {
            breaker.failed(WHO, &limited, after(second));
        }
        let told = breaker.resting(WHO, after(2)).unwrap();
        assert_eq!(told.retry_after_seconds, Some(600));
        assert!(told.error.message.contains("10 minutes"), "{}", told.error);
        assert!(breaker.resting(WHO, after(602)).is_none());
    }

    #[test]
    fn a_clock_set_back_keeps_nobody_out() {
        let mut breaker = opened();
        assert!(breaker.resting(WHO, after(-86_400)).is_none());
    }

    #[test]
    fn a_new_key_is_a_new_start() {
        let mut breaker = opened();
        breaker.forget(WHO);
        assert!(breaker.resting(WHO, after(3)).is_none());
    }
}
