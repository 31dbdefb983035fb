//! An Outlook account, from the client id to mails that arrived, and its farewell. Microsoft's
//! sign-in is npm's `emulate`; the mailbox behind Graph is `tests/tools/outlook.py`.

use serde_json::{Value, json};

use crate::support::{App, Desk, counterparts::Outlook, root, wait::until};

const CLIENT: &str = "1a2b3c4d-0000-4000-8000-123456789abc";
const PDF: &str = "Angebot für Łódź.pdf";
/// Too large for one request of Graph's.
const PDF_BYTES: usize = 3_500_000;

/// Pastes a file as large as [`PDF_BYTES`], the way the web view hands one over.
async fn paste_pdf(app: &App) {
    app.run(
        "const [name, size] = arguments;
         const bytes = Uint8Array.from({ length: size }, (_, i) => i % 251);
         bytes.set(new TextEncoder().encode('%PDF-1.7\\n'));
         const clipboardData = new DataTransfer();
         clipboardData.items.add(new File([bytes], name, { type: 'application/pdf' }));
         document.querySelector('[aria-label=Subject]').dispatchEvent(
           new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));",
        vec![json!(PDF), json!(PDF_BYTES)],
    )
    .await;
}

fn pdf_hash(desk: &Desk) -> String {
    let mut bytes: Vec<u8> = (0..PDF_BYTES).map(|i| (i % 251) as u8).collect();
    bytes[..9].copy_from_slice(b"%PDF-1.7\n");
    let file = desk.folder("expected").join("file.pdf");
    std::fs::write(&file, bytes).unwrap();
    desk.output("sha256sum", &[&file.display().to_string()])[..64].to_owned()
}

/// What Python reads in a message of the mailbox.
fn read(desk: &Desk, message: &Value) -> Value {
    let file = desk.folder("arrived").join("mail.eml.base64");
    std::fs::write(&file, message["mime"].as_str().unwrap()).unwrap();
    let decoded = file.with_extension("");
    let decode = format!("base64 -d {} > {}", file.display(), decoded.display());
    desk.output("sh", &["-c", &decode]);
    let script = root().join("tests/tools/read_mail.py");
    let read = desk.output(
        &script.display().to_string(),
        &[&decoded.display().to_string()],
    );
    serde_json::from_str(&read).expect("what Python reads")
}

async fn write_and_send(app: &App, subject: &str) {
    app.write("To", "Zoë Weiß <zoe@example.org>,").await;
    app.write("Subject", subject).await;
    app.write("Message", "Hallo Zoë, das kommt an.").await;
    app.until_saved().await;
    app.click("button", "Send").await;
}

async fn until_sent(app: &App, subject: &str) -> Value {
    until(&format!("{subject} to be settled"), async || {
        let page = app.call("list_emails", json!({})).await.ok()?;
        let emails = page["items"].as_array()?.clone();
        let found = emails.into_iter().find(|one| one["subject"] == subject)?;
        (found["status"] == "sent").then_some(found)
    })
    .await
}

