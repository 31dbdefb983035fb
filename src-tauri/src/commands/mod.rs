//! The commands the page may call, one file per feature.
//!
//! Each takes at most one argument object, named `args`, and is thin: parse, hand over, answer.

pub mod accounts;
pub mod attachments;
pub mod contacts;
pub mod drafts;
pub mod history;
pub mod images;
pub mod mail_files;
pub mod outbox;
pub mod polish;
pub mod settings;
pub mod signatures;
pub mod storage;
pub mod versions;
pub mod windows;

use draftwell_core::Error;
use serde::Deserialize;
use specta::Type;
use tauri::{
    Runtime,
    ipc::{CommandArg, CommandItem, InvokeError},
};

/// A command's argument object. One that can't be read is answered like every other failure,
/// with a code, and without repeating what was given: it may be a secret.
#[derive(Debug, Type)]
#[specta(transparent)]
pub struct Args<T>(pub T);

impl<'de, T: Deserialize<'de>, R: Runtime> CommandArg<'de, R> for Args<T> {
    fn from_command(item: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let command = item.name;
        T::deserialize(item).map(Args).map_err(|_| {
            let message = format!(
                "{command} doesn't understand its arguments; ui/src/ipc/bindings.ts has their shape."
            );
            let error = Error::invalid("args", message);
            InvokeError(serde_json::to_value(error).unwrap_or_default())
        })
    }
}
