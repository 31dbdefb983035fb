//! Reading what is typed into To, Cc and Bcc, and `mailto:` links.

use draftwell_core::{
    address::Mailbox,
    draft::{MAX_RECIPIENTS, MAX_SUBJECT_CHARS},
    mailto::Mailto,
    message::wire_address,
};

/// Any bytes as a list of addresses, as one address, and as a link.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let list = Mailbox::parse_list(&text);
    for mailbox in &list {
        check_mailbox(mailbox);
        assert!(!mailbox.address.is_empty(), "{mailbox:?}");
    }
    // A list of people who can be written to is read again as it is shown.
    if list.iter().all(Mailbox::is_valid) {
        let shown: Vec<String> = list.iter().map(Mailbox::display).collect();
        assert_eq!(
            Mailbox::parse_list(&shown.join(", ")),
            cleaned(&list),
            "{shown:?}"
        );
    }
    check_mailbox(&Mailbox {
        name: Some(text.clone().into_owned()),
        address: "ada@example.org".into(),
    });
    check_mailbox(&Mailbox {
        name: None,
        address: text.clone().into_owned(),
    });
    for link in [text.to_string(), format!("mailto:{text}")] {
        check_link(&link);
    }
}

fn cleaned(list: &[Mailbox]) -> Vec<Mailbox> {
    list.iter().map(Mailbox::cleaned).collect()
}

fn check_mailbox(mailbox: &Mailbox) {
    let shown = mailbox.display();
    assert!(!shown.contains(char::is_control), "{shown:?}");
    let cleaned = mailbox.cleaned();
    assert_eq!(cleaned.cleaned(), cleaned, "cleaned once is clean");
    if mailbox.is_valid() {
        let name = cleaned.name.clone().filter(|name| *name != cleaned.address);
        let wanted = Mailbox { name, ..cleaned };
        assert_eq!(Mailbox::parse_list(&shown), [wanted], "{shown:?}");
    }
    let Some(wire) = wire_address(&mailbox.address) else {
        return;
    };
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"(),:;<>[\\]".contains(&byte);
    assert!(wire.bytes().all(is_plain), "{wire:?}");
    assert_eq!(wire.matches('@').count(), 1, "{wire:?}");
    assert!(wire.len() <= 254, "{wire:?}");
    assert_eq!(wire_address(&wire).as_ref(), Some(&wire), "it stays so");
    assert_eq!(mailbox.key(), wire);
}

fn check_link(link: &str) {
    let Some(mail) = Mailto::parse(link) else {
        return;
    };
    let people = || mail.to.iter().chain(&mail.cc).chain(&mail.bcc);
    assert!(people().count() <= MAX_RECIPIENTS);
    assert!(mail.subject.chars().count() <= MAX_SUBJECT_CHARS);
    for text in people().map(|one| &one.address).chain([&mail.subject]) {
        assert!(!text.contains(char::is_control), "{text:?}");
    }
    let in_text = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!mail.body.contains(in_text), "{:?}", mail.body);
    for note in mail.notes() {
        assert!(!note.contains(char::is_control), "{note:?}");
    }
}
