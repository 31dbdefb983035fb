//! An account at a mail server, from its form to a mail that arrived there.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{App, Desk, root, wait::until};

/// What one transaction brought: its envelope's recipients, and the mail.
type Taken = Arc<Mutex<Vec<(Vec<String>, Vec<u8>)>>>;

/// A mail server on this machine that wants the right password and keeps what it takes.
fn serve() -> (u16, Taken) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its number").port();
    let taken = Taken::default();
    let kept = Arc::clone(&taken);
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = talk(&stream, &kept);
        }
    });
    (port, taken)
}

fn talk(mut stream: &TcpStream, taken: &Taken) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream);
    let mut recipients = Vec::new();
    stream.write_all(b"220 mail.test\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer = match line.split([' ', '\r']).next().unwrap_or_default() {
            "EHLO" => "250-mail.test\r\n250-SIZE 26000000\r\n250 AUTH PLAIN",
            // "\0ada@example.com\0sesame"
            "AUTH" if line.contains("AGFkYUBleGFtcGxlLmNvbQBzZXNhbWU=") => "235 2.7.0 welcome",
            "AUTH" => "535 5.7.8 wrong password",
            "RCPT" => {
                recipients.push(
                    line["RCPT TO:<".len()..]
                        .trim_end()
                        .trim_end_matches('>')
                        .into(),
                );
                "250 2.1.5 ok"
            }
            "DATA" => {
                stream.write_all(b"354 go\r\n")?;
                let mut mail = Vec::new();
                loop {
                    let mut line = Vec::new();
                    if lines.read_until(b'\n', &mut line)? == 0 {
                        return Ok(());
                    }
                    if line == b".\r\n" {
                        break;
                    }
                    mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                }
                let mut taken = taken.lock().expect("not poisoned");
                taken.push((std::mem::take(&mut recipients), mail));
                "250 2.0.0 queued"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => "250 2.0.0 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
    }
}

/// The settings' form for a server on this machine, filled in.
async fn open_form(app: &App, port: u16, password: &str) {
    app.click("button", "Settings").await;
    app.click("tab", "Accounts").await;
    app.click("button", "Other mail server…").await;
    app.write("Your address", "ada@example.com").await;
    app.write("Your name", "Ada Lovelace").await;
    app.write("Server", "127.0.0.1").await;
    app.run(
        "const [way] = arguments;
         const select = [...document.querySelectorAll('select')]
           .find((s) => s.labels?.[0]?.textContent.trim() === 'Security');
         select.value = way;
         select.dispatchEvent(new Event('change', { bubbles: true }));",
        vec![json!("none")],
    )
    .await;
    app.rewrite("Port", &port.to_string()).await;
    app.rewrite("User name", "ada@example.com").await;
    app.write("Password", password).await;
}

#[tokio::test]
async fn connect_a_mail_server_and_send_through_it() {
    let (port, taken) = serve();
    let desk = Desk::new("smtp");
    let app = desk.start().await;
    app.get("textbox", "Message").await;

    open_form(&app, port, "open").await;
    app.picture("form");

    // A wrong password is told with the server's words, and nothing is kept.
    app.click("button", "Connect").await;
    let alert = until("what the server said", async || {
        for alert in app.all("alert", None).await {
            let text = alert.text().await.ok()?;
            if text.contains("535") {
                return Some(text);
            }
        }
        None
    })
    .await;
    assert!(alert.contains("wrong password"), "{alert}");
    app.picture("refused");
    let accounts = app.call("list_accounts", json!(null)).await.unwrap();
    assert_eq!(accounts, json!([]), "a failed login is not kept by itself");

    app.rewrite("Password", "sesame").await;
    app.click("button", "Connect").await;
    app.get("button", "More about ada@example.com").await;
    app.picture("connected");
    app.leave_dialog().await;

    app.call("update_settings", json!({ "undoSeconds": 1 }))
        .await
        .unwrap();
    app.write("To", "Zoë Weiß <zoe@example.org>,").await;
    app.click("textbox", "Bcc").await;
    app.write("Bcc", "chef@example.net,").await;
    app.write("Subject", "Größe zählt").await;
    app.write("Message", "Hallo Zoë, das kommt an.").await;
    app.until_saved().await;
    app.click("button", "Send").await;
    let (recipients, mail) = until("the mail at the server", async || {
        taken.lock().expect("not poisoned").first().cloned()
    })
    .await;
    assert_eq!(recipients, ["zoe@example.org", "chef@example.net"]);
    let file = desk.folder("arrived").join("mail.eml");
    std::fs::write(&file, &mail).unwrap();
    let read = desk.output(
        &root()
            .join("tests/tools/read_mail.py")
            .display()
            .to_string(),
        &[&file.display().to_string()],
    );
    let mail: Value = serde_json::from_str(&read).expect("what Python reads");
    assert_eq!(mail["subject"], "Größe zählt");
    assert_eq!(mail["from"], json!([["Ada Lovelace", "ada@example.com"]]));
    assert_eq!(
        mail["bcc"],
        json!([]),
        "blind copies are in the envelope only"
    );
    assert_eq!(mail["defects"], json!([]));
    until("the mail to be settled", async || {
        let history = app.call("list_history", json!(null)).await.ok()?;
        (history["items"][0]["subject"] == "Größe zählt").then_some(())
    })
    .await;
    assert_eq!(taken.lock().unwrap().len(), 1, "it went out once");

    // The password is nowhere in the clear, nor as AUTH PLAIN and LOGIN write it.
    let mut folders = vec![desk.data_dir().to_path_buf()];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if let Ok(bytes) = std::fs::read(entry.path()) {
                count += 1;
                for secret in ["sesame", "c2VzYW1l", "zZXNhbW", "Nlc2FtZ"] {
                    let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                    assert!(!found, "the password is in {}", entry.path().display());
                }
            }
        }
    }
    assert!(count > 3, "the logs, too, were looked through: {count}");
}

