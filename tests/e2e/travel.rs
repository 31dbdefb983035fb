//! Going back in time: every state of a draft can be looked at, compared, put back and copied
//! from, and what was deleted comes out of the bin again.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{App, Desk, wait::until};

const FIRST: &str = "Dear Zoë, the figures for March are here.";
const SECOND: &str = " Please have a look at them before Friday. 🎉";
const THIRD: &str = "Dear Zoë, everything is different now: the figures can wait.";

#[tokio::test]
async fn look_back_compare_restore_undo_and_copy() {
    let desk = Desk::new("look_back_compare_restore_undo_and_copy");
    let app = desk.start().await;
    app.write("To", "zoe@example.org,").await;
    app.write("Subject", "Figures for March").await;
    app.write("Message", FIRST).await;
    until_stored(&app, FIRST).await;
    app.write("Message", SECOND).await;
    let before = format!("{FIRST}{SECOND}");
    let id = until_stored(&app, &before).await;
    app.rewrite("Message", THIRD).await;
    until_stored(&app, THIRD).await;

    // The panel opens by its key, on what changed last.
    app.press(&[Key::Control], 'h').await;
    app.get("region", "Time travel").await;
    app.get("button", "Now*").await;
    // Down into the past, to the state before all of it was replaced.
    until("the state before the change", async || {
        if shown(&app).await.contains("before Friday. 🎉") {
            return Some(());
        }
        app.press(&[], char::from(Key::Down)).await;
        None
    })
    .await;
    app.picture("changes");

    // Compared with the draft as it is: what is gone and what came, as deletion and insertion.
    let with = app.get("combobox", "Compared with").await;
    with.select_by_value("now").await.unwrap();
    until("the comparison with the draft as it is", async || {
        let deleted = texts(&app, "del").await;
        let inserted = texts(&app, "ins").await;
        (deleted.contains("Friday") && inserted.contains("everything is different")).then_some(())
    })
    .await;
    for (element, role) in [("ins", "insertion"), ("del", "deletion")] {
        let found = app.client().find(fantoccini::Locator::Css(element)).await;
        assert_eq!(app.spoken(&found.unwrap()).0, role, "for a screen reader");
    }
    app.picture("compared with now");

    // Back it comes, and Ctrl+Z takes that back.
    app.click("button", "Restore").await;
    app.until_gone("region", "Time travel").await;
    until_stored(&app, &before).await;
    assert_eq!(app.text("Message").await.trim(), before);
    app.click("textbox", "Message").await;
    app.press(&[Key::Control], 'z').await;
    until_stored(&app, THIRD).await;
    assert_eq!(app.text("Message").await.trim(), THIRD, "in one step");

    // What the restore replaced is a version for good.
    let page = app
        .call("list_versions", json!({ "id": id }))
        .await
        .unwrap();
    let versions = page["items"].as_array().unwrap();
    let replaced = versions
        .iter()
        .find(|version| version["cause"] == "restore")
        .unwrap_or_else(|| panic!("{versions:?}"));
    let whole = app
        .call("get_version", json!({ "id": replaced["id"] }))
        .await;
    assert_eq!(whole.unwrap()["text"], THIRD);

    // Copied from an old version into another draft.
    app.click("button", "Time travel").await;
    app.get("button", "Now*").await;
    until("the restored state", async || {
        if shown(&app).await.contains("before Friday. 🎉") {
            return Some(());
        }
        app.press(&[], char::from(Key::Down)).await;
        None
    })
    .await;
    app.click("button", "Copy").await;
    app.press(&[], char::from(Key::Escape)).await;
    app.until_gone("region", "Time travel").await;
    app.click("button", "New draft").await;
    app.click("textbox", "Message").await;
    app.press(&[Key::Control], 'v').await;
    let other = until_stored(&app, &before).await;
    assert_ne!(other, id);
}

#[tokio::test]
async fn a_deleted_draft_comes_out_of_the_bin_or_is_gone_for_good() {
    let desk = Desk::new("a_deleted_draft_comes_out_of_the_bin");
    let app = desk.start().await;
    app.write("Subject", "Figures for March").await;
    app.write("Message", FIRST).await;
    let id = until_stored(&app, FIRST).await;
    app.click("button", "Delete draft").await;
    app.click("button", "Bin").await;
    app.get("region", "Bin").await;
    app.picture("bin");
    app.click("button", "Restore: Figures for March").await;
    app.until_gone("region", "Bin").await;
    until("the draft to be open again", async || {
        (app.text("Message").await.trim() == FIRST).then_some(())
    })
    .await;
    app.click("textbox", "Message").await;
    app.press(&[Key::Control], char::from(Key::End)).await;
    app.write("Message", " And on it goes.").await;
    until_stored(&app, &format!("{FIRST} And on it goes.")).await;

    app.click("button", "Delete draft").await;
    app.click("button", "Bin").await;
    app.click("button", "Delete for good: Figures for March")
        .await;
    app.picture("for good");
    app.click("button", "Cancel").await;
    app.get("button", "Restore: Figures for March").await;
    app.click("button", "Delete for good: Figures for March")
        .await;
    app.click("button", "Delete for good").await;
    app.until_gone("button", "Restore: Figures for March").await;
    let gone = app
        .call("get_draft", json!({ "id": id }))
        .await
        .unwrap_err();
    assert_eq!(gone["code"], "NOT_FOUND");
}

/// Waits until the newest draft in the database reads like this, and answers its id.
async fn until_stored(app: &App, text: &str) -> Value {
    until(&format!("{text:?} to be stored"), async || {
        let page = app.call("list_drafts", json!(null)).await.ok()?;
        let id = page["items"][0]["id"].clone();
        let draft = app.call("get_draft", json!({ "id": id })).await.ok()?;
        let mut found = String::new();
        texts_of(&draft["body"], &mut found);
        (found == text).then_some(id)
    })
    .await
}

fn texts_of(node: &Value, out: &mut String) {
    out.push_str(node["text"].as_str().unwrap_or_default());
    for child in node["content"].as_array().into_iter().flatten() {
        texts_of(child, out);
    }
}

/// What the panel shows without what was deleted: the state itself.
async fn shown(app: &App) -> String {
    let script = "
        const state = document.querySelector('section[aria-label=Text]')?.cloneNode(true);
        state?.querySelectorAll('del').forEach((element) => element.remove());
        return state?.textContent ?? '';";
    let text = app.run(script, vec![]).await;
    text.as_str().unwrap_or_default().to_owned()
}

/// The texts of all elements with this tag, one after the other.
async fn texts(app: &App, tag: &str) -> String {
    let script = "return [...document.querySelectorAll(arguments[0])]
        .map((element) => element.textContent).join(' | ');";
    let text = app.run(script, vec![json!(tag)]).await;
    text.as_str().unwrap_or_default().to_owned()
}
