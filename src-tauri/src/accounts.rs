//! Sign-in, tokens and senders of the connected accounts.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use draftwell_core::{
    Code, Error, Result,
    account::{Account, AccountKind, GMAIL_READONLY},
    id::AccountId,
    ports::{BoxFuture, MailSender},
};
use draftwell_providers::{
    gmail::Gmail,
    graph::Graph,
    oauth::{
        self, Clock, Endpoints, Expected, MICROSOFT_SCOPES, Provider, SCOPES, SignedIn,
        TokenSource, TokenStore, Tokens,
    },
    practice::Practice,
};
use draftwell_store::NewAccount;
use secrecy::ExposeSecret;
use tauri::Url;
use tauri_specta::Event;
use tokio::sync::Notify;

use crate::{
    app::App,
    browser,
    clients::{self, Registration},
    clock,
    commands::accounts::{ConnectStarted, Disconnected},
    events,
    secrets::{self, Secrets},
    smtp,
};

/// What the one practice account is known by.
const PRACTICE: &str = "practice";
/// Whom its mails are from. The domain is one that never exists (RFC 2606, 2).
const PRACTICE_ADDRESS: &str = "practice@draftwell.invalid";
/// Where a person ends a program's access to a Google account.
const GOOGLE_PERMISSIONS: &str = "myaccount.google.com/permissions";

/// Connected accounts.
#[derive(Default)]
pub struct Accounts {
    /// One source per account, so that its tokens are renewed once at a time.
    sources: Mutex<HashMap<AccountId, Arc<TokenSource>>>,
    /// The sign-in under way.
    signing_in: Mutex<Option<Arc<Notify>>>,
    /// Ends the checks of mail servers that are under way.
    end_checks: Notify,
}

impl Accounts {
    /// A client was entered or forgotten. Providers renew tokens only for the client they were
    /// made with: after a change the next renewal says that the account must sign in again.
    pub fn client_changed(&self, app: &App) {
        lock(&self.sources).clear();
        events::settings_changed(&app.handle);
    }

    /// Signs in at a provider in the system's browser; `read` asks for reading mail, too.
    ///
    /// # Errors
    /// As [`PendingSignIn::finish`](oauth::PendingSignIn::finish); `FORBIDDEN` while another
    /// sign-in is under way.
    pub async fn connect(
        &self,
        app: &App,
        provider: Provider,
        again: Option<AccountId>,
        read: bool,
    ) -> Result<Account> {
        let signing_in = self.sign_in(app, provider, again, read);
        let signed_in = self.alone(provider, signing_in).await?;
        let account = self
            .keep(app, clients::kind_of(provider), signed_in)
            .await?;
        events::accounts_changed(&app.handle);
        app.outbox.wake();
        app.mailboxes.forget(account.id);
        Ok(account)
    }

    /// Signs in, one at a time and unless [`Self::cancel_connect`] ends it. All of it: before the
    /// browser opens the keyring may ask the user, who may think better of it.
    async fn alone<T>(
        &self,
        provider: Provider,
        signing_in: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let cancelled = Arc::clone(match &mut *lock(&self.signing_in) {
            Some(_) => {
                return Err(Error::new(
                    Code::Forbidden,
                    "A sign-in is already under way in your browser. Finish it there or cancel it \
                     first.",
                ));
            }
            free => free.insert(Arc::default()),
        });
        let outcome = tokio::select! {
            biased;
            () = cancelled.notified() => Err(Error::new(
                not_connected(provider),
                "The sign-in was cancelled.",
            )),
            outcome = signing_in => outcome,
        };
        lock(&self.signing_in).take();
        outcome
    }

    async fn sign_in(
        &self,
        app: &App,
        provider: Provider,
        again: Option<AccountId>,
        read: bool,
    ) -> Result<SignedIn> {
        let Registration { client, endpoints } = clients::registration(app, provider).await?;
        // Before the user goes through the provider's pages, make sure that the result can be kept.
        let status = app.secrets()?.open().await?;
        secrets::usable(&status)?;
        let known = match again {
            Some(id) => Some(known_at(app, id, provider).await?),
            None => None,
        };
        let may_read = known.as_ref().is_some_and(|known| known.abilities.read);
        let mut scopes = match provider {
            Provider::Google => SCOPES,
            Provider::Microsoft => MICROSOFT_SCOPES,
        }
        .to_vec();
        if provider == Provider::Google && (read || may_read) {
            scopes.push(GMAIL_READONLY);
        }
        let hint = known.as_ref().map(|known| known.email.as_str());
        let mut pending = oauth::start(client, &endpoints, &scopes, hint).await?;
        if let Some(known) = &known {
            pending = pending.expecting(expected(app, known).await?);
        }
        let url = pending.url().to_string();
        let browser_opened = browser::open(&url).is_ok();
        if let Err(error) = (ConnectStarted {
            url,
            browser_opened,
        })
        .emit(&app.handle)
        {
            tracing::warn!(%error, "the page was not told of the sign-in");
        }
        pending.finish(clock::now).await
    }

