//! What each kind of transformation does to pixels, format and headers, seen from outside.

use image::{DynamicImage, GenericImageView, ImageFormat};

use crate::client::{Answer, Form, TestServer};
use crate::data;
use crate::delivery::{BLUE, GREEN, RED, is_near, pixels, transformed, uploaded};

const WHITE: [u8; 3] = [255, 255, 255];

fn alpha(image: &DynamicImage, x: u32, y: u32) -> u8 {
    image.get_pixel(x, y).0[3]
}

/// Uploads a picture with coordinates and gives its path.
async fn with_coordinates(server: &TestServer, name: &str, bytes: &[u8], faces: &str) -> String {
    let form = Form::new()
        .field("custom_coordinates", "0,0,100,60")
        .field("face_coordinates", faces)
        .file(name, bytes);
    let asset = server.upload(&form).await.asset();
    let url = asset["url"].as_str().expect("an URL");
    format!("/{}", url.splitn(4, '/').nth(3).expect("a path"))
}

#[tokio::test]
async fn every_kind_of_crop_gives_the_size_and_the_piece_it_should() {
    let server = TestServer::start().await;
    let path = with_coordinates(&server, "a.png", &data::png(400, 200), "300,20,50,50").await;
    // The picture is green at the top left, red below, and blue on the right.
    let table = [
        ("w_100", (100, 50), (9, 9), GREEN),
        ("c_scale,w_100,h_100", (100, 100), (9, 90), RED),
        ("c_scale,w_0.25", (100, 50), (9, 40), RED),
        ("c_fit,w_800,h_900", (800, 400), (700, 9), BLUE),
        ("w_100,dpr_2.0", (200, 100), (150, 9), BLUE),
        ("c_fill,w_50,h_50,g_west", (50, 50), (45, 9), GREEN),
        ("c_fill,w_50,h_50,g_east", (50, 50), (9, 9), BLUE),
        ("c_fill,w_50,h_50,g_custom", (50, 50), (40, 9), GREEN),
        ("c_fill,w_50,h_50,g_face", (50, 50), (5, 45), BLUE),
        ("c_crop,g_custom", (100, 60), (99, 59), GREEN),
        ("c_crop,g_face/w_10", (10, 10), (5, 5), BLUE),
        ("c_thumb,g_custom,w_30,h_30", (30, 30), (28, 28), GREEN),
        ("c_thumb,g_custom,w_50", (50, 30), (48, 28), GREEN),
        ("c_crop,w_50,h_50,g_south_west", (50, 50), (25, 25), RED),
        (
            "c_crop,w_50,h_50,g_south_east,x_300,y_0",
            (50, 50),
            (25, 25),
            RED,
        ),
        ("ar_1:1,c_crop,g_north_east", (200, 200), (9, 190), BLUE),
        ("a_180,w_100", (100, 50), (90, 45), GREEN),
        ("a_90", (200, 400), (190, 9), GREEN),
        ("c_fill,w_60,h_90,a_auto_right", (60, 90), (50, 9), GREEN),
    ];
    for (steps, size, (x, y), colour) in table {
        let image = pixels(&server.get(&transformed(&path, steps, None)).await);
        assert_eq!(image.dimensions(), size, "{steps}");
        assert!(
            is_near(&image, x, y, colour),
            "{steps}: {:?}",
            image.get_pixel(x, y)
        );
    }
}

#[tokio::test]
async fn coordinates_mean_the_picture_that_people_saw() {
    let server = TestServer::start().await;
    // A large photo on its side: 800 × 400 pixels that are shown as 400 × 800, green top right.
    let bytes = data::jpeg_with_orientation(800, 400, 6);
    let path = with_coordinates(&server, "a.jpg", &bytes, "250,50,100,100").await;
    for (steps, size, colour) in [
        ("c_crop,g_face", (100, 100), GREEN),
        ("c_thumb,g_face,w_20,h_20", (20, 20), GREEN),
        ("c_crop,g_custom/c_limit,w_10,h_10", (10, 6), RED),
        ("a_ignore,c_crop,w_80,h_80,x_10,y_10/w_8", (8, 8), GREEN),
        ("c_fill,w_50,h_50,g_south", (50, 50), BLUE),
    ] {
        let image = pixels(&server.get(&transformed(&path, steps, None)).await);
        assert_eq!(image.dimensions(), size, "{steps}");
        let middle = (size.0 / 2, size.1 / 2);
        assert!(is_near(&image, middle.0, middle.1, colour), "{steps}");
    }
}

