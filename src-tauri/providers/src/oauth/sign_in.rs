//! One sign-in, from the address to open to the tokens.

use std::{future::Future, time::Duration};

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    account::{Abilities, GMAIL_COMPOSE},
    ports::SendOutcome,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenUrl,
    basic::{BasicClient, BasicTokenResponse},
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::time::timeout;
use url::Url;

use super::{Endpoints, GoogleClient, Tokens, listener::Listener, page::Page, wire};
use crate::http;

/// How long a sign-in waits for the browser. Google shows some errors on its own page and never
/// redirects, so it has to end by itself.
pub const TIME_LIMIT: Duration = Duration::from_secs(5 * 60);

/// What is asked for: who signs in, and drafts and sending.
pub const SCOPES: &[&str] = &["openid", "email", GMAIL_COMPOSE];

/// A sign-in that waits for the browser.
#[derive(Debug)]
pub struct PendingSignIn {
    url: Url,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
    listener: Listener,
    client: GoogleClient,
    endpoints: Endpoints,
    limit: Duration,
}

/// Who signed in, and what was granted.
#[derive(Debug)]
pub struct SignedIn {
    /// To be sealed and kept.
    pub tokens: Tokens,
    /// What was granted, which may be less than what was asked.
    pub scopes: Vec<String>,
    /// What that allows; it includes sending.
    pub abilities: Abilities,
    /// Google's own id of the person, which stays when the address changes.
    pub subject: String,
    /// Address.
    pub email: String,
    /// Name, or empty.
    pub name: String,
}

/// The claims of OpenID Connect's userinfo that are needed.
#[derive(Deserialize)]
struct Person {
    sub: String,
    email: Option<String>,
    name: Option<String>,
}

