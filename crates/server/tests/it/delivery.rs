//! What is delivered: the bytes, parts of them, transformed images, and nothing that can run.

use image::{GenericImageView, ImageFormat};
use serde_json::Value;

use crate::client::{Answer, Form, TestServer};
use crate::data;

/// Uploads bytes and gives the address of the original without scheme and host.
pub async fn uploaded(server: &TestServer, name: &str, bytes: &[u8]) -> (Value, String) {
    let asset = server.upload(&Form::new().file(name, bytes)).await.asset();
    let url = asset["url"].as_str().expect("an URL").to_owned();
    let path = url.splitn(4, '/').nth(3).map(|path| format!("/{path}"));
    (asset, path.expect("a path"))
}

/// The address with a transformation and, where given, another extension.
pub fn transformed(path: &str, steps: &str, extension: Option<&str>) -> String {
    let path = path.replace("/upload/", &format!("/upload/{steps}/"));
    match (extension, path.rsplit_once('.')) {
        (Some(extension), Some((stem, _))) => format!("{stem}.{extension}"),
        _ => path,
    }
}

pub fn pixels(answer: &Answer) -> image::DynamicImage {
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    image::load_from_memory(&answer.body).expect("an image")
}

/// Whether a pixel is nearly this colour; JPEG and scaling change it a little.
pub fn is_near(image: &image::DynamicImage, x: u32, y: u32, colour: [u8; 3]) -> bool {
    let pixel = image.get_pixel(x, y).0;
    pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 40)
}

pub const GREEN: [u8; 3] = [0, 200, 0];
pub const RED: [u8; 3] = [200, 0, 0];
pub const BLUE: [u8; 3] = [0, 0, 200];

