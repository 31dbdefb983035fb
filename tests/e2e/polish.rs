//! The desk of polished versions: it fills while the answer streams, shows what differs, and gives
//! whole versions, single sentences, or a part of the text.

use fantoccini::{elements::Element, key::Key};
use serde_json::{Value, json};

use crate::support::{
    App, Desk,
    counterparts::{Ai, four_styles},
    wait::until,
};

const ROUGH: &str = "hi ana, i cant make it on 10 March at 14:00. the train is late. \
                     could you send me the notes? thx";

fn answer() -> String {
    four_styles(
        "Dear Ana,\n\nI am afraid I cannot make it on 10 March at 16:00. The train is late. \
         Could you please send me the notes?\n\nThank you",
        "Hi Ana,\n\nI can't make it on 10 March at 14:00. The train's late. \
         Could you send me the notes?\n\nThanks!",
        "Dear Ana,\n\nunfortunately I cannot make it on 10 March at 14:00. As it happens, the \
         train is late. Could you please send me the notes afterwards? They are at \
         [our wiki](https://wiki.example.net/notes).\n\nThank you very much",
        "Hi Ana, I can't make it on 10 March at 14:00. The train is late. Please send me the notes.",
    )
}

/// An answer that arrives in so many bytes every so many milliseconds.
fn streamed(user: &str, answer: &str, bytes: u32, every: u32) -> Value {
    json!({ "match": { "userMessage": user }, "response": { "content": answer },
            "chunkSize": bytes, "latency": every })
}

async fn ready(app: &App, name: &str) -> Element {
    let card = app.get("region", name).await;
    app.get_ready_in(&card, "button", "Use this version").await;
    card
}

async fn open_desk(app: &App) {
    app.press(&[Key::Control], 'j').await;
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        ready(app, name).await;
    }
}

async fn open_draft(app: &App, subject: &str) {
    app.until_page(
        &format!("the draft {subject:?} in the list"),
        &format!(
            "const rows = [...document.querySelectorAll('[aria-label=Drafts] button')];
             const row = rows.find((row) => row.textContent.includes('{subject}'));
             row?.click();
             return row !== undefined;"
        ),
    )
    .await;
}

