//! What an answer of Gmail's, or none, proves.
//!
//! "Not acted" is claimed only where it is certain: no connection was made, or Gmail itself (its
//! own form of error, not some box on the way) said no. Everything else is unclear.

use draftwell_core::{
    Code, Error, UnixMillis,
    ports::{SendOutcome, StepError, StepResult},
};
use reqwest::{Response, StatusCode, header::RETRY_AFTER};
use serde::{Deserialize, de::DeserializeOwned};

/// An hour: what a daily or sending limit waits when Gmail names no time.
const QUOTA_PAUSE_SECONDS: u32 = 3600;
/// The most of Gmail's own words that are shown.
const LONGEST_QUOTE: usize = 200;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    CreateDraft,
    SendDraft,
    GetDraft,
    Send,
    /// Reads mail, or about the account.
    Read,
}

/// Why a call failed.
pub(super) enum Failure {
    /// 401: to be asked once more with another token.
    Unauthorised,
    /// Anything else. Boxed: errors are large, and rare.
    Judged(Box<StepError>),
}

impl Failure {
    pub(super) fn into_error(self) -> StepError {
        match self {
            // Not even a token just renewed is taken.
            Self::Unauthorised => step(
                SendOutcome::NeedsSignIn,
                None,
                Code::GmailTokenExpired,
                "Gmail no longer accepts this sign-in. Sign in again.",
            ),
            Self::Judged(error) => *error,
        }
    }
}

/// `{"error": {...}}`, as all Google APIs answer.
#[derive(Deserialize)]
struct ErrorBody {
    error: GoogleError,
}

#[derive(Deserialize)]
struct GoogleError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    errors: Vec<Reason>,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    reason: String,
}

/// Reads the body of a success. One that can't be read leaves open what was done.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> StepResult<T> {
    serde_json::from_slice(body).map_err(|_| unclear("Gmail's answer can't be read."))
}

/// The body of a success, or what a failure proves.
pub(super) async fn judge(
    call: Call,
    sent: reqwest::Result<Response>,
    now: UnixMillis,
) -> Result<Vec<u8>, Failure> {
    let judged = |error| Failure::Judged(Box::new(error));
    let answer = sent.map_err(|error| judged(no_answer(&error)))?;
    let status = answer.status();
    let wait = answer
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse::<u32>().ok());
    let body = answer.bytes().await;
    if status.is_success() {
        return body.map(|bytes| bytes.to_vec()).map_err(|error| {
            tracing::warn!(?call, error = %error.without_url(), "the answer was cut off");
            judged(unclear("The connection to Gmail broke off."))
        });
    }
    if status == StatusCode::UNAUTHORIZED {
        return Err(Failure::Unauthorised);
    }
    let body = body.unwrap_or_default();
    let error = match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(body) if status.is_client_error() => said_no(call, status, &body.error, wait, now),
        _ => {
            let mut error = unclear("Gmail has trouble just now.");
            error.retry_after_seconds = wait;
            error
        }
    };
    tracing::warn!(?call, %status, outcome = ?error.outcome, code = ?error.error.code, "Gmail said no");
    Err(judged(error))
}

/// No answer came. Only where there was no connection nothing was asked.
fn no_answer(error: &reqwest::Error) -> StepError {
    if error.is_connect() || error.is_builder() {
        tracing::info!("Gmail can't be reached");
        return step(
            SendOutcome::NotActed,
            None,
            Code::GmailApiError,
            "Gmail can't be reached. Is this computer online? It is tried again by itself.",
        );
    }
    tracing::warn!(timeout = error.is_timeout(), "no answer from Gmail");
    unclear(if error.is_timeout() {
        "Gmail didn't answer in time."
    } else {
        "The connection to Gmail broke off."
    })
}

pub(super) fn unclear(message: &str) -> StepError {
    step(SendOutcome::Unclear, None, Code::GmailApiError, message)
}

