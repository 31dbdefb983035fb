//! What comes back: reading is allowed as a step of its own, an answer is noticed and shown, and
//! the desktop tells of it.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{App, Desk, counterparts::Google, middle::Middle, wait::until};

/// A mail to Zoë that has left, as the program's database has it.
async fn send_to_zoe(desk: &Desk, app: &App, subject: &str) -> Value {
    app.call("update_settings", json!({ "undoSeconds": 0 }))
        .await
        .unwrap();
    app.write("To", "zoe@example.org,").await;
    app.write("Subject", subject).await;
    app.write("Message", "Hello Zoë, would Tuesday suit you?")
        .await;
    app.until_saved().await;
    app.click("button", "Send").await;
    until("the mail to have left", async || {
        let mails = app.call("list_emails", json!(null)).await.ok()?;
        let mail = mails["items"].get(0)?.clone();
        (mail["status"] == "sent").then_some(())?;
        let database = desk.database();
        let id: String = database
            .query_row(
                "SELECT message_id FROM emails ORDER BY seq DESC",
                [],
                |row| row.get(0),
            )
            .ok()?;
        Some(json!({ "messageId": id, "thread": mail["providerThreadId"], "id": mail["id"] }))
    })
    .await
}

fn answer(mail: &Value, header: &str, text: &str) -> String {
    let id = mail["messageId"].as_str().unwrap();
    format!(
        "From: =?utf-8?q?Zo=C3=AB_Wei=C3=9F?= <zoe@example.org>\r\nTo: ada@example.com\r\n\
         Subject: Re: Tuesday\r\nMessage-ID: <{}@example.org>\r\nIn-Reply-To: {id}\r\n\
         References: {id}\r\n{header}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        text.len()
    )
}

/// What the history says, oldest first.
async fn kinds(app: &App) -> Vec<String> {
    let page = app.call("list_history", json!(null)).await.unwrap();
    let items = page["items"].as_array().unwrap();
    let kind = |item: &Value| item["kind"].as_str().unwrap_or("sent").to_owned();
    items.iter().rev().map(kind).collect()
}

/// What can be read in the history.
async fn shown(app: &App) -> String {
    let script = "return document.querySelector('section[aria-label=Sent]')?.innerText ?? ''";
    let text = app.run(script, vec![]).await;
    text.as_str().unwrap_or_default().to_owned()
}

async fn until_shown(app: &App, parts: &[&str]) {
    until(&format!("the history to show {parts:?}"), async || {
        let shown = shown(app).await;
        parts.iter().all(|part| shown.contains(part)).then_some(())
    })
    .await;
}

async fn open_accounts(app: &App) {
    app.press(&[Key::Control], ',').await;
    app.click("tab", "Accounts").await;
}

/// Goes through Google's page from the account's own offer.
async fn allow_reading(app: &App) {
    app.click("button", "Notice replies").await;
    app.click("button", "Open the sign-in page").await;
}

