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
mod list;
mod local;
mod openai;
mod openrouter;
mod sse;

use std::sync::Arc;

use draftwell_core::{Code, Error, Result, polish::ProviderId, ports::Writer};
use secrecy::SecretString;

pub use call::{Known, Sent};
pub use check::check_key;
pub use list::list_models;
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
    /// Where what is sent is written down.
    pub sent: Sent,
}

/// The writer for a provider. Keep it while the settings stay the same: it holds the connection,
/// and making one reads the system's certificates.
///
/// # Errors
/// [`Code::ValidationError`] with field `baseUrl`, `key` or `provider`.
pub fn writer(provider: ProviderId, access: Access, known: &Known) -> Result<Arc<dyn Writer>> {
    let Access {
        base_url,
        api_key,
        model,
        sent,
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
            sent,
        )?),
        ProviderId::Gemini => Arc::new(Adapter::new(
            gemini::Gemini,
            &base_url,
            api_key,
            model,
            known,
            sent,
        )?),
        ProviderId::Openai => Arc::new(Adapter::new(
            openai::OpenAi,
            &base_url,
            api_key,
            model,
            known,
            sent,
        )?),
        ProviderId::Anthropic => Arc::new(Adapter::new(
            anthropic::Anthropic,
            &base_url,
            api_key,
            model,
            known,
            sent,
        )?),
        ProviderId::Local => Arc::new(Adapter::new(
            local::Local,
            &base_url,
            api_key,
            model,
            known,
            sent,
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

#[cfg(test)]
mod tests {
    use draftwell_core::{
        polish::request::{Source, prepare},
        ports::WriteRequest,
    };

    use super::{call::Wire, *};

    const WIRES: [&dyn Wire; 5] = [
        &openrouter::OpenRouter,
        &gemini::Gemini,
        &openai::OpenAi,
        &anthropic::Anthropic,
        &local::Local,
    ];

    #[test]
    fn every_form_of_every_request_carries_what_matters_and_nothing_that_is_refused() {
        let draft = "Hello Zoë, the meeting is on 10 March.";
        let request = prepare(Source {
            markdown: draft,
            text: draft,
            context: None,
            instruction: None,
            language: None,
            is_part: false,
        })
        .unwrap()
        .request;
        for wire in WIRES {
            for rung in 0..wire.rungs() {
                let body = wire.body(&request, "m", rung).to_string();
                let what = format!("{:?} {rung}: {body}", wire.id());
                assert!(body.contains(draft), "{what}");
                assert!(body.contains("You edit e-mails."), "{what}");
                assert!(body.contains("4000"), "the limit is there: {what}");
                // Newer models answer these with an error.
                for refused in ["temperature", "top_p", "top_k", "tool_choice"] {
                    assert!(!body.contains(&format!("\"{refused}\"")), "{what}");
                }
                if rung == 0 {
                    assert!(body.contains("\"additionalProperties\":false"), "{what}");
                }
            }
        }
    }

    #[test]
    fn every_form_of_a_request_carries_the_texts_that_are_approved_and_nothing_else_of_the_user() {
        let of = |draft: &str| {
            let mut request = prepare(Source {
                markdown: draft,
                text: draft,
                context: None,
                instruction: Some("mention the tea"),
                language: None,
                is_part: false,
            })
            .unwrap()
            .request;
            // Apart from the texts only this ceiling depends on the draft.
            request.max_output_tokens = 4_000;
            request
        };
        let [one, other] = [
            "Hello Zoë, \"when\" is it?",
            "Dear Bob,\nthe tea is \\cold\\.",
        ]
        .map(of);
        let texts = |request: &WriteRequest| {
            [&request.system, &request.user].map(|text| serde_json::json!(text).to_string())
        };
        for wire in WIRES {
            for rung in 0..wire.rungs() {
                let [a, b] = [&one, &other].map(|request| {
                    let mut body = wire.body(request, "m", rung).to_string();
                    for (n, text) in texts(request).iter().enumerate() {
                        let what = format!("{:?} {rung}: {n}", wire.id());
                        assert_eq!(body.matches(text.as_str()).count(), 1, "{what}: {body}");
                        body = body.replace(text.as_str(), &format!("<{n}>"));
                    }
                    body
                });
                assert_eq!(a, b, "{:?} {rung} depends on the draft", wire.id());
            }
        }
    }

    #[test]
    fn what_protects_the_draft_is_in_every_form() {
        let request = prepare(Source {
            markdown: "Hello, how are you?",
            text: "Hello, how are you?",
            context: None,
            instruction: None,
            language: None,
            is_part: false,
        })
        .unwrap()
        .request;
        for rung in 0..2 {
            assert_eq!(openai::OpenAi.body(&request, "m", rung)["store"], false);
        }
        for rung in 0..3 {
            let body = openrouter::OpenRouter.body(&request, "m", rung);
            assert_eq!(body["provider"]["data_collection"], "deny");
        }
    }

    #[test]
    fn keys_go_into_headers_and_models_into_paths_safely() {
        for wire in WIRES {
            assert!(!wire.path("m").contains("key"));
            assert!(wire.key_header("k-1").1.contains("k-1"));
        }
        let path = gemini::Gemini.path("models/a b/../c?x=1");
        assert_eq!(
            path,
            "/models/a%20b%2F..%2Fc%3Fx%3D1:streamGenerateContent?alt=sse"
        );
    }

    #[test]
    fn an_empty_model_means_the_default_one() {
        let access = Access {
            base_url: "https://api.example.com/v1".into(),
            api_key: Some("k".to_owned().into()),
            model: Some("  ".into()),
            sent: Sent::default(),
        };
        let writer = writer(ProviderId::Openai, access, &Known::default()).unwrap();
        assert_eq!(writer.model(), openai::DEFAULT_MODEL);
        assert_eq!(writer.name(), "OpenAI");
    }

    #[test]
    fn the_offline_polisher_is_no_model() {
        let access = Access {
            base_url: "https://api.example.com/v1".into(),
            api_key: None,
            model: None,
            sent: Sent::default(),
        };
        let refused = writer(ProviderId::Offline, access, &Known::default());
        assert_eq!(refused.err().unwrap().code, Code::ValidationError);
    }
}
