//! Whole polishes with writers that behave: they stream, fail, refuse and recover as told.

use std::{
    future::Future,
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
};

use super::*;
use crate::polish::{
    ProviderId,
    facts::Known,
    original::Original,
    redact::{RedactionSettings, Redactor},
    request::{Source, prepare, prepare_redacted},
};

const GOOD: &str = r#"{"formal":"Dear Zoë,\n\nthe meeting is on 10 March at 14:00.","casual":"Hi Zoë, meeting's on 10 March, 14:00!","elaborate":"Dear Zoë, I would like to let you know that the meeting is on 10 March at 14:00.","concise":"Meeting: 10 March, 14:00."}"#;

/// What a scripted writer does when it is asked.
#[derive(Clone)]
enum Act {
    /// Streams the text in pieces of so many bytes and returns it.
    Say(&'static str, usize),
    /// Streams the text and then fails.
    SayThenFail(&'static str, WriteErrorKind),
    /// Fails at once.
    Fail(WriteErrorKind),
    /// Fails at once and asks to wait.
    Wait(u32),
}

struct Scripted {
    id: ProviderId,
    acts: Mutex<Vec<Act>>,
    asked: Mutex<Vec<String>>,
    given_up: Mutex<usize>,
    /// It failed too often before.
    rests: bool,
    /// It can't be asked.
    barred: bool,
}

impl Scripted {
    fn new(id: ProviderId, acts: &[Act]) -> Arc<Self> {
        Arc::new(Self {
            rests: false,
            ..Self::resting(id, acts)
        })
    }

    fn resting(id: ProviderId, acts: &[Act]) -> Self {
        Self {
            id,
            acts: Mutex::new(acts.iter().rev().cloned().collect()),
            asked: Mutex::new(Vec::new()),
            given_up: Mutex::new(0),
            rests: true,
            barred: false,
        }
    }

    fn given_up(&self) -> usize {
        *self.given_up.lock().unwrap()
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn failure(kind: WriteErrorKind, wait: Option<u32>) -> WriteError {
    let code = match kind {
        WriteErrorKind::Refused => Code::AiRefused,
        WriteErrorKind::InvalidAnswer => Code::AiInvalidAnswer,
        _ => Code::AiServiceUnavailable,
    };
    WriteError {
        kind,
        retry_after_seconds: wait,
        text_was_shown: false,
        error: Error::new(code, format!("{kind:?}")),
    }
}

impl Writer for Scripted {
    fn id(&self) -> ProviderId {
        self.id
    }

    fn name(&self) -> String {
        format!("{:?}", self.id)
    }

    fn model(&self) -> String {
        "model".into()
    }

    fn passed_over(&self) -> Option<WriteError> {
        self.barred
            .then(|| failure(WriteErrorKind::NextProvider, None))
    }

    fn resting(&self) -> Option<WriteError> {
        let mut rest = failure(WriteErrorKind::NextProvider, Some(60));
        rest.error.message = "It rests.".to_owned();
        self.rests.then_some(rest)
    }

    fn given_up(&self, _: &WriteError) {
        *self.given_up.lock().unwrap() += 1;
    }

    fn write<'a>(
        &'a self,
        request: &'a WriteRequest,
        on_text: &'a mut (dyn FnMut(&str) + Send),
    ) -> BoxFuture<'a, Result<Written, WriteError>> {
        self.asked.lock().unwrap().push(request.user.clone());
        let act = self.acts.lock().unwrap().pop().expect("asked too often");
        Box::pin(async move {
            let say = |text: &str, step: usize, on_text: &mut (dyn FnMut(&str) + Send)| {
                let mut rest = text;
                while !rest.is_empty() {
                    let mut end = step.min(rest.len());
                    while !rest.is_char_boundary(end) {
                        end += 1;
                    }
                    on_text(&rest[..end]);
                    rest = &rest[end..];
                }
            };
            match act {
                Act::Say(text, step) => {
                    say(text, step, on_text);
                    Ok(Written {
                        text: text.to_owned(),
                        model: "model-that-answered".into(),
                        usage: Usage {
                            input_tokens: Some(100),
                            output_tokens: Some(50),
                            cost_usd: Some(0.5),
                        },
                    })
                }
                Act::SayThenFail(text, kind) => {
                    say(text, 7, on_text);
                    Err(failure(kind, None))
                }
                Act::Fail(kind) => Err(failure(kind, None)),
                Act::Wait(seconds) => Err(failure(WriteErrorKind::Retry, Some(seconds))),
            }
        })
    }
}

/// Drives a future that never waits for anything outside.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("the future waits for something that never comes");
}

struct Polished {
    outcome: Result<Outcome>,
    events: Vec<PolishEvent>,
    slept: Vec<Duration>,
}

fn polish(writers: &[Arc<Scripted>]) -> Polished {
    let draft = "zoe the meeting is on 10 March at 14:00 ok?";
    let prepared = prepare(Source {
        markdown: draft,
        text: draft,
        context: None,
        instruction: None,
        language: None,
        is_part: false,
    })
    .unwrap();
    let original = Original::of(
        &Document::from_text(draft),
        None,
        false,
        None,
        Known::default(),
    )
    .unwrap();
    let frame = Frame {
        original: &original,
        signature_for: &|_| None,
    };
    let slept = Arc::new(Mutex::new(Vec::new()));
    let sleep = {
        let slept = Arc::clone(&slept);
        move |pause: Duration| -> BoxFuture<'static, ()> {
            slept.lock().unwrap().push(pause);
            Box::pin(std::future::ready(()))
        }
    };
    let writers: Vec<Arc<dyn Writer>> = writers
        .iter()
        .map(|writer| Arc::clone(writer) as Arc<dyn Writer>)
        .collect();
    let mut events = Vec::new();
    let outcome = block_on(run(&writers, &prepared, &frame, &sleep, &mut |event| {
        events.push(event);
    }));
    let slept = slept.lock().unwrap().clone();
    Polished {
        outcome,
        events,
        slept,
    }
}

