//! Sending through Gmail: what each answer proves, and whole transmissions against Google's
//! emulator with connections that break at the worst moments.

mod common;

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE};
use common::{Google, Harm, Kept, Middle, NOW, Reply, Scripted, clock, tokens, work};
use draftwell_core::{
    Code,
    account::Abilities,
    address::Mailbox,
    id::EmailId,
    message::{Composition, InlinePart, freeze, message_id},
    outbox::{EmailStatus, Method},
    ports::{Found, MailSender, OutgoingMessage, SendOutcome, StepResult},
};
use draftwell_providers::{
    gmail::Gmail,
    oauth::{GoogleClient, SignedIn, TokenSource},
};
use url::Url;

const SENT: &str = r#"{"id":"m1","threadId":"t1","labelIds":["SENT"]}"#;
const DRAFT: &str = r#"{"id":"d1","message":{"id":"m0","threadId":"t1"}}"#;

fn gmail(server: &Scripted) -> Gmail {
    let client = GoogleClient::new("client.example", None).unwrap();
    let endpoints = server.endpoints();
    let tokens = tokens("token-1", 900);
    let source = TokenSource::new(
        client,
        &endpoints,
        tokens,
        Arc::new(Kept::default()),
        clock(),
    );
    Gmail::new(&endpoints.api, Arc::new(source), clock()).unwrap()
}

fn message(bytes: &[u8]) -> OutgoingMessage {
    OutgoingMessage {
        id: EmailId(uuid::Uuid::nil()),
        recipients: vec!["bob@example.org".into()],
        bytes: bytes.to_vec().into(),
        thread_id: None,
    }
}

fn outcome<T: std::fmt::Debug>(result: StepResult<T>) -> SendOutcome {
    result.unwrap_err().outcome
}

/// A Gmail error with a status, a reason and words.
macro_rules! says_no {
    ($status:literal, $reason:literal, $message:literal) => {
        Reply::Json(
            $status,
            concat!(
                r#"{"error":{"code":"#,
                stringify!($status),
                r#","message":""#,
                $message,
                r#"","errors":[{"domain":"global","reason":""#,
                $reason,
                r#"","message":"x"}],"status":"S"}}"#
            ),
        )
    };
}

#[tokio::test]
async fn the_requests_are_the_ones_gmail_documents() {
    let server = Scripted::new([
        Reply::Json(200, DRAFT),
        Reply::Json(200, SENT),
        Reply::Json(200, DRAFT),
        Reply::Json(200, SENT),
    ])
    .await;
    let gmail = gmail(&server);
    let bytes = b"To: x@example.com\r\n\r\n\xff\xfe~~";
    assert_eq!(gmail.create_draft(&message(bytes)).await.unwrap(), "d1");
    let sent = gmail.send_draft("d1").await.unwrap();
    assert_eq!(
        (sent.id.as_str(), sent.thread_id.as_deref()),
        ("m1", Some("t1"))
    );
    assert_eq!(
        gmail.look("d/1?x", &message(bytes)).await.unwrap(),
        Found::StillThere
    );
    let mut in_thread = message(bytes);
    in_thread.thread_id = Some("t1".into());
    gmail.send(&in_thread).await.unwrap();

    let seen = server.seen();
    let lines: Vec<_> = seen.iter().map(|one| one.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "POST /gmail/v1/users/me/drafts HTTP/1.1",
            "POST /gmail/v1/users/me/drafts/send HTTP/1.1",
            "GET /gmail/v1/users/me/drafts/d%2F1%3Fx?format=minimal HTTP/1.1",
            "POST /gmail/v1/users/me/messages/send HTTP/1.1",
        ]
    );
    for one in &seen {
        assert_eq!(one.header("authorization"), Some("Bearer token-1"));
        assert!(one.header("user-agent").unwrap().starts_with("Draftwell/"));
    }
    let body: serde_json::Value = serde_json::from_slice(&seen[0].body).unwrap();
    let raw = body["message"]["raw"].as_str().unwrap();
    let padded = format!("{raw}{}", "=".repeat((4 - raw.len() % 4) % 4));
    assert_eq!(URL_SAFE.decode(padded).unwrap(), bytes);
    assert_eq!(seen[1].text(), r#"{"id":"d1"}"#);
    let body: serde_json::Value = serde_json::from_slice(&seen[3].body).unwrap();
    assert_eq!(body["threadId"], "t1");
}

