//! Who may be asked, by what was shown.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use super::*;

/// A writer that would send this, or can't.
struct Would(Result<Outgoing, WriteError>);

impl Writer for Would {
    fn id(&self) -> ProviderId {
        self.0
            .as_ref()
            .map_or(ProviderId::Local, |outgoing| outgoing.provider)
    }
    fn name(&self) -> String {
        format!("{:?}", self.id())
    }
    fn model(&self) -> String {
        "m".into()
    }
    fn outgoing<'a>(
        &'a self,
        _request: &'a WriteRequest,
    ) -> BoxFuture<'a, Result<Option<Outgoing>, WriteError>> {
        Box::pin(std::future::ready(self.0.clone().map(Some)))
    }
    fn write<'a>(
        &'a self,
        _request: &'a WriteRequest,
        _on_text: &'a mut (dyn FnMut(&str) + Send),
    ) -> BoxFuture<'a, Result<Written, WriteError>> {
        panic!("nobody is asked here")
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("there is nothing to wait for"),
    }
}

fn down() -> WriteError {
    WriteError {
        kind: WriteErrorKind::NextProvider,
        retry_after_seconds: None,
        text_was_shown: false,
        error: Error::new(Code::AiServiceUnavailable, "It doesn't run."),
    }
}

/// Who passes of OpenAI, a local server that is down, and Gemini, and why the others don't.
fn cleared(
    ask: AskBefore,
    agreed: &BTreeMap<ProviderId, String>,
    approved: Option<&[String]>,
) -> Result<(Vec<String>, usize)> {
    let chain = [
        Would(Ok(to(ProviderId::Openai, "https://o/v1", false))),
        Would(Err(down())),
        Would(Ok(to(ProviderId::Gemini, "https://g/v1", false))),
    ]
    .map(|writer| Arc::new(writer) as Arc<dyn Writer>);
    let request = WriteRequest {
        system: String::new(),
        user: String::new(),
        schema: serde_json::Value::Null,
        schema_name: "x",
        max_output_tokens: 1,
    };
    let cleared = now(clear(&chain, &request, ask, agreed, approved))?;
    let says = |writer: &Arc<dyn Writer>| match writer.passed_over() {
        None => "asked".to_owned(),
        Some(failure) => failure.error.message,
    };
    let said = cleared.writers.iter().map(says).collect();
    assert_eq!(cleared.unable, [(ProviderId::Local, down())]);
    Ok((said, cleared.shown.len()))
}

#[test]
fn only_what_was_shown_passes_and_whoever_could_not_be_shown_gets_nothing() {
    let none = BTreeMap::new();
    let openai = to(ProviderId::Openai, "https://o/v1", false);
    let gemini = to(ProviderId::Gemini, "https://g/v1", false);
    let unseen = "Not asked: what it would get was not shown before.";
    let down = "It doesn't run.";

    let refused = cleared(AskBefore::First, &none, None).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("approved"));
    let agreed = agreements(std::slice::from_ref(&openai));
    assert!(
        cleared(AskBefore::First, &agreed, None).is_err(),
        "a new provider is not left out without a word"
    );
    let both = [openai.approval(), gemini.approval()];
    assert_eq!(
        cleared(AskBefore::Always, &none, Some(&both)).unwrap(),
        (vec!["asked".into(), down.into(), "asked".into()], 2),
        "a server that was down when it was looked at stays out"
    );
    assert_eq!(
        cleared(AskBefore::Always, &none, Some(&both[1..])).unwrap(),
        (vec![unseen.into(), down.into(), "asked".into()], 1)
    );
    assert_eq!(
        cleared(AskBefore::First, &agreed, Some(&[])).unwrap(),
        (vec!["asked".into(), down.into(), unseen.into()], 0)
    );
    let other = ["of another text".to_owned()];
    let refused = cleared(AskBefore::Always, &none, Some(&other)).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("approved"));
    assert_eq!(
        cleared(AskBefore::Never, &none, None).unwrap(),
        (vec!["asked".into(), down.into(), "asked".into()], 0)
    );
}

fn to(provider: ProviderId, address: &str, stays_here: bool) -> Outgoing {
    Outgoing {
        provider,
        name: "Name".into(),
        model: "m".into(),
        address: address.into(),
        headers: vec![],
        system: "rules".into(),
        user: "text".into(),
        body: "{}".into(),
        stays_here,
    }
}

#[test]
fn the_first_time_is_once_for_each_provider_and_place() {
    let none = BTreeMap::new();
    let first = to(
        ProviderId::Openai,
        "https://api.openai.com/v1/responses",
        false,
    );
    assert!(must_be_shown(AskBefore::First, &none, &first));
    let agreed = agreements(std::slice::from_ref(&first));
    assert!(!must_be_shown(AskBefore::First, &agreed, &first));
    assert!(must_be_shown(AskBefore::Always, &agreed, &first));
    assert!(!must_be_shown(AskBefore::Never, &none, &first));
    for (provider, address) in [
        (ProviderId::Openai, "https://proxy.example/v1/responses"),
        (
            ProviderId::Openai,
            "https://api.openai.com.example/v1/responses",
        ),
        (
            ProviderId::Openai,
            "https://api.openai.com:8443/v1/responses",
        ),
        (ProviderId::Gemini, "https://api.openai.com/v1/responses"),
    ] {
        let other = to(provider, address, false);
        assert!(
            must_be_shown(AskBefore::First, &agreed, &other),
            "{provider:?} {address}"
        );
    }
}

#[test]
fn what_stays_on_this_machine_is_not_asked_about() {
    let here = to(ProviderId::Local, "http://127.0.0.1:11434/v1/chat", true);
    assert!(!must_be_shown(AskBefore::Always, &BTreeMap::new(), &here));
    assert!(agreements(&[here]).is_empty());
}

#[test]
fn another_place_or_text_has_another_name_and_another_form_has_not() {
    let base = to(ProviderId::Openai, "https://a/b", false);
    let change = |change: &dyn Fn(&mut Outgoing)| {
        let mut changed = base.clone();
        change(&mut changed);
        changed.approval()
    };
    let mut names = vec![
        base.approval(),
        change(&|it| it.address.push('c')),
        change(&|it| it.model.push('c')),
        change(&|it| it.system.push('c')),
        change(&|it| it.user.push('c')),
        change(&|it| {
            it.system.push('t');
            it.user.remove(0);
        }),
    ];
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 6, "two of them have the same name");
    assert_eq!(base.approval(), change(&|it| it.body.push(' ')));
}

#[test]
fn one_whose_key_is_locked_is_told_and_counts_for_nothing() {
    let error = Error::new(Code::KeyringUnavailable, "Your secrets are locked.");
    let locked = PassedOver::locked(ProviderId::Openrouter, "OpenRouter", error);
    let chain = [
        Arc::new(locked) as Arc<dyn Writer>,
        Arc::new(Would(Ok(to(ProviderId::Local, "http://l/v1", true)))),
    ];
    let request = WriteRequest {
        system: String::new(),
        user: String::new(),
        schema: serde_json::Value::Null,
        schema_name: "x",
        max_output_tokens: 1,
    };
    let none = BTreeMap::new();
    let cleared = now(clear(&chain, &request, AskBefore::First, &none, None)).unwrap();
    assert_eq!(cleared.unable, [], "the provider has done nothing wrong");
    let told = cleared.writers[0].passed_over().unwrap().error;
    assert_eq!(told.message, "Your secrets are locked.");
    assert!(cleared.writers[1].passed_over().is_none());
}
