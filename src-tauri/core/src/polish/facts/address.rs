//! Links, e-mail addresses, file names, phone and account numbers and placeholders: what is one
//! piece of text whatever stands in it, so that nothing else looks inside.

use std::ops::Range;

use super::{FactKind, Scan, Value, accounts, token};

/// Endings of file names people send.
const FILES: &[&str] = &[
    "pdf", "doc", "docx", "docm", "xls", "xlsx", "xlsm", "ppt", "pptx", "odt", "ods", "odp", "txt",
    "rtf", "csv", "tsv", "png", "jpg", "jpeg", "gif", "webp", "svg", "heic", "tif", "tiff", "bmp",
    "zip", "rar", "7z", "gz", "tgz", "tar", "ics", "vcf", "eml", "msg", "mp3", "mp4", "mov", "avi",
    "mkv", "wav", "m4a", "json", "xml", "yaml", "yml", "toml", "html", "htm", "css", "js", "ts",
    "py", "rs", "java", "cpp", "sh", "sql", "log", "md", "tex", "psd", "ai", "indd", "dwg", "dxf",
    "stl", "step", "epub", "pages", "numbers", "key", "exe", "msi", "dmg", "apk", "bat", "ini",
    "cfg", "conf", "db", "bak", "ipynb", "parquet", "sketch", "fig", "mpp", "vsdx", "wmv", "flac",
    "go", "rb", "php", "kt", "swift", "hpp", "cs", "ps1", "jsx", "tsx", "vue", "lua", "gdoc",
    "gsheet", "gslides", "eps", "dng", "arw", "cr2", "nef", "heif", "webm", "mpeg", "mpg", "ogg",
    "opus", "aac", "mid", "midi", "musicxml", "mscz", "gpx", "kml", "geojson", "ttf", "otf",
    "woff2", "iso", "jar", "war", "deb", "rpm", "skp", "blend", "3mf", "gcode", "ifc", "rvt",
    "idml", "xcf", "afdesign", "p12", "pem", "cer", "crt", "sav", "dta", "tmx", "sdlxliff", "xlf",
    "bib", "ris", "mobi", "azw3",
];

/// Ends of host names without a scheme before them.
const TOP_LEVEL: &[&str] = &[
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "mil",
    "int",
    "info",
    "biz",
    "name",
    "io",
    "co",
    "ai",
    "app",
    "dev",
    "me",
    "tv",
    "cc",
    "ly",
    "gg",
    "gl",
    "be",
    "to",
    "so",
    "sh",
    "fm",
    "im",
    "in",
    "is",
    "it",
    "us",
    "uk",
    "de",
    "at",
    "ch",
    "fr",
    "es",
    "pt",
    "nl",
    "lu",
    "dk",
    "se",
    "no",
    "fi",
    "pl",
    "cz",
    "sk",
    "hu",
    "ro",
    "bg",
    "gr",
    "tr",
    "ru",
    "ua",
    "by",
    "lt",
    "lv",
    "ee",
    "ie",
    "mt",
    "cy",
    "hr",
    "si",
    "rs",
    "ba",
    "jp",
    "cn",
    "kr",
    "tw",
    "hk",
    "sg",
    "my",
    "th",
    "vn",
    "id",
    "ph",
    "au",
    "nz",
    "ca",
    "mx",
    "br",
    "ar",
    "cl",
    "pe",
    "za",
    "ng",
    "ke",
    "eg",
    "ma",
    "il",
    "ae",
    "sa",
    "ir",
    "pk",
    "eu",
    "asia",
    "africa",
    "xyz",
    "online",
    "site",
    "store",
    "shop",
    "club",
    "top",
    "tech",
    "space",
    "website",
    "live",
    "life",
    "world",
    "today",
    "news",
    "blog",
    "cloud",
    "page",
    "link",
    "click",
    "email",
    "support",
    "help",
    "team",
    "work",
    "jobs",
    "agency",
    "studio",
    "design",
    "digital",
    "media",
    "group",
    "global",
    "company",
    "consulting",
    "solutions",
    "services",
    "systems",
    "software",
    "finance",
    "bank",
    "money",
    "pay",
    "legal",
    "law",
    "health",
    "care",
    "clinic",
    "travel",
    "hotel",
    "events",
    "academy",
    "school",
    "university",
    "berlin",
    "hamburg",
    "london",
    "paris",
    "nyc",
    "museum",
    "example",
    "test",
    "invalid",
    "local",
    "localhost",
    "internal",
    "corp",
    "zip",
    "mov",
    "su",
    "tk",
    "ml",
    "ga",
    "cf",
    "gq",
    "pw",
    "ws",
    "la",
    "vip",
    "win",
    "icu",
    "fun",
    "art",
    "pro",
    "mobi",
    "tel",
    "one",
    "run",
    "win",
    "lol",
];

