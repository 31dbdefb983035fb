//! Why a model did not answer, sorted by what may be done about it.
//!
//! Every provider has its own names for the same troubles. They are distinct enough to be sorted
//! in one place: by the words of the error body first, by the HTTP status second, because several
//! providers use one status for very different things. A provider's own message is never shown or
//! logged: it may repeat a part of the key or of the draft.

use draftwell_core::{
    Code, Error,
    ports::{WriteError, WriteErrorKind},
};
use reqwest::header::HeaderMap;
use serde_json::Value;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The key is wrong or was withdrawn.
    Key,
    /// The key is right but may not do this, or not from this country.
    Forbidden,
    /// No credit is left, or a spending limit is reached.
    Credit,
    /// The model does not exist for this key.
    Model,
    /// Too many requests.
    RateLimit,
    /// The service is overloaded or has a defect of its own.
    Overloaded,
    /// The answer broke off, or a part of it was garbled.
    BrokeOff,
    /// Nobody answers at the address.
    Unreachable,
    /// It took longer than anybody waits.
    Slow,
    /// The model declines to rewrite this text.
    Refused,
    /// The text is longer than the model takes.
    TooLong,
    /// The answer was longer than allowed.
    CutOff,
    /// The answer is not what was asked for.
    Unreadable,
    /// The service does not accept the request as it is.
    NotAccepted,
}

/// A failure of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub cause: Cause,
    /// HTTP status, where it came with one.
    pub status: Option<u16>,
    /// Seconds the provider asks to wait.
    pub retry_after: Option<u32>,
    /// Another set of optional parameters may be accepted.
    pub parameters: bool,
    /// The provider asks not to try again.
    pub final_answer: bool,
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self {
            cause,
            status: None,
            retry_after: None,
            parameters: false,
            final_answer: false,
        }
    }
}

impl Fault {
    fn kind(&self) -> WriteErrorKind {
        match self.cause {
            Cause::RateLimit | Cause::Overloaded if self.final_answer => {
                WriteErrorKind::NextProvider
            }
            Cause::RateLimit | Cause::Overloaded | Cause::BrokeOff | Cause::Slow => {
                WriteErrorKind::Retry
            }
            Cause::Refused => WriteErrorKind::Refused,
            Cause::TooLong => WriteErrorKind::TooLong,
            Cause::CutOff | Cause::Unreadable => WriteErrorKind::InvalidAnswer,
            Cause::Key
            | Cause::Forbidden
            | Cause::Credit
            | Cause::Model
            | Cause::Unreachable
            | Cause::NotAccepted => WriteErrorKind::NextProvider,
        }
    }

    fn code(&self) -> Code {
        match self.cause {
            Cause::RateLimit => Code::RateLimitExceeded,
            Cause::Refused => Code::AiRefused,
            Cause::TooLong => Code::DraftTooLong,
            Cause::CutOff | Cause::Unreadable => Code::AiInvalidAnswer,
            _ => Code::AiServiceUnavailable,
        }
    }

