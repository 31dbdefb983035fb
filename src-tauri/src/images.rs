//! Inline images: kept by their content, shown to the page under an address of our own scheme.

use base64::{Engine, prelude::BASE64_STANDARD};
use draftwell_core::{Error, Result};
use tauri::{
    Manager, UriSchemeContext, UriSchemeResponder, Wry,
    http::{Request, Response, StatusCode, header},
};

use crate::{
    app::App,
    clock,
    commands::images::{AddImage, InlineImage},
};

/// The scheme of image addresses: `draftwell-image://localhost/<BLAKE3>`.
pub const SCHEME: &str = "draftwell-image";

/// Keeps an image of the page.
pub async fn add(app: &App, image: AddImage) -> Result<InlineImage> {
    let bytes = BASE64_STANDARD
        .decode(&image.data)
        .map_err(|_| Error::invalid("data", "The image did not arrive whole. Try again."))?;
    let kept = app
        .store()?
        .put_image(image.name, bytes, clock::now())
        .await?;
    Ok(InlineImage {
        src: format!("{SCHEME}://localhost/{}", kept.hash),
        width: kept.width,
        height: kept.height,
    })
}

/// Answers the page's request for an image.
pub fn serve(
    context: UriSchemeContext<'_, Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().clone();
    let hash = request.uri().path().trim_start_matches('/').to_owned();
    tauri::async_runtime::spawn(async move {
        responder.respond(answer(app.state::<App>().inner(), &hash).await);
    });
}

async fn answer(app: &App, hash: &str) -> Response<Vec<u8>> {
    let found = match app.store() {
        Ok(store) => store.read_blob(hash.to_owned()).await,
        Err(error) => Err(error),
    };
    let (status, mime, body) = match found {
        Ok(blob) => (StatusCode::OK, blob.mime, blob.bytes),
        Err(_) => (StatusCode::NOT_FOUND, "text/plain".to_owned(), Vec::new()),
    };
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, mime)
        // The address names the content, so it can't change.
        .header(header::CACHE_CONTROL, "max-age=31536000, immutable")
        .header("X-Content-Type-Options", "nosniff")
        .body(body)
        .unwrap_or_default()
}
