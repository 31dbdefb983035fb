//! One sign-in, from the address to open to the tokens.

use std::time::Duration;

use draftwell_core::{Code, Error, Result, UnixMillis, account::Abilities, ports::SendOutcome};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenUrl,
    basic::{BasicClient, BasicTokenResponse},
};
use secrecy::ExposeSecret;
use tokio::time::timeout;
use url::Url;

use super::{
    Endpoints, Tokens,
    client::Client,
    listener::Listener,
    page::Page,
    provider::{Person, Provider},
    tokens::revoke,
    wire,
};
use crate::http;

/// How long a sign-in waits for the browser. Providers show some errors on their own page and never
/// redirect, so it has to end by itself.
pub const TIME_LIMIT: Duration = Duration::from_secs(5 * 60);

/// A sign-in that waits for the browser.
#[derive(Debug)]
pub struct PendingSignIn {
    url: Url,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
    listener: Listener,
    client: Client,
    endpoints: Endpoints,
    expected: Option<Expected>,
    limit: Duration,
}

/// The person who is to sign in again.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The provider's own id of the person.
    pub subject: String,
    /// Address, for people.
    pub email: String,
    /// The people who are connected already. The grant of a stranger is ended; one of theirs must
    /// not be, as a provider ends all that a person granted at once.
    pub connected: Vec<String>,
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
    /// The provider's own id of the person, which stays when the address changes.
    pub subject: String,
    /// Address.
    pub email: String,
    /// Name, or empty.
    pub name: String,
}

