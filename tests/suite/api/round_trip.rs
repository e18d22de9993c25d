//! Every setting of every kind through the API, with values out of the field table: what is sent is what is read.

use serde_json::{Map, Value, json};
use trillo::base::Dice;
use trillo::settings::{Default as Preset, Field, Kind, Recording, Settings, Shape, action};

use super::Box;

/// An office with something of every kind to refer to.
fn office() -> Box {
    let office = Box::new();
    office.ask("PATCH", "/sip", &json!({"transports": ["udp", "tcp", "tls", "ws", "wss"]}));
    office.make("/pickup-groups", json!({"name": "Front"}));
    office.make("/lines", json!({"name": "Out", "host": "sip.example.com"}));
    office.make("/classes", json!({"name": "All"}));
    office.make("/extension-templates", json!({"name": "Desk"}));
    office.make("/account-templates", json!({"name": "Phone"}));
    office.make("/extensions", json!({"number": "100"}));
    office.make("/mailboxes", json!({"number": "100"}));
    office.audio().keep(&recording(), b"sound").expect("kept");
    office
}

/// What audio files sound like here; nobody listens.
fn recording() -> Recording {
    Recording { file: "5".repeat(64), duration: std::time::Duration::from_secs(1) }
}

/// A value that the setting takes, in the form in which it is shown.
fn value(dice: &mut Dice, settings: &Settings, field: &Field) -> Value {
    let digits = |dice: &mut Dice, min: usize, max: usize| -> String {
        let count = min.max(1) + dice.below((max - min.max(1)) as u32 + 1) as usize;
        (0..count).map(|_| char::from(b'1' + dice.below(7) as u8)).collect()
    };
    match field.shape {
        Shape::Bool => dice.chance(1, 2).into(),
        Shape::Text | Shape::Realm | Shape::Secret { .. } => format!("è {} 文", dice.token(8 + dice.clone().below(20) as usize)).into(),
        Shape::Email => format!("{}@example.com", dice.token(5)).into(),
        Shape::Phone | Shape::Prefix => format!("{}{}", if dice.chance(1, 2) { "+" } else { "" }, digits(dice, 3, 15)).into(),
        Shape::Username => dice.token(12).into(),
        Shape::Digits { min, max } | Shape::SecretDigits { min, max } => digits(dice, min, max).into(),
        Shape::Number { min, max } => (min + i64::from(dice.below((max - min).min(i64::from(u32::MAX - 1)) as u32 + 1))).into(),
        Shape::FileHash => recording().file.into(),
        Shape::PasswordHash | Shape::TokenHash => unreachable!("made by the box"),
        Shape::Choice(choices) => choices[dice.below(choices.len() as u32) as usize].into(),
        Shape::Choices { of, min, .. } => {
            let mut chosen: Vec<&str> = of.iter().copied().filter(|_| dice.chance(1, 2)).collect();
            if chosen.len() < min {
                chosen = of.to_vec();
            }
            chosen.into()
        }
        // Personal contacts are made for oneself.
        Shape::Reference(Kind::User) => "boss".into(),
        Shape::Reference(kind) => named(dice, settings, kind).unwrap_or(Value::Null),
        Shape::References(kind) => named(dice, settings, kind).into_iter().collect(),
        Shape::Fingerprint => digits(dice, 64, 64).into(),
        Shape::Host => format!("{}.example.com", dice.token(4)).into(),
        Shape::Statuses => format!("40{} 503", digits(dice, 1, 1)).into(),
        // Digits that no other code has, or off.
        Shape::Keys if dice.chance(1, 4) => "".into(),
        // No usual code begins so.
        Shape::Keys => format!("#6{}", digits(dice, 6, 6)).into(),
        Shape::Code if dice.chance(1, 4) => "".into(),
        Shape::Code => format!("*{}*{}", digits(dice, 6, 6), digits(dice, 2, 2)).into(),
        Shape::Dialled => format!("*{}#", digits(dice, 1, 5)).into(),
        Shape::Action { .. } => match dice.below(3) {
            0 => json!({"do": "hang_up"}),
            1 => json!({"do": "external", "number": digits(dice, 3, 15)}),
            _ => json!({"do": "extension", "extension": "100"}),
        },
        Shape::Record(parts) => record(dice, settings, parts),
        Shape::Records(parts) => (0..dice.below(3)).map(|_| record(dice, settings, parts)).collect(),
        Shape::Networks => json!(["10.0.0.0/8", format!("192.0.2.{}", dice.below(256)), "2001:db8::/32"]),
        Shape::Address => format!("192.0.2.{}", dice.below(256)).into(),
        Shape::Mask => "24".into(),
    }
}

fn named(dice: &mut Dice, settings: &Settings, kind: Kind) -> Option<Value> {
    let all: Vec<i64> = settings.rows_of(kind).map(|(id, _)| id).collect();
    let id = all.get(dice.below(all.len() as u32) as usize)?;
    Some(settings.name_of(kind, *id).into())
}

fn record(dice: &mut Dice, settings: &Settings, parts: &'static [Field]) -> Value {
    assert_ne!(parts, action::FIELDS);
    let mut made = Map::new();
    for part in parts {
        let belongs = part.only_if.is_none_or(|only_if| only_if.values.contains(&made[only_if.key].as_str().unwrap_or_default()));
        if belongs {
            made.insert(part.key.to_owned(), value(dice, settings, part));
        }
    }
    if let (Some(from), Some(to)) = (made.get("from").or(made.get("digits")).cloned(), made.get_mut("to")) {
        *to = from;
    }
    made.into()
}

