//! Server-sent events, as far as answers of language models need them.
//!
//! Follows the WHATWG HTML standard, section "Server-sent events" (9.2): lines end in CR, LF or
//! both, a colon begins a comment, several `data` lines are joined by a line break, an empty line
//! ends the event, and what is left at the end of the stream without one is dropped. Ids and
//! reconnection times are ignored on purpose: a question to a model is never reconnected.

/// No event of any provider comes near this size.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name; empty where the stream gives none.
    pub name: String,
    /// Its data.
    pub data: String,
}

/// An event was larger than any honest one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Decodes a stream of bytes that may be cut anywhere, inside a character too.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    /// The line being read.
    line: Vec<u8>,
    /// The last byte was a CR, so that a LF which follows belongs to it.
    after_cr: bool,
    /// A line was read: a byte order mark can't follow any more.
    begun: bool,
    event: Event,
    has_data: bool,
}

impl Decoder {
    /// Takes the next bytes and answers the events they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLarge> {
        let mut events = Vec::new();
        for &byte in bytes {
            let after_cr = std::mem::take(&mut self.after_cr);
            match byte {
                b'\n' if after_cr => {}
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    self.end_line(&mut events);
                }
                byte => {
                    if self.line.len() + self.event.data.len() >= MOST_BYTES {
                        return Err(TooLarge);
                    }
                    self.line.push(byte);
                }
            }
        }
        Ok(events)
    }

    fn end_line(&mut self, events: &mut Vec<Event>) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = if std::mem::replace(&mut self.begun, true) {
            &*line
        } else {
            line.strip_prefix('\u{feff}').unwrap_or(&line)
        };
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            if std::mem::take(&mut self.has_data) {
                events.push(event);
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "event" => value.clone_into(&mut self.event.name),
            // An empty field name is a comment.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(bytes: &[u8]) -> Vec<(String, String)> {
        Decoder::default()
            .push(bytes)
            .unwrap()
            .into_iter()
            .map(|event| (event.name, event.data))
            .collect()
    }

    fn event(name: &str, data: &str) -> (String, String) {
        (name.to_owned(), data.to_owned())
    }

    #[test]
    fn reads_names_data_and_comments() {
        assert_eq!(
            decode(b": OPENROUTER PROCESSING\n\nevent: ping\ndata: {}\n\ndata:a\ndata: b\ndata\n\nid: 7\nretry: 5\n\n"),
            [event("ping", "{}"), event("", "a\nb\n")]
        );
    }

    #[test]
    fn takes_every_kind_of_line_end() {
        for end in ["\n", "\r", "\r\n"] {
            let stream = format!("event: x{end}data: 1{end}{end}data: 2{end}{end}");
            assert_eq!(
                decode(stream.as_bytes()),
                [event("x", "1"), event("", "2")],
                "{end:?}"
            );
        }
    }

    #[test]
    fn an_event_without_its_end_is_dropped() {
        assert_eq!(decode(b"data: 1\n\ndata: {\"half\":"), [event("", "1")]);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_field() {
        assert_eq!(decode("\u{feff}data: 1\n\n".as_bytes()), [event("", "1")]);
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut decoder = Decoder::default();
        let mut refused = false;
        for _ in 0..6 {
            refused |= decoder.push(&vec![b'x'; 1024 * 1024]).is_err();
        }
        assert!(refused);
    }

    #[test]
    fn endless_data_lines_are_refused() {
        let mut decoder = Decoder::default();
        let mut refused = false;
        let line = format!("data: {}\n", "x".repeat(100_000));
        for _ in 0..60 {
            refused |= decoder.push(line.as_bytes()).is_err();
        }
        assert!(refused);
    }

    proptest! {
        #[test]
        fn any_cut_of_the_bytes_gives_the_same_events(
            parts in prop::collection::vec(
                prop_oneof![
                    Just("\n".to_owned()), Just("\r\n".to_owned()), Just("\r".to_owned()),
                    Just(": comment\n".to_owned()), Just("event: a\r\n".to_owned()),
                    "data: [a-zü🎉é字]{0,6}", Just("data".to_owned()), any::<String>(),
                ],
                0..30,
            ),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let stream = parts.concat().into_bytes();
            let whole = decode(&stream);
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
            at.push(stream.len());
            at.sort_unstable();
            let mut decoder = Decoder::default();
            let mut read = Vec::new();
            let mut from = 0;
            for to in at {
                for event in decoder.push(&stream[from..to]).unwrap() {
                    read.push((event.name, event.data));
                }
                from = to;
            }
            prop_assert_eq!(read, whole);
        }
    }
}
