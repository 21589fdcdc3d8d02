//! Transformations as addresses have them (`c_fill,h_50,w_50`), from what a page writes for them: a
//! text, an object, or a list of them. Only those of single values; conditions, layers and the like
//! are written as a text.

use super::value::Value;

/// The long names of parameters, and the short ones.
const NAMES: [(&str, &str); 24] = [
    ("angle", "a"),
    ("aspect_ratio", "ar"),
    ("background", "b"),
    ("border", "bo"),
    ("color", "co"),
    ("color_space", "cs"),
    ("crop", "c"),
    ("default_image", "d"),
    ("density", "dn"),
    ("dpr", "dpr"),
    ("effect", "e"),
    ("fetch_format", "f"),
    ("flags", "fl"),
    ("format", "f"),
    ("gravity", "g"),
    ("height", "h"),
    ("opacity", "o"),
    ("page", "pg"),
    ("quality", "q"),
    ("radius", "r"),
    ("transformation", "t"),
    ("width", "w"),
    ("x", "x"),
    ("y", "y"),
];

/// The text in addresses; `None` when nothing of it is of use.
pub fn text(given: &Value) -> Option<String> {
    let text = match given {
        Value::Text(text) => text.trim().trim_matches('/').to_owned(),
        Value::List(steps) => {
            let steps: Vec<String> = steps.iter().filter_map(text_of_step).collect();
            steps.join("/")
        }
        other => text_of_step(other)?,
    };
    (!text.is_empty()).then_some(text)
}

fn text_of_step(step: &Value) -> Option<String> {
    let Value::Object(entries) = step else {
        return step.text().map(|text| text.trim().to_owned());
    };
    let mut parts: Vec<String> = entries
        .iter()
        .filter_map(|(name, value)| part(name, value))
        .collect();
    // As every SDK writes them, so that one transformation has one address.
    parts.sort_unstable();
    let text = parts.join(",");
    (!text.is_empty()).then_some(text)
}

/// `w_90`; what a step has in its own words stays.
fn part(name: &str, value: &Value) -> Option<String> {
    let text = match value {
        Value::List(values) => {
            let texts: Vec<String> = values.iter().filter_map(single).collect();
            texts.join(".")
        }
        value => single(value)?,
    };
    if name == "raw_transformation" || name == "rawTransformation" {
        return Some(text);
    }
    let known = NAMES
        .iter()
        .find(|(long, short)| crate::options::same(long, name) || *short == name)?;
    Some([known.1, "_", &text].concat())
}

fn single(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text.replace(' ', "_")),
        Value::Number(number) => decimal(*number),
        _ => None,
    }
}

/// A number with at most two decimals, made of whole numbers: printing a float would cost the
/// widget several kilobytes.
fn decimal(number: f64) -> Option<String> {
    if !(-1e9..=1e9).contains(&number) {
        return None;
    }
    // Within the bounds above it is exact enough.
    let hundredths = (number * 100.0).round() as i64;
    let mut text = String::new();
    if hundredths < 0 {
        text.push('-');
    }
    let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
    text.push_str(&whole.to_string());
    if part > 0 {
        text.push('.');
        if part < 10 {
            text.push('0');
        }
        let part = if part % 10 == 0 { part / 10 } else { part };
        text.push_str(&part.to_string());
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(entries: &[(&str, Value)]) -> Value {
        let own = |(name, value): &(&str, Value)| ((*name).to_owned(), value.clone());
        Value::Object(entries.iter().map(own).collect())
    }

    #[test]
    fn an_object_becomes_sorted_short_names() {
        let given = object(&[
            ("width", Value::Number(90.0)),
            ("height", Value::Number(60.0)),
            ("crop", Value::from_text("limit")),
        ]);
        assert_eq!(text(&given).as_deref(), Some("c_limit,h_60,w_90"));
        let given = object(&[
            ("fetchFormat", Value::from_text("auto")),
            ("g", Value::from_text("face")),
            (
                "transformation",
                Value::List(vec![Value::from_text("a"), Value::from_text("b")]),
            ),
            ("rawTransformation", Value::from_text("z_0.7")),
            ("onclick", Value::from_text("no parameter")),
        ]);
        assert_eq!(text(&given).as_deref(), Some("f_auto,g_face,t_a.b,z_0.7"));
    }

    #[test]
    fn a_list_is_a_chain_and_a_text_stays() {
        let steps = vec![
            object(&[("width", Value::Number(50.0))]),
            Value::from_text("e_grayscale"),
            Value::Null,
            object(&[("radius", Value::from_text("max"))]),
        ];
        let wanted = Some("w_50/e_grayscale/r_max");
        assert_eq!(text(&Value::List(steps)).as_deref(), wanted);
        let plain = Value::from_text(" /c_fill,w_50/ ");
        assert_eq!(text(&plain).as_deref(), Some("c_fill,w_50"));
    }

    #[test]
    fn nothing_of_use_is_none() {
        for given in [
            Value::Null,
            Value::from_text(""),
            Value::List(Vec::new()),
            object(&[
                ("width", Value::Bool(true)),
                ("height", Value::Number(f64::NAN)),
            ]),
        ] {
            assert_eq!(text(&given), None);
        }
    }

    #[test]
    fn numbers_have_two_decimals_at_most() {
        for (number, wanted) in [
            (0.5, "0.5"),
            (0.05, "0.05"),
            (1.25, "1.25"),
            (-45.0, "-45"),
            (-0.5, "-0.5"),
            (3.0, "3"),
            (1.0 / 3.0, "0.33"),
        ] {
            assert_eq!(decimal(number).as_deref(), Some(wanted));
        }
        assert_eq!(decimal(1e12), None);
    }
}
