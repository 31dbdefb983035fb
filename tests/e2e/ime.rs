//! Texts that take more than one key to a letter: dead keys from a real keyboard layout, an input
//! method's composition, scripts from right to left, emoji of several characters; all while the
//! draft is being saved.
//!
//! Dead keys come from the X server through GTK's own input context, as from a keyboard. Syllables
//! are composed by a real input method, IBus with m17n's engines. What another window does in the
//! middle of a composition is played in the page by the events and changes the web view makes for
//! one, so that its steps can be told apart.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{App, Desk, process::Start, wait::until};

/// Notes what happens to the text while something is composed.
async fn watch(app: &App) {
    app.run(
        "const editor = document.querySelector('.ProseMirror');
         window.seen = { starts: 0, ends: 0, added: [], saves: 0 };
         let composing = false;
         editor.addEventListener('compositionstart', () => { composing = true; seen.starts++; }, true);
         editor.addEventListener('compositionend', () => { composing = false; seen.ends++; }, true);
         new MutationObserver((records) => {
           if (!composing) return;
           for (const record of records) {
             for (const node of record.addedNodes) {
               if (node.nodeType === 1 && node.localName !== 'br') seen.added.push(node.outerHTML);
             }
             // The text box as a whole may lose the focus.
             if (record.type === 'attributes' && record.target !== editor) {
               seen.added.push(record.attributeName);
             }
           }
         }).observe(editor, { childList: true, subtree: true, attributes: true });",
        vec![],
    )
    .await;
}

async fn message(app: &App) -> String {
    app.text("Message").await.trim().to_owned()
}

async fn until_message(app: &App, text: &str) {
    until(&format!("the text {text:?}"), async || {
        (message(app).await == text).then_some(())
    })
    .await;
}

