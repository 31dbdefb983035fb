//! Sending accounts and what they may do.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    UnixMillis,
    address::Mailbox,
    error::{Error, Result},
    id::AccountId,
    smtp::SmtpServer,
};

/// Whose service an account is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Gmail, by its API.
    Gmail,
    /// Outlook and Microsoft 365, by Microsoft Graph.
    Outlook,
    /// A mail server, by SMTP.
    Smtp,
    /// None: mails are kept as files on this machine, to try everything without an account.
    Practice,
}

/// A sending identity. Its tokens are kept elsewhere, encrypted, and never reach the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// Kind.
    pub kind: AccountKind,
    /// The provider's own stable id of the person (`sub` of OpenID Connect).
    pub subject: String,
    /// Address.
    pub email: String,
    /// Name shown to recipients, or empty.
    pub display_name: String,
    /// Addresses it may send from besides its own, which the provider has verified.
    pub aliases: Vec<Alias>,
    /// The server of an account of kind `smtp`.
    pub server: Option<SmtpServer>,
    /// The OAuth scopes that were granted.
    pub scopes: Vec<String>,
    /// What the scopes allow.
    pub abilities: Abilities,
    /// Whether the user must sign in again.
    pub needs_sign_in: bool,
    /// Why, for people.
    pub needs_sign_in_reason: Option<String>,
    /// Whether it is used where a draft names none.
    pub is_default: bool,
    /// When it last sent.
    pub last_used_at: Option<UnixMillis>,
    /// When it was connected.
    pub created_at: UnixMillis,
}

/// An address an account may send from besides its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Alias {
    /// The address.
    pub address: String,
    /// Name shown to recipients; empty: the account's.
    pub name: String,
}

impl Account {
    /// Whom a mail is from that leaves through this account: `from` where that is one of its
    /// aliases, none: its own address.
    ///
    /// Errors: `VALIDATION_ERROR` about `fromAddress` where it is none of its addresses (any
    /// more): Gmail would put another one in its place.
    pub fn sender(&self, from: Option<&str>) -> Result<Mailbox> {
        let own = |name: &str| Some(name.to_owned()).filter(|name| !name.trim().is_empty());
        let is = |address: &str, from: &str| address.trim().eq_ignore_ascii_case(from.trim());
        let Some(from) = from.filter(|from| !is(&self.email, from)) else {
            return Ok(Mailbox {
                name: own(&self.display_name),
                address: self.email.clone(),
            });
        };
        let alias = (self.aliases.iter()).find(|alias| is(&alias.address, from));
        let alias = alias.ok_or_else(|| {
            Error::invalid(
                "fromAddress",
                format!(
                    "{from} is not (or no longer) an address that {} may send from. Choose \
                     another sender.",
                    self.email
                ),
            )
        })?;
        Ok(Mailbox {
            name: own(&alias.name).or_else(|| own(&self.display_name)),
            address: alias.address.clone(),
        })
    }
}

/// What an account's scopes allow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Abilities {
    /// It can send at all.
    pub send: bool,
    /// It can send through a stored draft, so that an unclear outcome can be looked up.
    pub safe_send: bool,
    /// It can read mail, for replies and history.
    pub read: bool,
}

/// Google's scope for drafts and sending; with it an unclear outcome can be looked up.
pub const GMAIL_COMPOSE: &str = "https://www.googleapis.com/auth/gmail.compose";
/// Google's scope for sending and nothing else.
pub const GMAIL_SEND: &str = "https://www.googleapis.com/auth/gmail.send";
/// Google's scope for reading.
pub const GMAIL_READONLY: &str = "https://www.googleapis.com/auth/gmail.readonly";
/// Google's scope for everything but deleting for good.
pub const GMAIL_MODIFY: &str = "https://www.googleapis.com/auth/gmail.modify";
/// Google's scope for everything.
pub const GMAIL_ALL: &str = "https://mail.google.com/";

/// Microsoft's permission to send.
pub const GRAPH_SEND: &str = "https://graph.microsoft.com/Mail.Send";
/// Microsoft's permission for drafts and everything else in the mailbox.
pub const GRAPH_READ_WRITE: &str = "https://graph.microsoft.com/Mail.ReadWrite";

impl Abilities {
    /// What an account of this kind may do with the scopes it was granted, where there are any.
    pub fn of<S: AsRef<str>>(kind: AccountKind, granted: &[S]) -> Self {
        match kind {
            AccountKind::Gmail => Self::from_scopes(granted),
            AccountKind::Outlook => Self::from_graph_scopes(granted),
            // What became of a mail can't be asked of a server afterwards.
            AccountKind::Smtp => Self {
                send: true,
                safe_send: false,
                read: false,
            },
            AccountKind::Practice => Self {
                send: true,
                safe_send: true,
                read: false,
            },
        }
    }

