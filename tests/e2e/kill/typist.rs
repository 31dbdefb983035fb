//! Who types until the program is gone, and remembers every key and what the window showed.

use std::{
    fmt,
    time::{Duration, Instant},
};

use fantoccini::{
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    key::Key,
    wd::WindowHandle,
};
use serde_json::{Value, json};

use super::Dice;
use crate::support::{App, wait::until};

/// How long an answer is waited for before the program is taken for dead.
const PATIENCE: Duration = Duration::from_secs(8);
const LETTERS: &str = "aäbcdeéfghiïjklmnoöpqrsßtuüvwxyz";

/// What is typed in a round.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The draft holds a long text already.
    pub long: bool,
    /// Subject and recipients, too.
    pub fields: bool,
    /// The same draft in the main window and in the small one.
    pub two_windows: bool,
}

impl Plan {
    pub fn roll(dice: &mut Dice) -> Self {
        let kind = dice.roll(4);
        Self {
            long: dice.roll(3) == 0,
            fields: kind == 1 || kind == 2,
            two_windows: kind == 3,
        }
    }
}

/// Where a key went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Message,
    Subject,
    To,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::Message => "Message",
            Self::Subject => "Subject",
            Self::To => "To",
        }
    }
}

/// What a window showed at some moment.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Before it was asked for: what it shows was there then.
    pub at: Option<Instant>,
    /// Whether it showed all this as saved.
    pub is_saved: bool,
    pub message: String,
    pub subject: String,
    pub to: Vec<String>,
}

/// All that was typed and seen.
#[derive(Debug, Default)]
pub struct Typed {
    /// What the draft held before.
    pub before: String,
    pub two_windows: bool,
    /// Each key with the time at which it had arrived.
    pub keys: Vec<(Field, char, Instant)>,
    pub looks: Vec<Look>,
}

impl Typed {
    /// What was typed into a field.
    pub fn into(&self, field: Field) -> String {
        let letters = self.keys.iter().filter(|key| key.0 == field);
        letters.map(|key| key.1).collect()
    }
}

impl fmt::Display for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [message, subject, to] =
            [Field::Message, Field::Subject, Field::To].map(|field| self.into(field));
        write!(f, "typed {message:?}, subject {subject:?}, to {to:?}")
    }
}

/// See the module's text.
pub struct Typist<'a> {
    app: &'a App,
    plan: Plan,
    windows: Vec<WindowHandle>,
    typed: Typed,
    people: u32,
}

impl<'a> Typist<'a> {
    /// Opens what is to be typed in.
    pub async fn sit_down(app: &'a App, plan: Plan) -> Self {
        let mut typed = Typed {
            two_windows: plan.two_windows,
            ..Typed::default()
        };
        if plan.long {
            typed.before = long_text();
        } else if plan.two_windows {
            "Dear Ada, ".clone_into(&mut typed.before);
        }
        let mut windows = Vec::new();
        if !typed.before.is_empty() {
            let id = store(app, &typed.before).await;
            app.until_page(
                "the draft in the list",
                "const row = document.querySelector('[aria-label=Drafts] li button');
                 row?.click();
                 return row !== null;",
            )
            .await;
            until_shown(app, &typed.before).await;
            if plan.two_windows {
                windows.push(app.client().window().await.unwrap());
                app.call("open_compose_window", json!({ "draftId": id }))
                    .await
                    .unwrap();
                app.turn_to("compose.html").await;
                until_shown(app, &typed.before).await;
                windows.push(app.client().window().await.unwrap());
                put_cursor_at_end(app).await;
                app.turn_to("index.html").await;
            }
            put_cursor_at_end(app).await;
        }
        Self {
            app,
            plan,
            windows,
            typed,
            people: 0,
        }
    }

    /// Types words until nobody answers any more.
    pub async fn type_until_dead(&mut self, dice: &mut Dice) {
        while self.type_word(dice).await.is_some() {
            assert!(
                self.typed.keys.len() < 20_000,
                "the program was not killed while typing"
            );
        }
    }

    /// What was typed.
    pub fn get_up(self) -> Typed {
        self.typed
    }

