//! The operations of the API for its OpenAPI document: for every resource and method what is asked and what comes back.

use serde_json::{Map, Value, json};

use crate::entry::CallWay;
use crate::settings::Kind;
use crate::web::call_search::OUTCOMES;

use super::audio::{FORM, WAV};
use super::list::{LIMIT_MAX, LIMIT_PRESET, OFFSET_MAX};
use super::openapi::{content, name, page_of, patch_content, reference, tag};

const PROBLEM: &str = "application/problem+json";

/// By address, as OpenAPI has them.
pub fn paths() -> Map<String, Value> {
    let mut paths = Map::new();
    for kind in Kind::ALL {
        let path = format!("/{}", kind.path());
        if kind.is_single() {
            paths.insert(path, single(kind));
        } else {
            paths.insert(format!("{path}/{{id}}"), entity(kind));
            paths.insert(path, collection(kind));
        }
    }
    paths.insert(format!("/{}/{{id}}/sound", Kind::Audio.path()), json!({ "get": sound() }));
    paths.insert(format!("/{}/{{id}}/switches", Kind::Extension.path()), switching());
    paths.insert("/changes".to_owned(), json!({ "post": changes() }));
    paths.extend(history());
    paths.extend(state());
    paths.insert(
        "/version".to_owned(),
        json!({ "get": operation("version", "Box", "The version of the box", &[], &[ok("Version", None)], &[]) }),
    );
    paths.insert(
        "/me".to_owned(),
        json!({ "get": operation("me", "Box", "Who asks, and what each panel allows", &[], &[ok("Me", None)], &[]) }),
    );
    paths.insert(
        "/openapi.json".to_owned(),
        json!({ "get": operation("document", "Box", "This document", &[], &[(200, json!({ "description": "OpenAPI 3.1", "content": content(&json!({ "type": "object" })) }))], &[]) }),
    );
    paths
}

/// One operation with what every one has: who is not known, who may not, what is not JSON.
fn operation(id: &str, tag: &str, summary: &str, parameters: &[Value], answers: &[(u16, Value)], refusals: &[u16]) -> Value {
    let mut responses = Map::new();
    for (status, answer) in answers {
        responses.insert(status.to_string(), answer.clone());
    }
    for status in [401, 403, 406, 429, 503].iter().chain(refusals) {
        responses.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{status}") }));
    }
    json!({ "operationId": id, "tags": [tag], "summary": summary, "parameters": parameters, "responses": responses })
}

fn with_body(mut operation: Value, content: Value) -> Value {
    operation["requestBody"] = json!({ "required": true, "content": content });
    operation
}

/// 200 with that schema.
fn ok(schema: &str, headers: Option<Value>) -> (u16, Value) {
    (200, answer(&reference(schema), headers))
}

fn answer(schema: &Value, headers: Option<Value>) -> Value {
    let mut answer = json!({ "description": "Done.", "content": content(schema) });
    if let Some(headers) = headers {
        answer["headers"] = headers;
    }
    answer
}

fn header(about: &str) -> Value {
    json!({ "description": about, "schema": { "type": "string" } })
}

fn tag_header() -> Value {
    json!({ "ETag": header("The state that is shown.") })
}

fn parameter(name: &str, place: &str, schema: Value, about: &str) -> Value {
    json!({ "name": name, "in": place, "required": place == "path", "schema": schema, "description": about })
}

fn id() -> Value {
    parameter("id", "path", json!({ "type": "integer", "minimum": 1, "maximum": i64::MAX }), "")
}

fn if_match() -> Value {
    parameter(
        "If-Match",
        "header",
        json!({ "type": "string", "examples": ["*"] }),
        "The ETag, or the revision in quotes, that the change is based on.",
    )
}

fn if_none_match() -> Value {
    parameter("If-None-Match", "header", json!({ "type": "string" }), "The ETag of what is known already.")
}

fn idempotency_key() -> Value {
    let schema = json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" });
    parameter("Idempotency-Key", "header", schema, "Sent twice within a day, the request is done once.")
}

fn page() -> [Value; 2] {
    let number = |min: usize, max: usize, preset: usize| json!({ "type": "integer", "minimum": min, "maximum": max, "default": preset });
    [
        parameter("limit", "query", number(1, LIMIT_MAX, LIMIT_PRESET), "So many at most."),
        parameter("offset", "query", number(0, OFFSET_MAX, 0), "So many are left out before."),
    ]
}

