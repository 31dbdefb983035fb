//! What grows old: the bin is emptied of what was in it for 30 days, and versions are thinned.
//!
//! The store thins when nobody writes; here it is only told what time it is.

use std::time::Duration;

use tauri::{AppHandle, Manager};

use crate::{app::App, clock};

/// Versions are kept whole for an hour; a few minutes more don't matter.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// Tidies up now and then, as long as the program runs.
pub async fn work(handle: AppHandle) {
    let app = handle.state::<App>();
    let Ok(store) = app.store() else { return };
    loop {
        let now = clock::now();
        if let Err(error) = store.purge_bin(now).await {
            tracing::error!(%error, "the bin could not be emptied");
        }
        store.tidy(now);
        tokio::time::sleep(EVERY).await;
    }
}
