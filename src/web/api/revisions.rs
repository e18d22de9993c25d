//! The history of the settings: who saved what, and when.

use serde_json::{Value, json};

use crate::base::Wall;
use crate::base::limits::REVISIONS_MAX;
use crate::settings::{Difference, Fault, Happening, Level, Panel};
use crate::store::{EditRefused, Revision, Trouble};
use crate::text::api as words;
use crate::web::http::Response;
use crate::web::permit::{self, AskedRevert};

use super::entity::View;
use super::list::Page;
use super::problem::{Answer, Error, Problem, Said, Sort};
use super::{Asked, conflict};

pub fn list(asked: &Asked<'_>) -> Answer {
    let page = Page::read(&asked.request.query, &[])?;
    let view = asked.view(&asked.context.settings);
    // Revisions are numbered without a gap, so the page begins below this one.
    let before = (view.settings.revision + 1).saturating_sub(page.offset as u64);
    let revisions = asked.context.store.revisions(Some(before), page.limit).map_err(|trouble| unreadable(&trouble))?;
    let total = usize::try_from(view.settings.revision).unwrap_or(usize::MAX).min(REVISIONS_MAX);
    let items = revisions.iter().map(|revision| shown(&view, revision)).collect();
    Ok(page.response(asked, items, total))
}

pub fn show(asked: &Asked<'_>, id: u64) -> Answer {
    let view = asked.view(&asked.context.settings);
    match asked.context.store.revision(id).map_err(|trouble| unreadable(&trouble))? {
        Some(revision) => Ok(Response::json(200, &shown(&view, &revision))),
        None => Err(no_such(id)),
    }
}

/// Undoes what one save did, as a new one.
pub fn revert(asked: &Asked<'_>, id: u64) -> Answer {
    if asked.context.store.revision(id).map_err(|trouble| unreadable(&trouble))?.is_none() {
        return Err(no_such(id));
    }
    let revert = AskedRevert::new(id, asked.caller.rights.clone());
    match asked.context.store.revert(revert, false, asked.caller.author.clone()) {
        Ok(applied) => {
            let view = asked.view(&applied.settings);
            let changes: Value = applied.differences.iter().map(|difference| change(&view, difference)).collect();
            Ok(Response::json(200, &json!({ "revision": applied.settings.revision, "changes": changes })))
        }
        Err(EditRefused::Faults(faults)) if faults.iter().any(Fault::is_about_rights) => Err(Problem::new(403, words::FORBIDDEN)),
        Err(EditRefused::Faults(faults)) => {
            let errors = faults.iter().map(|fault| Error::at("", Said::Elsewhere(fault.place.clone(), fault.reason.clone()))).collect();
            Err(Problem::of_sort(Sort::InUse, 409, words::NOT_UNDONE).with_errors(errors))
        }
        Err(EditRefused::Conflict(conflict)) => Err(conflict::of(asked, &conflict)),
        Err(EditRefused::Trouble(trouble)) => Err(unreadable(&trouble)),
    }
}

fn no_such(id: u64) -> Box<Problem> {
    Problem::new(404, Said::with(words::NO_SUCH, &[&"revision", &id]))
}

fn unreadable(trouble: &Trouble) -> Box<Problem> {
    Problem::new(503, Said::with(words::TROUBLE, &[trouble]))
}

/// Who may only list sees that something was saved; values are shown to who may see them where they belong.
pub fn shown(view: &View<'_>, revision: &Revision) -> Value {
    let mut shown = json!({
        "revision": revision.id,
        "at": time(revision.at),
        "by": revision.author.name,
        "from": revision.author.source,
    });
    if view.rights.may(Panel::History, Level::Read) {
        shown["changes"] = revision.differences.iter().map(|difference| change(view, difference)).collect();
    }
    shown
}

fn change(view: &View<'_>, difference: &Difference) -> Value {
    let mut shown = json!({ "kind": difference.kind.name(), "id": difference.id, "happening": happening(difference.happening) });
    if !permit::is_of_another(view.settings, view.rights, difference) {
        shown["name"] = difference.name.clone().into();
        if view.level(difference.kind) >= Level::Read {
            let field = |(key, before, after): &(String, _, _)| json!({ "field": key, "before": before, "after": after });
            shown["fields"] = difference.fields.iter().map(field).collect();
        }
    }
    shown
}

pub const fn happening(happening: Happening) -> &'static str {
    match happening {
        Happening::Added => "added",
        Happening::Changed => "changed",
        Happening::Deleted => "deleted",
    }
}

/// RFC 3339, in UTC.
pub fn time(at: Wall) -> Value {
    jiff::Timestamp::from_millisecond(at.as_millis()).map_or(Value::Null, |at| at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string().into())
}
