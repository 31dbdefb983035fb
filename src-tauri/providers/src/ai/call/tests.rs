//! Odd servers, each one a few lines over a real socket: slow, endless, cut, garbled.

use std::sync::atomic::{AtomicUsize, Ordering};

use draftwell_core::ports::WriteErrorKind;
use reqwest::header::AUTHORIZATION;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::ai::chat;

const SSE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(20);

/// The chat dialect with short patience and three rungs.
#[derive(Debug)]
struct Test(Patience);

impl Wire for Test {
    fn id(&self) -> ProviderId {
        ProviderId::Openrouter
    }
    fn patience(&self) -> Patience {
        self.0
    }
    fn key_header(&self, key: &str) -> (HeaderName, String) {
        (AUTHORIZATION, format!("Bearer {key}"))
    }
    fn rungs(&self) -> u8 {
        3
    }
    fn path(&self, _model: &str) -> String {
        "/chat/completions".into()
    }
    fn body(&self, _request: &WriteRequest, model: &str, rung: u8) -> Value {
        json!({ "model": model, "rung": rung })
    }
    fn read(&self, event: &Event, gathered: &mut Gathered) -> Result<(), Fault> {
        chat::read(event, gathered)
    }
}

fn patient() -> Patience {
    Patience {
        connect: LONG,
        first: LONG,
        idle: LONG,
        total: LONG,
    }
}

fn chunk(text: &str) -> String {
    format!(
        "data: {}\n\n",
        json!({ "choices": [{ "delta": { "content": text } }] })
    )
}

fn stop() -> String {
    format!(
        "data: {}\n\n",
        json!({ "choices": [{ "delta": {}, "finish_reason": "stop" }] })
    )
}

/// A server that treats every connection as `serve` says; the first argument counts them.
async fn server<F, S>(serve: S) -> String
where
    S: Fn(usize, String, TcpStream) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let count = AtomicUsize::new(0);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let request = read_request(&mut socket).await;
            let number = count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(number, request, socket));
        }
    });
    base
}

/// Reads a whole request, body included.
async fn read_request(socket: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let n = socket.read(&mut piece).await.unwrap_or(0);
        read.extend_from_slice(&piece[..n]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, length)| length.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return text;
            }
        }
        if n == 0 {
            return text;
        }
    }
}

async fn send(mut socket: TcpStream, answer: String) {
    let _ = socket.write_all(answer.as_bytes()).await;
    let _ = socket.shutdown().await;
}

fn adapter(base: &str, patience: Patience) -> Adapter<Test> {
    let key = Some(SecretString::from("sk-secret"));
    Adapter::new(
        Test(patience),
        base,
        key,
        "the-model".into(),
        Known::default(),
        Sent::default(),
    )
    .unwrap()
}

fn request() -> WriteRequest {
    WriteRequest {
        system: "system".into(),
        user: "user".into(),
        schema: json!({}),
        schema_name: "test",
        max_output_tokens: 100,
    }
}

async fn ask(adapter: &Adapter<Test>) -> (Result<Written, WriteError>, Vec<String>) {
    let mut pieces = Vec::new();
    let outcome = adapter
        .write(&request(), &mut |piece| pieces.push(piece.to_owned()))
        .await;
    (outcome, pieces)
}

#[tokio::test]
async fn text_is_handed_on_as_it_comes_and_cut_characters_are_joined() {
    let base = server(|_, _, mut socket| async move {
        let _ = socket.write_all(SSE.as_bytes()).await;
        let whole = chunk("Zoë ") + &chunk("🎉") + &stop() + "data: [DONE]\n\n";
        // One byte at a time, so that every character and every line is cut.
        for byte in whole.as_bytes() {
            let _ = socket.write_all(&[*byte]).await;
            let _ = socket.flush().await;
            tokio::task::yield_now().await;
        }
    })
    .await;
    let (outcome, pieces) = ask(&adapter(&base, patient())).await;
    assert_eq!(outcome.unwrap().text, "Zoë 🎉");
    assert_eq!(pieces, ["Zoë ", "🎉"]);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let base = server(|_, _, socket| async move {
        let _open = socket;
        std::future::pending::<()>().await;
    })
    .await;
    let patience = Patience {
        first: SHORT,
        ..patient()
    };
    let error = ask(&adapter(&base, patience)).await.0.unwrap_err();
    assert_eq!(error.kind, WriteErrorKind::Retry);
    assert!(error.error.message.contains("too long"));
    assert!(!error.text_was_shown);
}

#[tokio::test]
async fn headers_alone_are_not_a_first_byte() {
    let base = server(|_, _, mut socket| async move {
        let _ = socket.write_all(SSE.as_bytes()).await;
        std::future::pending::<()>().await;
    })
    .await;
    let patience = Patience {
        first: SHORT,
        ..patient()
    };
    let error = ask(&adapter(&base, patience)).await.0.unwrap_err();
    assert_eq!(error.kind, WriteErrorKind::Retry);
}

