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
    find(ports, LOOK).await
}

async fn find(ports: &[u16], look: Duration) -> Vec<LocalServer> {
    // Made once and before the time runs: it reads the system's certificates.
    let Ok(door) = Door::new("http://127.0.0.1", None, look) else {
        return Vec::new();
    };
    let looks = ports.iter().map(|port| look_at(&door, *port, look));
    join_all(looks).await.into_iter().flatten().collect()
}

async fn look_at(door: &Door, port: u16, look: Duration) -> Option<LocalServer> {
    let base_url = format!("http://127.0.0.1:{port}/v1");
    let door = door.elsewhere(&base_url).ok()?;
    let patience = Patience {
        connect: look,
        first: look,
        idle: look,
        total: look,
    };
    match timeout(look, list(&door, &Local, patience)).await.ok()? {
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
        .find(|name| super::list::writes(name))
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
pub(crate) fn names(list: &Value) -> Option<Vec<String>> {
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

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A server that answers everything with one body, or never; its port.
    async fn serving(answer: Option<(&'static str, &'static str)>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = vec![0; 4096];
                    let _ = socket.read(&mut request).await;
                    let Some((status, body)) = answer else {
                        return std::future::pending::<()>().await;
                    };
                    let answer = format!(
                        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    );
                    let _ = socket.write_all(answer.as_bytes()).await;
                });
            }
        });
        port
    }

    #[tokio::test]
    async fn finds_model_servers_and_nothing_else() {
        let ollama = serving(Some((
            "200 OK",
            r#"{"object":"list","data":[{"id":"llama3:8b","owned_by":"library"},{"id":"nomic-embed-text","owned_by":"library"}]}"#,
        )))
        .await;
        let llama = serving(Some((
            "200 OK",
            r#"{"models":[],"object":"list","data":[{"id":"smol.gguf","owned_by":"llamacpp"}]}"#,
        )))
        .await;
        let bare = serving(Some(("200 OK", r#"{"object":"list","data":null}"#))).await;
        let website = serving(Some(("200 OK", "<html>Tomcat</html>"))).await;
        let other_api = serving(Some(("200 OK", r#"{"data":{"id":1}}"#))).await;
        let locked = serving(Some(("401 Unauthorized", "{}"))).await;
        let silent = serving(None).await;
        let nobody = {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap().port()
        };
        let ports = [
            ollama, nobody, website, llama, other_api, locked, silent, bare,
        ];
        // Longer than the program waits: the machine that runs the tests may be busy.
        let found = find(&ports, Duration::from_secs(2)).await;
        let shown: Vec<(&str, usize)> = found
            .iter()
            .map(|server| (server.name.as_str(), server.models.len()))
            .collect();
        assert_eq!(
            shown,
            [("Ollama", 2), ("llama.cpp", 1), ("Local model server", 0)]
        );
        assert_eq!(found[0].base_url, format!("http://127.0.0.1:{ollama}/v1"));
    }

    #[test]
    fn a_model_that_writes_is_preferred() {
        let models = ["nomic-embed-text", "bge-reranker", "llama3:8b", "phi"].map(str::to_owned);
        assert_eq!(best_of(&models).as_deref(), Some("llama3:8b"));
        assert_eq!(best_of(&models[..2]), None);
    }
}
