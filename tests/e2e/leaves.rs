//! What leaves this machine: it is shown before it goes, goes only when it is sent, and has nothing
//! in it that the user keeps private.
//!
//! Somebody stands between Draftwell and each provider and writes down every byte.

use fantoccini::{Locator, elements::Element, key::Key};
use serde_json::{Value, json};

use crate::support::{
    App, Desk,
    counterparts::{Ai, four_styles},
    middle::Middle,
    wait::until,
};

const PANEL: &str = "What leaves this machine";
const ROUGH: &str =
    "hi ana, i cant make it on 10 March at 14:00. could you send me the kumquat notes?";

fn answer() -> String {
    four_styles(
        "Dear Ana, I cannot make it on 10 March at 14:00. Could you please send me the kumquat notes?",
        "Hi Ana, I can't make it on 10 March at 14:00. Could you send me the kumquat notes?",
        "Dear Ana, unfortunately I cannot make it on 10 March at 14:00. Could you please send me \
         the kumquat notes?",
        "Hi Ana, can't make it on 10 March at 14:00. Please send the kumquat notes.",
    )
}

/// What an element of the page says, by a selector.
async fn said(app: &App, selector: &str) -> String {
    let script = format!("return document.querySelector('{selector}')?.textContent");
    let text = app.until_page(selector, &script).await;
    text.as_str().unwrap_or_default().to_owned()
}

/// The panel with what would be sent in it.
async fn panel(app: &App) -> Element {
    let panel = app.get("dialog", PANEL).await;
    said(app, "dialog section[aria-label^=\"Your text\"]").await;
    panel
}

/// The bodies a provider got, oldest first; what only asks for lists has none.
fn bodies(wire: &Middle) -> Vec<String> {
    let whole = wire.heard();
    let bodies = whole.iter().filter_map(|request| {
        let text = String::from_utf8_lossy(request).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        head.starts_with("POST ").then(|| body.to_owned())
    });
    bodies.collect()
}

async fn cards(app: &App) {
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        let card = app.get("region", name).await;
        app.get_ready_in(&card, "button", "Use this version").await;
    }
}

#[tokio::test]
async fn what_leaves_is_shown_first_and_goes_only_when_it_is_sent() {
    let mut desk = Desk::new("what_leaves_is_shown_first");
    let ai = Ai::start(
        &mut desk,
        &json!([{ "match": { "userMessage": "kumquat" }, "response": { "content": answer() } }]),
    );
    let wire = Middle::before(&ai.base());
    desk.set(
        "DRAFTWELL_OPENROUTER_BASE_URL",
        format!("{}/api/v1", wire.base()),
    );
    // Whoever sets a provider up by the environment is not asked the first time; this key is entered.
    desk.set("DRAFTWELL_OPENROUTER_API_KEY", "");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let key = json!({ "provider": "openrouter", "key": "key-of-the-tests" });
    app.call("set_api_key", key).await.unwrap();
    app.write("Message", ROUGH).await;
    app.until_saved().await;

    // Shown, and not sent.
    app.press(&[Key::Control], 'j').await;
    panel(&app).await;
    let shown = said(&app, "dialog section[aria-label^=\"Your text\"]").await;
    assert!(shown.contains(ROUGH), "the text can be read: {shown}");
    let host = wire.base().replace("http://", "");
    let who = said(&app, "dialog fieldset").await;
    assert!(who.contains("OpenRouter") && who.contains(&host), "{who}");
    app.picture("asked");
    let focused = app
        .run("return document.activeElement.textContent.trim()", vec![])
        .await;
    assert_eq!(focused, "Send this", "Enter sends what was looked at");
    app.click("button", "Don’t send").await;
    app.until_gone("dialog", PANEL).await;
    app.get("button", "Look again").await;
    app.picture("not sent");
    assert_eq!(bodies(&wire), [""; 0], "it was not to be sent");

    // Shown again with all of its bytes, and sent as it was shown.
    app.click("button", "Look again").await;
    panel(&app).await;
    app.run(
        "document.querySelectorAll('dialog details').forEach((part) => (part.open = true))",
        vec![],
    )
    .await;
    let whole = said(&app, "dialog pre").await;
    let headers = said(&app, "dialog ul[aria-label=Headers]").await;
    assert!(
        headers.contains("authorization: Bearer •") && !headers.contains("key-of-the-tests"),
        "the key is not shown: {headers}"
    );
    app.picture("all bytes");
    assert_eq!(bodies(&wire), [""; 0], "looking sends nothing");
    app.press(&[], char::from(Key::Enter)).await;
    cards(&app).await;
    assert_eq!(
        bodies(&wire),
        [whole],
        "what was sent is what was shown, byte for byte"
    );

    // The second time it goes at once, and can be looked at afterwards.
    app.click("button", "Polish again").await;
    until("the second request", async || {
        (bodies(&wire).len() == 2).then_some(())
    })
    .await;
    cards(&app).await;
    app.press(&[], char::from(Key::Escape)).await;
    app.until_gone("region", "Formal").await;
    app.press(&[Key::Control], 'j').await;
    cards(&app).await;
    app.press(&[], 'l').await;
    panel(&app).await;
    app.click("radio", "Last polish").await;
    let last = said(&app, "dialog .side > p").await;
    assert_eq!(
        last, "Nothing left this machine for the last polish.",
        "it was answered from the last hour's"
    );
    app.picture("looked at afterwards");
    app.leave_dialog().await;

    // Every time: what is the same as before is asked about, too.
    app.call("update_settings", json!({ "askBefore": "always" }))
        .await
        .unwrap();
    app.click("button", "Polish again").await;
    panel(&app).await;
    assert_eq!(bodies(&wire).len(), 2, "it is asked about first");
    app.press(&[], char::from(Key::Escape)).await;
    app.get("button", "Look again").await;
    app.press(&[], char::from(Key::Escape)).await;

    // Never.
    app.call("update_settings", json!({ "askBefore": "never" }))
        .await
        .unwrap();
    app.press(&[Key::Control], 'j').await;
    cards(&app).await;
    app.click("button", "Polish again").await;
    until("the third request", async || {
        (bodies(&wire).len() == 3).then_some(())
    })
    .await;
    cards(&app).await;
    app.press(&[], 'l').await;
    panel(&app).await;
    app.click("radio", "Last polish").await;
    let last = said(&app, "dialog .side > p").await;
    assert_eq!(last, "1 request left this machine for the last polish.");
    let body = said(&app, "dialog pre").await;
    assert_eq!(bodies(&wire)[2], body, "what was sent is kept as it was");
}

