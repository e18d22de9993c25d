//! What went wrong, in the words of the person and in places that a program finds (RFC 9457).

use serde_json::{Map, Value, json};

use crate::settings::Fault;
use crate::text::fault::Reason;
use crate::text::page::{fill, sentence};
use crate::text::{Language, Phrase, api as words};
use crate::web::http::Response;

/// An answer, or what stands in its place. Boxed, for it is the rarer of the two.
pub type Answer<T = Response> = Result<T, Box<Problem>>;

#[derive(Debug)]
pub struct Problem {
    status: u16,
    sort: Sort,
    detail: Said,
    errors: Vec<Error>,
    /// Members of its own sort.
    more: Map<String, Value>,
    headers: Vec<(&'static str, String)>,
    delay: std::time::Duration,
}

/// What a program may want to tell apart beyond the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The status says it all.
    Plain,
    /// Values that are not what they must be; each is among the errors.
    Invalid,
    /// What is to be deleted is referred to.
    InUse,
    /// Somebody else changed the same.
    Conflict,
}

/// One thing wrong, and where.
#[derive(Debug)]
pub struct Error {
    pub place: Place,
    pub said: Said,
}

#[derive(Debug)]
pub enum Place {
    /// In the body (RFC 6901), with the key of the setting; empty where there is none.
    Pointer { pointer: String, field: String },
    /// Of the query.
    Parameter(String),
}

/// A text before its language is known.
#[derive(Debug)]
pub enum Said {
    Words(Phrase, Vec<String>),
    Reason(Reason),
    /// A reason that is about something else than the place it stands beside.
    Elsewhere(String, Reason),
}

impl From<Phrase> for Said {
    fn from(phrase: Phrase) -> Said {
        Said::Words(phrase, Vec::new())
    }
}

impl From<Reason> for Said {
    fn from(reason: Reason) -> Said {
        Said::Reason(reason)
    }
}

impl Said {
    pub fn with(phrase: Phrase, arguments: &[&dyn std::fmt::Display]) -> Said {
        Said::Words(phrase, arguments.iter().map(ToString::to_string).collect())
    }

    pub fn say(&self, language: Language) -> String {
        match self {
            Said::Words(phrase, arguments) => {
                let arguments: Vec<&dyn std::fmt::Display> = arguments.iter().map(|argument| argument as _).collect();
                fill(phrase.in_language(language), &arguments)
            }
            Said::Reason(reason) => reason.say(language),
            Said::Elsewhere(place, reason) => format!("{place}: {}", reason.say(language)),
        }
    }
}

impl Sort {
    /// The anchor on the page that explains the API.
    pub const fn name(self) -> &'static str {
        match self {
            Sort::Plain => "",
            Sort::Invalid => "invalid",
            Sort::InUse => "in-use",
            Sort::Conflict => "conflict",
        }
    }

    const fn title(self, status: u16) -> Phrase {
        match self {
            Sort::Plain => words::status(status),
            Sort::Invalid => words::TITLE_INVALID,
            Sort::InUse => words::TITLE_IN_USE,
            Sort::Conflict => words::TITLE_CONFLICT,
        }
    }
}

impl Problem {
    pub fn new(status: u16, detail: impl Into<Said>) -> Box<Problem> {
        Problem::of_sort(Sort::Plain, status, detail)
    }

    pub fn of_sort(sort: Sort, status: u16, detail: impl Into<Said>) -> Box<Problem> {
        let (detail, headers, delay) = (detail.into(), Vec::new(), std::time::Duration::ZERO);
        Box::new(Problem { status, sort, detail, errors: Vec::new(), more: Map::new(), headers, delay })
    }

    /// What an edit was refused for, each fault where it stands: values that cannot be, or what the caller may not change.
    pub fn refusing(faults: &[Fault], errors: Vec<Error>) -> Box<Problem> {
        let is_forbidden = faults.iter().any(Fault::is_about_rights);
        if is_forbidden { Problem::new(403, words::FORBIDDEN).with_errors(errors) } else { Problem::invalid(errors) }
    }

    /// Values in the body that cannot be.
    pub fn invalid(errors: Vec<Error>) -> Box<Problem> {
        Problem::of_sort(Sort::Invalid, 422, words::INVALID).with_errors(errors)
    }

    pub fn with_errors(mut self: Box<Self>, errors: Vec<Error>) -> Box<Problem> {
        self.errors = errors;
        self
    }

    pub fn with(mut self: Box<Self>, member: &str, value: impl Into<Value>) -> Box<Problem> {
        self.more.insert(member.to_owned(), value.into());
        self
    }

    pub fn with_header(mut self: Box<Self>, name: &'static str, value: impl Into<String>) -> Box<Problem> {
        self.headers.push((name, value.into()));
        self
    }

    pub fn with_delay(mut self: Box<Self>, delay: std::time::Duration) -> Box<Problem> {
        self.delay = delay;
        self
    }

    pub fn response(&self, language: Language) -> Response {
        let kind = if self.sort == Sort::Plain { "about:blank".to_owned() } else { format!("/api#{}", self.sort.name()) };
        let mut body = json!({
            "type": kind,
            "title": self.sort.title(self.status).in_language(language),
            "status": self.status,
            "detail": sentence(&self.detail.say(language)),
        });
        if !self.errors.is_empty() {
            body["errors"] = self.errors.iter().map(|error| error.json(language)).collect();
        }
        for (member, value) in &self.more {
            body[member] = value.clone();
        }
        let mut response = Response::json(self.status, &body);
        for (name, value) in &mut response.headers {
            if *name == "Content-Type" {
                "application/problem+json".clone_into(value);
            }
        }
        response = response.with_header("Content-Language", language.code());
        for (name, value) in &self.headers {
            response = response.with_header(name, value.clone());
        }
        response.with_delay(self.delay)
    }
}

impl Error {
    pub fn at(pointer: impl Into<String>, said: impl Into<Said>) -> Error {
        let pointer = pointer.into();
        let field = pointer.split('/').nth(1).unwrap_or_default().to_owned();
        Error { place: Place::Pointer { pointer, field }, said: said.into() }
    }

    /// Of a setting that was not sent: it points at the whole, and names the setting.
    pub fn of_field(field: &str, said: impl Into<Said>) -> Error {
        Error { place: Place::Pointer { pointer: String::new(), field: field.to_owned() }, said: said.into() }
    }

    /// The same, of a part of the body that stands there.
    pub fn below(mut self, place: &str) -> Error {
        if let Place::Pointer { pointer, .. } = &mut self.place {
            pointer.insert_str(0, place);
        }
        self
    }

    pub fn of_parameter(name: &str, said: impl Into<Said>) -> Error {
        Error { place: Place::Parameter(name.chars().take(100).collect()), said: said.into() }
    }

    fn json(&self, language: Language) -> Value {
        let detail = self.said.say(language);
        match &self.place {
            Place::Pointer { pointer, field } => json!({ "pointer": pointer, "field": field, "detail": detail }),
            Place::Parameter(name) => json!({ "parameter": name, "detail": detail }),
        }
    }
}
