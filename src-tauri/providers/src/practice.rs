//! A sender that sends nothing: it keeps each mail as an .eml file, so that the whole way from
//! writing to "sent" can be tried without an account.
//!
//! It takes the same steps as Gmail does. A draft is the file under a hidden name; sending it gives
//! it its name, which is the mail's id in the outbox. So a second try finds what the first one did,
//! and after a crash [`MailSender::look`] tells which of the two it came to. A file is on the disk
//! before a step is answered.
//!
//! Deliberately absent: tidying up. The files are the user's.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use draftwell_core::{
    Code, Error,
    id::EmailId,
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
};

/// The folder's name in the data folder, and what the ids of its mails begin with.
pub const FOLDER: &str = "practice";

/// The practice account's sender.
#[derive(Debug, Clone)]
pub struct Practice {
    folder: PathBuf,
}

impl Practice {
    /// Keeps mails below this data folder, in [`FOLDER`].
    pub fn new(data_dir: &Path) -> Self {
        Self {
            folder: data_dir.join(FOLDER),
        }
    }

    /// The file of a mail, whether or not it is there.
    pub fn file(&self, id: EmailId) -> PathBuf {
        self.folder.join(name(id))
    }

    /// What stands for a mail among the ids of providers: its path below the data folder.
    pub fn provider_id(id: EmailId) -> String {
        format!("{FOLDER}/{}", name(id))
    }

    fn draft(&self, id: EmailId) -> PathBuf {
        self.folder.join(format!(".{id}.draft"))
    }

    fn keep_draft(&self, id: EmailId, bytes: &[u8]) -> io::Result<()> {
        make_private_dir(&self.folder)?;
        let draft = self.draft(id);
        let unfinished = self.folder.join(format!(".{id}.unfinished"));
        let mut file = private_file(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, &draft)?;
        sync_dir(&self.folder)
    }

    fn give_name(&self, id: EmailId) -> io::Result<()> {
        let file = self.file(id);
        if !file.try_exists()? {
            fs::rename(self.draft(id), &file)?;
        }
        sync_dir(&self.folder)
    }

    fn find(&self, id: EmailId) -> io::Result<Found> {
        Ok(if self.file(id).try_exists()? {
            Found::Sent(sent(id))
        } else if self.draft(id).try_exists()? {
            Found::StillThere
        } else {
            Found::Gone
        })
    }
}

fn name(id: EmailId) -> String {
    format!("{id}.eml")
}

fn sent(id: EmailId) -> SentMessage {
    SentMessage {
        id: Practice::provider_id(id),
        thread_id: None,
    }
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn make_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}

/// Runs file work where it keeps nobody waiting. What failed did not act: a name is given by one
/// rename, and a second try finds it.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> StepResult<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error)))
        .map_err(|error| failed(&error))
}

fn failed(error: &io::Error) -> StepError {
    tracing::warn!(%error, "a practice mail could not be kept");
    let (outcome, error) = match error.kind() {
        ErrorKind::NotFound => (
            SendOutcome::DraftGone,
            Error::new(Code::NotFound, "The file of this practice mail is gone."),
        ),
        _ => (
            SendOutcome::NotActed,
            Error::new(
                Code::StorageFull,
                "The practice account's folder can't be written: is the disk full? It is tried \
                 again by itself.",
            ),
        ),
    };
    StepError {
        outcome,
        retry_after_seconds: None,
        error,
    }
}

fn damaged() -> StepError {
    StepError {
        outcome: SendOutcome::Refused,
        retry_after_seconds: None,
        error: Error::new(
            Code::InternalError,
            "The outbox no longer knows which practice mail this is.",
        ),
    }
}

impl MailSender for Practice {
    fn create_draft<'a>(
        &'a self,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<String>> {
        let (folder, id, bytes) = (self.clone(), message.id, message.bytes.clone());
        Box::pin(async move {
            beside(move || folder.keep_draft(id, &bytes)).await?;
            Ok(id.to_string())
        })
    }

    fn send_draft<'a>(
        &'a self,
        provider_draft_id: &'a str,
    ) -> BoxFuture<'a, StepResult<SentMessage>> {
        let folder = self.clone();
        Box::pin(async move {
            let id: EmailId = provider_draft_id.parse().map_err(|_| damaged())?;
            beside(move || folder.give_name(id)).await?;
            Ok(sent(id))
        })
    }

    fn look<'a>(
        &'a self,
        _: &'a str,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<Found>> {
        let (folder, id) = (self.clone(), message.id);
        Box::pin(beside(move || folder.find(id)))
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(async move {
            let draft = self.create_draft(message).await?;
            self.send_draft(&draft).await
        })
    }
}

#[cfg(test)]
mod tests {
    use draftwell_core::{
        Result, UnixMillis, fingerprint,
        id::AccountId,
        outbox::{
            EmailStatus, Event, Lease, Leased, Method, OutboxJournal, Pace, State, next, transmit,
        },
    };

    use super::*;

    const BYTES: &[u8] = b"Subject: Trying it\r\n\r\nHello\r\n";

    fn message() -> OutgoingMessage {
        OutgoingMessage {
            id: EmailId(uuid::Uuid::from_u128(7)),
            recipients: vec!["bob@example.org".into()],
            bytes: BYTES.to_vec().into(),
            thread_id: None,
        }
    }

