//! Addresses as they stand in a message, and Message-IDs.

use crate::{
    UnixMillis,
    address::Mailbox,
    error::{Error, Result},
};

/// An address as mail servers take it: all ASCII, the domain in lower case and its labels of
/// other scripts as A-labels (RFC 5891). `None` if it can't be one, or if the part before the
/// `@` is not ASCII: that needs SMTPUTF8 (RFC 6531), which much of the world's mail lacks.
pub fn wire_address(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let (local, domain) = typed.rsplit_once('@')?;
    if local.len() > 64 || !local.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    // Quoted local parts and addresses of machines are allowed by the letter, but nobody has
    // one; what looks like one is a slip, or something meant to confuse a program on the way.
    if local.contains(['"', '(', ')', '<', '>', '[', ']', ',', ';', ':', '\\', '@']) {
        return None;
    }
    let domain = idna::domain_to_ascii_strict(domain).ok()?;
    if domain.starts_with('[') || domain.is_empty() {
        return None;
    }
    let address = format!("{local}@{domain}");
    if address.len() > 254 {
        return None;
    }
    lettre::Address::new(local, &domain).ok()?;
    Some(address)
}

/// Whether an address would be one but for letters of other scripts before the `@` (RFC 6531). Such
/// addresses exist; we can't write to them.
pub fn needs_utf8(typed: &str) -> bool {
    let Some((local, domain)) = typed.trim().rsplit_once('@') else {
        return false;
    };
    let as_ascii = |c: char| {
        if c.is_alphanumeric() && !c.is_ascii() {
            'x'
        } else {
            c
        }
    };
    let spelled: String = local.chars().map(as_ascii).collect();
    spelled != local && wire_address(&format!("{spelled}@{domain}")).is_some()
}

/// A new Message-ID: `<RANDOM.TIME@DOMAIN>` with 128 random bits and the sender's domain.
/// Never the name of this machine, which is nobody's business and which Gmail replaces.
pub fn message_id(random: [u8; 16], at: UnixMillis, from: &Mailbox) -> Result<String> {
    let address = wire_address(&from.address)
        .ok_or_else(|| Error::invalid("from", "The sender's address can't be one."))?;
    let domain = address.rsplit('@').next().unwrap_or_default();
    Ok(format!(
        "<{:032x}.{:x}@{domain}>",
        u128::from_be_bytes(random),
        at.0.max(0)
    ))
}

/// Answers a Message-ID as it is if it has the form of one (RFC 5322, 3.6.4).
///
/// # Errors
/// `INTERNAL_ERROR` where it hasn't.
pub fn checked_id(id: &str) -> Result<String> {
    let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
    let well_formed = inner.is_some_and(|inner| {
        inner.len() <= 900
            && inner.contains('@')
            && (inner.bytes()).all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>')
    });
    if well_formed {
        Ok(id.to_owned())
    } else {
        Err(super::broken("a Message-ID is malformed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_addresses() {
        let check = |typed: &str, expect: Option<&str>| {
            assert_eq!(wire_address(typed).as_deref(), expect, "{typed:?}");
        };
        check("ada@example.com", Some("ada@example.com"));
        check(
            "  Ada.Lovelace+x@Example.COM ",
            Some("Ada.Lovelace+x@example.com"),
        );
        check("post@müller.de", Some("post@xn--mller-kva.de"));
        check("info@例え.jp", Some("info@xn--r8jz45g.jp"));
        check("o'brien@example.ie", Some("o'brien@example.ie"));
        check("müller@example.de", None);
        check("ada", None);
        check("@example.com", None);
        check("ada@", None);
        check("ada@@example.com", None);
        check("a b@example.com", None);
        check("ada@exa mple.com", None);
        check("ada@example.com\r\nBcc: eve@example.org", None);
        check("ada@example.com, bob@example.com", None);
        check("<ada@example.com>", None);
        check("ada@[127.0.0.1]", None);
        check("ada..l@example.com", None);
        check(&format!("{}@example.com", "a".repeat(65)), None);
        check(&format!("a@{}.com", "b".repeat(64)), None);
    }

    #[test]
    fn addresses_of_other_scripts_are_known() {
        for (address, needs) in [
            ("müller@example.de", true),
            ("用户@例え.jp", true),
            ("muller@müller.de", false),
            ("mü ller@example.de", false),
            ("müller", false),
            ("müller@", false),
            ("“müller”@example.de", false),
        ] {
            assert_eq!(needs_utf8(address), needs, "{address}");
        }
    }

    #[test]
    fn message_ids_name_the_senders_domain() {
        let from = Mailbox {
            name: None,
            address: "ada@Müller.de".into(),
        };
        let id = message_id([1; 16], UnixMillis(1_700_000_000_000), &from).unwrap();
        assert_eq!(
            id,
            "<01010101010101010101010101010101.18bcfe56800@xn--mller-kva.de>"
        );
        assert!(checked_id(&id).is_ok());
        assert!(checked_id("<a@b>\r\nBcc: x@y").is_err());
        assert!(checked_id("a@b").is_err());
    }
}
