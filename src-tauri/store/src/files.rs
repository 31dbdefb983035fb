//! Files and folders only their owner may read, written so that a power cut leaves the whole
//! file or none.

use std::{
    fs::{self, File, OpenOptions},
    io::ErrorKind,
    path::Path,
};

use draftwell_core::Result;

use crate::error::Explain;

/// Makes a folder, and those it is in, if it isn't there; nobody else may look into it.
pub(crate) fn make_private_dir(dir: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).explain()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir).explain()?.permissions().mode();
        if mode & 0o077 != 0 {
            // Not ours to insist on: the folder may be one that the user shares on purpose.
            if fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).is_err() {
                tracing::warn!("the data folder can be read by others");
            }
        }
    }
    Ok(())
}

/// Makes an empty file if it isn't there; nobody else may read it.
pub(crate) fn make_private_file(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).explain().map(drop)
}

/// Removes a file; one that isn't there is fine.
pub(crate) fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).explain(),
        _ => Ok(()),
    }
}

/// Brings a written file to the disk under its final name.
pub(crate) fn finish(unfinished: &Path, path: &Path) -> Result<()> {
    File::open(unfinished)
        .and_then(|file| file.sync_all())
        .explain()?;
    fs::rename(unfinished, path).explain()?;
    if let Some(dir) = path.parent() {
        sync_dir(dir)?;
    }
    Ok(())
}

/// Brings a folder's list of names to the disk.
pub(crate) fn sync_dir(dir: &Path) -> Result<()> {
    #[cfg(unix)]
    File::open(dir).and_then(|dir| dir.sync_all()).explain()?;
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}
