//! What is said on the wire to Postfix, that it judges what it takes, and that parsers find in what
//! arrives what was composed; and tokens that Google's emulator gave, checked there by Dovecot.

mod common;
#[path = "../../core/tests/corpus/judges.rs"]
mod judges;
#[allow(
    dead_code,
    reason = "the tests against the tests' own server use the rest"
)]
mod mail_server;
mod mail_wire;
#[path = "../../core/tests/corpus/mails.rs"]
mod mails;

use std::fs;

use draftwell_core::{
    Code,
    id::EmailId,
    message::{Composition, freeze, wire_address, without_bcc},
    ports::{MailSender, OutgoingMessage, SendOutcome, StepError},
    smtp::{Security, SmtpLogin, SmtpServer},
};
use draftwell_providers::smtp::Smtp;
use mail_wire::{Postfix, Wire, find};
use secrecy::SecretString;
use uuid::Uuid;

const PASSWORD: &str = "sesame";

fn account(port: u16, security: Security, login: SmtpLogin, secret: &str) -> Smtp {
    let server = SmtpServer {
        host: "localhost".into(),
        port,
        security,
        login,
        user_name: "ada@example.com".into(),
    };
    let secret = SecretString::from(secret);
    Smtp::new(server.checked().unwrap(), "ada@example.com", secret)
}

fn in_the_clear(port: u16) -> Smtp {
    account(port, Security::None, SmtpLogin::Password, PASSWORD)
}

fn outgoing(recipients: &[&str], bytes: &[u8]) -> OutgoingMessage {
    OutgoingMessage {
        id: EmailId(Uuid::nil()),
        recipients: recipients.iter().map(|one| (*one).to_owned()).collect(),
        bytes: bytes.to_vec().into(),
        thread_id: None,
    }
}

fn small(recipients: &[&str]) -> OutgoingMessage {
    let text = "From: ada@example.com\r\nTo: bob@example.org\r\nSubject: Hi\r\n\r\nHello.\r\n";
    outgoing(recipients, text.as_bytes())
}

/// Whom a mail goes to, as the envelope names them.
fn envelope(mail: &Composition) -> Vec<String> {
    let all = mail.to.iter().chain(&mail.cc).chain(&mail.bcc);
    all.map(|one| wire_address(&one.address).unwrap()).collect()
}

/// RFC 5321, 4.5.2.
fn without_doubled_dots(mail: &[u8]) -> Vec<u8> {
    mail.split_inclusive(|byte| *byte == b'\n')
        .flat_map(|line| line.strip_prefix(b".").unwrap_or(line))
        .copied()
        .collect()
}

