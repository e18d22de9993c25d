//! Several changes at once, all or none.
//!
//! ```text
//! {"based_on": 41, "changes": [
//!    {"put": {"kind": "extension", "values": {"number": "101"}}},          a new one
//!    {"put": {"kind": "extension", "id": 7, "values": {"email": null}}},   as a patch of it
//!    {"delete": {"kind": "account", "id": 3}}]}
//! ```

use serde_json::{Map, Value, json};

use crate::base::limits::API_CHANGES_MAX;
use crate::settings::{Change, Edit, Fault, Kind, Settings, nearest};
use crate::store::EditRefused;
use crate::text::api as words;
use crate::text::fault::Reason;
use crate::web::http::Response;
use crate::web::token::new_token;

use super::Asked;
use super::body::{self, JSON, Manner, Reader};
use super::entity::View;
use super::entity_edit::{TOKEN, refused_otherwise, save_edit};
use super::problem::{Answer, Error, Problem, Said};

pub fn make(asked: &Asked<'_>) -> Answer {
    let sent = body::json(asked.request, &[JSON])?;
    let view = asked.view(&asked.context.settings);
    let batch = Batch::read(asked, &view, &sent).map_err(Problem::invalid)?;
    let edit = Edit { changes: batch.wants.iter().map(|want| want.change.clone()).collect(), based_on: batch.based_on };
    let after = save_edit(asked, edit).map_err(|refused| match refused {
        EditRefused::Faults(faults) => Problem::refusing(&faults, batch.errors(&view, &faults)),
        refused => refused_otherwise(asked, refused),
    })?;
    Ok(Response::json(200, &json!({ "revision": after.revision, "changes": batch.made(&after) })))
}

struct Batch {
    based_on: Option<u64>,
    wants: Vec<Want>,
}

/// One change, and what was sent for it.
struct Want {
    change: Change,
    values: Value,
    /// Of a new token.
    secret: Option<String>,
}

impl Batch {
    fn read(asked: &Asked<'_>, view: &View<'_>, sent: &Value) -> Result<Batch, Vec<Error>> {
        let sent = object(sent, "", &["changes", "based_on"])?;
        let based_on = match sent.get("based_on") {
            None | Some(Value::Null) => None,
            Some(value) => {
                Some(value.as_u64().ok_or_else(|| vec![Error::at("/based_on", Said::with(words::NOT_A_NUMBER, &[&0, &u64::MAX]))])?)
            }
        };
        let changes = sent.get("changes").and_then(Value::as_array).ok_or_else(|| vec![Error::at("/changes", words::NOT_A_LIST)])?;
        if changes.len() > API_CHANGES_MAX {
            return Err(vec![Error::at("/changes", Reason::TooMany { max: API_CHANGES_MAX })]);
        }
        let (mut wants, mut errors) = (Vec::new(), Vec::new());
        for (at, change) in changes.iter().enumerate() {
            match want(asked, view, &format!("/changes/{at}"), change) {
                Ok(want) => wants.push(want),
                Err(more) => errors.extend(more),
            }
        }
        if errors.is_empty() { Ok(Batch { based_on, wants }) } else { Err(errors) }
    }

    /// Each fault where it stands in the body.
    fn errors(&self, view: &View<'_>, faults: &[Fault]) -> Vec<Error> {
        let mut errors = Vec::new();
        for (at, want) in self.wants.iter().enumerate() {
            match &want.change {
                Change::Put { kind, id, .. } => {
                    let reader = Reader { view, kind: *kind, id: *id, manner: Manner::Merge };
                    let found = reader.errors(at, faults, &want.values);
                    errors.extend(found.into_iter().map(|error| error.below(&format!("/changes/{at}/put/values"))));
                }
                Change::Delete { .. } => {
                    let of_this = faults.iter().filter(|fault| fault.change == Some(at));
                    errors.extend(of_this.map(|fault| Error::at(format!("/changes/{at}/delete"), fault.reason.clone())));
                }
            }
        }
        let of_none = faults.iter().filter(|fault| fault.change.is_none());
        errors.extend(of_none.map(|fault| Error::at("", Said::Elsewhere(fault.place.clone(), fault.reason.clone()))));
        errors
    }

