//! What happens, as it happens: server-sent events (WHATWG HTML 9.2).
//!
//! Here it is decided who may hear what, and what an event says. The stream itself never passes the web's threads: the answer to
//! `GET /api/v1/events` names a [`Subscription`] in a header, and the door, which strips it, streams.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use crate::exchange::status::{LiveCall, Registration, Status};
use crate::settings::{Level, Panel, Settings};
use crate::store::Revision;
use crate::text::{Language, api as words};
use crate::web::http::Response;

use super::Asked;
use super::live::{call_json, registration_json};
use super::problem::{Answer, Error, Problem, Said};
use super::revisions::{happening, time};

/// Ends at the door; holds a [`Subscription`].
pub const STREAM_HEADER: &str = "X-Trillo-Stream";
/// Entities that one event of the settings names; that there are more is told.
const CHANGES_TOLD_MAX: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Registrations,
    Calls,
    Settings,
}

/// What somebody hears of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub topics: Vec<Topic>,
    /// Outside numbers in full.
    pub is_private: bool,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub topic: Topic,
    /// `call.added`
    pub name: &'static str,
    /// For whom outside numbers are masked.
    masked: Value,
    /// Only where it differs.
    full: Option<Value>,
}

/// What is compared with what was before.
#[derive(Clone)]
pub struct Picture {
    pub status: std::sync::Arc<Status>,
    pub settings: std::sync::Arc<Settings>,
}

impl Topic {
    pub const ALL: [Topic; 3] = [Topic::Registrations, Topic::Calls, Topic::Settings];

    pub const fn name(self) -> &'static str {
        match self {
            Topic::Registrations => "registrations",
            Topic::Calls => "calls",
            Topic::Settings => "settings",
        }
    }

    fn from_name(name: &str) -> Option<Topic> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    const fn need(self) -> (Panel, Level) {
        match self {
            Topic::Registrations | Topic::Calls => (Panel::Live, Level::Read),
            Topic::Settings => (Panel::History, Level::Read),
        }
    }
}

/// As it stands in the header: `registrations,calls` or `registrations,calls;private`.
impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.topics.iter().map(|topic| topic.name()).collect();
        write!(f, "{}{}", names.join(","), if self.is_private { ";private" } else { "" })
    }
}

impl Subscription {
    pub fn parse(text: &str) -> Option<Subscription> {
        let (names, is_private) = text.strip_suffix(";private").map_or((text, false), |names| (names, true));
        let topics = names.split(',').map(Topic::from_name).collect::<Option<_>>()?;
        Some(Subscription { topics, is_private })
    }
}

impl Event {
    /// What this subscriber hears of it, if anything.
    pub fn data(&self, subscription: &Subscription) -> Option<&Value> {
        let full = self.full.as_ref().filter(|_| subscription.is_private);
        subscription.topics.contains(&self.topic).then(|| full.unwrap_or(&self.masked))
    }
}

/// All topics that the caller may hear of, or those that are asked for.
pub fn open(asked: &Asked<'_>) -> Answer {
    let may = |topic: &Topic| {
        let (panel, level) = topic.need();
        asked.caller.rights.may(panel, level)
    };
    let query = &asked.request.query;
    if let Some((name, _)) = query.0.iter().find(|(name, _)| name != "topics") {
        return Err(Problem::new(400, words::WRONG_PARAMETERS).with_errors(vec![Error::of_parameter(name, words::UNKNOWN_PARAMETER)]));
    }
    let topics: Vec<Topic> = match query.get("topics") {
        None => Topic::ALL.into_iter().filter(may).collect(),
        Some(names) => {
            let topics: Option<Vec<Topic>> = names.split(',').map(|name| Topic::from_name(name.trim())).collect();
            topics.ok_or_else(|| {
                let known = Topic::ALL.map(Topic::name).join(", ");
                Problem::new(400, words::WRONG_PARAMETERS)
                    .with_errors(vec![Error::of_parameter("topics", Said::with(words::UNKNOWN_TOPIC, &[&known]))])
            })?
        }
    };
    if topics.is_empty() || !topics.iter().all(may) {
        return Err(Problem::new(403, words::FORBIDDEN));
    }
    let subscription = Subscription { topics, is_private: asked.caller.rights.is_private };
    let response = Response::empty(200).with_header("Content-Type", "text/event-stream");
    Ok(response.with_header(STREAM_HEADER, subscription.to_string()))
}

/// Every place at the door's streams is taken.
pub fn full(accept_language: Option<&str>) -> Response {
    let language = accept_language.map_or(Language::default(), crate::web::access::preferred_language);
    Problem::new(503, words::STREAMS_FULL).with_header("Retry-After", "30").response(language)
}

/// What happened from one picture to the next; `saved` are the revisions between the two, the newest first.
pub fn between(before: &Picture, after: &Picture, saved: &[Revision]) -> Vec<Event> {
    let mut events = Vec::new();
    registrations(before, after, &mut events);
    calls(before, after, &mut events);
    events.extend(saved.iter().rev().map(of_revision));
    events
}

