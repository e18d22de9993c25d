//! What people and their programs type: the same value by an edit (as forms and the API make it), in a settings file and in a table is
//! refused for the same reason, or kept letter for letter.

use serde_json::{Value, json};
use trillo::secret::Key;
use trillo::settings::csv::{self, Format, Sheet};
use trillo::settings::{Change, Edit, Edited, Fault, Kind, Own, Settings, Shape, file};

use crate::sheets::NASTY;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Edit,
    File,
    Table,
}

const WAYS: [Way; 3] = [Way::Edit, Way::File, Way::Table];

/// What an entity of the kind needs to be one.
fn base(kind: Kind) -> Own {
    let own = Own::default();
    match kind {
        Kind::Extension | Kind::Mailbox => own.with("number", "101"),
        Kind::Account => own.with("username", "anna").with("password", "geheim-geheim"),
        Kind::User => own.with("username", "anna").with("password_hash", "$argon2id$x"),
        Kind::Line => own.with("name", "Trunk").with("host", "sip.example.com").with("username", "u").with("password", "p"),
        Kind::Contact => own.with("last_name", "Bo").with("phone", "1"),
        Kind::Selection => own.with("name", "Porter").with("digits", "77").with("action", json!({"do": "hang_up"})),
        kind if kind.is_single() => own,
        _ => own.with("name", "Anything"),
    }
}

fn said(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{}: {}", fault.field, fault.say(trillo::text::Language::English))).collect::<Vec<_>>().join("; ")
}

/// The value as somebody who knows tables types it.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Array(list) if list.is_empty() => "-".to_owned(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Value::Object(action) => action["do"].as_str().unwrap_or_default().to_owned(),
        Value::String(text) => {
            let is_formula = text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\u{ff1d}']);
            if is_formula { format!("'{text}") } else { text.clone() }
        }
        other => other.to_string(),
    };
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What comes of an entity with that value; or what is said against it.
fn typed(way: Way, kind: Kind, own: &Own) -> Result<Edited, String> {
    let fresh = Settings::fresh();
    let mut random = || [3; 24];
    match way {
        Way::Edit => {
            let id = kind.is_single().then_some(1);
            let edit = Edit { changes: vec![Change::Put { kind, id, own: own.clone() }], based_on: None };
            fresh.edited(&edit, &mut random).map_err(|faults| said(&faults))
        }
        Way::File => {
            // A user's password goes into a file in clear, and its hash is made beside it.
            // JSON is TOML too, but for tables.
            let line = |(key, value): (&String, &Value)| match (key.as_str(), value) {
                ("password_hash", _) => "password = \"correct horse\"\n".to_owned(),
                (key, Value::Object(action)) => format!("{key} = {{ do = {} }}\n", action["do"]),
                (key, value) => format!("{key} = {value}\n"),
            };
            let lines: String = own.0.iter().map(line).collect();
            let username = own.get("username").and_then(Value::as_str).unwrap_or_default().to_owned();
            let hashes = file::Hashes::from([(username, "$argon2id$x".to_owned())]);
            let head = if kind.is_single() { format!("[{}]", kind.name()) } else { format!("[[{}]]", kind.name()) };
            let text = format!("{head}\n{lines}");
            file::read(&text, &hashes, &fresh, &Key::new([1; 32])).check(&fresh, &mut random).map_err(|faults| said(&faults))
        }
        Way::Table => {
            // A user's password goes into a table in clear.
            let (mut header, mut row) = (Vec::new(), Vec::new());
            for (key, value) in &own.0 {
                let is_hash = key == "password_hash";
                header.push(if is_hash { "password" } else { key.as_str() });
                row.push(if is_hash { "correct horse".to_owned() } else { cell(value) });
            }
            let text = format!("{}\n{}\n", header.join(","), row.join(","));
            let reading = csv::read(Format::Trillo(Sheet::Of(kind)), text.as_bytes(), &fresh);
            let preview = reading.preview(&fresh);
            if !preview.is_sound() {
                return Err(preview.all_faults().map(ToString::to_string).collect::<Vec<_>>().join("; "));
            }
            let edit = reading.edit(&mut |_| Ok::<_, ()>("$argon2id$x".to_owned())).expect("hashes");
            fresh.edited(&edit, &mut random).map_err(|faults| said(&faults))
        }
    }
}

fn ways(kind: Kind) -> impl Iterator<Item = Way> {
    WAYS.into_iter().filter(move |way| match way {
        Way::File => kind.is_in_file(),
        Way::Table => Sheet::from_name(kind.name()).is_some(),
        Way::Edit => true,
    })
}

