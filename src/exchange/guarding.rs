//! What the [`Guard`](crate::guard::Guard) is told and asked, and what is written down of its bans.

use super::exchange::Exchange;
use crate::base::{Flow, Now};
use crate::entry::{Ban, BanReason, Banned, Entry, Event, EventKind, State, quoted};
use crate::guard::{Offence, Verdict};

impl Exchange {
    /// Whether a packet is to be handed in: asked by the shell before it copies a byte. Of a stream that does not pass nothing more is
    /// wanted.
    pub fn lets_in(&mut self, now: Now, flow: &Flow) -> Verdict {
        self.guard.packet(now, flow)
    }

    pub(super) fn offended(&mut self, now: Now, flow: &Flow, offence: Offence<'_>) {
        let Some(ban) = self.guard.offence(now, &self.settings.sip, flow, offence) else { return };
        let minutes = self.settings.sip.ban.duration.as_secs() / 60;
        let text = format!("{} is banned for {minutes} minutes: {}.", whom(&ban), why(ban.reason));
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Refused, text }));
        self.keep(Entry::State(State::Ban { id: ban.id, ban: Some(ban) }));
        self.bans_over(now);
    }

    /// Bans that have ended are forgotten. No alarm is set for them: nothing happens when one ends.
    pub(super) fn bans_over(&mut self, now: Now) {
        while let Some(over) = self.guard.pop_over(now) {
            self.forget_ban(over.id);
        }
    }

    pub(super) fn pardon(&mut self, now: Now, id: u64) {
        let Some(ban) = self.guard.pardon(id) else { return };
        let text = format!("The ban of {} was lifted.", whom(&ban));
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Refused, text }));
        self.forget_ban(id);
    }

    /// New settings may say that somebody is not to be banned.
    pub(super) fn reconsider_bans(&mut self) {
        self.allow_sources();
        for id in self.guard.lifted_by(&self.settings.sip) {
            self.guard.pardon(id);
            self.forget_ban(id);
        }
    }

    /// Whom the settings name, and lines, which prove no password, are never in the way.
    pub(super) fn allow_sources(&mut self) {
        let named = self.settings.sip.ban.allowed.iter().copied();
        self.guard.allow(named.chain(self.lines.sources()).collect());
    }

    fn forget_ban(&mut self, id: u64) {
        self.keep(Entry::State(State::Ban { id, ban: None }));
    }
}

fn whom(ban: &Ban) -> String {
    match &ban.whom {
        Banned::Source(source) => source.to_string(),
        Banned::Login { source, username } => format!("account {:?} from {source}", quoted(username)),
        Banned::Account { username } => format!("account {:?} from wherever it was not used before", quoted(username)),
    }
}

const fn why(reason: BanReason) -> &'static str {
    match reason {
        BanReason::WrongPasswords => "wrong passwords again and again",
        BanReason::ManyNames => "wrong passwords for many names",
        BanReason::Uninvited => "calls without a password",
        BanReason::Malformed => "what is no SIP",
    }
}