/// A polish of a draft whose names, numbers and addresses are replaced.
fn polish_redacted(writers: &[Arc<Scripted>]) -> Polished {
    let draft = "hi anna, call +49 30 1234567 by noon, ok?";
    let known = Known {
        people: vec!["Anna Weber".into()],
    };
    let source = Source {
        markdown: draft,
        text: draft,
        context: None,
        instruction: None,
        language: None,
        is_part: false,
    };
    let redactor = Redactor::new(RedactionSettings::ALL, known.clone());
    let prepared = prepare_redacted(source, redactor).unwrap();
    let original = Original::of(&Document::from_text(draft), None, false, None, known).unwrap();
    let frame = Frame {
        original: &original,
        signature_for: &|_| None,
    };
    let writers: Vec<Arc<dyn Writer>> = writers
        .iter()
        .map(|writer| Arc::clone(writer) as Arc<dyn Writer>)
        .collect();
    let sleep = |_: Duration| -> BoxFuture<'static, ()> { Box::pin(std::future::ready(())) };
    let mut events = Vec::new();
    let outcome = block_on(run(&writers, &prepared, &frame, &sleep, &mut |event| {
        events.push(event);
    }));
    Polished {
        outcome,
        events,
        slept: Vec::new(),
    }
}

const WITH_PLACEHOLDERS: &str = r#"{"formal":"Dear [NAME_1], please call [PHONE_1] by noon.","casual":"Hi [NAME_1], call [PHONE 1] by noon!","elaborate":"Dear [NAME_1], please be so kind as to call [PHONE_1] by noon. \\[NAME_1\\]","concise":"[NAME\\_1]: call [PHONE_1] by noon."}"#;

