//! Sending through Outlook: what each answer proves, and whole transmissions to a mailbox behind
//! Graph (`tests/tools/outlook.py`), with connections that break at the worst moments.

mod common;
#[path = "../../core/tests/corpus/mails.rs"]
mod mails;

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{Kept, NOW, Reply, Scripted, clock, http, microsoft_client, tokens, work};
use draftwell_core::{
    Code,
    address::Mailbox,
    attachment::clean_name,
    id::EmailId,
    message::{
        AttachedPart, Composition, InlinePart, freeze, message_id, wire_address, without_bcc,
    },
    outbox::{EmailStatus, Method},
    ports::{Found, MailSender, OutgoingMessage, SendOutcome, StepResult},
};
use draftwell_providers::{
    graph::Graph,
    oauth::{Endpoints, TokenSource},
};
use serde_json::{Value, json};
use url::Url;

const DRAFT: &str = r#"{"id":"AA=","isDraft":true,"conversationId":"c1",
    "toRecipients":[{"emailAddress":{"name":"x","address":"X@example.com"}}]}"#;
const SENT: &str = r#"{"id":"AA=","isDraft":false,"conversationId":"c1"}"#;
const NONE: &str = r#"{"error":{"code":"ErrorItemNotFound","message":"m"}}"#;
const TO_X: &[u8] = b"To: x@example.com\r\nMessage-ID: <o'x@example.com>\r\n\r\n\xff\xfe~~";

fn connected(base: &Url, endpoints: &Endpoints) -> Graph {
    let source = TokenSource::new(
        microsoft_client(),
        endpoints,
        tokens("token-1", 900),
        Arc::new(Kept::default()),
        clock(),
    );
    // So that waiting for a copy to appear takes no time.
    Graph::new(base, Arc::new(source))
        .unwrap()
        .with_patience(Duration::from_millis(400))
}

fn graph(server: &Scripted) -> Graph {
    connected(&server.base, &server.microsoft())
}

fn message(bytes: &[u8]) -> OutgoingMessage {
    OutgoingMessage {
        id: EmailId(uuid::Uuid::nil()),
        recipients: vec!["x@example.com".into()],
        bytes: bytes.to_vec().into(),
        thread_id: None,
    }
}

fn outcome<T: std::fmt::Debug>(result: StepResult<T>) -> SendOutcome {
    result.unwrap_err().outcome
}

#[tokio::test]
async fn the_requests_are_the_ones_graph_documents() {
    let server = Scripted::new([
        Reply::Json(201, DRAFT),
        Reply::Json(200, DRAFT),
        Reply::Json(202, ""),
        Reply::Json(200, SENT),
    ])
    .await;
    let graph = graph(&server);
    assert_eq!(graph.create_draft(&message(TO_X)).await.unwrap(), "AA=");
    let sent = graph.send_draft("A/A?=").await.unwrap();
    assert_eq!(
        (sent.id.as_str(), sent.thread_id.as_deref()),
        ("AA=", Some("c1"))
    );
    let found = graph.look("AA=", &message(TO_X)).await.unwrap();
    assert_eq!(found, Found::Sent(sent), "the id stays when it is sent");

    let seen = server.seen();
    let lines: Vec<_> = seen.iter().map(|one| one.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "POST /v1.0/me/messages HTTP/1.1",
            "GET /v1.0/me/messages/A%2FA%3F=?$select=id,isDraft,conversationId HTTP/1.1",
            "POST /v1.0/me/messages/A%2FA%3F=/send HTTP/1.1",
            "GET /v1.0/me/messages/AA=?$select=id,isDraft,conversationId HTTP/1.1",
        ]
    );
    for one in &seen {
        assert_eq!(one.header("authorization"), Some("Bearer token-1"));
        assert_eq!(
            one.header("prefer"),
            Some("IdType=\"ImmutableId\""),
            "{}",
            one.line
        );
        assert!(one.header("user-agent").unwrap().starts_with("Draftwell/"));
    }
    assert_eq!(seen[0].header("content-type"), Some("text/plain"));
    assert_eq!(STANDARD.decode(&seen[0].body).unwrap(), TO_X);
    assert_eq!(seen[2].header("content-length"), Some("0"));
}