#[tokio::test]
async fn a_large_message_is_uploaded_as_it_is() {
    let server = Scripted::new([Reply::Json(200, DRAFT), Reply::Json(200, SENT)]).await;
    let gmail = gmail(&server);
    let large = message(&vec![b'x'; 3_000_001]);
    gmail.create_draft(&large).await.unwrap();
    gmail.send(&large).await.unwrap();
    let seen = server.seen();
    assert_eq!(
        seen[0].line,
        "POST /upload/gmail/v1/users/me/drafts?uploadType=media HTTP/1.1"
    );
    assert_eq!(seen[0].header("content-type"), Some("message/rfc822"));
    assert_eq!(seen[0].header("authorization"), Some("Bearer token-1"));
    assert_eq!(seen[0].body, large.bytes);
    assert_eq!(
        seen[1].line,
        "POST /upload/gmail/v1/users/me/messages/send?uploadType=media HTTP/1.1"
    );
}

/// Bytes alone can't name their thread, so it is named before they come.
#[tokio::test]
async fn a_large_answer_is_uploaded_as_it_is_and_names_its_thread() {
    const OPENED: Reply = Reply::With(200, "Location: {base}/door?upload_id=1", "");
    let mut large = message(&vec![b'x'; 3_000_001]);
    large.thread_id = Some("t1".into());
    let replies = [
        OPENED,
        Reply::Json(200, DRAFT),
        OPENED,
        Reply::Json(200, SENT),
    ];
    let server = Scripted::new(replies).await;
    let sender = gmail(&server);
    assert_eq!(sender.create_draft(&large).await.unwrap(), "d1");
    assert_eq!(sender.send(&large).await.unwrap().id, "m1");
    let seen = server.seen();
    let lines: Vec<_> = seen.iter().map(|one| one.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "POST /upload/gmail/v1/users/me/drafts?uploadType=resumable HTTP/1.1",
            "PUT /door?upload_id=1 HTTP/1.1",
            "POST /upload/gmail/v1/users/me/messages/send?uploadType=resumable HTTP/1.1",
            "PUT /door?upload_id=1 HTTP/1.1",
        ]
    );
    assert_eq!(seen[0].text(), r#"{"message":{"threadId":"t1"}}"#);
    assert_eq!(seen[2].text(), r#"{"threadId":"t1"}"#);
    for (opened, put) in [(&seen[0], &seen[1]), (&seen[2], &seen[3])] {
        let type_to_come = opened.header("x-upload-content-type");
        assert_eq!(type_to_come, Some("message/rfc822"));
        assert_eq!(opened.header("x-upload-content-length"), Some("3000001"));
        assert_eq!(put.header("content-type"), Some("message/rfc822"));
        assert_eq!(put.header("authorization"), Some("Bearer token-1"));
        assert_eq!(put.body, large.bytes);
    }

    // Before the bytes were asked for nothing can have left; afterwards that is not known. They go
    // nowhere that isn't safe.
    use SendOutcome::{NotActed, Unclear};
    for (replies, expect, asked) in [
        (vec![Reply::Cut], NotActed, 1),
        (vec![says_no!(503, "backendError", "m")], NotActed, 1),
        (vec![Reply::Json(200, "{}")], NotActed, 1),
        (
            vec![Reply::With(200, "Location: http://gmail.example/door", "")],
            NotActed,
            1,
        ),
        (vec![OPENED, Reply::Cut], Unclear, 2),
        (vec![OPENED, says_no!(503, "backendError", "m")], Unclear, 2),
        (vec![OPENED, Reply::Json(308, "")], Unclear, 2),
    ] {
        let told = format!("{replies:?}");
        let server = Scripted::new(replies).await;
        assert_eq!(outcome(gmail(&server).send(&large).await), expect, "{told}");
        assert_eq!(server.seen().len(), asked, "{told}");
    }

    // On another host the address opens itself; the token is not for it.
    let elsewhere = Scripted::new([Reply::Json(200, DRAFT)]).await;
    let opened = format!("Location: {}door", elsewhere.base).leak();
    let server = Scripted::new([Reply::With(200, opened, "")]).await;
    gmail(&server).create_draft(&large).await.unwrap();
    assert_eq!(elsewhere.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn what_each_answer_proves() {
    use SendOutcome::{DraftGone, NeedsSignIn, NotActed, Refused, Unclear, Unreachable};
    let rate = says_no!(429, "rateLimitExceeded", "Too many requests");
    let scope = r#"{"error":{"code":403,"message":"m","status":"PERMISSION_DENIED",
        "errors":[{"reason":"forbidden"}],"details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}"#;
    let disabled = r#"{"error":{"code":403,"message":"m","status":"PERMISSION_DENIED",
        "details":[{"@type":"x","reason":"SERVICE_DISABLED"}]}}"#;
    for (reply, expect, code) in [
        (rate.clone(), NotActed, Code::RateLimitExceeded),
        (
            says_no!(403, "userRateLimitExceeded", "m"),
            NotActed,
            Code::RateLimitExceeded,
        ),
        (
            says_no!(403, "rateLimitExceeded", "m"),
            NotActed,
            Code::RateLimitExceeded,
        ),
        (
            says_no!(403, "dailyLimitExceeded", "m"),
            NotActed,
            Code::GmailQuotaExceeded,
        ),
        (
            says_no!(403, "quotaExceeded", "m"),
            NotActed,
            Code::GmailQuotaExceeded,
        ),
        (
            says_no!(429, "rateLimitExceeded", "Mail sending limit exceeded"),
            NotActed,
            Code::GmailQuotaExceeded,
        ),
        (
            says_no!(403, "insufficientPermissions", "m"),
            NeedsSignIn,
            Code::GmailTokenExpired,
        ),
        (
            Reply::Json(403, scope),
            NeedsSignIn,
            Code::GmailTokenExpired,
        ),
        (
            says_no!(403, "accessNotConfigured", "m"),
            Refused,
            Code::GmailApiError,
        ),
        (Reply::Json(403, disabled), Refused, Code::GmailApiError),
        (
            says_no!(403, "domainPolicy", "m"),
            Refused,
            Code::GmailApiError,
        ),
        (
            says_no!(400, "invalidArgument", "Invalid To header"),
            Refused,
            Code::GmailApiError,
        ),
        (
            says_no!(400, "failedPrecondition", "Mail service not enabled"),
            Refused,
            Code::GmailApiError,
        ),
        (
            says_no!(413, "uploadTooLarge", "m"),
            Refused,
            Code::FileTooLarge,
        ),
        (
            says_no!(404, "notFound", "Requested entity was not found."),
            DraftGone,
            Code::NotFound,
        ),
        (
            says_no!(500, "backendError", "m"),
            Unclear,
            Code::GmailApiError,
        ),
        (
            says_no!(503, "backendError", "m"),
            Unclear,
            Code::GmailApiError,
        ),
        // It gave up waiting, and may have gone on all the same.
        (says_no!(408, "timeout", "m"), Unclear, Code::GmailApiError),
        (
            says_no!(499, "cancelled", "The operation was cancelled."),
            Unclear,
            Code::GmailApiError,
        ),
        // Not Gmail's form: something on the way says so, and what Gmail did is not known.
        (
            Reply::Json(404, "\"no such page\""),
            Unclear,
            Code::GmailApiError,
        ),
        (
            Reply::Json(403, "blocked by your firewall"),
            Unclear,
            Code::GmailApiError,
        ),
        (Reply::Json(302, "{}"), Unclear, Code::GmailApiError),
        (Reply::Json(200, "{}"), Unclear, Code::GmailApiError),
        (Reply::Json(200, ""), Unclear, Code::GmailApiError),
        (Reply::CutBody, Unclear, Code::GmailApiError),
        (Reply::Cut, Unclear, Code::GmailApiError),
        (Reply::Noise, Unclear, Code::GmailApiError),
    ] {
        let server = Scripted::new([reply.clone()]).await;
        let error = gmail(&server).send_draft("d1").await.unwrap_err();
        assert_eq!(
            (error.outcome, error.error.code),
            (expect, code),
            "{reply:?}: {error:?}"
        );
        assert_eq!(
            server.seen().len(),
            1,
            "never tried again by itself: {reply:?}"
        );
        assert!(!error.error.message.contains("token-1"));
    }
    // Nobody listens: nothing was asked.
    let server = Scripted::new([]).await;
    let gmail = gmail(&server);
    drop(server);
    tokio::task::yield_now().await;
    assert_eq!(outcome(gmail.send_draft("d1").await), Unreachable);
}

#[tokio::test]
async fn silence_proves_nothing() {
    let server = Scripted::new(vec![Reply::Silence; 4]).await;
    let gmail = gmail(&server).with_patience(Duration::from_millis(50));
    let mail = message(b"x");
    assert_eq!(
        outcome(gmail.create_draft(&mail).await),
        SendOutcome::Unclear
    );
    assert_eq!(outcome(gmail.send_draft("d1").await), SendOutcome::Unclear);
    assert_eq!(
        outcome(gmail.look("d1", &message(b"")).await),
        SendOutcome::Unclear
    );
    assert_eq!(outcome(gmail.send(&mail).await), SendOutcome::Unclear);
    assert_eq!(server.seen().len(), 4, "never asked again by itself");
}

#[tokio::test]
async fn not_found_means_gone_only_for_drafts() {
    let not_found = says_no!(404, "notFound", "m");
    let server = Scripted::new(vec![not_found; 4]).await;
    let gmail = gmail(&server);
    assert_eq!(gmail.look("d1", &message(b"")).await.unwrap(), Found::Gone);
    assert_eq!(
        outcome(gmail.send_draft("d1").await),
        SendOutcome::DraftGone
    );
    assert_eq!(
        outcome(gmail.create_draft(&message(b"x")).await),
        SendOutcome::Refused
    );
    assert_eq!(
        outcome(gmail.send(&message(b"x")).await),
        SendOutcome::Refused
    );
}

#[tokio::test]
async fn looking_for_a_draft_claims_nothing_without_gmails_word() {
    let server = Scripted::new([
        Reply::Json(404, "<html>captive portal</html>"),
        Reply::Json(200, "<html>captive portal</html>"),
        Reply::Cut,
    ])
    .await;
    let gmail = gmail(&server);
    for _ in 0..3 {
        assert_eq!(
            outcome(gmail.look("d1", &message(b"")).await),
            SendOutcome::Unclear
        );
    }
}

#[tokio::test]
async fn gmails_wish_to_wait_is_heard() {
    let body = r#"{"error":{"code":429,"message":"m","errors":[{"reason":"rateLimitExceeded"}]}}"#;
    // NOW is 2025-10-09T08:53:20Z.
    let words = says_no!(
        429,
        "rateLimitExceeded",
        "User-rate limit exceeded.  Retry after 2025-10-09T08:54:00.500Z"
    );
    let past = says_no!(
        429,
        "rateLimitExceeded",
        "Retry after 2020-01-01T00:00:00Z (Mail)"
    );
    let server = Scripted::new([
        Reply::With(429, "Retry-After: 17", body),
        words,
        past,
        Reply::Json(429, body),
        says_no!(403, "dailyLimitExceeded", "m"),
        Reply::With(503, "Retry-After: 5", "{}"),
    ])
    .await;
    let gmail = gmail(&server);
    for expect in [Some(17), Some(41), Some(0), None, Some(3600), Some(5)] {
        let error = gmail.send_draft("d1").await.unwrap_err();
        assert_eq!(error.retry_after_seconds, expect, "{error:?}");
    }
}

#[tokio::test]
async fn a_rejected_token_is_renewed_once() {
    let renewed = r#"{"access_token":"token-2","token_type":"Bearer","expires_in":3599}"#;
    let no = r#"{"error":{"code":401,"message":"Invalid Credentials","status":"UNAUTHENTICATED"}}"#;
    let server = Scripted::new([
        Reply::Json(401, no),
        Reply::Json(200, renewed),
        Reply::Json(200, SENT),
    ])
    .await;
    gmail(&server).send_draft("d1").await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[1].line, "POST /token_url HTTP/1.1");
    assert_eq!(seen[2].header("authorization"), Some("Bearer token-2"));

    let server = Scripted::new([
        Reply::Json(401, no),
        Reply::Json(200, renewed),
        Reply::Json(401, no),
    ])
    .await;
    assert_eq!(
        outcome(gmail(&server).send_draft("d1").await),
        SendOutcome::NeedsSignIn
    );
    assert_eq!(server.seen().len(), 3, "not for ever");

    let dead = r#"{"error":"invalid_grant"}"#;
    let server = Scripted::new([Reply::Json(401, no), Reply::Json(400, dead)]).await;
    let error = gmail(&server).send_draft("d1").await.unwrap_err();
    assert_eq!(error.outcome, SendOutcome::NeedsSignIn);
    assert!(
        error.error.message.contains("7 days"),
        "{}",
        error.error.message
    );
}

