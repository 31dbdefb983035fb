//! Files that go with a mail: pasted, kept across a restart, taken out and brought back, and whole
//! in the recipient's mailbox.

use std::fs;

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{App, Desk, counterparts::Google, dialog, wait::until};

/// A PNG of two pixels by two, in base64.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==";

/// Pastes a file the way the web view hands one over.
async fn paste(app: &App, name: &str, kind: &str, base64: &str) {
    app.run(
        "const [name, type, data] = arguments;
         const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
         const clipboardData = new DataTransfer();
         clipboardData.items.add(new File([bytes], name, { type }));
         document.querySelector('[aria-label=Subject]').dispatchEvent(
           new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));",
        vec![json!(name), json!(kind), json!(base64)],
    )
    .await;
}

async fn files(app: &App) -> Value {
    let drafts = app.call("list_drafts", json!(null)).await.unwrap();
    let Some(id) = drafts["items"][0]["id"].as_str() else {
        return json!([]);
    };
    app.call("get_draft", json!({ "id": id })).await.unwrap()["attachments"].clone()
}

async fn until_files(app: &App, names: &[&str]) -> Value {
    until(&format!("the files {names:?}"), async || {
        let files = files(app).await;
        let found: Vec<_> = files
            .as_array()?
            .iter()
            .map(|file| file["name"].clone())
            .collect();
        (found == names).then_some(files)
    })
    .await
}

#[tokio::test]
async fn attach_take_out_undo_restart_and_send() {
    const PDF: &str = "Angebot für Łódź 🎉.pdf";
    let mut desk = Desk::new("attach_take_out_undo_restart_and_send");
    let google = Google::start(&mut desk);
    let mut app = desk.start().await;
    app.write("To", "zoe@example.org,").await;
    app.write("Subject", "Three files").await;
    app.write("Message", "Dear Zoë, the files are attached.")
        .await;
    app.until_saved().await;

    // %PDF-1.7, a;b and a program.
    paste(&app, PDF, "application/pdf", "JVBERi0xLjcKAP8K").await;
    until_files(&app, &[PDF]).await;
    paste(&app, "figures.csv", "text/csv", "w6Q7Ygox").await;
    until_files(&app, &[PDF, "figures.csv"]).await;
    paste(&app, "invoice.pdf", "application/pdf", "TVqQAAM=").await;
    until("the refusal", async || {
        let page = app.run("return document.body.textContent", vec![]).await;
        page.as_str()?
            .contains("is a program or a script")
            .then_some(())
    })
    .await;
    let picture = json!({ "name": "dot.png", "data": PNG });
    let picture = app.call("add_attachment_data", picture).await.unwrap();
    let mut list = files(&app).await;
    list.as_array_mut().unwrap().push(picture);
    let drafts = app.call("list_drafts", json!(null)).await.unwrap();
    let (id, revision) = (&drafts["items"][0]["id"], &drafts["items"][0]["revision"]);
    let edit = json!({ "id": id, "baseRevision": revision, "attachments": list, "cause": "blur" });
    app.call("save_draft", edit).await.unwrap();
    let all = [PDF, "figures.csv", "dot.png"];
    until_files(&app, &all).await;

    // Taken out by its key, and brought back.
    app.get("region", "Attachments").await;
    app.client().set_window_size(420, 640).await.unwrap();
    app.until_page(
        "the notice of what was refused above the files, in a narrow window",
        "const notice = document.querySelector('[aria-label=Notices]').getBoundingClientRect();
         const files = document.querySelector('[aria-label=Attachments]').getBoundingClientRect();
         return innerWidth < 600 && notice.height > 0 && notice.bottom <= files.top;",
    )
    .await;
    app.pictures("attached").await;
    app.run(
        "document.querySelectorAll('[aria-label=Attachments] .open')[1].focus()",
        vec![],
    )
    .await;
    app.press(&[], char::from(Key::Delete)).await;
    until_files(&app, &[PDF, "dot.png"]).await;
    app.click("button", "Undo").await;
    until_files(&app, &all).await;

    // Still there after a kill.
    app.kill().await;
    app = desk.start().await;
    until_files(&app, &all).await;
    app.click("button", "zoe@example.org*").await;

    app.click("button", "Connect Gmail").await;
    until("the account", async || {
        let accounts = app.call("list_accounts", json!(null)).await.ok()?;
        (accounts[0]["email"] == "ada@example.com").then_some(())
    })
    .await;
    app.call("update_settings", json!({ "undoSeconds": 1 }))
        .await
        .unwrap();
    app.leave_dialog().await;
    app.click("button", "Send").await;
    let mail = until("the mail in Sent", async || {
        google.mailbox(&desk)["sent"].get(0).cloned()
    })
    .await;
    assert_eq!(mail["defects"], json!([]), "Python finds nothing wrong");
    let found: Vec<_> = mail["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            (
                file["name"].clone(),
                file["type"].clone(),
                file["size"].clone(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (json!(PDF), json!("application/pdf"), json!(12)),
            (json!("figures.csv"), json!("text/csv"), json!(6)),
            (json!("dot.png"), json!("image/png"), json!(73)),
        ]
    );
    assert_eq!(
        mail["structure"],
        json!([
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "application/pdf",
            "text/csv",
            "image/png"
        ])
    );
}