#[tokio::test]
async fn cancel_ends_the_check_of_a_server_that_does_not_answer_and_nothing_is_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its number").port();
    let (told, heard) = std::sync::mpsc::channel();
    // It says nothing, and tells when somebody comes and when they hang up.
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        told.send("came").expect("the test waits");
        let end = std::io::Read::read(&mut stream, &mut [0; 1]);
        told.send(if matches!(end, Ok(1..)) {
            "spoke first"
        } else {
            "left"
        })
    });
    let heard = Arc::new(Mutex::new(heard));
    let next = async |what: &str| {
        until(what, async || {
            heard.lock().expect("not poisoned").try_recv().ok()
        })
        .await
    };
    let desk = Desk::new("smtp-cancel");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    open_form(&app, port, "sesame").await;
    app.click("button", "Connect").await;
    assert_eq!(next("the connection").await, "came");
    app.click("button", "Cancel").await;
    app.get("button", "Other mail server…").await;
    assert_eq!(
        next("its end").await,
        "left",
        "nobody waits for it any more"
    );
    let accounts = app.call("list_accounts", json!(null)).await.unwrap();
    assert_eq!(accounts, json!([]), "nothing is kept of it");
}

#[tokio::test]
async fn a_password_that_no_longer_fits_is_entered_where_it_is_missed() {
    let (port, taken) = serve();
    let desk = Desk::new("smtp-password");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let settings = json!({
        "email": "ada@example.com",
        "server": { "host": "127.0.0.1", "port": port, "security": "none",
                    "login": "password", "userName": "ada@example.com" },
        "secret": "of last year",
    });
    app.call("save_smtp_account", settings).await.unwrap();
    app.call("update_settings", json!({ "undoSeconds": 0 }))
        .await
        .unwrap();
    let write = async |subject: &str| {
        app.write("To", "zoe@example.org,").await;
        app.write("Subject", subject).await;
        app.write("Message", "Hallo Zoë, das kommt an.").await;
        app.until_saved().await;
        app.click("button", "Send").await;
    };
    write("The first").await;
    until("the server to refuse the password", async || {
        let accounts = app.call("list_accounts", json!(null)).await.ok()?;
        (accounts[0]["needsSignIn"] == true).then_some(())
    })
    .await;
    app.click("button", "New draft").await;
    write("The second").await;
    app.get("dialog", "This account can’t be used").await;
    app.get("textbox", "Server").await;
    app.picture("asked");
    assert!(
        app.all("button", Some("Connect Gmail")).await.is_empty(),
        "Google has nothing to do with it"
    );
    app.write("Password", "sesame").await;
    app.click("button", "Save").await;
    until("both mails at the server", async || {
        (taken.lock().expect("not poisoned").len() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn mails_of_an_account_that_is_locked_out_wait_for_the_user_and_then_go_on() {
    let (port, taken) = serve();
    let desk = Desk::new("smtp-locked-out");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let settings = json!({
        "email": "ada@example.com",
        "server": { "host": "127.0.0.1", "port": port, "security": "none",
                    "login": "password", "userName": "ada@example.com" },
        "secret": "of last year",
    });
    app.call("save_smtp_account", settings).await.unwrap();
    let now = app.run("return Date.now()", vec![]).await;
    let now = now.as_i64().unwrap();
    for (subject, at) in [
        ("The first", now + 3000),
        ("The second", now + 3000),
        ("For the day after", now + 100_000_000),
    ] {
        let edit = json!({
            "to": [{ "name": "", "address": "zoe@example.org" }],
            "subject": subject,
            "body": { "type": "doc", "content": [
                { "type": "paragraph", "content": [{ "type": "text", "text": "Hallo Zoë." }] }
            ] },
            "cause": "blur",
        });
        let draft = app.call("save_draft", edit).await.unwrap();
        let mail = json!({ "draftId": draft["id"], "at": at });
        app.call("queue_send", mail).await.unwrap();
    }
    app.get("button", "Outbox: 3 mails, 3 waiting for you")
        .await;
    app.press(&[Key::Control, Key::Shift], 'o').await;
    app.get("heading", "Waits for you").await;
    assert!(
        !app.shows("heading", "Scheduled").await,
        "none is elsewhere"
    );
    let region = app.get("region", "Outbox").await;
    let rows = until("the three mails", async || {
        let rows = app.all_in(&region, "listitem", "*").await;
        (rows.len() == 3).then_some(rows)
    })
    .await;
    for row in &rows {
        let said = row.text().await.unwrap();
        assert!(said.contains("535"), "it says why: {said}");
        assert!(said.contains("Change settings"), "and what to do: {said}");
        assert!(!said.contains("About to leave"), "it isn't: {said}");
    }
    app.pictures("locked out").await;

    // Keys alone, from the mail to the password and back.
    let on_a_mail = "return document.activeElement.matches('[data-mail]')";
    app.until_page("the focus on a mail", on_a_mail).await;
    app.press(&[], 'c').await;
    app.get("dialog", "Settings of ada@example.com").await;
    let on_password = "return document.activeElement.type === 'password'";
    app.until_page("the focus on the password", on_password)
        .await;
    app.picture("the password is asked");
    for letter in "sesame".chars() {
        app.press(&[], letter).await;
    }
    app.press(&[], char::from(Key::Enter)).await;
    until("both mails at the server", async || {
        (taken.lock().expect("not poisoned").len() == 2).then_some(())
    })
    .await;
    app.get("button", "Outbox: 1 mail").await;
    app.until_page("the focus on a mail", on_a_mail).await;
}
