//! Draftwell's window, driven by WebKitWebDriver: found and used the way people do, by what a
//! thing is and what it is called.

use std::{path::Path, time::Duration};

use fantoccini::{
    Client, ClientBuilder,
    elements::{Element, ElementRef},
    key::Key,
};
use serde_json::{Value, json};

use super::{
    Desk,
    desk::Screen,
    process,
    process::Kept,
    program,
    wait::{self, until},
    wire,
};

/// A running Draftwell and the one who uses it.
pub struct App {
    client: Client,
    driver: Kept,
    port: u16,
    session: String,
    pid: u32,
    screen: Screen,
    evidence: std::path::PathBuf,
}

impl Desk {
    /// Starts Draftwell and waits for its page.
    pub async fn start(&self) -> App {
        self.start_with(&[]).await
    }

    /// Starts Draftwell with arguments that open a window, and waits for its page.
    pub async fn start_with(&self, arguments: &[&str]) -> App {
        let (mut driver, port) = self.start_driver();
        let mut capabilities = serde_json::Map::new();
        capabilities.insert(
            "webkitgtk:browserOptions".into(),
            json!({ "binary": program(), "args": arguments }),
        );
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let mut builder = ClientBuilder::new(connector);
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        let connecting = builder.connect(&address);
        let client = match tokio::time::timeout(Duration::from_secs(60), connecting).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => panic!("Draftwell's window did not open: {error}"),
            Err(_) => panic!(
                "Draftwell's window did not open within a minute (driver runs: {})",
                driver.runs()
            ),
        };
        let pid = until("Draftwell's process", async || program_below(driver.pid())).await;
        let session = client.session_id().await.ok().flatten().unwrap_or_default();
        let app = App {
            client,
            driver,
            port,
            session,
            pid,
            screen: self.screen(),
            evidence: self.evidence(),
        };
        app.until_page("the page", "return document.readyState === 'complete'")
            .await;
        app
    }

    fn start_driver(&self) -> (Kept, u16) {
        // The port is free when it is chosen; should another take it in between, try again.
        for _ in 0..5 {
            let port = process::free_port();
            let mut driver = self
                .prepare("WebKitWebDriver")
                .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
                .envs(self.variables())
                .envs([
                    ("TAURI_AUTOMATION", "true"),
                    ("TAURI_WEBVIEW_AUTOMATION", "true"),
                ])
                .run(&self.logs());
            let up = wait::blocking("WebKitWebDriver", || {
                if process::listens(port) {
                    Some(true)
                } else {
                    (!driver.runs()).then_some(false)
                }
            });
            if up {
                return (driver, port);
            }
        }
        panic!("WebKitWebDriver does not start");
    }
}

fn program_below(driver: u32) -> Option<u32> {
    let wanted = Path::new(program()).canonicalize().ok()?;
    process::family(driver)
        .into_iter()
        .find(|pid| std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|path| path == wanted))
}

/// Splits a text into what keys give and what only a picker gives: characters beyond the first
/// plane and what joins them. The driver's keys can't send those.
fn keys_and_pictures(text: &str) -> Vec<(bool, String)> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for letter in text.chars() {
        let is_key = u32::from(letter) <= 0xffff && !matches!(letter, '\u{200d}' | '\u{fe0f}');
        match parts.last_mut() {
            Some((kind, part)) if *kind == is_key => part.push(letter),
            _ => parts.push((is_key, letter.to_string())),
        }
    }
    parts
}

