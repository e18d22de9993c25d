//! JSON as a program must send it (RFC 8259). Of two members with one name in an object the RFC leaves open which counts (4); one of the two is a
//! mistake, so both together are refused.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::text::api as words;

use super::problem::Said;

/// The value, or what is wrong with the text.
pub fn parse(bytes: &[u8]) -> Result<Value, Said> {
    let (mut reader, twice) = (serde_json::Deserializer::from_slice(bytes), RefCell::new(None));
    let read = Strict { twice: &twice }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| match twice.take() {
        Some(name) => Said::with(words::MEMBER_TWICE, &[&name]),
        None if error.to_string().starts_with(TOO_DEEP) => words::JSON_TOO_DEEP.into(),
        None => Said::with(words::NOT_JSON, &[&error.line(), &error.column()]),
    })
}

/// How serde_json says that lists and objects stand in each other more than 127 times.
const TOO_DEEP: &str = "recursion limit exceeded";

#[derive(Clone, Copy)]
struct Strict<'a> {
    /// The name that an object has twice.
    twice: &'a RefCell<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                self.twice.replace(Some(name.chars().filter(|c| !c.is_control()).take(100).collect()));
                return Err(A::Error::custom("a name twice"));
            }
            let value = members.next_value_seed(self)?;
            map.insert(name, value);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::text::Language;

    #[test]
    fn what_is_sent_is_read_as_it_is_or_said_to_be_wrong() {
        let text = r#"{"a": [1, -2, 1.5, true, null, "x\u00e8"], "b": {"a": {}}, "c": 18446744073709551615}"#;
        assert_eq!(parse(text.as_bytes()).ok(), Some(json!({"a": [1, -2, 1.5, true, null, "x\u{e8}"], "b": {"a": {}}, "c": u64::MAX})));
        let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
        for (text, said) in [
            (r#"{"a": 1, "b": 2, "a": 1}"#, "has the member \"a\" twice"),
            (r#"[{"b": {"c": 1, "\u0063": 2}}]"#, "has the member \"c\" twice"),
            (deep.as_str(), "within each other too deep"),
            ("{", "not JSON: line 1, column 1"),
            ("{} {}", "not JSON: line 1, column 4"),
            ("", "not JSON: line 1, column 0"),
        ] {
            let refused = parse(text.as_bytes()).expect_err("it is refused").say(Language::English);
            assert!(refused.contains(said), "{text:.40}: {refused}");
        }
    }
}
