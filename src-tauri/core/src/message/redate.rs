//! Giving a frozen message the time at which it really leaves.
//!
//! A mail that was scheduled for tomorrow is frozen today. Its Date must be tomorrow's, and is
//! fixed together with the final bytes before the first transmission; every retry then sends the
//! same ones.

use lettre::message::header::{Date, Headers};

use crate::{UnixMillis, error::Result};

use super::{broken, date};

const NAME: &[u8] = b"Date:";

/// Gives these bytes another Date. The message must be one that [`super::freeze`] made: its Date
/// stands on one line of the header.
///
/// Errors: `INTERNAL_ERROR` where there is no such line or the time has no Date (RFC 5322, 3.3);
/// nothing is changed then.
pub fn redate(bytes: &mut Vec<u8>, at: UnixMillis) -> Result<()> {
    let (start, end) =
        date_line(bytes).ok_or_else(|| broken("the stored message has no proper header"))?;
    let mut header = Headers::new();
    header.set(Date::from(date(at)?));
    let line = header.to_string();
    bytes.splice(start..end, line.trim_end().bytes());
    Ok(())
}

/// Where the Date's line begins, and where its line end does.
fn date_line(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut start = 0;
    loop {
        let length = bytes[start..].windows(2).position(|two| two == b"\r\n")?;
        if length == 0 {
            // The empty line: what follows is the body, whatever it says.
            return None;
        }
        let line = &bytes[start..start + length];
        if line.len() >= NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) {
            return Some((start, start + length));
        }
        start += length + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    const MONDAY: UnixMillis = UnixMillis(1_795_000_000_000);

    #[test]
    fn only_the_date_changes() {
        let mut mail = b"From: a@example.org\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\nSubject: \
            Date: x\r\n\r\nDate: in the text\r\n"
            .to_vec();
        redate(&mut mail, MONDAY).unwrap();
        let text = String::from_utf8(mail.clone()).unwrap();
        assert_eq!(
            text,
            "From: a@example.org\r\nDate: Wed, 18 Nov 2026 11:06:40 +0000\r\nSubject: Date: \
             x\r\n\r\nDate: in the text\r\n"
        );
        redate(&mut mail, MONDAY).unwrap();
        assert_eq!(mail, text.as_bytes(), "the same time gives the same bytes");
    }

    #[test]
    fn what_is_no_message_of_ours_is_refused() {
        for bytes in [
            &b""[..],
            b"\r\n\r\nDate: x\r\n",
            b"From: a@example.org\r\n\r\nDate: x\r\n",
            b"Date: x",
        ] {
            let mut mail = bytes.to_vec();
            let error = redate(&mut mail, MONDAY).unwrap_err();
            assert_eq!(error.code, Code::InternalError, "{bytes:?}");
            assert_eq!(mail, bytes, "it stays as it was");
        }
    }
}