    /// What became of each: ids only grow, so the new ones of a kind are its last.
    fn made(&self, after: &Settings) -> Vec<Value> {
        let is_new = |want: &&Want, of: Kind| matches!(want.change, Change::Put { kind, id: None, .. } if kind == of && !kind.is_single());
        let mut told = Vec::new();
        for (at, want) in self.wants.iter().enumerate() {
            let (kind, id) = match want.change {
                Change::Delete { kind, id } | Change::Put { kind, id: Some(id), .. } => (kind, id),
                Change::Put { kind, id: None, .. } if kind.is_single() => (kind, 1),
                Change::Put { kind, id: None, .. } => {
                    let later = self.wants[at + 1..].iter().filter(|want| is_new(want, kind)).count();
                    let ids: Vec<i64> = after.rows_of(kind).map(|(id, _)| id).collect();
                    (kind, ids.len().checked_sub(later + 1).map_or(0, |place| ids[place]))
                }
            };
            let mut one = json!({ "kind": kind.name(), "id": id });
            if matches!(want.change, Change::Put { .. }) {
                one["revision"] = after.changed_in(kind, id).into();
            }
            if let Some(secret) = &want.secret {
                one[TOKEN] = secret.clone().into();
            }
            told.push(one);
        }
        told
    }
}

fn want(asked: &Asked<'_>, view: &View<'_>, place: &str, sent: &Value) -> Result<Want, Vec<Error>> {
    let sent = object(sent, place, &["put", "delete"])?;
    match (sent.get("put"), sent.get("delete")) {
        (Some(put), None) => {
            let place = format!("{place}/put");
            let put = object(put, &place, &["kind", "id", "values"])?;
            let (kind, id) = (kind(put, &place)?, id(put, &place)?);
            let id = id.or(kind.is_single().then_some(1));
            if let Some(id) = id
                && view.own(kind, id).is_none()
            {
                return Err(vec![Error::at(format!("{place}/id"), Reason::Gone)]);
            }
            let values = put.get("values").cloned().unwrap_or_default();
            let manner = if id.is_some() { Manner::Merge } else { Manner::Create };
            let reader = Reader { view, kind, id, manner };
            let below = |errors: Vec<Error>| errors.into_iter().map(|error| error.below(&format!("{place}/values"))).collect::<Vec<_>>();
            let (mut own, mut secret) = (reader.own(&values).map_err(below)?, None);
            if kind == Kind::Token && id.is_none() {
                let (token, hash) = new_token(&asked.context.random_bytes());
                (own, secret) = (own.with("hash", hash), Some(token));
            }
            Ok(Want { change: Change::Put { kind, id, own }, values, secret })
        }
        (None, Some(delete)) => {
            let place = format!("{place}/delete");
            let delete = object(delete, &place, &["kind", "id"])?;
            let kind = kind(delete, &place)?;
            match id(delete, &place)? {
                Some(id) if view.own(kind, id).is_some() => {
                    Ok(Want { change: Change::Delete { kind, id }, values: Value::Null, secret: None })
                }
                Some(_) => Err(vec![Error::at(format!("{place}/id"), Reason::Gone)]),
                None => Err(vec![Error::at(format!("{place}/id"), Reason::Missing)]),
            }
        }
        _ => Err(vec![Error::at(place, words::PUT_OR_DELETE)]),
    }
}

/// An object with no other members than these.
fn object<'a>(value: &'a Value, place: &str, known: &[&'static str]) -> Result<&'a Map<String, Value>, Vec<Error>> {
    let map = value.as_object().ok_or_else(|| vec![Error::at(place, words::NOT_AN_OBJECT)])?;
    let unknown = map.keys().filter(|key| !known.contains(&key.as_str()));
    let errors: Vec<Error> = unknown
        .map(|key| {
            let nearest = nearest(key, known.iter().copied());
            Error::at(format!("{place}{}", super::pointer::unknown(key)), Reason::UnknownKey { nearest })
        })
        .collect();
    if errors.is_empty() { Ok(map) } else { Err(errors) }
}

fn kind(map: &Map<String, Value>, place: &str) -> Result<Kind, Vec<Error>> {
    let refused = |reason: Reason| vec![Error::at(format!("{place}/kind"), reason)];
    let given = map.get("kind").ok_or_else(|| refused(Reason::Missing))?;
    let name = given.as_str().unwrap_or_default();
    Kind::from_name(name).ok_or_else(|| {
        let choices = Kind::ALL.iter().map(|kind| kind.name()).collect();
        refused(Reason::NotAChoice { given: name.chars().take(40).collect(), choices })
    })
}

fn id(map: &Map<String, Value>, place: &str) -> Result<Option<i64>, Vec<Error>> {
    match map.get("id") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_i64().filter(|id| *id > 0) {
            Some(id) => Ok(Some(id)),
            None => Err(vec![Error::at(format!("{place}/id"), Said::with(words::NOT_A_NUMBER, &[&1, &i64::MAX]))]),
        },
    }
}