#[tokio::test]
async fn gmails_own_words_are_shown_on_one_line() {
    let server = Scripted::new([says_no!(
        400,
        "invalidArgument",
        "Invalid\\r\\nTo \\u0000header."
    )])
    .await;
    let error = gmail(&server).send_draft("d1").await.unwrap_err();
    assert_eq!(
        error.error.message,
        "Gmail doesn't take this mail. It said: “Invalid To header”"
    );
}

// ---- whole transmissions, against the emulator ----

fn a_mail() -> Vec<u8> {
    let mailbox = |name: &str, address: &str| Mailbox {
        name: Some(name.to_owned()),
        address: address.to_owned(),
    };
    let from = mailbox("Ada Lovelace", "ada@example.com");
    freeze(&Composition {
        message_id: message_id([9; 16], NOW, &from).unwrap(),
        from,
        to: vec![mailbox("Jürgen Groß", "juergen@example.org")],
        cc: vec![],
        bcc: vec![mailbox("Bob", "bob@gmail.com")],
        subject: "Grüße 🙂 und ein Angebot".into(),
        text: "Hallo Jürgen,\n\n- eins\n- zwei\n\nGrüße 🙂".into(),
        html: "<p>Hallo Jürgen,</p><img src=\"cid:a@draftwell\">".into(),
        attached: vec![],
        inline: vec![InlinePart {
            cid: "a@draftwell".into(),
            mime: "image/png".into(),
            file_name: "bild.png".into(),
            bytes: (0..=255).collect(),
        }],
        date: NOW,
        answers: None,
    })
    .unwrap()
}