async fn stored(app: &App) -> String {
    let list = app.call("list_drafts", json!(null)).await.unwrap();
    list["items"][0]["snippet"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

async fn until_stored(app: &App, text: &str) {
    until(&format!("{text:?} in the database"), async || {
        (stored(app).await == text).then_some(())
    })
    .await;
}

/// Real keys, by their names in X, to the window that has the focus.
fn keys(desk: &Desk, names: &[&str]) {
    let mut arguments = vec!["key", "--delay", "40"];
    arguments.extend(names);
    desk.output("xdotool", &arguments);
}

async fn focus_window(desk: &Desk) {
    until("the window to have the focus", async || {
        desk.output("wmctrl", &["-F", "-a", "Draftwell"]);
        let name = desk.output("xdotool", &["getactivewindow", "getwindowname"]);
        (name.trim() == "Draftwell").then_some(())
    })
    .await;
}

#[tokio::test]
async fn dead_keys_compose_while_the_draft_is_saved() {
    let desk = Desk::new("dead_keys_compose");
    let app = desk.start().await;
    desk.output("setxkbmap", &["-layout", "us", "-variant", "intl"]);
    app.click("textbox", "Message").await;
    focus_window(&desk).await;
    watch(&app).await;
    keys(&desk, &["C", "a", "f"]);
    until_message(&app, "Caf").await;
    keys(&desk, &["dead_acute"]);
    // The accent waits for its letter, and the text is saved meanwhile.
    until_message(&app, "Caf\u{b4}").await;
    until_stored(&app, "Caf\u{b4}").await;
    keys(&desk, &["e"]);
    until_message(&app, "Café").await;
    keys(
        &desk,
        &[
            "space",
            "dead_diaeresis",
            "u",
            "dead_tilde",
            "n",
            "dead_circumflex",
            "space",
        ],
    );
    until_message(&app, "Café üñ^").await;
    until_stored(&app, "Café üñ^").await;
    let seen = app.run("return seen", vec![]).await;
    assert_eq!(seen["added"], json!([]), "nothing is decorated: {seen}");
    // Each dead key begins a composition; WebKit may tell of its end twice.
    let (starts, ends) = (seen["starts"].as_u64(), seen["ends"].as_u64());
    assert_eq!(starts, Some(4), "four dead keys: {seen}");
    assert!(ends >= starts, "what begins ends: {seen}");
}

/// Starts IBus for what is started from now on.
fn start_input_method(desk: &mut Desk) {
    let address = format!("unix:path={}", desk.folder("ibus").join("bus").display());
    desk.set("IBUS_ADDRESS", &address);
    desk.set("GTK_IM_MODULE", "ibus");
    let daemon = Start::new("ibus-daemon")
        .args(["--panel=disable", "--emoji-extension=disable"])
        .args(["--config=/usr/libexec/ibus-memconf", "--cache=none"])
        .args([format!("--address={address}")])
        .envs(desk.variables())
        .run(&desk.logs());
    desk.keep(daemon);
}

async fn choose_engine(desk: &Desk, engine: &str) {
    until(&format!("the input method's {engine}"), async || {
        desk.output("ibus", &["engine", engine]);
        (desk.output("ibus", &["engine"]).trim() == engine).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_real_input_method_composes_while_the_draft_is_saved() {
    let mut desk = Desk::new("a_real_input_method_composes");
    start_input_method(&mut desk);
    let app = desk.start().await;
    app.click("textbox", "Message").await;
    focus_window(&desk).await;
    choose_engine(&desk, "m17n:vi:telex").await;
    // The engine gives "t" away at once and goes on composing; meanwhile that is saved.
    keys(&desk, &["t", "i", "e", "e", "n", "g"]);
    until("the beginning in the database", async || {
        stored(&app).await.starts_with('t').then_some(())
    })
    .await;
    keys(&desk, &["s", "space"]);
    let mut meant = "ti\u{1ebf}ng".to_owned();
    until_message(&app, &meant).await;
    keys(&desk, &["V", "i", "e", "e", "t"]);
    until("the word before in the database", async || {
        stored(&app).await.starts_with(&meant).then_some(())
    })
    .await;
    keys(&desk, &["j", "space"]);
    meant.push_str(" Vi\u{1ec7}t");
    until_message(&app, &meant).await;
    choose_engine(&desk, "m17n:hi:itrans").await;
    keys(&desk, &["n", "a", "m", "a", "s"]);
    until("the words before in the database", async || {
        stored(&app).await.starts_with(&meant).then_some(())
    })
    .await;
    keys(&desk, &["t", "e", "space"]);
    meant.push_str(" \u{928}\u{92e}\u{938}\u{94d}\u{924}\u{947}");
    until_message(&app, &meant).await;
    until_stored(&app, &meant).await;
    let body: String = desk
        .database()
        .query_row("SELECT body FROM drafts", [], |row| row.get(0))
        .unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    let text = body["content"][0]["content"][0]["text"].as_str().unwrap();
    assert_eq!(text.trim_end().as_bytes(), meant.as_bytes(), "{text:?}");
}

/// One step of a composition, as the web view does it: the text under it changes, with the events
/// around it.
async fn compose(app: &App, text: &str, last: bool) {
    app.run(
        "const [text, last] = arguments;
         const editor = document.querySelector('.ProseMirror');
         const selection = getSelection();
         if (!window.composition) {
           const node = selection.anchorNode;
           window.composition = { node, before: node.data.slice(0, selection.anchorOffset) };
           editor.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true, data: '' }));
         }
         const { node, before } = window.composition;
         node.data = before + text;
         selection.collapse(node, node.data.length);
         editor.dispatchEvent(new CompositionEvent('compositionupdate', { bubbles: true, data: text }));
         editor.dispatchEvent(new InputEvent('input',
           { bubbles: true, inputType: 'insertCompositionText', data: text, isComposing: true }));
         window.kept = node.isConnected && node.data === before + text;
         if (last) {
           editor.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: text }));
           window.composition = null;
         }",
        vec![json!(text), json!(last)],
    )
    .await;
}

