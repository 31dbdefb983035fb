//! Taking what follows people out of links: the parameters of advertising networks, and the
//! detours by which mail programs and search pages count who clicks.

use ammonia::Url;

use super::Href;

/// Parameters that only say where a click came from.
const TRACKING: [&str; 18] = [
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "oly_anon_id",
    "oly_enc_id",
    "vero_id",
];

/// How many detours are followed, one inside the other.
const MAX_DETOURS: usize = 4;

impl Href {
    /// The same place without tracking parameters and without a known detour before it. What isn't
    /// recognised stays as it was written, to the byte.
    #[must_use]
    pub fn untracked(self) -> Self {
        let mut href = self;
        for _ in 0..MAX_DETOURS {
            match Url::parse(&href.0).ok().and_then(|url| target(&url)) {
                Some(inner) => href = inner,
                None => break,
            }
        }
        href.without_tracking()
    }

    fn without_tracking(self) -> Self {
        let (rest, fragment) = match self.0.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (&*self.0, None),
        };
        let Some((path, query)) = rest.split_once('?') else {
            return self;
        };
        if !self.0.starts_with("http") {
            return self;
        }
        let kept: Vec<&str> = query.split('&').filter(|pair| !tracks(pair)).collect();
        if kept.len() == query.split('&').count() {
            return self;
        }
        let mut href = path.to_owned();
        if !kept.is_empty() {
            href.push('?');
            href.push_str(&kept.join("&"));
        }
        if let Some(fragment) = fragment {
            href.push('#');
            href.push_str(fragment);
        }
        Self::parse(&href).unwrap_or(self)
    }
}

fn tracks(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair).to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING.contains(&&*name)
}

/// Where a detour leads: the pages and the parameter that holds the address.
fn target(url: &Url) -> Option<Href> {
    let host = url.host_str()?;
    let within = |domain: &str| {
        host.strip_suffix(domain)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    // google.com, www.google.de, google.co.uk
    let google = host
        .strip_prefix("www.")
        .unwrap_or(host)
        .strip_prefix("google.")
        .is_some_and(|ending| ending.len() <= 6);
    let names: &[&str] = if within("safelinks.protection.outlook.com") {
        &["url"]
    } else if google && url.path() == "/url" {
        &["q", "url"]
    } else if within("facebook.com") && url.path() == "/l.php" {
        &["u"]
    } else {
        return None;
    };
    let value = names.iter().find_map(|wanted| {
        url.query_pairs()
            .find_map(|(name, value)| (name == *wanted).then_some(value))
    })?;
    let inner = Href::parse(&value)?;
    (inner.as_str().starts_with("http") || inner.as_str().starts_with("mailto:")).then_some(inner)
}