fn step(
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

/// Gmail itself answered 4xx: it did not act.
fn said_no(
    call: Call,
    status: StatusCode,
    error: &GoogleError,
    wait: Option<u32>,
    now: UnixMillis,
) -> StepError {
    let reason = error.reason();
    let wait = wait.or_else(|| wait_in_words(&error.message, now));
    let refused = |code, message: String| step(SendOutcome::Refused, None, code, message);
    match (status.as_u16(), reason) {
        (_, "dailyLimitExceeded" | "quotaExceeded") => quota(wait),
        (429, _) if error.is_about_sending_limit() => quota(wait),
        (429, _) | (403, "rateLimitExceeded" | "userRateLimitExceeded") => step(
            SendOutcome::NotActed,
            wait,
            Code::RateLimitExceeded,
            "Gmail asks to slow down. It is tried again by itself.",
        ),
        (403, "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
            if call == Call::Read =>
        {
            refused(
                Code::Forbidden,
                "Google doesn't let Draftwell read this account's mail (any more).".into(),
            )
        }
        (403, "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT") => step(
            SendOutcome::NeedsSignIn,
            None,
            Code::GmailTokenExpired,
            "The permission to send mail is missing. Sign in again, and leave the box for drafts \
             and sending ticked.",
        ),
        (403, "accessNotConfigured" | "SERVICE_DISABLED") => refused(
            Code::GmailApiError,
            "The Gmail API isn't switched on in your Google Cloud project. Switch it on at \
             console.cloud.google.com/apis/library/gmail.googleapis.com, wait a minute, and send \
             again."
                .into(),
        ),
        (403, "domainPolicy") => refused(
            Code::GmailApiError,
            "Your organisation doesn't allow this program to use Gmail. Ask its administrator."
                .into(),
        ),
        (400, "failedPrecondition") => refused(
            Code::GmailApiError,
            format!("This Google account can't send mail. {}", error.quote()),
        ),
        (404 | 410, _) if matches!(call, Call::SendDraft | Call::GetDraft | Call::Read) => step(
            SendOutcome::DraftGone,
            None,
            Code::NotFound,
            "Gmail no longer has this.",
        ),
        (413, _) => refused(
            Code::FileTooLarge,
            "This mail is larger than Gmail takes (25 MB). Make it smaller and send again.".into(),
        ),
        _ if call == Call::Read => refused(
            Code::GmailApiError,
            format!(
                "Gmail doesn't answer what Draftwell asks. {}",
                error.quote()
            ),
        ),
        _ => refused(
            Code::GmailApiError,
            format!("Gmail doesn't take this mail. {}", error.quote()),
        ),
    }
}

fn quota(wait: Option<u32>) -> StepError {
    step(
        SendOutcome::NotActed,
        Some(wait.unwrap_or(QUOTA_PAUSE_SECONDS)),
        Code::GmailQuotaExceeded,
        "Gmail's own limit of mails is reached. It is tried again later by itself.",
    )
}

impl GoogleError {
    /// The most telling name of the cause.
    fn reason(&self) -> &str {
        let specific = self.details.iter().map(|detail| detail.reason.as_str());
        let general = self.errors.iter().map(|error| error.reason.as_str());
        // `details` tells scope problems from others that `errors` also calls "forbidden".
        let known = ["ACCESS_TOKEN_SCOPE_INSUFFICIENT", "SERVICE_DISABLED"];
        specific
            .filter(|reason| known.contains(reason))
            .chain(general)
            .find(|reason| !reason.is_empty())
            .unwrap_or(&self.status)
    }

    /// Gmail answers its limit of mails a day with 429 like any other rate.
    fn is_about_sending_limit(&self) -> bool {
        let said = self.message.to_ascii_lowercase();
        said.contains("sending limit") || said.contains("daily") || said.contains("mail sending")
    }

    /// Gmail's own words: they name what is wrong with the mail ("Invalid To header").
    fn quote(&self) -> String {
        let words: String = self
            .message
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
}

/// Seconds to wait, from "... Retry after 2026-11-21T10:00:00.000Z".
fn wait_in_words(message: &str, now: UnixMillis) -> Option<u32> {
    let (_, after) = message.split_once("Retry after ")?;
    let time: jiff::Timestamp = after
        .split_whitespace()
        .next()?
        .trim_end_matches('.')
        .parse()
        .ok()?;
    let millis = u64::try_from(time.as_millisecond() - now.0).unwrap_or(0);
    u32::try_from(millis.div_ceil(1000)).ok()
}
