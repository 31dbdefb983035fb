//! One request to an OAuth service, and what its failure means.

use std::time::Duration;

use draftwell_core::{
    Error,
    ports::{SendOutcome, StepError},
};
use oauth2::{
    HttpRequest, HttpResponse, RequestTokenError, StandardErrorResponse,
    basic::BasicErrorResponseType,
};

use super::provider::Provider;
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

/// Whether the code itself was not taken, for no reason the provider names.
pub(super) fn is_wrong_code(provider: Provider, error: &TokenError) -> bool {
    matches!(error, RequestTokenError::ServerResponse(answer)
        if *answer.error() == BasicErrorResponseType::InvalidGrant
            && !provider.knows_cause(answer.error_description().map_or("", |text| text)))
}

/// What the failure of a token request means: nothing was sent yet in any case.
pub(super) fn token_error(provider: Provider, error: TokenError) -> StepError {
    let words = provider.words();
    let trouble = |what: &str| {
        let message = format!("{}'s sign-in {what}", words.company);
        (SendOutcome::Unreachable, Error::new(words.trouble, message))
    };
    let (outcome, error) = match error {
        RequestTokenError::ServerResponse(answer) => {
            tracing::warn!(error = %answer.error(), "the sign-in service refused");
            provider.refused(&answer)
        }
        RequestTokenError::Request(WireError::Setup(error)) => (SendOutcome::NotActed, error),
        RequestTokenError::Request(WireError::Unreachable) => {
            trouble("can't be reached. Is this machine online?")
        }
        RequestTokenError::Request(WireError::Nonsense)
        | RequestTokenError::Parse(..)
        | RequestTokenError::Other(_) => {
            trouble("gave an answer that can't be read. Try again later.")
        }
    };
    StepError {
        outcome,
        retry_after_seconds: None,
        error,
    }
}
