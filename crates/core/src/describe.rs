//! What a person writes about one file before it is sent. How the wire has it, `protocol/request`
//! knows; what may be written, `fields` and the batch.

/// What is written about one file. What is `None` was not touched: there the page's options hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Its name, in place of the file's own; with its extension.
    pub name: Option<String>,
    /// The public ID.
    pub public_id: Option<String>,
    /// All of its tags.
    pub tags: Option<Vec<String>>,
    /// What it shows, for those who can't see it: `alt` of its context.
    pub alt: Option<String>,
    /// `caption` of its context.
    pub caption: Option<String>,
    /// Answers to the page's fields, by their ids.
    pub metadata: Vec<(String, Answer)>,
    /// The ids of those whose answer doesn't fit the field's pattern, which only a browser can
    /// tell.
    pub unfit: Vec<String>,
}

/// What a person answers to a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A text, a number, a day, the id of a choice; empty for none.
    One(String),
    /// The ids of several choices.
    Several(Vec<String>),
}

impl Answer {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::One(text) => text.is_empty(),
            Self::Several(texts) => texts.is_empty(),
        }
    }
}

impl Description {
    /// The answer to a field.
    pub fn answer(&self, id: &str) -> Option<&Answer> {
        let mut answers = self.metadata.iter();
        answers
            .find(|(known, _)| known == id)
            .map(|(_, answer)| answer)
    }

    /// Takes an answer in, in place of an earlier one.
    pub fn put(&mut self, id: &str, answer: Answer) {
        match self.metadata.iter_mut().find(|(known, _)| known == id) {
            Some((_, known)) => *known = answer,
            None => self.metadata.push((id.to_owned(), answer)),
        }
    }
}
