//! One call to a model: send, read the stream, keep the time.
//!
//! What differs between providers is their [`Wire`]: how a request looks and what an event means.
//! Everything else is here once. Some models don't know every optional parameter; a wire therefore
//! has several rungs, from the fullest request to the barest, and the one that a server and model
//! accepted is remembered.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use draftwell_core::{
    Error, Result,
    polish::{
        ProviderId, Usage,
        outgoing::{HIDDEN_KEY, Header, Outgoing},
    },
    ports::{BoxFuture, WriteError, WriteRequest, Writer, Written},
};
use futures_util::StreamExt;
use reqwest::{
    Response,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::{
    fault::{Cause, Complaint, Fault},
    local::{self, Elsewhere},
    sse::{Decoder, Event},
};
use crate::http;

/// No honest answer is longer, in bytes.
const MOST_TEXT: usize = 1024 * 1024;
/// No error answer is read further, in bytes.
const MOST_ERROR_BODY: usize = 64 * 1024;
/// How long the rest (token counts) may take after the answer is complete.
const GRACE: Duration = Duration::from_secs(5);

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Until the connection stands.
    pub connect: Duration,
    /// From sending to the first byte of the answer's body.
    pub first: Duration,
    /// Between two pieces.
    pub idle: Duration,
    /// For everything.
    pub total: Duration,
}

impl Patience {
    /// With a service in the net.
    pub const CLOUD: Self = Self {
        connect: Duration::from_secs(5),
        first: Duration::from_secs(20),
        idle: Duration::from_secs(20),
        total: Duration::from_secs(180),
    };
    /// With a server on this machine, which may have to load the model first.
    pub const LOCAL: Self = Self {
        connect: Duration::from_secs(2),
        first: Duration::from_secs(120),
        idle: Duration::from_secs(60),
        total: Duration::from_secs(600),
    };
}

/// What was really sent, in order: filled by every writer it was given to, read by whoever shows
/// it. In memory only.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<Mutex<Vec<Outgoing>>>);

impl Sent {
    /// All of it so far, oldest first.
    pub fn all(&self) -> Vec<Outgoing> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn add(&self, outgoing: Outgoing) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(outgoing);
    }
}

/// What has been read of an answer.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub text: String,
    pub model: Option<String>,
    pub usage: Usage,
    /// How the answer ended.
    pub end: Option<End>,
    /// Nothing more will come.
    pub closed: bool,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The model was done.
    Complete,
    /// It reached the limit.
    CutOff,
    /// It declined, or a filter stopped it.
    Refused,
    /// It ended for a reason that makes no sense here.
    Strange,
}

/// What is particular to one provider.
pub(crate) trait Wire: Send + Sync + fmt::Debug {
    /// Which.
    fn id(&self) -> ProviderId;
    /// How long things may take.
    fn patience(&self) -> Patience {
        Patience::CLOUD
    }
    /// The header that carries the key.
    fn key_header(&self, key: &str) -> (HeaderName, String);
    /// Other headers.
    fn headers(&self) -> Vec<(HeaderName, &'static str)> {
        Vec::new()
    }
    /// How many forms of the request there are.
    fn rungs(&self) -> u8 {
        1
    }
    /// Where the request goes, below the base address.
    fn path(&self, model: &str) -> String;
    /// The request in its n-th form, 0 being the fullest.
    fn body(&self, request: &WriteRequest, model: &str, rung: u8) -> Value;
    /// Whether the next form may be accepted where this failed.
    fn tries_next_rung(&self, fault: &Fault) -> bool {
        fault.parameters
    }
    /// Takes an event of the stream, or the whole answer where it is not streamed.
    fn read(&self, event: &Event, gathered: &mut Gathered) -> Result<(), Fault>;
}

/// Which form of the request each server and model accepts. Made once and shared by all writers,
/// so that nothing is found out twice in one run of the program.
#[derive(Debug, Clone, Default)]
pub struct Known(Arc<Mutex<HashMap<Place, u8>>>);

/// A model at a provider's base address.
type Place = (ProviderId, String, String);

impl Known {
    fn rung(&self, place: &Place) -> u8 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(place).copied().unwrap_or(0)
    }

    fn remember(&self, place: Place, rung: u8) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(place, rung);
    }
}

/// Where a model is and how to get in.
#[derive(Debug)]
pub(crate) struct Door {
    base: Url,
    client: reqwest::Client,
    key: Option<SecretString>,
}

