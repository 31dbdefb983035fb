//! From a stored draft to the bytes that leave: gathers what the draft refers to and hands it to
//! the rules.

use std::collections::HashMap;

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    account::Account,
    address::Mailbox,
    document::{Document, ImageHash, MailParts},
    draft::Draft,
    id::SignatureId,
    message::{AttachedPart, Composition, InlinePart, freeze, message_id},
};
use draftwell_store::Store;

/// A draft's message, ready to be kept in the outbox.
pub struct Frozen {
    /// RFC 5322, Bcc included.
    pub bytes: Vec<u8>,
    /// With its angle brackets.
    pub message_id: String,
    /// The length of its HTML part before it is encoded.
    pub html_bytes: usize,
}

/// Freezes a draft as it is stored.
pub async fn freeze_draft(
    store: &Store,
    draft: &Draft,
    account: &Account,
    random: [u8; 16],
    now: UnixMillis,
) -> Result<Frozen> {
    let document = Document::parse(&draft.body)?;
    let mut parts = Parts::default();
    if let Some(id) = document.signature_id() {
        let signature = store.get_signature(id).await?;
        parts.signature = Some((id, Document::parse(&signature.body)?));
    }
    let mut inline = Vec::new();
    for hash in document.mail_images(&parts)? {
        let blob = store.read_blob(hash.to_string()).await?;
        let cid = content_id(hash, &account.email);
        parts.content_ids.insert(hash, cid.clone());
        inline.push(InlinePart {
            cid,
            file_name: file_name(&blob.mime, inline.len() + 1),
            mime: blob.mime,
            bytes: blob.bytes,
        });
    }
    let mut attached = Vec::new();
    for file in &draft.attachments {
        let blob = store.read_blob(file.hash.clone()).await?;
        attached.push(AttachedPart {
            file_name: file.name.clone(),
            mime: file.mime.clone(),
            bytes: blob.bytes,
        });
    }
    let from = Mailbox {
        name: Some(account.display_name.clone()).filter(|name| !name.is_empty()),
        address: account.email.clone(),
    };
    let message_id = message_id(random, now, &from)?;
    let composition = Composition {
        text: document.to_mail_text(&parts)?,
        html: document.to_mail_html(&parts)?,
        from,
        to: draft.to.clone(),
        cc: draft.cc.clone(),
        bcc: draft.bcc.clone(),
        subject: draft.subject.clone(),
        inline,
        attached,
        date: now,
        message_id: message_id.clone(),
        answers: None,
    };
    let html_bytes = composition.html.len();
    // Encoding 25 MB of files takes a moment.
    let bytes = tauri::async_runtime::spawn_blocking(move || freeze(&composition))
        .await
        .map_err(|_| Error::new(Code::InternalError, "The mail could not be put together."))??;
    Ok(Frozen {
        bytes,
        message_id,
        html_bytes,
    })
}

/// What a reader's program offers when an image is saved.
fn file_name(mime: &str, number: usize) -> String {
    let extension = match mime {
        "image/jpeg" => "jpg",
        other => other.rsplit('/').next().unwrap_or("png"),
    };
    format!("image{number}.{extension}")
}

/// The same image in the same mail always has the same Content-ID, so that freezing a draft
/// twice differs in nothing but date and Message-ID.
fn content_id(hash: ImageHash, address: &str) -> String {
    let domain = address.rsplit('@').next().unwrap_or("localhost");
    format!("{}@{domain}", &hash.to_string()[..32])
}

#[derive(Default)]
struct Parts {
    signature: Option<(SignatureId, Document)>,
    content_ids: HashMap<ImageHash, String>,
}

impl MailParts for Parts {
    fn signature(&self, id: SignatureId) -> Option<Document> {
        self.signature
            .as_ref()
            .filter(|(known, _)| *known == id)
            .map(|(_, text)| text.clone())
    }

    fn content_id(&self, image: ImageHash) -> Option<String> {
        self.content_ids.get(&image).cloned()
    }
}
