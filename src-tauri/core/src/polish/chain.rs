//! Who is asked, and what a failure leads to.
//!
//! Providers are asked in order. What may pass is asked once more of the same one; what can't
//! change goes to the next one; a refusal and a text that is too long stop, because going around
//! them silently would be wrong. Nothing here waits or calls anybody: [`Chain`] is told what
//! happened and answers what to do; [`run`](crate::polish::run::run) does it.

use std::time::Duration;

use crate::{
    Code, Error,
    polish::{FailedAttempt, ProviderId},
    ports::{WriteError, WriteErrorKind},
};

/// The pause before the same provider is asked again, where it names none.
pub const PAUSE: Duration = Duration::from_millis(1_500);
/// The longest pause somebody who looks at four empty cards is asked to bear. A provider that
/// wants a longer one is left for the next provider instead of being asked too early.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// A provider in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub provider: ProviderId,
    /// Its name for people.
    pub name: String,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Ask this provider.
    Ask(Ask),
    /// Nobody else is asked: this is the answer.
    GiveUp(Error),
}

/// Asking a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Its place in the chain.
    pub index: usize,
    /// Wait this long before.
    pub after: Duration,
    /// Say that the former answer could not be read.
    pub repair: bool,
}

/// What a failure leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// To be shown before anything else happens; none when the user saw nothing of it and the
    /// same provider is simply asked again.
    pub tell: Option<FailedAttempt>,
    /// What is to be done.
    pub next: Next,
}

/// The state of one polish.
#[derive(Debug, Clone)]
pub struct Chain {
    links: Vec<Link>,
    current: usize,
    /// Whether the current provider was already asked again after a failure that may pass.
    asked_again: bool,
    /// Whether it was already asked to repair its answer.
    repaired: bool,
    failed: Vec<FailedAttempt>,
    shortest_wait: Option<u32>,
}

impl Chain {
    /// The chain, and whom to ask first.
    pub fn start(links: Vec<Link>) -> (Self, Next) {
        let chain = Self {
            links,
            current: 0,
            asked_again: false,
            repaired: false,
            failed: Vec::new(),
            shortest_wait: None,
        };
        let next = chain.ask_current_or_give_up();
        (chain, next)
    }

    /// Those who failed so far, each once with its last reason.
    pub fn failed(&self) -> &[FailedAttempt] {
        &self.failed
    }

    /// The current provider failed: what now?
    pub fn failed_with(&mut self, failure: &WriteError) -> Verdict {
        match failure.kind {
            WriteErrorKind::Refused | WriteErrorKind::TooLong | WriteErrorKind::Cancelled => {
                Verdict {
                    tell: None,
                    next: Next::GiveUp(self.final_word(failure)),
                }
            }
            WriteErrorKind::Retry if !self.asked_again && Self::may_wait(failure) => {
                self.asked_again = true;
                let after = failure
                    .retry_after_seconds
                    .map_or(PAUSE, |seconds| Duration::from_secs(seconds.into()));
                self.ask_again(failure, after, false)
            }
            WriteErrorKind::InvalidAnswer if !self.repaired => {
                self.repaired = true;
                self.ask_again(failure, Duration::ZERO, true)
            }
            WriteErrorKind::NextProvider
            | WriteErrorKind::Retry
            | WriteErrorKind::InvalidAnswer => self.go_on(failure, failure.retry_after_seconds),
        }
    }

    /// The current provider was not asked at all, because it failed too often before.
    ///
    /// Who was asked may be asked again at once, however long this one is left alone.
    pub fn passed_over(&mut self, failure: &WriteError) -> Verdict {
        self.go_on(failure, None)
    }

    fn may_wait(failure: &WriteError) -> bool {
        failure
            .retry_after_seconds
            .is_none_or(|seconds| Duration::from_secs(seconds.into()) <= LONGEST_PAUSE)
    }

    fn ask_again(&mut self, failure: &WriteError, after: Duration, repair: bool) -> Verdict {
        // Text that was shown must not vanish without a word.
        let tell = failure.text_was_shown.then(|| {
            let attempt = self.attempt(failure);
            self.note(attempt.clone());
            attempt
        });
        Verdict {
            tell,
            next: Next::Ask(Ask {
                index: self.current,
                after,
                repair,
            }),
        }
    }

    fn go_on(&mut self, failure: &WriteError, wait: Option<u32>) -> Verdict {
        let attempt = self.attempt(failure);
        self.note(attempt.clone());
        if let Some(seconds) = wait {
            self.shortest_wait = Some(self.shortest_wait.map_or(seconds, |s| s.min(seconds)));
        }
        self.current += 1;
        self.asked_again = false;
        self.repaired = false;
        Verdict {
            tell: Some(attempt),
            next: self.ask_current_or_give_up(),
        }
    }