/// What an entity of the kind cannot be without, and the setting with what it hangs on.
fn body(dice: &mut Dice, settings: &Settings, kind: Kind, field: &Field) -> Map<String, Value> {
    let mut body = Map::new();
    for required in kind.fields().iter().filter(|field| field.default == Preset::Required && !is_made_by_box(field)) {
        body.insert(required.key.to_owned(), value(dice, settings, required));
    }
    if kind == Kind::User {
        body.insert("password".to_owned(), "correct horse".into());
    }
    if kind == Kind::Contact {
        body.insert("last_name".to_owned(), "Rossi".into());
    }
    let mut hangs_on = field.only_if;
    while let Some(only_if) = hangs_on {
        body.insert(only_if.key.to_owned(), only_if.values[0].into());
        hangs_on = kind.field(only_if.key).and_then(|field| field.only_if);
    }
    body.insert(field.key.to_owned(), value(dice, settings, field));
    body
}

const fn is_made_by_box(field: &Field) -> bool {
    matches!(field.shape, Shape::PasswordHash | Shape::TokenHash)
}

/// Sends it, and adds what it is told is missing.
fn send(office: &Box, dice: &mut Dice, method: &str, path: &str, kind: Kind, sent: &mut Map<String, Value>) -> super::Answer {
    loop {
        let answer = office.ask(method, path, &Value::Object(sent.clone()));
        let missing: Vec<_> = answer.errors().into_iter().filter(|(_, said)| said == "it is missing").collect();
        let known = sent.len();
        for (pointer, _) in missing {
            let field = kind.field(pointer.trim_start_matches('/')).expect("a fault names a field");
            sent.insert(field.key.to_owned(), value(dice, &office.settings(), field));
        }
        if sent.len() == known {
            return answer;
        }
    }
}

#[test]
fn every_setting_of_every_kind_comes_back_as_it_was_sent() {
    let office = office();
    let (mut combined, mut count) = (Vec::new(), 0);
    for kind in Kind::ALL {
        for (at, field) in kind.fields().iter().enumerate().filter(|(_, field)| !is_made_by_box(field)) {
            count += 1;
            let mut dice = Dice::from_number((kind as u64) << 8 | at as u64);
            let mut sent = body(&mut dice, &office.settings(), kind, field);
            let collection = format!("/{}", kind.path());
            let (method, mut path) = if kind.is_single() { ("PATCH", collection.clone()) } else { ("POST", collection) };
            let answer = send(&office, &mut dice, method, &path, kind, &mut sent);
            let name = format!("{} {}: {}", kind.name(), field.key, answer.body);
            if matches!(answer.status, 403 | 422) {
                // Two settings of it do not go together, or nobody may set it so; the table cannot know.
                combined.push(name);
                continue;
            }
            if !kind.is_single() {
                assert_eq!(answer.status, 201, "{name}");
                path = format!("{path}/{}", answer.body["id"]);
            }
            let read = office.get(&path);
            assert_eq!(read.status, 200, "{name}");
            for (key, value) in sent.iter().filter(|(key, _)| *key != "password" || kind != Kind::User) {
                let is_hidden = kind == Kind::User && kind.field(key).is_some_and(Field::is_secret);
                assert!(is_hidden || read.body[key] == *value, "{name} of {key}: {} for {value}", read.body[key]);
            }
            if field.default != Preset::Required && !matches!(field.default, Preset::Generated | Preset::DefaultTenant) {
                let back = office.ask("PATCH", &path, &json!({ field.key: null }));
                let is_vital = back.errors().iter().any(|(_, said)| said == "it is missing");
                assert!(is_vital || back.status == 200, "{name}: {}", back.body);
                if back.status == 200 && !field.is_secret() {
                    assert_eq!(back.body[field.key], field.preset(), "{name} goes back");
                }
            }
            if !kind.is_single() {
                assert_eq!(office.ask("DELETE", &path, &Value::Null).status, 204, "{name}");
                assert_eq!(office.get(&path).status, 404, "{name}");
            }
        }
    }
    assert!(combined.len() * 20 < count, "{}", combined.join("\n"));
}

#[test]
fn no_setting_takes_a_value_of_another_type() {
    let office = office();
    for kind in Kind::ALL {
        for field in kind.fields().iter().filter(|field| !is_made_by_box(field)) {
            let wrong = match field.shape {
                Shape::Bool => json!("true"),
                Shape::Number { .. } => json!(1.5),
                Shape::Reference(_) | Shape::References(_) => json!({"id": 1}),
                Shape::Action { .. } | Shape::Record(_) | Shape::Records(_) | Shape::Choices { .. } | Shape::Networks => json!("x"),
                _ => json!(["x"]),
            };
            let (method, path) =
                if kind.is_single() { ("PATCH", format!("/{}", kind.path())) } else { ("POST", format!("/{}", kind.path())) };
            let answer = office.ask(method, &path, &json!({ field.key: wrong }));
            let pointer = format!("/{}", field.key);
            assert_eq!(answer.status, 422, "{} {}", kind.name(), field.key);
            assert!(answer.errors().iter().any(|(place, _)| *place == pointer), "{} {}: {}", kind.name(), field.key, answer.body);
        }
    }
}

#[test]
fn an_unknown_setting_is_refused_in_every_kind() {
    let office = office();
    for kind in Kind::ALL {
        let method = if kind.is_single() { "PATCH" } else { "POST" };
        let answer = office.ask(method, &format!("/{}", kind.path()), &json!({"no/such~key": 1}));
        assert_eq!(answer.status, 422, "{}", kind.name());
        assert!(answer.errors().contains(&("/no~1such~0key".to_owned(), "there is no such setting".to_owned())), "{}", answer.body);
    }
}
