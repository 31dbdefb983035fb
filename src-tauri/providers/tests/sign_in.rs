//! Signing in: the whole way against Google's emulator, and the answers nobody should trust.

mod common;

use std::time::Duration;

use common::{Google, NOW, Reply, Scripted, choose, finish, http};
use draftwell_core::Code;
use draftwell_providers::oauth::{
    Endpoints, Expected, GoogleClient, PendingSignIn, SCOPES, revoke, start,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::Url;

const TOKENS: &str = r#"{"access_token":"a","refresh_token":"r","token_type":"Bearer",
    "expires_in":3599,"scope":"openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/gmail.compose"}"#;
/// The box for sending was left empty.
const ONLY_IDENTITY: &str = r#"{"access_token":"a","refresh_token":"r","token_type":"Bearer",
    "expires_in":3599,"scope":"openid https://www.googleapis.com/auth/userinfo.email"}"#;
const PERSON: &str = r#"{"sub":"42","email":"ada@example.com","email_verified":true}"#;

fn client() -> GoogleClient {
    GoogleClient::new("client.apps.googleusercontent.com", Some("GOCSPX-s")).unwrap()
}

async fn pending(endpoints: &Endpoints) -> (PendingSignIn, Url) {
    let pending = start(&client(), endpoints, SCOPES, None).await.unwrap();
    let url = pending.url().clone();
    (pending, url)
}

fn parameter(url: &Url, name: &str) -> String {
    let mut values = url.query_pairs().filter(|(key, _)| key == name);
    let value = values.next().unwrap_or_else(|| panic!("{name} is there")).1;
    assert!(values.next().is_none(), "{name} comes once");
    value.into_owned()
}

/// The redirect with these parameters, the right state added.
fn redirect(url: &Url, parameters: &[(&str, &str)]) -> Url {
    let mut redirect: Url = parameter(url, "redirect_uri").parse().unwrap();
    redirect
        .query_pairs_mut()
        .extend_pairs(parameters)
        .append_pair("state", &parameter(url, "state"));
    redirect
}

