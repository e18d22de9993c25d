//! The REST API `/api/v1`: the same settings, rights and checks as the pages, as JSON.
//!
//! In flow requests that carry a token or a browser's session, out flow answers, or problems (RFC 9457) in the caller's language. All of
//! it goes by `Kind::ALL` and the field tables, so a new setting is here without a line of code.

mod body;
mod caller;
mod condition;
mod conflict;
mod entity;
mod entity_edit;
mod idempotency;
mod list;
mod pointer;
mod problem;
mod resource;
mod revisions;

use serde_json::json;

use crate::settings::{Kind, Level, Panel, Settings};
use crate::text::api as words;

use super::Context;
use super::http::{Method, Request, Response};

use body::Manner;
use caller::Caller;
use entity::View;
use problem::{Answer, Problem, Said};
use resource::Resource;

pub use idempotency::Replays;

/// One request of somebody known.
struct Asked<'a> {
    context: &'a Context<'a>,
    request: &'a Request,
    caller: Caller,
}

impl Asked<'_> {
    /// What the caller sees of these settings.
    fn view<'a>(&'a self, settings: &'a Settings) -> View<'a> {
        View { settings, rights: &self.caller.rights, is_list: false }
    }
}

/// `segments` are what follows `/api/v1`.
pub fn answer(context: &Context<'_>, request: &Request, segments: &[&str]) -> Response {
    let caller = match Caller::find(context, request) {
        Ok(caller) => caller,
        Err(problem) => return problem.response(caller::language(request, None)),
    };
    let language = caller::language(request, context.settings.users.get(&caller.rights.user));
    let asked = Asked { context, request, caller };
    route(&asked, segments).unwrap_or_else(|problem| problem.response(language))
}

fn route(asked: &Asked<'_>, segments: &[&str]) -> Answer {
    let method = asked.request.method;
    let resource = Resource::find(segments).ok_or_else(|| Problem::new(404, words::NOT_FOUND))?;
    if !resource.methods().contains(&method) {
        let allowed = resource.allowed();
        return Err(Problem::new(405, Said::with(words::WRONG_METHOD, &[&allowed])).with_header("Allow", allowed));
    }
    accepts_json(asked.request)?;
    permit(asked, resource)?;
    match (resource, method) {
        (Resource::Version, _) => Ok(Response::json(200, &json!({ "version": asked.context.version, "api": 1 }))),
        (Resource::Revisions, _) => revisions::list(asked),
        (Resource::Revision(id), _) => revisions::show(asked, id),
        (Resource::Revert(id), _) => idempotency::once(asked, || revisions::revert(asked, id)),
        (Resource::Collection(kind), Method::Post) => idempotency::once(asked, || entity_edit::create(asked, kind)),
        (Resource::Collection(kind), _) => list::show(asked, kind),
        (Resource::Single(kind), method) => one(asked, method, kind, 1),
        (Resource::Entity(kind, id), method) => one(asked, method, kind, id),
    }
}

fn one(asked: &Asked<'_>, method: Method, kind: Kind, id: i64) -> Answer {
    match method {
        Method::Put => entity_edit::change(asked, kind, id, Manner::Replace),
        Method::Patch => entity_edit::change(asked, kind, id, Manner::Merge),
        Method::Delete => entity_edit::delete(asked, kind, id),
        _ => entity_edit::show(asked, kind, id),
    }
}

fn permit(asked: &Asked<'_>, resource: Resource) -> Answer<()> {
    let (panel, level) = match resource {
        Resource::Version => return Ok(()),
        Resource::Revisions => (Panel::History, Level::List),
        Resource::Revision(_) => (Panel::History, Level::Read),
        Resource::Revert(_) => (Panel::History, Level::Write),
        Resource::Collection(kind) if asked.request.method == Method::Get => (kind.panel(), Level::List),
        Resource::Single(kind) | Resource::Entity(kind, _) if asked.request.method == Method::Get => (kind.panel(), Level::Read),
        Resource::Single(kind) | Resource::Collection(kind) | Resource::Entity(kind, _) => (kind.panel(), Level::Write),
    };
    if asked.caller.rights.may(panel, level) { Ok(()) } else { Err(Problem::new(403, words::FORBIDDEN)) }
}

/// RFC 9110 12.5.1: all that we have is JSON.
fn accepts_json(request: &Request) -> Answer<()> {
    let Some(accept) = request.header("accept").filter(|accept| !accept.trim().is_empty()) else { return Ok(()) };
    let is_ours = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.trim().parse::<f32>().ok());
        matches!(kind.as_str(), "*/*" | "application/*" | "application/json" | "application/problem+json") && weight != Some(0.0)
    };
    if accept.split(',').any(is_ours) { Ok(()) } else { Err(Problem::new(406, Said::with(words::NOT_ACCEPTABLE, &[&body::JSON]))) }
}
