//! INVITE server transaction: RFC 3261 17.2.1 with RFC 6026 7.1.

use super::Verb::{self, Pass, Send, StartGiveUp, StartLinger, StartResend, Stop, TellTimeout};
use super::{T2, T4, TIMEOUT, Timer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Proceeding,
    Accepted,
    Completed,
    Confirmed,
    Terminated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stimulus {
    /// The same INVITE again.
    Repeated,
    /// The user answers with 1xx, 2xx, or 300 and above.
    Provisional,
    Success,
    Failure,
    Ack,
    Fired(Timer),
}

pub const STATES: [State; 5] = [State::Proceeding, State::Accepted, State::Completed, State::Confirmed, State::Terminated];
pub const STIMULI: [Stimulus; 8] = [
    Stimulus::Repeated,
    Stimulus::Provisional,
    Stimulus::Success,
    Stimulus::Failure,
    Stimulus::Ack,
    Stimulus::Fired(Timer::Resend),
    Stimulus::Fired(Timer::GiveUp),
    Stimulus::Fired(Timer::Linger),
];

pub const fn step(state: State, stimulus: Stimulus, reliable: bool) -> (State, &'static [Verb]) {
    use State::{Accepted, Completed, Confirmed, Proceeding, Terminated};
    use Stimulus::{Ack, Failure, Fired, Provisional, Repeated, Success};
    match (state, stimulus) {
        (Proceeding, Repeated) => (Proceeding, &[Send]),
        (Proceeding, Provisional) => (Proceeding, &[Pass]),
        // Timer L. RFC 6026 7.1: 2xx retransmissions belong to the session; the transaction only passes them on.
        (Proceeding, Success) => (Accepted, &[Pass, StartLinger(TIMEOUT)]),
        (Accepted, Success) => (Accepted, &[Pass]),
        (Accepted, Fired(Timer::Linger)) => (Terminated, &[]),
        // Timers G (unreliable only) and H.
        (Proceeding, Failure) if reliable => (Completed, &[Pass, StartGiveUp(TIMEOUT)]),
        (Proceeding, Failure) => (Completed, &[Pass, StartResend(Some(T2)), StartGiveUp(TIMEOUT)]),
        (Completed, Repeated | Fired(Timer::Resend)) => (Completed, &[Send]),
        (Completed, Fired(Timer::GiveUp)) => (Terminated, &[TellTimeout]),
        // Timer I: zero over reliable transports.
        (Completed, Ack) if reliable => (Terminated, &[]),
        (Completed, Ack) => (Confirmed, &[Stop(Timer::Resend), Stop(Timer::GiveUp), StartLinger(T4)]),
        (Confirmed, Fired(Timer::Linger)) => (Terminated, &[]),
        (same, _) => (same, &[]),
    }
}
