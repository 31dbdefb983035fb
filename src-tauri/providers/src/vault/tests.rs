//! The vault over a keyring that behaves: it can be missing, locked, emptied and hang. What real
//! ones do is in `tests/vault_keyring.rs`.

use std::sync::Condvar;

use zeroize::Zeroizing;

use super::*;

#[derive(Default)]
struct Behaving {
    kept: Mutex<Option<Vec<u8>>>,
    fault: Mutex<Option<KeyringError>>,
    hangs: Mutex<bool>,
    goes_on: Condvar,
    forgets_at_once: bool,
}

impl Behaving {
    fn fails(&self, fault: Option<KeyringError>) {
        *self.fault.lock().unwrap() = fault;
    }

    fn hangs(&self, hangs: bool) {
        *self.hangs.lock().unwrap() = hangs;
        self.goes_on.notify_all();
    }

    fn kept(&self) -> Option<Vec<u8>> {
        self.kept.lock().unwrap().clone()
    }

    fn wait(&self) -> Result<(), KeyringError> {
        let mut hangs = self.hangs.lock().unwrap();
        while *hangs {
            hangs = self.goes_on.wait(hangs).unwrap();
        }
        match *self.fault.lock().unwrap() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }
}

impl Keyring for Behaving {
    fn get(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        // As real ones do: locked and never opened looks like empty.
        if *self.fault.lock().unwrap() == Some(KeyringError::Locked) {
            return Ok(None);
        }
        self.wait()?;
        Ok(self.kept().map(Zeroizing::new))
    }

    fn set(&self, secret: &[u8]) -> Result<(), KeyringError> {
        self.wait()?;
        if !self.forgets_at_once {
            *self.kept.lock().unwrap() = Some(secret.to_vec());
        }
        Ok(())
    }

    fn delete(&self) -> Result<(), KeyringError> {
        self.wait()?;
        *self.kept.lock().unwrap() = None;
        Ok(())
    }
}

fn vault(keyring: &Arc<Behaving>) -> Vault {
    Vault::with_patience(
        Arc::clone(keyring) as Arc<dyn Keyring>,
        Duration::from_millis(200),
    )
}

fn pass(text: &str) -> SecretString {
    SecretString::from(text)
}

/// A vault in the keyring with one sealed secret, as a former run left it.
async fn former_run(keyring: &Arc<Behaving>) -> (Option<VaultMeta>, Vec<u8>) {
    let vault = vault(keyring);
    let opened = vault.open(None, false).await.unwrap();
    assert_eq!(opened.status.mode, VaultMode::Keyring);
    assert!(opened.store.is_some(), "a new key comes with a record");
    (opened.store, vault.seal("openai", b"sk-1").unwrap())
}

fn opens(vault: &Vault, sealed: &[u8]) -> bool {
    vault
        .unseal_text("openai", sealed)
        .is_ok_and(|text| text.expose_secret() == "sk-1")
}

#[tokio::test]
async fn a_secret_survives_a_restart() {
    let keyring = Arc::default();
    let (meta, sealed) = former_run(&keyring).await;
    let vault = vault(&keyring);
    let opened = vault.open(meta, true).await.unwrap();
    assert_eq!(opened.status.mode, VaultMode::Keyring);
    assert_eq!(opened.store, None, "nothing new to store");
    assert!(opens(&vault, &sealed));
    assert!(vault.unseal("gemini", &sealed).is_err(), "another name");
}

#[tokio::test]
async fn a_key_whose_record_was_lost_in_a_crash_is_used_again() {
    let keyring = Arc::default();
    let (_, sealed) = former_run(&keyring).await;
    let vault = vault(&keyring);
    let opened = vault.open(None, true).await.unwrap();
    assert_eq!(opened.status.mode, VaultMode::Keyring);
    assert!(opened.store.is_some());
    assert!(opens(&vault, &sealed));
}

#[tokio::test]
async fn no_new_key_is_made_over_sealed_secrets() {
    for emptied in [true, false] {
        let keyring: Arc<Behaving> = Arc::default();
        let (meta, sealed) = former_run(&keyring).await;
        let key = keyring.kept();
        if emptied {
            *keyring.kept.lock().unwrap() = None;
        } else {
            keyring.fails(Some(KeyringError::Locked));
        }
        let vault = vault(&keyring);
        let opened = vault.open(meta, true).await.unwrap();
        assert_eq!(opened.status.mode, VaultMode::Unavailable);
        assert_eq!(opened.status.reason.as_deref(), Some(GONE));
        assert_eq!(opened.store, None);
        let refused = vault.seal("openai", b"sk-2").unwrap_err();
        assert_eq!(refused.code, Code::KeyringUnavailable);
        assert_eq!(
            vault.retry_keyring(true).await.unwrap_err().code,
            Code::KeyringUnavailable
        );
        if emptied {
            assert_eq!(keyring.kept(), None, "the keyring was not written to");
        } else {
            keyring.fails(None);
            assert_eq!(keyring.kept(), key);
            let change = vault.retry_keyring(true).await.unwrap();
            assert!(!change.forgets_stored_secrets());
            assert_eq!(vault.adopt(change).await.mode, VaultMode::Keyring);
            assert!(opens(&vault, &sealed));
        }
    }
}

