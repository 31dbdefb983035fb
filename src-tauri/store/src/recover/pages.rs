//! The pages of a damaged file, read without SQLite: what it refuses as a whole can be sound for
//! the most part.
//!
//! The committed part of the log is laid over the file, as SQLite would do it. Source: SQLite
//! documentation, "Database File Format" (<https://www.sqlite.org/fileformat2.html>), 1.3 the
//! header, 1.5 the freelist, 4 the log.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// What every database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// What our own databases have always had; taken where the header can't say.
const USUAL_SIZE: usize = 4096;
/// Bytes before the first frame of the log, and before the page in each.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// A file's pages, numbered from 1.
pub(super) struct Pages {
    /// None where only the log is left.
    file: Option<File>,
    log: Vec<u8>,
    /// Where the newest committed state of a page starts in the log.
    in_log: HashMap<u32, usize>,
    /// Bytes of a page.
    size: usize,
    /// Bytes of a page that can be used.
    usable: usize,
    count: u32,
    /// Pages of the file that hold nothing any more.
    free: HashSet<u32>,
    /// `PRAGMA user_version`; none where the first page can't be read.
    version: Option<u32>,
}

impl Pages {
    /// Opens a file with its log. Neither has to be sound, or there.
    pub fn open(path: &Path, log: &Path) -> io::Result<Self> {
        let mut file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            file => Some(file?),
        };
        let length = match &file {
            Some(file) => file.metadata()?.len(),
            None => 0,
        };
        let log = fs::read(log).unwrap_or_default();
        let mut header = Vec::new();
        // A disk that can't read its first sector is a damaged first page.
        if let Some(file) = &mut file {
            let _ = file.take(100).read_to_end(&mut header);
        }
        let (in_log, log_size, log_count) = committed(&log);
        let size = log_size
            .or_else(|| page_size(&header))
            .unwrap_or(USUAL_SIZE);
        let in_file = u32::try_from(length.div_ceil(size as u64)).unwrap_or(u32::MAX);
        let mut pages = Self {
            file,
            log,
            in_log,
            size,
            usable: size,
            count: in_file.max(log_count),
            free: HashSet::new(),
            version: None,
        };
        if let Some(first) = pages.get(1).filter(|page| page.starts_with(MAGIC)) {
            pages.version = Some(number(&first, 60));
            pages.usable = size - usize::from(first[20]).min(size / 2);
            pages.free = pages.freelist(number(&first, 32));
        }
        Ok(pages)
    }

    /// Bytes of a page that can be used.
    pub fn usable(&self) -> usize {
        self.usable
    }

    /// How many pages there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// `PRAGMA user_version`, if the first page can be read.
    pub fn version(&self) -> Option<u32> {
        self.version
    }

    /// Whether this page holds nothing any more.
    pub fn is_free(&self, number: u32) -> bool {
        self.free.contains(&number)
    }

    /// A page as it was last committed; none where it can't be read whole.
    pub fn get(&mut self, number: u32) -> Option<Vec<u8>> {
        if number == 0 || number > self.count {
            return None;
        }
        if let Some(start) = self.in_log.get(&number) {
            return self.log.get(*start..start + self.size).map(<[u8]>::to_vec);
        }
        let mut page = vec![0; self.size];
        let start = u64::from(number - 1) * self.size as u64;
        let file = self.file.as_mut()?;
        file.seek(SeekFrom::Start(start)).ok()?;
        file.read_exact(&mut page).ok()?;
        Some(page)
    }

    fn freelist(&mut self, first: u32) -> HashSet<u32> {
        let mut free = HashSet::new();
        let mut trunk = first;
        while trunk != 0 && free.insert(trunk) {
            let Some(page) = self.get(trunk) else { break };
            let leaves = usize::try_from(number(&page, 4)).unwrap_or(usize::MAX);
            let room = self.size / 4 - 2;
            free.extend((0..leaves.min(room)).map(|leaf| number(&page, 8 + 4 * leaf)));
            trunk = number(&page, 0);
        }
        free
    }
}

/// A number of four bytes, the first of them the weightiest.
pub(super) fn number(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|four| four.try_into().ok())
        .map_or(0, u32::from_be_bytes)
}

/// A number of two bytes.
pub(super) fn short(bytes: &[u8], at: usize) -> usize {
    bytes
        .get(at..at + 2)
        .and_then(|two| two.try_into().ok())
        .map_or(0, |two| usize::from(u16::from_be_bytes(two)))
}

fn page_size(header: &[u8]) -> Option<usize> {
    let size = match short(header, 16) {
        1 => 65_536,
        size => size,
    };
    (header.starts_with(MAGIC) && is_page_size(size)).then_some(size)
}

fn is_page_size(size: usize) -> bool {
    size.is_power_of_two() && (512..=65_536).contains(&size)
}

/// Where the committed pages are in the log, the size of each, and how many the database had.
fn committed(log: &[u8]) -> (HashMap<u32, usize>, Option<usize>, u32) {
    let nothing = (HashMap::new(), None, 0);
    let size = usize::try_from(number(log, 8)).unwrap_or(0);
    let is_big_endian = match number(log, 0) {
        0x377f_0682 => false,
        0x377f_0683 => true,
        _ => return nothing,
    };
    if log.len() < LOG_HEADER || !is_page_size(size) {
        return nothing;
    }
    let mut sum = (0, 0);
    add(&mut sum, &log[..24], is_big_endian);
    if sum != (number(log, 24), number(log, 28)) {
        return nothing;
    }
    let (mut done, mut under_way) = (HashMap::new(), Vec::new());
    let mut count = 0;
    let mut at = LOG_HEADER;
    while let Some(frame) = log.get(at..at + FRAME_HEADER + size) {
        // A frame of a former use of this log has other salts, and ends the present one.
        if frame[8..16] != log[16..24] {
            break;
        }
        add(&mut sum, &frame[..8], is_big_endian);
        add(&mut sum, &frame[FRAME_HEADER..], is_big_endian);
        if sum != (number(frame, 16), number(frame, 20)) {
            break;
        }
        under_way.push((number(frame, 0), at + FRAME_HEADER));
        if number(frame, 4) != 0 {
            count = number(frame, 4);
            done.extend(under_way.drain(..));
        }
        at += FRAME_HEADER + size;
    }
    if done.is_empty() {
        return nothing;
    }
    (done, Some(size), count)
}

/// Carries the log's checksum on over some bytes.
fn add(sum: &mut (u32, u32), bytes: &[u8], is_big_endian: bool) {
    for eight in bytes.chunks_exact(8) {
        let word = |at: usize| {
            let four = [eight[at], eight[at + 1], eight[at + 2], eight[at + 3]];
            if is_big_endian {
                u32::from_be_bytes(four)
            } else {
                u32::from_le_bytes(four)
            }
        };
        sum.0 = sum.0.wrapping_add(word(0)).wrapping_add(sum.1);
        sum.1 = sum.1.wrapping_add(word(4)).wrapping_add(sum.0);
    }
}