    /// Ends a sign-in, and checks of a mail server, that are under way.
    pub fn cancel_connect(&self) {
        if let Some(running) = lock(&self.signing_in).as_ref() {
            running.notify_one();
        }
        self.end_checks.notify_waiters();
    }

    /// Does some work on an account of a mail server, unless [`Self::cancel_connect`] ends it
    /// before it is done.
    pub async fn unless_ended<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            () = self.end_checks.notified() => Err(Error::new(
                Code::AccountNotConnected,
                "This was ended before it was done. Nothing was kept.",
            )),
            done = work => done,
        }
    }

    /// The tokens are stored before the account, so that no account ever stands without them.
    async fn keep(&self, app: &App, kind: AccountKind, signed_in: SignedIn) -> Result<Account> {
        let store = app.store()?;
        let mut accounts = store.list_accounts().await?.into_iter();
        let known =
            accounts.find(|account| account.kind == kind && account.subject == signed_in.subject);
        let id = known.map_or_else(|| AccountId(clock::new_id()), |account| account.id);
        let sealed = signed_in.tokens.to_json();
        app.secrets()?
            .put(&secrets::tokens(id), sealed.as_bytes())
            .await?;
        lock(&self.sources).remove(&id);
        let account = NewAccount {
            kind,
            subject: signed_in.subject,
            email: signed_in.email,
            display_name: signed_in.name,
            scopes: signed_in.scopes,
        };
        let account = store.upsert_account(account, id, clock::now()).await?;
        self.prefer_to_practice(app, account).await
    }

    /// Who connects an account means to send: what was the default for practice only gives way.
    pub async fn prefer_to_practice(&self, app: &App, account: Account) -> Result<Account> {
        let store = app.store()?;
        let default = store.default_account().await?;
        if default.is_some_and(|default| default.kind == AccountKind::Practice) {
            store.set_default_account(account.id).await?;
        }
        store.get_account(account.id).await
    }

    /// Makes the practice account, or answers the one there is.
    pub async fn add_practice(&self, app: &App) -> Result<Account> {
        let account = NewAccount {
            kind: AccountKind::Practice,
            subject: PRACTICE.to_owned(),
            email: PRACTICE_ADDRESS.to_owned(),
            display_name: String::new(),
            scopes: Vec::new(),
        };
        let id = AccountId(clock::new_id());
        let account = app
            .store()?
            .upsert_account(account, id, clock::now())
            .await?;
        events::accounts_changed(&app.handle);
        app.outbox.wake();
        Ok(account)
    }

    /// Revokes an account's grant and forgets the account; one whose grant can't be ended now, by
    /// a token that can't be read or a Google that can't be told, only if that is wanted `anyway`,
    /// as nothing here would end its grant, or tell of it, any more.
    ///
    /// # Errors
    /// `CONFLICT` where that is to be confirmed; nothing was changed then.
    pub async fn disconnect(&self, app: &App, id: AccountId, anyway: bool) -> Result<Disconnected> {
        let account = app.store()?.get_account(id).await?;
        let revoked = match account.kind {
            AccountKind::Gmail => {
                let tokens = kept_tokens(app, id).await;
                let google = clients::google_endpoints();
                end_grant(google, &account.email, tokens, anyway).await?
            }
            AccountKind::Outlook => Err(oauth::revoked_by_hand(Provider::Microsoft)),
            // A server was told nothing that it would have to forget.
            AccountKind::Smtp | AccountKind::Practice => Ok(()),
        };
        app.secrets()?.delete(&secrets::smtp(id)).await?;
        app.secrets()?.delete(&secrets::tokens(id)).await?;
        let drafts = app.store()?.delete_account(id).await?;
        lock(&self.sources).remove(&id);
        for draft in drafts {
            events::draft_changed_by_program(&app.handle, draft.id, draft.revision);
        }
        events::accounts_changed(&app.handle);
        app.outbox.wake();
        tracing::info!(%id, revoked = revoked.is_ok(), "account disconnected");
        Ok(Disconnected {
            revoked: revoked.is_ok(),
            message: revoked
                .err()
                .map(|error| format!("{} is forgotten here. {error}", account.email)),
        })
    }

    /// A sender for an account.
    pub async fn sender(&self, app: &App, id: AccountId) -> Result<Box<dyn MailSender>> {
        let account = app.store()?.get_account(id).await?;
        match account.kind {
            AccountKind::Gmail => Ok(Box::new(self.gmail(app, &account).await?)),
            AccountKind::Outlook => {
                let (source, base) = self.source(app, id, Provider::Microsoft).await?;
                Ok(Box::new(Graph::new(&base, source)?))
            }
            AccountKind::Smtp => Ok(Box::new(smtp::sender(app, account).await?)),
            AccountKind::Practice => Ok(Box::new(Practice::new(app.data_dir()))),
        }
    }

    /// Gmail, for an account there.
    pub async fn gmail(&self, app: &App, account: &Account) -> Result<Gmail> {
        let (source, base) = self.source(app, account.id, Provider::Google).await?;
        let gmail = Gmail::new(&base, source, ask_clock())?;
        Ok(gmail.that_reads(account.abilities.read))
    }

    /// An account's tokens, and the address they open.
    async fn source(
        &self,
        app: &App,
        id: AccountId,
        provider: Provider,
    ) -> Result<(Arc<TokenSource>, Url)> {
        let Registration { client, endpoints } = clients::registration(app, provider).await?;
        if let Some(source) = lock(&self.sources).get(&id) {
            return Ok((Arc::clone(source), endpoints.api));
        }
        let tokens = kept_tokens(app, id).await?;
        let keeper = Keeper {
            secrets: Arc::clone(app.secrets()?),
            name: secrets::tokens(id),
        };
        let source = Arc::new(TokenSource::new(
            client,
            &endpoints,
            tokens,
            Arc::new(keeper),
            ask_clock(),
        ));
        // Somebody may have been quicker; there must be one source for each account.
        let source = Arc::clone(lock(&self.sources).entry(id).or_insert(source));
        Ok((source, endpoints.api))
    }
}