#[tokio::test]
async fn an_input_method_is_not_disturbed_by_saving_or_another_window() {
    let desk = Desk::new("an_input_method_is_not_disturbed");
    let app = desk.start().await;
    app.write("Message", "Hello ").await;
    app.until_saved().await;
    watch(&app).await;
    for step in ["に", "にほ", "日本"] {
        compose(&app, step, false).await;
        let text = format!("Hello {step}");
        until_message(&app, &text).await;
        // Saved in the middle of it; the text under the input method's hands stays the same.
        until_stored(&app, &text).await;
        let same = "return composition.node.isConnected && composition.node.data === 'Hello ' + arguments[0]
            && getSelection().anchorNode === composition.node";
        let same = app.run(same, vec![json!(step)]).await;
        assert_eq!(same, json!(true), "at {step}");
    }
    // Another window saves the same draft: this one waits for the end of the composition.
    let list = app.call("list_drafts", json!(null)).await.unwrap();
    let (id, revision) = (&list["items"][0]["id"], &list["items"][0]["revision"]);
    let body = json!({ "type": "doc", "content": [{ "type": "paragraph",
        "content": [{ "type": "text", "text": "Hello 日本" }] },
        { "type": "paragraph", "content": [{ "type": "text", "text": "from elsewhere" }] }] });
    app.call("open_compose_window", json!({ "draftId": id }))
        .await
        .unwrap();
    app.turn_to("compose.html").await;
    until_message(&app, "Hello 日本").await;
    let edit = json!({ "id": id, "baseRevision": revision, "body": body, "cause": "blur" });
    app.call("save_draft", edit).await.unwrap();
    app.turn_to("index.html").await;
    until_stored(&app, "Hello 日本 from elsewhere").await;
    let same = app
        .run(
            "return composition.node.isConnected && composition.node.data",
            vec![],
        )
        .await;
    assert_eq!(same, json!("Hello 日本"), "not under its hands");
    compose(&app, "日本", true).await;
    until("the other window's text", async || {
        let text = message(&app).await;
        (text.contains("from elsewhere") && text.contains("Hello 日本")).then_some(())
    })
    .await;
    let seen = app.run("return seen", vec![]).await;
    assert_eq!(seen["added"], json!([]), "nothing is decorated: {seen}");
}

#[tokio::test]
async fn emoji_and_right_to_left_text_are_typed_and_deleted_whole() {
    let desk = Desk::new("emoji_and_right_to_left");
    let app = desk.start().await;
    for text in ["👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "🏳️‍🌈", "1️⃣"] {
        app.write("Message", &format!("x{text}")).await;
        until_message(&app, &format!("x{text}")).await;
        until_stored(&app, &format!("x{text}")).await;
        app.press(&[], char::from(Key::Backspace)).await;
        until_message(&app, "x").await;
        app.press(&[], char::from(Key::Backspace)).await;
        until_message(&app, "").await;
    }
    app.write("Message", "שלום עולם").await;
    until_stored(&app, "שלום עולם").await;
    let direction = "return getComputedStyle(document.querySelector('.ProseMirror')).direction";
    assert_eq!(app.run(direction, vec![]).await, json!("rtl"));
    app.press(&[], char::from(Key::Backspace)).await;
    until_message(&app, "שלום עול").await;
    // Numbers and Latin words keep their own direction inside; what is stored is in the order typed.
    app.write("Message", "ם 120 OK").await;
    until_stored(&app, "שלום עולם 120 OK").await;
    app.picture("right-to-left");
}

#[tokio::test]
async fn ctrl_shift_v_pastes_plain() {
    let desk = Desk::new("ctrl_shift_v_pastes_plain");
    let app = desk.start().await;
    app.click("textbox", "Message").await;
    focus_window(&desk).await;
    keys(&desk, &["ctrl+b"]);
    app.write("Message", "bold words").await;
    let bold =
        "return [...document.querySelectorAll('.ProseMirror strong')].map((e) => e.textContent)";
    until("bold words", async || {
        (app.run(bold, vec![]).await == json!(["bold words"])).then_some(())
    })
    .await;
    keys(&desk, &["ctrl+a", "ctrl+c", "ctrl+End", "Return", "ctrl+v"]);
    until("the same words, still bold", async || {
        (app.run(bold, vec![]).await == json!(["bold words", "bold words"])).then_some(())
    })
    .await;
    keys(&desk, &["Return", "ctrl+b", "ctrl+shift+v"]);
    let lines = until("the words once more", async || {
        let lines =
            "return [...document.querySelectorAll('.ProseMirror p')].map((p) => p.innerHTML)";
        let lines: Value = app.run(lines, vec![]).await;
        (lines.as_array()?.len() == 3 && lines[2].as_str()?.contains("bold words")).then_some(lines)
    })
    .await;
    assert_eq!(lines[2], "bold words", "without its marks");
    app.until_saved().await;
}
