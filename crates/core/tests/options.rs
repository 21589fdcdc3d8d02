//! Reading a page's options: every spelling and type that pages use, and a sentence with a remedy
//! for everything else.

use plimsoll_core::options::{Options, ResourceType, Severity, Signer, read};
use plimsoll_core::protocol::value::Value;

mod given;
use given::{good, told, value, with, wrong};

#[test]
fn the_least_that_is_needed_gives_the_defaults() {
    let options = good(json!());
    let expected = Options {
        cloud_name: Some("demo".to_owned()),
        upload_preset: Some("unsigned".to_owned()),
        ..Options::default()
    };
    assert_eq!(options, expected);
    assert!(options.can_upload() && options.multiple);
    assert_eq!(options.upload_prefix, "https://api.cloudinary.com");
}

/// Proves: alias:*
#[test]
fn every_option_may_be_written_in_snake_case() {
    for (name, _, example) in plimsoll_core::options::samples() {
        let example: serde_json::Value = serde_json::from_str(example).unwrap();
        let snake: String = name
            .chars()
            .flat_map(|letter| {
                let bar = letter.is_ascii_uppercase().then_some('_');
                bar.into_iter().chain([letter.to_ascii_lowercase()])
            })
            .collect();
        let read_as = |name: &str| {
            let given = serde_json::Map::from_iter([(name.to_owned(), example.clone())]);
            read(&value(&given.into())).0
        };
        assert_eq!(read_as(name), read_as(&snake), "{name}, {snake}");
    }
}

#[test]
fn both_spellings_are_read() {
    let (options, problems) = read(&value(&json!(
        "cloud_name": "a", "upload_preset": "b", "max_files": 3, "client_allowed_formats": ["png"]
    )));
    assert_eq!(problems, []);
    assert_eq!(options.cloud_name.as_deref(), Some("a"));
    assert_eq!(options.max_files, Some(3));
    assert_eq!(options.client_allowed_formats, ["png"]);
}

/// Proves: habit:nulls
#[test]
fn null_means_not_given() {
    let options = good(json!(
        "sources": null, "folder": null, "tags": null, "publicId": null, "maxFiles": null,
        "styles": null, "context": null, "multiple": null, "resourceType": null
    ));
    assert_eq!(options, good(json!()));
    assert_eq!(
        good(json!("sources": [], "folder": "", "publicId": "", "tags": "")),
        options
    );
}

#[test]
fn wrong_types_that_pages_use_are_understood() {
    let options = good(json!(
        "multiple": "false", "maxFiles": "3", "max_file_size": "500000", "tags": "a, b c,",
        "clientAllowedFormats": "JPG,.png,image/*", "folder": 2026,
        "context": { "alt": "x", "year": 2026, "public": true, "none": null }
    ));
    assert!(!options.multiple);
    assert_eq!(
        (options.max_files, options.max_file_size),
        (Some(3), Some(500_000))
    );
    assert_eq!(options.tags, ["a", "b c"]);
    assert_eq!(options.client_allowed_formats, ["jpg", "png", "image"]);
    assert_eq!(options.folder.as_deref(), Some("2026"));
    let pairs = [("alt", "x"), ("year", "2026"), ("public", "true")];
    let pairs = pairs.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let mut read = options.context.clone();
    read.sort();
    let mut expected = pairs.to_vec();
    expected.sort();
    assert_eq!(read, expected);
}

#[test]
fn missing_names_are_told_all_at_once() {
    let (options, problems) = read(&Value::Null);
    let told: Vec<_> = problems.iter().map(told).collect();
    let expected = [
        "cloudName is missing. Add cloudName: \"…\", the name of your account.",
        "uploadPreset is missing. Add uploadPreset: \"…\", the name of an unsigned upload preset, \
         or sign uploads by uploadSignature.",
    ];
    assert_eq!(told, expected);
    assert!(
        problems
            .iter()
            .all(|problem| problem.severity() == Severity::Error)
    );
    assert!(!options.can_upload());
}

#[test]
fn numbers_that_are_none_get_a_remedy() {
    let message = "maxFileSize must be a whole number of bytes, but was the text \"5MB\". \
                   Write 5000000.";
    assert_eq!(wrong(json!("maxFileSize": "5MB")), message);
    assert!(wrong(json!("maxFileSize": "2 MiB")).ends_with("Write 2097152."));
    assert!(wrong(json!("maxFileSize": "big")).contains("digits only"));
    assert!(wrong(json!("maxFileSize": -1)).contains("but was -1"));
    assert!(wrong(json!("maxFiles": 1.5)).contains("a number with a fraction"));
    assert!(wrong(json!("maxFiles": 0)).contains("at least 1"));
    assert!(wrong(json!("maxFiles": true)).contains("but was true"));
}

