//! The page that explains the API, out of the same document that programs get.

use maud::{Markup, html};
use serde_json::Value;

use crate::text::api as words;
use crate::web::api;
use crate::web::http::Response;

use super::Frame;

pub fn show(frame: &Frame<'_>) -> Response {
    let document = api::document(frame.context.version);
    let groups = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let content = html! {
        h1 { (frame.say(words::TITLE)) }
        section.card {
            p { (frame.say(words::INTRO)) }
            p { a.button href="/api/v1/openapi.json" { (frame.say(words::DOCUMENT)) } }
            p.muted lang="en" { (text(&document["info"]["description"])) }
        }
        @for group in groups {
            section.card {
                h2 lang="en" { (text(&group["name"])) }
                @for (path, method, operation) in operations(&document, text(&group["name"])) {
                    (show_operation(frame, &document, path, method, operation))
                }
            }
        }
        section.card {
            h2 { (frame.say(words::PROBLEMS)) }
            p #invalid { (frame.say(words::ABOUT_INVALID)) }
            p #in-use { (frame.say(words::ABOUT_IN_USE)) }
            p #conflict { (frame.say(words::ABOUT_CONFLICT)) }
        }
    };
    frame.page(200, frame.say(words::TITLE), content)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn operations<'a>(document: &'a Value, tag: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    });
    all.filter(move |(_, _, operation)| operation["tags"][0] == tag)
}

fn show_operation(frame: &Frame<'_>, document: &Value, path: &str, method: &str, operation: &Value) -> Markup {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sent = operation["requestBody"]["content"].as_object().and_then(|content| content.values().next());
    let answers: Vec<&str> = operation["responses"].as_object().into_iter().flatten().map(|(status, _)| status.as_str()).collect();
    html! {
        details {
            summary { code { strong { (method.to_uppercase()) } " /api/v1" (path) } " " span.muted lang="en" { (text(&operation["summary"])) } }
            @if !parameters.is_empty() {
                table {
                    thead { tr {
                        th scope="col" { (frame.say(words::PARAMETER)) }
                        th scope="col" { (frame.say(words::VALUE)) }
                        th scope="col" { (frame.say(words::MEANING)) }
                    } }
                    tbody lang="en" { @for parameter in parameters { tr {
                        td data-label=(frame.say(words::PARAMETER)) { code { (text(&parameter["name"])) } }
                        td data-label=(frame.say(words::VALUE)) { (value(&parameter["schema"])) }
                        td data-label=(frame.say(words::MEANING)) { (text(&parameter["description"])) }
                    } } }
                }
            }
            @if let Some(body) = sent { (members(frame, document, &body["schema"])) }
            p { (frame.say(words::ANSWERS)) ": " (answers.join(", ")) }
        }
    }
}

/// The members of a body.
fn members(frame: &Frame<'_>, document: &Value, schema: &Value) -> Markup {
    let name = text(&schema["$ref"]).rsplit('/').next().unwrap_or_default();
    let schema = &document["components"]["schemas"][name];
    let is_required = |key: &str| schema["required"].as_array().is_some_and(|required| required.iter().any(|name| name == key));
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(words::MEMBER)) }
                th scope="col" { (frame.say(words::VALUE)) }
                th scope="col" { (frame.say(words::MEANING)) }
            } }
            tbody lang="en" { @for (key, member) in schema["properties"].as_object().into_iter().flatten() {
                @if member["readOnly"] != true { tr {
                    td data-label=(frame.say(words::MEMBER)) { code { (key) } @if is_required(key) { " *" } }
                    td data-label=(frame.say(words::VALUE)) { (value(member)) }
                    td data-label=(frame.say(words::MEANING)) { (text(&member["description"])) }
                } }
            } }
        }
    }
}

/// In short what a value may be.
fn value(schema: &Value) -> String {
    let list = |values: &Value| {
        let texts = values.as_array().into_iter().flatten().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        texts.collect::<Vec<_>>()
    };
    if let Some(choices) = schema.get("enum") {
        return list(choices).join(" | ");
    }
    if let Some(any) = schema.get("anyOf").and_then(Value::as_array) {
        return any.iter().map(value).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ");
    }
    let kind = match &schema["type"] {
        Value::Array(_) => list(&schema["type"]).join(" | "),
        kind => text(kind).to_owned(),
    };
    match (schema.get("minimum"), schema.get("maximum"), schema.get("items")) {
        (Some(min), Some(max), _) => format!("{kind} {min}–{max}"),
        (_, _, Some(items)) => format!("{kind}: {}", value(items)),
        _ => kind,
    }
}
