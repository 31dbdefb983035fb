//! The port of this machine to which the browser brings the answer (RFC 8252, 7.3).
//!
//! It listens on 127.0.0.1 only (and on ::1 where the provider wants the name `localhost`, which
//! may mean either), while a sign-in runs, and gives its attention to nobody in
//! particular: each connection is read on its own with a deadline, so that one that says nothing
//! can't hold up the real answer.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
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

use super::{page::Page, provider::Provider};

/// A browser sends its few hundred bytes at once.
const PATIENCE: Duration = Duration::from_secs(10);
/// Google's code has up to 256 bytes, its scopes some hundred; Microsoft's code has 2 KB.
const LARGEST_REQUEST: usize = 16 * 1024;
/// Connections read at the same time; a browser opens a few.
const MOST_CONNECTIONS: usize = 64;

/// How many ports are tried to find one that is free at both addresses.
const MOST_PORTS: usize = 20;

/// The port, bound.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    /// The same port of `::1`, where that is wanted and there is such an address.
    socket_v6: Option<TcpListener>,
    port: u16,
    provider: Provider,
}

/// An error the provider names in the redirect (RFC 6749, 4.1.2.1).
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) error: String,
    /// For people, but not for ours: only looked through for known causes.
    pub(super) description: String,
}

/// The answer to the sign-in, with the browser still waiting for its page.
#[derive(Debug)]
pub(super) struct Answer {
    /// `code`, or why not.
    pub(super) outcome: std::result::Result<String, Refusal>,
    stream: TcpStream,
    provider: Provider,
}

impl Answer {
    /// Shows the browser how it ended.
    pub(super) async fn show(mut self, page: Page) {
        answer(&mut self.stream, page, self.provider).await;
    }
}

impl Listener {
    /// Takes any free port.
    pub(super) async fn bind(provider: Provider) -> Result<Self> {
        Self::bind_one_of(provider, [0; MOST_PORTS]).await
    }

    /// Takes the first of these ports that is free at every address it needs; zero is any port.
    async fn bind_one_of(provider: Provider, ports: impl IntoIterator<Item = u16>) -> Result<Self> {
        let failed = |error: std::io::Error| {
            tracing::error!(%error, "no port for the sign-in");
            Error::new(
                Code::InternalError,
                "No port of this machine could be opened for the sign-in. Try again.",
            )
        };
        let bind = |ip: IpAddr, port| TcpListener::bind(SocketAddr::from((ip, port)));
        for port in ports {
            let socket = match bind(Ipv4Addr::LOCALHOST.into(), port).await {
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => continue,
                socket => socket.map_err(failed)?,
            };
            let port = socket.local_addr().map_err(failed)?.port();
            let socket_v6 = if provider.redirect().also_v6 {
                match bind(Ipv6Addr::LOCALHOST.into(), port).await {
                    Ok(socket) => Some(socket),
                    // Somebody else would get the answer.
                    Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => continue,
                    // This machine has no such address, so no browser goes there.
                    Err(_) => None,
                }
            } else {
                None
            };
            return Ok(Self {
                socket,
                socket_v6,
                port,
                provider,
            });
        }
        Err(failed(std::io::ErrorKind::AddrInUse.into()))
    }

    /// Where the provider sends the browser.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://{}{}", self.host(), self.provider.redirect().path)
    }

    fn host(&self) -> String {
        format!("{}:{}", self.provider.redirect().host, self.port)
    }

    async fn accept(&self) -> std::io::Result<TcpStream> {
        let accepted = match &self.socket_v6 {
            Some(socket_v6) => tokio::select! {
                accepted = self.socket.accept() => accepted,
                accepted = socket_v6.accept() => accepted,
            },
            None => self.socket.accept().await,
        };
        accepted.map(|(stream, _)| stream)
    }

    /// Waits for the one request that carries `state`. Everything else is answered and
    /// forgotten. Never ends by itself.
    pub(super) async fn answer(&self, state: &str, issuer: Option<&str>) -> Answer {
        let mut open = FuturesUnordered::new();
        loop {
            tokio::select! {
                accepted = self.accept(), if open.len() < MOST_CONNECTIONS => {
                    match accepted {
                        Ok(stream) => open.push(self.read(stream, state, issuer)),
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
            Ok(outcome) => Some(Answer {
                outcome,
                stream,
                provider: self.provider,
            }),
            Err(page) => {
                answer(&mut stream, page, self.provider).await;
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
    ) -> std::result::Result<std::result::Result<String, Refusal>, Page> {
        let mut lines = head.split("\r\n");
        let mut request = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (request.next(), request.next().unwrap_or_default());
        // A page elsewhere whose name was made to point here still sends its own name.
        let host = self.host();
        let for_us = lines.any(|line| {
            line.split_once(':').is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("host") && value.trim() == host
            })
        });
        if method != Some("GET") || !for_us || !target.starts_with('/') {
            return Err(Page::Nothing);
        }
        let url = Url::parse(&format!("http://{host}{target}")).map_err(|_| Page::Nothing)?;
        let path = self.provider.redirect().path;
        if url.path() != if path.is_empty() { "/" } else { path } {
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
            (_, Some(error)) => Ok(Err(Refusal {
                error,
                description: only("error_description").unwrap_or_default(),
            })),
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
async fn answer(stream: &mut TcpStream, page: Page, provider: Provider) {
    let sent = async {
        stream.write_all(&page.response(provider.words())).await?;
        stream.shutdown().await?;
        // Closing with unread input would reset the connection and lose the page.
        let mut rest = [0; 512];
        while stream.read(&mut rest).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = timeout(Duration::from_secs(2), sent).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_somebody_else_has_is_left_to_them() {
        for provider in [Provider::Google, Provider::Microsoft] {
            let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let taken = (taken.local_addr().unwrap().port(), taken);
            let listener = Listener::bind_one_of(provider, [taken.0, 0]).await.unwrap();
            assert_ne!(listener.port, taken.0);
            assert!(listener.redirect_uri().contains(&listener.port.to_string()));
            let error = Listener::bind_one_of(provider, [taken.0; 3]).await;
            assert_eq!(error.unwrap_err().code, Code::InternalError);
        }
    }

    /// Otherwise whoever has it would get the answer where a browser prefers that address.
    #[tokio::test]
    async fn microsofts_port_is_taken_at_both_addresses_or_not_at_all() {
        let Ok(taken) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await else {
            return; // This machine has no such address.
        };
        let port = taken.local_addr().unwrap().port();
        let listener = Listener::bind_one_of(Provider::Microsoft, [port, 0]).await;
        assert_ne!(listener.unwrap().port, port);
    }
}
