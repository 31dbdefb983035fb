//! Secrets over a real store and a keyring that can be emptied and taken away, through every way of
//! keeping them.

use std::{fs, path::Path};

use draftwell_providers::vault::{Keyring, KeyringError};
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::*;

const PASSPHRASE: &str = "open sesame, please";
/// What must be found nowhere on the disk.
const SECRET: &str = "refresh-token-of-ada";

/// What one machine has from run to run.
struct Machine {
    folder: TempDir,
    keyring: Arc<Desk>,
}

/// A desktop's keyring.
#[derive(Default)]
struct Desk {
    kept: Mutex<Option<Vec<u8>>>,
    is_missing: Mutex<bool>,
}

impl Desk {
    fn answer<T>(&self, work: impl FnOnce(&mut Option<Vec<u8>>) -> T) -> Result<T, KeyringError> {
        match *self.is_missing.lock().unwrap() {
            true => Err(KeyringError::Missing),
            false => Ok(work(&mut self.kept.lock().unwrap())),
        }
    }
}

impl Keyring for Desk {
    fn get(&self) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, KeyringError> {
        self.answer(|kept| kept.clone().map(zeroize::Zeroizing::new))
    }

    fn set(&self, secret: &[u8]) -> Result<(), KeyringError> {
        self.answer(|kept| *kept = Some(secret.to_vec()))
    }

    fn delete(&self) -> Result<(), KeyringError> {
        self.answer(|kept| *kept = None)
    }
}

impl Machine {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            keyring: Arc::default(),
        }
    }

    fn without_keyring() -> Self {
        let machine = Self::new();
        *machine.keyring.is_missing.lock().unwrap() = true;
        machine
    }

    /// A start of the program.
    fn start(&self) -> Arc<Secrets> {
        let store = Store::open(self.folder.path()).unwrap();
        let keyring = Arc::clone(&self.keyring) as Arc<dyn Keyring>;
        Arc::new(Secrets::new(store, Vault::new(keyring)))
    }

    /// Its end, and the next start.
    fn restart(&self, secrets: Arc<Secrets>) -> Arc<Secrets> {
        let secrets = Arc::into_inner(secrets).expect("nobody uses it any more");
        secrets.store.close();
        self.start()
    }

    /// The files that hold a text.
    fn files_with(&self, text: &str) -> Vec<String> {
        fn look(folder: &Path, text: &[u8], found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    look(&path, text, found);
                } else if (fs::read(&path).unwrap())
                    .windows(text.len())
                    .any(|bytes| bytes == text)
                {
                    found.push(path.display().to_string());
                }
            }
        }
        let mut found = Vec::new();
        look(self.folder.path(), text.as_bytes(), &mut found);
        found
    }
}

fn pass() -> SecretString {
    SecretString::from(PASSPHRASE)
}

async fn read(secrets: &Secrets, name: &str) -> Option<String> {
    let secret = secrets.get_text(name).await.unwrap();
    secret.map(|secret| secret.expose_secret().to_owned())
}

#[tokio::test]
async fn every_way_of_keeping_them_can_be_changed_to_and_nothing_is_in_the_clear() {
    let machine = Machine::new();
    let secrets = machine.start();
    secrets.put("tokens/1", SECRET.as_bytes()).await.unwrap();
    assert_eq!(secrets.status().mode, VaultMode::Keyring);

    let status = secrets.choose(Some(pass()), false).await.unwrap();
    assert_eq!(status.mode, VaultMode::Passphrase);
    assert_eq!(
        *machine.keyring.kept.lock().unwrap(),
        None,
        "the key left the keyring"
    );
    assert_eq!(read(&secrets, "tokens/1").await.as_deref(), Some(SECRET));

    let secrets = machine.restart(secrets);
    let locked = secrets.get("tokens/1").await.unwrap_err();
    assert_eq!(locked.code, Code::KeyringUnavailable);
    assert!(secrets.unlock("something else".into()).await.is_err());
    secrets.unlock(pass()).await.unwrap();
    assert_eq!(read(&secrets, "tokens/1").await.as_deref(), Some(SECRET));

    let status = secrets.retry_keyring(false).await.unwrap();
    assert_eq!(status.mode, VaultMode::Keyring);
    let secrets = machine.restart(secrets);
    assert_eq!(read(&secrets, "tokens/1").await.as_deref(), Some(SECRET));
    for text in [SECRET, PASSPHRASE] {
        assert_eq!(machine.files_with(text), [""; 0], "{text}");
    }
}

#[tokio::test]
async fn a_keyring_that_is_emptied_later_is_told_and_can_be_started_over() {
    let machine = Machine::new();
    let secrets = machine.start();
    secrets.put("tokens/1", SECRET.as_bytes()).await.unwrap();
    *machine.keyring.kept.lock().unwrap() = None;
    assert_eq!(
        read(&secrets, "tokens/1").await.as_deref(),
        Some(SECRET),
        "this run has the key"
    );

    let secrets = machine.restart(secrets);
    for _ in 0..2 {
        let error = secrets.get("tokens/1").await.unwrap_err();
        assert_eq!(error.code, Code::KeyringUnavailable);
        assert!(error.message.contains("emptied"), "{}", error.message);
        assert!(secrets.put("tokens/2", b"x").await.is_err());
        secrets.retry_keyring(false).await.unwrap();
    }
    assert_eq!(
        *machine.keyring.kept.lock().unwrap(),
        None,
        "no new key unasked"
    );

    let status = secrets.retry_keyring(true).await.unwrap();
    assert_eq!(status.mode, VaultMode::Keyring);
    assert_eq!(read(&secrets, "tokens/1").await, None, "it is forgotten");
    secrets.put("tokens/1", b"another").await.unwrap();
    let secrets = machine.restart(secrets);
    assert_eq!(read(&secrets, "tokens/1").await.as_deref(), Some("another"));
}

