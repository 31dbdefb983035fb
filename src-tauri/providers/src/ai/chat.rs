//! The chat completions dialect, which OpenRouter and the local servers speak.
//!
//! Source: OpenAI's API reference, "Chat completions"; OpenRouter's, "Streaming". Reasoning comes
//! in fields of its own (`reasoning`, `reasoning_content`) and is passed over.

use draftwell_core::ports::WriteRequest;
use serde_json::{Value, json};

use super::{
    call::{End, Gathered, json_of, tokens},
    fault::{Complaint, Fault},
    sse::Event,
};

/// The two messages.
pub(crate) fn messages(request: &WriteRequest) -> Value {
    json!([
        { "role": "system", "content": request.system },
        { "role": "user", "content": request.user },
    ])
}

/// The demand that the answer keeps to the schema.
pub(crate) fn json_schema(request: &WriteRequest) -> Value {
    json!({
        "type": "json_schema",
        "json_schema": {
            "name": request.schema_name,
            "strict": true,
            "schema": request.schema,
        },
    })
}

/// Takes a chunk of the stream, or the whole answer where it was not streamed.
pub(crate) fn read(event: &Event, gathered: &mut Gathered) -> Result<(), Fault> {
    if event.data.trim() == "[DONE]" {
        gathered.closed = true;
        return Ok(());
    }
    let chunk = json_of(event)?;
    if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
        return Err(Complaint::of_value(error).judge());
    }
    if let Some(model) = chunk["model"].as_str().filter(|model| !model.is_empty()) {
        gathered.model = Some(model.to_owned());
    }
    let usage = &chunk["usage"];
    if usage.is_object() {
        gathered.usage.input_tokens = tokens(usage, "prompt_tokens");
        gathered.usage.output_tokens = tokens(usage, "completion_tokens");
        gathered.usage.cost_usd = usage["cost"].as_f64();
    }
    let choice = &chunk["choices"][0];
    let said = [&choice["delta"], &choice["message"]]
        .into_iter()
        .find(|said| said.is_object())
        .unwrap_or(&Value::Null);
    if let Some(text) = said["content"].as_str() {
        gathered.text.push_str(text);
    }
    if said["refusal"]
        .as_str()
        .is_some_and(|text| !text.is_empty())
    {
        gathered.end = Some(End::Refused);
    }
    // A refusal has its own text and then ends with "stop": it stays a refusal.
    if gathered.end != Some(End::Refused) {
        gathered.end = match choice["finish_reason"].as_str() {
            None => gathered.end,
            Some("length") => Some(End::CutOff),
            Some("content_filter") => Some(End::Refused),
            Some("tool_calls" | "function_call") => Some(End::Strange),
            Some("error") => return Err(Complaint::default().judge()),
            Some(_) => Some(End::Complete),
        };
    }
    Ok(())
}
