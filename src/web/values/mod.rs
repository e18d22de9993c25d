//! Between the settings of an entity and the names and values of a form, by the field table.
//!
//! ```text
//! text, number       key=value
//! truth              key=on, or nothing; has=key says that the box stood in the form
//! reference          key=id; where the list would be long key.name=number or name
//! list of choices    key=choice key=choice ...; key.order.choice=1; has=key
//! references         key=id key=id ...; key.order.id=1; has=key
//! list of networks   key=one a line
//! secret             key=typed, empty: as it is; key.reset=on: a new one, or none
//! password           password=typed, empty: as it is
//! action             key.do=what key.extension=id ...
//! records            key.rows=2 key.0.part=value ... key.1.part=value ...; buttons: see `rows`
//! what was shown     key.was=JSON: what differs from it was typed by a person, all else stays as it is
//! inherited          pin=key: the box "own value" is ticked; key.pinned=on: it was
//! ```

mod rows;
mod typed;

use serde_json::Value;

use crate::settings::{Fault, Field, Kind, Own, Settings, Shape, action};
use crate::store::PASSWORD;
use crate::text::fault::Reason;

use super::http::Pairs;

pub use rows::press;
pub use typed::{Typed, chosen};

/// Stands for a key when the form has it, though the browser sends nothing for an empty box.
pub const HAS: &str = "has";
/// The ticked boxes "own value".
pub const PIN: &str = "pin";
/// What the form showed, as JSON.
const WAS: &str = ".was";
/// The box was ticked when the form was made.
const PINNED: &str = ".pinned";

/// What holds for a setting: the entity's own value, else its template's, else the table's.
pub fn value_of(settings: &Settings, kind: Kind, id: Option<i64>, field: &Field) -> Value {
    settings.effective(kind, id, field).value.into_owned()
}

/// What a form shows of an entity; of a new one, the defaults. Secrets stay where they are.
pub fn pairs_of(settings: &Settings, kind: Kind, id: Option<i64>, prefix: &str) -> Pairs {
    let mut pairs = Pairs::default();
    let own = id.and_then(|id| settings.own(kind, id));
    for field in kind.fields().iter().filter(|field| !field.is_secret()) {
        let name = format!("{prefix}{}", field.key);
        let value = value_of(settings, kind, id, field);
        show(&mut pairs, field.shape, &name, &value);
        pairs.push(format!("{name}{WAS}"), value.to_string());
        if field.is_inherited && own.is_some_and(|own| own.get(field.key).is_some()) {
            pairs.push(PIN, name.clone());
            pairs.push(format!("{name}{PINNED}"), "on");
        }
    }
    pairs
}

