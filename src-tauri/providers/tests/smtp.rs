//! Sending by SMTP against a server that fails wherever it can: what is claimed to have happened
//! is what happened.

mod mail_server;

use std::time::Duration;

use draftwell_core::{
    Code, Error, Result, UnixMillis, fingerprint,
    id::{AccountId, EmailId},
    outbox::{
        EmailStatus, Event, Lease, Leased, Method, OutboxJournal, Pace, State, next, transmit,
    },
    ports::{BoxFuture, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepResult},
    smtp::{Security, SmtpLogin, SmtpServer},
};
use draftwell_providers::smtp::{Patience, Smtp};
use mail_server::{CONTENT, Do, END, GREETING, Identity, Server, USUAL, Way};
use secrecy::SecretString;
use uuid::Uuid;

const BYTES: &str = "From: ada@example.com\r\nTo: bob@example.org\r\nBcc: eve@example.net,\r\n \
                     dan@example.net\r\nSubject: dots\r\n\r\n.\r\n..\r\n.x\r\nlast line\r\n";
/// The same as everybody may see it.
const SHOWN: &str = "From: ada@example.com\r\nTo: bob@example.org\r\nSubject: dots\r\n\r\n.\r\n..\
                     \r\n.x\r\nlast line\r\n";

fn message() -> OutgoingMessage {
    OutgoingMessage {
        id: EmailId(Uuid::nil()),
        recipients: ["bob@example.org", "eve@example.net", "dan@example.net"]
            .map(String::from)
            .into(),
        bytes: BYTES.as_bytes().into(),
        thread_id: None,
    }
}

fn account(server: &Server, security: Security, login: SmtpLogin) -> Smtp {
    let server = SmtpServer {
        host: "localhost".into(),
        port: server.port,
        security,
        login,
        user_name: "ada@example.com".into(),
    };
    let secret = SecretString::from("sesame");
    Smtp::new(server.checked().unwrap(), "ada@example.com", secret)
}

fn in_the_clear(server: &Server) -> Smtp {
    account(server, Security::None, SmtpLogin::Password)
}

/// Short enough to wait for in a test. Long enough for a busy machine is only what isn't to pass.
fn hasty() -> Patience {
    let long = Duration::from_secs(60);
    Patience {
        connect: long,
        prepare: long,
        upload: long,
        answer: long,
    }
}

