//! Writing the two text parts of a mail: HTML and plain. Personal mail: nothing that a mail
//! program could break, styles inline, one font stack, each block's direction found by itself.

use super::{Document, ImageHash, html, text};
use crate::{Error, Result, id::SignatureId};

/// What a document refers to, as it is when the mail is frozen.
pub trait MailParts {
    /// The text of a signature; nothing if there is no such signature any more.
    fn signature(&self, id: SignatureId) -> Option<Document>;
    /// The Content-ID (without `<>`) of the part that carries an image; nothing if there is none.
    fn content_id(&self, image: ImageHash) -> Option<String>;
}

/// How the mail looks where the reader's program has no opinion. Arial and its like exist
/// everywhere; no colours, so that dark mode stays readable. Spelled as the sanitiser spells it.
const WRAPPER: &str = "<div dir=\"auto\" style=\"font-family:Arial , Helvetica , sans-serif;font-size:14px;line-height:1.5\">";

impl Document {
    /// The HTML part of a mail, a whole HTML document, with the signature's text in its place.
    ///
    /// # Errors
    /// `NOT_FOUND` if the signature or an image isn't there: a mail is sent whole or not at all.
    pub fn to_mail_html(&self, parts: &dyn MailParts) -> Result<String> {
        let mut out =
            String::from("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n");
        out.push_str(&super::sanitise::sanitise_mail(
            &self.to_mail_fragment(parts)?,
        ));
        out.push_str("\n</body></html>\n");
        Ok(out)
    }

    /// The HTML of a mail file that is to be written on: as [`Document::to_html`], with images by
    /// `cid:` and the signature's text, so that reading it gives the same document again.
    ///
    /// # Errors
    /// As [`Document::to_mail_html`].
    pub fn to_draft_html(&self, parts: &dyn MailParts) -> Result<String> {
        let mut body = String::new();
        html::blocks(&mut body, &self.blocks, &DraftDress(parts))?;
        let body = super::sanitise::sanitise_mail(&body);
        Ok(format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n{body}\n</body></html>\n"
        ))
    }

    /// What stands in the body of [`Document::to_mail_html`].
    pub(super) fn to_mail_fragment(&self, parts: &dyn MailParts) -> Result<String> {
        let mut out = String::from(WRAPPER);
        html::blocks(&mut out, &self.blocks, &MailDress(parts))?;
        out.push_str("</div>");
        Ok(out)
    }

    /// The plain part of a mail, lines ended by `\n`; the signature follows a line `-- `
    /// (RFC 3676, 4.3).
    ///
    /// # Errors
    /// `NOT_FOUND` if the signature isn't there any more.
    pub fn to_mail_text(&self, parts: &dyn MailParts) -> Result<String> {
        let lines = text::lines_with(&self.blocks, &mut |id| {
            let mut lines = vec!["-- ".to_owned()];
            lines.extend(text::lines(&signature(parts, id)?.blocks));
            Ok(lines)
        })?;
        let mut out = String::new();
        for line in lines {
            // Trailing blanks mean something else in some mail programs (format=flowed).
            out.push_str(if line == "-- " {
                &line
            } else {
                line.trim_end()
            });
            out.push('\n');
        }
        Ok(out)
    }

    /// The images of the text and of its signature, each once: what the mail must carry.
    pub fn mail_images(&self, parts: &dyn MailParts) -> Result<Vec<ImageHash>> {
        let mut hashes = self.image_hashes();
        if let Some(id) = self.signature_id() {
            for hash in signature(parts, id)?.image_hashes() {
                if !hashes.contains(&hash) {
                    hashes.push(hash);
                }
            }
        }
        Ok(hashes)
    }
}

/// A signature's text, which can't itself have a signature.
fn signature(parts: &dyn MailParts, id: SignatureId) -> Result<Document> {
    parts
        .signature(id)
        .map(Document::without_signature)
        .ok_or_else(|| Error::not_found("signature"))
}

struct MailDress<'a>(&'a dyn MailParts);

impl html::Dress for MailDress<'_> {
    type Error = Error;

    fn attributes(&self, tag: &'static str) -> &'static str {
        match tag {
            "p" => " dir=\"auto\" style=\"margin:0 0 1em\"",
            "h1" => " dir=\"auto\" style=\"font-size:24px;line-height:1.25;margin:0 0 12px\"",
            "h2" => " dir=\"auto\" style=\"font-size:20px;line-height:1.25;margin:0 0 12px\"",
            "h3" => " dir=\"auto\" style=\"font-size:16px;line-height:1.25;margin:0 0 12px\"",
            "ul" | "ol" => " dir=\"auto\" style=\"margin:0 0 1em;padding:0 0 0 2em\"",
            "blockquote" => {
                " dir=\"auto\" style=\"margin:0 0 1em;border-left:2px solid #cccccc;padding:0 0 0 1em\""
            }
            "pre" => {
                " dir=\"auto\" style=\"margin:0 0 1em;font-family:Consolas , Menlo , monospace;white-space:pre-wrap\""
            }
            "li" => " dir=\"auto\"",
            // The attributes are for Outlook, which draws with Word and knows few styles.
            "table" => {
                " dir=\"auto\" cellpadding=\"0\" cellspacing=\"0\" style=\"border-collapse:collapse;margin:0 0 1em\""
            }
            // Where "start" is unknown, "left" stays.
            "th" => {
                " dir=\"auto\" style=\"border:1px solid #999999;padding:4px 8px;vertical-align:top;text-align:left;text-align:start\""
            }
            "td" => {
                " dir=\"auto\" style=\"border:1px solid #999999;padding:4px 8px;vertical-align:top\""
            }
            "img" => " style=\"max-width:100%\"",
            _ => "",
        }
    }

    fn hard_blanks(&self) -> bool {
        true
    }

    fn tight_items(&self) -> bool {
        true
    }

    fn plain_cells(&self) -> bool {
        true
    }

    fn src(&self, hash: ImageHash) -> Result<String> {
        self.0
            .content_id(hash)
            .map(|id| format!("cid:{id}"))
            .ok_or_else(|| Error::not_found("image"))
    }

    fn signature(&self, out: &mut String, id: SignatureId) -> Result<()> {
        // A block of its own, so that a reader's program can tell it from the text.
        out.push_str("<div dir=\"auto\">");
        html::blocks(out, &signature(self.0, id)?.blocks, self)?;
        out.push_str("</div>");
        Ok(())
    }
}

/// Nothing that is only for the eye: whoever opens the draft has their own style.
struct DraftDress<'a>(&'a dyn MailParts);

impl html::Dress for DraftDress<'_> {
    type Error = Error;

    fn attributes(&self, _: &'static str) -> &'static str {
        ""
    }

    fn hard_blanks(&self) -> bool {
        false
    }

    fn tight_items(&self) -> bool {
        false
    }

    fn src(&self, hash: ImageHash) -> Result<String> {
        MailDress(self.0).src(hash)
    }

    fn signature(&self, out: &mut String, id: SignatureId) -> Result<()> {
        html::blocks(out, &signature(self.0, id)?.blocks, self)
    }
}