#[tokio::test]
async fn a_foreign_key_is_not_used() {
    let keyring: Arc<Behaving> = Arc::default();
    let (meta, _) = former_run(&keyring).await;
    for foreign in [vec![7; 32], vec![7; 5]] {
        *keyring.kept.lock().unwrap() = Some(foreign.clone());
        let vault = vault(&keyring);
        let opened = vault.open(meta.clone(), true).await.unwrap();
        assert_eq!(opened.status.reason.as_deref(), Some(FOREIGN));
        assert_eq!(keyring.kept(), Some(foreign), "nor overwritten");
    }
}

#[tokio::test]
async fn starting_over_is_possible_and_says_what_is_lost() {
    let keyring: Arc<Behaving> = Arc::default();
    let (meta, sealed) = former_run(&keyring).await;
    *keyring.kept.lock().unwrap() = None;
    let vault = vault(&keyring);
    let _ = vault.open(meta, true).await.unwrap();
    let change = vault.start_over(true).await.unwrap();
    assert!(change.forgets_stored_secrets());
    let meta = change.meta().cloned();
    assert_eq!(vault.adopt(change).await.mode, VaultMode::Keyring);
    assert!(!opens(&vault, &sealed));
    assert_eq!(
        vault.start_over(true).await.unwrap_err().code,
        Code::Forbidden,
        "only where something is lost"
    );
    let sealed = vault.seal("openai", b"sk-1").unwrap();
    let next = self::vault(&keyring);
    let _ = next.open(meta, true).await.unwrap();
    assert!(opens(&next, &sealed));
}

#[tokio::test]
async fn a_passphrase_takes_over_from_the_keyring_without_resealing() {
    let keyring: Arc<Behaving> = Arc::default();
    let (meta, sealed) = former_run(&keyring).await;
    let first = vault(&keyring);
    let _ = first.open(meta.clone(), true).await.unwrap();
    let short = first
        .choose_passphrase(pass("short"), true)
        .await
        .unwrap_err();
    assert_eq!(short.field.as_deref(), Some("passphrase"));
    let change = first
        .choose_passphrase(pass("correct horse"), true)
        .await
        .unwrap();
    assert!(!change.forgets_stored_secrets());
    let new_meta = change.meta().cloned();
    // Killed before the change was stored: the keyring still opens everything.
    let second = vault(&keyring);
    assert_eq!(
        second.open(meta, true).await.unwrap().status.mode,
        VaultMode::Keyring
    );
    assert!(opens(&second, &sealed));

    assert_eq!(first.adopt(change).await.mode, VaultMode::Passphrase);
    assert_eq!(keyring.kept(), None, "the keyring no longer hands it out");
    let third = vault(&keyring);
    let opened = third.open(new_meta, true).await.unwrap();
    assert_eq!(opened.status.mode, VaultMode::PassphraseLocked);
    assert_eq!(
        third.unseal("openai", &sealed).unwrap_err().code,
        Code::KeyringUnavailable
    );
    let wrong = third.unlock(pass("wrong horse")).await.unwrap_err();
    assert_eq!(wrong.code, Code::ValidationError);
    assert_eq!(wrong.field.as_deref(), Some("passphrase"));
    assert_eq!(
        third.retry_keyring(true).await.unwrap_err().code,
        Code::Forbidden
    );
    let unlocked = third.unlock(pass("correct horse")).await.unwrap();
    assert_eq!(third.adopt(unlocked).await.mode, VaultMode::Passphrase);
    assert!(opens(&third, &sealed));
    // And back into the keyring.
    let back = third.retry_keyring(true).await.unwrap();
    let meta = back.meta().cloned();
    assert_eq!(third.adopt(back).await.mode, VaultMode::Keyring);
    let fourth = vault(&keyring);
    let _ = fourth.open(meta, true).await.unwrap();
    assert!(opens(&fourth, &sealed));
}

