//! The rows of what people and the page around the widget see, and of what there is no need for.

use super::super::{Theme, checks};
use super::*;

const THEMES: [Theme; 7] = [
    Theme::Auto,
    Theme::Light,
    Theme::Dark,
    Theme::Default,
    Theme::White,
    Theme::Minimal,
    Theme::Purple,
];

/// In documented order.
pub(super) static ROWS: &[Row] = &[
    row!(PAGE, "form", Slot::Place(|o| &mut o.page.form),
        "CSS selector or element", "null", example: r##""#order""##,
        "The form that gets a hidden field for each uploaded file, whose value is "
        "`resource_type/type/vVERSION/public_id.format#signature`. With `applyUploadWidget` the "
        "form around the element."),
    row!(PAGE, "fieldName", Slot::Text(|o| &mut o.page.field_name, checks::anything),
        "text", "null", example: r#""photos[]""#,
        "The name of the hidden fields. Not given, the name of the element that "
        "`applyUploadWidget` was given, else `image`."),
    row!(PAGE, "thumbnails", Slot::Place(|o| &mut o.page.thumbnails),
        "CSS selector or element", "null", example: r##""#photos""##,
        "What gets a list of thumbnails, with a link that deletes where the server gave a delete "
        "token. With `applyUploadWidget` the form around the element."),
    row!(PAGE, "thumbnailTransformation",
        Slot::Tree(Tree::Any, |o| &mut o.page.thumbnail_transformation),
        "text, object or list of them", "null",
        ts: "string | Transformation | Transformation[]",
        example: r#"{"width": 120, "height": 120, "crop": "fill"}"#,
        "What thumbnails, and `thumbnail_url`, are made by. Not given, "
        "`{width: 90, height: 60, crop: \"limit\"}`."),
    row!(PAGE, "inlineContainer", Slot::Place(|o| &mut o.page.inline_container),
        "CSS selector or element", "null", example: r##""#upload""##,
        "What the widget is shown in, instead of above the page."),
    row!(PAGE, "buttonClass", Slot::Named(|o| &mut o.look.button_class),
        "text", r#""cloudinary-button""#, example: r#""button primary""#,
        "The classes of the button that `applyUploadWidget` makes."),
    row!(PAGE, "buttonCaption", Slot::Text(|o| &mut o.look.button_caption, checks::anything),
        "text", "null", example: r#""Add photos""#,
        "What that button says. Not given, `Upload image` in the widget's language."),
    row!(PAGE, "flightRecorder", Slot::Flag(|o| &mut o.page.flight_recorder),
        "true or false", "false", example: "true",
        "Whether the widget writes down what happens while it is open, for a report of a mistake: "
        "times, sizes, types, states and answers, and nothing that says who, what or where. "
        "`widget.trace()` gives the text. It holds from the next opening on."),
    row!(LOOK, "theme",
        Slot::Word(
            &["auto", "light", "dark", "default", "white", "minimal", "purple"],
            |o, at| o.look.theme = THEMES[at],
        ),
        "`auto`, `light`, `dark`, `default`, `white`, `minimal` or `purple`",
        r#""auto""#, example: r#""dark""#,
        "The colours; `auto` is light or dark as the person's system is."),
    row!(LOOK, "styles", Slot::Tree(Tree::Object, |o| &mut o.look.styles),
        "object", "null", ts: "Styles", example: r##"{"palette": {"action": "#0b7"}}"##,
        "Colours (`palette`), the colour behind the widget (`frame.background`) and letters "
        "(`fonts`), of any CSS form."),
    row!(LOOK, "language", Slot::Text(|o| &mut o.look.language, checks::anything),
        "text", "null", example: r#""de""#,
        "The widget's language, such as `fr` or `pt-BR`. Not given, English."),
    row!(LOOK, "text", Slot::Tree(Tree::Object, |o| &mut o.look.text),
        "object", "null", ts: "Record<string, Words>",
        example: r#"{"en": {"local": {"browse": "Choose photos"}}}"#,
        "Other words, by language."),
    row!(FLOW, "review", Slot::Flag(|o| &mut o.flow.review),
        "true or false", "false", example: "true",
        "Whether chosen files wait until a person sends them. Meanwhile they can be put in order, "
        "removed, cropped and described one by one: name (sent as `filename_override`), "
        "alternative text and caption (`context`), tags, public ID, and what `metadataFields` "
        "ask. Results come in the order that was given to the files. With a ready signature (a "
        "text), which holds for no other parameters, what is written makes the server refuse the "
        "upload."),
    row!(FLOW, "metadataFields", Slot::Tree(Tree::List, |o| &mut o.flow.metadata_fields),
        "list of objects", "null", ts: "MetadataField[]",
        example: r#"[{"external_id": "credit", "label": "Photographer", "mandatory": true}]"#,
        "What people are asked about each file before it is sent as `metadata`, with `review` or "
        "without. Each has an `external_id` (or `id`), and may have a `label`, a `type` (`string`, "
        "`integer`, `number`, `date`, `enum` or `set`), `mandatory`, a `default_value` (or "
        "`default`), for `enum` and `set` their `values` (texts, or objects of `external_id` and "
        "`value`; also within `datasource`), and a `validation`: `{min, max}`, of a string's "
        "letters or of a number or date, and `{regex}` for the whole string; or as the Admin API "
        "has it (`strlen`, `greater_than`, `less_than`, `and`). So a page can give the list that "
        "the Admin API gave to its server. What can't be used is left out and told in the "
        "console."),
    row!(FLOW, "autoMinimize", Slot::Flag(|o| &mut o.flow.auto_minimize),
        "true or false", "false", example: "true",
        "Whether the widget becomes a small bar when uploads begin."),
    row!(FLOW, "queueViewPosition", Slot::Named(|o| &mut o.flow.queue_view_position),
        "text", r#""right:35px""#, example: r#""left:20px""#,
        "Where that bar is, along the lower edge."),
    row!(FLOW, "singleUploadAutoClose", Slot::Flag(|o| &mut o.flow.single_upload_auto_close),
        "true or false", "true", example: "false",
        "With `multiple: false`, whether the widget closes when the file is uploaded."),
    row!(FLOW, "showUploadMoreButton", Slot::Flag(|o| &mut o.flow.show_upload_more_button),
        "true or false", "true", example: "false",
        "Whether more files may be added when all are done."),
    row!(FLOW, "showCompletedButton", Slot::Flag(|o| &mut o.flow.show_completed_button),
        "true or false", "false", example: "true",
        "Whether there is a button that gives the uploaded files to the page (`show-completed`)."),
    row!(FLOW, "showAdvancedOptions", Slot::Flag(|o| &mut o.flow.show_advanced_options),
        "true or false", "false", example: "true",
        "Whether people may set public ID, tags and, with `getUploadPresets`, the upload preset of "
        "the files that they choose from then on."),
    row!(FLOW, "getTags", Slot::Function(|o| &mut o.asks.get_tags),
        "function", "null", ts: "GetTags", example: "null",
        "A function `(callback, prefix)` that calls back with a list of tags to suggest while "
        "somebody writes one. Needs `showAdvancedOptions` or `review`."),
    row!(FLOW, "getUploadPresets", Slot::Function(|o| &mut o.asks.get_upload_presets),
        "function", "null", ts: "GetUploadPresets", example: "null",
        "A function `(callback)` that calls back with a list of upload presets to choose from. "
        "Needs `showAdvancedOptions`."),
    row!(FLOW, "preBatch", Slot::Function(|o| &mut o.asks.pre_batch),
        "function", "null", ts: "PreBatch", example: "null",
        "A function `(callback, {files})` that is asked about the files chosen together. It calls "
        "back with nothing or `{}`, or with `{cancel: true}` to refuse them."),
    row!(INSTEAD, "secure",
        Slot::Instead(Some(true)),
        "true or false", "null", example: "true", ""),
    row!(INSTEAD, "showPoweredBy",
        Slot::Instead(Some(false)),
        "true or false", "null", example: "false", ""),
    row!(INSTEAD, "cloudinaryAnalytics",
        Slot::Instead(Some(false)),
        "true or false", "null", example: "false", ""),
    row!(INSTEAD, "showInsecurePreview",
        Slot::Instead(Some(true)),
        "true or false", "null", example: "true", ""),
    row!(INSTEAD, "facebookAppId",
        Slot::Instead(None),
        "text", "null", example: r#""123""#, ""),
    row!(INSTEAD, "instagramClientId",
        Slot::Instead(None),
        "text", "null", example: r#""123""#, ""),
    row!(INSTEAD, "stylesheet",
        Slot::Instead(None),
        "text", "null", example: r#""/widget.css""#, ""),
    row!(INSTEAD, "keepWidgetOpen",
        Slot::Instead(Some(true)),
        "true or false", "null", example: "true", ""),
];
