//! Somebody between Draftwell and a server who lets everything through but the answer to a
//! request the test names: the server has carried it out, and Draftwell never learns that. Or he
//! answers in the server's place. What goes through is written down, byte for byte.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);

type Answers = Arc<Mutex<HashMap<String, (u16, String)>>>;

/// See the module's text.
pub struct Middle {
    base: String,
    /// The path whose next answer is lost.
    losing: Arc<Mutex<Option<String>>>,
    /// Answers given in the server's place, by the end of the path: status and JSON.
    own: Answers,
    lost: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Middle {
    /// Stands before the server at `base`, such as `http://127.0.0.1:4000`.
    pub fn before(base: &str) -> Self {
        let server = base.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let losing = Arc::new(Mutex::new(None::<String>));
        let lost = Arc::new(AtomicUsize::new(0));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (to_lose, count, notes) = (losing.clone(), lost.clone(), heard.clone());
        let own = Answers::default();
        let answers = own.clone();
        // Ends with the test's process; each connection carries one request.
        std::thread::spawn(move || {
            for visit in listener.incoming().flatten() {
                let (server, to_lose, count) = (server.clone(), to_lose.clone(), count.clone());
                let (answers, notes) = (answers.clone(), notes.clone());
                std::thread::spawn(move || {
                    let _ = carry(visit, &server, &to_lose, &count, &answers, &notes);
                });
            }
        });
        Self {
            base: format!("http://127.0.0.1:{port}"),
            losing,
            lost,
            own,
            heard,
        }
    }

    /// From now on gives this answer to requests whose path ends so, in the server's place.
    pub fn answer(&self, path: &str, status: u16, json: &Value) {
        let mut own = self.own.lock().expect("the answers");
        own.insert(path.to_owned(), (status, json.to_string()));
    }

    /// Its own address, which takes the server's place.
    pub fn base(&self) -> String {
        self.base.clone()
    }

    /// The answer to the next request whose path ends so is lost.
    pub fn lose_answer_to(&self, path: &str) {
        *self.losing.lock().expect("the path") = Some(path.to_owned());
    }

    /// The requests that came, oldest first: head and body as they were on the wire, but for the
    /// header that says how long the connection lives.
    pub fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().expect("the notes").clone()
    }

    /// How many answers were lost.
    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }
}

fn carry(
    mut visit: TcpStream,
    server: &str,
    losing: &Mutex<Option<String>>,
    lost: &AtomicUsize,
    own: &Mutex<HashMap<String, (u16, String)>>,
    heard: &Mutex<Vec<Vec<u8>>>,
) -> std::io::Result<()> {
    visit.set_read_timeout(Some(PATIENCE))?;
    let request = read_request(&mut visit)?;
    heard.lock().expect("the notes").push(request.clone());
    let first = String::from_utf8_lossy(request.split(|b| *b == b'\r').next().unwrap_or(&[]));
    let path = first.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default().to_owned();
    let answer = {
        let own = own.lock().expect("the answers");
        own.iter()
            .find(|(end, _)| path.ends_with(end.as_str()))
            .map(|(_, answer)| answer.clone())
    };
    if let Some((status, json)) = answer {
        return write!(
            visit,
            "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{json}",
            json.len()
        );
    }
    let mut upstream = TcpStream::connect(server)?;
    upstream.set_read_timeout(Some(PATIENCE))?;
    upstream.write_all(&request)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    let mut wanted = losing.lock().expect("the path");
    if wanted.as_ref().is_some_and(|wanted| path.ends_with(wanted)) {
        *wanted = None;
        lost.fetch_add(1, Ordering::SeqCst);
        return Ok(());
    }
    drop(wanted);
    visit.write_all(&answer)
}

/// Reads one request, whose length is given, and asks that the connection ends after it.
pub(super) fn read_request(visit: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 8192];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        match visit.read(&mut piece)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&piece[..read]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap_or(0));
    while bytes.len() < end + 4 + length {
        match visit.read(&mut piece)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&piece[..read]),
        }
    }
    let kept = head
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"))
        .collect::<Vec<_>>()
        .join("\r\n");
    let mut request = format!("{kept}\r\nConnection: close\r\n\r\n").into_bytes();
    request.extend_from_slice(&bytes[end + 4..]);
    Ok(request)
}
