//! Between the settings of an entity and the names and values of a form, by the field table.
//!
//! ```text
//! text, number, reference   key=value
//! truth                     key=on, or nothing; has=key says that the box stood in the form
//! list of choices           key=choice key=choice ...; key.order.choice=1; has=key
//! list of networks          key=one a line
//! secret                    key=typed, empty: as it is; key.reset=on: a new one, or none
//! ```

use serde_json::Value;

use crate::settings::{Fault, Field, Kind, Own, Settings, Shape};
use crate::text::fault::Reason;

use super::http::Pairs;

/// Stands for a key when the form has it, though the browser sends nothing for an empty box.
pub const HAS: &str = "has";

/// What holds for a setting: the entity's own value, else its template's, else the table's.
pub fn value_of(settings: &Settings, kind: Kind, id: Option<i64>, field: &Field) -> Value {
    settings.effective(kind, id, field).value.into_owned()
}

/// What a form shows of an entity; of a new one, the defaults. Secrets stay where they are.
pub fn pairs_of(settings: &Settings, kind: Kind, id: Option<i64>, prefix: &str) -> Pairs {
    let mut pairs = Pairs::default();
    for field in kind.fields().iter().filter(|field| !field.is_secret()) {
        let name = format!("{prefix}{}", field.key);
        match value_of(settings, kind, id, field) {
            Value::Bool(true) => pairs.push(name, "on"),
            Value::Number(number) => pairs.push(name, number.to_string()),
            Value::String(text) => pairs.push(name, text),
            Value::Array(list) => {
                let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                match field.shape {
                    Shape::Networks => pairs.push(name, texts.join("\n")),
                    _ => texts.into_iter().for_each(|text| pairs.push(name.clone(), text)),
                }
            }
            _ => {}
        }
    }
    pairs
}

/// The settings that a form changes. What it does not hold stays; what is still the default does not become the entity's own.
pub fn own_of(settings: &Settings, kind: Kind, id: Option<i64>, form: &Pairs, prefix: &str) -> Own {
    let mut own = Own::default();
    for field in kind.fields() {
        let name = format!("{prefix}{}", field.key);
        let Some(value) = typed(field, form, &name) else { continue };
        let has_own = id.and_then(|id| settings.own(kind, id)?.get(field.key)).is_some();
        if has_own || value != field.preset() {
            own = own.with(field.key, value);
        }
    }
    own
}

/// `None` if the form does not hold the setting, or it is a secret that stays.
fn typed(field: &Field, form: &Pairs, name: &str) -> Option<Value> {
    match field.shape {
        Shape::PasswordHash | Shape::TokenHash => None,
        Shape::Bool => holds(form, name).then(|| form.get(name).is_some().into()),
        Shape::Choices { .. } => holds(form, name).then(|| chosen(form, name).into()),
        Shape::Secret | Shape::SecretDigits { .. } => match form.get(name)?.trim() {
            "" if form.get(&format!("{name}.reset")).is_some() => Some(Value::Null),
            "" => None,
            text => Some(text.into()),
        },
        Shape::Networks => {
            let lines = form.get(name)?.split(['\n', ',', ' ', '\r', '\t']).filter(|line| !line.is_empty());
            Some(lines.collect::<Vec<_>>().into())
        }
        Shape::Number { .. } => match form.get(name)?.trim() {
            "" => Some(Value::Null),
            // What is no number is left to the check, which names the range.
            text => Some(text.parse::<i64>().map_or(Value::from(i64::MIN), Value::from)),
        },
        Shape::Reference(_) => match form.get(name)?.trim() {
            "" => Some(Value::Null),
            text => Some(text.parse::<i64>().map_or(Value::from(text), Value::from)),
        },
        _ => match form.get(name)?.trim() {
            "" => Some(Value::Null),
            text => Some(text.into()),
        },
    }
}

fn holds(form: &Pairs, name: &str) -> bool {
    form.all(HAS).any(|held| held == name)
}

/// The ticked choices in their order: by the numbers beside them, else as they stood.
pub fn chosen<'a>(form: &'a Pairs, name: &'a str) -> Vec<&'a str> {
    let mut chosen: Vec<(u32, &str)> = form
        .all(name)
        .map(|choice| {
            let order = form.get(&format!("{name}.order.{choice}")).and_then(|order| order.trim().parse().ok());
            (order.unwrap_or(u32::MAX), choice)
        })
        .collect();
    chosen.sort_by_key(|(order, _)| *order);
    chosen.into_iter().map(|(_, choice)| choice).collect()
}

/// The faults of one change beside one field.
pub fn faults_of<'a>(faults: &'a [Fault], change: usize, key: &'a str) -> impl Iterator<Item = &'a Reason> {
    faults.iter().filter(move |fault| fault.change == Some(change) && fault.field == key).map(|fault| &fault.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(kind: Kind, form: &str) -> Own {
        own_of(&Settings::fresh(), kind, None, &Pairs::parse(form), "")
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
}