/// Begins a sign-in: listens for the answer and makes the address to open in the browser.
/// `login_hint` is the address of an account that signs in again.
///
/// Errors: `INTERNAL_ERROR` if no port can be opened.
pub async fn start(
    client: &GoogleClient,
    endpoints: &Endpoints,
    scopes: &[&str],
    login_hint: Option<&str>,
) -> Result<PendingSignIn> {
    let listener = Listener::bind().await?;
    let redirect = RedirectUrl::new(listener.redirect_uri()).map_err(|_| no_address())?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let oauth = BasicClient::new(ClientId::new(client.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(endpoints.auth.clone()))
        .set_redirect_uri(redirect.clone());
    let mut request = oauth
        .authorize_url(|| CsrfToken::new_random_len(32))
        .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
        .set_pkce_challenge(challenge)
        .add_extra_param("access_type", "offline");
    // Without consent Google gives no new refresh token to somebody who signed in before.
    request = match login_hint {
        Some(hint) => request
            .add_extra_param("login_hint", hint)
            .add_extra_param("prompt", "consent"),
        None => request.add_extra_param("prompt", "select_account consent"),
    };
    let (url, state) = request.url();
    Ok(PendingSignIn {
        url,
        state,
        verifier,
        redirect,
        listener,
        client: client.clone(),
        endpoints: endpoints.clone(),
        limit: TIME_LIMIT,
    })
}

impl PendingSignIn {
    /// The address to open in the system's browser.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Ends it earlier or later than after [`TIME_LIMIT`].
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Waits for the browser's answer, exchanges it for tokens and asks who it is. The port is
    /// closed when this ends, however it ends. `now` asks the shell's clock.
    ///
    /// Errors: `GMAIL_NOT_CONNECTED` when it was cancelled, refused or took too long, when the
    /// permission to send was not granted, or when Google does not accept the client;
    /// `GMAIL_API_ERROR` when Google can't be reached.
    pub async fn finish(
        self,
        cancel: impl Future<Output = ()>,
        now: impl Fn() -> UnixMillis,
    ) -> Result<SignedIn> {
        tokio::select! {
            ended = timeout(self.limit, self.complete(now)) => ended.unwrap_or_else(|_| {
                Err(not_connected(
                    "The sign-in took too long and was ended. Choose “Connect Gmail” to try again.",
                ))
            }),
            () = cancel => Err(not_connected("The sign-in was cancelled.")),
        }
    }

    async fn complete(&self, now: impl Fn() -> UnixMillis) -> Result<SignedIn> {
        let state = self.state.secret();
        let answer = self.listener.answer(state, self.endpoints.issuer()).await;
        let result = match &answer.outcome {
            Ok(code) => self.exchange(code, now).await,
            Err(error) => Err(refused(error)),
        };
        let page = match (&result, &answer.outcome) {
            (Ok(_), _) => Page::Connected,
            (Err(_), Err(error)) if error == "access_denied" => Page::Refused,
            (Err(_), _) => Page::Failed,
        };
        answer.show(page).await;
        result
    }

    async fn exchange(&self, code: &str, now: impl Fn() -> UnixMillis) -> Result<SignedIn> {
        let mut client = BasicClient::new(ClientId::new(self.client.client_id.clone()))
            .set_token_uri(TokenUrl::from_url(self.endpoints.token.clone()))
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(AuthType::RequestBody);
        if let Some(secret) = &self.client.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        let answer: BasicTokenResponse = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(self.verifier.secret().clone()))
            .request_async(&wire::carry_out)
            .await
            .map_err(not_exchanged)?;
        let tokens = Tokens::from_answer(&answer, None, now()).ok_or_else(|| {
            not_connected(
                "Google gave no lasting permission. Remove Draftwell at \
                 myaccount.google.com/permissions, then connect again.",
            )
        })?;
        let abilities = Abilities::from_scopes(&tokens.scopes);
        if !abilities.send {
            return Err(not_connected(
                "The permission to send mail was not granted. Connect again, and leave the box \
                 for drafts and sending ticked on Google's page.",
            ));
        }
        let person = self.person(&tokens).await?;
        let email = person.email.filter(|email| !email.is_empty()).ok_or_else(|| {
            not_connected(
                "Google didn't say which address this is. Connect again, and allow Draftwell to \
                 see the e-mail address.",
            )
        })?;
        Ok(SignedIn {
            scopes: tokens.scopes.clone(),
            tokens,
            abilities,
            subject: person.sub,
            email,
            name: person.name.unwrap_or_default(),
        })
    }

    /// Asks who signed in (OpenID Connect Core, 5.3).
    async fn person(&self, tokens: &Tokens) -> Result<Person> {
        let unknown = || {
            Error::new(
                Code::GmailApiError,
                "Google signed you in, but didn't say who you are. Try again in a while.",
            )
        };
        let address = &self.endpoints.userinfo;
        let answer = http::client(address, wire::CONNECT)?
            .get(address.clone())
            .bearer_auth(tokens.access.expose_secret())
            .timeout(wire::WHOLE)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| {
                tracing::warn!(error = %error.without_url(), "no answer about the person");
                unknown()
            })?;
        answer.json().await.map_err(|_| unknown())
    }
}

/// The same failures as when tokens are renewed, but here nobody is connected yet.
fn not_exchanged(error: wire::TokenError) -> Error {
    if wire::is_invalid_grant(&error) {
        return not_connected(
            "Google didn't take the answer of its own page. Is this computer's clock right? \
             Choose “Connect Gmail” to try again.",
        );
    }
    let step = wire::token_error(error);
    if step.outcome == SendOutcome::NeedsSignIn {
        not_connected(&step.error.message)
    } else {
        step.error
    }
}

fn not_connected(message: &str) -> Error {
    Error::new(Code::GmailNotConnected, message)
}

fn no_address() -> Error {
    Error::new(
        Code::InternalError,
        "The sign-in couldn't be started. Try again.",
    )
}

/// The errors Google redirects with (RFC 6749, 4.1.2.1).
fn refused(error: &str) -> Error {
    match error {
        "access_denied" => not_connected(
            "Permission was not given on Google's page, so Gmail was not connected. (If Google \
             said that access is blocked: add your address as a test user of your Google Cloud \
             project, or publish it.)",
        ),
        "admin_policy_enforced" | "org_internal" => not_connected(
            "Your organisation doesn't allow this program to use Gmail. Ask its administrator.",
        ),
        "server_error" | "temporarily_unavailable" => Error::new(
            Code::GmailApiError,
            "Google's sign-in has trouble just now. Try again later.",
        ),
        _ => not_connected(
            "Google refused the sign-in. Check the client ID in the settings, then try again.",
        ),
    }
}
