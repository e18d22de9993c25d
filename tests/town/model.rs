//! The reference model: what each call must end as, from the settings and from the packets that reached the box. It knows no transaction,
//! no dialog, no plan and no media; it reads the very messages that arrived, and of what the box sent only which phones were invited when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use trillo::base::id::ExtensionId;
use trillo::base::{Instant, Wall};
use trillo::entry::{CallRecord, Hop, Outcome, Place};
use trillo::settings::{Action, Cause, Extension, Origin, Settings};

use super::clock;
use super::digest::{Challenge, parameter};
use super::message::{Message, Start, parameter as header_parameter, uri_of, user_of};

/// A phone that says nothing for so long counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(4);
/// An answer that its caller never acknowledges ends after this.
const ACK_WAIT: Duration = Duration::from_secs(32);
/// A call comes to so many places, and no further.
const PLACES: usize = 10;

#[derive(Debug)]
pub struct Model {
    pub settings: Arc<Settings>,
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
    /// The number that was dialled, as every phone is told.
    dialled: String,
    /// Where it was before, and how that ended.
    path: Vec<Hop>,
    /// The extension that it is at.
    at: ExtensionId,
    is_ringing: bool,
    /// Whether a phone sent it there.
    is_forwarded: bool,
    ring_until: Instant,
    /// Extensions whose phones must be invited in this very moment.
    expected: Vec<ExtensionId>,
    legs: BTreeMap<String, Leg>,
    /// Phones that should have been invited and could not be, by the place in the path.
    missing: Vec<usize>,
    pub verdict: Option<(Outcome, u16)>,
    answered: Option<(Instant, String)>,
    is_acknowledged: bool,
    pub ended: Option<Instant>,
}

#[derive(Clone, Debug)]
struct Leg {
    extension: ExtensionId,
    hop: usize,
    is_forwarded: bool,
    invited: Instant,
    has_spoken: bool,
    rang: bool,
    ended: Option<Outcome>,
}

/// What a message or an alarm means for a call.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Turn {
    /// Nobody took it here.
    Failed(Cause),
    /// A phone sent it to another extension.
    Forwarded(ExtensionId),
    /// The same, while others ring on.
    Joined(ExtensionId, String),
}

impl Model {
    pub fn new(settings: Arc<Settings>) -> Model {
        Model { settings, calls: Vec::new(), refused: BTreeMap::new(), judged: BTreeSet::new(), is_on: true }
    }

