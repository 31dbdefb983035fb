//! Anthropic, through the Messages API.
//!
//! Source: Anthropic's API reference ("Messages", "Streaming messages", "Structured outputs"). The
//! schema goes into `output_config.format`: forced tool use is an error on newer models. Neither
//! temperature nor a prefilled answer is sent, which they refuse as well. Thinking comes in blocks
//! of its own, so text is told by its kind and not by its place.

use draftwell_core::{polish::ProviderId, ports::WriteRequest};
use reqwest::header::HeaderName;
use serde_json::{Value, json};

use super::{
    call::{End, Gathered, Wire, json_of, tokens},
    fault::{Cause, Complaint, Fault},
    sse::Event,
};

/// Used where the user chose none.
pub const DEFAULT_MODEL: &str = "claude-haiku-5-5";
/// The version of the interface that is spoken here.
const VERSION: &str = "2023-06-01";

/// Anthropic's wire.
#[derive(Debug)]
pub(crate) struct Anthropic;

impl Wire for Anthropic {
    fn id(&self) -> ProviderId {
        ProviderId::Anthropic
    }

    fn key_header(&self, key: &str) -> (HeaderName, String) {
        (HeaderName::from_static("x-api-key"), key.to_owned())
    }

    fn headers(&self) -> Vec<(HeaderName, &'static str)> {
        vec![(HeaderName::from_static("anthropic-version"), VERSION)]
    }

    fn rungs(&self) -> u8 {
        3
    }

    fn path(&self, _model: &str) -> String {
        "/messages".into()
    }

    fn body(&self, request: &WriteRequest, model: &str, rung: u8) -> Value {
        let mut body = json!({
            "model": model,
            "max_tokens": request.max_output_tokens,
            "system": request.system,
            "messages": [{ "role": "user", "content": request.user }],
            "stream": true,
        });
        // Models before 4.5 know neither the schema nor the effort; some only the schema.
        if rung < 2 {
            body["output_config"] =
                json!({ "format": { "type": "json_schema", "schema": request.schema } });
        }
        if rung < 1 {
            body["output_config"]["effort"] = "low".into();
        }
        body
    }

    fn read(&self, event: &Event, gathered: &mut Gathered) -> Result<(), Fault> {
        let data = json_of(event)?;
        match data["type"].as_str().unwrap_or(&event.name) {
            "message_start" => {
                let message = &data["message"];
                if let Some(model) = message["model"].as_str() {
                    gathered.model = Some(model.to_owned());
                }
                count(&message["usage"], gathered);
            }
            "content_block_start" if data["content_block"]["type"] == "text" => {
                let text = data["content_block"]["text"].as_str();
                gathered.text.push_str(text.unwrap_or_default());
            }
            "content_block_delta" if data["delta"]["type"] == "text_delta" => {
                let text = data["delta"]["text"].as_str();
                gathered.text.push_str(text.unwrap_or_default());
            }
            "message_delta" => {
                count(&data["usage"], gathered);
                if let Some(reason) = data["delta"]["stop_reason"].as_str() {
                    end(reason, gathered)?;
                }
            }
            "message_stop" => gathered.closed = true,
            "error" => return Err(Complaint::of_value(&data["error"]).judge()),
            // A whole answer, where a server does not stream.
            "message" => {
                for block in data["content"].as_array().into_iter().flatten() {
                    if block["type"] == "text" {
                        let text = block["text"].as_str();
                        gathered.text.push_str(text.unwrap_or_default());
                    }
                }
                count(&data["usage"], gathered);
                end(data["stop_reason"].as_str().unwrap_or_default(), gathered)?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn end(reason: &str, gathered: &mut Gathered) -> Result<(), Fault> {
    gathered.end = Some(match reason {
        "end_turn" | "stop_sequence" => End::Complete,
        "max_tokens" => End::CutOff,
        "refusal" | "content_filter" => End::Refused,
        "model_context_window_exceeded" => return Err(Cause::TooLong.into()),
        _ => End::Strange,
    });
    Ok(())
}

/// Token counts come in pieces: what was read at the beginning, what was written at the end.
fn count(usage: &Value, gathered: &mut Gathered) {
    let read: Vec<u32> = [
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
    ]
    .iter()
    .filter_map(|name| tokens(usage, name))
    .collect();
    if !read.is_empty() {
        gathered.usage.input_tokens = Some(read.iter().fold(0, |sum, n| sum.saturating_add(*n)));
    }
    if let Some(written) = tokens(usage, "output_tokens") {
        gathered.usage.output_tokens = Some(written);
    }
}
