//! A sender that keeps mails in memory and fails as it is told, for tests of whoever sends.

use std::sync::{Mutex, MutexGuard, PoisonError};

use draftwell_core::{
    Code, Error,
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
};

/// A provider in memory. It knows a mail by its id in the outbox.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Mailbox>);

#[derive(Debug, Default)]
struct Mailbox {
    drafts: Vec<OutgoingMessage>,
    sent: Vec<OutgoingMessage>,
    failures: Vec<(SendOutcome, bool)>,
}

impl Memory {
    /// The next step that stores or sends fails with this outcome; with `acts` it is carried out
    /// all the same, as when only the answer is lost. Several are used up in the order they came.
    pub fn fail_next(&self, outcome: SendOutcome, acts: bool) {
        self.mailbox().failures.push((outcome, acts));
    }

    /// What was sent, in order. The same mail twice is in it twice.
    pub fn sent(&self) -> Vec<OutgoingMessage> {
        self.mailbox().sent.clone()
    }

    /// How many drafts were stored and not sent.
    pub fn drafts(&self) -> usize {
        self.mailbox().drafts.len()
    }

    fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn act<T>(&self, act: impl FnOnce(&mut Mailbox) -> StepResult<T>) -> StepResult<T> {
        let mut mailbox = self.mailbox();
        if mailbox.failures.is_empty() {
            return act(&mut mailbox);
        }
        let (outcome, acts) = mailbox.failures.remove(0);
        if acts {
            act(&mut mailbox)?;
        }
        Err(failure(outcome))
    }
}

fn failure(outcome: SendOutcome) -> StepError {
    StepError {
        outcome,
        retry_after_seconds: None,
        error: Error::new(
            Code::GmailApiError,
            "The provider in memory was told to fail.",
        ),
    }
}

fn answer(message: &OutgoingMessage) -> SentMessage {
    SentMessage {
        id: format!("sent-{}", message.id),
        thread_id: message.thread_id.clone(),
    }
}

impl MailSender for Memory {
    fn create_draft<'a>(
        &'a self,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<String>> {
        Box::pin(async move {
            self.act(|mailbox| {
                mailbox.drafts.push(message.clone());
                Ok(message.id.to_string())
            })
        })
    }

    fn send_draft<'a>(
        &'a self,
        provider_draft_id: &'a str,
    ) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(async move {
            self.act(|mailbox| {
                let place = (mailbox.drafts.iter())
                    .position(|draft| draft.id.to_string() == provider_draft_id)
                    .ok_or_else(|| failure(SendOutcome::DraftGone))?;
                let message = mailbox.drafts.remove(place);
                let sent = answer(&message);
                mailbox.sent.push(message);
                Ok(sent)
            })
        })
    }

    fn look<'a>(
        &'a self,
        _: &'a str,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<Found>> {
        Box::pin(async move {
            let mailbox = self.mailbox();
            let has = |list: &[OutgoingMessage]| list.iter().any(|one| one.id == message.id);
            Ok(if has(&mailbox.sent) {
                Found::Sent(answer(message))
            } else if has(&mailbox.drafts) {
                Found::StillThere
            } else {
                Found::Gone
            })
        })
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(async move {
            self.act(|mailbox| {
                mailbox.sent.push(message.clone());
                Ok(answer(message))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use draftwell_core::id::EmailId;

    use super::*;

    #[tokio::test]
    async fn a_lost_answer_can_be_looked_up() {
        let memory = Memory::default();
        let message = OutgoingMessage {
            id: EmailId(uuid::Uuid::nil()),
            recipients: vec!["bob@example.org".into()],
            bytes: (&b"Subject: x\r\n\r\n"[..]).into(),
            thread_id: None,
        };
        let draft = memory.create_draft(&message).await.unwrap();
        memory.fail_next(SendOutcome::NotActed, false);
        memory.fail_next(SendOutcome::Unclear, true);
        let first = memory.send_draft(&draft).await.unwrap_err();
        assert_eq!(first.outcome, SendOutcome::NotActed);
        assert_eq!(
            memory.look(&draft, &message).await.unwrap(),
            Found::StillThere
        );
        let second = memory.send_draft(&draft).await.unwrap_err();
        assert_eq!(second.outcome, SendOutcome::Unclear);
        assert!(matches!(
            memory.look(&draft, &message).await.unwrap(),
            Found::Sent(_)
        ));
        assert_eq!((memory.sent().len(), memory.drafts()), (1, 0));
    }
}
