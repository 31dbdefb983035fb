//! The edges of polishing: too little, too much, nothing of one's own, too often; and the small
//! window, all by keys.

use fantoccini::key::Key;
use serde_json::{Value, json};

use super::polish::pushed;
use crate::support::{
    App, Desk,
    counterparts::{Ai, four_styles},
    wait::until,
};

const ROUGH: &str = "hi ana, can we meet on 10 March at 14:00?";

async fn message(app: &App) -> String {
    let text = app.text("Message").await;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Opens the desk by its key and waits until it says why there is nothing.
async fn problem(app: &App) -> String {
    app.press(&[Key::Control], 'j').await;
    let text = app
        .until_page(
            "the reason why nothing is polished",
            "return document.querySelector('.problem')?.innerText",
        )
        .await;
    text.as_str().unwrap_or_default().to_owned()
}

async fn leave(app: &App) {
    app.press(&[], char::from(Key::Escape)).await;
    app.until_gone("region", "Polished versions").await;
}

async fn cards(app: &App) {
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        let card = app.get("region", name).await;
        app.get_ready_in(&card, "button", "Use this version").await;
    }
}

fn paragraph(text: &str) -> Value {
    json!({ "type": "paragraph", "content": [{ "type": "text", "text": text }] })
}

#[tokio::test]
async fn what_can_not_be_polished_says_why_and_what_to_do() {
    let desk = Desk::new("what_can_not_be_polished");
    let app = desk.start().await;
    app.write("Message", "too short").await;
    app.until_saved().await;
    let said = problem(&app).await;
    assert!(said.contains("at least 10 characters"), "{said}");
    app.pictures("too short").await;
    leave(&app).await;
    // The focus is in the text again: one letter more is enough.
    app.press(&[Key::Control], char::from(Key::End)).await;
    app.press(&[], '.').await;
    app.until_saved().await;
    app.press(&[Key::Control], 'j').await;
    cards(&app).await;
    leave(&app).await;
    assert_eq!(message(&app).await, "too short.");

    // Only mail of others; then too much, and by how much.
    let drafts = app.call("list_drafts", json!(null)).await.unwrap();
    let id = drafts["items"][0]["id"].clone();
    let save = async |content: Vec<Value>| {
        let body = json!({ "type": "doc", "content": content });
        let edit = json!({ "id": id, "body": body });
        // It says that the draft was changed elsewhere, which is so.
        let _ = app.call("save_draft", edit).await;
    };
    let quote =
        json!({ "type": "blockquote", "content": [paragraph("Are you coming on Friday?")] });
    save(vec![quote]).await;
    until("the quotation", async || {
        (message(&app).await == "Are you coming on Friday?").then_some(())
    })
    .await;
    let said = problem(&app).await;
    assert!(said.contains("only quoted mail"), "{said}");
    leave(&app).await;
    save(vec![
        paragraph(&"ä".repeat(4_000)),
        paragraph(&"b".repeat(1_500)),
    ])
    .await;
    until("the long text", async || {
        message(&app).await.ends_with("bbb").then_some(())
    })
    .await;
    let said = problem(&app).await;
    assert!(
        said.contains("502 too many"),
        "5,500 letters and an empty line between them: {said}"
    );
    app.pictures("too long").await;
    // Enter does what is offered first.
    app.until_page(
        "the offer to have the focus",
        "return document.activeElement?.innerText.trim() === 'Polish a selection'",
    )
    .await;
    app.press(&[], char::from(Key::Enter)).await;
    app.until_page(
        "a selection that can be polished",
        "return getSelection().toString().trim().length === 4000",
    )
    .await;
}

#[tokio::test]
async fn what_is_left_of_the_minute_is_shown_when_it_runs_low_and_then_it_waits() {
    let desk = Desk::new("what_is_left_of_the_minute");
    let app = desk.start().await;
    app.write("Message", ROUGH).await;
    app.until_saved().await;
    let drafts = app.call("list_drafts", json!(null)).await.unwrap();
    let id = &drafts["items"][0]["id"];
    for _ in 0..17 {
        app.call("polish_draft", json!({ "draftId": id, "fresh": true }))
            .await
            .unwrap();
    }
    app.press(&[Key::Control], 'j').await;
    cards(&app).await;
    let foot = "return document.querySelector('.desk > footer').innerText";
    let said = app.run(foot, vec![]).await;
    assert!(
        said.to_string().contains("2 more polishes this minute"),
        "{said}"
    );
    app.picture("low");
    for _ in 0..2 {
        app.call("polish_draft", json!({ "draftId": id, "fresh": true }))
            .await
            .unwrap();
    }
    app.click("button", "Polish again").await;
    app.get("button", "Try again in*").await;
    app.picture("none left");
    // Esc leads back to the versions that are there, and only then out.
    app.press(&[], char::from(Key::Escape)).await;
    cards(&app).await;
    leave(&app).await;
    assert_eq!(message(&app).await, ROUGH);
}

