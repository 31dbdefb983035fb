//! What an answer of a mail server's, or none, proves, and how it is told to people.
//!
//! Codes: RFC 5321, 4.2; enhanced ones: RFC 3463. What a 5xx means depends on what it answers: at
//! the login it is about the account, at a recipient about them, at the end about the mail.

use std::error::Error as _;

use draftwell_core::{
    Code, Error,
    ports::{SendOutcome, StepError},
};
use lettre::transport::smtp::Error as SmtpError;

/// A server that says "later" without saying when is tried again after a minute: most put off
/// senders they don't know yet (greylisting) for one to five.
const LATER_SECONDS: u32 = 60;
/// An hour: what a limit of mails waits.
const QUOTA_PAUSE_SECONDS: u32 = 3600;
/// The most of a server's own words that are shown.
const LONGEST_QUOTE: usize = 200;

/// What was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Greeting,
    StartTls,
    LogIn,
    /// With a token.
    LogInByToken,
    Sender,
    Recipient,
    Data,
    Content,
    /// The mail's end was, or may have been, written.
    End,
}

/// A negative answer.
struct Reply<'a> {
    code: u16,
    /// `5.7.8`
    enhanced: &'a str,
    /// Its words, without the enhanced code.
    words: &'a str,
}

impl<'a> Reply<'a> {
    fn of(error: &SmtpError, text: &'a str) -> Option<Self> {
        let code = error.status()?.to_string().parse().ok()?;
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let is_enhanced = first.starts_with(['4', '5'])
            && first.split('.').count() == 3
            && first.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let (enhanced, words) = if is_enhanced {
            (first, rest)
        } else {
            ("", text)
        };
        Some(Self {
            code,
            enhanced,
            words,
        })
    }

    fn is_later(&self) -> bool {
        self.code < 500
    }

    /// A limit of mails a day or an hour (Gmail: 550 5.4.5; others say it in words). An address
    /// that the server repeats may have any word in it, and a bad address is no limit.
    fn is_quota(&self) -> bool {
        if self.enhanced == "5.4.5" {
            return true;
        }
        if self.enhanced.get(1..4) == Some(".1.") {
            return false;
        }
        let words = self.words.to_ascii_lowercase();
        let own: Vec<&str> = words
            .split_whitespace()
            .filter(|word| !word.contains('@'))
            .collect();
        let own = own.join(" ");
        [
            "sending limit",
            "sending quota",
            "daily limit",
            "daily quota",
            "daily sending",
            "daily message",
            "daily mail",
            "messages per day",
            "messages per hour",
            "too many messages",
        ]
        .iter()
        .any(|sign| own.contains(sign))
    }

    fn is_rate(&self) -> bool {
        let words = self.words.to_ascii_lowercase();
        self.enhanced == "4.7.28" || words.contains("rate limit") || words.contains("too fast")
    }

    fn is_size(&self) -> bool {
        // 552 alone is RFC 5321's; with an enhanced code that one says what was meant.
        self.code == 552 && self.enhanced.is_empty() || matches!(self.enhanced, "5.3.4" | "5.2.3")
    }

    fn quote(&self) -> String {
        let words = quoted(self.words);
        if words.is_empty() {
            format!("It answered {} and gave no reason.", self.code)
        } else {
            format!("It said: “{words}” ({}).", self.code)
        }
    }
}

/// A server's words on one line, no longer than can be read.
fn quoted(words: &str) -> String {
    let words: Vec<&str> = words
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let shown: String = words.join(" ").chars().take(LONGEST_QUOTE).collect();
    shown.trim_end_matches('.').to_owned()
}

fn text_of(error: &SmtpError) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

/// What a failed command proves.
pub(super) fn judge(at: At, error: &SmtpError) -> StepError {
    let text = text_of(error);
    let judged = match Reply::of(error, &text) {
        Some(reply) => answered(at, &reply),
        None if at == At::End => unclear(if error.is_timeout() {
            "The server didn't answer in time."
        } else {
            "The connection to the server broke off while it had the whole mail."
        }),
        None => broke_off(at, error),
    };
    tracing::warn!(?at, outcome = ?judged.outcome, status = ?error.status(), "the mail server failed");
    judged
}