fn connected(google: &Google, base: &Url, signed_in: &SignedIn) -> Gmail {
    let client = GoogleClient::new("client.apps.googleusercontent.com", Some("s")).unwrap();
    let source = TokenSource::new(
        client,
        &google.endpoints(),
        signed_in.tokens.clone(),
        Arc::new(Kept::default()),
        clock(),
    );
    Gmail::new(base, Arc::new(source), clock()).unwrap()
}

/// The mails in Sent, as their bytes, and the number of drafts.
async fn mailbox(google: &Google, signed_in: &SignedIn) -> (Vec<Vec<u8>>, usize) {
    let list = google.gmail("messages?labelIds=SENT", signed_in).await;
    let mut mails = Vec::new();
    for one in list["messages"].as_array().cloned().unwrap_or_default() {
        let id = one["id"].as_str().unwrap();
        let mail = google
            .gmail(&format!("messages/{id}?format=raw"), signed_in)
            .await;
        let raw = mail["raw"]
            .as_str()
            .unwrap()
            .trim_end_matches('=')
            .to_owned();
        let padded = format!("{raw}{}", "=".repeat((4 - raw.len() % 4) % 4));
        mails.push(URL_SAFE.decode(padded).unwrap());
    }
    let drafts = google.gmail("drafts", signed_in).await;
    (mails, drafts["drafts"].as_array().map_or(0, Vec::len))
}