    fn ask_current_or_give_up(&self) -> Next {
        if self.current < self.links.len() {
            Next::Ask(Ask {
                index: self.current,
                after: Duration::ZERO,
                repair: false,
            })
        } else {
            Next::GiveUp(self.nobody_answered())
        }
    }

    fn attempt(&self, failure: &WriteError) -> FailedAttempt {
        let (provider, name) = self
            .links
            .get(self.current)
            .map_or((ProviderId::Offline, String::new()), |link| {
                (link.provider, link.name.clone())
            });
        FailedAttempt {
            provider,
            name,
            code: failure.error.code,
            reason: failure.error.message.clone(),
        }
    }

    fn note(&mut self, attempt: FailedAttempt) {
        self.failed.retain(|a| a.provider != attempt.provider);
        self.failed.push(attempt);
    }

    /// A failure that ends the chain is answered as it is, under the code that fits its kind.
    fn final_word(&self, failure: &WriteError) -> Error {
        let mut error = failure.error.clone();
        match failure.kind {
            WriteErrorKind::Refused => error.code = Code::AiRefused,
            WriteErrorKind::TooLong => {
                error.code = Code::DraftTooLong;
                // Not Draftwell's own limit: whoever else is asked may take the text.
                error.field = Some("provider".to_owned());
            }
            _ => {}
        }
        error
    }

