//! What leaves this machine: the exact request a provider is sent, for the user's eyes before it goes
//! and afterwards.
//!
//! An [`Outgoing`] is made by the same code that sends ([`crate::ports::Writer::outgoing`]): its
//! body *is* the body, byte for byte. Only the key is not in it.
//!
//! What was shown is named by [`Outgoing::approval`]: a hash over where it goes and every text in it.
//! A request that must be shown first is sent only under that name; a provider whose request was not
//! shown is passed over ([`PassedOver`]). One name covers what a provider may be asked for one
//! polish: the request in its other forms, where a server doesn't know a part of the first one
//! (each carries the same two texts and the fixed schema, which a test of the adapters holds), the
//! same once more after a limit or a broken line, and the repair, which adds sentences of this
//! program alone ([`crate::polish::request::Prepared::repair`]).

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Code, Error, Result,
    polish::{FailedAttempt, ProviderId, redact::Replaced},
    ports::{BoxFuture, WriteError, WriteErrorKind, WriteRequest, Writer, Written},
};

/// Stands for a key where a request is shown.
pub const HIDDEN_KEY: &str = "••••••••";

/// When a request is shown before it goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AskBefore {
    /// Each time.
    Always,
    /// The first time something goes to a provider at an address.
    #[default]
    First,
    /// Never; it can be looked at all the same.
    Never,
}

/// A header of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Header {
    /// Its name, in small letters.
    pub name: String,
    /// Its value; [`HIDDEN_KEY`] in place of a key.
    pub value: String,
}

/// A request as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    /// Who gets it.
    pub provider: ProviderId,
    /// The provider's name for people.
    pub name: String,
    /// The model that is asked.
    pub model: String,
    /// The whole address.
    pub address: String,
    /// The headers that say more than how long the body is.
    pub headers: Vec<Header>,
    /// The instructions in the body.
    pub system: String,
    /// The user's text in the body, with what is said about it.
    pub user: String,
    /// The body, byte for byte.
    pub body: String,
    /// Whether it goes to a program on this machine, and no further.
    pub stays_here: bool,
}

impl Outgoing {
    /// The name of what was shown: a hash over where it goes and every text in it.
    pub fn approval(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &str| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        add(&self.address);
        add(&self.model);
        add(&self.system);
        add(&self.user);
        hasher.finalize().to_hex().to_string()
    }
}

/// What a polish would send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolishPreview {
    /// One request for each provider of the chain, in the order in which they are asked; the next
    /// one only if the former didn't answer. Empty: nothing leaves, the offline polisher answers.
    pub requests: Vec<Outgoing>,
    /// Who gets nothing, because no request can be made: a local server that doesn't run.
    pub left_out: Vec<FailedAttempt>,
    /// The text as it goes out; it stands in each request's `user`.
    pub draft: String,
    /// What the placeholders in it stand for.
    pub replaced: Vec<Replaced>,
    /// Whether there is quoted mail of others that is left out.
    pub quotation_left_out: bool,
    /// Whether the answer is known from the last hour, so that nothing is sent.
    pub remembered: bool,
    /// Whether it must be shown before it goes.
    pub asks: bool,
    /// What `polish_draft` is given as `approved` once it was shown: the requests' names.
    pub approvals: Vec<String>,
}

/// Whether a request must be shown before it goes. `agreed` names the providers that something was
/// sent to after it was shown, with where it went.
pub fn must_be_shown(
    ask: AskBefore,
    agreed: &BTreeMap<ProviderId, String>,
    request: &Outgoing,
) -> bool {
    !request.stays_here
        && match ask {
            AskBefore::Always => true,
            AskBefore::First => {
                agreed.get(&request.provider).map(String::as_str) != Some(place(&request.address))
            }
            AskBefore::Never => false,
        }
}

/// Whom the user agreed to send to by sending these.
pub fn agreements(requests: &[Outgoing]) -> BTreeMap<ProviderId, String> {
    requests
        .iter()
        .filter(|request| !request.stays_here)
        .map(|request| (request.provider, place(&request.address).to_owned()))
        .collect()
}

/// A provider that is not asked, and why. In the chain like any other, so that the user is told;
/// it can't send anything.
#[derive(Debug, Clone)]
pub struct PassedOver {
    id: ProviderId,
    name: String,
    failure: WriteError,
}

