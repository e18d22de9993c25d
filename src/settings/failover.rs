//! What happens to a call that an extension did not take: by where it came from and why it failed.

use std::time::Duration;

use crate::text::settings as words;

use super::Action;
use super::field::{Default, Field, Shape};
use super::own::Values;

/// Where a call came from. Fixed when it comes in; only a transfer changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    Internal,
    External,
    Transfer,
}

impl Origin {
    pub const ALL: [Origin; 3] = [Origin::Internal, Origin::External, Origin::Transfer];
}

/// Why an extension did not take a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    NoAnswer,
    Busy,
    Unavailable,
}

impl Cause {
    pub const ALL: [Cause; 3] = [Cause::NoAnswer, Cause::Busy, Cause::Unavailable];
}

/// The nine cells, and how long a call of each origin rings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failover {
    cells: [[Action; 3]; 3],
    timeouts: [Duration; 3],
}

const TIMEOUT: Shape = Shape::Number { min: 5, max: 600 };

pub(super) const FIELDS: [Field; 12] = [
    Field::new("failover_internal_timeout", TIMEOUT, Default::Number(30), words::FAILOVER_INTERNAL_TIMEOUT).inherited(),
    cell("failover_internal_no_answer", false, words::FAILOVER_INTERNAL_NO_ANSWER),
    cell("failover_internal_busy", false, words::FAILOVER_INTERNAL_BUSY),
    cell("failover_internal_unavailable", false, words::FAILOVER_INTERNAL_UNAVAILABLE),
    Field::new("failover_external_timeout", TIMEOUT, Default::Number(30), words::FAILOVER_EXTERNAL_TIMEOUT).inherited(),
    cell("failover_external_no_answer", false, words::FAILOVER_EXTERNAL_NO_ANSWER),
    cell("failover_external_busy", false, words::FAILOVER_EXTERNAL_BUSY),
    cell("failover_external_unavailable", false, words::FAILOVER_EXTERNAL_UNAVAILABLE),
    Field::new("failover_transfer_timeout", TIMEOUT, Default::Number(30), words::FAILOVER_TRANSFER_TIMEOUT).inherited(),
    cell("failover_transfer_no_answer", true, words::FAILOVER_TRANSFER_NO_ANSWER),
    cell("failover_transfer_busy", true, words::FAILOVER_TRANSFER_BUSY),
    cell("failover_transfer_unavailable", true, words::FAILOVER_TRANSFER_UNAVAILABLE),
];

const fn cell(key: &'static str, is_transfer: bool, words: crate::text::settings::FieldWords) -> Field {
    let default = Default::Do(if is_transfer { "return" } else { "hang_up" });
    Field::new(key, Shape::Action { is_transfer }, default, words).inherited()
}

impl Failover {
    pub(super) fn new(values: &Values<'_>) -> Failover {
        let action = |origin: usize, cause: usize| Action::new(&values.value(&FIELDS[origin * 4 + cause + 1]));
        let timeout = |origin: usize| Duration::from_secs(values.number(FIELDS[origin * 4].key).into());
        Failover {
            cells: std::array::from_fn(|origin| std::array::from_fn(|cause| action(origin, cause))),
            timeouts: std::array::from_fn(timeout),
        }
    }

    pub fn action(&self, origin: Origin, cause: Cause) -> &Action {
        &self.cells[origin as usize][cause as usize]
    }

    /// How long a call rings before it counts as not answered.
    pub fn timeout(&self, origin: Origin) -> Duration {
        self.timeouts[origin as usize]
    }
}
