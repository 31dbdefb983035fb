//! What the tests talk to: a server that does what it is told, faults included; an emulator of
//! Google's and Microsoft's sign-in (see tests/tools/install); and something that clicks like a
//! browser.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener as StdListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use draftwell_core::{
    Error, Result, UnixMillis,
    id::{AccountId, EmailId},
    outbox::{
        EmailStatus, Event, Lease, Leased, Method, OutboxJournal, Pace, State, next, transmit,
    },
    ports::{BoxFuture, MailSender, OutgoingMessage},
};
use draftwell_providers::oauth::{
    Clock, Endpoints, GoogleClient, MicrosoftClient, PendingSignIn, SCOPES, SignedIn, TokenStore,
    Tokens,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// The tests' clock stands still: 2025-10-09.
pub const NOW: UnixMillis = UnixMillis(1_760_000_000_000);

pub fn clock() -> Clock {
    Arc::new(|| NOW)
}

/// What a scripted server does with one request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Answers with a status and JSON.
    Json(u16, &'static str),
    /// The same with one more header, in which `{base}` stands for the server's address.
    With(u16, &'static str, &'static str),
    /// Takes the request and closes the connection.
    Cut,
    /// Announces a longer body than it sends.
    CutBody,
    /// Takes the request and says nothing.
    Silence,
    /// Not HTTP.
    Noise,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub line: String,
    pub head: String,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A server that answers from a list, in order. What comes after the list's end fails the test.
pub struct Scripted {
    pub base: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Scripted {
    pub async fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", socket.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let replies = Arc::new(Mutex::new(replies.into_iter().collect::<VecDeque<_>>()));
        let task = tokio::spawn({
            let seen = seen.clone();
            async move {
                while let Ok((stream, _)) = socket.accept().await {
                    let (seen, replies) = (seen.clone(), replies.clone());
                    tokio::spawn(async move {
                        serve(stream, &seen, &replies).await;
                    });
                }
            }
        });
        Self {
            base: base.parse().unwrap(),
            seen,
            task,
        }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Microsoft's endpoints, that all lead here.
    pub fn microsoft(&self) -> Endpoints {
        let base = self.base.as_str().trim_end_matches('/').to_owned();
        Endpoints::microsoft(&microsoft_client(), |name| match name {
            "USERINFO_URL" => None,
            "GRAPH_URL" => Some(base.clone()),
            name => Some(format!("{base}/{}", name.to_lowercase())),
        })
        .unwrap()
    }

    /// Endpoints that all lead here.
    pub fn endpoints(&self) -> Endpoints {
        let base = self.base.as_str().trim_end_matches('/').to_owned();
        Endpoints::google(|name| {
            Some(match name {
                "GMAIL_URL" => base.clone(),
                name => format!("{base}/{}", name.to_lowercase()),
            })
        })
        .unwrap()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Seen>>, replies: &Mutex<VecDeque<Reply>>) {
    while let Some(request) = read_request(&mut stream).await {
        seen.lock().unwrap().push(request);
        let reply = replies.lock().unwrap().pop_front();
        let (status, extra, body, cut) = match reply {
            Some(Reply::Json(status, body)) => (status, "", body, 0),
            Some(Reply::With(status, header, body)) => (status, header, body, 0),
            Some(Reply::CutBody) => (200, "", r#"{"id":"#, 100),
            Some(Reply::Cut) => return,
            Some(Reply::Silence) => std::future::pending().await,
            Some(Reply::Noise) => {
                let _ = stream.write_all(b"220 smtp.example ready\r\n").await;
                return;
            }
            None => (599, "", "\"not in the script\"", 0),
        };
        let extra = if extra.is_empty() {
            String::new()
        } else {
            let base = format!("http://{}", stream.local_addr().unwrap());
            format!("{}\r\n", extra.replace("{base}", &base))
        };
        let answer = format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{extra}Content-Length: {}\r\n\r\n{body}",
            body.len() + cut
        );
        if stream.write_all(answer.as_bytes()).await.is_err() || cut > 0 {
            return;
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = stream.read(&mut piece).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
        let mut request = Seen {
            line: head.lines().next()?.to_owned(),
            body: Vec::new(),
            head,
        };
        let length: usize = request
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        while bytes.len() < end + 4 + length {
            let read = stream.read(&mut piece).await.ok()?;
            if read == 0 {
                return None;
            }
            bytes.extend_from_slice(&piece[..read]);
        }
        request.body = bytes[end + 4..end + 4 + length].to_vec();
        return Some(request);
    }
}

/// What a [`Middle`] does to the requests of one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// It never reaches the server; the client is cut off.
    LoseRequest,
    /// It is carried out; the client is cut off.
    LoseReply,
}

/// Stands between a client and a server, and harms the requests it is told to, each once.
pub struct Middle {
    pub base: Url,
    task: tokio::task::JoinHandle<()>,
}

impl Middle {
    pub async fn new(server: &Url, harms: &[(&'static str, Harm)]) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", socket.local_addr().unwrap());
        let harms = Arc::new(Mutex::new(harms.to_vec()));
        let target = format!("{}:{}", server.host_str().unwrap(), server.port().unwrap());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                let (target, harms) = (target.clone(), harms.clone());
                tokio::spawn(pass_on(stream, target, harms));
            }
        });
        Self {
            base: base.parse().unwrap(),
            task,
        }
    }
}

impl Drop for Middle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(
    mut client: TcpStream,
    target: String,
    harms: Arc<Mutex<Vec<(&'static str, Harm)>>>,
) {
    // One request a connection: the server closes after each answer, and so the client is told.
    let Some(request) = read_request(&mut client).await else {
        return;
    };
    let path = request.line.split([' ', '?']).nth(1).unwrap().to_owned();
    let harm = {
        let mut harms = harms.lock().unwrap();
        let found = harms.iter().position(|(end, _)| path.ends_with(end));
        found.map(|at| harms.remove(at).1)
    };
    if harm == Some(Harm::LoseRequest) {
        return;
    }
    let mut server = TcpStream::connect(&target).await.unwrap();
    let head = request
        .head
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"))
        .collect::<Vec<_>>()
        .join("\r\n");
    let head = format!("{head}\r\nConnection: close\r\n\r\n");
    server.write_all(head.as_bytes()).await.unwrap();
    server.write_all(&request.body).await.unwrap();
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await.unwrap();
    if harm == Some(Harm::LoseReply) {
        return;
    }
    let _ = client.write_all(&answer).await;
    let _ = client.shutdown().await;
}

/// An emulator of one provider's services, of its own for the test, with two people and no
/// registered client (any redirect address passes then, as it does for a desktop client).
pub struct Emulator {
    pub base: Url,
    process: Child,
    _folder: tempfile::TempDir,
}

impl Emulator {
    /// `service` is `google` or `microsoft`.
    pub async fn start(service: &str) -> Self {
        let tools = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests");
        let program = tools.join(".tools/node_modules/emulate/dist/index.js");
        assert!(
            program.exists(),
            "the emulator is not installed: run `make test-tools`"
        );
        let folder = tempfile::tempdir().unwrap();
        let seed = folder.path().join("seed.yaml");
        std::fs::write(
            &seed,
            format!(
                "{service}:\n  users:\n\
                 \x20   - {{ email: ada@example.com, name: Ada Lovelace }}\n\
                 \x20   - {{ email: bob@gmail.com, name: Bob Tester }}\n"
            ),
        )
        .unwrap();
        // The emulator can't choose a port by itself. Somebody else may take the one that is
        // found free here; then it ends, and another one is tried.
        for _ in 0..5 {
            let port = StdListener::bind((Ipv4Addr::LOCALHOST, 0))
                .and_then(|socket| socket.local_addr())
                .unwrap()
                .port();
            let mut process = Command::new("node")
                .arg("--require")
                .arg(tools.join("tools/loopback.cjs"))
                .arg(&program)
                .args([
                    "start",
                    "--service",
                    service,
                    "--port",
                    &port.to_string(),
                    "--seed",
                ])
                .arg(&seed)
                .current_dir(folder.path())
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("node is installed");
            // Its output must be read, or it would wait for a reader one day.
            let output = BufReader::new(process.stdout.take().unwrap());
            std::thread::spawn(move || output.lines().for_each(drop));
            let base: Url = format!("http://127.0.0.1:{port}").parse().unwrap();
            if answers(&base, &mut process).await {
                return Self {
                    base,
                    process,
                    _folder: folder,
                };
            }
            let _ = process.kill();
            let _ = process.wait();
        }
        panic!("the emulator doesn't start");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Google's emulator: the sign-in page, tokens, userinfo and Gmail.
pub struct Google {
    pub base: Url,
    _emulator: Emulator,
}

impl Google {
    pub async fn start() -> Self {
        let emulator = Emulator::start("google").await;
        Self {
            base: emulator.base.clone(),
            _emulator: emulator,
        }
    }

    pub fn endpoints(&self) -> Endpoints {
        let base = self.base.as_str().trim_end_matches('/').to_owned();
        Endpoints::google(|name| {
            let path = match name {
                "AUTH_URL" => "/o/oauth2/v2/auth",
                "TOKEN_URL" => "/oauth2/token",
                "REVOKE_URL" => "/oauth2/revoke",
                "USERINFO_URL" => "/oauth2/v2/userinfo",
                _ => "",
            };
            Some(format!("{base}{path}"))
        })
        .unwrap()
    }

    /// Signs Ada in, clicking through the page like a browser.
    pub async fn sign_in(&self) -> SignedIn {
        let client = GoogleClient::new("client.apps.googleusercontent.com", Some("s")).unwrap();
        let pending = draftwell_providers::oauth::start(&client, &self.endpoints(), SCOPES, None)
            .await
            .unwrap();
        let url = pending.url().clone();
        let (signed_in, page) = tokio::join!(finish(pending), browse(&url, "ada@example.com"));
        assert!(page.contains("Gmail is connected"), "{page}");
        signed_in.unwrap()
    }

    /// Puts a message into Ada's inbox, as if it had come from outside.
    pub async fn receive(&self, raw: &[u8], signed_in: &SignedIn) {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let url = self.base.join("/gmail/v1/users/me/messages").unwrap();
        let token: serde_json::Value = serde_json::from_str(&signed_in.tokens.to_json()).unwrap();
        let message = serde_json::json!({
            "raw": URL_SAFE_NO_PAD.encode(raw),
            "labelIds": ["INBOX", "UNREAD"],
        });
        let answer = http()
            .post(url)
            .bearer_auth(token["access"].as_str().unwrap())
            .json(&message)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// What the emulator answers to a GET of Gmail's.
    pub async fn gmail(&self, path: &str, signed_in: &SignedIn) -> serde_json::Value {
        let url = self
            .base
            .join(&format!("/gmail/v1/users/me/{path}"))
            .unwrap();
        let token: serde_json::Value = serde_json::from_str(&signed_in.tokens.to_json()).unwrap();
        http()
            .get(url)
            .bearer_auth(token["access"].as_str().unwrap())
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }
}

/// Microsoft's emulator: the sign-in page, tokens that rotate, and `/me`.
pub struct Microsoft {
    emulator: Emulator,
}

impl Microsoft {
    pub async fn start() -> Self {
        Self {
            emulator: Emulator::start("microsoft").await,
        }
    }

    pub fn endpoints(&self) -> Endpoints {
        let base = self.emulator.base.as_str().trim_end_matches('/').to_owned();
        Endpoints::microsoft(&microsoft_client(), |name| {
            let path = match name {
                "AUTH_URL" => "/oauth2/v2.0/authorize",
                "TOKEN_URL" => "/oauth2/v2.0/token",
                _ => "",
            };
            (name != "USERINFO_URL").then(|| format!("{base}{path}"))
        })
        .unwrap()
    }
}

pub fn microsoft_client() -> MicrosoftClient {
    MicrosoftClient::new("1a2b3c4d-0000-4000-8000-123456789abc", None).unwrap()
}

async fn answers(base: &Url, process: &mut Child) -> bool {
    for _ in 0..600 {
        if process.try_wait().unwrap().is_some() {
            return false;
        }
        let url = base.join("/.well-known/openid-configuration").unwrap();
        if http()
            .get(url)
            .send()
            .await
            .is_ok_and(|a| a.status().is_success())
        {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

/// A client that follows no redirects and keeps no connections.
pub fn http() -> reqwest::Client {
    draftwell_providers::http::install_crypto();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

pub async fn finish(pending: PendingSignIn) -> Result<SignedIn> {
    pending.finish(|| NOW).await
}

/// Opens the sign-in page, chooses a person, and follows the redirect. Answers the last page.
pub async fn browse(url: &Url, email: &str) -> String {
    let location = choose(url, email).await;
    let last = http().get(location).send().await.unwrap();
    last.text().await.unwrap()
}

/// Opens the sign-in page and chooses a person. Answers where the browser is sent then.
pub async fn choose(url: &Url, email: &str) -> Url {
    let page = http().get(url.clone()).send().await.unwrap();
    assert!(page.status().is_success(), "the sign-in page opens");
    let page = page.text().await.unwrap();
    let form = page
        .split("<form")
        .find(|form| form.contains(&format!("value=\"{email}\"")))
        .expect("the person is on the page");
    let (_, action) = form.split_once("action=\"").expect("it says where it goes");
    let action = action.split('"').next().unwrap();
    let fields: Vec<(String, String)> = form
        .split("<input")
        .filter_map(|input| {
            let value_of = |name: &str| {
                let (_, rest) = input.split_once(&format!("{name}=\""))?;
                Some(rest.split('"').next()?.replace("&amp;", "&"))
            };
            Some((value_of("name")?, value_of("value")?))
        })
        .collect();
    let answer = http()
        .post(url.join(action).unwrap())
        .form(&fields)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 302, "the sign-in page redirects");
    let location = answer.headers()["location"].to_str().unwrap();
    location.parse().unwrap()
}

/// Keeps tokens in memory.
#[derive(Default)]
pub struct Kept(pub Mutex<Vec<String>>);

impl TokenStore for Kept {
    fn replace<'a>(&'a self, _: &'a Tokens, tokens: &'a Tokens) -> BoxFuture<'a, Result<Tokens>> {
        self.0.lock().unwrap().push(tokens.to_json().to_string());
        Box::pin(async { Ok(tokens.clone()) })
    }
}

/// Tokens with a minute and `seconds` left, the refresh token being `refresh`.
pub fn tokens(access: &str, seconds: i64) -> Tokens {
    let json = serde_json::json!({
        "access": access,
        "refresh": "refresh-1",
        "expires_at": NOW.plus_seconds(60 + seconds),
        "scopes": SCOPES,
    });
    Tokens::from_json(&json.to_string()).unwrap()
}

/// The outbox in memory.
struct Row(Mutex<(State, Vec<&'static str>)>);

impl Row {
    fn write(&self, state: &State, what: &'static str) -> BoxFuture<'_, Result<()>> {
        let mut row = self.0.lock().unwrap();
        row.0 = state.clone();
        row.1.push(what);
        Box::pin(async { Ok(()) })
    }
}

impl OutboxJournal for Row {
    fn record_step<'a>(&'a self, _: &'a Lease, state: &'a State) -> BoxFuture<'a, Result<()>> {
        self.write(state, state.step.as_str())
    }

    fn settle<'a>(
        &'a self,
        _: &'a Lease,
        state: &'a State,
        _: UnixMillis,
    ) -> BoxFuture<'a, Result<()>> {
        self.write(state, "settled")
    }
}

/// A time that stands still. What can't be written in it never will be.
struct At(UnixMillis);

impl Pace for At {
    fn now(&self) -> UnixMillis {
        self.0
    }

    fn random(&self) -> u32 {
        0
    }

    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async { panic!("it can be written") })
    }

    fn stopped_short(&self, error: &Error) {
        panic!("it can be written: {error}");
    }
}

/// Works like the shell's worker, time passing as fast as it may, until the mail is settled.
pub async fn work(
    sender: &dyn MailSender,
    method: Method,
    bytes: &[u8],
) -> (State, Vec<&'static str>) {
    let now = AtomicI64::new(NOW.0);
    let row = Row(Mutex::new((State::queued(NOW), vec![])));
    for run in 0..10 {
        let state = row.0.lock().unwrap().0.clone();
        if !matches!(
            state.status,
            EmailStatus::Queued | EmailStatus::Transmitting
        ) {
            break;
        }
        now.fetch_max(state.not_before.0, Ordering::Relaxed);
        let time = UnixMillis(now.load(Ordering::Relaxed));
        let state = next(&state, Event::Lease, time, 0).unwrap().state;
        let leased = Leased {
            lease: Lease {
                email: EmailId(uuid::Uuid::nil()),
                owner: run.to_string(),
            },
            account: AccountId(uuid::Uuid::nil()),
            state,
            message: OutgoingMessage {
                id: EmailId(uuid::Uuid::nil()),
                recipients: vec!["bob@example.org".into()],
                bytes: bytes.to_vec().into(),
                thread_id: None,
            },
            body_hash: draftwell_core::fingerprint(bytes),
            method,
        };
        transmit(leased, sender, &row, &At(time)).await.unwrap();
    }
    row.0.into_inner().unwrap()
}
