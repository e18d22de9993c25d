//! The lines in service: what is known of each, and when each wants something done.

use std::collections::BTreeMap;

use super::goodbye::Goodbye;
use super::standing::{Registration, Standing, State};
use crate::base::id::LineId;
use crate::base::{ConnectionId, Dice, Instant, Timers};
use crate::settings::{Line, Network, Settings};
use crate::sip::auth::Client;
use crate::sip::endpoint::ClientTx;

/// What a line wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// Its addresses are to be asked for, anew.
    Locate,
    Register,
    /// OPTIONS.
    Watch,
    /// CRLF, so that a router on the way keeps our address.
    KeepAlive,
}

#[derive(Debug, Default)]
pub struct Lines {
    standings: BTreeMap<LineId, Standing>,
    alarms: Timers<(LineId, Alarm)>,
    /// Registrations that are being taken back.
    pub goodbyes: BTreeMap<ClientTx, Goodbye>,
}

impl Lines {
    /// Takes the lines of new settings. Returns those that are out of service, or are reached in another way now: what stood of each.
    pub fn update(&mut self, now: Instant, dice: &mut Dice, settings: &Settings) -> Vec<Standing> {
        let is_on = |line: &&Line| line.enabled && settings.claimed;
        let stays =
            |id: &LineId, standing: &Standing| settings.lines.get(id).filter(is_on).is_some_and(|line| line.is_reached_as(&standing.line));
        let gone: Vec<LineId> = self.standings.iter().filter(|(id, standing)| !stays(id, standing)).map(|(id, _)| *id).collect();
        let gone = gone.into_iter().filter_map(|id| self.remove(id)).collect();
        for line in settings.lines.values().filter(is_on) {
            match self.standings.get_mut(&line.id) {
                Some(standing) => standing.line = line.clone(),
                None => {
                    self.standings.insert(line.id, Standing::new(dice, line));
                    self.alarms.set((line.id, Alarm::Locate), now);
                }
            }
        }
        gone
    }

    fn remove(&mut self, id: LineId) -> Option<Standing> {
        for alarm in [Alarm::Locate, Alarm::Register, Alarm::Watch, Alarm::KeepAlive] {
            self.alarms.clear((id, alarm));
        }
        self.standings.remove(&id)
    }

    pub fn get(&self, id: LineId) -> Option<&Standing> {
        self.standings.get(&id)
    }

    pub fn get_mut(&mut self, id: LineId) -> Option<&mut Standing> {
        self.standings.get_mut(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (LineId, &Standing)> {
        self.standings.iter().map(|(id, standing)| (*id, standing))
    }

    /// Whose addresses were asked for under that token.
    pub fn asked_by(&self, token: u64) -> Option<LineId> {
        self.iter().find(|(_, standing)| standing.question == Some(token)).map(|(id, _)| id)
    }

    /// Where lines are, and where their calls come from.
    pub fn sources(&self) -> impl Iterator<Item = Network> {
        self.standings.values().flat_map(|standing| {
            let targets = standing.targets.iter().map(|target| Network::of(target.remote.ip()));
            targets.chain(standing.line.allowed.iter().copied())
        })
    }

    pub fn set(&mut self, id: LineId, alarm: Alarm, at: Instant) {
        self.alarms.set((id, alarm), at);
    }

    pub fn pop_due(&mut self, now: Instant) -> Option<(LineId, Alarm)> {
        self.alarms.pop_due(now)
    }

    pub fn next(&self) -> Option<Instant> {
        self.alarms.next()
    }

    /// Those that register over a connection that is gone do so anew.
    pub fn connection_lost(&mut self, now: Instant, connection: ConnectionId) {
        for (id, standing) in &mut self.standings {
            if standing.connection == Some(connection) {
                standing.connection = None;
                if standing.line.registers && standing.registration.asking.is_none() {
                    self.alarms.set((*id, Alarm::Register), now);
                }
            }
        }
    }
}

impl Standing {
    fn new(dice: &mut Dice, line: &Line) -> Standing {
        Standing {
            line: line.clone(),
            name: dice.token(20),
            question: None,
            targets: Vec::new(),
            target: 0,
            unknown: None,
            registration: Registration {
                state: State::New,
                call_id: dice.token(20),
                tag: dice.token(10),
                cseq: 0,
                expires: line.expires,
                client: Client::default(),
                asking: None,
                failures: 0,
                tried: 0,
            },
            missed: 0,
            round_trip: None,
            connection: None,
            told: None,
        }
    }
}
