//! Several texts in one input.

/// Parts of an input end with this byte, which no UTF-8 has.
pub const END: u8 = 0xFF;
/// Parts of such a part, for lists.
pub const INNER: u8 = 0xFE;

/// The texts in some bytes.
pub fn texts(bytes: &[u8], end: u8) -> impl Iterator<Item = String> {
    bytes
        .split(move |byte| *byte == end)
        .map(|part| String::from_utf8_lossy(part).into_owned())
}