    /// The reason for people. `name` and `model` say whom it is about.
    fn reason(&self, name: &str, model: &str, local: bool) -> String {
        let status = self
            .status
            .map(|status| format!(" ({status})"))
            .unwrap_or_default();
        match self.cause {
            Cause::Key if local => {
                format!("The server wants a key, or another one{status}. Enter it in the settings.")
            }
            Cause::Key => format!("The key was refused{status}. Check it in the settings."),
            Cause::Forbidden => format!(
                "This key may not do that, or the service isn't offered in your country{status}."
            ),
            Cause::Credit => format!(
                "No credit is left, or a spending limit is reached{status}. \
                 See your account at {name}."
            ),
            Cause::Model if local => format!(
                "The server doesn't have the model \u{201c}{model}\u{201d}{status}. \
                 Load it there, or choose another one in the settings."
            ),
            Cause::Model => format!(
                "It doesn't offer the model \u{201c}{model}\u{201d} to this key{status}. \
                 Choose another one in the settings."
            ),
            Cause::RateLimit => match self.retry_after {
                Some(seconds) => format!(
                    "Too many requests for now{status}; it asks to wait {}.",
                    in_words(seconds)
                ),
                None => format!("Too many requests for now{status}."),
            },
            Cause::Overloaded => format!("The service is overloaded or out of order{status}."),
            Cause::BrokeOff => "The connection broke off before the answer was complete.".into(),
            Cause::Unreachable if local => {
                "No model server answers at this address. Is it running?".into()
            }
            Cause::Unreachable => {
                "The service can't be reached. Is this machine connected to the Internet?".into()
            }
            Cause::Slow => "It took too long to answer.".into(),
            Cause::Refused => format!(
                "{name} declined to rewrite this text. Change it, or choose another provider."
            ),
            Cause::TooLong => format!(
                "This text is too long for {name}'s model \u{201c}{model}\u{201d}. \
                 Shorten it, choose another model, or polish it offline.{}",
                if local { OLLAMA_HINT } else { "" }
            ),
            Cause::CutOff => format!(
                "The answer was cut off because it became too long.{}",
                if local { OLLAMA_HINT } else { "" }
            ),
            Cause::Unreadable => "The answer was not in the form that was asked for.".into(),
            Cause::NotAccepted => format!(
                "It didn't accept the request{status}. Another model may work; \
                 choose one in the settings."
            ),
        }
    }

    /// The error as core sees it.
    pub fn into_error(
        self,
        name: &str,
        model: &str,
        local: bool,
        text_was_shown: bool,
    ) -> WriteError {
        let mut error = Error::new(self.code(), self.reason(name, model, local));
        error.retry_after_seconds = self.retry_after;
        WriteError {
            kind: self.kind(),
            retry_after_seconds: self.retry_after,
            text_was_shown,
            error,
        }
    }
}

/// Ollama gives a model 4,096 tokens of context on most machines, whatever the model could take,
/// and its OpenAI-style interface has no way to ask for more.
const OLLAMA_HINT: &str =
    " With Ollama, start it with OLLAMA_CONTEXT_LENGTH=16384 to give the model more room.";

/// What a provider says is wrong, in an HTTP answer or in the middle of a stream.
#[derive(Debug, Default)]
pub(crate) struct Complaint {
    /// HTTP status; none in the middle of a stream.
    pub status: Option<u16>,
    /// The names the provider gives the trouble, in lower case.
    names: Vec<String>,
    /// Its message in lower case; only searched, never shown.
    message: String,
    /// Moderation marked the text.
    flagged: bool,
    retry_after: Option<u32>,
    final_answer: bool,
}

impl Complaint {
    /// Reads an error answer.
    pub fn of_answer(status: u16, headers: &HeaderMap, body: &str) -> Self {
        let value: Value = serde_json::from_str(body).unwrap_or(Value::Null);
        // Gemini wraps errors of a stream in an array.
        let value = match &value {
            Value::Array(items) => items.first().unwrap_or(&Value::Null),
            value => value,
        };
        let mut complaint = Self::of_value(value.get("error").unwrap_or(value));
        complaint.status = Some(status);
        complaint.retry_after = retry_after(headers).or(complaint.retry_after);
        complaint.final_answer = header(headers, "x-should-retry") == Some("false");
        complaint
    }