#[test]
fn placeholders_are_put_back_while_it_streams_and_an_altered_one_refuses_its_card_alone() {
    let writer = Scripted::new(ProviderId::Openai, &[Act::Say(WITH_PLACEHOLDERS, 1)]);
    let polished = polish_redacted(std::slice::from_ref(&writer));
    let asked = writer.asked.lock().unwrap().concat();
    assert!(
        !asked.to_lowercase().contains("anna") && !asked.contains("1234567"),
        "{asked}"
    );
    for event in &polished.events {
        if let PolishEvent::Text {
            style: Style::Formal | Style::Concise,
            blocks,
            ..
        } = event
        {
            let shown = blocks.concat();
            assert!(
                !shown.contains(['[', '_', '\\']),
                "half a placeholder is shown: {shown}"
            );
        }
    }
    let outcome = polished.outcome.unwrap();
    let texts: Vec<(Style, &str)> = outcome
        .versions
        .iter()
        .map(|version| (version.style, version.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (
                Style::Formal,
                "Dear anna, please call +49 30 1234567 by noon."
            ),
            (Style::Concise, "anna: call +49 30 1234567 by noon."),
        ]
    );
    for version in &outcome.versions {
        assert_eq!(
            version.changes,
            [],
            "the facts are compared with the real text"
        );
    }
    let refused = refused(&outcome.documents);
    let why: Vec<(Style, Code, bool)> = refused
        .iter()
        .map(|refused| {
            let names_it = match refused.style {
                Style::Casual => refused.message.contains("wrote [PHONE 1]"),
                _ => refused.message.contains("[NAME_1] more often"),
            };
            (refused.style, refused.code, names_it)
        })
        .collect();
    assert_eq!(
        why,
        [
            (Style::Casual, Code::AiInvalidAnswer, true),
            (Style::Elaborate, Code::AiInvalidAnswer, true),
        ],
        "{refused:?}"
    );
    assert!(
        kinds(&polished.events).contains(&"refused casual".to_owned()),
        "{:?}",
        kinds(&polished.events)
    );
}

#[test]
fn an_answer_of_which_nothing_can_be_used_is_asked_for_once_more() {
    let none = r#"{"formal":"Dear [NAME_7]","casual":"b","elaborate":"c","concise":"d"}"#;
    let good = r#"{"formal":"F [NAME_1] [PHONE_1]","casual":"C [NAME_1] [PHONE_1]","elaborate":"E [NAME_1] [PHONE_1]","concise":"K [NAME_1] [PHONE_1]"}"#;
    let writer = Scripted::new(
        ProviderId::Openai,
        &[Act::Say(none, 1000), Act::Say(good, 1000)],
    );
    let polished = polish_redacted(std::slice::from_ref(&writer));
    assert_eq!(polished.outcome.unwrap().versions.len(), 4);
    let asked = writer.asked.lock().unwrap();
    assert!(asked[1].contains("Copy every placeholder"), "{}", asked[1]);

    let writer = Scripted::new(
        ProviderId::Openai,
        &[Act::Say(none, 1000), Act::Say(none, 1000)],
    );
    let error = polish_redacted(&[writer]).outcome.unwrap_err();
    assert_eq!(error.code, Code::AiInvalidAnswer);
    assert!(error.message.contains("[NAME_7]"), "{error}");
}

