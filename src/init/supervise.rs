//! When `trillo` is started, killed, called healthy and given up, as a value fed with time.
//!
//! In: [`Fact`]s about the child, and the time. Out: [`Verb`]s for PID 1. Call `handle` or `handle_timeout`, then `poll_verb` until it is
//! empty, then sleep until `poll_timeout` at the latest.
//!
//! ```text
//! Resting --Start--> Starting --beat--> Beating --10 s without--> Killed --exit--> Resting ...
//!                       \--90 s without a beat------------------^  |  \--5 deaths in 2 min--> GivenUp
//!                                                                  \--10 s and still there--^
//! ```

use std::collections::VecDeque;
use std::time::Duration;

use trillo::base::Instant;

/// How patient the supervisor is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From start to the first beat; a migration of the data falls in here.
    pub start: Duration,
    /// Between two beats.
    pub silence: Duration,
    /// From SIGKILL to the exit.
    pub kill: Duration,
    /// From an exit to the next start.
    pub rest: Duration,
    /// This many deaths ...
    pub deaths_max: usize,
    /// ... within this time, and the box is given to the hardware watchdog.
    pub deaths_window: Duration,
    /// Beating for this long is health.
    pub health: Duration,
}

impl Patience {
    pub const USUAL: Patience = Patience {
        start: Duration::from_secs(90),
        silence: Duration::from_secs(10),
        kill: Duration::from_secs(10),
        rest: Duration::from_millis(200),
        deaths_max: 5,
        deaths_window: Duration::from_secs(120),
        health: Duration::from_secs(60),
    };
}

/// If nobody asked for this long, PID 1 itself did not run (a busy host, a slow card): the child had no chance to beat either.
const OWN_STALL: Duration = Duration::from_secs(3);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    Beat,
    Exited,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Start,
    Kill(Cause),
    MarkHealthy,
    /// Let the hardware watchdog reset the machine.
    GiveUp(Cause),
}

/// Why a child was killed or given up; printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    NeverBeat,
    Silent,
    Unkillable,
    DiesAgainAndAgain,
}

impl Cause {
    pub const fn words(self) -> &'static str {
        match self {
            Cause::NeverBeat => "it never showed a sign of life",
            Cause::Silent => "no sign of life",
            Cause::Unkillable => "it cannot be killed",
            Cause::DiesAgainAndAgain => "it dies again and again",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Resting { until: Instant },
    Starting { since: Instant },
    Beating { since: Instant, last: Instant },
    Killed { at: Instant },
    GivenUp,
}

/// The policy. Poll verbs after each call.
#[derive(Debug)]
pub struct Supervisor {
    patience: Patience,
    state: State,
    deaths: VecDeque<Instant>,
    is_marked: bool,
    asked: Instant,
    verbs: VecDeque<Verb>,
}

impl Supervisor {
    pub fn new(now: Instant, patience: Patience) -> Self {
        let state = State::Resting { until: now };
        Supervisor { patience, state, deaths: VecDeque::new(), is_marked: false, asked: now, verbs: VecDeque::new() }
    }

    pub fn handle(&mut self, now: Instant, fact: Fact) {
        self.state = match (self.state, fact) {
            (State::GivenUp, _) => State::GivenUp,
            (State::Starting { .. }, Fact::Beat) => State::Beating { since: now, last: now },
            (State::Beating { since, .. }, Fact::Beat) => State::Beating { since, last: now },
            // Beats that were on their way when the child was killed or had exited.
            (state @ (State::Resting { .. } | State::Killed { .. }), Fact::Beat) => state,
            (state @ State::Resting { .. }, Fact::Exited) => state,
            (State::Starting { .. } | State::Beating { .. } | State::Killed { .. }, Fact::Exited) => self.count_death(now),
        };
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        let stall = now.since(self.asked);
        self.asked = now;
        if stall >= OWN_STALL {
            self.forgive(stall);
        }
        let patience = self.patience;
        self.state = match self.state {
            State::Resting { until } if now >= until => {
                self.verbs.push_back(Verb::Start);
                State::Starting { since: now }
            }
            State::Starting { since } if now.since(since) >= patience.start => self.kill(now, Cause::NeverBeat),
            State::Beating { last, .. } if now.since(last) >= patience.silence => self.kill(now, Cause::Silent),
            State::Beating { since, .. } if !self.is_marked && now.since(since) >= patience.health => {
                self.is_marked = true;
                self.verbs.push_back(Verb::MarkHealthy);
                self.state
            }
            State::Killed { at } if now.since(at) >= patience.kill => self.give_up(Cause::Unkillable),
            state => state,
        };
    }

    pub fn poll_verb(&mut self) -> Option<Verb> {
        self.verbs.pop_front()
    }

