//! Google Gemini, through `streamGenerateContent`.
//!
//! Source: the Gemini API reference ("Generating content", "Structured output"). The key goes into
//! a header, never into the address, which ends up in logs. A blocked prompt has no candidates but
//! a reason; a blocked answer ends with one. With the free tier Google may use what is sent to
//! improve its products; the settings say so.

use draftwell_core::{polish::ProviderId, ports::WriteRequest};
use reqwest::header::HeaderName;
use serde_json::{Value, json};

use super::{
    call::{End, Gathered, Wire, json_of, tokens},
    fault::{Complaint, Fault},
    sse::Event,
};

/// Used where the user chose none.
pub const DEFAULT_MODEL: &str = "gemini-3.5-flash-lite";

/// Gemini's wire.
#[derive(Debug)]
pub(crate) struct Gemini;

impl Wire for Gemini {
    fn id(&self) -> ProviderId {
        ProviderId::Gemini
    }

    fn key_header(&self, key: &str) -> (HeaderName, String) {
        (HeaderName::from_static("x-goog-api-key"), key.to_owned())
    }

    fn rungs(&self) -> u8 {
        2
    }

    fn path(&self, model: &str) -> String {
        // The list of models names them with this prefix.
        let model = model.strip_prefix("models/").unwrap_or(model);
        // Forms write a space as "+", which is no space in a path.
        let model: String = url::form_urlencoded::byte_serialize(model.as_bytes()).collect();
        let model = model.replace('+', "%20");
        format!("/models/{model}:streamGenerateContent?alt=sse")
    }

    fn body(&self, request: &WriteRequest, _model: &str, rung: u8) -> Value {
        let mut body = json!({
            "systemInstruction": { "parts": [{ "text": request.system }] },
            "contents": [{ "role": "user", "parts": [{ "text": request.user }] }],
            "generationConfig": {
                "responseMimeType": "application/json",
                "responseJsonSchema": request.schema,
                "maxOutputTokens": request.max_output_tokens,
            },
        });
        // Models before 3 don't know levels.
        if rung == 0 {
            body["generationConfig"]["thinkingConfig"] = json!({ "thinkingLevel": "LOW" });
        }
        body
    }

    fn read(&self, event: &Event, gathered: &mut Gathered) -> Result<(), Fault> {
        let data = json_of(event)?;
        if let Some(error) = data.get("error") {
            return Err(Complaint::of_value(error).judge());
        }
        if let Some(model) = data["modelVersion"].as_str() {
            gathered.model = Some(model.to_owned());
        }
        let usage = &data["usageMetadata"];
        if usage.is_object() {
            gathered.usage.input_tokens = tokens(usage, "promptTokenCount");
            gathered.usage.output_tokens = tokens(usage, "candidatesTokenCount")
                .map(|n| n.saturating_add(tokens(usage, "thoughtsTokenCount").unwrap_or(0)));
        }
        if data["promptFeedback"]["blockReason"].is_string() {
            gathered.end = Some(End::Refused);
            return Ok(());
        }
        let candidate = &data["candidates"][0];
        for part in candidate["content"]["parts"]
            .as_array()
            .into_iter()
            .flatten()
        {
            if part["thought"] != true {
                gathered
                    .text
                    .push_str(part["text"].as_str().unwrap_or_default());
            }
        }
        if let Some(reason) = candidate["finishReason"].as_str() {
            gathered.end = match reason {
                "STOP" => Some(End::Complete),
                "MAX_TOKENS" => Some(End::CutOff),
                "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => {
                    Some(End::Refused)
                }
                "FINISH_REASON_UNSPECIFIED" => None,
                _ => Some(End::Strange),
            };
        }
        Ok(())
    }
}
