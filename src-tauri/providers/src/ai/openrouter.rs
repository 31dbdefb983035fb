//! OpenRouter: many models behind one key.
//!
//! Source: OpenRouter's API reference (chat completions, provider routing, structured outputs).
//! Without `require_parameters` a host that doesn't know a parameter drops it silently, the schema
//! included. `data_collection: deny` keeps drafts away from hosts that keep or train on them.

use draftwell_core::{polish::ProviderId, ports::WriteRequest};
use reqwest::header::{AUTHORIZATION, HeaderName};
use serde_json::{Value, json};

use super::{
    call::{Gathered, Wire},
    chat,
    fault::Fault,
    sse::Event,
};

/// Used where the user chose none.
pub const DEFAULT_MODEL: &str = "anthropic/claude-haiku-5.5";
/// Asked by OpenRouter itself when the default model can't answer.
const SECOND_MODEL: &str = "google/gemini-3.5-flash-lite";

/// OpenRouter's wire.
#[derive(Debug)]
pub(crate) struct OpenRouter;

impl Wire for OpenRouter {
    fn id(&self) -> ProviderId {
        ProviderId::Openrouter
    }

    fn key_header(&self, key: &str) -> (HeaderName, String) {
        (AUTHORIZATION, format!("Bearer {key}"))
    }

    fn headers(&self) -> Vec<(HeaderName, &'static str)> {
        vec![(HeaderName::from_static("x-openrouter-title"), "Draftwell")]
    }

    fn rungs(&self) -> u8 {
        3
    }

    fn path(&self, _model: &str) -> String {
        "/chat/completions".into()
    }

    fn body(&self, request: &WriteRequest, model: &str, rung: u8) -> Value {
        let mut body = json!({
            "model": model,
            "messages": chat::messages(request),
            "provider": { "data_collection": "deny", "allow_fallbacks": true },
            "max_completion_tokens": request.max_output_tokens,
            "stream": true,
        });
        if model == DEFAULT_MODEL {
            body["models"] = json!([DEFAULT_MODEL, SECOND_MODEL]);
        }
        if rung < 2 {
            body["provider"]["require_parameters"] = true.into();
            body["response_format"] = chat::json_schema(request);
        }
        if rung < 1 {
            body["reasoning"] = json!({ "effort": "low" });
        }
        body
    }

    fn read(&self, event: &Event, gathered: &mut Gathered) -> Result<(), Fault> {
        chat::read(event, gathered)
    }
}