/// An error of Graph's with a status, a code and words.
macro_rules! says_no {
    ($status:literal, $code:literal, $message:literal) => {
        Reply::Json(
            $status,
            concat!(
                r#"{"error":{"code":""#,
                $code,
                r#"","message":""#,
                $message,
                r#"","innerError":{"request-id":"r"}}}"#
            ),
        )
    };
}

#[tokio::test]
async fn what_each_answer_proves() {
    use SendOutcome::{DraftGone, NotActed, Refused, Unclear, Unreachable};
    let server_error = Code::MailServerError;
    for (reply, expect, code) in [
        (
            says_no!(429, "ApplicationThrottled", "m"),
            NotActed,
            Code::RateLimitExceeded,
        ),
        (
            says_no!(429, "MailboxConcurrency", "m"),
            NotActed,
            Code::RateLimitExceeded,
        ),
        (
            says_no!(403, "ErrorExceededMessageLimit", "m"),
            NotActed,
            Code::GmailQuotaExceeded,
        ),
        (
            says_no!(429, "ErrorExceededMessageLimit", "m"),
            NotActed,
            Code::GmailQuotaExceeded,
        ),
        (
            says_no!(409, "ErrorIrresolvableConflict", "m"),
            NotActed,
            server_error,
        ),
        (
            says_no!(404, "ErrorItemNotFound", "m"),
            DraftGone,
            Code::NotFound,
        ),
        (
            says_no!(403, "ErrorAccessDenied", "m"),
            Refused,
            server_error,
        ),
        (
            says_no!(403, "ErrorSendAsDenied", "m"),
            Refused,
            server_error,
        ),
        (
            says_no!(400, "ErrorInvalidRecipients", "m"),
            Refused,
            server_error,
        ),
        (
            says_no!(400, "ErrorQuotaExceeded", "m"),
            Refused,
            server_error,
        ),
        (
            says_no!(404, "MailboxNotEnabledForRESTAPI", "m"),
            Refused,
            server_error,
        ),
        (
            says_no!(413, "RequestEntityTooLarge", "m"),
            Refused,
            Code::FileTooLarge,
        ),
        (
            says_no!(400, "ErrorMessageSizeExceeded", "m"),
            Refused,
            Code::FileTooLarge,
        ),
        // Another 404 doesn't say that the draft is gone.
        (
            says_no!(404, "ResourceNotFound", "m"),
            Refused,
            server_error,
        ),
        (says_no!(408, "RequestTimeout", "m"), Unclear, server_error),
        (says_no!(499, "RequestAborted", "m"), Unclear, server_error),
        (
            says_no!(500, "InternalServerError", "m"),
            Unclear,
            server_error,
        ),
        (
            says_no!(503, "ServiceUnavailable", "m"),
            Unclear,
            server_error,
        ),
        (says_no!(504, "UnknownError", "m"), Unclear, server_error),
        // Not Graph's form: something on the way says so, and what Outlook did is not known.
        (Reply::Json(404, "\"no such page\""), Unclear, server_error),
        (Reply::Json(429, "slow down"), Unclear, server_error),
        (
            Reply::Json(403, "blocked by your firewall"),
            Unclear,
            server_error,
        ),
        (Reply::Json(302, "{}"), Unclear, server_error),
        (Reply::Cut, Unclear, server_error),
        (Reply::Noise, Unclear, server_error),
    ] {
        let server = Scripted::new([Reply::Json(200, DRAFT), reply.clone()]).await;
        let error = graph(&server).send_draft("AA=").await.unwrap_err();
        assert_eq!(
            (error.outcome, error.error.code),
            (expect, code),
            "{reply:?}: {error:?}"
        );
        assert_eq!(
            server.seen().len(),
            2,
            "never sent again by itself: {reply:?}"
        );
        assert!(!error.error.message.contains("token-1"));
    }
    // 202 is the whole answer: nothing of a body is needed to know that it was accepted.
    let server = Scripted::new([Reply::Json(200, DRAFT), Reply::CutBody]).await;
    assert!(graph(&server).send_draft("AA=").await.is_ok());
    // Nobody listens: nothing was asked.
    let server = Scripted::new([]).await;
    let graph = graph(&server);
    drop(server);
    tokio::task::yield_now().await;
    assert_eq!(outcome(graph.send_draft("AA=").await), Unreachable);
    assert_eq!(
        outcome(graph.create_draft(&message(TO_X)).await),
        Unreachable
    );
}

