//! The outbox: a mail for later, one taken back after the window was closed, one nobody knows the
//! fate of, one that is late; and all of it by keys alone.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{App, Desk, counterparts::Google, middle::Middle, wait::until};

const SEND_ONLY: &str = r#"["openid","email","https://www.googleapis.com/auth/gmail.send"]"#;
const HOUR: i64 = 3_600_000;

async fn write_mail(app: &App, subject: &str) {
    app.get("textbox", "Message").await;
    app.write("To", "bob@example.com,").await;
    app.write("Subject", subject).await;
    app.write("Message", "Hello Bob, here is the plan.").await;
    app.until_saved().await;
}

/// The only mail of the outbox, once it is as the test waits for it.
async fn until_mail(app: &App, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    until(what, async || {
        let mails = app.call("list_outbox", json!(null)).await.ok()?;
        mails.get(0).filter(|mail| fits(mail)).cloned()
    })
    .await
}

async fn open_outbox(app: &App) {
    app.press(&[Key::Control, Key::Shift], 'o').await;
    app.get("region", "Outbox").await;
}

/// What the outbox says about its first mail.
async fn row(app: &App) -> String {
    let region = app.get("region", "Outbox").await;
    let row = app.get_ready_in(&region, "listitem", "*").await;
    row.text().await.unwrap_or_default()
}

/// Waits until the focus is on that mail's row. Nobody but the program may put it there.
async fn until_focused(app: &App, subject: &str) {
    let script = format!(
        "const row = document.activeElement;
         return row.matches('[data-mail]') && row.textContent.includes({subject:?})"
    );
    app.until_page(&format!("the focus on {subject:?}"), &script)
        .await;
}

/// Puts a mail into the outbox for later.
async fn schedule(app: &App, subject: &str, at: i64) {
    let edit = json!({
        "to": [{ "name": "Bob", "address": "bob@example.com" }],
        "subject": subject,
        "body": { "type": "doc", "content": [
            { "type": "paragraph", "content": [{ "type": "text", "text": "Hello Bob." }] }
        ] },
        "cause": "blur",
    });
    let draft = app.call("save_draft", edit).await.unwrap();
    let mail = json!({ "draftId": draft["id"], "at": at });
    app.call("queue_send", mail).await.unwrap();
}

#[tokio::test]
async fn a_mail_for_later_outlives_a_restart_and_leaves_when_told() {
    let mut desk = Desk::new("a_mail_for_later_outlives_a_restart");
    desk.set("TZ", "Europe/Berlin");
    let google = Google::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    write_mail(&app, "For later").await;
    app.press(&[Key::Control, Key::Shift], char::from(Key::Enter))
        .await;
    let dialog = app.get("dialog", "Send later").await;
    let said = dialog.text().await.unwrap();
    assert!(said.contains("This machine must be on"), "{said}");
    assert!(said.contains("Europe/Berlin"), "the zone is named: {said}");
    app.pictures("send later").await;
    app.click("button", "Tomorrow morning*").await;
    let mail = until_mail(&app, "the mail to be scheduled", |mail| {
        mail["status"] == "scheduled"
    })
    .await;
    // Nine o'clock by the clocks in Berlin, whatever the offset is tomorrow.
    let berlin = "return new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: \
                  '2-digit', minute: '2-digit' }).format(arguments[0])";
    let clock = app.run(berlin, vec![mail["notBefore"].clone()]).await;
    assert_eq!(clock, "09:00");
    app.kill().await;

    let app = desk.start().await;
    app.get("button", "Outbox: 1 mail").await;
    open_outbox(&app).await;
    let said = row(&app).await;
    assert!(said.contains("Leaves tomorrow at"), "{said}");
    app.pictures("scheduled").await;
    assert_eq!(
        google.mailbox(&desk)["sent"],
        json!([]),
        "not before its time"
    );
    app.click("button", "Send now*").await;
    let sent = until("the mail in Sent", async || {
        google.mailbox(&desk)["sent"].get(0).cloned()
    })
    .await;
    assert_eq!(sent["subject"], "For later");
    // It is among what is over.
    until("the outbox to say so", async || {
        row(&app).await.contains("Sent").then_some(())
    })
    .await;
    app.picture("sent");
    // What is over can be taken out of the list, and put back.
    app.click("button", "Remove*").await;
    app.get("heading", "Nothing on its way").await;
    app.picture("empty");
    app.click("button", "Undo").await;
    until("the mail to be back", async || {
        row(&app).await.contains("Sent").then_some(())
    })
    .await;
}