async fn open(url: Url) -> (u16, String) {
    let answer = http().get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn the_whole_way_and_back() {
    let google = Google::start().await;
    let signed_in = google.sign_in().await;
    assert_eq!(signed_in.email, "ada@example.com");
    assert_eq!(signed_in.name, "Ada Lovelace");
    assert!(!signed_in.subject.is_empty());
    assert!(signed_in.abilities.safe_send && !signed_in.abilities.read);
    assert_eq!(signed_in.tokens.expires_at, NOW.plus_seconds(3600));
    let endpoints = google.endpoints();
    revoke(&endpoints, &signed_in.tokens).await.unwrap();
    revoke(&endpoints, &signed_in.tokens).await.unwrap();
}

#[tokio::test]
async fn the_page_asks_for_what_is_needed_and_safely() {
    let endpoints = Endpoints::google(|_| None).unwrap();
    let (_pending, url) = pending(&endpoints).await;
    assert!(
        url.as_str()
            .starts_with("https://accounts.google.com/o/oauth2/v2/auth?")
    );
    assert_eq!(parameter(&url, "response_type"), "code");
    assert_eq!(parameter(&url, "code_challenge_method"), "S256");
    assert_eq!(parameter(&url, "code_challenge").len(), 43);
    assert!(parameter(&url, "state").len() >= 43);
    assert_eq!(parameter(&url, "access_type"), "offline");
    assert_eq!(
        parameter(&url, "scope"),
        "openid email https://www.googleapis.com/auth/gmail.compose"
    );
    let redirect: Url = parameter(&url, "redirect_uri").parse().unwrap();
    assert_eq!(redirect.host_str(), Some("127.0.0.1"));
    assert!(!url.as_str().contains("GOCSPX"), "the secret stays here");
    let (_other, second) = pending(&endpoints).await;
    for name in ["state", "code_challenge", "redirect_uri"] {
        assert_ne!(
            parameter(&url, name),
            parameter(&second, name),
            "{name} is new"
        );
    }
    let again = start(&client(), &endpoints, SCOPES, Some("ada@example.com"))
        .await
        .unwrap();
    assert_eq!(parameter(again.url(), "login_hint"), "ada@example.com");
}

#[tokio::test]
async fn the_exchange_carries_the_verifier_and_the_secret() {
    let server = Scripted::new([Reply::Json(200, TOKENS), Reply::Json(200, PERSON)]).await;
    let (pending, url) = pending(&server.endpoints()).await;
    let answer = open(redirect(&url, &[("code", "4/0-x")]));
    let (signed_in, (status, page)) = tokio::join!(finish(pending), answer);
    let signed_in = signed_in.unwrap();
    assert_eq!(
        (signed_in.subject.as_str(), signed_in.name.as_str()),
        ("42", "")
    );
    assert_eq!(status, 200);
    assert!(page.contains("Gmail is connected") && !page.contains("4/0"));
    let seen = server.seen();
    let body = seen[0].text();
    for part in [
        "grant_type=authorization_code",
        "code=4%2F0-x",
        "client_id=client.apps.googleusercontent.com",
        "client_secret=GOCSPX-s",
        "code_verifier=",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    assert!(seen[0].header("authorization").is_none());
    assert_eq!(seen[1].header("authorization"), Some("Bearer a"));
}

#[tokio::test]
async fn strangers_are_turned_away_and_it_goes_on_waiting() {
    let server = Scripted::new([Reply::Json(200, TOKENS), Reply::Json(200, PERSON)]).await;
    let (pending, url) = pending(&server.endpoints()).await;
    let strangers = async {
        let right = redirect(&url, &[("code", "good")]);
        let altered = |change: &dyn Fn(&mut Url)| {
            let mut url = right.clone();
            change(&mut url);
            url
        };
        let state = parameter(&url, "state");
        for (target, status) in [
            (altered(&|url| url.set_path("/")), 404),
            (altered(&|url| url.set_path("/favicon.ico")), 404),
            (altered(&|url| url.set_query(None)), 400),
            (
                altered(&|url| url.set_query(Some("code=good&state=wrong"))),
                400,
            ),
            (altered(&|url| url.set_query(Some("code=good"))), 400),
            (
                altered(&|url| url.set_query(Some(&format!("state={state}")))),
                400,
            ),
            (
                altered(&|url| url.set_query(Some(&format!("state={state}&code=")))),
                400,
            ),
            (
                altered(&|url| url.set_query(Some(&format!("state={}", &state[..20])))),
                400,
            ),
            (
                altered(&|url| url.set_query(Some(&format!("code=a&code=b&state={state}")))),
                400,
            ),
            (
                altered(&|url| url.set_query(Some(&format!("code=a&state={state}&state=x")))),
                400,
            ),
        ] {
            assert_eq!(open(target.clone()).await.0, status, "{target}");
        }
        let posted = http().post(right.clone()).send().await.unwrap();
        assert_eq!(posted.status(), 404, "only GET");
        let foreign = http().get(right.clone()).header("host", "evil.example");
        assert_eq!(
            foreign.send().await.unwrap().status(),
            404,
            "only under its own name"
        );
        open(right).await
    };
    let (signed_in, (status, _)) = tokio::join!(finish(pending), strangers);
    assert_eq!(signed_in.unwrap().email, "ada@example.com");
    assert_eq!(status, 200);
    assert!(server.seen()[0].text().contains("code=good"));
}

#[tokio::test]
async fn silent_and_endless_connections_hold_nothing_up() {
    let server = Scripted::new([Reply::Json(200, TOKENS), Reply::Json(200, PERSON)]).await;
    let (pending, url) = pending(&server.endpoints()).await;
    let target = redirect(&url, &[("code", "good")]);
    let address = format!("127.0.0.1:{}", target.port().unwrap());
    let browser = async {
        let mut held = Vec::new();
        for n in 0..20 {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            match n % 3 {
                0 => {}
                1 => stream.write_all(b"GET /goo").await.unwrap(),
                // More than any request has: it is dropped, not kept.
                _ => _ = stream.write_all(&[b'x'; 40_000]).await,
            }
            held.push(stream);
        }
        let page = open(target).await;
        drop(held);
        page
    };
    let ended = tokio::time::timeout(Duration::from_secs(5), async {
        tokio::join!(finish(pending), browser)
    });
    let (signed_in, (status, _)) = ended.await.expect("well before anybody's deadline");
    assert_eq!((signed_in.unwrap().subject.as_str(), status), ("42", 200));
}

#[tokio::test]
async fn saying_no() {
    let server = Scripted::new([]).await;
    let (pending, url) = pending(&server.endpoints()).await;
    let answer = open(redirect(&url, &[("error", "access_denied")]));
    let (result, (status, page)) = tokio::join!(finish(pending), answer);
    let error = result.unwrap_err();
    assert_eq!(error.code, Code::GmailNotConnected);
    assert!(
        error.message.contains("Permission was not given"),
        "{}",
        error.message
    );
    assert_eq!(status, 200);
    assert!(page.contains("You didn't give permission"), "{page}");
    assert!(server.seen().is_empty(), "nothing is exchanged");
}

#[tokio::test]
async fn the_page_is_not_kept_and_not_followed() {
    let server = Scripted::new([]).await;
    let (pending, url) = pending(&server.endpoints()).await;
    let target = redirect(&url, &[("error", "<script>alert(1)</script>")]);
    let answer = async { http().get(target).send().await.unwrap() };
    let (result, answer) = tokio::join!(finish(pending), answer);
    assert!(result.is_err());
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    let page = answer.text().await.unwrap();
    assert!(
        !page.contains("alert"),
        "nothing of the request is repeated"
    );
}

#[tokio::test]
async fn cancelling_and_the_time_limit_close_the_port() {
    let endpoints = Endpoints::google(|_| None).unwrap();
    let (first, url) = pending(&endpoints).await;
    let cancelled = tokio::time::timeout(Duration::from_millis(20), finish(first)).await;
    assert!(cancelled.is_err(), "it waited for the browser");
    let (second, other) = pending(&endpoints).await;
    let error = finish(second.with_limit(Duration::from_millis(20)))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::GmailNotConnected);
    assert!(error.message.contains("too long"), "{}", error.message);
    for url in [url, other] {
        let target: Url = parameter(&url, "redirect_uri").parse().unwrap();
        let address = format!("127.0.0.1:{}", target.port().unwrap());
        assert!(
            TcpStream::connect(address).await.is_err(),
            "the port is closed"
        );
    }
}

#[tokio::test]
async fn one_answer_only() {
    let server = Scripted::new([Reply::Json(200, TOKENS), Reply::Json(200, PERSON)]).await;
    let (pending, url) = pending(&server.endpoints()).await;
    let target = redirect(&url, &[("code", "good")]);
    let (signed_in, _) = tokio::join!(finish(pending), open(target.clone()));
    assert!(signed_in.is_ok());
    assert!(
        http().get(target).send().await.is_err(),
        "the port is closed"
    );
}

#[tokio::test]
async fn what_was_not_granted_is_said() {
    let no_refresh = r#"{"access_token":"a","token_type":"Bearer","expires_in":3599,
        "scope":"https://www.googleapis.com/auth/gmail.compose"}"#;
    for (replies, code, says) in [
        (
            vec![Reply::Json(200, ONLY_IDENTITY), Reply::Json(200, PERSON)],
            Code::GmailNotConnected,
            "leave the box",
        ),
        (
            vec![Reply::Json(200, ONLY_IDENTITY), Reply::Json(500, "{}")],
            Code::GmailNotConnected,
            "leave the box",
        ),
        (
            vec![Reply::Json(200, no_refresh)],
            Code::GmailNotConnected,
            "no lasting permission",
        ),
        (
            vec![Reply::Json(200, TOKENS), Reply::Json(200, r#"{"sub":"1"}"#)],
            Code::GmailNotConnected,
            "which address",
        ),
        (
            vec![Reply::Json(200, TOKENS), Reply::Json(500, "{}")],
            Code::GmailApiError,
            "who you are",
        ),
        (
            vec![Reply::Json(401, r#"{"error":"invalid_client"}"#)],
            Code::GmailNotConnected,
            "client ID or its secret",
        ),
        (
            vec![Reply::Json(
                400,
                r#"{"error":"invalid_request","error_description":"client_secret is missing."}"#,
            )],
            Code::GmailNotConnected,
            "wants the client secret",
        ),
        (
            vec![Reply::Json(200, "<html>")],
            Code::GmailApiError,
            "can't be read",
        ),
        (vec![Reply::Cut], Code::GmailApiError, "can't be reached"),
    ] {
        let server = Scripted::new(replies).await;
        let (pending, url) = pending(&server.endpoints()).await;
        let answer = open(redirect(&url, &[("code", "good")]));
        let (result, (_, page)) = tokio::join!(finish(pending), answer);
        let error = result.unwrap_err();
        assert_eq!(error.code, code, "{}", error.message);
        assert!(error.message.contains(says), "{}", error.message);
        assert!(
            page.contains("couldn't be finished"),
            "the browser knows: {page}"
        );
    }
}

#[tokio::test]
async fn another_issuer_is_not_google() {
    let endpoints = Endpoints::google(|_| None).unwrap();
    let (pending, url) = pending(&endpoints).await;
    let limited = pending.with_limit(Duration::from_millis(500));
    let target = redirect(&url, &[("code", "x"), ("iss", "https://evil.example")]);
    let (result, (status, _)) = tokio::join!(finish(limited), open(target));
    assert_eq!(status, 400);
    assert!(
        result.unwrap_err().message.contains("too long"),
        "nothing was taken"
    );
}

/// PKCE: a code that was given for another sign-in, and brought here, is worth nothing.
#[tokio::test]
async fn a_code_of_another_sign_in_is_not_taken() {
    let google = Google::start().await;
    let (_other, other_url) = pending(&google.endpoints()).await;
    let (pending, url) = pending(&google.endpoints()).await;
    let code = parameter(&choose(&other_url, "bob@gmail.com").await, "code");
    let answer = open(redirect(&url, &[("code", &code)]));
    let (result, (_, page)) = tokio::join!(finish(pending), answer);
    let error = result.unwrap_err();
    assert_eq!(error.code, Code::GmailNotConnected);
    assert!(error.message.contains("clock"), "{}", error.message);
    assert!(page.contains("couldn't be finished"), "{page}");
}

/// Who signs in again is to be the same person. Anybody else's page says that it failed, and what
/// they granted is given back, unless it is what another connected account lives on.
#[tokio::test]
async fn somebody_else_is_turned_away() {
    let expected = |connected: &[&str]| Expected {
        subject: "7".into(),
        email: "bob@example.org".into(),
        connected: connected.iter().map(ToString::to_string).collect(),
    };
    let revoked = Some(Reply::Json(200, "{}"));
    let not_revoked = Some(Reply::Json(500, "{}"));
    for (tokens, connected, reply, says_where) in [
        (TOKENS, &["7"][..], revoked.clone(), false),
        (TOKENS, &["7"], not_revoked, true),
        (TOKENS, &["7", "42"], None, false),
        (ONLY_IDENTITY, &["7"], revoked, false),
    ] {
        let revokes = reply.is_some();
        let replies = [Reply::Json(200, tokens), Reply::Json(200, PERSON)];
        let server = Scripted::new(replies.into_iter().chain(reply)).await;
        let (pending, url) = pending(&server.endpoints()).await;
        let pending = pending.expecting(expected(connected));
        let answer = open(redirect(&url, &[("code", "good")]));
        let (result, (_, page)) = tokio::join!(finish(pending), answer);
        let error = result.unwrap_err();
        assert_eq!(error.code, Code::GmailNotConnected);
        for part in ["ada@example.com was chosen", "choose bob@example.org"] {
            assert!(error.message.contains(part), "{}", error.message);
        }
        assert_eq!(
            error.message.contains("myaccount.google.com/permissions"),
            says_where,
            "{}",
            error.message
        );
        assert!(page.contains("Gmail was not connected"), "{page}");
        let seen = server.seen();
        assert_eq!(seen.len(), if revokes { 3 } else { 2 });
        if revokes {
            assert!(seen[2].line.contains("/revoke_url"), "{}", seen[2].line);
            assert_eq!(seen[2].text(), "token=r");
        }
    }
    let server = Scripted::new([Reply::Json(200, TOKENS), Reply::Json(200, PERSON)]).await;
    let (pending, url) = pending(&server.endpoints()).await;
    let same = Expected {
        subject: "42".into(),
        ..expected(&["42"])
    };
    let answer = open(redirect(&url, &[("code", "good")]));
    let (signed_in, _) = tokio::join!(finish(pending.expecting(same)), answer);
    assert_eq!(signed_in.unwrap().subject, "42");
}

/// The answer is whole even if the browser keeps the connection for the next request.
#[tokio::test]
async fn the_page_arrives_before_the_port_closes() {
    let server = Scripted::new([]).await;
    let (pending, url) = pending(&server.endpoints()).await;
    let target = redirect(&url, &[("error", "access_denied")]);
    let browser = async {
        let address = format!("127.0.0.1:{}", target.port().unwrap());
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let request = format!(
            "GET {}?{} HTTP/1.1\r\nHost: {address}\r\nConnection: keep-alive\r\n\r\n",
            target.path(),
            target.query().unwrap()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let (_, answer) = tokio::join!(finish(pending), browser);
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("</html>\n"));
}