#[tokio::test]
async fn a_mail_arrives_byte_for_byte() {
    let google = Google::start().await;
    let signed_in = google.sign_in().await;
    let gmail = connected(&google, &google.base, &signed_in);
    let bytes = a_mail();
    let method = Method::of(signed_in.abilities).unwrap();
    let (state, steps) = work(&gmail, method, &bytes).await;
    assert_eq!(state.status, EmailStatus::Sent);
    assert!(state.confirmed && state.sent.is_some());
    assert_eq!(
        steps,
        ["creating_draft", "draft_created", "sending", "settled"]
    );
    assert_eq!(mailbox(&google, &signed_in).await, (vec![bytes.clone()], 0));
    // With the permission to send only.
    let only_send = Abilities::from_scopes(&[draftwell_core::account::GMAIL_SEND]);
    let (state, steps) = work(&gmail, Method::of(only_send).unwrap(), &bytes).await;
    assert_eq!((state.status, state.confirmed), (EmailStatus::Sent, true));
    assert_eq!(steps, ["sending", "settled"]);
    assert_eq!(mailbox(&google, &signed_in).await.0.len(), 2);
}

#[tokio::test]
async fn a_large_mail_arrives_byte_for_byte() {
    let google = Google::start().await;
    let signed_in = google.sign_in().await;
    let gmail = connected(&google, &google.base, &signed_in);
    let mut bytes = a_mail();
    while bytes.len() < 3_100_000 {
        bytes.extend_from_slice(
            b"0123456789012345678901234567890123456789012345678901234567890123456789\r\n",
        );
    }
    let (state, _) = work(&gmail, Method::ThroughDraft, &bytes).await;
    assert_eq!(state.status, EmailStatus::Sent, "{state:?}");
    let (mails, drafts) = mailbox(&google, &signed_in).await;
    assert!(mails == [bytes], "byte for byte");
    assert_eq!(drafts, 0);
}

