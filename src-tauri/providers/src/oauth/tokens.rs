//! The tokens of a grant.

use std::{borrow::Cow, fmt};

use draftwell_core::{Code, Error, Result, UnixMillis};
use oauth2::{TokenResponse as _, basic::BasicTokenResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Endpoints, provider::Provider, wire};
use crate::http;

/// What a grant consists of. Shown nowhere, kept only sealed (see [`Tokens::to_json`]).
#[derive(Clone)]
pub struct Tokens {
    /// Opens the API for about an hour.
    pub(super) access: SecretString,
    /// Gets the next access token.
    pub(super) refresh: SecretString,
    /// When the access token ends.
    pub expires_at: UnixMillis,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
}

/// The form in which tokens are sealed.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    access: Cow<'a, str>,
    refresh: Cow<'a, str>,
    expires_at: UnixMillis,
    scopes: Cow<'a, [String]>,
}

impl Tokens {
    /// From the answer of the token service. `former` are the tokens it renews: Google repeats
    /// neither the refresh token nor always the scopes; Microsoft gives a new refresh token each
    /// time, which replaces the former. `None` if there is no refresh token.
    pub(super) fn from_answer(
        answer: &BasicTokenResponse,
        former: Option<&Self>,
        now: UnixMillis,
    ) -> Option<Self> {
        let refresh = match (answer.refresh_token(), former) {
            (Some(token), _) => SecretString::from(token.secret().clone()),
            (None, Some(former)) => former.refresh.clone(),
            (None, None) => return None,
        };
        // RFC 6749, 5.1: a service that says nothing about the time may have any.
        let lifetime = answer.expires_in().map_or(3600, |time| time.as_secs());
        let scopes = match (answer.scopes(), former) {
            (Some(scopes), _) => scopes.iter().map(|scope| scope.to_string()).collect(),
            (None, Some(former)) => former.scopes.clone(),
            (None, None) => Vec::new(),
        };
        Some(Self {
            access: SecretString::from(answer.access_token().secret().clone()),
            refresh,
            expires_at: now.plus_seconds(lifetime.min(365 * 24 * 3600).cast_signed()),
            scopes,
        })
    }

    /// For sealing.
    pub fn to_json(&self) -> Zeroizing<String> {
        let sealed = Sealed {
            access: self.access.expose_secret().into(),
            refresh: self.refresh.expose_secret().into(),
            expires_at: self.expires_at,
            scopes: self.scopes.as_slice().into(),
        };
        // Texts and a number always have a JSON form.
        Zeroizing::new(serde_json::to_string(&sealed).unwrap_or_default())
    }

    /// What [`Tokens::to_json`] made.
    ///
    /// Errors: `GMAIL_TOKEN_EXPIRED`, as only a new sign-in helps.
    pub fn from_json(text: &str) -> Result<Self> {
        let sealed: Sealed<'_> = serde_json::from_str(text).map_err(|_| {
            Error::new(
                Code::GmailTokenExpired,
                "The stored sign-in of this account can't be read. Sign in again.",
            )
        })?;
        Ok(Self {
            access: SecretString::from(sealed.access.into_owned()),
            refresh: SecretString::from(sealed.refresh.into_owned()),
            expires_at: sealed.expires_at,
            scopes: sealed.scopes.into_owned(),
        })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("expires_at", &self.expires_at)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Ends the grant at the provider, for every program that shares the client. A grant that is ended
/// already counts as done.
///
/// Errors: `GMAIL_API_ERROR` when Google can't be reached or doesn't confirm;
/// `MAIL_SERVER_ERROR` always for Microsoft, which lets no program end its own grant. The message
/// says where the user can.
pub async fn revoke(endpoints: &Endpoints, tokens: &Tokens) -> Result<()> {
    let words = endpoints.provider.words();
    let Some(address) = &endpoints.revoke else {
        return Err(revoked_by_hand(endpoints.provider));
    };
    let not_confirmed = || {
        Error::new(
            words.trouble,
            format!(
                "{} didn't confirm that Draftwell's access is ended. Look at {} and remove it \
                 there.",
                words.company, words.permissions
            ),
        )
    };
    let client = http::client(address, wire::CONNECT)?;
    let answer = client
        .post(address.clone())
        .form(&[("token", tokens.refresh.expose_secret())])
        .timeout(wire::WHOLE)
        .send()
        .await
        .map_err(|error| {
            tracing::warn!(error = %error.without_url(), "the grant wasn't revoked");
            not_confirmed()
        })?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    // RFC 7009, 2.2.1, and Google: an invalid token is 400 `invalid_token`.
    let text = answer.text().await.unwrap_or_default();
    if status == 400 && text.contains("invalid_token") {
        return Ok(());
    }
    tracing::warn!(%status, "the grant wasn't revoked");
    Err(not_confirmed())
}

/// Says where the user ends a grant at a provider that lets no program do it.
pub fn revoked_by_hand(provider: Provider) -> Error {
    let words = provider.words();
    let message = format!(
        "{} lets only you end Draftwell's access: remove it at {}.",
        words.company, words.permissions
    );
    Error::new(words.trouble, message)
}
