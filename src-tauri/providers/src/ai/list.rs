//! Which models a provider offers, so that nobody has to know their ids by heart.
//!
//! Sources: each provider's reference of its list (`GET /models`). Models that can't write text are
//! left out where the provider says so or their name does. Any id may be entered all the same: lists
//! lag behind, and a local server can load a model on demand.

use std::{collections::BTreeSet, time::Duration};

use draftwell_core::{Code, Error, Result, polish::ProviderId};
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::timeout;

use super::{
    anthropic::Anthropic,
    call::{Door, Patience, Wire, error_answer, read_body, send_fault},
    fault::{Cause, Fault},
    gemini::Gemini,
    local::{self, Local},
    name,
    openai::OpenAi,
    openrouter::OpenRouter,
};

/// How long a list may take in all.
const PATIENCE: Duration = Duration::from_secs(20);
/// No page of a list is longer, in bytes. OpenRouter's, of some 400 models, has half a megabyte.
const MOST_LIST: usize = 8 * 1024 * 1024;
/// No list has more pages of a thousand.
const MOST_PAGES: usize = 5;
/// No list has more models.
const MOST_MODELS: usize = 2_000;

/// The ids of the models that can write text, sorted, each once.
///
/// # Errors
/// - [`Code::ValidationError`], field `baseUrl` or `key`: they can't be used.
/// - [`Code::AiServiceUnavailable`]: there is no list, with the reason.
pub async fn list_models(
    provider: ProviderId,
    base: &str,
    key: Option<SecretString>,
) -> Result<Vec<String>> {
    let (wire, path): (Box<dyn Wire>, &str) = match provider {
        // Only models that can be held to a schema.
        ProviderId::Openrouter => (
            Box::new(OpenRouter),
            "/models?supported_parameters=structured_outputs",
        ),
        ProviderId::Gemini => (Box::new(Gemini), "/models?pageSize=1000"),
        ProviderId::Openai => (Box::new(OpenAi), "/models"),
        ProviderId::Anthropic => (Box::new(Anthropic), "/models?limit=1000"),
        ProviderId::Local => (Box::new(Local), "/models"),
        ProviderId::Offline => return Ok(Vec::new()),
    };
    let door = Door::new(base, key, wire.patience().connect)?;
    door.headers(&*wire)?;
    let listed = timeout(PATIENCE, pages(&door, &*wire, provider, path))
        .await
        .unwrap_or_else(|_| Err(Cause::Slow.into()));
    match listed {
        Ok(models) => Ok(models.into_iter().take(MOST_MODELS).collect()),
        // The address is right for polishing, but has no list.
        Err(fault) if fault.cause == Cause::Model => Err(Error::new(
            Code::AiServiceUnavailable,
            "There is no list of models at this address. You can type the model's id.",
        )),
        Err(fault) => {
            let is_local = provider == ProviderId::Local;
            // Our own words about the fault; the provider's may hold the key.
            let said = fault.into_error(name(provider), "", is_local, false).error;
            Err(Error::new(
                Code::AiServiceUnavailable,
                format!("There is no list of models. {}", said.message),
            ))
        }
    }
}

async fn pages(
    door: &Door,
    wire: &dyn Wire,
    provider: ProviderId,
    path: &str,
) -> Result<BTreeSet<String>, Fault> {
    let mut models = BTreeSet::new();
    let mut path = path.to_owned();
    for _ in 0..MOST_PAGES {
        let page = page(door, wire, &path).await?;
        models.extend(ids(provider, &page).ok_or(Cause::Unreadable)?);
        let next = match provider {
            ProviderId::Gemini => page["nextPageToken"]
                .as_str()
                .map(|token| format!("/models?pageSize=1000&pageToken={}", in_query(token))),
            ProviderId::Anthropic if page["has_more"] == true => page["last_id"]
                .as_str()
                .map(|last| format!("/models?limit=1000&after_id={}", in_query(last))),
            _ => None,
        };
        match next {
            Some(next) => path = next,
            None => break,
        }
    }
    Ok(models)
}

fn in_query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn page(door: &Door, wire: &dyn Wire, path: &str) -> Result<Value, Fault> {
    let headers = door.headers(wire).map_err(|_| Fault::from(Cause::Key))?;
    let response = door
        .client()
        .get(door.address(path))
        .headers(headers)
        .send()
        .await
        .map_err(|error| send_fault(&error))?;
    if !response.status().is_success() {
        return Err(error_answer(response, Patience::CLOUD.idle).await);
    }
    let body = read_body(response, PATIENCE, MOST_LIST)
        .await
        .ok_or(Cause::BrokeOff)?;
    serde_json::from_str(&body).map_err(|_| Cause::Unreadable.into())
}

/// The ids of one page; none if it has another shape.
fn ids(provider: ProviderId, page: &Value) -> Option<Vec<String>> {
    if provider == ProviderId::Gemini {
        let models = page["models"].as_array()?;
        return Some(
            models
                .iter()
                .filter(|model| {
                    let methods = model["supportedGenerationMethods"].as_array();
                    methods.is_none_or(|methods| methods.iter().any(|m| m == "generateContent"))
                })
                .filter_map(|model| model["name"].as_str())
                .map(|name| name.strip_prefix("models/").unwrap_or(name))
                .filter(|name| writes(name))
                .map(str::to_owned)
                .collect(),
        );
    }
    let names = local::names(page)?;
    Some(names.into_iter().filter(|name| writes(name)).collect())
}

/// Whether a model writes text, as far as its name tells.
pub(crate) fn writes(name: &str) -> bool {
    let name = name.to_lowercase();
    const OTHERS: [&str; 16] = [
        "embed",
        "rerank",
        "whisper",
        "-tts",
        "tts-",
        "dall-e",
        "imagen",
        "veo-",
        "sora",
        "moderation",
        "transcribe",
        "realtime",
        "-image",
        "audio",
        "davinci",
        "babbage",
    ];
    !OTHERS.iter().any(|other| name.contains(other))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_write_is_left_out() {
        let page = json!({ "data": [
            { "id": "gpt-6-luna" }, { "id": "text-embedding-3-small" }, { "id": "gpt-image-2" },
            { "id": "whisper-1" }, { "id": "gpt-6-realtime" }, { "name": "without an id" },
        ] });
        assert_eq!(ids(ProviderId::Openai, &page).unwrap(), ["gpt-6-luna"]);
        let page = json!({ "models": [
            { "name": "models/gemini-3.5-flash-lite", "supportedGenerationMethods": ["generateContent"] },
            { "name": "models/gemini-embedding", "supportedGenerationMethods": ["embedContent"] },
            { "name": "models/imagen-5", "supportedGenerationMethods": ["predict"] },
        ] });
        assert_eq!(
            ids(ProviderId::Gemini, &page).unwrap(),
            ["gemini-3.5-flash-lite"]
        );
    }

    #[test]
    fn another_shape_is_no_list() {
        for page in [json!({}), json!({ "data": { "id": 1 } }), json!([])] {
            assert_eq!(ids(ProviderId::Openai, &page), None, "{page}");
            assert_eq!(ids(ProviderId::Gemini, &page), None, "{page}");
        }
    }
}