/// Top levels that are words of a sentence: "let me know.it" is no link.
const WORDS: &[&str] = &[
    "me", "be", "to", "so", "in", "is", "it", "us", "at", "no", "by", "my", "am", "do", "one",
    "today", "help", "work", "life", "live", "world", "news", "page", "link", "team", "care",
    "run", "fun", "pay", "money", "law", "health", "school", "group", "email", "support", "name",
    "id", "as", "an", "de", "es", "la", "see", "pro", "art", "win", "top", "space", "company",
];

/// Words before a phone number.
const PHONE_WORDS: &[&str] = &[
    "tel",
    "telephone",
    "phone",
    "mobile",
    "cell",
    "call",
    "calling",
    "fax",
    "whatsapp",
    "ring",
    "reach",
    "reached",
    "text",
    "sms",
    "dial",
    "hotline",
    "line",
    "telefon",
    "telefonnummer",
    "handy",
    "handynummer",
    "mobil",
    "rufen",
    "anrufen",
    "erreichbar",
    "erreichen",
    "durchwahl",
    "landline",
    "ext",
];

/// Finds them all.
pub(super) fn find(scan: &mut Scan<'_>) {
    placeholders(scan);
    bank_accounts(scan);
    for piece in pieces(scan.text) {
        piece_of(scan, piece);
    }
    phones(scan);
}

/// `{{firstName}}`: to be filled in, so it must stay.
fn placeholders(scan: &mut Scan<'_>) {
    let mut at = 0;
    while let Some(from) = scan.text[at..].find("{{").map(|found| found + at) {
        let Some(length) = scan.text[from..].find("}}") else {
            break;
        };
        let span = from..from + length + 2;
        at = span.end;
        if length <= 80 && !scan.text[span.clone()].contains('\n') {
            let name = scan.text[span.clone()].to_lowercase().replace(' ', "");
            take(scan, &span);
            scan.note_span(FactKind::Name, span, Value::Name(vec![name]), true);
        }
    }
}

/// IBANs, in groups or in one piece. One in a hundred runs of words with a number has the right
/// check digits by chance; capitals and its first group tell them apart.
fn bank_accounts(scan: &mut Scan<'_>) {
    for span in accounts(scan.text) {
        let written = scan.text[span.clone()].as_bytes();
        if written.iter().any(u8::is_ascii_lowercase) || !written[2].is_ascii_digit() {
            continue;
        }
        let letters = scan.text[span.clone()].chars();
        let value = letters
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        take(scan, &span);
        scan.note_span(FactKind::Number, span, Value::Code(value), true);
    }
    let mut i = 0;
    while i < scan.tokens.len() {
        if let Some(to) = account_at(scan, i) {
            let value = (i..to)
                .map(|k| scan.tokens[k].lower.to_uppercase())
                .collect();
            scan.note(FactKind::Number, i, to, Value::Code(value), true);
            i = to;
        } else {
            i += 1;
        }
    }
}