/// The account to sign in again, if it is one of this provider's.
async fn known_at(app: &App, id: AccountId, provider: Provider) -> Result<Account> {
    let known = app.store()?.get_account(id).await?;
    if clients::provider_of(known.kind) != Some(provider) {
        return Err(Error::invalid(
            "accountId",
            "This account is at another provider.",
        ));
    }
    Ok(known)
}

/// The code of what no account came of.
fn not_connected(provider: Provider) -> Code {
    match provider {
        Provider::Google => Code::GmailNotConnected,
        Provider::Microsoft => Code::AccountNotConnected,
    }
}

/// The person of an account, and who else is connected at its provider.
async fn expected(app: &App, account: &Account) -> Result<Expected> {
    let accounts = app.store()?.list_accounts().await?.into_iter();
    let there = accounts.filter(|other| other.kind == account.kind);
    Ok(Expected {
        subject: account.subject.clone(),
        email: account.email.clone(),
        connected: there.map(|account| account.subject).collect(),
    })
}

/// The tokens of an account that was signed in to.
async fn kept_tokens(app: &App, id: AccountId) -> Result<Tokens> {
    let Some(json) = app.secrets()?.get_text(&secrets::tokens(id)).await? else {
        return Err(Error::new(
            Code::GmailTokenExpired,
            "The sign-in of this account was not kept. Sign in again.",
        ));
    };
    Tokens::from_json(json.expose_secret())
}

/// Ends a grant at Google, and answers how that went where the account is to be forgotten then.
/// The last token that could end it is not given up for a Google that can't be reached now.
async fn end_grant(
    google: Result<Endpoints>,
    email: &str,
    tokens: Result<Tokens>,
    anyway: bool,
) -> Result<Result<()>> {
    let tokens = match tokens {
        Ok(tokens) => tokens,
        Err(error) if !anyway => return Err(not_revocable(email, &error.message)),
        Err(_) => {
            return Ok(Err(Error::new(
                Code::GmailTokenExpired,
                format!("Google was not told: remove Draftwell at {GOOGLE_PERMISSIONS}."),
            )));
        }
    };
    let revoked = match google {
        Ok(google) => oauth::revoke(&google, &tokens).await,
        Err(error) => Err(error),
    };
    match revoked {
        Err(_) if !anyway => Err(not_revocable(
            email,
            "Google couldn't be reached, or didn't confirm it.",
        )),
        revoked => Ok(revoked),
    }
}