#[tokio::test]
async fn quick_compose_polishes_picks_and_shows_what_leaves_by_keys_alone() {
    let mut desk = Desk::new("quick_compose_polishes");
    let answer = four_styles(
        "Dear Ana,\n\nCould we meet on 10 March at 14:00?",
        "Hi Ana,\n\ncan we meet on 10 March at 14:00?",
        "Dear Ana,\n\nCould we perhaps meet on 10 March at 14:00?",
        "Ana, 10 March at 14:00?",
    );
    let fixture = json!({ "match": { "userMessage": "can we meet" },
                          "response": { "content": answer }, "chunkSize": 64, "latency": 2 });
    let ai = Ai::start(&mut desk, &json!([fixture]));
    let app = desk.start().await;
    app.write("Message", ROUGH).await;
    app.until_saved().await;
    let drafts = app.call("list_drafts", json!(null)).await.unwrap();
    let id = drafts["items"][0]["id"].clone();
    app.call("open_compose_window", json!({ "draftId": id }))
        .await
        .unwrap();
    app.turn_to("compose.html").await;
    until("the draft in the small window", async || {
        (message(&app).await == ROUGH).then_some(())
    })
    .await;
    app.click("textbox", "Message").await;
    app.press(&[Key::Control], 'j').await;
    cards(&app).await;
    app.picture("small");
    let wide = "return document.documentElement.scrollWidth > innerWidth";
    for (width, height) in [(420, 700), (420, 360), (620, 560)] {
        app.client().set_window_size(width, height).await.unwrap();
        let has_it = format!("return innerWidth === {width} && innerHeight === {height}");
        app.until_page("the size", &has_it).await;
        assert_eq!(app.run(wide, vec![]).await, false, "nothing is cut off");
        assert_eq!(pushed(&app).await, "", "at {width} by {height}");
        app.picture(&format!("small {width} {height}"));
    }

    // What leaves: the keys go through it in the order in which it stands there.
    app.press(&[], 'l').await;
    app.get("dialog", "What leaves this machine").await;
    let tops = app
        .until_page(
            "the request and who gets it",
            "const dialog = document.querySelector('dialog[open]');
             const stops = [...dialog.querySelectorAll('[role=region], input[type=radio]')];
             return stops.length > 1 && stops.map((one) => one.getBoundingClientRect().top);",
        )
        .await;
    let tops: Vec<f64> = tops
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    assert!(tops.is_sorted(), "Tab goes up and down: {tops:?}");
    app.picture("what leaves");
    app.press(&[], char::from(Key::Escape)).await;
    app.until_gone("dialog", "What leaves this machine").await;

    // A sentence of one version, then Enter.
    app.press(&[], '2').await;
    app.press(&[], 'p').await;
    app.get("region", "Your mix").await;
    app.press(&[], char::from(Key::End)).await;
    app.press(&[], '1').await;
    app.until_page(
        "the formal sentence in the mix",
        "return document.querySelector('[aria-label=\"Your mix\"] .text').innerText
           .includes('Could we meet')",
    )
    .await;
    app.picture("small picking");
    app.press(&[], char::from(Key::Enter)).await;
    app.until_gone("region", "Your mix").await;
    assert!(message(&app).await.contains("Could we meet on 10 March"));
    app.until_saved().await;

    // One undo, and it can be polished again, in words of one's own.
    app.press(&[Key::Control], 'z').await;
    until("one undo to bring it back", async || {
        (message(&app).await == ROUGH).then_some(())
    })
    .await;
    app.until_saved().await;
    app.press(&[Key::Control], 'j').await;
    cards(&app).await;
    app.write("What should change", "say that I can't on Friday")
        .await;
    app.press(&[], char::from(Key::Enter)).await;
    until("the second request", async || {
        let asked = ai.requests();
        let last = asked.last()?.to_string();
        last.contains("say that I can't on Friday").then_some(())
    })
    .await;
    cards(&app).await;
}
