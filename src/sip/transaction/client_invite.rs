//! INVITE client transaction: RFC 3261 17.1.1 with RFC 6026 7.2.

use super::Verb::{self, Ack, Pass, Send, StartGiveUp, StartLinger, StartResend, Stop, TellBroken, TellTimeout};
use super::{TIMEOUT, TIMER_D, Timer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Calling,
    Proceeding,
    Accepted,
    Completed,
    Terminated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stimulus {
    Start,
    Provisional,
    Success,
    Failure,
    Fired(Timer),
    /// The transport could not send.
    Broken,
}

pub const STATES: [State; 5] = [State::Calling, State::Proceeding, State::Accepted, State::Completed, State::Terminated];
pub const STIMULI: [Stimulus; 8] = [
    Stimulus::Start,
    Stimulus::Provisional,
    Stimulus::Success,
    Stimulus::Failure,
    Stimulus::Fired(Timer::Resend),
    Stimulus::Fired(Timer::GiveUp),
    Stimulus::Fired(Timer::Linger),
    Stimulus::Broken,
];

pub const fn step(state: State, stimulus: Stimulus, reliable: bool) -> (State, &'static [Verb]) {
    use State::{Accepted, Calling, Completed, Proceeding, Terminated};
    use Stimulus::{Broken, Failure, Fired, Provisional, Start, Success};
    match (state, stimulus) {
        // Timers A (unreliable only) and B.
        (Calling, Start) if reliable => (Calling, &[Send, StartGiveUp(TIMEOUT)]),
        (Calling, Start) => (Calling, &[Send, StartResend(None), StartGiveUp(TIMEOUT)]),
        (Calling, Fired(Timer::Resend)) => (Calling, &[Send]),
        (Calling, Fired(Timer::GiveUp)) => (Terminated, &[TellTimeout]),
        (Calling, Provisional) => (Proceeding, &[Stop(Timer::Resend), Stop(Timer::GiveUp), Pass]),
        (Proceeding, Provisional) => (Proceeding, &[Pass]),
        // Only a CANCEL starts the timer in Proceeding (RFC 3261 9.1): the callee may never answer it.
        (Proceeding, Fired(Timer::GiveUp)) => (Terminated, &[TellTimeout]),
        // Timer M: RFC 6026 7.2, so that every 2xx of a fork reaches the user.
        (Calling | Proceeding, Success) => (Accepted, &[Stop(Timer::Resend), Stop(Timer::GiveUp), Pass, StartLinger(TIMEOUT)]),
        (Accepted, Success) => (Accepted, &[Pass]),
        (Accepted, Fired(Timer::Linger)) => (Terminated, &[]),
        // Timer D: zero over reliable transports.
        (Calling | Proceeding, Failure) if reliable => (Terminated, &[Ack, Pass]),
        (Calling | Proceeding, Failure) => (Completed, &[Stop(Timer::Resend), Stop(Timer::GiveUp), Ack, Pass, StartLinger(TIMER_D)]),
        (Completed, Failure) => (Completed, &[Ack]),
        (Completed, Fired(Timer::Linger)) => (Terminated, &[]),
        (Calling | Proceeding, Broken) => (Terminated, &[TellBroken]),
        (Completed, Broken) => (Terminated, &[]),
        (same, _) => (same, &[]),
    }
}
