//! The polish desk by keys alone: from the text to the versions and back, with everything that can
//! be done there. No test here clicks.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{
    App, Desk,
    counterparts::{Ai, four_styles},
    wait::until,
};

const ROUGH: &str = "hi ana, i cant make it on 10 March at 14:00. could you send me the notes? thx";

fn answer(by: &str) -> String {
    let notes = format!("the notes from {by}");
    four_styles(
        &format!("Dear Ana,\n\nI cannot make it on 10 March at 14:00. Could you send {notes}?"),
        &format!("Hi Ana,\n\nI can't make it on 10 March at 14:00. Could you send {notes}?"),
        &format!("Dear Ana,\n\nsadly I cannot make it on 10 March at 14:00. Please send {notes}."),
        &format!("Ana, can't make 10 March at 14:00. Please send {notes}."),
    )
}

/// Two providers that answer; the first one takes its time for one instruction.
fn two_providers(desk: &mut Desk) -> Ai {
    let answers = |word: &str, model: &str| {
        json!({ "match": { "userMessage": word, "model": model },
                "response": { "content": answer(model) }, "chunkSize": 40, "latency": 2 })
    };
    let mut slow = answers("mention Friday", "first-model");
    slow["latency"] = json!(300);
    let fixtures = json!([
        slow,
        answers("notes", "first-model"),
        answers("notes", "second-model")
    ]);
    let ai = Ai::start(desk, &fixtures);
    desk.set("DRAFTWELL_OPENAI_BASE_URL", format!("{}/v1", ai.base()));
    desk.set("DRAFTWELL_OPENAI_API_KEY", "key-of-the-tests");
    ai
}

async fn begin(desk: &Desk) -> App {
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let models = json!({ "openrouter": "first-model", "openai": "second-model" });
    app.call("update_settings", json!({ "models": models }))
        .await
        .unwrap();
    app.write("Message", ROUGH).await;
    app.until_saved().await;
    app
}

async fn key(app: &App, key: Key) {
    app.press(&[], char::from(key)).await;
}

async fn cards(app: &App) {
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        let card = app.get("region", name).await;
        app.get_ready_in(&card, "button", "Use this version").await;
    }
}

/// Opens the desk by its key, and waits for its versions.
async fn open_desk(app: &App) {
    app.press(&[Key::Control], 'j').await;
    cards(app).await;
}

