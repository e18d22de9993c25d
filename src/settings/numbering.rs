//! The numbering plan: what digits mean, and in which order the meanings are tried.

use std::time::Duration;

use serde_json::Value;

use crate::base::id::{SelectionId, TenantId};
use crate::text::settings as words;

use super::codes::{self, Codes};
use super::field::{Default, Field, Shape, joined};
use super::own::Values;
use super::talk_codes::{self, TalkCodes};
use super::{Action, Kind};

/// What holds for dialling as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbering {
    pub codes: Codes,
    pub talk_codes: TalkCodes,
    /// What comes first has a number that several have.
    pub order: Vec<Meaning>,
    /// Dialled before a number outside; empty: outside numbers are dialled as they are.
    pub outside_prefix: String,
    /// Of the country that the box stands in, without `+`.
    pub country_code: String,
    /// Dialled before a number abroad.
    pub international_prefix: String,
    /// Dialled before a number in the country; empty where there is none.
    pub national_prefix: String,
    /// So long a call stays parked; then it goes back to who parked it.
    pub park_timeout: Duration,
    /// Numbers that are always allowed, over any line.
    emergency: Vec<String>,
}

/// What a number may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Service,
    Selection,
    Extension,
    Outside,
}

const MEANINGS: &[&str] = &["services", "selections", "extensions", "outside"];

/// By country code; the European number and that of mobile phones everywhere hold in every country.
const EMERGENCY: &[(&str, &[&str])] = &[
    ("", &["112"]),
    ("1", &["911", "933"]),
    ("32", &["100", "101"]),
    ("33", &["15", "17", "18", "114", "115", "119", "191", "196", "197"]),
    ("34", &["061", "080", "085", "091", "092"]),
    ("39", &["113", "114", "115", "117", "118", "1515", "1522", "1530"]),
    ("41", &["117", "118", "144", "143", "145", "1414"]),
    ("43", &["122", "128", "133", "140", "141", "144", "147"]),
    ("44", &["999", "116123"]),
    ("49", &["110", "116117"]),
];

pub const EMERGENCY_FIELDS: &[Field] =
    &[Field::new("number", Shape::Digits { min: 2, max: 16 }, Default::Required, words::EMERGENCY_NUMBER)];

const OF_DIALLING: [Field; 7] = [
    Field::new(
        "order",
        Shape::Choices { of: MEANINGS, min: MEANINGS.len(), is_ordered: true },
        Default::List(MEANINGS),
        words::NUMBERING_ORDER,
    ),
    Field::new("outside_prefix", Shape::Dialled, Default::Empty, words::NUMBERING_OUTSIDE_PREFIX),
    Field::new("country_code", Shape::Digits { min: 1, max: 3 }, Default::Text("39"), words::NUMBERING_COUNTRY_CODE),
    Field::new("international_prefix", Shape::Digits { min: 1, max: 6 }, Default::Text("00"), words::NUMBERING_INTERNATIONAL_PREFIX),
    Field::new("national_prefix", Shape::Digits { min: 1, max: 3 }, Default::Empty, words::NUMBERING_NATIONAL_PREFIX),
    Field::new("emergency", Shape::Records(EMERGENCY_FIELDS), Default::List(&[]), words::NUMBERING_EMERGENCY),
    Field::new("park_seconds", Shape::Number { min: 10, max: 3600 }, Default::Number(90), words::NUMBERING_PARK_SECONDS),
];

pub(super) const FIELDS: &[Field] =
    &joined::<{ OF_DIALLING.len() + codes::FIELDS.len() + talk_codes::FIELDS.len() }>(&[&OF_DIALLING, &codes::FIELDS, &talk_codes::FIELDS]);

impl Numbering {
    pub(super) fn new(values: &Values<'_>) -> Numbering {
        let country_code = values.text("country_code");
        let own = values.records("emergency");
        let own = own.iter().filter_map(|record| record.get("number")?.as_str());
        let usual =
            EMERGENCY.iter().filter(|(country, _)| country.is_empty() || *country == country_code).flat_map(|(_, numbers)| *numbers);
        Numbering {
            codes: Codes::new(values),
            talk_codes: TalkCodes::new(values),
            order: values.list("order", Meaning::from_name),
            outside_prefix: values.text("outside_prefix"),
            international_prefix: values.text("international_prefix"),
            national_prefix: values.text("national_prefix"),
            park_timeout: Duration::from_secs(values.number("park_seconds").into()),
            emergency: own.chain(usual.copied()).map(str::to_owned).collect(),
            country_code,
        }
    }

    /// A number that a selection and an extension have is the selection's.
    pub(super) fn prefers_selections(&self) -> bool {
        let at = |meaning| self.order.iter().position(|known| *known == meaning);
        at(Meaning::Selection) < at(Meaning::Extension)
    }

    pub fn is_emergency(&self, number: &str) -> bool {
        self.emergency.iter().any(|emergency| emergency == number)
    }