#[tokio::test]
async fn another_window_or_program_can_not_send_what_was_not_shown() {
    let mut desk = Desk::new("another_window_can_not_send");
    let ai = Ai::start(
        &mut desk,
        &json!([{ "match": { "userMessage": "kumquat" }, "response": { "content": answer() } }]),
    );
    let wire = Middle::before(&ai.base());
    desk.set(
        "DRAFTWELL_OPENROUTER_BASE_URL",
        format!("{}/api/v1", wire.base()),
    );
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("update_settings", json!({ "askBefore": "always" }))
        .await
        .unwrap();
    let save = |text: &str| {
        json!({ "body": { "type": "doc", "content": [{ "type": "paragraph",
            "content": [{ "type": "text", "text": text }] }] } })
    };
    let draft = app.call("save_draft", save(ROUGH)).await.unwrap();
    let id = draft["id"].clone();
    let refused = |error: &Value| {
        assert_eq!(
            (&error["code"], &error["field"]),
            (&json!("VALIDATION_ERROR"), &json!("approved")),
            "{error}"
        );
    };
    let error = app
        .call("polish_draft", json!({ "draftId": id }))
        .await
        .unwrap_err();
    refused(&error);
    let preview = app
        .call("preview_polish", json!({ "draftId": id }))
        .await
        .unwrap();
    let names = preview["approvals"].clone();

    // The text was changed after it was looked at.
    let mut other = save("the kumquat is a secret that nobody was to see");
    other["id"] = id.clone();
    other["baseRevision"] = draft["revision"].clone();
    app.call("save_draft", other).await.unwrap();
    let asked = json!({ "draftId": id, "approved": names });
    let error = app.call("polish_draft", asked.clone()).await.unwrap_err();
    refused(&error);
    assert_eq!(bodies(&wire), [""; 0], "nothing was sent");

    // So was what is replaced in it.
    let preview = app
        .call("preview_polish", json!({ "draftId": id }))
        .await
        .unwrap();
    let names = preview["approvals"].clone();
    let asked = json!({ "draftId": id, "approved": names, "requestId": "mine" });
    app.call("polish_draft", asked).await.unwrap();
    assert_eq!(bodies(&wire).len(), 1);
    let sent = app
        .call("sent_polish", json!({ "requestId": "mine" }))
        .await
        .unwrap();
    assert_eq!(
        sent["requests"][0]["body"].as_str(),
        Some(bodies(&wire)[0].as_str())
    );
}

