//! A mail server on this machine that does what it is told, faults included: it answers as it
//! should, except where a rule says otherwise.

use std::sync::{Arc, Mutex};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::{CertificateParams, Issuer, KeyPair};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

/// What the server does instead.
#[derive(Debug, Clone)]
pub enum Do {
    /// Answers this.
    Say(&'static str),
    /// Hangs up without an answer.
    Cut,
    /// Says nothing and keeps the line.
    Hang,
}

/// When: a command that begins with this, or one of these moments.
pub const GREETING: &str = "(greeting)";
/// While the mail comes, after its first line.
pub const CONTENT: &str = "(content)";
/// After the lone dot.
pub const END: &str = "(end)";

/// How it protects its line.
#[derive(Clone)]
pub enum Way {
    Clear,
    StartTls(Identity),
    Tls(Identity),
    /// Sends this behind its answer to STARTTLS, still in the clear.
    Injects(Identity, &'static str),
}

/// A certificate with its key, and the authority that made it.
#[derive(Clone)]
pub struct Identity {
    pub authority: Vec<u8>,
    /// Certificate and key, for servers that are not ours.
    #[allow(dead_code, reason = "only the tests with Postfix need them")]
    pub pem: [String; 2],
    acceptor: TlsAcceptor,
}

impl Identity {
    /// For a server of this name.
    pub fn named(name: &str) -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        let own_name = format!("Authority for {name}");
        (params.distinguished_name).push(rcgen::DnType::CommonName, own_name);
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = params.self_signed(&authority_key).unwrap();
        let issuer = Issuer::new(params, authority_key);
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(certificate.der().to_vec())],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        Self {
            authority: authority.der().to_vec(),
            pem: [
                pem("CERTIFICATE", certificate.der()),
                pem("PRIVATE KEY", &key.serialize_der()),
            ],
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    }
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .map(|at| &text[at..text.len().min(at + 64)])
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

/// What came.
#[derive(Debug, Default)]
pub struct Heard {
    /// Commands, in order, over all connections.
    pub lines: Vec<String>,
    /// Mails that were taken with a 250, as they came, dots undone.
    pub mails: Vec<Vec<u8>>,
}

pub struct Server {
    pub port: u16,
    heard: Arc<Mutex<Heard>>,
}

struct Plan {
    way: Way,
    offers: &'static [&'static str],
    rules: Vec<(&'static str, Do)>,
    heard: Arc<Mutex<Heard>>,
}

/// What servers usually offer.
pub const USUAL: &[&str] = &[
    "PIPELINING",
    "SIZE 26214400",
    "8BITMIME",
    "AUTH PLAIN LOGIN XOAUTH2",
];

impl Server {
    pub async fn start(
        way: Way,
        offers: &'static [&'static str],
        rules: impl IntoIterator<Item = (&'static str, Do)>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::<Mutex<Heard>>::default();
        let plan = Arc::new(Plan {
            way,
            offers,
            rules: rules.into_iter().collect(),
            heard: Arc::clone(&heard),
        });
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&plan)));
            }
        });
        Self { port, heard }
    }

    pub fn lines(&self) -> Vec<String> {
        self.heard.lock().unwrap().lines.clone()
    }

    /// Whether a command came that begins like this.
    pub fn heard(&self, start: &str) -> bool {
        self.lines().iter().any(|line| line.starts_with(start))
    }

    pub fn mails(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().mails.clone()
    }
}

async fn serve(socket: TcpStream, plan: Arc<Plan>) {
    if let Way::Tls(identity) = &plan.way {
        if let Ok(stream) = identity.acceptor.accept(socket).await {
            talk(BufReader::new(stream), &plan, true, true).await;
        }
        return;
    }
    let Some(reader) = talk(BufReader::new(socket), &plan, true, false).await else {
        return;
    };
    if let Way::StartTls(identity) | Way::Injects(identity, _) = &plan.way
        && let Ok(stream) = identity.acceptor.accept(reader.into_inner()).await
    {
        talk(BufReader::new(stream), &plan, false, true).await;
    }
}

