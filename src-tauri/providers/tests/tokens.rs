//! Keeping a sign-in alive.

mod common;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use common::{Kept, Reply, Scripted, clock, tokens};
use draftwell_core::{
    Code, Error, Result, UnixMillis,
    ports::{BoxFuture, SendOutcome},
};
use draftwell_providers::oauth::{GoogleClient, TokenSource, TokenStore, Tokens, revoke};
use secrecy::{ExposeSecret, SecretString};

const RENEWED: &str = r#"{"access_token":"new","token_type":"Bearer","expires_in":3599}"#;

fn source(server: &Scripted, tokens: Tokens, store: Arc<dyn TokenStore>) -> TokenSource {
    let client = GoogleClient::new("client.example", Some("GOCSPX-s")).unwrap();
    TokenSource::new(client, &server.endpoints(), tokens, store, clock())
}

fn plain(token: SecretString) -> String {
    token.expose_secret().to_owned()
}

#[tokio::test]
async fn a_token_with_time_left_is_used_as_it_is() {
    let server = Scripted::new([]).await;
    let source = source(&server, tokens("old", 1), Arc::new(Kept::default()));
    assert_eq!(plain(source.access().await.unwrap()), "old");
    assert!(server.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_renew_once() {
    let server = Scripted::new([Reply::Json(200, RENEWED)]).await;
    let kept = Arc::new(Kept::default());
    let source = Arc::new(source(&server, tokens("old", 0), kept.clone()));
    let asking: Vec<_> = (0..50)
        .map(|_| {
            tokio::spawn({
                let source = source.clone();
                async move { plain(source.access().await.unwrap()) }
            })
        })
        .collect();
    for one in asking {
        assert_eq!(one.await.unwrap(), "new");
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 1, "one renewal");
    let body = seen[0].text();
    for part in [
        "grant_type=refresh_token",
        "refresh_token=refresh-1",
        "client_id=client.example",
        "client_secret=GOCSPX-s",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    let kept = kept.0.lock().unwrap();
    assert_eq!(kept.len(), 1);
    assert!(
        kept[0].contains("refresh-1"),
        "the refresh token is kept: Google doesn't repeat it"
    );
    assert!(kept[0].contains("gmail.compose"), "so are the scopes");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_rejected_at_once_renew_once() {
    let server = Scripted::new([Reply::Json(200, RENEWED)]).await;
    let source = Arc::new(source(
        &server,
        tokens("old", 999),
        Arc::new(Kept::default()),
    ));
    let rejected = source.access().await.unwrap();
    let asking: Vec<_> = (0..50)
        .map(|_| {
            tokio::spawn({
                let (source, rejected) = (source.clone(), rejected.clone());
                async move { plain(source.access_after(&rejected).await.unwrap()) }
            })
        })
        .collect();
    for one in asking {
        assert_eq!(one.await.unwrap(), "new");
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_new_refresh_token_replaces_the_former() {
    let rotated = r#"{"access_token":"new","refresh_token":"refresh-2","token_type":"Bearer",
        "expires_in":3599,"scope":"openid"}"#;
    let server = Scripted::new([Reply::Json(200, rotated)]).await;
    let kept = Arc::new(Kept::default());
    let source = source(&server, tokens("old", 0), kept.clone());
    source.access().await.unwrap();
    let kept = kept.0.lock().unwrap();
    assert!(kept[0].contains("refresh-2") && !kept[0].contains("refresh-1"));
    let kept = Tokens::from_json(&kept[0]).unwrap();
    assert_eq!(kept.scopes, ["openid"]);
}

#[tokio::test]
async fn a_dead_grant_is_said_once_and_never_asked_again() {
    let dead =
        r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#;
    let server = Scripted::new([Reply::Json(400, dead)]).await;
    let source = source(&server, tokens("old", 0), Arc::new(Kept::default()));
    for _ in 0..3 {
        let error = source.access().await.unwrap_err();
        assert_eq!(error.outcome, SendOutcome::NeedsSignIn);
        assert_eq!(error.error.code, Code::GmailTokenExpired);
        assert!(
            error.error.message.contains("7 days"),
            "{}",
            error.error.message
        );
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_a_failed_renewal_means() {
    for (reply, outcome, says) in [
        (Reply::Cut, SendOutcome::Unreachable, "online"),
        (
            Reply::Json(503, "{}"),
            SendOutcome::Unreachable,
            "can't be read",
        ),
        (
            Reply::Json(200, "{}"),
            SendOutcome::Unreachable,
            "can't be read",
        ),
        (
            Reply::Json(401, r#"{"error":"invalid_client"}"#),
            SendOutcome::NeedsSignIn,
            "client ID",
        ),
        (
            Reply::Json(
                400,
                r#"{"error":"invalid_grant","error_subtype":"invalid_rapt","error_description":"reauth related error (invalid_rapt)"}"#,
            ),
            SendOutcome::NeedsSignIn,
            "organisation",
        ),
        (
            Reply::Json(503, r#"{"error":"temporarily_unavailable"}"#),
            SendOutcome::Unreachable,
            "trouble",
        ),
    ] {
        let server = Scripted::new([reply.clone(), Reply::Json(200, RENEWED)]).await;
        let source = source(&server, tokens("old", 0), Arc::new(Kept::default()));
        let error = source.access().await.unwrap_err();
        assert_eq!(error.outcome, outcome, "{reply:?}: {error:?}");
        assert!(
            error.error.message.contains(says),
            "{reply:?}: {}",
            error.error.message
        );
        if outcome == SendOutcome::Unreachable {
            assert_eq!(plain(source.access().await.unwrap()), "new", "it may pass");
        }
    }
}

#[tokio::test]
async fn those_who_waited_share_the_failure() {
    let server = Scripted::new([Reply::Cut, Reply::Json(200, RENEWED)]).await;
    let source = source(&server, tokens("old", 0), Arc::new(Kept::default()));
    let (first, second) = tokio::join!(source.access(), source.access());
    assert!(first.is_err() && second.is_err());
    assert_eq!(server.seen().len(), 1, "not one attempt for each who waits");
}

/// A store whose disk is full at first.
struct FullAtFirst(AtomicBool);

impl TokenStore for FullAtFirst {
    fn replace<'a>(&'a self, _: &'a Tokens, tokens: &'a Tokens) -> BoxFuture<'a, Result<Tokens>> {
        Box::pin(async {
            match self.0.swap(false, Ordering::Relaxed) {
                true => Err(Error::new(Code::StorageFull, "The disk is full.")),
                false => Ok(tokens.clone()),
            }
        })
    }
}

#[tokio::test]
async fn tokens_are_kept_before_they_are_used_and_not_asked_for_twice() {
    let server = Scripted::new([Reply::Json(200, RENEWED)]).await;
    let store = Arc::new(FullAtFirst(AtomicBool::new(true)));
    let source = source(&server, tokens("old", 0), store);
    let error = source.access().await.unwrap_err();
    assert_eq!(
        (error.outcome, error.error.code),
        (SendOutcome::NotActed, Code::StorageFull)
    );
    // The refresh token may have been replaced by that renewal, and be of no use any more.
    assert_eq!(plain(source.access().await.unwrap()), "new");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn tokens_that_ended_before_they_could_be_kept_are_renewed() {
    const NEWER: &str = r#"{"access_token":"newer","token_type":"Bearer","expires_in":3599}"#;
    let server = Scripted::new([Reply::Json(200, RENEWED), Reply::Json(200, NEWER)]).await;
    let now = Arc::new(AtomicI64::new(clock()().0));
    let client = GoogleClient::new("client.example", Some("GOCSPX-s")).unwrap();
    let store = Arc::new(FullAtFirst(AtomicBool::new(true)));
    let asked = Arc::clone(&now);
    let clock = Arc::new(move || UnixMillis(asked.load(Ordering::Relaxed)));
    let source = TokenSource::new(client, &server.endpoints(), tokens("old", 0), store, clock);
    source.access().await.unwrap_err();
    // Two hours later there is room again.
    now.fetch_add(2 * 60 * 60 * 1000, Ordering::Relaxed);
    assert_eq!(plain(source.access().await.unwrap()), "newer");
    assert_eq!(server.seen().len(), 2);
}

/// Somebody signed in to the account again while a renewal was under way.
struct SignedInAgain;

impl TokenStore for SignedInAgain {
    fn replace<'a>(&'a self, _: &'a Tokens, _: &'a Tokens) -> BoxFuture<'a, Result<Tokens>> {
        Box::pin(async { Ok(tokens("of the new sign-in", 600)) })
    }
}

#[tokio::test]
async fn tokens_that_took_the_place_of_the_renewed_ones_are_used() {
    let server = Scripted::new([Reply::Json(200, RENEWED)]).await;
    let source = source(&server, tokens("old", 0), Arc::new(SignedInAgain));
    for _ in 0..2 {
        let access = source.access().await.unwrap();
        assert_eq!(access.expose_secret(), "of the new sign-in");
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn revoking() {
    let gone = r#"{"error":"invalid_token"}"#;
    let server = Scripted::new([
        Reply::Json(200, "{}"),
        Reply::Json(400, gone),
        Reply::Json(503, "{}"),
        Reply::Cut,
    ])
    .await;
    let endpoints = server.endpoints();
    let tokens = tokens("a", 0);
    assert!(revoke(&endpoints, &tokens).await.is_ok());
    assert!(
        revoke(&endpoints, &tokens).await.is_ok(),
        "ended already is ended"
    );
    for _ in 0..2 {
        let error = revoke(&endpoints, &tokens).await.unwrap_err();
        assert!(
            error.message.contains("myaccount.google.com"),
            "{}",
            error.message
        );
    }
    assert_eq!(server.seen()[0].text(), "token=refresh-1");
}

#[test]
fn tokens_come_out_of_their_seal_as_they_went_in() {
    let tokens = tokens("access-1", 5);
    let json = tokens.to_json();
    let again = Tokens::from_json(&json).unwrap();
    assert_eq!(*again.to_json(), *json);
    assert!(!format!("{tokens:?}").contains("access-1"), "never shown");
    let error = Tokens::from_json("{\"access\":\"secret-1\"").unwrap_err();
    assert_eq!(error.code, Code::GmailTokenExpired);
    assert!(!error.message.contains("secret-1"));
}