/// Finds what people would call "the button Send": elements by accessible role and name that can
/// be seen, in the order of the page. It reads the same attributes as a browser does for a screen
/// reader; the test of the accessible names compares it with what the web view itself computes.
const FIND: &str = r#"
const [role, name, within] = arguments;
const selectors = {
  button: 'button, [role=button], input[type=submit], input[type=button]',
  textbox: 'input:not([type]), input[type=text], input[type=email], input[type=search], ' +
    'input[type=password], input[type=url], textarea, [contenteditable=true], [role=textbox]',
  combobox: 'select, [role=combobox]',
  region: 'section, [role=region]',
  status: '[role=status], output',
  alert: '[role=alert]',
  dialog: 'dialog, [role=dialog], [role=alertdialog]',
  checkbox: 'input[type=checkbox]',
  radio: 'input[type=radio]',
  link: 'a[href]',
  option: 'option, [role=option]',
  listitem: 'li, [role=listitem]',
  menuitem: '[role=menuitem], [role=menuitemradio]',
  tab: '[role=tab]',
  heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
};
const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const nameOf = (element) => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return tidy(by.split(/\s+/).map((id) => document.getElementById(id)?.textContent).join(' '));
  const label = element.getAttribute('aria-label');
  if (label) return tidy(label);
  if (element.labels?.length) return tidy([...element.labels].map((l) => l.textContent).join(' '));
  if (/^(input|select|textarea|section|dialog|output)$/i.test(element.tagName) ||
      element.isContentEditable) return tidy(element.title || element.placeholder);
  return tidy([...element.childNodes].filter((n) => n.nodeType === 3 ||
    n.getAttribute?.('aria-hidden') !== 'true').map((n) => n.textContent).join(' ')) ||
    tidy(element.title);
};
const fits = (found) =>
  name.endsWith('*') ? found.startsWith(name.slice(0, -1)) : found === name;
const seen = (element) =>
  element.getClientRects().length > 0 &&
  getComputedStyle(element).visibility === 'visible' &&
  !element.closest('[inert], [aria-hidden=true]');
return [...(within ?? document).querySelectorAll(selectors[role])].filter((element) => {
  const own = element.getAttribute('role');
  return (own === null || own === role || own.startsWith(role) || own === 'alert' + role) &&
    (name === null || fits(nameOf(element))) && seen(element);
});
"#;

impl App {
    /// Draftwell's process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The WebDriver client, for what has no name here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute(script, arguments)
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until a script answers something else than `false`, `null` and `undefined`.
    pub async fn until_page(&self, what: &str, script: &str) -> Value {
        until(what, async || {
            match self.client.execute(script, vec![]).await {
                Ok(Value::Null | Value::Bool(false)) | Err(_) => None,
                Ok(value) => Some(value),
            }
        })
        .await
    }

    /// Calls one of the shell's commands as the page does, and answers its result or its error.
    pub async fn call(&self, command: &str, args: Value) -> Result<Value, Value> {
        let script = "
            const [command, args, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, args === null ? {} : { args }).then(
              (value) => done({ value: value ?? null }), (error) => done({ error }));";
        let answer = self
            .client
            .execute_async(script, vec![json!(command), args])
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"));
        match answer.get("value") {
            Some(value) => Ok(value.clone()),
            None => Err(answer["error"].clone()),
        }
    }

    async fn look(&self, role: &str, name: Option<&str>, within: Option<&Element>) -> Vec<Element> {
        let within = within.map_or(Value::Null, |element| {
            serde_json::to_value(element).expect("an element's reference")
        });
        let found = self
            .client
            .execute(FIND, vec![json!(role), json!(name), within])
            .await;
        // While a page loads or a node is replaced there may be nothing to ask.
        let Ok(Value::Array(found)) = found else {
            return Vec::new();
        };
        found
            .iter()
            .filter_map(|element| {
                let id = element.as_object()?.values().next()?.as_str()?;
                let id = ElementRef::from(id.to_owned());
                Some(Element::from_element_id(self.client.clone(), id))
            })
            .collect()
    }

    /// All that can be seen of this role (and name, if one is given).
    pub async fn all(&self, role: &str, name: Option<&str>) -> Vec<Element> {
        self.look(role, name, None).await
    }

    /// All that can be seen of this role and name inside of something else.
    pub async fn all_in(&self, within: &Element, role: &str, name: &str) -> Vec<Element> {
        self.look(role, Some(name), Some(within)).await
    }

    /// Whether it can be seen now.
    pub async fn shows(&self, role: &str, name: &str) -> bool {
        !self.look(role, Some(name), None).await.is_empty()
    }

    /// Waits for it, and answers the first.
    pub async fn get(&self, role: &str, name: &str) -> Element {
        until(&format!("the {role} {name:?}"), async || {
            self.look(role, Some(name), None).await.into_iter().next()
        })
        .await
    }