/// One value under its names.
pub fn show(pairs: &mut Pairs, shape: Shape, name: &str, value: &Value) {
    match (shape, value) {
        (Shape::Action { .. }, _) => show(pairs, Shape::Record(action::FIELDS), name, value),
        (Shape::Record(fields), Value::Object(parts)) => {
            for field in fields {
                if let Some(value) = parts.get(field.key) {
                    show(pairs, field.shape, &format!("{name}.{}", field.key), value);
                }
            }
        }
        (Shape::Records(fields), Value::Array(rows)) => {
            pairs.push(format!("{name}.rows"), rows.len().to_string());
            for (at, row) in rows.iter().enumerate() {
                show(pairs, Shape::Record(fields), &format!("{name}.{at}"), row);
            }
        }
        (Shape::Networks, Value::Array(list)) => {
            pairs.push(name, list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"));
        }
        (_, Value::Array(list)) => {
            for value in list {
                pairs.push(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
        }
        (_, Value::Bool(true)) => pairs.push(name, "on"),
        (_, Value::Number(number)) => pairs.push(name, number.to_string()),
        (_, Value::String(text)) => pairs.push(name, text.clone()),
        _ => {}
    }
}

/// The settings that a form changes. What it does not hold, and what nobody touched, stays; what is inherited becomes the entity's own
/// only where a person ticked that, or typed another value.
pub fn own_of(settings: &Settings, kind: Kind, id: Option<i64>, form: &Pairs, prefix: &str) -> Own {
    let now = id.and_then(|id| settings.own(kind, id));
    let reader = Typed::new(settings, form, typed::tenant_of(settings, now, form.text(&format!("{prefix}tenant"))));
    let mut own = Own::default();
    for field in kind.fields() {
        if field.shape == Shape::PasswordHash {
            // Hashed on the way to the store.
            let typed = form.text(&format!("{prefix}{PASSWORD}"));
            if !typed.is_empty() {
                own = own.with(PASSWORD, typed);
            }
            continue;
        }
        let name = format!("{prefix}{}", field.key);
        let has_own = now.is_some_and(|own| own.get(field.key).is_some());
        // The page hides what means nothing beside the choice that was made, so nobody could empty it there.
        if !field.is_inherited && !belongs(field, form, prefix) {
            if has_own {
                own = own.with(field.key, Value::Null);
            }
            continue;
        }
        let Some(value) = reader.value(field, &name) else { continue };
        let decided = match was(form, &name) {
            _ if field.is_secret() => (has_own || !value.is_null()).then_some(value),
            Some(was) if field.is_inherited => inherited(field, form, &name, value, &was),
            Some(was) => (!same(field, &value, &was)).then_some(value),
            // A form that does not say what it showed.
            None => (has_own || !same(field, &value, &value_of(settings, kind, id, field))).then_some(value),
        };
        if let Some(value) = decided {
            own = own.with(field.key, value);
        }
    }
    own
}

/// Whether it means something beside what the form chose.
fn belongs(field: &Field, form: &Pairs, prefix: &str) -> bool {
    let chosen = |key: &str| form.get(&format!("{prefix}{key}"));
    field.only_if.is_none_or(|only_if| chosen(only_if.key).is_none_or(|chosen| only_if.values.contains(&chosen)))
}

/// What becomes of a setting that can be inherited; `None`: as it is.
fn inherited(field: &Field, form: &Pairs, name: &str, value: Value, was: &Value) -> Option<Value> {
    let is_pinned = form.all(PIN).any(|pinned| pinned == name);
    let was_pinned = form.get(&format!("{name}{PINNED}")).is_some();
    let is_typed = !same(field, &value, was);
    match (is_pinned, was_pinned, is_typed) {
        (false, true, false) => Some(Value::Null),
        (false, false, false) | (true, true, false) => None,
        // Whoever types another value means it, with or without a tick.
        _ => Some(if value.is_null() { nothing(field.shape) } else { value }),
    }
}

/// The override that says "none", for shapes that have one.
const fn nothing(shape: Shape) -> Value {
    match shape {
        Shape::Number { .. } => Value::Null,
        _ => Value::String(String::new()),
    }
}

/// What the form showed when it was made.
pub fn was(form: &Pairs, name: &str) -> Option<Value> {
    serde_json::from_str(form.get(&format!("{name}{WAS}"))?).ok()
}

/// From here on the form tells what differs from what holds now.
pub fn rebase(form: &mut Pairs, settings: &Settings, kind: Kind, id: i64) {
    for field in kind.fields().iter().filter(|field| !field.is_secret()) {
        let (was, pinned) = (format!("{}{WAS}", field.key), format!("{}{PINNED}", field.key));
        form.set(&was, value_of(settings, kind, Some(id), field).to_string());
        form.remove(&pinned);
        if field.is_inherited && settings.own(kind, id).is_some_and(|own| own.get(field.key).is_some()) {
            form.push(pinned, "on");
        }
    }
}

/// One setting in the form is what holds now, and not what was typed.
pub fn restore(form: &mut Pairs, settings: &Settings, kind: Kind, id: i64, field: &Field) {
    let start = format!("{}.", field.key);
    let is_of = |name: &str| name == field.key || name.starts_with(&start);
    form.0.retain(|(name, value)| !is_of(name) && !((name == PIN || name == HAS) && is_of(value)));
    let shown = pairs_of(settings, kind, Some(id), "");
    form.0.extend(shown.0.into_iter().filter(|(name, value)| is_of(name) || name == PIN && value == field.key));
    form.push(HAS, field.key);
}

/// True if both mean the same, however they are written.
pub fn same(field: &Field, a: &Value, b: &Value) -> bool {
    let canonical = |value: &Value| match field.check(value) {
        Ok(Value::String(text)) if text.is_empty() => Value::Null,
        Ok(value) => value,
        Err(_) => value.clone(),
    };
    canonical(a) == canonical(b)
}

/// The faults of one change, each with the name of the input that it belongs to: `rules.0.digits` of the first rule's digits.
pub fn faults_by_name<'a>(faults: &'a [Fault], change: usize, prefix: &str) -> Vec<(String, &'a Reason)> {
    let of_change = faults.iter().filter(|fault| fault.change == Some(change) && !fault.field.is_empty());
    of_change
        .map(|fault| {
            // A password is typed, and kept as another field.
            let is_hash = fault.kind.field(&fault.field).is_some_and(|field| field.shape == Shape::PasswordHash);
            let mut name = format!("{prefix}{}", if is_hash { PASSWORD } else { &fault.field });
            let mut reason = &fault.reason;
            while let Reason::Within { part, reason: inner } = reason {
                for part in part.split(", ") {
                    match part.parse::<usize>() {
                        Ok(row) => name.push_str(&format!(".{}", row.saturating_sub(1))),
                        Err(_) => name.push_str(&format!(".{part}")),
                    }
                }
                reason = inner;
            }
            (name, reason)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::{Change, Edit};

    fn own(kind: Kind, form: &str) -> Own {
        own_of(&Settings::fresh(), kind, None, &Pairs::parse(form), "")
    }

    fn with(changes: Vec<Change>) -> Settings {
        Settings::fresh().edited(&Edit { changes, based_on: None }, &mut || [0; 24]).expect("sound").settings
    }

    fn put(kind: Kind, own: Own) -> Change {
        Change::Put { kind, id: None, own }
    }

    #[test]
    fn what_a_form_does_not_hold_stays() {
        assert_eq!(own(Kind::Extension, "number=101"), Own::default().with("number", "101"));
        assert_eq!(own(Kind::Extension, "has=enabled"), Own::default().with("enabled", false));
        assert_eq!(own(Kind::Extension, "has=enabled&enabled=on"), Own::default(), "the default");
        assert_eq!(own(Kind::Account, "password="), Own::default());
        assert_eq!(own(Kind::Account, "password=x"), Own::default().with("password", "x"));
        assert_eq!(own(Kind::Account, "password=&password.reset=on"), Own::default(), "a new account has none to reset");
    }

    #[test]
    fn lists_keep_the_order_that_was_typed() {
        let form = "has=codecs&codecs=pcma&codecs=opus&codecs=gsm&codecs.order.pcma=2&codecs.order.opus=1&codecs.order.gsm=x";
        assert_eq!(own(Kind::Account, form), Own::default().with("codecs", vec!["opus", "pcma", "gsm"]));
        assert_eq!(
            own(Kind::Sip, "local_networks=10.0.0.0/8%0D%0A%0D%0A::1"),
            Own::default().with("local_networks", vec!["10.0.0.0/8", "::1"])
        );
    }

    #[test]
    fn what_is_no_number_is_refused_by_the_check() {
        let own = own(Kind::Extension, "busy_level=many");
        let field = Kind::Extension.field("busy_level").unwrap();
        assert!(matches!(field.check(own.get("busy_level").unwrap()), Err(Reason::OutOfRange { .. })));
    }

    #[test]
    fn an_untouched_form_of_any_entity_changes_nothing() {
        let rule = json!([{"match": "range", "digits": "10", "to": "19", "lines": [1]}]);
        let did = json!([{"number": "0611", "action": {"do": "extension", "extension": 1}}]);
        let settings = with(vec![
            put(Kind::PickupGroup, Own::default().with("name", "g")),
            put(Kind::Line, Own::default().with("name", "l").with("host", "l.example").with("did", did)),
            put(Kind::Class, Own::default().with("name", "c").with("rules", rule)),
            put(Kind::ExtensionTemplate, Own::default().with("name", "t").with("busy_level", 3).with("pickup_groups", vec![1])),
            put(
                Kind::Extension,
                Own::default()
                    .with("number", "101")
                    .with("template", 1)
                    .with("organization", "")
                    .with("busy_level", 3)
                    .with("standard_class", 1)
                    .with("failover_internal_busy", json!({"do": "external", "number": "0611", "class": 1})),
            ),
            put(Kind::Account, Own::default().with("username", "a").with("extension", 1)),
        ]);
        for (kind, id) in settings.rows().keys() {
            let mut form = pairs_of(&settings, *kind, Some(*id), "");
            // The page has a box for each truth and list.
            for field in kind.fields() {
                form.push(HAS, field.key);
            }
            form.push(HAS, "rules.0.lines");
            assert_eq!(own_of(&settings, *kind, Some(*id), &form, ""), Own::default(), "{} {id}", kind.name());
        }
    }

    #[test]
    fn a_value_is_pinned_released_or_inherited() {
        let settings = with(vec![
            put(Kind::ExtensionTemplate, Own::default().with("name", "t").with("busy_level", 3)),
            put(Kind::Extension, Own::default().with("number", "101").with("template", 1)),
            put(Kind::Extension, Own::default().with("number", "102").with("template", 1).with("busy_level", 3)),
        ]);
        let check = |id: i64, form: &str, expected: Option<Value>| {
            let own = own_of(&settings, Kind::Extension, Some(id), &Pairs::parse(form), "");
            assert_eq!(own.get("busy_level").cloned(), expected, "{id}: {form}");
        };
        check(1, "busy_level=3&busy_level.was=3", None);
        check(1, "busy_level=3&busy_level.was=3&pin=busy_level", Some(json!(3)));
        check(1, "busy_level=5&busy_level.was=3", Some(json!(5)));
        check(1, "busy_level=2&busy_level.was=2", None);
        check(2, "busy_level=3&busy_level.was=3&busy_level.pinned=on&pin=busy_level", None);
        check(2, "busy_level=3&busy_level.was=3&busy_level.pinned=on", Some(Value::Null));
        check(2, "busy_level=4&busy_level.was=3&busy_level.pinned=on&pin=busy_level", Some(json!(4)));
        let none = own_of(&settings, Kind::Extension, Some(1), &Pairs::parse("organization=&organization.was=null&pin=organization"), "");
        assert_eq!(none.get("organization"), Some(&json!("")), "an own none");
    }

    #[test]
    fn parts_that_their_mode_does_not_have_are_left_out() {
        let form = "failover_internal_busy.do=hang_up&failover_internal_busy.number=123&failover_internal_busy.extension=7";
        assert_eq!(own(Kind::Extension, form), Own::default(), "hanging up is the preset");
        let form = "failover_internal_busy.do=external&failover_internal_busy.number=123&failover_internal_busy.extension=7";
        let expected = json!({"do": "external", "number": "123"});
        assert_eq!(own(Kind::Extension, form).get("failover_internal_busy"), Some(&expected));
        let form = "rules.rows=2&rules.0.match=any&rules.0.digits=5&has=rules.0.lines&rules.0.lines=4&rules.0.lines=2&rules.0.lines.order.4=2&rules.0.lines.order.2=1&rules.1.match=prefix";
        let expected = json!([{"match": "any", "lines": [2, 4]}, {"match": "prefix"}]);
        assert_eq!(own(Kind::Class, form).get("rules"), Some(&expected));
    }

    #[test]
    fn what_the_chosen_kind_of_line_does_not_have_goes() {
        let line = Own::default().with("name", "l").with("host", "l.example").with("username", "u").with("password", "p");
        let settings = with(vec![put(Kind::Line, line)]);
        let check = |form: &str, expected: Own| {
            assert_eq!(own_of(&settings, Kind::Line, Some(1), &Pairs::parse(form), ""), expected, "{form}");
        };
        let gone = Own::default().with("kind", "gateway").with("username", Value::Null).with("password", Value::Null);
        check("kind=gateway&username=u&password=", gone);
        check("kind=provider&kind.was=%22provider%22&username=u&username.was=%22u%22&password=", Own::default());
        check("username=u&username.was=%22u%22", Own::default());
    }

    #[test]
    fn faults_find_their_inputs() {
        let reason = Reason::Within { part: "2, action, number".to_owned(), reason: Box::new(Reason::Missing) };
        let fault = Fault {
            change: Some(0),
            kind: Kind::Line,
            id: None,
            field: "did".to_owned(),
            path: String::new(),
            place: String::new(),
            line: None,
            reason,
        };
        let faults = [fault];
        assert_eq!(faults_by_name(&faults, 0, ""), [("did.1.action.number".to_owned(), &Reason::Missing)]);
    }
}
