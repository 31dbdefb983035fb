//! Reading a Gmail mailbox: the requests, what each answer means, and a whole look against
//! Google's emulator.

mod common;

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE};
use common::{Google, Kept, Reply, Scripted, clock, tokens};
use draftwell_core::{
    Code, UnixMillis,
    mailbox::{Listing, MailReader, ReadError},
};
use draftwell_providers::{
    gmail::Gmail,
    oauth::{GoogleClient, TokenSource},
};

fn gmail(server: &Scripted) -> Gmail {
    let client = GoogleClient::new("client.example", None).unwrap();
    let endpoints = server.endpoints();
    let source = TokenSource::new(
        client,
        &endpoints,
        tokens("token-1", 900),
        Arc::new(Kept::default()),
        clock(),
    );
    let gmail = Gmail::new(&endpoints.api, Arc::new(source), clock()).unwrap();
    gmail.that_reads(true)
}

fn ids(listed: &[Listing]) -> Vec<&str> {
    listed.iter().map(|one| one.id.as_str()).collect()
}

#[tokio::test]
async fn changes_are_those_that_came_from_outside_and_name_where_to_go_on() {
    let first = r#"{"history":[
        {"id":"101","messages":[{"id":"a","threadId":"t"}],
         "messagesAdded":[{"message":{"id":"a","threadId":"t1","labelIds":["INBOX","UNREAD"]}}]},
        {"id":"104","messagesAdded":[
          {"message":{"id":"b","threadId":"t2","labelIds":["SENT"]}},
          {"message":{"id":"c","threadId":"t3","labelIds":["DRAFT"]}},
          {"message":{"id":"d","threadId":"t4","labelIds":["SPAM"]}},
          {"message":{"id":"e","threadId":"t5"}}]}],
        "nextPageToken":"9","historyId":"200"}"#;
    let last = r#"{"historyId":"200"}"#;
    let server = Scripted::new([Reply::Json(200, first), Reply::Json(200, last)]).await;
    let gmail = gmail(&server);
    let changes = gmail.changes("100").await.unwrap();
    assert_eq!(ids(&changes.messages), ["a", "e"]);
    assert_eq!(changes.messages[0].thread_id.as_deref(), Some("t1"));
    assert_eq!(
        (changes.cursor.as_str(), changes.more),
        ("104", true),
        "what is beyond this part must not be passed over"
    );
    let changes = gmail.changes("104").await.unwrap();
    assert_eq!((changes.cursor.as_str(), changes.more), ("200", false));
    assert_eq!(
        server.seen()[0].line,
        "GET /gmail/v1/users/me/history?startHistoryId=100&historyTypes=messageAdded&maxResults=100 HTTP/1.1"
    );
}

#[tokio::test]
async fn what_each_failure_means() {
    let gone = r#"{"error":{"code":404,"message":"Requested entity was not found.",
        "errors":[{"reason":"notFound"}],"status":"NOT_FOUND"}}"#;
    let scope = r#"{"error":{"code":403,"message":"m","status":"PERMISSION_DENIED",
        "errors":[{"reason":"insufficientPermissions"}]}}"#;
    let rate = r#"{"error":{"code":429,"message":"m","errors":[{"reason":"rateLimitExceeded"}]}}"#;
    let dead = r#"{"error":"invalid_grant"}"#;
    let no = r#"{"error":{"code":401,"message":"m","status":"UNAUTHENTICATED"}}"#;

    let server = Scripted::new([Reply::Json(404, gone)]).await;
    assert_eq!(
        gmail(&server).changes("1").await.unwrap_err(),
        ReadError::CursorLost
    );
    // Of a message it only means that it is gone.
    let server = Scripted::new(vec![Reply::Json(404, gone); 2]).await;
    assert_eq!(gmail(&server).head("a").await.unwrap(), None);
    assert_eq!(gmail(&server).whole("a").await.unwrap(), None);

    let server = Scripted::new([Reply::Json(403, scope)]).await;
    let ReadError::NotAllowed(error) = gmail(&server).changes("1").await.unwrap_err() else {
        panic!("it is not allowed")
    };
    assert!(error.message.contains("read"), "{error}");

    let server = Scripted::new([Reply::Json(401, no), Reply::Json(400, dead)]).await;
    let error = gmail(&server).changes("1").await.unwrap_err();
    assert!(matches!(error, ReadError::NeedsSignIn(_)), "{error:?}");

    for (reply, asked, code) in [
        (
            Reply::With(429, "Retry-After: 17", rate),
            Some(17),
            Code::RateLimitExceeded,
        ),
        (
            Reply::With(503, "Retry-After: 5", "{}"),
            Some(5),
            Code::GmailApiError,
        ),
        (
            Reply::Json(404, "<html>captive portal"),
            None,
            Code::GmailApiError,
        ),
        (
            Reply::Json(200, "<html>captive portal"),
            None,
            Code::GmailApiError,
        ),
        (Reply::Json(200, "{}"), None, Code::GmailApiError),
        (Reply::Cut, None, Code::GmailApiError),
        (Reply::CutBody, None, Code::GmailApiError),
        (Reply::Silence, None, Code::GmailApiError),
    ] {
        let server = Scripted::new([reply.clone()]).await;
        let gmail = gmail(&server).with_patience(Duration::from_millis(300));
        let failed = gmail.changes("1").await.unwrap_err();
        let ReadError::Later {
            retry_after_seconds,
            error,
        } = failed
        else {
            panic!("{reply:?}: {failed:?}")
        };
        assert_eq!(
            (retry_after_seconds, error.code),
            (asked, code),
            "{reply:?}"
        );
    }
}

