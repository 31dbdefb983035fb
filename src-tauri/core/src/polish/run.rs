//! Carries a polish out: asks, reads while the answer arrives, judges, and follows the [`Chain`].
//!
//! There is no clock and no runtime here: waiting is a port, and to cancel one drops the future,
//! which closes the connection too. Each question is asked by a [`Writer`].

use std::{sync::Arc, time::Duration};

use crate::{
    Code, Error, Result,
    document::Document,
    polish::{
        FailedAttempt, PolishEvent, PolishedVersion, Style, Usage,
        answer::{self, Answer},
        cache::Remembered,
        chain::{Chain, Link, Next},
        reader::{Read, Reader},
        request::Prepared,
        versions::Frame,
    },
    ports::{BoxFuture, WriteError, WriteErrorKind, WriteRequest, Writer, Written},
};

/// A card is told again after so many new bytes: every word or two, not every letter.
const STEP: usize = 16;

/// Waits. The shell gives its runtime's timer; a test gives one that counts.
pub type Sleep<'a> = &'a (dyn Fn(Duration) -> BoxFuture<'static, ()> + Sync);

/// What a polish came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What the model wrote and who it was: what the cache keeps.
    pub remembered: Remembered,
    /// The cards: formal, casual, elaborate, concise.
    pub versions: Vec<PolishedVersion>,
    /// Those who were asked before and failed.
    pub failed_attempts: Vec<FailedAttempt>,
}

/// Asks the writers in order until one gives a usable answer.
///
/// `on_event` hears of everything the page shows: who is asked, each card's text as it grows, each
/// card when it is complete, and every failure before the next thing happens. Text of an earlier
/// attempt is void as soon as `Started` comes again.
///
/// # Errors
/// - [`Code::AiServiceUnavailable`]: nobody answered; the message lists each one's reason.
/// - [`Code::AiInvalidAnswer`]: everybody who answered did so in an unusable form.
/// - [`Code::AiRefused`], [`Code::DraftTooLong`]: said by the provider that was asked.
pub async fn run(
    writers: &[Arc<dyn Writer>],
    prepared: &Prepared,
    frame: &Frame<'_>,
    sleep: Sleep<'_>,
    on_event: &mut (dyn FnMut(PolishEvent) + Send),
) -> Result<Outcome> {
    let links = writers
        .iter()
        .map(|writer| Link {
            provider: writer.id(),
            name: writer.name(),
        })
        .collect();
    let (mut chain, mut next) = Chain::start(links);
    let mut spent = Usage::default();
    loop {
        let ask = match next {
            Next::Ask(ask) => ask,
            Next::GiveUp(error) => return Err(error),
        };
        let Some(writer) = writers.get(ask.index) else {
            return Err(Error::new(
                Code::InternalError,
                "The next AI provider could not be found. Try again.",
            ));
        };
        if !ask.after.is_zero() {
            sleep(ask.after).await;
        }
        on_event(PolishEvent::Started {
            provider: writer.id(),
            name: writer.name(),
            model: writer.model(),
        });
        let repair = ask.repair.then(|| prepared.repair());
        let request = repair.as_ref().unwrap_or(&prepared.request);
        let failure = match attempt(&**writer, request, prepared, frame, on_event).await {
            Ok((written, answer, told)) => {
                add(&mut spent, &written.usage);
                let remembered = Remembered {
                    answer,
                    provider: writer.id(),
                    provider_name: writer.name(),
                    model: written.model,
                    usage: spent,
                };
                let versions = versions(&remembered.answer, prepared, frame);
                for version in &versions {
                    if !told.contains(version) {
                        on_event(PolishEvent::Done {
                            version: version.clone(),
                        });
                    }
                }
                return Ok(Outcome {
                    remembered,
                    versions,
                    failed_attempts: chain.failed().to_vec(),
                });
            }
            Err((failure, usage)) => {
                add(&mut spent, &usage);
                failure
            }
        };
        let verdict = chain.failed_with(&failure);
        if let Some(attempt) = verdict.tell {
            on_event(PolishEvent::Failed { attempt });
        }
        next = verdict.next;
    }
}

