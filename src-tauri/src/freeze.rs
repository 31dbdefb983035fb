//! From a stored draft to the bytes that leave: gathers what the draft refers to and hands it to
//! the rules.

use std::collections::HashMap;

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    account::Account,
    address::Mailbox,
    attachment::encoded_size,
    document::{Document, ImageHash, MailParts},
    draft::{Answering, Draft},
    id::SignatureId,
    message::{
        AttachedPart, Composition, Framed, InlinePart, MAX_MAIL_FILE_BYTES, framed, message_id,
        unsent,
    },
};
use draftwell_store::{FrozenFile, MessageFiles, Store};

/// A draft's message: put together but for the bytes of its files, which stay where they are until
/// it is written out.
pub struct Prepared {
    message: Framed,
    files: MessageFiles,
    /// How large it is, encoded.
    pub bytes: u64,
    /// With its angle brackets.
    pub message_id: String,
    /// The length of its HTML part before it is encoded.
    pub html_bytes: usize,
}

impl Prepared {
    /// Writes it out as a file, to be kept in the outbox.
    pub async fn keep(self, store: &Store) -> Result<FrozenFile> {
        store.keep_message(self.message, self.files).await
    }
}

/// Puts a draft's message together as it is stored.
pub async fn prepare(
    store: &Store,
    draft: &Draft,
    account: &Account,
    random: [u8; 16],
    now: UnixMillis,
) -> Result<Prepared> {
    let from = account.sender(draft.from_address.as_deref())?;
    let message_id = message_id(random, now, &from)?;
    let mail = gather(store, draft, &domain_of(&from)).await?;
    let composition = Composition {
        html: mail.document.to_mail_html(&mail.parts)?,
        from,
        date: now,
        message_id: message_id.clone(),
        ..mail.composition
    };
    let html_bytes = composition.html.len();
    let attached = draft.attachments.iter().map(|file| file.hash.clone());
    let files = store.message_files(mail.images, attached.collect());
    // Texts among the files are read for their letters.
    tauri::async_runtime::spawn_blocking(move || {
        let message = framed(&composition, &files)?;
        Ok(Prepared {
            bytes: message.size(|place| files.size_of(place)),
            message,
            files,
            message_id,
            html_bytes,
        })
    })
    .await
    .map_err(|_| not_put_together())?
}

/// A draft as a file that other programs open as a draft, too.
///
/// # Errors
/// `FILE_TOO_LARGE` where its files are more than a mail file may have; `VALIDATION_ERROR` naming
/// the field of a recipient that can't be one.
pub async fn draft_file(
    store: &Store,
    draft: &Draft,
    account: Option<&Account>,
    random: [u8; 16],
    now: UnixMillis,
) -> Result<Vec<u8>> {
    let size: u64 = (draft.attachments.iter())
        .map(|file| encoded_size(file.size))
        .sum();
    if size > MAX_MAIL_FILE_BYTES as u64 {
        return Err(Error::new(
            Code::FileTooLarge,
            "With its files this draft is larger than 100 MB, too large for a mail file. Take \
             some out.",
        ));
    }
    let from = match account {
        // A file is nobody's word on who may send it.
        Some(account) => {
            (account.sender(draft.from_address.as_deref())).or_else(|_| account.sender(None))?
        }
        None => Mailbox::default(),
    };
    let mut mail = gather(store, draft, "draft.invalid").await?;
    for (part, hash) in mail.composition.inline.iter_mut().zip(&mail.images) {
        part.bytes = store.read_blob(hash.clone()).await?.bytes;
    }
    for (part, file) in mail.composition.attached.iter_mut().zip(&draft.attachments) {
        part.bytes = store.read_blob(file.hash.clone()).await?.bytes;
    }
    let composition = Composition {
        html: mail.document.to_draft_html(&mail.parts)?,
        from,
        date: now,
        message_id: format!("<{:032x}@draft.invalid>", u128::from_be_bytes(random)),
        ..mail.composition
    };
    tauri::async_runtime::spawn_blocking(move || unsent(&composition))
        .await
        .map_err(|_| not_put_together())?
}

fn not_put_together() -> Error {
    Error::new(Code::InternalError, "The mail could not be put together.")
}

fn domain_of(mailbox: &Mailbox) -> String {
    let domain = mailbox.address.rsplit('@').next();
    domain.unwrap_or("localhost").to_owned()
}

/// A draft with everything it refers to. The composition lacks sender, date, Message-ID and HTML,
/// and the bytes of its files.
struct Gathered {
    document: Document,
    parts: Parts,
    /// The hashes of the images in the text, in the order of the composition's.
    images: Vec<String>,
    composition: Composition,
}

async fn gather(store: &Store, draft: &Draft, domain: &str) -> Result<Gathered> {
    let document = Document::parse(&draft.body)?;
    let mut parts = Parts::default();
    if let Some(id) = document.signature_id() {
        let signature = store.get_signature(id).await?;
        parts.signature = Some((id, Document::parse(&signature.body)?));
    }
    let (mut inline, mut images) = (Vec::new(), Vec::new());
    for hash in document.mail_images(&parts)? {
        let mime = store.blob_mime(hash.to_string()).await?;
        let cid = content_id(hash, domain);
        parts.content_ids.insert(hash, cid.clone());
        images.push(hash.to_string());
        inline.push(InlinePart {
            cid,
            file_name: file_name(&mime, inline.len() + 1),
            mime,
            bytes: Vec::new(),
        });
    }
    let attached = draft.attachments.iter().map(|file| AttachedPart {
        file_name: file.name.clone(),
        mime: file.mime.clone(),
        bytes: Vec::new(),
    });
    let composition = Composition {
        from: Mailbox::default(),
        to: draft.to.clone(),
        cc: draft.cc.clone(),
        bcc: draft.bcc.clone(),
        subject: draft.subject.clone(),
        text: document.to_mail_text(&parts)?,
        html: String::new(),
        inline,
        attached: attached.collect(),
        date: draft.updated_at,
        message_id: String::new(),
        answers: (store.draft_answers(draft.id).await?)
            .as_ref()
            .and_then(Answering::headers),
    };
    Ok(Gathered {
        document,
        parts,
        images,
        composition,
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
fn content_id(hash: ImageHash, domain: &str) -> String {
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