#[test]
fn numbers_beyond_their_bounds_are_drawn_to_the_nearer_one() {
    let (options, problems) = with(json!(
        "maxChunkSize": 0, "maxParallelChunks": 0, "max_parallel_uploads": "9"
    ));
    assert_eq!(options.max_chunk_size, 1);
    assert_eq!(
        (options.max_parallel_chunks, options.max_parallel_uploads),
        (1, 6)
    );
    let mut told: Vec<_> = problems.iter().map(told).collect();
    told.sort_unstable();
    let expected = [
        "maxChunkSize must be at least 1, but was 0. Write 1, which is used now.",
        "maxParallelChunks must be at least 1, but was 0. Write 1, which is used now.",
        "max_parallel_uploads may be at most 6, but was the text \"9\". Write 6, which is used \
         now.",
    ];
    assert_eq!(told, expected);
    assert!(
        problems
            .iter()
            .all(|problem| problem.severity() == Severity::Warning)
    );
    let least = good(json!("maxChunkSize": 5_242_880, "maxParallelChunks": 6));
    assert_eq!(
        (least.max_chunk_size, least.max_parallel_chunks),
        (5_242_880, 6)
    );
    assert!(wrong(json!("maxChunkSize": "6MB")).ends_with("Write 6000000."));
    assert!(wrong(json!("maxParallelChunks": 1.5)).contains("a number with a fraction"));
}

#[test]
fn wrong_values_are_quoted_with_what_would_do() {
    assert!(wrong(json!("multiple": "maybe")).contains("must be true or false"));
    assert!(wrong(json!("tags": 5)).contains("a list of texts"));
    assert!(wrong(json!("tags": [{}])).contains("an object"));
    assert!(wrong(json!("context": "a=b")).contains("must be an object"));
    assert!(wrong(json!("resourceType": "picture")).contains("\"raw\""));
    assert!(wrong(json!("clientAllowedFormats": ["image/png"])).contains("media type"));
    assert!(wrong(json!("uploadPrefix": "api.example.com")).contains("https://"));
    assert!(wrong(json!("folder": ["a"])).contains("but was a list"));
    let long = "x".repeat(500);
    assert!(wrong(json!("multiple": long)).len() < 200);
}

#[test]
fn every_message_ends_as_a_sentence() {
    let (_, problems) = read(&value(&json!(
        "cloudName": "my cloud", "uploadPreset": [], "maxFiles": "x", "tagz": 1,
        "cropping": "maybe", "sources": ["local", "unsplash", "pigeon", "istock"],
        "facebookAppId": "1", "publicId": "a?b", "uploadPrefix": 5
    )));
    assert_eq!(problems.len(), 11, "{problems:?}");
    for problem in problems {
        let text = told(&problem);
        assert!(text.ends_with(['.', '?']), "{text}");
        assert!(!text.contains("..") && !text.contains('{'), "{text}");
    }
}

#[test]
fn names_that_cannot_be_stored_are_told() {
    for bad in [
        "a?b", "a&b", "/a", "a/", " a b", "a\\b", "a%b", "a+b", "x/v12/y",
    ] {
        // Blanks at the ends are taken off before; inside they are good.
        if bad.starts_with(' ') {
            assert_eq!(
                good(json!("publicId": bad)).public_id.as_deref(),
                Some("a b")
            );
        } else {
            let text = wrong(json!("publicId": bad));
            assert!(text.starts_with("publicId can't be the text "), "{text}");
        }
    }
    assert!(wrong(json!("publicId": "x".repeat(256))).contains("255"));
    for fine in ["a b", "a/b", "v", "va1", "שלום/日本語/é", &"x".repeat(255)] {
        assert_eq!(
            good(json!("publicId": fine)).public_id.as_deref(),
            Some(fine)
        );
    }
    let (options, problems) = with(json!("cloudName": "my cloud"));
    assert_eq!(options.cloud_name, None);
    assert_eq!(problems.len(), 1, "told once, not as missing besides");
}

#[test]
fn slips_get_a_suggestion_and_foreign_names_are_left_alone() {
    let (_, problems) =
        with(json!("maxFile": 3, "uploadIt": 1, "onUpload": {}, "facebook_app_id": 1));
    let told: Vec<_> = problems
        .iter()
        .map(|problem| (problem.severity(), told(problem)))
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    let slip = "There is no option maxFile. Did you mean maxFiles?";
    let later = "facebook_app_id has no effect. Facebook lets no other site choose from its albums \
                 any more; people save photos to their device and choose them there.";
    assert!(told.contains(&(Severity::Warning, slip.to_owned())));
    assert!(told.contains(&(Severity::Warning, later.to_owned())));
}

