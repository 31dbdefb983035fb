//! What a failed request to a mail service on the web proves, as far as that is the same for all
//! of them, and the words for it.
//!
//! "Not acted" is claimed only where it is certain. That no connection was made is certain;
//! everything else about an answer that didn't come is unclear.

use draftwell_core::{
    Code, Error,
    ports::{SendOutcome, StepError},
};
use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};

/// The most of a service's own words that are shown.
const LONGEST_QUOTE: usize = 200;

/// A mail service, as it is spoken of.
pub(crate) struct Service {
    /// Its name for people.
    pub(crate) name: &'static str,
    /// The code of its errors.
    pub(crate) code: Code,
}

impl Service {
    /// No answer came. Only where there was no connection nothing was asked.
    pub(crate) fn no_answer(&self, error: &reqwest::Error) -> StepError {
        let name = self.name;
        if error.is_connect() || error.is_builder() {
            tracing::info!(service = name, "can't be reached");
            return step(
                SendOutcome::Unreachable,
                None,
                self.code,
                format!(
                    "{name} can't be reached. Is this machine online? It is tried again by itself."
                ),
            );
        }
        tracing::warn!(service = name, timeout = error.is_timeout(), "no answer");
        if error.is_timeout() {
            self.too_slow()
        } else {
            self.broken_off()
        }
    }

    /// It may or may not have acted.
    pub(crate) fn unclear(&self, message: impl Into<String>) -> StepError {
        step(SendOutcome::Unclear, None, self.code, message)
    }

    pub(crate) fn too_slow(&self) -> StepError {
        self.unclear(format!("{} didn't answer in time.", self.name))
    }

    pub(crate) fn broken_off(&self) -> StepError {
        self.unclear(format!("The connection to {} broke off.", self.name))
    }

    /// A success whose body can't be read leaves open what was done.
    pub(crate) fn unreadable(&self) -> StepError {
        self.unclear(format!("{}'s answer can't be read.", self.name))
    }

    /// Not the service's own form of error, or one of 5xx.
    pub(crate) fn troubled(&self, retry_after_seconds: Option<u32>) -> StepError {
        let mut error = self.unclear(format!("{} has trouble just now.", self.name));
        error.retry_after_seconds = retry_after_seconds;
        error
    }
}

pub(crate) fn step(
    outcome: SendOutcome,
    retry_after_seconds: Option<u32>,
    code: Code,
    message: impl Into<String>,
) -> StepError {
    let mut error = Error::new(code, message);
    error.retry_after_seconds = retry_after_seconds;
    StepError {
        outcome,
        retry_after_seconds,
        error,
    }
}

/// Whether a status, with a service's own form of error, says that it refused and did nothing. A
/// request that took too long (408), or whose sender is thought to have hung up (499), may have
/// been carried out meanwhile.
pub(crate) fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() && !matches!(status.as_u16(), 408 | 499)
}

/// The seconds of a `Retry-After`.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<u32> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// A service's own words on one line: they name what is wrong with the mail ("Invalid To header").
pub(crate) fn quote(message: &str) -> String {
    let words: String = message
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if words.is_empty() {
        return "It gave no reason.".into();
    }
    let shown: String = words.chars().take(LONGEST_QUOTE).collect();
    format!("It said: “{}”", shown.trim_end_matches('.'))
}