fn kinds(events: &[PolishEvent]) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for event in events {
        let kind = match event {
            PolishEvent::Started { name, .. } => format!("started {name}"),
            PolishEvent::Waiting { seconds } => format!("waiting {seconds}"),
            PolishEvent::Text { style, .. } => format!("text {}", style.key()),
            PolishEvent::Done { version } => format!("done {}", version.style.key()),
            PolishEvent::Refused { refused } => format!("refused {}", refused.style.key()),
            PolishEvent::Failed { attempt } => format!("failed {}", attempt.reason),
        };
        if kinds.last() != Some(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

#[test]
fn the_cards_fill_one_after_the_other_and_the_result_is_what_they_showed() {
    let writer = Scripted::new(ProviderId::Openai, &[Act::Say(GOOD, 5)]);
    let polished = polish(&[writer]);
    let outcome = polished.outcome.unwrap();
    assert_eq!(
        kinds(&polished.events),
        [
            "started Openai",
            "text formal",
            "done formal",
            "text casual",
            "done casual",
            "text elaborate",
            "done elaborate",
            "text concise",
            "done concise",
        ]
    );
    let done: Vec<PolishedVersion> = polished
        .events
        .into_iter()
        .filter_map(|event| match event {
            PolishEvent::Done { version } => Some(version),
            _ => None,
        })
        .collect();
    assert_eq!(done, outcome.versions);
    assert_eq!(outcome.versions[3].text, "Meeting: 10 March, 14:00.");
    assert_eq!(outcome.versions[3].difference_percent, -60);
    assert_eq!(outcome.remembered.model, "model-that-answered");
    assert_eq!(outcome.failed_attempts, []);
}

#[test]
fn an_answer_the_reader_cannot_follow_still_fills_every_card() {
    let nested = r#"{"versions": {"formal":"F one","casual":"C two","elaborate":"E three","concise":"K four"}}"#;
    let writer = Scripted::new(ProviderId::Local, &[Act::Say(nested, 9)]);
    let polished = polish(&[writer]);
    assert_eq!(polished.outcome.unwrap().versions.len(), 4);
    assert_eq!(
        kinds(&polished.events)[1..],
        [
            "done formal",
            "done casual",
            "done elaborate",
            "done concise"
        ]
    );
}

#[test]
fn the_next_provider_takes_over_and_the_first_ones_reason_is_kept() {
    let first = Scripted::new(
        ProviderId::Openrouter,
        &[Act::Fail(WriteErrorKind::NextProvider)],
    );
    let second = Scripted::new(ProviderId::Gemini, &[Act::Say(GOOD, 1000)]);
    let polished = polish(&[first, second]);
    let outcome = polished.outcome.unwrap();
    assert_eq!(outcome.remembered.provider, ProviderId::Gemini);
    assert_eq!(outcome.failed_attempts.len(), 1);
    assert_eq!(
        kinds(&polished.events)[..3],
        [
            "started Openrouter",
            "failed NextProvider",
            "started Gemini"
        ]
    );
    assert_eq!(polished.slept, [], "nobody waits for the next one");
}

#[test]
fn a_passing_trouble_is_waited_out_silently() {
    let writer = Scripted::new(ProviderId::Openai, &[Act::Wait(7), Act::Say(GOOD, 1000)]);
    let polished = polish(&[writer]);
    assert!(polished.outcome.is_ok());
    assert_eq!(polished.slept, [Duration::from_secs(7)]);
    assert_eq!(
        kinds(&polished.events)[..3],
        ["started Openai", "waiting 7", "started Openai"],
        "how long is told, and that is all"
    );
    assert!(
        !kinds(&polished.events)
            .iter()
            .any(|kind| kind.starts_with("failed"))
    );
}

#[test]
fn one_that_failed_too_often_rests_only_while_another_one_can_be_asked() {
    let resting = |id, acts: &[Act]| Arc::new(Scripted::resting(id, acts));
    let first = resting(ProviderId::Openrouter, &[]);
    let last = resting(ProviderId::Gemini, &[Act::Say(GOOD, 1000)]);
    let polished = polish(&[Arc::clone(&first), last]);
    assert_eq!(
        kinds(&polished.events)[..2],
        ["failed It rests.", "started Gemini"]
    );
    assert_eq!(first.asked(), 0);

    let only = resting(ProviderId::Openrouter, &[Act::Say(GOOD, 1000)]);
    let behind = Scripted {
        barred: true,
        ..Scripted::resting(ProviderId::Local, &[])
    };
    let polished = polish(&[only, Arc::new(behind)]);
    assert!(
        polished.outcome.is_ok(),
        "nobody else can be asked: {:?}",
        polished.outcome
    );

    let error = polish(&[
        resting(ProviderId::Openrouter, &[]),
        resting(
            ProviderId::Gemini,
            &[Act::Fail(WriteErrorKind::NextProvider)],
        ),
    ])
    .outcome
    .unwrap_err();
    assert_eq!(
        error.retry_after_seconds, None,
        "whoever was asked can be asked again at once: {error}"
    );
}

#[test]
fn a_polish_counts_once_against_a_provider_however_often_it_was_asked() {
    let twice = [
        Act::Fail(WriteErrorKind::Retry),
        Act::Fail(WriteErrorKind::Retry),
    ];
    let first = Scripted::new(ProviderId::Openrouter, &twice);
    let second = Scripted::new(
        ProviderId::Gemini,
        &[Act::Fail(WriteErrorKind::Retry), Act::Say(GOOD, 1000)],
    );
    polish(&[Arc::clone(&first), Arc::clone(&second)])
        .outcome
        .unwrap();
    assert_eq!((first.asked(), first.given_up()), (2, 1));
    assert_eq!(
        (second.asked(), second.given_up()),
        (2, 0),
        "it answered in the end"
    );
}

#[test]
fn text_that_was_shown_is_taken_back_aloud() {
    let writer = Scripted::new(
        ProviderId::Openai,
        &[
            Act::SayThenFail(
                r#"{"formal":"Dear Zoë, the meeting is on"#,
                WriteErrorKind::Retry,
            ),
            Act::Say(GOOD, 1000),
        ],
    );
    let polished = polish(&[writer]);
    assert_eq!(
        kinds(&polished.events)[..5],
        [
            "started Openai",
            "text formal",
            "failed Retry",
            "waiting 2",
            "started Openai"
        ]
    );
    assert_eq!(polished.outcome.unwrap().failed_attempts.len(), 1);
}

#[test]
fn an_unreadable_answer_is_asked_for_once_more_and_both_are_counted() {
    let writer = Scripted::new(
        ProviderId::Openai,
        &[Act::Say("I can't do JSON today.", 5), Act::Say(GOOD, 1000)],
    );
    let polished = polish(std::slice::from_ref(&writer));
    let outcome = polished.outcome.unwrap();
    assert_eq!(outcome.remembered.usage.output_tokens, Some(100));
    assert_eq!(outcome.remembered.usage.cost_usd, Some(1.0));
    let asked = writer.asked.lock().unwrap();
    assert!(!asked[0].contains("could not be read"));
    assert!(asked[1].contains("could not be read"));
}

#[test]
fn a_refusal_is_shown_and_nobody_else_is_asked() {
    let first = Scripted::new(ProviderId::Openai, &[Act::Fail(WriteErrorKind::Refused)]);
    let second = Scripted::new(ProviderId::Gemini, &[]);
    let polished = polish(&[first, Arc::clone(&second)]);
    assert_eq!(polished.outcome.unwrap_err().code, Code::AiRefused);
    assert_eq!(second.asked(), 0);
}

#[test]
fn when_all_fail_the_reasons_are_the_answer() {
    let first = Scripted::new(
        ProviderId::Openrouter,
        &[
            Act::Fail(WriteErrorKind::Retry),
            Act::Fail(WriteErrorKind::Retry),
        ],
    );
    let second = Scripted::new(
        ProviderId::Gemini,
        &[Act::Fail(WriteErrorKind::NextProvider)],
    );
    let polished = polish(&[first, second]);
    let error = polished.outcome.unwrap_err();
    assert_eq!(error.code, Code::AiServiceUnavailable);
    assert!(error.message.contains("Openrouter: Retry"), "{error}");
    assert!(error.message.contains("Gemini: NextProvider"), "{error}");
}

#[test]
fn a_blank_version_is_never_a_card() {
    let blank = r#"{"formal":"  ","casual":"b","elaborate":"c","concise":"d"}"#;
    let writer = Scripted::new(
        ProviderId::Openai,
        &[Act::Say(blank, 1000), Act::Say(blank, 1000)],
    );
    let polished = polish(&[writer]);
    assert_eq!(polished.outcome.unwrap_err().code, Code::AiInvalidAnswer);
    assert!(!kinds(&polished.events).contains(&"done formal".to_owned()));
}

/// Says a piece each time it is polled, and wakes itself; then it is silent for some polls.
struct Slow {
    pieces: Vec<&'static str>,
    silence: usize,
}

impl Writer for Slow {
    fn id(&self) -> ProviderId {
        ProviderId::Openai
    }

    fn name(&self) -> String {
        "Slow".into()
    }

    fn model(&self) -> String {
        "model".into()
    }

    fn write<'a>(
        &'a self,
        _: &'a WriteRequest,
        on_text: &'a mut (dyn FnMut(&str) + Send),
    ) -> BoxFuture<'a, Result<Written, WriteError>> {
        let mut polls = 0;
        Box::pin(std::future::poll_fn(move |_| {
            if let Some(piece) = self.pieces.get(polls) {
                on_text(piece);
            }
            polls += 1;
            if polls < self.pieces.len() + self.silence {
                return Poll::Pending;
            }
            Poll::Ready(Ok(Written {
                text: self.pieces.concat(),
                model: "model".into(),
                usage: Usage::default(),
            }))
        }))
    }
}