    /// A word into one of the fields, and a look at all of them; nothing when the program is gone.
    async fn type_word(&mut self, dice: &mut Dice) -> Option<()> {
        if self.plan.two_windows && dice.roll(3) == 0 {
            let other = self.windows[usize::try_from(dice.roll(2)).unwrap()].clone();
            answered(self.app.client().switch_to_window(other)).await?;
        }
        let field = match dice.roll(4) {
            0 if self.plan.fields => Field::Subject,
            1 if self.plan.fields => Field::To,
            _ => Field::Message,
        };
        let letters: Vec<char> = LETTERS.chars().collect();
        let length = 1 + dice.roll(9);
        let mut word: String = (0..length)
            .map(|_| letters[usize::try_from(dice.roll(letters.len() as u64)).unwrap()])
            .collect();
        if field == Field::To {
            // Nobody is written to twice; the comma ends what was typed.
            self.people += 1;
            word = format!("{word}{}@example.org,", self.people);
        } else {
            word.push(' ');
        }
        let element = self.find(field).await?;
        if field == Field::Message && self.typed.keys.last().is_some_and(|key| key.0 != field) {
            // Coming back from another field the driver puts the cursor somewhere.
            answered(element.click()).await?;
            answered(self.app.client().perform_actions(to_the_end())).await?;
        }
        for letter in word.chars() {
            answered(element.send_keys(&letter.to_string())).await?;
            self.typed.keys.push((field, letter, Instant::now()));
        }
        let look = look(self.app).await?;
        self.typed.looks.push(look);
        Some(())
    }

    async fn find(&self, field: Field) -> Option<Element> {
        let name = format!("[aria-label={}]", field.name());
        answered(self.app.client().find(fantoccini::Locator::Css(&name))).await
    }
}

async fn answered<T, E>(asked: impl Future<Output = Result<T, E>>) -> Option<T> {
    tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()
}

/// All fields and the state in one look: they are of the same moment.
pub async fn look(app: &App) -> Option<Look> {
    let script = "const to = document.querySelector('input[aria-label=To]');
        return {
          message: [...document.querySelectorAll('[aria-label=Message] > *')]
            .map((line) => line.textContent).join('\\n'),
          subject: document.querySelector('[aria-label=Subject]').value,
          to: [...document.querySelectorAll('[aria-label=\"To recipients\"] .chip')]
            .map((chip) => chip.textContent.trim()).concat(to.value.trim() || []),
          saved: [...document.querySelectorAll('[role=status]')]
            .some((state) => state.textContent.trim().startsWith('Saved')),
        };";
    let at = Instant::now();
    let seen = answered(app.client().execute(script, vec![])).await?;
    Some(Look {
        at: Some(at),
        is_saved: seen["saved"] == json!(true),
        message: text(&seen["message"]),
        subject: text(&seen["subject"]),
        to: serde_json::from_value(seen["to"].clone()).ok()?,
    })
}

/// A text as it was typed: blanks at the end of a line are shown as hard ones.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('\u{a0}', " ")
}

async fn until_shown(app: &App, words: &str) {
    until("the stored text", async || {
        let look = look(app).await?;
        (look.message.trim_end() == words.trim_end()).then_some(())
    })
    .await;
}

async fn put_cursor_at_end(app: &App) {
    app.click("textbox", "Message").await;
    app.client().perform_actions(to_the_end()).await.unwrap();
}

/// Ctrl+End.
fn to_the_end() -> KeyActions {
    let [control, end] = [Key::Control, Key::End].map(char::from);
    [
        KeyAction::Down { value: control },
        KeyAction::Down { value: end },
        KeyAction::Up { value: end },
        KeyAction::Up { value: control },
    ]
    .into_iter()
    .fold(KeyActions::new("keyboard".into()), KeyActions::then)
}

/// Some 50 KB.
fn long_text() -> String {
    let words = "what was written long before and must not go ".repeat(4);
    let lines: Vec<_> = (0..280).map(|line| format!("{line} {words}")).collect();
    lines.join("\n")
}

async fn store(app: &App, words: &str) -> Value {
    let lines: Vec<_> = words
        .split('\n')
        .map(|line| json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}))
        .collect();
    let body = json!({"type": "doc", "content": lines});
    let saved = app
        .call("save_draft", json!({ "body": body, "cause": "blur" }))
        .await
        .unwrap();
    saved["id"].clone()
}