/// The token after what is spelt like an IBAN in groups of four, whether or not its check digits are
/// right: somebody may have mistyped it.
fn account_at(scan: &Scan<'_>, i: usize) -> Option<usize> {
    let (country, check) = (scan.free(i)?, scan.free(i + 1)?);
    let digits = |k: usize, length: std::ops::RangeInclusive<usize>| {
        scan.free(k).is_some_and(|token| {
            token.kind == token::Kind::Digits
                && length.contains(&token.lower.len())
                && token.lower.bytes().all(|b| b.is_ascii_digit())
        })
    };
    if country.lower.len() != 2
        || country.case != token::Case::All
        || !scan.touches(i + 1)
        || check.kind != token::Kind::Digits
    {
        return None;
    }
    if digits(i + 1, 13..=32) {
        return Some(i + 2);
    }
    let mut to = i + 2;
    while digits(i + 1, 2..=2) && digits(to, 4..=4) {
        to += 1;
    }
    if to - i < 5 {
        return None;
    }
    let short = digits(to, 1..=3)
        && !scan.text[scan.tokens[to - 1].at.end..scan.tokens[to].at.start].contains('\n');
    Some(to + usize::from(short))
}

/// Pieces between white space, brackets and quotation marks, without punctuation around.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = None;
    let breaks = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '"'
                    | '|'
                    | '`'
                    | '“'
                    | '”'
                    | '„'
                    | '«'
                    | '»'
                    | '，'
                    | '、'
                    | '（'
                    | '）'
                    | '「'
                    | '」'
                    | '：'
            )
    };
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if breaks(c) {
            if let Some(from) = from.take() {
                let piece = &text[from..i];
                let lead = |c: char| {
                    matches!(
                        c,
                        '*' | '_'
                            | '~'
                            | '\''
                            | '‘'
                            | '’'
                            | ','
                            | ';'
                            | '.'
                            | ':'
                            | '!'
                            | '?'
                            | '-'
                            | '–'
                            | '—'
                            | '#'
                    )
                };
                let trail = |c: char| {
                    lead(c) && !matches!(c, '-' | '#')
                        || matches!(c, '…' | '/' | '。' | '！' | '？')
                        // Arabic, and the full stops of Urdu and Hindi
                        || matches!(c, '؟' | '،' | '؛' | '۔' | '।')
                };
                // Only what stands before and after; a mention's or path's own first sign stays.
                let start = from + (piece.len() - piece.trim_start_matches(lead).len());
                let end = from + piece.trim_end_matches(trail).len();
                if start < end {
                    out.push(start..end);
                }
            }
        } else if from.is_none() {
            from = Some(i);
        }
    }
    out
}

fn take(scan: &mut Scan<'_>, span: &Range<usize>) {
    let first = scan
        .tokens
        .partition_point(|token| token.at.end <= span.start);
    for token in scan.tokens[first..]
        .iter_mut()
        .take_while(|token| token.at.start < span.end)
    {
        token.taken = true;
    }
}

