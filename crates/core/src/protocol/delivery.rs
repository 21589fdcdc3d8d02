//! Addresses under which stored assets are delivered. Text in, text out; asks no server.

use super::response::Asset;
use super::value::Value;
use crate::text::find;

/// What the page shows beside a form field: the size that the Upload API's own widget uses.
pub const THUMBNAIL: &str = "c_limit,h_60,w_90";

/// The address of a transformed asset: the transformation stands right behind `/upload/`.
/// `None` for an address that is not of this form.
pub fn thumbnail_url(secure_url: &str, transformation: &str) -> Option<String> {
    let at = find(secure_url, "/upload/")? + "/upload/".len();
    let (base, rest) = secure_url.split_at_checked(at)?;
    let mut url = String::with_capacity(secure_url.len() + transformation.len() + 1);
    url.push_str(base);
    url.push_str(transformation);
    url.push('/');
    url.push_str(rest);
    Some(url)
}

/// The small picture of an asset. `None` for raw files, which have none; a video or a PDF gives
/// its first picture as JPEG.
pub fn thumbnail(asset: &Asset, transformation: &str) -> Option<String> {
    let still = match (asset.resource_type(), asset.format()) {
        (Some("image"), Some("pdf")) | (Some("video"), _) => true,
        (Some("image"), _) => false,
        _ => return None,
    };
    let mut url = thumbnail_url(asset.secure_url()?, transformation)?;
    if still {
        let name = url.rfind('/').unwrap_or_default();
        if let Some(dot) = url.rfind('.').filter(|dot| *dot > name) {
            url.truncate(dot);
        }
        url.push_str(".jpg");
    }
    Some(url)
}

/// `v<version>/<public_id>.<format>`, as forms store it.
pub fn path(asset: &Asset) -> Option<String> {
    let public_id = asset.public_id()?;
    let mut path = String::from("v");
    path.push_str(&asset.version()?.to_string());
    path.push('/');
    path.push_str(public_id);
    // The public ID of a raw file ends with its extension already.
    if let Some(format) = asset
        .format()
        .filter(|_| asset.resource_type() != Some("raw"))
    {
        path.push('.');
        path.push_str(format);
    }
    Some(path)
}

/// What a form sends for an asset: `image/upload/v17/a/b.png#signature`. By the signature a site's
/// server knows that the asset is one of its account.
pub fn identifier(asset: &Asset) -> Option<String> {
    let text = |name| asset.info.get(name).and_then(Value::text);
    let kind = asset.resource_type().unwrap_or("image");
    let delivery = text("type").unwrap_or("upload");
    let path = path(asset)?;
    let mut identifier = [kind, "/", delivery, "/", &path].concat();
    if let Some(signature) = text("signature") {
        identifier.push('#');
        identifier.push_str(signature);
    }
    Some(identifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(kind: &str, format: Option<&str>, url: &str) -> Asset {
        let mut entries = vec![
            ("public_id".to_owned(), Value::from_text("a/b")),
            ("version".to_owned(), Value::Number(17.0)),
            ("resource_type".to_owned(), Value::from_text(kind)),
            ("secure_url".to_owned(), Value::from_text(url)),
        ];
        entries.extend(format.map(|format| ("format".to_owned(), Value::from_text(format))));
        Asset {
            info: Value::Object(entries),
        }
    }

    #[test]
    fn a_thumbnail_is_the_delivery_address_with_a_transformation() {
        let url = "https://x.test/demo/image/upload/v17/a/b.png";
        assert_eq!(
            thumbnail_url(url, "c_limit,h_60,w_90").as_deref(),
            Some("https://x.test/demo/image/upload/c_limit,h_60,w_90/v17/a/b.png")
        );
        assert_eq!(thumbnail_url("https://x.test/other", "w_1"), None);
        let image = asset("image", Some("png"), url);
        assert_eq!(thumbnail(&image, THUMBNAIL), thumbnail_url(url, THUMBNAIL));
    }

    #[test]
    fn a_video_shows_its_first_picture_and_a_raw_file_none() {
        let video = asset(
            "video",
            Some("mp4"),
            "https://x.test/d/video/upload/v17/a/b.mp4",
        );
        let url = "https://x.test/d/video/upload/c_limit,h_60,w_90/v17/a/b.jpg";
        assert_eq!(thumbnail(&video, THUMBNAIL).as_deref(), Some(url));
        let raw = asset("raw", None, "https://x.test/d/raw/upload/v17/a/b");
        assert_eq!(thumbnail(&raw, THUMBNAIL), None);
    }

    #[test]
    fn an_identifier_has_all_that_a_sites_server_needs() {
        let mut image = asset("image", Some("png"), "");
        assert_eq!(
            identifier(&image).as_deref(),
            Some("image/upload/v17/a/b.png")
        );
        if let Value::Object(entries) = &mut image.info {
            entries.push(("type".to_owned(), Value::from_text("private")));
            entries.push(("signature".to_owned(), Value::from_text("0af")));
        }
        assert_eq!(
            identifier(&image).as_deref(),
            Some("image/private/v17/a/b.png#0af")
        );
        let raw = asset("raw", Some("txt"), "");
        assert_eq!(identifier(&raw).as_deref(), Some("raw/upload/v17/a/b"));
    }

    #[test]
    fn a_path_has_version_public_id_and_format() {
        let image = asset("image", Some("png"), "");
        assert_eq!(path(&image).as_deref(), Some("v17/a/b.png"));
        let raw = asset("raw", Some("txt"), "");
        assert_eq!(path(&raw).as_deref(), Some("v17/a/b"));
    }
}
