//! Polishing through each provider in the real window, when all goes well and when it doesn't.
//!
//! aimock speaks every provider's protocol and fails as its fixtures say. What the user wrote and
//! what came back must not be in the logs, however much is logged.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{
    App, Desk,
    counterparts::{Ai, four_styles},
    wait::until,
};

/// A provider, its name for people, and what its requests' paths contain.
struct Provider {
    id: &'static str,
    name: &'static str,
    path: &'static str,
}

const PROVIDERS: [Provider; 5] = [
    Provider {
        id: "openrouter",
        name: "OpenRouter",
        path: "/api/v1/chat/completions",
    },
    Provider {
        id: "gemini",
        name: "Gemini",
        path: "/v1beta/models/",
    },
    Provider {
        id: "openai",
        name: "OpenAI",
        path: "/v1/responses",
    },
    Provider {
        id: "anthropic",
        name: "Anthropic",
        path: "/v1/messages",
    },
    Provider {
        id: "local",
        name: "Local model",
        path: "/v1/chat/completions",
    },
];

/// Words of the drafts and of the answers that no log may hold.
pub const WRITTEN: &str = "kumquat marmalade";
const ANSWERED: &str = "rutabaga chutney";

fn good(by: &str) -> String {
    let version = |style: &str| format!("{style} about {ANSWERED}, written by {by}.");
    four_styles(
        &version("Formal words"),
        &version("Casual words"),
        &version("Elaborate words"),
        &version("Concise words"),
    )
}

/// How the provider `at` behaves, by a word of the draft; all others answer well.
fn fixtures(at: &str) -> Value {
    let of = |word: &str| json!({ "userMessage": word, "model": format!("{at}-model") });
    let mut fixtures = vec![
        json!({ "match": of("overloaded"), "response": {
            "error": { "message": "Overloaded", "type": "overloaded_error" }, "status": 529 } }),
        json!({ "match": of("garbled"), "response": { "content": "x" },
            "chaos": { "malformedRate": 1 } }),
        json!({ "match": of("cut off"), "response": { "content": good(at) },
            "chunkSize": 12, "latency": 20, "truncateAfterChunks": 6 }),
        json!({ "match": of("refused"), "response": {
            "content": "I", "finishReason": "content_filter" } }),
        json!({ "match": { "userMessage": "limited", "model": format!("{at}-model"),
            "sequenceIndex": 0 }, "response": {
            "error": { "message": "Slow down", "type": "rate_limit_error" }, "status": 429,
            "retryAfter": 1 } }),
        json!({ "match": { "userMessage": "nobody" }, "response": {
            "error": { "message": "try later", "type": "server_error" }, "status": 503,
            "retryAfter": 900 } }),
    ];
    for provider in &PROVIDERS {
        fixtures.push(json!({
            "match": { "userMessage": "kumquat", "model": format!("{}-model", provider.id) },
            "response": { "content": good(provider.id) }, "chunkSize": 15, "latency": 3 }));
    }
    Value::Array(fixtures)
}

/// Closes the cards, where they are open, with Esc.
pub async fn leave_desk(app: &App) {
    until("the desk to close", async || {
        if app.shows("button", "New draft").await {
            return Some(());
        }
        app.press(&[], char::from(Key::Escape)).await;
        None
    })
    .await;
}

/// Opens a new draft, writes a text in which the word stands, and presses Polish.
pub async fn polish(app: &App, word: &str) {
    leave_desk(app).await;
    app.click("button", "New draft").await;
    until("an empty draft", async || {
        app.text("Message").await.trim().is_empty().then_some(())
    })
    .await;
    app.write("Message", &format!("hi zoe, the {WRITTEN} is {word}, ok?"))
        .await;
    app.until_saved().await;
    app.click("button", "Polish").await;
}

/// Waits for the four cards, and looks who wrote them.
pub async fn written_by(app: &App, by: &str) {
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        let card = app.get("region", name).await;
        app.get_ready_in(&card, "button", "Use this version").await;
        let text = card.text().await.unwrap();
        assert!(
            text.contains(&format!("written by {by}")),
            "{name} is not by {by}: {text}"
        );
    }
}

async fn until_shown(app: &App, words: &str) {
    until(&format!("the page to show {words:?}"), async || {
        let text = app.run("return document.body.innerText", vec![]).await;
        text.as_str()?.contains(words).then_some(())
    })
    .await;
}

