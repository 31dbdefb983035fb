//! A line to a mail server that breaks where it matters: before and after the dot that ends a
//! mail, before and after its answer, or not at all but slowly. A seed decides which.
//!
//! It understands as much SMTP (RFC 5321) as that takes, in the clear, one command at a time.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Shutdown, TcpStream},
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use super::gate::{Gate, Weather};

/// How long a server or client may keep silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a held line is looked at.
const STEP: Duration = Duration::from_millis(20);

/// What one connection meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trick {
    Nothing,
    /// The connection breaks before this command arrives.
    CutAt(&'static str),
    /// The mail arrives without its dot: the server doesn't take it.
    CutBeforeDot,
    /// The dot arrives, and the connection breaks at once.
    CutAfterDot,
    /// The server takes the mail and says so; its client never hears of it.
    LoseAnswer,
    /// The same, but the line doesn't break: there is silence until the client is gone.
    HoldAnswer,
    /// The dot is held back until the client is gone, and then never arrives.
    HoldDot,
    /// Each command takes so many milliseconds longer.
    Slow(u64),
}

struct Shared {
    server: u16,
    weather: Weather,
}

/// The line, until it is dropped.
pub struct Line {
    gate: Gate,
    shared: Arc<Shared>,
}

impl Line {
    /// Leads to a server on this machine. Nothing goes wrong until [`Line::storm`].
    pub fn to(server: u16, seed: u64) -> Self {
        let shared = Arc::new(Shared {
            server,
            weather: Weather::new(seed, true),
        });
        let here = Arc::clone(&shared);
        let gate = Gate::open(move |client| here.pass_on(&client));
        Self { gate, shared }
    }

    /// Where it begins.
    pub fn port(&self) -> u16 {
        self.gate.port()
    }

    /// From now on things go wrong.
    pub fn storm(&self) {
        self.shared.weather.set_calm(false);
    }

    /// From now on nothing does, and what was held goes on.
    pub fn calm(&self) {
        self.shared.weather.set_calm(true);
    }

    /// How many commands and ends of mails came over it.
    pub fn seen(&self) -> usize {
        self.shared.weather.seen.load(Ordering::Relaxed)
    }

    /// How often the server took a mail and its client was not told.
    pub fn lost_answers(&self) -> usize {
        self.shared.weather.lost.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn choose(&self) -> Trick {
        if self.weather.is_calm() {
            return Trick::Nothing;
        }
        match self.weather.roll(16) {
            0 => Trick::CutAt("EHLO"),
            1 => Trick::CutAt("MAIL"),
            2 => Trick::CutAt("RCPT"),
            3 => Trick::CutAt("DATA"),
            4 => Trick::CutBeforeDot,
            5 => Trick::CutAfterDot,
            6..8 => Trick::LoseAnswer,
            8 => Trick::HoldAnswer,
            9 => Trick::HoldDot,
            10..13 => Trick::Slow(20 + self.weather.roll(150)),
            _ => Trick::Nothing,
        }
    }

    fn pass_on(&self, client: &TcpStream) -> std::io::Result<()> {
        let trick = self.choose();
        let server = TcpStream::connect(("127.0.0.1", self.server))?;
        let done = self.talk(client, &server, trick);
        // What hangs up on one side does on the other.
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
        done
    }

    fn talk(&self, client: &TcpStream, server: &TcpStream, trick: Trick) -> std::io::Result<()> {
        for side in [client, server] {
            side.set_read_timeout(Some(PATIENCE))?;
            side.set_nodelay(true)?;
        }
        let (mut to_client, mut to_server) = (client, server);
        let (mut from_client, mut from_server) = (BufReader::new(client), BufReader::new(server));
        to_client.write_all(&read_reply(&mut from_server)?)?;
        loop {
            let mut command = Vec::new();
            if from_client.read_until(b'\n', &mut command)? == 0 {
                return Ok(());
            }
            self.weather.seen.fetch_add(1, Ordering::Relaxed);
            match trick {
                Trick::CutAt(word) if command.starts_with(word.as_bytes()) => return Ok(()),
                Trick::Slow(millis) => thread::sleep(Duration::from_millis(millis)),
                _ => {}
            }
            to_server.write_all(&command)?;
            let reply = read_reply(&mut from_server)?;
            let is_go_ahead = reply.starts_with(b"354");
            to_client.write_all(&reply)?;
            if !is_go_ahead {
                continue;
            }
            let mail = read_mail(&mut from_client)?;
            self.weather.seen.fetch_add(1, Ordering::Relaxed);
            if trick == Trick::CutBeforeDot || trick == Trick::HoldDot && !self.held(client) {
                return to_server.write_all(&mail[..mail.len() - b".\r\n".len()]);
            }
            to_server.write_all(&mail)?;
            if trick == Trick::CutAfterDot {
                return Ok(());
            }
            let reply = read_reply(&mut from_server)?;
            self.weather.seen.fetch_add(1, Ordering::Relaxed);
            if trick == Trick::LoseAnswer || trick == Trick::HoldAnswer && !self.held(client) {
                self.weather.lost.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            to_client.write_all(&reply)?;
        }
    }

    /// Waits until it is calm; `false` if the client was gone before.
    fn held(&self, client: &TcpStream) -> bool {
        let _ = client.set_read_timeout(Some(STEP));
        while !self.weather.is_calm() {
            match client.peek(&mut [0]) {
                // It waits for an answer and says nothing: what can be read is its end.
                Ok(_) => return false,
                Err(error) if is_silence(&error) => {}
                Err(_) => return false,
            }
        }
        let _ = client.set_read_timeout(Some(PATIENCE));
        true
    }
}

fn is_silence(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    matches!(error.kind(), TimedOut | WouldBlock)
}

fn ended() -> std::io::Error {
    std::io::ErrorKind::UnexpectedEof.into()
}

/// All lines of an answer: a hyphen behind the code says that another one follows.
fn read_reply(server: &mut BufReader<&TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut reply = Vec::new();
    loop {
        let start = reply.len();
        if server.read_until(b'\n', &mut reply)? == 0 {
            return Err(ended());
        }
        if reply.get(start + 3) != Some(&b'-') {
            return Ok(reply);
        }
    }
}

/// A mail with the dot that ends it.
fn read_mail(client: &mut BufReader<&TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let start = mail.len();
        if client.read_until(b'\n', &mut mail)? == 0 {
            return Err(ended());
        }
        if &mail[start..] == b".\r\n" {
            return Ok(mail);
        }
    }
}
