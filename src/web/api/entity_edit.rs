//! Making, changing and deleting one entity.

use std::sync::Arc;

use serde_json::Value;

use crate::settings::{Change, Edit, Fault, Kind, Own, Settings};
use crate::store::{EditRefused, hash_passwords};
use crate::text::api as words;
use crate::text::fault::Reason;
use crate::web::http::Response;
use crate::web::permit::Permitted;
use crate::web::token::{self, new_token};

use super::body::{self, JSON, MERGE_PATCH, Manner, Reader};
use super::condition::Tag;
use super::conflict;
use super::entity::View;
use super::problem::{Answer, Error, Problem, Said, Sort};
use super::{Asked, audio};

/// The member of a new token's answer that shows it, this once.
pub const TOKEN: &str = "token";

pub fn show(asked: &Asked<'_>, kind: Kind, id: i64) -> Answer {
    let (shown, tag) = found(asked, kind, id)?;
    if tag.is_known(asked.request) {
        return Ok(Response::empty(304).with_header("ETag", tag.text()));
    }
    Ok(Response::json(200, &shown).with_header("ETag", tag.text()))
}

pub fn create(asked: &Asked<'_>, kind: Kind) -> Answer {
    let is_upload = kind == Kind::Audio && audio::is_upload(asked.request);
    let sent = if is_upload { audio::taken(asked)? } else { body::json(asked.request, &[JSON])? };
    let settings = &asked.context.settings;
    let (view, mut secret) = (asked.view(settings), None);
    let reader = Reader { view: &view, kind, id: None, manner: Manner::Create };
    let mut own = reader.own(&sent).map_err(Problem::invalid)?;
    if kind == Kind::Token {
        let (token, hash) = new_token(&asked.context.random_bytes());
        (own, secret) = (own.with("hash", hash), Some(token));
    }
    let edit = Edit { changes: vec![Change::Put { kind, id: None, own }], based_on: None };
    let after = save(asked, edit, &reader, &sent)?;
    let id = newest(&after, kind);
    let (mut shown, tag) = shown(&asked.view(&after), kind, id)?;
    if let Some(secret) = secret {
        shown[TOKEN] = secret.into();
    }
    let location = format!("/api/v1/{}/{id}", kind.path());
    Ok(Response::json(201, &shown).with_header("Location", location).with_header("ETag", tag.text()))
}

pub fn change(asked: &Asked<'_>, kind: Kind, id: i64, manner: Manner) -> Answer {
    let types: &[&str] = if manner == Manner::Merge { &[MERGE_PATCH, JSON] } else { &[JSON] };
    let sent = body::json(asked.request, types)?;
    let view = asked.view(&asked.context.settings);
    let (_, tag) = shown(&view, kind, id)?;
    let reader = Reader { view: &view, kind, id: Some(id), manner };
    let own = reader.own(&sent).map_err(Problem::invalid)?;
    let edit = on_condition(asked, &tag, Change::Put { kind, id: Some(id), own })?;
    let after = save(asked, edit, &reader, &sent)?;
    let (shown, tag) = shown(&asked.view(&after), kind, id)?;
    Ok(Response::json(200, &shown).with_header("ETag", tag.text()))
}

pub fn delete(asked: &Asked<'_>, kind: Kind, id: i64) -> Answer {
    let (_, tag) = found(asked, kind, id)?;
    let edit = on_condition(asked, &tag, Change::Delete { kind, id })?;
    match save_edit(asked, edit) {
        Ok(_) => Ok(Response::empty(204)),
        Err(EditRefused::Faults(faults)) if faults.iter().all(|fault| fault.reason == Reason::Gone) => Err(no_such(kind, id)),
        Err(refused) => Err(refused_otherwise(asked, refused)),
    }
}

fn found(asked: &Asked<'_>, kind: Kind, id: i64) -> Answer<(Value, Tag)> {
    shown(&asked.view(&asked.context.settings), kind, id)
}

fn shown(view: &View<'_>, kind: Kind, id: i64) -> Answer<(Value, Tag)> {
    let own: &Own = view.own(kind, id).ok_or_else(|| no_such(kind, id))?;
    let shown = view.json(kind, id, own);
    let tag = Tag::of(view.settings.changed_in(kind, id), &shown);
    Ok((shown, tag))
}

fn no_such(kind: Kind, id: i64) -> Box<Problem> {
    Problem::new(404, Said::with(words::NO_SUCH, &[&kind.name(), &id]))
}

/// The edit of that one change, if the request's condition holds: then it is based on the settings as they are seen here.
fn on_condition(asked: &Asked<'_>, tag: &Tag, change: Change) -> Answer<Edit> {
    let edit = Edit { changes: vec![change], based_on: asked.request.header("if-match").map(|_| asked.context.settings.revision) };
    match tag.mismatch(asked.request) {
        Some(seen) => Err(conflict::told(asked, seen, edit, tag)),
        None => Ok(edit),
    }
}

/// Saves the edit whose one change the reader has read.
fn save(asked: &Asked<'_>, edit: Edit, reader: &Reader<'_>, sent: &Value) -> Answer<Arc<Settings>> {
    save_edit(asked, edit).map_err(|refused| match refused {
        EditRefused::Faults(faults) => Problem::refusing(&faults, reader.errors(0, &faults, sent)),
        refused => refused_otherwise(asked, refused),
    })
}

/// The way to the store of every edit of the API: only if the caller may.
pub fn save_edit(asked: &Asked<'_>, mut edit: Edit) -> Result<Arc<Settings>, EditRefused> {
    hash_passwords(&mut edit)?;
    let passed = token::faults_of_ends(&edit, &asked.context.settings, asked.context.now.wall);
    if !passed.is_empty() {
        return Err(EditRefused::Faults(passed));
    }
    let permitted = Permitted::edit(&asked.context.settings, &asked.caller.rights, edit).map_err(EditRefused::Faults)?;
    asked.context.store.edit(permitted, asked.caller.author.clone())
}

/// Not for a value that was sent.
pub fn refused_otherwise(asked: &Asked<'_>, refused: EditRefused) -> Box<Problem> {
    match refused {
        EditRefused::Conflict(conflict) => conflict::of(asked, &conflict),
        EditRefused::Trouble(trouble) => Problem::new(503, Said::with(words::TROUBLE, &[&trouble])),
        EditRefused::Faults(faults) => in_use(&faults),
    }
}

fn in_use(faults: &[Fault]) -> Box<Problem> {
    let errors = faults.iter().map(|fault| Error::at("", Said::Elsewhere(fault.place.clone(), fault.reason.clone()))).collect();
    if faults.iter().any(Fault::is_about_rights) {
        return Problem::new(403, words::FORBIDDEN).with_errors(errors);
    }
    Problem::of_sort(Sort::InUse, 409, words::IN_USE).with_errors(errors)
}

/// What an edit has just made: ids only grow.
fn newest(settings: &Settings, kind: Kind) -> i64 {
    settings.rows_of(kind).last().map_or(0, |(id, _)| id)
}
