//! Taking the blind copies out of a frozen message.
//!
//! SMTP names recipients in its envelope, so there a Bcc in the header would show everybody what
//! was to be blind (RFC 5322, 3.6.3). Gmail's API has no envelope and takes it out itself.

/// These bytes without Bcc. The message must be one that [`super::freeze`] made.
pub fn without_bcc(bytes: &[u8]) -> Vec<u8> {
    let (head, body) = split_without_bcc(bytes);
    [&head, body].concat()
}

/// The same without a copy of the body, which may be large: the header without Bcc, and what
/// follows it, the empty line included.
pub fn split_without_bcc(bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut out = Vec::new();
    let mut rest = bytes;
    let mut is_bcc = false;
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else {
            out.extend_from_slice(rest);
            return (out, b"");
        };
        let (line, after) = rest.split_at(end + 2);
        if end == 0 {
            // The empty line: what follows is the body, whatever it says.
            return (out, rest);
        }
        let goes_on = line.starts_with(b" ") || line.starts_with(b"\t");
        is_bcc = if goes_on { is_bcc } else { is_named_bcc(line) };
        if !is_bcc {
            out.extend_from_slice(line);
        }
        rest = after;
    }
}

fn is_named_bcc(line: &[u8]) -> bool {
    line.get(..4)
        .is_some_and(|name| name.eq_ignore_ascii_case(b"bcc:"))
}

#[cfg(test)]
mod tests {
    use super::without_bcc;

    #[test]
    fn only_the_blind_copies_go() {
        let check = |before: &str, after: &str| {
            let found = String::from_utf8(without_bcc(before.as_bytes())).unwrap();
            assert_eq!(found, after, "{before:?}");
        };
        check(
            "To: a@example.org\r\nBcc: b@example.org,\r\n c@example.org\r\nSubject: x\r\n\r\nBcc: d\r\n",
            "To: a@example.org\r\nSubject: x\r\n\r\nBcc: d\r\n",
        );
        check("BCC: b@example.org\r\n\r\n", "\r\n");
        check(
            "Subject: about\r\n Bcc: in a long subject\r\nBcced: x\r\n\r\n",
            "Subject: about\r\n Bcc: in a long subject\r\nBcced: x\r\n\r\n",
        );
        check("", "");
        check("To: x", "To: x");
    }
}
