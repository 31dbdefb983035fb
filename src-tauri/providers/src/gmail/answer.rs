//! What an answer of Gmail's, or none, proves.
//!
//! "Not acted" is claimed only where it is certain: no connection was made, or Gmail itself (its
//! own form of error, not some box on the way) said no. Everything else is unclear.

use draftwell_core::{
    Code, UnixMillis,
    ports::{SendOutcome, StepError, StepResult},
};
use reqwest::{Response, StatusCode, header::LOCATION};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::service::{self, Service, quote, step};

/// An hour: what a daily or sending limit waits when Gmail names no time.
const QUOTA_PAUSE_SECONDS: u32 = 3600;

const GMAIL: Service = Service {
    name: "Gmail",
    code: Code::GmailApiError,
};

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
    serde_json::from_slice(body).map_err(|_| GMAIL.unreadable())
}

/// A success.
pub(super) struct Success {
    pub(super) body: Vec<u8>,
    /// Where an upload goes on.
    pub(super) location: Option<Url>,
}

/// The success, or what a failure proves.
pub(super) async fn judge(
    call: Call,
    sent: reqwest::Result<Response>,
    now: UnixMillis,
) -> Result<Success, Failure> {
    let judged = |error| Failure::Judged(Box::new(error));
    let answer = sent.map_err(|error| judged(GMAIL.no_answer(&error)))?;
    let status = answer.status();
    let wait = service::retry_after(answer.headers());
    let location = (answer.headers().get(LOCATION))
        .and_then(|location| Url::parse(location.to_str().ok()?).ok());
    let body = answer.bytes().await;
    if status.is_success() {
        let success = body.map(|bytes| Success {
            body: bytes.to_vec(),
            location,
        });
        return success.map_err(|error| {
            tracing::warn!(?call, error = %error.without_url(), "the answer was cut off");
            judged(GMAIL.broken_off())
        });
    }
    if status == StatusCode::UNAUTHORIZED {
        return Err(Failure::Unauthorised);
    }
    let body = body.unwrap_or_default();
    let error = match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(body) if service::is_refusal(status) => said_no(call, status, &body.error, wait, now),
        _ => GMAIL.troubled(wait),
    };
    tracing::warn!(?call, %status, outcome = ?error.outcome, code = ?error.error.code, "Gmail said no");
    Err(judged(error))
}

pub(super) fn unreadable() -> StepError {
    GMAIL.unreadable()
}

pub(super) fn unclear(message: &str) -> StepError {
    GMAIL.unclear(message)
}

/// Gmail itself refused: it did not act.
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
            format!(
                "This Google account can't send mail. {}",
                quote(&error.message)
            ),
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
                quote(&error.message)
            ),
        ),
        _ => refused(
            Code::GmailApiError,
            format!("Gmail doesn't take this mail. {}", quote(&error.message)),
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
