//! What the targets begin with: the mails of the corpus, and addresses as people write them.

use draftwell_core::message::freeze;

use crate::headers;

#[path = "../../../src-tauri/core/tests/corpus/mails.rs"]
mod mails;

/// More than this teaches nothing and is slow.
const MOST_BYTES: usize = 20_000;

const ADDRESSES: &[&str] = &[
    "ada@example.org",
    "Ada Lovelace <ada@example.com>, \"Lovelace, Ada\" <a@b.c>; bob@x.org\nGrüße GmbH <info@bücher.example>",
    "Lovelace, Ada <ada@b.c>; Babbage, Charles <c@b.c>",
    "ada@example.org (Ada, the Countess)",
    "'Ada' <a@b.c>, \"a \\\"b\\\" \\\\\" <a@b.c>",
    "田中，a@b.c；d@e.f",
    "a@b.c d@e.f\tg@h.i",
    "\"Ada <a@b.c>, bob@x.org",
    "ada@example.com\r\nBcc: eve@example.org",
    "ada@[127.0.0.1], \"a b\"@example.org, a@xn--bcher-kva.example",
    "ada@example.com?cc=bob@example.org&bcc=c@d.e&subject=Tea%20at%204&body=a%0D%0Ab&attach=/etc/passwd",
    "mailto:%22Ada%22%20%3Cada@example.com%3E,bob@example.org?to=c@d.e&amp;subject=%E4%BC%9A",
];

/// Each with the name of its target.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds: Vec<_> = (ADDRESSES.iter())
        .map(|text| ("addresses", text.as_bytes().to_vec()))
        .collect();
    for (_, mail) in mails::all() {
        seeds.push(("reading", freeze(&mail).unwrap()));
        for mailbox in mail.to.iter().take(3) {
            seeds.push(("addresses", mailbox.display().into_bytes()));
        }
        seeds.push(("headers", headers::input(&mail)));
    }
    seeds.retain(|(_, bytes)| bytes.len() <= MOST_BYTES);
    seeds
}
