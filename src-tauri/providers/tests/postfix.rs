//! Sending to Postfix, which judges what it gets, with Dovecot to check passwords and tokens: what
//! arrived is byte for byte what was frozen, for everybody in the envelope and nobody else.

#[allow(
    dead_code,
    reason = "the tests against the tests' own server use the rest"
)]
mod mail_server;
#[path = "../../core/tests/corpus/mails.rs"]
mod mails;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use draftwell_core::{
    Code,
    id::EmailId,
    message::{freeze, wire_address, without_bcc},
    ports::{MailSender, OutgoingMessage, SendOutcome, SentMessage, StepResult},
    smtp::{Security, SmtpLogin, SmtpServer},
};
use draftwell_providers::smtp::Smtp;
use mail_server::Identity;
use secrecy::SecretString;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use uuid::Uuid;

/// What Dovecot takes for a token of Ada's.
const TOKEN: &str = "ya29.a-token-of-hers";

/// Postfix and Dovecot, until this is dropped.
struct Postfix {
    folder: tempfile::TempDir,
    ports: Value,
    authority: Vec<u8>,
    program: Child,
}

impl Postfix {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::named("localhost");
        let [certificate, key] =
            ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
        fs::write(&certificate, &identity.pem[0]).unwrap();
        fs::write(&key, &identity.pem[1]).unwrap();
        let userinfo = format!("http://127.0.0.1:{}/userinfo", userinfo().await);
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/tools/mail_server.py"
        );
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let mut command = if is_root {
            Command::new(script)
        } else {
            let mut sudo = Command::new("sudo");
            sudo.arg("-n").arg(script);
            sudo
        };
        let mut program = command
            .arg(folder.path().join("servers"))
            .arg("--certificate")
            .arg(certificate)
            .arg("--key")
            .arg(key)
            .args(["--userinfo", &userinfo])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(program.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let ports = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("Postfix needs what `.ci/packages test` installs"));
        Self {
            folder,
            ports,
            authority: identity.authority,
            program,
        }
    }

    fn port(&self, way: &str) -> u16 {
        u16::try_from(self.ports[way].as_u64().unwrap()).unwrap()
    }

    /// Ada's account at one of its ports.
    fn account(&self, way: &str, login: SmtpLogin, secret: &str) -> Smtp {
        let security = match way {
            "starttls" => Security::StartTls,
            "tls" => Security::Tls,
            _ => Security::None,
        };
        let server = SmtpServer {
            host: "localhost".into(),
            port: self.port(way),
            security,
            login,
            user_name: "ada@example.com".into(),
        };
        Smtp::new(
            server.checked().unwrap(),
            "ada@example.com",
            SecretString::from(secret),
        )
        .trusting(&self.authority)
        .unwrap()
    }

    fn inbox(&self) -> PathBuf {
        self.folder.path().join("servers/mail/inbox/new")
    }

    /// Everything that was delivered: whom to, and the mail as it was sent. Waits for so many.
    async fn delivered(&self, copies: usize) -> Vec<(String, Vec<u8>)> {
        let list = || -> Vec<PathBuf> {
            let entries = fs::read_dir(self.inbox()).into_iter().flatten();
            entries.map(|entry| entry.unwrap().path()).collect()
        };
        let all_there = async {
            while list().len() < copies {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(120), all_there).await;
        let files = list();
        files
            .iter()
            .map(|file| unpack(&fs::read(file).unwrap()))
            .collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("servers/log/postfix.log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Both end with its standard input.
        drop(self.program.stdin.take());
        let _ = self.program.wait();
    }
}

/// Says of [`TOKEN`] whose it is, as Google's userinfo does, and nothing of any other.
async fn userinfo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = Vec::new();
                let mut part = [0; 2048];
                while !request.ends_with(b"\r\n\r\n") {
                    match client.read(&mut part).await {
                        Ok(0) | Err(_) => return,
                        Ok(read) => request.extend_from_slice(&part[..read]),
                    }
                }
                let request = String::from_utf8_lossy(&request).into_owned();
                let is_hers = request.contains(&format!("Authorization: Bearer {TOKEN}\r\n"));
                let (status, body) = match is_hers {
                    true => ("200 OK", r#"{"email":"ada@example.com"}"#),
                    false => ("401 Unauthorized", r#"{"error":"invalid_token"}"#),
                };
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n\
                     Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _ = client.write_all(answer.as_bytes()).await;
            });
        }
    });
    port
}