/// Begins a sign-in: listens for the answer and makes the address to open in the browser.
/// `login_hint` is the address of an account that signs in again.
///
/// Errors: `INTERNAL_ERROR` if no port can be opened.
pub async fn start(
    client: impl Into<Client>,
    endpoints: &Endpoints,
    scopes: &[&str],
    login_hint: Option<&str>,
) -> Result<PendingSignIn> {
    let client = client.into();
    let listener = Listener::bind(endpoints.provider).await?;
    let redirect = RedirectUrl::new(listener.redirect_uri()).map_err(|_| no_address())?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let oauth = BasicClient::new(ClientId::new(client.id.clone()))
        .set_auth_uri(AuthUrl::from_url(endpoints.auth.clone()))
        .set_redirect_uri(redirect.clone());
    let mut request = oauth
        .authorize_url(|| CsrfToken::new_random_len(32))
        .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
        .set_pkce_challenge(challenge);
    for (name, value) in endpoints.provider.page_parameters(login_hint.is_some()) {
        request = request.add_extra_param(*name, *value);
    }
    if let Some(hint) = login_hint {
        request = request.add_extra_param("login_hint", hint);
    }
    let (url, state) = request.url();
    Ok(PendingSignIn {
        url,
        state,
        verifier,
        redirect,
        listener,
        client,
        endpoints: endpoints.clone(),
        expected: None,
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

    /// Fails, and gives a stranger's grant back, if somebody else signs in.
    #[must_use]
    pub fn expecting(mut self, person: Expected) -> Self {
        self.expected = Some(person);
        self
    }

    /// Waits for the browser's answer, exchanges it for tokens and asks who it is. The port is
    /// closed when this ends or is dropped. `now` asks the shell's clock.
    ///
    /// Errors: `GMAIL_NOT_CONNECTED` (of Microsoft: `ACCOUNT_NOT_CONNECTED`) when it was refused or
    /// took too long, when the permission to send was not granted, when another person signed in
    /// than the expected one, or when the provider does not accept the client; `GMAIL_API_ERROR`
    /// (`MAIL_SERVER_ERROR`) when it can't be reached.
    pub async fn finish(self, now: impl Fn() -> UnixMillis) -> Result<SignedIn> {
        let ended = timeout(self.limit, self.complete(now)).await;
        ended.unwrap_or_else(|_| {
            Err(self.not_connected(format!(
                "The sign-in took too long and was ended. Choose “Connect {}” to try again.",
                self.provider().words().product
            )))
        })
    }

    async fn complete(&self, now: impl Fn() -> UnixMillis) -> Result<SignedIn> {
        let state = self.state.secret();
        let answer = self.listener.answer(state, self.endpoints.issuer()).await;
        let result = match &answer.outcome {
            Ok(code) => self.exchange(code, now).await,
            Err(refusal) => {
                let (error, description) = (&refusal.error, &refusal.description);
                Err(self.provider().page_refused(error, description))
            }
        };
        let page = match (&result, &answer.outcome) {
            (Ok(_), _) => Page::Connected,
            (Err(_), Err(refusal)) if refusal.error == "access_denied" => Page::Refused,
            (Err(_), _) => Page::Failed,
        };
        answer.show(page).await;
        result
    }

    async fn exchange(&self, code: &str, now: impl Fn() -> UnixMillis) -> Result<SignedIn> {
        let words = self.provider().words();
        let mut client = BasicClient::new(ClientId::new(self.client.id.clone()))
            .set_token_uri(TokenUrl::from_url(self.endpoints.token.clone()))
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(AuthType::RequestBody);
        if let Some(secret) = &self.client.secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        let mut request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(self.verifier.secret().clone()));
        let scopes = self.provider().token_scopes().join(" ");
        if !scopes.is_empty() {
            request = request.add_extra_param("scope", scopes);
        }
        let answer: BasicTokenResponse = request
            .request_async(&wire::carry_out)
            .await
            .map_err(|error| self.not_exchanged(error))?;
        let tokens = Tokens::from_answer(&answer, None, now()).ok_or_else(|| {
            self.not_connected(format!(
                "{} gave no lasting permission. Remove Draftwell at {}, then connect again.",
                words.company, words.permissions
            ))
        })?;
        // Who it is comes first: what a stranger granted, however little, is given back, and nobody
        // is told how to let the wrong account in.
        let person = self.person(&tokens).await;
        if let (Some(expected), Ok(person)) = (&self.expected, &person)
            && expected.subject != person.subject
        {
            return Err(self.turn_away(person, expected, &tokens).await);
        }
        let abilities = self.provider().abilities(&tokens.scopes);
        if !abilities.send {
            return Err(self.not_connected(format!(
                "The permission to send mail was not granted. Connect again, and {}.",
                words.allow
            )));
        }
        let person = person?;
        let email = person.email.ok_or_else(|| {
            self.not_connected(format!(
                "{} didn't say which address this is. Connect again, and allow Draftwell to see \
                 the e-mail address.",
                words.company
            ))
        })?;
        Ok(SignedIn {
            scopes: tokens.scopes.clone(),
            tokens,
            abilities,
            subject: person.subject,
            email,
            name: person.name,
        })
    }

    /// Somebody else was chosen in the browser: what they granted is given back.
    async fn turn_away(&self, person: &Person, expected: &Expected, tokens: &Tokens) -> Error {
        let kept = if expected.connected.contains(&person.subject) {
            None
        } else {
            revoke(&self.endpoints, tokens).await.err()
        };
        let chosen = person.email.as_deref().unwrap_or("another account");
        self.not_connected(format!(
            "In the browser {chosen} was chosen, but this is about {0}. Nothing was changed here. \
             {1}Try again and choose {0}.",
            expected.email,
            kept.map_or_else(String::new, |error| format!("{} ", error.message)),
        ))
    }

    /// Asks who signed in.
    async fn person(&self, tokens: &Tokens) -> Result<Person> {
        let words = self.provider().words();
        let unknown = || {
            Error::new(
                words.trouble,
                format!(
                    "{} signed you in, but didn't say who you are. Try again in a while.",
                    words.company
                ),
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
        let body = answer.bytes().await.map_err(|_| unknown())?;
        self.provider().person(&body).ok_or_else(unknown)
    }

    /// The same failures as when tokens are renewed, but here nobody is connected yet.
    fn not_exchanged(&self, error: wire::TokenError) -> Error {
        if wire::is_wrong_code(self.provider(), &error) {
            let words = self.provider().words();
            return self.not_connected(format!(
                "{} didn't take the answer of its own page. Is this machine's clock right? \
                 Choose “Connect {}” to try again.",
                words.company, words.product
            ));
        }
        let step = wire::token_error(self.provider(), error);
        if step.outcome == SendOutcome::NeedsSignIn {
            self.not_connected(step.error.message)
        } else {
            step.error
        }
    }

    fn not_connected(&self, message: impl Into<String>) -> Error {
        Error::new(self.provider().words().not_connected, message)
    }

    fn provider(&self) -> Provider {
        self.endpoints.provider
    }
}

fn no_address() -> Error {
    Error::new(
        Code::InternalError,
        "The sign-in couldn't be started. Try again.",
    )
}
