//! Files of the user's own, outside of the data folder.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use draftwell_core::{Code, Error, Result, attachment};

use crate::{
    app::internal,
    attachments::{name_of, unwritable},
    clock,
};

/// Writes a file the user chose a name for, without holding up others.
///
/// # Errors
/// `STORAGE_FULL` where it can't be written. A file that was there before is then as it was.
pub async fn write(path: PathBuf, bytes: Vec<u8>) -> Result<()> {
    tauri::async_runtime::spawn_blocking(move || write_whole(&path, &bytes))
        .await
        .map_err(|error| internal("The file could not be written", &error))?
        .map_err(|error| unwritable(&error))
}

/// Reads a file of at most `most` bytes, without holding up others.
///
/// # Errors
/// `NOT_FOUND`, `FILE_TOO_LARGE`; `INVALID_FILE_TYPE` where it can't be read or is no ordinary
/// file: a pipe or a device would keep the program waiting.
pub async fn read(path: PathBuf, most: u64) -> Result<Vec<u8>> {
    tauri::async_runtime::spawn_blocking(move || read_ordinary(&path, most))
        .await
        .map_err(|error| internal("The file could not be read", &error))?
}

/// Writes a file whole or not at all: beside its place first, then under its name.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = format!(".{}.unfinished", clock::new_id());
    let unfinished = path.with_file_name(name);
    let written = File::create_new(&unfinished)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn read_ordinary(path: &Path, most: u64) -> Result<Vec<u8>> {
    let name = name_of(path);
    let refused = |why: &str| Error::new(Code::InvalidFileType, format!("“{name}” {why}"));
    let missing = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::new(
            Code::NotFound,
            format!("“{name}” isn't there any more. Choose it again."),
        ),
        _ => refused("can't be read. Look whether you may open it."),
    };
    let about = fs::metadata(path).map_err(missing)?;
    if !about.is_file() {
        return Err(refused("is no ordinary file."));
    }
    if about.len() > most {
        return Err(attachment::too_large(&name));
    }
    fs::read(path).map_err(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_can_not_be_written_leaves_the_former_one_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.pdf");
        write_whole(&path, b"first").unwrap();
        write_whole(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        // Where a folder is, no file can take its name: the last step fails.
        let taken = dir.path().join("taken");
        fs::create_dir(&taken).unwrap();
        fs::write(taken.join("inside"), "stays").unwrap();
        write_whole(&taken, b"x").unwrap_err();
        assert_eq!(fs::read(taken.join("inside")).unwrap(), b"stays");
        let names = fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(names, 2, "nothing unfinished is left");
    }

    #[test]
    fn only_ordinary_files_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let code = |name: &str, most: u64| {
            let read = read_ordinary(&dir.path().join(name), most);
            read.map_err(|error| error.code)
        };
        fs::write(dir.path().join("a.png"), b"bytes").unwrap();
        assert_eq!(code("a.png", 5), Ok(b"bytes".to_vec()));
        assert_eq!(code("a.png", 4), Err(Code::FileTooLarge));
        assert_eq!(code("b.png", 5), Err(Code::NotFound));
        fs::create_dir(dir.path().join("c.png")).unwrap();
        assert_eq!(code("c.png", 5), Err(Code::InvalidFileType));
        #[cfg(unix)]
        {
            let pipe = dir.path().join("d.png");
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.expect("mkfifo, of coreutils").success());
            assert_eq!(
                code("d.png", 5),
                Err(Code::InvalidFileType),
                "nobody ever writes into it: reading would never end"
            );
        }
    }
}
