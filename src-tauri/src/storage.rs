//! Watches over the database: opens it again where it could not be opened at the start, looks
//! through it beside the work, and recovers it when it is damaged. The pages are told.

use std::time::Duration;

use tauri::{AppHandle, Manager};

use crate::{app::App, clock, events};

/// How often a database that could not be opened is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(2);
/// The look through the file begins when the start, which has much to read, is over.
const CHECK_AFTER: Duration = Duration::from_secs(20);
/// A file that is damaged again and again lies on a disk that fails: more copies are no help.
const MOST_RECOVERIES: u32 = 3;

/// Does so as long as the program runs.
pub async fn watch(handle: AppHandle) {
    let app = handle.state::<App>();
    while app.store().is_err() {
        tokio::time::sleep(TRY_AGAIN).await;
        if app.open_again().await {
            events::storage_changed(&handle);
            tauri::async_runtime::spawn(crate::tidy::work(handle.clone()));
            tauri::async_runtime::spawn(crate::outbox::work(handle.clone()));
        }
    }
    let Ok(store) = app.store() else { return };
    let looking = handle.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(CHECK_AFTER).await;
        if let Ok(store) = looking.state::<App>().store() {
            // Damage wakes the loop below; everything else was logged and comes again.
            let _ = store.check().await;
        }
    });
    for _ in 0..MOST_RECOVERIES {
        store.damage().await;
        match store.recover(clock::now()).await {
            Ok(_) => events::storage_changed(&handle),
            Err(error) => {
                tracing::error!(code = ?error.code, %error, "the database was not recovered");
                tokio::time::sleep(TRY_AGAIN).await;
            }
        }
    }
}
