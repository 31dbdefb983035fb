//! Running polishes: limits, cache, cancelling, and telling the page.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use draftwell_core::{
    Code, Error, Result,
    contact::Contact,
    document::Document,
    draft::Draft,
    polish::{
        ComposedPolish, FailedAttempt, PolishDraft, PolishEvent, PolishResult, PolishedVersion,
        ProviderId, RefusedVersion, Style, Usage,
        align::{self, Aligned},
        cache::{Cache, Key, Remembered},
        facts::Known,
        limit::{Allowance, Limiter},
        offline,
        original::{Original, recipients},
        outgoing::{self, Outgoing, PolishPreview},
        redact::{Redactor, Replaced},
        request::{Prepared, Source, prepare_redacted},
        run,
        versions::{Frame, difference_percent},
    },
    ports::{BoxFuture, Writer},
    settings::Preferences,
    signature::{self, Signature},
};
use draftwell_providers::ai::Sent;
use tauri::WebviewWindow;
use tauri_specta::Event;
use tokio::sync::Notify;

use crate::{
    app::{App, internal},
    clock,
    commands::polish::{PolishProgress, SentPolish},
    events,
    models::Asked,
};

/// How many finished polishes can be chosen from; a window shows one at a time.
const MOST_FINISHED: usize = 8;

/// Running polishes and what is remembered between them.
#[derive(Default)]
pub struct Polish {
    running: Mutex<HashMap<String, Arc<Notify>>>,
    cache: Mutex<Cache>,
    limiter: Mutex<Limiter>,
    /// Finished ones by request, the oldest first, for choosing sentence by sentence.
    finished: Mutex<VecDeque<(String, Arc<Aligned>)>>,
    /// What left this machine for the last ones, the oldest first, whatever became of them.
    sent: Mutex<VecDeque<SentFor>>,
}

/// What left this machine for one polish.
struct SentFor {
    /// The window that asked for it: no other one is told.
    window: String,
    request_id: String,
    requests: Sent,
    replaced: Vec<Replaced>,
}

/// One request, from the draft as it is stored to the four cards.
struct Job<'a> {
    app: &'a App,
    window: &'a WebviewWindow,
    request_id: &'a str,
    draft: Draft,
    original: Original,
    signatures: Vec<Signature>,
    preferences: Preferences,
    /// Names that are replaced wherever they stand.
    private: Known,
}

/// The cards and where they come from.
struct Written {
    documents: [run::Judged; 4],
    versions: Vec<PolishedVersion>,
    provider: ProviderId,
    provider_name: String,
    model: String,
    usage: Usage,
    failed_attempts: Vec<FailedAttempt>,
    cached: bool,
    allowance: Allowance,
}

impl Polish {
    /// Polishes a draft as it is stored; the page is told as text arrives. Cancelling drops the
    /// work, which closes its connection.
    pub async fn run(
        &self,
        app: &App,
        window: &WebviewWindow,
        args: PolishDraft,
    ) -> Result<PolishResult> {
        let request_id = args
            .request_id
            .clone()
            .unwrap_or_else(|| clock::new_id().to_string());
        let cancelled = Arc::new(Notify::new());
        lock(&self.running).insert(request_id.clone(), Arc::clone(&cancelled));
        let outcome = tokio::select! {
            outcome = self.polish(app, window, &request_id, args) => outcome,
            () = cancelled.notified() => {
                Err(Error::new(Code::AiServiceUnavailable, "The polish was cancelled."))
            }
        };
        lock(&self.running).remove(&request_id);
        outcome
    }

    /// Stops a polish; one that is not running is no error.
    pub fn cancel(&self, request_id: &str) {
        if let Some(running) = lock(&self.running).get(request_id) {
            running.notify_one();
        }
    }

    /// The text a choice of sentences gives.
    pub fn compose(&self, request_id: &str, choice: &[align::Source]) -> Result<ComposedPolish> {
        let aligned = lock(&self.finished)
            .iter()
            .find(|(id, _)| id == request_id)
            .map(|(_, aligned)| Arc::clone(aligned));
        let Some(aligned) = aligned else {
            return Err(Error::new(
                Code::NotFound,
                "These versions are no longer at hand. Polish again to choose from them.",
            ));
        };
        let composed = aligned.compose(choice)?;
        let original = aligned.original().text().word_count();
        Ok(ComposedPolish {
            body: composed.document.to_json(),
            html: composed.html,
            word_count: composed.word_count,
            difference_percent: difference_percent(original, composed.word_count),
            changes: composed.changes,
        })
    }