#[tokio::test]
async fn an_emptied_keyring_can_be_left_for_a_passphrase() {
    let machine = Machine::new();
    let secrets = machine.start();
    secrets.put("tokens/1", SECRET.as_bytes()).await.unwrap();
    *machine.keyring.kept.lock().unwrap() = None;
    let secrets = machine.restart(secrets);
    let asked = secrets.choose(Some(pass()), false).await.unwrap_err();
    assert_eq!(asked.code, Code::Conflict);
    assert!(
        secrets.has("tokens/1").await.unwrap(),
        "nothing is forgotten unasked"
    );
    secrets.choose(Some(pass()), true).await.unwrap();
    assert!(!secrets.has("tokens/1").await.unwrap());
}

#[tokio::test]
async fn a_forgotten_passphrase_is_no_dead_end() {
    let machine = Machine::new();
    let secrets = machine.start();
    secrets.put("tokens/1", SECRET.as_bytes()).await.unwrap();
    secrets.choose(Some(pass()), false).await.unwrap();
    let secrets = machine.restart(secrets);
    let status = secrets.retry_keyring(false).await.unwrap();
    assert_eq!(
        status.mode,
        VaultMode::PassphraseLocked,
        "not without a word"
    );
    assert!(secrets.has("tokens/1").await.unwrap());
    let status = secrets.retry_keyring(true).await.unwrap();
    assert_eq!(status.mode, VaultMode::Keyring);
    assert!(!secrets.has("tokens/1").await.unwrap());
    secrets.put("tokens/1", b"another").await.unwrap();
    let secrets = machine.restart(secrets);
    assert_eq!(read(&secrets, "tokens/1").await.as_deref(), Some("another"));
}

#[tokio::test]
async fn a_damaged_record_of_how_they_are_kept_is_no_dead_end() {
    let machine = Machine::new();
    let secrets = machine.start();
    secrets.put("tokens/1", SECRET.as_bytes()).await.unwrap();
    secrets.store.set_vault_meta("{".into()).await.unwrap();
    let secrets = machine.restart(secrets);
    assert_eq!(read(&secrets, "tokens/1").await.as_deref(), Some(SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_while_the_way_changes_is_not_lost() {
    let machine = Machine::without_keyring();
    let secrets = machine.start();
    secrets.choose(None, false).await.unwrap();
    let mut putting = JoinSet::new();
    for number in 0..50 {
        let secrets = Arc::clone(&secrets);
        putting.spawn(async move {
            let name = format!("tokens/{number}");
            secrets.put(&name, SECRET.as_bytes()).await.unwrap();
            secrets.put(&name, name.as_bytes()).await.unwrap();
            let kept = secrets.get_text(&name).await.unwrap();
            assert_eq!(kept.unwrap().expose_secret(), name);
        });
    }
    secrets.choose(Some(pass()), false).await.unwrap();
    putting.join_all().await;
    let secrets = machine.restart(secrets);
    secrets.unlock(pass()).await.unwrap();
    for number in 0..50 {
        let name = format!("tokens/{number}");
        assert_eq!(read(&secrets, &name).await, Some(name.clone()));
    }
}

#[tokio::test]
async fn what_is_for_this_run_only_is_never_written_down() {
    let machine = Machine::without_keyring();
    let secrets = machine.start();
    secrets.choose(None, false).await.unwrap();
    secrets.put("tokens/1", SECRET.as_bytes()).await.unwrap();
    assert_eq!(read(&secrets, "tokens/1").await.as_deref(), Some(SECRET));
    let names = secrets.store.secret_names().await.unwrap();
    assert_eq!(names, [""; 0]);
    let secrets = machine.restart(secrets);
    assert!(!secrets.has("tokens/1").await.unwrap());
}

#[tokio::test]
async fn renewed_tokens_replace_only_those_they_were_made_from() {
    for for_this_run in [false, true] {
        let machine = match for_this_run {
            true => Machine::without_keyring(),
            false => Machine::new(),
        };
        let secrets = machine.start();
        if for_this_run {
            secrets.open().await.unwrap();
            secrets.choose(None, false).await.unwrap();
        }
        let replace = async |former: &[u8], new: &[u8]| {
            let kept = secrets
                .replace("tokens/1", |kept| kept == former, new)
                .await;
            kept.unwrap().map(|kept| kept.expose_secret().to_vec())
        };
        secrets.put("tokens/1", b"1").await.unwrap();
        assert_eq!(replace(b"1", b"2").await.as_deref(), Some(&b"2"[..]));
        assert_eq!(read(&secrets, "tokens/1").await.as_deref(), Some("2"));

        // Signed in again meanwhile.
        assert_eq!(replace(b"1", b"3").await.as_deref(), Some(&b"2"[..]));
        assert_eq!(read(&secrets, "tokens/1").await.as_deref(), Some("2"));

        // Disconnected meanwhile.
        secrets.delete("tokens/1").await.unwrap();
        assert_eq!(replace(b"2", b"3").await, None);
        assert!(!secrets.has("tokens/1").await.unwrap());
        assert!(!secrets.store.any_secret().await.unwrap());
    }
}
