//! Facts that a polish changed, from the card to the mail: who takes such a text to put it right by
//! hand is asked again before it is sent.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{
    App, Desk,
    counterparts::{Ai, four_styles},
    wait::until,
};

const ROUGH: &str = "hi ana, can we meet on 10 March at 14:00? it takes 30 minutes.";

fn answer() -> String {
    four_styles(
        "Dear Ana,\n\nCould we meet on 10 March at 16:00? It takes 30 minutes.",
        "Hi Ana,\n\ncan we meet on 10 March at 14:00? It takes 30 minutes.",
        "Dear Ana,\n\nCould we perhaps meet on 10 March at 14:00? It takes 45 minutes.",
        "Ana, 10 March at 14:00? It takes 30 minutes.",
    )
}

async fn message(app: &App) -> String {
    let text = app.text("Message").await;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn open_desk(app: &App) {
    app.press(&[Key::Control], 'j').await;
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        let card = app.get("region", name).await;
        app.get_ready_in(&card, "button", "Use this version").await;
    }
}

/// What sending the only draft would ask about.
async fn questions(app: &App) -> Value {
    let drafts = app.call("list_drafts", json!(null)).await.unwrap();
    let id = &drafts["items"][0]["id"];
    let draft = json!({ "draftId": id });
    app.call("check_send", draft).await.unwrap()
}

async fn begin(name: &str) -> (Desk, App) {
    let mut desk = Desk::new(name);
    let fixture = json!({ "match": { "userMessage": "can we meet" },
                          "response": { "content": answer() }, "chunkSize": 64, "latency": 2 });
    Ai::start(&mut desk, &json!([fixture]));
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("add_practice_account", json!(null)).await.unwrap();
    app.write("To", "Ana Costa <ana@example.org>,").await;
    app.write("Subject", "A meeting").await;
    app.write("Message", ROUGH).await;
    app.until_saved().await;
    (desk, app)
}

#[tokio::test]
async fn a_changed_fact_is_asked_about_before_the_mail_leaves_until_it_is_put_right() {
    let (desk, app) = begin("a_changed_fact_is_asked_about").await;
    open_desk(&app).await;
    let formal = app.get("region", "Formal").await;
    app.click_in(&formal, "button", "Use this version").await;
    app.get("dialog", "1 fact differs from your text").await;
    app.pictures("the choice").await;
    app.click("button", "Use it, remind me").await;
    app.until_gone("region", "Formal").await;
    assert!(message(&app).await.contains("16:00"));
    app.until_saved().await;
    app.kill().await;

    let app = desk.start().await;
    app.until_page(
        "the draft as it was",
        "return document.querySelector('[aria-label=Message]')?.innerText.includes('16:00')",
    )
    .await;
    app.click("textbox", "Message").await;
    app.press(&[Key::Control], char::from(Key::Enter)).await;
    let dialog = app.get("dialog", "Send it like this?").await;
    let asked = dialog.text().await.unwrap();
    assert!(asked.contains("“14:00” became “16:00”"), "{asked}");
    app.pictures("asked before sending").await;
    app.press(&[], '1').await;
    until("the changed time to be selected", async || {
        let text = app.run("return String(getSelection())", vec![]).await;
        (text == "16:00").then_some(())
    })
    .await;
    for letter in "14:00".chars() {
        app.press(&[], letter).await;
    }
    app.until_saved().await;
    assert_eq!(questions(&app).await, json!([]), "it is right again");
    // Taking that back brings the question back, too.
    app.press(&[Key::Control], 'z').await;
    until("the question once more", async || {
        let asked = questions(&app).await;
        (asked[0]["kind"] == "unconfirmed_facts").then_some(())
    })
    .await;
    app.press(&[Key::Control, Key::Shift], 'z').await;
    until("no question", async || {
        (questions(&app).await == json!([])).then_some(())
    })
    .await;
    app.press(&[Key::Control], char::from(Key::Enter)).await;
    until("the mail in the outbox", async || {
        let mails = app.call("list_outbox", json!(null)).await.ok()?;
        mails.get(0).map(|_| ())
    })
    .await;
}

#[tokio::test]
async fn what_was_said_to_be_right_is_not_asked_about_again() {
    let (_desk, app) = begin("what_was_said_to_be_right").await;
    open_desk(&app).await;
    // A mix of sentences asks as a whole version does, and remembers as it does.
    app.press(&[], 'p').await;
    app.get("region", "Your mix").await;
    app.press(&[], char::from(Key::End)).await;
    app.press(&[], '3').await;
    app.until_page(
        "the picked sentence",
        "return document.querySelector('[aria-label=\"Your mix\"] .text').innerText.includes('45')",
    )
    .await;
    app.press(&[], char::from(Key::Enter)).await;
    app.get("dialog", "1 fact differs from your text").await;
    app.click("button", "Use it, remind me").await;
    app.until_gone("region", "Your mix").await;
    app.until_saved().await;
    until("the mix to be asked about", async || {
        let asked = questions(&app).await;
        let message = asked[0]["message"].as_str()?;
        (message.contains("30 minutes") && message.contains("45 minutes")).then_some(())
    })
    .await;

    // Taken back, taken once more, and said to be right.
    app.click("textbox", "Message").await;
    app.press(&[Key::Control], 'z').await;
    until("the text as it was", async || {
        (message(&app).await == ROUGH).then_some(())
    })
    .await;
    app.until_saved().await;
    assert_eq!(questions(&app).await, json!([]), "nothing is changed now");
    open_desk(&app).await;
    let card = app.get("region", "Elaborate").await;
    app.click_in(&card, "button", "Use this version").await;
    app.click("button", "Use it anyway").await;
    app.until_gone("region", "Elaborate").await;
    assert!(message(&app).await.contains("45 minutes"));
    app.until_saved().await;
    assert_eq!(questions(&app).await, json!([]), "it was confirmed");
}