    async fn polish(
        &self,
        app: &App,
        window: &WebviewWindow,
        request_id: &str,
        args: PolishDraft,
    ) -> Result<PolishResult> {
        let job = Job::of(app, window, request_id, &args).await?;
        let mut written = match args.provider {
            Some(ProviderId::Offline) => self.offline(&job).await?,
            only => {
                let chain = app.models.chain(app, &job.preferences, only).await?;
                match (chain.is_empty(), only) {
                    (false, _) => self.ask(&job, &chain, &args).await?,
                    (true, None) => self.offline(&job).await?,
                    (true, Some(_)) => {
                        return Err(Error::new(
                            Code::AiServiceUnavailable,
                            "This provider is not set up. Enter its key in Settings, Polish.",
                        ));
                    }
                }
            }
        };
        let text = job.original.text();
        let refused: Vec<RefusedVersion> = run::refused(&written.documents);
        // Beside the others, one that can't be used says what the user said.
        let documents = written
            .documents
            .map(|document| document.unwrap_or_else(|_| text.clone()));
        let aligned = Aligned::new(job.original.clone(), documents);
        for version in &mut written.versions {
            version.html = aligned.html(version.style, &version.changes);
        }
        let rows = aligned.rows(&|style| {
            let version = written
                .versions
                .iter()
                .find(|version| version.style == style);
            version.map_or(&[], |version| version.changes.as_slice())
        });
        self.keep(request_id, aligned);
        Ok(PolishResult {
            request_id: request_id.to_owned(),
            draft_id: job.draft.id,
            revision: job.draft.revision,
            original_word_count: text.word_count(),
            original_text: text.to_text(),
            quotation_left_out: job.original.leaves_quotation_out(),
            versions: written.versions,
            refused,
            rows,
            provider: written.provider,
            provider_name: written.provider_name,
            model: written.model,
            usage: written.usage,
            failed_attempts: written.failed_attempts,
            cached: written.cached,
            remaining: written.allowance.remaining,
            resets_in_seconds: written.allowance.resets_in_seconds,
        })
    }

    fn keep(&self, request_id: &str, aligned: Aligned) {
        let mut finished = lock(&self.finished);
        finished.retain(|(id, _)| id != request_id);
        finished.push_back((request_id.to_owned(), Arc::new(aligned)));
        while finished.len() > MOST_FINISHED {
            finished.pop_front();
        }
    }

    async fn ask(&self, job: &Job<'_>, chain: &[Asked], args: &PolishDraft) -> Result<Written> {
        let prepared = job.prepare(args)?;
        let key = key(chain, &prepared);
        let signature_for = |style| job.signature_for(style);
        let frame = job.frame(&signature_for);
        let now = clock::now();
        let remembered = lock(&self.cache).get(&key, now).cloned();
        if let Some(remembered) = remembered.filter(|_| !args.fresh) {
            let allowance = lock(&self.limiter).look(now);
            let documents = run::documents(&remembered.answer, &prepared, &frame);
            let versions = run::versions(&documents, &frame);
            return Ok(Written::new(
                remembered,
                documents,
                versions,
                Vec::new(),
                true,
                allowance,
            ));
        }
        let writers = job.clear(chain, &prepared, args).await?;
        let allowance = lock(&self.limiter).take(now)?;
        if let Some(asked) = chain.first() {
            self.note_sent(SentFor {
                window: job.window.label().to_owned(),
                request_id: job.request_id.to_owned(),
                requests: asked.sent.clone(),
                replaced: prepared.replaced(),
            });
        }
        let outcome = run::run(&writers, &prepared, &frame, &sleep, &mut |event| {
            job.tell(event)
        })
        .await?;
        lock(&self.cache).put(key, outcome.remembered.clone(), clock::now());
        let run::Outcome {
            remembered,
            documents,
            versions,
            failed_attempts,
        } = outcome;
        Ok(Written::new(
            remembered,
            documents,
            versions,
            failed_attempts,
            false,
            allowance,
        ))
    }

