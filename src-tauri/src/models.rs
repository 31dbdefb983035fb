//! Which language models there are, where their keys come from, and what the settings show.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use draftwell_core::{
    Code, Error, Result,
    polish::{
        ProviderId,
        breaker::Breaker,
        outgoing::{Outgoing, PassedOver, place},
    },
    ports::{BoxFuture, WriteError, WriteRequest, Writer, Written},
    settings::{DEFAULT_ORDER, KeySource, Preferences, ProviderStatus},
};
use draftwell_providers::ai::{self, Access, Known, Sent};
use secrecy::{ExposeSecret, SecretString};

use crate::{app::App, clock, commands::settings::LocalServer, environment, events, secrets};

/// What the environment says of a provider.
#[derive(Default)]
struct FromEnvironment {
    base_url: Option<String>,
    key: Option<SecretString>,
}

/// A model that can be asked, and where it is: what the cache has to tell apart.
pub struct Asked {
    /// The model.
    pub writer: Arc<dyn Writer>,
    /// The address of its service.
    pub base_url: String,
    /// What was sent to it, and to the others of its chain.
    pub sent: Sent,
}

/// Language models.
pub struct Models {
    environment: BTreeMap<ProviderId, FromEnvironment>,
    known: Known,
    breaker: Arc<Mutex<Breaker>>,
}

/// A writer whose successes and failures the breaker learns of.
struct Watched {
    writer: Arc<dyn Writer>,
    breaker: Arc<Mutex<Breaker>>,
    /// The user asks for this one: it is asked however it has been doing.
    is_wished: bool,
}

impl Writer for Watched {
    fn id(&self) -> ProviderId {
        self.writer.id()
    }

    fn name(&self) -> String {
        self.writer.name()
    }

    fn model(&self) -> String {
        self.writer.model()
    }

    fn resting(&self) -> Option<WriteError> {
        if self.is_wished {
            return None;
        }
        lock(&self.breaker).resting(self.id(), clock::now())
    }

    // Once for each polish, however often it was asked in it.
    fn given_up(&self, failure: &WriteError) {
        lock(&self.breaker).failed(self.id(), failure, clock::now());
    }

    fn outgoing<'a>(
        &'a self,
        request: &'a WriteRequest,
    ) -> BoxFuture<'a, Result<Option<Outgoing>, WriteError>> {
        self.writer.outgoing(request)
    }

    fn write<'a>(
        &'a self,
        request: &'a WriteRequest,
        on_text: &'a mut (dyn FnMut(&str) + Send),
    ) -> BoxFuture<'a, Result<Written, WriteError>> {
        Box::pin(async move {
            let outcome = self.writer.write(request, on_text).await;
            if outcome.is_ok() {
                lock(&self.breaker).answered(self.id());
            }
            outcome
        })
    }
}

