//! The main job, from the first letter to the mail in somebody's mailbox.
//!
//! Nothing of it is ours but the program: Google's emulator signs in and stores the mail, aimock
//! plays the AI provider, and Python's `email` reads what arrived.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{
    App, Desk,
    counterparts::{Ai, Google, four_styles},
    wait::until,
};

const ROUGH: &str = "hallo Zoë, die Zahlen für März sind da 🎉 bitte schau sie dir an, den Plan \
                     findest du unter https://example.com/plan?a=1&b=ä und sag Bescheid";

/// What the provider answers as the concise version, in Markdown.
const CONCISE: &str = "Liebe Zoë,\n\ndie **Zahlen für März** sind da 🎉:\n\n\
                       - Umsatz: 1.200 €\n- Kosten: 800 €\n\n\
                       Mehr steht im [Plan für März](https://example.com/plan?a=1&b=%C3%A4).";

#[tokio::test]
async fn type_polish_sign_connect_send() {
    let mut desk = Desk::new("type_polish_sign_connect_send");
    let google = Google::start(&mut desk);
    let answer = four_styles(
        "Sehr geehrte Frau Weiß, die Zahlen für März liegen vor.",
        "Hey Zoë, die März-Zahlen sind da!",
        "Liebe Zoë, die Zahlen für März liegen nun endlich vor, und ich freue mich darüber.",
        CONCISE,
    );
    let ai = Ai::start(
        &mut desk,
        &json!([{ "match": { "userMessage": "die Zahlen" }, "response": { "content": answer } }]),
    );
    let app = desk.start().await;

    // Write.
    app.write("To", "Zoë Weiß <zoe@example.org>, bob@example.com,")
        .await;
    app.click("textbox", "Bcc").await;
    app.write("Bcc", "chef@example.net,").await;
    app.write("Subject", "Zahlen für März: Größe zählt 🚀")
        .await;
    app.write("Message", ROUGH).await;
    app.until_saved().await;

    // Polish, and take Concise.
    app.click("button", "Polish").await;
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        let card = app.get("region", name).await;
        app.get_ready_in(&card, "button", "Use this version").await;
    }
    let card = app.get("region", "Concise").await;
    app.click_in(&card, "button", "Use this version").await;
    // It states amounts the draft did not, and says so.
    let question = app.get("dialog", "2 facts differ from your text").await;
    until("the question to name them", async || {
        let named = question.text().await.ok()?;
        (named.contains("1.200 €") && named.contains("800 €")).then_some(())
    })
    .await;
    app.click("button", "Use it anyway").await;
    app.until_gone("region", "Concise").await;
    let text = app.text("Message").await;
    assert!(text.contains("die Zahlen für März sind da 🎉:"), "{text}");
    assert!(
        !text.contains("hallo Zoë"),
        "the rough text is still there: {text}"
    );

    let asked = ai.requests();
    assert_eq!(asked.len(), 1, "one call writes all four: {asked:?}");
    let asked = asked[0].to_string();
    assert!(
        !asked.contains("chef@example.net"),
        "recipients were sent along: {asked}"
    );

    // Sign.
    sign(&app).await;

    // Connect.
    app.click("button", "Connect Gmail").await;
    until("the account", async || {
        let accounts = app.call("list_accounts", json!(null)).await.ok()?;
        (accounts[0]["email"] == "ada@example.com").then_some(())
    })
    .await;
    app.call("update_settings", json!({ "undoSeconds": 2 }))
        .await
        .unwrap();
    app.leave_dialog().await;

    // Send, and let the time for Undo pass.
    app.until_saved().await;
    let before = google.mailbox(&desk);
    assert_eq!(before["sent"], json!([]), "something was sent too early");
    app.click("button", "Send").await;
    app.get("button", "Undo").await;
    let mail = until("the mail in Sent", async || {
        let mailbox = google.mailbox(&desk);
        mailbox["sent"].get(0).cloned()
    })
    .await;
    compare(&mail);
    assert_eq!(
        google.mailbox(&desk)["drafts"],
        0,
        "a draft was left behind"
    );

    // Here, too, it is settled: in the history, and no longer among the drafts.
    let history = until("the entry in the history", async || {
        let page = app.call("list_history", json!(null)).await.ok()?;
        (page["items"].as_array()?.len() == 1).then_some(page)
    })
    .await;
    assert_eq!(
        history["items"][0]["subject"],
        "Zahlen für März: Größe zählt 🚀"
    );
    assert_eq!(
        app.call("list_outbox", json!(null)).await.unwrap(),
        json!([])
    );
    let drafts = app.call("list_drafts", json!(null)).await.unwrap();
    assert_eq!(drafts["items"], json!([]), "the draft is still open");
    app.picture("sent");
}

