//! The reference model: what each call must end as, from the settings and from the packets that reached the box. It knows no transaction,
//! no dialog and no media; it reads the very messages that arrived, and of what the box sent only which phones were invited when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use trillo::base::id::ExtensionId;
use trillo::base::{Instant, Wall};
use trillo::entry::{CallRecord, Outcome};
use trillo::settings::{Extension, Settings};

use super::clock;
use super::digest::{Challenge, parameter};
use super::message::{Message, Start, user_of};

/// A phone that says nothing for so long counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(4);
/// An answer that its caller never acknowledges ends after this.
const ACK_WAIT: Duration = Duration::from_secs(32);

#[derive(Debug)]
pub struct Model {
    settings: Arc<Settings>,
    pub calls: Vec<Call>,
    /// Calls that were not admitted, by their Call-ID, and the status that says why.
    pub refused: BTreeMap<String, u16>,
    judged: BTreeSet<(String, u32)>,
    /// False where a scenario does what the model does not know: media ports that run out, a restart.
    pub is_on: bool,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub call_id: String,
    caller: ExtensionId,
    callee: ExtensionId,
    ring_until: Instant,
    legs: BTreeMap<String, Leg>,
    pub verdict: Option<(Outcome, u16)>,
    answered: Option<(Instant, String)>,
    is_acknowledged: bool,
    pub ended: Option<Instant>,
}

#[derive(Clone, Debug)]
struct Leg {
    invited: Instant,
    has_spoken: bool,
    rang: bool,
    ended: Option<Outcome>,
}

impl Model {
    pub fn new(settings: Arc<Settings>) -> Model {
        Model { settings, calls: Vec::new(), refused: BTreeMap::new(), judged: BTreeSet::new(), is_on: true }
    }

    /// A message came to the box, which thereupon sent these.
    pub fn happened(&mut self, now: Instant, message: &Message, sent: &[Message]) {
        for call in &mut self.calls {
            call.time_passes(now);
        }
        match &message.start {
            Start::Request { method, uri } if method == "INVITE" && message.answerer_tag().is_none() => {
                self.invited(now, message, uri, sent)
            }
            Start::Request { method, .. } => {
                if let Some(call) = self.calls.iter_mut().find(|call| call.has(message.call_id())) {
                    call.asked(now, method, message);
                }
            }
            Start::Status(status) if message.method() == "INVITE" => {
                if let Some(call) = self.calls.iter_mut().find(|call| call.legs.contains_key(message.call_id())) {
                    call.said(now, message.call_id(), *status);
                }
            }
            Start::Status(_) => {}
        }
    }

