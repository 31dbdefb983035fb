//! Inline images: kept by their content, shown to the page under an address of our own scheme.

use std::{
    collections::{HashMap, HashSet},
    io::Cursor,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use draftwell_core::{
    Code, Error, Result,
    document::{
        Document, DocumentJson, ImageHash, KeptImage, MAX_PASTE_BYTES, data_image, image_addresses,
        sanitise_slice,
    },
};
use draftwell_store::Blob;
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

/// The query that asks for a small picture of an image.
const THUMBNAIL: &str = "thumbnail";
/// How wide and high that is at most, in pixels: twice what is shown, for dense screens.
const THUMBNAIL_SIDE: u32 = 96;
/// The most memory an image may take to be made small. A small file can hold a huge picture.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// A small PNG of an image, so that the page needn't decode the whole one.
fn thumbnail(bytes: &[u8]) -> Result<Blob> {
    let small = || -> image::ImageResult<Vec<u8>> {
        let mut reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(MOST_MEMORY);
        reader.limits(limits);
        let picture = reader.decode()?.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE);
        let mut png = Vec::new();
        picture.write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png)?;
        Ok(png)
    };
    let bytes = small().map_err(|error| {
        tracing::debug!(%error, "no thumbnail");
        Error::not_found("image")
    })?;
    Ok(Blob {
        mime: "image/png".to_owned(),
        bytes,
    })
}

/// Keeps an image of the page.
pub async fn add(app: &App, image: AddImage) -> Result<InlineImage> {
    let bytes = BASE64_STANDARD
        .decode(&image.data)
        .map_err(|_| Error::invalid("data", "The image did not arrive whole. Try again."))?;
    keep(app, image.name, bytes).await
}

/// Keeps the bytes of an image; `name` is for the message where they are none.
pub async fn keep(app: &App, name: String, bytes: Vec<u8>) -> Result<InlineImage> {
    let kept = app.store()?.put_image(name, bytes, clock::now()).await?;
    Ok(InlineImage {
        src: format!("{SCHEME}://localhost/{}", kept.hash),
        width: kept.width,
        height: kept.height,
    })
}

/// The sizes of kept images by their addresses, in bytes.
pub async fn sizes(app: &App, srcs: &[String]) -> Result<Vec<u32>> {
    let hash = |src: &String| ImageHash::from_src(src).map_or(String::new(), |it| it.to_string());
    app.store()?
        .blob_sizes(srcs.iter().map(hash).collect())
        .await
}

/// Reads the clipboard's HTML, see [`Document::from_clipboard`]. A picture in it that can't be kept
/// leaves its description.
pub async fn clean_paste(app: &App, html: String) -> Result<DocumentJson> {
    let images = if html.len() <= MAX_PASTE_BYTES {
        keep_images(app, image_addresses(&html)).await?
    } else {
        HashMap::new()
    };
    // Megabytes of an office program's HTML take a moment.
    tauri::async_runtime::spawn_blocking(move || {
        Document::from_clipboard(&html, images).map(|document| document.to_json())
    })
    .await
    .map_err(|_| Error::new(Code::InternalError, "The text could not be read."))?
}

/// Cleans the HTML of an editor, see [`sanitise_slice`].
pub async fn clean_slice(app: &App, html: String) -> Result<String> {
    if html.len() > MAX_PASTE_BYTES {
        return Err(Error::invalid("html", "This is too much to paste at once."));
    }
    let own = |src: &String| ImageHash::from_src(src).is_some();
    let named = image_addresses(&html).into_iter().filter(own).collect();
    let images: HashSet<_> = (keep_images(app, named).await?.into_values())
        .map(|kept| kept.hash)
        .collect();
    let signatures = app.store()?.list_signatures().await?;
    let clean = move || {
        sanitise_slice(
            &html,
            move |hash| images.contains(&hash),
            move |id| signatures.iter().any(|signature| signature.id == id),
        )
    };
    tauri::async_runtime::spawn_blocking(clean)
        .await
        .map_err(|_| Error::new(Code::InternalError, "The text could not be read."))
}

/// Keeps the pictures that stand in somebody's HTML, and finds those that are kept already. Others
/// are left out.
pub async fn keep_images(app: &App, addresses: Vec<String>) -> Result<HashMap<String, KeptImage>> {
    let store = app.store()?;
    let mut images = HashMap::new();
    for src in addresses {
        if let Some(hash) = ImageHash::from_src(&src) {
            // Any page may name one; a text must not refer to what isn't there.
            let found = store.read_blob(hash.to_string()).await;
            if found.is_ok_and(|blob| blob.mime.starts_with("image/")) {
                let (width, height) = (None, None);
                images.insert(
                    src,
                    KeptImage {
                        hash,
                        width,
                        height,
                    },
                );
            }
            continue;
        }
        let Some(bytes) = data_image(&src).and_then(|data| {
            let data: Vec<u8> = data.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            BASE64_STANDARD.decode(data).ok()
        }) else {
            continue;
        };
        match keep_image(app, "image".to_owned(), bytes).await {
            Ok(kept) => drop(images.insert(src, kept)),
            Err(error) => tracing::info!(code = ?error.code, "a pasted picture was not kept"),
        }
    }
    Ok(images)
}

/// Keeps a picture for a text.
pub async fn keep_image(app: &App, name: String, bytes: Vec<u8>) -> Result<KeptImage> {
    let kept = app.store()?.put_image(name, bytes, clock::now()).await?;
    let hash = (kept.hash.parse())
        .map_err(|_| Error::new(Code::InternalError, "The image could not be kept."))?;
    Ok(KeptImage {
        hash,
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
    let small = request.uri().query() == Some(THUMBNAIL);
    tauri::async_runtime::spawn(async move {
        responder.respond(answer(app.state::<App>().inner(), &hash, small).await);
    });
}

async fn answer(app: &App, hash: &str, small: bool) -> Response<Vec<u8>> {
    let mut found = match app.store() {
        Ok(store) => store.read_blob(hash.to_owned()).await,
        Err(error) => Err(error),
    };
    if small && let Ok(blob) = found {
        found = tauri::async_runtime::spawn_blocking(move || thumbnail(&blob.bytes))
            .await
            .unwrap_or_else(|_| Err(Error::not_found("image")));
    }
    let (status, mime, body) = match found {
        // Nothing else is shown by its address, whatever it is.
        Ok(blob) if !blob.mime.starts_with("image/") => {
            (StatusCode::NOT_FOUND, "text/plain".to_owned(), Vec::new())
        }
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
