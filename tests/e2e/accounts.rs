//! Accounts: a sign-in whose browser doesn't come up, one sign-in at a time, and a farewell that
//! leaves nothing behind.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{App, Desk, counterparts::Google, middle::Middle, root, wait::until};

async fn open_accounts(app: &App) {
    app.click("button", "Settings").await;
    app.click("tab", "Accounts").await;
}

/// Begins a sign-in in the settings, and answers the address that they offer to copy.
async fn begin(app: &App) -> String {
    // The page below has the same button, out of reach.
    let settings = app.get("dialog", "Settings").await;
    app.click_in(&settings, "button", "Connect Gmail").await;
    let field = app.get("textbox", "Address of the sign-in page").await;
    let value = field.prop("value").await.unwrap();
    value.expect("the address")
}

#[tokio::test]
async fn without_a_browser_the_address_leads_on_and_there_is_one_sign_in_at_a_time() {
    let mut desk = Desk::new("without_a_browser");
    let _google = Google::start(&mut desk);
    desk.set("BROWSER", "/nowhere/browser");
    let app = desk.start().await;
    open_accounts(&app).await;
    let first = begin(&app).await;
    app.picture("no browser");

    let refused = app.call("connect_gmail", json!({})).await.unwrap_err();
    assert_eq!(refused["code"], "FORBIDDEN", "{refused}");

    // Cancelled, its address leads nowhere, and another one can be begun.
    let settings = app.get("dialog", "Settings").await;
    app.click_in(&settings, "button", "Cancel").await;
    let second = begin(&app).await;
    assert_ne!(first, second);

    // By hand, as the page says.
    let browser = root().join("tests/tools/browser.py").display().to_string();
    desk.output(&browser, &[&second]);
    until("the account", async || {
        let accounts = app.call("list_accounts", Value::Null).await.unwrap();
        (accounts[0]["email"] == "ada@example.com").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_can_be_ended_from_a_page_that_did_not_begin_it() {
    let mut desk = Desk::new("a_sign_in_of_a_page_that_is_gone");
    let _google = Google::start(&mut desk);
    desk.set("BROWSER", "/nowhere/browser");
    let app = desk.start().await;
    open_accounts(&app).await;
    let first = begin(&app).await;
    let reload = "window.isOld = true; setTimeout(() => location.reload(), 0)";
    app.run(reload, vec![]).await;
    let is_new = "return window.isOld !== true && document.readyState === 'complete'";
    app.until_page("the page anew", is_new).await;

    open_accounts(&app).await;
    let settings = app.get("dialog", "Settings").await;
    app.click_in(&settings, "button", "Connect Gmail").await;
    app.get_ready_in(&settings, "button", "Cancel it").await;
    app.picture("another sign-in");
    app.click_in(&settings, "button", "Cancel it").await;
    let second = begin(&app).await;
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_disconnected_account_is_revoked_and_leaves_no_trace() {
    let mut desk = Desk::new("a_disconnected_account");
    let google = Google::start(&mut desk);
    let middle = Middle::before(&google.base());
    for name in ["TOKEN", "REVOKE", "USERINFO"] {
        let path = match name {
            "TOKEN" => "oauth2/token",
            "REVOKE" => "oauth2/revoke",
            _ => "oauth2/v2/userinfo",
        };
        let address = format!("{}/{path}", middle.base());
        desk.set(&format!("DRAFTWELL_GOOGLE_{name}_URL"), address);
    }
    desk.set("DRAFTWELL_GOOGLE_GMAIL_URL", middle.base());
    // Whatever anybody may ask to be logged.
    desk.set("DRAFTWELL_LOG", "trace");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("connect_gmail", json!({ "read": true }))
        .await
        .unwrap();
    app.write("To", "zoe@example.org,").await;
    app.write("Subject", "Before I go").await;
    app.write("Message", "Hello Zoë").await;
    app.until_saved().await;
    app.call("update_settings", json!({ "undoSeconds": 0 }))
        .await
        .unwrap();
    app.click("button", "Send").await;
    until("the mail to leave", async || {
        let mails = app.call("list_emails", json!(null)).await.unwrap();
        (mails["items"][0]["status"] == "sent").then_some(())
    })
    .await;

    let heard = middle.heard();
    let said: Vec<String> = (heard.iter())
        .map(|request| String::from_utf8_lossy(request).into_owned())
        .collect();
    let find = |start: &str| -> Vec<String> {
        let found = said
            .iter()
            .flat_map(|request| request.split(['\r', '\n', '&']));
        found
            .filter_map(|part| part.strip_prefix(start).map(str::to_owned))
            .collect()
    };
    let mut secrets = find("authorization: Bearer ");
    assert!(!secrets.is_empty(), "it showed its token");
    secrets.extend(find("code_verifier="));
    secrets.extend(find("code="));

    open_accounts(&app).await;
    app.click("button", "More about ada@example.com").await;
    app.click("menuitem", "Disconnect…").await;
    app.click("button", "Disconnect").await;
    until("the account to be gone", async || {
        let accounts = app.call("list_accounts", Value::Null).await.unwrap();
        (accounts == json!([])).then_some(())
    })
    .await;
    let revoked: Vec<String> = (middle.heard().iter())
        .map(|request| String::from_utf8_lossy(request).into_owned())
        .filter(|request| request.contains("/oauth2/revoke"))
        .filter_map(|request| request.split("token=").nth(1).map(str::to_owned))
        .collect();
    assert_eq!(revoked.len(), 1, "the grant was ended once");
    secrets.extend(revoked);

    let rows = |table: &str| -> i64 {
        let count = format!("SELECT count(*) FROM {table}");
        desk.database()
            .query_row(&count, [], |row| row.get(0))
            .unwrap()
    };
    for table in ["accounts", "secrets", "mailboxes"] {
        assert_eq!(rows(table), 0, "rows in {table}");
    }
    assert_eq!(rows("emails"), 1, "what was sent stays on record");

    app.kill().await;
    for secret in &secrets {
        assert!(secret.len() > 10, "a secret worth looking for: {secret:?}");
        for folder in [desk.data_dir(), desk.logs()] {
            assert_eq!(files_with(&folder, secret), [""; 0], "{secret}");
        }
    }
}

/// While its token can't be read nothing could end the grant, and once the account is forgotten
/// nothing here would tell of it.
#[tokio::test]
async fn an_account_whose_grant_can_not_be_ended_is_forgotten_only_when_told_so() {
    const PASSPHRASE: &str = "open sesame, please";
    let mut desk = Desk::new("grant_not_ended");
    let google = Google::start(&mut desk);
    let middle = Middle::before(&google.base());
    let revoke = format!("{}/oauth2/revoke", middle.base());
    desk.set("DRAFTWELL_GOOGLE_REVOKE_URL", revoke);
    let app = desk.start().await;
    app.call("connect_gmail", json!({})).await.unwrap();
    let chosen = app.call("choose_vault", json!({ "passphrase": PASSPHRASE }));
    chosen.await.unwrap();
    app.kill().await;

    let app = desk.start().await;
    let accounts = async || app.call("list_accounts", Value::Null).await.unwrap();
    open_accounts(&app).await;
    app.click("button", "More about ada@example.com").await;
    app.click("menuitem", "Disconnect…").await;
    app.click("button", "Disconnect").await;
    let asked = (app.get("dialog", "Remove ada@example.com all the same?")).await;
    app.click_in(&asked, "button", "Cancel").await;
    assert_eq!(accounts().await[0]["email"], "ada@example.com");
    assert_eq!(middle.heard().len(), 0, "Google can't have been told");

    // Once its token can be read, Google is told.
    let unlocked = app.call("unlock_vault", json!({ "passphrase": PASSPHRASE }));
    unlocked.await.unwrap();
    let id = accounts().await[0]["id"].clone();
    let gone = app.call("disconnect_account", json!({ "id": id }));
    assert_eq!(gone.await.unwrap()["revoked"], true);
    assert_eq!(middle.heard().len(), 1);
    app.call("connect_gmail", json!({})).await.unwrap();
    app.kill().await;

    // Or it is forgotten all the same, and the user is told where to end it.
    let app = desk.start().await;
    let accounts = async || app.call("list_accounts", Value::Null).await.unwrap();
    let account = json!({ "id": accounts().await[0]["id"], "anyway": true });
    let gone = app.call("disconnect_account", account).await.unwrap();
    let message = gone["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("myaccount.google.com/permissions"),
        "{gone}"
    );
    assert_eq!(
        (gone["revoked"].clone(), accounts().await),
        (json!(false), json!([]))
    );
}

/// The files below a folder that hold a text.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if fs::read(&path).is_ok_and(|bytes| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        }) {
            found.push(path.display().to_string());
        }
    }
    found
}
