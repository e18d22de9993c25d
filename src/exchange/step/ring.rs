//! Ringing an extension: all its phones at once, the first answer wins, what the others say is weighed when all are done.

use std::collections::BTreeMap;

use crate::base::id::LegId;
use crate::entry::Outcome;
use crate::settings::Cause;

/// How far one phone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// Nothing but 100, or nothing at all.
    Asked,
    Ringing,
    Ended(Outcome),
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    Ringing(LegId),
    Answered(LegId),
    Failed(LegId, Outcome),
    /// The ring timeout.
    Expired,
    /// The caller gave up.
    Cancelled,
    /// Somebody else took the call.
    PickedUp,
}

/// What to do. The order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Let the caller hear it ring.
    Progress,
    /// This phone has the call.
    Answer(LegId),
    /// Stop this phone's ringing.
    Cancel(LegId, Why),
    /// The step is over without an answer.
    Done(Cause),
}

/// What a phone whose ringing stops is told (RFC 3326): one that says "completed elsewhere" leaves no missed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    AnsweredElsewhere,
    NoAnswer,
    CallerGaveUp,
}

/// The step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    branches: BTreeMap<LegId, Branch>,
    is_progressed: bool,
}

impl Ring {
    /// Begins with the phones that were asked. Phones that could not be asked at all are not here; if none could, the step is over.
    pub fn new(legs: impl IntoIterator<Item = LegId>) -> (Ring, Vec<Verb>) {
        let ring = Ring { branches: legs.into_iter().map(|leg| (leg, Branch::Asked)).collect(), is_progressed: false };
        let verbs = if ring.branches.is_empty() { vec![Verb::Done(Cause::Unavailable)] } else { vec![] };
        (ring, verbs)
    }

    pub fn handle(&mut self, fact: Fact) -> Vec<Verb> {
        match fact {
            Fact::Ringing(leg) => self.ringing(leg),
            Fact::Answered(leg) => match self.branches.get(&leg) {
                Some(Branch::Ended(_)) | None => vec![],
                Some(_) => {
                    self.branches.insert(leg, Branch::Ended(Outcome::Answered));
                    let mut verbs = self.cancel_rest(Why::AnsweredElsewhere);
                    verbs.insert(0, Verb::Answer(leg));
                    verbs
                }
            },
            Fact::Failed(leg, outcome) => {
                if let Some(branch) = self.branches.get_mut(&leg)
                    && !matches!(branch, Branch::Ended(_))
                {
                    *branch = Branch::Ended(outcome);
                    if self.is_over() {
                        return vec![Verb::Done(self.cause())];
                    }
                }
                vec![]
            }
            Fact::Expired => {
                let mut verbs = self.cancel_rest(Why::NoAnswer);
                verbs.push(Verb::Done(self.cause()));
                verbs
            }
            Fact::PickedUp => self.cancel_rest(Why::AnsweredElsewhere),
            Fact::Cancelled => self.cancel_rest(Why::CallerGaveUp),
        }
    }

    /// Whether all other phones are done.
    pub fn is_last(&self, leg: LegId) -> bool {
        self.branches.iter().all(|(other, branch)| *other == leg || matches!(branch, Branch::Ended(_)))
    }

    pub fn living_count(&self) -> usize {
        self.branches.values().filter(|branch| !matches!(branch, Branch::Ended(_))).count()
    }

    /// A phone sent the call on: these ring in its place.
    pub fn replace(&mut self, leg: LegId, by: impl IntoIterator<Item = LegId>) {
        self.branches.insert(leg, Branch::Ended(Outcome::Forwarded));
        self.branches.extend(by.into_iter().map(|leg| (leg, Branch::Asked)));
    }

    /// A line did not take its call: another is tried in its place, of which nothing was heard yet.
    pub fn try_again(&mut self, leg: LegId, by: LegId) {
        self.replace(leg, [by]);
        self.is_progressed = false;
    }

    fn ringing(&mut self, leg: LegId) -> Vec<Verb> {
        match self.branches.get_mut(&leg) {
            Some(branch @ Branch::Asked) => *branch = Branch::Ringing,
            _ => return vec![],
        }
        if std::mem::replace(&mut self.is_progressed, true) { vec![] } else { vec![Verb::Progress] }
    }