#[tokio::test]
async fn the_panel_fits_a_small_window_and_is_set_in_the_settings() {
    let mut desk = Desk::new("the_panel_fits_a_small_window");
    Ai::start(
        &mut desk,
        &json!([{ "match": { "userMessage": "kumquat" }, "response": { "content": answer() } }]),
    );
    let app = desk.start().await;
    app.write("Message", ROUGH).await;
    app.until_saved().await;

    // Set in the settings, by what they are called.
    app.click("button", "Settings").await;
    app.click("tab", "Polish").await;
    app.click("radio", "Every time").await;
    app.run(
        "document.querySelector('[aria-label=\"What leaves this machine\"]').scrollIntoView()",
        vec![],
    )
    .await;
    let switch = "[role=switch][aria-label=\"Replace private things by placeholders\"]";
    let switch = app.client().find(Locator::Css(switch)).await.unwrap();
    switch.click().await.unwrap();
    app.get("checkbox", "Links").await;
    app.picture("settings");
    let stored = until("the settings to be kept", async || {
        let settings = app.call("get_settings", json!(null)).await.ok()?;
        let preferences = settings["preferences"].clone();
        (preferences["redact"] == true && preferences["askBefore"] == "always")
            .then_some(preferences)
    })
    .await;
    assert_eq!(stored["redaction"]["links"], true, "all kinds, at first");
    app.leave_dialog().await;

    app.call(
        "update_settings",
        json!({ "theme": "dark", "redact": false }),
    )
    .await
    .unwrap();
    app.until_page(
        "the dark colours",
        "return document.documentElement.dataset.theme === 'dark'",
    )
    .await;
    app.press(&[Key::Control], 'j').await;
    panel(&app).await;
    app.picture("dark");
    app.client().set_window_size(420, 640).await.unwrap();
    app.until_page(
        "the text first, and the rest below it",
        "const [side, main] = ['side', 'main'].map((name) =>
           document.querySelector(`dialog .${name}`).getBoundingClientRect());
         return innerWidth < 500 && side.top >= main.bottom - 1;",
    )
    .await;
    let overflow = app
        .run(
            "const dialog = document.querySelector('dialog');
             return [document.documentElement, dialog, dialog.querySelector('.sheet')]
               .some((part) => part.scrollWidth > part.clientWidth + 1)",
            vec![],
        )
        .await;
    assert_eq!(overflow, false, "nothing scrolls sideways");
    app.picture("narrow");
    app.click("button", "Send this").await;
    cards(&app).await;
}

const PRIVATE: &str = "Dear Anna Weber, this is about the kumquat. Call me at +49 30 1234567 or \
    write to bob.miller@example.org. I live at 12 Baker Street. The account is \
    DE89 3704 0044 0532 0130 00, the card 4111 1111 1111 1111, the customer number 88001234567. \
    The plan is at https://plans.example.net/rutabaga?x=1 as before. Anna knows.";

/// What of it must not leave, as letters and digits without what stands between them.
const SECRETS: [&str; 13] = [
    "anna",
    "weber",
    "1234567",
    "bobmiller",
    "exampleorg",
    "bakerstreet",
    "de893704",
    "37040044",
    "41111111",
    "11111111",
    "88001234567",
    "plansexample",
    "rutabaga",
];

const REPLACED: [(&str, &str); 9] = [
    ("[NAME_1]", "Anna Weber"),
    ("[PHONE_1]", "+49 30 1234567"),
    ("[EMAIL_1]", "bob.miller@example.org"),
    ("[ADDRESS_1]", "12 Baker Street"),
    ("[ACCOUNT_1]", "DE89 3704 0044 0532 0130 00"),
    ("[CARD_1]", "4111 1111 1111 1111"),
    ("[NUMBER_1]", "88001234567"),
    ("[LINK_1]", "https://plans.example.net/rutabaga?x=1"),
    ("[NAME_2]", "Anna"),
];

/// A version with all placeholders in it.
fn whole(opening: &str) -> String {
    let all: Vec<&str> = REPLACED
        .iter()
        .map(|(placeholder, _)| *placeholder)
        .collect();
    format!("{opening} about the kumquat: {}.", all.join(", "))
}