    /// An INVITE outside a dialog: who proves himself, and may, is admitted, which shows by a 100.
    fn invited(&mut self, now: Instant, invite: &Message, uri: &str, sent: &[Message]) {
        if !self.is_on || !self.judged.insert((invite.call_id().to_owned(), invite.cseq())) {
            return;
        }
        let answer = sent.iter().find(|sent| sent.status().is_some() && sent.call_id() == invite.call_id());
        let status = answer.and_then(Message::status).expect("every new INVITE is answered at once");
        let proof = invite.get("Authorization");
        if !proof.is_some_and(|proof| self.is_right(proof)) {
            assert_eq!(status, 401, "who proves nothing is asked for a proof");
            return;
        }
        let is_stale = |answer: &Message| answer.get("WWW-Authenticate").and_then(Challenge::read).is_some_and(|challenge| challenge.stale);
        if answer.is_some_and(is_stale) {
            return;
        }
        let username = proof.and_then(|proof| parameter(proof, "username")).unwrap_or_default();
        let account = self.settings.account_by_username(&username).expect("an account");
        let caller = self.settings.extension_of(account);
        let callee = caller.and_then(|caller| self.settings.extension_by_number(caller.tenant, user_of(uri)));
        // Both limits, counted from the calls that this model believes in.
        let busy = |extension| self.calls.iter().filter(|call| call.ended.is_none()).map(|call| call.count_for(extension)).sum::<u32>();
        let is_below = |extension, limit: u32| limit == 0 || busy(extension) < limit;
        let may = |one: &Extension| is_below(one.id, one.concurrent_call_limit);
        let expected = match (caller, callee) {
            (None, _) => 403,
            (Some(caller), _) if !may(caller) => 480,
            (_, None) => 404,
            (_, Some(callee)) if !callee.enabled => 404,
            (_, Some(callee)) if !may(callee) || !is_below(callee.id, callee.busy_level) => 486,
            _ => 100,
        };
        assert_eq!(status, expected, "{invite}");
        let (Some(caller), Some(callee), 100) = (caller, callee, status) else {
            self.refused.insert(invite.call_id().to_owned(), status);
            return;
        };
        let is_known = |id: &str| self.calls.iter().any(|call| call.has(id));
        let invited = sent.iter().filter(|sent| sent.is_request("INVITE") && !is_known(sent.call_id()));
        let leg = Leg { invited: now, has_spoken: false, rang: false, ended: None };
        let legs: BTreeMap<String, Leg> = invited.map(|sent| (sent.call_id().to_owned(), leg.clone())).collect();
        let mut call = Call {
            call_id: invite.call_id().to_owned(),
            caller: caller.id,
            callee: callee.id,
            ring_until: now + callee.failover.timeout(trillo::settings::Origin::Internal),
            legs,
            verdict: None,
            answered: None,
            is_acknowledged: false,
            ended: None,
        };
        if call.legs.is_empty() {
            let has_mismatch = sent.iter().any(|sent| sent.is_response("INVITE", 488));
            call.over(now, if has_mismatch { (Outcome::Refused, 488) } else { (Outcome::Unavailable, 480) });
        }
        self.calls.push(call);
    }

    /// Whether credentials for an INVITE are those of an account that may be used.
    fn is_right(&self, proof: &str) -> bool {
        let get = |name| parameter(proof, name).unwrap_or_default();
        let Some(account) = self.settings.account_by_username(&get("username")).filter(|account| account.enabled) else { return false };
        let challenge = Challenge { realm: get("realm"), nonce: get("nonce"), stale: false };
        let nc = u32::from_str_radix(&get("nc"), 16).unwrap_or(0);
        let right = challenge.answer(&get("username"), account.password.expose(), "INVITE", &get("uri"), nc, &get("cnonce"));
        parameter(&right, "response") == parameter(proof, "response")
    }

    /// The box's records must be those of the model, one each.
    pub fn compare(&mut self, now: Instant, records: &[CallRecord]) {
        if !self.is_on {
            return;
        }
        for call in &mut self.calls {
            call.time_passes(now);
        }
        assert_eq!(records.len(), self.calls.len(), "one record for each call that was admitted");
        for call in &self.calls {
            let of_call: Vec<&CallRecord> = records.iter().filter(|record| record.call_id == call.call_id).collect();
            let [record] = of_call[..] else { panic!("call {} has {} records", call.call_id, of_call.len()) };
            let (outcome, status) = call.verdict.unwrap_or_else(|| panic!("a call without end: {call:?}"));
            assert_eq!((record.outcome, record.status), (outcome, status), "{call:#?}\n{record:#?}");
            assert_eq!((record.caller, record.callee), (Some(call.caller), Some(call.callee)));
            // Phones that were not invited at all have no leg here: they were not registered, or could not be reached.
            let mut phones: Vec<Option<Outcome>> = record.legs.iter().map(|leg| Some(leg.outcome)).collect();
            let mut expected: Vec<Option<Outcome>> = call.legs.values().map(|leg| leg.ended).collect();
            expected.resize(phones.len().max(expected.len()), Some(Outcome::Unavailable));
            phones.sort();
            expected.sort();
            assert_eq!(phones, expected, "{call:#?}\n{record:#?}");
            let wall = |at: Instant| clock::now(at).wall;
            let answered: Option<Wall> = call.answered.as_ref().map(|(at, _)| wall(*at));
            let ended = call.ended.map(wall);
            assert_eq!((record.answered, Some(record.ended)), (answered, ended), "{call:#?}\n{record:#?}");
        }
    }
}

impl Call {
    fn has(&self, call_id: &str) -> bool {
        self.call_id == call_id || self.legs.contains_key(call_id)
    }

