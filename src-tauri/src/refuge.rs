//! A second place for text that neither the database nor the page's journal can keep.
//!
//! The journal lies in the data folder, too: when its disk is full or can only be read, what is
//! typed would be nowhere but in the window. So the page hands it in here as often as a save has
//! failed, and it is written to the first folder that takes it; the next start gives it back.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use draftwell_core::{Code, Error, Result, draft::RawJournalEntry, fingerprint};

use crate::{environment, folder};

/// Where such text is kept.
pub struct Refuge {
    /// In the order in which they are tried.
    folders: Vec<PathBuf>,
}

impl Refuge {
    /// Of a data folder.
    pub fn of(data_dir: &Path) -> Self {
        let name = format!("draftwell-{}", folder::short_name(data_dir));
        let mut folders = vec![data_dir.join("unsaved")];
        // Folders that belong to the user alone, by the XDG Base Directory Specification.
        folders.extend(environment::state_dir().map(|dir| dir.join(&name)));
        folders.extend(environment::session_dir().map(|dir| dir.join(&name)));
        Self { folders }
    }

    /// Keeps an entry in the place of a former one of its key. One that lies in another folder, of
    /// a time when that was the first to take it, goes.
    ///
    /// # Errors
    /// `STORAGE_FULL` where no folder takes it.
    pub fn keep(&self, entry: &RawJournalEntry) -> Result<()> {
        let text = serde_json::to_vec(entry)
            .map_err(|error| crate::app::internal("The text could not be kept", &error))?;
        let name = file_name(&entry.key);
        let place = self
            .folders
            .iter()
            .position(|folder| write(folder, &name, &text).is_ok());
        if let Some(place) = place {
            for (other, folder) in self.folders.iter().enumerate() {
                if other != place {
                    // One that can't be removed is told from the newer one by its time.
                    let _ = fs::remove_file(folder.join(&name));
                }
            }
            return Ok(());
        }
        Err(Error::new(
            Code::StorageFull,
            "There is no folder that takes your text. Keep the window open.",
        ))
    }

    /// What is kept.
    pub fn all(&self) -> Vec<RawJournalEntry> {
        self.folders
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok())
            .flatten()
            .flatten()
            .filter(|file| file.path().extension().is_some_and(|end| end == "json"))
            .filter_map(|file| serde_json::from_slice(&fs::read(file.path()).ok()?).ok())
            .collect()
    }

    /// The database has it.
    pub fn forget(&self, key: &str) {
        for folder in &self.folders {
            // A folder that can't be written gives its entry back once more, which does no harm.
            let _ = fs::remove_file(folder.join(file_name(key)));
        }
    }
}

fn file_name(key: &str) -> String {
    format!("{}.json", &fingerprint(key.as_bytes())[..32])
}

fn write(folder: &Path, name: &str, text: &[u8]) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let unfinished = folder.join(format!("{name}.unfinished"));
    let written = fs::File::create(&unfinished).and_then(|mut file| {
        io::Write::write_all(&mut file, text)?;
        file.sync_all()?;
        fs::rename(&unfinished, folder.join(name))
    });
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_goes_to_the_first_folder_that_takes_it_and_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        // Where a file is, there can be no folder.
        let blocked = dir.path().join("blocked");
        fs::write(&blocked, "").unwrap();
        let refuge = Refuge {
            folders: vec![blocked.join("unsaved"), dir.path().join("second")],
        };
        let entry = |value: &str| RawJournalEntry {
            key: "draft:a".to_owned(),
            value: value.to_owned(),
        };
        refuge.keep(&entry("first")).unwrap();
        refuge.keep(&entry("then")).unwrap();
        assert_eq!(refuge.all(), [entry("then")]);
        refuge.forget("draft:a");
        assert_eq!(refuge.all(), []);
        // The first folder works again: what the second has is out of date.
        refuge.keep(&entry("old")).unwrap();
        fs::remove_file(&blocked).unwrap();
        refuge.keep(&entry("new")).unwrap();
        assert_eq!(refuge.all(), [entry("new")]);
        // And the other way round.
        fs::remove_dir_all(blocked.join("unsaved")).unwrap();
        fs::remove_dir(&blocked).unwrap();
        fs::write(&blocked, "").unwrap();
        refuge.keep(&entry("newest")).unwrap();
        assert_eq!(refuge.all(), [entry("newest")]);
        let nowhere = Refuge {
            folders: vec![blocked.join("unsaved")],
        };
        assert_eq!(
            nowhere.keep(&entry("x")).unwrap_err().code,
            Code::StorageFull
        );
    }
}
