//! Child processes that don't outlive their test.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A program that runs until this is dropped, together with everything it started.
pub struct Kept {
    child: Child,
    name: String,
}

/// How a program is started.
pub struct Start {
    command: Command,
    name: String,
    input: Option<String>,
}

impl Start {
    /// Prepares `program`, in a process group of its own, and so that the kernel ends it should
    /// the test's thread end before it could.
    pub fn new(program: &str) -> Self {
        Self::named(program, program)
    }

    /// Prepares `program`, which runs another: `name` names its log.
    pub fn named(program: &str, name: &str) -> Self {
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "--", program])
            .env_clear()
            .process_group(0);
        Self {
            command,
            name: Path::new(name)
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned(),
            input: None,
        }
    }

    /// Adds arguments.
    pub fn args<S: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets variables; the environment is empty otherwise.
    pub fn envs<K: AsRef<std::ffi::OsStr>, V: AsRef<std::ffi::OsStr>>(
        mut self,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.command.envs(variables);
        self
    }

    /// What the program reads from its standard input.
    pub fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    /// Starts it, its output going to `NAME.log` in `logs`.
    pub fn run(mut self, logs: &Path) -> Kept {
        let log = self.log(logs);
        self.command
            .stdout(log.try_clone().expect("a second handle to a log"))
            .stderr(log);
        self.spawn()
    }

    /// Starts it and returns the first line it says on standard output.
    pub fn run_until_first_line(mut self, logs: &Path) -> (Kept, String) {
        let log = self.log(logs);
        self.command.stdout(Stdio::piped()).stderr(log);
        let mut kept = self.spawn();
        let mut line = String::new();
        let mut output = BufReader::new(kept.child.stdout.take().expect("a piped output"));
        output.read_line(&mut line).expect("a readable output");
        // Kept open: the program must not stumble over a closed pipe.
        kept.child.stdout = Some(output.into_inner());
        let line = line.trim().to_owned();
        assert!(!line.is_empty(), "{} ended at once", kept.name);
        (kept, line)
    }

    fn log(&self, logs: &Path) -> File {
        let path = logs.join(format!("{}.log", self.name));
        File::options()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn spawn(mut self) -> Kept {
        self.command.stdin(if self.input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut child = self
            .command
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", self.name));
        if let (Some(text), Some(mut stdin)) = (self.input, child.stdin.take()) {
            stdin.write_all(text.as_bytes()).expect("a reading program");
        }
        Kept {
            child,
            name: self.name,
        }
    }
}

impl Kept {
    /// The process id, which is also that of its group.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().expect("a child of ours")
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        signal("KILL", &format!("-{}", self.pid()));
        let _ = self.child.wait();
    }
}

/// Kills one process at once, as `kill -9` does.
pub fn kill(pid: u32) {
    signal("KILL", &pid.to_string());
}

/// Kills a process and everything it started.
pub fn kill_group(pid: u32) {
    signal("KILL", &format!("-{pid}"));
}

fn signal(name: &str, target: &str) {
    // A process that has ended meanwhile is no failure.
    let _ = Command::new("kill")
        .args(["-s", name, "--", target])
        .stderr(Stdio::null())
        .status();
}

/// Whether a process is there and not merely waiting to be buried.
pub fn is_alive(pid: u32) -> bool {
    stat(pid).is_some_and(|(state, _)| state != 'Z')
}

/// The processes started by `parent`.
pub fn children(parent: u32) -> Vec<u32> {
    all()
        .filter(|pid| stat(*pid).is_some_and(|(_, ppid)| ppid == parent))
        .collect()
}

/// A process, those it started, those they started, and so on.
pub fn family(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(children(parent));
        next += 1;
    }
    found
}

fn all() -> impl Iterator<Item = u32> {
    std::fs::read_dir("/proc")
        .expect("a proc file system")
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// State and parent of a process.
fn stat(pid: u32) -> Option<(char, u32)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets, which may hold anything.
    let mut fields = text[text.rfind(')')? + 1..].split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// A port that was free a moment ago, for programs that can't choose one themselves.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

/// Whether somebody listens on this port.
pub fn listens(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}
