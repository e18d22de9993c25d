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