    /// Reads an error object, `{"message": …, "type": …}` in one of its dialects, or a text.
    pub fn of_value(error: &Value) -> Self {
        let mut complaint = Self::default();
        match error {
            Value::String(message) => complaint.message = message.to_lowercase(),
            Value::Object(_) => {
                for pointer in [
                    "/type",
                    "/code",
                    "/status",
                    "/metadata/error_type",
                    "/metadata/provider_code",
                ] {
                    match error.pointer(pointer) {
                        Some(Value::String(name)) => complaint.names.push(name.to_lowercase()),
                        // OpenRouter's code in a stream is the status it would have had.
                        Some(Value::Number(code)) if pointer == "/code" => {
                            complaint.status = code.as_u64().and_then(|n| u16::try_from(n).ok());
                        }
                        _ => {}
                    }
                }
                complaint.message = error["message"].as_str().unwrap_or_default().to_lowercase();
                complaint.flagged = error.pointer("/metadata/flagged_input").is_some()
                    || error.pointer("/metadata/reasons").is_some();
                for detail in error["details"].as_array().into_iter().flatten() {
                    if let Some(reason) = detail["reason"].as_str() {
                        complaint.names.push(reason.to_lowercase());
                    }
                    if let Some(delay) = detail["retryDelay"].as_str() {
                        complaint.retry_after = delay.strip_suffix('s').and_then(whole_seconds);
                    }
                }
            }
            _ => {}
        }
        complaint
    }

    fn is_named(&self, names: &[&str]) -> bool {
        self.names.iter().any(|name| names.contains(&name.as_str()))
    }

    fn says(&self, words: &[&str]) -> bool {
        words.iter().any(|words| self.message.contains(words))
    }

    /// Sorts it.
    pub fn judge(self) -> Fault {
        let cause = self.cause();
        Fault {
            cause,
            status: self.status,
            retry_after: self.retry_after,
            parameters: match (cause, self.status) {
                (Cause::NotAccepted, Some(400 | 422)) => true,
                // OpenRouter: no host of this model knows all the parameters.
                (Cause::Model, Some(404)) => self.says(&["no endpoints found"]),
                _ => false,
            },
            final_answer: self.final_answer,
        }
    }

