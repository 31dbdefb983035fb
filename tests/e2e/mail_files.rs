//! Mail files and links given on the command line: opened as drafts, or told why not.

use std::fs;

use serde_json::{Value, json};

use crate::support::{App, Desk, wait::until};

/// The drafts there are; only the main window may list them.
async fn drafts(app: &App) -> Vec<Value> {
    let list = app.call("list_drafts", json!(null)).await.unwrap();
    list["items"].as_array().unwrap().clone()
}

fn count(desk: &Desk) -> u32 {
    (desk.database())
        .query_row("SELECT count(*) FROM drafts", [], |row| row.get(0))
        .unwrap()
}

async fn get(app: &App, id: &Value) -> Value {
    app.call("get_draft", json!({ "id": id })).await.unwrap()
}

/// Waits for a toast or a notice that says this.
async fn says(app: &App, words: &str) {
    until(&format!("the words {words:?}"), async || {
        let page = app.run("return document.body.textContent", vec![]).await;
        page.as_str()?.contains(words).then_some(())
    })
    .await;
}

#[tokio::test]
async fn mail_files_and_links_from_the_command_line_are_drafts_or_say_why_not() {
    let desk = Desk::new("mail_files_from_the_command_line");
    let folder = desk.folder("mails");
    let write = |name: &str, text: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let app = desk.start().await;
    app.call("open_compose_window", json!({})).await.unwrap();
    app.turn_to("compose.html").await;
    app.get("textbox", "Message").await;

    // A mail of another program, with things that don't belong into a draft.
    let mail = write(
        "mail.eml",
        b"From: =?iso-8859-1?q?J=FCrgen?= <j@example.org>\r\n\
          To: Zo\xc3\xab <zoe@example.org>\r\n\
          Subject: =?utf-8?q?Hi=0D=0ABcc:_eve@example.org?=\r\n\
          MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n\
          --m\r\nContent-Type: text/html; charset=koi8-r\r\n\r\n\
          <p>\xf0\xd2\xc9\xd7\xc5\xd4</p><script>x()</script>\r\n\
          --m\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n\
          JVBERi0xLjcK\r\n\
          --m\r\nContent-Type: application/octet-stream; name=run.exe\r\nContent-Transfer-Encoding: base64\r\n\r\n\
          TVqQAAMAAAAEAAAA\r\n--m--\r\n",
    );
    hand_over(&desk, &["compose", &mail]);
    says(&app, "“run.exe” is a program or a script").await;
    assert_eq!(app.text("Message").await.trim(), "Привет");
    assert_eq!(app.text("Subject").await, "Hi Bcc: eve@example.org");
    app.picture("left-out");
    app.turn_to("index.html").await;
    assert_eq!(
        app.text("Message").await.trim(),
        "",
        "it was for the small window only"
    );
    let all = drafts(&app).await;
    app.turn_to("compose.html").await;
    let draft = get(&app, &all[0]["id"]).await;
    assert_eq!(draft["bcc"], json!([]), "no header is smuggled in");
    assert_eq!(draft["to"][0]["address"], "zoe@example.org");
    assert_eq!(draft["attachments"][0]["name"], "a.pdf");
    assert_eq!(draft["attachments"].as_array().unwrap().len(), 1);

    // No mails: told, and nothing is made of them.
    let nested = format!(
        "Subject: x\r\n{}",
        "Content-Type: message/rfc822\r\n\r\n".repeat(50_000)
    );
    for (name, bytes, why) in [
        ("picture.eml", &b"\x89PNG\r\n\x1a\n"[..], "isn't an e-mail"),
        ("empty.eml", b"", "isn't an e-mail"),
        ("nested.eml", nested.as_bytes(), "more than 500 parts"),
    ] {
        let path = write(name, bytes);
        hand_over(&desk, &["compose", &path]);
        says(&app, why).await;
    }
    hand_over(&desk, &[&folder.join("gone.eml").display().to_string()]);
    says(&app, "“gone.eml” isn't there").await;
    fs::create_dir(folder.join("folder.eml")).unwrap();
    hand_over(
        &desk,
        &["compose", &folder.join("folder.eml").display().to_string()],
    );
    says(&app, "is no ordinary file").await;
    assert_eq!(count(&desk), 1, "nothing was made of them");

    // A link may fill only what is seen.
    hand_over(
        &desk,
        &[
            "mailto:a%2Bb@example.org?subject=1+1&attach=/etc/passwd&From=eve@example.org&body=x%0D%0Ay",
        ],
    );
    says(&app, "The link asked to attach a file").await;
    says(&app, "The link also set “from”").await;
    assert_eq!(app.text("Subject").await, "1+1");
}

/// A second start hands over and ends.
fn hand_over(desk: &Desk, arguments: &[&str]) {
    let status = desk.launch(arguments).wait();
    assert!(status.success(), "{arguments:?}: {status}");
}