#[test]
fn what_is_wrong_is_refused_by_every_way_for_the_same_reason() {
    let long = "x".repeat(10_000);
    let cases = [
        (Kind::Account, json!({"allowed_address": "10.0.0.1", "allowed_mask": "255.0.255.0"}), "allowed_mask", "it must be a mask such as"),
        (Kind::Account, json!({"allowed_address": "10.0.0.1", "allowed_mask": "64"}), "allowed_mask", "it must be a mask such as"),
        (Kind::Account, json!({"allowed_address": "10.0.0"}), "allowed_address", "it must be an IPv4 or IPv6 address"),
        (Kind::Account, json!({"codecs": []}), "codecs", "at least one must be chosen"),
        (Kind::Account, json!({"codecs": ["mp3"]}), "codecs", "\"mp3\" is not one of"),
        (Kind::Account, json!({"codecs": ["pcma", "pcma"]}), "codecs", "named twice"),
        (Kind::Account, json!({"transports": []}), "transports", "at least one must be chosen"),
        (Kind::Account, json!({"username": "an na"}), "username", "it must be 1 to 64 of"),
        (Kind::Account, json!({"username": "аnna"}), "username", "it must be 1 to 64 of"),
        (Kind::Account, json!({"outbound_proxy_port": 70_000}), "outbound_proxy_port", "from 1 to 65535"),
        (Kind::Account, json!({"outbound_proxy": "sip:proxy"}), "outbound_proxy", "it must be a host name"),
        (Kind::Account, json!({"extension": "999"}), "extension", "there is no extension 999"),
        (Kind::Extension, json!({"number": "801"}), "number", "dialled for a service (voicemail)"),
        (Kind::Extension, json!({"number": "1"}), "number", "it must be 2 to 8 digits"),
        (Kind::Extension, json!({"number": "\u{661}\u{662}\u{663}"}), "number", "it must be 2 to 8 digits"),
        (Kind::Extension, json!({"service_pin": "12a4"}), "service_pin", "it must be 4 to 16 digits"),
        (Kind::Extension, json!({"service_pin": "123"}), "service_pin", "it must be 4 to 16 digits"),
        (Kind::Account, json!({"password": "1234567"}), "password", "it must have at least 8 characters"),
        (Kind::Extension, json!({"email": "anna"}), "email", "it must be an e-mail address"),
        (Kind::Extension, json!({"email": "a@b@c"}), "email", "it must be an e-mail address"),
        (Kind::Extension, json!({"mobile": "call me"}), "mobile", "it must be a telephone number"),
        (Kind::Extension, json!({"first_name": long}), "first_name", "it has more than 200 characters"),
        (Kind::Extension, json!({"first_name": "a\nb"}), "first_name", "it must be one line"),
        (Kind::Extension, json!({"first_name": "Anna\u{202e}oB"}), "first_name", "the invisible character U+202E"),
        (Kind::Extension, json!({"busy_level": -1}), "busy_level", "from 0 to 2000"),
        (Kind::Extension, json!({"ldap_mode": "number"}), "ldap_number", "it is missing"),
        (Kind::Mailbox, json!({"number": "890"}), "number", "dialled for a service (park slot)"),
        (Kind::Mailbox, json!({"attach_audio": true}), "attach_audio", "it needs"),
        (Kind::Line, json!({"host": "sip:x"}), "host", "it must be a host name"),
        (Kind::Line, json!({"certificate": "AB:CD"}), "certificate", "it must be the SHA-256 fingerprint"),
        (Kind::Line, json!({"host": "1.2.3.4.5"}), "host", "it must be a host name"),
        (Kind::Line, json!({"next_line_on": "480 48a"}), "next_line_on", "SIP codes from 400 to 699"),
        (Kind::Line, json!({"kind": "gateway"}), "username", "only where kind is provider or trunk"),
        (Kind::Line, json!({"password": null}), "password", "it is missing"),
        (Kind::Line, json!({"username": null}), "username", "it is missing"),
        (Kind::Line, json!({"allowed": ["10.0.0.0/255.0.255.0"]}), "allowed", "or a network such as"),
        (Kind::Numbering, json!({"voicemail": "800"}), "voicemail", "800 runs"),
        (Kind::Numbering, json!({"voicemail": "8O1"}), "voicemail", "it must be digits, * and #"),
        (Kind::Selection, json!({"digits": "801"}), "digits", "dialled for a service (voicemail)"),
        (Kind::Selection, json!({"to": "78"}), "to", "only where match is range"),
        (Kind::Selection, json!({"digits": "seven"}), "digits", "digits, * and #"),
        (Kind::Selection, json!({"action": {"do": "sing"}}), "action", "\"sing\" is not one of"),
        (Kind::User, json!({"username": "*)(uid=*"}), "username", "it must be 1 to 64 of"),
        (Kind::User, json!({"role": "root"}), "role", "\"root\" is not one of"),
    ];
    for (kind, values, key, reason) in cases {
        let mut own = base(kind);
        own.0.extend(values.as_object().expect("a table").clone());
        own.0.retain(|_, value| !value.is_null());
        for way in ways(kind) {
            let refused = typed(way, kind, &own).map(|_| ()).expect_err(&format!("{way:?} refuses {key} = {values}"));
            assert!(refused.contains(&format!("{key}: ")) && refused.contains(reason), "{way:?}, {key}: {refused}");
        }
    }
}

