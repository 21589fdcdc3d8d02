//! Definitions as pages write them, and answers as people do.

use super::*;

fn text(text: &str) -> Value {
    Value::from_text(text)
}

fn object(entries: &[(&str, Value)]) -> Value {
    let entry = |(name, value): &(&str, Value)| ((*name).to_owned(), value.clone());
    Value::Object(entries.iter().map(entry).collect())
}

fn one(entries: &[(&str, Value)]) -> Field {
    let (mut fields, problems) = read(Some(&Value::List(vec![object(entries)])));
    assert_eq!(problems, []);
    fields.remove(0)
}

fn check(field: &Field, answer: &str) -> Option<Breach> {
    field.check(Some(&Answer::One(answer.to_owned())), false)
}

#[test]
fn a_field_may_be_written_as_the_upload_api_has_it() {
    let rules = Value::List(vec![
        object(&[
            ("type", text("greater_than")),
            ("value", Value::Number(1.5)),
            ("equals", Value::Bool(true)),
        ]),
        object(&[("type", text("less_than")), ("value", Value::Number(10.0))]),
    ]);
    let field = one(&[
        ("external_id", text("weight")),
        ("label", text("Weight")),
        ("type", text("number")),
        ("mandatory", Value::Bool(true)),
        ("default_value", Value::Number(2.25)),
        (
            "validation",
            object(&[("type", text("and")), ("rules", rules)]),
        ),
    ]);
    assert!(field.mandatory);
    assert_eq!(field.default, Some(Answer::One("2.25".to_owned())));
    assert_eq!(check(&field, "1.5"), None);
    assert_eq!(check(&field, "1.4"), Some(Breach::TooLow));
    assert_eq!(check(&field, "9.999999"), None);
    assert_eq!(check(&field, "10"), Some(Breach::TooHigh));
    assert_eq!(check(&field, "many"), Some(Breach::NoNumber));
    assert_eq!(check(&field, "1.23456789"), Some(Breach::Digits));
    assert_eq!(check(&field, ""), Some(Breach::Required));
    assert_eq!(field.check(None, false), None, "what is proposed counts");
}

#[test]
fn a_field_may_be_written_in_short() {
    let field = one(&[
        ("id", text("note")),
        (
            "validation",
            object(&[
                ("min", Value::Number(2.0)),
                ("maxLength", Value::Number(4.0)),
                ("regex", text("[a-z]+")),
            ]),
        ),
    ]);
    assert_eq!(
        (field.label.as_str(), field.kind),
        ("note", FieldKind::Text)
    );
    assert_eq!(field.pattern.as_deref(), Some("[a-z]+"));
    assert_eq!(check(&field, "a"), Some(Breach::Length));
    assert_eq!(check(&field, "éééé"), None);
    assert_eq!(check(&field, "abcde"), Some(Breach::Length));
    let unfit = field.check(Some(&Answer::One("AB".to_owned())), true);
    assert_eq!(unfit, Some(Breach::Pattern));
    assert_eq!(field.check(None, false), None);
}

#[test]
fn whole_numbers_and_days_are_told_from_others() {
    let count = one(&[("id", text("n")), ("type", text("integer"))]);
    for good in ["0", "-12", "+7", "007"] {
        assert_eq!(check(&count, good), None, "{good}");
    }
    for bad in ["1.5", "1,5", "x", "-", ".", "1e3"] {
        assert_eq!(check(&count, bad), Some(Breach::NoInteger), "{bad}");
    }
    assert_eq!(check(&count, "1234567890123"), Some(Breach::Digits));
    let day = one(&[
        ("id", text("day")),
        ("type", text("date")),
        ("validation", object(&[("min", text("2024-02-29"))])),
    ]);
    assert_eq!(check(&day, "2024-02-29"), None);
    assert_eq!(check(&day, "2024-02-28"), Some(Breach::TooLow));
    for bad in [
        "2025-02-29",
        "2025-13-01",
        "2025-1-1",
        "24.12.2025",
        "2025-01-01-1",
    ] {
        assert_eq!(check(&day, bad), Some(Breach::NoDate), "{bad}");
    }
}

#[test]
fn choices_have_ids_and_labels_and_those_out_of_use_are_none() {
    let values = Value::List(vec![
        object(&[("external_id", text("r")), ("value", text("Red"))]),
        object(&[
            ("external_id", text("b")),
            ("value", text("Blue")),
            ("state", text("inactive")),
        ]),
    ]);
    let field = one(&[
        ("external_id", text("color")),
        ("type", text("set")),
        ("datasource", object(&[("values", values)])),
        ("mandatory", Value::Bool(true)),
    ]);
    assert_eq!(field.choices, [("r".to_owned(), "Red".to_owned())]);
    let several = |ids: &[&str]| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        field.check(Some(&Answer::Several(ids)), false)
    };
    assert_eq!(several(&["r"]), None);
    assert_eq!(several(&["r", "b"]), Some(Breach::NoChoice));
    assert_eq!(several(&[]), Some(Breach::Required));
    let plain = one(&[
        ("id", text("size")),
        ("type", text("enum")),
        ("values", Value::List(vec![text("S"), text("M")])),
    ]);
    assert_eq!(check(&plain, "M"), None);
    assert_eq!(check(&plain, "L"), Some(Breach::NoChoice));
}

#[test]
fn what_can_t_be_used_is_left_out_and_told() {
    let id = |id: &str| ("id", text(id));
    let list = Value::List(vec![
        text("note"),
        object(&[("label", text("No id"))]),
        object(&[id("a|b")]),
        object(&[id("a"), ("type", text("colour"))]),
        object(&[id("b"), ("type", text("enum"))]),
        object(&[id("c")]),
        object(&[id("c")]),
        object(&[id("d"), ("validation", text("strict"))]),
        object(&[
            id("e"),
            ("type", text("integer")),
            ("default", text("many")),
        ]),
    ]);
    let (fields, problems) = read(Some(&list));
    let ids: Vec<&str> = fields.iter().map(|field| field.id.as_str()).collect();
    assert_eq!(ids, ["c", "d", "e"]);
    assert_eq!(fields[2].default, None);
    let told: Vec<_> = problems
        .iter()
        .map(|problem| (problem.option.as_str(), problem.reason.code()))
        .collect();
    assert_eq!(
        told,
        [
            ("metadataFields[0]", "field_id"),
            ("metadataFields[1]", "field_id"),
            ("metadataFields[2]", "field_id"),
            ("metadataFields[3]", "field_type"),
            ("metadataFields[4]", "field_choices"),
            ("metadataFields[6]", "field_twice"),
            ("metadataFields[7]", "field_rule"),
            ("metadataFields[8]", "field_rule"),
        ]
    );
    assert_eq!(read(None), (Vec::new(), Vec::new()));
}

#[test]
fn numbers_are_written_as_people_write_them() {
    let cases = [
        (1.0, "1"),
        (-2.5, "-2.5"),
        (0.1, "0.1"),
        (-0.25, "-0.25"),
        (1e6, "1000000"),
    ];
    for (number, written) in cases {
        assert_eq!(decimal(number), written);
    }
}