    /// Ends what still rings; each ended branch gets the outcome that its state and the reason give it.
    fn cancel_rest(&mut self, why: Why) -> Vec<Verb> {
        let mut verbs = Vec::new();
        for (leg, branch) in &mut self.branches {
            let outcome = match (*branch, why) {
                (Branch::Ended(_), _) => continue,
                (_, Why::AnsweredElsewhere | Why::CallerGaveUp) => Outcome::Cancelled,
                (Branch::Ringing, Why::NoAnswer) => Outcome::NoAnswer,
                (Branch::Asked, Why::NoAnswer) => Outcome::Unavailable,
            };
            *branch = Branch::Ended(outcome);
            verbs.push(Verb::Cancel(*leg, why));
        }
        verbs
    }

    fn is_over(&self) -> bool {
        self.branches.values().all(|branch| matches!(branch, Branch::Ended(_)))
    }

    /// Any phone rang to the end: no answer. Else any was busy: busy. Else unavailable.
    fn cause(&self) -> Cause {
        let any = |outcome| self.branches.values().any(|branch| *branch == Branch::Ended(outcome));
        if any(Outcome::NoAnswer) {
            Cause::NoAnswer
        } else if any(Outcome::Busy) {
            Cause::Busy
        } else {
            Cause::Unavailable
        }
    }

    /// How each phone ended, for the record.
    pub fn branches(&self) -> impl Iterator<Item = (LegId, Branch)> {
        self.branches.iter().map(|(leg, branch)| (*leg, *branch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SlabKey;

    fn leg(index: u32) -> LegId {
        LegId::new(index, 0)
    }

    fn check(facts: &[Fact], expected: &[Verb]) {
        let (mut ring, mut verbs) = Ring::new([leg(1), leg(2)]);
        for fact in facts {
            verbs.extend(ring.handle(*fact));
        }
        assert_eq!(verbs, expected, "{facts:?}");
    }

    #[test]
    fn the_first_answer_wins_and_the_others_stop() {
        let (a, b) = (leg(1), leg(2));
        check(
            &[Fact::Ringing(a), Fact::Ringing(b), Fact::Answered(b), Fact::Answered(a)],
            &[Verb::Progress, Verb::Answer(b), Verb::Cancel(a, Why::AnsweredElsewhere)],
        );
    }

    #[test]
    fn the_outcome_is_weighed_when_all_are_done() {
        let (a, b) = (leg(1), leg(2));
        check(&[Fact::Failed(a, Outcome::Busy)], &[]);
        check(&[Fact::Failed(a, Outcome::Busy), Fact::Failed(b, Outcome::Unavailable)], &[Verb::Done(Cause::Busy)]);
        check(&[Fact::Failed(a, Outcome::Unavailable), Fact::Failed(b, Outcome::NoAnswer)], &[Verb::Done(Cause::NoAnswer)]);
        check(
            &[Fact::Failed(a, Outcome::Busy), Fact::Ringing(b), Fact::Expired],
            &[Verb::Progress, Verb::Cancel(b, Why::NoAnswer), Verb::Done(Cause::NoAnswer)],
        );
        check(&[Fact::Failed(a, Outcome::Busy), Fact::Expired], &[Verb::Cancel(b, Why::NoAnswer), Verb::Done(Cause::Busy)]);
        assert_eq!(Ring::new([]).1, [Verb::Done(Cause::Unavailable)]);
    }

    #[test]
    fn a_phone_that_sends_the_call_on_is_weighed_by_those_that_ring_in_its_place() {
        let (a, b, c) = (leg(1), leg(2), leg(3));
        let (mut ring, _) = Ring::new([a, b]);
        assert!(!ring.is_last(a));
        ring.replace(a, [c]);
        assert_eq!(ring.handle(Fact::Failed(b, Outcome::Unavailable)), []);
        assert!(ring.is_last(c));
        assert_eq!(ring.handle(Fact::Failed(c, Outcome::Busy)), [Verb::Done(Cause::Busy)]);
    }

    #[test]
    fn a_caller_who_gives_up_stops_all() {
        let (a, b) = (leg(1), leg(2));
        check(
            &[Fact::Cancelled, Fact::Failed(a, Outcome::Cancelled)],
            &[Verb::Cancel(a, Why::CallerGaveUp), Verb::Cancel(b, Why::CallerGaveUp)],
        );
    }
}