#[tokio::test]
async fn originals_come_with_their_type_and_stay_cached() {
    let server = TestServer::start().await;
    let bytes = data::png(40, 30);
    let (asset, path) = uploaded(&server, "a.png", &bytes).await;
    let answer = server.get(&path).await;
    assert_eq!(answer.body, bytes);
    let etag = format!("\"{}\"", asset["etag"].as_str().expect("etag"));
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "*"),
        ("etag", etag.as_str()),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert_eq!(answer.header("content-disposition"), None);

    let same = server
        .send("GET", &path, &[("If-None-Match", &etag)], b"")
        .await;
    assert_eq!((same.status, same.body.len()), (304, 0));
    let head = server.send("HEAD", &path, &[], b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(
        head.header("content-length"),
        Some(bytes.len().to_string().as_str())
    );

    let id = asset["public_id"].as_str().expect("an ID");
    let unversioned = server.get(&format!("/demo/image/upload/{id}.png")).await;
    assert_eq!(unversioned.body, bytes);
    assert_eq!(
        unversioned.header("cache-control"),
        Some("public, max-age=3600")
    );
    assert_eq!(
        server.get(&format!("/demo/image/upload/{id}")).await.body,
        bytes
    );
    assert_eq!(
        server
            .get(&format!("/demo/video/upload/{id}.png"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn parts_of_a_file_are_delivered() {
    let server = TestServer::start().await;
    let bytes = data::mp4();
    let (_, path) = uploaded(&server, "a.mp4", &bytes).await;
    let size = bytes.len();
    let range = async |range: &str| server.send("GET", &path, &[("Range", range)], b"").await;
    let first = range("bytes=0-99").await;
    assert_eq!((first.status, &first.body[..]), (206, &bytes[..100]));
    assert_eq!(
        first.header("content-range"),
        Some(format!("bytes 0-99/{size}").as_str())
    );
    assert_eq!(range("bytes=4000-").await.body, &bytes[4000..]);
    assert_eq!(range("bytes=-10").await.body, &bytes[size - 10..]);
    assert_eq!(range("bytes=0-1,5-6").await.status, 200);
    let outside = range("bytes=999999-").await;
    assert_eq!(outside.status, 416);
    assert_eq!(
        outside.header("content-range"),
        Some(format!("bytes */{size}").as_str())
    );
    let stale = [("Range", "bytes=0-9"), ("If-Range", "\"old\"")];
    assert_eq!(server.send("GET", &path, &stale, b"").await.body, bytes);
}

#[tokio::test]
async fn thumbnails_have_the_size_and_the_pixels_they_should() {
    let server = TestServer::start().await;
    let (_, path) = uploaded(&server, "a.png", &data::png(400, 200)).await;
    let table = [
        ("c_limit,h_60,w_90", (90, 45)),
        ("c_limit,w_100", (100, 50)),
        ("c_limit,h_100", (200, 100)),
        ("c_limit,w_4000,h_4000", (400, 200)),
        ("c_fill,w_50,h_50", (50, 50)),
        ("c_fill,w_1,h_1", (1, 1)),
        ("c_fill,w_800,h_100,g_center", (800, 100)),
        ("c_fill,w_100", (100, 50)),
        ("c_crop,w_100,h_50", (100, 50)),
        ("c_crop,x_350,y_150,w_100,h_100", (50, 50)),
        ("c_crop,x_0,y_0,w_200,h_200/c_limit,w_50,h_60", (50, 50)),
    ];
    for extension in ["png", "jpg", "webp", "gif"] {
        for (steps, size) in table {
            let answer = server
                .get(&transformed(&path, steps, Some(extension)))
                .await;
            assert_eq!(pixels(&answer).dimensions(), size, "{steps} as {extension}");
            let kind = if extension == "jpg" {
                "jpeg"
            } else {
                extension
            };
            assert_eq!(
                answer.header("content-type"),
                Some(format!("image/{kind}").as_str())
            );
        }
    }
    let limit = pixels(
        &server
            .get(&transformed(&path, "c_limit,w_40", Some("jpg")))
            .await,
    );
    assert!(is_near(&limit, 5, 3, GREEN) && is_near(&limit, 5, 15, RED));
    assert!(is_near(&limit, 33, 10, BLUE));
    let cut = pixels(
        &server
            .get(&transformed(&path, "c_crop,x_0,y_0,w_10,h_10", None))
            .await,
    );
    assert!(is_near(&cut, 5, 5, GREEN));
    let centre = pixels(
        &server
            .get(&transformed(&path, "c_crop,w_100,h_100", None))
            .await,
    );
    assert!(is_near(&centre, 10, 10, GREEN) && is_near(&centre, 90, 90, BLUE));
    let fill = pixels(
        &server
            .get(&transformed(&path, "c_fill,w_20,h_20", None))
            .await,
    );
    assert!(is_near(&fill, 4, 15, RED) && is_near(&fill, 15, 10, BLUE));
}

#[tokio::test]
async fn photos_stand_upright() {
    let server = TestServer::start().await;
    // Where the green quarter of a lying picture is when it was turned upright.
    let table = [(1, (9, 9)), (3, (50, 30)), (6, (30, 9)), (8, (9, 50))];
    for (orientation, (x, y)) in table {
        let bytes = data::jpeg_with_orientation(64, 48, orientation);
        let (asset, path) = uploaded(&server, "a.jpg", &bytes).await;
        assert_eq!(asset["width"], 64);
        let image = pixels(&server.get(&transformed(&path, "c_limit,w_64", None)).await);
        let upright = if orientation >= 5 { (48, 64) } else { (64, 48) };
        assert_eq!(image.dimensions(), upright, "orientation {orientation}");
        assert!(is_near(&image, x, y, GREEN), "orientation {orientation}");
    }
}

#[tokio::test]
async fn clear_pixels_become_white_in_a_jpeg() {
    let server = TestServer::start().await;
    let clear = image::RgbaImage::from_pixel(8, 8, image::Rgba([0, 0, 0, 0]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    clear
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("encoded");
    let (_, path) = uploaded(&server, "a.png", bytes.get_ref()).await;
    let image = pixels(&server.get(&path.replace(".png", ".jpg")).await);
    assert!(is_near(&image, 4, 4, [255, 255, 255]));
}

#[tokio::test]
async fn results_are_kept_but_not_without_end() {
    let server = TestServer::start().await;
    let (_, path) = uploaded(&server, "a.png", &data::png(100, 100)).await;
    let derived = || {
        let is_derived = |name: &str| name.starts_with("derived-");
        let stored = server.stored("assets");
        let names = stored.iter().filter_map(|path| path.file_name()?.to_str());
        names.filter(|name| is_derived(name)).count()
    };
    let first = server.get(&transformed(&path, "c_limit,w_9", None)).await;
    assert_eq!(derived(), 1);
    let again = server.get(&transformed(&path, "w_9,c_limit", None)).await;
    assert_eq!(derived(), 1);
    assert_eq!(
        (&first.body, first.header("etag")),
        (&again.body, again.header("etag"))
    );
    for width in 1..80 {
        let answer = server
            .get(&transformed(&path, &format!("c_limit,w_{width}"), None))
            .await;
        assert_eq!(pixels(&answer).width(), width);
    }
    assert_eq!(derived(), 64);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_by_name() {
    let server = TestServer::with("limits.image_megapixels_max = 1").await;
    let (_, image) = uploaded(&server, "a.png", &data::png(10, 10)).await;
    let (_, video) = uploaded(&server, "a.mp4", &data::mp4()).await;
    let (_, large) = uploaded(&server, "b.png", &data::bomb(60_000, 60_000)).await;
    let (_, broken) = uploaded(&server, "c.png", &data::bomb(900, 900)).await;
    let thumbnail = "c_limit,h_60,w_90";
    let table = [
        (
            transformed(&image, "c_imagga_crop,w_9", None),
            "Invalid transformation - c_imagga_crop",
        ),
        (
            transformed(&image, "e_sepia", None),
            "Invalid transformation - e_sepia",
        ),
        (
            transformed(&image, "t_named", None),
            "Invalid transformation - t_named",
        ),
        (
            transformed(&image, "nonsense", None),
            "Invalid transformation - nonsense",
        ),
        (
            transformed(&image, thumbnail, Some("exe")),
            "Invalid transformation - format exe can't",
        ),
        (
            transformed(&video, thumbnail, None),
            "Invalid transformation - video assets are",
        ),
        (
            transformed(&large, thumbnail, None),
            "Maximum image size is 1 Megapixels",
        ),
        (transformed(&broken, thumbnail, None), "Invalid image file"),
    ];
    for (path, message) in table {
        let answer = server.get(&path).await;
        assert!(
            answer.error().starts_with(message),
            "{path}: {}",
            answer.error()
        );
        assert_eq!(answer.status, 400);
    }
    assert_eq!(server.get(&large).await.status, 200);
}

#[tokio::test]
async fn folders_may_look_like_transformations() {
    let server = TestServer::start().await;
    let form = Form::new()
        .field("public_id", "c_limit,w_9/a.b")
        .file("x.png", &data::png(20, 20));
    let asset = server.upload(&form).await.asset();
    assert_eq!(pixels(&server.fetch(&asset["url"]).await).width(), 20);
    let both = server
        .get("/demo/image/upload/c_limit,w_5/v1/c_limit,w_9/a.b.png")
        .await;
    assert_eq!(pixels(&both).width(), 5);
    let plain = server.get("/demo/image/upload/c_limit,w_9/a.b.png").await;
    assert_eq!(pixels(&plain).width(), 20);
    let form = Form::new()
        .field("public_id", "plain")
        .file("x.png", &data::png(20, 20));
    server.upload(&form).await.asset();
    let plain = server.get("/demo/image/upload/c_limit,w_9/plain.png").await;
    assert_eq!(pixels(&plain).width(), 9);
}

#[tokio::test]
async fn what_could_run_is_delivered_so_that_it_cannot() {
    let server = TestServer::start().await;
    let table: &[(&str, &[u8], &str)] = &[
        (
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
            "image/svg+xml",
        ),
        (
            "a.png",
            b"<html><script>x()</script></html>",
            "text/plain; charset=utf-8",
        ),
        (
            "a.xml",
            b"<?xml version='1.0'?><a xmlns='x'/>",
            "text/plain; charset=utf-8",
        ),
        ("a.pdf", b"%PDF-1.4 /JS (x)", "application/pdf"),
        ("a.js", b"alert(1)", "text/plain; charset=utf-8"),
        ("a.swf", b"FWS\x08\x00\x00", "application/octet-stream"),
        (
            "r\"\r\n.html",
            b"\xef\xbb\xbf<script>",
            "text/plain; charset=utf-8",
        ),
    ];
    for (name, bytes, kind) in table {
        let name = name.replace('"', "%22").replace("\r\n", "%0D%0A");
        let (_, path) = uploaded(&server, &name, bytes).await;
        let answer = server.get(&path).await;
        assert_eq!(answer.body, *bytes);
        assert_eq!(answer.header("content-type"), Some(*kind), "{name}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let policy = answer.header("content-security-policy");
        assert_eq!(policy, Some("sandbox; default-src 'none'"));
        let disposition = answer.header("content-disposition").expect("attachment");
        assert!(
            disposition.starts_with("attachment; filename*=UTF-8''"),
            "{disposition}"
        );
    }
    let (_, svg) = uploaded(&server, "b.svg", b"<svg/>").await;
    let thumbnail = server
        .get(&transformed(&svg, "c_limit,h_60,w_90", None))
        .await;
    assert_eq!(thumbnail.body, b"<svg/>");
    assert!(thumbnail.header("content-security-policy").is_some());
}

#[tokio::test]
async fn assets_outlive_the_server() {
    let server = TestServer::start().await;
    let bytes = data::png(50, 50);
    let (_, path) = uploaded(&server, "a.png", &bytes).await;
    let folder = server.stop().await;
    let server = TestServer::in_folder(folder, "").await;
    assert_eq!(server.get(&path).await.body, bytes);
    let thumbnail = server.get(&transformed(&path, "c_limit,w_5", None)).await;
    assert_eq!(pixels(&thumbnail).width(), 5);
}
