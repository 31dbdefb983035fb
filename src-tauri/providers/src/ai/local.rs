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
use reqwest::{
    Response, StatusCode,
    header::{AUTHORIZATION, HeaderName},
};
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
    /// The one to use unless the user chooses: the first that writes text and runs here.
    pub model: Option<String>,
    /// Whether it wants a key.
    pub needs_key: bool,
}

/// Looks for model servers on these ports of this machine, all at once; takes 0.9 s at most.
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
    let asked = timeout(look, get(&door, &Local, patience)).await.ok()?;
    let response = asked.ok()?;
    if response.status() == StatusCode::UNAUTHORIZED {
        let body = read_body(response, look, MOST_LIST).await?;
        return wants_key(&body).then(|| LocalServer {
            name: server_name(port, &Value::Null).to_owned(),
            base_url,
            models: Vec::new(),
            model: None,
            needs_key: true,
        });
    }
    let answer = read_list(response, patience).await.ok()?;
    let models = names(&answer)?;
    Some(LocalServer {
        name: server_name(port, &answer).to_owned(),
        base_url,
        // Where it doesn't say what runs elsewhere in time, none is offered.
        model: elsewhere(&door, &Local, look)
            .await
            .and_then(|elsewhere| best_of(&models, &elsewhere)),
        models,
        needs_key: false,
    })
}

/// Whether an answer under the status 401 is one of OpenAI's dialect. Any program may have a page
/// that wants a password on the same port, and no draft must get there.
fn wants_key(body: &str) -> bool {
    let answer: Value = serde_json::from_str(body).unwrap_or_default();
    let error = &answer["error"];
    error["message"].is_string() && (error["type"].is_string() || error["code"].is_string())
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
    let answer = read_list(get(door, wire, patience).await?, patience).await?;
    names(&answer).ok_or_else(|| Cause::Unreadable.into())
}

/// The model to use where none was chosen: the first that writes text on this machine.
pub(crate) fn best_of(models: &[String], elsewhere: &Elsewhere) -> Option<String> {
    models
        .iter()
        .find(|name| super::list::writes(name) && !elsewhere.has(name))
        .cloned()
}

/// The models that a server on this machine doesn't run itself, but hands on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Elsewhere(Vec<String>);

impl Elsewhere {
    /// Whether a model runs elsewhere: the server's own list says so, or its name does, as that of
    /// each model in Ollama's cloud.
    pub fn has(&self, model: &str) -> bool {
        let is_it = |name: &String| without_tag(name) == without_tag(model);
        model.ends_with("cloud") || self.0.iter().any(is_it)
    }

    /// From Ollama's list; a copy of a model of its cloud can have any name.
    fn of(list: &Value) -> Self {
        let models = list["models"].as_array().into_iter().flatten();
        let is_remote = |model: &&Value| {
            ["remote_host", "remote_model"]
                .iter()
                .any(|key| model[*key].as_str().is_some_and(|place| !place.is_empty()))
        };
        let name = |model: &Value| Some(model["name"].as_str()?.to_owned());
        Self(models.filter(is_remote).filter_map(name).collect())
    }
}

/// A model without a tag is the one tagged `latest`.
fn without_tag(model: &str) -> &str {
    model.strip_suffix(":latest").unwrap_or(model)
}

/// Asks a server which of its models run elsewhere, as Ollama tells; the others know no such list,
/// nor such models. None if it could not be asked.
pub(crate) async fn elsewhere(
    door: &Door,
    wire: &dyn Wire,
    patience: Duration,
) -> Option<Elsewhere> {
    let ask = async {
        let headers = door.headers(wire).ok()?;
        let mut address = door.address("/api/tags");
        let path = address.path().replace("/v1/api/tags", "/api/tags");
        address.set_path(&path);
        let sent = door.client().get(address).headers(headers).send();
        let response = sent.await.ok()?;
        if response.status().is_client_error() {
            return Some(Elsewhere::default());
        }
        let response = response.error_for_status().ok()?;
        let body = read_body(response, patience, MOST_LIST).await?;
        Some(Elsewhere::of(
            &serde_json::from_str(&body).unwrap_or_default(),
        ))
    };
    timeout(patience, ask).await.ok().flatten()
}

