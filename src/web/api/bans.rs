//! Who is kept out, and lifting that.

use serde_json::{Value, json};

use crate::entry::{Ban, Banned};
use crate::exchange::command::Command;
use crate::text::api as words;
use crate::web::http::Response;

use super::Asked;
use super::list::Page;
use super::problem::{Answer, Problem};
use super::revisions::time;

pub fn list(asked: &Asked<'_>) -> Answer {
    let page = Page::read(&asked.request.query, &[])?;
    let all = &asked.context.status.bans;
    let items = all.iter().skip(page.offset).take(page.limit).map(shown).collect();
    Ok(page.response(asked, items, all.len()))
}

pub fn lift(asked: &Asked<'_>, id: u64) -> Answer {
    if !asked.context.status.bans.iter().any(|ban| ban.id == id) {
        return Err(Problem::new(404, words::NOT_FOUND));
    }
    (asked.context.command)(Command::Pardon(id));
    Ok(Response::empty(204))
}

fn shown(ban: &Ban) -> Value {
    let (source, username) = match &ban.whom {
        Banned::Source(source) => (Some(source), None),
        Banned::Login { source, username } => (Some(source), Some(username)),
        Banned::Account { username } => (None, Some(username)),
    };
    json!({
        "id": ban.id,
        "source": source.map(ToString::to_string),
        "username": username,
        "reason": ban.reason.name(),
        "since": time(ban.since),
        "until": time(ban.until),
    })
}
