//! OpenAI, through the Responses API.
//!
//! Source: OpenAI's API reference, "Responses" and its streaming events. Chosen over chat
//! completions because it is where new models come first and because it names refusals and
//! incomplete answers clearly; `store: false` because it keeps answers by default.

use draftwell_core::{polish::ProviderId, ports::WriteRequest};
use reqwest::header::{AUTHORIZATION, HeaderName};
use serde_json::{Value, json};

use super::{
    call::{End, Gathered, Wire, json_of, tokens},
    fault::{Complaint, Fault},
    sse::Event,
};

/// Used where the user chose none.
pub const DEFAULT_MODEL: &str = "gpt-6-luna";

/// OpenAI's wire.
#[derive(Debug)]
pub(crate) struct OpenAi;

impl Wire for OpenAi {
    fn id(&self) -> ProviderId {
        ProviderId::Openai
    }

    fn key_header(&self, key: &str) -> (HeaderName, String) {
        (AUTHORIZATION, format!("Bearer {key}"))
    }

    fn rungs(&self) -> u8 {
        2
    }

    fn path(&self, _model: &str) -> String {
        "/responses".into()
    }

    fn body(&self, request: &WriteRequest, model: &str, rung: u8) -> Value {
        let mut body = json!({
            "model": model,
            "instructions": request.system,
            "input": request.user,
            "text": { "format": {
                "type": "json_schema",
                "name": request.schema_name,
                "strict": true,
                "schema": request.schema,
            } },
            "max_output_tokens": request.max_output_tokens,
            "store": false,
            "stream": true,
        });
        // Models that don't reason refuse the parameter.
        if rung == 0 {
            body["reasoning"] = json!({ "effort": "low" });
        }
        body
    }

    fn read(&self, event: &Event, gathered: &mut Gathered) -> Result<(), Fault> {
        if event.data.trim() == "[DONE]" {
            return Ok(());
        }
        let data = json_of(event)?;
        match data["type"].as_str().unwrap_or(&event.name) {
            "response.output_text.delta" => {
                gathered
                    .text
                    .push_str(data["delta"].as_str().unwrap_or_default());
            }
            "response.refusal.delta" | "response.refusal.done" => {
                gathered.end = Some(End::Refused);
            }
            "response.completed" => {
                let response = &data["response"];
                let end = match response["status"].as_str() {
                    // A failure names its error; one that has none was made by a filter.
                    Some("failed") if response["error"].is_object() => {
                        return Err(Complaint::of_value(&response["error"]).judge());
                    }
                    Some("failed") => End::Refused,
                    Some("incomplete") => End::CutOff,
                    _ => End::Complete,
                };
                finish(response, gathered, end);
            }
            "response.incomplete" => {
                let end = match data["response"]["incomplete_details"]["reason"].as_str() {
                    Some("content_filter") => End::Refused,
                    _ => End::CutOff,
                };
                finish(&data["response"], gathered, end);
            }
            "response.failed" => {
                return Err(Complaint::of_value(&data["response"]["error"]).judge());
            }
            "error" => {
                let error = data.get("error").unwrap_or(&data);
                return Err(complaint_in_stream(error));
            }
            // A whole answer, where a server does not stream.
            _ if data["object"] == "response" => {
                for part in data["output"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|item| item["type"] == "message")
                    .flat_map(|item| item["content"].as_array().into_iter().flatten())
                {
                    match part["type"].as_str() {
                        Some("output_text") => gathered
                            .text
                            .push_str(part["text"].as_str().unwrap_or_default()),
                        Some("refusal") => gathered.end = Some(End::Refused),
                        _ => {}
                    }
                }
                let end = match data["status"].as_str() {
                    Some("completed") => End::Complete,
                    Some("incomplete") => End::CutOff,
                    _ => End::Strange,
                };
                finish(&data, gathered, end);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The `error` event calls itself `type: "error"`, which says nothing.
fn complaint_in_stream(error: &Value) -> Fault {
    let mut error = error.clone();
    if let Some(object) = error.as_object_mut()
        && object.get("type").is_some_and(|name| name == "error")
    {
        object.remove("type");
    }
    Complaint::of_value(&error).judge()
}

fn finish(response: &Value, gathered: &mut Gathered, end: End) {
    if gathered.end != Some(End::Refused) {
        gathered.end = Some(end);
    }
    if let Some(model) = response["model"].as_str() {
        gathered.model = Some(model.to_owned());
    }
    gathered.usage.input_tokens = tokens(&response["usage"], "input_tokens");
    gathered.usage.output_tokens = tokens(&response["usage"], "output_tokens");
    gathered.closed = true;
}
