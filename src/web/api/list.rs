//! Lists of entities: searched, filtered, sorted, and a page at a time.
//!
//! `?q=` looks for every word in what people know an entity by; `?KEY=value` compares a setting as it holds; `?sort=KEY` or `-KEY`.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::settings::{Field, Kind, Own, Shape};
use crate::text::api as words;
use crate::text::fault::Reason;
use crate::web::http::{Pairs, Response, encode};

use super::Asked;
use super::entity::{View, is_naming, name_references};
use super::problem::{Answer, Error, Problem, Said};

pub const LIMIT_PRESET: usize = 50;
pub const LIMIT_MAX: usize = 500;
pub const OFFSET_MAX: usize = 1_000_000;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub limit: usize,
    pub offset: usize,
}

impl Page {
    /// Out of the query, whose other names must be among `known`.
    pub fn read(query: &Pairs, known: &[&'static str]) -> Answer<Page> {
        let mut errors = Vec::new();
        for (name, _) in query.0.iter().filter(|(name, _)| !known.contains(&name.as_str()) && name != "limit" && name != "offset") {
            errors.push(Error::of_parameter(name, unknown(name, known)));
        }
        let mut number = |name: &str, preset: usize, (min, max): (usize, usize)| match query.get(name) {
            None => preset,
            Some(text) => match text.parse() {
                Ok(number) if (min..=max).contains(&number) && text.bytes().all(|byte| byte.is_ascii_digit()) => number,
                _ => {
                    errors.push(Error::of_parameter(name, Said::with(words::NOT_A_NUMBER, &[&min, &max])));
                    preset
                }
            },
        };
        let page = Page { limit: number("limit", LIMIT_PRESET, (1, LIMIT_MAX)), offset: number("offset", 0, (0, OFFSET_MAX)) };
        if errors.is_empty() { Ok(page) } else { Err(wrong(errors)) }
    }

    /// The page of `total` things, `items` of which are here, with links to the pages beside it (RFC 8288).
    pub fn response(self, asked: &Asked<'_>, items: Vec<Value>, total: usize) -> Response {
        let link = |offset: usize, rel: &str| {
            let mut target = format!("{}?limit={}&offset={offset}", asked.request.path, self.limit);
            for (name, value) in asked.request.query.0.iter().filter(|(name, _)| name != "limit" && name != "offset") {
                target.push_str(&format!("&{}={}", encode(name), encode(value)));
            }
            format!("<{target}>; rel=\"{rel}\"")
        };
        let mut links = Vec::new();
        if self.offset + items.len() < total && self.offset + self.limit <= OFFSET_MAX {
            links.push(link(self.offset + self.limit, "next"));
        }
        if self.offset > 0 {
            links.push(link(self.offset.saturating_sub(self.limit), "prev"));
        }
        let body = json!({ "items": items, "total": total, "limit": self.limit, "offset": self.offset });
        let response = Response::json(200, &body);
        if links.is_empty() { response } else { response.with_header("Link", links.join(", ")) }
    }
}

fn unknown(name: &str, known: &[&'static str]) -> Said {
    match crate::settings::nearest(name, known.iter().copied()) {
        Some(nearest) => Said::with(words::UNKNOWN_PARAMETER_NEAR, &[&nearest]),
        None => words::UNKNOWN_PARAMETER.into(),
    }
}

pub(super) fn wrong(errors: Vec<Error>) -> Box<Problem> {
    Problem::new(400, words::WRONG_PARAMETERS).with_errors(errors)
}

pub fn show(asked: &Asked<'_>, kind: Kind) -> Answer {
    let settings = &asked.context.settings;
    let view = View { is_list: true, ..asked.view(settings) };
    let query = &asked.request.query;
    let keys: Vec<&'static str> = view.fields(kind).map(|field| field.key).collect();
    let known: Vec<&'static str> = keys.iter().copied().chain(["q", "sort"]).collect();
    let page = Page::read(query, &known)?;
    let order = order(query, kind, &keys)?;
    let filters: Vec<(&Field, &str)> = query
        .0
        .iter()
        .filter_map(|(name, value)| Some((kind.field(name)?, value.as_str())))
        .filter(|(field, _)| keys.contains(&field.key))
        .collect();
    let odd: Vec<Error> = filters.iter().filter_map(|(field, wanted)| Some(Error::of_parameter(field.key, odd(field, wanted)?))).collect();
    if !odd.is_empty() {
        return Err(wrong(odd));
    }
    let words: Vec<String> = query.text("q").split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(i64, &Own)> = settings
        .rows_of(kind)
        .filter(|(_, own)| view.is_visible(kind, own) && is_named(kind, own, &words))
        .filter(|(_, own)| filters.iter().all(|(field, wanted)| is_value(&view, kind, own, field, wanted)))
        .collect();
    if let Some((field, is_descending)) = order {
        let mut keyed: Vec<(Value, (i64, &Own))> = found.into_iter().map(|row| (value_of(&view, kind, row.1, field).1, row)).collect();
        keyed.sort_by(|(a, _), (b, _)| if is_descending { compare(b, a) } else { compare(a, b) });
        found = keyed.into_iter().map(|(_, row)| row).collect();
    }
    let total = found.len();
    let items = found.into_iter().skip(page.offset).take(page.limit).map(|(id, own)| view.json(kind, id, own)).collect();
    Ok(page.response(asked, items, total))
}

fn order(query: &Pairs, kind: Kind, keys: &[&'static str]) -> Answer<Option<(&'static Field, bool)>> {
    let Some(sort) = query.get("sort").filter(|sort| *sort != "id") else { return Ok(None) };
    let (key, is_descending) = sort.strip_prefix('-').map_or((sort, false), |key| (key, true));
    match kind.field(key).filter(|_| keys.contains(&key)) {
        Some(field) => Ok(Some((field, is_descending))),
        None => Err(wrong(vec![Error::of_parameter("sort", unknown(key, keys))])),
    }
}

/// Why no setting can have such a value, so that looking for it is a mistake. Nothing is looked for by the empty text.
fn odd(field: &Field, wanted: &str) -> Option<Said> {
    let refused = |value: Value| field.check(&value).err().map(Said::from);
    match field.shape {
        _ if wanted.is_empty() => None,
        Shape::Bool => refused(serde_json::from_str(wanted).unwrap_or_else(|_| wanted.into())),
        Shape::Number { min, max } => {
            let is_fit = wanted.parse().is_ok_and(|number: i64| (min..=max).contains(&number));
            (!is_fit).then(|| Said::with(words::NOT_A_NUMBER, &[&min, &max]))
        }
        Shape::Choice(of) | Shape::Choices { of, .. } => {
            let is_one = of.iter().any(|choice| choice.eq_ignore_ascii_case(wanted));
            let given = wanted.chars().take(40).collect();
            (!is_one).then(|| Reason::NotAChoice { given, choices: of.to_vec() }.into())
        }
        _ => None,
    }
}

fn is_named(kind: Kind, own: &Own, words: &[String]) -> bool {
    let mut names = String::new();
    if !words.is_empty() {
        for field in kind.fields().iter().filter(|field| is_naming(kind, field)) {
            names.push_str(own.get(field.key).and_then(Value::as_str).unwrap_or_default());
            names.push(' ');
        }
        names = names.to_lowercase();
    }
    words.iter().all(|word| names.contains(word))
}

/// As it is kept, and as it is shown.
fn value_of(view: &View<'_>, kind: Kind, own: &Own, field: &Field) -> (Value, Value) {
    let kept = view.settings.effective_of(kind, Some(own), field).value.into_owned();
    let mut shown = kept.clone();
    name_references(view.settings, field, &mut shown);
    (kept, shown)
}

/// Texts ignore case; a list is found by any of its values; nothing is found by the empty text.
fn is_value(view: &View<'_>, kind: Kind, own: &Own, field: &Field, wanted: &str) -> bool {
    let is_text = |value: &Value| match value {
        Value::Null => wanted.is_empty(),
        Value::String(text) => text.to_lowercase() == wanted.to_lowercase(),
        value => {
            let text = value.to_string();
            text == wanted
        }
    };
    let is_any = |value: &Value| match value {
        Value::Array(list) if list.is_empty() => wanted.is_empty(),
        Value::Array(list) => list.iter().any(is_text),
        value => is_text(value),
    };
    let (kept, shown) = value_of(view, kind, own, field);
    is_any(&kept) || is_any(&shown)
}

/// Numbers by size, also where they are texts of digits; other texts by their letters; nothing comes first.
fn compare(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => (0, None, String::new()),
        Value::Bool(truth) => (1, Some(f64::from(u8::from(*truth))), String::new()),
        Value::Number(number) => (2, number.as_f64(), String::new()),
        Value::String(text) if !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            (2, text.parse().ok(), text.clone())
        }
        Value::String(text) => (3, None, text.to_lowercase()),
        value => (4, None, value.to_string()),
    };
    let (a, b) = (rank(a), rank(b));
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_an_order() {
        let mut values = [json!("b"), json!("10"), json!("9"), json!(null), json!("A"), json!(5), json!(true), json!(false)];
        values.sort_by(compare);
        assert_eq!(json!(values), json!([null, false, true, 5, "9", "10", "A", "b"]));
    }

    #[test]
    fn a_page_is_read_or_every_wrong_parameter_is_named() {
        assert_eq!(Page::read(&Pairs::parse("limit=7&offset=3&q=x"), &["q"]).ok(), Some(Page { limit: 7, offset: 3 }));
        assert_eq!(Page::read(&Pairs::default(), &[]).ok(), Some(Page { limit: LIMIT_PRESET, offset: 0 }));
        for query in ["limit=0", "limit=501", "limit=+5", "limit=", "offset=-1", "offset=1000001", "qq=1"] {
            assert!(Page::read(&Pairs::parse(query), &["q"]).is_err(), "{query}");
        }
    }
}
