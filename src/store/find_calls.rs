//! Searching the call records. It reads half a million rows at worst, so the store's thread lends the records and does not wait.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::base::id::ExtensionId;
use crate::entry::{CallFilter, CallRecord, CallWay, CallWord};

use super::Trouble;
use super::records::call;
use super::trouble::Doing;

/// The records, for who searches them on a thread of their own.
pub struct CallSearch(Arc<Mutex<Connection>>);

impl CallSearch {
    pub(super) const fn new(connection: Arc<Mutex<Connection>>) -> CallSearch {
        CallSearch(connection)
    }

    /// So many of the calls that the filter lets through but `offset`, newest first, and how many there are.
    pub fn find(&self, filter: &CallFilter, offset: usize, limit: usize) -> Result<(Vec<CallRecord>, usize), Trouble> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        find(&connection, filter, offset, limit).doing("searching the call records")
    }
}

fn find(connection: &Connection, filter: &CallFilter, offset: usize, limit: usize) -> rusqlite::Result<(Vec<CallRecord>, usize)> {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut condition = Condition::default();
    condition.add_filter(filter);
    if condition.parts.is_empty() {
        // Records are only appended, and only the oldest go, so ids have no gap: a page is found by its ids, however far back it is.
        let ends = "SELECT ifnull(min(id), 1), ifnull(max(id), 0) FROM call";
        let (first, last): (i64, i64) = connection.query_row(ends, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut statement = connection.prepare("SELECT * FROM call WHERE id <= ?1 ORDER BY id DESC LIMIT ?2")?;
        let rows = statement.query_map([last.saturating_sub(number(offset)), number(limit)], call)?;
        return Ok((rows.collect::<rusqlite::Result<_>>()?, usize::try_from(last - first + 1).unwrap_or(0)));
    }
    let Condition { parts, mut values } = condition;
    let holds = parts.join(" AND ");
    let count = format!("SELECT count(*) FROM call WHERE {holds}");
    let total: i64 = connection.query_row(&count, params_from_iter(&values), |row| row.get(0))?;
    values.extend([number(limit).into(), number(offset).into()]);
    let mut statement = connection.prepare(&format!("SELECT * FROM call WHERE {holds} ORDER BY id DESC LIMIT ? OFFSET ?"))?;
    let rows = statement.query_map(params_from_iter(&values), call)?;
    Ok((rows.collect::<rusqlite::Result<_>>()?, usize::try_from(total).unwrap_or(0)))
}

/// What a row must meet: parts joined by AND, and the values for their question marks.
#[derive(Default)]
struct Condition {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Condition {
    fn add_filter(&mut self, filter: &CallFilter) {
        if let Some(from) = filter.from {
            self.add("started >= ?", [from.as_millis().into()]);
        }
        if let Some(until) = filter.until {
            self.add("started < ?", [until.as_millis().into()]);
        }
        if let Some(extension) = filter.extension {
            let id = || Value::from(extension.0);
            self.add("(caller = ? OR callee = ? OR answering = ?)", [id(), id(), id()]);
        }
        if let Some(outcome) = filter.outcome {
            self.add("outcome = ?", [serde_json::to_string(&outcome).unwrap_or_default().into()]);
        }
        match filter.way {
            None => {}
            Some(CallWay::In) => self.add("caller_line IS NOT NULL", []),
            Some(CallWay::Out) => self.add(&format!("{TO_A_LINE} AND caller_line IS NULL"), []),
            Some(CallWay::Inside) => self.add(&format!("NOT {TO_A_LINE} AND caller_line IS NULL"), []),
        }
        for word in &filter.words {
            self.add_word(word, filter.is_masked);
        }
    }

    fn add<const N: usize>(&mut self, part: &str, values: [Value; N]) {
        self.parts.push(part.to_owned());
        self.values.extend(values);
    }

    fn add_word(&mut self, word: &CallWord, is_masked: bool) {
        let ids = word.extensions.iter().map(|ExtensionId(id)| id.to_string()).collect::<Vec<_>>().join(", ");
        let number = |column: &str, whose: &str| if is_masked { masked(column, whose) } else { column.to_owned() };
        let texts = [
            number("caller_number", "caller"),
            // Who has no name is called by the number.
            "CASE WHEN caller_name = caller_number THEN '' ELSE caller_name END".to_owned(),
            number("dialled", "callee"),
        ];
        let found = texts.map(|text| format!("({text}) LIKE ? ESCAPE '\\'")).join(" OR ");
        let pattern = format!("%{}%", word.text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        let pattern = || Value::from(pattern.clone());
        let part = format!("({found} OR caller IN ({ids}) OR callee IN ({ids}) OR answering IN ({ids}))");
        self.add(&part, [pattern(), pattern(), pattern()]);
    }
}

const TO_A_LINE: &str = "legs LIKE '%\"line\":%'";

/// A number as it is shown to who may not see it in full: an outside one without its last three digits; one with other signs not at all.
fn masked(column: &str, whose: &str) -> String {
    format!(
        "CASE WHEN {whose} IS NOT NULL OR length({column}) < 7 THEN {column} WHEN {column} GLOB '*[^0-9+]*' THEN '' \
         ELSE substr({column}, 1, length({column}) - 3) END"
    )
}
