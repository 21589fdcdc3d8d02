//! Signatures against the published vectors: both versions, both digests, answers, notifications,
//! and parameters that are smuggled in another's value.

#![allow(clippy::expect_used, reason = "the steps of a test are tests too")]

use plimsoll_core::protocol::signing::{
    Algorithm, Ambiguity, Version, is_same, is_signed, sign, sign_notification, sign_response,
    string_to_sign, text_of, verify,
};
use plimsoll_core::protocol::value::Value;
use serde_json::Value as Json;

const SECRET: &str = "abcd";

fn vectors() -> Json {
    serde_json::from_str(include_str!("vectors/signatures.json")).expect("JSON")
}

/// Names and values as they are sent.
fn sent(parameters: &Json) -> Vec<(String, String)> {
    let entries = parameters.as_object().expect("an object");
    let pairs = entries
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), text_of(&value_of(value))?)));
    pairs.collect()
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => Value::Number(number.as_f64().expect("a float")),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(value_of).collect()),
        Json::Object(_) => panic!("no vector has an object"),
    }
}

fn borrowed(pairs: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().map(|(name, value)| (&**name, &**value))
}

fn text<'a>(json: &'a Json, name: &str) -> Option<&'a str> {
    json.get(name)?.as_str()
}

#[test]
fn every_vector_holds_for_both_versions_and_both_digests() {
    let mut checked = 0;
    for case in vectors()["cases"].as_array().expect("cases") {
        let name = text(case, "name").expect("a name");
        let parameters = sent(&case["params"]);
        // Where the clients differ, values are kept as one of them does: nothing is dropped for
        // being zero or false.
        let expected = case.get("node").unwrap_or(case);
        for (version, label) in [(Version::One, "v1"), (Version::Two, "v2")] {
            let to_sign = string_to_sign(borrowed(&parameters), version);
            if let Some(expected) = text(case, &format!("string_to_sign_{label}")) {
                assert_eq!(to_sign, expected, "{name}");
            }
            let has_ampersand = parameters.iter().any(|(_, value)| value.contains('&'));
            for digest in ["sha1", "sha256"] {
                let Some(signature) = text(expected, &format!("{label}_{digest}")) else {
                    continue;
                };
                let holds = |ambiguity| verify(borrowed(&parameters), SECRET, signature, ambiguity);
                let is_clear = version == Version::Two || !has_ampersand;
                assert_eq!(
                    holds(Ambiguity::Refused),
                    is_clear,
                    "{name} {label} {digest}"
                );
                assert!(holds(Ambiguity::Accepted), "{name} {label} {digest}");
                if version == Version::Two {
                    let algorithm = Algorithm::of(signature).expect("a known length");
                    assert_eq!(sign(borrowed(&parameters), SECRET, algorithm), signature);
                }
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 17 * 4 + 2 * 2);
}

#[test]
fn smuggled_parameters_are_refused() {
    let vectors = vectors();
    let [honest, smuggled] = [0, 1].map(|at| &vectors["smuggling"][at]);
    let parameters = sent(&smuggled["params"]);
    // By the first version the signature of one holds for the other.
    let signature = text(honest, "v1_sha1").expect("a signature");
    assert_eq!(Some(signature), text(smuggled, "v1_sha1"));
    let honest_parameters = sent(&honest["params"]);
    let strictly = |parameters: &[(String, String)], signature: &str| {
        verify(borrowed(parameters), SECRET, signature, Ambiguity::Refused)
    };
    assert!(!strictly(&honest_parameters, signature));
    let signature = text(honest, "v2_sha1").expect("a signature");
    assert!(strictly(&honest_parameters, signature));
    assert!(!strictly(&parameters, signature));
    assert!(strictly(
        &parameters,
        text(smuggled, "v2_sha1").expect("a signature")
    ));
}

#[test]
fn answers_and_notifications_are_signed_as_published() {
    let vectors = vectors();
    let mut checked = 0;
    for case in vectors["response_signatures"].as_array().expect("cases") {
        let id = text(case, "public_id").expect("an ID");
        let version = case["version"].as_u64().expect("a version");
        for (digest, algorithm) in [("sha1", Algorithm::Sha1), ("sha256", Algorithm::Sha256)] {
            if let Some(expected) = text(case, digest) {
                assert_eq!(sign_response(id, version, SECRET, algorithm), expected);
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 3);
    let webhook = &vectors["webhook"];
    let body = text(webhook, "body").expect("a body");
    let timestamp = webhook["timestamp"].as_u64().expect("a time");
    for (digest, algorithm) in [("sha1", Algorithm::Sha1), ("sha256", Algorithm::Sha256)] {
        let signature = sign_notification(body, timestamp, SECRET, algorithm);
        assert_eq!(text(webhook, digest), Some(signature.as_str()));
    }
}

#[test]
fn whoever_hands_in_what_is_never_signed_gets_it_signed() {
    let parameters = [
        ("cloud_name", "dn6ot3ged"),
        ("timestamp", "1568810420"),
        ("username", "user@cloudinary.com"),
    ];
    let sign = |algorithm| sign(parameters, "hdcixPpR2iKERPwqvH6sHdK9cyac", algorithm);
    assert_eq!(
        sign(Algorithm::Sha1),
        "14c00ba6d0dfdedbc86b316847d95b9e6cd46d94"
    );
    assert_eq!(
        sign(Algorithm::Sha256),
        "45ddaa4fa01f0c2826f32f669d2e4514faf275fe6df053f1a150e7beae58a3bd"
    );
    assert!(!is_signed("cloud_name") && is_signed("timestamp"));
}

#[test]
fn anything_but_the_exact_signature_is_refused() {
    let parameters = [("public_id", "a"), ("timestamp", "1700000000")];
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256] {
        let right = sign(parameters, SECRET, algorithm);
        let holds = |signature: &str| verify(parameters, SECRET, signature, Ambiguity::Accepted);
        assert!(holds(&right));
        for at in 0..right.len() {
            let other = if right.as_bytes()[at] == b'0' {
                "1"
            } else {
                "0"
            };
            let mut wrong = right.clone();
            wrong.replace_range(at..=at, other);
            assert!(!holds(&wrong), "{wrong}");
            assert!(!holds(&right[..at]), "{at} digits");
        }
        let wrong = [
            right.to_uppercase(),
            format!("{right}0"),
            format!(" {}", &right[1..]),
            format!("\0{}", &right[1..]),
            "é".repeat(right.len() / 2),
            "0".repeat(right.len()),
        ];
        for wrong in wrong {
            assert!(!holds(&wrong), "{wrong:?}");
        }
        assert!(!verify(parameters, "abce", &right, Ambiguity::Accepted));
        assert!(!verify(
            [parameters[0]],
            SECRET,
            &right,
            Ambiguity::Accepted
        ));
    }
    assert!(is_same("a", "a") && !is_same("a", "b") && !is_same("a", "ab"));
}

#[test]
fn names_are_sorted_by_their_bytes_and_a_name_goes_before_a_longer_one() {
    let parameters = [
        ("eager_async", "1"),
        ("b", "2"),
        ("eager", "w_1"),
        ("A", "3"),
    ];
    assert_eq!(
        string_to_sign(parameters, Version::Two),
        "A=3&b=2&eager=w_1&eager_async=1"
    );
}