#[tokio::test]
async fn without_a_keyring_secrets_can_be_kept_for_this_run_and_taken_along_later() {
    let keyring: Arc<Behaving> = Arc::default();
    keyring.fails(Some(KeyringError::Missing));
    let vault = vault(&keyring);
    let opened = vault.open(None, false).await.unwrap();
    assert_eq!(opened.status.mode, VaultMode::Unavailable);
    assert_eq!(
        opened.status.reason.as_deref(),
        Some(KeyringError::Missing.reason())
    );
    let status = vault.choose_session().await.unwrap();
    assert_eq!(status.mode, VaultMode::Session);
    assert!(!vault.keeps_on_disk());
    let sealed = vault.seal("openai", b"sk-1").unwrap();
    assert!(opens(&vault, &sealed));

    keyring.fails(None);
    let change = vault.retry_keyring(false).await.unwrap();
    let moved = change.reseal(&[("openai".into(), sealed)]).unwrap();
    let meta = change.meta().cloned();
    vault.adopt(change).await;
    assert!(vault.keeps_on_disk());
    assert!(opens(&vault, &moved[0].1));
    let next = self::vault(&keyring);
    let _ = next.open(meta, true).await.unwrap();
    assert!(opens(&next, &moved[0].1));
}

#[tokio::test]
async fn a_run_without_the_keyring_leaves_what_is_stored_for_the_next() {
    let keyring: Arc<Behaving> = Arc::default();
    let (meta, stored) = former_run(&keyring).await;
    keyring.fails(Some(KeyringError::Missing));
    let vault = vault(&keyring);
    let _ = vault.open(meta, true).await.unwrap();
    vault.choose_session().await.unwrap();
    let in_memory = vault.seal("gemini", b"g-1").unwrap();
    let lossy = vault
        .choose_passphrase(pass("correct horse"), true)
        .await
        .unwrap();
    assert!(
        lossy.forgets_stored_secrets(),
        "the stored ones need the keyring"
    );
    drop(lossy);

    keyring.fails(None);
    let change = vault.retry_keyring(true).await.unwrap();
    assert!(!change.forgets_stored_secrets());
    let moved = change.reseal(&[("gemini".into(), in_memory)]).unwrap();
    vault.adopt(change).await;
    assert!(opens(&vault, &stored));
    assert_eq!(
        vault.unseal("gemini", &moved[0].1).unwrap().expose_secret(),
        b"g-1"
    );
}

#[tokio::test]
async fn a_keyring_that_hangs_is_given_up_on_and_not_asked_twice_at_a_time() {
    let keyring: Arc<Behaving> = Arc::default();
    keyring.hangs(true);
    let vault = vault(&keyring);
    let opened = vault.open(None, false).await.unwrap();
    assert_eq!(
        opened.status.reason.as_deref(),
        Some(KeyringError::Slow.reason())
    );
    let again = vault.retry_keyring(false).await.unwrap_err();
    assert_eq!(again.message, KeyringError::Slow.reason());
    keyring.hangs(false);
    // The first call comes back on its own thread; until it has, the answer stays "slow".
    let change = loop {
        match vault.retry_keyring(false).await {
            Ok(change) => break change,
            Err(error) => assert_eq!(error.message, KeyringError::Slow.reason()),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(vault.adopt(change).await.mode, VaultMode::Keyring);
}

#[tokio::test]
async fn a_keyring_that_keeps_nothing_is_not_trusted() {
    let keyring = Arc::new(Behaving {
        forgets_at_once: true,
        ..Behaving::default()
    });
    let opened = vault(&keyring).open(None, false).await.unwrap();
    assert_eq!(opened.status.mode, VaultMode::Unavailable);
}

#[tokio::test]
async fn nothing_happens_before_the_first_need() {
    let keyring: Arc<Behaving> = Arc::default();
    let vault = vault(&keyring);
    assert_eq!(vault.status(), None);
    assert_eq!(keyring.kept(), None);
    assert_eq!(
        vault.seal("openai", b"k").unwrap_err().code,
        Code::InternalError
    );
}

#[tokio::test]
async fn neither_keys_nor_secrets_are_shown() {
    let keyring: Arc<Behaving> = Arc::default();
    let (meta, sealed) = former_run(&keyring).await;
    let vault = vault(&keyring);
    let _ = vault.open(meta.clone(), true).await.unwrap();
    let secret = vault.unseal("openai", &sealed).unwrap();
    let change = vault
        .choose_passphrase(pass("correct horse"), true)
        .await
        .unwrap();
    let shown = format!("{vault:?} {secret:?} {change:?} {meta:?}");
    let key = format!("{:?}", keyring.kept().unwrap());
    assert!(!shown.contains("sk-1"));
    assert!(!shown.contains("[115, 107"));
    assert!(!shown.contains(key.trim_matches(['[', ']'])));
    assert!(!shown.contains("correct horse"));
}
