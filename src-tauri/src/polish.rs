//! Running polishes: limits, cache, cancelling, and telling the page.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use draftwell_core::{
    Code, Error, Result,
    document::Document,
    draft::Draft,
    polish::{
        FailedAttempt, PolishDraft, PolishEvent, PolishResult, PolishedVersion, ProviderId, Style,
        Usage,
        cache::{Cache, Key, Remembered},
        limit::{Allowance, Limiter},
        offline,
        request::{Prepared, Source, check_length, prepare},
        run,
        versions::Frame,
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

/// Running polishes and what is remembered between them.
#[derive(Default)]
pub struct Polish {
    running: Mutex<HashMap<String, Arc<Notify>>>,
    cache: Mutex<Cache>,
    limiter: Mutex<Limiter>,
}

/// One request, from the draft as it is stored to the four cards.
struct Job<'a> {
    app: &'a App,
    window: &'a WebviewWindow,
    request_id: &'a str,
    draft: Draft,
    /// The typed text, without signature.
    typed: Document,
    signatures: Vec<Signature>,
}

/// The cards and where they come from.
struct Written {
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

    async fn polish(
        &self,
        app: &App,
        window: &WebviewWindow,
        request_id: &str,
        args: PolishDraft,
    ) -> Result<PolishResult> {
        let store = app.store()?;
        let draft = store.get_draft(args.draft_id).await?;
        let typed = Document::parse(&draft.body)?.without_signature();
        let signatures = store.list_signatures().await?;
        let job = Job {
            app,
            window,
            request_id,
            draft,
            typed,
            signatures,
        };
        let written = match args.provider {
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
        Ok(PolishResult {
            request_id: request_id.to_owned(),
            draft_id: job.draft.id,
            revision: job.draft.revision,
            original_word_count: job.typed.word_count(),
            versions: written.versions,
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

    async fn ask(&self, job: &Job<'_>, chain: &[Asked], args: &PolishDraft) -> Result<Written> {
        let prepared = prepare(Source {
            markdown: &job.typed.to_markdown(),
            text: &job.typed.to_text(),
            context: args.context,
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
        if let Some(remembered) = remembered {
            let allowance = lock(&self.limiter).look(now);
            let versions = run::versions(&remembered.answer, &prepared, &frame);
            return Ok(Written::new(
                remembered,
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
            versions,
            failed_attempts,
        } = outcome;
        Ok(Written::new(
            remembered,
            versions,
            failed_attempts,
            false,
            allowance,
        ))
    }

    async fn offline(&self, job: &Job<'_>) -> Result<Written> {
        check_length(&job.typed.to_text())?;
        let allowance = lock(&self.limiter).take(clock::now())?;
        let typed = job.typed.clone();
        // Up to 0.1 s of a processor: not on a thread that others wait for.
        let polished = tauri::async_runtime::spawn_blocking(move || offline::polish(&typed))
            .await
            .map_err(|error| internal("The offline polisher failed", &error))?;
        let signature_for = |style| job.signature_for(style);
        let frame = job.frame(&signature_for);
        let versions = polished
            .into_iter()
            .map(|card| frame.version(card.style, &card.document, card.note))
            .collect::<Vec<_>>();
        for version in &versions {
            job.tell(PolishEvent::Done {
                version: version.clone(),
            });
        }
        Ok(Written {
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
        &self,
        signature_for: &'f (dyn Fn(Style) -> Option<draftwell_core::id::SignatureId> + Sync),
    ) -> Frame<'f> {
        Frame {
            original_word_count: self.typed.word_count(),
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
        versions: Vec<PolishedVersion>,
        failed_attempts: Vec<FailedAttempt>,
        cached: bool,
        allowance: Allowance,
    ) -> Self {
        Self {
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

fn sleep(duration: Duration) -> BoxFuture<'static, ()> {
    Box::pin(tokio::time::sleep(duration))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
