//! The command line: `draftwell [compose [mailto:…]] [--background]`.
//!
//! A second start hands its arguments to the running program, which reads them with the same
//! [`parse`].

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    /// Show the main window.
    Open,
    /// Stay in the tray, for the start at login.
    Background,
    /// Show the quick compose window, filled from a `mailto:` link where one is given.
    Compose {
        /// The link (RFC 6068).
        mailto: Option<String>,
    },
    /// Print the help.
    Help,
    /// Print the version.
    Version,
    /// Something that can't be understood; the text says what.
    Wrong(String),
}

/// What `--help` prints.
pub const HELP: &str = "\
Draftwell: write, polish and send the e-mails that matter.

Usage:
  draftwell                      open the main window
  draftwell compose              open the quick compose window
  draftwell compose mailto:...   ... with the recipients, subject and text of the link
  draftwell --background         start in the tray, without a window
  draftwell --help | --version

If Draftwell is already running with the same data folder, the running program does it.
DRAFTWELL_DATA_DIR names another data folder; the other variables are in README.md.
";

/// Reads arguments, the program's own name already taken off.
pub fn parse<S: AsRef<str>>(arguments: &[S]) -> Invocation {
    let words: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => Invocation::Open,
        ["--background"] => Invocation::Background,
        ["-h" | "--help" | "help"] => Invocation::Help,
        ["-V" | "--version"] => Invocation::Version,
        ["compose"] => Invocation::Compose { mailto: None },
        ["compose", link] | [link] if is_mailto(link) => Invocation::Compose {
            mailto: Some((*link).to_owned()),
        },
        ["compose", other, ..] => {
            Invocation::Wrong(format!("\"{other}\" is not a mailto: link.\n\n{HELP}"))
        }
        [other, ..] => Invocation::Wrong(format!("\"{other}\" is not known.\n\n{HELP}")),
    }
}

fn is_mailto(word: &str) -> bool {
    word.get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_forms_are_understood() {
        for (line, expected) in [
            ("", Invocation::Open),
            ("--background", Invocation::Background),
            ("--help", Invocation::Help),
            ("--version", Invocation::Version),
            ("compose", Invocation::Compose { mailto: None }),
            (
                "compose mailto:ada@example.com?subject=Hi",
                Invocation::Compose {
                    mailto: Some("mailto:ada@example.com?subject=Hi".into()),
                },
            ),
            // Desktops start the handler of a link with the link alone.
            (
                "MAILTO:ada@example.com",
                Invocation::Compose {
                    mailto: Some("MAILTO:ada@example.com".into()),
                },
            ),
        ] {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(parse(&words), expected, "{line}");
        }
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for line in ["compose http://example.com", "--nonsense", "ü"] {
            let words: Vec<&str> = line.split_whitespace().collect();
            let Invocation::Wrong(message) = parse(&words) else {
                panic!("{line} was taken")
            };
            assert!(message.contains(words[words.len() - 1]), "{message}");
        }
    }
}