async fn get(door: &Door, wire: &dyn Wire, patience: Patience) -> Result<Response, Fault> {
    let headers = door.headers(wire).map_err(|_| Fault::from(Cause::Key))?;
    let sent = door
        .client()
        .get(door.address("/models"))
        .headers(headers)
        .send();
    match timeout(patience.first, sent).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(send_fault(&error)),
        Err(_) => Err(Cause::Slow.into()),
    }
}

async fn read_list(response: Response, patience: Patience) -> Result<Value, Fault> {
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
        serving_tags(answer, r#"{"error":"no such thing"}"#).await
    }

    /// The same, with a body of its own for Ollama's list.
    async fn serving_tags(answer: Option<(&'static str, &'static str)>, tags: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = vec![0; 4096];
                    let length = socket.read(&mut request).await.unwrap_or(0);
                    let Some((status, body)) = answer else {
                        return std::future::pending::<()>().await;
                    };
                    let asks_tags = request[..length].starts_with(b"GET /api/tags ");
                    let body = if asks_tags { tags } else { body };
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

    const WANTS_KEY: &str = r#"{"error":{"message":"A token is required.","type":"invalid_request_error","code":"invalid_api_key"}}"#;

    #[tokio::test]
    async fn finds_model_servers_and_nothing_else() {
        let ollama = serving(Some((
            "200 OK",
            r#"{"object":"list","data":[{"id":"nomic-embed-text","owned_by":"library"},{"id":"llama3:8b","owned_by":"library"}]}"#,
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
        let locked = serving(Some(("401 Unauthorized", WANTS_KEY))).await;
        let locked_other = serving(Some((
            "401 Unauthorized",
            r#"{"status":401,"error":"Unauthorized","path":"/v1/models"}"#,
        )))
        .await;
        let silent = serving(None).await;
        let nobody = {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap().port()
        };
        let ports = [
            ollama,
            nobody,
            website,
            llama,
            other_api,
            locked,
            locked_other,
            silent,
            bare,
        ];
        // Longer than the program waits: the machine that runs the tests may be busy.
        let found = find(&ports, Duration::from_secs(2)).await;
        let shown: Vec<(&str, usize)> = found
            .iter()
            .map(|server| (server.name.as_str(), server.models.len()))
            .collect();
        assert_eq!(
            shown,
            [
                ("Ollama", 2),
                ("llama.cpp", 1),
                ("Local model server", 0),
                ("Local model server", 0)
            ]
        );
        assert_eq!(found[0].model.as_deref(), Some("llama3:8b"), "it writes");
        let keys: Vec<bool> = found.iter().map(|server| server.needs_key).collect();
        assert_eq!(keys, [false, false, true, false]);
        assert_eq!(found[0].base_url, format!("http://127.0.0.1:{ollama}/v1"));
    }

    #[tokio::test]
    async fn a_model_that_runs_elsewhere_is_never_taken_by_itself() {
        let list = r#"{"object":"list","data":[{"id":"gpt-oss:120b-cloud","owned_by":"library"},{"id":"mine:latest","owned_by":"library"},{"id":"llama3:8b","owned_by":"library"}]}"#;
        let tags = r#"{"models":[{"name":"gpt-oss:120b-cloud","remote_model":"gpt-oss:120b","remote_host":"https://ollama.com:443"},{"name":"mine:latest","remote_model":"gpt-oss:120b","remote_host":"https://ollama.com:443"},{"name":"llama3:8b","size":4000}]}"#;
        let port = serving_tags(Some(("200 OK", list)), tags).await;
        let found = find(&[port], Duration::from_secs(2)).await;
        assert_eq!(found[0].models.len(), 3, "it can be chosen");
        assert_eq!(found[0].model.as_deref(), Some("llama3:8b"));

        let elsewhere = Elsewhere::of(&serde_json::from_str(tags).unwrap());
        for (model, is_elsewhere) in [
            ("mine", true),
            ("mine:latest", true),
            ("gpt-oss:20b-cloud", true),
            ("llama3:8b", false),
            ("mine:8b", false),
        ] {
            assert_eq!(elsewhere.has(model), is_elsewhere, "{model}");
        }
    }

    #[test]
    fn a_model_that_writes_is_preferred() {
        let models = ["nomic-embed-text", "bge-reranker", "llama3:8b", "phi"].map(str::to_owned);
        let none = Elsewhere::default();
        assert_eq!(best_of(&models, &none).as_deref(), Some("llama3:8b"));
        assert_eq!(best_of(&models[..2], &none), None);
    }
}