impl Door {
    pub fn new(base: &str, key: Option<SecretString>, connect: Duration) -> Result<Self> {
        let base = parse_base(base)?;
        let client = http::client(&base, connect)?;
        let key = key.filter(|key| !key.expose_secret().trim().is_empty());
        Ok(Self { base, client, key })
    }

    /// The same client, at another address.
    pub fn elsewhere(&self, base: &str) -> Result<Self> {
        Ok(Self {
            base: parse_base(base)?,
            client: self.client.clone(),
            key: self.key.clone(),
        })
    }

    /// An address below the base.
    pub fn address(&self, path: &str) -> Url {
        let mut address = self.base.clone();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        address.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        address.set_query(query);
        address
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// The headers of a request by this wire.
    pub fn headers(&self, wire: &dyn Wire) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, value) in wire.headers() {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(key) = &self.key {
            let (name, value) = wire.key_header(key.expose_secret().trim());
            let mut value = HeaderValue::from_str(&value).map_err(|_| {
                Error::invalid(
                    "key",
                    "The key contains characters no key has. Copy it again, in one piece.",
                )
            })?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

/// A base address: http or https, without query.
fn parse_base(base: &str) -> Result<Url> {
    let wrong = || {
        Error::invalid(
            "baseUrl",
            "The address must begin with http:// or https:// and name a server.",
        )
    };
    let url = Url::parse(base.trim()).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong());
    }
    Ok(url)
}

/// A model behind its wire.
pub(crate) struct Adapter<W> {
    wire: W,
    door: Door,
    /// The model asked for; empty: the first one the server has.
    model: String,
    found_model: OnceLock<String>,
    /// Which of a local server's models run elsewhere, once it was asked.
    elsewhere: OnceLock<Elsewhere>,
    known: Known,
    sent: Sent,
}

impl<W: Wire> Adapter<W> {
    pub fn new(
        wire: W,
        base: &str,
        key: Option<SecretString>,
        model: String,
        known: Known,
        sent: Sent,
    ) -> Result<Self> {
        let door = Door::new(base, key, wire.patience().connect)?;
        // Refuses a key that can't be a header now rather than at the first polish.
        door.headers(&wire)?;
        Ok(Self {
            wire,
            door,
            model,
            found_model: OnceLock::new(),
            elsewhere: OnceLock::new(),
            known,
            sent,
        })
    }

    fn is_local(&self) -> bool {
        self.wire.id() == ProviderId::Local
    }

