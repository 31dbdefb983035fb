//! What the window says when the disk or the database is bad, and that no text is lost by it.

use std::fs;

use crate::support::{App, Desk, wait::until};

/// Room for the database and what the web view keeps, and little more.
const SMALL_DISK: u64 = 48 << 20;

/// Waits for a notice and answers all that is told.
async fn told(app: &App, words: &str) -> String {
    until(&format!("a notice with {words:?}"), async || {
        for region in app.all("region", Some("What happened")).await {
            let text = region.text().await.unwrap_or_default();
            if text.contains(words) {
                return Some(text);
            }
        }
        None
    })
    .await
}

/// Waits until the status says that nothing is saved, and why.
async fn not_saved(app: &App, why: &str) {
    until(
        &format!("the status to say: Not saved, {why:?}"),
        async || {
            let status = app.status().await;
            status
                .lines()
                .any(|line| line.starts_with("Not saved") && line.contains(why))
                .then_some(())
        },
    )
    .await;
}

/// Opens the only draft from the list. (Which one was open last, the web view writes down half a
/// second late, and on a full disk not at all.)
async fn open_the_draft(app: &App) {
    app.until_page(
        "the draft in the list",
        "const row = document.querySelector('[aria-label=Drafts] li button');
         row?.click();
         return row !== null;",
    )
    .await;
}

async fn close(desk: &Desk, mut app: App) {
    desk.close_window("Draftwell").await;
    app.until_ended().await;
}

#[tokio::test]
async fn a_damaged_database_is_recovered_and_told() {
    let desk = Desk::new("a_damaged_database_is_recovered_and_told");
    let app = desk.start().await;
    app.write("Message", "Written before the disk went bad.")
        .await;
    app.until_saved().await;
    close(&desk, app).await;
    let path = desk.data_dir().join("draftwell.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[..4096].fill(0xaa);
    fs::write(&path, &bytes).unwrap();

    let app = desk.start().await;
    let text = told(&app, "recovered").await;
    app.picture("recovered");
    assert!(text.contains("1 draft was recovered"), "{text}");
    let aside: Vec<_> = fs::read_dir(desk.data_dir())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".damaged-"))
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert!(
        text.contains(&*aside[0].file_name().unwrap().to_string_lossy()),
        "it says where the damaged file is: {text}"
    );
    assert!(fs::read(&aside[0]).unwrap() == bytes, "which is as it was");
    open_the_draft(&app).await;
    until("the recovered draft", async || {
        let text = app.text("Message").await;
        (text.trim() == "Written before the disk went bad.").then_some(())
    })
    .await;
    app.write("Message", " And after.").await;
    app.until_saved().await;
    app.click("button", "Understood").await;
    app.until_gone("region", "What happened").await;
    close(&desk, app).await;

    let app = desk.start().await;
    open_the_draft(&app).await;
    until("the draft", async || {
        app.text("Message")
            .await
            .contains("And after.")
            .then_some(())
    })
    .await;
    assert!(
        !app.shows("region", "What happened").await,
        "it is told once"
    );
}

#[tokio::test]
async fn on_a_full_disk_the_text_is_safe_and_saved_as_soon_as_there_is_room() {
    let mut desk = Desk::new("on_a_full_disk_the_text_is_safe");
    desk.use_small_disk(SMALL_DISK);
    let app = desk.start().await;
    app.write("Message", "Before. ").await;
    app.until_saved().await;
    desk.fill_disk();
    app.write("Message", "While the disk is full. ").await;
    not_saved(&app, "disk is full").await;
    app.picture("full");
    app.write("Message", "Still. ").await;
    desk.free_disk();
    app.until_saved().await;
    app.kill().await;

    let app = desk.start().await;
    open_the_draft(&app).await;
    until("the whole text", async || {
        let text = app.text("Message").await.replace('\u{a0}', " ");
        (text.trim() == "Before. While the disk is full. Still.").then_some(())
    })
    .await;
}

#[tokio::test]
async fn killed_on_a_full_disk_the_text_comes_back_when_there_is_room() {
    let mut desk = Desk::new("killed_on_a_full_disk");
    desk.use_small_disk(SMALL_DISK);
    let app = desk.start().await;
    app.write("Message", "Before. ").await;
    app.until_saved().await;
    desk.fill_disk();
    app.write("Message", "While the disk is full.").await;
    not_saved(&app, "kept safe meanwhile").await;
    app.kill().await;
    desk.free_disk();

    let app = desk.start().await;
    until("the whole text in the database", async || {
        let list = app
            .call("list_drafts", serde_json::json!(null))
            .await
            .ok()?;
        (list["items"][0]["snippet"] == "Before. While the disk is full.").then_some(())
    })
    .await;
    let list = app.call("list_drafts", serde_json::json!(null)).await;
    assert_eq!(list.unwrap()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_folder_that_can_only_be_read_is_told_and_tried_again() {
    let mut desk = Desk::new("a_folder_that_can_only_be_read_is_told");
    desk.use_small_disk(SMALL_DISK);
    desk.remount("ro");
    let app = desk.start().await;
    told(&app, "Nothing can be saved at the moment").await;
    app.write("Message", "Typed all the same.").await;
    not_saved(&app, "data folder").await;
    app.picture("read-only");
    desk.remount("rw");
    app.until_saved().await;
    app.until_gone("region", "What happened").await;
    app.kill().await;

    let app = desk.start().await;
    let list = app.call("list_drafts", serde_json::json!(null)).await;
    let list = list.unwrap();
    assert_eq!(list["items"][0]["snippet"], "Typed all the same.");
}

#[tokio::test]
async fn a_database_locked_by_another_program_is_told_and_waited_for() {
    let desk = Desk::new("a_database_locked_by_another_program");
    let app = desk.start().await;
    app.write("Message", "Before. ").await;
    app.until_saved().await;
    let other = rusqlite::Connection::open(desk.data_dir().join("draftwell.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    app.write("Message", "While it is locked.").await;
    not_saved(&app, "Another program").await;
    other.execute_batch("ROLLBACK").unwrap();
    app.until_saved().await;
    let saved: String = desk
        .database()
        .query_row("SELECT snippet FROM drafts", [], |row| row.get(0))
        .unwrap();
    assert_eq!(saved, "Before. While it is locked.");
}
