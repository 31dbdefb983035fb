//! Finding a draft: the search field finds as one types and marks where, the list can be ordered,
//! filtered and scrolled through thousands of drafts, and the keyboard is enough for all of it.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{App, Desk, wait::until};

const MANY: usize = 2_000;

/// Makes drafts by the page's own command, one after the other.
async fn make(app: &App, drafts: Value) {
    let script = "
        const [drafts, done] = arguments;
        (async () => {
          for (const args of drafts) await window.__TAURI_INTERNALS__.invoke('save_draft', { args });
          done('made');
        })().catch((error) => done(JSON.stringify(error)));";
    let patience = fantoccini::wd::TimeoutConfiguration::new(
        Some(std::time::Duration::from_secs(300)),
        None,
        None,
    );
    app.client().update_timeouts(patience).await.unwrap();
    let made = app.client().execute_async(script, vec![drafts]).await;
    assert_eq!(made.unwrap(), json!("made"));
}

fn draft(to: Value, subject: &str, text: &str) -> Value {
    json!({ "to": [to], "subject": subject, "cause": "blur",
            "body": { "type": "doc", "content": [
              { "type": "paragraph", "content": [{ "type": "text", "text": text }] }] } })
}

fn person(name: &str, address: &str) -> Value {
    json!({ "name": name, "address": address })
}

/// Subjects of the rows in the page, from the top.
async fn rows(app: &App) -> Vec<String> {
    let script = "
        return [...document.querySelectorAll('[aria-label=Drafts] li')]
          .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
          .map((row) => row.querySelector('.subject').textContent.trim());";
    let found = app.run(script, vec![]).await;
    serde_json::from_value(found).unwrap()
}

async fn until_rows(app: &App, expected: &[&str]) {
    until(&format!("the rows {expected:?}"), async || {
        (rows(app).await == expected).then_some(())
    })
    .await;
}

/// What is marked in the rows, one after the other.
async fn marked(app: &App) -> String {
    let script = "return [...document.querySelectorAll('[aria-label=Drafts] mark')]
        .map((mark) => mark.textContent).join('|');";
    let found = app.run(script, vec![]).await;
    found.as_str().unwrap().to_owned()
}

async fn until_marked(app: &App, expected: &str) {
    until(&format!("{expected:?} to be marked"), async || {
        (marked(app).await == expected).then_some(())
    })
    .await;
}

async fn focused(app: &App) -> String {
    let script = "
        const at = document.activeElement;
        return at.querySelector('.subject')?.textContent.trim() ?? at.ariaLabel ?? at.tagName;";
    let found = app.run(script, vec![]).await;
    found.as_str().unwrap().to_owned()
}

async fn until_focused(app: &App, expected: &str) {
    until(&format!("the focus on {expected:?}"), async || {
        (focused(app).await == expected).then_some(())
    })
    .await;
}

async fn desk_with_drafts(name: &str) -> (Desk, App) {
    let desk = Desk::new(name);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let drafts = json!([
        draft(
            person("Jürgen Großmann", "juergen@example.org"),
            "Reise nach Łódź",
            "Die Straße ist gesperrt, wir nehmen den Zug über Posen."
        ),
        draft(
            person("Zoë Dubois", "zoe@example.org"),
            "Figures for March",
            "The quarterly figures are attached. Please look at them before Friday."
        ),
        draft(
            person("Ada Lovelace", "ada@example.com"),
            "会议",
            "明天的会议改到星期五。 The meeting moves to Friday."
        ),
        draft(
            person("Zoë Dubois", "zoe@example.org"),
            "Café after work",
            "Shall we meet at the little café by the river?"
        ),
    ]);
    make(&app, drafts).await;
    until("four rows", async || {
        (rows(&app).await.len() == 4).then_some(())
    })
    .await;
    (desk, app)
}