#[tokio::test]
async fn broken_connections_lose_and_double_nothing() {
    let google = Google::start().await;
    let signed_in = google.sign_in().await;
    let bytes = a_mail();
    let mut sent_so_far = 0;
    for (harms, confirmed, drafts_left) in [
        // Carried out, but we aren't told: it is gone from the drafts, so it left.
        (vec![("/drafts/send", Harm::LoseReply)], false, 0),
        // Never arrived: it is still there, twice, so it is sent again.
        (vec![("/drafts/send", Harm::LoseRequest)], true, 0),
        // An unclear create leaves a draft behind at worst.
        (vec![("/drafts", Harm::LoseReply)], true, 1),
        (vec![("/drafts", Harm::LoseRequest)], true, 1),
        (
            vec![
                ("/drafts/send", Harm::LoseRequest),
                ("/drafts/send", Harm::LoseReply),
            ],
            false,
            1,
        ),
    ] {
        let middle = Middle::new(&google.base, &harms).await;
        let gmail = connected(&google, &middle.base, &signed_in);
        let (state, steps) = work(&gmail, Method::ThroughDraft, &bytes).await;
        assert_eq!(state.status, EmailStatus::Sent, "{harms:?} {steps:?}");
        assert_eq!(state.confirmed, confirmed, "{harms:?} {steps:?}");
        sent_so_far += 1;
        let (mails, drafts) = mailbox(&google, &signed_in).await;
        assert_eq!(
            mails.len(),
            sent_so_far,
            "exactly one more: {harms:?} {steps:?}"
        );
        assert!(mails.iter().all(|mail| *mail == bytes));
        assert_eq!(drafts, drafts_left, "{harms:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_without_drafts_is_left_to_the_user() {
    let google = Google::start().await;
    let signed_in = google.sign_in().await;
    for (harm, arrived) in [(Harm::LoseReply, 1), (Harm::LoseRequest, 1)] {
        let middle = Middle::new(&google.base, &[("/messages/send", harm)]).await;
        let gmail = connected(&google, &middle.base, &signed_in);
        let (state, steps) = work(&gmail, Method::AtOnce, &a_mail()).await;
        assert_eq!(state.status, EmailStatus::Unknown, "{steps:?}");
        assert_eq!(steps, ["sending", "settled"], "one attempt");
        let error = state.error.unwrap();
        assert!(
            error.message.contains("known whether this mail left"),
            "{error}"
        );
        assert_eq!(mailbox(&google, &signed_in).await.0.len(), arrived);
    }
}

#[tokio::test]
async fn a_draft_that_is_sent_is_gone() {
    let google = Google::start().await;
    let signed_in = google.sign_in().await;
    let gmail = connected(&google, &google.base, &signed_in);
    let id = gmail.create_draft(&message(&a_mail())).await.unwrap();
    assert_eq!(
        gmail.look(&id, &message(&a_mail())).await.unwrap(),
        Found::StillThere
    );
    gmail.send_draft(&id).await.unwrap();
    assert_eq!(
        gmail.look(&id, &message(&a_mail())).await.unwrap(),
        Found::Gone
    );
    assert_eq!(outcome(gmail.send_draft(&id).await), SendOutcome::DraftGone);
}

/// Ours in Sent as Gmail shows it: with its own Message-ID, and our boundary.
const OURS_IN_SENT: &str = r#"{"id":"m7","threadId":"t7","labelIds":["SENT"],"payload":{"headers":[
    {"name":"Message-Id","value":"<CAF@mail.gmail.com>"},
    {"name":"Content-Type","value":"multipart/alternative; boundary=\"BOUNDARY\""}]}}"#;