/// The texts told, each put together from the blocks that stayed and the new ones.
fn told(pieces: Vec<&'static str>, pause_polls: usize) -> Vec<String> {
    let draft = "zoe the meeting is on 10 March at 14:00 ok?";
    let prepared = prepare(Source {
        markdown: draft,
        text: draft,
        context: None,
        instruction: None,
        language: None,
        is_part: false,
    })
    .unwrap();
    let original = Original::default();
    let frame = Frame {
        original: &original,
        signature_for: &|_| None,
    };
    let sleep = move |_: Duration| -> BoxFuture<'static, ()> {
        let mut left = pause_polls;
        Box::pin(std::future::poll_fn(move |_| {
            left = left.saturating_sub(1);
            if left == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }))
    };
    let writers: Vec<Arc<dyn Writer>> = vec![Arc::new(Slow {
        pieces,
        silence: 20,
    })];
    let mut shown: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    let outcome = block_on(run(
        &writers,
        &prepared,
        &frame,
        &sleep,
        &mut |event| match event {
            PolishEvent::Text { keep, blocks, .. } => {
                shown.truncate(keep as usize);
                shown.extend(blocks);
                texts.push(shown.concat());
            }
            PolishEvent::Done { .. } => shown.clear(),
            _ => {}
        },
    ));
    assert!(outcome.is_ok());
    texts
}