#[tokio::test]
async fn undo_waits_for_a_window_that_was_closed() {
    let mut desk = Desk::new("undo_waits_for_a_window_that_was_closed");
    let google = Google::start(&mut desk);
    let mut app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    app.call("update_settings", json!({ "undoSeconds": 60 }))
        .await
        .unwrap();
    write_mail(&app, "Too early").await;
    app.click("button", "Send").await;
    app.get("button", "Undo").await;
    // Without a tray the program ends with its last window.
    desk.close_window("Draftwell").await;
    app.until_ended().await;
    drop(app);

    let app = desk.start().await;
    app.get("button", "Undo").await;
    app.picture("undo after a restart");
    app.click("button", "Undo").await;
    until("the draft to be open again", async || {
        let drafts = app.call("list_drafts", json!(null)).await.ok()?;
        (drafts["items"][0]["status"] == "draft").then_some(())
    })
    .await;
    app.write("Message", " Now it is.").await;
    app.until_saved().await;
    let mails = app.call("list_outbox", json!(null)).await.unwrap();
    assert_eq!(mails, json!([]), "nothing is on its way any more");
    assert_eq!(google.mailbox(&desk), json!({ "sent": [], "drafts": 0 }));
}

#[tokio::test]
async fn what_nobody_knows_is_asked_and_never_sent_again_by_itself() {
    let mut desk = Desk::new("what_nobody_knows_is_asked");
    let google = Google::start(&mut desk);
    let middle = Middle::before(&google.base());
    desk.set("DRAFTWELL_GOOGLE_GMAIL_URL", middle.base());
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    app.call("update_settings", json!({ "undoSeconds": 0 }))
        .await
        .unwrap();
    app.kill().await;
    // As if Ada had allowed sending and nothing else: then nobody can look what became of it.
    let database = rusqlite::Connection::open(desk.data_dir().join("draftwell.db")).unwrap();
    database
        .execute("UPDATE accounts SET scopes = ?1", [SEND_ONLY])
        .unwrap();
    drop(database);

    let app = desk.start().await;
    write_mail(&app, "Did it leave?").await;
    middle.lose_answer_to("/messages/send");
    app.click("button", "Send").await;
    until_mail(&app, "the outcome to be unknown", |mail| {
        mail["status"] == "unknown"
    })
    .await;
    assert_eq!(middle.lost(), 1, "it was carried out, and its answer lost");
    // Its draft says so, and leads there.
    app.get("button", "Show it there").await;
    let notice = app.get("alert", "*").await.text().await.unwrap();
    assert!(notice.contains("Not known whether it was sent"), "{notice}");
    assert!(
        !notice.contains("Take it back"),
        "that is forbidden: {notice}"
    );
    app.picture("unknown draft");
    app.click("button", "Show it there").await;
    until_focused(&app, "Did it leave?").await;
    let said = until("what to look for", async || {
        Some(row(&app).await).filter(|said| said.contains("Sent folder of ada@example.com"))
    })
    .await;
    for part in ["“Did it leave?”", "bob@example.com", "today at"] {
        assert!(said.contains(part), "{part} is missing: {said}");
    }
    app.pictures("unknown").await;

    // Sending it again is asked once more, and Enter is not the answer.
    app.click("button", "Send again*").await;
    app.get("dialog", "Send it once more?").await;
    app.picture("send it once more");
    app.press(&[], char::from(Key::Enter)).await;
    app.until_gone("dialog", "Send it once more?").await;
    app.click("button", "It arrived*").await;
    let history = until("the entry in the history", async || {
        let page = app.call("list_history", json!(null)).await.ok()?;
        page["items"].get(0).cloned()
    })
    .await;
    assert_eq!(history["subject"], "Did it leave?");
    let sent = google.mailbox(&desk)["sent"].clone();
    assert_eq!(sent.as_array().map(Vec::len), Some(1), "once, not twice");
}