    /// When the state changes by itself; None once given up.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Resting { until } => Some(until),
            State::Starting { since } => Some(since + self.patience.start),
            State::Beating { since, last } => {
                let silent = last + self.patience.silence;
                Some(if self.is_marked { silent } else { silent.min(since + self.patience.health) })
            }
            State::Killed { at } => Some(at + self.patience.kill),
            State::GivenUp => None,
        }
    }

    /// The hardware watchdog is fed as long as this holds.
    pub fn has_hope(&self) -> bool {
        self.state != State::GivenUp
    }

    pub fn is_beating(&self) -> bool {
        matches!(self.state, State::Beating { .. })
    }

    fn kill(&mut self, now: Instant, cause: Cause) -> State {
        self.verbs.push_back(Verb::Kill(cause));
        State::Killed { at: now }
    }

    fn count_death(&mut self, now: Instant) -> State {
        self.deaths.push_back(now);
        while self.deaths.front().is_some_and(|death| now.since(*death) > self.patience.deaths_window) {
            self.deaths.pop_front();
        }
        if self.deaths.len() >= self.patience.deaths_max {
            return self.give_up(Cause::DiesAgainAndAgain);
        }
        State::Resting { until: now + self.patience.rest }
    }

    fn give_up(&mut self, cause: Cause) -> State {
        self.verbs.push_back(Verb::GiveUp(cause));
        State::GivenUp
    }

    /// Moves what is waited for by the time that PID 1 itself did not run.
    fn forgive(&mut self, stall: Duration) {
        match &mut self.state {
            State::Starting { since: start } | State::Killed { at: start } => *start = *start + stall,
            State::Beating { last, .. } => *last = *last + stall,
            State::Resting { .. } | State::GivenUp => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    /// Runs a script, "SECOND word" a line, asking each second as PID 1 does; gives "SECOND verb" a line.
    fn check(script: &[(u64, Fact)], until: u64, expected: &[(u64, Verb)]) {
        let mut supervisor = Supervisor::new(at(0), Patience::USUAL);
        let mut seen = Vec::new();
        for second in 0..=until {
            for (_, fact) in script.iter().filter(|(when, _)| *when == second) {
                supervisor.handle(at(second), *fact);
            }
            supervisor.handle_timeout(at(second));
            while let Some(verb) = supervisor.poll_verb() {
                seen.push((second, verb));
            }
        }
        assert_eq!(seen, expected);
    }

    fn beats(range: std::ops::Range<u64>) -> Vec<(u64, Fact)> {
        range.map(|second| (second, Fact::Beat)).collect()
    }

    #[test]
    fn one_that_beats_for_a_minute_is_healthy_once() {
        check(&beats(3..200), 200, &[(0, Verb::Start), (63, Verb::MarkHealthy)]);
    }

    #[test]
    fn one_that_never_beats_is_killed_after_ninety_seconds() {
        check(&[(95, Fact::Exited)], 100, &[(0, Verb::Start), (90, Verb::Kill(Cause::NeverBeat)), (96, Verb::Start)]);
    }

    #[test]
    fn silence_of_ten_seconds_kills_and_a_late_beat_does_not_revive() {
        let mut script = beats(1..5);
        script.extend([(15, Fact::Beat), (16, Fact::Exited)]);
        check(&script, 20, &[(0, Verb::Start), (14, Verb::Kill(Cause::Silent)), (17, Verb::Start)]);
    }

    #[test]
    fn one_that_survives_sigkill_is_given_to_the_watchdog() {
        check(&beats(1..2), 40, &[(0, Verb::Start), (11, Verb::Kill(Cause::Silent)), (21, Verb::GiveUp(Cause::Unkillable))]);
    }

    #[test]
    fn five_deaths_in_two_minutes_are_enough() {
        let script: Vec<_> = (1..=5).map(|death| (death * 20, Fact::Exited)).collect();
        let starts = [(0, Verb::Start), (21, Verb::Start), (41, Verb::Start), (61, Verb::Start), (81, Verb::Start)];
        let mut expected = starts.to_vec();
        expected.push((100, Verb::GiveUp(Cause::DiesAgainAndAgain)));
        check(&script, 200, &expected);
    }

    #[test]
    fn deaths_far_apart_are_forgotten() {
        let script: Vec<_> = (1..=8).map(|death| (death * 35, Fact::Exited)).collect();
        let mut expected = vec![(0, Verb::Start)];
        expected.extend((1..=8).map(|death| (death * 35 + 1, Verb::Start)));
        check(&script, 300, &expected);
    }

    #[test]
    fn time_in_which_init_itself_stood_still_is_not_the_childs_fault() {
        let mut supervisor = Supervisor::new(at(0), Patience::USUAL);
        supervisor.handle_timeout(at(0));
        supervisor.handle(at(1), Fact::Beat);
        supervisor.handle_timeout(at(1));
        supervisor.handle_timeout(at(30));
        assert_eq!(supervisor.poll_verb(), Some(Verb::Start));
        assert_eq!(supervisor.poll_verb(), None);
        assert_eq!(supervisor.poll_timeout(), Some(at(40)));
        assert!(supervisor.is_beating() && supervisor.has_hope());
    }
}