fn page_headers() -> Value {
    json!({ "Link": header("The pages before and after (RFC 8288).") })
}

fn collection(kind: Kind) -> Value {
    let (one, many) = (kind.words().one.english, kind.words().many.english);
    let mut parameters = page().to_vec();
    parameters.push(parameter("q", "query", json!({ "type": "string" }), "Words that must all be in the name."));
    let keys: Vec<&str> = kind.fields().iter().filter(|field| !field.is_secret()).map(|field| field.key).collect();
    let orders: Vec<String> =
        std::iter::once("id".to_owned()).chain(keys.iter().flat_map(|key| [(*key).to_owned(), format!("-{key}")])).collect();
    parameters.push(parameter(
        "sort",
        "query",
        json!({ "type": "string", "enum": orders }),
        "By which setting; with - the greatest first.",
    ));
    for key in keys {
        parameters.push(parameter(key, "query", json!({ "type": "string" }), "Only those where the setting is this."));
    }
    let schema = name(kind);
    let created = json!({ "ETag": header("The state that is shown."), "Location": header("Where it is.") });
    let list = operation(
        &format!("list_{}", kind.name()),
        &tag(kind),
        &format!("List {many}"),
        &parameters,
        &[ok(&format!("{schema}List"), Some(page_headers()))],
        &[400],
    );
    let create = operation(
        &format!("create_{}", kind.name()),
        &tag(kind),
        &format!("Make a new {one}"),
        &[idempotency_key()],
        &[(201, answer(&reference(&schema), Some(created)))],
        &[400, 409, 413, 415, 422],
    );
    let mut taken = content(&reference(&format!("{schema}Input")));
    if kind == Kind::Audio {
        taken[FORM] = json!({ "schema": upload() });
    }
    json!({ "get": list, "post": with_body(create, taken) })
}

/// A recording and what it is called.
fn upload() -> Value {
    json!({
        "type": "object",
        "required": ["name", "sound"],
        "properties": {
            "name": { "type": "string" },
            "tenant": { "type": "string" },
            "sound": { "type": "string", "contentMediaType": WAV,
                "description": "WAV, PCM with 8 or 16 bits, mono or stereo, 8,000 to 48,000 Hz, up to 8 MiB." },
        },
    })
}

fn sound() -> Value {
    let recording = json!({ "description": "The recording as it was uploaded.",
        "content": { WAV: { "schema": { "type": "string", "contentMediaType": WAV } } } });
    let range =
        json!({ "name": "Range", "in": "header", "schema": { "type": "string" }, "description": "One range of bytes (RFC 9110 14)." });
    let part = json!({ "description": "The part that was asked for.", "content": recording["content"].clone() });
    let beyond = json!({ "description": "It has no such bytes." });
    let answers = [(200, recording), (206, part), (416, beyond)];
    operation("get_sound", &tag(Kind::Audio), "Download the recording", &[id(), range], &answers, &[404])
}

fn switching() -> Value {
    let tag = tag(Kind::Extension);
    let get = operation(
        "get_switches",
        &tag,
        "What is switched at an extension, as by the service codes",
        &[id()],
        &[ok("Switches", None)],
        &[404],
    );
    let summary = "Switch something at an extension, at once; no revision is made";
    let refusals = &[400, 404, 413, 415, 422];
    let patch = operation("patch_switches", &tag, summary, &[id()], &[ok("Switches", None)], refusals);
    json!({ "get": get, "patch": with_body(patch, patch_content(&reference("SwitchesPatch"))) })
}

fn switches() -> Value {
    let maybe_time =
        json!({ "type": ["string", "null"], "format": "date-time", "description": "None: locked, or until somebody locks it." });
    let locked = json!({ "type": ["boolean", "null"], "description": "None: it has no lock." });
    let flag = json!({ "type": "boolean" });
    json!({
        "type": "object",
        "required": ["forward", "do_not_disturb", "hides_number", "locked", "unlocked_until"],
        "properties": { "forward": forward(), "do_not_disturb": flag, "hides_number": flag, "locked": locked, "unlocked_until": maybe_time },
    })
}

fn switches_patch() -> Value {
    let flag = json!({ "type": "boolean" });
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": { "forward": forward(), "do_not_disturb": flag, "hides_number": flag, "locked": flag },
    })
}

