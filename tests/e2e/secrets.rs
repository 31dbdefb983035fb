//! Without a keyring: drafts don't mind, and secrets are kept only the way the user chose.

use serde_json::{Value, json};

use crate::support::{
    App, Desk,
    counterparts::{Ai, four_styles},
    desk::Secrets,
    wait::until,
};

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
async fn a_provider_whose_key_is_locked_is_named_beside_the_one_that_answers() {
    let mut desk = Desk::with("a_locked_key_is_named", Secrets::Nobody);
    let answer = four_styles("One.", "Two.", "Three.", "Four.");
    let ai = Ai::start(
        &mut desk,
        &json!([{ "match": { "userMessage": "hi ana" }, "response": { "content": answer } }]),
    );
    desk.set("DRAFTWELL_OPENAI_BASE_URL", format!("{}/v1", ai.base()));
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    for (command, args) in [
        ("choose_vault", json!({ "passphrase": "eight wet otters" })),
        (
            "set_api_key",
            json!({ "provider": "openai", "key": SECRET }),
        ),
        (
            "update_settings",
            json!({ "providerOrder": ["openai", "openrouter"] }),
        ),
    ] {
        let done = app.call(command, args).await;
        assert!(done.is_ok(), "{command}: {done:?}");
    }
    app.kill().await;

    let app = desk.start().await;
    app.write("Message", "hi ana, can we meet on friday?").await;
    app.until_saved().await;
    app.click("button", "Polish").await;
    app.get("region", "Concise").await;
    let named = app
        .until_page(
            "who did not answer",
            "const found = document.querySelector('footer details');
             if (found) found.open = true;
             return found?.innerText",
        )
        .await;
    let named = named.as_str().unwrap_or_default();
    assert!(
        named.contains("OpenAI did not answer") && named.contains("passphrase"),
        "{named}"
    );
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
