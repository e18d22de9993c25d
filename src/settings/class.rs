//! Outbound routing classes: what may be dialled, and over which lines.

use serde_json::Value;

use crate::base::id::{ClassId, LineId, TenantId};
use crate::text::settings as words;

use super::Kind;
use super::field::{Default, Field, Shape};
use super::own::Values;

/// An ordered list of rules. The first that matches wins; no match is 403.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    pub id: ClassId,
    pub tenant: TenantId,
    pub name: String,
    pub rules: Vec<ClassRule>,
}

/// The numbers it is for, and the lines they go out over, tried in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassRule {
    pub selection: Selection,
    pub lines: Vec<LineId>,
}

/// Which numbers a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    Exact(String),
    Prefix(String),
    /// Both ends count; numbers of that length only.
    Range(String, String),
    Any,
}

const MATCHES: &[&str] = &["exact", "prefix", "range", "any"];

pub const RULE_FIELDS: &[Field] = &[
    Field::new("match", Shape::Choice(MATCHES), Default::Required, words::RULE_MATCH),
    Field::new("digits", Shape::Prefix, Default::Required, words::RULE_DIGITS).only_if("match", &["exact", "prefix", "range"]),
    Field::new("to", Shape::Prefix, Default::Required, words::RULE_TO).only_if("match", &["range"]),
    Field::new("lines", Shape::References(Kind::Line), Default::Required, words::RULE_LINES),
];

pub(super) const FIELDS: &[Field] = &[
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("name", Shape::Text, Default::Required, words::CLASS_NAME),
    Field::new("rules", Shape::Records(RULE_FIELDS), Default::List(&[]), words::CLASS_RULES),
];

impl Class {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>) -> Class {
        let rules = values.records("rules").iter().filter_map(ClassRule::new).collect();
        Class { id: ClassId(id), tenant, name: values.text("name"), rules }
    }
}

impl Class {
    /// The lines of the first rule that a number falls under, in order; `None`: it may not be called.
    pub fn lines(&self, number: &str) -> Option<&[LineId]> {
        self.rules.iter().find(|rule| rule.selection.holds(number)).map(|rule| rule.lines.as_slice())
    }
}

impl Selection {
    fn holds(&self, number: &str) -> bool {
        match self {
            Selection::Exact(digits) => number == digits,
            Selection::Prefix(digits) => number.starts_with(digits.as_str()),
            Selection::Range(from, to) => number.len() == from.len() && (from.as_str()..=to.as_str()).contains(&number),
            Selection::Any => true,
        }
    }
}

impl ClassRule {
    fn new(value: &Value) -> Option<ClassRule> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let selection = match text("match").as_str() {
            "exact" => Selection::Exact(text("digits")),
            "prefix" => Selection::Prefix(text("digits")),
            "range" => Selection::Range(text("digits"), text("to")),
            "any" => Selection::Any,
            _ => return None,
        };
        let lines = value.get("lines").and_then(Value::as_array).into_iter().flatten();
        Some(ClassRule { selection, lines: lines.filter_map(Value::as_i64).map(LineId).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_matches_wins() {
        let rule = |selection, line| ClassRule { selection, lines: vec![LineId(line)] };
        let rules = vec![
            rule(Selection::Exact("0612345".to_owned()), 1),
            rule(Selection::Range("0100".to_owned(), "0199".to_owned()), 2),
            rule(Selection::Prefix("06".to_owned()), 3),
            rule(Selection::Prefix("0".to_owned()), 4),
        ];
        let mut class = Class { id: ClassId(1), tenant: TenantId(1), name: String::new(), rules };
        let line = |class: &Class, number| class.lines(number).map(|lines| lines[0].0);
        for (number, expected) in
            [("0612345", Some(1)), ("0150", Some(2)), ("01500", Some(4)), ("0699", Some(3)), ("02", Some(4)), ("333", None)]
        {
            assert_eq!(line(&class, number), expected, "{number}");
        }
        class.rules.push(rule(Selection::Any, 5));
        assert_eq!(line(&class, "333"), Some(5));
    }
}
