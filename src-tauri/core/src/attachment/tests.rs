//! What may be attached, by table.

use super::*;

/// The beginning of a ZIP archive whose first member is `name`.
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04\x14\x00\x00\x00\x00\x00".to_vec();
    bytes.extend([0; 16]);
    bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(name.as_bytes());
    bytes.extend(content);
    bytes
}

const CFB: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

#[test]
fn allowed_files_are_known_by_name_and_bytes() {
    let docx = zip("[Content_Types].xml", b"<Types/>");
    let odt = zip("mimetype", b"application/vnd.oasis.opendocument.textPK");
    for (name, head, mime) in [
        ("a.pdf", &b"%PDF-1.7\n"[..], "application/pdf"),
        ("A.PDF", b"\xef\xbb\xbf%PDF-1.4", "application/pdf"),
        ("a.doc", CFB, "application/msword"),
        ("a.xls", CFB, "application/vnd.ms-excel"),
        ("a.docx", &docx, kind_of("docx")),
        ("a.xlsx", &docx, kind_of("xlsx")),
        ("a.odt", &odt, "application/vnd.oasis.opendocument.text"),
        ("a.txt", "Grüße".as_bytes(), "text/plain"),
        ("a.txt", b"", "text/plain"),
        ("a.txt", b"Gr\xfc\xdfe in Latin-1", "text/plain"),
        ("a.txt", b"\xff\xfeh\0i\0", "text/plain"),
        ("a.txt", b"MZ is the code of Mozambique", "text/plain"),
        ("a.csv", b"a;b\r\n1;2\r\n", "text/csv"),
        ("a.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        ("a.png", PNG, "image/png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        ("a.gif", b"GIF89a\x01\0", "image/gif"),
        ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        ("a.zip", &zip("x", b"y"), "application/zip"),
        ("a.zip", b"PK\x05\x06\0\0", "application/zip"),
        ("Bericht (final).v2.pdf", b"%PDF-1.7", "application/pdf"),
    ] {
        assert_eq!(judge(name, head).as_deref(), Ok(mime), "{name}");
    }
}

fn kind_of(extension: &str) -> &'static str {
    match extension {
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

#[test]
fn the_rest_is_refused_by_name() {
    let docm = zip("[Content_Types].xml", b"");
    for (name, head) in [
        ("a.exe", &b"MZ\x90\0\x03"[..]),
        ("a.pdf", b"MZ\x90\0\x03%PDF-"),
        ("a.txt", b"MZ\x90\0\x03"),
        ("a.png", b"\x7fELF\x02"),
        ("a.txt", b"#!/bin/sh\nrm -rf ~"),
        ("a.csv", b"\xef\xbb\xbf#!/usr/bin/env python"),
        ("a.txt", b"[Desktop Entry]\nExec=x"),
        ("a.js", b"alert(1)"),
        ("a.html", b"<script>"),
        ("a.bat", b"del"),
        ("a.lnk", b"L\0\0\0\x01\x14\x02\0"),
        ("a.docm", &docm),
        ("a.svg", b"<svg/>"),
        ("a", b"text"),
        ("", b"text"),
        (".pdf", b"%PDF-1.7"),
        ("a.pdf.exe", b"%PDF-1.7"),
        ("a\u{202E}fdp.exe", b"%PDF-1.7"),
        ("a.pdf", b"text"),
        ("a.pdf", b""),
        ("a.docx", &zip("x", b"y")),
        ("a.docx", CFB),
        ("a.doc", &docm),
        ("a.odt", &zip("mimetype", b"application/epub+zip")),
        ("a.png", b"GIF89a\x01\0"),
        ("a.jpg", PNG),
        ("a.txt", PNG),
        ("a.txt", b"a\0b"),
        ("a.zip", b"Rar!\x1a\x07\0"),
    ] {
        let error = judge(name, head).unwrap_err();
        assert_eq!(error.code, Code::InvalidFileType, "{name}");
        assert!(error.message.contains('“'), "names the file: {error}");
    }
    assert!(judge_rest("a.txt", "text/plain", &[0; 100]).is_err());
    assert!(judge_rest("a.txt", "text/plain", b"more text").is_ok());
    assert!(judge_rest("a.pdf", "application/pdf", &[0; 100]).is_ok());
}

#[test]
fn names_are_made_harmless() {
    let check = |name: &str, clean: &str| assert_eq!(clean_name(name), clean, "{name:?}");
    check("report.pdf", "report.pdf");
    check("../../etc/passwd.txt", "passwd.txt");
    check("C:\\Users\\me\\a.doc", "a.doc");
    check("a\r\nBcc: x.pdf", "a Bcc_ x.pdf");
    check(
        "Angebot für Łódź 東京 🎉.pdf",
        "Angebot für Łódź 東京 🎉.pdf",
    );
    check("evil\u{202E}fdp.exe", "evilfdp.exe");
    check("  .hidden.txt ", "hidden.txt");
    check("", "file");
    check("...", "file");
    check("a\0b.txt", "a b.txt");
    let long = clean_name(&format!("{}.pdf", "ü".repeat(400)));
    assert!(
        long.len() <= 255 && long.ends_with("ü.pdf"),
        "{}",
        long.len()
    );
    assert!(clean_name(&"x".repeat(400)).len() <= 255);
}

#[test]
fn base64_makes_it_larger() {
    assert_eq!(encoded_size(0), 0);
    assert_eq!(encoded_size(57), 78);
    assert_eq!(encoded_size(58), 156);
    assert_eq!(encoded_size(18_000_000), 24_631_620);
}

#[test]
fn the_same_bytes_are_of_the_type_their_name_says() {
    let check = |name: &str, kept: &str, expected: &str| {
        assert_eq!(type_under(name, kept), expected, "{name} kept as {kept}");
    };
    check("list.csv", "text/plain", "text/csv");
    check("Termin.ICS", "text/csv", "text/calendar");
    check("old.xls", "application/msword", "application/vnd.ms-excel");
    check(
        "letter.docx",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    );
    check("picture.png", "text/plain", "text/plain");
    check("photo.jpg", "image/png", "image/png");
    check("no extension", "text/plain", "text/plain");
    check("a.txt", "application/x-unknown", "application/x-unknown");
}
