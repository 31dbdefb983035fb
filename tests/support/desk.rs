//! The desktop a test runs on.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

use tempfile::TempDir;

use super::{
    bus::Bus,
    out_dir,
    process::{Kept, Start},
    program, root, wait,
};

/// Whether the session has a keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// An unlocked gnome-keyring.
    Keyring,
    /// Nobody on the bus keeps secrets.
    Nobody,
}

/// A home, a session bus, a screen with a window manager, and an empty data folder.
pub struct Desk {
    name: String,
    variables: BTreeMap<OsString, OsString>,
    bus: Bus,
    kept: Vec<Kept>,
    /// The process in whose mount namespace Draftwell runs, if it has one of its own.
    disk: Option<u32>,
    /// Last, because the programs above write into it until they are dropped.
    root: TempDir,
}

impl Desk {
    /// A desktop with an unlocked keyring. The name is the test's, for what a failure leaves.
    pub fn new(name: &str) -> Self {
        Self::with(name, Secrets::Keyring)
    }

    /// A desktop.
    pub fn with(name: &str, secrets: Secrets) -> Self {
        let root = tempfile::Builder::new()
            .prefix("draftwell-desk-")
            .tempdir()
            .expect("a folder for the desk");
        for folder in ["home", "run", "data", "logs"] {
            fs::DirBuilder::new()
                .mode(0o700)
                .create(root.path().join(folder))
                .expect("an empty folder");
        }
        let logs = root.path().join("logs");
        let mut variables: BTreeMap<OsString, OsString> = [
            ("LANG", "C.UTF-8"),
            ("USER", "ada"),
            // One X screen, drawn by the processor, without the accessibility bus (a test reads
            // roles and names from the page itself).
            ("GDK_BACKEND", "x11"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("NO_AT_BRIDGE", "1"),
            ("GTK_A11Y", "none"),
            ("GSETTINGS_BACKEND", "memory"),
            // Where an input method is installed GTK takes it, for any language.
            ("GTK_IM_MODULE", "gtk-im-context-simple"),
            ("RUST_BACKTRACE", "1"),
        ]
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
        let inherited = ["PATH", "TZ", "LLVM_PROFILE_FILE"];
        variables.extend(
            inherited
                .into_iter()
                .filter_map(|name| Some((name.into(), std::env::var_os(name)?))),
        );
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_RUNTIME_DIR", "run"),
            ("DRAFTWELL_DATA_DIR", "data"),
        ] {
            variables.insert(name.into(), root.path().join(folder).into());
        }
        let (bus_process, bus) = Bus::start(root.path(), &logs);
        variables.insert("DBUS_SESSION_BUS_ADDRESS".into(), bus.address().into());
        let mut desk = Self {
            name: name.to_owned(),
            variables,
            bus,
            kept: vec![bus_process],
            disk: None,
            root,
        };
        if secrets == Secrets::Keyring {
            desk.start_keyring();
        }
        desk.start_screen();
        desk
    }

    fn start_keyring(&mut self) {
        // The password is read up to the end of the input: a newline would be part of it.
        let daemon = Start::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .arg_path("--control-directory", &self.root.path().join("run/keyring"))
            .envs(&self.variables)
            .input("open sesame")
            .run(&self.logs());
        self.kept.push(daemon);
        let bus = &self.bus;
        wait::blocking("the keyring", || bus.has_open_keyring().then_some(()));
    }

    fn start_screen(&mut self) {
        // The server takes a free display number and says it once it can be used.
        let (server, number) = Start::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
            .args(["-nolisten", "tcp", "-noreset"])
            .envs(&self.variables)
            .run_until_first_line(&self.logs());
        self.kept.push(server);
        self.set("DISPLAY", format!(":{number}"));
        let manager = Start::new("openbox")
            .args(["--sm-disable"])
            .envs(&self.variables)
            .run(&self.logs());
        self.kept.push(manager);
        wait::blocking("the window manager", || {
            self.output("xprop", &["-root", "_NET_SUPPORTING_WM_CHECK"])
                .contains("window id")
                .then_some(())
        });
    }