fn letters_and_digits(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

const PROVIDERS: [(&str, &str); 5] = [
    ("openrouter", "/api/v1"),
    ("gemini", "/v1beta"),
    ("openai", "/v1"),
    ("anthropic", "/v1"),
    ("local", "/v1"),
];

#[tokio::test]
async fn what_is_private_is_in_no_byte_that_any_provider_gets_and_comes_back_on_the_cards() {
    let mut desk = Desk::new("what_is_private_is_in_no_byte");
    let fixtures: Vec<Value> = PROVIDERS
        .iter()
        .map(|(id, _)| {
            let answer = four_styles(
                &whole(&format!("Formal words by {id}")),
                &whole(&format!("Casual words by {id}")),
                &whole(&format!("Elaborate words by {id}")),
                &whole(&format!("Concise words by {id}")),
            );
            json!({ "match": { "userMessage": "kumquat", "model": format!("{id}-model") },
                "response": { "content": answer }, "chunkSize": 7 })
        })
        .collect();
    let ai = Ai::start(&mut desk, &json!(fixtures));
    let wires = PROVIDERS.map(|(id, path)| {
        let wire = Middle::before(&ai.base());
        let name = id.to_uppercase();
        desk.set(
            &format!("DRAFTWELL_{name}_BASE_URL"),
            format!("{}{path}", wire.base()),
        );
        desk.set(&format!("DRAFTWELL_{name}_API_KEY"), "key-of-the-tests");
        wire
    });
    let app = desk.start().await;
    app.write("Message", PRIVATE).await;
    app.until_saved().await;
    let models: serde_json::Map<String, Value> = PROVIDERS
        .iter()
        .map(|(id, _)| ((*id).to_owned(), json!(format!("{id}-model"))))
        .collect();

    for (at, (id, _)) in PROVIDERS.iter().enumerate() {
        app.call(
            "update_settings",
            json!({ "providerOrder": [id], "models": models, "redact": true }),
        )
        .await
        .unwrap();
        app.press(&[Key::Control], 'j').await;
        cards(&app).await;
        for name in ["Formal", "Casual", "Elaborate", "Concise"] {
            let card = app.get("region", name).await.text().await.unwrap();
            assert!(card.contains(&format!("words by {id}")), "{id}: {card}");
            for (_, text) in REPLACED {
                assert!(card.contains(text), "{id}, {name}: {text} of {card}");
            }
            assert!(!card.contains("_1]"), "{id}, {name}: {card}");
        }
        if at == 0 {
            app.press(&[], 'l').await;
            panel(&app).await;
            let listed = said(&app, "dialog dl").await;
            for (placeholder, text) in REPLACED {
                assert!(
                    listed.contains(placeholder) && listed.contains(text),
                    "{placeholder} {text}: {listed}"
                );
            }
            app.picture("placeholders");
            app.leave_dialog().await;
        }
        app.press(&[], char::from(Key::Escape)).await;
        app.until_gone("region", "Formal").await;
    }

    for ((id, _), wire) in PROVIDERS.iter().zip(&wires) {
        let sent = bodies(wire);
        assert_eq!(sent.len(), 1, "{id}");
        for (placeholder, _) in REPLACED {
            assert!(
                sent[0].contains(placeholder),
                "{id}: {placeholder}: {sent:?}"
            );
        }
        // Every byte of everything it got, heads included.
        for request in wire.heard() {
            let heard = letters_and_digits(&request);
            for secret in SECRETS {
                assert!(!heard.contains(secret), "{id} got {secret}: {heard}");
            }
        }
    }
}

#[tokio::test]
async fn a_version_that_lost_or_changed_a_placeholder_is_refused_alone() {
    let mut desk = Desk::new("a_version_that_lost_a_placeholder");
    let answer = four_styles(
        &whole("Formal words"),
        &whole("Casual words").replace("[PHONE_1], ", ""),
        &whole("Elaborate words").replace("[CARD_1]", "[CARD_1] and [CARD_1]"),
        &whole("Concise words").replace("[LINK_1]", "[LINK_7]"),
    );
    Ai::start(
        &mut desk,
        &json!([{ "match": { "userMessage": "kumquat" }, "response": { "content": answer } }]),
    );
    let app = desk.start().await;
    app.write("Message", PRIVATE).await;
    app.until_saved().await;
    app.call("update_settings", json!({ "redact": true }))
        .await
        .unwrap();
    app.press(&[Key::Control], 'j').await;
    let formal = app.get("region", "Formal").await;
    app.get_ready_in(&formal, "button", "Use this version")
        .await;
    for (name, why) in [
        ("Casual", "left out [PHONE_1]"),
        ("Elaborate", "wrote [CARD_1] more often"),
        ("Concise", "wrote [LINK_7], which stands for nothing"),
    ] {
        let card = app.get("region", name).await;
        until(&format!("{name} to say why it can't be used"), async || {
            let text = card.text().await.ok()?;
            (text.contains("can't be used") && text.contains(why)).then_some(())
        })
        .await;
        let within = app.all_in(&card, "button", "Use this version").await;
        assert_eq!(within.len(), 1, "{name}");
        assert!(
            !within[0].is_enabled().await.unwrap(),
            "{name} can't be taken"
        );
    }
    app.picture("refused");
    app.click_in(&formal, "button", "Use this version").await;
    app.until_gone("region", "Formal").await;
    let text = app.text("Message").await;
    for (_, original) in REPLACED {
        assert!(text.contains(original), "{original}: {text}");
    }
}