#[tokio::test]
async fn a_former_state_comes_back_with_its_files() {
    let desk = Desk::new("a_former_state_comes_back_with_its_files");
    let app = desk.start().await;
    app.write("Subject", "The offer").await;
    app.write("Message", "Here is the offer.").await;
    app.until_saved().await;
    paste(&app, "offer.pdf", "application/pdf", "JVBERi0xLjcKAP8K").await;
    until_files(&app, &["offer.pdf"]).await;
    app.rewrite("Message", "No offer today.").await;
    app.until_saved().await;
    app.run(
        "document.querySelector('[aria-label=Attachments] .open').focus()",
        vec![],
    )
    .await;
    app.press(&[], char::from(Key::Delete)).await;
    until_files(&app, &[]).await;

    app.press(&[Key::Control], 'h').await;
    app.get("region", "Time travel").await;
    app.get("button", "Now*").await;
    until("the state that had the file", async || {
        let shown = app
            .run(
                "return document.querySelector('section[aria-label=Text]')?.textContent ?? ''",
                vec![],
            )
            .await;
        let shown = shown.as_str()?;
        if shown.contains("Files") && shown.contains("Here is the offer.") {
            return Some(());
        }
        app.press(&[], char::from(Key::Down)).await;
        None
    })
    .await;
    app.picture("files of a former state");
    app.click("button", "Restore").await;
    until_files(&app, &["offer.pdf"]).await;
    assert_eq!(app.text("Message").await.trim(), "Here is the offer.");
    app.picture("restored with files");
    // All of it is taken back by what is offered. That of the file taken out is still there, too.
    app.until_page(
        "the offer to take it back",
        "const all = [...document.querySelectorAll('button')].filter((b) => b.innerText === 'Undo');
         const own = all.find((b) => b.parentElement.innerText.includes('former version'));
         own?.click();
         return own !== undefined;",
    )
    .await;
    until_files(&app, &[]).await;
    until("the later text", async || {
        (app.text("Message").await.trim() == "No offer today.").then_some(())
    })
    .await;
}

/// The bytes of [`PNG`].
fn png() -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.decode(PNG).expect("base64")
}

#[tokio::test]
async fn files_are_picked_and_saved_with_the_systems_dialogs() {
    let desk = Desk::new("files_are_picked_and_saved_with_dialogs");
    let folder = desk.folder("papers");
    let report = folder.join("Figures 2026.csv");
    fs::write(&report, "a;b\n1;ä\n").unwrap();
    let forged = folder.join("letter.pdf");
    fs::write(&forged, b"\x7fELF\x02\x01\x01").unwrap();
    let app = desk.start().await;
    app.write("Subject", "The figures").await;
    app.until_saved().await;

    app.press(&[Key::Control, Key::Shift], 'a').await;
    dialog::enter(&desk, "Attach files", &report).await;
    until_files(&app, &["Figures 2026.csv"]).await;
    fs::remove_file(&report).unwrap();

    app.press(&[Key::Control, Key::Shift], 'a').await;
    dialog::enter(&desk, "Attach files", &forged).await;
    until("the refusal", async || {
        let page = app.run("return document.body.textContent", vec![]).await;
        page.as_str()?
            .contains("is a program or a script")
            .then_some(())
    })
    .await;

    // The copy is what is saved: the picked file is gone.
    let saved = folder.join("saved.csv");
    fs::write(&saved, "what was there before").unwrap();
    app.run(
        "document.querySelector('[aria-label=Attachments] .open').focus()",
        vec![],
    )
    .await;
    app.press(&[Key::Control], 's').await;
    dialog::enter(&desk, "Save the file", &saved).await;
    until("the saved file", async || {
        (fs::read(&saved).ok()? == "a;b\n1;ä\n".as_bytes()).then_some(())
    })
    .await;
    until_files(&app, &["Figures 2026.csv"]).await;
}

#[tokio::test]
async fn files_are_dropped_on_the_window_from_another_program() {
    let desk = Desk::new("files_are_dropped_on_the_window");
    let folder = desk.folder("papers");
    let report = folder.join("report.pdf");
    fs::write(&report, b"%PDF-1.7\n").unwrap();
    let script = folder.join("run.sh");
    fs::write(&script, "#!/bin/sh\n").unwrap();
    let picture = folder.join("dot.png");
    fs::write(&picture, png()).unwrap();
    let mail = folder.join("old.eml");
    fs::write(
        &mail,
        "To: zoe@example.org\r\nSubject: Old\r\n\r\nHello.\r\n",
    )
    .unwrap();
    let app = desk.start().await;
    app.write("Subject", "Dropped").await;
    app.write("Message", "Here it is:").await;
    app.until_saved().await;
    // Beside the text, and on it.
    let place = async |name: &str| {
        let script = format!(
            "const at = document.querySelector('[aria-label={name}]').getBoundingClientRect();
             return [window.screenX + at.left + 30, window.screenY + at.top + 10 +
                     (window.outerHeight - window.innerHeight)];"
        );
        let at = app.run(&script, vec![]).await;
        (
            at[0].as_f64().unwrap() as i64,
            at[1].as_f64().unwrap() as i64,
        )
    };
    let beside = place("Subject").await;
    let text = place("Message").await;

    dialog::drag_files(&desk, &app, &[report, script], beside).await;
    until_files(&app, &["report.pdf"]).await;
    until("the refusal of the script", async || {
        let page = app.run("return document.body.textContent", vec![]).await;
        page.as_str()?.contains("run.sh").then_some(())
    })
    .await;

    dialog::drag_files(&desk, &app, &[picture], text).await;
    until("the picture in the text", async || {
        let drafts = app.call("list_drafts", json!(null)).await.ok()?;
        let id = &drafts["items"][0]["id"];
        let draft = app.call("get_draft", json!({ "id": id })).await.ok()?;
        draft["body"]
            .to_string()
            .contains("\"image\"")
            .then_some(())
    })
    .await;
    app.picture("dropped");
    until_files(&app, &["report.pdf"]).await;

    dialog::drag_files(&desk, &app, &[mail], text).await;
    until("the draft of the dropped mail", async || {
        (app.text("Subject").await == "Old").then_some(())
    })
    .await;
}