#[tokio::test]
async fn photos_decoded_small_look_like_photos_decoded_whole() {
    let server = TestServer::start().await;
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let bytes = data::encoded(1024, 768, format);
        let (_, path) = uploaded(&server, "a", &bytes).await;
        for (steps, size) in [
            ("c_limit,w_100,h_100", (100, 75)),
            ("c_fill,w_64,h_64", (64, 64)),
            ("c_crop,x_500,y_300,w_500,h_400/w_50", (50, 40)),
            ("c_pad,w_100,h_50", (100, 50)),
        ] {
            let small = pixels(&server.get(&transformed(&path, steps, Some("png"))).await);
            assert_eq!(small.dimensions(), size, "{steps}");
            let whole = image::load_from_memory(&bytes).expect("an image");
            let whole = match steps.split_once(',').expect("a step").0 {
                "c_limit" => whole.thumbnail_exact(100, 75),
                "c_fill" => whole.crop_imm(128, 0, 768, 768).thumbnail_exact(64, 64),
                "c_crop" => whole.crop_imm(500, 300, 500, 400).thumbnail_exact(50, 40),
                _ => continue,
            };
            let (a, b) = (small.to_rgb8(), whole.to_rgb8());
            let difference: u64 = a
                .iter()
                .zip(b.iter())
                .map(|(a, b)| u64::from(a.abs_diff(*b)))
                .sum();
            let mean = difference as f64 / a.len() as f64;
            assert!(mean < 4.0, "{format:?} {steps}: {mean}");
        }
    }
}

#[tokio::test]
async fn grounds_corners_and_slants_are_what_was_asked_for() {
    let server = TestServer::start().await;
    let (_, path) = uploaded(&server, "a.png", &data::png(40, 20)).await;
    let get = async |steps: &str| pixels(&server.get(&transformed(&path, steps, None)).await);
    let pad = get("c_pad,w_40,h_40").await;
    assert!(is_near(&pad, 20, 2, WHITE) && is_near(&pad, 5, 12, GREEN));
    let pad = get("c_pad,w_40,h_40,b_rgb:0000c8,g_north").await;
    assert!(is_near(&pad, 5, 35, BLUE) && is_near(&pad, 5, 2, GREEN));
    let pad = get("c_pad,w_40,h_40,b_transparent").await;
    assert_eq!((alpha(&pad, 20, 2), alpha(&pad, 20, 20)), (0, 255));
    let round = get("r_max").await;
    assert_eq!((alpha(&round, 0, 0), alpha(&round, 20, 10)), (0, 255));
    let round = get("c_fill,w_20,h_20,r_5,b_white").await;
    assert!(is_near(&round, 0, 0, WHITE) && alpha(&round, 0, 0) == 255);
    let slant = get("a_45").await;
    assert_eq!((slant.dimensions(), alpha(&slant, 0, 0)), ((43, 43), 0));
    let mirror = get("a_hflip").await;
    assert!(is_near(&mirror, 35, 5, GREEN));
    let photo = pixels(&server.get(&transformed(&path, "r_max", Some("jpg"))).await);
    assert!(is_near(&photo, 0, 0, WHITE));
}

#[tokio::test]
async fn the_format_is_the_one_asked_for_or_one_that_the_client_shows() {
    let server = TestServer::start().await;
    let (_, png) = uploaded(&server, "a.png", &data::png(40, 20)).await;
    let (_, jpg) = uploaded(&server, "a.jpg", &data::encoded(40, 20, ImageFormat::Jpeg)).await;
    let get = async |path: &str, steps: &str, accept: &str| {
        let path = transformed(path, steps, None);
        server.send("GET", &path, &[("Accept", accept)], b"").await
    };
    let kind = |answer: &Answer| answer.header("content-type").map(str::to_owned);
    let modern = "image/avif,image/webp,image/*,*/*;q=0.8";
    for (path, steps, accept, expected) in [
        (&png, "f_jpg", "", "image/jpeg"),
        (&png, "w_9/f_gif", "", "image/gif"),
        (&png, "w_9,f_auto", modern, "image/webp"),
        (&png, "w_9,f_auto", "image/png", "image/png"),
        (&jpg, "w_9,f_auto", modern, "image/jpeg"),
        (&jpg, "w_9,r_max,f_auto", modern, "image/webp"),
    ] {
        let answer = get(path, steps, accept).await;
        pixels(&answer);
        assert_eq!(kind(&answer).as_deref(), Some(expected), "{steps} {accept}");
        let varies = steps.contains("f_auto").then_some("Accept");
        assert_eq!(answer.header("vary"), varies, "{steps}");
    }
    let (webp, png) = (
        get(&png, "w_9,f_auto", modern).await,
        get(&png, "w_9,f_auto", "").await,
    );
    assert_ne!(webp.header("etag"), png.header("etag"));
    // Nothing to do for it: the original is no worse for not being made again.
    let same = get(&jpg, "f_auto", modern).await;
    assert_eq!(same.body, data::encoded(40, 20, ImageFormat::Jpeg));
}

