//! Blind transfer: a phone sends the other party of its call to a number. From then on it is that party's call, and what fails is the matter
//! of the transfer column.

use super::leaving::{self, State, Stimulus, Verb};

pub const fn step(state: State, stimulus: Stimulus) -> (State, &'static [Verb]) {
    match (state, stimulus) {
        (State::Asked, Stimulus::Granted { is_subscribed: true }) => {
            (State::Told, &[Verb::Accept, Verb::SendOn, Verb::NotifyTrying, Verb::AwaitBye])
        }
        (State::Asked, Stimulus::Granted { is_subscribed: false }) => {
            (State::Leaving, &[Verb::AcceptQuietly, Verb::SendOn, Verb::AwaitBye])
        }
        (state, stimulus) => leaving::step(state, stimulus),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_as_it_was_read() {
        assert_eq!(super::super::print(super::step), include_str!("blind_transfer.txt"));
    }
}