async fn each_case(at: usize) {
    let (provider, next) = (&PROVIDERS[at], &PROVIDERS[(at + 1) % PROVIDERS.len()]);
    let mut desk = Desk::new(&format!("polish_with_{}", provider.id));
    desk.set("DRAFTWELL_LOG", "trace");
    let ai = Ai::start(&mut desk, &fixtures(provider.id));
    for each in &PROVIDERS {
        let path = match each.id {
            "openrouter" => "/api/v1",
            "gemini" => "/v1beta",
            _ => "/v1",
        };
        let name = each.id.to_uppercase();
        desk.set(
            &format!("DRAFTWELL_{name}_BASE_URL"),
            format!("{}{path}", ai.base()),
        );
        desk.set(&format!("DRAFTWELL_{name}_API_KEY"), "key-of-the-tests");
    }
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let models: Value = PROVIDERS
        .iter()
        .map(|each| (each.id.to_owned(), json!(format!("{}-model", each.id))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let settings = json!({ "providerOrder": [provider.id, next.id], "models": models });

    // What each word leads to: how often the first and the second are asked, and who writes.
    for (word, first, second, by) in [
        ("ready", 1, 0, provider.id),
        ("limited", 2, 0, provider.id),
        ("overloaded", 2, 1, next.id),
        ("garbled", 2, 1, next.id),
        ("cut off", 2, 1, next.id),
    ] {
        // Set anew: what failed in the case before is forgotten with it.
        app.call("update_settings", settings.clone()).await.unwrap();
        let before = ai.paths().len();
        polish(&app, word).await;
        written_by(&app, by).await;
        let paths = ai.paths().split_off(before);
        let asked = |of: &Provider| paths.iter().filter(|path| is_of(of, path)).count();
        assert_eq!(
            (asked(provider), asked(next)),
            (first, second),
            "{}: {word}: {paths:?}",
            provider.name
        );
    }

    // A refusal is shown, and nobody else is asked.
    app.call("update_settings", settings.clone()).await.unwrap();
    let before = ai.paths().len();
    polish(&app, "refused").await;
    until_shown(&app, "declined").await;
    let paths = ai.paths().split_off(before);
    assert_eq!(paths.len(), 1, "the refusal was worked around: {paths:?}");

    // When nobody answers, each one's reason is there.
    app.call("update_settings", settings).await.unwrap();
    polish(&app, "for nobody").await;
    app.get("button", "Polish offline").await;
    for each in &PROVIDERS {
        until_shown(&app, each.name).await;
    }
    let shown = app.run("return document.body.innerText", vec![]).await;
    let shown = shown.as_str().unwrap_or_default();
    assert_eq!(
        shown.matches("(503)").count(),
        PROVIDERS.len(),
        "each one's reason is to be told: {shown}"
    );
    app.picture("nobody answers");

    let logs = std::fs::read_to_string(desk.data_dir().join("logs/draftwell.log")).unwrap();
    assert!(
        logs.contains("a provider answered with an error"),
        "the log is not there: {} bytes",
        logs.len()
    );
    for words in ["kumquat", "marmalade", "rutabaga", "chutney", "key-of-the"] {
        assert!(
            !logs.contains(words),
            "{words:?} was logged: {}",
            line_with(&logs, words)
        );
    }
}

fn line_with<'a>(logs: &'a str, words: &str) -> &'a str {
    logs.lines()
        .find(|line| line.contains(words))
        .unwrap_or_default()
}

/// A local server's path is a part of OpenRouter's.
fn is_of(provider: &Provider, path: &str) -> bool {
    match provider.id {
        "local" => path.starts_with(provider.path),
        _ => path.contains(provider.path),
    }
}

#[tokio::test]
async fn openrouter_streams_fails_and_recovers() {
    each_case(0).await;
}

#[tokio::test]
async fn gemini_streams_fails_and_recovers() {
    each_case(1).await;
}

#[tokio::test]
async fn openai_streams_fails_and_recovers() {
    each_case(2).await;
}

#[tokio::test]
async fn anthropic_streams_fails_and_recovers() {
    each_case(3).await;
}

#[tokio::test]
async fn a_local_server_streams_fails_and_recovers() {
    each_case(4).await;
}

#[tokio::test]
async fn a_provider_that_keeps_failing_is_left_alone_and_the_order_can_be_changed() {
    let mut desk = Desk::new("a_provider_that_keeps_failing");
    let ai = Ai::start(
        &mut desk,
        &json!([
            { "match": { "userMessage": "kumquat", "model": "gemini-model" },
              "response": { "content": good("gemini") } },
            { "match": { "userMessage": "kumquat" }, "response": {
              "error": { "message": "no credit", "type": "payment_required" }, "status": 402 } },
        ]),
    );
    desk.set("DRAFTWELL_GEMINI_BASE_URL", format!("{}/v1beta", ai.base()));
    desk.set("DRAFTWELL_GEMINI_API_KEY", "key-of-the-tests");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call(
        "update_settings",
        json!({ "models": { "gemini": "gemini-model" } }),
    )
    .await
    .unwrap();
    let (openrouter, gemini) = (&PROVIDERS[0], &PROVIDERS[1]);
    for (word, openrouter_asked) in [("one", 1), ("two", 2), ("three", 3), ("four", 3)] {
        polish(&app, word).await;
        written_by(&app, "gemini").await;
        let paths = ai.paths();
        let asked = |of: &Provider| paths.iter().filter(|path| is_of(of, path)).count();
        assert_eq!(asked(openrouter), openrouter_asked, "{word}: {paths:?}");
    }

    leave_desk(&app).await;

    // The settings: Gemini first, and a model out of its own list.
    app.click("button", "Settings").await;
    app.click("tab", "Polish").await;
    app.click("button", "Ask Gemini earlier").await;
    until("Gemini to be asked first", async || {
        let settings = app.call("get_settings", json!(null)).await.ok()?;
        (settings["providers"][0]["id"] == "gemini").then_some(())
    })
    .await;
    app.click("button", "Gemini*").await;
    app.click("combobox", "Model").await;
    // The stand-in has no list of Gemini's models: that is said, and the id stays editable.
    until_shown(&app, "There is no list of models").await;
    app.picture("the order and the models");
    app.press(&[], char::from(Key::Escape)).await;
    assert!(
        app.shows("dialog", "Settings").await,
        "Esc closes the list before the dialog"
    );
    app.leave_dialog().await;
    let before = ai.paths().len();
    polish(&app, "five").await;
    written_by(&app, "gemini").await;
    let paths = ai.paths().split_off(before);
    assert!(
        paths.len() == 1 && is_of(gemini, &paths[0]),
        "the new order is not kept to: {paths:?}"
    );
}