fn piece_of(scan: &mut Scan<'_>, span: Range<usize>) {
    let piece = &scan.text[span.clone()];
    if !piece.contains(['.', ':', '@', '。', '．', '｡', '/', '＠']) {
        return;
    }
    let mut note = |kind, span: Range<usize>, value: String| {
        take(scan, &span);
        scan.note_span(kind, span, Value::Text(value), true);
    };
    // Of ASCII letters only: every place in it is the same place in the piece.
    let lower = piece.to_ascii_lowercase();
    if let Some(at) = lower.find("mailto:") {
        let rest = &piece[at + 7..];
        let address = rest.split('?').next().unwrap_or(rest);
        if let Some(value) = email(address) {
            // What a mailto link sets besides (cc, subject) is a part of it.
            let more = &rest[address.len()..];
            return note(FactKind::Email, span, format!("{value}{more}"));
        }
    }
    if lower.starts_with("tel:") {
        let digits = digits_of(&piece[4..]);
        if digits.len() >= 3 {
            return note(FactKind::Phone, span, digits);
        }
    }
    if let Some(at) = piece.find("://") {
        let scheme = piece[..at]
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
            .len();
        let link = span.start + scheme..span.end;
        let value = link_value(&piece[scheme..]);
        return note(FactKind::Link, link, value);
    }
    if piece.contains(['@', '＠']) {
        if let Some(value) = email(piece) {
            note(FactKind::Email, span, value);
        } else if let Some(name) = piece.strip_prefix('@')
            && name.chars().next().is_some_and(char::is_alphabetic)
        {
            let words: Vec<String> = token::tokens(name)
                .into_iter()
                .filter(|token| token.kind == token::Kind::Word)
                .map(|token| super::name::bare(&token.lower).to_owned())
                .collect();
            take(scan, &span);
            scan.note_span(FactKind::Name, span, Value::Name(words), true);
        }
        return;
    }
    // A list without spaces is looked at one by one.
    if piece.contains([',', ';']) {
        let mut from = span.start;
        let pieces: Vec<Range<usize>> = piece
            .split([',', ';'])
            .map(|part| {
                let range = from..from + part.len();
                from = range.end + 1;
                range
            })
            .collect();
        for part in pieces.into_iter().filter(|part| !part.is_empty()) {
            piece_of(scan, part);
        }
        return;
    }
    if is_file(piece) {
        let name = piece.rsplit(['/', '\\']).next().unwrap_or(piece);
        return note(FactKind::FileName, span.clone(), name.to_lowercase());
    }
    if is_host(piece) {
        return note(FactKind::Link, span.clone(), link_value(piece));
    }
    // A path on a server or a disk.
    if (piece.starts_with('/') || piece.starts_with("~/")) && piece[1..].contains('/') {
        note(FactKind::FileName, span.clone(), piece.to_owned());
    }
}

/// An address as it is compared: all in lower case (no server people use tells them apart), the
/// host in its ASCII form.
fn email(text: &str) -> Option<String> {
    let text = text.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’']);
    let (local, host) = text.rsplit_once(['@', '＠'])?;
    let host = host.split(['/', '?', '#']).next()?;
    let host = host
        .strip_suffix("'s")
        .or_else(|| host.strip_suffix("’s"))
        .unwrap_or(host);
    (!local.is_empty()
        && !local.contains(['/', ':'])
        && host.chars().any(char::is_alphabetic)
        && host.contains(['.', '。', '．', '｡'])
        && !host.ends_with('.'))
    .then(|| format!("{}@{}", local.to_lowercase(), ascii_host(host)))
}

/// The host as the network knows it. A letter that only looks like another becomes visible:
/// `аpple.com` with a Cyrillic first letter is `xn--pple-43d.com`.
fn ascii_host(host: &str) -> String {
    idna::domain_to_ascii(host).unwrap_or_else(|_| host.to_lowercase())
}

/// A link without what makes no difference: scheme http or https, `www.`, the last slash, the
/// case of the host.
fn link_value(link: &str) -> String {
    let (scheme, rest) = match link.split_once("://") {
        Some((scheme, rest)) => (scheme.to_lowercase(), rest),
        None => ("https".to_owned(), link),
    };
    // Browsers take a backslash for a slash.
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = ascii_host(host);
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let path = percent_encoded(path.trim_end_matches('/'));
    match scheme.as_str() {
        "http" | "https" => format!("{host}{path}"),
        other => format!("{other}://{host}{path}"),
    }
}

