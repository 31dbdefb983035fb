//! While somebody writes: how long a durable save takes, and how soon a key is on the screen.

use serde_json::{Value, json};

use crate::{
    median, percentile, row,
    support::{App, Desk},
};

const SAVES: usize = 200;
/// Keys in one round.
const KEYS: usize = 200;
const ROUNDS: usize = 3;

/// `save_draft` of a text of 50 KB, called from the page as the page calls it. The data folder is
/// on the disk of `TMPDIR`: a file system in memory would say little about a durable save.
pub async fn saving() {
    let desk = Desk::new("bench-save");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let script = "
        const [saves, done] = arguments;
        (async () => {
          const words = 'Die Zahlen für März sind da, bitte schau sie dir in Ruhe an. ';
          const paragraph = (n) => ({ type: 'paragraph', content: [
            { type: 'text', text: n + ' ' + words.repeat(8) }] });
          const body = (n) => ({ type: 'doc',
            content: Array.from({ length: 100 }, (_, i) => paragraph(n * 100 + i)) });
          const save = (args) => window.__TAURI_INTERNALS__.invoke('save_draft', { args });
          let saved = await save({ subject: 'A long one', body: body(0) });
          const times = [];
          for (let n = 1; n <= saves; n += 1) {
            const args = { id: saved.id, baseRevision: saved.revision, body: body(n),
              // Saves at blur are exempt from the limit for typing.
              cause: 'blur' };
            const started = performance.now();
            saved = await save(args);
            times.push(performance.now() - started);
          }
          done({ times, bytes: new Blob([JSON.stringify(body(saves))]).size });
        })().catch((error) => done({ error: String(error?.message ?? error) }));";
    let answer = long_script(&app, script, vec![json!(SAVES)]).await;
    let mut times = numbers(&answer["times"]);
    assert_eq!(times.len(), SAVES, "{answer}");
    let size = answer["bytes"].as_f64().unwrap_or_default() / 1024.0;
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        row(
            &format!("save_draft of {size:.0} KB, durable, {name}"),
            &format!("{:.1} ms", percentile(&mut times, share)),
            None,
            "",
        );
    }
}

/// Notes for each key how long it took until the frame with it was painted.
pub const WATCH: &str = "
    window.keyTimes = [];
    addEventListener('keydown', (event) => {
      const pressed = event.timeStamp;
      requestAnimationFrame(() => {
        // A message is delivered after the frame of this callback has been painted.
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.keyTimes.push(performance.now() - pressed);
        channel.port2.postMessage(null);
      });
    }, true);";

/// Key to paint in the middle of a text of 5,000 words, in the editor and in a bare page.
pub async fn key_to_paint() {
    let desk = Desk::new("bench-typing");
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let words = "Die Zahlen für März sind da und du kannst sie ansehen ".repeat(5);
    let paragraph = json!({ "type": "paragraph", "content": [{ "type": "text", "text": words }] });
    let body = json!({ "type": "doc", "content": vec![paragraph; 91] });
    app.call(
        "save_draft",
        json!({ "subject": "5,000 words", "body": body }),
    )
    .await
    .expect("a saved draft");
    let home = app
        .client()
        .current_url()
        .await
        .expect("the page's address");
    // Turn and turn about, so that what else the machine does falls on both.
    let mut ours = [Vec::new(), Vec::new()];
    let mut bare = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        app.client()
            .goto(home.as_str())
            .await
            .expect("the program's page");
        open_long_draft(&app).await;
        note(
            &mut ours,
            type_in_the_middle(&app, "[aria-label=Message]").await,
        );
        let html = app
            .run(
                "return document.querySelector('[aria-label=Message]').innerHTML",
                vec![],
            )
            .await;
        // The same text without any program around it, in the same web view.
        app.client().goto("about:blank").await.expect("a bare page");
        app.run(
            "document.body.innerHTML = '<div id=bare contenteditable=true></div>';
             document.getElementById('bare').innerHTML = arguments[0];",
            vec![html],
        )
        .await;
        note(&mut bare, type_in_the_middle(&app, "#bare").await);
    }
    for (place, name, aim) in [(0, "p50", ""), (1, "p95", "<= 1.5")] {
        let (ours, bare) = (median(&mut ours[place]), median(&mut bare[place]));
        row(
            &format!("key to paint in a bare page of 5,000 words, {name}"),
            &format!("{bare:.1} ms"),
            None,
            "",
        );
        row(
            &format!("key to paint in a draft of 5,000 words, {name}"),
            &format!("{ours:.1} ms"),
            Some(ours / bare),
            aim,
        );
    }
}

/// Notes the p50 and the p95 of one round.
fn note(rounds: &mut [Vec<f64>; 2], mut times: Vec<f64>) {
    rounds[0].push(percentile(&mut times, 0.5));
    rounds[1].push(percentile(&mut times, 0.95));
}

async fn open_long_draft(app: &App) {
    app.until_page(
        "the long draft in the list",
        "const rows = [...document.querySelectorAll('[aria-label=Drafts] button')];
         const row = rows.find((row) => row.textContent.includes('5,000 words'));
         row?.click();
         return row !== undefined;",
    )
    .await;
    app.until_page(
        "the long draft",
        "return document.querySelector('[aria-label=Message]').innerText.length > 20000",
    )
    .await;
}

async fn type_in_the_middle(app: &App, selector: &str) -> Vec<f64> {
    app.run(WATCH, vec![]).await;
    app.run(
        "const root = document.querySelector(arguments[0]);
         root.focus();
         const middle = root.children[Math.floor(root.children.length / 2)];
         middle.scrollIntoView({ block: 'center' });
         getSelection().collapse(middle.firstChild, 40);",
        vec![json!(selector)],
    )
    .await;
    for number in 0..KEYS {
        let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or_default());
        app.press(&[], letter).await;
    }
    app.until_page(
        "every key to be painted",
        &format!("return window.keyTimes.length >= {KEYS}"),
    )
    .await;
    // What the first keys wake up is not typing.
    numbers(&app.run("return window.keyTimes", vec![]).await).split_off(KEYS / 10)
}

pub async fn long_script(app: &App, script: &str, arguments: Vec<Value>) -> Value {
    let patience = fantoccini::wd::TimeoutConfiguration::new(
        Some(std::time::Duration::from_secs(300)),
        None,
        None,
    );
    app.client()
        .update_timeouts(patience)
        .await
        .expect("a longer patience");
    app.client()
        .execute_async(script, arguments)
        .await
        .expect("an answer")
}

pub fn numbers(list: &Value) -> Vec<f64> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect()
}
