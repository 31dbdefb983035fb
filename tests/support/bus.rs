//! The session bus of a desk, and what the tests do over it: keyring, tray.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use zbus::{
    blocking::{Connection, Proxy, connection, fdo::DBusProxy},
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

use super::{
    process::{Kept, Start},
    wait,
};

/// A bus on which nothing can be started by name: there is only what the test puts there.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Where the tray library puts the item of an icon with the id `main`.
const ITEM: &str = "/org/ayatana/NotificationItem/tray_icon_tray_app_main";

/// A session bus.
pub struct Bus {
    address: String,
    /// Somebody who shows tray icons, if the test wants one.
    tray: std::cell::RefCell<Option<Connection>>,
    /// Who shows notifications, if the test wants one.
    desktop: std::cell::RefCell<Option<Connection>>,
}

/// Titles and texts of notifications, oldest first.
pub type Notices = Arc<Mutex<Vec<(String, String)>>>;

/// One entry of a menu: `(id, properties, children)`.
type Entry = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Bus {
    pub(super) fn start(folder: &Path, logs: &Path) -> (Kept, Self) {
        let path = folder.join("bus.conf");
        let text = CONFIGURATION.replace("FOLDER", &folder.join("run").display().to_string());
        fs::write(&path, text).expect("a file for the bus");
        let (process, address) = Start::new("dbus-daemon")
            .args([format!("--config-file={}", path.display())])
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .envs([("PATH", std::env::var_os("PATH").unwrap_or_default())])
            .run_until_first_line(logs);
        let bus = Self {
            address,
            tray: Default::default(),
            desktop: Default::default(),
        };
        (process, bus)
    }

    /// For `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn connect(&self) -> Connection {
        connection::Builder::address(self.address.as_str())
            .and_then(connection::Builder::build)
            .expect("a connection to the bus")
    }

    /// Whether somebody keeps secrets, and has an open collection for them.
    pub fn has_open_keyring(&self) -> bool {
        let connection = self.connect();
        // Asking a service that isn't there yet makes the bus start one: a second daemon, locked.
        let bus = zbus::blocking::fdo::DBusProxy::new(&connection);
        let name: zbus::names::BusName<'_> = "org.freedesktop.secrets".try_into().expect("a name");
        let is_there = bus.and_then(|bus| Ok(bus.name_has_owner(name)?));
        if !matches!(is_there, Ok(true)) {
            return false;
        }
        let service = Proxy::new(
            &connection,
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service",
        );
        let alias: zbus::Result<OwnedObjectPath> =
            service.and_then(|service| service.call("ReadAlias", &("default",)));
        let Ok(path) = alias else { return false };
        let collection = Proxy::new(
            &connection,
            "org.freedesktop.secrets",
            path,
            "org.freedesktop.Secret.Collection",
        );
        let locked: zbus::Result<bool> = collection.and_then(|c| c.get_property("Locked"));
        matches!(locked, Ok(false))
    }

    /// Adds somebody who shows tray icons, as KDE, Xfce and others have. Without one, closing a
    /// window must not hide the program.
    pub fn show_trays(&self) {
        let connection = connection::Builder::address(self.address.as_str())
            .and_then(|builder| builder.serve_at("/StatusNotifierWatcher", Watcher::default()))
            .and_then(|builder| builder.name("org.kde.StatusNotifierWatcher"))
            .and_then(connection::Builder::build)
            .expect("the tray's name on the bus");
        *self.tray.borrow_mut() = Some(connection);
    }

    /// Adds a desktop that shows notifications, and answers where their titles and texts arrive.
    pub fn show_notifications(&self) -> Notices {
        let notices = Notices::default();
        let desktop = Notifications {
            notices: Arc::clone(&notices),
        };
        let connection = connection::Builder::address(self.address.as_str())
            .and_then(|builder| builder.serve_at("/org/freedesktop/Notifications", desktop))
            .and_then(|builder| builder.name("org.freedesktop.Notifications"))
            .and_then(connection::Builder::build)
            .expect("the desktop's name on the bus");
        *self.desktop.borrow_mut() = Some(connection);
        notices
    }

    /// The tray menu of a process: ids and labels, separators left out.
    pub fn tray_menu(&self, pid: u32) -> Vec<(i32, String)> {
        let connection = self.connect();
        let owner = wait::blocking("the tray icon", || tray_owner(&connection, pid));
        let menu = menu(&connection, &owner);
        let (_, (_, _, entries)): (u32, Entry) = menu
            .call("GetLayout", &(0i32, -1i32, Vec::<&str>::new()))
            .expect("the layout of the menu");
        entries
            .into_iter()
            .filter_map(|entry| {
                let (id, properties, _) = Entry::try_from(entry).ok()?;
                let label = properties.get("label")?.downcast_ref::<&str>().ok()?;
                // An underscore marks the letter to press.
                Some((id, label.replace('_', "")))
            })
            .collect()
    }

    /// Clicks an entry of the tray menu.
    pub fn tray_click(&self, pid: u32, label: &str) {
        let entries = self.tray_menu(pid);
        let Some((id, _)) = entries.iter().find(|(_, text)| text == label) else {
            panic!("the tray menu has no {label:?}: {entries:?}");
        };
        let connection = self.connect();
        let owner = tray_owner(&connection, pid).expect("the icon that was there");
        let _: () = menu(&connection, &owner)
            .call("Event", &(*id, "clicked", Value::from(""), 0u32))
            .expect("a click");
    }
}

fn menu<'a>(connection: &Connection, owner: &str) -> Proxy<'a> {
    let path = format!("{ITEM}/Menu");
    Proxy::new(connection, owner.to_owned(), path, "com.canonical.dbusmenu").expect("the menu")
}

/// The bus name under which a process shows a tray icon.
fn tray_owner(connection: &Connection, pid: u32) -> Option<String> {
    let bus = DBusProxy::new(connection).ok()?;
    for name in bus.list_names().ok()? {
        if !name.starts_with(':') {
            continue;
        }
        let owner = bus.get_connection_unix_process_id(name.inner().clone());
        if owner.ok() != Some(pid) {
            continue;
        }
        let item = Proxy::new(
            connection,
            name.to_string(),
            ITEM,
            "org.kde.StatusNotifierItem",
        );
        if item.is_ok_and(|item| item.get_property::<String>("Status").is_ok()) {
            return Some(name.to_string());
        }
    }
    None
}

/// Just enough of a desktop that shows notifications (Desktop Notifications Specification).
struct Notifications {
    notices: Notices,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[allow(clippy::too_many_arguments, reason = "the specification's")]
    fn notify(
        &self,
        _app_name: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut notices = self.notices.lock().expect("the notices");
        notices.push((summary, body));
        u32::try_from(notices.len()).unwrap_or(u32::MAX)
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".into()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("desk".into(), "tests".into(), "1".into(), "1.2".into())
    }
}

/// Just enough of a tray: it lets icons register.
#[derive(Default)]
struct Watcher {
    items: Vec<String>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&mut self, service: String) {
        self.items.push(service);
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}