#[tokio::test]
async fn before_the_send_nothing_is_unclear() {
    for reply in [
        Reply::Cut,
        Reply::CutBody,
        Reply::Json(200, "{}"),
        Reply::Json(200, r#"{"id":"AA="}"#),
        Reply::Json(503, "{}"),
        Reply::Silence,
    ] {
        let server = Scripted::new([reply.clone()]).await;
        let error = graph(&server).send_draft("AA=").await.unwrap_err();
        assert_eq!(error.outcome, SendOutcome::NotActed, "{reply:?}");
        assert_eq!(server.seen().len(), 1, "it was only asked for: {reply:?}");
    }
    // What was sent already, by whoever, is never sent again.
    let server = Scripted::new([Reply::Json(200, SENT)]).await;
    assert_eq!(
        outcome(graph(&server).send_draft("AA=").await),
        SendOutcome::DraftGone
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn silence_proves_nothing() {
    let server = Scripted::new([
        Reply::Silence,
        Reply::Json(200, DRAFT),
        Reply::Silence,
        Reply::Silence,
    ])
    .await;
    let graph = graph(&server);
    assert_eq!(
        outcome(graph.create_draft(&message(TO_X)).await),
        SendOutcome::Unclear
    );
    assert_eq!(outcome(graph.send_draft("AA=").await), SendOutcome::Unclear);
    assert_eq!(
        outcome(graph.look("AA=", &message(TO_X)).await),
        SendOutcome::Unclear
    );
    assert_eq!(server.seen().len(), 4, "never asked again by itself");
}

#[tokio::test]
async fn looking_takes_its_time_and_claims_nothing_without_outlooks_word() {
    // The copy appears a little later.
    let server = Scripted::new([
        Reply::Json(404, NONE),
        Reply::Json(404, NONE),
        Reply::Json(200, SENT),
    ])
    .await;
    let found = graph(&server).look("AA=", &message(TO_X)).await.unwrap();
    assert!(matches!(found, Found::Sent(_)), "{found:?}");

    // It never does under this id: it is looked for by its Message-ID, quoted.
    let list =
        r#"{"value":[{"id":"d","isDraft":true},{"id":"s","isDraft":false,"conversationId":"c"}]}"#;
    for (reply, expect) in [
        (Reply::Json(200, list), Ok(true)),
        (
            Reply::Json(200, r#"{"value":[{"id":"d","isDraft":true}]}"#),
            Ok(false),
        ),
        (Reply::Json(200, r#"{"value":[]}"#), Ok(false)),
        (says_no!(400, "ErrorInvalidUrlQueryFilter", "m"), Ok(false)),
        (Reply::Json(503, "{}"), Err(SendOutcome::Unclear)),
        (
            Reply::Json(404, "<html>captive portal</html>"),
            Err(SendOutcome::Unclear),
        ),
    ] {
        let server = Scripted::new(
            vec![Reply::Json(404, NONE); 4]
                .into_iter()
                .chain([reply.clone()]),
        )
        .await;
        let found = graph(&server).look("AA=", &message(TO_X)).await;
        let found = found.map(|found| match found {
            Found::Sent(sent) => {
                assert_eq!(
                    (sent.id.as_str(), sent.thread_id.as_deref()),
                    ("s", Some("c"))
                );
                true
            }
            Found::Gone => false,
            Found::StillThere => panic!("{reply:?}"),
        });
        assert_eq!(found.map_err(|error| error.outcome), expect, "{reply:?}");
        assert_eq!(
            server.seen()[4].line,
            "GET /v1.0/me/messages?%24filter=internetMessageId+eq+%27%3Co%27%27x%40example.com\
             %3E%27&%24select=id%2CisDraft%2CconversationId HTTP/1.1"
        );
    }
    for reply in [
        Reply::Json(404, "<html>captive portal</html>"),
        Reply::Json(200, "<html>captive portal</html>"),
        Reply::Json(200, r#"{"id":"AA="}"#),
        Reply::Cut,
    ] {
        let server = Scripted::new([reply.clone()]).await;
        let looked = graph(&server).look("AA=", &message(TO_X)).await;
        assert_eq!(outcome(looked), SendOutcome::Unclear, "{reply:?}");
    }
}

#[tokio::test]
async fn outlooks_wish_to_wait_is_heard() {
    let throttled = r#"{"error":{"code":"ApplicationThrottled","message":"m"}}"#;
    for (reply, expect) in [
        (Reply::With(429, "Retry-After: 17", throttled), Some(17)),
        (Reply::Json(429, throttled), None),
        (says_no!(403, "ErrorExceededMessageLimit", "m"), Some(3600)),
        (Reply::With(503, "Retry-After: 5", "{}"), Some(5)),
    ] {
        let server = Scripted::new([Reply::Json(200, DRAFT), reply]).await;
        let error = graph(&server).send_draft("AA=").await.unwrap_err();
        assert_eq!(error.retry_after_seconds, expect, "{error:?}");
    }
}

#[tokio::test]
async fn a_rejected_token_is_renewed_once() {
    let renewed = r#"{"access_token":"token-2","token_type":"Bearer","expires_in":3599}"#;
    let no = says_no!(
        401,
        "InvalidAuthenticationToken",
        "Lifetime validation failed"
    );
    let server = Scripted::new([
        no.clone(),
        Reply::Json(200, renewed),
        Reply::Json(200, DRAFT),
        Reply::Json(202, ""),
    ])
    .await;
    graph(&server).send_draft("AA=").await.unwrap();
    assert_eq!(
        server.seen()[2].header("authorization"),
        Some("Bearer token-2")
    );

    let server = Scripted::new([no.clone(), Reply::Json(200, renewed), no]).await;
    let error = graph(&server).send_draft("AA=").await.unwrap_err();
    assert_eq!(error.outcome, SendOutcome::NeedsSignIn);
    assert_eq!(error.error.code, Code::AccountNotConnected);
    assert_eq!(server.seen().len(), 3, "not for ever");
}

#[tokio::test]
async fn recipients_that_outlook_did_not_understand_are_set_or_nothing_is_sent() {
    let mail = b"To: x@example.com\r\nBcc: =?utf-8?q?J=C3=BCrgen?= <b@example.com>\r\n\r\nx";
    let with_bcc = r#"{"id":"AA=","isDraft":true,
        "toRecipients":[{"emailAddress":{"address":"x@example.com"}}],
        "bccRecipients":[{"emailAddress":{"address":"B@example.com"}}]}"#;
    let server = Scripted::new([Reply::Json(201, DRAFT), Reply::Json(200, with_bcc)]).await;
    graph(&server).create_draft(&message(mail)).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[1].line, "PATCH /v1.0/me/messages/AA= HTTP/1.1");
    assert_eq!(
        serde_json::from_slice::<Value>(&seen[1].body).unwrap(),
        json!({
            "toRecipients": [{ "emailAddress": { "address": "x@example.com" } }],
            "ccRecipients": [],
            "bccRecipients": [{ "emailAddress": { "name": "Jürgen", "address": "b@example.com" } }],
        })
    );
    let stored = STANDARD.decode(&seen[0].body).unwrap();
    assert_eq!(
        stored, b"To: x@example.com\r\n\r\nx",
        "nobody sees a blind copy"
    );
    // Understood at once.
    let server = Scripted::new([Reply::Json(201, with_bcc)]).await;
    graph(&server).create_draft(&message(mail)).await.unwrap();
    // Not even then: better no mail than one that lacks somebody. The draft is taken away.
    let server = Scripted::new([
        Reply::Json(201, DRAFT),
        Reply::Json(200, DRAFT),
        Reply::Json(204, ""),
    ])
    .await;
    let error = graph(&server)
        .create_draft(&message(mail))
        .await
        .unwrap_err();
    assert_eq!(error.outcome, SendOutcome::Refused);
    assert!(
        error.error.message.contains("recipients"),
        "{}",
        error.error.message
    );
    assert_eq!(
        server.seen()[2].line,
        "DELETE /v1.0/me/messages/AA= HTTP/1.1"
    );
}

#[tokio::test]
async fn an_upload_gives_its_token_to_nobody_and_goes_nowhere_unsafe() {
    let bytes = freeze(&with_file(3_100_000)).unwrap();
    for address in [
        "http://evil.example/upload",
        "ftp://127.0.0.1/x",
        "",
        "/upload",
    ] {
        let session = format!(r#"{{"uploadUrl":"{address}","nextExpectedRanges":["0-"]}}"#);
        let server = Scripted::new([
            Reply::Json(201, DRAFT_OF_TWO),
            Reply::Json(201, session.leak()),
            Reply::Json(204, ""),
        ])
        .await;
        let error = graph(&server)
            .create_draft(&message(&bytes))
            .await
            .unwrap_err();
        assert_eq!(error.outcome, SendOutcome::Unclear, "{address}");
        assert_eq!(server.seen().len(), 3, "{address}: nothing was uploaded");
    }
}

#[tokio::test]
async fn there_is_no_sending_without_a_draft() {
    let server = Scripted::new([]).await;
    assert_eq!(
        outcome(graph(&server).send(&message(TO_X)).await),
        SendOutcome::Refused
    );
    assert!(server.seen().is_empty());
}

// ---- whole transmissions, to a mailbox ----

/// The mailbox's server.
struct Outlook {
    base: Url,
    process: Child,
    _output: std::process::ChildStdout,
}

impl Outlook {
    fn start() -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/tools/outlook.py");
        let mut process = Command::new(&script)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", script.display()));
        let mut output = std::io::BufReader::new(process.stdout.take().unwrap());
        let mut port = String::new();
        std::io::BufRead::read_line(&mut output, &mut port).unwrap();
        Self {
            base: format!("http://127.0.0.1:{}", port.trim()).parse().unwrap(),
            process,
            _output: output.into_inner(),
        }
    }

    fn graph(&self) -> Graph {
        // Tokens are never renewed here but where a test says so.
        let endpoints =
            Endpoints::microsoft(&microsoft_client(), |_| Some(format!("{}token", self.base)));
        // Large mails take more than an instant to take in.
        connected(&self.base, &endpoints.unwrap()).with_patience(Duration::from_secs(5))
    }

    async fn control(&self, what: &str, body: &Value) {
        let url = self.base.join(&format!("control/{what}")).unwrap();
        let answer = http().post(url).json(body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    async fn goes_wrong(&self, faults: Value) {
        self.control("faults", &faults).await;
    }

    async fn messages(&self) -> Vec<Value> {
        let url = self.base.join("control/mailbox").unwrap();
        let answer = http().get(url).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// What was sent, each as often as it was; and how many drafts lie there.
    async fn mailbox(&self) -> (Vec<Value>, usize) {
        let all = self.messages().await;
        let times = |one: &Value| one["sent"].as_u64().unwrap() as usize;
        let sent = all
            .iter()
            .flat_map(|one| vec![one.clone(); times(one)])
            .collect();
        let is_left = |one: &&Value| times(one) == 0 && one["deleted"] == false;
        (sent, all.iter().filter(is_left).count())
    }
}

impl Drop for Outlook {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const DRAFT_OF_TWO: &str = r#"{"id":"AA=","isDraft":true,
    "toRecipients":[{"emailAddress":{"address":"juergen@example.org"}}],
    "bccRecipients":[{"emailAddress":{"address":"bob@example.com"}}]}"#;

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox {
        name: Some(name.to_owned()),
        address: address.to_owned(),
    }
}

fn with_file(size: usize) -> Composition {
    let from = mailbox("Ada Lovelace", "ada@example.com");
    Composition {
        message_id: message_id([9; 16], NOW, &from).unwrap(),
        from,
        to: vec![mailbox("Jürgen Groß", "juergen@example.org")],
        cc: vec![],
        bcc: vec![mailbox("Bob", "bob@example.com")],
        subject: "Grüße 🙂 und ein Angebot".into(),
        text: "Hallo Jürgen,\n\n- eins\n- zwei\n\nGrüße 🙂".into(),
        html: "<p>Hallo Jürgen,</p><img src=\"cid:a@draftwell\">".into(),
        attached: if size == 0 {
            vec![]
        } else {
            vec![AttachedPart {
                file_name: "Angebot für Groß.pdf".into(),
                mime: "application/pdf".into(),
                bytes: (0..size).map(|n| (n % 253) as u8).collect(),
            }]
        },
        inline: vec![InlinePart {
            cid: "a@draftwell".into(),
            mime: "image/png".into(),
            file_name: "bild.png".into(),
            bytes: (0..=255).collect(),
        }],
        date: NOW,
        answers: None,
    }
}

fn sha256(bytes: &[u8]) -> String {
    use std::io::Write;
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

/// What a mail in the mailbox has that is not as composed.
fn differences(found: &Value, mail: &Composition) -> Vec<String> {
    let mut differences = Vec::new();
    for (kind, wanted) in [
        ("toRecipients", &mail.to),
        ("ccRecipients", &mail.cc),
        ("bccRecipients", &mail.bcc),
    ] {
        let wanted: Vec<_> = wanted
            .iter()
            .map(|one| wire_address(&one.address).unwrap())
            .collect();
        let has: Vec<_> = found[kind]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one[1].as_str().unwrap().to_owned())
            .collect();
        if has != wanted {
            differences.push(format!("{kind}: {has:?} instead of {wanted:?}"));
        }
    }
    let mime = STANDARD.decode(found["mime"].as_str().unwrap()).unwrap();
    let parsed = mail_parser::MessageParser::default().parse(&mime).unwrap();
    if parsed.bcc().is_some() {
        differences.push("blind copies that everybody sees".into());
    }
    let header = |name: &str| {
        parsed
            .header_raw(name)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    if header("Message-ID") != mail.message_id {
        differences.push(format!("Message-ID: {}", header("Message-ID")));
    }
    if let Some(answers) = &mail.answers
        && header("In-Reply-To") != answers.message_id
    {
        differences.push(format!("In-Reply-To: {}", header("In-Reply-To")));
    }
    let lines = |text: &str| {
        text.replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\0', "")
    };
    let same =
        |a: &str, b: &str| lines(a).trim_end_matches('\n') == lines(b).trim_end_matches('\n');
    if !same(&parsed.body_text(0).unwrap_or_default(), &mail.text) {
        differences.push("its text".into());
    }
    if !mail.html.is_empty() && !same(&parsed.body_html(0).unwrap_or_default(), &mail.html) {
        differences.push("its HTML".into());
    }
    // Files: those in the message, then those that were added to it.
    let mut files: Vec<(String, String)> = Vec::new();
    for part in parsed.attachments() {
        use mail_parser::MimeHeaders;
        let is_image = part.content_id().is_some();
        let name = if is_image {
            part.content_id()
        } else {
            part.attachment_name()
        };
        let raw = &mime[part.raw_body_offset() as usize..part.raw_end_offset() as usize];
        let bytes = mail_parser::decoders::base64::base64_decode(raw).unwrap_or_default();
        files.push((name.unwrap_or_default().to_owned(), sha256(&bytes)));
    }
    for file in found["files"].as_array().unwrap() {
        let name = file["contentId"]
            .as_str()
            .or(file["name"].as_str())
            .unwrap();
        files.push((name.to_owned(), file["sha256"].as_str().unwrap().to_owned()));
    }
    let images = mail
        .inline
        .iter()
        .map(|one| (one.cid.clone(), sha256(&one.bytes)));
    let attached = mail.attached.iter();
    let attached = attached.map(|one| (clean_name(&one.file_name), sha256(&one.bytes)));
    let wanted: Vec<_> = images.chain(attached).collect();
    if files != wanted {
        differences.push(format!("files: {files:?} instead of {wanted:?}"));
    }
    differences
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_composed() {
    let outlook = Outlook::start();
    let mail = with_file(5_000);
    let bytes = freeze(&mail).unwrap();
    let (state, steps) = work(&outlook.graph(), Method::ThroughDraft, &bytes).await;
    assert_eq!(state.status, EmailStatus::Sent, "{state:?}");
    assert!(state.confirmed);
    assert_eq!(
        steps,
        ["creating_draft", "draft_created", "sending", "settled"]
    );
    let (sent, drafts) = outlook.mailbox().await;
    assert_eq!((sent.len(), drafts), (1, 0));
    let message = state.sent.unwrap();
    assert_eq!(json!(message.id), sent[0]["id"], "the immutable id");
    assert_eq!(json!(message.thread_id), sent[0]["conversation"]);
    assert_eq!(
        STANDARD.decode(sent[0]["mime"].as_str().unwrap()).unwrap(),
        without_bcc(&bytes),
        "the message itself, byte for byte"
    );
    assert_eq!(differences(&sent[0], &mail), [""; 0]);
}

#[tokio::test]
async fn files_of_every_size_arrive() {
    let outlook = Outlook::start();
    for sizes in [
        // Just beyond one request; one below and one above what goes in one; several pieces.
        &[2_100_000][..],
        &[2_999_999, 3_000_000],
        &[10_000_000, 0, 17],
        &[12 * 320 * 1024 * 2],
    ] {
        let mut mail = with_file(0);
        for (n, size) in sizes.iter().enumerate() {
            mail.attached.push(AttachedPart {
                file_name: format!("Datei {n} ü.pdf"),
                mime: "application/pdf".into(),
                bytes: (0..*size).map(|n| (n % 253) as u8).collect(),
            });
        }
        let bytes = freeze(&mail).unwrap();
        let (state, _) = work(&outlook.graph(), Method::ThroughDraft, &bytes).await;
        assert_eq!(state.status, EmailStatus::Sent, "{sizes:?}: {state:?}");
        let (sent, drafts) = outlook.mailbox().await;
        assert_eq!(drafts, 0);
        let last = sent.last().unwrap();
        assert_eq!(differences(last, &mail), [""; 0], "{sizes:?}");
    }
    // Images of the text, too.
    let mut mail = with_file(10);
    mail.inline[0].bytes = vec![7; 4_000_000];
    let bytes = freeze(&mail).unwrap();
    let (state, _) = work(&outlook.graph(), Method::ThroughDraft, &bytes).await;
    assert_eq!(state.status, EmailStatus::Sent, "{state:?}");
    let (sent, _) = outlook.mailbox().await;
    let last = sent.last().unwrap();
    assert_eq!(differences(last, &mail), [""; 0]);
    assert_eq!(last["files"][0]["isInline"], true);
}

#[tokio::test]
async fn every_mail_of_the_corpus_arrives_as_it_was_composed() {
    let outlook = Outlook::start();
    let graph = outlook.graph();
    let mails = mails::all();
    assert!(mails.len() >= 60);
    let mut problems = Vec::new();
    for (name, mail) in &mails {
        let bytes = freeze(mail).unwrap();
        let id = graph.create_draft(&message(&bytes)).await.unwrap();
        graph.send_draft(&id).await.unwrap();
        let (sent, _) = outlook.mailbox().await;
        let found = sent.iter().find(|one| one["id"] == id).unwrap();
        for problem in differences(found, mail) {
            problems.push(format!("{name}: {problem:.300}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let (sent, drafts) = outlook.mailbox().await;
    assert_eq!((sent.len(), drafts), (mails.len(), 0));
}

/// What goes wrong, and how it ends: whether it is confirmed, and how many drafts stay behind.
struct Case {
    faults: Value,
    confirmed: bool,
    drafts_left: usize,
    file: usize,
}

fn case(faults: Value, drafts_left: usize) -> Case {
    Case {
        faults,
        confirmed: true,
        drafts_left,
        file: 0,
    }
}

#[tokio::test]
async fn broken_connections_lose_and_double_nothing() {
    let (create, send, get) = ("/messages$", "/send$", "/messages/[^/]+$");
    let fault = |method: &str, path: &str, what: &str| json!({ "method": method, "path": path, "what": what });
    let busy = |method: &str, path: &str, status: u16, code: &str| {
        json!({ "method": method, "path": path, "what": "status", "status": status, "code": code,
                "headers": { "Retry-After": "1" } })
    };
    let cases = [
        // Carried out, but we aren't told: it is found under its id.
        case(json!([fault("POST", send, "lose_reply")]), 0),
        // Never arrived: it is still there, twice, so it is sent again.
        case(json!([fault("POST", send, "lose_request")]), 0),
        case(
            json!([
                fault("POST", send, "lose_request"),
                fault("POST", send, "lose_reply")
            ]),
            0,
        ),
        // An unclear create leaves a draft behind at worst.
        case(json!([fault("POST", create, "lose_reply")]), 1),
        case(json!([fault("POST", create, "lose_request")]), 0),
        case(json!([fault("POST", create, "truncate")]), 1),
        // Looking, before the send and after it.
        case(json!([fault("GET", get, "lose_reply")]), 0),
        case(
            json!([fault("POST", send, "lose_reply"), { "method": "GET", "path": get, "what": "truncate", "after": 1 }]),
            0,
        ),
        // The service is busy, or limits, before and at the send.
        case(json!([busy("POST", create, 503, "ServiceUnavailable")]), 0),
        case(
            json!([busy("POST", create, 429, "ApplicationThrottled")]),
            0,
        ),
        case(json!([busy("POST", send, 429, "ApplicationThrottled")]), 0),
        case(json!([busy("POST", send, 503, "ServiceUnavailable")]), 0),
        // Recipients that couldn't be set: the incomplete draft is taken away again.
        case(json!([fault("PATCH", get, "lose_reply")]), 0),
        case(json!([busy("PATCH", get, 503, "ServiceUnavailable")]), 0),
    ];
    let with_files = [
        json!([fault("PUT", "/upload/", "lose_request")]),
        json!([fault("PUT", "/upload/", "lose_reply")]),
        json!([busy("PUT", "/upload/", 503, "ServiceUnavailable")]),
        json!([busy("PUT", "/upload/", 429, "ApplicationThrottled")]),
        json!([{ "method": "PUT", "path": "/upload/", "what": "lose_reply", "after": 1 }]),
        json!([fault("POST", "/createUploadSession$", "lose_reply")]),
        json!([{ "method": "PUT", "path": "/upload/", "what": "truncate" }]),
        // The last piece's answer: the session is over and says so; another draft is made.
        json!([{ "method": "PUT", "path": "/upload/", "what": "lose_reply", "after": 2 }]),
    ];
    let with_files = with_files.into_iter().map(|faults| Case {
        file: 10_000_000,
        ..case(faults, 0)
    });
    let outlook = Outlook::start();
    let (mut sent_so_far, mut left_so_far) = (0, 0);
    for Case {
        faults,
        confirmed,
        drafts_left,
        file,
    } in cases.into_iter().chain(with_files)
    {
        outlook.goes_wrong(faults.clone()).await;
        let mail = with_file(file);
        let (state, steps) = work(
            &outlook.graph(),
            Method::ThroughDraft,
            &freeze(&mail).unwrap(),
        )
        .await;
        assert_eq!(
            state.status,
            EmailStatus::Sent,
            "{faults} {steps:?} {state:?}"
        );
        assert_eq!(state.confirmed, confirmed, "{faults} {steps:?}");
        (sent_so_far, left_so_far) = (sent_so_far + 1, left_so_far + drafts_left);
        let (sent, drafts) = outlook.mailbox().await;
        assert_eq!(
            sent.len(),
            sent_so_far,
            "exactly one more: {faults} {steps:?}"
        );
        assert_eq!(
            differences(sent.last().unwrap(), &mail),
            [""; 0],
            "{faults} {steps:?}"
        );
        assert_eq!(drafts, left_so_far, "{faults}");
    }
}

#[tokio::test]
async fn a_copy_that_appears_late_is_waited_for() {
    let outlook = Outlook::start();
    outlook.control("hide", &json!(2)).await;
    outlook
        .goes_wrong(json!([{ "method": "POST", "path": "/send$", "what": "lose_reply" }]))
        .await;
    let bytes = freeze(&with_file(0)).unwrap();
    let (state, steps) = work(&outlook.graph(), Method::ThroughDraft, &bytes).await;
    assert_eq!(
        (state.status, state.confirmed),
        (EmailStatus::Sent, true),
        "{steps:?}"
    );
    assert_eq!(outlook.mailbox().await.0.len(), 1);
}

#[tokio::test]
async fn what_somebody_did_in_outlook_is_not_done_again() {
    let outlook = Outlook::start();
    let graph = outlook.graph();
    let bytes = freeze(&with_file(0)).unwrap();
    let mail = message(&bytes);
    let id = graph.create_draft(&mail).await.unwrap();
    assert_eq!(graph.look(&id, &mail).await.unwrap(), Found::StillThere);
    graph.send_draft(&id).await.unwrap();
    assert!(matches!(
        graph.look(&id, &mail).await.unwrap(),
        Found::Sent(_)
    ));
    assert_eq!(outcome(graph.send_draft(&id).await), SendOutcome::DraftGone);
    assert_eq!(outlook.mailbox().await.0.len(), 1, "it went out once");
}
