//! HTML made to get something run or fetched (`attacks.txt`), put into the real web view by every
//! way in: paste, a paste that says an editor of ours copied it, drop, a mail file, a polished
//! version, a stored document. Around it stands a tripwire: a function to be called, a listener
//! for what the page's policy refuses, a listener on this machine for what is fetched, and the
//! page's own title, address and names.

use std::fs;

use fantoccini::key::Key;
use serde_json::{Value, json};

use super::window::Tripwire;
use crate::support::{
    App, Desk,
    counterparts::{Ai, four_styles},
    wait::until,
};

/// The attacks, each naming itself to the tripwire.
fn attacks(port: u16) -> Vec<String> {
    let list: Vec<String> = include_str!("attacks.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .enumerate()
        .map(|(number, line)| {
            line.replace("TRIP", &format!("trip({number})"))
                .replace("NET", &format!("http://127.0.0.1:{port}/{number}"))
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\r", "\r")
                .replace("\\0", "\0")
                .replace("\\1", "\u{1}")
        })
        .collect();
    assert!(list.len() >= 150, "{} attacks", list.len());
    list
}

/// Puts the tripwire around the page.
async fn arm(app: &App) {
    app.run(
        "const wire = { tripped: [], refused: [], title: document.title, address: location.href };
         Object.defineProperty(window, 'wireOfTheTest', { value: wire });
         window.trip = (number) => wire.tripped.push(number);
         for (const name of ['alert', 'confirm', 'prompt', 'open', 'print']) {
           window[name] = () => wire.tripped.push(name);
         }
         document.addEventListener('securitypolicyviolation', (event) =>
           wire.refused.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
         addEventListener('beforeunload', () => wire.tripped.push('leaves'));",
        vec![],
    )
    .await;
}

/// What the wire felt, and what of the page is not what it was: nothing, if all is well.
async fn felt(app: &App) -> Value {
    app.run(
        r#"
        const wire = window.wireOfTheTest;
        const wrong = [...wire.tripped.map((n) => 'ran ' + n), ...wire.refused];
        if (document.title !== wire.title) wrong.push('title ' + document.title);
        if (location.href !== wire.address) wrong.push('address ' + location.href);
        const own = document.querySelector === Document.prototype.querySelector &&
          document.createElement === Document.prototype.createElement &&
          document.getElementById === Document.prototype.getElementById &&
          document.body instanceof HTMLBodyElement && typeof document.cookie === 'string' &&
          typeof window.__TAURI_INTERNALS__.invoke === 'function' && window.location === location;
        if (!own) wrong.push('a name of the page was taken');
        const shown = document.querySelectorAll('.ProseMirror, section[data-style], .state');
        for (const root of shown) {
          for (const element of root.querySelectorAll('*')) {
            const mine = element.closest('.signature');
            if (!mine && element.matches('script, style, link, meta, base, iframe, frame, object, ' +
              'embed, form, input, select, textarea, template, video, audio, math, dialog') ||
                (root.matches('.ProseMirror') && element.matches('svg, svg *') && !mine)) {
              wrong.push('element ' + element.localName);
            }
            for (const { name, value } of element.attributes) {
              if (name.startsWith('on') || ['srcdoc', 'srcset', 'formaction', 'ping'].includes(name)) {
                wrong.push('attribute ' + name);
              }
              if (name === 'href' && !/^(https?|mailto|tel):$/.test(new URL(value, 'x:/').protocol) &&
                value !== '') wrong.push('link ' + JSON.stringify(value));
              if (name === 'src' && !/^(draftwell-image|blob):/.test(value) && value !== '') {
                wrong.push('source ' + value);
              }
              if (name === 'style' && /url|expression|import|behavior|fixed/i.test(value)) {
                wrong.push('style ' + value);
              }
            }
          }
        }
        return wrong;"#,
        vec![],
    )
    .await
}

/// Hands each attack to the editor and waits until the text that comes with it is there; answers
/// the numbers of those whose text never came.
async fn hand_in(app: &App, way: &str, attacks: &[String]) -> Vec<Value> {
    let script = r#"
        const [way, attacks, first, done] = arguments;
        const editor = document.querySelector('.ProseMirror');
        const tick = () => new Promise((r) => setTimeout(r, 4));
        const lost = [];
        const run = async () => {
          for (const [index, attack] of attacks.entries()) {
            const mark = 'mark' + (first + index) + 'end';
            const cut = way === 'slice' ? ' data-pm-slice="0 0 []"' : '';
            // Not a DataTransfer: WebKit cleans what is put into one, and can die of some of this.
            const texts = {
              'text/html': `<p${cut}>${mark}</p>${attack}`, 'text/plain': 'PLAIN' + mark };
            const data = { files: [], items: [], types: Object.keys(texts),
              getData: (type) => texts[type] ?? '' };
            // In a paragraph: where code is, only plain text comes in.
            const paragraph = editor.querySelector(':scope > p');
            getSelection().collapse(paragraph, 0);
            const caret = () => editor.editor.state.selection;
            // The editor hears of the caret by an event of its own.
            const isThere = () => caret().empty && caret().from === editor.editor.view.posAtDOM(paragraph, 0);
            const heard = performance.now() + 8000;
            while (!isThere() && performance.now() < heard) await tick();
            editor.querySelector(':scope > p').scrollIntoView();
            const at = editor.querySelector(':scope > p').getBoundingClientRect();
            const init = { bubbles: true, cancelable: true, clientX: at.left + 2, clientY: at.top + 4 };
            const event = way === 'drop'
              ? new DragEvent('drop', init)
              : new ClipboardEvent('paste', init);
            const holder = way === 'drop' ? 'dataTransfer' : 'clipboardData';
            Object.defineProperty(event, holder, { value: data });
            const until = performance.now() + 8000;
            editor.dispatchEvent(event);
            while (!editor.textContent.includes(mark) && performance.now() < until) await tick();
            if (!editor.textContent.includes(mark) ||
                editor.textContent.includes('PLAIN' + mark)) lost.push(first + index);
          }
        };
        run().then(() => done(lost), (error) => done(['broke: ' + error]));"#;
    let mut lost = Vec::new();
    for (number, some) in attacks.chunks(12).enumerate() {
        let arguments = vec![json!(way), json!(some), json!(number * 12)];
        let answer = app.client().execute_async(script, arguments).await.unwrap();
        lost.extend(answer.as_array().unwrap().iter().cloned());
    }
    lost
}

async fn new_draft(app: &App) {
    app.press(&[Key::Control], 'n').await;
    until("an empty text", async || {
        app.text("Message").await.trim().is_empty().then_some(())
    })
    .await;
    app.click("textbox", "Message").await;
}

/// The wire itself works: what it is there for is felt.
async fn pull(app: &App, net: &Tripwire) {
    app.run(
        "const image = document.createElement('img');
         image.src = arguments[0];
         image.setAttribute('onerror', 'trip(1)');
         document.querySelector('.ProseMirror').parentNode.append(image);
         trip('by hand');",
        vec![json!(format!("http://127.0.0.1:{}/pulled", net.port))],
    )
    .await;
    until("the wire to feel", async || {
        let felt = felt(app).await.to_string();
        let all = ["ran by hand", "img-src", "script-src"];
        all.iter().all(|what| felt.contains(what)).then_some(())
    })
    .await;
    std::net::TcpStream::connect(("127.0.0.1", net.port)).unwrap();
    until("the listener", async || (net.visitors() == 1).then_some(())).await;
}

#[tokio::test]
async fn nothing_pasted_or_dropped_runs_or_is_fetched() {
    let desk = Desk::new("nothing_pasted_or_dropped_runs");
    let net = Tripwire::new();
    let app = desk.start().await;
    let attacks = attacks(net.port);
    app.get("textbox", "Message").await;
    arm(&app).await;
    for way in ["paste", "slice", "drop"] {
        new_draft(&app).await;
        let lost = hand_in(&app, way, &attacks).await;
        assert!(lost.is_empty(), "{way}: no text of these came in: {lost:?}");
        assert_eq!(felt(&app).await, json!([]), "{way}");
        app.until_saved().await;
        app.picture(way);
    }
    // Every key and click on what is there now.
    app.run(
        "for (const element of document.querySelectorAll('.ProseMirror *')) {
           for (const type of ['mouseover', 'focus', 'auxclick', 'pointerenter', 'toggle']) {
             element.dispatchEvent(new MouseEvent(type, { bubbles: true, button: 1 }));
           }
         }",
        vec![],
    )
    .await;
    assert_eq!(felt(&app).await, json!([]), "touched");
    assert_eq!(net.visitors(), 0, "somebody got out");
    pull(&app, &net).await;
}

#[tokio::test]
async fn nothing_in_a_mail_file_or_a_polished_version_runs_or_is_fetched() {
    let mut desk = Desk::new("nothing_in_a_mail_file_runs");
    let net = Tripwire::new();
    let attacks = attacks(net.port);
    let joined = |part: usize| {
        let some: Vec<_> = attacks.iter().skip(part).step_by(4).cloned().collect();
        format!(
            "Dear Ana,\n\n{}\n\nThe end.",
            some.join("\n\n").replace('\0', "")
        )
    };
    let answer = four_styles(&joined(0), &joined(1), &joined(2), &joined(3));
    Ai::start(
        &mut desk,
        &json!([{ "match": { "userMessage": "polish me" }, "response": { "content": answer }, "chunkSize": 4000 }]),
    );
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    arm(&app).await;

    // A polished version: on the cards, and taken.
    app.write("Message", "Dear Ana, please polish me. The end.")
        .await;
    app.until_saved().await;
    app.press(&[Key::Control], 'j').await;
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        let card = app.get("region", name).await;
        app.get_ready_in(&card, "button", "Use this version").await;
    }
    assert_eq!(felt(&app).await, json!([]), "on the cards");
    app.picture("cards");
    let card = app.get("region", "Formal").await;
    app.click_in(&card, "button", "Use this version").await;
    until("the version in the text", async || {
        if app.shows("button", "Use it anyway").await {
            app.click("button", "Use it anyway").await;
        }
        let text = app.text("Message").await;
        text.contains("The end.").then_some(())
    })
    .await;
    app.until_saved().await;
    assert_eq!(felt(&app).await, json!([]), "taken");

    // A mail of as many parts as there are attacks.
    let mut mail = String::from(
        "From: <eve@example.org>\r\nTo: \"<img src=x onerror=trip(0)>\" <a@example.org>\r\n\
         Subject: <script>trip(0)</script>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=m\r\n\r\n",
    );
    for (number, attack) in attacks.iter().enumerate() {
        mail += &format!(
            "--m\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>mark{number}end</p>{attack}\r\n"
        );
    }
    mail += "--m--\r\n";
    let path = desk.folder("mails").join("attack.eml");
    fs::write(&path, mail).unwrap();
    app.call("open_compose_window", json!({})).await.unwrap();
    app.turn_to("compose.html").await;
    app.get("textbox", "Message").await;
    arm(&app).await;
    let status = desk
        .launch(&["compose", &path.display().to_string()])
        .wait();
    assert!(status.success(), "{status}");
    let last = format!("mark{}end", attacks.len() - 1);
    until("the mail in the window", async || {
        app.text("Message").await.contains(&last).then_some(())
    })
    .await;
    let text = app.text("Message").await;
    for number in 0..attacks.len() {
        assert!(
            text.contains(&format!("mark{number}end")),
            "attack {number} took a part away"
        );
    }
    let mut felt_here = felt(&app).await;
    // The small window is called what its mail is called.
    felt_here
        .as_array_mut()
        .unwrap()
        .retain(|what| *what != "title <script>trip(0)</script>");
    assert_eq!(felt_here, json!([]), "in a mail file");
    app.picture("mail");
    assert_eq!(net.visitors(), 0, "somebody got out");
}