    /// Sets a variable for what is started from now on.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.insert(name.into(), value.into());
    }

    /// Sets several.
    pub fn set_all<K: AsRef<str>>(&mut self, variables: impl IntoIterator<Item = (K, String)>) {
        for (name, value) in variables {
            self.set(name.as_ref(), value);
        }
    }

    /// The variables of this desk.
    pub fn variables(&self) -> &BTreeMap<OsString, OsString> {
        &self.variables
    }

    /// The session bus.
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Draftwell's data folder.
    pub fn data_dir(&self) -> PathBuf {
        let path = self.root.path().join("data");
        match self.disk {
            // As the processes in that namespace see it.
            Some(keeper) => {
                let path = path.strip_prefix("/").expect("an absolute path");
                Path::new(&format!("/proc/{keeper}/root")).join(path)
            }
            None => path,
        }
    }

    /// Where everything started here writes what it says.
    pub fn logs(&self) -> PathBuf {
        self.root.path().join("logs")
    }

    /// A folder for the test's own files.
    pub fn folder(&self, name: &str) -> PathBuf {
        let path = self.root.path().join(name);
        fs::create_dir_all(&path).expect("a folder");
        path
    }

    /// Keeps a program running as long as the desk is there.
    pub fn keep(&mut self, process: Kept) {
        self.kept.push(process);
    }

    /// Runs a program on this desk and returns what it wrote to standard output.
    pub fn output(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(&self.variables)
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Gives the data folder a disk of its own, of so many bytes: a tmpfs that only Draftwell
    /// sees, and that goes with this desk. Takes root, or users that may have namespaces.
    pub fn use_small_disk(&mut self, bytes: u64) {
        let script = format!(
            "mount -t tmpfs -o size={bytes} small \"$DRAFTWELL_DATA_DIR\" && echo mounted && \
             exec sleep infinity"
        );
        let own = if is_root() {
            &["--mount"][..]
        } else {
            &["--user", "--map-root-user", "--mount"]
        };
        let (keeper, said) = Start::new("unshare")
            .args(own)
            .args(["sh", "-c", &script])
            .envs(&self.variables)
            .run_until_first_line(&self.logs());
        assert_eq!(said, "mounted", "mounting takes root or user namespaces");
        self.disk = Some(keeper.pid());
        self.kept.push(keeper);
    }

    /// Remounts that disk: `ro` or `rw`.
    pub fn remount(&self, how: &str) {
        let done = self
            .inside("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(self.root.path().join("data"))
            .status()
            .expect("nsenter, of util-linux");
        assert!(done.success(), "remounting {how}");
    }

    /// Takes all the room there is on that disk.
    pub fn fill_disk(&self) {
        let mut file = fs::File::create(self.data_dir().join("filler")).expect("a file");
        while std::io::Write::write_all(&mut file, &[7; 4096]).is_ok() {}
        while std::io::Write::write_all(&mut file, &[7]).is_ok() {}
    }

    /// Gives it back.
    pub fn free_disk(&self) {
        fs::remove_file(self.data_dir().join("filler")).expect("the filler");
    }

    /// A command where Draftwell runs.
    fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(self.enter()).arg(program);
        command
    }

    fn enter(&self) -> Vec<String> {
        let Some(keeper) = self.disk else {
            return Vec::new();
        };
        let mut words = vec![format!("--target={keeper}"), "--mount".to_owned()];
        if !is_root() {
            words.extend(["--user", "--preserve-credentials"].map(str::to_owned));
        }
        words.push("--".to_owned());
        words
    }

    /// Prepares a program that runs where Draftwell does.
    pub(super) fn prepare(&self, program: &str) -> Start {
        if self.disk.is_none() {
            return Start::new(program);
        }
        Start::named("nsenter", program)
            .args(self.enter())
            .args([program])
    }

    /// Starts Draftwell without anybody who types, for example to hand something over to the
    /// one that already runs.
    pub fn launch(&self, arguments: &[&str]) -> Kept {
        self.prepare(program())
            .args(arguments)
            .envs(&self.variables)
            .run(&self.logs())
    }

    /// The screen.
    pub fn screen(&self) -> Screen {
        let display = OsString::from("DISPLAY");
        Screen(self.variables.get(&display).cloned().unwrap_or_default())
    }

    /// The titles of the windows on the screen.
    pub fn windows(&self) -> Vec<String> {
        // `0x00600007  0 host Draftwell`: id, desktop, machine, title
        self.output("wmctrl", &["-l"])
            .lines()
            .filter_map(|line| {
                let mut rest = line;
                for _ in 0..3 {
                    rest = rest.trim_start().split_once(' ')?.1;
                }
                Some(rest.to_owned())
            })
            .collect()
    }

    /// Whether there is a window with this title.
    pub fn shows_window(&self, title: &str) -> bool {
        self.windows().iter().any(|shown| shown == title)
    }

    /// Closes a window as the button in its frame does.
    pub async fn close_window(&self, title: &str) {
        wait::until(&format!("the window {title:?}"), async || {
            self.shows_window(title).then_some(())
        })
        .await;
        self.output("wmctrl", &["-F", "-c", title]);
    }

    /// Draftwell's database, for reading.
    pub fn database(&self) -> rusqlite::Connection {
        let path = self.data_dir().join("draftwell.db");
        rusqlite::Connection::open_with_flags(&path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Where a failed test leaves its files.
    pub fn evidence(&self) -> PathBuf {
        out_dir().join(&self.name)
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.expect("id, of coreutils").stdout == b"0\n"
}

/// A desk's screen, by its display.
pub struct Screen(OsString);

impl Screen {
    /// Keeps what it shows as `folder/name.png`. Best effort: it is for people to look at.
    pub fn keep_picture(&self, folder: &Path, name: &str) {
        let _ = fs::create_dir_all(folder);
        let taken = Command::new("xwd")
            .args(["-silent", "-root", "-display"])
            .arg(&self.0)
            .stdout(Stdio::piped())
            .spawn()
            .and_then(|mut screen| {
                let image = screen.stdout.take().map_or(Stdio::null(), Stdio::from);
                let written = Command::new(root().join("tests/tools/picture.py"))
                    .arg(folder.join(format!("{name}.png")))
                    .stdin(image)
                    .status();
                screen.wait().and(written)
            });
        if !taken.as_ref().is_ok_and(ExitStatus::success) {
            eprintln!("no picture of the screen: {taken:?}");
        }
    }
}

impl Start {
    /// Adds `--name=path`.
    fn arg_path(self, name: &str, path: &Path) -> Self {
        self.args([format!("{name}={}", path.display())])
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let folder = self.evidence();
            let _ = fs::create_dir_all(&folder);
            for logs in [self.logs(), self.data_dir().join("logs")] {
                for entry in fs::read_dir(logs).into_iter().flatten().flatten() {
                    let _ = fs::copy(entry.path(), folder.join(entry.file_name()));
                }
            }
            eprintln!("Logs and pictures are in {}", folder.display());
        }
        // In the reverse order of their start: the bus and the screen go last.
        while let Some(process) = self.kept.pop() {
            drop(process);
        }
    }
}
