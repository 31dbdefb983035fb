//! What the environment says, read once at the start. The defaults are the real services.

use std::{ffi::OsString, path::PathBuf};

/// The folder named by `DRAFTWELL_DATA_DIR`, if any.
pub fn data_dir() -> Option<PathBuf> {
    std::env::var_os("DRAFTWELL_DATA_DIR")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// The user's folder for files of this session (XDG Base Directory Specification).
pub fn session_dir() -> Option<PathBuf> {
    absolute("XDG_RUNTIME_DIR")
}

/// The user's folder for what is kept but no data (XDG Base Directory Specification).
pub fn state_dir() -> Option<PathBuf> {
    absolute("XDG_STATE_HOME").or_else(|| Some(std::env::home_dir()?.join(".local/state")))
}

fn absolute(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

/// The program named by `BROWSER`, to open the sign-in page with. As elsewhere on Unix it may
/// be a list separated by colons, of which the first is taken.
pub fn browser() -> Option<OsString> {
    text("BROWSER").and_then(|list| list.split(':').next().map(OsString::from))
}

/// A variable's text; an empty one counts as not set.
pub fn text(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

/// A crash of this program or of its pages leaves no image of the memory, in which mails and keys
/// would lie on the disk. A soft limit only (setrlimit(2)): who looks for a fault can raise it.
#[cfg(target_os = "linux")]
pub fn leave_no_core_dump() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let maximum = getrlimit(Resource::Core).maximum;
    let none = Rlimit {
        current: Some(0),
        maximum,
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        // Logs are not open yet.
        eprintln!("A crash may leave an image of the memory: {error}");
    }
}

/// Chooses WebKitGTK's way of drawing.
///
/// Its DMA-BUF renderer needs a graphics card's render node. Where there is none (virtual
/// machines, remote desktops) it falls back to copying frames through software GL, which costs
/// some 80 MB and a slower first frame; with NVIDIA's own driver it can leave the window blank.
/// So it is switched off there, unless the user has set the variable, and left on elsewhere.
///
/// Must run before any thread is started.
#[cfg(target_os = "linux")]
#[allow(
    unsafe_code,
    reason = "set_var is sound here: no other thread runs yet"
)]
pub fn choose_renderer() {
    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(VARIABLE).is_none() && (!has_render_node() || has_nvidia_driver()) {
        // SAFETY: called first thing in `run`, before any thread exists.
        unsafe { std::env::set_var(VARIABLE, "1") };
    }
}

#[cfg(target_os = "linux")]
fn has_render_node() -> bool {
    std::fs::read_dir("/dev/dri").is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
    })
}

#[cfg(target_os = "linux")]
fn has_nvidia_driver() -> bool {
    std::path::Path::new("/proc/driver/nvidia/version").exists()
}
