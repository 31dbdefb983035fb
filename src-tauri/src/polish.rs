//! Running polishes: limits, cache, cancelling, and telling the page.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use draftwell_core::{
    Code, Error, Result,
    document::Document,
    draft::Draft,
    polish::{
        ComposedPolish, FailedAttempt, PolishDraft, PolishEvent, PolishResult, PolishedVersion,
        ProviderId, Style, Usage,
        align::{self, Aligned},
        cache::{Cache, Key, Remembered},
        facts::Known,
        limit::{Allowance, Limiter},
        offline,
        original::Original,
        request::{Prepared, Source, prepare},
        run,
        versions::{Frame, difference_percent},
    },
    ports::{BoxFuture, Writer},
    signature::{self, Signature},
};
use tauri::WebviewWindow;
use tauri_specta::Event;
use tokio::sync::Notify;

use crate::{
    app::{App, internal},
    clock,
    commands::polish::PolishProgress,
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
}

/// One request, from the draft as it is stored to the four cards.
struct Job<'a> {
    app: &'a App,
    window: &'a WebviewWindow,
    request_id: &'a str,
    draft: Draft,
    original: Original,
    signatures: Vec<Signature>,
}

/// The cards and where they come from.
struct Written {
    documents: [Document; 4],
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
        let store = app.store()?;
        let draft = store.get_draft(args.draft_id).await?;
        let original = Original::of(
            &Document::parse(&draft.body)?,
            args.selection.as_ref(),
            args.include_quoted,
            args.instruction.as_deref(),
            known(&draft),
        )?;
        let signatures = store.list_signatures().await?;
        let job = Job {
            app,
            window,
            request_id,
            draft,
            original,
            signatures,
        };
        let mut written = match args.provider {
            Some(ProviderId::Offline) => self.offline(&job).await?,
            only => {
                let preferences = store.preferences().await?;
                let chain = app.models.chain(app, &preferences, only).await?;
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
        let aligned = Aligned::new(job.original.clone(), written.documents);
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
        let text = job.original.text();
        let prepared = prepare(Source {
            markdown: &text.to_markdown(),
            text: &text.to_text(),
            context: args.context,
            instruction: job.original.instruction(),
            language: None,
        })?;
        let models: Vec<String> = chain.iter().map(|asked| asked.writer.model()).collect();
        let key = Key::of(
            &prepared.request,
            chain
                .iter()
                .zip(&models)
                .map(|(asked, model)| (asked.writer.id(), asked.base_url.as_str(), model.as_str())),
        );
        let signature_for = |style| job.signature_for(style);
        let frame = job.frame(&signature_for);
        let now = clock::now();
        let remembered = lock(&self.cache).get(&key, now).cloned();
        if let Some(remembered) = remembered.filter(|_| !args.fresh) {
            let allowance = lock(&self.limiter).look(now);
            let documents = run::documents(&remembered.answer, &prepared);
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
        let allowance = lock(&self.limiter).take(now)?;
        let outcome = job.write(chain, &prepared, &frame).await?;
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

    async fn offline(&self, job: &Job<'_>) -> Result<Written> {
        let allowance = lock(&self.limiter).take(clock::now())?;
        let typed = job.original.text();
        // Up to 0.1 s of a processor: not on a thread that others wait for.
        let polished = tauri::async_runtime::spawn_blocking(move || offline::polish(&typed))
            .await
            .map_err(|error| internal("The offline polisher failed", &error))?;
        let signature_for = |style| job.signature_for(style);
        let frame = job.frame(&signature_for);
        let mut documents: [Document; 4] = Default::default();
        let versions = polished
            .into_iter()
            .map(|card| {
                let version = frame.version(card.style, &card.document, card.note);
                documents[card.style as usize] = card.document;
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

impl Job<'_> {
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

    async fn write(
        &self,
        chain: &[Asked],
        prepared: &Prepared,
        frame: &Frame<'_>,
    ) -> Result<run::Outcome> {
        let writers: Vec<Arc<dyn Writer>> = chain
            .iter()
            .map(|asked| Arc::clone(&asked.writer))
            .collect();
        run::run(&writers, prepared, frame, &sleep, &mut |event| {
            self.tell(event)
        })
        .await
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
        documents: [Document; 4],
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

/// The names of those a draft is for.
fn known(draft: &Draft) -> Known {
    let everybody = draft.to.iter().chain(&draft.cc).chain(&draft.bcc);
    Known {
        people: everybody
            .filter_map(|mailbox| mailbox.name.clone())
            .filter(|name| !name.trim().is_empty())
            .collect(),
    }
}

fn sleep(duration: Duration) -> BoxFuture<'static, ()> {
    Box::pin(tokio::time::sleep(duration))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