#[tokio::test]
async fn a_stream_that_stalls_is_given_up_and_says_that_text_was_shown() {
    let base = server(|_, _, mut socket| async move {
        let _ = socket
            .write_all((SSE.to_owned() + &chunk("Dear")).as_bytes())
            .await;
        std::future::pending::<()>().await;
    })
    .await;
    let patience = Patience {
        idle: SHORT,
        ..patient()
    };
    let (outcome, pieces) = ask(&adapter(&base, patience)).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind, WriteErrorKind::Retry);
    assert!(error.text_was_shown);
    assert_eq!(pieces, ["Dear"]);
}

#[tokio::test]
async fn a_server_that_drips_for_ever_is_given_up() {
    let base = server(|_, _, mut socket| async move {
        let _ = socket.write_all(SSE.as_bytes()).await;
        while socket.write_all(b": still thinking\n\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let patience = Patience {
        total: Duration::from_millis(400),
        ..patient()
    };
    let error = ask(&adapter(&base, patience)).await.0.unwrap_err();
    assert_eq!(error.kind, WriteErrorKind::Retry);
}

#[tokio::test]
async fn a_connection_left_open_after_the_end_does_not_hold_the_answer_up() {
    for last in ["data: [DONE]\n\n", ""] {
        let base = server(move |_, _, mut socket| async move {
            let answer = SSE.to_owned() + &chunk("all of it") + &stop() + last;
            let _ = socket.write_all(answer.as_bytes()).await;
            std::future::pending::<()>().await;
        })
        .await;
        let patience = Patience {
            idle: SHORT,
            ..patient()
        };
        let written = ask(&adapter(&base, patience)).await.0.unwrap();
        assert_eq!(written.text, "all of it", "{last:?}");
    }
}

#[tokio::test]
async fn a_stream_that_just_ends_is_no_answer() {
    for (answer, shown) in [(String::new(), false), (chunk("Dear"), true)] {
        let base = server(move |_, _, socket| {
            let answer = SSE.to_owned() + &answer;
            send(socket, answer)
        })
        .await;
        let error = ask(&adapter(&base, patient())).await.0.unwrap_err();
        assert_eq!(error.kind, WriteErrorKind::Retry);
        assert_eq!(error.text_was_shown, shown);
    }
}

#[tokio::test]
async fn a_garbled_chunk_is_trouble_on_the_way() {
    let base = server(|_, _, socket| {
        send(
            socket,
            SSE.to_owned() + &chunk("Dear") + "data: {\"choices\": [{\n\n" + &stop(),
        )
    })
    .await;
    let (outcome, pieces) = ask(&adapter(&base, patient())).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind, WriteErrorKind::Retry);
    assert_eq!(pieces, ["Dear"], "what came before it was shown");
    assert!(error.text_was_shown);
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream_is_judged_by_its_words() {
    for (error, kind) in [
        (
            json!({"code": 502, "message": "Provider disconnected", "metadata": {"error_type": "provider_unavailable"}}),
            WriteErrorKind::Retry,
        ),
        (
            json!({"code": 429, "message": "slow down"}),
            WriteErrorKind::Retry,
        ),
        (
            json!({"code": 402, "message": "no credits"}),
            WriteErrorKind::NextProvider,
        ),
        (
            json!({"code": 403, "message": "x", "metadata": {"error_type": "content_policy_violation"}}),
            WriteErrorKind::Refused,
        ),
        (json!("out of memory"), WriteErrorKind::Retry),
    ] {
        let event = format!(
            "data: {}\n\n",
            json!({ "error": error, "choices": [{ "delta": {}, "finish_reason": "error" }] })
        );
        let base = server(move |_, _, socket| {
            let answer = SSE.to_owned() + &chunk("Dear") + &event;
            send(socket, answer)
        })
        .await;
        let failure = ask(&adapter(&base, patient())).await.0.unwrap_err();
        assert_eq!(failure.kind, kind, "{error}");
        assert!(failure.text_was_shown);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_streamed_is_taken_whole() {
    let body = json!({
        "model": "other",
        "choices": [{ "message": { "content": "whole" }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 3, "completion_tokens": 4, "cost": 0.25 },
    })
    .to_string();
    let base = server(move |_, _, socket| {
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        send(socket, answer)
    })
    .await;
    let (outcome, pieces) = ask(&adapter(&base, patient())).await;
    let written = outcome.unwrap();
    assert_eq!(written.text, "whole");
    assert_eq!(written.model, "other");
    assert_eq!(written.usage.input_tokens, Some(3));
    assert_eq!(written.usage.cost_usd, Some(0.25));
    assert_eq!(pieces, ["whole"]);
}

#[tokio::test]
async fn endless_text_is_refused() {
    let base = server(|_, _, mut socket| async move {
        let _ = socket.write_all(SSE.as_bytes()).await;
        let line = chunk(&"x".repeat(50_000));
        while socket.write_all(line.as_bytes()).await.is_ok() {}
    })
    .await;
    let error = ask(&adapter(&base, patient())).await.0.unwrap_err();
    assert_eq!(error.kind, WriteErrorKind::InvalidAnswer);
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let error = ask(&adapter(&base, patient())).await.0.unwrap_err();
    assert_eq!(error.kind, WriteErrorKind::NextProvider);
    assert!(error.error.message.contains("can't be reached"));
}

fn refusing(
    rungs: &'static [&'static str],
    status: &'static str,
) -> impl Fn(usize, String, TcpStream) -> futures_util::future::BoxFuture<'static, ()> {
    move |_, request, socket| {
        let refused = rungs.iter().any(|rung| request.contains(rung));
        let answer = if refused {
            format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}")
        } else {
            SSE.to_owned() + &chunk("fine") + &stop()
        };
        Box::pin(send(socket, answer))
    }
}

#[tokio::test]
async fn a_barer_request_is_tried_and_remembered() {
    let base = server(refusing(&["\"rung\":0", "\"rung\":1"], "400 Bad Request")).await;
    let adapter = adapter(&base, patient());
    assert_eq!(ask(&adapter).await.0.unwrap().text, "fine");
    let place = (ProviderId::Openrouter, base.clone(), "the-model".to_owned());
    assert_eq!(
        adapter.known.rung(&place),
        2,
        "asked straight away next time"
    );
    assert_eq!(ask(&adapter).await.0.unwrap().text, "fine");
}

#[tokio::test]
async fn when_no_form_is_accepted_nothing_is_remembered() {
    let base = server(refusing(&["\"rung\""], "422 Unprocessable")).await;
    let adapter = adapter(&base, patient());
    let error = ask(&adapter).await.0.unwrap_err();
    assert_eq!(error.kind, WriteErrorKind::NextProvider);
    assert!(error.error.message.contains("(422)"), "{}", error.error);
    let place = (ProviderId::Openrouter, base, "the-model".to_owned());
    assert_eq!(adapter.known.rung(&place), 0);
}

#[tokio::test]
async fn a_refused_key_is_not_tried_in_other_forms() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let base = server(move |_, request, socket| {
        assert!(
            request
                .to_lowercase()
                .contains("authorization: bearer sk-secret")
        );
        counter.fetch_add(1, Ordering::SeqCst);
        let answer = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        send(socket, answer.to_owned())
    })
    .await;
    let error = ask(&adapter(&base, patient())).await.0.unwrap_err();
    assert_eq!(error.kind, WriteErrorKind::NextProvider);
    assert!(error.error.message.contains("key"));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn dropping_the_question_closes_the_connection() {
    let (gone, mut is_gone) = tokio::sync::mpsc::channel(1);
    let base = server(move |_, _, mut socket| {
        let gone = gone.clone();
        async move {
            let _ = socket
                .write_all((SSE.to_owned() + &chunk("Dear")).as_bytes())
                .await;
            let mut rest = [0; 16];
            // Nothing more is sent to us: this returns when the other side closes.
            let _ = socket.read(&mut rest).await;
            let _ = gone.send(()).await;
        }
    })
    .await;
    let adapter = adapter(&base, patient());
    let asked = request();
    let (shown, mut is_shown) = tokio::sync::mpsc::unbounded_channel();
    let mut on_text = |_: &str| {
        let _ = shown.send(());
    };
    tokio::select! {
        _ = adapter.write(&asked, &mut on_text) => panic!("it can't have finished"),
        _ = is_shown.recv() => {}
    }
    timeout(LONG, is_gone.recv())
        .await
        .expect("the provider must not go on writing for nobody");
}

#[test]
fn a_bad_address_or_key_is_said_at_once() {
    for base in ["", "openrouter.ai", "ftp://x", "http://", "file:///etc"] {
        let error = Door::new(base, None, LONG).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("baseUrl"), "{base}");
    }
    let error = Adapter::new(
        Test(patient()),
        "https://example.com",
        Some(SecretString::from("two\nlines")),
        "m".into(),
        Known::default(),
        Sent::default(),
    )
    .err()
    .unwrap();
    assert_eq!(error.field.as_deref(), Some("key"));
    assert!(!error.message.contains("two"));
}

#[test]
fn addresses_are_made_below_the_base_with_or_without_a_slash() {
    for base in ["https://example.com/v1", "https://example.com/v1/"] {
        let door = Door::new(base, None, LONG).unwrap();
        assert_eq!(
            door.address("/models/a%2Fb:x?alt=sse").as_str(),
            "https://example.com/v1/models/a%2Fb:x?alt=sse"
        );
    }
}

#[test]
fn a_key_is_in_no_debug_text() {
    let door = Door::new(
        "https://example.com",
        Some(SecretString::from("sk-secret")),
        LONG,
    )
    .unwrap();
    assert!(!format!("{door:?}").contains("sk-secret"));
    let headers = door.headers(&Test(patient())).unwrap();
    assert!(!format!("{headers:?}").contains("sk-secret"));
}