#[tokio::test]
async fn a_reply_is_noticed_shown_and_told_of() {
    let mut desk = Desk::new("a_reply_is_noticed");
    let google = Google::start(&mut desk);
    let notices = desk.bus().show_notifications();
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    let zoe = json!({ "name": "Zoë Weiß", "email": "zoe@example.org" });
    app.call("save_contact", zoe).await.unwrap();
    let mail = send_to_zoe(&desk, &app, "Tuesday").await;
    google.receive(&answer(&mail, "", "Too early."), mail["thread"].as_str());
    let refused = app.call("look_for_replies", Value::Null).await.unwrap_err();
    assert_eq!(
        refused["code"], "ACCOUNT_NOT_CONNECTED",
        "reading was not allowed"
    );
    assert_eq!(kinds(&app).await, ["sent"], "nothing was read");

    open_accounts(&app).await;
    app.picture("before it may read");
    allow_reading(&app).await;
    app.until_gone("button", "Open the sign-in page").await;
    app.leave_dialog().await;

    // What came before it was allowed is found by itself.
    until("the first answer", async || {
        (kinds(&app).await == ["sent", "reply"]).then_some(())
    })
    .await;
    let first = until("the desktop to tell of it", async || {
        notices.lock().unwrap().first().cloned()
    })
    .await;
    assert_eq!(
        first,
        ("Zoë Weiß answered".to_owned(), "Re: Tuesday".to_owned())
    );
    until("the window to tell of it", async || {
        app.status()
            .await
            .contains("Zoë Weiß answered")
            .then_some(())
    })
    .await;
    app.picture("told");

    // What a program writes by itself is shown, but is no answer.
    google.receive(
        &answer(
            &mail,
            "Auto-Submitted: auto-replied\r\n",
            "I am away until Monday & <b>busy</b>.",
        ),
        mail["thread"].as_str(),
    );
    app.click("button", "Sent").await;
    app.click("button", "Look for replies").await;
    until_shown(&app, &["Automatic answer", "Too early."]).await;
    app.click("button", "Whole text").await;
    app.get("button", "Less").await;
    until_shown(&app, &["I am away until Monday & <b>busy</b>."]).await;
    app.pictures("history").await;
    let mails = app.call("list_emails", json!(null)).await.unwrap();
    assert!(mails["items"][0]["repliedAt"].is_i64(), "{mails}");
    assert_eq!(notices.lock().unwrap().len(), 1, "{notices:?}");
    app.kill().await;

    // One that comes while the program is closed is there after the start; none is there twice.
    google.receive(
        &answer(&mail, "", "Make it Wednesday, please."),
        mail["thread"].as_str(),
    );
    let app = desk.start().await;
    until("the answer that came meanwhile", async || {
        (kinds(&app).await == ["sent", "reply", "automatic", "reply"]).then_some(())
    })
    .await;
    assert_eq!(
        app.call("look_for_replies", Value::Null).await.unwrap()["found"],
        0
    );

    // All of it is the contact's history.
    app.click("button", "Contacts").await;
    app.click("button", "Zoë Weiß*").await;
    app.click("button", "History").await;
    app.get("heading", "Zoë Weiß").await;
    until_shown(&app, &["Make it Wednesday", "would Tuesday suit you"]).await;
    app.picture("of one contact");

    // Answering it stays in the thread, for Gmail and for everybody else.
    app.click("button", "Reply").await;
    until("the draft that answers", async || {
        let text = app.text("Message").await;
        text.contains("Zoë Weiß wrote:").then_some(())
    })
    .await;
    assert_eq!(app.text("Subject").await, "Re: Tuesday");
    app.picture("the answer to the answer");
    app.click("button", "Send").await;
    let sent = until("the answer to have left", async || {
        let sent = google.mailbox(&desk)["sent"].as_array()?.clone();
        sent.into_iter().find(|one| one["subject"] == "Re: Tuesday")
    })
    .await;
    let headers = sent["headers"].to_string();
    assert!(
        headers.contains("In-Reply-To") && headers.contains("References"),
        "{headers}"
    );
    assert_eq!(sent["to"], json!([["Zoë Weiß", "zoe@example.org"]]));
    until("it to be in her thread", async || {
        let mails = app.call("list_emails", json!(null)).await.ok()?;
        (mails["items"][0]["providerThreadId"] == mail["thread"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn without_the_box_for_reading_all_the_rest_works() {
    let mut desk = Desk::new("without_the_box_for_reading");
    desk.set("LEAVE_EMPTY", "gmail.readonly");
    let google = Google::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    open_accounts(&app).await;
    allow_reading(&app).await;
    until("what was refused to be said", async || {
        app.status()
            .await
            .contains("was not told that Draftwell may read")
            .then_some(())
    })
    .await;
    app.get("button", "Notice replies").await;
    app.picture("refused");
    let account = app.call("list_accounts", Value::Null).await.unwrap()[0].clone();
    assert_eq!(
        account["abilities"],
        json!({ "send": true, "safeSend": true, "read": false })
    );
    app.leave_dialog().await;
    send_to_zoe(&desk, &app, "All the same").await;
    assert_eq!(google.mailbox(&desk)["sent"][0]["subject"], "All the same");
}

#[tokio::test]
async fn another_account_in_the_browser_changes_nothing() {
    let mut desk = Desk::new("another_account_in_the_browser");
    let _google = Google::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({})).await.unwrap();
    let before = app.call("list_accounts", Value::Null).await.unwrap();
    app.kill().await;
    desk.set("SIGN_IN_AS", "bob@example.com");
    let app = desk.start().await;
    open_accounts(&app).await;
    allow_reading(&app).await;
    let alert = app.get("alert", "*").await;
    let said = alert.text().await.unwrap();
    assert!(
        said.contains("bob@example.com") && said.contains("ada@example.com"),
        "{said}"
    );
    let after = app.call("list_accounts", Value::Null).await.unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_mail_leaves_from_the_alias_that_was_chosen() {
    let mut desk = Desk::new("a_mail_leaves_from_the_alias");
    let google = Google::start(&mut desk);
    let middle = Middle::before(&google.base());
    desk.set("DRAFTWELL_GOOGLE_GMAIL_URL", middle.base());
    middle.answer(
        "/settings/sendAs",
        200,
        &json!({ "sendAs": [
            { "sendAsEmail": "ada@example.com", "isPrimary": true, "isDefault": true },
            { "sendAsEmail": "sales@example.com", "displayName": "Lovelace & Co",
              "verificationStatus": "accepted" },
            { "sendAsEmail": "new@example.com", "verificationStatus": "pending" },
        ]}),
    );
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({ "read": true }))
        .await
        .unwrap();
    app.write("Subject", "From an alias").await;
    app.until_saved().await;
    app.click("button", "Send from ada@example.com").await;
    let offered = app.all("menuitem", None).await;
    assert_eq!(offered.len(), 2, "what isn't verified is not offered");
    app.picture("the choice");
    app.click("menuitem", "sales@example.com*").await;
    app.get("button", "Send from sales@example.com").await;
    send_to_zoe(&desk, &app, " to Zoë").await;
    let sent = google.mailbox(&desk)["sent"][0].clone();
    assert_eq!(
        sent["from"],
        json!([["Lovelace & Co", "sales@example.com"]])
    );
    assert_eq!(sent["subject"], "From an alias to Zoë");

    // What is written from an alias is one's own.
    let thread = app.call("list_emails", json!(null)).await.unwrap();
    let thread = thread["items"][0]["providerThreadId"].clone();
    let own = "From: sales@example.com\r\nTo: zoe@example.org\r\nSubject: Re\r\n\r\nMine.\r\n";
    google.receive(own, thread.as_str());
    let hers = "From: zoe@example.org\r\nTo: sales@example.com\r\nSubject: Re\r\n\r\nHers.\r\n";
    google.receive(hers, thread.as_str());
    let looked = app.call("look_for_replies", Value::Null).await.unwrap();
    until("her answer", async || {
        (kinds(&app).await.len() == 2).then_some(())
    })
    .await;
    assert_eq!(kinds(&app).await, ["sent", "reply"], "{looked}");
}

#[tokio::test]
async fn a_permission_that_was_taken_back_is_noticed_and_can_be_asked_for_again() {
    let mut desk = Desk::new("a_permission_that_was_taken_back");
    let google = Google::start(&mut desk);
    let middle = Middle::before(&google.base());
    desk.set("DRAFTWELL_GOOGLE_GMAIL_URL", middle.base());
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({ "read": true }))
        .await
        .unwrap();
    send_to_zoe(&desk, &app, "Tuesday").await;
    app.call("look_for_replies", Value::Null).await.unwrap();
    let refusal = json!({ "error": { "code": 403, "message": "Insufficient Permission",
        "errors": [{ "reason": "insufficientPermissions" }], "status": "PERMISSION_DENIED" } });
    middle.answer("/history", 403, &refusal);
    let account = until("the permission to be given up", async || {
        // The program may be looking by itself just now: then this one is told nothing.
        let _ = app.call("look_for_replies", Value::Null).await;
        let account = app.call("list_accounts", Value::Null).await.ok()?[0].clone();
        (account["abilities"]["read"] == false).then_some(account)
    })
    .await;
    assert_eq!(
        account["abilities"],
        json!({ "send": true, "safeSend": true, "read": false })
    );
    open_accounts(&app).await;
    app.get("button", "Notice replies").await;
}