/// A server that said no did not act.
fn answered(at: At, reply: &Reply<'_>) -> StepError {
    let logs_in = matches!(at, At::LogIn | At::LogInByToken);
    if reply.is_quota() && !logs_in {
        return step(
            SendOutcome::NotActed,
            Some(QUOTA_PAUSE_SECONDS),
            Code::GmailQuotaExceeded,
            format!(
                "The server's own limit of mails is reached. {} It is tried again later by itself.",
                reply.quote()
            ),
        );
    }
    if reply.is_later() {
        let code = if reply.is_rate() {
            Code::RateLimitExceeded
        } else {
            Code::MailServerError
        };
        return step(
            SendOutcome::NotActed,
            Some(LATER_SECONDS),
            code,
            format!(
                "The server puts it off. {} It is tried again by itself.",
                reply.quote()
            ),
        );
    }
    match at {
        At::LogIn | At::LogInByToken => not_let_in(at, reply),
        At::Sender if reply.code == 530 => not_let_in(at, reply),
        _ if reply.is_size() => step(
            SendOutcome::Refused,
            None,
            Code::FileTooLarge,
            format!(
                "This mail is larger than the server takes. {}",
                reply.quote()
            ),
        ),
        At::Greeting | At::StartTls => step(
            SendOutcome::NotActed,
            Some(LATER_SECONDS),
            Code::MailServerError,
            format!("The server turns Draftwell away. {}", reply.quote()),
        ),
        At::Sender => step(
            SendOutcome::Refused,
            None,
            Code::MailServerError,
            format!(
                "The server doesn't let this account send from its address. {}",
                reply.quote()
            ),
        ),
        _ => step(
            SendOutcome::Refused,
            None,
            Code::MailServerError,
            format!("The server doesn't take this mail. {}", reply.quote()),
        ),
    }
}

fn not_let_in(at: At, reply: &Reply<'_>) -> StepError {
    let hint = match reply.enhanced {
        _ if at == At::LogInByToken => {
            "It doesn't take the token. Most tokens end after an hour, and Draftwell can't renew \
             those entered here: enter a new one, or a password made for programs (an app password)."
        }
        "5.7.9" => "It wants an app password: make one on your provider's security page.",
        "5.7.139" | "5.7.30" | "5.7.57" => {
            "It no longer takes passwords for this account; use a token, or ask its administrator."
        }
        _ if reply.code == 534 => "It wants another way to log in, often an app password.",
        _ => "Check name and password; some providers want an app password.",
    };
    step(
        SendOutcome::NeedsSignIn,
        None,
        Code::AccountNotConnected,
        format!(
            "The mail server doesn't let this account in. {hint} {}",
            reply.quote()
        ),
    )
}

/// No answer came, and the mail's end was not written: nothing was sent.
fn broke_off(at: At, error: &SmtpError) -> StepError {
    if let Some(problem) = certificate_problem(error) {
        return not_acted(format!(
            "The server can't prove who it is, so nothing was said to it: {problem} Check the \
             server's name in the account's settings."
        ));
    }
    if at == At::Greeting && !error.is_response() {
        return not_acted(
            "The mail server can't be reached. Is this machine online, and are the server's name \
             and port right?",
        );
    }
    not_acted(if error.is_response() && at == At::Greeting {
        "What answers there doesn't speak SMTP, or hung up at once. Are port and security right?"
    } else {
        "The connection to the mail server broke off before the mail was sent."
    })
}

/// What is wrong with the server's certificate, if that is what failed.
fn certificate_problem(error: &SmtpError) -> Option<String> {
    let mut source = error.source();
    while let Some(cause) = source {
        let inner = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .or_else(|| cause.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::InvalidCertificate(problem)) = inner {
            use rustls::CertificateError as Problem;
            return Some(match problem {
                Problem::Expired | Problem::ExpiredContext { .. } => {
                    "its certificate has expired.".into()
                }
                Problem::NotValidForName | Problem::NotValidForNameContext { .. } => {
                    "its certificate is for another name.".into()
                }
                Problem::UnknownIssuer => {
                    "its certificate comes from nobody this system trusts.".into()
                }
                other => format!("its certificate is not valid ({other})."),
            });
        }
        source = cause.source();
    }
    None
}

fn step(
    outcome: SendOutcome,
    retry_after_seconds: Option<u32>,
    code: Code,
    message: impl Into<String>,
) -> StepError {
    let mut error = Error::new(code, message);
    error.retry_after_seconds = retry_after_seconds;
    StepError {
        outcome,
        retry_after_seconds,
        error,
    }
}

fn not_acted(message: impl Into<String>) -> StepError {
    let message = format!("{} It is tried again by itself.", message.into());
    step(SendOutcome::NotActed, None, Code::MailServerError, message)
}

/// A failure before any mail was spoken of.
pub(super) fn of_the_server(mut error: StepError) -> StepError {
    if error.outcome == SendOutcome::NotActed {
        error.outcome = SendOutcome::Unreachable;
    }
    error
}

pub(super) fn unclear(message: &str) -> StepError {
    step(SendOutcome::Unclear, None, Code::MailServerError, message)
}

pub(super) fn too_slow() -> StepError {
    not_acted("The mail server doesn't answer.")
}