#[tokio::test]
async fn a_mail_whose_draft_is_gone_is_looked_for_in_sent() {
    let gone = says_no!(404, "notFound", "m");
    let listed = Reply::Json(200, r#"{"messages":[{"id":"m9"},{"id":"m8"},{"id":"m7"}]}"#);
    let other = Reply::Json(
        200,
        r#"{"id":"m9","threadId":"t9","payload":{"headers":[
            {"name":"Message-Id","value":"<CAX@mail.gmail.com>"},
            {"name":"Content-Type","value":"multipart/alternative; boundary=\"=_0\""}]}}"#,
    );
    let mail = a_mail();
    let text = String::from_utf8_lossy(&mail).into_owned();
    let boundary = text.split("boundary=\"").nth(1).unwrap();
    let boundary = boundary.split('"').next().unwrap();
    let ours = Reply::Json(200, OURS_IN_SENT.replace("BOUNDARY", boundary).leak());

    let server = Scripted::new([gone.clone(), listed.clone(), other, gone.clone(), ours]).await;
    let found = gmail(&server)
        .that_reads(true)
        .look("d1", &message(&mail))
        .await;
    let Found::Sent(sent) = found.unwrap() else {
        panic!("it was not recognised")
    };
    assert_eq!(
        (sent.id.as_str(), sent.thread_id.as_deref()),
        ("m7", Some("t7"))
    );
    let lines: Vec<_> = server.seen().into_iter().map(|one| one.line).collect();
    // NOW is 1760000000; an hour earlier, should the clock here be ahead.
    assert_eq!(
        lines[1],
        "GET /gmail/v1/users/me/messages?labelIds=SENT&q=after%3A1759996400&maxResults=50 HTTP/1.1"
    );
    assert_eq!(
        lines[2],
        "GET /gmail/v1/users/me/messages/m9?format=metadata&metadataHeaders=Message-ID&metadataHeaders=Content-Type HTTP/1.1"
    );

    // Not there, or not to be read after all: gone is all that is known.
    for reply in [
        Reply::Json(200, r#"{"resultSizeEstimate":0}"#),
        says_no!(403, "insufficientPermissions", "m"),
    ] {
        let server = Scripted::new([gone.clone(), reply]).await;
        let found = gmail(&server)
            .that_reads(true)
            .look("d1", &message(&mail))
            .await;
        assert_eq!(found.unwrap(), Found::Gone);
    }
    // Nobody says: it is looked for again later.
    for reply in [
        Reply::Cut,
        Reply::Silence,
        says_no!(503, "backendError", "m"),
    ] {
        let server = Scripted::new([gone.clone(), listed.clone(), reply]).await;
        let gmail = gmail(&server)
            .that_reads(true)
            .with_patience(Duration::from_millis(200));
        let found = gmail.look("d1", &message(&mail)).await;
        assert_eq!(outcome(found), SendOutcome::Unclear);
    }
    // Without the scope nothing is asked.
    let server = Scripted::new([gone]).await;
    let found = gmail(&server).look("d1", &message(&mail)).await;
    assert_eq!((found.unwrap(), server.seen().len()), (Found::Gone, 1));
}

