//! Without a keyring: drafts don't mind, and secrets are kept only the way the user chose.

use serde_json::json;

use crate::support::{Desk, Secrets};

#[tokio::test]
async fn without_a_keyring_drafts_work_and_the_user_chooses() {
    let desk = Desk::with("without_a_keyring", Secrets::Nobody);
    let app = desk.start().await;
    app.write("Subject", "No keyring here").await;
    app.write("Message", "Drafts need no secret.").await;
    app.until_saved().await;

    let settings = app.call("get_settings", json!(null)).await.unwrap();
    assert_eq!(settings["vault"]["mode"], "unavailable", "{settings}");
    let reason = settings["vault"]["reason"].as_str().unwrap_or_default();
    assert!(!reason.is_empty(), "the user is not told why: {settings}");

    // Nothing is kept until the user chose how.
    let key = json!({ "provider": "local", "key": "a-secret-nobody-chose-to-keep" });
    let refused = app.call("set_api_key", key).await.unwrap_err();
    assert_eq!(refused["code"], "KEYRING_UNAVAILABLE", "{refused}");
    app.kill().await;

    let on_disk = desk.output(
        "grep",
        &[
            "-rlF",
            "a-secret-nobody-chose-to-keep",
            &desk.data_dir().display().to_string(),
        ],
    );
    assert_eq!(on_disk, "", "the secret was written down");
    let app = desk.start().await;
    app.get("button", "Settings").await;
    assert_eq!(app.text("Subject").await, "No keyring here");
}
