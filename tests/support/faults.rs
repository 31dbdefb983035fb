//! A proxy in front of a server on this machine that plays every trick a network can play:
//! answers that get lost although the request was carried out, requests that never arrive,
//! refusals, delays. Which ones is decided by a seed; [`super::middle`] is for a single one at a
//! place the test names.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use super::{
    gate::{Gate, Weather},
    middle::read_request,
};

/// How long a server or client may keep silent.
const PATIENCE: Duration = Duration::from_secs(20);

/// A trick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trick {
    /// The request is carried out; its client never hears of it.
    LostReply,
    /// The request never reaches the server.
    Drop,
    /// The server has too much to do.
    Unavailable,
    /// The account has sent too much for now.
    Limited,
    /// The server is slow, by so many milliseconds.
    Slow(u64),
}

struct Shared {
    server: u16,
    /// Only requests whose path has this in it are tampered with.
    path: &'static str,
    weather: Weather,
}

/// The proxy, until it is dropped.
pub struct Faults {
    gate: Gate,
    shared: Arc<Shared>,
}

impl Faults {
    /// Puts it before a server. What has `path` in its path is tampered with.
    pub fn before(server: u16, path: &'static str, seed: u64) -> Self {
        let shared = Arc::new(Shared {
            server,
            path,
            weather: Weather::new(seed, false),
        });
        let here = Arc::clone(&shared);
        let gate = Gate::open(move |client| here.pass_on(client));
        Self { gate, shared }
    }

    /// Its address.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.gate.port())
    }

    /// From now on nothing goes wrong.
    pub fn calm(&self) {
        self.shared.weather.set_calm(true);
    }

    /// How many requests it could have tampered with so far.
    pub fn seen(&self) -> usize {
        self.shared.weather.seen.load(Ordering::Relaxed)
    }

    /// How often a request was carried out and its client cut off.
    pub fn lost_replies(&self) -> usize {
        self.shared.weather.lost.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn choose(&self, request: &[u8]) -> Option<Trick> {
        let line = request.split(|byte| *byte == b'\r').next();
        let line = String::from_utf8_lossy(line.unwrap_or_default());
        if !line.contains(self.path) {
            return None;
        }
        self.weather.seen.fetch_add(1, Ordering::Relaxed);
        if self.weather.is_calm() {
            return None;
        }
        match self.weather.roll(12) {
            0..3 => Some(Trick::LostReply),
            3 => Some(Trick::Drop),
            4 => Some(Trick::Unavailable),
            5 => Some(Trick::Limited),
            6..10 => Some(Trick::Slow(50 + self.weather.roll(700))),
            _ => None,
        }
    }

    fn pass_on(&self, mut client: TcpStream) -> std::io::Result<()> {
        client.set_read_timeout(Some(PATIENCE))?;
        let request = read_request(&mut client)?;
        let trick = self.choose(&request);
        match trick {
            Some(Trick::Drop) => return client.shutdown(Shutdown::Both),
            Some(Trick::Unavailable) => {
                return client.write_all(&self.refusal(503));
            }
            Some(Trick::Limited) => {
                return client.write_all(&self.refusal(429));
            }
            Some(Trick::Slow(millis)) => thread::sleep(Duration::from_millis(millis)),
            Some(Trick::LostReply) | None => {}
        }
        let mut server = TcpStream::connect(("127.0.0.1", self.server))?;
        server.set_read_timeout(Some(PATIENCE))?;
        server.write_all(&request)?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        if let Some(Trick::LostReply) = trick {
            self.weather.lost.fetch_add(1, Ordering::Relaxed);
            return client.shutdown(Shutdown::Both);
        }
        client.write_all(&answer)
    }

    /// The provider's way of saying no, for a second.
    fn refusal(&self, status: u16) -> Vec<u8> {
        let is_limit = status == 429;
        let error = if self.path.contains("/me/messages") {
            let code = if is_limit {
                "ApplicationThrottled"
            } else {
                "ServiceUnavailable"
            };
            serde_json::json!({ "code": code, "message": "not now" })
        } else {
            let (reason, name) = if is_limit {
                ("rateLimitExceeded", "RESOURCE_EXHAUSTED")
            } else {
                ("backendError", "UNAVAILABLE")
            };
            serde_json::json!({
                "code": status,
                "message": "not now",
                "errors": [{ "message": "not now", "domain": "usageLimits", "reason": reason }],
                "status": name,
            })
        };
        let body = serde_json::json!({ "error": error }).to_string();
        format!(
            "HTTP/1.1 {status} No\r\nContent-Type: application/json\r\nRetry-After: 1\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}