#[tokio::test]
async fn the_whole_corpus_is_taken_and_arrives_as_it_was_composed() {
    let postfix = Postfix::start(None);
    let wire = Wire::to(postfix.port("clear"));
    let sender = in_the_clear(wire.port);
    let mails = mails::all();
    assert!(mails.len() >= 60, "{} mails are too few", mails.len());
    let mut problems = String::new();
    let mut taken = Vec::new();
    for (name, mail) in &mails {
        let frozen = freeze(mail).unwrap();
        let recipients = envelope(mail);
        let names: Vec<&str> = recipients.iter().map(String::as_str).collect();
        let sent = sender.send(&outgoing(&names, &frozen)).await;
        match sent {
            Ok(sent) => taken.push((name, mail, without_bcc(&frozen), sent.id)),
            Err(error) => {
                problems.push_str(&format!("{name}: {}\n", error.error.message));
                continue;
            }
        }
        let transmitted = wire.mail();
        judges::check_bytes(&format!("{name} on the wire"), &transmitted);
        assert!(
            without_doubled_dots(&transmitted) == *without_bcc(&frozen),
            "{name}: other bytes on the wire than were frozen"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, mail, shown, answer) in taken {
        let mut recipients = envelope(mail);
        let copies = postfix.copies(&answer, recipients.len()).await;
        let mut arrived: Vec<_> = copies.iter().map(|copy| copy.recipient.clone()).collect();
        arrived.sort();
        recipients.sort();
        assert_eq!(arrived, recipients, "{name}: who got a copy");
        for copy in &copies {
            assert!(copy.mail == shown, "{name}: changed on its way");
        }
        fs::write(folder.path().join(format!("{name}.eml")), &copies[0].mail).unwrap();
        let wanted = judges::wanted(mail, false).to_string();
        fs::write(folder.path().join(format!("{name}.json")), wanted).unwrap();
    }
    for judge in ["judge_python.py", "judge_gmime.py"] {
        for line in judges::ask(judge, folder.path()).lines() {
            problems.push_str(&format!("{judge}: {line}\n"));
        }
    }
    assert!(problems.is_empty(), "{} mails:\n{problems}", mails.len());
}

/// Otherwise that it took everything would say nothing.
#[tokio::test]
async fn postfix_is_a_strict_judge() {
    let postfix = Postfix::start(None);
    let sender = in_the_clear(postfix.port("clear"));
    let head = "From: ada@example.com\r\nTo: bob@example.org\r\n";
    let eight_bits = "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\
                      Content-Transfer-Encoding: 7bit\r\n\r\nGrüße\r\n";
    for (rest, words) in [
        (
            "Subject: Grüße\r\n\r\nHello.\r\n",
            "8-bit data in message header",
        ),
        (eight_bits, "8-bit data in message body"),
        ("Subject: Hi\r\n\r\nHello\nBob.\r\n", "bare <LF>"),
    ] {
        let mail = outgoing(&["bob@example.org"], format!("{head}{rest}").as_bytes());
        let error = sender.send(&mail).await.expect_err(rest);
        assert_eq!(
            (error.outcome, error.error.code),
            (SendOutcome::Refused, Code::MailServerError),
            "{rest}: {:?}",
            error.error
        );
        let message = error.error.message;
        assert!(message.contains(words), "{words:?} in {message}");
    }
}

fn assert_not_let_in(error: &StepError, how: &str) {
    assert_eq!(
        (error.outcome, error.error.code),
        (SendOutcome::NeedsSignIn, Code::AccountNotConnected),
        "{how}: {:?}",
        error.error
    );
    assert!(
        error.error.message.contains("535"),
        "{how}: {}",
        error.error.message
    );
}

#[tokio::test]
async fn signs_in_by_password_and_token_under_either_kind_of_encryption() {
    let google = common::Google::start().await;
    let userinfo = google.base.join("/oauth2/v2/userinfo").unwrap();
    let postfix = Postfix::start(Some(userinfo.as_str()));
    let tokens = google.sign_in().await.tokens.to_json();
    let tokens: serde_json::Value = serde_json::from_str(&tokens).unwrap();
    let token = tokens["access"].as_str().unwrap();
    let password = (SmtpLogin::Password, PASSWORD, "Sesame");
    let token = (SmtpLogin::Token, token, "ya29.somebody-elses");
    for (port, security, (login, right, wrong)) in [
        ("starttls", Security::StartTls, password),
        ("starttls", Security::StartTls, token),
        ("tls", Security::Tls, password),
        ("tls", Security::Tls, token),
        // AUTH LOGIN, where nothing else is offered.
        ("login", Security::None, password),
    ] {
        let how = format!("{port}, {login:?}");
        let with = |secret| {
            account(postfix.port(port), security, login, secret)
                .trusting(&postfix.authority)
                .unwrap()
        };
        let checked = with(right).check().await.expect(&how);
        assert_eq!(checked.max_bytes, Some(36_700_160), "{how}");
        let sent = with(right).send(&small(&["bob@example.org"])).await;
        let copies = postfix.copies(&sent.expect(&how).id, 1).await;
        assert_eq!(copies.len(), 1, "{how}");
        let refused = with(wrong).check().await.unwrap_err();
        assert_eq!(refused.code, Code::AccountNotConnected, "{how}");
        let error = with(wrong).send(&small(&["bob@example.org"])).await;
        assert_not_let_in(&error.unwrap_err(), &how);
        assert!(!refused.message.contains(wrong), "{}", refused.message);
    }
    for (port, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        // The system's authorities don't know this one.
        let stranger = account(postfix.port(port), security, SmtpLogin::Password, PASSWORD);
        let error = stranger.send(&small(&["bob@example.org"])).await;
        let message = error.unwrap_err().error.message;
        assert!(message.contains("nobody this system trusts"), "{message}");
    }
}

#[tokio::test]
async fn one_refused_recipient_stops_the_mail_and_all_refused_are_named() {
    let postfix = Postfix::start(None);
    let wire = Wire::to(postfix.port("clear"));
    let refused = ["nobody@refused.example", "no@refused.example"];
    let mail = small(&["bob@example.org", refused[0], refused[1]]);
    let error = in_the_clear(wire.port).send(&mail).await.unwrap_err();
    assert_eq!(
        (error.outcome, error.error.code),
        (SendOutcome::Refused, Code::ValidationError)
    );
    let message = error.error.message;
    for words in [refused[0], refused[1], "Access denied"] {
        assert!(message.contains(words), "{words} is not in: {message}");
    }
    assert!(
        find(&wire.said(), b"\r\nDATA\r\n").is_none(),
        "none of it was sent"
    );
}

#[tokio::test]
async fn a_mail_larger_than_the_server_takes_is_not_begun() {
    let postfix = Postfix::start(None);
    let wire = Wire::to(postfix.port("small"));
    let checked = in_the_clear(wire.port).check().await.unwrap();
    assert_eq!(checked.max_bytes, Some(20_000));
    let mut mail = small(&["bob@example.org"]);
    let lines = "A line like any other.\r\n".repeat(1000);
    mail.bytes = [&mail.bytes[..], lines.as_bytes()].concat().into();
    let error = in_the_clear(wire.port).send(&mail).await.unwrap_err();
    assert_eq!(
        (error.outcome, error.error.code),
        (SendOutcome::Refused, Code::FileTooLarge)
    );
    assert!(
        find(&wire.said(), b"MAIL FROM").is_none(),
        "nothing was said of the mail"
    );
}
