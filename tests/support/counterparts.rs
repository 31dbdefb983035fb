//! Independent programs on the other end of the wire: Google's sign-in and Gmail, Microsoft's
//! sign-in, and an AI provider. None of them is ours; `tests/tools/install` puts them into
//! `tests/.tools`. Only the mailbox behind Microsoft Graph is (`tests/tools/outlook.py`): there is
//! no other.

use std::{fs, path::PathBuf};

use base64::Engine as _;
use serde_json::{Value, json};

use super::{
    Desk,
    process::{self, Start},
    root, wait, wire,
};

/// A token the emulator knows from the start, to look into the mailbox with.
const READER: &str = "reader-of-the-tests";

/// Starts a node program that listens on the port it is told, on this machine only.
fn serve(desk: &mut Desk, script: &str, arguments: impl Fn(u16) -> Vec<String>) -> u16 {
    let script = root().join("tests/.tools/node_modules").join(script);
    assert!(
        script.exists(),
        "{} is missing: make test-tools",
        script.display()
    );
    // The port is free when it is chosen; should another take it in between, try again.
    for _ in 0..5 {
        let port = process::free_port();
        let mut server = Start::new("node")
            .args(["--require".into(), root().join("tests/tools/loopback.cjs")])
            .args([&script])
            .args(arguments(port))
            .envs(desk.variables())
            .run(&desk.logs());
        let up = wait::blocking(&script.display().to_string(), || {
            if process::listens(port) {
                Some(true)
            } else {
                (!server.runs()).then_some(false)
            }
        });
        if up {
            desk.keep(server);
            return port;
        }
    }
    panic!("{} does not start", script.display());
}

/// Google's sign-in and Gmail, as npm's `emulate` plays them. It shows every seeded account on
/// its sign-in page, stores mails byte for byte, and answers 401 to tokens it doesn't know.
pub struct Google {
    base: String,
    port: u16,
}

