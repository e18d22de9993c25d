//! Non-INVITE client transaction: RFC 3261 17.1.2.

use super::Verb::{self, Pass, Send, StartGiveUp, StartLinger, StartResend, Stop, TellBroken, TellTimeout};
use super::{T2, T4, TIMEOUT, Timer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stimulus {
    Start,
    Provisional,
    Final,
    Fired(Timer),
    /// The transport could not send.
    Broken,
}

pub const STATES: [State; 4] = [State::Trying, State::Proceeding, State::Completed, State::Terminated];
pub const STIMULI: [Stimulus; 7] = [
    Stimulus::Start,
    Stimulus::Provisional,
    Stimulus::Final,
    Stimulus::Fired(Timer::Resend),
    Stimulus::Fired(Timer::GiveUp),
    Stimulus::Fired(Timer::Linger),
    Stimulus::Broken,
];

pub const fn step(state: State, stimulus: Stimulus, reliable: bool) -> (State, &'static [Verb]) {
    use State::{Completed, Proceeding, Terminated, Trying};
    use Stimulus::{Broken, Final, Fired, Provisional, Start};
    match (state, stimulus) {
        // Timers E (unreliable only) and F.
        (Trying, Start) if reliable => (Trying, &[Send, StartGiveUp(TIMEOUT)]),
        (Trying, Start) => (Trying, &[Send, StartResend(Some(T2)), StartGiveUp(TIMEOUT)]),
        (Trying | Proceeding, Fired(Timer::Resend)) => (state, &[Send]),
        (Trying | Proceeding, Fired(Timer::GiveUp)) => (Terminated, &[TellTimeout]),
        (Trying | Proceeding, Provisional) => (Proceeding, &[Pass]),
        // Timer K: zero over reliable transports.
        (Trying | Proceeding, Final) if reliable => (Terminated, &[Pass]),
        (Trying | Proceeding, Final) => (Completed, &[Stop(Timer::Resend), Stop(Timer::GiveUp), Pass, StartLinger(T4)]),
        (Completed, Fired(Timer::Linger)) => (Terminated, &[]),
        (Trying | Proceeding, Broken) => (Terminated, &[TellBroken]),
        (same, _) => (same, &[]),
    }
}
