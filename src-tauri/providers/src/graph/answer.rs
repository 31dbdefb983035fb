//! What an answer of Graph's, or none, proves.
//!
//! "Not acted" is claimed only where it is certain: no connection was made, or Graph itself (its
//! own form of error, not some box on the way) said no. Everything else is unclear.
//! Codes: learn.microsoft.com/graph/errors, and Exchange's own, which Graph passes on.

use draftwell_core::{
    Code,
    ports::{SendOutcome, StepError, StepResult},
};
use reqwest::{Response, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};

use crate::service::{self, Service, quote, step};

/// An hour: what a limit of mails waits when Outlook names no time.
const QUOTA_PAUSE_SECONDS: u32 = 3600;

pub(super) const OUTLOOK: Service = Service {
    name: "Outlook",
    code: Code::MailServerError,
};

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    CreateDraft,
    SetRecipients,
    Attach,
    Upload,
    Get,
    Find,
    Send,
    Discard,
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
                Code::AccountNotConnected,
                "Microsoft no longer accepts this sign-in. Sign in again.",
            ),
            Self::Judged(error) => *error,
        }
    }
}

/// `{"error": {...}}`, as all of Graph answers.
#[derive(Deserialize)]
struct ErrorBody {
    error: GraphError,
}

#[derive(Deserialize)]
struct GraphError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// A success: its status, and its body as far as it came.
pub(super) struct Success {
    pub(super) status: StatusCode,
    body: reqwest::Result<Vec<u8>>,
}

impl Success {
    /// Reads the body. One that was cut off or can't be read leaves open what was done.
    pub(super) fn read<T: DeserializeOwned>(self) -> StepResult<T> {
        let body = self.body.map_err(|error| {
            tracing::warn!(error = %error.without_url(), "the answer was cut off");
            OUTLOOK.broken_off()
        })?;
        serde_json::from_slice(&body).map_err(|_| OUTLOOK.unreadable())
    }
}

/// The success, or what a failure proves.
pub(super) async fn judge(call: Call, sent: reqwest::Result<Response>) -> Result<Success, Failure> {
    let judged = |error| Failure::Judged(Box::new(error));
    let answer = sent.map_err(|error| judged(OUTLOOK.no_answer(&error)))?;
    let status = answer.status();
    let wait = service::retry_after(answer.headers());
    // What Microsoft's support asks for.
    let request = answer.headers().get("request-id").cloned();
    let body = answer.bytes().await.map(|bytes| bytes.to_vec());
    if status.is_success() {
        return Ok(Success { status, body });
    }
    if status == StatusCode::UNAUTHORIZED {
        return Err(Failure::Unauthorised);
    }
    let (error, graph_code) = match serde_json::from_slice::<ErrorBody>(&body.unwrap_or_default()) {
        Ok(body) if service::is_refusal(status) => {
            (said_no(status, &body.error, wait), body.error.code)
        }
        _ => (OUTLOOK.troubled(wait), String::new()),
    };
    tracing::warn!(?call, %status, ?request, %graph_code, outcome = ?error.outcome, "Outlook said no");
    Err(judged(error))
}

/// Graph itself refused: it did not act.
fn said_no(status: StatusCode, error: &GraphError, wait: Option<u32>) -> StepError {
    let refused = |code, message: String| step(SendOutcome::Refused, None, code, message);
    let said = || quote(&error.message);
    match (status.as_u16(), error.code.as_str()) {
        (_, "ErrorExceededMessageLimit") => step(
            SendOutcome::NotActed,
            Some(wait.unwrap_or(QUOTA_PAUSE_SECONDS)),
            Code::GmailQuotaExceeded,
            "Outlook's own limit of mails is reached. It is tried again later by itself.",
        ),
        (429, _) => step(
            SendOutcome::NotActed,
            wait,
            Code::RateLimitExceeded,
            "Outlook asks to slow down. It is tried again by itself.",
        ),
        (409 | 412, _) => step(
            SendOutcome::NotActed,
            wait,
            OUTLOOK.code,
            "Outlook was busy with this mail. It is tried again by itself.",
        ),
        (404, "ErrorItemNotFound") => step(
            SendOutcome::DraftGone,
            None,
            Code::NotFound,
            "Outlook no longer has this draft.",
        ),
        (413, _) | (_, "ErrorMessageSizeExceeded") => refused(
            Code::FileTooLarge,
            "This mail is larger than your mailbox takes. Make it smaller and send again.".into(),
        ),
        (_, "ErrorQuotaExceeded") => refused(
            OUTLOOK.code,
            "Your mailbox is full. Make room in it, then send again.".into(),
        ),
        (_, "ErrorSendAsDenied") => refused(
            OUTLOOK.code,
            "This account isn't allowed to send from this address. Ask whoever administers it."
                .into(),
        ),
        (_, "MailboxNotEnabledForRESTAPI" | "MailboxNotHostedInExchangeOnline") => refused(
            OUTLOOK.code,
            "This Microsoft account has no mailbox that programs can send from. It may have no \
             licence for mail, or its mailbox may be on a server of your organisation."
                .into(),
        ),
        (_, "ErrorAccessDenied") | (403, _) => refused(
            OUTLOOK.code,
            format!(
                "Outlook doesn't allow Draftwell to do this. {}. Connect the account again and \
                 allow what is asked for; if that doesn't help, ask your organisation's \
                 administrator.",
                said().trim_end_matches('.')
            ),
        ),
        (_, "ErrorInvalidRecipients") => refused(
            OUTLOOK.code,
            format!("Outlook doesn't take one of the recipients. {}", said()),
        ),
        _ => refused(
            OUTLOOK.code,
            format!("Outlook doesn't take this mail. {}", said()),
        ),
    }
}
