//! A line to a mail server that breaks where it matters: before and after the dot that ends a
//! mail, before and after its answer, or not at all but slowly. A seed decides which.
//!
//! It understands as much SMTP (RFC 5321) as that takes, in the clear, one command at a time.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

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
    dice: Mutex<u64>,
    is_calm: AtomicBool,
    seen: AtomicUsize,
    lost_answers: AtomicUsize,
    is_over: AtomicBool,
}

/// The line, until it is dropped.
pub struct Line {
    port: u16,
    shared: Arc<Shared>,
}

impl Line {
    /// Leads to a server on this machine. Nothing goes wrong until [`Line::storm`].
    pub fn to(server: u16, seed: u64) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            server,
            dice: Mutex::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            is_calm: AtomicBool::new(true),
            seen: AtomicUsize::new(0),
            lost_answers: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        });
        let here = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                if here.is_over.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(client) = client else { continue };
                let here = Arc::clone(&here);
                // A client that goes away in between is an everyday thing here.
                thread::spawn(move || drop(here.pass_on(&client)));
            }
        });
        Self { port, shared }
    }

    /// Where it begins.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on things go wrong.
    pub fn storm(&self) {
        self.shared.is_calm.store(false, Ordering::Relaxed);
    }

    /// From now on nothing does, and what was held goes on.
    pub fn calm(&self) {
        self.shared.is_calm.store(true, Ordering::Relaxed);
    }

    /// How many commands and ends of mails came over it.
    pub fn seen(&self) -> usize {
        self.shared.seen.load(Ordering::Relaxed)
    }

    /// How often the server took a mail and its client was not told.
    pub fn lost_answers(&self) -> usize {
        self.shared.lost_answers.load(Ordering::Relaxed)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // It waits for a client; this is the last one.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    /// Numbers that look random, the same for the same seed (xorshift64*).
    fn roll(&self, sides: u64) -> u64 {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        *dice ^= *dice >> 12;
        *dice ^= *dice << 25;
        *dice ^= *dice >> 27;
        (dice.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % sides
    }

    fn choose(&self) -> Trick {
        if self.is_calm.load(Ordering::Relaxed) {
            return Trick::Nothing;
        }
        match self.roll(16) {
            0 => Trick::CutAt("EHLO"),
            1 => Trick::CutAt("MAIL"),
            2 => Trick::CutAt("RCPT"),
            3 => Trick::CutAt("DATA"),
            4 => Trick::CutBeforeDot,
            5 => Trick::CutAfterDot,
            6..8 => Trick::LoseAnswer,
            8 => Trick::HoldAnswer,
            9 => Trick::HoldDot,
            10..13 => Trick::Slow(20 + self.roll(150)),
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
            self.seen.fetch_add(1, Ordering::Relaxed);
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
            self.seen.fetch_add(1, Ordering::Relaxed);
            if trick == Trick::CutBeforeDot || trick == Trick::HoldDot && !self.held(client) {
                return to_server.write_all(&mail[..mail.len() - b".\r\n".len()]);
            }
            to_server.write_all(&mail)?;
            if trick == Trick::CutAfterDot {
                return Ok(());
            }
            let reply = read_reply(&mut from_server)?;
            self.seen.fetch_add(1, Ordering::Relaxed);
            if trick == Trick::LoseAnswer || trick == Trick::HoldAnswer && !self.held(client) {
                self.lost_answers.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            to_client.write_all(&reply)?;
        }
    }

    /// Waits until it is calm; `false` if the client was gone before.
    fn held(&self, client: &TcpStream) -> bool {
        let _ = client.set_read_timeout(Some(STEP));
        while !self.is_calm.load(Ordering::Relaxed) {
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
