//! Attended transfer: a phone that talks with one party and has another waiting brings both together, and leaves both calls.

use super::leaving::{self, State, Stimulus, Verb};

pub const fn step(state: State, stimulus: Stimulus) -> (State, &'static [Verb]) {
    match (state, stimulus) {
        (State::Asked, Stimulus::Granted { is_subscribed: true }) => {
            (State::Told, &[Verb::Accept, Verb::JoinOthers, Verb::DropConsultation, Verb::NotifyTrying, Verb::AwaitBye])
        }
        (State::Asked, Stimulus::Granted { is_subscribed: false }) => {
            (State::Leaving, &[Verb::AcceptQuietly, Verb::JoinOthers, Verb::DropConsultation, Verb::AwaitBye])
        }
        (state, stimulus) => leaving::step(state, stimulus),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_as_it_was_read() {
        assert_eq!(super::super::print(super::step), include_str!("attended_transfer.txt"));
    }
}
