//! The system's dialogs for files, and files dragged from another program.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    App, Desk,
    process::Start,
    root,
    wait::{until, within},
};

/// The question of a dialog whether to replace a file, and its complaints, have no title.
const QUESTION: &str = "";

/// How often a path is entered: on a busy machine a dialog takes long to fill its list.
const TRIES: usize = 8;
/// How often it is confirmed each time.
const RETURNS: usize = 4;

/// Enters a path into the system's dialog, which listens to keys like every window, until it
/// closes; a file of that name is replaced. A dialog that was still filling its list loses keys:
/// then it complains, or finds another folder, and the path is entered again.
pub async fn enter(desk: &Desk, title: &str, path: &Path) {
    let path = path.display().to_string();
    let keys = |keys: &[&str]| drop(desk.output("xdotool", keys));
    until(&format!("the dialog {title:?}"), async || {
        desk.shows_window(title).then_some(())
    })
    .await;
    for _ in 0..TRIES {
        until("the dialog to have the focus", async || {
            desk.output("wmctrl", &["-F", "-a", title]);
            let name = desk.output("xdotool", &["getactivewindow", "getwindowname"]);
            (name.trim() == title).then_some(())
        })
        .await;
        keys(&["key", "ctrl+a"]);
        keys(&["type", "--delay", "10", &path]);
        for _ in 0..RETURNS {
            if desk.shows_window(QUESTION) {
                // Its buttons come a little later than its window.
                keys(&["key", "alt+r"]);
            } else {
                // The first one may only choose from the list below the field.
                keys(&["key", "Return"]);
            }
            // One too many goes to the window below, and opens the dialog again.
            let closed = within(Duration::from_millis(1500), async || {
                (!desk.shows_window(title)).then_some(())
            })
            .await;
            if closed.is_some() {
                return;
            }
        }
        if desk.shows_window(QUESTION) {
            keys(&["key", "Escape"]);
            until("the complaint to close", async || {
                (!desk.shows_window(QUESTION)).then_some(())
            })
            .await;
        }
    }
    panic!("the dialog {title:?} doesn't take {path}");
}

/// Drags files from another program's window to this place of Draftwell's, in pixels of the
/// screen, and drops them once the page shows that it would take them.
pub async fn drag_files(desk: &Desk, app: &App, files: &[PathBuf], to: (i64, i64)) {
    const SOURCE: &str = "Files to drag";
    let script = root().join("tests/tools/drag_files.py");
    let source = Start::new(&script.display().to_string())
        .args(files)
        .envs(desk.variables())
        .run(&desk.logs());
    until("the other program's window", async || {
        desk.shows_window(SOURCE).then_some(())
    })
    .await;
    let pointer = |words: &[&str]| drop(desk.output("xdotool", words));
    let go_to = |x: i64, y: i64| pointer(&["mousemove", &x.to_string(), &y.to_string()]);
    desk.output("wmctrl", &["-F", "-a", SOURCE]);
    let window = desk.output("xdotool", &["search", "--name", SOURCE]);
    let window = window.lines().last().unwrap_or_default().to_owned();
    pointer(&["mousemove", "--window", &window, "20", "20"]);
    pointer(&["mousedown", "1"]);
    // Draftwell is told of the files while the pointer moves over its window.
    let mut step = 0;
    until("the page to offer to take the files", async || {
        step += 1;
        go_to(to.0 + step % 2, to.1);
        let shown = app.run("return document.body.textContent", vec![]).await;
        shown.as_str()?.contains("Drop to").then_some(())
    })
    .await;
    app.picture("dragged over the window");
    go_to(to.0, to.1);
    pointer(&["mouseup", "1"]);
    // The other program hands the files over when they are dropped.
    until("the page to have got the files", async || {
        let shown = app.run("return document.body.textContent", vec![]).await;
        (!shown.as_str()?.contains("Drop to")).then_some(())
    })
    .await;
    drop(source);
}