async fn send_with(
    rules: impl IntoIterator<Item = (&'static str, Do)>,
) -> (Server, StepResult<SentMessage>) {
    let server = Server::start(Way::Clear, USUAL, rules).await;
    let sent = in_the_clear(&server).send(&message()).await;
    (server, sent)
}

/// A mail no system keeps whole on its way: the server hangs up before its end was written.
fn large() -> OutgoingMessage {
    let line = format!("{}\r\n", "x".repeat(76)).repeat(300_000);
    OutgoingMessage {
        bytes: [BYTES.as_bytes(), line.as_bytes()].concat().into(),
        ..message()
    }
}

#[tokio::test]
async fn a_mail_goes_out_as_it_was_frozen_with_its_blind_copies_in_the_envelope_only() {
    let (server, sent) = send_with([]).await;
    assert_eq!(sent.unwrap().id, "2.0.0 queued as 4711");
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(String::from_utf8_lossy(&mails[0]), SHOWN);
    let lines = server.lines();
    let envelope: Vec<&str> = lines
        .iter()
        .map(String::as_str)
        .filter(|line| line.starts_with("MAIL") || line.starts_with("RCPT"))
        .collect();
    let size = format!("MAIL FROM:<ada@example.com> SIZE={}", SHOWN.len());
    assert_eq!(
        envelope,
        [
            size.as_str(),
            "RCPT TO:<bob@example.org>",
            "RCPT TO:<eve@example.net>",
            "RCPT TO:<dan@example.net>",
        ]
    );
    let hello = lines.iter().find(|line| line.starts_with("EHLO")).unwrap();
    assert_eq!(
        hello, "EHLO [127.0.0.1]",
        "this machine's name is nobody's business"
    );
    // "\0ada@example.com\0sesame"
    assert!(server.heard("AUTH PLAIN AGFkYUBleGFtcGxlLmNvbQBzZXNhbWU="));
}

#[tokio::test]
async fn cut_before_the_end_nothing_was_sent_cut_after_it_nobody_knows() {
    for (at, expected) in [
        // Nothing was said of a mail yet: the account's others would meet the same.
        (GREETING, SendOutcome::Unreachable),
        ("EHLO", SendOutcome::Unreachable),
        ("AUTH", SendOutcome::Unreachable),
        ("MAIL", SendOutcome::NotActed),
        ("RCPT", SendOutcome::NotActed),
        ("DATA", SendOutcome::NotActed),
        (CONTENT, SendOutcome::NotActed),
    ] {
        let server = Server::start(Way::Clear, USUAL, [(at, Do::Cut)]).await;
        let sent = in_the_clear(&server).send(&large()).await;
        let error = sent.unwrap_err();
        assert_eq!(error.outcome, expected, "cut at {at}: {error:?}");
        assert_eq!(error.error.code, Code::MailServerError, "cut at {at}");
        assert!(server.mails().is_empty(), "cut at {at}");
    }
    let (_, sent) = send_with([(END, Do::Cut)]).await;
    assert_eq!(sent.unwrap_err().outcome, SendOutcome::Unclear);
    let (_, sent) = send_with([(END, Do::Say("nonsense"))]).await;
    assert_eq!(sent.unwrap_err().outcome, SendOutcome::Unclear);
    let (_, sent) = send_with([(END, Do::Say("354 more?"))]).await;
    assert_eq!(sent.unwrap_err().outcome, SendOutcome::Unclear);
}

#[tokio::test]
async fn a_silent_server_is_given_up_on_and_the_step_decides_what_that_means() {
    let instant = Duration::from_millis(300);
    type Shorten = fn(&mut Patience, Duration);
    let cases: [(&str, Shorten, SendOutcome); 5] = [
        (
            GREETING,
            |p, t| (p.connect, p.prepare) = (t, t),
            SendOutcome::Unreachable,
        ),
        (
            "AUTH",
            |p, t| (p.connect, p.prepare) = (t, t),
            SendOutcome::Unreachable,
        ),
        ("RCPT", |p, t| p.prepare = t, SendOutcome::NotActed),
        ("DATA", |p, t| p.prepare = t, SendOutcome::NotActed),
        (
            END,
            |p, t| (p.upload, p.answer) = (t, t),
            SendOutcome::Unclear,
        ),
    ];
    for (at, shorten, expected) in cases {
        let mut patience = hasty();
        shorten(&mut patience, instant);
        let server = Server::start(Way::Clear, USUAL, [(at, Do::Hang)]).await;
        let sent = in_the_clear(&server)
            .with_patience(patience)
            .send(&message())
            .await;
        assert_eq!(sent.unwrap_err().outcome, expected, "silent at {at}");
    }
}

#[tokio::test]
async fn a_mail_too_long_for_the_line_is_given_up_on_before_its_end() {
    let server = Server::start(Way::Clear, USUAL, [(CONTENT, Do::Hang)]).await;
    let patience = Patience {
        upload: Duration::from_millis(500),
        ..hasty()
    };
    let sent = in_the_clear(&server)
        .with_patience(patience)
        .send(&large())
        .await;
    assert_eq!(sent.unwrap_err().outcome, SendOutcome::NotActed);
}

#[tokio::test]
async fn an_answer_means_what_it_says_where_it_is_given() {
    use Code::{
        AccountNotConnected as Account, FileTooLarge as Large, GmailQuotaExceeded as Quota,
        MailServerError as Other, RateLimitExceeded as Rate, ValidationError as Recipient,
    };
    use SendOutcome::{NeedsSignIn, NotActed, Refused, Unreachable};
    let cases = [
        (GREETING, "421 4.3.2 shutting down", Unreachable, Other),
        (GREETING, "554 5.7.1 you are on a list", Unreachable, Other),
        ("AUTH", "535 5.7.8 bad credentials", NeedsSignIn, Account),
        (
            "AUTH",
            "534 5.7.9 app password required",
            NeedsSignIn,
            Account,
        ),
        (
            "AUTH",
            "535 5.7.139 SmtpClientAuthentication is disabled",
            NeedsSignIn,
            Account,
        ),
        ("AUTH", "454 4.7.0 temporary failure", Unreachable, Other),
        ("AUTH", "250 what?", Unreachable, Other),
        (
            "MAIL",
            "530 5.7.0 authentication required",
            NeedsSignIn,
            Account,
        ),
        ("MAIL", "553 5.7.1 not your address", Refused, Other),
        ("MAIL", "452 4.3.1 no room", NotActed, Other),
        ("MAIL", "552 5.3.4 too big", Refused, Large),
        ("MAIL", "450 4.7.28 rate limit", NotActed, Rate),
        ("RCPT", "451 4.7.1 greylisted", NotActed, Other),
        ("RCPT", "421 4.3.2 shutting down", NotActed, Other),
        ("RCPT", "550 5.1.1 no such user", Refused, Recipient),
        (
            "RCPT",
            "550 5.1.1 <anna@dailymail.example>: daily limit of patience",
            Refused,
            Recipient,
        ),
        (
            "RCPT",
            "550 <daily.limit@example.org> is not here",
            Refused,
            Recipient,
        ),
        ("RCPT", "552 5.2.2 mailbox full", Refused, Recipient),
        ("RCPT", "452 4.5.3 too many recipients", Refused, Recipient),
        (
            "RCPT",
            "550 5.4.5 Daily user sending limit exceeded",
            NotActed,
            Quota,
        ),
        ("DATA", "503 5.5.1 no", Refused, Other),
        ("DATA", "250 ok", NotActed, Other),
        (END, "421 4.3.2 shutting down", NotActed, Other),
        (END, "451 4.3.0 try later", NotActed, Other),
        (END, "552 5.3.4 too big", Refused, Large),
        (END, "552 too big", Refused, Large),
        (
            END,
            "552 5.7.0 blocked because of its content",
            Refused,
            Other,
        ),
        (END, "554 5.7.1 spam", Refused, Other),
        (END, "550 5.4.5 daily limit", NotActed, Quota),
    ];
    for (at, answer, outcome, code) in cases {
        let (server, sent) = send_with([(at, Do::Say(answer))]).await;
        let error = sent.expect_err(answer);
        assert_eq!(error.outcome, outcome, "{answer} at {at}");
        assert_eq!(
            error.error.code, code,
            "{answer} at {at}: {}",
            error.error.message
        );
        assert!(server.mails().is_empty(), "{answer} at {at}");
        assert!(
            !error.error.message.contains("sesame"),
            "no secret in an error"
        );
        let later = matches!(code, Other | Rate)
            && matches!(outcome, NotActed | Unreachable)
            && answer.starts_with('4');
        if later || code == Quota {
            assert!(error.retry_after_seconds >= Some(60), "{answer} at {at}");
        }
    }
}

#[tokio::test]
async fn one_refused_recipient_stops_the_mail_and_everybody_refused_is_named() {
    let (server, sent) = send_with([
        ("RCPT TO:<EVE", Do::Say("550 5.1.1 no Eve here")),
        (
            "RCPT TO:<DAN",
            Do::Say("550-5.7.1 not\r\n550 5.7.1 for Dan"),
        ),
    ])
    .await;
    let error = sent.unwrap_err();
    assert_eq!(error.outcome, SendOutcome::Refused);
    assert_eq!(error.error.field.as_deref(), Some("to"));
    let message = error.error.message;
    for part in [
        "eve@example.net: “no Eve here”",
        "dan@example.net: “not for Dan”",
        "nothing was sent to anybody",
    ] {
        assert!(message.contains(part), "{part:?} in {message}");
    }
    assert!(!message.contains("bob@example.org"), "{message}");
    assert!(!server.heard("DATA") && server.mails().is_empty());
}

#[tokio::test]
async fn one_put_off_recipient_puts_off_the_mail() {
    let (server, sent) = send_with([("RCPT TO:<EVE", Do::Say("451 4.7.1 come back"))]).await;
    let error = sent.unwrap_err();
    assert_eq!(error.outcome, SendOutcome::NotActed);
    assert!(
        error.error.message.starts_with("eve@example.net"),
        "{:?}",
        error.error
    );
    assert!(
        server.heard("RCPT TO:<dan"),
        "the others are asked about too"
    );
    assert!(!server.heard("DATA"));
}

#[tokio::test]
async fn logs_in_by_login_where_the_server_knows_no_other() {
    let server = Server::start(Way::Clear, &["AUTH LOGIN CRAM-MD5"], []).await;
    in_the_clear(&server).send(&message()).await.unwrap();
    let lines = server.lines();
    let start = lines.iter().position(|line| line == "AUTH LOGIN").unwrap();
    assert_eq!(
        lines[start + 1..start + 3],
        ["YWRhQGV4YW1wbGUuY29t", "c2VzYW1l"]
    );
}

#[tokio::test]
async fn no_way_to_log_in_is_the_accounts_problem() {
    for offers in [&["SIZE 1000"][..], &["AUTH GSSAPI"]] {
        let server = Server::start(Way::Clear, offers, []).await;
        let error = in_the_clear(&server).send(&message()).await.unwrap_err();
        assert_eq!(error.outcome, SendOutcome::NeedsSignIn, "{offers:?}");
        assert!(!server.heard("AUTH") && !server.heard("MAIL"));
    }
}

#[tokio::test]
async fn a_refused_token_gets_the_empty_line_it_waits_for() {
    let challenge = "334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiQmVhcmVyIn0=";
    let server = Server::start(Way::Clear, USUAL, [("AUTH XOAUTH2", Do::Say(challenge))]).await;
    let sender = account(&server, Security::None, SmtpLogin::Token);
    let error = sender.send(&message()).await.unwrap_err();
    assert_eq!(error.outcome, SendOutcome::NeedsSignIn, "{:?}", error.error);
    assert_eq!(error.error.code, Code::AccountNotConnected);
    for part in ["535", "can't renew"] {
        assert!(error.error.message.contains(part), "{}", error.error);
    }
    assert!(
        !error.error.message.contains("password;"),
        "{}",
        error.error
    );
    let lines = server.lines();
    let asked = lines
        .iter()
        .position(|line| line.starts_with("AUTH XOAUTH2"))
        .unwrap();
    assert_eq!(lines[asked + 1], "", "the empty line");
}

#[tokio::test]
async fn a_token_is_sent_as_xoauth2_wants_it() {
    let server = Server::start(Way::Clear, USUAL, []).await;
    account(&server, Security::None, SmtpLogin::Token)
        .send(&message())
        .await
        .unwrap();
    // "user=ada@example.com\x01auth=Bearer sesame\x01\x01"
    assert!(server.heard("AUTH XOAUTH2 dXNlcj1hZGFAZXhhbXBsZS5jb20BYXV0aD1CZWFyZXIgc2VzYW1lAQE="));
}

#[tokio::test]
async fn a_mail_over_the_servers_size_is_not_begun() {
    let server = Server::start(Way::Clear, &["SIZE 50", "AUTH PLAIN"], []).await;
    let error = in_the_clear(&server).send(&message()).await.unwrap_err();
    assert_eq!(
        (error.outcome, error.error.code),
        (SendOutcome::Refused, Code::FileTooLarge)
    );
    assert!(!server.heard("MAIL"), "{:?}", server.lines());
}

#[tokio::test]
async fn what_a_server_cant_carry_is_refused_before_it_is_begun() {
    let mut foreign = message();
    foreign.recipients = vec!["jürgen@example.org".into()];
    let mut eight_bit = message();
    eight_bit.bytes = [&eight_bit.bytes[..], "ü\r\n".as_bytes()].concat().into();
    for (message, offer) in [(foreign, "SMTPUTF8"), (eight_bit, "8BITMIME")] {
        let lacking = Server::start(Way::Clear, &["AUTH PLAIN"], []).await;
        let error = in_the_clear(&lacking).send(&message).await.unwrap_err();
        assert_eq!(error.outcome, SendOutcome::Refused, "{offer}");
        assert!(
            error.error.message.contains(offer),
            "{}",
            error.error.message
        );
        assert!(!lacking.heard("MAIL"));
        let able = Server::start(Way::Clear, &["AUTH PLAIN", "SMTPUTF8", "8BITMIME"], []).await;
        in_the_clear(&able).send(&message).await.expect(offer);
        let parameter = if offer == "SMTPUTF8" {
            "SMTPUTF8"
        } else {
            "BODY=8BITMIME"
        };
        let lines = able.lines();
        let mail = lines.iter().find(|line| line.starts_with("MAIL")).unwrap();
        assert!(mail.contains(parameter), "{mail}");
    }
}

#[tokio::test]
async fn encrypted_either_way_with_a_certificate_that_is_trusted() {
    let identity = Identity::named("localhost");
    for (way, security) in [
        (Way::StartTls(identity.clone()), Security::StartTls),
        (Way::Tls(identity.clone()), Security::Tls),
    ] {
        let server = Server::start(way, USUAL, []).await;
        let sender = account(&server, security, SmtpLogin::Password)
            .trusting(&identity.authority)
            .unwrap();
        sender.send(&message()).await.unwrap();
        assert_eq!(server.mails().len(), 1, "{security:?}");
        assert_eq!(sender.check().await.unwrap().max_bytes, Some(26_214_400));
    }
}

#[tokio::test]
async fn a_server_that_cant_prove_who_it_is_hears_nothing() {
    let stranger = Identity::named("localhost");
    let other_name = Identity::named("mail.example.com");
    for (identity, trusted, reason) in [
        (&stranger, &other_name, "nobody this system trusts"),
        (&other_name, &other_name, "for another name"),
    ] {
        for (way, security) in [
            (Way::StartTls(identity.clone()), Security::StartTls),
            (Way::Tls(identity.clone()), Security::Tls),
        ] {
            let server = Server::start(way, USUAL, []).await;
            let sender = account(&server, security, SmtpLogin::Password)
                .trusting(&trusted.authority)
                .unwrap();
            let error = sender.send(&message()).await.unwrap_err();
            assert_eq!(error.outcome, SendOutcome::Unreachable, "{security:?}");
            assert!(
                error.error.message.contains(reason),
                "{}",
                error.error.message
            );
            assert!(!server.heard("AUTH"), "{:?}", server.lines());
        }
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_said_in_the_clear() {
    let server = Server::start(Way::Clear, USUAL, []).await;
    let sender = account(&server, Security::StartTls, SmtpLogin::Password);
    let error = sender.send(&message()).await.unwrap_err();
    assert_eq!(error.outcome, SendOutcome::Unreachable);
    assert!(
        error.error.message.contains("STARTTLS"),
        "{}",
        error.error.message
    );
    assert!(
        !server.heard("AUTH") && !server.heard("MAIL"),
        "{:?}",
        server.lines()
    );
}

/// Answers put behind the last clear line would otherwise be read as given under encryption: the
/// whole conversation up to "250 queued" could be made up, and the mail be lost without a word.
#[tokio::test]
async fn answers_injected_before_encryption_are_not_believed() {
    let identity = Identity::named("localhost");
    let made_up = "250-mail.test\r\n250 AUTH PLAIN\r\n250-mail.test\r\n250 AUTH PLAIN\r\n235 ok\r\n\
                   250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n";
    let server = Server::start(Way::Injects(identity.clone(), made_up), USUAL, []).await;
    let sender = account(&server, Security::StartTls, SmtpLogin::Password)
        .trusting(&identity.authority)
        .unwrap();
    let sent = sender.send(&message()).await;
    assert_eq!(sent.unwrap_err().outcome, SendOutcome::Unreachable);
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_connection_test_logs_in_and_sends_nothing() {
    let server = Server::start(Way::Clear, USUAL, []).await;
    let found = in_the_clear(&server).check().await.unwrap();
    assert_eq!(found.max_bytes, Some(26_214_400));
    assert!(
        server.heard("AUTH") && !server.heard("MAIL"),
        "{:?}",
        server.lines()
    );
    let closed = Server::start(Way::Clear, USUAL, [("AUTH", Do::Say("535 5.7.8 no"))]).await;
    let error = in_the_clear(&closed).check().await.unwrap_err();
    assert_eq!(error.code, Code::AccountNotConnected);
}

#[tokio::test]
async fn nobody_there_is_said_to_be_tried_again() {
    // Bound and closed: nobody listens there.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let server = SmtpServer {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        login: SmtpLogin::None,
        user_name: String::new(),
    };
    for security in [Security::None, Security::StartTls, Security::Tls] {
        let server = SmtpServer {
            security,
            ..server.clone()
        };
        let sender = Smtp::new(server, "ada@example.com", SecretString::from(""));
        let error = sender.send(&message()).await.unwrap_err();
        assert_eq!(error.outcome, SendOutcome::Unreachable, "{security:?}");
        assert!(
            error.error.message.contains("can't be reached"),
            "{}",
            error.error.message
        );
    }
}

/// A journal that only remembers.
#[derive(Default)]
struct Remembers;

impl OutboxJournal for Remembers {
    fn record_step<'a>(&'a self, _: &'a Lease, _: &'a State) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
    fn settle<'a>(
        &'a self,
        _: &'a Lease,
        _: &'a State,
        _: UnixMillis,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// A time that stands still. What can't be written in it never will be.
struct At(UnixMillis);

impl Pace for At {
    fn now(&self) -> UnixMillis {
        self.0
    }

    fn random(&self) -> u32 {
        0
    }

    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async { panic!("it can be written") })
    }

    fn stopped_short(&self, error: &Error) {
        panic!("it can be written: {error}");
    }
}

/// The outbox's own rules over this sender: only a mail whose answer was lost is unknown, and it
/// is never sent again by itself.
#[tokio::test]
async fn in_the_outbox_only_a_lost_answer_is_unknown() {
    for (rule, expected) in [
        (None, EmailStatus::Sent),
        (Some((CONTENT, Do::Cut)), EmailStatus::Queued),
        (Some((END, Do::Cut)), EmailStatus::Unknown),
        (Some((END, Do::Say("554 5.7.1 no"))), EmailStatus::Failed),
        (Some(("AUTH", Do::Say("535 5.7.8 no"))), EmailStatus::Queued),
    ] {
        let server = Server::start(Way::Clear, USUAL, rule.clone()).await;
        let now = UnixMillis(1_000_000);
        let queued = State::queued(now);
        let leased = Leased {
            lease: Lease {
                email: message().id,
                owner: "me".into(),
            },
            account: AccountId(Uuid::nil()),
            state: next(&queued, Event::Lease, now, 0).unwrap().state,
            body_hash: fingerprint(&large().bytes),
            message: large(),
            method: Method::AtOnce,
        };
        let sender = in_the_clear(&server);
        let state = transmit(leased, &sender, &Remembers, &At(now))
            .await
            .unwrap();
        assert_eq!(state.status, expected, "{rule:?}");
        if expected == EmailStatus::Unknown {
            let error = next(&state, Event::Lease, now, 0).unwrap_err();
            assert_eq!(error.code, Code::Forbidden, "it is not taken up again");
        }
    }
}