#[tokio::test]
async fn quality_is_traded_for_bytes() {
    let server = TestServer::start().await;
    let noise = data::noise(200 * 150 * 3);
    let noise = image::RgbImage::from_raw(200, 150, noise).expect("pixels");
    let mut bytes = std::io::Cursor::new(Vec::new());
    noise
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("encoded");
    let (_, path) = uploaded(&server, "a.png", bytes.get_ref()).await;
    let mut sizes = Vec::new();
    for quality in ["q_5", "q_auto:low", "q_auto", "q_auto:best", "q_100"] {
        let answer = server.get(&transformed(&path, quality, Some("jpg"))).await;
        assert_eq!(pixels(&answer).dimensions(), (200, 150));
        sizes.push(answer.body.len());
    }
    assert!(sizes.is_sorted_by(|a, b| a < b), "{sizes:?}");
}

#[tokio::test]
async fn signed_addresses_are_believed_only_with_the_right_signature() {
    let server = TestServer::with("[clouds.demo]\nsecret = 'abcd'").await;
    let form = Form::new()
        .field("public_id", "folder/my photo")
        .file("a.png", &data::png(40, 30));
    server.upload(&form).await.asset();
    // The first two as the official Node SDK writes them with this secret.
    for (path, width) in [
        (
            "s--U3FENoQx--/c_crop,g_custom/c_limit,w_90/v1234/folder/my%20photo.png",
            40,
        ),
        (
            "s--4LjTPWwZVhuY8tbLHEixD1iefEQ-47-F--/v1/folder/my%20photo.png",
            40,
        ),
        (
            "s--4LjTPWwZVhuY8tbLHEixD1iefEQ-47-f--/v1/folder/my%20photo.png",
            0,
        ),
        ("s--4LjTPWwZ--/v1/folder/my%20photo.png", 40),
        ("s--4LjTPWw--/v1/folder/my%20photo.png", 0),
        ("s----/v1/folder/my%20photo.png", 0),
        (
            "s--4LjTPWwZVhuY8tbLHEixD1iefEQ-47-F--/w_9/v1/folder/my%20photo.png",
            0,
        ),
        (
            "s--4LjTPWwZVhuY8tbLHEixD1iefEQ-47-F--/v1/folder/other.png",
            0,
        ),
    ] {
        let answer = server.get(&format!("/demo/image/upload/{path}")).await;
        match width {
            0 => {
                assert_eq!(answer.status, 401, "{path}");
                assert!(answer.error().starts_with("Invalid signature"), "{path}");
            }
            width => assert_eq!(pixels(&answer).width(), width, "{path}"),
        }
    }
}

#[tokio::test]
async fn protected_assets_are_delivered_by_signed_addresses_only() {
    let settings = "[clouds.demo]\nsecret = 'abcd'\n\
                    [clouds.demo.presets.private]\nunsigned = true\ntype = 'private'\n\
                    [clouds.demo.presets.authenticated]\nunsigned = true\ntype = 'authenticated'";
    let server = TestServer::with(settings).await;
    let bytes = data::encoded(40, 30, ImageFormat::Jpeg);
    // As the official Node SDK signs these addresses with this secret.
    let (signed, small) = (
        "s--lGdq5NKO--/v1/sample.jpg",
        "s--kp3Z96J6--/c_limit,h_60,w_90/v1/sample.jpg",
    );
    for kind in ["private", "authenticated"] {
        let at = |path: &str| format!("/demo/image/{kind}/{path}");
        // Before it is there, nobody hears that it isn't.
        for path in [
            "sample.jpg",
            "w_9/sample.jpg",
            "s--lGdq5NKo--/sample.jpg",
            "s--x--/v1/a",
        ] {
            assert_eq!(server.get(&at(path)).await.status, 401, "{kind} {path}");
        }
        assert_eq!(server.get(&at(signed)).await.status, 404);
        let form = Form::default()
            .field("upload_preset", kind)
            .field("public_id", "sample")
            .file("a.jpg", &bytes);
        assert_eq!(server.upload(&form).await.asset()["type"], kind);
        for path in [
            "sample.jpg",
            "v1/sample.jpg",
            "c_limit,h_60,w_90/sample.jpg",
        ] {
            assert_eq!(server.get(&at(path)).await.status, 401, "{kind} {path}");
        }
        let answer = server.get(&at(signed)).await;
        assert_eq!((answer.status, &answer.body), (200, &bytes));
        assert_eq!(
            answer.header("cache-control"),
            Some("private, max-age=3600")
        );
        assert_eq!(pixels(&server.get(&at(small)).await).width(), 40);
        let public = server.get("/demo/image/upload/sample.jpg").await;
        assert_eq!(public.status, 404, "another delivery type is another asset");
    }
}
