//! The vault against real keyrings: gnome-keyring on a D-Bus session of its own, locked, emptied
//! and missing. Each test starts itself again under `dbus-run-session` with a home of its own, so
//! that neither the keyring of whoever runs the tests nor another test is touched.
//!
//! Needs Debian's `dbus` and `gnome-keyring`.
#![cfg(target_os = "linux")]

use std::{
    env, fs,
    io::Write,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use draftwell_core::{Code, settings::VaultMode};
use draftwell_providers::vault::{Keyring, KeyringError, OsKeyring, Vault, VaultMeta};
use secrecy::ExposeSecret;

const INSIDE: &str = "DRAFTWELL_TEST_INSIDE_BUS";
const FOLDER: &str = "0198-test";

/// A bus on which nothing can be activated.
const EMPTY_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"#;

#[derive(Clone, Copy, PartialEq)]
enum Bus {
    /// As a desktop has it: gnome-keyring starts when asked for.
    Desktop,
    /// Nothing on it and nothing that could start.
    Empty,
    /// None at all.
    None,
}

/// Runs `body` in a process of its own with a bus and a home of its own.
fn within(bus: Bus, test: &str, body: impl AsyncFnOnce()) {
    if env::var(INSIDE).as_deref() == Ok(test) {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
            .block_on(body());
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let run = home.path().join("run");
    fs::create_dir(&run).unwrap();
    fs::set_permissions(&run, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let this = env::current_exe().unwrap();
    let mut command = match bus {
        Bus::None => Command::new(&this),
        Bus::Desktop | Bus::Empty => {
            let mut command = Command::new("dbus-run-session");
            if bus == Bus::Empty {
                let config = home.path().join("bus.conf");
                fs::write(&config, EMPTY_BUS).unwrap();
                command.arg("--config-file").arg(config);
            }
            command.arg("--").arg(&this);
            command
        }
    };
    let output = command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env(INSIDE, test)
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", &run)
        .env("XDG_DATA_HOME", home.path().join("data"))
        .output()
        .expect("Debian's package dbus is needed for this test");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// gnome-keyring, unlocked by a password, until it is dropped.
struct GnomeKeyring(Child);

impl GnomeKeyring {
    fn unlocked() -> Self {
        let mut child = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Debian's package gnome-keyring is needed for this test");
        // The password ends with the pipe; a line end would be part of it.
        child.stdin.take().unwrap().write_all(b"test").unwrap();
        let this = Self(child);
        // Whoever asks a service that isn't there yet has the bus start one: a second daemon,
        // locked, which may take the name first.
        until("gnome-keyring to be on the bus", || {
            send(&[
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .contains("true")
        });
        until("gnome-keyring to offer its login collection", || {
            call(&[
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.ReadAlias",
                "string:default",
            ])
            .contains("/collection/login")
        });
        this
    }

    /// Locks everything, as a screen lock or a log-out does.
    fn lock(&self) {
        call(&[
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        ]);
    }
}

impl Drop for GnomeKeyring {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn call(args: &[&str]) -> String {
    send(&[&["--dest=org.freedesktop.secrets"], args].concat())
}

fn send(args: &[&str]) -> String {
    let output = Command::new("dbus-send")
        .args(["--session", "--print-reply", "--reply-timeout=5000"])
        .args(args)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[allow(
    clippy::disallowed_methods,
    reason = "a test's patience with a real daemon"
)]
fn until(what: &str, mut ready: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !ready() {
        assert!(Instant::now() < end, "waited for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn vault() -> Vault {
    Vault::with_patience(Arc::new(OsKeyring::new(FOLDER)), Duration::from_secs(10))
}

async fn former_run() -> (Option<VaultMeta>, Vec<u8>) {
    let vault = vault();
    let opened = vault.open(None, false).await.unwrap();
    assert_eq!(opened.status.mode, VaultMode::Keyring, "{opened:?}");
    (opened.store, vault.seal("openai", b"sk-1").unwrap())
}

fn opens(vault: &Vault, sealed: &[u8]) -> bool {
    vault
        .unseal_text("openai", sealed)
        .is_ok_and(|text| text.expose_secret() == "sk-1")
}

#[test]
fn keeps_the_key_in_gnome_keyring() {
    within(Bus::Desktop, "keeps_the_key_in_gnome_keyring", async || {
        let daemon = GnomeKeyring::unlocked();
        let (meta, sealed) = former_run().await;
        let again = vault();
        assert_eq!(again.open(meta.clone(), true).await.unwrap().store, None);
        assert!(opens(&again, &sealed));
        // It outlives the keyring's process too.
        drop(daemon);
        let _daemon = GnomeKeyring::unlocked();
        let after = vault();
        let opened = after.open(meta, true).await.unwrap();
        assert_eq!(opened.status.mode, VaultMode::Keyring);
        assert!(opens(&after, &sealed));
        // And is another folder's business only by its own name.
        let other = OsKeyring::new("another-folder");
        assert_eq!(
            tokio::task::spawn_blocking(move || other.get())
                .await
                .unwrap()
                .unwrap(),
            None
        );
        let stored = fs::read_dir(Path::new(&env::var("XDG_DATA_HOME").unwrap()).join("keyrings"));
        assert!(stored.unwrap().count() > 0, "a keyring of our own was used");
    });
}

#[test]
fn a_locked_keyring_is_not_taken_for_an_empty_one() {
    within(
        Bus::Desktop,
        "a_locked_keyring_is_not_taken_for_an_empty_one",
        async || {
            let daemon = GnomeKeyring::unlocked();
            let (meta, sealed) = former_run().await;
            daemon.lock();
            let locked = vault();
            let opened = locked.open(meta.clone(), true).await.unwrap();
            assert_eq!(opened.status.mode, VaultMode::Unavailable);
            assert!(opened.status.reason.is_some());
            // Unlocked again (by signing in): the same run finds its key.
            drop(daemon);
            let _daemon = GnomeKeyring::unlocked();
            let change = locked.retry_keyring(true).await.unwrap();
            assert!(!change.forgets_stored_secrets());
            locked.adopt(change).await;
            assert!(opens(&locked, &sealed));
        },
    );
}

#[test]
fn a_keyring_never_unlocked_neither_takes_nor_loses_a_key() {
    within(
        Bus::Desktop,
        "a_keyring_never_unlocked_neither_takes_nor_loses_a_key",
        async || {
            // The bus starts gnome-keyring by itself; it has no collection and nobody to ask.
            let fresh = vault();
            let opened = fresh.open(None, false).await.unwrap();
            assert_eq!(opened.status.mode, VaultMode::Unavailable);
            assert_eq!(
                opened.status.reason.as_deref(),
                Some(KeyringError::Locked.reason())
            );
            let with_secrets = vault();
            let opened = with_secrets.open(None, true).await.unwrap();
            assert_eq!(opened.status.mode, VaultMode::Unavailable);
            assert_eq!(opened.store, None);
        },
    );
}

#[test]
fn an_emptied_keyring_gets_no_new_key_unasked() {
    within(
        Bus::Desktop,
        "an_emptied_keyring_gets_no_new_key_unasked",
        async || {
            let _daemon = GnomeKeyring::unlocked();
            let (meta, _) = former_run().await;
            let outside = || OsKeyring::new(FOLDER);
            tokio::task::spawn_blocking(move || outside().delete())
                .await
                .unwrap()
                .unwrap();
            let vault = vault();
            let opened = vault.open(meta, true).await.unwrap();
            assert_eq!(opened.status.mode, VaultMode::Unavailable);
            let kept = tokio::task::spawn_blocking(move || outside().get()).await;
            assert_eq!(kept.unwrap().unwrap(), None);
            let change = vault.start_over(true).await.unwrap();
            assert!(change.forgets_stored_secrets());
            assert_eq!(vault.adopt(change).await.mode, VaultMode::Keyring);
        },
    );
}

#[test]
fn a_passphrase_removes_the_key_from_the_keyring() {
    within(
        Bus::Desktop,
        "a_passphrase_removes_the_key_from_the_keyring",
        async || {
            let _daemon = GnomeKeyring::unlocked();
            let vault = vault();
            let _ = vault.open(None, false).await.unwrap();
            let change = vault
                .choose_passphrase("correct horse".into(), false)
                .await
                .unwrap();
            vault.adopt(change).await;
            let kept = tokio::task::spawn_blocking(|| OsKeyring::new(FOLDER).get()).await;
            assert_eq!(kept.unwrap().unwrap(), None);
        },
    );
}

#[test]
fn a_bus_without_a_keyring_is_told_and_noticed_when_one_appears() {
    within(
        Bus::Empty,
        "a_bus_without_a_keyring_is_told_and_noticed_when_one_appears",
        async || {
            let vault = vault();
            let opened = vault.open(None, false).await.unwrap();
            assert_eq!(opened.status.mode, VaultMode::Unavailable);
            assert_eq!(
                opened.status.reason.as_deref(),
                Some(KeyringError::Missing.reason())
            );
            assert_eq!(
                vault.seal("openai", b"k").unwrap_err().code,
                Code::KeyringUnavailable
            );
            let _daemon = GnomeKeyring::unlocked();
            let change = vault.retry_keyring(false).await.unwrap();
            assert_eq!(vault.adopt(change).await.mode, VaultMode::Keyring);
            assert!(vault.seal("openai", b"k").is_ok());
        },
    );
}

#[test]
fn no_bus_at_all_is_told() {
    within(Bus::None, "no_bus_at_all_is_told", async || {
        let vault = vault();
        let opened = vault.open(None, false).await.unwrap();
        assert_eq!(opened.status.mode, VaultMode::Unavailable);
        assert_eq!(
            opened.status.reason.as_deref(),
            Some(KeyringError::Missing.reason())
        );
        assert_eq!(
            vault.choose_session().await.unwrap().mode,
            VaultMode::Session
        );
        assert!(vault.seal("openai", b"k").is_ok());
    });
}
