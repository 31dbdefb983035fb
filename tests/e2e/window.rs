//! The window as such: what things in it are called, and that it can't reach out.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::json;

use crate::support::{App, Desk};

/// Somebody on this machine who notices every visitor.
pub struct Tripwire {
    pub port: u16,
    visitors: Arc<AtomicUsize>,
}

impl Tripwire {
    pub fn new() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let visitors = Arc::new(AtomicUsize::new(0));
        let count = visitors.clone();
        std::thread::spawn(move || {
            for visit in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                drop(visit);
            }
        });
        Self { port, visitors }
    }

    pub fn visitors(&self) -> usize {
        self.visitors.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn the_page_can_not_reach_out() {
    let desk = Desk::new("the_page_can_not_reach_out");
    let app = desk.start().await;
    let outside = Tripwire::new();
    // Every way out that a script injected by a mail would try. Each answers what became of it;
    // images and frames only say so by an event, and some say nothing at all.
    let script = "
        const [base, done] = arguments;
        const soon = (name) => new Promise((r) => setTimeout(() => r(name + ' silent'), 1500));
        const event = (name, element) => new Promise((r) => {
          element.onload = () => r(name + ' loaded');
          element.onerror = () => r(name + ' refused');
          document.body.append(element);
        });
        const make = (tag, attributes) => Object.assign(document.createElement(tag), attributes);
        const attempts = [
          fetch(base + '/fetch').then(() => 'fetch loaded', () => 'fetch refused'),
          new Promise((r) => {
            const request = new XMLHttpRequest();
            request.onload = () => r('xhr loaded');
            request.onerror = () => r('xhr refused');
            try { request.open('GET', base + '/xhr'); request.send(); }
            catch { r('xhr refused'); }
          }),
          event('image', make('img', { src: base + '/image' })),
          event('script', make('script', { src: base + '/script' })),
          event('style', make('link', { rel: 'stylesheet', href: base + '/style' })),
          Promise.race([event('frame', make('iframe', { src: base + '/frame' })), soon('frame')]),
          new Promise((r) => {
            try {
              const socket = new WebSocket(base.replace('http', 'ws'));
              socket.onopen = () => r('socket loaded');
              socket.onerror = () => r('socket refused');
            } catch { r('socket refused'); }
          }),
          Promise.resolve().then(() => {
            navigator.sendBeacon(base + '/beacon', 'x');
            return 'beacon sent';
          }).catch(() => 'beacon refused'),
          new Promise((r) => {
            const form = make('form', { action: base + '/form', method: 'post' });
            document.body.append(form);
            form.submit();
            setTimeout(() => r('form sent'), 500);
          }),
          Promise.resolve().then(() => {
            document.body.append(make('script', { textContent: 'window.tripped = true' }));
            return window.tripped ? 'inline script loaded' : 'inline script refused';
          }),
        ];
        Promise.all(attempts.map((a) => Promise.race([a, soon('?')]))).then(done);";
    let base = format!("http://127.0.0.1:{}", outside.port);
    let answers = app
        .client()
        .execute_async(script, vec![json!(base)])
        .await
        .unwrap();
    let answers: Vec<&str> = answers
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|a| a.as_str())
        .collect();
    assert_eq!(answers.len(), 10, "{answers:?}");
    for answer in &answers {
        // An empty frame reports that it loaded; whether anybody was asked is seen below.
        assert!(
            !answer.ends_with(" loaded") || *answer == "frame loaded",
            "{answers:?}"
        );
    }
    app.run("location.href = arguments[0] + '/away'", vec![json!(base)])
        .await;
    app.until_page("the page to stay", "return location.protocol !== 'http:'")
        .await;
    assert_eq!(outside.visitors(), 0, "somebody got out: {answers:?}");
    // The tripwire itself works.
    std::net::TcpStream::connect(("127.0.0.1", outside.port)).unwrap();
    crate::support::wait::until("the tripwire", async || {
        (outside.visitors() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_window_has_only_its_own_commands() {
    let desk = Desk::new("a_window_has_only_its_own_commands");
    let app = desk.start().await;
    // The main window has nothing of Tauri's own beyond events.
    for command in [
        "plugin:window|create",
        "plugin:webview|create_webview_window",
        "plugin:opener|open_url",
        "plugin:path|resolve_directory",
    ] {
        let refused = app.call(command, json!({})).await.unwrap_err();
        assert!(refused.to_string().contains("not allowed"), "{refused}");
    }
    app.client()
        .execute(
            "window.__TAURI_INTERNALS__.invoke('open_compose_window', { args: {} })",
            vec![],
        )
        .await
        .unwrap();
    app.turn_to("compose.html").await;
    // The small window writes drafts; secrets and accounts are none of its business.
    for command in ["set_api_key", "set_google_client", "disconnect_account"] {
        let refused = app.call(command, json!({})).await.unwrap_err();
        assert!(refused.to_string().contains("not allowed"), "{refused}");
    }
}

#[tokio::test]
async fn things_are_called_what_they_are() {
    let desk = Desk::new("things_are_called_what_they_are");
    let app = desk.start().await;
    let expected = [
        ("textbox", "To"),
        ("textbox", "Cc"),
        ("textbox", "Bcc"),
        ("textbox", "Subject"),
        ("textbox", "Message"),
        ("button", "New draft"),
        ("button", "Polish"),
        ("button", "Send"),
        ("button", "Settings"),
        ("button", "Connect Gmail"),
    ];
    all_are_spoken(&app, &expected).await;
    app.write("Message", "Hello, this is a first line to keep.")
        .await;
    app.until_saved().await;
    let state = app.all("status", None).await;
    let mut spoken = Vec::new();
    for region in state {
        let text = region.text().await.unwrap();
        spoken.push((app.spoken(&region).0, text));
    }
    assert!(
        spoken
            .iter()
            .any(|(role, text)| role == "status" && text.starts_with("Saved")),
        "{spoken:?}"
    );
}

/// Each can be found, and the web view tells a screen reader the same.
async fn all_are_spoken(app: &App, expected: &[(&str, &str)]) {
    for (role, name) in expected {
        let element = app.get(role, name).await;
        assert_eq!(
            app.spoken(&element),
            ((*role).to_owned(), (*name).to_owned()),
            "what a screen reader says of the {role} {name}"
        );
    }
}