#[test]
fn the_servers_address_loses_its_last_slashes() {
    let prefix = |text: &str| good(json!("uploadPrefix": text)).upload_prefix;
    assert_eq!(prefix("http://127.0.0.1:8787/"), "http://127.0.0.1:8787");
    assert_eq!(prefix("/api//"), "/api");
    assert_eq!(
        good(json!("resourceType": "RAW")).resource_type,
        ResourceType::Raw
    );
}

#[test]
fn options_of_any_other_kind_are_survived() {
    let number = Value::Number(f64::NAN);
    for odd in [
        Value::Bool(true),
        Value::List(vec![]),
        Value::Other("function"),
        number,
    ] {
        let (options, problems) = read(&odd);
        assert_eq!(options, Options::default());
        assert!(told(&problems[0]).starts_with("The options must be an object"));
    }
    let entry = |value| Value::Object(vec![("maxFiles".to_owned(), value)]);
    let (_, problems) = read(&entry(Value::Other("function")));
    assert!(told(&problems[0]).contains("of the type function"));
    let (_, problems) = read(&entry(Value::Number(f64::INFINITY)));
    assert!(told(&problems[0]).contains("NaN or Infinity"));
}

/// Proves: habit:booleans
#[test]
fn booleans_travel_as_words() {
    let options =
        good(json!("uploadSignature": "/sign", "useFilename": true, "eager_async": false));
    let words = [("use_filename", "true"), ("eager_async", "false")];
    let given = |(name, word)| options.params.contains(&(name, String::from(word)));
    assert!(words.into_iter().all(given), "{:?}", options.params);
}

/// Proves: option:assetFolder option:useAssetFolderAsPublicIdPrefix
#[test]
fn folders_of_dynamic_kind_go_along() {
    let options = good(json!(
        "uploadSignature": "/sign", "assetFolder": "a/b", "useAssetFolderAsPublicIdPrefix": true
    ));
    let expected = [
        ("asset_folder", "a/b"),
        ("use_asset_folder_as_public_id_prefix", "true"),
    ];
    for (name, text) in expected {
        assert!(options.params.contains(&(name, text.to_owned())), "{name}");
    }
}

/// Proves: option:publicIdPrefix option:metadata
#[test]
fn parameters_of_the_upload_api_go_along_in_both_spellings() {
    let (options, problems) = with(json!(
        "publicIdPrefix": "a", "metadata": {"color": "red", "n": 5}, "face_coordinates": "1,2,3,4",
        "filenameOverride": "", "regions": {"a": [1, 2]}
    ));
    assert_eq!(problems, []);
    let expected = [
        ("public_id_prefix", "a"),
        ("metadata", "color=red|n=5"),
        ("face_coordinates", "1,2,3,4"),
        ("regions", "{\"a\":[1,2]}"),
    ];
    let mut given: Vec<_> = options
        .params
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    given.sort_unstable();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(given, expected);
}

#[test]
fn what_needs_a_signed_upload_is_named_and_left_out_without_one() {
    let given = || json!("eager": ["w_1", "w_2"], "useFilename": true, "folder": "a");
    let (options, problems) = with(given());
    let mut names: Vec<_> = problems
        .iter()
        .map(|problem| problem.option.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["eager", "use_filename"]);
    assert!(
        problems
            .iter()
            .all(|problem| told(problem).contains("uploadSignature"))
    );
    assert_eq!(options.params, []);
    let mut signed = given();
    signed["uploadSignature"] = "/sign".into();
    let (options, problems) = with(signed);
    assert_eq!(problems, []);
    assert_eq!(options.params.len(), 2);
}

#[test]
fn a_signer_is_a_function_an_address_or_a_signature() {
    let signer = |value: Value| {
        let entries = vec![
            ("cloudName".to_owned(), Value::from_text("a")),
            ("uploadSignature".to_owned(), value),
        ];
        read(&Value::Object(entries))
    };
    let (options, problems) = signer(Value::Other("function"));
    assert_eq!(options.signer, Signer::Page);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(told(&problems[0]).starts_with("apiKey is missing"));
    let (options, problems) = signer(Value::from_text("https://x.test/sign"));
    assert_eq!(
        options.signer,
        Signer::Server("https://x.test/sign".to_owned())
    );
    assert_eq!(problems, [], "the server may answer the key");
    assert!(options.can_upload());
    let (options, problems) = signer(Value::from_text("0123abcd"));
    assert_eq!(options.signer, Signer::Ready("0123abcd".to_owned()));
    let names: Vec<_> = problems
        .iter()
        .map(|problem| problem.option.as_str())
        .collect();
    assert_eq!(names, ["uploadSignatureTimestamp", "apiKey"]);
    let (options, problems) = signer(Value::Bool(true));
    assert_eq!(options.signer, Signer::Nobody);
    assert!(told(&problems[0]).contains("a function, a signature, or the address"));
}