/// A path as it is sent: `ä` is `%C3%A4`, however it was written.
fn percent_encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut hex_left = 0;
    for c in path.chars() {
        if c.is_ascii() {
            let in_escape = hex_left > 0 && c.is_ascii_hexdigit();
            hex_left = match c {
                '%' => 2,
                _ if in_escape => hex_left - 1,
                _ => 0,
            };
            out.push(if in_escape { c.to_ascii_uppercase() } else { c });
        } else {
            hex_left = 0;
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

fn is_file(piece: &str) -> bool {
    let Some((stem, ending)) = piece.rsplit_once('.') else {
        return false;
    };
    let name = stem.rsplit(['/', '\\']).next().unwrap_or(stem);
    // A web address can end like a file: `example.com/plan.pdf` is a link.
    let first = piece.split('/').next().unwrap_or(piece);
    FILES.contains(&&*ending.to_lowercase())
        && name.chars().any(char::is_alphanumeric)
        && !(first.len() < piece.len() && is_host(first))
        && !piece.to_lowercase().starts_with("www.")
}

/// Whether a piece without a scheme begins with a host name.
fn is_host(piece: &str) -> bool {
    let end = piece
        .find(['/', '?', '#', ':', '\\'])
        .unwrap_or(piece.len());
    let (host, path) = piece.split_at(end);
    let labels: Vec<&str> = host.split(['.', '。', '．', '｡']).collect();
    let [.., before, top] = labels.as_slice() else {
        return false;
    };
    let sound = labels.iter().all(|label| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    if !sound {
        return false;
    }
    // Look-alike and full-width letters are letters to a browser, too.
    let top = ascii_host(top).to_lowercase();
    let mixed = host.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
    if !(TOP_LEVEL.contains(&&*top) || top.starts_with("xn--")) {
        // A host of one's own network, where a path shows it: "files.intern/report".
        return path.len() > 3
            && path.starts_with('/')
            && labels.iter().all(|label| {
                label.len() > 2 && label.starts_with(|c: char| c.is_ascii_lowercase())
            });
    }
    if host.to_lowercase().starts_with("www.") || path.len() > 1 {
        return true;
    }
    // "done.Thanks", "U.S", "3.de": sentences and abbreviations.
    if labels.iter().all(|label| label.chars().count() == 1)
        || before.chars().all(|c| c.is_ascii_digit()) && labels.len() == 2
    {
        return false;
    }
    if !mixed && host.chars().next_back().is_some_and(char::is_uppercase) {
        return host.chars().all(|c| !c.is_lowercase());
    }
    if labels.len() == 2 && top_begins_large(host) {
        return false;
    }
    !(labels.len() == 2
        && WORDS.contains(&&*top)
        && (super::words::common(&before.to_lowercase()) || before.chars().count() < 3))
}

fn top_begins_large(host: &str) -> bool {
    host.rsplit('.')
        .next()
        .and_then(|top| top.chars().next())
        .is_some_and(char::is_uppercase)
        && host.chars().any(char::is_lowercase)
}

fn digits_of(text: &str) -> String {
    text.chars().filter_map(token::digit).collect()
}

/// Phone numbers: international or with a leading zero, in the groups people write them in, or
/// after a word that announces one.
fn phones(scan: &mut Scan<'_>) {
    let mut i = 0;
    while i < scan.tokens.len() {
        let end = phone_at(scan, i);
        if let Some(end) = end {
            let span = scan.tokens[i].at.start..scan.tokens[end - 1].at.end;
            let text = &scan.text[span.clone()];
            let plus = text.starts_with('+');
            let digits = digits_of(text);
            // "+49 (0)30" is "+49 30".
            let digits = if text.contains("(0)") {
                digits.replacen('0', "", 1)
            } else {
                digits
            };
            let value = if plus { format!("+{digits}") } else { digits };
            scan.note(FactKind::Phone, i, end, Value::Text(value), true);
            i = end;
        } else {
            i += 1;
        }
    }
}

fn phone_at(scan: &Scan<'_>, i: usize) -> Option<usize> {
    use token::Kind::{Digits, Word};
    let first = scan.free(i)?;
    let opens = first.is("+") || first.is("(");
    if !(first.kind == Digits || opens && scan.free(i + 1)?.kind == Digits && scan.touches(i + 1)) {
        return None;
    }
    if i > 0 && scan.touches(i) && matches!(scan.tokens[i - 1].kind, Word | Digits) {
        return None;
    }
    // The longest run of digits and what may stand between them.
    let (mut end, mut to, mut open) = (i, i, false);
    while let Some(token) = scan.free(to) {
        let gap = if to == i {
            0
        } else {
            let between = &scan.text[scan.tokens[to - 1].at.end..token.at.start];
            if between.contains(['\n', '\r']) || between.chars().count() > 1 {
                break;
            }
            between.len()
        };
        if token.kind == Digits {
            if token.lower.contains([',', '\'']) {
                break;
            }
            to += 1;
            end = to;
        } else if token.is("(") && !open {
            open = true;
            to += 1;
        } else if token.is(")") && open && to > i + 1 {
            open = false;
            to += 1;
            end = to;
        } else if token.is("+") && to == i
            || (token.dash() || token.is("/") || token.is(".")) && to > i && gap <= 1
        {
            to += 1;
        } else {
            break;
        }
    }
    if end == i {
        return None;
    }
    // A letter at its end makes it something else: "10h", "555-0101b".
    if scan.touches(end) && scan.free(end).is_some_and(|token| token.kind == Word) {
        return None;
    }
    let text = &scan.text[first.at.start..scan.tokens[end - 1].at.end];
    let digits = digits_of(text);
    if !(7..=17).contains(&digits.len()) || like_a_date(text) {
        return None;
    }
    let groups: Vec<&str> = text
        .split(|c: char| token::digit(c).is_none())
        .filter(|group| !group.is_empty())
        .collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.chars().count()).collect();
    let announced = (1..=4).any(|back| {
        i.checked_sub(back)
            .is_some_and(|k| PHONE_WORDS.contains(&scan.any_word(k)))
    });
    let spaced_thousands = text.contains(' ')
        && !text.contains(['-', '/', '(', '+'])
        && lengths[1..].iter().all(|&length| length == 3);
    let sounds = first.is("+")
        || first.is("(") && groups.len() > 1 && text.contains(')')
        || digits.starts_with('0') && (groups.len() > 1 || digits.len() >= 9)
        || matches!(lengths.as_slice(), [3, 3, 4] | [1, 3, 3, 4] | [3, 4] if text.contains(['-', '.', ')']))
        || lengths == [3, 3, 4]
        || announced && !(spaced_thousands && digits.len() < 9);
    sounds.then_some(end)
}

fn like_a_date(text: &str) -> bool {
    let groups: Vec<&str> = text.split(['.', '/', '-', '–']).map(str::trim).collect();
    let short =
        |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    match groups.as_slice() {
        [a, b, c, ..] if short(a) && short(b) => {
            c.len() >= 4
                && c[..4].bytes().all(|b| b.is_ascii_digit())
                && (c.len() == 4 || !c.as_bytes()[4].is_ascii_digit())
        }
        [a, b, c, ..] => {
            a.len() == 4 && short(b) && c.len() >= 2 && c.is_char_boundary(2) && short(&c[..2])
        }
        [a, b] => a.len() == 4 && b.len() == 4 && a.starts_with(['1', '2']),
        _ => false,
    }
}

/// Whether two phone numbers are the same, one perhaps without the country's prefix.
pub(super) fn same_phone(a: &str, b: &str) -> bool {
    let national = |text: &str| -> String {
        text.trim_start_matches('+')
            .trim_start_matches('0')
            .to_owned()
    };
    let international = |text: &str| text.starts_with('+') || text.starts_with("00");
    let (x, y) = (national(a), national(b));
    if x == y {
        return true;
    }
    international(a) != international(b)
        && x.len().min(y.len()) >= 7
        && (international(a) && x.ends_with(&y) && x.len() - y.len() <= 3
            || international(b) && y.ends_with(&x) && y.len() - x.len() <= 3)
}