impl Google {
    /// Starts the emulator and points the desk's Draftwell and browser at it.
    pub fn start(desk: &mut Desk) -> Self {
        let seed = desk.folder("google").join("seed.yaml");
        let port = serve(desk, "emulate/dist/index.js", |port| {
            fs::write(
                &seed,
                // JSON is YAML.
                json!({
                    "tokens": { READER: { "login": "ada@example.com", "scopes": [] } },
                    "google": {
                        "port": port,
                        "users": [
                            { "email": "ada@example.com", "name": "Ada Lovelace" },
                            { "email": "bob@example.com", "name": "Bob Tester" },
                        ],
                    },
                })
                .to_string(),
            )
            .expect("a seed file");
            ["start", "--service", "google", "--seed"]
                .map(String::from)
                .into_iter()
                .chain([seed.display().to_string()])
                .collect()
        });
        let base = format!("http://127.0.0.1:{port}");
        desk.set_all([
            ("DRAFTWELL_GOOGLE_CLIENT_ID", "desk.apps.example".into()),
            ("DRAFTWELL_GOOGLE_CLIENT_SECRET", "not-a-secret".into()),
            (
                "DRAFTWELL_GOOGLE_AUTH_URL",
                format!("{base}/o/oauth2/v2/auth"),
            ),
            ("DRAFTWELL_GOOGLE_TOKEN_URL", format!("{base}/oauth2/token")),
            (
                "DRAFTWELL_GOOGLE_REVOKE_URL",
                format!("{base}/oauth2/revoke"),
            ),
            (
                "DRAFTWELL_GOOGLE_USERINFO_URL",
                format!("{base}/oauth2/v2/userinfo"),
            ),
            ("DRAFTWELL_GOOGLE_GMAIL_URL", base.clone()),
            (
                "BROWSER",
                root().join("tests/tools/browser.py").display().to_string(),
            ),
            ("SIGN_IN_AS", "ada@example.com".into()),
        ]);
        Self { base, port }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens.
    pub fn base(&self) -> String {
        self.base.clone()
    }

    /// Puts a message into Ada's inbox, as if it had come from outside, into a thread or one of
    /// its own.
    pub fn receive(&self, raw: &str, thread: Option<&str>) {
        let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(raw);
        let mut message = json!({ "raw": raw, "labelIds": ["INBOX", "UNREAD"] });
        if let Some(thread) = thread {
            message["threadId"] = thread.into();
        }
        let path = "/gmail/v1/users/me/messages";
        let answer = wire::post(self.port, path, READER, &message).expect("an answer");
        assert!(answer["id"].is_string(), "{answer}");
    }

    /// What is in Ada's mailbox, as Python's `email` reads it: `{sent: [...], drafts: n}`.
    pub fn mailbox(&self, desk: &Desk) -> Value {
        let script = root().join("tests/tools/read_mail.py");
        let text = desk.output(&script.display().to_string(), &[&self.base, READER]);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
    }
}

/// Microsoft's sign-in, as npm's `emulate` plays it, and a mailbox behind Graph that knows whom it
/// signed in.
pub struct Outlook {
    port: u16,
}

impl Outlook {
    /// Starts both and points the desk's Draftwell and browser at them.
    pub fn start(desk: &mut Desk) -> Self {
        let seed = desk.folder("microsoft").join("seed.yaml");
        let sign_in = serve(desk, "emulate/dist/index.js", |port| {
            let users = json!([{ "email": "ada@example.com", "name": "Ada Lovelace" }]);
            let plan = json!({ "microsoft": { "port": port, "users": users } });
            fs::write(&seed, plan.to_string()).expect("a seed file");
            ["start", "--service", "microsoft", "--seed"]
                .map(String::from)
                .into_iter()
                .chain([seed.display().to_string()])
                .collect()
        });
        let base = format!("http://127.0.0.1:{sign_in}");
        let script = root().join("tests/tools/outlook.py").display().to_string();
        let (server, port) = Start::new(&script)
            .args(["--identity", &base])
            .envs(desk.variables())
            .run_until_first_line(&desk.logs());
        desk.keep(server);
        let port = port.parse().expect("its port");
        desk.set_all([
            (
                "DRAFTWELL_MICROSOFT_AUTH_URL",
                format!("{base}/oauth2/v2.0/authorize"),
            ),
            (
                "DRAFTWELL_MICROSOFT_TOKEN_URL",
                format!("{base}/oauth2/v2.0/token"),
            ),
            (
                "DRAFTWELL_MICROSOFT_GRAPH_URL",
                format!("http://127.0.0.1:{port}"),
            ),
            (
                "BROWSER",
                root().join("tests/tools/browser.py").display().to_string(),
            ),
            ("SIGN_IN_AS", "ada@example.com".into()),
        ]);
        Self { port }
    }

    /// Where the mailbox listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The messages that were ever made there; see `outlook.py`.
    pub fn messages(&self) -> Vec<Value> {
        let messages = wire::get(self.port, "/control/mailbox").expect("the mailbox");
        messages.as_array().cloned().unwrap_or_default()
    }

    /// Lets something go wrong once; see `outlook.py`.
    pub fn goes_wrong(&self, fault: &Value) {
        wire::post(self.port, "/control/faults", "nobody", &json!([fault])).expect("it is heard");
    }
}

/// An AI provider, as npm's `aimock` plays all of them: what it answers is chosen by words in the
/// user's text.
pub struct Ai {
    port: u16,
}

impl Ai {
    /// Starts it with fixtures (see aimock's documentation), and gives Draftwell a key for
    /// OpenRouter and its address.
    pub fn start(desk: &mut Desk, fixtures: &Value) -> Self {
        let folder: PathBuf = desk.folder("ai");
        let file = folder.join("fixtures.json");
        fs::write(&file, json!({ "fixtures": fixtures }).to_string()).expect("a fixture file");
        let port = serve(desk, "@copilotkit/aimock/dist/cli.js", |port| {
            [
                "--host",
                "127.0.0.1",
                "--strict",
                "--latency",
                "5",
                "--port",
            ]
            .map(String::from)
            .into_iter()
            .chain([port.to_string(), "--fixtures".into()])
            .chain([file.display().to_string()])
            .collect()
        });
        let base = format!("http://127.0.0.1:{port}");
        desk.set_all([
            ("DRAFTWELL_OPENROUTER_BASE_URL", format!("{base}/api/v1")),
            ("DRAFTWELL_OPENROUTER_API_KEY", "sk-or-of-the-tests".into()),
        ]);
        Self { port }
    }

