//! Wall-clock time as it is written down: milliseconds.

use serde::{Deserialize, Deserializer, Serializer};

use crate::base::Wall;

pub fn serialize<S: Serializer>(wall: &Wall, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(wall.as_millis())
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Wall, D::Error> {
    i64::deserialize(deserializer).map(Wall::from_millis)
}
