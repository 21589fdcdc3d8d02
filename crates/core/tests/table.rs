//! The table of options: what is documented is so, and each row reads what pages write for it.

use plimsoll_core::options::{
    CroppingCoordinates, CroppingOutput, Place, Reason, Severity, Source, read, read_with, samples,
};
use plimsoll_core::protocol::value::Value;

mod given;
use given::{good, sentences, told, value, with, wrong};

#[test]
fn the_documented_defaults_and_examples_are_right() {
    for (name, default, example) in samples() {
        for (text, same) in [(default, true), (example, false)] {
            let json: serde_json::Value = serde_json::from_str(text).unwrap();
            let needed = ["cloudName", "uploadPreset"].contains(&name);
            // JSON has no functions.
            if json.is_null() && (needed || !same) {
                continue;
            }
            let signed = with(serde_json::json!({ "uploadSignature": "/sign" })).0;
            let options = with(serde_json::json!({ name: json, "uploadSignature": "/sign" })).0;
            let as_default = options == signed || name == "uploadSignature";
            // The examples of these are what the test itself gives.
            let plain = needed || name == "uploadSignature";
            assert_eq!(as_default, same || plain, "{name}: {text}");
        }
    }
}

#[test]
fn sources_that_nobody_can_have_are_told_and_left_out() {
    let (options, problems) = with(json!("sources": ["istock", "local", "LOCAL", "pigeon"]));
    assert_eq!(options.sources, [Source::Local]);
    let told: Vec<_> = problems.iter().map(told).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("\"istock\", which gives no open way"));
    assert!(told[1].contains("\"pigeon\", which is no source"));
    let (options, _) = with(json!("sources": ["facebook"]));
    assert_eq!(
        options.sources,
        Source::USUAL,
        "a widget without any source helps nobody"
    );
}

#[test]
fn sources_of_services_need_their_keys_and_say_which() {
    for (source, keys) in [
        (Source::Dropbox, &["dropboxAppKey"] as &[&str]),
        (
            Source::GoogleDrive,
            &["googleDriveClientId", "googleApiKey"],
        ),
        (
            Source::ImageSearch,
            &["googleApiKey", "googleSearchEngineId"],
        ),
        (Source::Unsplash, &["unsplashAccessKey"]),
    ] {
        let mut given = json!("cloudName": "a", "uploadPreset": "b",
            "sources": ["local", source.name()]);
        for key in keys {
            given[*key] = "".into();
        }
        for key in keys {
            let (options, problems) = read(&value(&given));
            assert_eq!(options.sources, [Source::Local]);
            let texts: Vec<_> = problems.iter().map(told).collect();
            assert_eq!(texts.len(), 1, "{texts:?}");
            let start = format!("{key} is missing, which the source");
            assert!(texts[0].starts_with(&start), "{texts:?}");
            assert!(texts[0].contains(source.name()), "{texts:?}");
            assert_eq!(problems[0].severity(), Severity::Warning);
            given[*key] = "key".into();
        }
        let (options, problems) = read(&value(&given));
        assert_eq!(problems, []);
        assert_eq!(options.sources, [Source::Local, source]);
    }
    let (options, _) = with(json!("sources": ["dropbox"]));
    assert_eq!(options.sources, Source::USUAL);
}

#[test]
fn sources_that_the_page_registered_are_known_by_their_ids() {
    let given = json!("cloudName": "a", "uploadPreset": "b", "sources": ["my-files", "local"],
        "defaultSource": "my-files");
    let (options, problems) = read_with(&value(&given), vec!["my-files".to_owned()]);
    assert_eq!(problems, []);
    assert_eq!(options.sources, [Source::Plugin(0), Source::Local]);
    assert_eq!(options.default_source, Some(Source::Plugin(0)));
    let names: Vec<_> = options
        .sources
        .iter()
        .map(|it| options.source_name(*it))
        .collect();
    assert_eq!(names, ["my-files", "local"]);
}

