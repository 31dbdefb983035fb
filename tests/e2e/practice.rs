//! The whole way without an account: a mail is written, "sent", and lies in a file.

use serde_json::{Value, json};

use crate::support::{Desk, root, wait::until};

#[tokio::test]
async fn a_newcomer_tries_the_whole_way_without_an_account() {
    let desk = Desk::new("practice");
    let app = desk.start().await;
    app.write("To", "Zoë Weiß <zoe@example.org>,").await;
    app.click("textbox", "Bcc").await;
    app.write("Bcc", "chef@example.net,").await;
    app.write("Subject", "Größe zählt").await;
    app.write("Message", "Hallo Zoë, das ist nur eine Probe.")
        .await;
    app.until_saved().await;
    app.call("update_settings", json!({ "undoSeconds": 1 }))
        .await
        .unwrap();

    // Nothing is connected: sending offers the ways to change that.
    app.click("button", "Send").await;
    app.get("button", "Connect Gmail").await;
    app.picture("ways");
    app.click("button", "Practice account").await;

    // The mail goes on by itself, and nobody claims that it was sent.
    let status = until("the notice about the file", async || {
        let status = app.status().await;
        status.contains("kept as a file").then_some(status)
    })
    .await;
    assert!(status.contains("nothing was sent"), "{status}");
    app.picture("kept");

    let folder = desk.data_dir().join("practice");
    let names: Vec<_> = std::fs::read_dir(&folder)
        .expect("the practice folder")
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 1, "one mail is one file: {names:?}");
    let history = app.call("list_history", json!(null)).await.unwrap();
    let id = history["items"][0]["emailId"].as_str().unwrap();
    assert_eq!(names[0], format!("{id}.eml"), "it is named after the mail");
    assert_eq!(history["items"][0]["isPractice"], true, "{history}");

    let file = folder.join(&names[0]);
    let read = desk.output(
        &root()
            .join("tests/tools/read_mail.py")
            .display()
            .to_string(),
        &[&file.display().to_string()],
    );
    let mail: Value = serde_json::from_str(&read).expect("what Python reads");
    assert_eq!(mail["subject"], "Größe zählt");
    assert_eq!(mail["to"], json!([["Zoë Weiß", "zoe@example.org"]]));
    assert_eq!(mail["bcc"], json!([["", "chef@example.net"]]));
    let plain = mail["plain"].as_str().unwrap();
    assert!(plain.contains("das ist nur eine Probe"), "{plain}");
    assert_eq!(mail["defects"], json!([]));

    // A file that was removed meanwhile is said to be gone, and where it was.
    std::fs::remove_file(&file).unwrap();
    let error = app
        .call("show_practice_mail", json!({ "id": id }))
        .await
        .unwrap_err();
    assert_eq!(error["code"], "NOT_FOUND", "{error}");
    assert!(error["message"].as_str().unwrap().contains(&names[0]));
    app.click("button", "Sent").await;
    app.get("button", "Show the file").await;
    app.picture("sent");
}