    fn files(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_mail_becomes_one_file_however_often_a_step_is_tried() {
        let data = tempfile::tempdir().unwrap();
        let practice = Practice::new(data.path());
        let message = message();
        let draft = practice.create_draft(&message).await.unwrap();
        assert_eq!(practice.create_draft(&message).await.unwrap(), draft);
        assert_eq!(
            practice.look(&draft, &message).await.unwrap(),
            Found::StillThere
        );
        let first = practice.send_draft(&draft).await.unwrap();
        assert_eq!(
            practice.send_draft(&draft).await.unwrap(),
            first,
            "the second try finds the first one's file"
        );
        assert_eq!(
            practice.look(&draft, &message).await.unwrap(),
            Found::Sent(first.clone())
        );
        assert_eq!(practice.send(&message).await.unwrap(), first);
        let folder = data.path().join(FOLDER);
        let kept: Vec<_> = (files(&folder).into_iter())
            .filter(|name| !name.starts_with('.'))
            .collect();
        assert_eq!(kept, [format!("{}.eml", message.id)]);
        assert_eq!(fs::read(practice.file(message.id)).unwrap(), BYTES);
        assert_eq!(first.id, format!("practice/{}.eml", message.id));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_may_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let practice = Practice::new(data.path());
        practice.send(&message()).await.unwrap();
        for (path, wanted) in [
            (data.path().join(FOLDER), 0o700),
            (practice.file(message().id), 0o600),
        ] {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, wanted, "{}", path.display());
        }
    }

    #[tokio::test]
    async fn a_folder_that_cant_be_made_did_not_act() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join(FOLDER), "a file in its place").unwrap();
        let error = Practice::new(data.path())
            .create_draft(&message())
            .await
            .unwrap_err();
        assert_eq!(error.outcome, SendOutcome::NotActed);
        assert_eq!(error.error.code, Code::StorageFull);
    }

    #[tokio::test]
    async fn a_draft_that_was_deleted_is_gone() {
        let data = tempfile::tempdir().unwrap();
        let practice = Practice::new(data.path());
        let draft = practice.create_draft(&message()).await.unwrap();
        fs::remove_file(practice.draft(message().id)).unwrap();
        assert_eq!(
            practice.look(&draft, &message()).await.unwrap(),
            Found::Gone
        );
        let error = practice.send_draft(&draft).await.unwrap_err();
        assert_eq!(error.outcome, SendOutcome::DraftGone);
    }

    /// The journal of one mail that stops the worker when it has taken so many steps.
    struct Stops {
        after: u32,
        kept: std::sync::Mutex<(u32, State)>,
    }

    impl Stops {
        fn note(&self, state: &State) -> Result<()> {
            let mut kept = self.kept.lock().unwrap();
            if kept.0 == self.after {
                return Err(Error::new(Code::Conflict, "the program was killed here"));
            }
            *kept = (kept.0 + 1, state.clone());
            Ok(())
        }
    }

    impl Pace for Stops {
        fn now(&self) -> UnixMillis {
            self.kept.lock().unwrap().1.not_before.plus_seconds(60)
        }
        fn random(&self) -> u32 {
            0
        }
        fn pause(&self, _: std::time::Duration) -> BoxFuture<'_, ()> {
            Box::pin(async { panic!("it can be written") })
        }
        fn stopped_short(&self, error: &Error) {
            panic!("it can be written: {error}");
        }
    }

    impl OutboxJournal for Stops {
        fn record_step<'a>(&'a self, _: &'a Lease, state: &'a State) -> BoxFuture<'a, Result<()>> {
            Box::pin(async move { self.note(state) })
        }
        fn settle<'a>(
            &'a self,
            _: &'a Lease,
            state: &'a State,
            _: UnixMillis,
        ) -> BoxFuture<'a, Result<()>> {
            Box::pin(async move { self.note(state) })
        }
    }

    /// Killed before each write of the journal in turn and started again, a mail ends as one file
    /// and as `sent`.
    #[tokio::test]
    async fn killed_at_any_step_it_is_kept_once() {
        for killed_after in 0..4 {
            let data = tempfile::tempdir().unwrap();
            let practice = Practice::new(data.path());
            let mut state = State::queued(UnixMillis(0));
            let mut now = UnixMillis(0);
            let mut runs = 0;
            while state.status != EmailStatus::Sent {
                assert!(
                    runs < 5,
                    "killed after {killed_after}: it must come to an end"
                );
                now = now.plus_seconds(60);
                state = next(&state, Event::Lease, now, 0).unwrap().state;
                let journal = Stops {
                    after: if runs == 0 { killed_after } else { u32::MAX },
                    kept: std::sync::Mutex::new((0, state.clone())),
                };
                let leased = Leased {
                    lease: Lease {
                        email: message().id,
                        owner: "me".into(),
                    },
                    account: AccountId(uuid::Uuid::nil()),
                    state,
                    message: message(),
                    body_hash: fingerprint(BYTES),
                    method: Method::ThroughDraft,
                };
                let _ = transmit(leased, &practice, &journal, &journal).await;
                state = journal.kept.lock().unwrap().1.clone();
                runs += 1;
            }
            let kept = files(&data.path().join(FOLDER));
            assert_eq!(
                kept,
                [format!("{}.eml", message().id)],
                "killed after {killed_after}"
            );
        }
    }
}