    /// What a polish would send.
    pub async fn preview(
        &self,
        app: &App,
        window: &WebviewWindow,
        args: PolishDraft,
    ) -> Result<PolishPreview> {
        let job = Job::of(app, window, "", &args).await?;
        let chain = match args.provider {
            Some(ProviderId::Offline) => Vec::new(),
            only => app.models.chain(app, &job.preferences, only).await?,
        };
        let prepared = job.prepare(&args)?;
        let is_known = || {
            let key = key(&chain, &prepared);
            lock(&self.cache).get(&key, clock::now()).is_some()
        };
        let remembered = !chain.is_empty() && !args.fresh && is_known();
        let (mut requests, mut left_out) = (Vec::new(), Vec::new());
        for asked in &chain {
            match asked.writer.outgoing(&prepared.request).await {
                Ok(outgoing) => requests.extend(outgoing),
                Err(failure) => left_out.push(FailedAttempt {
                    provider: asked.writer.id(),
                    name: asked.writer.name(),
                    code: failure.error.code,
                    reason: failure.error.message,
                }),
            }
        }
        let agreed = app.models.agreed(&job.preferences);
        let must_be_shown = |request: &Outgoing| {
            outgoing::must_be_shown(job.preferences.ask_before, &agreed, request)
        };
        Ok(PolishPreview {
            asks: !remembered && requests.iter().any(must_be_shown),
            approvals: requests.iter().map(Outgoing::approval).collect(),
            requests,
            left_out,
            draft: prepared.draft().to_owned(),
            replaced: prepared.replaced(),
            quotation_left_out: job.original.leaves_quotation_out(),
            remembered,
        })
    }

    /// What was sent for a polish that the window of this label asked for.
    pub fn sent(&self, window: &str, request_id: &str) -> SentPolish {
        let sent = lock(&self.sent);
        let found = sent
            .iter()
            .find(|sent| sent.request_id == request_id && sent.window == window);
        found.map_or_else(SentPolish::default, |found| SentPolish {
            requests: found.requests.all(),
            replaced: found.replaced.clone(),
        })
    }

    fn note_sent(&self, what: SentFor) {
        let mut sent = lock(&self.sent);
        sent.retain(|sent| sent.request_id != what.request_id);
        sent.push_back(what);
        while sent.len() > MOST_FINISHED {
            sent.pop_front();
        }
    }

    async fn offline(&self, job: &Job<'_>) -> Result<Written> {
        let allowance = lock(&self.limiter).take(clock::now())?;
        let typed = job.original.text();
        let is_part = job.original.is_part();
        // Up to 0.1 s of a processor: not on a thread that others wait for.
        let polish = move || {
            if is_part {
                offline::polish_part(&typed)
            } else {
                offline::polish(&typed)
            }
        };
        let polished = tauri::async_runtime::spawn_blocking(polish)
            .await
            .map_err(|error| internal("The offline polisher failed", &error))?;
        let signature_for = |style| job.signature_for(style);
        let frame = job.frame(&signature_for);
        let mut documents = [(); 4].map(|()| Ok(Document::empty()));
        let versions = polished
            .into_iter()
            .map(|card| {
                let version = frame.version(card.style, &card.document, card.note);
                documents[card.style as usize] = Ok(card.document);
                version
            })
            .collect::<Vec<_>>();
        for version in &versions {
            job.tell(PolishEvent::Done {
                version: version.clone(),
            });
        }
        Ok(Written {
            documents,
            versions,
            provider: ProviderId::Offline,
            provider_name: "Offline".to_owned(),
            model: String::new(),
            usage: Usage::default(),
            failed_attempts: Vec::new(),
            cached: false,
            allowance,
        })
    }
}

impl<'a> Job<'a> {
    async fn of(
        app: &'a App,
        window: &'a WebviewWindow,
        request_id: &'a str,
        args: &PolishDraft,
    ) -> Result<Self> {
        let store = app.store()?;
        let draft = store.get_draft(args.draft_id).await?;
        let original = Original::of(
            &Document::parse(&draft.body)?,
            args.selection.as_ref(),
            args.include_quoted,
            args.instruction.as_deref(),
            recipients(&draft),
        )?;
        let preferences = store.preferences().await?;
        let private = if preferences.redact {
            private_names(app, &draft).await?
        } else {
            Known::default()
        };
        Ok(Self {
            app,
            window,
            request_id,
            draft,
            original,
            signatures: store.list_signatures().await?,
            preferences,
            private,
        })
    }

    /// The request: what the user wants replaced is.
    fn prepare(&self, args: &PolishDraft) -> Result<Prepared> {
        let text = self.original.text();
        let source = Source {
            markdown: &text.to_markdown(),
            text: &text.to_text(),
            context: args.context,
            instruction: self.original.instruction(),
            language: None,
            is_part: self.original.is_part(),
        };
        let redactor = Redactor::new(self.preferences.replaces(), self.private.clone());
        prepare_redacted(source, redactor)
    }