    /// Waits for it inside of something else, and until it can be used.
    pub async fn get_ready_in(&self, within: &Element, role: &str, name: &str) -> Element {
        let what = format!("the {role} {name:?} within, ready for use");
        until(&what, async || {
            let found = self.look(role, Some(name), Some(within)).await;
            let first = found.into_iter().next()?;
            first.is_enabled().await.unwrap_or(false).then_some(first)
        })
        .await
    }

    /// Waits until it can't be seen any more.
    pub async fn until_gone(&self, role: &str, name: &str) {
        until(&format!("the {role} {name:?} to go"), async || {
            (!self.shows(role, name).await).then_some(())
        })
        .await;
    }

    /// Clicks it, once it is there and can be clicked.
    pub async fn click(&self, role: &str, name: &str) {
        self.click_when_ready(&format!("the {role} {name:?}"), async || {
            self.look(role, Some(name), None).await.into_iter().next()
        })
        .await;
    }

    /// Clicks it inside of something else.
    pub async fn click_in(&self, within: &Element, role: &str, name: &str) {
        self.click_when_ready(&format!("the {role} {name:?} within"), async || {
            let found = self.look(role, Some(name), Some(within)).await;
            found.into_iter().next()
        })
        .await;
    }

    async fn click_when_ready(&self, what: &str, find: impl AsyncFn() -> Option<Element>) {
        until(&format!("{what} to be clicked"), async || {
            let element = find().await?;
            if !element.is_enabled().await.unwrap_or(false)
                || element
                    .attr("aria-disabled")
                    .await
                    .ok()
                    .flatten()
                    .as_deref()
                    == Some("true")
            {
                return None;
            }
            if element.click().await.is_ok() {
                return Some(());
            }
            // The driver takes what shows half of itself for what can be clicked in its middle.
            let show = "arguments[0].scrollIntoView({ block: 'nearest' })";
            let it = serde_json::to_value(&element).ok()?;
            self.client().execute(show, vec![it]).await.ok()?;
            None
        })
        .await;
    }

    /// Leaves the dialog that is open, with Esc.
    pub async fn leave_dialog(&self) {
        self.press(&[], char::from(Key::Escape)).await;
        until("the dialog to close", async || {
            self.all("dialog", None).await.is_empty().then_some(())
        })
        .await;
    }

    /// Puts the cursor into a text box and types, at its end.
    pub async fn write(&self, textbox: &str, text: &str) {
        let element = self.get("textbox", textbox).await;
        for (is_typed, part) in keys_and_pictures(text) {
            let done = if is_typed {
                element.send_keys(&part).await.map(drop)
            } else {
                // No key gives these: they come from a picker, as inserted text.
                let script = "document.execCommand('insertText', false, arguments[0])";
                self.client
                    .execute(script, vec![json!(part)])
                    .await
                    .map(drop)
            };
            done.unwrap_or_else(|error| panic!("typing {part:?} into {textbox}: {error}"));
        }
    }

    /// Puts another text in the place of what stands in a text box.
    pub async fn rewrite(&self, textbox: &str, text: &str) {
        self.click("textbox", textbox).await;
        self.press(&[Key::Control], 'a').await;
        self.write(textbox, text).await;
    }

    /// Presses a key together with Ctrl (and others), wherever the cursor is.
    pub async fn press(&self, keys: &[Key], last: char) {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        let mut actions = KeyActions::new("keyboard".into());
        for key in keys {
            let value = char::from(*key);
            actions = actions.then(KeyAction::Down { value });
        }
        actions = actions
            .then(KeyAction::Down { value: last })
            .then(KeyAction::Up { value: last });
        for key in keys.iter().rev() {
            let value = char::from(*key);
            actions = actions.then(KeyAction::Up { value });
        }
        self.client
            .perform_actions(actions)
            .await
            .unwrap_or_else(|error| panic!("pressing {last:?}: {error}"));
    }