#[test]
fn pictures_and_cropping_take_what_pages_write() {
    let options = good(json!(
        "cropping": "server", "croppingAspectRatio": "16:9", "maxImageWidth": "2000",
        "cropping_default_selection_ratio": "0.9", "croppingCoordinatesMode": "FACE",
        "croppingOutput": "pixels", "imageQuality": 92
    ));
    assert!(options.crop.cropping);
    assert_eq!(options.crop.cropping_aspect_ratio, Some(16.0 / 9.0));
    assert_eq!(options.crop.cropping_default_selection_ratio, 0.9);
    assert_eq!(
        options.crop.cropping_coordinates_mode,
        CroppingCoordinates::Face
    );
    assert_eq!(options.crop.cropping_output, CroppingOutput::Pixels);
    assert_eq!(options.images.max_image_width, Some(2000));
    let ratio = |json| {
        good(json!("croppingAspectRatio": json))
            .crop
            .cropping_aspect_ratio
    };
    assert_eq!(ratio(serde_json::json!(1.5)), Some(1.5));
    assert_eq!(ratio(serde_json::json!("1.25")), Some(1.25));
    assert_eq!(ratio(serde_json::json!("3/2")), Some(1.5));
    for bad in ["0", "1:0", "wide", "-1", "", "1.2.3", "1e9"] {
        assert!(
            wrong(json!("croppingAspectRatio": bad)).contains("3:2"),
            "{bad}"
        );
    }
    assert!(wrong(json!("croppingDefaultSelectionRatio": 2)).contains("0.1 to 1"));
    assert!(wrong(json!("cropping": "maybe")).contains("true or false"));
}

#[test]
fn the_page_gives_selectors_elements_and_trees() {
    let given = [
        ("form", Value::from_text(" #order ")),
        ("thumbnails", Value::Other("element")),
        ("inlineContainer", Value::Object(vec![])),
        ("signal", Value::Object(vec![])),
        ("preBatch", Value::Other("function")),
        ("styles", Value::Object(vec![])),
        ("cloudName", Value::from_text("a")),
        ("uploadPreset", Value::from_text("b")),
    ];
    let entries = given.map(|(name, it)| (name.to_owned(), it)).to_vec();
    let (options, problems) = read(&Value::Object(entries));
    assert_eq!(problems, []);
    let page = options.page;
    assert_eq!(page.form, Some(Place::Selector("#order".to_owned())));
    assert_eq!(page.thumbnails, Some(Place::Element));
    assert_eq!(page.inline_container, Some(Place::Element));
    assert!(page.signal && options.asks.pre_batch && !options.asks.validate);
    assert_eq!(options.look.styles, Some(Value::Object(vec![])));
    assert!(wrong(json!("form": 5)).contains("selector"));
    assert!(wrong(json!("styles": "red")).contains("an object"));
    assert!(wrong(json!("encryption": {"key": "a"})).contains("key: …"));
}

#[test]
fn what_the_widget_has_no_use_for_is_told_only_when_it_matters() {
    assert_eq!(
        good(json!("secure": true, "showPoweredBy": false, "cloudinary_analytics": "false")),
        good(json!())
    );
    assert!(wrong(json!("secure": false)).starts_with("secure has no effect. "));
    assert!(wrong(json!("stylesheet": "/a.css")).contains("styles"));
}

#[test]
fn every_option_survives_what_it_can_make_nothing_of() {
    for (name, _, _) in samples() {
        let entries = [
            ("cloudName".to_owned(), Value::from_text("a")),
            ("uploadSignature".to_owned(), Value::from_text("/sign")),
            (name.to_owned(), Value::Other("symbol")),
        ];
        let (_, problems) = read(&Value::Object(entries.to_vec()));
        assert_eq!(problems.len(), 1, "{name}: {problems:?}");
        assert_eq!(problems[0].option, name);
        let message = &told(&problems[0]);
        assert!(message.contains("but was of the type symbol"), "{message}");
    }
}

#[test]
fn every_reason_has_a_sentence_and_every_sentence_a_reason() {
    let Value::Object(entries) = sentences() else {
        panic!("the file of sentences holds an object");
    };
    let others = ["digits", "given"];
    let mut found: Vec<_> = entries.iter().map(|(name, _)| name.as_str()).collect();
    found.retain(|name| !others.contains(name));
    let mut wanted: Vec<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}