/// Talks until the client or a rule hangs up; answers the stream when it is to be encrypted.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    plan: &Plan,
    greets: bool,
    is_private: bool,
) -> Option<BufReader<S>> {
    if greets {
        say(&mut stream, plan, GREETING, "220 mail.test ready").await?;
    }
    let mut recipients = 0;
    loop {
        let line = read_line(&mut stream).await?;
        plan.heard.lock().unwrap().lines.push(line.clone());
        let upper = line.to_ascii_uppercase();
        let answer = match upper.split(' ').next().unwrap_or_default() {
            "EHLO" => {
                let mut lines = vec!["mail.test"];
                lines.extend(plan.offers);
                if !is_private && matches!(plan.way, Way::StartTls(_) | Way::Injects(..)) {
                    lines.push("STARTTLS");
                }
                let last = lines.len() - 1;
                let lines: Vec<_> = (lines.iter().enumerate())
                    .map(|(n, line)| format!("250{}{line}", if n == last { ' ' } else { '-' }))
                    .collect();
                lines.join("\r\n")
            }
            "STARTTLS" => {
                let mut bytes = "220 go ahead\r\n".to_owned();
                if let Way::Injects(_, injected) = plan.way {
                    bytes.push_str(injected);
                }
                if plan.rule(&upper).is_none() {
                    stream.write_all(bytes.as_bytes()).await.ok()?;
                    stream.flush().await.ok()?;
                    return Some(stream);
                }
                String::new()
            }
            "AUTH" if upper.starts_with("AUTH LOGIN") => {
                say(&mut stream, plan, &upper, "334 VXNlcm5hbWU6").await?;
                let name = read_line(&mut stream).await?;
                stream.write_all(b"334 UGFzc3dvcmQ6\r\n").await.ok()?;
                let password = read_line(&mut stream).await?;
                let mut heard = plan.heard.lock().unwrap();
                heard.lines.extend([name, password]);
                "235 2.7.0 ok".to_owned()
            }
            "AUTH" => "235 2.7.0 ok".to_owned(),
            "RCPT" => {
                recipients += 1;
                "250 2.1.5 ok".to_owned()
            }
            "DATA" => {
                assert!(recipients > 0, "DATA without a recipient");
                say(&mut stream, plan, &upper, "354 go ahead").await?;
                if let Some(refusal) = plan.rule(&upper)
                    && !matches!(refusal, Do::Say(text) if text.starts_with("354"))
                {
                    continue;
                }
                let mail = read_mail(&mut stream, plan).await?;
                say(&mut stream, plan, END, "250 2.0.0 queued as 4711").await?;
                if !matches!(plan.rule(END), Some(Do::Say(text)) if !text.starts_with('2')) {
                    plan.heard.lock().unwrap().mails.push(mail);
                }
                continue;
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await.ok()?;
                return None;
            }
            // The empty line after a refused token.
            "" => "535 5.7.8 not accepted".to_owned(),
            _ => "250 2.0.0 ok".to_owned(),
        };
        say(&mut stream, plan, &upper, &answer).await?;
    }
}

impl Plan {
    fn rule(&self, line: &str) -> Option<&Do> {
        let found = self.rules.iter().find(|(start, _)| line.starts_with(start));
        found.map(|(_, act)| act)
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    plan: &Plan,
    at: &str,
    usual: &str,
) -> Option<()> {
    let text = match plan.rule(at) {
        None => usual,
        Some(Do::Say(text)) => text,
        Some(Do::Cut) => return None,
        Some(Do::Hang) => std::future::pending().await,
    };
    stream
        .write_all(format!("{text}\r\n").as_bytes())
        .await
        .ok()?;
    stream.flush().await.ok()
}

async fn read_line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await.ok()? == 0 {
        return None;
    }
    let line = line.strip_suffix("\r\n").expect("lines end with CRLF");
    Some(line.to_owned())
}

async fn read_mail<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    plan: &Plan,
) -> Option<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        match plan.rule(CONTENT) {
            Some(Do::Hang) => std::future::pending().await,
            Some(_) => return None,
            None => {}
        }
        if line == b".\r\n" {
            return Some(mail);
        }
        mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
