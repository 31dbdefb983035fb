//! Signing in to Microsoft, and keeping the sign-in alive: the whole way against an emulator of
//! its service, and the answers nobody should trust. What is the same for Google is tested there.

mod common;

use std::sync::Arc;

use common::{
    Kept, Microsoft, NOW, Reply, Scripted, browse, choose, clock, finish, http, microsoft_client,
};
use draftwell_core::{
    Code, Result,
    ports::{BoxFuture, SendOutcome},
};
use draftwell_providers::oauth::{
    Endpoints, MICROSOFT_SCOPES, PendingSignIn, SignedIn, TokenSource, TokenStore, Tokens, revoke,
    start,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{net::TcpStream, sync::Semaphore};
use url::Url;

const TOKENS: &str = r#"{"access_token":"a","refresh_token":"r","token_type":"Bearer",
    "expires_in":3599,"scope":"email openid profile User.Read Mail.ReadWrite Mail.Send"}"#;
const PERSON: &str = r#"{"id":"42","displayName":"Ada","mail":null,
    "userPrincipalName":"ada@outlook.com"}"#;

async fn pending(endpoints: &Endpoints) -> (PendingSignIn, Url) {
    let pending = start(&microsoft_client(), endpoints, MICROSOFT_SCOPES, None)
        .await
        .unwrap();
    let url = pending.url().clone();
    (pending, url)
}

fn parameter(url: &Url, name: &str) -> String {
    let mut values = url.query_pairs().filter(|(key, _)| key == name);
    let value = values.next().unwrap_or_else(|| panic!("{name} is there")).1;
    assert!(values.next().is_none(), "{name} comes once");
    value.into_owned()
}

/// The redirect with these parameters, the right state added, at one of this machine's addresses:
/// a resolver may know `localhost` as either.
fn redirect(url: &Url, address: &str, parameters: &[(&str, &str)]) -> (Url, String) {
    let mut redirect: Url = parameter(url, "redirect_uri").parse().unwrap();
    let host = format!("localhost:{}", redirect.port().unwrap());
    redirect.set_host(Some(address)).unwrap();
    redirect
        .query_pairs_mut()
        .extend_pairs(parameters)
        .append_pair("state", &parameter(url, "state"));
    (redirect, host)
}