/// Makes a signature in the settings and puts it under the draft.
async fn sign(app: &App) {
    app.click("button", "Settings").await;
    app.click("tab", "Signatures").await;
    app.click("button", "New signature").await;
    app.rewrite("Name", "Büro").await;
    app.click("textbox", "Text of the signature").await;
    app.press(&[Key::Control], 'b').await;
    app.write("Text of the signature", "Ada Lovelace").await;
    app.press(&[Key::Control], 'b').await;
    app.press(&[Key::Shift], char::from(Key::Enter)).await;
    app.write("Text of the signature", "Straße 7, 50667 Köln")
        .await;
    app.click("button", "Save signature").await;
    app.until_gone("dialog", "New signature").await;
    app.leave_dialog().await;
    app.click("button", "Signature: *").await;
    app.click("menuitem", "Büro*").await;
    app.get("button", "Signature: Büro").await;
}

/// What arrived is what was written.
fn compare(mail: &Value) {
    let addresses = |list: &Value| -> Vec<(String, String)> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|pair| {
                (
                    pair[0].as_str().unwrap().into(),
                    pair[1].as_str().unwrap().into(),
                )
            })
            .collect()
    };
    let named = |name: &str, address: &str| (name.to_owned(), address.to_owned());
    assert_eq!(mail["subject"], "Zahlen für März: Größe zählt 🚀");
    assert_eq!(addresses(&mail["from"])[0].1, "ada@example.com");
    assert_eq!(
        addresses(&mail["to"]),
        [
            named("Zoë Weiß", "zoe@example.org"),
            named("", "bob@example.com")
        ]
    );
    assert_eq!(addresses(&mail["cc"]), []);
    // Gmail takes recipients from the headers, so the blind copy has to be in one.
    assert_eq!(addresses(&mail["bcc"]), [named("", "chef@example.net")]);

    let seen = &mail["seen"];
    let text = seen["text"].as_str().unwrap();
    assert!(
        text.starts_with("Liebe Zoë, die Zahlen für März sind da 🎉:"),
        "{text}"
    );
    assert!(
        text.contains("Ada Lovelace") && text.contains("Straße 7, 50667 Köln"),
        "{text}"
    );
    assert_eq!(seen["items"], json!(["Umsatz: 1.200 €", "Kosten: 800 €"]));
    assert_eq!(
        seen["links"],
        json!([["https://example.com/plan?a=1&b=%C3%A4", "Plan für März"]])
    );
    assert!(
        seen["bold"]
            .as_array()
            .unwrap()
            .contains(&json!("Zahlen für März")),
        "{seen}"
    );

    let plain = mail["plain"].as_str().unwrap();
    for part in [
        "Liebe Zoë,",
        "Umsatz: 1.200 €",
        "https://example.com/plan?a=1&b=%C3%A4",
        "Straße 7, 50667 Köln",
        "🎉",
    ] {
        assert!(
            plain.contains(part),
            "the text part lacks {part:?}: {plain}"
        );
    }
    assert_eq!(mail["structure"][0], "multipart/alternative", "{mail}");
    assert_eq!(mail["defects"], json!([]));
    assert_eq!(mail["bareLineFeeds"], 0);
    assert!(mail["longestLine"].as_u64().unwrap() <= 998);
    assert_eq!(mail["attachments"], json!([]));
}

#[tokio::test]
async fn undo_brings_the_draft_back_and_nothing_is_sent() {
    let mut desk = Desk::new("undo_brings_the_draft_back");
    let google = Google::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    app.write("To", "bob@example.com,").await;
    app.write("Subject", "Too early").await;
    app.write("Message", "This one is not finished yet.").await;
    app.until_saved().await;
    app.click("button", "Send").await;
    app.click("button", "Undo").await;
    until("the draft to be open again", async || {
        let drafts = app.call("list_drafts", json!(null)).await.ok()?;
        (drafts["items"][0]["status"] == "draft").then_some(())
    })
    .await;
    app.write("Message", " Now it is.").await;
    app.until_saved().await;
    let text = app.text("Message").await;
    assert!(
        text.contains("Now it is."),
        "the draft can't be written on: {text}"
    );
    // The time it would have taken to leave is over.
    let waited = std::time::Instant::now();
    until("the undo time to pass", async || {
        (waited.elapsed().as_secs() >= 12).then_some(())
    })
    .await;
    assert_eq!(google.mailbox(&desk), json!({ "sent": [], "drafts": 0 }));
}