#[tokio::test]
async fn a_mail_that_is_late_by_half_a_day_waits_for_a_word() {
    let mut desk = Desk::new("a_mail_that_is_late_by_half_a_day");
    let google = Google::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    write_mail(&app, "Late").await;
    let drafts = app.call("list_drafts", json!(null)).await.unwrap();
    let now = app.run("return Date.now()", vec![]).await;
    let at = now.as_i64().unwrap() + 2 * HOUR;
    let mail = json!({ "draftId": drafts["items"][0]["id"], "at": at });
    app.call("queue_send", mail).await.unwrap();
    app.kill().await;
    // The machine was off meanwhile: its time is thirteen hours ago.
    let database = rusqlite::Connection::open(desk.data_dir().join("draftwell.db")).unwrap();
    database
        .execute(
            "UPDATE emails SET not_before = not_before - ?1, due_at = due_at - ?1,
                    queued_at = queued_at - ?1",
            [15 * HOUR],
        )
        .unwrap();
    drop(database);

    let app = desk.start().await;
    until_mail(&app, "the mail to be held", |mail| mail["held"] == true).await;
    app.get("button", "Outbox: 1 mail, 1 waiting for you").await;
    open_outbox(&app).await;
    let said = row(&app).await;
    assert!(said.contains("Late: was to leave"), "{said}");
    for choice in ["Send now*", "Another time*", "Back to draft*"] {
        app.get("button", choice).await;
    }
    app.pictures("late").await;
    until_focused(&app, "Late").await;
    app.press(&[], 't').await;
    app.get("dialog", "Another time").await;
    app.press(&[], '1').await;
    until_mail(&app, "another time", |mail| {
        mail["held"] == false && mail["notBefore"].as_i64() > now.as_i64()
    })
    .await;
    assert_eq!(google.mailbox(&desk)["sent"], json!([]), "nobody said so");
    // It is among the scheduled ones now, and the focus with it.
    app.get("heading", "Scheduled").await;
    until_focused(&app, "Late").await;
    app.press(&[], 'n').await;
    until("the mail in Sent", async || {
        google.mailbox(&desk)["sent"].get(0).cloned()
    })
    .await;
}