    /// A message came to the box, which thereupon sent these.
    pub fn happened(&mut self, now: Instant, message: &Message, sent: &[Message]) {
        self.time_passes(now, sent);
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
                if let Some(index) = self.calls.iter().position(|call| call.legs.contains_key(message.call_id())) {
                    let turn = self.said(now, index, message, *status);
                    self.turn(now, index, turn);
                }
            }
            Start::Status(_) => {}
        }
        self.claim(now, sent);
    }

    /// Alarms that rang until now, whereupon the box sent these.
    pub fn time_passes(&mut self, now: Instant, sent: &[Message]) {
        let alive: Vec<usize> = (0..self.calls.len()).filter(|index| self.calls[*index].ended.is_none()).collect();
        for index in alive {
            let turn = self.calls[index].time_passes(now);
            self.turn(now, index, turn);
        }
        self.claim(now, sent);
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
        let caller = self.settings.extension_of(account).map(|caller| caller.id);
        let tenant = account.tenant;
        let callee = self.settings.extension_by_number(tenant, user_of(uri)).map(|callee| (callee.id, callee.enabled));
        let expected = match (caller, callee) {
            (None, _) => 403,
            (Some(caller), _) if !self.has_room(caller) => 480,
            (_, None | Some((_, false))) => 404,
            (Some(caller), Some((callee, true))) => {
                self.calls.push(Call::new(now, invite.call_id(), caller, callee, user_of(uri)));
                let index = self.calls.len() - 1;
                self.arrive(now, index, callee);
                match self.calls[index].verdict {
                    // It never rang anywhere: it was not admitted, and leaves no record.
                    Some((_, status)) if self.calls[index].is_untouched() => {
                        self.calls.pop();
                        status
                    }
                    _ => 100,
                }
            }
        };
        assert_eq!(status, expected, "{invite}");
        if status != 100 {
            self.refused.insert(invite.call_id().to_owned(), status);
            return;
        }
        // The one refusal that no setting tells: a phone that has no codec in common with the caller's.
        self.claim(now, sent);
        if let Some(call) = self.calls.last_mut()
            && call.path.len() == 1
            && call.verdict == Some((Outcome::Unavailable, 480))
            && sent.iter().any(|sent| sent.is_response("INVITE", 488) && sent.call_id() == invite.call_id())
        {
            call.over(now, (Outcome::Refused, 488));
        }
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

    // --- limits, counted from the calls that this model believes in ---

    fn calls_of(&self, extension: ExtensionId) -> u32 {
        self.calls.iter().filter(|call| call.ended.is_none()).map(|call| call.count_for(extension)).sum()
    }

    fn is_below(&self, extension: ExtensionId, limit: impl Fn(&Extension) -> u32) -> bool {
        let limit = limit(&self.settings.extensions[&extension]);
        limit == 0 || self.calls_of(extension) < limit
    }

    fn has_room(&self, extension: ExtensionId) -> bool {
        self.is_below(extension, |extension| extension.concurrent_call_limit)
    }

    fn may_be_called(&self, extension: ExtensionId) -> bool {
        self.has_room(extension) && self.is_below(extension, |extension| extension.busy_level)
    }

    // --- where a call goes ---

    fn turn(&mut self, now: Instant, index: usize, turn: Option<Turn>) {
        match turn {
            None => {}
            Some(Turn::Failed(cause)) => self.fail(now, index, cause),
            Some(Turn::Forwarded(to)) => {
                self.calls[index].leave(Outcome::Forwarded);
                self.calls[index].is_forwarded = true;
                self.arrive(now, index, to);
            }
            Some(Turn::Joined(to, leg)) => {
                let (is_there, may) = (self.calls[index].count_called(to) > 0, self.may_be_called(to));
                let call = &mut self.calls[index];
                let turn = match (is_there, may) {
                    (true, _) => call.leg_ended(&leg, Outcome::Unavailable),
                    (false, false) => call.leg_ended(&leg, Outcome::Busy),
                    (false, true) => {
                        call.expected.push(to);
                        call.leg_ended(&leg, Outcome::Forwarded)
                    }
                };
                self.turn(now, index, turn);
            }
        }
    }

    /// What the table of the extension says that the call is at.
    fn fail(&mut self, now: Instant, index: usize, cause: Cause) {
        let at = self.calls[index].at;
        self.calls[index].leave(outcome_of(cause));
        self.calls[index].is_forwarded = false;
        let hang_up = (outcome_of(cause), if cause == Cause::Busy { 486 } else { 480 });
        let unavailable = (Outcome::Unavailable, 480);
        match self.settings.extensions[&at].failover.action(Origin::Internal, cause).clone() {
            Action::Extension(to) if self.settings.extensions[&to].enabled => self.arrive(now, index, to),
            Action::Voicemail(to) if self.settings.mailboxes[&to].enabled => self.dead_end(now, index, Place::Voicemail(to), unavailable),
            Action::External { number, .. } => self.dead_end(now, index, Place::Outside(number), unavailable),
            Action::HangUp | Action::ReturnToTransferor | Action::Extension(_) | Action::Voicemail(_) | Action::Selection(_) => {
                self.calls[index].over(now, hang_up)
            }
        }
    }

    /// Nothing is there yet that could take it.
    fn dead_end(&mut self, now: Instant, index: usize, place: Place, verdict: (Outcome, u16)) {
        let call = &mut self.calls[index];
        if call.path.len() == PLACES {
            return call.over(now, (Outcome::Refused, 482));
        }
        call.path.push(Hop { place, outcome: Outcome::Unavailable });
        call.over(now, verdict);
    }

    fn arrive(&mut self, now: Instant, index: usize, to: ExtensionId) {
        self.calls[index].at = to;
        if self.calls[index].path.len() == PLACES {
            return self.calls[index].over(now, (Outcome::Refused, 482));
        }
        if !self.may_be_called(to) {
            return self.fail(now, index, Cause::Busy);
        }
        let call = &mut self.calls[index];
        call.is_ringing = true;
        call.ring_until = now + self.settings.extensions[&to].failover.timeout(Origin::Internal);
        call.expected.push(to);
    }

    /// Phones that should be invited now are, or cannot be reached.
    fn claim(&mut self, now: Instant, sent: &[Message]) {
        while let Some(index) = self.calls.iter().position(|call| call.verdict.is_none() && !call.expected.is_empty()) {
            let extension = self.calls[index].expected.remove(0);
            let accounts = self.settings.accounts_of(extension).iter().map(|id| &self.settings.accounts[id]);
            let accounts: Vec<String> = accounts.filter(|account| account.enabled).map(|account| account.username.clone()).collect();
            let caller = self.settings.extensions[&self.calls[index].caller].number.clone();
            for account in accounts {
                let call = &self.calls[index];
                let is_its = |invite: &&Message| {
                    let Start::Request { method, uri } = &invite.start else { return false };
                    method == "INVITE"
                        && invite.answerer_tag().is_none()
                        && (user_of(uri) == account || self.settings.account_by_username(user_of(uri)).is_none())
                        && user_of(uri_of(invite.text("From"))) == caller
                        && user_of(uri_of(invite.text("To"))) == call.dialled
                };
                let is_known = |id: &str| self.calls.iter().any(|call| call.has(id));
                let found = sent.iter().find(|invite| is_its(invite) && !is_known(invite.call_id()));
                let (hop, is_forwarded) = (call.path.len(), call.is_forwarded || extension != call.at);
                match found.map(|invite| invite.call_id().to_owned()) {
                    None => self.calls[index].missing.push(hop),
                    Some(id) => {
                        let leg = Leg { extension, hop, is_forwarded, invited: now, has_spoken: false, rang: false, ended: None };
                        self.calls[index].legs.insert(id, leg);
                    }
                }
            }
            let turn = self.calls[index].weigh();
            self.turn(now, index, turn);
        }
    }

    /// A phone answered its INVITE.
    fn said(&mut self, now: Instant, index: usize, message: &Message, status: u16) -> Option<Turn> {
        let id = message.call_id();
        let leg = self.calls[index].legs.get_mut(id).filter(|leg| leg.ended.is_none())?;
        leg.has_spoken = true;
        match status {
            100 => None,
            101..=199 => {
                leg.rang = true;
                None
            }
            200..=299 => {
                self.calls[index].taken(now, id);
                None
            }
            300..=399 if !leg.is_forwarded => {
                let (extension, call) = (leg.extension, &self.calls[index]);
                match self.deflection(message, extension) {
                    None => self.calls[index].leg_ended(id, Outcome::Unavailable),
                    Some(to) if call.living().all(|(other, _)| other == id) => {
                        self.calls[index].set_ended(id, Outcome::Forwarded);
                        Some(Turn::Forwarded(to))
                    }
                    Some(to) => Some(Turn::Joined(to, id.to_owned())),
                }
            }
            486 | 600 | 603 | 607 => self.calls[index].leg_ended(id, Outcome::Busy),
            408 if leg.rang => self.calls[index].leg_ended(id, Outcome::NoAnswer),
            _ => self.calls[index].leg_ended(id, Outcome::Unavailable),
        }
    }

    /// The extension that a phone's 3xx names. The town's phones write one Contact.
    fn deflection(&self, message: &Message, from: ExtensionId) -> Option<ExtensionId> {
        let contact = message.get("Contact")?;
        assert_eq!(header_parameter(contact, "q"), None, "a phone of the town says no q");
        let tenant = self.settings.extensions[&from].tenant;
        let to = self.settings.extension_by_number(tenant, user_of(uri_of(contact)))?;
        (to.enabled && to.id != from).then_some(to.id)
    }

    /// The box's records must be those of the model, one each.
    pub fn compare(&mut self, now: Instant, records: &[CallRecord]) {
        if !self.is_on {
            return;
        }
        self.time_passes(now, &[]);
        assert_eq!(records.len(), self.calls.len(), "one record for each call that was admitted");
        for call in &self.calls {
            let of_call: Vec<&CallRecord> = records.iter().filter(|record| record.call_id == call.call_id).collect();
            let [record] = of_call[..] else { panic!("call {} has {} records", call.call_id, of_call.len()) };
            let (outcome, status) = call.verdict.unwrap_or_else(|| panic!("a call without end: {call:?}"));
            assert_eq!((record.outcome, record.status), (outcome, status), "{call:#?}\n{record:#?}");
            assert_eq!((record.caller, record.callee), (Some(call.caller), Some(call.callee)));
            let answering = call.answered.as_ref().map(|(_, leg)| call.legs[leg].extension);
            assert_eq!(record.answering, answering, "{call:#?}\n{record:#?}");
            assert_eq!(record.path, call.whole_path(outcome), "{call:#?}\n{record:#?}");
            let mut phones: Vec<(usize, Option<Outcome>)> = record.legs.iter().map(|leg| (leg.hop, Some(leg.outcome))).collect();
            let mut expected: Vec<(usize, Option<Outcome>)> = call.legs.values().map(|leg| (leg.hop, leg.ended)).collect();
            expected.extend(call.missing.iter().map(|hop| (*hop, Some(Outcome::Unavailable))));
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

const fn outcome_of(cause: Cause) -> Outcome {
    match cause {
        Cause::NoAnswer => Outcome::NoAnswer,
        Cause::Busy => Outcome::Busy,
        Cause::Unavailable => Outcome::Unavailable,
    }
}

impl Call {
    fn new(now: Instant, call_id: &str, caller: ExtensionId, callee: ExtensionId, dialled: &str) -> Call {
        Call {
            call_id: call_id.to_owned(),
            caller,
            callee,
            dialled: dialled.to_owned(),
            path: Vec::new(),
            at: callee,
            is_ringing: false,
            is_forwarded: false,
            ring_until: now,
            expected: Vec::new(),
            legs: BTreeMap::new(),
            missing: Vec::new(),
            verdict: None,
            answered: None,
            is_acknowledged: false,
            ended: None,
        }
    }

    fn has(&self, call_id: &str) -> bool {
        self.call_id == call_id || self.legs.contains_key(call_id)
    }

    /// Phones that have not ended.
    fn living(&self) -> impl Iterator<Item = (&str, &Leg)> {
        self.legs.iter().filter(|(_, leg)| leg.ended.is_none()).map(|(id, leg)| (id.as_str(), leg))
    }

    /// No place admitted it but such as it went past at once.
    fn is_untouched(&self) -> bool {
        self.path.iter().all(|hop| hop.outcome == Outcome::Busy)
    }

    /// Whoever calls himself has two: one out, one in.
    fn count_for(&self, extension: ExtensionId) -> u32 {
        u32::from(self.caller == extension) + self.count_called(extension)
    }

    /// The extension that it rings at counts it, those that its phones sent it to as long as one of theirs rings; in talk who has it.
    fn count_called(&self, extension: ExtensionId) -> u32 {
        let counts = match &self.answered {
            Some((_, leg)) => self.legs[leg].extension == extension,
            None if !self.is_ringing => false,
            None if self.living().all(|(_, leg)| leg.extension == self.at) && self.expected.is_empty() => self.at == extension,
            None => self.living().any(|(_, leg)| leg.extension == extension) || self.expected.contains(&extension),
        };
        u32::from(counts)
    }

    fn over(&mut self, now: Instant, verdict: (Outcome, u16)) {
        self.is_ringing = false;
        (self.verdict, self.ended) = (Some(verdict), Some(now));
    }

    /// On to the next place.
    fn leave(&mut self, outcome: Outcome) {
        self.is_ringing = false;
        self.path.push(Hop { place: Place::Extension(self.at), outcome });
    }

    /// As the record tells it: with the place where it ended, unless it never left the first.
    fn whole_path(&self, outcome: Outcome) -> Vec<Hop> {
        let ended_here = matches!(outcome, Outcome::Answered | Outcome::Cancelled);
        let here = ended_here.then_some(Hop { place: Place::Extension(self.at), outcome });
        let path: Vec<Hop> = self.path.iter().cloned().chain(here).collect();
        if path.len() > 1 { path } else { Vec::new() }
    }

    /// Alarms that rang until now, the earliest first.
    fn time_passes(&mut self, now: Instant) -> Option<Turn> {
        let mut turn = None;
        if self.verdict.is_none() {
            let mut impatient: Vec<(Instant, String)> = self
                .living()
                .filter(|(_, leg)| !leg.has_spoken)
                .map(|(id, leg)| (leg.invited + PATIENCE, id.to_owned()))
                .filter(|(at, _)| *at <= now && *at <= self.ring_until)
                .collect();
            impatient.sort();
            for (_, id) in impatient {
                turn = turn.or(self.leg_ended(&id, Outcome::Unavailable));
            }
            if turn.is_none() && self.ring_until <= now {
                for leg in self.legs.values_mut() {
                    leg.ended = leg.ended.or(Some(if leg.rang { Outcome::NoAnswer } else { Outcome::Unavailable }));
                }
                turn = self.weigh();
            }
        }
        if let (Some((answered, _)), None, false) = (&self.answered, self.ended, self.is_acknowledged)
            && *answered + ACK_WAIT <= now
        {
            self.ended = Some(*answered + ACK_WAIT);
        }
        turn
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

    /// A phone picked up.
    fn taken(&mut self, now: Instant, id: &str) {
        for (own, leg) in &mut self.legs {
            leg.ended = leg.ended.or(Some(if own == id { Outcome::Answered } else { Outcome::Cancelled }));
        }
        if self.verdict.is_none() {
            self.verdict = Some((Outcome::Answered, 200));
            self.answered = Some((now, id.to_owned()));
        }
    }

    fn set_ended(&mut self, id: &str, outcome: Outcome) {
        if let Some(leg) = self.legs.get_mut(id) {
            leg.ended = Some(outcome);
        }
    }

    fn leg_ended(&mut self, id: &str, outcome: Outcome) -> Option<Turn> {
        self.set_ended(id, outcome);
        self.weigh()
    }

    /// When all phones of this place are done. Any phone that rang to the end: no answer. Else any busy one: busy. Else unavailable.
    fn weigh(&self) -> Option<Turn> {
        if self.verdict.is_some() || !self.expected.is_empty() || self.living().next().is_some() {
            return None;
        }
        let any = |outcome| self.legs.values().any(|leg| leg.hop == self.path.len() && leg.ended == Some(outcome));
        Some(Turn::Failed(match () {
            () if any(Outcome::NoAnswer) => Cause::NoAnswer,
            () if any(Outcome::Busy) => Cause::Busy,
            () => Cause::Unavailable,
        }))
    }
}