fn forward() -> Value {
    json!({ "type": ["string", "null"], "description": "Where all calls go, as it would be dialled; null: they ring here." })
}

/// Reading and changing one; `parameters` say which.
fn reading_and_changing(kind: Kind, parameters: &[Value]) -> Value {
    let (schema, tag, one) = (name(kind), tag(kind), kind.words().one.english);
    let with = |more: Value| parameters.iter().cloned().chain([more]).collect::<Vec<_>>();
    let done = || ok(&schema, Some(tag_header()));
    let known = (304, json!({ "description": "It is as it is known already.", "headers": tag_header() }));
    let read =
        operation(&format!("get_{}", kind.name()), &tag, &format!("Read the {one}"), &with(if_none_match()), &[done(), known], &[404]);
    let change = |verb: &str, summary: &str| {
        let id = format!("{verb}_{}", kind.name());
        operation(&id, &tag, summary, &with(if_match()), &[done()], &[400, 404, 412, 413, 415, 422])
    };
    let replace =
        change("replace", &format!("Replace the {one}: what is not sent goes back to what it inherits or to the preset, secrets stay"));
    let patch = change("patch", &format!("Change the {one} (RFC 7396): null goes back to what it inherits or to the preset"));
    json!({
        "get": read,
        "put": with_body(replace, content(&reference(&format!("{schema}Input")))),
        "patch": with_body(patch, patch_content(&reference(&format!("{schema}Patch")))),
    })
}

fn single(kind: Kind) -> Value {
    reading_and_changing(kind, &[])
}

fn entity(kind: Kind) -> Value {
    let mut all = reading_and_changing(kind, &[id()]);
    let gone = (204, json!({ "description": "It is deleted." }));
    let summary = format!("Delete the {}", kind.words().one.english);
    all["delete"] =
        operation(&format!("delete_{}", kind.name()), &tag(kind), &summary, &[id(), if_match()], &[gone], &[404, 409, 412, 422]);
    all
}

fn changes() -> Value {
    let done = answer(&reference("ChangesMade"), None);
    let operation = operation(
        "change_several",
        "Changes",
        "Make several changes, all or none",
        &[idempotency_key()],
        &[(200, done)],
        &[400, 409, 412, 413, 415, 422],
    );
    with_body(operation, content(&reference("Changes")))
}

fn history() -> [(String, Value); 3] {
    let list = page_of(&reference("Revision"));
    let get = operation(
        "list_revision",
        "Changes",
        "List revisions, the newest first",
        &page(),
        &[(200, answer(&list, Some(page_headers())))],
        &[400],
    );
    let one = operation("get_revision", "Changes", "Read a revision", &[id()], &[ok("Revision", None)], &[404]);
    let undone = json!({
        "type": "object",
        "required": ["revision", "changes"],
        "properties": { "revision": { "type": "integer" }, "changes": { "type": "array", "items": reference("RevisionChange") } },
    });
    let revert = operation(
        "revert_revision",
        "Changes",
        "Undo what a revision did, as a new revision",
        &[id(), idempotency_key()],
        &[(200, answer(&undone, None))],
        &[400, 404, 409, 422],
    );
    [
        ("/revisions".to_owned(), json!({ "get": get })),
        ("/revisions/{id}".to_owned(), json!({ "get": one })),
        ("/revisions/{id}/revert".to_owned(), json!({ "post": revert })),
    ]
}

fn calls() -> Value {
    let text = || json!({ "type": "string" });
    let outcomes: Vec<&str> = OUTCOMES.iter().map(|(name, _)| *name).collect();
    let ways: Vec<&str> = CallWay::ALL.iter().map(|way| way.name()).collect();
    let mut parameters = page().to_vec();
    parameters.extend([
        parameter("q", "query", text(), "Words that must each be in a number or a name; outside numbers are searched as they are shown."),
        parameter("from", "query", text(), "Begun then or later: a moment (RFC 3339) or a day."),
        parameter("until", "query", text(), "Begun before that moment, or on that day or before."),
        parameter("zone", "query", text(), "The time zone of days (IANA); UTC if it is absent or unknown."),
        parameter("extension", "query", text(), "The number of who called, was called or took the call."),
        parameter("way", "query", json!({ "type": "string", "enum": ways }), "From outside, to the outside, or inside."),
        parameter("outcome", "query", json!({ "type": "string", "enum": outcomes }), "How it ended."),
    ]);
    let answer = answer(&page_of(&reference("CallRecord")), Some(page_headers()));
    let summary = "Calls that have ended, the newest first; outside numbers are masked but for a privacy officer";
    json!({ "get": operation("list_calls", "State", summary, &parameters, &[(200, answer)], &[400]) })
}

