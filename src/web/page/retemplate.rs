//! Choosing another template: what an entity has of its own goes, unless it is told to stay. The page that asks.

use maud::html;
use serde_json::Value;

use crate::settings::{Field, Kind, Own, Settings};
use crate::text::directory as words;
use crate::text::page;
use crate::web::form::{carried, revision_field};
use crate::web::http::{Pairs, Response};
use crate::web::shown::Shown;

use super::sheet::Sheet;
use super::{Frame, entity};

/// The form held the question, so what is not in `keep` goes.
const ASKED: &str = "template.asked";
const KEEP: &str = "template.keep";

pub enum Decided {
    Save(Own),
    /// The own values that would go.
    Ask(Vec<(&'static Field, Value)>),
}

/// `own`: what the form changes.
pub fn decide(settings: &Settings, kind: Kind, id: i64, mut own: Own, pairs: &Pairs) -> Decided {
    let is_same = own.get("template").is_none_or(|chosen| settings.own(kind, id).and_then(|own| own.get("template")) == Some(chosen));
    if kind.template().is_none() || is_same {
        return Decided::Save(own);
    }
    let overrides: Vec<(&Field, Value)> = kind
        .fields()
        .iter()
        .filter(|field| field.is_inherited)
        .filter_map(|field| {
            let value = own.get(field.key).or_else(|| settings.own(kind, id)?.get(field.key))?;
            (!value.is_null()).then(|| (field, value.clone()))
        })
        .collect();
    if overrides.is_empty() {
        return Decided::Save(own);
    }
    if pairs.get(ASKED).is_none() {
        return Decided::Ask(overrides);
    }
    for (field, _) in overrides {
        if !pairs.all(KEEP).any(|kept| kept == field.key) {
            own = own.with(field.key, Value::Null);
        }
    }
    Decided::Save(own)
}

pub fn ask(frame: &Frame<'_>, sheet: &'static Sheet, id: i64, pairs: &Pairs, overrides: &[(&Field, Value)]) -> Response {
    let shown = Shown { settings: &frame.context.settings, language: frame.language };
    let template = pairs.text("template").parse().ok();
    let name = match (sheet.kind.template(), template) {
        (Some(kind), Some(id)) => frame.context.settings.name_of(kind, id),
        _ => pairs.get("template.name").filter(|name| !name.is_empty()).unwrap_or(frame.say(page::NONE)).to_owned(),
    };
    let content = html! {
        section.card.narrow {
            h1 dir="auto" { (frame.say_with(words::OTHER_TEMPLATE, &[&name])) }
            p { (frame.say(words::OTHER_TEMPLATE_TEXT)) }
            form method="post" action=(sheet.link_to(id)) {
                (carried(pairs, &["csrf", "revision", ASKED, KEEP]))
                (frame.csrf_field())
                (revision_field(frame))
                input type="hidden" name=(ASKED) value="on";
                fieldset {
                    legend.label { (frame.say(words::KEEP_THESE)) }
                    @for (field, value) in overrides {
                        label.check.keep {
                            input type="checkbox" name=(KEEP) value=(field.key);
                            span dir="auto" { (frame.say(field.words.label)) ": " strong { (shown.value(field, value)) } }
                        }
                    }
                }
                div.actions {
                    button.primary type="submit" { (frame.say(page::SAVE)) }
                    a.button.quiet href=(sheet.link_to(id)) { (frame.say(page::CANCEL)) }
                }
            }
        }
    };
    frame.page(200, &entity::title(frame, sheet, id), content)
}