    /// What the granted scopes allow (Gmail API reference, "Authorization scopes" of
    /// `messages.send`, `drafts.create`, `drafts.send` and `messages.get`).
    pub fn from_scopes<S: AsRef<str>>(granted: &[S]) -> Self {
        let has = |wanted: &[&str]| {
            granted
                .iter()
                .any(|scope| wanted.contains(&scope.as_ref().trim()))
        };
        let safe_send = has(&[GMAIL_COMPOSE, GMAIL_MODIFY, GMAIL_ALL]);
        Self {
            send: safe_send || has(&[GMAIL_SEND]),
            safe_send,
            read: has(&[GMAIL_READONLY, GMAIL_MODIFY, GMAIL_ALL]),
        }
    }

    /// What Microsoft's permissions allow. Microsoft names them with or without the address of
    /// Graph, in any case.
    pub fn from_graph_scopes<S: AsRef<str>>(granted: &[S]) -> Self {
        let has = |wanted: &str| {
            let short = wanted.rsplit('/').next().unwrap_or_default();
            granted.iter().any(|scope| {
                let scope = scope.as_ref().trim();
                scope.eq_ignore_ascii_case(wanted) || scope.eq_ignore_ascii_case(short)
            })
        };
        // Sending takes a draft, and a look at it (see `draftwell_providers::graph`).
        let sends = has(GRAPH_SEND) && has(GRAPH_READ_WRITE);
        Self {
            send: sends,
            safe_send: sends,
            // It may, but nothing of Draftwell reads there yet.
            read: false,
        }
    }
}

/// Where the client id for a provider comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ClientSource {
    /// None is known; the user must enter one.
    None,
    /// The environment.
    Environment,
    /// Entered by the user.
    Entered,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_from_the_account_or_one_of_its_aliases() {
        let alias = |address: &str, name: &str| Alias {
            address: address.into(),
            name: name.into(),
        };
        let account = Account {
            id: AccountId(uuid::Uuid::nil()),
            kind: AccountKind::Gmail,
            subject: "1".into(),
            email: "ada@gmail.com".into(),
            display_name: "Ada".into(),
            aliases: vec![
                alias("sales@example.org", "Sales"),
                alias("a@example.org", " "),
            ],
            server: None,
            scopes: vec![],
            abilities: Abilities::default(),
            needs_sign_in: false,
            needs_sign_in_reason: None,
            is_default: true,
            last_used_at: None,
            created_at: UnixMillis(0),
        };
        let check = |from: Option<&str>, name: &str, address: &str| {
            let sender = account.sender(from).unwrap();
            assert_eq!(sender.name.as_deref(), Some(name), "{from:?}");
            assert_eq!(sender.address, address, "{from:?}");
        };
        check(None, "Ada", "ada@gmail.com");
        check(Some(" Ada@Gmail.com "), "Ada", "ada@gmail.com");
        check(Some("SALES@example.org"), "Sales", "sales@example.org");
        check(Some("a@example.org"), "Ada", "a@example.org");
        for stranger in ["", "boss@example.org", "sales@example.org.evil"] {
            let error = account.sender(Some(stranger)).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("fromAddress"), "{stranger}");
        }
    }

    #[test]
    fn abilities_follow_the_scopes_that_were_granted() {
        let check = |scopes: &[&str], send, safe_send, read| {
            let expected = Abilities {
                send,
                safe_send,
                read,
            };
            assert_eq!(Abilities::from_scopes(scopes), expected, "{scopes:?}");
        };
        check(&["openid", "email"], false, false, false);
        check(&["openid", GMAIL_SEND], true, false, false);
        check(&[GMAIL_COMPOSE], true, true, false);
        check(&[GMAIL_COMPOSE, GMAIL_READONLY], true, true, true);
        check(&[GMAIL_READONLY], false, false, true);
        check(&[GMAIL_ALL], true, true, true);
        check(
            &["https://www.googleapis.com/auth/gmail.compose.evil"],
            false,
            false,
            false,
        );
    }

    #[test]
    fn outlook_sends_through_drafts_or_not_at_all() {
        let check = |scopes: &[&str], sends: bool| {
            let found = Abilities::of(AccountKind::Outlook, scopes);
            assert_eq!((found.send, found.safe_send), (sends, sends), "{scopes:?}");
        };
        check(&["openid", "profile"], false);
        check(&[GRAPH_SEND], false);
        check(&[GRAPH_READ_WRITE], false);
        check(&[GRAPH_SEND, GRAPH_READ_WRITE, "User.Read"], true);
        check(&["mail.send", "Mail.ReadWrite"], true);
        check(&["https://evil.example/Mail.Send", GRAPH_READ_WRITE], false);
    }
}