#[tokio::test]
async fn a_lost_answer_is_confirmed_where_mail_may_be_read() {
    let google = Google::start().await;
    let signed_in = google.sign_in().await;
    let middle = Middle::new(&google.base, &[("/drafts/send", Harm::LoseReply)]).await;
    let gmail = connected(&google, &middle.base, &signed_in).that_reads(true);
    let (state, steps) = work(&gmail, Method::ThroughDraft, &a_mail()).await;
    assert_eq!(state.status, EmailStatus::Sent, "{steps:?}");
    assert!(state.confirmed, "it is in Sent: {steps:?}");
    let list = google.gmail("messages?labelIds=SENT", &signed_in).await;
    let sent = state.sent.unwrap();
    assert_eq!(list["messages"][0]["id"], sent.id);
    assert_eq!(
        list["messages"][0]["threadId"].as_str(),
        sent.thread_id.as_deref()
    );
}

#[tokio::test]
async fn a_revoked_grant_asks_for_a_new_sign_in() {
    let google = Google::start().await;
    let signed_in = google.sign_in().await;
    let stale = draftwell_providers::oauth::Tokens::from_json(
        &signed_in
            .tokens
            .to_json()
            .replace("\"access\":\"", "\"access\":\"stale-"),
    )
    .unwrap();
    draftwell_providers::oauth::revoke(&google.endpoints(), &signed_in.tokens)
        .await
        .unwrap();
    let signed_in = SignedIn {
        tokens: stale,
        ..signed_in
    };
    let gmail = connected(&google, &google.base, &signed_in);
    let error = gmail.create_draft(&message(&a_mail())).await.unwrap_err();
    assert_eq!(error.outcome, SendOutcome::NeedsSignIn);
    assert_eq!(error.error.code, Code::GmailTokenExpired);
}