#[test]
fn lists_whose_entries_cannot_be_are_refused_at_the_entry() {
    let refused = |kind: Kind, key: &str, value: Value| {
        let own = base(kind).with(key, value);
        let own = if kind == Kind::Line { own.with("kind", "trunk") } else { own };
        typed(Way::Edit, kind, &own).map(|_| ()).expect_err("it is refused")
    };
    let backwards = refused(Kind::Line, "ranges", json!([{"from": "100", "to": "199"}, {"from": "5", "to": "4"}]));
    assert!(backwards.starts_with("ranges: 2, to: the end of the range"), "{backwards}");
    let uneven = refused(Kind::Line, "ranges", json!([{"from": "5", "to": "10"}]));
    assert!(uneven.starts_with("ranges: 1, to: the end of the range"), "{uneven}");
    let twice = refused(Kind::Numbering, "emergency", json!([{"number": "777"}, {"number": "778"}, {"number": "777"}]));
    assert_eq!(twice, "emergency: 3, number: \"777\" is named twice");
}

#[test]
fn what_was_stored_before_a_rule_came_stays_until_it_is_changed() {
    let mut rows = Settings::fresh().rows().clone();
    let put = |kind: Kind, id: i64, own: Own| ((kind, id), std::sync::Arc::new(own));
    let line = Own::default().with("name", "Old").with("host", "gw.example").with("kind", "trunk").with("next_line_on", "48a");
    rows.extend([
        put(Kind::Extension, 1, Own::default().with("number", "101").with("service_pin", "7").with("tenant", 1)),
        put(Kind::Account, 1, Own::default().with("username", "anna").with("password", "x").with("tenant", 1)),
        put(Kind::Line, 1, line.with("ranges", json!([{"from": "5", "to": "4"}])).with("tenant", 1)),
        put(Kind::Numbering, 1, Own::default().with("emergency", json!([{"number": "777"}, {"number": "777"}]))),
    ]);
    let next = [Kind::Tenant, Kind::Extension, Kind::Account, Kind::Line].into_iter().map(|kind| (kind, 2)).collect();
    let (settings, left_out) = Settings::load(rows, next, 1, true);
    assert!(left_out.is_empty(), "{left_out:?}");
    let change = |kind, own| Change::Put { kind, id: Some(1), own };
    let edited = |change| settings.edited(&Edit { changes: vec![change], based_on: None }, &mut || [3; 24]);
    let renamed = edited(change(Kind::Account, Own::default().with("username", "bea").with("password", "x"))).expect("the password stays");
    assert_eq!(renamed.settings.account_by_username("bea").expect("there").password.expose(), "x");
    assert!(edited(change(Kind::Extension, Own::default().with("first_name", "Anna"))).is_ok());
    assert!(edited(change(Kind::Account, Own::default().with("password", "y"))).is_err());
}

#[test]
fn an_account_is_not_left_without_a_transport() {
    let only_udp = Change::Put { kind: Kind::Sip, id: None, own: Own::default().with("transports", json!(["udp"])) };
    let account = Change::Put { kind: Kind::Account, id: None, own: base(Kind::Account).with("transports", json!(["wss"])) };
    let edit = Edit { changes: vec![only_udp, account], based_on: None };
    let refused = Settings::fresh().edited(&edit, &mut || [3; 24]).map(|_| ()).map_err(|faults| said(&faults)).expect_err("it is refused");
    assert!(refused.starts_with("transports: no transport is left for account anna"), "{refused}");
}

#[test]
fn what_only_looks_dangerous_is_kept_letter_for_letter() {
    let kinds = Sheet::all().filter_map(|sheet| if let Sheet::Of(kind) = sheet { Some(kind) } else { None });
    let mut count = 0;
    for kind in kinds {
        // Second factors and the codes beside them are made by the box, not typed.
        for field in kind
            .fields()
            .iter()
            .filter(|field| matches!(field.shape, Shape::Text | Shape::Secret { .. }) && !(kind == Kind::User && field.is_secret()))
        {
            for name in NASTY {
                let name = if matches!(field.shape, Shape::Secret { .. }) { format!("{name} and more") } else { (*name).to_owned() };
                let own = base(kind).with(field.key, name.as_str());
                for way in ways(kind) {
                    let edited = typed(way, kind, &own)
                        .unwrap_or_else(|refused| panic!("{way:?}, {}.{} = {name}: {refused}", kind.name(), field.key));
                    let is_kept = |own: &Own| own.get(field.key) == Some(&Value::from(name.as_str()));
                    let kept = edited.settings.rows_of(kind).any(|(_, own)| is_kept(own));
                    assert!(kept, "{way:?}, {}.{} = {name}", kind.name(), field.key);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 500, "{count}");
}