fn lock(breaker: &Mutex<Breaker>) -> MutexGuard<'_, Breaker> {
    breaker.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Models {
    /// Reads `DRAFTWELL_…_BASE_URL` and `DRAFTWELL_…_API_KEY`.
    pub fn from_environment() -> Self {
        let read = |id: ProviderId| {
            let name = format!("DRAFTWELL_{}", id.as_str().to_ascii_uppercase());
            FromEnvironment {
                base_url: environment::text(&format!("{name}_BASE_URL")),
                key: environment::text(&format!("{name}_API_KEY")).map(SecretString::from),
            }
        };
        let environment = DEFAULT_ORDER.into_iter().map(|id| (id, read(id))).collect();
        Self {
            environment,
            known: Known::default(),
            breaker: Arc::default(),
        }
    }

    /// The models to ask, in order: all configured ones, or `only` this provider's. One whose key is
    /// locked is among them, to say so.
    pub async fn chain(
        &self,
        app: &App,
        preferences: &Preferences,
        only: Option<ProviderId>,
    ) -> Result<Vec<Asked>> {
        let mut chain = Vec::new();
        let sent = Sent::default();
        let mut locked = None;
        for id in preferences
            .order()
            .into_iter()
            .filter(|id| only.is_none_or(|only| only == *id))
        {
            let Some(base_url) = self.reachable_at(app, preferences, id).await? else {
                continue;
            };
            let api_key = match self.key(app, id).await {
                Ok(key) => key,
                // Its key can't be read now; that is no reason not to ask the others.
                Err(error) if error.code == Code::KeyringUnavailable => {
                    chain.push(Asked {
                        writer: Arc::new(PassedOver::locked(id, ai::name(id), error.clone())),
                        base_url,
                        sent: sent.clone(),
                    });
                    locked = Some(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let access = Access {
                base_url: base_url.clone(),
                api_key,
                model: preferences.models.get(&id).cloned(),
                sent: sent.clone(),
            };
            chain.push(Asked {
                writer: Arc::new(Watched {
                    writer: ai::writer(id, access, &self.known)?,
                    breaker: Arc::clone(&self.breaker),
                    is_wished: only.is_some(),
                }),
                base_url,
                sent: sent.clone(),
            });
        }
        let can_ask = |asked: &Asked| asked.writer.passed_over().is_none();
        match locked {
            Some(error) if !chain.iter().any(can_ask) => Err(error),
            _ => Ok(chain),
        }
    }

    /// Where a configured provider is asked; none if it is not configured.
    async fn reachable_at(
        &self,
        app: &App,
        preferences: &Preferences,
        id: ProviderId,
    ) -> Result<Option<String>> {
        if id == ProviderId::Local {
            if !self.local_is_on(preferences) {
                return Ok(None);
            }
            if let Some(given) = self.base_url(preferences, id) {
                return Ok(Some(given));
            }
            let found = ai::find_local_servers(&ai::USUAL_PORTS).await;
            // One that is switched on but does not run is asked all the same, so that the page
            // says that it could not be reached.
            let usual = || format!("http://127.0.0.1:{}/v1", ai::USUAL_PORTS[0]);
            return Ok(Some(
                found
                    .into_iter()
                    .next()
                    .map_or_else(usual, |server| server.base_url),
            ));
        }
        let configured = self.key_source(app, id).await? != KeySource::None;
        Ok(configured.then(|| self.base_url(preferences, id)).flatten())
    }

    /// Setting the address in the environment switches the local server on.
    fn local_is_on(&self, preferences: &Preferences) -> bool {
        preferences.local_enabled || self.environment_base(ProviderId::Local).is_some()
    }

    fn environment_base(&self, id: ProviderId) -> Option<String> {
        self.environment.get(&id)?.base_url.clone()
    }

    fn base_url(&self, preferences: &Preferences, id: ProviderId) -> Option<String> {
        let entered = (id == ProviderId::Local)
            .then(|| preferences.local_base_url.clone())
            .flatten();
        self.environment_base(id)
            .or(entered)
            .or_else(|| ai::default_base_url(id).map(str::to_owned))
    }

    async fn key_source(&self, app: &App, id: ProviderId) -> Result<KeySource> {
        if self
            .environment
            .get(&id)
            .is_some_and(|found| found.key.is_some())
        {
            return Ok(KeySource::Environment);
        }
        let entered = app.secrets()?.has(&secrets::api_key(id)).await?;
        Ok(if entered {
            KeySource::Entered
        } else {
            KeySource::None
        })
    }

    async fn key(&self, app: &App, id: ProviderId) -> Result<Option<SecretString>> {
        if let Some(key) = self
            .environment
            .get(&id)
            .and_then(|found| found.key.clone())
        {
            return Ok(Some(key));
        }
        app.secrets()?.get_text(&secrets::api_key(id)).await
    }

    /// What the settings show.
    pub async fn statuses(
        &self,
        app: &App,
        preferences: &Preferences,
    ) -> Result<Vec<ProviderStatus>> {
        let mut statuses = Vec::new();
        for id in preferences.order() {
            statuses.push(self.status(app, preferences, id).await?);
        }
        Ok(statuses)
    }

    async fn status(
        &self,
        app: &App,
        preferences: &Preferences,
        id: ProviderId,
    ) -> Result<ProviderStatus> {
        let key_source = self.key_source(app, id).await?;
        let default_model = ai::default_model(id).to_owned();
        Ok(ProviderStatus {
            id,
            name: ai::name(id).to_owned(),
            configured: match id {
                ProviderId::Local => self.local_is_on(preferences),
                _ => key_source != KeySource::None,
            },
            has_api_key: key_source != KeySource::None,
            key_source,
            model: preferences
                .models
                .get(&id)
                .cloned()
                .unwrap_or_else(|| default_model.clone()),
            default_model,
            base_url: self.base_url(preferences, id).unwrap_or_default(),
        })
    }

    /// Checks a key with its provider and keeps it.
    pub async fn set_key(
        &self,
        app: &App,
        id: ProviderId,
        key: SecretString,
    ) -> Result<ProviderStatus> {
        let key = SecretString::from(key.expose_secret().trim());
        if !DEFAULT_ORDER.contains(&id) {
            return Err(Error::invalid("provider", "This provider needs no key."));
        }
        if key.expose_secret().is_empty() {
            return Err(Error::invalid("key", "Enter the key."));
        }
        let preferences = app.store()?.preferences().await?;
        if let Some(base_url) = self.base_url(&preferences, id) {
            ai::check_key(id, &base_url, &key).await?;
        }
        app.secrets()?
            .put(&secrets::api_key(id), key.expose_secret().as_bytes())
            .await?;
        self.start_afresh([id]);
        events::settings_changed(&app.handle);
        self.status(app, &preferences, id).await
    }

    /// Forgets a key.
    pub async fn delete_key(&self, app: &App, id: ProviderId) -> Result<ProviderStatus> {
        app.secrets()?.delete(&secrets::api_key(id)).await?;
        events::settings_changed(&app.handle);
        self.status(app, &app.store()?.preferences().await?, id)
            .await
    }

    /// To whom something may be sent that is to be shown the first time: those it was sent to after it
    /// was shown, and those that were set up by the environment. Who starts the program so has said
    /// where texts go.
    pub fn agreed(&self, preferences: &Preferences) -> BTreeMap<ProviderId, String> {
        let mut agreed = preferences.agreed.clone();
        for (id, found) in &self.environment {
            let is_given = match id {
                ProviderId::Local => found.base_url.is_some(),
                _ => found.key.is_some(),
            };
            if let Some(base) = self.base_url(preferences, *id).filter(|_| is_given) {
                agreed.insert(*id, place(&base).to_owned());
            }
        }
        agreed
    }

    /// A provider could not be asked, because no request could be made for it.
    pub fn could_not_ask(&self, id: ProviderId, failure: &WriteError) {
        lock(&self.breaker).failed(id, failure, clock::now());
    }

    /// These providers were set up anew: what they did before says nothing any more.
    pub fn start_afresh(&self, providers: impl IntoIterator<Item = ProviderId>) {
        let mut breaker = lock(&self.breaker);
        for id in providers {
            breaker.forget(id);
        }
    }

    /// The models a provider offers; a provider that isn't set up has to be first.
    pub async fn list(&self, app: &App, id: ProviderId) -> Result<Vec<String>> {
        let preferences = app.store()?.preferences().await?;
        let Some(base_url) = self.reachable_at(app, &preferences, id).await? else {
            return Err(Error::new(
                Code::AiServiceUnavailable,
                match id {
                    ProviderId::Local => "Switch the local server on to see its models.",
                    _ => "Enter a key to see the models it gives access to.",
                },
            ));
        };
        let key = self.key(app, id).await?;
        ai::list_models(id, &base_url, key).await
    }

    /// Looks for model servers on their usual ports.
    pub async fn find_local_servers(&self) -> Vec<LocalServer> {
        let found = ai::find_local_servers(&ai::USUAL_PORTS).await;
        found
            .into_iter()
            .map(|server| LocalServer {
                name: server.name,
                base_url: server.base_url,
                models: server.models,
                model: server.model,
                needs_key: server.needs_key,
            })
            .collect()
    }
}