    fn nobody_answered(&self) -> Error {
        if self.failed.is_empty() {
            return Error::new(
                Code::AiServiceUnavailable,
                "No AI provider is set up. Enter a key in the settings, or polish offline.",
            );
        }
        let only_invalid = self.failed.iter().all(|a| a.code == Code::AiInvalidAnswer);
        let (code, first, last) = match (only_invalid, self.failed.len()) {
            (true, _) => (
                Code::AiInvalidAnswer,
                "No usable answer came back:",
                "You can try again, choose another model, or polish offline.",
            ),
            (false, 1) => (
                Code::AiServiceUnavailable,
                "The AI provider could not be used:",
                "You can try again later, or polish offline.",
            ),
            (false, _) => (
                Code::AiServiceUnavailable,
                "None of your AI providers could be used:",
                "You can try again later, or polish offline.",
            ),
        };
        let reasons: String = self
            .failed
            .iter()
            .map(|attempt| format!("\n{}: {}", attempt.name, attempt.reason))
            .collect();
        let mut error = Error::new(code, format!("{first}{reasons}\n{last}"));
        error.retry_after_seconds = self.shortest_wait;
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(count: usize) -> Vec<Link> {
        [
            (ProviderId::Openrouter, "OpenRouter"),
            (ProviderId::Gemini, "Gemini"),
            (ProviderId::Anthropic, "Anthropic"),
        ]
        .into_iter()
        .take(count)
        .map(|(provider, name)| Link {
            provider,
            name: name.to_owned(),
        })
        .collect()
    }

    fn failure(kind: WriteErrorKind, reason: &str) -> WriteError {
        let code = match kind {
            WriteErrorKind::Refused => Code::AiRefused,
            WriteErrorKind::InvalidAnswer => Code::AiInvalidAnswer,
            WriteErrorKind::TooLong => Code::DraftTooLong,
            _ => Code::AiServiceUnavailable,
        };
        WriteError {
            kind,
            retry_after_seconds: None,
            text_was_shown: false,
            error: Error::new(code, reason),
        }
    }

    fn ask(index: usize) -> Next {
        Next::Ask(Ask {
            index,
            after: Duration::ZERO,
            repair: false,
        })
    }

    fn gives_up(verdict: Verdict) -> Error {
        match verdict.next {
            Next::GiveUp(error) => error,
            Next::Ask(ask) => panic!("asks {ask:?} instead of giving up"),
        }
    }

    #[test]
    fn with_nobody_to_ask_it_says_what_to_do() {
        let (_, next) = Chain::start(Vec::new());
        let Next::GiveUp(error) = next else {
            panic!("there is nobody to ask")
        };
        assert_eq!(error.code, Code::AiServiceUnavailable);
        assert!(error.message.contains("polish offline"));
    }

    #[test]
    fn what_cannot_change_goes_to_the_next_at_once_and_is_told() {
        let (mut chain, first) = Chain::start(links(2));
        assert_eq!(first, ask(0));
        let verdict = chain.failed_with(&failure(WriteErrorKind::NextProvider, "no credit"));
        assert_eq!(verdict.tell.unwrap().reason, "no credit");
        assert_eq!(verdict.next, ask(1));
    }

    #[test]
    fn what_may_pass_is_asked_once_more_silently_then_goes_on() {
        let (mut chain, _) = Chain::start(links(2));
        let overloaded = failure(WriteErrorKind::Retry, "overloaded");
        let verdict = chain.failed_with(&overloaded);
        assert_eq!(verdict.tell, None, "nothing was shown yet");
        assert_eq!(
            verdict.next,
            Next::Ask(Ask {
                index: 0,
                after: PAUSE,
                repair: false
            })
        );
        let verdict = chain.failed_with(&overloaded);
        assert!(verdict.tell.is_some());
        assert_eq!(verdict.next, ask(1));
        assert!(
            matches!(
                chain.failed_with(&overloaded).next,
                Next::Ask(Ask { index: 1, .. })
            ),
            "the next one has its own second chance"
        );
    }

    #[test]
    fn retry_after_is_honoured_and_one_that_is_too_long_is_not_asked_early() {
        let (mut chain, _) = Chain::start(links(2));
        let mut limited = failure(WriteErrorKind::Retry, "rate limit");
        limited.retry_after_seconds = Some(7);
        let verdict = chain.failed_with(&limited);
        assert_eq!(
            verdict.next,
            Next::Ask(Ask {
                index: 0,
                after: Duration::from_secs(7),
                repair: false
            })
        );

        let (mut chain, _) = Chain::start(links(1));
        limited.retry_after_seconds = Some(600);
        let error = gives_up(chain.failed_with(&limited));
        assert_eq!(error.code, Code::AiServiceUnavailable);
        assert_eq!(error.retry_after_seconds, Some(600));
    }

    #[test]
    fn text_that_was_shown_never_vanishes_without_a_word() {
        for kind in [WriteErrorKind::Retry, WriteErrorKind::InvalidAnswer] {
            let (mut chain, _) = Chain::start(links(1));
            let mut cut = failure(kind, "broke off");
            cut.text_was_shown = true;
            let verdict = chain.failed_with(&cut);
            assert_eq!(verdict.tell.unwrap().reason, "broke off", "{kind:?}");
            assert!(matches!(verdict.next, Next::Ask(Ask { index: 0, .. })));
        }
    }

    #[test]
    fn a_refusal_and_a_text_too_long_stop_everything() {
        for (kind, code) in [
            (WriteErrorKind::Refused, Code::AiRefused),
            (WriteErrorKind::TooLong, Code::DraftTooLong),
        ] {
            let (mut chain, _) = Chain::start(links(3));
            let error = gives_up(chain.failed_with(&failure(kind, "no")));
            assert_eq!(error.code, code);
            assert_eq!(error.message, "no", "shown as it is");
            let is_providers = error.field.as_deref() == Some("provider");
            assert_eq!(is_providers, kind == WriteErrorKind::TooLong, "{kind:?}");
        }
    }

    #[test]
    fn an_unreadable_answer_is_repaired_once_then_the_next_is_asked() {
        let (mut chain, _) = Chain::start(links(2));
        let invalid = failure(WriteErrorKind::InvalidAnswer, "no JSON");
        assert_eq!(
            chain.failed_with(&invalid).next,
            Next::Ask(Ask {
                index: 0,
                after: Duration::ZERO,
                repair: true
            })
        );
        assert_eq!(chain.failed_with(&invalid).next, ask(1));
        chain.failed_with(&invalid);
        let error = gives_up(chain.failed_with(&invalid));
        assert_eq!(error.code, Code::AiInvalidAnswer, "it was the only kind");
    }

    #[test]
    fn when_all_failed_each_reason_is_listed_once() {
        let (mut chain, _) = Chain::start(links(3));
        let mut cut = failure(WriteErrorKind::Retry, "broke off");
        cut.text_was_shown = true;
        chain.failed_with(&cut);
        chain.failed_with(&failure(WriteErrorKind::Retry, "overloaded"));
        chain.failed_with(&failure(WriteErrorKind::NextProvider, "key refused"));
        chain.failed_with(&failure(WriteErrorKind::InvalidAnswer, "no JSON"));
        let error = gives_up(chain.failed_with(&failure(WriteErrorKind::InvalidAnswer, "no JSON")));
        assert_eq!(error.code, Code::AiServiceUnavailable);
        assert_eq!(
            error.message,
            "None of your AI providers could be used:\n\
             OpenRouter: overloaded\n\
             Gemini: key refused\n\
             Anthropic: no JSON\n\
             You can try again later, or polish offline."
        );
        assert_eq!(chain.failed().len(), 3);
    }

    #[test]
    fn it_always_comes_to_an_end() {
        let kinds = [
            WriteErrorKind::Retry,
            WriteErrorKind::InvalidAnswer,
            WriteErrorKind::NextProvider,
        ];
        for seed in 0..729_usize {
            let (mut chain, mut next) = Chain::start(links(3));
            let mut steps = 0;
            let mut dice = seed;
            while let Next::Ask(_) = next {
                next = chain.failed_with(&failure(kinds[dice % 3], "x")).next;
                dice = dice / 3 + seed;
                steps += 1;
                assert!(steps <= 9, "at most three questions to each of three");
            }
        }
    }
}