    fn cause(&self) -> Cause {
        if self.flagged || self.is_named(&["content_policy_violation", "refusal", "content_filter"])
        {
            return Cause::Refused;
        }
        if self.status == Some(413)
            || self.is_named(&[
                "context_length_exceeded",
                "request_too_large",
                "string_above_max_length",
                "exceed_context_size_error",
            ])
            || self.says(&[
                "prompt is too long",
                "maximum context length",
                "exceeds the maximum number of tokens",
                "exceeds the available context size",
            ])
        {
            return Cause::TooLong;
        }
        if self.is_named(&[
            "insufficient_quota",
            "credit_balance_exhausted",
            "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded",
            "organization_usage_limit_exceeded",
            "billing_hard_limit_reached",
            "billing_not_active",
            "billing_error",
            "payment_required",
        ]) || self.status == Some(402)
            || self.says(&["credit balance is too low", "enforced spend limit"])
        {
            return Cause::Credit;
        }
        if self.status == Some(401)
            || self.is_named(&[
                "invalid_api_key",
                "authentication_error",
                "authentication",
                "api_key_invalid",
                "unauthenticated",
            ])
        {
            return Cause::Key;
        }
        if self.status == Some(403)
            || self.is_named(&[
                "permission_error",
                "permission_denied",
                "failed_precondition",
            ])
        {
            return Cause::Forbidden;
        }
        if self.status == Some(404)
            || self.is_named(&["model_not_found", "not_found_error", "not_found"])
        {
            return Cause::Model;
        }
        if self.status == Some(429)
            || self.is_named(&[
                "rate_limit_error",
                "rate_limit_exceeded",
                "resource_exhausted",
            ])
        {
            return Cause::RateLimit;
        }
        match self.status {
            Some(408 | 409 | 425 | 500..=599) => Cause::Overloaded,
            // In a stream: whatever it was, it was accepted before.
            None => Cause::Overloaded,
            Some(_) => Cause::NotAccepted,
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// How long a provider asks to wait, in whole seconds, rounded up: `retry-after-ms`, or
/// `Retry-After` (RFC 9110, section 10.2.3) as seconds or as a date, which is compared with the
/// answer's own `Date`, so that a wrong clock here does no harm.
fn retry_after(headers: &HeaderMap) -> Option<u32> {
    if let Some(millis) = header(headers, "retry-after-ms").and_then(|ms| ms.parse::<f64>().ok())
        && millis.is_finite()
        && millis >= 0.0
    {
        return whole_seconds(&(millis / 1000.0).to_string());
    }
    let value = header(headers, "retry-after")?;
    whole_seconds(value).or_else(|| {
        let then = httpdate::parse_http_date(value).ok()?;
        let now = httpdate::parse_http_date(header(headers, "date")?).ok()?;
        let wait = then.duration_since(now).unwrap_or_default();
        u32::try_from(wait.as_secs()).ok()
    })
}

/// Seconds as a decimal number, rounded up.
fn whole_seconds(text: &str) -> Option<u32> {
    let seconds: f64 = text.trim().parse().ok()?;
    (seconds.is_finite() && (0.0..=86_400.0 * 31.0).contains(&seconds))
        .then(|| seconds.ceil() as u32)
}

fn in_words(seconds: u32) -> String {
    match seconds {
        0..=90 => format!("{seconds} s"),
        91..=5_400 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    fn judged(status: u16, body: Value) -> (Cause, WriteErrorKind) {
        let fault = Complaint::of_answer(status, &HeaderMap::new(), &body.to_string()).judge();
        (fault.cause, fault.kind())
    }

    #[test]
    fn sorts_what_each_provider_says() {
        use Cause::*;
        use WriteErrorKind::{NextProvider, Refused as Stop, Retry, TooLong as Shorten};
        let cases = [
            // OpenAI
            (
                401,
                json!({"error":{"message":"Incorrect API key provided: sk-ab***yz","type":"invalid_request_error","code":"invalid_api_key"}}),
                Key,
                NextProvider,
            ),
            (
                429,
                json!({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}),
                Credit,
                NextProvider,
            ),
            (
                429,
                json!({"error":{"message":"…","type":"insufficient_quota","code":"project_spend_limit_exceeded"}}),
                Credit,
                NextProvider,
            ),
            (
                429,
                json!({"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}),
                RateLimit,
                Retry,
            ),
            (
                404,
                json!({"error":{"message":"The model does not exist","code":"model_not_found"}}),
                Model,
                NextProvider,
            ),
            (
                400,
                json!({"error":{"message":"This model's maximum context length is 8192 tokens","code":"context_length_exceeded"}}),
                TooLong,
                Shorten,
            ),
            (
                400,
                json!({"error":{"message":"Unsupported parameter","type":"invalid_request_error","param":"reasoning.effort","code":"unsupported_parameter"}}),
                NotAccepted,
                NextProvider,
            ),
            (
                503,
                json!({"error":{"message":"overloaded","type":"server_error"}}),
                Overloaded,
                Retry,
            ),
            // Anthropic
            (
                529,
                json!({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}),
                Overloaded,
                Retry,
            ),
            (
                401,
                json!({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}),
                Key,
                NextProvider,
            ),
            (
                400,
                json!({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}),
                Credit,
                NextProvider,
            ),
            (
                400,
                json!({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 2000000 tokens > 1000000 maximum"}}),
                TooLong,
                Shorten,
            ),
            (
                413,
                json!({"type":"error","error":{"type":"request_too_large","message":"…"}}),
                TooLong,
                Shorten,
            ),
            (
                403,
                json!({"type":"error","error":{"type":"permission_error","message":"…"}}),
                Forbidden,
                NextProvider,
            ),
            // Gemini
            (
                400,
                json!({"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}),
                Key,
                NextProvider,
            ),
            (
                400,
                json!({"error":{"code":400,"message":"User location is not supported","status":"FAILED_PRECONDITION"}}),
                Forbidden,
                NextProvider,
            ),
            (
                402,
                json!({"error":{"code":402,"message":"…","status":"RESOURCE_EXHAUSTED"}}),
                Credit,
                NextProvider,
            ),
            (
                503,
                json!([{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]),
                Overloaded,
                Retry,
            ),
            // OpenRouter
            (
                402,
                json!({"error":{"code":402,"message":"Insufficient credits"}}),
                Credit,
                NextProvider,
            ),
            (
                403,
                json!({"error":{"code":403,"message":"flagged","metadata":{"reasons":["violence"],"flagged_input":"…"}}}),
                Refused,
                Stop,
            ),
            (
                502,
                json!({"error":{"code":502,"message":"Provider returned error"}}),
                Overloaded,
                Retry,
            ),
            (
                408,
                json!({"error":{"code":408,"message":"timeout"}}),
                Overloaded,
                Retry,
            ),
            // Local servers
            (
                404,
                json!({"error":{"message":"model \"x\" not found, try pulling it first","type":"not_found_error"}}),
                Model,
                NextProvider,
            ),
            (
                400,
                json!({"error":"'response_format.type' must be 'json_schema' or 'text'"}),
                NotAccepted,
                NextProvider,
            ),
            (
                400,
                json!({"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}),
                TooLong,
                Shorten,
            ),
        ];
        for (status, body, cause, kind) in cases {
            assert_eq!(
                judged(status, body.clone()),
                (cause, kind),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_judged_by_its_status() {
        let fault =
            Complaint::of_answer(502, &HeaderMap::new(), "<html>Bad gateway</html>").judge();
        assert_eq!(fault.cause, Cause::Overloaded);
        let fault = Complaint::of_answer(401, &HeaderMap::new(), "").judge();
        assert_eq!(fault.cause, Cause::Key);
    }

    #[test]
    fn finds_out_how_long_to_wait() {
        for (pairs, seconds) in [
            (&[("retry-after", "7")][..], Some(7)),
            (&[("retry-after", "0.5")], Some(1)),
            (&[("retry-after", "9"), ("retry-after-ms", "1200")], Some(2)),
            (
                &[
                    ("date", "Sat, 21 Nov 2026 08:00:00 GMT"),
                    ("retry-after", "Sat, 21 Nov 2026 08:01:30 GMT"),
                ],
                Some(90),
            ),
            (
                &[
                    ("date", "Sat, 21 Nov 2026 08:00:00 GMT"),
                    ("retry-after", "Sat, 21 Nov 2026 07:00:00 GMT"),
                ],
                Some(0),
            ),
            (&[("retry-after", "Sat, 21 Nov 2026 08:01:30 GMT")], None),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "-5")], None),
            (&[("retry-after", "1e300")], None),
            (&[], None),
        ] {
            assert_eq!(retry_after(&headers(pairs)), seconds, "{pairs:?}");
        }
        let gemini = json!({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"…","details":[
            {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.07s"}]}});
        let fault = Complaint::of_answer(429, &HeaderMap::new(), &gemini.to_string()).judge();
        assert_eq!(
            (fault.cause, fault.retry_after),
            (Cause::RateLimit, Some(35))
        );
    }

    #[test]
    fn a_provider_may_ask_not_to_be_asked_again() {
        let fault = Complaint::of_answer(529, &headers(&[("x-should-retry", "false")]), "").judge();
        assert_eq!(fault.kind(), WriteErrorKind::NextProvider);
    }

    #[test]
    fn what_is_shown_never_repeats_the_providers_words() {
        let body = json!({"error":{"message":"Incorrect API key provided: sk-live-123","type":"SECRET type","code":"SECRET code"}});
        for status in [400, 401, 402, 403, 404, 413, 422, 429, 500, 529] {
            let shown = Complaint::of_answer(status, &HeaderMap::new(), &body.to_string())
                .judge()
                .into_error("OpenAI", "gpt", false, false);
            let shown = format!("{shown:?}");
            assert!(
                !shown.contains("sk-live") && !shown.contains("SECRET"),
                "{shown}"
            );
        }
    }
}