fn registrations(before: &Picture, after: &Picture, events: &mut Vec<Event>) {
    let by_account = |picture: &Picture| -> BTreeMap<i64, Registration> {
        picture.status.registrations.iter().map(|registration| (registration.account.0, registration.clone())).collect()
    };
    let (old, new) = (by_account(before), by_account(after));
    let event = |name, registration: &Registration, settings: &Settings| Event {
        topic: Topic::Registrations,
        name,
        masked: registration_json(registration, settings),
        full: None,
    };
    for (account, registration) in &old {
        if !new.contains_key(account) {
            events.push(event("registration.removed", registration, &before.settings));
        }
    }
    for (account, registration) in &new {
        match old.get(account) {
            None => events.push(event("registration.added", registration, &after.settings)),
            Some(old) if !is_same(old, registration) => events.push(event("registration.changed", registration, &after.settings)),
            Some(_) => {}
        }
    }
}

/// But for what changes by itself: the time that is left, and the round trip.
fn is_same(old: &Registration, new: &Registration) -> bool {
    let still = Registration { expires_in: old.expires_in, round_trip: old.round_trip, ..new.clone() };
    *old == still
}

fn calls(before: &Picture, after: &Picture, events: &mut Vec<Event>) {
    let by_id = |picture: &Picture| -> BTreeMap<String, LiveCall> {
        picture.status.calls.iter().map(|call| (call.call.clone(), call.clone())).collect()
    };
    let (old, new) = (by_id(before), by_id(after));
    let event = |name, call: &LiveCall, settings: &Settings| {
        let (masked, full) = (call_json(call, settings, false), call_json(call, settings, true));
        let full = (full != masked).then_some(full);
        Event { topic: Topic::Calls, name, masked, full }
    };
    for (id, call) in &old {
        if !new.contains_key(id) {
            events.push(event("call.removed", call, &before.settings));
        }
    }
    for (id, call) in &new {
        match old.get(id) {
            None => events.push(event("call.added", call, &after.settings)),
            Some(old) if old != call => events.push(event("call.changed", call, &after.settings)),
            Some(_) => {}
        }
    }
}

/// Which entities, not what became of them: that is for who may see each.
fn of_revision(revision: &Revision) -> Event {
    let told = revision.differences.iter().take(CHANGES_TOLD_MAX);
    let changes: Vec<Value> = told
        .map(|difference| json!({ "kind": difference.kind.name(), "id": difference.id, "happening": happening(difference.happening) }))
        .collect();
    let masked = json!({
        "revision": revision.id,
        "at": time(revision.at),
        "by": revision.author.name,
        "changes": changes,
        "more": revision.differences.len().saturating_sub(CHANGES_TOLD_MAX),
    });
    Event { topic: Topic::Settings, name: "settings.changed", masked, full: None }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::base::id::AccountId;
    use crate::base::{Transport, Wall};
    use crate::exchange::status::Phase;

    fn registration(account: i64, remote: &str, seconds: u64) -> Registration {
        Registration {
            account: AccountId(account),
            username: format!("phone-{account}"),
            extension: None,
            contact: "sip:a@192.0.2.7".to_owned(),
            transport: Transport::Udp,
            remote: remote.parse().expect("an address"),
            user_agent: "phone".to_owned(),
            expires_in: Duration::from_secs(seconds),
            connected: true,
            reachable: true,
            round_trip: None,
        }
    }

    fn call(id: &str, phase: Phase) -> LiveCall {
        LiveCall {
            call: id.to_owned(),
            caller_number: "+390612345678".to_owned(),
            caller_name: "+390612345678".to_owned(),
            callee_number: "101".to_owned(),
            callee_name: "Anna".to_owned(),
            phase,
            since: Wall::from_millis(0),
        }
    }

    fn picture(registrations: Vec<Registration>, calls: Vec<LiveCall>) -> Picture {
        let status = Status { registrations, calls, ..Status::default() };
        Picture { status: Arc::new(status), settings: Arc::new(Settings::fresh()) }
    }

    #[test]
    fn what_differs_between_two_pictures_happened() {
        let before = picture(
            vec![registration(1, "192.0.2.7:5060", 60), registration(2, "192.0.2.8:5060", 60), registration(3, "192.0.2.9:5060", 60)],
            vec![call("1", Phase::Ringing), call("2", Phase::Talking)],
        );
        let after = picture(
            vec![registration(2, "192.0.2.8:5060", 30), registration(3, "192.0.2.9:9999", 60), registration(4, "192.0.2.1:5060", 60)],
            vec![call("1", Phase::Talking), call("3", Phase::Ringing)],
        );
        let told: Vec<(&str, Value)> = between(&before, &after, &[])
            .iter()
            .map(|event| (event.name, event.masked.get("account").or(event.masked.get("call")).cloned().expect("it has a name")))
            .collect();
        let expected = [
            ("registration.removed", json!(1)),
            ("registration.changed", json!(3)),
            ("registration.added", json!(4)),
            ("call.removed", json!("2")),
            ("call.changed", json!("1")),
            ("call.added", json!("3")),
        ];
        assert_eq!(told, expected);
        assert!(between(&after, &after, &[]).is_empty());
    }

    #[test]
    fn outside_numbers_are_masked_but_for_who_may_see_them() {
        let events = between(&picture(vec![], vec![]), &picture(vec![], vec![call("1", Phase::Ringing)]), &[]);
        let hears = |topics: &str| {
            let subscription = Subscription::parse(topics).expect("topics");
            assert_eq!(subscription.to_string(), topics);
            events[0].data(&subscription).map(|data| data["caller_name"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(hears("registrations,calls").as_deref(), Some("+390612345•••"));
        assert_eq!(hears("calls;private").as_deref(), Some("+390612345678"));
        assert_eq!(hears("registrations,settings"), None);
        assert_eq!(Subscription::parse("weather"), None);
    }
}
