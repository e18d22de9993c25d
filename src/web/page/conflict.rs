//! Two who edited the same thing: what each of them says, side by side, and a choice. Nothing is lost unseen.
//!
//! The form says what it showed when it was made (`key.was`), so what a person changed can be told from what the other one changed.

use maud::{Markup, html};
use serde_json::Value;

use crate::settings::{Field, Kind, Settings};
use crate::store::Revision;
use crate::text::directory as words;
use crate::text::page;
use crate::web::form::{carried, revision_field};
use crate::web::http::{Pairs, Response};
use crate::web::shown::Shown;
use crate::web::values;

use super::sheet::Sheet;
use super::{Frame, entity, part};

const TAKE: &str = "take.";

/// One setting that two people have something to say of.
struct Row {
    field: &'static Field,
    /// As it is saved by now.
    theirs: Value,
    mine: Option<Value>,
    is_theirs_new: bool,
}

/// The form, with what the visitor chose to take over from the other one.
pub fn settled(settings: &Settings, kind: Kind, id: i64, form: &Pairs) -> Pairs {
    let mut pairs = form.clone();
    for field in kind.fields() {
        if form.get(&format!("{TAKE}{}", field.key)) == Some("theirs") {
            values::restore(&mut pairs, settings, kind, id, field);
        }
        pairs.remove(&format!("{TAKE}{}", field.key));
    }
    pairs
}

pub fn show(frame: &Frame<'_>, sheet: &'static Sheet, id: i64, pairs: &Pairs, revision: &Revision) -> Response {
    let (kind, settings) = (sheet.kind, &frame.context.settings);
    let rows = rows(settings, kind, id, pairs, revision);
    let mut carried_on = pairs.clone();
    for row in rows.iter().filter(|row| row.mine.is_none()) {
        values::restore(&mut carried_on, settings, kind, id, row.field);
    }
    values::rebase(&mut carried_on, settings, kind, id);
    let (disputed, rest): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.mine.is_some() && row.is_theirs_new);
    let other = revision.author.name.as_str();
    let content = html! {
        h1 dir="auto" { (entity::title(frame, sheet, id)) }
        (part::bad(&frame.say_with(page::CHANGED_MEANWHILE, &[&other])))
        form.card method="post" action=(sheet.link_to(id)) {
            (carried(&carried_on, &["csrf", "revision"]))
            (frame.csrf_field())
            (revision_field(frame))
            @if !disputed.is_empty() {
                p { (frame.say(words::CONFLICT_CHOOSE)) }
                @for row in &disputed { (choice(frame, row, other)) }
            }
            @if !rest.is_empty() {
                h2 { (frame.say(words::CONFLICT_BOTH_STAY)) }
                table {
                    thead { tr {
                        th scope="col" { (frame.say(words::SETTING)) }
                        th scope="col" { (frame.say(words::VALUE)) }
                        th scope="col" { (frame.say(words::CHANGED_BY)) }
                    } }
                    tbody { @for row in rest { tr {
                        td data-label=(frame.say(words::SETTING)) { (frame.say(row.field.words.label)) }
                        td data-label=(frame.say(words::VALUE)) { (value(frame, row.field, row.mine.as_ref().unwrap_or(&row.theirs))) }
                        td data-label=(frame.say(words::CHANGED_BY)) { @if row.mine.is_some() { (frame.say(words::YOU)) } @else { (other) } }
                    } } }
                }
            }
            div.actions {
                button.primary type="submit" { (frame.say(page::SAVE)) }
                a.button.quiet href=(sheet.link_to(id)) { (frame.say(words::DROP_MINE)) }
            }
        }
    };
    frame.page(422, &entity::title(frame, sheet, id), content)
}

fn choice(frame: &Frame<'_>, row: &Row, other: &str) -> Markup {
    let name = format!("{TAKE}{}", row.field.key);
    let mine = row.mine.as_ref().unwrap_or(&Value::Null);
    let sides = [("mine", frame.say(words::YOURS).to_owned(), mine), ("theirs", frame.say_with(words::OF_OTHER, &[&other]), &row.theirs)];
    html! {
        fieldset.dispute {
            legend.label { (frame.say(row.field.words.label)) }
            @for (side, title, said) in sides {
                label.side {
                    input type="radio" name=(name) value=(side) checked[side == "mine"];
                    span { span.muted { (title) } br; strong { (value(frame, row.field, said)) } }
                }
            }
        }
    }
}

fn value(frame: &Frame<'_>, field: &Field, value: &Value) -> Markup {
    let shown = Shown { settings: &frame.context.settings, language: frame.language };
    match value {
        Value::Null if field.is_inherited => html! { (frame.say(words::INHERITED)) },
        value => html! { span dir="auto" { (shown.value(field, value)) } },
    }
}

fn rows(settings: &Settings, kind: Kind, id: i64, pairs: &Pairs, revision: &Revision) -> Vec<Row> {
    let mine = values::own_of(settings, kind, Some(id), pairs, "");
    let of_other = revision.differences.iter().find(|difference| difference.kind == kind && (difference.id == id || kind.is_single()));
    let row = |field: &'static Field| {
        let theirs = values::value_of(settings, kind, Some(id), field);
        let is_named = of_other.is_some_and(|difference| difference.fields.iter().any(|(key, ..)| key == field.key));
        let is_theirs_new = match values::was(pairs, field.key) {
            Some(was) => is_named || !values::same(field, &was, &theirs),
            // A form that does not say what it showed; and the store may not name what is a secret.
            None => is_named || of_other.is_none_or(|difference| difference.fields.is_empty()) && mine.get(field.key).is_some(),
        };
        let mine = mine.get(field.key).filter(|mine| !values::same(field, mine, &theirs)).cloned();
        (is_theirs_new || mine.is_some()).then_some(Row { field, theirs, mine, is_theirs_new })
    };
    kind.fields().iter().filter(|field| !field.is_secret() || mine.get(field.key).is_some()).filter_map(row).collect()
}