/// Says what is lost with an account whose grant can't be ended.
fn not_revocable(email: &str, why: &str) -> Error {
    Error::new(
        Code::Conflict,
        format!(
            "{email} was not disconnected, because its access at Google can't be ended from here \
             now. {why} If you remove it anyway, Draftwell's access goes on until you end it at \
             {GOOGLE_PERMISSIONS}.",
        ),
    )
}

/// Keeps renewed tokens before they are used.
struct Keeper {
    secrets: Arc<Secrets>,
    name: String,
}

impl TokenStore for Keeper {
    fn replace<'a>(
        &'a self,
        former: &'a Tokens,
        tokens: &'a Tokens,
    ) -> BoxFuture<'a, Result<Tokens>> {
        Box::pin(async move {
            let (former, tokens) = (former.to_json(), tokens.to_json());
            let is_former = |kept: &[u8]| {
                let kept = str::from_utf8(kept).ok().map(Tokens::from_json);
                kept.is_some_and(|kept| kept.is_ok_and(|kept| *kept.to_json() == *former))
            };
            let kept = self
                .secrets
                .replace(&self.name, is_former, tokens.as_bytes())
                .await?;
            match kept
                .as_ref()
                .map(|kept| str::from_utf8(kept.expose_secret()))
            {
                Some(Ok(kept)) => Tokens::from_json(kept),
                _ => Err(Error::new(
                    Code::AccountNotConnected,
                    "This account was disconnected meanwhile.",
                )),
            }
        })
    }
}

fn ask_clock() -> Clock {
    Arc::new(clock::now)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;

    /// The keyring that asks the user keeps a sign-in waiting before its browser opens.
    #[tokio::test]
    async fn a_sign_in_can_be_cancelled_before_its_browser_opens() {
        let accounts = Accounts::default();
        let asking = accounts.alone(Provider::Google, pending::<Result<()>>());
        let meanwhile = async {
            let second = accounts.alone(Provider::Microsoft, async { Ok(()) }).await;
            accounts.cancel_connect();
            second.unwrap_err()
        };
        let (first, second) = tokio::join!(asking, meanwhile);
        assert_eq!(first.unwrap_err().code, Code::GmailNotConnected);
        assert_eq!(second.code, Code::Forbidden, "{second}");
        let next = accounts.alone(Provider::Microsoft, async { Ok(1) }).await;
        assert_eq!(next, Ok(1));
    }

    /// Google, whose place for ending grants answers this to whoever asks first.
    fn google(answer: &'static str) -> Result<Endpoints> {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", socket.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = socket.accept().unwrap();
            let (mut heard, mut part) = (Vec::new(), [0; 4096]);
            while !heard.ends_with(b"token=r") {
                let length = stream.read(&mut part).unwrap();
                heard.extend_from_slice(&part[..length]);
            }
            _ = stream.write_all(answer.as_bytes());
        });
        Endpoints::google(|name| (name == "REVOKE_URL").then(|| base.clone()))
    }

    /// The last token that could end a grant is not thrown away for a Google that wasn't told.
    #[tokio::test]
    async fn an_account_goes_unasked_only_when_its_grant_is_ended() {
        const DOWN: &str = "HTTP/1.1 503 Unavailable\r\nConnection: close\r\n\r\n";
        const CUT: &str = "";
        const DONE: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}";
        const INVALID: &str = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n\
                               {\"error\":\"invalid_token\"}";
        let end = async |answer, anyway| {
            let tokens =
                Tokens::from_json(r#"{"access":"a","refresh":"r","expires_at":0,"scopes":["x"]}"#);
            assert!(tokens.is_ok());
            end_grant(google(answer), "ada@example.com", tokens, anyway).await
        };
        for answer in [DOWN, CUT] {
            let error = end(answer, false).await.unwrap_err();
            assert_eq!(error.code, Code::Conflict);
            for part in ["ada@example.com was not", "anyway", GOOGLE_PERMISSIONS] {
                assert!(error.message.contains(part), "{error}");
            }
            let told = end(answer, true).await.unwrap().unwrap_err();
            assert!(told.message.contains(GOOGLE_PERMISSIONS), "{told}");
        }
        for answer in [DONE, INVALID] {
            assert_eq!(end(answer, false).await, Ok(Ok(())));
        }
        let unread = || Err(Error::new(Code::Forbidden, "The vault is locked."));
        let error = end_grant(google(DONE), "ada@example.com", unread(), false).await;
        let message = error.unwrap_err().message;
        assert!(message.contains("The vault is locked."), "{message}");
        let forgotten = end_grant(google(DONE), "ada@example.com", unread(), true).await;
        assert!(forgotten.unwrap().is_err());
    }
}