#[test]
fn what_arrived_is_told_within_a_pause_even_if_no_more_comes() {
    let rest = r#" end.","casual":"b","elaborate":"c","concise":"d"}"#;
    let texts = told(
        vec![r#"{"formal":"One"#, " two", " thr", "ee", "", "", "", rest],
        3,
    );
    assert_eq!(texts[0], "<p>One</p>", "the first words are told at once");
    assert!(
        texts.contains(&"<p>One two three</p>".to_owned()),
        "the rest before the next bytes came: {texts:?}"
    );
}

#[test]
fn a_quick_writer_is_told_in_fewer_steps_and_only_what_is_new() {
    let mut pieces = vec![r#"{"formal":"A."#];
    pieces.extend([
        "\\n\\nB", " b", " b", " b", " b", " b", " b", " b", " b", " b", " b", " b",
    ]);
    pieces.push(r#"","casual":"b","elaborate":"c","concise":"d"}"#);
    let texts = told(pieces, 5);
    let formal: Vec<&String> = texts
        .iter()
        .filter(|text| text.starts_with("<p>A."))
        .collect();
    assert!(formal.len() <= 4, "13 pieces, 5 to a pause: {formal:?}");
    assert_eq!(formal[0], "<p>A.</p>");
    assert!(
        formal.last().unwrap().starts_with("<p>A.</p><p>B b b"),
        "{formal:?}"
    );
}
