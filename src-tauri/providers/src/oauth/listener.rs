//! The port of this machine to which the browser brings the answer (RFC 8252, 7.3).
//!
//! It listens on 127.0.0.1 only, while a sign-in runs, and gives its attention to nobody in
//! particular: each connection is read on its own with a deadline, so that one that says nothing
//! can't hold up the real answer.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use draftwell_core::{Code, Error, Result};
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use url::Url;

use super::page::Page;

/// Each provider has its own path, so that one's answer can't be taken for another's (RFC 9700,
/// 4.4).
const PATH: &str = "/google";
/// A browser sends its few hundred bytes at once.
const PATIENCE: Duration = Duration::from_secs(10);
/// Google's code has up to 256 bytes, its scopes some hundred.
const LARGEST_REQUEST: usize = 16 * 1024;
/// Connections read at the same time; a browser opens a few.
const MOST_CONNECTIONS: usize = 64;

/// The port, bound.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    port: u16,
}

/// The answer to the sign-in, with the browser still waiting for its page.
#[derive(Debug)]
pub(super) struct Answer {
    /// `code`, or the `error` Google names.
    pub(super) outcome: std::result::Result<String, String>,
    stream: TcpStream,
}

impl Answer {
    /// Shows the browser how it ended.
    pub(super) async fn show(mut self, page: Page) {
        answer(&mut self.stream, page).await;
    }
}

impl Listener {
    /// Takes any free port.
    pub(super) async fn bind() -> Result<Self> {
        let failed = |error: std::io::Error| {
            tracing::error!(%error, "no port for the sign-in");
            Error::new(
                Code::InternalError,
                "No port of this machine could be opened for the sign-in. Try again.",
            )
        };
        let socket = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .await
            .map_err(failed)?;
        let port = socket.local_addr().map_err(failed)?.port();
        Ok(Self { socket, port })
    }

    /// Where Google sends the browser.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the one request that carries `state`. Everything else is answered and
    /// forgotten. Never ends by itself.
    pub(super) async fn answer(&self, state: &str, issuer: Option<&str>) -> Answer {
        let mut open = FuturesUnordered::new();
        loop {
            tokio::select! {
                accepted = self.socket.accept(), if open.len() < MOST_CONNECTIONS => {
                    match accepted {
                        Ok((stream, _)) => open.push(self.read(stream, state, issuer)),
                        // Such as too many open files: it passes, and must not spin meanwhile.
                        Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                    }
                }
                Some(found) = open.next(), if !open.is_empty() => {
                    if let Some(answer) = found {
                        return answer;
                    }
                }
            }
        }
    }

    async fn read(
        &self,
        mut stream: TcpStream,
        state: &str,
        issuer: Option<&str>,
    ) -> Option<Answer> {
        let head = timeout(PATIENCE, read_head(&mut stream)).await.ok()??;
        match self.judge(&head, state, issuer) {
            Ok(outcome) => Some(Answer { outcome, stream }),
            Err(page) => {
                answer(&mut stream, page).await;
                None
            }
        }
    }

    /// Reads a request; `Err` is the page for what isn't our answer.
    fn judge(
        &self,
        head: &str,
        state: &str,
        issuer: Option<&str>,
    ) -> std::result::Result<std::result::Result<String, String>, Page> {
        let mut lines = head.split("\r\n");
        let mut request = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (request.next(), request.next().unwrap_or_default());
        // A page elsewhere whose name was made to point here still sends its own name.
        let host = format!("127.0.0.1:{}", self.port);
        let for_us = lines.any(|line| {
            line.split_once(':').is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("host") && value.trim() == host
            })
        });
        if method != Some("GET") || !for_us || !target.starts_with('/') {
            return Err(Page::Nothing);
        }
        let url = Url::parse(&format!("http://{host}{target}")).map_err(|_| Page::Nothing)?;
        if url.path() != PATH {
            return Err(Page::Nothing);
        }
        // A parameter that comes twice is nobody's honest answer.
        let only = |name: &str| {
            let mut values = url.query_pairs().filter(|(key, _)| key == name);
            match (values.next(), values.next()) {
                (Some((_, value)), None) => Some(value.into_owned()),
                _ => None,
            }
        };
        let state_fits = only("state").is_some_and(|given| same_secret(&given, state));
        let issuer_fits = match (only("iss"), issuer) {
            (Some(given), Some(expected)) => given == expected,
            _ => true,
        };
        if !state_fits || !issuer_fits {
            return Err(Page::Stranger);
        }
        match (only("code"), only("error")) {
            (_, Some(error)) => Ok(Err(error)),
            (Some(code), None) if !code.is_empty() => Ok(Ok(code)),
            _ => Err(Page::Stranger),
        }
    }
}

/// Compares without ending early, so that the time taken says nothing about where they differ.
fn same_secret(one: &str, other: &str) -> bool {
    let differing = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |differing, (a, b)| differing | (a ^ b));
    std::hint::black_box(differing) == 0 && one.len() == other.len()
}

/// The request up to the empty line.
async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::with_capacity(2048);
    let mut piece = [0; 2048];
    loop {
        let read = stream.read(&mut piece).await.ok()?;
        if read == 0 {
            return None;
        }
        head.extend_from_slice(&piece[..read]);
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            head.truncate(end);
            return String::from_utf8(head).ok();
        }
        if head.len() > LARGEST_REQUEST {
            return None;
        }
    }
}

/// Sends a page. Whether it arrives changes nothing.
async fn answer(stream: &mut TcpStream, page: Page) {
    let sent = async {
        stream.write_all(&page.response()).await?;
        stream.shutdown().await?;
        // Closing with unread input would reset the connection and lose the page.
        let mut rest = [0; 512];
        while stream.read(&mut rest).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = timeout(Duration::from_secs(2), sent).await;
}