    /// The chain as it may be asked: see [`outgoing::clear`]. What was shown and goes now is agreed
    /// to.
    async fn clear(
        &self,
        chain: &[Asked],
        prepared: &Prepared,
        args: &PolishDraft,
    ) -> Result<Vec<Arc<dyn Writer>>> {
        let writers: Vec<_> = chain
            .iter()
            .map(|asked| Arc::clone(&asked.writer))
            .collect();
        let cleared = outgoing::clear(
            &writers,
            &prepared.request,
            self.preferences.ask_before,
            &self.app.models.agreed(&self.preferences),
            args.approved.as_deref(),
        )
        .await?;
        for (id, failure) in &cleared.unable {
            self.app.models.could_not_ask(*id, failure);
        }
        if !cleared.shown.is_empty() {
            let agreements = outgoing::agreements(&cleared.shown);
            self.app.store()?.agree(agreements).await?;
            events::settings_changed(&self.app.handle);
        }
        Ok(cleared.writers)
    }

    fn signature_for(&self, style: Style) -> Option<draftwell_core::id::SignatureId> {
        signature::for_style(style, &self.signatures, self.draft.signature_chosen)
    }

    fn frame<'f>(
        &'f self,
        signature_for: &'f (dyn Fn(Style) -> Option<draftwell_core::id::SignatureId> + Sync),
    ) -> Frame<'f> {
        Frame {
            original: &self.original,
            signature_for,
        }
    }

    fn tell(&self, event: PolishEvent) {
        let progress = PolishProgress {
            request_id: self.request_id.to_owned(),
            event,
        };
        if let Err(error) = progress.emit_to(&self.app.handle, self.window.label()) {
            tracing::warn!(%error, "the page was not told how the polish goes on");
        }
    }
}

impl Written {
    fn new(
        remembered: Remembered,
        documents: [run::Judged; 4],
        versions: Vec<PolishedVersion>,
        failed_attempts: Vec<FailedAttempt>,
        cached: bool,
        allowance: Allowance,
    ) -> Self {
        Self {
            documents,
            versions,
            provider: remembered.provider,
            provider_name: remembered.provider_name,
            model: remembered.model,
            usage: remembered.usage,
            failed_attempts,
            cached,
            allowance,
        }
    }
}

/// All names that are known to be private: of the recipients, of the contacts they are and their
/// companies, of the sender.
async fn private_names(app: &App, draft: &Draft) -> Result<Known> {
    let store = app.store()?;
    let Known { mut people } = recipients(draft);
    let everybody = || draft.to.iter().chain(&draft.cc).chain(&draft.bcc);
    let is_recipient = |contact: &Contact| {
        Some(contact.id) == draft.contact_id
            || everybody().any(|mailbox| mailbox.address.eq_ignore_ascii_case(&contact.email))
    };
    let contacts = store.list_contacts(None).await?;
    for contact in contacts.into_iter().filter(is_recipient) {
        people.extend([contact.name, contact.first_name, contact.company]);
    }
    let accounts = store.list_accounts().await?;
    people.extend(
        accounts
            .into_iter()
            .filter(|account| draft.account_id.is_none_or(|id| id == account.id))
            .map(|account| account.display_name),
    );
    people.retain(|name| !name.trim().is_empty());
    people.sort();
    people.dedup();
    Ok(Known { people })
}

/// Under which an answer of this chain is remembered.
fn key(chain: &[Asked], prepared: &Prepared) -> Key {
    let models: Vec<String> = chain.iter().map(|asked| asked.writer.model()).collect();
    Key::of(
        prepared,
        chain
            .iter()
            .zip(&models)
            .map(|(asked, model)| (asked.writer.id(), asked.base_url.as_str(), model.as_str())),
    )
}

fn sleep(duration: Duration) -> BoxFuture<'static, ()> {
    Box::pin(tokio::time::sleep(duration))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use draftwell_core::polish::redact::RedactionKind;

    use super::*;

    #[test]
    fn what_was_sent_is_told_to_the_window_that_asked_and_to_no_other() {
        let polish = Polish::default();
        let replaced = vec![Replaced {
            placeholder: "[NAME_1]".into(),
            kind: RedactionKind::Name,
            text: "Anna".into(),
        }];
        for number in 0..=MOST_FINISHED {
            polish.note_sent(SentFor {
                window: "main".into(),
                request_id: format!("r{number}"),
                requests: Sent::default(),
                replaced: replaced.clone(),
            });
        }
        let told = |window: &str, id: &str| polish.sent(window, id).replaced;
        assert_eq!(told("main", "r8"), replaced);
        assert_eq!(told("compose", "r8"), [], "another window's polish");
        assert_eq!(told("main", "r0"), [], "the oldest one is forgotten");
    }
}
