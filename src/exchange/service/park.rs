//! Park: a phone puts the other party of its call into a slot. Before it goes it is told which one; a phone that asked by REFER learns only then
//! that it is done, for most hang up when they do.

use super::leaving::{self, State, Stimulus, Verb};

pub const fn step(state: State, stimulus: Stimulus) -> (State, &'static [Verb]) {
    use State::{Announcing, Asked, Leaving, Over};
    use Stimulus::{Announced, Expired, Granted, HungUp};
    match (state, stimulus) {
        (Asked, Granted { is_subscribed: true }) => {
            (Announcing { is_subscribed: true }, &[Verb::Accept, Verb::Park, Verb::NotifyTrying, Verb::Announce])
        }
        (Asked, Granted { is_subscribed: false }) => {
            (Announcing { is_subscribed: false }, &[Verb::AcceptQuietly, Verb::Park, Verb::Announce])
        }
        (Announcing { is_subscribed: true }, Announced | Expired) => (Leaving, &[Verb::NotifyDone, Verb::AwaitBye]),
        (Announcing { is_subscribed: false }, Announced | Expired) => (Over, &[Verb::HangUp]),
        (Announcing { .. }, HungUp) => (Over, &[]),
        (state, stimulus) => leaving::step(state, stimulus),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_as_it_was_read() {
        assert_eq!(super::super::print(super::step), include_str!("park.txt"));
    }
}
