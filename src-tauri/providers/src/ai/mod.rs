//! The language models that can write: one file for each provider, one way in.
//!
//! Each adapter asks once and says what happened; whom to ask next is decided in core. Keys and
//! addresses come in from outside, keys as [`SecretString`], which no `Debug` prints.

mod anthropic;
mod call;
mod chat;
mod check;
mod fault;
mod gemini;
mod local;
mod openai;
mod openrouter;
mod sse;

use std::sync::Arc;

use draftwell_core::{Code, Error, Result, polish::ProviderId, ports::Writer};
use secrecy::SecretString;

pub use call::Known;
pub use check::check_key;
pub use local::{LocalServer, USUAL_PORTS, find_local_servers};

use call::Adapter;

/// How to reach a model.
#[derive(Debug, Clone)]
pub struct Access {
    /// What comes before `/chat/completions`, `/models/…`, `/responses` or `/messages`.
    pub base_url: String,
    /// The key; a local server may need none.
    pub api_key: Option<SecretString>,
    /// The model; none, or an empty text: the default one.
    pub model: Option<String>,
}

/// The writer for a provider.
///
/// # Errors
/// [`Code::ValidationError`] with field `baseUrl`, `key` or `provider`.
pub fn writer(provider: ProviderId, access: Access, known: &Known) -> Result<Arc<dyn Writer>> {
    let Access {
        base_url,
        api_key,
        model,
    } = access;
    let model = model
        .map(|model| model.trim().to_owned())
        .filter(|model| !model.is_empty())
        .unwrap_or_else(|| default_model(provider).to_owned());
    let known = known.clone();
    Ok(match provider {
        ProviderId::Openrouter => Arc::new(Adapter::new(
            openrouter::OpenRouter,
            &base_url,
            api_key,
            model,
            known,
        )?),
        ProviderId::Gemini => Arc::new(Adapter::new(
            gemini::Gemini,
            &base_url,
            api_key,
            model,
            known,
        )?),
        ProviderId::Openai => Arc::new(Adapter::new(
            openai::OpenAi,
            &base_url,
            api_key,
            model,
            known,
        )?),
        ProviderId::Anthropic => Arc::new(Adapter::new(
            anthropic::Anthropic,
            &base_url,
            api_key,
            model,
            known,
        )?),
        ProviderId::Local => Arc::new(Adapter::new(
            local::Local,
            &base_url,
            api_key,
            model,
            known,
        )?),
        ProviderId::Offline => {
            return Err(Error::new(
                Code::ValidationError,
                "The offline polisher is no model and needs no address.",
            ));
        }
    })
}

/// A provider's name for people.
pub const fn name(provider: ProviderId) -> &'static str {
    match provider {
        ProviderId::Openrouter => "OpenRouter",
        ProviderId::Gemini => "Gemini",
        ProviderId::Openai => "OpenAI",
        ProviderId::Anthropic => "Anthropic",
        ProviderId::Local => "Local model",
        ProviderId::Offline => "Offline",
    }
}

/// Where a provider's service is; none for those that have no fixed place.
pub const fn default_base_url(provider: ProviderId) -> Option<&'static str> {
    match provider {
        ProviderId::Openrouter => Some("https://openrouter.ai/api/v1"),
        ProviderId::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
        ProviderId::Openai => Some("https://api.openai.com/v1"),
        ProviderId::Anthropic => Some("https://api.anthropic.com/v1"),
        ProviderId::Local | ProviderId::Offline => None,
    }
}

/// The model used where none is chosen; empty for a local server, whose first one is taken.
pub const fn default_model(provider: ProviderId) -> &'static str {
    match provider {
        ProviderId::Openrouter => openrouter::DEFAULT_MODEL,
        ProviderId::Gemini => gemini::DEFAULT_MODEL,
        ProviderId::Openai => openai::DEFAULT_MODEL,
        ProviderId::Anthropic => anthropic::DEFAULT_MODEL,
        ProviderId::Local | ProviderId::Offline => "",
    }
}
