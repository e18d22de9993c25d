//! Somebody else changed the same meanwhile: who, when, and what stands against what.

use serde_json::{Value, json};

use crate::settings::Edit;
use crate::store::Conflict;
use crate::text::api as words;

use super::Asked;
use super::condition::Tag;
use super::problem::{Problem, Said, Sort};
use super::revisions::time;

/// `If-Match` names something else than `tag`, at best the revision `seen`, so the edit is not made. Its change tells what was wanted.
pub fn told(asked: &Asked<'_>, seen: Option<u64>, edit: Edit, tag: &Tag) -> Box<Problem> {
    let conflict = seen.and_then(|seen| asked.context.store.conflict(Edit { based_on: Some(seen), ..edit }).ok()?);
    let problem = match conflict {
        Some(conflict) => of(asked, &conflict),
        // A template or a name that is shown was changed, or it was never as the tag says.
        None => Problem::of_sort(Sort::Conflict, 412, words::NOT_THE_SAME),
    };
    problem.with_header("ETag", tag.text()).with("etag", tag.text())
}

pub fn of(asked: &Asked<'_>, conflict: &Conflict) -> Box<Problem> {
    let settings = asked.context.store.settings();
    let view = asked.view(&settings);
    let is_seen = |field: &&crate::store::ConflictField| view.fields(field.kind).any(|seen| seen.key == field.field);
    let fields = conflict.fields.iter().filter(is_seen).map(|field| {
        json!({
            "kind": field.kind.name(),
            "id": field.id,
            "field": field.field,
            "theirs": field.theirs,
            "yours": field.typed,
        })
    });
    let fields: Value = fields.collect();
    let revision = &conflict.revision;
    let detail = Said::with(words::CHANGED_MEANWHILE, &[&revision.author.name, &revision.id]);
    let changed = json!({ "revision": revision.id, "at": time(revision.at), "by": revision.author.name, "fields": fields });
    Problem::of_sort(Sort::Conflict, 412, detail).with("changed", changed)
}
