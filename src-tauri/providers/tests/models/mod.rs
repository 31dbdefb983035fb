//! The AI services' stand-ins: two independent programs that speak every provider's protocol
//! (installed by `make test-tools`, see tests/tools/install), and a polish that goes to them.

use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use draftwell_core::{
    Result,
    document::Document,
    polish::{
        PolishEvent, ProviderId, Style, facts,
        original::Original,
        request::{Source, prepare},
        run::{self, Outcome, run},
        versions::Frame,
    },
    ports::{BoxFuture, Writer},
};
use draftwell_providers::ai::{Access, Known, Sent, writer};
use serde_json::Value;

/// The five that are reached by network.
pub const ALL: [ProviderId; 5] = [
    ProviderId::Openrouter,
    ProviderId::Gemini,
    ProviderId::Openai,
    ProviderId::Anthropic,
    ProviderId::Local,
];

/// What a well-behaved model answers to the draft below.
pub const GOOD: &str = r#"{"formal":"Dear Zoë,\n\nthe meeting is on **10 March** at 14:00.\n\n- [the plan](https://example.com/plan)\n- coffee ☕","casual":"Hi Zoë 🎉 meeting's on **10 March**, 14:00: [the plan](https://example.com/plan)","elaborate":"Dear Zoë,\n\nI would like to let you know that the meeting is on **10 March** at 14:00. You find [the plan](https://example.com/plan) here.","concise":"Meeting: **10 March**, 14:00, [plan](https://example.com/plan)."}"#;

/// A stand-in that is running; stopped when dropped.
pub struct StandIn {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// Where its fixtures are; removed with it.
    _folder: Option<tempfile::TempDir>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn tool(path: &str) -> PathBuf {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/.tools");
    let tool = tools.join(path);
    assert!(
        tool.exists(),
        "{} is missing: run `make test-tools` first",
        tool.display()
    );
    tool
}

impl StandIn {
    /// aimock with these fixtures; it answers by what stands in the user's text. With a key, all
    /// others are refused.
    pub fn aimock(fixtures: Value, key: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, value: Value| {
            let path = folder.path().join(name);
            std::fs::write(&path, value.to_string()).unwrap();
            path
        };
        write("fixtures.json", serde_json::json!({ "fixtures": fixtures }));
        let mut config = serde_json::json!({ "llm": { "fixtures": "./fixtures.json" } });
        if let Some(key) = key {
            config["auth"] = serde_json::json!({ "apiKeys": [key] });
        }
        let config = write("config.json", config);
        let mut command = Command::new("node");
        command
            .arg(tool("node_modules/@copilotkit/aimock/dist/aimock-cli.js"))
            .args(["--host", "127.0.0.1", "--port", "0", "--config"])
            .arg(config)
            .current_dir(folder.path());
        Self::start(command, Some(folder))
    }

    /// llmock; its faults are queued over HTTP.
    pub fn llmock() -> Self {
        let mut command = Command::new(tool("venv/bin/python"));
        command
            .arg(tool("venv/bin/llmock"))
            .args(["serve", "--host", "127.0.0.1", "--port", "0"]);
        Self::start(command, None)
    }

    /// Starts it and waits until it says where it listens.
    fn start(mut command: Command, folder: Option<tempfile::TempDir>) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (said, hear) = mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().unwrap()),
            Box::new(child.stderr.take().unwrap()),
        ];
        for output in outputs {
            let said = said.clone();
            // Read to the end, so that it never blocks on a full pipe.
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(|line| line.ok()) {
                    let _ = said.send(line);
                }
            });
        }
        drop(said);
        let mut log = String::new();
        let url = loop {
            match hear.recv_timeout(Duration::from_secs(60)) {
                Ok(line) => {
                    if let Some(url) = listening(&line) {
                        break url;
                    }
                    log.push_str(&line);
                    log.push('\n');
                }
                Err(_) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    panic!("the stand-in did not start: {command:?}\n{log}");
                }
            }
        };
        Self {
            child,
            url,
            _folder: folder,
        }
    }

    /// Queues behaviours in llmock, after forgetting the former ones.
    pub async fn behave(&self, behaviors: Value) {
        self.post("/_llmock/reset", Value::Null).await;
        let body = serde_json::json!({ "behaviors": behaviors });
        self.post("/_llmock/scenario", body).await;
    }

    async fn post(&self, path: &str, body: Value) {
        let answer = self.client().post(self.at(path)).json(&body).send().await;
        assert!(answer.unwrap().status().is_success(), "{path}");
    }

    /// What a control address answers.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.client().get(self.at(path)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    fn client(&self) -> reqwest::Client {
        let base = self.url.parse().unwrap();
        draftwell_providers::http::client(&base, Duration::from_secs(5)).unwrap()
    }
}