/// What is selected in the page.
async fn selection(app: &App) -> String {
    let text = app.run("return String(getSelection())", vec![]).await;
    text.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_is_asked_before_a_mail_leaves_leads_to_its_place() {
    let mut desk = Desk::new("what_is_asked_before_a_mail_leaves");
    let google = Google::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    app.call("update_settings", json!({ "undoSeconds": 0 }))
        .await
        .unwrap();
    app.write("To", "Bob Miller <bob@example.com>,").await;
    app.write("Message", "Liebe Anna, im Anhang die Zahlen.")
        .await;
    app.until_saved().await;
    app.press(&[Key::Control], char::from(Key::Enter)).await;
    let dialog = app.get("dialog", "Send it like this?").await;
    let asked = dialog.text().await.unwrap();
    for part in ["no subject", "names “Anna”", "Bob Miller", "attachment"] {
        assert!(asked.contains(part), "{part} is not asked about: {asked}");
    }
    app.pictures("questions").await;
    // Whoever presses Enter once too often goes back.
    app.press(&[], char::from(Key::Enter)).await;
    app.until_gone("dialog", "Send it like this?").await;

    app.press(&[Key::Control], char::from(Key::Enter)).await;
    app.get("dialog", "Send it like this?").await;
    app.press(&[], '2').await;
    until("the name in the greeting to be selected", async || {
        (selection(&app).await == "Anna").then_some(())
    })
    .await;
    for letter in "Bob".chars() {
        app.press(&[], letter).await;
    }
    app.until_saved().await;
    app.press(&[Key::Control], char::from(Key::Enter)).await;
    app.get("dialog", "Send it like this?").await;
    app.press(&[], '1').await;
    app.until_gone("dialog", "Send it like this?").await;
    let focused = "return document.activeElement?.getAttribute('aria-label') === 'Subject'";
    app.until_page("the cursor in the subject", focused).await;
    assert_eq!(google.mailbox(&desk)["sent"], json!([]), "nobody said so");

    app.press(&[Key::Control], char::from(Key::Enter)).await;
    let dialog = app.get("dialog", "Send it like this?").await;
    let asked = dialog.text().await.unwrap();
    assert!(!asked.contains("Anna"), "this one was answered: {asked}");
    app.press(&[], 'a').await;
    let sent = until("the mail in Sent", async || {
        google.mailbox(&desk)["sent"].get(0).cloned()
    })
    .await;
    let text = sent["plain"].as_str().unwrap();
    assert!(text.starts_with("Liebe Bob,"), "{text}");
}

#[tokio::test]
async fn quick_compose_can_send_later() {
    let mut desk = Desk::new("quick_compose_can_send_later");
    let google = Google::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    app.call("open_compose_window", json!(null)).await.unwrap();
    app.turn_to("compose.html").await;
    write_mail(&app, "From the small window").await;
    app.press(&[Key::Control, Key::Shift], char::from(Key::Enter))
        .await;
    app.get("dialog", "Send later").await;
    app.picture("quick compose");
    app.press(&[], '1').await;
    until_mail(&app, "the mail to be scheduled", |mail| {
        mail["status"] == "scheduled" && mail["subject"] == "From the small window"
    })
    .await;
    app.click("button", "Undo").await;
    until("the draft to be open again", async || {
        let mails = app.call("list_outbox", json!(null)).await.ok()?;
        (mails == json!([])).then_some(())
    })
    .await;
    app.write("Message", " More.").await;
    app.until_saved().await;
    assert_eq!(google.mailbox(&desk)["sent"], json!([]));
}

#[tokio::test]
async fn over_the_day_s_limit_a_mail_waits_and_says_until_when() {
    let mut desk = Desk::new("over_the_day_s_limit_a_mail_waits");
    let google = Google::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    app.call(
        "update_settings",
        json!({ "undoSeconds": 0, "dailyLimit": 1 }),
    )
    .await
    .unwrap();
    write_mail(&app, "The first").await;
    app.click("button", "Send").await;
    until("the first mail in Sent", async || {
        google.mailbox(&desk)["sent"].get(0).map(drop)
    })
    .await;
    until("an empty draft", async || {
        app.text("Subject").await.is_empty().then_some(())
    })
    .await;
    write_mail(&app, "The second").await;
    app.click("button", "Send").await;
    until_mail(&app, "the second mail to wait", |mail| {
        mail["errorCode"] == "GMAIL_QUOTA_EXCEEDED"
    })
    .await;
    open_outbox(&app).await;
    let said = until("the limit to be said", async || {
        let region = app.get("region", "Outbox").await;
        let said = region.text().await.ok()?;
        said.contains("1 of 1 mail today").then_some(said)
    })
    .await;
    for part in ["The second", "Waits; goes on", "limit of mails is reached"] {
        assert!(said.contains(part), "{part} is missing: {said}");
    }
    app.pictures("limit").await;
    // Whoever raises the limit need not wait for the next day.
    app.call("update_settings", json!({ "dailyLimit": 2 }))
        .await
        .unwrap();
    until("the second mail in Sent", async || {
        google.mailbox(&desk)["sent"].get(1).map(drop)
    })
    .await;
}

#[tokio::test]
async fn keys_alone_lead_through_the_outbox_and_back() {
    let mut desk = Desk::new("keys_alone_lead_through_the_outbox");
    let google = Google::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    let now = app.run("return Date.now()", vec![]).await;
    for (hours, subject) in (5..).zip(["First", "Second", "Third"]) {
        schedule(&app, subject, now.as_i64().unwrap() + hours * HOUR).await;
    }
    let (down, up) = (char::from(Key::Down), char::from(Key::Up));

    app.press(&[Key::Control, Key::Shift], 'o').await;
    until_focused(&app, "First").await;
    app.press(&[], down).await;
    until_focused(&app, "Second").await;

    // To the end of the list and back: the focus goes with the mail.
    app.press(&[], 'b').await;
    app.get("heading", "Earlier*").await;
    until_focused(&app, "Second").await;
    app.press(&[], up).await;
    until_focused(&app, "Third").await;

    // In an hour: before the first one.
    app.press(&[], 't').await;
    app.get("dialog", "Another time").await;
    app.press(&[], '1').await;
    app.until_gone("dialog", "Another time").await;
    until_focused(&app, "Third").await;
    app.press(&[], down).await;
    until_focused(&app, "First").await;

    app.press(&[], 'n').await;
    until("the mail in Sent", async || {
        google.mailbox(&desk)["sent"].get(0).cloned()
    })
    .await;
    until_focused(&app, "First").await;

    // What is taken out of the list hands the focus on.
    app.press(&[], 'x').await;
    until_focused(&app, "Second").await;
    app.press(&[], 'x').await;
    until_focused(&app, "Third").await;
    app.picture("the last one");

    app.press(&[], char::from(Key::Escape)).await;
    let in_draft = "return document.activeElement.closest('[aria-label=Draft]') !== null";
    app.until_page("the focus in the draft", in_draft).await;
    let sent = google.mailbox(&desk)["sent"].clone();
    assert_eq!(sent.as_array().map(Vec::len), Some(1), "one key, one mail");
}
