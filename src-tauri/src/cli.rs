//! The command line: `draftwell [compose [mailto:… | FILE.eml]] [--background]`.
//!
//! A second start hands its arguments to the running program, which reads them with the same
//! [`parse`].

use std::path::{Path, PathBuf};

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    /// Show the main window.
    Open,
    /// Stay in the tray, for the start at login.
    Background,
    /// Show the quick compose window, with a draft made of something where it is given.
    Compose(Option<Source>),
    /// Print the help.
    Help,
    /// Print the version.
    Version,
    /// Something that can't be understood; the text says what.
    Wrong(String),
}

/// What a draft is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A `mailto:` link (RFC 6068).
    Link(String),
    /// A mail file.
    File(PathBuf),
}

/// What `--help` prints.
pub const HELP: &str = "\
Draftwell: write, polish and send the e-mails that matter.

Usage:
  draftwell                      open the main window
  draftwell compose              open the quick compose window
  draftwell compose mailto:...   ... with the recipients, subject and text of the link
  draftwell compose FILE.eml     ... with what is in a mail file
  draftwell --background         start in the tray, without a window
  draftwell --help | --version

If Draftwell is already running with the same data folder, the running program does it.
DRAFTWELL_DATA_DIR names another data folder; the other variables are in README.md.
";

/// Reads arguments, the program's own name already taken off, given in `folder`.
pub fn parse<S: AsRef<str>>(arguments: &[S], folder: &Path) -> Invocation {
    let words: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => Invocation::Open,
        ["--background"] => Invocation::Background,
        ["-h" | "--help" | "help"] => Invocation::Help,
        ["-V" | "--version"] => Invocation::Version,
        ["compose"] => Invocation::Compose(None),
        // Desktops start the handler of a link or a file with that alone.
        ["compose", word] | [word] => match source(word, folder) {
            Some(source) => Invocation::Compose(Some(source)),
            None if words.len() == 2 => Invocation::Wrong(format!(
                "\"{word}\" is neither a mailto: link nor an .eml file.\n\n{HELP}"
            )),
            None => unknown(word),
        },
        ["compose", _, other, ..] | [other, ..] => unknown(other),
    }
}

fn unknown(word: &str) -> Invocation {
    Invocation::Wrong(format!("\"{word}\" is not known.\n\n{HELP}"))
}

fn source(word: &str, folder: &Path) -> Option<Source> {
    let begins =
        |with: &str| (word.get(..with.len())).is_some_and(|start| start.eq_ignore_ascii_case(with));
    if begins("mailto:") {
        return Some(Source::Link(word.to_owned()));
    }
    let path = if begins("file:") {
        tauri::Url::parse(word).ok()?.to_file_path().ok()?
    } else {
        folder.join(word)
    };
    let extension = path.extension()?;
    extension
        .eq_ignore_ascii_case("eml")
        .then_some(Source::File(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(link: &str) -> Invocation {
        Invocation::Compose(Some(Source::Link(link.into())))
    }

    fn file(path: &str) -> Invocation {
        Invocation::Compose(Some(Source::File(path.into())))
    }

    #[test]
    fn the_documented_forms_are_understood() {
        for (line, expected) in [
            ("", Invocation::Open),
            ("--background", Invocation::Background),
            ("--help", Invocation::Help),
            ("--version", Invocation::Version),
            ("compose", Invocation::Compose(None)),
            (
                "compose mailto:ada@example.com?subject=Hi",
                link("mailto:ada@example.com?subject=Hi"),
            ),
            ("MAILTO:ada@example.com", link("MAILTO:ada@example.com")),
            ("compose mail.eml", file("/home/ada/mail.eml")),
            ("/tmp/Mail.EML", file("/tmp/Mail.EML")),
            ("file:///tmp/an%20offer.eml", file("/tmp/an offer.eml")),
        ] {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(parse(&words, Path::new("/home/ada")), expected, "{line}");
        }
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for line in [
            "compose http://example.com",
            "--nonsense",
            "ü",
            "compose notes.txt",
            "compose a.eml b.eml",
            "file://elsewhere/a.eml",
        ] {
            let words: Vec<&str> = line.split_whitespace().collect();
            let Invocation::Wrong(message) = parse(&words, Path::new("/")) else {
                panic!("{line} was taken")
            };
            assert!(message.contains(words[words.len() - 1]), "{message}");
        }
    }
}