#[tokio::test]
async fn what_is_typed_is_found_and_marked() {
    let (_desk, app) = desk_with_drafts("what_is_typed_is_found_and_marked").await;
    app.press(&[Key::Control], 'f').await;
    until_focused(&app, "Find drafts").await;
    // Letter by letter; one or two look into subjects and names only.
    app.write("Find drafts", "fi").await;
    until_rows(&app, &["Figures for March"]).await;
    until_marked(&app, "Fi").await;
    app.write("Find drafts", "g").await;
    until_marked(&app, "Fig|fig").await;
    app.picture("found as typed");
    // In the text, by the beginnings of its words.
    app.rewrite("Find drafts", "meet").await;
    until_rows(&app, &["Café after work", "会议"]).await;
    until_marked(&app, "meet|meet").await;
    // Letters of other keyboards find those they stand for.
    for (typed, subject, mark) in [
        ("strasse", "Reise nach Łódź", "Straße"),
        ("lodz", "Reise nach Łódź", "Łódź"),
        ("cafe", "Café after work", "Café|café"),
        ("jurgen", "Reise nach Łódź", "Jürgen"),
        ("星期", "会议", "星期"),
    ] {
        app.rewrite("Find drafts", typed).await;
        until_rows(&app, &[subject]).await;
        until_marked(&app, mark).await;
    }
    app.rewrite("Find drafts", "nothing of it").await;
    app.until_page(
        "the list to say that there is nothing",
        "return document.querySelector('[aria-label=Drafts]').textContent.includes('No draft has')",
    )
    .await;
    // Markup in a search is only text.
    app.rewrite("Find drafts", "<b>meet").await;
    until_rows(&app, &[]).await;
    // In the dark, and where the list is a drawer.
    let dark = json!({ "theme": "dark" });
    app.call("update_settings", dark).await.unwrap();
    app.rewrite("Find drafts", "meet").await;
    until_rows(&app, &["Café after work", "会议"]).await;
    app.picture("found in the dark");
    app.client().set_window_size(420, 640).await.unwrap();
    // Who searches keeps the list.
    until_focused(&app, "Find drafts").await;
    app.picture("found in a small window");
    app.click("button", "Order and filter").await;
    app.get("menuitem", "By name").await;
    app.picture("the menu in a small window");
}

#[tokio::test]
async fn the_keyboard_opens_what_was_found_and_leaves() {
    let (_desk, app) = desk_with_drafts("the_keyboard_opens_what_was_found_and_leaves").await;
    app.click("button", "Zoë Dubois*").await;
    app.press(&[Key::Control], 'f').await;
    app.write("Find drafts", "friday").await;
    until_rows(&app, &["会议", "Figures for March"]).await;
    app.press(&[], char::from(Key::Down)).await;
    until_focused(&app, "会议").await;
    app.press(&[], char::from(Key::Down)).await;
    until_focused(&app, "Figures for March").await;
    app.press(&[], char::from(Key::Enter)).await;
    until("the draft that was found", async || {
        (app.text("Subject").await == "Figures for March").then_some(())
    })
    .await;
    // Changed, it is found by its new words, and no longer by those that are gone.
    app.rewrite("Message", "Everything can wait until Monday.")
        .await;
    app.until_saved().await;
    until_rows(&app, &["会议"]).await;
    app.press(&[Key::Control], 'f').await;
    app.rewrite("Find drafts", "monday").await;
    until_rows(&app, &["Figures for March"]).await;
    // Deleted, it isn't found; brought back, it is.
    app.press(&[], char::from(Key::Down)).await;
    until_focused(&app, "Figures for March").await;
    app.press(&[], char::from(Key::Delete)).await;
    until_rows(&app, &[]).await;
    app.click("button", "Undo").await;
    until_rows(&app, &["Figures for March"]).await;
    // Up from the first row leads back to the field, Esc empties it, and all are there again.
    app.press(&[Key::Control], 'f').await;
    app.press(&[], char::from(Key::Down)).await;
    until_focused(&app, "Figures for March").await;
    app.press(&[], char::from(Key::Up)).await;
    until_focused(&app, "Find drafts").await;
    app.press(&[], char::from(Key::Escape)).await;
    until("all rows", async || {
        (rows(&app).await.len() == 4).then_some(())
    })
    .await;
    assert_eq!(app.text("Find drafts").await, "");
}

#[tokio::test]
async fn the_list_is_ordered_and_filtered() {
    let (_desk, app) = desk_with_drafts("the_list_is_ordered_and_filtered").await;
    let choose = async |item: &str| {
        app.click("button", "Order and filter").await;
        app.click("menuitem", item).await;
    };
    let file = json!({ "name": "plan.csv", "data": "YTtiCg==" });
    let file = app.call("add_attachment_data", file).await.unwrap();
    let listed = app.call("list_drafts", json!(null)).await.unwrap();
    let oldest = &listed["items"][3];
    let edit = json!({ "id": oldest["id"], "baseRevision": oldest["revision"],
                       "attachments": [file], "cause": "blur" });
    app.call("save_draft", edit).await.unwrap();
    until_rows(
        &app,
        &[
            "Reise nach Łódź",
            "Café after work",
            "会议",
            "Figures for March",
        ],
    )
    .await;
    let clips = "return document.querySelectorAll('[aria-label=Drafts] .files').length === 1";
    app.until_page("the clip of the one with a file", clips)
        .await;
    choose("Newest first").await;
    until_rows(
        &app,
        &[
            "Café after work",
            "会议",
            "Figures for March",
            "Reise nach Łódź",
        ],
    )
    .await;
    choose("By name").await;
    until_rows(
        &app,
        &[
            "会议",
            "Reise nach Łódź",
            "Figures for March",
            "Café after work",
        ],
    )
    .await;
    choose("Only not sent").await;
    until_rows(&app, &[]).await;
    app.click("button", "Show all").await;
    choose("Last changed first").await;
    until("all rows", async || {
        (rows(&app).await.len() == 4).then_some(())
    })
    .await;

    // One person's drafts; together with words, and back.
    choose("Only to one person…").await;
    until_focused_role(&app, "combobox").await;
    app.picture("asking for a person");
    let field = app.get("combobox", "Only drafts to").await;
    field.send_keys("zoe@example.org").await.unwrap();
    app.press(&[], char::from(Key::Enter)).await;
    until_rows(&app, &["Café after work", "Figures for March"]).await;
    app.write("Find drafts", "friday").await;
    until_rows(&app, &["Figures for March"]).await;
    app.picture("one person's drafts");
    app.click("button", "Show all").await;
    until_rows(&app, &["会议", "Figures for March"]).await;
}