    /// With or without the prefix for outside lines: the number without it.
    pub fn emergency<'a>(&self, dialled: &'a str) -> Option<&'a str> {
        let without = dialled.strip_prefix(self.outside_prefix.as_str()).unwrap_or(dialled);
        [dialled, without].into_iter().find(|number| self.is_emergency(number))
    }

    /// A number outside as it is dialled in this country, without the prefix for outside lines: `+39061` is `061`, `+44201` is `0044201`.
    pub fn normalised(&self, number: &str) -> String {
        match number.strip_prefix('+') {
            None => number.to_owned(),
            Some(digits) => match digits.strip_prefix(self.country_code.as_str()).filter(|_| !self.country_code.is_empty()) {
                Some(national) => format!("{}{national}", self.national_prefix),
                None => format!("{}{digits}", self.international_prefix),
            },
        }
    }
}

impl Meaning {
    fn from_name(name: &str) -> Option<Meaning> {
        let all = [Meaning::Service, Meaning::Selection, Meaning::Extension, Meaning::Outside];
        MEANINGS.iter().position(|meaning| *meaning == name).map(|at| all[at])
    }
}

/// Digits of one's own with an action behind them.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomSelection {
    pub id: SelectionId,
    pub tenant: TenantId,
    pub name: String,
    pub dialled: Digits,
    pub action: Action,
    /// Extensions may dial it.
    pub is_internal: bool,
    /// Callers on lines get there.
    pub is_external: bool,
}

/// What is dialled to get a custom selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digits {
    Exact(String),
    Prefix(String),
    Range(String, String),
}

const MATCHES: &[&str] = &["exact", "prefix", "range"];

pub(super) const SELECTION_FIELDS: &[Field] = &[
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("name", Shape::Text, Default::Required, words::SELECTION_NAME),
    Field::new("match", Shape::Choice(MATCHES), Default::Text("exact"), words::SELECTION_MATCH),
    Field::new("digits", Shape::Dialled, Default::Required, words::SELECTION_DIGITS),
    Field::new("to", Shape::Dialled, Default::Empty, words::SELECTION_TO).only_if("match", &["range"]),
    Field::new("action", Shape::Action { is_transfer: false }, Default::Required, words::SELECTION_ACTION),
    Field::new("internal", Shape::Bool, Default::Bool(true), words::SELECTION_INTERNAL),
    Field::new("external", Shape::Bool, Default::Bool(false), words::SELECTION_EXTERNAL),
];

impl CustomSelection {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>) -> CustomSelection {
        let (digits, to) = (values.text("digits"), values.text("to"));
        CustomSelection {
            id: SelectionId(id),
            tenant,
            name: values.text("name"),
            dialled: match values.text("match").as_str() {
                "prefix" => Digits::Prefix(digits),
                "range" => Digits::Range(digits, to),
                _ => Digits::Exact(digits),
            },
            action: values.own.get("action").map_or(Action::HangUp, |action: &Value| Action::new(action)),
            is_internal: values.bool("internal"),
            is_external: values.bool("external"),
        }
    }

    /// Its digits, if it is for no others.
    pub fn exact(&self) -> Option<&str> {
        match &self.dialled {
            Digits::Exact(digits) => Some(digits),
            Digits::Prefix(_) | Digits::Range(..) => None,
        }
    }

    /// How much of what was dialled it matched; the longest match counts.
    pub fn matched(&self, dialled: &str) -> Option<usize> {
        match &self.dialled {
            Digits::Exact(digits) => (digits == dialled).then_some(digits.len()),
            Digits::Prefix(digits) => dialled.starts_with(digits.as_str()).then_some(digits.len()),
            Digits::Range(from, to) => {
                let fits = dialled.len() == from.len() && (from.as_str()..=to.as_str()).contains(&dialled);
                fits.then_some(from.len())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Own;
    use super::*;

    fn numbering(own: Own) -> Numbering {
        Numbering::new(&Values::new(Kind::Numbering, &own))
    }

    #[test]
    fn numbers_of_the_whole_world_as_they_are_dialled_here() {
        let italy = numbering(Own::default());
        assert_eq!(italy.normalised("+390612345"), "0612345");
        assert_eq!(italy.normalised("+442012345"), "00442012345");
        assert_eq!(italy.normalised("0612345"), "0612345");
        let germany = numbering(Own::default().with("country_code", "49").with("national_prefix", "0"));
        assert_eq!(germany.normalised("+493012345"), "03012345");
    }

    #[test]
    fn emergency_numbers_of_the_country_and_of_the_house() {
        let own = Own::default().with("outside_prefix", "0").with("emergency", serde_json::json!([{"number": "777"}]));
        let numbering = numbering(own);
        for (dialled, number) in [("112", Some("112")), ("0112", Some("112")), ("118", Some("118")), ("777", Some("777")), ("911", None)] {
            assert_eq!(numbering.emergency(dialled), number, "{dialled}");
        }
    }

    #[test]
    fn the_order_names_every_meaning() {
        assert_eq!(numbering(Own::default()).order.len(), MEANINGS.len());
    }
}
