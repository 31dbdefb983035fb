//! Without a keyring: drafts don't mind, and secrets are kept only the way the user chose.

use serde_json::{Value, json};

use crate::support::{App, Desk, desk::Secrets, wait::until};

const SECRET: &str = "a-secret-nobody-chose-to-keep";

#[tokio::test]
async fn without_a_keyring_drafts_work_and_the_user_chooses() {
    let desk = Desk::with("without_a_keyring", Secrets::Nobody);
    let app = desk.start().await;
    app.write("Subject", "No keyring here").await;
    app.write("Message", "Drafts need no secret.").await;
    app.until_saved().await;

    // Nothing is kept until the user chose how.
    let key = json!({ "provider": "local", "key": SECRET });
    let refused = app.call("set_api_key", key).await.unwrap_err();
    assert_eq!(refused["code"], "KEYRING_UNAVAILABLE", "{refused}");
    let vault = vault(&app).await;
    assert_eq!(vault["mode"], "unavailable", "{vault}");
    let reason = vault["reason"].as_str().unwrap_or_default();
    assert!(!reason.is_empty(), "the user is not told why: {vault}");

    // The settings say so, and let choose.
    app.click("button", "Settings").await;
    app.click("tab", "Security*").await;
    app.click("button", "Keep for this run only").await;
    until("the choice to be taken", async || {
        (self::vault(&app).await["mode"] == "session").then_some(())
    })
    .await;
    app.kill().await;

    let folder = desk.data_dir().display().to_string();
    let on_disk = desk.output("grep", &["-rlF", SECRET, &folder]);
    assert_eq!(on_disk, "", "the secret was written down");
    let app = desk.start().await;
    until("the draft to be there again", async || {
        (app.text("Subject").await == "No keyring here").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_crash_leaves_no_image_of_the_memory() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let maximum = getrlimit(Resource::Core).maximum;
    let all = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Core, all).unwrap();
    let desk = Desk::new("no_image_of_the_memory");
    let app = desk.start().await;
    for pid in [vec![app.pid()], app.web_processes()].concat() {
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let core = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max core file size"))
            .and_then(|limits| limits.split_whitespace().next());
        assert_eq!(core, Some("0"), "{limits}");
    }
}

async fn vault(app: &App) -> Value {
    app.call("get_settings", json!(null)).await.unwrap()["vault"].clone()
}
