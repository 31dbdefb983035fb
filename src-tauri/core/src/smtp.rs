//! Mail servers that take mail by SMTP (RFC 5321, 6409): what is known about one, and what of
//! that can't be right.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Error, Result};

/// How the way to a server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// The connection begins in the clear and is encrypted before anything is said (RFC 3207),
    /// usually on port 587. A server that doesn't offer it gets nothing.
    StartTls,
    /// Encrypted from the first byte (RFC 8314, 3.3), usually on port 465.
    Tls,
    /// Not at all: only for servers on this machine.
    None,
}

/// How an account shows a server who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SmtpLogin {
    /// Not at all: only for servers on this machine.
    None,
    /// With a password: `PLAIN` (RFC 4616), or `LOGIN` where a server knows no other.
    Password,
    /// With an OAuth access token: `XOAUTH2`.
    Token,
}

/// A server and how to log in to it. The password or token is a secret and kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SmtpServer {
    /// Its name, or its address in numbers.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: Security,
    /// How to log in.
    pub login: SmtpLogin,
    /// The name to log in with; often the mail address.
    pub user_name: String,
}

impl SmtpServer {
    /// The server as it is to be kept: blanks around names are gone, and names of other scripts
    /// are as servers know them (RFC 5891).
    ///
    /// # Errors
    /// `VALIDATION_ERROR` naming `server.host`, `server.port`, `server.security`,
    /// `server.login` or `server.userName`.
    pub fn checked(self) -> Result<Self> {
        let host = clean_host(&self.host).ok_or_else(|| {
            Error::invalid(
                "server.host",
                "Write the name of your provider's outgoing mail server, such as \
                 smtp.example.com.",
            )
        })?;
        if self.port == 0 {
            return Err(Error::invalid(
                "server.port",
                "A port is a number from 1 to 65535; mail servers use 465 or 587.",
            ));
        }
        let is_here = is_loopback(&host);
        if self.security == Security::None && !is_here {
            return Err(Error::invalid(
                "server.security",
                "Without encryption anybody on the way could read your password and your mail. \
                 Choose TLS or STARTTLS.",
            ));
        }
        if self.login == SmtpLogin::None && !is_here {
            return Err(Error::invalid(
                "server.login",
                "Servers elsewhere want to know who sends. Choose a password or a token.",
            ));
        }
        let user_name = self.user_name.trim().to_owned();
        if self.login != SmtpLogin::None && user_name.is_empty() {
            return Err(Error::invalid(
                "server.userName",
                "Write the name you log in with; often it is the mail address.",
            ));
        }
        if user_name.chars().any(char::is_control) {
            return Err(Error::invalid(
                "server.userName",
                "A name can't have line ends or tabs in it.",
            ));
        }
        Ok(Self {
            host,
            user_name,
            ..self
        })
    }
}

fn clean_host(typed: &str) -> Option<String> {
    let typed = typed.trim().trim_end_matches('.');
    let typed = typed
        .strip_prefix('[')
        .and_then(|inside| inside.strip_suffix(']'))
        .unwrap_or(typed);
    if let Ok(address) = typed.parse::<core::net::IpAddr>() {
        return Some(address.to_string());
    }
    let host = idna::domain_to_ascii_strict(typed).ok()?;
    // A name of digits alone is an address in one of its odd spellings.
    let is_name = host.split('.').all(|label| !label.is_empty())
        && !host
            .split('.')
            .next_back()?
            .bytes()
            .all(|b| b.is_ascii_digit());
    (is_name && host.len() <= 253).then_some(host)
}

/// Whether a host is this machine.
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|ip: core::net::IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str) -> SmtpServer {
        SmtpServer {
            host: host.into(),
            port: 465,
            security: Security::Tls,
            login: SmtpLogin::Password,
            user_name: " ada@example.com ".into(),
        }
    }

    #[test]
    fn hosts_are_kept_as_servers_know_them() {
        let check = |typed: &str, expect: Option<&str>| {
            let host = server(typed).checked().ok().map(|server| server.host);
            assert_eq!(host.as_deref(), expect, "{typed:?}");
        };
        check(" SMTP.Example.com. ", Some("smtp.example.com"));
        check("post.müller.de", Some("post.xn--mller-kva.de"));
        check("127.0.0.1", Some("127.0.0.1"));
        check("[::1]", Some("::1"));
        check("localhost", Some("localhost"));
        check("", None);
        check("smtp.example.com:465", None);
        check("https://smtp.example.com", None);
        check("smtp example com", None);
        check("smtp.example.com\r\nEHLO x", None);
        check("2130706433", None);
        check("a..b", None);
    }

    #[test]
    fn nothing_goes_elsewhere_in_the_clear_or_unnamed() {
        let check = |change: fn(&mut SmtpServer), field: Option<&str>| {
            let mut server = server("smtp.example.com");
            change(&mut server);
            let found = server.checked().err().and_then(|error| error.field);
            assert_eq!(found.as_deref(), field);
        };
        check(|_| {}, None);
        check(|s| s.port = 0, Some("server.port"));
        check(|s| s.security = Security::None, Some("server.security"));
        check(|s| s.login = SmtpLogin::None, Some("server.login"));
        check(|s| s.user_name = "\t".into(), Some("server.userName"));
        check(|s| s.user_name = "a\r\nb".into(), Some("server.userName"));
        check(
            |s| {
                s.host = "127.0.0.1".into();
                s.security = Security::None;
                s.login = SmtpLogin::None;
                s.user_name = String::new();
            },
            None,
        );
        // Numbers that look like this machine and aren't it.
        check(
            |s| {
                s.host = "127.0.0.1.example.com".into();
                s.security = Security::None;
            },
            Some("server.security"),
        );
    }

    #[test]
    fn names_lose_their_blanks() {
        assert_eq!(
            server("a.example").checked().unwrap().user_name,
            "ada@example.com"
        );
    }
}
