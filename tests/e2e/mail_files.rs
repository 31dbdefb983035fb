//! Drafts as mail files: saved with the system's dialog, read by Python's `email` without defects,
//! and opened again as the same draft; and files nobody should open.

use std::fs;

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{App, Desk, dialog, wait::until};

/// A PNG of two pixels by two, in base64.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==";

const SAVE: &str = "Save the draft as a mail file";
const OPEN: &str = "Open mail files as drafts";

/// What a draft says, without what only this copy of it has.
fn content(draft: &Value) -> Value {
    let fields = ["to", "cc", "bcc", "subject", "body", "attachments"];
    fields.iter().map(|name| draft[*name].clone()).collect()
}

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

/// A draft with everything one can have.
async fn full_draft(app: &App) -> Value {
    let image = json!({ "name": "dot.png", "data": PNG });
    let image = app.call("add_image", image).await.unwrap();
    let mut files = Vec::new();
    for (name, data) in [
        ("Angebot für Łódź 🎉.pdf", "JVBERi0xLjcKAP8K"),
        // Latin-1, which is no UTF-8: bytes stay bytes.
        ("figures.csv", "5Ds3Yg0KCg=="),
        ("dot.png", PNG),
    ] {
        let file = json!({ "name": name, "data": data });
        files.push(app.call("add_attachment_data", file).await.unwrap());
    }
    let text = |text: &str| json!({ "type": "text", "text": text });
    let link =
        json!([{ "type": "link", "attrs": { "href": "https://x.example/?utm_source=own&a=1" } }]);
    let body = json!({ "type": "doc", "content": [
        { "type": "heading", "attrs": { "level": 2 }, "content": [text("Grüße 👩‍👩‍👧‍👦")] },
        { "type": "paragraph", "content": [text("two  blanks, a\ttab "),
            { "type": "text", "text": "here", "marks": link },
            { "type": "image", "attrs": { "src": image["src"], "alt": "a dot", "width": 20, "height": 20 } },
            { "type": "hardBreak" }, text("שלום.")] },
        { "type": "paragraph" },
        { "type": "orderedList", "attrs": { "start": 3 }, "content": [{ "type": "listItem", "content": [
            { "type": "paragraph", "content": [text("third")] },
            { "type": "bulletList", "content": [{ "type": "listItem", "content": [
                { "type": "paragraph", "content": [text("From here: ~~not struck~~ <b>")] }] }] }] }] },
        { "type": "blockquote", "content": [{ "type": "paragraph", "content": [text("quoted")] }] },
        { "type": "codeBlock", "attrs": { "language": "rust" }, "content": [text("fn main() {\n\t// .\n}")] },
    ]});
    let one = |name: &str, address: &str| json!([{ "name": name, "address": address }]);
    let edit = json!({
        "to": one("Zoë, die Ältere", "zoe@example.org"),
        "cc": one("Bob", "bob@bücher.example"),
        "bcc": one("Eve", "eve@example.org"),
        "subject": "Ein Angebot: 20 % weniger =?utf-8?q?nicht?=",
        "body": body, "attachments": files, "cause": "blur",
    });
    let saved = app.call("save_draft", edit).await.unwrap();
    get(app, &saved["id"]).await
}

#[tokio::test]
async fn a_draft_goes_out_as_a_file_and_comes_back_the_same() {
    let desk = Desk::new("a_draft_goes_out_as_a_file");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let draft = full_draft(&app).await;
    app.click("button", "Zoë, die Ältere*").await;
    until("the draft", async || {
        (app.text("Subject").await == draft["subject"]).then_some(())
    })
    .await;
    let folder = desk.folder("mails");
    let file = folder.join("offer.eml");
    fs::write(&file, "what was there before").unwrap();
    app.press(&[Key::Control, Key::Shift], 'd').await;
    dialog::enter(&desk, SAVE, &file).await;
    says(&app, "The mail file was saved").await;

    // What somebody else's parser finds in it.
    let script = crate::support::root().join("tests/tools/read_mail.py");
    let script = script.display().to_string();
    let read = desk.output(&script, &[&file.display().to_string()]);
    let mail: Value = serde_json::from_str(&read).unwrap_or_else(|error| panic!("{error}: {read}"));
    assert_eq!(mail["defects"], json!([]), "Python finds nothing wrong");
    assert_eq!(mail["bareLineFeeds"], 0);
    assert_eq!(mail["headers"][0], "X-Unsent");
    assert_eq!(mail["subject"], draft["subject"]);
    assert_eq!(mail["to"], json!([["Zoë, die Ältere", "zoe@example.org"]]));
    assert_eq!(mail["cc"], json!([["Bob", "bob@xn--bcher-kva.example"]]));
    assert_eq!(
        mail["bcc"],
        json!([["Eve", "eve@example.org"]]),
        "Bcc stays"
    );
    assert_eq!(mail["from"], json!([]), "no account, no sender");
    let files: Vec<_> = (mail["attachments"].as_array().unwrap().iter())
        .map(|file| (file["name"].clone(), file["size"].clone()))
        .collect();
    assert_eq!(files[1].0, "Angebot für Łódź 🎉.pdf");
    assert_eq!(
        files.len(),
        4,
        "an image in the text and three files: {files:?}"
    );
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        1,
        "nothing unfinished stays beside it"
    );

    app.press(&[Key::Control], 'o').await;
    dialog::enter(&desk, OPEN, &file).await;
    let id = until("a second draft", async || {
        let all = drafts(&app).await;
        let new = all.iter().find(|other| other["id"] != draft["id"])?;
        (all.len() == 2).then(|| new["id"].clone())
    })
    .await;
    let mut again = content(&get(&app, &id).await);
    // Header fields carry A-labels; it is the same address.
    assert_eq!(again[1][0]["address"], "bob@xn--bcher-kva.example");
    again[1][0]["address"] = json!("bob@bücher.example");
    assert_eq!(again, content(&draft));
    until("the new draft in the window", async || {
        let text = app.text("Message").await;
        text.contains("not struck").then_some(())
    })
    .await;
    app.picture("imported");
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