pub(super) fn unreachable(error: &std::io::Error) -> StepError {
    tracing::info!(kind = ?error.kind(), "the mail server can't be reached");
    not_acted(
        "The mail server can't be reached. Is this machine online, and are the server's name and \
         port right?",
    )
}

pub(super) fn out_of_turn() -> StepError {
    not_acted("The mail server's answer made no sense.")
}

/// May be somebody on the way who hides the offer; so it is tried again, and never in the clear.
pub(super) fn no_starttls() -> StepError {
    not_acted(
        "The server doesn't offer encryption (STARTTLS) on this port, so nothing was said to it. \
         Try TLS on port 465.",
    )
}

pub(super) fn no_tls(error: &SmtpError) -> StepError {
    tracing::error!(%error, "no TLS");
    not_acted(
        "Secure connections can't be set up on this system. Are its certificates installed \
         (package ca-certificates)?",
    )
}

pub(super) fn not_here() -> StepError {
    step(
        SendOutcome::NeedsSignIn,
        None,
        Code::AccountNotConnected,
        "This server is not on this machine, so it can't be used without encryption. Choose TLS \
         or STARTTLS in the account's settings.",
    )
}

pub(super) fn no_way_to_log_in(offered: &[String]) -> StepError {
    let offered = if offered.is_empty() {
        "It offers none on this port; try another port or kind of security.".to_owned()
    } else {
        format!("It offers {}.", quoted(&offered.join(", ")))
    };
    step(
        SendOutcome::NeedsSignIn,
        None,
        Code::AccountNotConnected,
        format!("The server knows no way to log in that Draftwell knows. {offered}"),
    )
}

pub(super) fn too_large(most: u64) -> StepError {
    #[allow(clippy::cast_precision_loss, reason = "megabytes with one digit")]
    let megabytes = most as f64 / 1_000_000.0;
    step(
        SendOutcome::Refused,
        None,
        Code::FileTooLarge,
        format!(
            "The server takes mails up to {megabytes:.1} MB. Make this one smaller and send again."
        ),
    )
}

pub(super) fn no_utf8() -> StepError {
    step(
        SendOutcome::Refused,
        None,
        Code::MailServerError,
        "The server can't take addresses with letters like these before the @ (it lacks SMTPUTF8).",
    )
}

pub(super) fn no_eight_bit() -> StepError {
    step(
        SendOutcome::Refused,
        None,
        Code::MailServerError,
        "The server can't take mails with other letters than ASCII as they are (it lacks 8BITMIME).",
    )
}

pub(super) fn bad_address(address: &str) -> StepError {
    step(
        SendOutcome::Refused,
        None,
        Code::ValidationError,
        format!("“{}” can't be an e-mail address.", quoted(address)),
    )
}

/// 452 4.5.3: waiting changes nothing.
pub(super) fn is_too_many(error: &SmtpError) -> bool {
    let text = text_of(error);
    Reply::of(error, &text).is_some_and(|reply| {
        reply.code == 452 && (reply.enhanced == "4.5.3" || reply.words.contains("many recipients"))
    })
}

/// 421: the server hangs up.
pub(super) fn closes(error: &SmtpError) -> bool {
    let text = text_of(error);
    Reply::of(error, &text).is_some_and(|reply| reply.code == 421)
}

/// Some recipients were refused for good, so nothing was sent to anybody.
pub(super) fn refused(refused: &[(&str, SmtpError)], most: usize) -> StepError {
    let mut told = Vec::new();
    for (recipient, error) in refused.iter().take(most) {
        let text = text_of(error);
        if let Some(reply) = Reply::of(error, &text) {
            if reply.is_quota() {
                return answered(At::Recipient, &reply);
            }
            told.push(format!(
                "{recipient}: “{}” ({}).",
                quoted(reply.words),
                reply.code
            ));
        }
    }
    if refused.len() > most {
        told.push(format!("And {} more.", refused.len() - most));
    }
    let (those, fix) = match refused.len() {
        1 => ("this recipient", "Correct or remove it"),
        _ => ("these recipients", "Correct or remove them"),
    };
    let mut error = step(
        SendOutcome::Refused,
        None,
        Code::ValidationError,
        format!(
            "The server doesn't take {those}, so nothing was sent to anybody. {} {fix}, then send \
             again.",
            told.join(" ")
        ),
    );
    error.error.field = Some("to".into());
    error
}

/// A recipient was put off, so nothing was sent to anybody yet.
pub(super) fn put_off(recipient: &str, error: &SmtpError) -> StepError {
    let mut judged = judge(At::Recipient, error);
    judged.error.message = format!("{recipient}: {}", judged.error.message);
    judged
}
