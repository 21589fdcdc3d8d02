//! What can be wrong with an option, as codes and facts. The sentences are in `www/messages`;
//! [`super::told`] puts them together.

use crate::protocol::value::Value;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing changes for the person: a word to the page's developer.
    Warning,
    /// Something that the page asked for won't happen.
    Error,
}

/// Something wrong with one option; the widget opens all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionProblem {
    /// The option's name, as the page wrote it.
    pub option: String,
    /// What is wrong.
    pub reason: Reason,
    /// What the page gave.
    pub given: Value,
}

impl OptionProblem {
    /// How bad it is.
    pub const fn severity(&self) -> Severity {
        match self.reason {
            Reason::Unknown
            | Reason::Prototype
            | Reason::Instead
            | Reason::Below
            | Reason::Above
            | Reason::SourceKey
            | Reason::FieldId
            | Reason::FieldTwice
            | Reason::FieldType
            | Reason::FieldChoices
            | Reason::FieldRule
            | Reason::SourceGone
            | Reason::SourceUnknown => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)+) => {
        /// What is wrong with an option.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Reason {
            $($(#[$doc])* $name,)+
        }

        impl Reason {
            /// All there are.
            #[cfg(not(target_arch = "wasm32"))]
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its stable name, for pages that decide by it, and in the file of sentences.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

reasons! {
    /// The options are no object.
    Options = "options",
    /// There is no such option. Told only where it looks like a slip of the pen.
    Unknown = "unknown",
    /// A name by which JavaScript finds prototypes.
    Prototype = "prototype",
    /// The widget has no use for it.
    Instead = "instead",
    /// No upload can do without it.
    Missing = "missing",
    /// Only signed uploads may have it.
    Unsigned = "unsigned",
    /// No text.
    Text = "text",
    /// Neither true nor false.
    Flag = "flag",
    /// No whole number.
    Number = "number",
    /// No whole number of bytes.
    Bytes = "bytes",
    /// No whole number of seconds.
    Seconds = "seconds",
    /// 0 where it means nothing.
    Zero = "zero",
    /// Less than the least, which is used.
    Below = "below",
    /// More than the most, which is used.
    Above = "above",
    /// No list of texts.
    Texts = "texts",
    /// No object.
    Object = "object",
    /// No list.
    List = "list",
    /// No text, object or list.
    Tree = "tree",
    /// None of the words that it can be.
    Word = "word",
    /// No function.
    Function = "function",
    /// No `AbortSignal`.
    Signal = "signal",
    /// Neither a selector nor an element.
    Place = "place",
    /// Not a key with a starting value.
    Encryption = "encryption",
    /// No width by height.
    Ratio = "ratio",
    /// Not from a tenth to one.
    Part = "part",
    /// Nothing that could sign.
    Signer = "signer",
    /// Nothing that the Upload API takes as text.
    Parameter = "parameter",
    /// Holds what can't stand in an address.
    CloudName = "cloud_name",
    /// Against the Upload API's rules.
    PublicId = "public_id",
    /// No address of a server.
    Prefix = "prefix",
    /// Nothing that a server could fetch.
    Address = "address",
    /// A media type where a format should be.
    MediaType = "media_type",
    /// A field of metadata without an id.
    FieldId = "field_id",
    /// A second one with the same id.
    FieldTwice = "field_twice",
    /// One of no type that there is.
    FieldType = "field_type",
    /// One to choose from, without choices.
    FieldChoices = "field_choices",
    /// A limit of a field that can't be read.
    FieldRule = "field_rule",
    /// No name of a source.
    Source = "source",
    /// A source that can't be had without this option.
    SourceKey = "source_key",
    /// A source that nobody can have any more.
    SourceGone = "source_gone",
    /// No source.
    SourceUnknown = "source_unknown",
}
