//! Model servers on this machine that speak OpenAI's protocol: Ollama, LM Studio, llama.cpp.
//!
//! They differ in how they can be held to a schema (LM Studio refuses `json_object`, llama.cpp's
//! Python server answers 500 to `json_schema`), so three forms are tried and the one that worked is
//! remembered. Trap: Ollama gives most machines 4,096 tokens of context whatever the model could
//! take, drops the rest silently, and can't be asked for more through this protocol; an answer that
//! is cut off says so. A key is optional.

use std::time::Duration;

use draftwell_core::{polish::ProviderId, ports::WriteRequest};
use futures_util::future::join_all;
use reqwest::header::{AUTHORIZATION, HeaderName};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    call::{Door, Gathered, Patience, Wire, error_answer, read_body, send_fault},
    chat,
    fault::{Cause, Fault},
    sse::Event,
};

/// The usual ports of Ollama, LM Studio and llama.cpp's server.
pub const USUAL_PORTS: [u16; 3] = [11434, 1234, 8080];
/// How long a server on this machine may take to say which models it has when it is looked for.
const LOOK: Duration = Duration::from_millis(300);
/// No list of models is longer, in bytes.
const MOST_LIST: usize = 1024 * 1024;

/// A model server on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalServer {
    /// What it is, for people.
    pub name: String,
    /// Its base address, ending in `/v1`.
    pub base_url: String,
    /// The models it offers; empty if it wants a key before it says.
    pub models: Vec<String>,
    /// Whether it wants a key.
    pub needs_key: bool,
}

/// Looks for model servers on these ports of this machine, all at once; takes 0.3 s at most.
pub async fn find_local_servers(ports: &[u16]) -> Vec<LocalServer> {
    let looks = ports.iter().map(|port| look_at(*port));
    join_all(looks).await.into_iter().flatten().collect()
}

async fn look_at(port: u16) -> Option<LocalServer> {
    let base_url = format!("http://127.0.0.1:{port}/v1");
    let door = Door::new(&base_url, None, LOOK).ok()?;
    let patience = Patience {
        connect: LOOK,
        first: LOOK,
        idle: LOOK,
        total: LOOK,
    };
    match timeout(LOOK, list(&door, &Local, patience)).await.ok()? {
        Ok(answer) => {
            let models = names(&answer)?;
            Some(LocalServer {
                name: server_name(port, &answer).to_owned(),
                base_url,
                models,
                needs_key: false,
            })
        }
        // Any program may answer 401; only a usual port makes it likely to be a model server.
        Err(fault) if fault.cause == Cause::Key && USUAL_PORTS.contains(&port) => {
            Some(LocalServer {
                name: server_name(port, &Value::Null).to_owned(),
                base_url,
                models: Vec::new(),
                needs_key: true,
            })
        }
        Err(_) => None,
    }
}

/// Ollama's models belong to "library", llama.cpp's to "llamacpp"; else the port tells.
fn server_name(port: u16, list: &Value) -> &'static str {
    match (list["data"][0]["owned_by"].as_str(), port) {
        (Some("library"), _) => "Ollama",
        (Some("llamacpp"), _) => "llama.cpp",
        (Some("organization_owner"), _) => "LM Studio",
        (_, 11434) => "Ollama",
        (_, 1234) => "LM Studio",
        _ => "Local model server",
    }
}

/// The models a server offers.
pub(crate) async fn models(
    door: &Door,
    wire: &dyn Wire,
    patience: Patience,
) -> Result<Vec<String>, Fault> {
    let answer = list(door, wire, patience).await?;
    names(&answer).ok_or_else(|| Cause::Unreadable.into())
}

/// The model to use where none was chosen: the first that writes text.
pub(crate) fn best_of(models: &[String]) -> Option<String> {
    models
        .iter()
        .find(|name| {
            let name = name.to_lowercase();
            !["embed", "rerank", "whisper", "-tts"]
                .iter()
                .any(|kind| name.contains(kind))
        })
        .cloned()
}

async fn list(door: &Door, wire: &dyn Wire, patience: Patience) -> Result<Value, Fault> {
    let headers = door.headers(wire).map_err(|_| Fault::from(Cause::Key))?;
    let sent = door
        .client()
        .get(door.address("/models"))
        .headers(headers)
        .send();
    let response = match timeout(patience.first, sent).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(send_fault(&error)),
        Err(_) => return Err(Cause::Slow.into()),
    };
    if !response.status().is_success() {
        return Err(error_answer(response, patience.idle).await);
    }
    let body = read_body(response, patience.idle, MOST_LIST)
        .await
        .ok_or(Cause::BrokeOff)?;
    serde_json::from_str(&body).map_err(|_| Cause::Unreadable.into())
}

/// The ids in `{"data": [{"id": …}]}`; none if it has another shape.
fn names(list: &Value) -> Option<Vec<String>> {
    let data = match &list["data"] {
        Value::Array(data) => data.as_slice(),
        // Ollama without any model.
        Value::Null if list["object"] == "list" => &[],
        _ => return None,
    };
    Some(
        data.iter()
            .filter_map(|model| model["id"].as_str())
            .map(str::to_owned)
            .collect(),
    )
}

/// The wire of local servers.
#[derive(Debug)]
pub(crate) struct Local;

impl Wire for Local {
    fn id(&self) -> ProviderId {
        ProviderId::Local
    }

    fn patience(&self) -> Patience {
        Patience::LOCAL
    }

    fn key_header(&self, key: &str) -> (HeaderName, String) {
        (AUTHORIZATION, format!("Bearer {key}"))
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
            // The older name, which all of them know.
            "max_tokens": request.max_output_tokens,
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        match rung {
            0 => body["response_format"] = chat::json_schema(request),
            // llama.cpp's Python server takes the schema here; the others pass it over.
            1 => {
                body["response_format"] =
                    json!({ "type": "json_object", "schema": request.schema });
            }
            _ => {}
        }
        body
    }

    fn tries_next_rung(&self, fault: &Fault) -> bool {
        fault.parameters || matches!(fault.status, Some(500 | 501))
    }

    fn read(&self, event: &Event, gathered: &mut Gathered) -> Result<(), Fault> {
        chat::read(event, gathered)
    }
}
