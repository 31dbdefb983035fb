//! The page the browser shows at the end of a sign-in.
//!
//! Static, and it repeats nothing of the request: it is shown by whoever reaches the port.

use super::provider::Words;

/// What the browser is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// Signed in.
    Connected,
    /// The user said no, at the provider's.
    Refused,
    /// Something went wrong afterwards; Draftwell shows what.
    Failed,
    /// The request isn't an answer to the sign-in under way.
    Stranger,
    /// There is nothing here.
    Nothing,
}

impl Page {
    /// The whole HTTP answer. Never stored, never framed, no address handed on to others.
    pub(super) fn response(self, words: &Words) -> Vec<u8> {
        let (company, product) = (words.company, words.product);
        let (status, mark, title, text) = match self {
            Self::Connected => (
                "200 OK",
                "✓",
                format!("{product} is connected"),
                "You can close this page and go back to Draftwell.".to_owned(),
            ),
            Self::Refused => (
                "200 OK",
                "–",
                format!("{product} was not connected"),
                format!(
                    "You didn't give permission, so nothing was changed. You can close this page; \
                     to try again, choose “Connect {product}” in Draftwell."
                ),
            ),
            Self::Failed => (
                "200 OK",
                "!",
                format!("{product} was not connected"),
                format!(
                    "{company} answered, but the sign-in couldn't be finished. Draftwell says why. \
                     You can close this page."
                ),
            ),
            Self::Stranger => (
                "400 Bad Request",
                "!",
                "This page belongs to another sign-in".to_owned(),
                "Go back to Draftwell, and use the page that it opened last.".to_owned(),
            ),
            Self::Nothing => (
                "404 Not Found",
                "–",
                "Nothing here".to_owned(),
                "You can close this page.".to_owned(),
            ),
        };
        let body = format!(
            "<!doctype html>\n\
             <html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <title>{title} – Draftwell</title><style>{STYLE}</style></head>\
             <body><main><p class=\"mark {class}\" aria-hidden=\"true\">{mark}</p>\
             <h1>{title}</h1><p>{text}</p><p class=\"name\">Draftwell</p></main></body></html>\n",
            class = if self == Self::Connected { "good" } else { "" },
        );
        format!(
            "HTTP/1.1 {status}\r\n\
             Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {}\r\n\
             Cache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

const STYLE: &str = "\
:root{--back:#f4f5f7;--card:#fff;--text:#1d2129;--soft:#5c6470;--line:#e1e4e9;--good:#18794e;\
--mark:#8b93a1}\
@media(prefers-color-scheme:dark){:root{--back:#15171b;--card:#1f2228;--text:#eceef2;\
--soft:#a2aab6;--line:#30353d;--good:#4cc38a;--mark:#6f7785}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;\
background:var(--back);color:var(--text);font:1rem/1.55 system-ui,sans-serif}\
main{max-width:26rem;padding:2.5rem;border:1px solid var(--line);border-radius:14px;\
background:var(--card);text-align:center}\
h1{margin:.9rem 0 .5rem;font-size:1.35rem;line-height:1.3}\
p{margin:0;color:var(--soft)}\
.mark{width:3.2rem;height:3.2rem;margin:0 auto;border-radius:50%;font-size:1.7rem;\
line-height:3.2rem;color:#fff;background:var(--mark)}\
.mark.good{background:var(--good);color:var(--card)}\
.name{margin-top:1.8rem;font-size:.85rem;letter-spacing:.04em}";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::provider::Provider;

    #[test]
    fn pages_are_whole_and_never_kept() {
        let providers = [Provider::Google, Provider::Microsoft];
        for (page, provider) in [
            Page::Connected,
            Page::Refused,
            Page::Failed,
            Page::Stranger,
            Page::Nothing,
        ]
        .into_iter()
        .flat_map(|page| providers.map(|provider| (page, provider)))
        {
            let response = String::from_utf8(page.response(provider.words())).unwrap();
            let (head, body) = response.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())));
            assert!(head.contains("\r\nCache-Control: no-store\r\n"));
            assert!(head.contains("\r\nReferrer-Policy: no-referrer\r\n"));
            assert!(
                !body.contains("<script") && !body.contains("http"),
                "static and alone"
            );
        }
    }
}
