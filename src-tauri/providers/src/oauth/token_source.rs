//! Access tokens that are always fresh.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    ports::{BoxFuture, SendOutcome, StepError, StepResult},
};
use oauth2::{AuthType, ClientId, ClientSecret, RefreshToken, Scope, TokenUrl, basic::BasicClient};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::{Endpoints, Tokens, client::Client, provider::Provider, wire};

/// Renewed this long before its end, so that a request under way doesn't outlive it.
const MARGIN_SECONDS: i64 = 60;

/// The shell's clock.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

/// Keeps the tokens of one account, sealed.
pub trait TokenStore: Send + Sync {
    /// Durably puts `tokens` in the place of `former`, before they are used. Answers those to use:
    /// `tokens`, or what somebody else kept instead of `former` meanwhile.
    ///
    /// # Errors
    /// Why they can't be kept; also where nothing is kept any more, as the account was
    /// disconnected.
    fn replace<'a>(
        &'a self,
        former: &'a Tokens,
        tokens: &'a Tokens,
    ) -> BoxFuture<'a, Result<Tokens>>;
}

/// Hands out an account's access token and renews it: once at a time, however many ask.
///
/// Make one per account and share it; two would renew independently of each other.
///
/// A renewal that has begun is carried through even if nobody waits for it any more: the service
/// may have replaced the refresh token already, and the new one must be kept.
pub struct TokenSource {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    provider: Provider,
    token_url: TokenUrl,
    store: Arc<dyn TokenStore>,
    clock: Clock,
    current: Mutex<Current>,
    /// How many renewals have ended. Those who waited for one share its outcome.
    ended: AtomicU64,
}

struct Current {
    tokens: Tokens,
    /// Renewed ones that could not be kept, as on a full disk. They are tried to be kept again
    /// rather than renewed again: a service may take each refresh token only once.
    unkept: Option<Tokens>,
    /// How the last renewal failed.
    failure: Option<StepError>,
    /// Only a new sign-in helps; nothing is asked any more.
    ended_for_good: bool,
}

impl TokenSource {
    /// Starts from stored or new tokens.
    pub fn new(
        client: impl Into<Client>,
        endpoints: &Endpoints,
        tokens: Tokens,
        store: Arc<dyn TokenStore>,
        clock: Clock,
    ) -> Self {
        let inner = Inner {
            client: client.into(),
            provider: endpoints.provider,
            token_url: TokenUrl::from_url(endpoints.token.clone()),
            store,
            clock,
            current: Mutex::new(Current {
                tokens,
                unkept: None,
                failure: None,
                ended_for_good: false,
            }),
            ended: AtomicU64::new(0),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The access token, renewed first if it ends within a minute.
    ///
    /// Errors never leave doubt about a mail: nothing was asked of the mail service yet.
    pub async fn access(&self) -> StepResult<SecretString> {
        self.fresh(None).await
    }

    /// The token to use after the service answered 401 to `rejected`: another one if somebody
    /// else has renewed it meanwhile, else a renewed one.
    pub async fn access_after(&self, rejected: &SecretString) -> StepResult<SecretString> {
        self.fresh(Some(rejected.clone())).await
    }

    /// The tokens as they are now, to revoke them.
    pub async fn tokens(&self) -> Tokens {
        self.inner.current.lock().await.tokens.clone()
    }

    async fn fresh(&self, rejected: Option<SecretString>) -> StepResult<SecretString> {
        let inner = Arc::clone(&self.inner);
        let asking = tokio::spawn(async move { inner.fresh(rejected.as_ref()).await });
        asking.await.unwrap_or_else(|_| {
            Err(not_kept(Error::new(
                Code::InternalError,
                "The sign-in could not be renewed.",
            )))
        })
    }
}

impl Inner {
    /// Whether the tokens can be used: not while they end within a minute, nor if it is they that
    /// were rejected.
    fn is_good(&self, tokens: &Tokens, rejected: Option<&SecretString>) -> bool {
        match rejected {
            Some(rejected) => tokens.access.expose_secret() != rejected.expose_secret(),
            None => (self.clock)().plus_seconds(MARGIN_SECONDS) < tokens.expires_at,
        }
    }

    async fn fresh(&self, rejected: Option<&SecretString>) -> StepResult<SecretString> {
        let asked_at = self.ended.load(Ordering::Acquire);
        let mut current = self.current.lock().await;
        if !current.ended_for_good && self.is_good(&current.tokens, rejected) {
            return Ok(current.tokens.access.clone());
        }
        let waited = self.ended.load(Ordering::Acquire) != asked_at;
        if let Some(failure) = &current.failure
            && (current.ended_for_good || waited)
        {
            return Err(failure.clone());
        }
        let late = current.unkept.is_some();
        let mut outcome = self.renew(&mut current).await;
        if let Ok(tokens) = &outcome
            && late
            && !self.is_good(tokens, rejected)
        {
            // Kept too late: they have ended meanwhile, but lead to others.
            current.tokens = tokens.clone();
            outcome = self.renew(&mut current).await;
        }
        let answer = match outcome {
            Ok(tokens) => {
                current.tokens = tokens;
                current.failure = None;
                Ok(current.tokens.access.clone())
            }
            Err(error) => {
                current.ended_for_good = error.outcome == SendOutcome::NeedsSignIn;
                current.failure = Some(error.clone());
                Err(error)
            }
        };
        self.ended.fetch_add(1, Ordering::Release);
        answer
    }

    async fn renew(&self, current: &mut Current) -> StepResult<Tokens> {
        let renewed = match current.unkept.take() {
            Some(renewed) => renewed,
            None => self.ask_for_others(&current.tokens).await?,
        };
        match self.store.replace(&current.tokens, &renewed).await {
            Ok(kept) => Ok(kept),
            Err(error) => {
                current.unkept = Some(renewed);
                Err(not_kept(error))
            }
        }
    }

    async fn ask_for_others(&self, former: &Tokens) -> StepResult<Tokens> {
        let mut client = BasicClient::new(ClientId::new(self.client.id.clone()))
            .set_token_uri(self.token_url.clone())
            .set_auth_type(AuthType::RequestBody);
        if let Some(secret) = &self.client.secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        let refresh = RefreshToken::new(former.refresh.expose_secret().to_owned());
        let scopes = self.provider.token_scopes().iter();
        let answer = client
            .exchange_refresh_token(&refresh)
            .add_scopes(scopes.map(|scope| Scope::new((*scope).to_owned())))
            .request_async(&wire::carry_out)
            .await
            .map_err(|error| wire::token_error(self.provider, error))?;
        let tokens = Tokens::from_answer(&answer, Some(former), (self.clock)())
            .ok_or_else(|| not_kept(Error::new(Code::InternalError, "The sign-in is empty.")))?;
        tracing::info!("access token renewed");
        Ok(tokens)
    }
}

fn not_kept(error: Error) -> StepError {
    StepError {
        outcome: SendOutcome::NotActed,
        retry_after_seconds: None,
        error,
    }
}