/// `http://127.0.0.1:PORT` in a line that says so; llmock's banner shows port 0 first.
fn listening(line: &str) -> Option<String> {
    let at = line.find("http://127.0.0.1:")?;
    let port: String = line[at + "http://127.0.0.1:".len()..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    (port.parse::<u16>().ok()? != 0).then(|| format!("http://127.0.0.1:{port}"))
}

/// Where aimock has a provider.
pub fn aimock_base(mock: &StandIn, provider: ProviderId) -> String {
    let path = match provider {
        ProviderId::Openrouter => "/api/v1",
        ProviderId::Gemini => "/v1beta",
        _ => "/v1",
    };
    format!("{}{path}", mock.url)
}

/// Where llmock has a provider.
pub fn llmock_base(mock: &StandIn, provider: ProviderId) -> String {
    let path = match provider {
        ProviderId::Gemini => "/gemini/v1beta",
        ProviderId::Anthropic => "/anthropic/v1",
        _ => "/v1",
    };
    format!("{}{path}", mock.url)
}

/// A writer with the key `good-key` and a model named after its provider.
pub fn model(base: &str, provider: ProviderId) -> Arc<dyn Writer> {
    model_with(base, provider, "good-key")
}

/// The same with another key.
pub fn model_with(base: &str, provider: ProviderId, key: &str) -> Arc<dyn Writer> {
    let access = Access {
        base_url: base.to_owned(),
        api_key: Some(key.to_owned().into()),
        model: Some(model_name(provider).to_owned()),
        sent: Sent::default(),
    };
    writer(provider, access, &Known::default()).unwrap()
}

/// The model each provider is asked for.
pub fn model_name(provider: ProviderId) -> &'static str {
    match provider {
        ProviderId::Openrouter => "acme/router-model",
        ProviderId::Gemini => "gemini-model",
        ProviderId::Openai => "openai-model",
        ProviderId::Anthropic => "claude-model",
        ProviderId::Local => "local-model",
        ProviderId::Offline => unreachable!("it has no model"),
    }
}

/// What a polish came to and what was seen meanwhile.
pub struct Polished {
    pub outcome: Result<Outcome>,
    pub events: Vec<PolishEvent>,
    /// The pauses that were made.
    pub slept: Vec<Duration>,
}

impl Polished {
    /// Who was asked, in order.
    pub fn asked(&self) -> Vec<ProviderId> {
        self.events
            .iter()
            .filter_map(|event| match event {
                PolishEvent::Started { provider, .. } => Some(*provider),
                _ => None,
            })
            .collect()
    }

    /// How often a card's text was told before it was complete.
    pub fn steps(&self, of: Style) -> usize {
        self.events
            .iter()
            .filter(|event| matches!(event, PolishEvent::Text { style, .. } if *style == of))
            .count()
    }

    /// Whether a failure was told.
    pub fn told_a_failure(&self) -> bool {
        self.events
            .iter()
            .any(|event| matches!(event, PolishEvent::Failed { .. }))
    }

    /// Asserts that the four versions arrived as [`GOOD`] has them.
    pub fn is_good(&self, provider: ProviderId) {
        let outcome = match &self.outcome {
            Ok(outcome) => outcome,
            Err(error) => panic!("{provider:?}: {error:?}"),
        };
        assert_eq!(outcome.remembered.provider, provider);
        assert_eq!(outcome.versions.len(), 4, "{provider:?}");
        let formal = &outcome.versions[0];
        assert!(formal.text.contains("coffee ☕"), "{}", formal.text);
        assert!(
            formal.html.contains("https://example.com/plan"),
            "{}",
            formal.html
        );
        assert!(
            outcome.versions[1].text.contains("🎉"),
            "{}",
            outcome.versions[1].text
        );
    }
}

/// Polishes a draft in which `word` stands, which the fixtures look for. Pauses are real.
pub async fn polish(writers: &[Arc<dyn Writer>], word: &str) -> Polished {
    let draft = format!("{word} zoe, meeting on 10 March at 14:00, the plan is online ok?");
    let prepared = prepare(Source {
        markdown: &draft,
        text: &draft,
        context: None,
        instruction: None,
        language: None,
        is_part: false,
    })
    .unwrap();
    let document = Document::from_text(&draft);
    let original = Original::of(&document, None, false, None, facts::Known::default()).unwrap();
    let frame = Frame {
        original: &original,
        signature_for: &|_| None,
    };
    let slept = Arc::new(Mutex::new(Vec::new()));
    let sleep = {
        let slept = Arc::clone(&slept);
        move |pause: Duration| -> BoxFuture<'static, ()> {
            // Between two pieces of text nobody waits for a provider.
            if pause != run::PACE {
                slept.lock().unwrap().push(pause);
            }
            Box::pin(tokio::time::sleep(pause))
        }
    };
    let mut events = Vec::new();
    let outcome = run(writers, &prepared, &frame, &sleep, &mut |event| {
        events.push(event);
    })
    .await;
    let slept = slept.lock().unwrap().clone();
    Polished {
        outcome,
        events,
        slept,
    }
}
