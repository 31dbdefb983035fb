//! One request to an OAuth service, and what its failure means.

use std::time::Duration;

use draftwell_core::{
    Code, Error,
    ports::{SendOutcome, StepError},
};
use oauth2::{
    HttpRequest, HttpResponse, RequestTokenError, StandardErrorResponse,
    basic::{BasicErrorResponse, BasicErrorResponseType},
};

use crate::http;

pub(super) const CONNECT: Duration = Duration::from_secs(10);
/// The whole of a request: these services answer within a second.
pub(crate) const WHOLE: Duration = Duration::from_secs(20);
/// Tokens have up to 2 KB.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Why a request had no answer. Its text names no address with parameters and no token.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    /// No HTTP client could be made.
    #[error("{0}")]
    Setup(Error),
    /// No answer.
    #[error("no answer")]
    Unreachable,
    /// An answer nobody sends.
    #[error("not an answer")]
    Nonsense,
}

/// Carries out one of the `oauth2` crate's requests.
pub(super) async fn carry_out(request: HttpRequest) -> Result<HttpResponse, WireError> {
    let (parts, body) = request.into_parts();
    let address = url::Url::parse(&parts.uri.to_string()).map_err(|_| WireError::Nonsense)?;
    let client = http::client(&address, CONNECT).map_err(WireError::Setup)?;
    let answer = client
        .request(parts.method, address)
        .headers(parts.headers)
        .body(body)
        .timeout(WHOLE)
        .send()
        .await
        .map_err(|error| {
            tracing::warn!(error = %error.without_url(), "the sign-in service can't be reached");
            WireError::Unreachable
        })?;
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    let bytes = answer.bytes().await.map_err(|_| WireError::Unreachable)?;
    if bytes.len() > LARGEST_ANSWER {
        return Err(WireError::Nonsense);
    }
    *response.body_mut() = bytes.to_vec();
    Ok(response)
}

/// How a token request fails.
pub(super) type TokenError =
    RequestTokenError<WireError, StandardErrorResponse<BasicErrorResponseType>>;

/// Whether the code or refresh token itself was not taken.
pub(super) fn is_invalid_grant(error: &TokenError) -> bool {
    matches!(error, RequestTokenError::ServerResponse(answer)
        if *answer.error() == BasicErrorResponseType::InvalidGrant)
}

/// What the failure of a token request means: nothing was sent yet in any case.
pub(super) fn token_error(error: TokenError) -> StepError {
    let (outcome, error) = match error {
        RequestTokenError::ServerResponse(answer) => refused(&answer),
        RequestTokenError::Request(WireError::Setup(error)) => (SendOutcome::NotActed, error),
        RequestTokenError::Request(WireError::Unreachable) => (
            SendOutcome::NotActed,
            Error::new(
                Code::GmailApiError,
                "Google's sign-in can't be reached. Is this computer online?",
            ),
        ),
        RequestTokenError::Request(WireError::Nonsense)
        | RequestTokenError::Parse(..)
        | RequestTokenError::Other(_) => (
            SendOutcome::NotActed,
            Error::new(
                Code::GmailApiError,
                "Google's sign-in gave an answer that can't be read. Try again later.",
            ),
        ),
    };
    StepError {
        outcome,
        retry_after_seconds: None,
        error,
    }
}

/// An error of RFC 6749, 5.2, or one of Google's own.
fn refused(answer: &BasicErrorResponse) -> (SendOutcome, Error) {
    use BasicErrorResponseType::{
        Extension, InvalidClient, InvalidGrant, InvalidScope, UnauthorizedClient,
    };
    let sign_in = |message: &str| {
        (
            SendOutcome::NeedsSignIn,
            Error::new(Code::GmailTokenExpired, message),
        )
    };
    let said = answer.error_description().map_or("", |text| text.as_str());
    tracing::warn!(error = %answer.error(), "the sign-in service refused");
    let kind = answer.error().as_ref();
    if kind.contains("rapt") || said.contains("rapt") {
        return sign_in(
            "Your organisation asks for a new sign-in from time to time. Sign in again.",
        );
    }
    match answer.error() {
        InvalidGrant => sign_in(
            "Google no longer accepts this sign-in. The usual reasons: your Google Cloud project \
             is in testing mode, where sign-ins end after 7 days (publish it to avoid that); the \
             password was changed; or Draftwell's access was removed in the Google account. Sign \
             in again.",
        ),
        InvalidClient | UnauthorizedClient => sign_in(
            "Google doesn't accept the client ID or its secret. Check both in the settings, then \
             sign in again.",
        ),
        InvalidScope => sign_in(
            "Google doesn't allow this client to ask for Gmail. Add the Gmail permission to your \
             Google Cloud project, then sign in again.",
        ),
        Extension(kind) if kind == "temporarily_unavailable" || kind == "server_error" => (
            SendOutcome::NotActed,
            Error::new(
                Code::GmailApiError,
                "Google's sign-in has trouble just now. Try again later.",
            ),
        ),
        _ => {
            let secret = said.to_ascii_lowercase().contains("client_secret");
            let message = if secret {
                "Google wants the client secret too. Enter it in the settings, then sign in again."
            } else {
                "Google refused the sign-in. Check the client ID in the settings, then sign in \
                 again."
            };
            sign_in(message)
        }
    }
}