/// The cards of an answer, for one that comes from the cache too.
pub fn versions(answer: &Answer, prepared: &Prepared, frame: &Frame<'_>) -> Vec<PolishedVersion> {
    Style::ALL
        .into_iter()
        .map(|style| frame.version_of_markdown(style, &prepared.put_back_all(answer.get(style))))
        .collect()
}

/// Asks once. Answers what was written, the versions, and the cards that were told as complete.
async fn attempt(
    writer: &dyn Writer,
    request: &WriteRequest,
    prepared: &Prepared,
    frame: &Frame<'_>,
    on_event: &mut (dyn FnMut(PolishEvent) + Send),
) -> Result<(Written, Answer, Vec<PolishedVersion>), (WriteError, Usage)> {
    let mut cards = Cards {
        reader: Reader::new(),
        text: String::new(),
        shown_to: 0,
        shown: false,
        done: Vec::new(),
        prepared,
        frame,
        on_event,
    };
    let outcome = writer.write(request, &mut |piece| cards.push(piece)).await;
    let (shown, done) = (cards.shown, cards.done);
    let written = match outcome {
        Ok(written) => written,
        Err(mut failure) => {
            // What counts is what the user saw, not what arrived.
            failure.text_was_shown = shown;
            return Err((failure, Usage::default()));
        }
    };
    match answer::parse(&written.text) {
        Ok(answer) => Ok((written, answer, done)),
        Err(error) => Err((
            WriteError {
                kind: WriteErrorKind::InvalidAnswer,
                retry_after_seconds: None,
                text_was_shown: shown,
                error,
            },
            written.usage,
        )),
    }
}

/// Fills the cards while an answer arrives.
struct Cards<'a, 'f, 'e> {
    reader: Reader,
    /// The current version so far.
    text: String,
    /// How much of it was told.
    shown_to: usize,
    /// Whether anything was told.
    shown: bool,
    done: Vec<PolishedVersion>,
    prepared: &'a Prepared,
    frame: &'a Frame<'f>,
    on_event: &'e mut (dyn FnMut(PolishEvent) + Send),
}

impl Cards<'_, '_, '_> {
    fn push(&mut self, piece: &str) {
        for read in self.reader.push(piece) {
            match read {
                Read::Text { style, delta } => {
                    self.text.push_str(&delta);
                    if self.text.len() - self.shown_to >= STEP {
                        self.tell(style);
                    }
                }
                Read::Done { style, text } => {
                    self.text.clear();
                    self.shown_to = 0;
                    // A blank version makes the answer invalid; there is nothing to show.
                    if !text.trim().is_empty() {
                        self.complete(style, &text);
                    }
                }
            }
        }
    }

    fn tell(&mut self, style: Style) {
        let document = Document::from_markdown(&self.prepared.put_back(&self.text));
        self.shown_to = self.text.len();
        self.shown = true;
        (self.on_event)(PolishEvent::Text {
            style,
            html: document.to_html(),
            word_count: document.word_count(),
        });
    }

    fn complete(&mut self, style: Style, text: &str) {
        let version = self
            .frame
            .version_of_markdown(style, &self.prepared.put_back_all(text));
        self.shown = true;
        self.done.retain(|done| done.style != style);
        self.done.push(version.clone());
        (self.on_event)(PolishEvent::Done { version });
    }
}

/// Adds what a call used; a repair is paid for as well.
fn add(spent: &mut Usage, usage: &Usage) {
    let sum = |a: Option<u32>, b: Option<u32>| match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (a, b) => a.or(b),
    };
    spent.input_tokens = sum(spent.input_tokens, usage.input_tokens);
    spent.output_tokens = sum(spent.output_tokens, usage.output_tokens);
    spent.cost_usd = match (spent.cost_usd, usage.cost_usd) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    };
}

#[cfg(test)]
mod tests;
