//! The REST API `/api/v1`: the same settings, rights and checks as the pages, as JSON.
//!
//! In flow requests that carry a token or a browser's session, out flow answers, or problems (RFC 9457) in the caller's language. All of
//! it goes by `Kind::ALL` and the field tables, so a new setting is here without a line of code.

mod audio;
mod bans;
mod body;
mod caller;
mod calls;
mod changes;
mod condition;
mod conflict;
mod entity;
mod entity_edit;
mod events;
mod idempotency;
mod list;
mod live;
mod openapi;
mod operations;
mod pointer;
mod problem;
mod resource;
mod revisions;
mod schema;
mod strict;
mod switches;

use serde_json::{Map, Value, json};

use crate::settings::{Kind, Panel, Settings};
use crate::text::api as words;

use super::Context;
use super::http::{Method, Request, Response};
use super::permit::{self, Verdict};

use body::Manner;
pub use caller::{Caller, language};
use entity::View;
pub use problem::Problem;
use problem::{Answer, Said};
use resource::Resource;

pub use events::{Event, Picture, STREAM_HEADER, Subscription, between as events_between, full as streams_full};
pub use idempotency::Replays;
pub use openapi::document;

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
    let form = match resource {
        Resource::Events => "text/event-stream",
        Resource::Sound(_) => audio::WAV,
        _ => body::JSON,
    };
    accepts(asked.request, form)?;
    let path: Vec<&str> = ["api", "v1"].iter().chain(segments).copied().collect();
    if permit::decide(method, &path, Some(asked.caller.asker())) != Verdict::Granted {
        return Err(Problem::new(403, words::FORBIDDEN));
    }
    match (resource, method) {
        (Resource::Version, _) => Ok(Response::json(200, &json!({ "version": asked.context.version, "api": 1 }))),
        (Resource::Document, _) => Ok(Response::json(200, &document(asked.context.version))),
        (Resource::Me, _) => Ok(me(asked)),
        (Resource::Changes, _) => idempotency::once(asked, || changes::make(asked)),
        (Resource::Registrations, _) => live::registrations(asked),
        (Resource::LiveCalls, _) => live::calls(asked),
        (Resource::Calls, _) => calls::list(asked),
        (Resource::Bans, _) => bans::list(asked),
        (Resource::Ban(id), _) => bans::lift(asked, id),
        (Resource::Events, _) => events::open(asked),
        (Resource::Revisions, _) => revisions::list(asked),
        (Resource::Revision(id), _) => revisions::show(asked, id),
        (Resource::Revert(id), _) => idempotency::once(asked, || revisions::revert(asked, id)),
        (Resource::Collection(kind), Method::Post) => idempotency::once(asked, || entity_edit::create(asked, kind)),
        (Resource::Collection(kind), _) => list::show(asked, kind),
        (Resource::Switches(extension), Method::Patch) => switches::change(asked, extension),
        (Resource::Switches(extension), _) => switches::show(asked, extension),
        (Resource::Sound(id), _) => audio::give(asked, id),
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

/// Who asks, and what each panel allows: for a program that wants to know before it tries.
fn me(asked: &Asked<'_>) -> Response {
    let rights = &asked.caller.rights;
    let extension = rights.extension.and_then(|id| asked.context.settings.extensions.get(&id));
    let panels: Map<String, Value> = Panel::ALL.iter().map(|panel| (panel.key().to_owned(), rights.level(*panel).name().into())).collect();
    let me = json!({
        "username": asked.caller.author.name,
        "extension": extension.map(|extension| extension.number.as_str()),
        "read_only": rights.is_read_only,
        "outside_numbers": rights.is_private,
        "panels": panels,
    });
    Response::json(200, &me)
}

/// RFC 9110 12.5.1: there is one form of each answer.
fn accepts(request: &Request, ours: &str) -> Answer<()> {
    let Some(accept) = request.header("accept").filter(|accept| !accept.trim().is_empty()) else { return Ok(()) };
    let group = ours.split('/').next().unwrap_or_default();
    let is_ours = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.trim().parse::<f32>().ok());
        let fits = kind == "*/*" || kind == ours || kind == "application/problem+json" || kind.strip_suffix("/*") == Some(group);
        fits && weight != Some(0.0)
    };
    if accept.split(',').any(is_ours) { Ok(()) } else { Err(Problem::new(406, Said::with(words::NOT_ACCEPTABLE, &[&ours]))) }
}
