//! Sending through a mail server by SMTP (RFC 5321, submission RFC 6409).
//!
//! SMTP answers a mail once, after its last line, a lone dot. Until that dot was written the
//! server has not taken the mail, whatever happens to the connection; once it was, only the answer
//! tells. So a lost answer is *unclear*, and nothing else is. Nobody can ask afterwards: a server
//! doesn't know what became of a mail (see [`MailSender::look`]).
//!
//! One refused recipient stops the whole mail: it is one row in the outbox, with one outcome. Part
//! of it sent would be neither sent nor failed, and a second try would reach the others twice. All
//! recipients are asked about first, so that every refusal is named at once.
//!
//! lettre speaks the protocol; `session` decides what is said. Deliberately absent: a copy in the
//! Sent folder, which would take IMAP, and getting OAuth tokens.

mod fault;
mod session;
mod stream;

use std::time::Duration;

use draftwell_core::{
    Code, Error, Result,
    message::split_without_bcc,
    outbox::LEASE_SECONDS,
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
    smtp::SmtpServer,
};
use lettre::transport::smtp::client::Certificate;
use secrecy::SecretString;

use session::Session;

/// How long a server may take. RFC 5321, 4.5.3.2 asks for minutes where a person would have given
/// up long ago; its ten for the last answer matter, because giving up there means not knowing.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To make the connection.
    pub connect: Duration,
    /// To log in, and once more from there to the go-ahead for the mail itself.
    pub prepare: Duration,
    /// To take the mail.
    pub upload: Duration,
    /// For the answer after its end.
    pub answer: Duration,
}

impl Patience {
    const USUAL: Self = Self {
        connect: Duration::from_secs(30),
        prepare: Duration::from_secs(120),
        upload: Duration::from_secs(300),
        answer: Duration::from_secs(600),
    };

    const fn total(self) -> u64 {
        self.connect.as_secs()
            + 2 * self.prepare.as_secs()
            + self.upload.as_secs()
            + self.answer.as_secs()
    }
}

/// A transmission must end before its lease does.
const _: () = assert!(Patience::USUAL.total() < LEASE_SECONDS as u64);

/// A mail server, for one account.
pub struct Smtp {
    server: SmtpServer,
    from: String,
    secret: SecretString,
    patience: Patience,
    trusted: Vec<Certificate>,
}

/// What a connection test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// The largest mail the server takes, in bytes, where it says so (RFC 1870).
    pub max_bytes: Option<u64>,
}

impl Smtp {
    /// `from` is the address mails are from; `secret` the password or token, by the server's
    /// [`login`](SmtpServer::login).
    pub fn new(server: SmtpServer, from: &str, secret: SecretString) -> Self {
        Self {
            server,
            from: from.to_owned(),
            secret,
            patience: Patience::USUAL,
            trusted: Vec::new(),
        }
    }

    /// Waits this long instead.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Trusts this certificate (DER) too, beside those the system trusts.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` if it is none.
    pub fn trusting(mut self, certificate: &[u8]) -> Result<Self> {
        let certificate = Certificate::from_der(certificate.to_vec())
            .map_err(|_| Error::invalid("certificate", "This is not a certificate."))?;
        self.trusted.push(certificate);
        Ok(self)
    }

    /// Connects and logs in, and sends nothing.
    ///
    /// # Errors
    /// What a mail would have met: see [`StepError::error`].
    pub async fn check(&self) -> Result<Checked> {
        let session = self.logged_in().await.map_err(|error| error.error)?;
        let max_bytes = session.max_bytes();
        session.leave();
        Ok(Checked { max_bytes })
    }

    async fn logged_in(&self) -> StepResult<Session> {
        let opening = async {
            let mut session =
                Session::open(&self.server, self.patience.connect, &self.trusted).await?;
            session.log_in(&self.server, &self.secret).await?;
            Ok(session)
        };
        let limit = self.patience.connect + self.patience.prepare;
        // So far nothing was said of a mail: what failed would meet the account's others, too.
        in_time(limit, opening).await.map_err(fault::of_the_server)
    }

    async fn deliver(&self, message: &OutgoingMessage) -> StepResult<SentMessage> {
        let (head, body) = split_without_bcc(&message.bytes);
        let bytes = [&head[..], body];
        let mut session = self.logged_in().await?;
        let asked = session.ask(&self.from, &message.recipients, bytes);
        let agreed = in_time(self.patience.prepare, asked).await;
        let outcome = match agreed {
            Ok(()) => {
                let Patience { upload, answer, .. } = self.patience;
                session.hand_over(bytes, upload, answer).await
            }
            Err(error) => Err(error),
        };
        session.leave();
        Ok(SentMessage {
            id: outcome?,
            thread_id: None,
        })
    }
}

/// Before the mail's end nothing has happened, however long the server took.
async fn in_time<T>(limit: Duration, work: impl Future<Output = StepResult<T>>) -> StepResult<T> {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(fault::too_slow()))
}

impl MailSender for Smtp {
    fn create_draft<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<String>> {
        Box::pin(async { Err(no_drafts()) })
    }

    fn send_draft<'a>(&'a self, _: &'a str) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(async { Err(no_drafts()) })
    }

    fn look<'a>(&'a self, _: &'a str, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<Found>> {
        Box::pin(async {
            Err(StepError {
                outcome: SendOutcome::Refused,
                retry_after_seconds: None,
                error: Error::new(
                    Code::SendOutcomeUnknown,
                    "A mail server can't be asked what became of a mail.",
                ),
            })
        })
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(self.deliver(message))
    }
}

fn no_drafts() -> StepError {
    StepError {
        outcome: SendOutcome::Refused,
        retry_after_seconds: None,
        error: Error::new(
            Code::InternalError,
            "A mail server keeps no drafts: mails are sent in one step.",
        ),
    }
}