/// Takes off what Postfix put before a mail, and gives its lines their ends back: a Maildir has
/// them as this system does.
fn unpack(file: &[u8]) -> (String, Vec<u8>) {
    let mut rest = file;
    let mut recipient = String::new();
    loop {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let line = String::from_utf8_lossy(&rest[..end]);
        let is_folded = line.starts_with([' ', '\t']);
        let is_its = [
            "Return-Path:",
            "X-Original-To:",
            "Delivered-To:",
            "Received:",
        ]
        .iter()
        .any(|name| line.starts_with(name));
        if !is_folded && !is_its {
            break;
        }
        if let Some(to) = line.strip_prefix("Delivered-To:") {
            to.trim().clone_into(&mut recipient);
        }
        rest = &rest[end..];
    }
    let sent = String::from_utf8(rest.to_vec())
        .unwrap()
        .replace('\n', "\r\n");
    (recipient, sent.into_bytes())
}

fn mail(number: u128, recipients: &[&str], bytes: Vec<u8>) -> OutgoingMessage {
    OutgoingMessage {
        id: EmailId(Uuid::from_u128(number)),
        recipients: recipients.iter().map(ToString::to_string).collect(),
        bytes,
        thread_id: None,
    }
}

/// A small mail with this subject.
fn small(subject: &str) -> OutgoingMessage {
    let text = format!(
        "From: ada@example.com\r\nTo: bob@example.org\r\nSubject: {subject}\r\n\
         Message-ID: <{subject}@example.com>\r\nDate: Fri, 27 Nov 2026 12:00:00 +0000\r\n\r\n\
         .\r\n..\r\nHi Bob.\r\n"
    );
    mail(1, &["bob@example.org"], text.into_bytes())
}

#[tokio::test]
async fn every_mail_of_the_corpus_arrives_as_it_was_frozen_for_everybody_it_is_for() {
    let postfix = Postfix::start().await;
    let sender = postfix.account("starttls", SmtpLogin::Password, "sesame");
    let mails = mails::all();
    assert!(mails.len() >= 60, "{} mails are too few", mails.len());
    let mut expected: BTreeMap<Vec<u8>, (&str, BTreeSet<String>)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (number, (name, composed)) in mails.iter().enumerate() {
        let mut composed = composed.clone();
        // Two mails may be the same but for this.
        composed.message_id = format!("<{number}.corpus@example.com>");
        let frozen = freeze(&composed).unwrap();
        let everybody: BTreeSet<String> = (composed.to.iter())
            .chain(&composed.cc)
            .chain(&composed.bcc)
            .filter_map(|one| wire_address(&one.address))
            .collect();
        if everybody.is_empty() {
            continue;
        }
        let recipients: Vec<&str> = everybody.iter().map(String::as_str).collect();
        let sent = sender
            .send(&mail(number as u128, &recipients, frozen.clone()))
            .await;
        if let Err(error) = sent {
            problems.push(format!("{name}: {error:?}"));
        }
        expected.insert(without_bcc(&frozen), (name, everybody));
    }
    assert!(
        problems.is_empty(),
        "Postfix refused:\n{}",
        problems.join("\n")
    );
    let copies = expected
        .values()
        .map(|(_, everybody)| everybody.len())
        .sum();
    let mut found: BTreeMap<Vec<u8>, BTreeSet<String>> = BTreeMap::new();
    let delivered = postfix.delivered(copies).await;
    assert_eq!(
        delivered.len(),
        copies,
        "one copy for each: {}",
        postfix.log()
    );
    for (recipient, bytes) in delivered {
        let all = found.entry(bytes).or_default();
        assert!(
            all.insert(recipient.clone()),
            "{recipient} got a mail twice"
        );
    }
    for (bytes, (name, everybody)) in &expected {
        let Some(got) = found.get(bytes) else {
            panic!("{name} did not arrive as it was frozen");
        };
        // Postfix compares domains without case, and writes them as they came.
        assert_eq!(got, everybody, "{name} went to them");
    }
}

