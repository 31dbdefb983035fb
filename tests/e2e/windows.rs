//! Two windows on one draft, and a window that closes while somebody asks for it.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::{App, Desk, process, wait::until};

const MAIN: &str = "index.html";
const SMALL: &str = "compose.html";

async fn says(app: &App, words: &str) {
    until(&format!("the text {words:?}"), async || {
        let text = app.text("Message").await.replace('\u{a0}', " ");
        (text.trim() == words).then_some(())
    })
    .await;
}

/// Types at the end of the text.
async fn write_on(app: &App, text: &str) {
    app.click("textbox", "Message").await;
    app.press(&[Key::Control], char::from(Key::End)).await;
    app.write("Message", text).await;
}

/// The same draft in both windows.
async fn in_two_windows(app: &App, text: &str) {
    app.write("Message", text).await;
    app.until_saved().await;
    let list = app.call("list_drafts", json!(null)).await.unwrap();
    let id = list["items"][0]["id"].clone();
    app.call("open_compose_window", json!({ "draftId": id }))
        .await
        .unwrap();
    app.turn_to(SMALL).await;
    says(app, text.trim()).await;
}

#[tokio::test]
async fn a_draft_in_two_windows_follows_live() {
    let desk = Desk::new("a_draft_in_two_windows_follows_live");
    let app = desk.start().await;
    in_two_windows(&app, "Dear Ada, ").await;
    write_on(&app, "here. ").await;
    app.turn_to(MAIN).await;
    says(&app, "Dear Ada, here.").await;
    write_on(&app, "And there.").await;
    app.turn_to(SMALL).await;
    says(&app, "Dear Ada, here. And there.").await;
    assert!(
        !app.shows("alert", "Changed in another window*").await,
        "turn and turn about is no conflict"
    );
}

#[tokio::test]
async fn writing_in_two_windows_at_once_keeps_both_texts_to_compare() {
    let desk = Desk::new("writing_in_two_windows_at_once");
    let app = desk.start().await;
    in_two_windows(&app, "Dear Ada, ").await;
    // Both save at the same time: nobody can before both have typed.
    let hold = rusqlite::Connection::open(desk.data_dir().join("draftwell.db")).unwrap();
    hold.execute_batch("BEGIN IMMEDIATE").unwrap();
    write_on(&app, "small words").await;
    app.turn_to(MAIN).await;
    write_on(&app, "main words").await;
    hold.execute_batch("ROLLBACK").unwrap();
    // Whoever came second is told.
    let loser = until("a window that is told", async || {
        for page in [MAIN, SMALL] {
            app.turn_to(page).await;
            if app.shows("button", "Compare").await {
                return Some(page);
            }
        }
        None
    })
    .await;
    app.pictures("conflict").await;
    let (counts, other) = match loser {
        MAIN => ("Dear Ada, main words", "Dear Ada, small words"),
        _ => ("Dear Ada, small words", "Dear Ada, main words"),
    };
    says(&app, counts).await;
    app.click("button", "Compare").await;
    app.get("region", "Time travel").await;
    let differences = until("the differences", async || {
        let script = "const words = (tag) => [...document.querySelectorAll('.state ' + tag)]
              .map((e) => e.textContent.trim()).sort().join(' ');
            return words('ins') ? [words('del'), words('ins')] : null;";
        let seen = app.client().execute(script, vec![]).await.ok()?;
        (!seen.is_null()).then_some(seen)
    })
    .await;
    let word = |text: &str| text.split(' ').nth(2).unwrap().to_owned();
    assert_eq!(
        differences,
        json!([word(other), word(counts)]),
        "from the other text to the one that counts"
    );
    app.picture("compare");
    app.click("button", "Restore").await;
    app.until_gone("region", "Time travel").await;
    says(&app, other).await;
    app.until_saved().await;
    for page in [MAIN, SMALL] {
        app.turn_to(page).await;
        says(&app, other).await;
    }
    // What counted before is still there to be had back.
    let list = app.call("list_drafts", json!(null)).await;
    app.turn_to(MAIN).await;
    let list = match list {
        Ok(list) => list,
        Err(_) => app.call("list_drafts", json!(null)).await.unwrap(),
    };
    let id = &list["items"][0]["id"];
    let versions = app
        .call("list_versions", json!({ "id": id }))
        .await
        .unwrap();
    let excerpts: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|version| version["excerpt"].as_str())
        .collect();
    assert!(
        excerpts.iter().any(|text| text.contains(counts)),
        "{excerpts:?} lacks {counts:?}"
    );
}

#[tokio::test]
async fn a_start_while_the_window_is_closing_opens_it_again() {
    let desk = Desk::new("a_start_while_the_window_is_closing");
    let app = desk.start().await;
    app.write("Message", "Kept.").await;
    app.until_saved().await;
    // The page saves before its window closes, and can't yet.
    let hold = rusqlite::Connection::open(desk.data_dir().join("draftwell.db")).unwrap();
    hold.execute_batch("BEGIN IMMEDIATE").unwrap();
    write_on(&app, " More.").await;
    desk.close_window("Draftwell").await;
    let asked = || {
        let log = desk.data_dir().join("logs/draftwell.log");
        std::fs::read_to_string(log).unwrap_or_default()
    };
    until("the page to be asked", async || {
        asked().contains("asking the page to save").then_some(())
    })
    .await;
    let mut second = desk.launch(&[]);
    assert!(second.wait().success(), "it hands over and ends");
    hold.execute_batch("ROLLBACK").unwrap();
    until("the window that was asked for", async || {
        (asked().matches("editor ready").count() == 2).then_some(())
    })
    .await;
    assert!(desk.shows_window("Draftwell"));
    assert!(process::is_alive(app.pid()), "the program goes on");
    let saved: String = desk
        .database()
        .query_row("SELECT snippet FROM drafts", [], |row| row.get(0))
        .unwrap();
    assert_eq!(saved, "Kept. More.");
}
