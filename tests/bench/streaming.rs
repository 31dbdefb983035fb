//! While a provider streams: how soon its words are on the screen, and whether the window stutters.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::{
    median, percentile, row,
    support::{App, Desk},
};

const TOKENS_A_SECOND: u32 = 200;
/// Of each version.
const TOKENS: usize = 300;
const ROUNDS: usize = 5;
/// Of a screen that shows sixty a second, in milliseconds: somebody who looks closely sees it.
const TWO_FRAMES: f64 = 33.4;

/// A provider that writes four long versions at an even pace, and notes when it began.
struct Provider {
    port: u16,
    /// Milliseconds since 1970 of each answer's first byte of text.
    began: Arc<Mutex<Vec<f64>>>,
}

impl Provider {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let began = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&began);
        // It ends with this process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let notes = Arc::clone(&notes);
                thread::spawn(move || answer(stream, &notes));
            }
        });
        Self { port, began }
    }
}

fn answer(mut stream: std::net::TcpStream, began: &Mutex<Vec<f64>>) {
    let mut request = Vec::new();
    let mut buffer = [0; 16 * 1024];
    // The head, then as many bytes as it announces.
    loop {
        let Ok(count @ 1..) = stream.read(&mut buffer) else {
            return;
        };
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length: usize = head
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        if body.len() >= length {
            break;
        }
    }
    let _ = stream.set_nodelay(true);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    if stream.write_all(head.as_bytes()).is_err() {
        return;
    }
    let start = Instant::now();
    for (n, token) in (0_u32..).zip(tokens()) {
        let due = start + Duration::from_secs(1) * n / TOKENS_A_SECOND;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        // The first piece opens the JSON; the second is the first word.
        if n == 1
            && let Ok(mut began) = began.lock()
        {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            began.push(now.unwrap_or_default().as_secs_f64() * 1000.0);
        }
        let event = json!({ "id": "bench", "model": "bench", "choices": [{ "index": 0,
            "delta": { "content": token }, "finish_reason": null }] });
        if stream
            .write_all(format!("data: {event}\n\n").as_bytes())
            .is_err()
        {
            return;
        }
    }
    let end = json!({ "id": "bench", "model": "bench", "choices": [{ "index": 0, "delta": {},
        "finish_reason": "stop" }] });
    let _ = stream.write_all(format!("data: {end}\n\ndata: [DONE]\n\n").as_bytes());
}

/// The pieces of an answer of four long versions.
fn tokens() -> Vec<String> {
    let mut tokens = Vec::new();
    for (at, style) in ["formal", "casual", "elaborate", "concise"]
        .iter()
        .enumerate()
    {
        let before = if at == 0 { "{" } else { "\"," };
        tokens.push(format!("{before}\"{style}\":\""));
        tokens.extend((0..TOKENS).map(|n| {
            let end = match n {
                n if n % 60 == 59 => ".\\n\\n",
                n if n % 12 == 11 => ".",
                _ => "",
            };
            format!(" w{:02}{end}", n % 97)
        }));
    }
    tokens.push("\"}".to_owned());
    tokens
}

/// Notes the gaps between frames, and when the first words of a polish were painted.
const WATCH: &str = "
    window.gaps = [];
    window.firstWords = null;
    window.watching = true;
    let last;
    const tick = (time) => {
      if (last !== undefined) window.gaps.push(time - last);
      last = time;
      if (window.watching) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    const observer = new MutationObserver(() => {
      const card = document.querySelector('section[data-style=formal].writing .text');
      if (!card?.innerText.includes('w00')) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        // A message is delivered after the frame of this callback has been painted.
        const channel = new MessageChannel();
        channel.port1.onmessage = () => { window.firstWords = Date.now(); };
        channel.port2.postMessage(null);
      });
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });";

/// The cards fill at 200 tokens a second.
pub async fn streaming() {
    let provider = Provider::start();
    let mut desk = Desk::new("bench-streaming");
    let base = format!("http://127.0.0.1:{}/api/v1", provider.port);
    desk.set("DRAFTWELL_OPENROUTER_BASE_URL", base);
    desk.set("DRAFTWELL_OPENROUTER_API_KEY", "sk-or-of-the-bench");
    let app = desk.start().await;
    app.write(
        "Message",
        "hi ana, could you send me the notes of today? thx",
    )
    .await;
    app.until_saved().await;
    app.press(&[Key::Control], 'j').await;
    until_complete(&app).await;
    let (mut first, mut idle, mut busy) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        // The same window, turn and turn about: nothing happens, then the cards fill.
        app.run(WATCH, vec![]).await;
        app.until_page(
            "two seconds of frames",
            "return window.gaps.reduce((a, b) => a + b, 0) > 2000",
        )
        .await;
        idle.extend(gaps(&app).await);
        app.run(WATCH, vec![]).await;
        app.click("button", "Polish again").await;
        app.until_page("the first words", "return window.firstWords !== null")
            .await;
        until_complete(&app).await;
        busy.extend(gaps(&app).await);
        let painted = app.run("return window.firstWords", vec![]).await;
        let began = provider
            .began
            .lock()
            .ok()
            .and_then(|began| began.last().copied());
        first.push(painted.as_f64().unwrap_or_default() - began.unwrap_or_default());
    }
    row(
        "first byte of an answer to its painted words, p50",
        &format!("{:.0} ms", median(&mut first)),
        None,
        "<= 50 ms",
    );
    for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        let (still, streams) = (percentile(&mut idle, share), percentile(&mut busy, share));
        row(
            &format!(
                "between frames at {TOKENS_A_SECOND} tokens/s (beside it: idle {still:.0} ms), {name}"
            ),
            &format!("{streams:.0} ms"),
            Some(streams / still),
            if name == "p95" { "<= 1.5" } else { "" },
        );
    }
    #[allow(clippy::cast_precision_loss, reason = "some thousand frames")]
    let dropped = |gaps: &[f64]| {
        100.0 * gaps.iter().filter(|gap| **gap > TWO_FRAMES).count() as f64 / gaps.len() as f64
    };
    row(
        &format!(
            "gaps over two frames at {TOKENS_A_SECOND} tokens/s (beside it: idle {:.1} %)",
            dropped(&idle)
        ),
        &format!("{:.1} %", dropped(&busy)),
        None,
        "<= 2 %",
    );
}

async fn until_complete(app: &App) {
    app.until_page(
        "four complete cards",
        "return document.querySelectorAll('section[data-style].done').length === 4",
    )
    .await;
}

async fn gaps(app: &App) -> Vec<f64> {
    let gaps = app
        .run("window.watching = false; return window.gaps", vec![])
        .await;
    gaps.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect()
}
