//! From the tray and from the command line: the small window, and one process per data folder.

use serde_json::json;

use crate::support::{Desk, wait::until};

#[tokio::test]
async fn quick_compose_from_the_tray_is_a_draft_like_any_other() {
    let desk = Desk::new("quick_compose_from_the_tray");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let labels: Vec<String> = desk
        .bus()
        .tray_menu(app.pid())
        .into_iter()
        .map(|(_, label)| label)
        .collect();
    for label in ["Quick compose", "Open Draftwell", "Quit"] {
        assert!(labels.iter().any(|l| l == label), "{labels:?}");
    }

    desk.bus().tray_click(app.pid(), "Quick compose");
    app.turn_to("compose.html").await;
    app.write("To", "zoë@example.com,").await;
    app.write("Subject", "Übergabe").await;
    app.write("Message", "Der Schlüssel liegt beim Pförtner. 🔑")
        .await;
    app.until_saved().await;

    let saved: (String, String) = desk
        .database()
        .query_row("SELECT subject, body FROM drafts", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(saved.0, "Übergabe");
    assert!(
        saved.1.contains("Der Schlüssel liegt beim Pförtner. 🔑"),
        "{}",
        saved.1
    );
    // The main window lists it without being asked to.
    app.turn_to("index.html").await;
    app.until_page(
        "the draft in the list",
        "return document.querySelector('[aria-label=Drafts]')?.textContent.includes('Übergabe')",
    )
    .await;
}

#[tokio::test]
async fn a_second_start_hands_its_mailto_link_over() {
    let desk = Desk::new("a_second_start_hands_its_mailto_link_over");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let link =
        "mailto:bob@example.com?cc=eve@example.com&subject=Gr%C3%BC%C3%9Fe&body=One%0D%0ATwo";
    let status = desk.launch(&["compose", link]).wait();
    assert!(status.success(), "the second start ended with {status}");

    app.turn_to("compose.html").await;
    until("the link's subject", async || {
        (app.text("Subject").await == "Grüße").then_some(())
    })
    .await;
    assert_eq!(app.text("Message").await.trim(), "One\nTwo");
    app.get("button", "bob@example.com").await;
    app.get("button", "eve@example.com").await;
    // A link may fill in a draft; only people send it.
    assert_eq!(
        app.call("list_outbox", json!(null)).await.unwrap(),
        json!([])
    );
}

#[tokio::test]
async fn closing_hides_to_the_tray_where_there_is_one_and_ends_where_there_is_none() {
    let desk = Desk::new("closing_ends_without_a_tray");
    let mut app = desk.start().await;
    app.write("Message", "Kept at the close.").await;
    desk.close_window("Draftwell").await;
    app.until_ended().await;
    let body: String = desk
        .database()
        .query_row("SELECT body FROM drafts", [], |row| row.get(0))
        .unwrap();
    assert!(body.contains("Kept at the close."), "{body}");
    drop(app);
    drop(desk);

    let desk = Desk::new("closing_hides_to_the_tray");
    desk.bus().show_trays();
    let mut app = desk.start().await;
    app.write("Message", "Kept at the close.").await;
    desk.close_window("Draftwell").await;
    until("the window to go", async || {
        (!desk.shows_window("Draftwell")).then_some(())
    })
    .await;
    // Still there, and a second start brings the window back.
    let status = desk.launch(&[]).wait();
    assert!(status.success());
    until("the window to come back", async || {
        desk.shows_window("Draftwell").then_some(())
    })
    .await;
    desk.bus().tray_click(app.pid(), "Quit");
    app.until_ended().await;
}