#[tokio::test]
async fn the_ways_in_and_what_is_said_of_wrong_keys() {
    let postfix = Postfix::start().await;
    let ways = [
        ("clear", SmtpLogin::Password, "sesame"),
        ("starttls", SmtpLogin::Password, "sesame"),
        ("tls", SmtpLogin::Password, "sesame"),
        // AUTH LOGIN, where nothing else is offered.
        ("login", SmtpLogin::Password, "sesame"),
        ("starttls", SmtpLogin::Token, TOKEN),
        ("tls", SmtpLogin::Token, TOKEN),
    ];
    for (number, (way, login, secret)) in ways.into_iter().enumerate() {
        let sender = postfix.account(way, login, secret);
        let checked = sender.check().await;
        assert!(checked.is_ok(), "{way} {login:?}: {checked:?}");
        let sent = sender.send(&small(&format!("way-{number}"))).await;
        let sent = sent.unwrap_or_else(|error| panic!("{way} {login:?}: {error:?}"));
        assert!(sent.id.contains("queued as"), "{way}: {}", sent.id);
    }
    let delivered = postfix.delivered(ways.len()).await;
    assert_eq!(delivered.len(), ways.len());
    for (way, login, secret) in [
        ("clear", SmtpLogin::Password, "open"),
        ("login", SmtpLogin::Password, "open"),
        ("starttls", SmtpLogin::Token, "ya29.somebody-elses"),
    ] {
        let sender = postfix.account(way, login, secret);
        let error = sender.check().await.unwrap_err();
        assert_eq!(
            error.code,
            Code::AccountNotConnected,
            "{way} {login:?}: {error}"
        );
        let refused = refused(sender.send(&small("never")).await);
        assert_eq!(refused.0, Code::AccountNotConnected, "{way} {login:?}");
        assert!(!refused.1.contains(secret), "no secret in {}", refused.1);
    }
    assert_eq!(fs::read_dir(postfix.inbox()).unwrap().count(), ways.len());
}

/// Code and words of a refusal after which nothing was sent.
fn refused(sent: StepResult<SentMessage>) -> (Code, String) {
    let error = sent.unwrap_err();
    assert!(
        !matches!(error.outcome, SendOutcome::Unclear),
        "nothing was sent: {error:?}"
    );
    (error.error.code, error.error.to_string())
}

#[tokio::test]
async fn what_is_too_large_or_for_nobody_is_refused_before_it_goes() {
    let postfix = Postfix::start().await;
    let sender = postfix.account("small", SmtpLogin::Password, "sesame");
    let checked = sender.check().await.unwrap();
    assert_eq!(checked.max_bytes, Some(20_000));
    let mut large = small("large");
    large
        .bytes
        .extend("a line of the mail\r\n".repeat(2_000).into_bytes());
    let (code, words) = refused(sender.send(&large).await);
    assert_eq!(code, Code::FileTooLarge, "{words}");

    let sender = postfix.account("starttls", SmtpLogin::Password, "sesame");
    let mut to_nobody = small("nobody");
    to_nobody.recipients = [
        "bob@example.org",
        "nobody@refused.example",
        "no@refused.example",
    ]
    .map(String::from)
    .into();
    let (code, words) = refused(sender.send(&to_nobody).await);
    assert_eq!(code, Code::ValidationError, "{words}");
    for name in [
        "nobody@refused.example",
        "no@refused.example",
        "Access denied",
    ] {
        assert!(words.contains(name), "{name} is not in: {words}");
    }
    assert!(!postfix.inbox().exists(), "none of it was delivered");
}