    async fn ask(
        &self,
        request: &WriteRequest,
        on_text: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Written, WriteError> {
        let model = match self.model_to_ask().await {
            Ok(model) => model,
            Err(fault) => return Err(self.error(fault, "", false)),
        };
        let remembered = self.place(&model);
        let first = self.known.rung(&remembered);
        let mut first_fault = None;
        for rung in first..self.wire.rungs() {
            let mut shown = false;
            let mut tell = |text: &str| {
                shown = true;
                on_text(text);
            };
            let outgoing = self.compose(request, &model, rung);
            self.sent.add(outgoing.clone());
            let total = self.wire.patience().total;
            let outcome = timeout(total, self.call(outgoing, &mut tell))
                .await
                .unwrap_or_else(|_| Err(Cause::Slow.into()));
            match outcome {
                Ok(gathered) => {
                    if rung != first {
                        self.known.remember(remembered, rung);
                    }
                    return Ok(Written {
                        text: gathered.text,
                        model: gathered.model.unwrap_or(model),
                        usage: gathered.usage,
                    });
                }
                Err(fault) => {
                    tracing::info!(
                        provider = ?self.wire.id(), model, rung, cause = ?fault.cause,
                        status = fault.status, "a model did not answer"
                    );
                    if !shown && rung + 1 < self.wire.rungs() && self.wire.tries_next_rung(&fault) {
                        first_fault.get_or_insert(fault);
                        continue;
                    }
                    // When no form was accepted, the complaint about the fullest tells most.
                    let fault = match first_fault {
                        Some(first) if self.wire.tries_next_rung(&fault) => first,
                        _ => fault,
                    };
                    return Err(self.error(fault, &model, shown));
                }
            }
        }
        Err(self.error(Cause::NotAccepted.into(), &model, false))
    }

    async fn model_to_ask(&self) -> Result<String, Fault> {
        // Before any request is made: it says whether the text stays here.
        if self.is_local() && self.elsewhere.get().is_none() {
            let elsewhere = local::elsewhere(&self.door, &self.wire, self.wire.patience().connect);
            if let Some(elsewhere) = elsewhere.await {
                let _ = self.elsewhere.set(elsewhere);
            }
        }
        if !self.model.is_empty() {
            return Ok(self.model.clone());
        }
        if let Some(model) = self.found_model.get() {
            return Ok(model.clone());
        }
        let models = local::models(&self.door, &self.wire, self.wire.patience()).await?;
        let model = local::best_of(&models, &self.elsewhere()).ok_or(Cause::Model)?;
        Ok(self.found_model.get_or_init(|| model).clone())
    }

    fn elsewhere(&self) -> Elsewhere {
        self.elsewhere.get().cloned().unwrap_or_default()
    }

    fn place(&self, model: &str) -> Place {
        (self.wire.id(), self.door.base.to_string(), model.to_owned())
    }

    /// The request, ready to be shown or sent: there is no other way to make one.
    fn compose(&self, request: &WriteRequest, model: &str, rung: u8) -> Outgoing {
        let mut headers: Vec<Header> = [
            ("accept", "text/event-stream"),
            ("content-type", "application/json"),
            ("user-agent", http::USER_AGENT),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .chain(
            self.wire
                .headers()
                .into_iter()
                .map(|(name, value)| (name.to_string(), value.to_owned())),
        )
        .map(|(name, value)| Header { name, value })
        .collect();
        if self.door.key.is_some() {
            let (name, value) = self.wire.key_header(HIDDEN_KEY);
            headers.push(Header {
                name: name.to_string(),
                value,
            });
        }
        Outgoing {
            provider: self.wire.id(),
            name: super::name(self.wire.id()).to_owned(),
            model: model.to_owned(),
            address: self.door.address(&self.wire.path(model)).to_string(),
            headers,
            system: request.system.clone(),
            user: request.user.clone(),
            body: self.wire.body(request, model, rung).to_string(),
            stays_here: self.is_local()
                && http::is_this_machine(&self.door.base)
                // Where the server didn't say, the user is asked.
                && self
                    .elsewhere
                    .get()
                    .is_some_and(|elsewhere| !elsewhere.has(model)),
        }
    }

    async fn call(
        &self,
        outgoing: Outgoing,
        on_text: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Gathered, Fault> {
        let patience = self.wire.patience();
        let first_byte = Instant::now() + patience.first;
        let headers = self
            .door
            .headers(&self.wire)
            .map_err(|_| Fault::from(Cause::Key))?;
        let sent = self
            .door
            .client
            .post(outgoing.address)
            .headers(headers)
            .header(ACCEPT, "text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .body(outgoing.body)
            .send();
        let response = match timeout_at(first_byte, sent).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(send_fault(&error)),
            Err(_) => return Err(Cause::Slow.into()),
        };
        let status = response.status();
        if !status.is_success() {
            return Err(error_answer(response, patience.idle).await);
        }
        let whole = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.contains("json"));
        let mut gathered = Gathered::default();
        if whole {
            let data = read_body(response, patience.first, MOST_TEXT)
                .await
                .ok_or(Cause::BrokeOff)?;
            let event = Event {
                name: String::new(),
                data,
            };
            self.wire.read(&event, &mut gathered)?;
            if !gathered.text.is_empty() {
                on_text(&gathered.text);
            }
        } else {
            self.follow(response, first_byte, &mut gathered, on_text)
                .await?;
        }
        match gathered.end {
            Some(End::Complete) if gathered.text.trim().is_empty() => Err(Cause::Unreadable.into()),
            Some(End::Complete) => Ok(gathered),
            Some(End::CutOff) => Err(Cause::CutOff.into()),
            Some(End::Refused) => Err(Cause::Refused.into()),
            Some(End::Strange) => Err(Cause::Unreadable.into()),
            None => Err(Cause::BrokeOff.into()),
        }
    }

    /// Reads the stream to its end.
    async fn follow(
        &self,
        response: Response,
        first_byte: Instant,
        gathered: &mut Gathered,
        on_text: &mut (dyn FnMut(&str) + Send),
    ) -> Result<(), Fault> {
        let idle = self.wire.patience().idle;
        let mut decoder = Decoder::default();
        let mut stream = response.bytes_stream();
        let mut deadline = first_byte;
        loop {
            let bytes = match timeout_at(deadline, stream.next()).await {
                Ok(Some(Ok(bytes))) => bytes,
                // The answer is there; only what comes after it is missing.
                _ if gathered.end.is_some() => return Ok(()),
                Ok(Some(Err(_)) | None) => return Err(Cause::BrokeOff.into()),
                Err(_) => return Err(Cause::Slow.into()),
            };
            let told = gathered.text.len();
            let mut outcome = Ok(());
            for event in decoder.push(&bytes).map_err(|_| Cause::Unreadable)? {
                outcome = self.wire.read(&event, gathered);
                if outcome.is_err() || gathered.closed {
                    break;
                }
            }
            if gathered.text.len() > told {
                on_text(&gathered.text[told..]);
            }
            outcome?;
            if gathered.text.len() > MOST_TEXT {
                return Err(Cause::Unreadable.into());
            }
            if gathered.closed {
                return Ok(());
            }
            deadline = Instant::now()
                + if gathered.end.is_some() {
                    idle.min(GRACE)
                } else {
                    idle
                };
        }
    }

    fn error(&self, fault: Fault, model: &str, shown: bool) -> WriteError {
        fault.into_error(super::name(self.wire.id()), model, self.is_local(), shown)
    }
}

impl<W: Wire> Writer for Adapter<W> {
    fn id(&self) -> ProviderId {
        self.wire.id()
    }

    fn name(&self) -> String {
        super::name(self.wire.id()).to_owned()
    }

    fn model(&self) -> String {
        self.found_model.get().unwrap_or(&self.model).clone()
    }

    fn outgoing<'a>(
        &'a self,
        request: &'a WriteRequest,
    ) -> BoxFuture<'a, Result<Option<Outgoing>, WriteError>> {
        Box::pin(async move {
            let model = match self.model_to_ask().await {
                Ok(model) => model,
                Err(fault) => return Err(self.error(fault, "", false)),
            };
            let rung = self.known.rung(&self.place(&model));
            Ok(Some(self.compose(request, &model, rung)))
        })
    }

