//! Accounts at a mail server: their settings, their password, and whether both are right.

use draftwell_core::{
    Code, Error, Result,
    account::Account,
    id::AccountId,
    message::{clean_header, wire_address},
    smtp::{SmtpLogin, SmtpServer},
};
use draftwell_providers::smtp::Smtp;
use draftwell_store::SmtpAccount;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    app::App,
    clock,
    commands::accounts::{SmtpChecked, SmtpSettings},
    events,
    secrets::{self, Sealed},
};

/// Settings that can be used, with the secret they need.
struct Ready {
    account: SmtpAccount,
    /// Entered just now; otherwise the kept one stays.
    entered: bool,
    secret: SecretString,
}

/// Keeps an account's settings and its password, unless the user ends that before it is begun.
///
/// # Errors
/// `VALIDATION_ERROR` naming the field; `KEYRING_UNAVAILABLE` where the password can't be kept.
pub async fn save(app: &App, settings: SmtpSettings) -> Result<Account> {
    let id = settings.id.unwrap_or_else(|| AccountId(clock::new_id()));
    // The keyring may ask the user first, who may think better of it.
    let opening = async {
        let ready = ready(app, settings).await?;
        let sealed = match ready.entered {
            true => {
                let status = app.secrets()?.open().await?;
                secrets::usable(&status)?;
                let secret = ready.secret.expose_secret().as_bytes();
                Some(app.secrets()?.seal(&secrets::smtp(id), secret).await?)
            }
            false => None,
        };
        Ok((ready.account, sealed))
    };
    let (account, sealed) = app.accounts.unless_ended(opening).await?;
    let row = sealed.as_ref().and_then(Sealed::row);
    let account = (app.store()?)
        .save_smtp_account(id, account, row, clock::now())
        .await?;
    if let Some(sealed) = sealed {
        app.secrets()?.hold(sealed);
    }
    let account = app.accounts.prefer_to_practice(app, account).await?;
    events::accounts_changed(&app.handle);
    app.outbox.wake();
    Ok(account)
}

/// Logs in with these settings, and sends and keeps nothing. It stops where the user ends it.
///
/// # Errors
/// `VALIDATION_ERROR` naming the field; else what the server said.
pub async fn check(app: &App, settings: SmtpSettings) -> Result<SmtpChecked> {
    let checking = async {
        let ready = ready(app, settings).await?;
        Smtp::new(ready.account.server, &ready.account.email, ready.secret)
            .check()
            .await
    };
    let found = app.accounts.unless_ended(checking).await?;
    let max_megabytes = found
        .max_bytes
        .map(|bytes| u32::try_from(bytes / 1_000_000).unwrap_or(u32::MAX));
    Ok(SmtpChecked { max_megabytes })
}

/// The sender of an account.
///
/// # Errors
/// `ACCOUNT_NOT_CONNECTED` where its settings or its password are missing.
pub async fn sender(app: &App, account: Account) -> Result<Smtp> {
    let Some(server) = account.server else {
        return Err(incomplete("The server of this account is not known."));
    };
    let secret = match server.login {
        SmtpLogin::None => SecretString::from(""),
        _ => kept(app, account.id).await?.ok_or_else(|| {
            incomplete("The password of this account was not kept. Enter it again.")
        })?,
    };
    Ok(Smtp::new(server, &account.email, secret))
}

async fn ready(app: &App, settings: SmtpSettings) -> Result<Ready> {
    let email = wire_address(&settings.email)
        .filter(|address| address.contains('.'))
        .ok_or_else(|| {
            Error::invalid(
                "email",
                "Write the address your mails are from, such as ada@example.com.",
            )
        })?;
    let server = settings.server.checked()?;
    let entered = settings.secret.filter(|secret| !secret.is_empty());
    if entered
        .as_deref()
        .is_some_and(|secret| secret.contains('\0'))
    {
        return Err(Error::invalid(
            "secret",
            "A password can't have such characters.",
        ));
    }
    let is_entered = entered.is_some();
    let secret = match (entered, settings.id) {
        _ if server.login == SmtpLogin::None => SecretString::from(""),
        (Some(secret), _) => SecretString::from(secret),
        // A password goes to the server it was entered for, and to no other.
        (None, Some(id)) if is_known(app, id, &server).await? => {
            kept(app, id).await?.ok_or_else(no_secret)?
        }
        (None, Some(_)) => {
            return Err(Error::invalid(
                "secret",
                "The server or your name there has changed. Enter the password again.",
            ));
        }
        (None, None) => return Err(no_secret()),
    };
    Ok(Ready {
        account: SmtpAccount {
            email,
            display_name: clean_header(&settings.display_name),
            server,
        },
        entered: is_entered,
        secret,
    })
}

/// Whether an account's password was entered for this server and this name.
async fn is_known(app: &App, id: AccountId, server: &SmtpServer) -> Result<bool> {
    let account = app.store()?.get_account(id).await?;
    Ok(account.server.as_ref() == Some(server))
}

async fn kept(app: &App, id: AccountId) -> Result<Option<SecretString>> {
    app.secrets()?.get_text(&secrets::smtp(id)).await
}

fn no_secret() -> Error {
    Error::invalid("secret", "Enter the password of your mail account.")
}

fn incomplete(message: &str) -> Error {
    Error::new(Code::AccountNotConnected, message)
}
