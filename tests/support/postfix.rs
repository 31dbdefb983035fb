//! Postfix and Dovecot, as `tests/tools/mail_server.py` starts them: a real mail server that
//! judges strictly and delivers to one mailbox. Also used by the tests of the providers.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Both servers, until this is dropped or its process ends.
pub struct Postfix {
    ports: BTreeMap<String, u16>,
    server: Child,
    folder: PathBuf,
}

/// A copy in the mailbox.
pub struct Copy {
    /// The queue's name for the mail, which the sender was told, too.
    pub queue_id: String,
    /// Whose copy it is.
    pub recipient: String,
    /// The mail without what Postfix wrote above it, with the line ends of the wire again.
    pub mail: Vec<u8>,
}

impl Postfix {
    /// Starts them in a folder that isn't there yet, with further arguments of the script's.
    pub fn start<S: AsRef<OsStr>>(folder: PathBuf, arguments: impl IntoIterator<Item = S>) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|place| place.join("tests/tools/mail_server.py"))
            .find(|script| script.exists())
            .expect("the script in the project's folder");
        let parent = folder.parent().expect("a folder's parent");
        let is_root = fs::metadata(parent).expect("a folder's owner").uid() == 0;
        let mut command = if is_root {
            Command::new(script)
        } else {
            let mut command = Command::new("sudo");
            command.arg("--non-interactive").arg(script);
            command
        };
        let mut server = command
            .arg(&folder)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a mail server");
        let mut line = String::new();
        let output = server.stdout.take().expect("a piped output");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("a readable output");
        let ports = serde_json::from_str(&line)
            .expect("the mail server starts as root or through sudo without a password");
        Self {
            ports,
            server,
            folder,
        }
    }

    /// The port of that name, see `mail_server.py`.
    pub fn port(&self, name: &str) -> u16 {
        self.ports[name]
    }

    /// All copies that were delivered so far.
    pub fn copies(&self) -> Vec<Copy> {
        let inbox = self.folder.join("mail/inbox/new");
        let files = fs::read_dir(inbox).into_iter().flatten().flatten();
        files.map(|file| read_copy(&file.path())).collect()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}

/// Maildir keeps line ends as the system does.
fn read_copy(path: &Path) -> Copy {
    let stored = fs::read(path).expect("a mail");
    let (mut queue_id, mut recipient, mut start) = (None, None, 0);
    for line in stored.split_inclusive(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        let is_of_postfix = [
            "Return-Path:",
            "X-Original-To:",
            "Delivered-To:",
            "Received:",
        ]
        .iter()
        .any(|name| text.starts_with(name));
        if !is_of_postfix && !text.starts_with(['\t', ' ']) {
            break;
        }
        start += line.len();
        if let Some(address) = text.strip_prefix("Delivered-To: ") {
            recipient = Some(address.trim_end().to_owned());
        }
        let mut words = text.split_whitespace();
        if words.by_ref().any(|word| word == "id") {
            queue_id = queue_id.or(words.next().map(|id| id.trim_end_matches(';').to_owned()));
        }
    }
    let mut mail = Vec::new();
    for line in stored[start..].split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => mail.extend([line, b"\r\n"].concat()),
            None => mail.extend(line),
        }
    }
    Copy {
        queue_id: queue_id.expect("the id in Received"),
        recipient: recipient.expect("a Delivered-To"),
        mail,
    }
}
