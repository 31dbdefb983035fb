//! What is special about Microsoft (learn.microsoft.com/entra/identity-platform: "OAuth 2.0
//! authorization code flow", "AADSTS error codes").
//!
//! Its errors name their cause by a number in their text, `AADSTS` and some digits; the error
//! itself mostly says `invalid_grant` or `invalid_request`.

use draftwell_core::{Code, Error, ports::SendOutcome};
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType};

use super::provider::{Redirect, Words};

pub(super) const WORDS: Words = Words {
    company: "Microsoft",
    product: "Outlook",
    permissions: "account.live.com/consent/Manage (or myapps.microsoft.com at work)",
    allow: "allow what Microsoft's page lists",
    not_connected: Code::AccountNotConnected,
    signed_out: Code::AccountNotConnected,
    trouble: Code::MailServerError,
};

/// `http://localhost` is what Microsoft lets everybody register; it then ignores the port, and
/// knows no path.
pub(super) const REDIRECT: Redirect = Redirect {
    host: "localhost",
    path: "",
    also_v6: true,
};

/// The number of `AADSTS700082: The refresh token has expired ...`.
fn cause(description: &str) -> Option<u32> {
    let (_, after) = description.split_once("AADSTS")?;
    let end = after.find(|c: char| !c.is_ascii_digit());
    after[..end.unwrap_or(after.len())].parse().ok()
}

/// What a cause means for the person, where it says more than the error.
fn meaning(cause: u32) -> Option<&'static str> {
    Some(match cause {
        // Too old, or not used for too long.
        70008 | 70043 | 700_082 | 700_084 => {
            "Microsoft's sign-in has ended because it wasn't used for a long time, or because \
             your organisation asks for a new one from time to time. Sign in again."
        }
        50132 | 50133 | 50173 => {
            "Microsoft no longer accepts this sign-in: the password was changed, or all sign-ins \
             were ended. Sign in again."
        }
        50072 | 50074 | 50076 | 50078 | 50079 | 50158 => {
            "Microsoft asks for a second proof that it is you. Sign in again."
        }
        65001 => {
            "Draftwell's access was removed in the Microsoft account, or was never given. Sign in \
             again and allow it."
        }
        65004 => "Permission was not given on Microsoft's page, so Outlook was not connected.",
        90094 | 90095 => {
            "Your organisation lets only its administrators allow programs. Ask one of them to \
             allow your app registration."
        }
        50105 | 53000 | 53001 | 53003 | 530_032 => {
            "Your organisation doesn't allow this sign-in from this program or computer. Ask its \
             administrator."
        }
        50034 | 50057 | 50128 | 51004 => {
            "Microsoft doesn't know this account (any more), or it was blocked."
        }
        50011 => {
            "The app registration has no redirect address for Draftwell. Under “Authentication”, \
             add the platform “Mobile and desktop applications” with http://localhost."
        }
        7_000_218 | 70002 | 9_002_326 => {
            "Microsoft takes your app registration for a web site. Under “Authentication”, add the \
             platform “Mobile and desktop applications” with http://localhost, and switch on \
             “Allow public client flows”."
        }
        50194 | 9_002_331 | 9_002_332 | 9_002_346 | 50020 => {
            "Your app registration is for other accounts than this one. Choose “any organisation \
             and personal accounts” there, or enter its directory (tenant) in the settings."
        }
        700_016 | 90002 | 900_023 => {
            "Microsoft doesn't know this client ID in this directory. Check both in the settings."
        }
        _ => return None,
    })
}

pub(super) fn knows_cause(description: &str) -> bool {
    cause(description).and_then(meaning).is_some()
}

pub(super) fn refused(answer: &BasicErrorResponse) -> (SendOutcome, Error) {
    use BasicErrorResponseType::{
        Extension, InvalidClient, InvalidGrant, InvalidScope, UnauthorizedClient,
    };
    let sign_in = |message: &str| {
        (
            SendOutcome::NeedsSignIn,
            Error::new(WORDS.signed_out, message),
        )
    };
    let said = answer.error_description().map_or("", |text| text.as_str());
    let cause = cause(said);
    tracing::warn!(?cause, "Microsoft's reason");
    if let Extension(kind) = answer.error()
        && matches!(kind.as_str(), "temporarily_unavailable" | "server_error")
    {
        return (SendOutcome::Unreachable, trouble());
    }
    if let Some(message) = cause.and_then(meaning) {
        return sign_in(message);
    }
    match answer.error() {
        InvalidGrant => sign_in(
            "Microsoft no longer accepts this sign-in. The usual reasons: it wasn't used for 90 \
             days; the password was changed; or Draftwell's access was removed in the Microsoft \
             account. Sign in again.",
        ),
        InvalidClient | UnauthorizedClient => sign_in(
            "Microsoft doesn't accept the client ID. Check it in the settings, then sign in again.",
        ),
        InvalidScope => sign_in(
            "Microsoft doesn't allow this client to ask for mail. Add Mail.Send and \
             Mail.ReadWrite to your app registration, then sign in again.",
        ),
        Extension(kind) if kind == "interaction_required" || kind == "consent_required" => {
            sign_in("Microsoft asks for a new sign-in. Sign in again.")
        }
        _ => sign_in(
            "Microsoft refused the sign-in. Check the client ID in the settings, then sign in \
             again.",
        ),
    }
}

pub(super) fn page_refused(error: &str, description: &str) -> Error {
    let not_connected = |message: &str| Error::new(WORDS.not_connected, message);
    if matches!(error, "server_error" | "temporarily_unavailable") {
        return trouble();
    }
    if let Some(message) = cause(description).and_then(meaning) {
        return not_connected(message);
    }
    not_connected(match error {
        "access_denied" | "consent_required" => {
            "Permission was not given on Microsoft's page, so Outlook was not connected."
        }
        _ => "Microsoft refused the sign-in. Check the client ID in the settings, then try again.",
    })
}

fn trouble() -> Error {
    Error::new(
        WORDS.trouble,
        "Microsoft's sign-in has trouble just now. Try again later.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_a_number_in_the_text() {
        let check = |text: &str, expect: Option<u32>| assert_eq!(cause(text), expect, "{text:?}");
        check(
            "AADSTS700082: The refresh token has expired due to inactivity.",
            Some(700_082),
        );
        check("Sorry. AADSTS65001 The user ...", Some(65001));
        check("AADSTS", None);
        check("AADSTS99999999999999: x", None);
        check("", None);
    }

    #[test]
    fn the_browser_may_bring_a_reason() {
        let check = |error: &str, description: &str, code: Code, says: &str| {
            let error = page_refused(error, description);
            assert_eq!(error.code, code, "{error}");
            assert!(error.message.contains(says), "{error}");
        };
        let no = Code::AccountNotConnected;
        check("access_denied", "AADSTS65004: declined", no, "not given");
        check("access_denied", "", no, "not given");
        check("access_denied", "AADSTS90094: admin", no, "administrators");
        check("invalid_request", "AADSTS50011: redirect", no, "localhost");
        check("unauthorized_client", "AADSTS700016: app", no, "client ID");
        check(
            "server_error",
            "AADSTS90002: x",
            Code::MailServerError,
            "later",
        );
        check("whatever", "<script>", no, "refused");
    }
}
