//! The data folder: everything the program writes is in it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::environment;

/// How long to wait for another process that has the folder, and between two looks.
const PATIENCE: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(50);

/// The data folder, for whoever holds the app handle.
pub struct DataDir(pub PathBuf);

impl DataDir {
    /// Where the web view keeps its files. It shows nothing where it can't write: then in a folder
    /// of this session.
    pub fn of_web_view(&self) -> PathBuf {
        let usual = self.0.join("webview");
        let probe = usual.join(".writable");
        let is_writable = fs::create_dir_all(&usual).and_then(|()| fs::File::create(&probe));
        match is_writable {
            Err(error) if is_read_only(&error) => environment::session_dir()
                .unwrap_or_else(std::env::temp_dir)
                .join(format!("draftwell-{}-webview", short_name(&self.0))),
            _ => {
                let _ = fs::remove_file(probe);
                usual
            }
        }
    }
}

/// A data folder that this process, and no other, may write to.
pub struct Claimed {
    /// Held open as long as the program runs; the lock goes with it. None in a folder nobody can
    /// write to.
    _lock: Option<fs::File>,
}

/// Finds the data folder and makes it, readable by its owner only.
pub fn find() -> io::Result<PathBuf> {
    let path = match environment::data_dir() {
        Some(path) => path,
        None => default().ok_or_else(|| io::Error::other("no home folder is known"))?,
    };
    fs::create_dir_all(&path)?;
    match keep_private(&path) {
        Err(error) if !can_not_be_written(&error) => return Err(error),
        _ => {}
    }
    // An absolute path, because the web view's own processes read it from elsewhere.
    path.canonicalize()
}

#[cfg(target_os = "linux")]
fn default() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|p| p.is_absolute());
    let base = named.or_else(|| std::env::home_dir().map(|home| home.join(".local/share")))?;
    Some(base.join("draftwell"))
}

#[cfg(target_os = "macos")]
fn default() -> Option<PathBuf> {
    std::env::home_dir().map(|home| home.join("Library/Application Support/Draftwell"))
}

#[cfg(target_os = "windows")]
fn default() -> Option<PathBuf> {
    std::env::var_os("LOCALAPPDATA").map(|base| PathBuf::from(base).join("Draftwell"))
}

#[cfg(unix)]
fn keep_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn keep_private(_: &Path) -> io::Result<()> {
    Ok(())
}

impl Claimed {
    /// Claims the folder for this process; `None` when another process has it.
    ///
    /// The second wall behind the hand-over between instances: it also stands where there is no
    /// session bus.
    pub fn claim(path: &Path) -> io::Result<Option<Self>> {
        let lock = fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("draftwell.lock"));
        let lock = match lock {
            // The program starts all the same, and says in its window what is wrong.
            Err(error) if can_not_be_written(&error) => return Ok(Some(Self { _lock: None })),
            lock => lock?,
        };
        let mut waited = Duration::ZERO;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Some(Self { _lock: Some(lock) })),
                // One that is just ending answers no more calls, but still writes.
                Err(fs::TryLockError::WouldBlock) if waited < PATIENCE => {
                    std::thread::sleep(STEP);
                    waited += STEP;
                }
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                Err(fs::TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

fn can_not_be_written(error: &io::Error) -> bool {
    is_read_only(error)
        || matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        )
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
    )
}

/// The name under which instances with this data folder find each other on the session bus.
pub fn bus_name(path: &Path) -> String {
    format!("app.draftwell.desktop.i{}", short_name(path))
}

/// A short name for a data folder that no other has.
pub fn short_name(path: &Path) -> String {
    let mut digest = draftwell_core::fingerprint(path.as_os_str().as_encoded_bytes());
    digest.truncate(16);
    digest
}