/// The draft's text, lines joined.
async fn message(app: &App) -> String {
    let text = app.text("Message").await;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_cards_fill_one_after_the_other_and_a_polish_can_be_stopped() {
    let mut desk = Desk::new("the_cards_fill_one_after_the_other");
    let slow = streamed("mention the weather", &answer(), 12, 80);
    Ai::start(
        &mut desk,
        &json!([slow, streamed("i cant make it", &answer(), 12, 50)]),
    );
    let app = desk.start().await;
    app.write("Message", ROUGH).await;
    app.until_saved().await;
    // Notes every state the cards are in, in the order in which they are drawn.
    app.run(
        "window.seen = [];
         const look = () => {
           const cards = [...document.querySelectorAll('section[data-style]')];
           if (cards.length < 4) return;
           const phases = cards.map((card) =>
             ['waiting', 'writing', 'done', 'missing'].find((p) => card.classList.contains(p)));
           const text = phases.join(' ');
           if (window.seen.at(-1) !== text) window.seen.push(text);
         };
         new MutationObserver(look).observe(document.body,
           { subtree: true, childList: true, attributes: true, characterData: true });",
        vec![],
    )
    .await;
    open_desk(&app).await;
    let seen = app.run("return window.seen", vec![]).await;
    let seen: Vec<&str> = seen
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let expect = [
        "waiting waiting waiting waiting",
        "writing waiting waiting waiting",
        "done writing waiting waiting",
        "done done writing waiting",
        "done done done writing",
        "done done done done",
    ];
    let mut left = seen.iter();
    for state in expect {
        assert!(
            left.any(|found| *found == state),
            "the cards never were {state:?} at its time: {seen:?}"
        );
    }
    let count = |phase: &str| {
        let most = |text: &&str| text.split(' ').filter(|p| *p == phase).count();
        seen.iter().map(most).max().unwrap_or_default()
    };
    assert_eq!(count("writing"), 1, "one after the other: {seen:?}");

    // Asked again in words of one's own, and stopped while it writes.
    app.write("What should change", "mention the weather").await;
    app.press(&[], char::from(Key::Enter)).await;
    app.until_page(
        "the first card to be written",
        "const card = document.querySelector('section[data-style=formal].writing');
         return card !== null && card.innerText.includes('Dear Ana')",
    )
    .await;
    app.picture("while it is written");
    app.click("button", "Cancel").await;
    // Nothing comes any more, and the versions before are there, or a button leads back to them.
    app.until_page(
        "the versions before",
        "const cards = [...document.querySelectorAll('section[data-style]')];
         const desk = document.querySelector('section.desk').innerText;
         return desk.includes('versions before')
           && cards.every((card) => card.matches('.missing, .done'))",
    )
    .await;
    // It can be asked once more.
    app.rewrite("What should change", "x").await;
    app.press(&[], char::from(Key::Backspace)).await;
    app.click("button", "Polish again").await;
    ready(&app, "Concise").await;
    app.press(&[], char::from(Key::Escape)).await;
    app.until_gone("region", "Concise").await;
    assert_eq!(
        message(&app).await,
        ROUGH,
        "the draft is untouched until something is taken"
    );
}

#[tokio::test]
async fn sentences_are_picked_by_keys_and_taken_as_one_undo_step() {
    let mut desk = Desk::new("sentences_are_picked_by_keys");
    Ai::start(
        &mut desk,
        &json!([streamed("i cant make it", &answer(), 64, 2)]),
    );
    let app = desk.start().await;
    app.write("Message", ROUGH).await;
    app.until_saved().await;
    open_desk(&app).await;

    // The changes can be read without colours, and are switched by a key.
    let card = app.get("region", "Casual").await;
    app.press(&[], '2').await;
    app.press(&[], 'd').await;
    until("the changes", async || {
        let html = card.html(true).await.ok()?;
        (html.contains("<ins") && html.contains("<del")).then_some(())
    })
    .await;
    app.picture("changes");
    app.press(&[], 'd').await;

    // Row by row: Formal's greeting, the own second sentence, Concise's request.
    app.press(&[], 'p').await;
    app.get("region", "Your mix").await;
    app.press(&[], '1').await;
    for _ in 0..3 {
        app.press(&[], char::from(Key::Down)).await;
    }
    app.press(&[], '4').await;
    let grown = app
        .until_page(
            "the picked sentences in the result",
            "const text = document.querySelector('[aria-label=\"Your mix\"] .text').innerText;
             return text.includes('Dear Ana') && text.includes('Please send me') && text;",
        )
        .await;
    let grown = grown.as_str().unwrap();
    assert!(
        grown.contains("i cant make it on 10 March at 14:00."),
        "{grown}"
    );
    app.picture("picking");
    let dark = json!({ "theme": "dark" });
    app.call("update_settings", dark).await.unwrap();
    app.until_page(
        "the dark colours",
        "return document.documentElement.dataset.theme === 'dark'",
    )
    .await;
    let painted = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))";
    let _ = app.client().execute_async(painted, vec![]).await;
    app.picture("picking in the dark");
    app.press(&[], char::from(Key::Enter)).await;
    app.until_gone("region", "Your mix").await;
    assert_eq!(
        message(&app).await,
        "Dear Ana, i cant make it on 10 March at 14:00. the train is late. \
         Please send me the notes. thx"
    );
    app.until_saved().await;
    let drafts = app.call("list_drafts", json!(null)).await.unwrap();
    let id = &drafts["items"][0]["id"];
    let versions = app
        .call("list_versions", json!({ "id": id }))
        .await
        .unwrap();
    assert!(
        versions.to_string().contains("\"polish\""),
        "what was there before is kept, with its cause: {versions}"
    );

    app.click("textbox", "Message").await;
    app.press(&[Key::Control], 'z').await;
    until("one undo to bring all of it back", async || {
        (message(&app).await == ROUGH).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_fact_that_changed_is_marked_and_asked_about() {
    let mut desk = Desk::new("a_fact_that_changed_is_marked");
    Ai::start(
        &mut desk,
        &json!([streamed("i cant make it", &answer(), 64, 2)]),
    );
    let app = desk.start().await;
    app.write("Message", ROUGH).await;
    app.until_saved().await;
    open_desk(&app).await;
    let formal = app.get("region", "Formal").await;
    let marked = app
        .until_page(
            "the changed time marked",
            "return document.querySelector('section[data-style=formal] mark')?.textContent",
        )
        .await;
    assert_eq!(marked, "16:00");
    let link = "section[data-style=elaborate] mark a[href=\"https://wiki.example.net/notes\"]";
    let link = app
        .run(
            &format!("return document.querySelector('{link}') !== null"),
            vec![],
        )
        .await;
    assert_eq!(
        link, true,
        "a link that the draft did not have is marked as added"
    );
    app.picture("marked");

    app.click_in(&formal, "button", "Use this version").await;
    let question = app.get("dialog", "1 fact differs from your text").await;
    until("the question to name the fact", async || {
        let text = question.text().await.ok()?;
        (text.contains("14:00") && text.contains("16:00")).then_some(())
    })
    .await;
    app.picture("asked");
    app.click("button", "Back").await;
    app.until_gone("dialog", "1 fact differs from your text")
        .await;
    app.click_in(&formal, "button", "Use this version").await;
    app.click("button", "Use it anyway").await;
    app.until_gone("region", "Formal").await;
    assert!(message(&app).await.contains("16:00"));

    // A faithful one is taken at once.
    app.press(&[Key::Control], 'z').await;
    app.until_saved().await;
    open_desk(&app).await;
    let casual = app.get("region", "Casual").await;
    app.click_in(&casual, "button", "Use this version").await;
    app.until_gone("region", "Casual").await;
    assert!(message(&app).await.contains("The train's late."));
}

#[tokio::test]
async fn a_selection_alone_is_polished_and_the_rest_stays() {
    let mut desk = Desk::new("a_selection_alone_is_polished");
    let part = four_styles(
        "Could you please send me the notes?",
        "Could you send the notes over?",
        "Could you please be so kind as to send me the notes?",
        "Please send me the notes.",
    );
    let ai = Ai::start(
        &mut desk,
        &json!([streamed("could you send", &part, 64, 2)]),
    );
    let app = desk.start().await;
    app.write("Message", ROUGH).await;
    app.until_saved().await;
    app.run(
        "const text = document.querySelector('[aria-label=Message] p').firstChild;
         const at = text.data.indexOf('could you send me the notes?');
         getSelection().setBaseAndExtent(text, at, text, at + 28);",
        vec![],
    )
    .await;
    open_desk(&app).await;
    app.picture("selection");
    let asked = ai.requests()[0].to_string();
    assert!(
        !asked.contains("10 March"),
        "only the selection is sent: {asked}"
    );
    let card = app.get("region", "Formal").await;
    app.click_in(&card, "button", "Use this version").await;
    app.until_gone("region", "Formal").await;
    assert_eq!(
        message(&app).await,
        ROUGH.replace(
            "could you send me the notes?",
            "Could you please send me the notes?"
        )
    );
    app.press(&[Key::Control], 'z').await;
    until("one undo to bring it back", async || {
        (message(&app).await == ROUGH).then_some(())
    })
    .await;
}

#[tokio::test]
async fn quoted_mail_stays_at_home_and_long_texts_are_polished_in_parts() {
    let mut desk = Desk::new("quoted_mail_stays_at_home");
    let ai = Ai::start(
        &mut desk,
        &json!([streamed("i cant make it", &answer(), 64, 2)]),
    );
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let paragraph =
        |text: &str| json!({ "type": "paragraph", "content": [{ "type": "text", "text": text }] });
    let quote =
        json!({ "type": "blockquote", "content": [paragraph("are you coming, my dear secret?")] });
    app.call(
        "save_draft",
        json!({ "subject": "An answer", "body": { "type": "doc", "content": [
            paragraph(ROUGH), paragraph("On 9 March 2026, Ana <ana@example.org> wrote:"), quote ] } }),
    )
    .await
    .unwrap();
    let long: Vec<Value> = (0..12)
        .map(|n| paragraph(&format!("{n} {}", "word ".repeat(99))))
        .collect();
    app.call(
        "save_draft",
        json!({ "subject": "A long one", "body": { "type": "doc", "content": long } }),
    )
    .await
    .unwrap();

    open_draft(&app, "An answer").await;
    app.until_page(
        "the draft with the quotation",
        "return document.querySelector('[aria-label=Message] blockquote') !== null",
    )
    .await;
    open_desk(&app).await;
    let asked = ai.requests()[0].to_string();
    assert!(
        !asked.contains("secret") && !asked.contains("ana@example.org"),
        "{asked}"
    );
    let card = app.get("region", "Casual").await;
    app.click_in(&card, "button", "Use this version").await;
    app.until_gone("region", "Casual").await;
    let text = message(&app).await;
    assert!(text.starts_with("Hi Ana, I can't make it"), "{text}");
    assert!(
        text.ends_with(
            "On 9 March 2026, Ana <ana@example.org> wrote: are you coming, my dear secret?"
        ),
        "{text}"
    );

    open_draft(&app, "A long one").await;
    app.until_page(
        "the long draft",
        "return document.querySelector('[aria-label=Message]').innerText.length > 5000",
    )
    .await;
    app.press(&[Key::Control], 'j').await;
    app.click("button", "Polish a selection").await;
    let chosen = app
        .until_page(
            "a selection",
            "return getSelection().toString().trim().length || null",
        )
        .await;
    let chosen = chosen.as_u64().unwrap();
    assert!(
        (4_000..=5_000).contains(&chosen),
        "whole paragraphs that fit: {chosen}"
    );
}

/// What of the desk has to be pushed sideways, other than the row of cards, or lacks words.
pub async fn pushed(app: &App) -> String {
    let script = "return [...document.querySelectorAll('.desk :not(.grid, .visually-hidden)')]
        .filter((one) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1 &&
          getComputedStyle(one).overflowX !== 'visible' && !one.matches('input'))
        .map((one) => `${one.className} ${one.innerText}`).join(', ')";
    let found = app.run(script, vec![]).await;
    found.as_str().unwrap_or("no answer").to_owned()
}

#[tokio::test]
async fn in_a_narrow_window_the_cards_are_leafed_through() {
    let mut desk = Desk::new("in_a_narrow_window");
    Ai::start(
        &mut desk,
        &json!([streamed("i cant make it", &answer(), 64, 2)]),
    );
    let app = desk.start().await;
    app.client().set_window_size(420, 640).await.unwrap();
    app.write("Message", ROUGH).await;
    app.until_saved().await;
    app.press(&[Key::Control], 'j').await;
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        ready(&app, name).await;
    }
    app.picture("narrow");
    for (key, name) in [('4', "concise"), ('1', "formal")] {
        app.press(&[], key).await;
        app.until_page(
            &format!("{name} in view"),
            &format!(
                "const box = document.querySelector('section[data-style={name}]').getBoundingClientRect();
                 return box.left >= -1 && box.right <= innerWidth + 1;"
            ),
        )
        .await;
    }
    let overflow = app
        .run(
            "return document.documentElement.scrollWidth > innerWidth",
            vec![],
        )
        .await;
    assert_eq!(overflow, false, "only the row of cards scrolls sideways");
    assert_eq!(pushed(&app).await, "", "to be pushed sideways, or cut");
    app.press(&[], 'p').await;
    app.get("region", "Your mix").await;
    assert_eq!(pushed(&app).await, "", "to be pushed sideways, or cut");
    app.picture("narrow picking");
}