    /// Where it listens.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The paths of the requests it got, oldest first.
    pub fn paths(&self) -> Vec<String> {
        let journal = wire::get(self.port, "/__aimock/journal").expect("the journal");
        journal
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|entry| entry["path"].as_str())
            .filter(|path| !path.starts_with("/__aimock"))
            .filter(|path| !path.ends_with("/models") && !path.ends_with("/api/tags"))
            .map(str::to_owned)
            .collect()
    }

    /// The bodies of the requests it got, oldest first.
    pub fn requests(&self) -> Vec<Value> {
        let journal = wire::get(self.port, "/__aimock/journal").expect("the journal");
        journal
            .as_array()
            .into_iter()
            .flatten()
            .map(|entry| entry["body"].clone())
            .collect()
    }
}

/// All AI providers, as PyPI's `llmock` plays them: what goes wrong is queued over HTTP.
pub struct Llmock {
    port: u16,
}

impl Llmock {
    /// Starts it, and gives Draftwell a key for each provider and its address.
    pub fn start(desk: &mut Desk) -> Self {
        let bin = root().join("tests/.tools/venv/bin");
        let script = bin.join("llmock");
        let missing = "llmock is missing: make test-tools";
        assert!(script.exists(), "{missing}");
        let python = bin.join("python").display().to_string();
        // The port is free when it is chosen; should another take it in between, try again.
        for _ in 0..5 {
            let port = process::free_port();
            let mut server = Start::new(&python)
                .args([script.display().to_string().as_str(), "serve"])
                .args(["--host", "127.0.0.1", "--port", &port.to_string()])
                .envs(desk.variables())
                .run(&desk.logs());
            let up = wait::blocking("llmock", || {
                if process::listens(port) {
                    Some(true)
                } else {
                    (!server.runs()).then_some(false)
                }
            });
            if up {
                desk.keep(server);
                for (name, path) in [
                    ("OPENROUTER", "/v1"),
                    ("GEMINI", "/gemini/v1beta"),
                    ("OPENAI", "/v1"),
                    ("ANTHROPIC", "/anthropic/v1"),
                    ("LOCAL", "/v1"),
                ] {
                    let base = format!("http://127.0.0.1:{port}{path}");
                    desk.set(&format!("DRAFTWELL_{name}_BASE_URL"), base);
                    desk.set(&format!("DRAFTWELL_{name}_API_KEY"), "key-of-the-tests");
                }
                return Self { port };
            }
        }
        panic!("llmock does not start");
    }

    /// Queues what happens to the next requests, and forgets what was queued before.
    pub fn behaves(&self, behaviors: &[Value]) {
        let post = |path, body| wire::post(self.port, path, "nobody", &body);
        let tell = || {
            post("/_llmock/reset", json!({}))?;
            post("/_llmock/scenario", json!({ "behaviors": behaviors }))
        };
        // It sometimes breaks a connection like this one along with those it is to break. Told
        // both once more it has forgotten the first time.
        tell().or_else(|_| tell()).expect("llmock's behaviour");
    }
}

/// An answer in the shape Draftwell asks for: the four styles.
pub fn four_styles(formal: &str, casual: &str, elaborate: &str, concise: &str) -> String {
    // By hand, because the order matters: cards fill in the order of the schema.
    format!(
        "{{\"formal\":{},\"casual\":{},\"elaborate\":{},\"concise\":{}}}",
        json!(formal),
        json!(casual),
        json!(elaborate),
        json!(concise)
    )
}
