//! Waiting for a condition, with a deadline and a name.

use std::time::{Duration, Instant};

/// How long a condition may take. Generous: a machine that runs everything at once is slow, and
/// a test that passes doesn't wait for it.
pub const PATIENCE: Duration = Duration::from_secs(30);

const STEP: Duration = Duration::from_millis(30);

/// Asks until there is an answer, and panics naming what was waited for if none comes.
pub async fn until<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    match within(PATIENCE, ask).await {
        Some(answer) => answer,
        None => panic!("waited {} s for {what}", PATIENCE.as_secs()),
    }
}

/// Asks until there is an answer or the time is over.
pub async fn within<T>(patience: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + patience;
    loop {
        // A question that is never answered is over at the deadline, too.
        let left = deadline.saturating_duration_since(Instant::now());
        if let Some(answer) = tokio::time::timeout(left, ask()).await.ok()? {
            return Some(answer);
        }
        // And one that is answered at once is never interrupted.
        if left.is_zero() {
            return None;
        }
        tokio::time::sleep(STEP).await;
    }
}

/// The same for questions that block, outside a runtime.
pub fn blocking<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            Instant::now() < deadline,
            "waited {} s for {what}",
            PATIENCE.as_secs()
        );
        std::thread::sleep(STEP);
    }
}