fn state() -> Vec<(String, Value)> {
    let list = |path: &str, id: &str, schema: &str, summary: &str| {
        let answer = answer(&page_of(&reference(schema)), Some(page_headers()));
        (path.to_owned(), json!({ "get": operation(id, "State", summary, &page(), &[(200, answer)], &[400]) }))
    };
    let topics = json!({ "type": "string", "pattern": "^(registrations|calls|settings)(,(registrations|calls|settings))*$", "examples": ["registrations,calls"] });
    let parameters = [
        parameter("topics", "query", topics, "What to hear of; all that one may, if it is absent."),
        parameter("Last-Event-ID", "header", json!({ "type": "string" }), "The last event that was heard: those after it come first."),
    ];
    let stream = json!({ "description": "Events (server-sent events, WHATWG HTML 9.2) until either side ends it.",
        "content": { "text/event-stream": { "schema": { "type": "string" } } } });
    vec![
        list("/registrations", "list_registrations", "Registration", "Phones that are registered now"),
        list("/bans", "list_bans", "Ban", "Who is kept out"),
        (
            "/bans/{id}".to_owned(),
            json!({ "delete": operation("lift_ban", "State", "Lift a ban", &[id()], &[(204, json!({ "description": "It is lifted." }))], &[404]) }),
        ),
        list("/live-calls", "list_live_calls", "LiveCall", "Calls that are going on now"),
        ("/calls".to_owned(), calls()),
        (
            "/events".to_owned(),
            json!({ "get": operation("events", "State", "What happens, as it happens", &parameters, &[(200, stream)], &[400]) }),
        ),
    ]
}

/// What may come back in place of an answer, by status.
pub fn refusals() -> Map<String, Value> {
    let known = [
        (400, "The body is not JSON, or the address has parameters that cannot be used."),
        (401, "Nobody known asks."),
        (403, "The role or the token does not allow it."),
        (404, "It is not there."),
        (406, "Only JSON is given."),
        (409, "It is in use, or the same request is still being answered."),
        (412, "Somebody else changed it meanwhile: `changed` tells who, when, and both values."),
        (413, "The body is too long."),
        (415, "The body is of a type that is not taken."),
        (422, "Values that cannot be: `errors` point at each."),
        (429, "Too many wrong tokens; see Retry-After."),
        (503, "Not now; nothing was changed."),
    ];
    let refusal = |about: &str| json!({ "description": about, "content": { PROBLEM: { "schema": reference("Problem") } } });
    known.iter().map(|(status, about)| (status.to_string(), refusal(about))).collect()
}

