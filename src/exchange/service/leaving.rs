//! The phone that transfers, once it has said so: it is told how far that is (RFC 3515 2.4.4), and is expected to hang up.

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has asked.
    Asked,
    /// The other party is off its hands, and it is being told where that one is.
    Announcing {
        is_subscribed: bool,
    },
    /// The other party is off its hands, and it has been told that this is worked on.
    Told,
    /// It knows that it is done, and has a moment to hang up.
    Leaving,
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stimulus {
    /// It may, and there is somebody to go to.
    Granted {
        is_subscribed: bool,
    },
    /// It may not, or nobody is there; the call stays.
    Refused {
        is_subscribed: bool,
    },
    /// It has answered what it was told.
    Notified,
    HungUp,
    /// What it was to be told was said to the end.
    Announced,
    /// It has had its moment.
    Expired,
}

/// What to do. The order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// The REFER is taken, and news follow.
    Accept,
    /// The REFER is taken, and no news follow (RFC 4488).
    AcceptQuietly,
    Refuse,
    NotifyTrying,
    NotifyDone,
    NotifyRefusal,
    /// The other party goes where it was sent.
    SendOn,
    /// The other party goes into a park slot.
    Park,
    /// It is told which.
    Announce,
    /// The parties of both calls hear each other.
    JoinOthers,
    /// The call with whom it talked meanwhile is over for it.
    DropConsultation,
    /// It has a moment to hang up by itself.
    AwaitBye,
    HangUp,
}

#[cfg(test)]
pub const STATES: [State; 6] = [
    State::Asked,
    State::Announcing { is_subscribed: true },
    State::Announcing { is_subscribed: false },
    State::Told,
    State::Leaving,
    State::Over,
];
#[cfg(test)]
pub const STIMULI: [Stimulus; 8] = [
    Stimulus::Granted { is_subscribed: true },
    Stimulus::Granted { is_subscribed: false },
    Stimulus::Refused { is_subscribed: true },
    Stimulus::Refused { is_subscribed: false },
    Stimulus::Notified,
    Stimulus::HungUp,
    Stimulus::Announced,
    Stimulus::Expired,
];

/// What is alike in every transfer.
pub const fn step(state: State, stimulus: Stimulus) -> (State, &'static [Verb]) {
    use State::{Asked, Leaving, Over, Told};
    use Stimulus::{Expired, HungUp, Notified, Refused};
    match (state, stimulus) {
        (Asked, Refused { is_subscribed: true }) => (Over, &[Verb::Accept, Verb::NotifyRefusal]),
        (Asked, Refused { is_subscribed: false }) => (Over, &[Verb::Refuse]),
        (Told, Notified) => (Leaving, &[Verb::NotifyDone, Verb::AwaitBye]),
        (Told | Leaving, HungUp) => (Over, &[]),
        (Told | Leaving, Expired) => (Over, &[Verb::HangUp]),
        (same, _) => (same, &[]),
    }
}
