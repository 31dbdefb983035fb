//! The one place that makes HTTP clients.
//!
//! TLS is rustls with the ring provider and the system's certificates, so that the program carries
//! a single TLS library. A redirect to another host is never followed: our requests carry keys in
//! headers, which a client library would hand on. Programs on this machine are never reached
//! through a proxy. There is no automatic retry here: who may be asked twice is decided in core.

use std::{sync::Once, time::Duration};

use draftwell_core::{Code, Error, Result};
use reqwest::redirect::Policy;
use url::{Host, Url};

/// How the program names itself.
pub const USER_AGENT: &str = concat!("Draftwell/", env!("CARGO_PKG_VERSION"));

/// Redirects that are followed within one host.
const MOST_REDIRECTS: usize = 3;

/// A client for a service.
///
/// `base` is the service's address: it decides about the proxy. `connect` is how long making the
/// connection may take; longer limits are set per request by those who know what is usual there.
///
/// # Errors
/// [`Code::InternalError`] if the TLS library can't be set up, for example because the system has
/// no certificates.
pub fn client(base: &Url, connect: Duration) -> Result<reqwest::Client> {
    install_crypto();
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(connect)
        .redirect(same_host_only());
    if is_this_machine(base) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| {
        tracing::error!(%error, "no HTTP client");
        Error::new(
            Code::InternalError,
            "Secure connections can't be set up on this system. Are its certificates installed \
             (package ca-certificates)?",
        )
    })
}

/// Whether an address is on this machine.
pub fn is_this_machine(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.eq_ignore_ascii_case("localhost")
                || name.to_ascii_lowercase().ends_with(".localhost")
        }
        None => false,
    }
}

/// Makes ring the TLS provider of the process; done once, and harmless when somebody did before.
pub fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn same_host_only() -> Policy {
    Policy::custom(|attempt| {
        let here = attempt.url();
        let same = attempt.previous().last().is_some_and(|before| {
            before.scheme() == here.scheme()
                && before.host_str() == here.host_str()
                && before.port_or_known_default() == here.port_or_known_default()
        });
        if same && attempt.previous().len() <= MOST_REDIRECTS {
            attempt.follow()
        } else {
            // The 3xx answer itself comes back, and is treated as the error it is.
            attempt.stop()
        }
    })
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    #[test]
    fn knows_this_machine() {
        for (address, here) in [
            ("http://127.0.0.1:11434/v1", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]:8080/v1", true),
            ("http://localhost:1234", true),
            ("http://ollama.localhost", true),
            ("https://openrouter.ai/api/v1", false),
            ("http://192.168.1.7:11434", false),
            ("http://localhost.example.com", false),
        ] {
            assert_eq!(
                is_this_machine(&Url::parse(address).unwrap()),
                here,
                "{address}"
            );
        }
    }

    /// Answers every request with the response; counts them.
    async fn server(response: String) -> (Url, tokio::sync::mpsc::UnboundedReceiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let (heard, hear) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = vec![0; 4096];
                let n = socket.read(&mut request).await.unwrap_or(0);
                let _ = heard.send(String::from_utf8_lossy(&request[..n]).into_owned());
                let _ = socket.write_all(response.as_bytes()).await;
            }
        });
        (base, hear)
    }

    #[tokio::test]
    async fn a_key_never_follows_a_redirect_to_another_host() {
        let (elsewhere, mut heard_elsewhere) =
            server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".into()).await;
        let (base, mut heard) = server(format!(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        ))
        .await;
        let client = client(&base, Duration::from_secs(2)).unwrap();
        let answer = client
            .get(base)
            .header("x-api-key", "secret")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 307, "the redirect itself is the answer");
        let request = heard.recv().await.unwrap();
        assert!(request.contains(USER_AGENT));
        assert!(heard_elsewhere.try_recv().is_err(), "nobody else was asked");
    }
}
