//! The tray icon and its menu. Everything in it is also in the window.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{
    AppHandle,
    image::Image,
    menu::{MenuBuilder, MenuItemBuilder},
    tray::TrayIconBuilder,
};

use crate::windows;

static HAS_TRAY: AtomicBool = AtomicBool::new(false);

/// Whether our icon is in a tray the user can see.
pub fn is_visible() -> bool {
    HAS_TRAY.load(Ordering::Relaxed) && desktop_shows_trays()
}

/// Builds the icon; a desktop without trays is no error.
pub fn build(app: &AppHandle) -> tauri::Result<()> {
    if !library_is_there() {
        tracing::info!("no tray: libayatana-appindicator is not installed");
        return Ok(());
    }
    let menu = MenuBuilder::new(app)
        .item(&MenuItemBuilder::with_id("compose", "Quick compose").build(app)?)
        .item(&MenuItemBuilder::with_id("open", "Open Draftwell").build(app)?)
        .separator()
        .item(&MenuItemBuilder::with_id("quit", "Quit").build(app)?)
        .build()?;
    TrayIconBuilder::with_id("main")
        .icon(Image::from_bytes(include_bytes!("../../icons/tray.png"))?)
        .tooltip("Draftwell")
        .menu(&menu)
        .on_menu_event(|app, event| match event.id().as_ref() {
            "compose" => windows::open_compose(app, None.into()),
            "open" => windows::open_main(app, None),
            "quit" => windows::quit(app),
            other => tracing::warn!(other, "unknown tray entry"),
        })
        .build(app)?;
    HAS_TRAY.store(true, Ordering::Relaxed);
    Ok(())
}

/// The tray library ends the program if it is missing when the icon is built, so look first.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "loading a system library runs its initialisers")]
fn library_is_there() -> bool {
    ["libayatana-appindicator3.so.1", "libappindicator3.so.1"]
        .iter()
        .any(|name| {
            // SAFETY: the very library that building the icon would load a moment later.
            unsafe { libloading::Library::new(name) }.is_ok()
        })
}

#[cfg(not(target_os = "linux"))]
fn library_is_there() -> bool {
    true
}

/// On Linux an icon is only shown where the desktop runs a StatusNotifierWatcher (KDE, GNOME
/// with the AppIndicator extension, Xfce, ...); without one, closing must not hide the program.
#[cfg(target_os = "linux")]
fn desktop_shows_trays() -> bool {
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    let asked = zbus::blocking::Connection::session().and_then(|bus| {
        zbus::blocking::fdo::DBusProxy::new(&bus)?
            .name_has_owner(WATCHER.try_into()?)
            .map_err(Into::into)
    });
    asked.unwrap_or(false)
}

#[cfg(not(target_os = "linux"))]
fn desktop_shows_trays() -> bool {
    true
}