impl PassedOver {
    /// In the place of this writer, for which no request could be made.
    pub fn unable(writer: &dyn Writer, failure: WriteError) -> Self {
        Self {
            id: writer.id(),
            name: writer.name(),
            failure,
        }
    }

    /// In the place of a provider whose key can't be read now.
    pub fn locked(id: ProviderId, name: &str, error: Error) -> Self {
        Self {
            id,
            name: name.to_owned(),
            failure: WriteError {
                kind: WriteErrorKind::NextProvider,
                retry_after_seconds: None,
                text_was_shown: false,
                error,
            },
        }
    }

    /// In the place of this writer, whose request was not shown.
    pub fn unseen(writer: &dyn Writer) -> Self {
        let failure = WriteError {
            kind: WriteErrorKind::NextProvider,
            retry_after_seconds: None,
            text_was_shown: false,
            error: Error::new(
                Code::AiServiceUnavailable,
                "Not asked: what it would get was not shown before.",
            ),
        };
        Self::unable(writer, failure)
    }
}

impl Writer for PassedOver {
    fn id(&self) -> ProviderId {
        self.id
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn model(&self) -> String {
        String::new()
    }

    fn passed_over(&self) -> Option<WriteError> {
        Some(self.failure.clone())
    }

    fn outgoing<'a>(
        &'a self,
        _request: &'a WriteRequest,
    ) -> BoxFuture<'a, Result<Option<Outgoing>, WriteError>> {
        Box::pin(std::future::ready(Err(self.failure.clone())))
    }

    fn write<'a>(
        &'a self,
        _request: &'a WriteRequest,
        _on_text: &'a mut (dyn FnMut(&str) + Send),
    ) -> BoxFuture<'a, Result<Written, WriteError>> {
        Box::pin(std::future::ready(Err(self.failure.clone())))
    }
}

/// A chain as it may be asked now.
pub struct Cleared {
    /// The writers in their order; in the place of those that must not be asked, or can't be, one
    /// that only says why.
    pub writers: Vec<Arc<dyn Writer>>,
    /// What had to be shown, and was.
    pub shown: Vec<Outgoing>,
    /// Who could not be asked, and why.
    pub unable: Vec<(ProviderId, WriteError)>,
}

/// Lets those of a chain pass whose request need not be shown, or was: `approved` has the names of
/// what was shown, none if nothing was. What passes is what was looked at: the request is made
/// here, and a writer that can't make one now gets none later, even if its server comes up meanwhile.
///
/// # Errors
/// [`Code::ValidationError`] for `approved`, if something must be shown first: anything, where
/// nothing was shown, else if there is nobody left to ask.
pub async fn clear(
    writers: &[Arc<dyn Writer>],
    request: &WriteRequest,
    ask: AskBefore,
    agreed: &BTreeMap<ProviderId, String>,
    approved: Option<&[String]>,
) -> Result<Cleared> {
    let mut cleared = Cleared {
        writers: Vec::new(),
        shown: Vec::new(),
        unable: Vec::new(),
    };
    let (mut passed, mut unseen) = (0, 0);
    for writer in writers {
        if writer.passed_over().is_some() {
            cleared.writers.push(Arc::clone(writer));
            continue;
        }
        let next = match writer.outgoing(request).await {
            Err(failure) => {
                cleared.unable.push((writer.id(), failure.clone()));
                Arc::new(PassedOver::unable(&**writer, failure)) as Arc<dyn Writer>
            }
            Ok(Some(outgoing)) if must_be_shown(ask, agreed, &outgoing) => {
                if approved.is_some_and(|names| names.contains(&outgoing.approval())) {
                    passed += 1;
                    cleared.shown.push(outgoing);
                    Arc::clone(writer)
                } else {
                    unseen += 1;
                    Arc::new(PassedOver::unseen(&**writer))
                }
            }
            Ok(_) => {
                passed += 1;
                Arc::clone(writer)
            }
        };
        cleared.writers.push(next);
    }
    if unseen > 0 && (approved.is_none() || passed == 0) {
        return Err(Error::invalid(
            "approved",
            "Something would leave this machine that was not shown before. Nothing was sent.",
        ));
    }
    Ok(cleared)
}

/// Scheme, host and port of an address: where it goes, whichever model is asked there.
pub fn place(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..]
        .find('/')
        .map_or(address.len(), |at| host + at);
    &address[..end]
}

#[cfg(test)]
mod tests;
