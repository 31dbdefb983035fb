//! One conversation with a server: what is said, in which order, and what an answer must be.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use draftwell_core::{
    ports::StepResult,
    smtp::{Security, SmtpLogin, SmtpServer, is_loopback},
};
use lettre::{
    Address,
    transport::smtp::{
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;

use super::{
    fault::{self, At},
    stream::ByteByByte,
};
use crate::http;

/// Pieces of a mail are written in this size.
const PIECE: usize = 64 * 1024;
/// How long a server may take to answer the goodbye, which nobody waits for.
const GOODBYE: Duration = Duration::from_secs(5);
/// The most recipients whose refusal is told in a message.
const MOST_NAMED: usize = 5;

/// A connection past its greeting.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    offers: Offers,
}

/// What a server says it can, in its answer to EHLO (RFC 5321, 4.1.1.1).
#[derive(Debug, Default, PartialEq, Eq)]
struct Offers {
    /// SIZE (RFC 1870); zero there means "no limit known".
    max_bytes: Option<u64>,
    eight_bit: bool,
    utf8: bool,
    /// Names of ways to log in, in upper case.
    mechanisms: Vec<String>,
}

impl Offers {
    fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut offers = Self::default();
        for line in lines.skip(1) {
            let line = line.to_ascii_uppercase();
            // Some old servers write `AUTH=PLAIN`.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("SIZE") => {
                    let size = words.next().and_then(|word| word.parse().ok());
                    offers.max_bytes = size.filter(|size| *size > 0);
                }
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SMTPUTF8") => offers.utf8 = true,
                Some("AUTH") => offers.mechanisms.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        offers
    }
}