    /// Whoever calls himself has two: one out, one in.
    fn count_for(&self, extension: ExtensionId) -> u32 {
        u32::from(self.caller == extension) + u32::from(self.callee == extension)
    }

    fn over(&mut self, now: Instant, verdict: (Outcome, u16)) {
        (self.verdict, self.ended) = (Some(verdict), Some(now));
    }

    /// Alarms that rang until now, the earliest first.
    fn time_passes(&mut self, now: Instant) {
        if self.verdict.is_none() {
            let mut impatient: Vec<(Instant, String)> = self
                .legs
                .iter()
                .filter(|(_, leg)| leg.ended.is_none() && !leg.has_spoken)
                .map(|(id, leg)| (leg.invited + PATIENCE, id.clone()))
                .filter(|(at, _)| *at <= now && *at <= self.ring_until)
                .collect();
            impatient.sort();
            for (at, id) in impatient {
                self.leg_ended(at, &id, Outcome::Unavailable);
            }
            if self.verdict.is_none() && self.ring_until <= now {
                for leg in self.legs.values_mut() {
                    leg.ended = leg.ended.or(Some(if leg.rang { Outcome::NoAnswer } else { Outcome::Unavailable }));
                }
                self.weigh(self.ring_until);
            }
        }
        if let (Some((answered, _)), None, false) = (&self.answered, self.ended, self.is_acknowledged)
            && *answered + ACK_WAIT <= now
        {
            self.ended = Some(*answered + ACK_WAIT);
        }
    }

    /// A request within the call.
    fn asked(&mut self, now: Instant, method: &str, message: &Message) {
        let is_caller = message.call_id() == self.call_id;
        match method {
            "CANCEL" if is_caller && self.verdict.is_none() => {
                for leg in self.legs.values_mut() {
                    leg.ended = leg.ended.or(Some(Outcome::Cancelled));
                }
                self.over(now, (Outcome::Cancelled, 487));
            }
            "ACK" if is_caller && self.answered.is_some() => self.is_acknowledged = true,
            "BYE" => {
                let is_winner = self.answered.as_ref().is_some_and(|(_, winner)| winner == message.call_id());
                if (is_caller && self.answered.is_some() || is_winner) && self.ended.is_none() {
                    self.ended = Some(now);
                }
            }
            _ => {}
        }
    }

    /// A phone answered its INVITE.
    fn said(&mut self, now: Instant, id: &str, status: u16) {
        let Some(leg) = self.legs.get_mut(id).filter(|leg| leg.ended.is_none()) else { return };
        leg.has_spoken = true;
        match status {
            100 => {}
            101..=199 => leg.rang = true,
            200..=299 => {
                for (own, leg) in &mut self.legs {
                    leg.ended = leg.ended.or(Some(if own == id { Outcome::Answered } else { Outcome::Cancelled }));
                }
                if self.verdict.is_none() {
                    self.verdict = Some((Outcome::Answered, 200));
                    self.answered = Some((now, id.to_owned()));
                }
            }
            486 | 600 | 603 | 607 => self.leg_ended(now, id, Outcome::Busy),
            408 => self.leg_ended(now, id, Outcome::NoAnswer),
            _ => self.leg_ended(now, id, Outcome::Unavailable),
        }
    }

    fn leg_ended(&mut self, now: Instant, id: &str, outcome: Outcome) {
        if let Some(leg) = self.legs.get_mut(id) {
            leg.ended = Some(outcome);
        }
        if self.legs.values().all(|leg| leg.ended.is_some()) {
            self.weigh(now);
        }
    }

    /// Any phone that rang to the end: no answer. Else any busy one: busy. Else unavailable.
    fn weigh(&mut self, now: Instant) {
        if self.verdict.is_some() {
            return;
        }
        let any = |outcome| self.legs.values().any(|leg| leg.ended == Some(outcome));
        let (outcome, status) = match () {
            () if any(Outcome::NoAnswer) => (Outcome::NoAnswer, 480),
            () if any(Outcome::Busy) => (Outcome::Busy, 486),
            () => (Outcome::Unavailable, 480),
        };
        self.over(now, (outcome, status));
    }
}