#[tokio::test]
async fn a_message_as_it_came() {
    let shown = r#"{"id":"a","threadId":"t","labelIds":["INBOX"],"snippet":"Tom &amp; &#39;Ada&#39;",
        "sizeEstimate":1234,"internalDate":"1760000000123","payload":{"headers":[
        {"name":"From","value":"Zoe <zoe@example.org>"},{"name":"Message-Id","value":"<1@x>"}]}}"#;
    let raw = format!(
        r#"{{"id":"a","raw":"{}"}}"#,
        URL_SAFE.encode(b"From: \xff\xfe~\r\n\r\nx?")
    );
    let server = Scripted::new([
        Reply::Json(200, shown),
        Reply::Json(200, raw.clone().leak()),
        Reply::Json(200, raw.replace('=', "").leak()),
    ])
    .await;
    let gmail = gmail(&server);
    let head = gmail.head("a").await.unwrap().unwrap();
    assert_eq!(head.field("message-id"), Some("<1@x>"));
    assert_eq!(head.snippet, "Tom & 'Ada'");
    assert_eq!(
        (head.size, head.at, head.is_received),
        (1234, UnixMillis(1_760_000_000_123), true)
    );
    for _ in 0..2 {
        let whole = gmail.whole("a").await.unwrap().unwrap();
        assert_eq!(
            whole, b"From: \xff\xfe~\r\n\r\nx?",
            "with or without padding"
        );
    }
    let line = &server.seen()[0].line;
    assert!(
        line.starts_with("GET /gmail/v1/users/me/messages/a?format=metadata&"),
        "{line}"
    );
    assert!(line.contains("metadataHeaders=In-Reply-To&"), "{line}");
}

#[tokio::test]
async fn aliases_are_those_gmail_has_verified() {
    let listed = r#"{"sendAs":[
        {"sendAsEmail":"ada@gmail.com","displayName":"Ada","isPrimary":true,"isDefault":true},
        {"sendAsEmail":"sales@example.org","displayName":"Sales","verificationStatus":"accepted"},
        {"sendAsEmail":"a@example.org","verificationStatus":"accepted","treatAsAlias":true},
        {"sendAsEmail":"new@example.org","verificationStatus":"pending"},
        {"sendAsEmail":"odd@example.org"}]}"#;
    let server = Scripted::new([Reply::Json(200, listed), Reply::Json(200, "{}")]).await;
    let gmail = gmail(&server);
    let aliases = gmail.aliases().await.unwrap();
    let named: Vec<_> = aliases
        .iter()
        .map(|alias| (alias.address.as_str(), alias.name.as_str()))
        .collect();
    assert_eq!(
        named,
        [("sales@example.org", "Sales"), ("a@example.org", "")]
    );
    assert_eq!(gmail.aliases().await.unwrap(), []);
    assert_eq!(
        server.seen()[0].line,
        "GET /gmail/v1/users/me/settings/sendAs HTTP/1.1"
    );
}

#[tokio::test]
async fn against_googles_emulator() {
    let google = Google::start().await;
    let signed_in = google.sign_in().await;
    let client = GoogleClient::new("client.apps.googleusercontent.com", Some("s")).unwrap();
    let source = TokenSource::new(
        client,
        &google.endpoints(),
        signed_in.tokens.clone(),
        Arc::new(Kept::default()),
        clock(),
    );
    let gmail = Gmail::new(&google.base, Arc::new(source), clock())
        .unwrap()
        .that_reads(true);
    assert_eq!(gmail.here().await.unwrap(), None, "an empty mailbox");
    assert_eq!(gmail.aliases().await.unwrap(), [], "only its own address");
    let raw = b"From: zoe@example.org\r\nTo: ada@example.com\r\nSubject: Re: x\r\nMessage-ID: <r1@example.org>\r\nIn-Reply-To: <1@example.com>\r\n\r\nYes.\r\n";
    google.receive(raw, &signed_in).await;
    let here = gmail.here().await.unwrap().expect("a place");
    let page = gmail.list(UnixMillis(0), None).await.unwrap();
    assert_eq!((page.messages.len(), page.next), (1, None));
    google.receive(raw, &signed_in).await;
    let changes = gmail.changes(&here).await.unwrap();
    assert_eq!(
        (changes.messages.len(), changes.more),
        (1, false),
        "the second one"
    );
    let id = &changes.messages[0].id;
    assert_eq!(gmail.whole(id).await.unwrap().as_deref(), Some(&raw[..]));
    let head = gmail.head(id).await.unwrap().unwrap();
    assert_eq!(head.field("In-Reply-To"), Some("<1@example.com>"));
    assert!(head.is_received);
    let changes = gmail.changes(&changes.cursor).await.unwrap();
    assert!(changes.messages.is_empty(), "each change once");
}