impl Session {
    pub(super) async fn open(
        server: &SmtpServer,
        patience: Duration,
        trusted: &[Certificate],
    ) -> StepResult<Self> {
        // Not this machine's name, which is nobody's business (RFC 5321, 4.1.4 allows this).
        let hello = ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST);
        let tls = || tls(&server.host, trusted);
        let address = (server.host.as_str(), server.port);
        let connection = match server.security {
            Security::Tls => {
                AsyncSmtpConnection::connect_tokio1(
                    address,
                    Some(patience),
                    &hello,
                    Some(tls()?),
                    None,
                )
                .await
            }
            Security::StartTls | Security::None => {
                let stream = tokio::time::timeout(patience, TcpStream::connect(address))
                    .await
                    .map_err(|_| fault::too_slow())?
                    .map_err(|error| fault::unreachable(&error))?;
                if server.security == Security::None && !is_here(&stream) {
                    return Err(fault::not_here());
                }
                let stream = Box::new(ByteByByte(stream));
                AsyncSmtpConnection::connect_with_transport(stream, &hello).await
            }
        };
        let mut connection = connection.map_err(|error| fault::judge(At::Greeting, &error))?;
        if server.security == Security::StartTls {
            if !connection.can_starttls() {
                return Err(fault::no_starttls());
            }
            connection
                .starttls(tls()?, &hello)
                .await
                .map_err(|error| fault::judge(At::StartTls, &error))?;
        }
        // lettre keeps only part of the answer it asked for, and the size is in the other.
        let mut session = Self {
            connection,
            offers: Offers::default(),
        };
        let answer = session
            .say(At::Greeting, format!("EHLO {hello}\r\n"), 250)
            .await?;
        session.offers = Offers::read(answer.message());
        Ok(session)
    }

    pub(super) fn max_bytes(&self) -> Option<u64> {
        self.offers.max_bytes
    }

    /// Says one line; another answer than `wanted` ends the conversation.
    async fn say(
        &mut self,
        at: At,
        line: impl std::fmt::Display,
        wanted: u16,
    ) -> StepResult<Response> {
        let answer =
            (self.connection.command(line).await).map_err(|error| fault::judge(at, &error))?;
        if answer.has_code(wanted) {
            Ok(answer)
        } else {
            Err(fault::out_of_turn())
        }
    }

    pub(super) async fn log_in(
        &mut self,
        server: &SmtpServer,
        secret: &SecretString,
    ) -> StepResult<()> {
        match server.login {
            SmtpLogin::None => Ok(()),
            SmtpLogin::Password if self.offers("PLAIN") => {
                let words = format!("\0{}\0{}", server.user_name, secret.expose_secret());
                let line = format!("AUTH PLAIN {}\r\n", STANDARD.encode(words));
                self.say(At::LogIn, line, 235).await.map(drop)
            }
            SmtpLogin::Password if self.offers("LOGIN") => {
                self.say(At::LogIn, "AUTH LOGIN\r\n", 334).await?;
                let name = STANDARD.encode(&server.user_name);
                self.say(At::LogIn, format!("{name}\r\n"), 334).await?;
                let password = STANDARD.encode(secret.expose_secret());
                self.say(At::LogIn, format!("{password}\r\n"), 235)
                    .await
                    .map(drop)
            }
            SmtpLogin::Token if self.offers("XOAUTH2") => {
                self.log_in_with_token(server, secret).await
            }
            _ => Err(fault::no_way_to_log_in(&self.offers.mechanisms)),
        }
    }

    fn offers(&self, mechanism: &str) -> bool {
        self.offers
            .mechanisms
            .iter()
            .any(|offered| offered == mechanism)
    }

    /// A refused token is answered with a challenge that holds the reason; the refusal itself
    /// comes only after an empty line (Google's description of XOAUTH2, "Error Response").
    async fn log_in_with_token(
        &mut self,
        server: &SmtpServer,
        token: &SecretString,
    ) -> StepResult<()> {
        let words = format!(
            "user={}\x01auth=Bearer {}\x01\x01",
            server.user_name,
            token.expose_secret()
        );
        let line = format!("AUTH XOAUTH2 {}\r\n", STANDARD.encode(words));
        let answer = (self.connection.command(line).await)
            .map_err(|error| fault::judge(At::LogInByToken, &error))?;
        if answer.has_code(235) {
            return Ok(());
        }
        if !answer.has_code(334) {
            return Err(fault::out_of_turn());
        }
        self.say(At::LogInByToken, "\r\n", 235).await.map(drop)
    }

    /// Sender, recipients, and whether the mail itself may come.
    pub(super) async fn ask(
        &mut self,
        from: &str,
        recipients: &[String],
        bytes: [&[u8]; 2],
    ) -> StepResult<()> {
        let size = bytes.map(<[u8]>::len).iter().sum();
        if let Some(most) = self.offers.max_bytes
            && size as u64 > most
        {
            return Err(fault::too_large(most));
        }
        let mut parameters = Vec::new();
        if self.offers.max_bytes.is_some() {
            parameters.push(MailParameter::Size(size));
        }
        let is_ascii = from.is_ascii() && recipients.iter().all(|address| address.is_ascii());
        if !is_ascii {
            if !self.offers.utf8 {
                return Err(fault::no_utf8());
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !bytes.iter().all(|part| part.is_ascii()) {
            if !self.offers.eight_bit {
                return Err(fault::no_eight_bit());
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let sender = Mail::new(Some(address(from)?), parameters);
        self.say(At::Sender, sender, 250).await?;
        self.name_recipients(recipients).await?;
        self.say(At::Data, Data, 354).await.map(drop)
    }

    async fn name_recipients(&mut self, recipients: &[String]) -> StepResult<()> {
        let mut refused = Vec::new();
        let mut put_off = None;
        for recipient in recipients {
            let asked = self
                .connection
                .command(Rcpt::new(address(recipient)?, vec![]));
            let Err(error) = asked.await else { continue };
            if error.is_permanent() || fault::is_too_many(&error) {
                refused.push((recipient.as_str(), error));
            } else if error.is_transient() {
                // 421 closes the connection: nobody more can be asked about.
                let ends = fault::closes(&error);
                put_off.get_or_insert((recipient.as_str(), error));
                if ends {
                    break;
                }
            } else {
                return Err(fault::judge(At::Recipient, &error));
            }
        }
        match (refused.is_empty(), put_off) {
            (false, _) => Err(fault::refused(&refused, MOST_NAMED)),
            (true, Some((recipient, error))) => Err(fault::put_off(recipient, &error)),
            (true, None) => Ok(()),
        }
    }

    /// The mail itself in two parts, its end, and the answer to that: the server's words for it.
    pub(super) async fn hand_over(
        &mut self,
        [head, body]: [&[u8]; 2],
        upload: Duration,
        patience: Duration,
    ) -> StepResult<String> {
        // lettre ends the last line together with the dot.
        let body = body.strip_suffix(b"\r\n").unwrap_or(body);
        // Set when the pieces are used up, which is just before the dot is written.
        let ended = AtomicBool::new(false);
        let pieces = head.chunks(PIECE).chain(body.chunks(PIECE));
        let pieces = pieces.map(Some).chain([None]);
        let pieces = pieces.filter_map(|piece| {
            if piece.is_none() {
                ended.store(true, Ordering::Relaxed);
            }
            piece
        });
        let mut sending = Box::pin(self.connection.message_iter(pieces));
        let answer = match tokio::time::timeout(upload, &mut sending).await {
            Ok(answer) => Some(answer),
            Err(_) if !ended.load(Ordering::Relaxed) => return Err(fault::too_slow()),
            Err(_) => tokio::time::timeout(patience, &mut sending).await.ok(),
        };
        drop(sending);
        match answer {
            Some(Ok(answer)) if answer.has_code(250) => {
                Ok(answer.first_line().unwrap_or_default().to_owned())
            }
            Some(Ok(_)) => Err(fault::unclear("The server's answer can't be read.")),
            Some(Err(error)) if ended.load(Ordering::Relaxed) => Err(fault::judge(At::End, &error)),
            Some(Err(error)) => Err(fault::judge(At::Content, &error)),
            None => Err(fault::unclear("The server didn't answer in time.")),
        }
    }

    /// Says goodbye, which nobody waits for.
    pub(super) fn leave(mut self) {
        tokio::spawn(async move {
            let _ = tokio::time::timeout(GOODBYE, self.connection.quit()).await;
        });
    }
}

fn address(text: &str) -> StepResult<Address> {
    text.parse().map_err(|_| fault::bad_address(text))
}

fn is_here(stream: &TcpStream) -> bool {
    stream
        .peer_addr()
        .is_ok_and(|peer| is_loopback(&peer.ip().to_string()))
}

fn tls(host: &str, trusted: &[Certificate]) -> StepResult<TlsParameters> {
    http::install_crypto();
    let mut builder = TlsParameters::builder(host.to_owned());
    for certificate in trusted {
        builder = builder.add_root_certificate(certificate.clone());
    }
    builder.build().map_err(|error| fault::no_tls(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_server_offers() {
        let read = |lines: &[&str]| Offers::read(lines.iter().copied());
        assert_eq!(
            read(&[
                "mail.test",
                "PIPELINING",
                "SIZE 35882577",
                "8BITMIME",
                "auth plain LOGIN",
                "SMTPUTF8"
            ]),
            Offers {
                max_bytes: Some(35_882_577),
                eight_bit: true,
                utf8: true,
                mechanisms: vec!["PLAIN".into(), "LOGIN".into()],
            }
        );
        assert_eq!(read(&["SIZE 5", "SIZE 0", "AUTH=LOGIN"]).max_bytes, None);
        assert_eq!(read(&["mail.test", "AUTH=LOGIN"]).mechanisms, ["LOGIN"]);
        assert_eq!(
            read(&["mail.test", "SIZE", "SIZE x", "AUTH"]),
            Offers::default()
        );
    }
}