async fn until_focused_role(app: &App, role: &str) {
    app.until_page(
        &format!("the focus on a {role}"),
        &format!("return document.activeElement.getAttribute('role') === '{role}'"),
    )
    .await;
}

#[tokio::test]
async fn thousands_of_drafts_scroll_and_stay_in_place() {
    let desk = Desk::new("thousands_of_drafts_scroll_and_stay_in_place");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let ada = person("Ada Lovelace", "ada@example.com");
    let subject = |number: usize| format!("Number {number:04}");
    let drafts: Vec<Value> = (0..MANY)
        .map(|number| draft(ada.clone(), &subject(number), "A line of text."))
        .collect();
    make(&app, json!(drafts)).await;
    until("the newest on top", async || {
        (rows(&app).await.first() == Some(&subject(MANY - 1))).then_some(())
    })
    .await;

    // To the very end; the page never has more than what can be seen and some around it.
    let scroll = "
        const list = document.querySelector('[aria-label=Drafts]');
        list.scrollTop = list.scrollHeight;
        const rows = [...list.querySelectorAll('li')];
        if (rows.length > 80) throw new Error(rows.length + ' rows in the page');
        return rows.some((row) => row.textContent.includes('Number 0000'));";
    app.until_page("the oldest draft", scroll).await;
    app.picture("the end of two thousand");

    // Somewhere in the middle a row keeps its place while others come and go above it.
    app.run(
        "document.querySelector('[aria-label=Drafts]').scrollTop = 75 * 1000",
        vec![],
    )
    .await;
    let in_sight = "
        const list = document.querySelector('[aria-label=Drafts]');
        const edge = list.getBoundingClientRect().top;
        const first = [...list.querySelectorAll('li')]
          .map((row) => [row.getBoundingClientRect().top - edge, row.querySelector('.subject').textContent])
          .filter(([top]) => top >= 0).sort(([a], [b]) => a - b)[0];
        return first ? first[1] + ' at ' + Math.round(first[0]) : null;";
    let before = app.until_page("the middle", in_sight).await;
    let newest = app
        .call("list_drafts", json!({ "limit": 2 }))
        .await
        .unwrap();
    app.call("save_draft", draft(ada.clone(), "The newest", "More."))
        .await
        .unwrap();
    app.call("save_draft", draft(ada, "The very newest", "More."))
        .await
        .unwrap();
    app.call("delete_draft", json!({ "id": newest["items"][1]["id"] }))
        .await
        .unwrap();
    let height = format!(
        "return document.querySelector('[aria-label=Drafts] ul').offsetHeight === {}",
        75 * (MANY + 1)
    );
    app.until_page("two more rows and one less", &height).await;
    assert_eq!(
        app.run(in_sight, vec![]).await,
        before,
        "what was looked at stays where it was"
    );

    // The keyboard goes where the eye is, row by row and page by page.
    app.run(
        "document.querySelector('[aria-label=Drafts]').scrollTop = 0",
        vec![],
    )
    .await;
    app.press(&[Key::Control], 'f').await;
    app.press(&[], char::from(Key::Down)).await;
    until_focused(&app, "The very newest").await;
    for _ in 0..3 {
        app.press(&[], char::from(Key::PageDown)).await;
    }
    app.press(&[], char::from(Key::Down)).await;
    let there = focused(&app).await;
    assert!(there.starts_with("Number 19"), "{there}");
    app.press(&[], char::from(Key::Enter)).await;
    until("the draft under the focus", async || {
        (app.text("Subject").await == there).then_some(())
    })
    .await;
}
