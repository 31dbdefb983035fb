//! Sealing one secret: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under a 32-byte key.
//!
//! A sealed secret is `version (1 byte) | nonce (24 bytes) | ciphertext | tag (16 bytes)`. The
//! secret's name is authenticated with it, so that a row can't be swapped for another one in the
//! database; the nonce is random, which 24 bytes make safe for any number of secrets.

use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use draftwell_core::{Code, Error, Result};
use zeroize::Zeroizing;

/// Bytes of a key.
pub(super) const KEY_LEN: usize = 32;
const VERSION: u8 = 1;
const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;

/// A key for sealing. Wiped from memory when dropped, and never shown.
#[derive(Clone)]
pub(super) struct Key(Zeroizing<[u8; KEY_LEN]>);

impl Key {
    /// A new key from the operating system's random source.
    pub(super) fn random() -> Result<Self> {
        let mut key = Self(Zeroizing::new([0; KEY_LEN]));
        fill_random(key.0.as_mut_slice())?;
        Ok(key)
    }

    /// A key read back from somewhere; none when it hasn't the right length.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The bytes, for the keyring or for wrapping.
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Seals `plain` under `name`.
    pub(super) fn seal(&self, name: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        fill_random(&mut nonce)?;
        let sealed = self
            .cipher()
            .encrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: plain,
                    aad: &associated(name),
                },
            )
            .map_err(|_| Error::new(Code::InternalError, "A secret was too large to keep."))?;
        let mut out = Vec::with_capacity(1 + NONCE_LEN + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what [`Key::seal`] made under the same name; none when the key or the name is
    /// another one, or a single bit was changed.
    pub(super) fn unseal(&self, name: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (&version, rest) = sealed.split_first()?;
        if version != VERSION || rest.len() < NONCE_LEN + TAG_LEN {
            return None;
        }
        let (nonce, text) = rest.split_at(NONCE_LEN);
        self.cipher()
            .decrypt(
                XNonce::from_slice(nonce),
                Payload {
                    msg: text,
                    aad: &associated(name),
                },
            )
            .ok()
            .map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.as_slice().into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(<redacted>)")
    }
}

/// The version is authenticated with the name, so that a later format can't be passed off as
/// this one.
fn associated(name: &str) -> Vec<u8> {
    let mut out = vec![VERSION];
    out.extend_from_slice(name.as_bytes());
    out
}

/// Fills `bytes` from the operating system's random source.
pub(super) fn fill_random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|_| {
        Error::new(
            Code::InternalError,
            "The operating system gave no random numbers, so the secret was not kept. Try again.",
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_sealed_opens_again(name in ".{0,40}", plain: Vec<u8>) {
            let key = Key::random().unwrap();
            let sealed = key.seal(&name, &plain).unwrap();
            let opened = key.unseal(&name, &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
        }

        #[test]
        fn any_changed_bit_is_refused(plain: Vec<u8>, at: prop::sample::Index, bit in 0u8..8) {
            let key = Key::random().unwrap();
            let mut sealed = key.seal("openai", &plain).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(key.unseal("openai", &sealed).is_none());
        }

        #[test]
        fn any_cut_is_refused(plain: Vec<u8>, at: prop::sample::Index) {
            let key = Key::random().unwrap();
            let sealed = key.seal("openai", &plain).unwrap();
            prop_assert!(key.unseal("openai", &sealed[..at.index(sealed.len())]).is_none());
        }

        #[test]
        fn junk_is_refused_without_a_panic(junk: Vec<u8>) {
            prop_assert!(Key::random().unwrap().unseal("openai", &junk).is_none());
        }
    }

    #[test]
    fn a_secret_opens_under_its_own_name_and_key_only() {
        let key = Key::random().unwrap();
        let sealed = key.seal("account/1/refresh", b"token").unwrap();
        assert!(key.unseal("account/2/refresh", &sealed).is_none());
        assert!(
            Key::random()
                .unwrap()
                .unseal("account/1/refresh", &sealed)
                .is_none()
        );
    }

    #[test]
    fn the_same_secret_never_looks_the_same_twice() {
        let key = Key::random().unwrap();
        assert_ne!(
            key.seal("openai", b"k").unwrap(),
            key.seal("openai", b"k").unwrap()
        );
    }

    #[test]
    fn a_key_is_never_shown() {
        let key = Key::from_bytes(&[0x41; KEY_LEN]).unwrap();
        assert_eq!(format!("{key:?}"), "Key(<redacted>)");
    }
}