#[tokio::test]
async fn nothing_in_a_stored_document_runs_or_is_fetched() {
    let desk = Desk::new("nothing_in_a_stored_document_runs");
    let net = Tripwire::new();
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    arm(&app).await;
    let edit = json!({ "subject": "Stored", "cause": "blur",
        "body": { "type": "doc", "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "harmless" }] }] } });
    let saved = app.call("save_draft", edit).await.unwrap();
    // Somebody else wrote into the database.
    let base = format!("http://127.0.0.1:{}", net.port);
    let link = |href: &str| {
        json!({ "type": "text", "text": "link ", "marks": [{ "type": "link",
            "attrs": { "href": href, "target": "_top", "onclick": "trip(1)", "class": "x" } }] })
    };
    let image = |src: &str| json!({ "type": "image", "attrs": { "src": src, "onerror": "trip(2)", "alt": "<img src=x onerror=trip(3)>" } });
    let bodies = [
        json!({ "type": "doc", "content": [{ "type": "paragraph", "content": [
            link("javascript:trip(4)"), link("java\nscript:trip(5)"), link("\u{1}javascript:trip.x(6)"),
            link("data:text/html,<script>trip(7)</script>"), link(&format!("{base}/ok")),
            { "type": "text", "text": "<script>trip(8)</script> stored end" } ] }] }),
        json!({ "type": "doc", "content": [{ "type": "paragraph", "content": [
            image(&format!("{base}/image")), image("javascript:trip(9)"), image("draftwell-image://localhost/../x"),
            { "type": "text", "text": "stored end" } ] }] }),
        json!({ "type": "doc", "content": [
            { "type": "codeBlock", "attrs": { "language": "x\" onclick=\"trip(10)" }, "content": [{ "type": "text", "text": "</code><script>trip(11)</script>" }] },
            { "type": "heading", "attrs": { "level": "1 onclick=trip(12)" }, "content": [{ "type": "text", "text": "stored end" }] },
            { "type": "orderedList", "attrs": { "start": "1\" onclick=\"trip(13)" }, "content": [{ "type": "listItem", "content": [{ "type": "paragraph" }] }] },
            { "type": "signature", "attrs": { "id": "x\"><img src=x onerror=trip(14)>" } } ] }),
        json!({ "type": "doc", "content": [{ "type": "script", "content": [{ "type": "text", "text": "trip(15) stored end" }] },
            { "type": "iframe", "attrs": { "src": base } }] }),
    ];
    for (number, body) in bodies.iter().enumerate() {
        let database = rusqlite::Connection::open(desk.data_dir().join("draftwell.db")).unwrap();
        let changed = database
            .execute(
                "UPDATE drafts SET body = ?1 WHERE subject = 'Stored'",
                [body.to_string()],
            )
            .unwrap();
        assert_eq!(changed, 1);
        drop(database);
        app.press(&[Key::Control], 'n').await;
        app.until_page(
            "the draft in the list",
            "const rows = [...document.querySelectorAll('[aria-label=Drafts] button')];
             const row = rows.find((row) => row.textContent.includes('Stored'));
             row?.click();
             return row !== undefined;",
        )
        .await;
        // Shown, or refused as damaged: both are an end to wait for.
        until("the draft, or why not", async || {
            let page = app.run("return document.body.innerText", vec![]).await;
            let page = page.as_str()?.to_owned();
            (page.contains("stored end") || page.contains("damaged")).then_some(())
        })
        .await;
        assert_eq!(felt(&app).await, json!([]), "document {number}");
    }
    assert_eq!(net.visitors(), 0, "somebody got out");
    assert!(saved["id"].is_string());
    pull(&app, &net).await;
}
