//! What is special about Google.

use draftwell_core::{Code, Error, ports::SendOutcome};
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType};

use super::provider::{Redirect, Words};

pub(super) const WORDS: Words = Words {
    company: "Google",
    product: "Gmail",
    permissions: "myaccount.google.com/permissions",
    allow: "leave the box for drafts and sending ticked on Google's page",
    not_connected: Code::GmailNotConnected,
    signed_out: Code::GmailTokenExpired,
    trouble: Code::GmailApiError,
};

pub(super) const REDIRECT: Redirect = Redirect {
    host: "127.0.0.1",
    path: "/google",
    also_v6: false,
};

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
    let kind = answer.error().as_ref();
    if kind.contains("rapt") || said.contains("rapt") {
        return sign_in(
            "Your organisation asks for a new sign-in from time to time. Sign in again.",
        );
    }
    match answer.error() {
        InvalidGrant => sign_in(
            "Google no longer accepts this sign-in. The usual reasons: your Google Cloud project \
             is in testing mode, where sign-ins end after 7 days (publish it to avoid that); the \
             password was changed; or Draftwell's access was removed in the Google account. Sign \
             in again.",
        ),
        InvalidClient | UnauthorizedClient => sign_in(
            "Google doesn't accept the client ID or its secret. Check both in the settings, then \
             sign in again.",
        ),
        InvalidScope => sign_in(
            "Google doesn't allow this client to ask for Gmail. Add the Gmail permission to your \
             Google Cloud project, then sign in again.",
        ),
        Extension(kind) if kind == "temporarily_unavailable" || kind == "server_error" => (
            SendOutcome::Unreachable,
            Error::new(
                WORDS.trouble,
                "Google's sign-in has trouble just now. Try again later.",
            ),
        ),
        _ => {
            let secret = said.to_ascii_lowercase().contains("client_secret");
            let message = if secret {
                "Google wants the client secret too. Enter it in the settings, then sign in again."
            } else {
                "Google refused the sign-in. Check the client ID in the settings, then sign in \
                 again."
            };
            sign_in(message)
        }
    }
}

pub(super) fn page_refused(error: &str) -> Error {
    let not_connected = |message: &str| Error::new(WORDS.not_connected, message);
    match error {
        "access_denied" => not_connected(
            "Permission was not given on Google's page, so Gmail was not connected. (If Google \
             said that access is blocked: add your address as a test user of your Google Cloud \
             project, or publish it.)",
        ),
        "admin_policy_enforced" | "org_internal" => not_connected(
            "Your organisation doesn't allow this program to use Gmail. Ask its administrator.",
        ),
        "server_error" | "temporarily_unavailable" => Error::new(
            WORDS.trouble,
            "Google's sign-in has trouble just now. Try again later.",
        ),
        _ => not_connected(
            "Google refused the sign-in. Check the client ID in the settings, then try again.",
        ),
    }
}