async fn open((url, host): (Url, String)) -> (u16, String) {
    let asked = http().get(url).header("Host", host).send();
    let answer = asked.await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn signed_in(microsoft: &Microsoft) -> SignedIn {
    let (pending, url) = pending(&microsoft.endpoints()).await;
    let (signed_in, page) = tokio::join!(finish(pending), browse(&url, "ada@example.com"));
    assert!(page.contains("Outlook is connected"), "{page}");
    signed_in.unwrap()
}

fn source(endpoints: &Endpoints, tokens: Tokens, store: Arc<dyn TokenStore>) -> TokenSource {
    TokenSource::new(microsoft_client(), endpoints, tokens, store, clock())
}

fn plain(token: SecretString) -> String {
    token.expose_secret().to_owned()
}

/// Tokens whose access token has ended.
fn ended(tokens: &Tokens) -> Tokens {
    let mut json: serde_json::Value = serde_json::from_str(&tokens.to_json()).unwrap();
    json["expires_at"] = NOW.0.into();
    Tokens::from_json(&json.to_string()).unwrap()
}

#[tokio::test]
async fn the_whole_way_and_a_renewal_that_rotates() {
    let microsoft = Microsoft::start().await;
    let signed_in = signed_in(&microsoft).await;
    assert_eq!(signed_in.email, "ada@example.com");
    assert_eq!(signed_in.name, "Ada Lovelace");
    assert!(!signed_in.subject.is_empty());
    assert!(signed_in.abilities.safe_send);
    assert_eq!(signed_in.tokens.expires_at, NOW.plus_seconds(3600));

    // The former refresh token is worth nothing any more; the new one was kept first.
    let kept = Arc::new(Kept::default());
    let endpoints = microsoft.endpoints();
    let first = ended(&signed_in.tokens);
    let renewed = source(&endpoints, first.clone(), kept.clone());
    let access = plain(renewed.access().await.unwrap());
    let second = Tokens::from_json(&kept.0.lock().unwrap()[0]).unwrap();
    assert!(kept.0.lock().unwrap()[0].contains(&access));
    let error = source(&endpoints, first, Arc::new(Kept::default()))
        .access()
        .await
        .unwrap_err();
    assert_eq!(error.outcome, SendOutcome::NeedsSignIn, "it rotates");
    let again = source(&endpoints, ended(&second), Arc::new(Kept::default()));
    assert_ne!(plain(again.access().await.unwrap()), access);

    // Microsoft lets no program end its grant; the user is told where to.
    let error = revoke(&endpoints, &second).await.unwrap_err();
    assert!(error.message.contains("account.live.com"), "{error}");
}

#[tokio::test]
async fn the_page_asks_for_what_is_needed_and_safely() {
    let endpoints = Endpoints::microsoft(&microsoft_client(), |_| None).unwrap();
    let (_pending, url) = pending(&endpoints).await;
    assert!(
        url.as_str()
            .starts_with("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?")
    );
    for (name, value) in [
        ("response_type", "code"),
        ("response_mode", "query"),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
        ("client_id", "1a2b3c4d-0000-4000-8000-123456789abc"),
        (
            "scope",
            "openid profile email offline_access https://graph.microsoft.com/User.Read \
             https://graph.microsoft.com/Mail.Send https://graph.microsoft.com/Mail.ReadWrite",
        ),
    ] {
        assert_eq!(parameter(&url, name), value);
    }
    assert_eq!(parameter(&url, "code_challenge").len(), 43);
    assert!(parameter(&url, "state").len() >= 43);
    // The port is all that may differ from what is registered: http://localhost.
    let redirect = parameter(&url, "redirect_uri");
    let port = redirect.strip_prefix("http://localhost:").unwrap();
    assert!(port.parse::<u16>().is_ok(), "{redirect}");
    let (_other, second) = pending(&endpoints).await;
    for name in ["state", "code_challenge", "redirect_uri"] {
        assert_ne!(
            parameter(&url, name),
            parameter(&second, name),
            "{name} is new"
        );
    }
    let again = start(
        &microsoft_client(),
        &endpoints,
        MICROSOFT_SCOPES,
        Some("a@b.c"),
    )
    .await;
    let again = again.unwrap();
    assert_eq!(parameter(again.url(), "login_hint"), "a@b.c");
    assert!(
        !again.url().as_str().contains("prompt"),
        "nothing to choose"
    );
}

#[tokio::test]
async fn the_exchange_carries_the_verifier_and_no_secret() {
    // Whichever address the browser takes for "localhost".
    let mut addresses = vec!["127.0.0.1"];
    if tokio::net::TcpListener::bind("[::1]:0").await.is_ok() {
        addresses.push("[::1]");
    }
    for address in addresses {
        let server = Scripted::new([Reply::Json(200, TOKENS), Reply::Json(200, PERSON)]).await;
        let (pending, url) = pending(&server.microsoft()).await;
        let answer = open(redirect(&url, address, &[("code", "0.A-x")]));
        let (signed_in, (status, page)) = tokio::join!(finish(pending), answer);
        let signed_in = signed_in.unwrap();
        assert_eq!(
            (signed_in.subject.as_str(), signed_in.email.as_str()),
            ("42", "ada@outlook.com")
        );
        assert_eq!(status, 200);
        assert!(page.contains("Outlook is connected") && !page.contains("0.A-x"));
        let seen = server.seen();
        let body = seen[0].text();
        for part in [
            "grant_type=authorization_code",
            "code=0.A-x",
            "client_id=1a2b3c4d-0000-4000-8000-123456789abc",
            "code_verifier=",
            "scope=openid+profile+email+offline_access+https%3A%2F%2Fgraph",
        ] {
            assert!(body.contains(part), "{part} in {body}");
        }
        assert!(
            !body.contains("client_secret"),
            "Microsoft refuses one: {body}"
        );
        assert_eq!(seen[1].line, "GET /v1.0/me HTTP/1.1");
        assert_eq!(seen[1].header("authorization"), Some("Bearer a"));
    }
}

#[tokio::test]
async fn strangers_are_turned_away_and_it_goes_on_waiting() {
    let server = Scripted::new([Reply::Json(200, TOKENS), Reply::Json(200, PERSON)]).await;
    let (pending, url) = pending(&server.microsoft()).await;
    let right = redirect(&url, "127.0.0.1", &[("code", "good")]);
    let strangers = async {
        let mut elsewhere = right.clone();
        elsewhere.0.set_path("/google");
        assert_eq!(open(elsewhere).await.0, 404, "another provider's answer");
        let renamed = (right.0.clone(), "evil.example".to_owned());
        assert_eq!(open(renamed).await.0, 404, "a name made to point here");
        let by_number = (
            right.0.clone(),
            format!("127.0.0.1:{}", right.0.port().unwrap()),
        );
        assert_eq!(
            open(by_number).await.0,
            404,
            "not the address that was given"
        );
        let mut wrong = right.clone();
        wrong.0.set_query(Some("code=good&state=wrong"));
        assert_eq!(open(wrong).await.0, 400, "not our state");
        open(right.clone()).await
    };
    let (signed_in, (status, _)) = tokio::join!(finish(pending), strangers);
    assert!(signed_in.is_ok());
    assert_eq!(status, 200);
    // Once only: nobody listens any more.
    let address = format!("127.0.0.1:{}", right.0.port().unwrap());
    assert!(
        TcpStream::connect(address).await.is_err(),
        "the port is closed"
    );
}

#[tokio::test]
async fn what_microsofts_page_says_is_told() {
    for (parameters, says) in [
        (
            &[("error", "access_denied")][..],
            "Permission was not given",
        ),
        (
            &[
                ("error", "access_denied"),
                ("error_description", "AADSTS90094: admin <b>"),
            ],
            "administrators",
        ),
        (
            &[
                ("error", "invalid_request"),
                ("error_description", "AADSTS50011: reply"),
            ],
            "http://localhost",
        ),
    ] {
        let server = Scripted::new([]).await;
        let (pending, url) = pending(&server.microsoft()).await;
        let answer = open(redirect(&url, "127.0.0.1", parameters));
        let (result, (_, page)) = tokio::join!(finish(pending), answer);
        let error = result.unwrap_err();
        assert_eq!(error.code, Code::AccountNotConnected);
        assert!(error.message.contains(says), "{error}");
        assert!(
            page.contains("Outlook was not connected") && !page.contains("AADSTS"),
            "{page}"
        );
        assert!(server.seen().is_empty(), "nothing is exchanged");
    }
}

#[tokio::test]
async fn what_was_not_granted_or_not_taken_is_said() {
    let no = Code::AccountNotConnected;
    for (replies, code, says) in [
        (
            vec![Reply::Json(
                200,
                r#"{"access_token":"a","refresh_token":"r","token_type":"Bearer","scope":"Mail.Send"}"#,
            )],
            no,
            "permission to send",
        ),
        (
            vec![Reply::Json(
                200,
                r#"{"access_token":"a","token_type":"Bearer","scope":"Mail.Send Mail.ReadWrite"}"#,
            )],
            no,
            "no lasting permission",
        ),
        (
            vec![Reply::Json(200, TOKENS), Reply::Json(200, r#"{"id":"1"}"#)],
            no,
            "which address",
        ),
        (
            vec![Reply::Json(200, TOKENS), Reply::Json(403, "{}")],
            Code::MailServerError,
            "who you are",
        ),
        (
            vec![Reply::Json(
                401,
                r#"{"error":"invalid_client","error_description":"AADSTS7000218: The request body must contain: client_assertion"}"#,
            )],
            no,
            "public client flows",
        ),
        (
            vec![Reply::Json(
                400,
                r#"{"error":"invalid_grant","error_description":"AADSTS501481: code verifier"}"#,
            )],
            no,
            "clock",
        ),
        (
            vec![Reply::Json(
                400,
                r#"{"error":"invalid_grant","error_description":"AADSTS50076: MFA","suberror":"basic_action"}"#,
            )],
            no,
            "second proof",
        ),
        (
            vec![Reply::Json(
                400,
                r#"{"error":"invalid_request","error_description":"AADSTS50194: not multi-tenant"}"#,
            )],
            no,
            "directory (tenant)",
        ),
        (
            vec![Reply::Json(200, "<html>")],
            Code::MailServerError,
            "can't be read",
        ),
        (
            vec![Reply::Cut],
            Code::MailServerError,
            "Microsoft's sign-in can't be reached",
        ),
    ] {
        let server = Scripted::new(replies).await;
        let (pending, url) = pending(&server.microsoft()).await;
        let answer = open(redirect(&url, "127.0.0.1", &[("code", "good")]));
        let (result, (_, page)) = tokio::join!(finish(pending), answer);
        let error = result.unwrap_err();
        assert_eq!(error.code, code, "{error}");
        assert!(error.message.contains(says), "{error}");
        assert!(
            page.contains("couldn't be finished"),
            "the browser knows: {page}"
        );
    }
}

#[tokio::test]
async fn what_a_failed_renewal_means() {
    let signed_out = Code::AccountNotConnected;
    for (reply, outcome, code, says) in [
        (
            r#"{"error":"invalid_grant","error_description":"AADSTS700082: expired due to inactivity"}"#,
            SendOutcome::NeedsSignIn,
            signed_out,
            "a long time",
        ),
        (
            r#"{"error":"invalid_grant","error_description":"AADSTS50173: revoked"}"#,
            SendOutcome::NeedsSignIn,
            signed_out,
            "password was changed",
        ),
        (
            r#"{"error":"invalid_grant","error_description":"AADSTS65001: consent"}"#,
            SendOutcome::NeedsSignIn,
            signed_out,
            "removed",
        ),
        (
            r#"{"error":"invalid_grant","error_description":"AADSTS53003: blocked by policy"}"#,
            SendOutcome::NeedsSignIn,
            signed_out,
            "administrator",
        ),
        (
            r#"{"error":"invalid_grant"}"#,
            SendOutcome::NeedsSignIn,
            signed_out,
            "90 days",
        ),
        (
            r#"{"error":"interaction_required"}"#,
            SendOutcome::NeedsSignIn,
            signed_out,
            "Sign in again",
        ),
        (
            r#"{"error":"temporarily_unavailable","error_description":"AADSTS90033"}"#,
            SendOutcome::Unreachable,
            Code::MailServerError,
            "trouble",
        ),
    ] {
        let server = Scripted::new([Reply::Json(400, reply)]).await;
        let source = source(
            &server.microsoft(),
            common::tokens("old", 0),
            Arc::new(Kept::default()),
        );
        let error = source.access().await.unwrap_err();
        assert_eq!(
            (error.outcome, error.error.code),
            (outcome, code),
            "{reply}"
        );
        assert!(
            error.error.message.contains(says),
            "{reply}: {}",
            error.error.message
        );
        assert!(!error.error.message.contains("AADSTS"), "in plain words");
    }
}

/// Keeps tokens when it is let.
struct Slow {
    may_keep: Semaphore,
    kept: Kept,
}

impl TokenStore for Slow {
    fn replace<'a>(
        &'a self,
        former: &'a Tokens,
        tokens: &'a Tokens,
    ) -> BoxFuture<'a, Result<Tokens>> {
        Box::pin(async move {
            self.may_keep.acquire().await.unwrap().forget();
            self.kept.replace(former, tokens).await
        })
    }
}

/// The former refresh token may be worth nothing once the service has answered: whoever asked for
/// a renewal may go away, but the new one must be kept all the same.
#[tokio::test]
async fn a_renewal_nobody_waits_for_any_more_is_kept() {
    let rotated = r#"{"access_token":"new","refresh_token":"refresh-2","token_type":"Bearer",
        "expires_in":3599}"#;
    let server = Scripted::new([Reply::Json(200, rotated)]).await;
    let store = Arc::new(Slow {
        may_keep: Semaphore::new(0),
        kept: Kept::default(),
    });
    let source = source(&server.microsoft(), common::tokens("old", 0), store.clone());
    {
        let mut asking = Box::pin(source.access());
        // Until the service has answered.
        while server.seen().is_empty() {
            tokio::select! {
                _ = &mut asking => panic!("it can't be kept yet"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    store.may_keep.add_permits(1);
    assert_eq!(plain(source.access().await.unwrap()), "new");
    assert!(store.kept.0.lock().unwrap()[0].contains("refresh-2"));
    assert_eq!(server.seen().len(), 1, "one renewal");
    let body = server.seen()[0].text();
    assert!(body.contains("scope=openid+profile"), "{body}");
    assert!(!body.contains("client_secret"), "{body}");
}

/// PKCE: a code that was given for another sign-in, and brought here, is worth nothing.
#[tokio::test]
async fn a_code_of_another_sign_in_is_not_taken() {
    let microsoft = Microsoft::start().await;
    let (_other, other_url) = pending(&microsoft.endpoints()).await;
    let (pending, url) = pending(&microsoft.endpoints()).await;
    let code = parameter(&choose(&other_url, "bob@gmail.com").await, "code");
    let answer = open(redirect(&url, "127.0.0.1", &[("code", &code)]));
    let (result, (_, page)) = tokio::join!(finish(pending), answer);
    assert_eq!(result.unwrap_err().code, Code::AccountNotConnected);
    assert!(page.contains("couldn't be finished"), "{page}");
}