    /// What stands in a text box.
    pub async fn text(&self, textbox: &str) -> String {
        let element = self.get("textbox", textbox).await;
        let script = "const [e] = arguments; return e.isContentEditable ? e.innerText : e.value;";
        let element = serde_json::to_value(&element).expect("an element's reference");
        self.run(script, vec![element])
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// What the status regions say, one to a line.
    pub async fn status(&self) -> String {
        let script = "return [...document.querySelectorAll('[role=status], output')]
            .map((e) => e.textContent.trim()).filter(Boolean).join('\\n');";
        self.run(script, vec![])
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until the page says that everything is saved.
    pub async fn until_saved(&self) {
        until("the page to say Saved", async || {
            self.status()
                .await
                .lines()
                .any(|line| line.starts_with("Saved"))
                .then_some(())
        })
        .await;
    }

    /// Turns to the window that shows this page: `index.html` is the main one, `compose.html`
    /// the small one.
    pub async fn turn_to(&self, page: &str) {
        until(&format!("a window with {page}"), async || {
            for window in self.client.windows().await.ok()? {
                self.client.switch_to_window(window).await.ok()?;
                let path = self.client.current_url().await.ok()?.path().to_owned();
                let shown = match path.trim_start_matches('/') {
                    "" => "index.html",
                    shown => shown,
                };
                if shown == page {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// A picture of the screen, kept in the folder for what a test leaves behind.
    pub fn picture(&self, name: &str) {
        self.screen.keep_picture(&self.evidence, name);
    }

    /// Pictures of what is shown, wide and narrow, light and dark.
    pub async fn pictures(&self, name: &str) {
        for theme in ["light", "dark"] {
            self.call("update_settings", json!({ "theme": theme }))
                .await
                .unwrap_or_else(|error| panic!("the theme {theme}: {error}"));
            let shown = format!("return document.documentElement.dataset.theme === '{theme}'");
            self.until_page("the theme", &shown).await;
            for (size, width, height) in [("large", 1180, 760), ("small", 420, 640)] {
                self.resize(width, height).await;
                // Colours pass over into each other.
                let still = "return document.getAnimations().length === 0";
                self.until_page("everything to stand still", still).await;
                self.picture(&format!("{name} {theme} {size}"));
            }
        }
        self.resize(1180, 760).await;
    }

    async fn resize(&self, width: u32, height: u32) {
        (self.client.set_window_size(width, height).await)
            .unwrap_or_else(|error| panic!("a window of {width} by {height}: {error}"));
        let narrow = format!("return (innerWidth < 600) === {}", width < 600);
        self.until_page("the window's size", &narrow).await;
    }

    /// Kills the program, as `kill -9` does, and waits until it is gone. Its web view's processes
    /// are left to notice by themselves.
    pub async fn kill(mut self) {
        process::kill(self.pid);
        self.until_ended().await;
    }

    /// The processes that run the pages.
    pub fn web_processes(&self) -> Vec<u32> {
        process::family(self.pid)
            .into_iter()
            .filter(|pid| {
                // The kernel keeps fifteen letters of a name.
                std::fs::read_to_string(format!("/proc/{pid}/comm"))
                    .is_ok_and(|name| name.trim() == "WebKitWebProces")
            })
            .collect()
    }

    /// The process group of the program and its web view.
    pub fn group(&self) -> u32 {
        self.driver.pid()
    }

    /// Waits until the program has ended.
    pub async fn until_ended(&mut self) {
        let pid = self.pid;
        until("the program's end", async || {
            (!process::is_alive(pid)).then_some(())
        })
        .await;
    }

    /// What the web view tells a screen reader: role and name.
    pub fn spoken(&self, element: &Element) -> (String, String) {
        let ask = |what: &str| {
            let path = format!("element/{}/{what}", element.element_id().as_ref());
            let answer = self.ask_driver(&path).unwrap_or_default();
            answer.as_str().unwrap_or_default().to_owned()
        };
        (ask("computedrole"), ask("computedlabel"))
    }

    /// Asks the driver without the client, for what that has no name for.
    fn ask_driver(&self, path: &str) -> std::io::Result<Value> {
        let path = format!("/session/{}/{path}", self.session);
        let mut answer = wire::get(self.port, &path)?;
        Ok(answer["value"].take())
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.screen.keep_picture(&self.evidence, "at the failure");
        }
    }
}
