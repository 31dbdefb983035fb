//! Postfix and Dovecot with a certificate, and a wire to them that remembers what was said.

#[path = "../../../../tests/support/postfix.rs"]
mod server;

use std::{
    fs,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::mail_server::Identity;

/// Both servers, with a certificate, until this is dropped.
pub struct Postfix {
    server: server::Postfix,
    /// Who vouches for the server's name, `localhost`.
    pub authority: Vec<u8>,
    /// Last, because the servers write into it until they are dropped.
    _folder: tempfile::TempDir,
}

impl Postfix {
    /// Starts them; `userinfo` says whose an OAuth token is.
    pub fn start(userinfo: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = |name| folder.path().join(name);
        let (certificate, key) = (place("certificate.pem"), place("key.pem"));
        let identity = Identity::named("localhost");
        fs::write(&certificate, &identity.pem[0]).unwrap();
        fs::write(&key, &identity.pem[1]).unwrap();
        let mut arguments = vec![
            "--certificate".into(),
            certificate.into_os_string(),
            "--key".into(),
            key.into_os_string(),
        ];
        if let Some(userinfo) = userinfo {
            arguments.extend(["--userinfo".into(), userinfo.into()]);
        }
        Self {
            server: server::Postfix::start(place("servers"), arguments),
            authority: identity.authority,
            _folder: folder,
        }
    }

    /// The port of that name, see `mail_server.py`.
    pub fn port(&self, name: &str) -> u16 {
        self.server.port(name)
    }

    /// The copies of the mail that the server called so when it took it, as soon as there are so
    /// many, or those there are after a while.
    pub async fn copies(&self, answer: &str, count: usize) -> Vec<server::Copy> {
        let queue_id = answer.rsplit(' ').next().unwrap();
        let find = || {
            let mut copies = self.server.copies();
            copies.retain(|copy| copy.queue_id == queue_id);
            copies
        };
        let wait = async {
            while find().len() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(30), wait).await;
        find()
    }
}

/// A wire to a server in the clear.
pub struct Wire {
    pub port: u16,
    said: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Wire {
    /// It ends with the test's process.
    pub fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let said = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let all = Arc::clone(&said);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(("127.0.0.1", server)).expect("the server");
                let number = {
                    let mut all = all.lock().unwrap();
                    all.push(Vec::new());
                    all.len() - 1
                };
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let all = Arc::clone(&all);
                std::thread::spawn(move || {
                    pass_on(from, to, |piece| all.lock().unwrap()[number].extend(piece));
                });
                std::thread::spawn(move || pass_on(server, client, |_| ()));
            }
        });
        Self { port, said }
    }

    /// What the latest client said.
    pub fn said(&self) -> Vec<u8> {
        self.said.lock().unwrap().last().cloned().expect("a client")
    }

    /// The mail it said, as it was on the wire, without the dot that ends it.
    pub fn mail(&self) -> Vec<u8> {
        let said = self.said();
        let start = find(&said, b"\r\nDATA\r\n").expect("DATA") + b"\r\nDATA\r\n".len();
        let end = find(&said[start..], b"\r\n.\r\n").expect("its end") + b"\r\n".len();
        said[start..start + end].to_vec()
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, mut hear: impl FnMut(&[u8])) {
    let mut piece = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        // First, so that what the server answers to has been heard.
        hear(&piece[..count]);
        if to.write_all(&piece[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

pub fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
