//! What the database keeps about the vault: nothing secret, but enough to tell whether a key is
//! the right one, and to open the data key with a passphrase.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use draftwell_core::{Code, Error, Result};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::seal::{KEY_LEN, Key, fill_random};

/// Argon2id parameters. RFC 9106, section 4, second recommendation: 64 MiB and 3 passes, for
/// machines whose memory is shared. One lane, because the implementation uses one thread.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
const SALT_LEN: usize = 16;

/// Limits for parameters that are read back: a damaged or hostile row must not eat all memory.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 16;

/// Characters a passphrase needs at least (NIST SP 800-63B, 5.1.1).
const MIN_PASSPHRASE: usize = 8;

const CHECK_NAME: &str = "vault/key-check";
const WRAPPED_NAME: &str = "vault/data-key";

/// What the database keeps about the vault, as JSON. Contains no secret: the data key is in the
/// keyring, or here encrypted under the passphrase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VaultMeta {
    /// Nothing, sealed with the data key (base64): only the right key opens it.
    check: String,
    /// Where the data key is.
    key: KeyPlace,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case")]
enum KeyPlace {
    /// In the operating system's keyring.
    Keyring,
    /// Here, under a key made from a passphrase.
    Passphrase(Wrapped),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped {
    salt: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    data_key: String,
}

impl VaultMeta {
    /// For a data key that is in the keyring.
    pub(super) fn in_keyring(key: &Key) -> Result<Self> {
        Ok(Self {
            check: BASE64.encode(key.seal(CHECK_NAME, b"")?),
            key: KeyPlace::Keyring,
        })
    }

    /// For a data key that opens with a passphrase. Takes about a second of a processor.
    pub(super) fn under_passphrase(key: &Key, passphrase: &SecretString) -> Result<Self> {
        let mut salt = [0; SALT_LEN];
        fill_random(&mut salt)?;
        let wrapping = derive(passphrase, &salt, MEMORY_KIB, PASSES, LANES)?;
        Ok(Self {
            check: BASE64.encode(key.seal(CHECK_NAME, b"")?),
            key: KeyPlace::Passphrase(Wrapped {
                salt: BASE64.encode(salt),
                memory_kib: MEMORY_KIB,
                passes: PASSES,
                lanes: LANES,
                data_key: BASE64.encode(wrapping.seal(WRAPPED_NAME, key.bytes())?),
            }),
        })
    }

    /// Whether a passphrase opens it.
    pub(super) fn needs_passphrase(&self) -> bool {
        matches!(self.key, KeyPlace::Passphrase(_))
    }

    /// Whether this is the key that sealed the secrets.
    pub(super) fn fits(&self, key: &Key) -> bool {
        BASE64
            .decode(&self.check)
            .is_ok_and(|check| key.unseal(CHECK_NAME, &check).is_some())
    }

    /// The data key, opened with the passphrase. Takes about a second of a processor.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` for a wrong passphrase, `INTERNAL_ERROR` for a damaged record.
    pub(super) fn open(&self, passphrase: &SecretString) -> Result<Key> {
        let KeyPlace::Passphrase(wrapped) = &self.key else {
            return Err(Error::new(Code::InternalError, "No passphrase is set."));
        };
        if wrapped.memory_kib > MAX_MEMORY_KIB
            || wrapped.passes > MAX_PASSES
            || wrapped.lanes > MAX_LANES
        {
            return Err(damaged());
        }
        let salt = BASE64.decode(&wrapped.salt).map_err(|_| damaged())?;
        let sealed = BASE64.decode(&wrapped.data_key).map_err(|_| damaged())?;
        let wrapping = derive(
            passphrase,
            &salt,
            wrapped.memory_kib,
            wrapped.passes,
            wrapped.lanes,
        )?;
        let bytes = wrapping
            .unseal(WRAPPED_NAME, &sealed)
            .ok_or_else(|| Error::invalid("passphrase", "This is not the passphrase."))?;
        Key::from_bytes(&bytes)
            .filter(|key| self.fits(key))
            .ok_or_else(damaged)
    }
}

/// Refuses passphrases that are too short to protect anything.
pub(super) fn check_passphrase(passphrase: &SecretString) -> Result<()> {
    if passphrase.expose_secret().chars().count() < MIN_PASSPHRASE {
        return Err(Error::invalid(
            "passphrase",
            format!("The passphrase needs at least {MIN_PASSPHRASE} characters."),
        ));
    }
    Ok(())
}

fn derive(
    passphrase: &SecretString,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
    lanes: u32,
) -> Result<Key> {
    let params = Params::new(memory_kib, passes, lanes, Some(KEY_LEN)).map_err(|_| damaged())?;
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(
            passphrase.expose_secret().as_bytes(),
            salt,
            bytes.as_mut_slice(),
        )
        .map_err(|_| damaged())?;
    Key::from_bytes(bytes.as_slice()).ok_or_else(damaged)
}

fn damaged() -> Error {
    Error::new(
        Code::InternalError,
        "The record that opens your saved keys and sign-ins is damaged. \
         Start over in the settings and enter them again; your drafts are not affected.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn a_passphrase_opens_the_key_after_a_round_trip_through_json() {
        let key = Key::random().unwrap();
        let meta = VaultMeta::under_passphrase(&key, &pass("Blaue Möwe 🐦 am Meer")).unwrap();
        let json = serde_json::to_string(&meta).unwrap();
        let back: VaultMeta = serde_json::from_str(&json).unwrap();
        assert_eq!(
            back.open(&pass("Blaue Möwe 🐦 am Meer")).unwrap().bytes(),
            key.bytes()
        );
        let wrong = back.open(&pass("blaue Möwe 🐦 am Meer")).unwrap_err();
        assert_eq!(wrong.code, Code::ValidationError);
        assert_eq!(wrong.field.as_deref(), Some("passphrase"));
        assert!(!json.contains("Meer"));
    }

    #[test]
    fn a_hostile_record_is_refused_before_it_costs_memory() {
        let key = Key::random().unwrap();
        let mut meta = VaultMeta::under_passphrase(&key, &pass("long enough")).unwrap();
        let KeyPlace::Passphrase(wrapped) = &mut meta.key else {
            panic!("made with a passphrase")
        };
        wrapped.memory_kib = u32::MAX;
        assert_eq!(
            meta.open(&pass("long enough")).unwrap_err().code,
            Code::InternalError
        );
    }

    #[test]
    fn only_the_right_key_fits() {
        let key = Key::random().unwrap();
        let meta = VaultMeta::in_keyring(&key).unwrap();
        assert!(meta.fits(&key));
        assert!(!meta.fits(&Key::random().unwrap()));
        assert!(!meta.needs_passphrase());
    }

    #[test]
    fn passphrases_are_counted_in_characters() {
        assert!(check_passphrase(&pass("Möwe 🐦 7")).is_ok());
        let short = check_passphrase(&pass("ÄÖÜäöüß")).unwrap_err();
        assert_eq!(short.field.as_deref(), Some("passphrase"));
    }
}
