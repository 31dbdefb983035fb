//! Carries a polish out: asks, reads while the answer arrives, judges, and follows the [`Chain`].
//!
//! There is no clock and no runtime here: waiting is a port, and to cancel one drops the future,
//! which closes the connection too. Each question is asked by a [`Writer`].

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use crate::{
    Code, Error, Result,
    document::Document,
    polish::{
        FailedAttempt, PolishEvent, PolishedVersion, RefusedVersion, Style, Usage,
        answer::{self, Answer},
        cache::Remembered,
        chain::{Chain, Link, Next},
        layout::keep_blank_lines,
        reader::{Read, Reader},
        request::Prepared,
        versions::Frame,
    },
    ports::{BoxFuture, WriteError, WriteErrorKind, WriteRequest, Writer, Written},
};

/// However quickly a provider writes, a growing card is told no more often than this; and nothing
/// that arrived waits for longer, whether or not more comes.
pub const PACE: Duration = Duration::from_millis(25);

/// Waits. The shell gives its runtime's timer; a test gives one that counts.
pub type Sleep<'a> = &'a (dyn Fn(Duration) -> BoxFuture<'static, ()> + Sync);

/// A version as a document, or why it can't be used.
pub type Judged = Result<Document, RefusedVersion>;

/// What a polish came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What the model wrote and who it was: what the cache keeps.
    pub remembered: Remembered,
    /// The versions, in the order of [`Style::ALL`].
    pub documents: [Judged; 4],
    /// The cards of those that can be used.
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
/// - [`Code::AiRefused`], [`Code::DraftTooLong`] (about the field `provider`, which tells it from
///   Draftwell's own limit): said by the provider that was asked.
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
    let mut asked = None;
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
        // Who is asked once more was let through, and the last one rests for nobody.
        let may_rest = || {
            let is_left = |writer: &Arc<dyn Writer>| writer.passed_over().is_none();
            asked != Some(ask.index) && writers[ask.index + 1..].iter().any(is_left)
        };
        let skipped = writer
            .passed_over()
            .or_else(|| may_rest().then(|| writer.resting()).flatten());
        if let Some(failure) = skipped {
            let verdict = chain.passed_over(&failure);
            if let Some(attempt) = verdict.tell {
                on_event(PolishEvent::Failed { attempt });
            }
            next = verdict.next;
            continue;
        }
        asked = Some(ask.index);
        if !ask.after.is_zero() {
            on_event(PolishEvent::Waiting {
                seconds: u32::try_from(ask.after.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX),
            });
            sleep(ask.after).await;
        }
        on_event(PolishEvent::Started {
            provider: writer.id(),
            name: writer.name(),
            model: writer.model(),
        });
        let repair = ask.repair.then(|| prepared.repair());
        let request = repair.as_ref().unwrap_or(&prepared.request);
        let failure = match attempt(&**writer, request, prepared, frame, sleep, on_event).await {
            Ok((written, answer, told)) => {
                add(&mut spent, &written.usage);
                let remembered = Remembered {
                    answer,
                    provider: writer.id(),
                    provider_name: writer.name(),
                    model: written.model,
                    usage: spent,
                };
                let documents = documents(&remembered.answer, prepared, frame);
                let versions = versions(&documents, frame);
                for version in &versions {
                    if !told.contains(version) {
                        on_event(PolishEvent::Done {
                            version: version.clone(),
                        });
                    }
                }
                for refused in refused(&documents) {
                    on_event(PolishEvent::Refused { refused });
                }
                return Ok(Outcome {
                    remembered,
                    documents,
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
        if !matches!(&verdict.next, Next::Ask(again) if again.index == ask.index) {
            writer.given_up(&failure);
        }
        if let Some(attempt) = verdict.tell {
            on_event(PolishEvent::Failed { attempt });
        }
        next = verdict.next;
    }
}

/// The versions of an answer, for one that comes from the cache too.
pub fn documents(answer: &Answer, prepared: &Prepared, frame: &Frame<'_>) -> [Judged; 4] {
    Style::ALL.map(|style| judge(style, answer.get(style), prepared, frame))
}

fn judge(style: Style, version: &str, prepared: &Prepared, frame: &Frame<'_>) -> Judged {
    match prepared.put_back_all(version) {
        Ok(markdown) => Ok(keep_blank_lines(
            &frame.original.text(),
            Document::from_markdown(&markdown),
        )),
        Err(refusal) => {
            let error = Error::from(refusal);
            Err(RefusedVersion {
                style,
                code: error.code,
                message: error.message,
            })
        }
    }
}

/// The cards of the versions that can be used.
pub fn versions(documents: &[Judged; 4], frame: &Frame<'_>) -> Vec<PolishedVersion> {
    Style::ALL
        .into_iter()
        .zip(documents)
        .filter_map(|(style, document)| Some((style, document.as_ref().ok()?)))
        .map(|(style, document)| frame.answered(style, document))
        .collect()
}

/// The versions that can't be used.
pub fn refused(documents: &[Judged; 4]) -> Vec<RefusedVersion> {
    documents
        .iter()
        .filter_map(|document| document.as_ref().err().cloned())
        .collect()
}

/// An answer of which something can be used.
fn judge_all(text: &str, prepared: &Prepared, frame: &Frame<'_>) -> Result<Answer> {
    let answer = answer::parse(text)?;
    let refused = refused(&documents(&answer, prepared, frame));
    match refused.first() {
        Some(first) if refused.len() == Style::ALL.len() => {
            Err(Error::new(first.code, first.message.clone()))
        }
        _ => Ok(answer),
    }
}

/// Asks once. Answers what was written, the versions, and the cards that were told as complete.
async fn attempt(
    writer: &dyn Writer,
    request: &WriteRequest,
    prepared: &Prepared,
    frame: &Frame<'_>,
    sleep: Sleep<'_>,
    on_event: &mut (dyn FnMut(PolishEvent) + Send),
) -> Result<(Written, Answer, Vec<PolishedVersion>), (WriteError, Usage)> {
    let cards = Mutex::new(Cards {
        reader: Reader::new(),
        text: String::new(),
        told: Told::default(),
        shown: false,
        done: Vec::new(),
        prepared,
        frame,
        on_event,
    });
    let outcome = {
        let mut on_text = |piece: &str| lock(&cards).push(piece);
        let mut writing = writer.write(request, &mut on_text);
        let mut pause = None;
        poll_fn(|context| {
            loop {
                if let Poll::Ready(outcome) = writing.as_mut().poll(context) {
                    return Poll::Ready(outcome);
                }
                let Some(paused) = &mut pause else {
                    if !lock(&cards).told.held {
                        return Poll::Pending;
                    }
                    pause = Some(sleep(PACE));
                    continue;
                };
                if paused.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                pause = None;
                lock(&cards).release();
            }
        })
        .await
    };
    let cards = cards.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (shown, done) = (cards.shown, cards.done);
    let written = match outcome {
        Ok(written) => written,
        Err(mut failure) => {
            // What counts is what the user saw, not what arrived.
            failure.text_was_shown = shown;
            return Err((failure, Usage::default()));
        }
    };
    match judge_all(&written.text, prepared, frame) {
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fills the cards while an answer arrives.
struct Cards<'a, 'f, 'e> {
    reader: Reader,
    /// The current version so far.
    text: String,
    told: Told,
    /// Whether anything was told.
    shown: bool,
    done: Vec<PolishedVersion>,
    prepared: &'a Prepared,
    frame: &'a Frame<'f>,
    on_event: &'e mut (dyn FnMut(PolishEvent) + Send),
}

/// What of the current version was told.
#[derive(Default)]
struct Told {
    /// Whose version it is.
    style: Option<Style>,
    /// Up to which byte of the text.
    to: usize,
    /// Its blocks, as they were told.
    blocks: Vec<String>,
    /// Whether it was told a moment ago: more waits until the pause is over.
    held: bool,
}

impl Cards<'_, '_, '_> {
    fn push(&mut self, piece: &str) {
        for read in self.reader.push(piece) {
            match read {
                Read::Text { style, delta } => {
                    self.text.push_str(&delta);
                    // A card's first words are shown at once.
                    if self.told.style != Some(style) {
                        self.told.style = Some(style);
                        self.tell(style);
                    } else if !self.told.held {
                        self.tell(style);
                    }
                }
                Read::Done { style, text } => {
                    self.text.clear();
                    self.told = Told {
                        held: self.told.held,
                        ..Told::default()
                    };
                    // A blank version makes the answer invalid; there is nothing to show.
                    if !text.trim().is_empty() {
                        self.complete(style, &text);
                    }
                }
            }
        }
    }

    /// The pause is over: what arrived meanwhile is told.
    fn release(&mut self) {
        self.told.held = false;
        if let Some(style) = self.told.style
            && self.told.to < self.text.len()
        {
            self.tell(style);
        }
    }

    /// Tells the blocks that differ from what was told: while a text grows, the last one or two.
    fn tell(&mut self, style: Style) {
        let document = Document::from_markdown(&self.prepared.put_back(&self.text));
        let blocks: Vec<String> = document.blocks_to_html();
        let keep = self
            .told
            .blocks
            .iter()
            .zip(&blocks)
            .take_while(|(old, new)| old == new)
            .count();
        (self.on_event)(PolishEvent::Text {
            style,
            keep: u32::try_from(keep).unwrap_or(u32::MAX),
            blocks: blocks[keep..].to_vec(),
            word_count: document.word_count(),
        });
        self.told.to = self.text.len();
        self.told.blocks = blocks;
        self.told.held = true;
        self.shown = true;
    }

    fn complete(&mut self, style: Style, text: &str) {
        self.shown = true;
        self.done.retain(|done| done.style != style);
        let event = match judge(style, text, self.prepared, self.frame) {
            Ok(document) => {
                let version = self.frame.answered(style, &document);
                self.done.push(version.clone());
                PolishEvent::Done { version }
            }
            Err(refused) => PolishEvent::Refused { refused },
        };
        (self.on_event)(event);
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
