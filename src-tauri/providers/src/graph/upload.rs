//! Files that go to a draft on a way of their own: in one request, or in pieces.
//!
//! A piece whose answer was lost is not sent again blindly: the session is asked what it still
//! waits for. A session that is lost costs only the draft, which is never sent then.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use draftwell_core::{
    message::FilePart,
    ports::{SendOutcome, StepResult},
};
use reqwest::{
    StatusCode,
    header::{CONTENT_RANGE, CONTENT_TYPE},
};
use serde_json::{Value, json};
use url::Url;

use super::{
    Graph,
    answer::{self, Call, Failure, OUTLOOK},
    refused,
    wire::Session,
};
use crate::http::is_this_machine;

/// Files below this go in one request, whose JSON may have 4 MB; larger ones have 3 to 150 MB
/// (Graph v1.0, "attachment: createUploadSession").
const IN_ONE: usize = 3_000_000;
/// The size of a piece: at most 4 MB, and a multiple of 320 KiB.
const PIECE: usize = 12 * 320 * 1024;
/// How often an upload goes on after an answer was lost.
const MOST_LOSSES: u32 = 3;
/// Before the session is asked, the server may still be taking the piece.
const BREATH: Duration = Duration::from_secs(1);

impl Graph {
    /// Adds a file to a draft.
    pub(super) async fn attach(&self, draft: &str, file: &FilePart<'_>) -> StepResult<()> {
        let bytes = file.bytes().map_err(refused)?;
        if bytes.len() < IN_ONE {
            self.attach_in_one(draft, file, &bytes).await
        } else {
            self.attach_in_pieces(draft, file, &bytes).await
        }
    }

    async fn attach_in_one(
        &self,
        draft: &str,
        file: &FilePart<'_>,
        bytes: &[u8],
    ) -> StepResult<()> {
        let url = self.address(&["messages", draft, "attachments"])?;
        let mut body = described(file);
        body["@odata.type"] = "#microsoft.graph.fileAttachment".into();
        body["contentBytes"] = STANDARD.encode(bytes).into();
        self.ask(Call::Attach, |token| {
            self.request(token, reqwest::Method::POST, &url)
                .json(&body)
                .timeout(self.time_for(bytes.len()))
        })
        .await
        .map(drop)
    }

    async fn attach_in_pieces(
        &self,
        draft: &str,
        file: &FilePart<'_>,
        bytes: &[u8],
    ) -> StepResult<()> {
        let url = self.address(&["messages", draft, "attachments", "createUploadSession"])?;
        let mut item = described(file);
        item["attachmentType"] = "file".into();
        item["size"] = bytes.len().into();
        let body = json!({ "AttachmentItem": item });
        let session: Session = self
            .ask(Call::Attach, |token| {
                self.request(token, reqwest::Method::POST, &url)
                    .json(&body)
                    .timeout(self.patience)
            })
            .await?
            .read()?;
        let door = self.door(session.upload_url.as_deref())?;
        let mut losses = 0;
        let mut from = 0;
        loop {
            let piece = &bytes[from..bytes.len().min(from + PIECE)];
            match self.put(&door, piece, from, bytes.len()).await {
                Ok(None) => return Ok(()),
                Ok(Some(next)) if next > from && next < bytes.len() => from = next,
                Ok(Some(_)) => return Err(OUTLOOK.unreadable()),
                Err(error) => {
                    losses += 1;
                    // Of what was refused no more would be taken.
                    let may_pass = matches!(
                        error.outcome,
                        SendOutcome::Unclear | SendOutcome::NotActed | SendOutcome::Unreachable
                    );
                    let wait = error.retry_after_seconds.map_or(BREATH, |seconds| {
                        Duration::from_secs(seconds.into()).min(Duration::from_secs(30))
                    });
                    if !may_pass || losses > MOST_LOSSES {
                        return Err(error);
                    }
                    tracing::info!(losses, "asking what of an upload is still to come");
                    tokio::time::sleep(wait.min(self.patience)).await;
                    let next = self.still_to_come(&door).await.unwrap_or(None);
                    from = next.filter(|next| *next < bytes.len()).ok_or(error)?;
                }
            }
        }
    }

    /// The address an upload goes to. Graph names it, on another host, and it needs no token; so
    /// it must be as safe as the one that named it.
    fn door(&self, named: Option<&str>) -> StepResult<Url> {
        named
            .and_then(|named| Url::parse(named).ok())
            .filter(|url| match url.scheme() {
                "https" => true,
                "http" => is_this_machine(url) && is_this_machine(&self.base),
                _ => false,
            })
            .ok_or_else(|| OUTLOOK.unreadable())
    }

    /// Sends a piece; answers the first byte still to come, or none when all is there.
    async fn put(
        &self,
        door: &Url,
        piece: &[u8],
        from: usize,
        of: usize,
    ) -> StepResult<Option<usize>> {
        let to = from + piece.len() - 1;
        let sent = self
            .http
            .put(door.clone())
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_RANGE, format!("bytes {from}-{to}/{of}"))
            .body(piece.to_vec())
            .timeout(self.time_for(piece.len()))
            .send()
            .await;
        let success = answer::judge(Call::Upload, sent).await;
        let success = success.map_err(Failure::into_error)?;
        if success.status == StatusCode::CREATED {
            return Ok(None);
        }
        let session: Session = success.read()?;
        session.next().map(Some).ok_or_else(|| OUTLOOK.unreadable())
    }

    async fn still_to_come(&self, door: &Url) -> StepResult<Option<usize>> {
        let sent = self.http.get(door.clone()).timeout(self.patience).send();
        let success = answer::judge(Call::Upload, sent.await).await;
        let session: Session = success.map_err(Failure::into_error)?.read()?;
        Ok(session.next())
    }
}

fn described(file: &FilePart<'_>) -> Value {
    let name = match (file.file_name.as_str(), &file.content_id) {
        ("", Some(id)) => id,
        ("", None) => "file",
        (name, _) => name,
    };
    let mut described = json!({
        "name": name,
        "contentType": file.mime,
        "isInline": file.content_id.is_some(),
    });
    if let Some(id) = &file.content_id {
        described["contentId"] = id.as_str().into();
    }
    described
}
