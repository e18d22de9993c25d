//! Non-INVITE server transaction: RFC 3261 17.2.2.

use super::Verb::{self, Pass, Send, StartLinger};
use super::{TIMEOUT, Timer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stimulus {
    /// The same request again.
    Repeated,
    /// The user answers.
    Provisional,
    Final,
    Fired(Timer),
}

pub const STATES: [State; 4] = [State::Trying, State::Proceeding, State::Completed, State::Terminated];
pub const STIMULI: [Stimulus; 4] = [Stimulus::Repeated, Stimulus::Provisional, Stimulus::Final, Stimulus::Fired(Timer::Linger)];

pub const fn step(state: State, stimulus: Stimulus, reliable: bool) -> (State, &'static [Verb]) {
    use State::{Completed, Proceeding, Terminated, Trying};
    use Stimulus::{Final, Fired, Provisional, Repeated};
    match (state, stimulus) {
        (Trying | Proceeding, Provisional) => (Proceeding, &[Pass]),
        // Timer J: zero over reliable transports.
        (Trying | Proceeding, Final) if reliable => (Terminated, &[Pass]),
        (Trying | Proceeding, Final) => (Completed, &[Pass, StartLinger(TIMEOUT)]),
        (Proceeding | Completed, Repeated) => (state, &[Send]),
        (Completed, Fired(Timer::Linger)) => (Terminated, &[]),
        (same, _) => (same, &[]),
    }
}