#[tokio::test]
async fn connect_outlook_send_a_large_file_and_leave() {
    let mut desk = Desk::new("outlook");
    let outlook = Outlook::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;

    // A client id first; a wrong one is told.
    app.click("button", "Settings").await;
    app.click("tab", "Accounts").await;
    app.picture("before");
    app.click("button", "Connect Outlook").await;
    app.write("Application (client) ID", "1-a.apps.googleusercontent.com")
        .await;
    app.picture("client");
    app.click("button", "Keep this client").await;
    until("what is wrong with it", async || {
        let page = app.run("return document.body.textContent", vec![]).await;
        (page.as_str()?.contains("This isn't a client ID")).then_some(())
    })
    .await;
    app.rewrite("Application (client) ID", CLIENT).await;
    app.click("button", "Keep this client").await;
    app.get("button", "More about ada@example.com").await;
    for theme in ["dark", "light"] {
        app.call("update_settings", json!({ "theme": theme }))
            .await
            .unwrap();
        let shown = format!("return document.documentElement.dataset.theme === '{theme}'");
        app.until_page("the theme", &shown).await;
        let still = "return document.getAnimations().length === 0";
        app.until_page("everything to stand still", still).await;
        app.picture(&format!("connected-{theme}"));
    }
    let accounts = app.call("list_accounts", json!(null)).await.unwrap();
    assert_eq!(accounts[0]["kind"], "outlook");
    assert_eq!(accounts[0]["displayName"], "Ada Lovelace");
    assert_eq!(accounts[0]["abilities"]["safeSend"], true);
    app.leave_dialog().await;
    app.call("update_settings", json!({ "undoSeconds": 1 }))
        .await
        .unwrap();

    // A mail with a blind copy and a file that goes up in pieces; the token ends meanwhile.
    outlook.goes_wrong(&json!({ "method": "PATCH", "path": "/messages/", "what": "expire" }));
    app.click("textbox", "Bcc").await;
    app.write("Bcc", "chef@example.net,").await;
    paste_pdf(&app).await;
    app.get("region", "Attachments").await;
    write_and_send(&app, "Größe zählt 🚀").await;
    let sent = until_sent(&app, "Größe zählt 🚀").await;
    assert_eq!(sent["confirmed"], true);
    let messages = outlook.messages();
    let message = messages
        .iter()
        .find(|one| one["sent"] == 1)
        .unwrap_or_else(|| panic!("it isn't there: {messages:?}"));
    assert_eq!(message["id"], sent["providerMessageId"], "the immutable id");
    assert_eq!(message["conversation"], sent["providerThreadId"]);
    assert_eq!(
        message["toRecipients"],
        json!([["Zoë Weiß", "zoe@example.org"]])
    );
    let blind = message["bccRecipients"][0][1].as_str();
    assert_eq!(blind, Some("chef@example.net"), "{message}");
    let file = &message["files"][0];
    assert_eq!(
        (&file["name"], &file["sha256"]),
        (&json!(PDF), &json!(pdf_hash(&desk)))
    );
    let mail = read(&desk, message);
    assert_eq!(mail["subject"], "Größe zählt 🚀");
    assert_eq!(mail["from"], json!([["Ada Lovelace", "ada@example.com"]]));
    assert_eq!(mail["defects"], json!([]));
    let plain = mail["plain"].as_str().unwrap();
    assert!(plain.contains("Hallo Zoë, das kommt an."), "{plain}");

    // The answer to a send is lost: it is found, and not sent again.
    outlook.goes_wrong(&json!({ "method": "POST", "path": "/send$", "what": "lose_reply" }));
    app.click("button", "New draft").await;
    write_and_send(&app, "Verlorene Antwort").await;
    let sent = until_sent(&app, "Verlorene Antwort").await;
    assert_eq!(sent["confirmed"], true, "it was looked for");
    let times: u64 = outlook
        .messages()
        .iter()
        .map(|one| one["sent"].as_u64().unwrap())
        .sum();
    assert_eq!(times, 2, "each went out once");
    let history = app.call("list_history", json!(null)).await.unwrap();
    assert_eq!(history["items"].as_array().unwrap().len(), 2);

    // Farewell: everything of it is forgotten, and the user learns what is left to do.
    app.click("button", "Settings").await;
    app.click("tab", "Accounts").await;
    app.click("button", "More about ada@example.com").await;
    app.click("menuitem", "Disconnect…").await;
    app.click("button", "Disconnect").await;
    until("the farewell", async || {
        let page = app.run("return document.body.textContent", vec![]).await;
        page.as_str()?.contains("account.live.com").then_some(())
    })
    .await;
    app.picture("left");
    let accounts = app.call("list_accounts", json!(null)).await.unwrap();
    assert_eq!(accounts, json!([]));
    let secrets: i64 = desk
        .database()
        .query_row(
            "SELECT count(*) FROM secrets WHERE name LIKE 'tokens/%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(secrets, 0, "its tokens are gone");
}