    fn write<'a>(
        &'a self,
        request: &'a WriteRequest,
        on_text: &'a mut (dyn FnMut(&str) + Send),
    ) -> BoxFuture<'a, Result<Written, WriteError>> {
        Box::pin(self.ask(request, on_text))
    }
}

/// What an error of sending means. Nothing of it is logged: it may hold the address.
pub(crate) fn send_fault(error: &reqwest::Error) -> Fault {
    if error.is_connect() {
        Cause::Unreachable.into()
    } else if error.is_timeout() {
        Cause::Slow.into()
    } else {
        Cause::BrokeOff.into()
    }
}

/// Reads and judges an answer that is no success.
pub(crate) async fn error_answer(response: Response, patience: Duration) -> Fault {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let request_id = ["request-id", "x-request-id"]
        .iter()
        .find_map(|name| headers.get(*name))
        .and_then(|id| id.to_str().ok());
    tracing::info!(status, request_id, "a provider answered with an error");
    let body = read_body(response, patience, MOST_ERROR_BODY)
        .await
        .unwrap_or_default();
    Complaint::of_answer(status, &headers, &body).judge()
}

/// A whole body as text; none if it breaks off, takes too long or is longer than `most` bytes.
pub(crate) async fn read_body(
    response: Response,
    patience: Duration,
    most: usize,
) -> Option<String> {
    let mut stream = response.bytes_stream();
    let read = async {
        let mut body = Vec::new();
        while let Some(bytes) = stream.next().await {
            body.extend_from_slice(&bytes.ok()?);
            if body.len() > most {
                return None;
            }
        }
        Some(String::from_utf8_lossy(&body).into_owned())
    };
    timeout(patience, read).await.ok().flatten()
}

/// A number of tokens in a JSON object.
pub(crate) fn tokens(usage: &Value, name: &str) -> Option<u32> {
    usage[name].as_u64().and_then(|n| u32::try_from(n).ok())
}

/// The JSON of an event; a garbled one is trouble on the way, not a bad answer.
pub(crate) fn json_of(event: &Event) -> Result<Value, Fault> {
    serde_json::from_str(&event.data).map_err(|_| Cause::BrokeOff.into())
}

#[cfg(test)]
mod tests;
