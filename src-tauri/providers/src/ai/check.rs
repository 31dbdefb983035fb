//! Whether a key works, found out without asking a model anything.

use std::time::Duration;

use draftwell_core::{Code, Error, Result, polish::ProviderId};
use secrecy::SecretString;
use tokio::time::timeout;

use super::{
    anthropic::Anthropic,
    call::{Door, Patience, Wire, error_answer, send_fault},
    fault::Cause,
    gemini::Gemini,
    local::Local,
    name,
    openai::OpenAi,
    openrouter::OpenRouter,
};

/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Checks a key at its provider.
///
/// A service that is busy, out of credit, or does not know the address we ask at has not refused
/// the key: it counts as good.
///
/// # Errors
/// - [`Code::ValidationError`], field `key`: the provider refuses it.
/// - [`Code::ValidationError`], field `baseUrl`: the address is none.
/// - [`Code::AiServiceUnavailable`]: nobody could be asked, with the reason.
pub async fn check_key(provider: ProviderId, base: &str, key: &SecretString) -> Result<()> {
    let (wire, path): (Box<dyn Wire>, &str) = match provider {
        ProviderId::Openrouter => (Box::new(OpenRouter), "/key"),
        ProviderId::Gemini => (Box::new(Gemini), "/models?pageSize=1"),
        ProviderId::Openai => (Box::new(OpenAi), "/models"),
        ProviderId::Anthropic => (Box::new(Anthropic), "/models?limit=1"),
        ProviderId::Local => (Box::new(Local), "/models"),
        ProviderId::Offline => return Ok(()),
    };
    let door = Door::new(base, Some(key.clone()), Patience::CLOUD.connect)?;
    let headers = door.headers(&*wire)?;
    let who = name(provider);
    let unavailable = |why: &str| {
        Error::new(
            Code::AiServiceUnavailable,
            format!("{who} could not be asked whether the key works: {why}"),
        )
    };
    let sent = door
        .client()
        .get(door.address(path))
        .headers(headers)
        .send();
    let response = match timeout(PATIENCE, sent).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            return Err(unavailable(match send_fault(&error).cause {
                Cause::Unreachable if provider == ProviderId::Local => {
                    "no server answers at this address. Is it running?"
                }
                Cause::Unreachable => {
                    "it can't be reached. Is this machine connected to the Internet?"
                }
                Cause::Slow => "it took too long to answer.",
                _ => "the connection broke off. Try again.",
            }));
        }
        Err(_) => return Err(unavailable("it took too long to answer.")),
    };
    if response.status().is_success() {
        return Ok(());
    }
    let fault = error_answer(response, PATIENCE).await;
    match fault.cause {
        Cause::Key => Err(Error::invalid(
            "key",
            format!("{who} refuses this key. Copy it again from your account there."),
        )),
        // OpenAI answers 403 to a key that may write but not list models.
        Cause::Forbidden if provider == ProviderId::Openai => Ok(()),
        Cause::Forbidden => Err(Error::invalid(
            "key",
            format!("{who} doesn't let this key in, or isn't offered in your country."),
        )),
        Cause::Overloaded => Err(unavailable("it is overloaded or out of order. Try again.")),
        cause => {
            tracing::info!(?provider, ?cause, "the key was not refused");
            Ok(())
        }
    }
}
