//! From the click on *Send* to the notice with *Undo* on the screen: the message is frozen, and
//! it and the outbox's row are on the disk by then.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::{
    percentile, row,
    support::Desk,
    typing::{long_script, numbers},
};

const MAILS: usize = 25;
/// The first ones load what sending needs; they don't count.
const WARM: usize = 3;

/// Notes how long it took from each click on *Send* to the frame in which its notice stands.
const WATCH: &str = "
    window.toastTimes = [];
    let clicked = null;
    addEventListener('click', (event) => {
      if (event.target.closest('button')?.textContent.trim().startsWith('Send')) {
        clicked ??= event.timeStamp;
      }
    }, true);
    const notices = document.querySelector('[role=status][aria-label=Notices]');
    new MutationObserver(() => {
      if (clicked === null || !notices.textContent.includes('Undo')) return;
      const from = clicked;
      clicked = null;
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.toastTimes.push(performance.now() - from);
        channel.port2.postMessage(null);
      });
    }).observe(notices, { childList: true, subtree: true, characterData: true });";

/// Sends by the practice account, beside a durable save asked for by the page in the same run.
pub async fn click_to_toast() {
    let desk = Desk::new("bench-sending");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.call("add_practice_account", json!(null))
        .await
        .expect("a practice account");
    app.call("update_settings", json!({ "undoSeconds": 60 }))
        .await
        .expect("a minute to undo");
    app.run(WATCH, vec![]).await;
    for number in 0..MAILS {
        app.press(&[Key::Control], 'n').await;
        app.write("To", &format!("zoe{number}@example.org,")).await;
        app.write("Subject", &format!("Mail {number}")).await;
        app.write("Message", "The figures for March are there, have a look.")
            .await;
        app.until_saved().await;
        app.click("button", "Send").await;
        app.until_page(
            "the notice",
            &format!("return window.toastTimes.length > {number}"),
        )
        .await;
        // The next one is to be the only one.
        app.run(
            "document.querySelectorAll('[aria-label=Notices] [aria-label=Dismiss]')
               .forEach((button) => button.click());",
            vec![],
        )
        .await;
        app.until_page(
            "the notice to go",
            "return !document.querySelector('[aria-label=Notices]').textContent.includes('Undo')",
        )
        .await;
    }
    let times: Value = app.run("return window.toastTimes", vec![]).await;
    let mut toasts = numbers(&times).split_off(WARM);
    let script = "
        const [saves, done] = arguments;
        (async () => {
          const save = (args) => window.__TAURI_INTERNALS__.invoke('save_draft', { args });
          const text = { type: 'text', text: 'The figures for March are there, have a look.' };
          const body = { type: 'doc', content: [{ type: 'paragraph', content: [text] }] };
          let saved = await save({ subject: 'Beside', body });
          const times = [];
          for (let n = 0; n < saves; n += 1) {
            const args = { id: saved.id, baseRevision: saved.revision, subject: `Beside ${n}`,
              cause: 'blur' };
            const started = performance.now();
            saved = await save(args);
            times.push(performance.now() - started);
          }
          done({ times });
        })().catch((error) => done({ error: String(error?.message ?? error) }));";
    let answer = long_script(&app, script, vec![json!(MAILS)]).await;
    let mut saves = numbers(&answer["times"]);
    for (name, share, aim) in [("p50", 0.5, ""), ("p95", 0.95, "<= 100 ms")] {
        let [toast, save] = [&mut toasts, &mut saves].map(|times| percentile(times, share));
        row(
            &format!("Send to its notice, {name} (beside: a durable save, {save:.1} ms)"),
            &format!("{toast:.0} ms"),
            Some(toast / save),
            aim,
        );
    }
}