async fn message(app: &App) -> String {
    let text = app.text("Message").await;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn until_message(app: &App, expected: &str) {
    until(&format!("the text {expected:?}"), async || {
        (message(app).await == expected).then_some(())
    })
    .await;
}

/// What has the focus: its name, or its words.
async fn focused(app: &App) -> String {
    let script = "const at = document.activeElement;
        return at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText;";
    let name = app.run(script, vec![]).await;
    name.as_str().unwrap_or_default().trim().to_owned()
}

async fn until_focused(app: &App, name: &str) {
    until(&format!("the focus on {name:?}"), async || {
        focused(app).await.starts_with(name).then_some(())
    })
    .await;
}

/// Goes from stop to stop until one has this name.
async fn tab_to(app: &App, name: &str, shift: bool) {
    let keys: &[Key] = if shift { &[Key::Shift] } else { &[] };
    let mut passed = Vec::new();
    for _ in 0..40 {
        app.press(keys, char::from(Key::Tab)).await;
        let at = focused(app).await;
        if at.starts_with(name) {
            return;
        }
        passed.push(at);
    }
    panic!("Tab never came to {name:?}: {passed:?}");
}

async fn until_asked(ai: &Ai, what: &str, asked: impl Fn(&[Value]) -> bool) {
    until(what, async || asked(&ai.requests()).then_some(())).await;
}

#[tokio::test]
async fn a_version_is_compared_asked_for_anew_stopped_and_taken() {
    let mut desk = Desk::new("by_keys");
    let ai = two_providers(&mut desk);
    let app = begin(&desk).await;
    open_desk(&app).await;
    until_focused(&app, "Formal").await;

    // Numbers and arrows choose a card; a key shows what changed.
    app.press(&[], '3').await;
    until_focused(&app, "Elaborate").await;
    key(&app, Key::Left).await;
    until_focused(&app, "Casual").await;
    app.press(&[], 'd').await;
    app.until_page(
        "the changes",
        "return document.querySelector('section[data-style=casual] ins') !== null",
    )
    .await;
    app.press(&[], 'd').await;
    app.until_page(
        "the text again",
        "return document.querySelector('section[data-style=casual] ins') === null",
    )
    .await;

    // A change in one's own words, stopped while it is written, and asked for again.
    app.press(&[], 'a').await;
    app.write("What should change", "mention Friday").await;
    key(&app, Key::Enter).await;
    app.until_page(
        "the first card to be written",
        "return document.querySelector('section[data-style=formal].writing') !== null",
    )
    .await;
    key(&app, Key::Escape).await;
    until_focused(&app, "Casual").await;
    app.press(&[], 'c').await;
    app.until_page(
        "the versions before, or the way back to them",
        "return document.querySelector('section.desk').innerText.includes('versions before')",
    )
    .await;
    app.press(&[], 'r').await;
    cards(&app).await;
    let requests = ai.requests();
    let with_wish = |request: &&Value| request.to_string().contains("mention Friday");
    assert_eq!(requests.iter().filter(with_wish).count(), 2, "asked again");

    // Enter takes, one undo brings the own text back.
    app.press(&[], '2').await;
    until_focused(&app, "Casual").await;
    key(&app, Key::Enter).await;
    app.until_gone("region", "Casual").await;
    let taken = "Hi Ana, I can't make it on 10 March at 14:00. \
                 Could you send the notes from first-model?";
    until_message(&app, taken).await;
    app.press(&[Key::Control], 'z').await;
    until_message(&app, ROUGH).await;
}

#[tokio::test]
async fn the_provider_is_switched_and_looking_at_the_choice_asks_nobody() {
    let mut desk = Desk::new("switching_by_keys");
    let ai = two_providers(&mut desk);
    let app = begin(&desk).await;
    open_desk(&app).await;
    until_focused(&app, "Formal").await;
    tab_to(&app, "Provider: First to answer", true).await;
    key(&app, Key::Enter).await;
    until_focused(&app, "First to answer").await;
    // Down to the second, past the first.
    key(&app, Key::Down).await;
    until_focused(&app, "OpenRouter").await;
    key(&app, Key::Down).await;
    until_focused(&app, "OpenAI").await;
    assert_eq!(ai.requests().len(), 1, "the arrows only walk");
    app.picture("choosing a provider");
    key(&app, Key::Enter).await;
    until_asked(&ai, "the chosen provider to be asked", |requests| {
        requests.len() == 2 && requests[1]["model"] == "second-model"
    })
    .await;
    app.until_page(
        "its versions",
        "return document.querySelector('section[data-style=formal].done')?.innerText
           .includes('second-model')",
    )
    .await;
    cards(&app).await;
    until_focused(&app, "Formal").await;

    // The offline polisher stands at the end of the choice.
    tab_to(&app, "Provider: OpenAI", true).await;
    key(&app, Key::Enter).await;
    key(&app, Key::End).await;
    until_focused(&app, "Offline").await;
    key(&app, Key::Enter).await;
    app.until_page(
        "the offline polisher's versions",
        "return document.querySelector('section[data-style=formal].done')?.innerText
           .includes('Offline polisher')",
    )
    .await;
    assert_eq!(ai.requests().len(), 2, "nobody was asked for that");
}

#[tokio::test]
async fn sentences_are_picked_from_the_versions() {
    let mut desk = Desk::new("picking_by_keys");
    two_providers(&mut desk);
    let app = begin(&desk).await;
    open_desk(&app).await;
    until_focused(&app, "Formal").await;
    app.press(&[], 'p').await;
    app.get("region", "Your mix").await;
    // The greeting of Formal, the rest one's own; then the whole column of Concise, and back.
    app.press(&[], '1').await;
    app.until_page(
        "the picked greeting",
        "return document.querySelector('[aria-label=\"Your mix\"] .text').innerText
           .includes('Dear Ana')",
    )
    .await;
    tab_to(&app, "Take all sentences: Concise", true).await;
    key(&app, Key::Enter).await;
    app.until_page(
        "all of Concise",
        "return document.querySelector('[aria-label=\"Your mix\"] .text').innerText.trim()
           .startsWith('Ana, can')",
    )
    .await;
    // Esc leads to the cards and keeps what was picked.
    key(&app, Key::Escape).await;
    app.until_gone("region", "Your mix").await;
    until_focused(&app, "Formal").await;
    app.press(&[], 'p').await;
    app.get("region", "Your mix").await;
    app.until_page(
        "what was picked before",
        "return document.querySelector('[aria-label=\"Your mix\"] .text').innerText.trim()
           .startsWith('Ana, can')",
    )
    .await;
    key(&app, Key::Enter).await;
    app.until_gone("region", "Polished versions").await;
    let taken = "Ana, can't make 10 March at 14:00. Please send the notes from first-model.";
    until_message(&app, taken).await;
    app.press(&[Key::Control], 'z').await;
    until_message(&app, ROUGH).await;
}

#[tokio::test]
async fn a_selection_alone_is_polished_and_an_empty_one_means_all_of_the_text() {
    let mut desk = Desk::new("selecting_by_keys");
    let part = four_styles(
        "Could you please send me the notes? Thank you.",
        "Could you send me the notes? Thanks!",
        "Could you please be so kind as to send me the notes? Thank you very much.",
        "Please send me the notes. Thanks.",
    );
    let fixture = json!({ "match": { "userMessage": "notes" }, "response": { "content": part } });
    let ai = Ai::start(&mut desk, &json!([fixture]));
    let app = begin(&desk).await;
    let select = async |letters: usize| {
        app.press(&[Key::Control], char::from(Key::End)).await;
        for _ in 0..letters {
            app.press(&[Key::Shift], char::from(Key::Left)).await;
        }
    };
    let asked = || {
        ai.requests()
            .last()
            .map(Value::to_string)
            .unwrap_or_default()
    };

    // An empty selection is none: all of the text goes out, without a word about it.
    select(0).await;
    open_desk(&app).await;
    assert!(asked().contains("14:00"), "{}", asked());
    assert!(!app.shows("radio", "Whole text").await);
    key(&app, Key::Escape).await;
    app.until_gone("region", "Polished versions").await;

    // Three letters are too few to be polished alone, which is said.
    select(3).await;
    app.press(&[Key::Control], 'j').await;
    cards(&app).await;
    app.until_page(
        "what became of the selection",
        "return document.querySelector('.desk').innerText.includes('selection is too short')",
    )
    .await;
    assert!(asked().contains("14:00"), "{}", asked());
    key(&app, Key::Escape).await;
    app.until_gone("region", "Polished versions").await;

    // The last two sentences alone; the rest stays, and one undo brings them back.
    let sentences = "could you send me the notes? thx";
    select(sentences.len()).await;
    open_desk(&app).await;
    until_focused(&app, "Formal").await;
    assert!(
        asked().contains(sentences) && !asked().contains("14:00"),
        "only what is selected is sent: {}",
        asked()
    );
    app.press(&[], '4').await;
    until_focused(&app, "Concise").await;
    key(&app, Key::Enter).await;
    app.until_gone("region", "Polished versions").await;
    let taken = ROUGH.replace(sentences, "Please send me the notes. Thanks.");
    until_message(&app, &taken).await;
    app.press(&[Key::Control], 'z').await;
    until_message(&app, ROUGH).await;
    app.until_saved().await;

    // All of it after all: the arrows move the choice.
    select(sentences.len()).await;
    open_desk(&app).await;
    tab_to(&app, "Selection", true).await;
    key(&app, Key::Right).await;
    app.until_page(
        "all of the text, which was polished before",
        "return document.querySelector('input[value=all]').checked &&
           document.querySelector('.desk > footer').innerText.includes('last hour')",
    )
    .await;
    cards(&app).await;
}