/// Schemas of what is no entity.
pub fn schemas() -> Map<String, Value> {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "integer" });
    let maybe = |kind: &str| json!({ "type": [kind, "null"] });
    let time = || json!({ "type": "string", "format": "date-time" });
    let maybe_time = || json!({ "type": ["string", "null"], "format": "date-time" });
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let kind = json!({ "type": "string", "enum": kinds });
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties });
    let error = object(&["detail"], json!({ "pointer": text(), "field": text(), "parameter": text(), "detail": text() }));
    let any = json!({});
    let value = object(&["field"], json!({ "field": text(), "before": any, "after": any }));
    let put = json!({
        "type": "object",
        "required": ["put"],
        "additionalProperties": false,
        "properties": { "put": {
            "type": "object",
            "required": ["kind", "values"],
            "additionalProperties": false,
            "properties": {
                "kind": kind,
                "id": { "type": ["integer", "null"], "minimum": 1, "description": "None: a new one." },
                "values": { "type": "object", "description": "As a patch of that kind." },
            },
        } },
    });
    let delete = json!({
        "type": "object",
        "required": ["delete"],
        "additionalProperties": false,
        "properties": { "delete": {
            "type": "object",
            "required": ["kind", "id"],
            "additionalProperties": false,
            "properties": { "kind": kind, "id": { "type": "integer", "minimum": 1 } },
        } },
    });
    let all = [
        (
            "Problem",
            json!({
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": { "type": "string", "description": "about:blank, or /api#invalid, /api#in-use, /api#conflict." },
                    "title": text(),
                    "status": number(),
                    "detail": text(),
                    "errors": { "type": "array", "items": error },
                    "etag": text(),
                    "changed": { "type": "object" },
                },
            }),
        ),
        (
            "Changes",
            json!({
                "type": "object",
                "required": ["changes"],
                "additionalProperties": false,
                "properties": {
                    "changes": { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "anyOf": [put, delete] } },
                    "based_on": { "type": ["integer", "null"], "minimum": 0, "description": "The revision that was seen: refused if one of the entities was changed since." },
                },
            }),
        ),
        (
            "ChangesMade",
            object(
                &["revision", "changes"],
                json!({
                    "revision": number(),
                    "changes": { "type": "array", "items": object(&["kind", "id"], json!({ "kind": kind, "id": number(), "revision": number(), "token": text() })) },
                }),
            ),
        ),
        (
            "Revision",
            object(
                &["revision", "at", "by", "from"],
                json!({ "revision": number(), "at": time(), "by": text(), "from": text(), "changes": { "type": "array", "items": reference("RevisionChange") } }),
            ),
        ),
        (
            "RevisionChange",
            object(
                &["kind", "id", "happening"],
                json!({
                    "kind": kind, "id": number(), "name": text(),
                    "happening": { "enum": ["added", "changed", "deleted"] },
                    "fields": { "type": "array", "items": value },
                }),
            ),
        ),
        (
            "Registration",
            object(
                &["account", "username", "reachable"],
                json!({
                    "account": number(), "username": text(), "extension": maybe("string"), "contact": text(), "transport": text(),
                    "remote": text(), "user_agent": text(), "expires_in_seconds": number(), "connected": { "type": "boolean" },
                    "reachable": { "type": "boolean" }, "round_trip_ms": maybe("number"),
                }),
            ),
        ),
        (
            "Ban",
            object(
                &["id", "reason", "since", "until"],
                json!({
                    "id": number(), "source": maybe("string"), "username": maybe("string"),
                    "reason": { "enum": ["wrong_passwords", "many_names", "uninvited", "malformed"] }, "since": time(), "until": time(),
                }),
            ),
        ),
        (
            "LiveCall",
            object(
                &["call", "phase"],
                json!({
                    "call": text(), "caller_number": text(), "caller_name": text(), "callee_number": text(), "callee_name": text(),
                    "phase": { "enum": ["ringing", "talking", "held"] }, "since": time(),
                }),
            ),
        ),
        (
            "CallRecord",
            object(
                &["started", "ended", "outcome"],
                json!({
                    "started": time(), "answered": maybe_time(), "ended": time(), "talk_seconds": { "type": "number" },
                    "caller": maybe("string"), "caller_number": text(), "caller_name": text(), "dialled": text(), "callee": maybe("string"),
                    "outcome": { "enum": ["answered", "no_answer", "busy", "unavailable", "cancelled", "refused"] }, "status": number(),
                    "quality": { "type": "array", "description": "What was heard of who talked: an account's phone, or a line.",
                        "items": object(&["packets_received", "packets_lost", "packets_sent", "jitter_ms"],
                            json!({ "account": text(), "line": text(), "packets_received": number(), "packets_lost": number(),
                                "packets_sent": number(), "jitter_ms": { "type": "number" } })) },
                    "answering": { "type": ["string", "null"], "description": "The extension that took the call." },
                    "path": { "type": "array", "description": "Where it went, the first first; empty where it went nowhere else.",
                        "items": object(&["outcome"], json!({ "extension": maybe("string"), "mailbox": text(), "number": text(), "outcome": text() })) },
                }),
            ),
        ),
        ("Switches", switches()),
        ("SwitchesPatch", switches_patch()),
        (
            "Me",
            object(
                &["username", "read_only", "panels"],
                json!({
                    "username": text(), "extension": maybe("string"), "read_only": { "type": "boolean" },
                    "outside_numbers": { "type": "boolean", "description": "In full." },
                    "panels": { "type": "object", "additionalProperties": { "enum": ["none", "list", "read", "write"] } },
                }),
            ),
        ),
        ("Version", object(&["version", "api"], json!({ "version": text(), "api": number() }))),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}
