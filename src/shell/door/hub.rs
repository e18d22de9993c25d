//! The one source of all event streams: what happened of late, numbered, for whoever listens.
//!
//! ```text
//! Source (status, settings, revisions) --twice a second, while somebody listens--> Hub --> stream, stream, ...
//! ```
//! Every stream reads on from its own place, so a slow one holds nobody up; one that falls behind what is remembered, or that was away
//! for longer, is told to read everything anew.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::base::Wall;
use crate::base::limits::{EVENT_STREAMS_MAX, EVENTS_REMEMBERED_MAX};
use crate::store::Revision;
use crate::web::{Event, Picture, events_between};

/// How often the world is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// So long what happens is remembered when nobody listens, for those who come back.
const LINGER: Duration = Duration::from_secs(60);
/// Saves between two looks that are told one by one.
const REVISIONS_MAX: usize = 50;

/// Where the hub gets it from. Both may wait, so they are asked off the runtime's thread.
pub struct Source {
    pub picture: Box<dyn Fn() -> (Picture, Wall) + Send + Sync>,
    /// The newest saves, newest first.
    pub revisions: Box<dyn Fn(usize) -> Vec<Revision> + Send + Sync>,
}

/// An event's place: an epoch in which none is missing, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub epoch: u64,
    pub number: u64,
}

#[derive(Default)]
pub struct Hub {
    remembered: Mutex<Remembered>,
    listeners: AtomicUsize,
    somebody: Notify,
    news: watch::Sender<u64>,
}

#[derive(Default)]
struct Remembered {
    /// `None`: nobody listens, and nothing is looked at.
    epoch: Option<u64>,
    /// The number of the next event.
    next: u64,
    events: VecDeque<Event>,
    /// The newest revision of the settings that was seen.
    revision: u64,
}

/// What a stream finds at its place.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// Nothing is looked at yet.
    NotYet,
    /// These, and where it goes on.
    Events(Vec<(Place, Event)>, Place),
    /// Events are missing in between; it goes on from here.
    Missed(Place),
}

/// One stream's place among those that there may be; free again when dropped.
pub struct Listener {
    hub: Arc<Hub>,
    news: watch::Receiver<u64>,
}

impl Hub {
    /// `None` if there are as many as there may be.
    pub fn listen(self: &Arc<Self>) -> Option<Listener> {
        let more = |count: usize| (count < EVENT_STREAMS_MAX).then_some(count + 1);
        self.listeners.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok()?;
        self.somebody.notify_one();
        Some(Listener { hub: Arc::clone(self), news: self.news.subscribe() })
    }

    /// Looks at the world for as long as the runtime lasts.
    pub async fn feed(self: Arc<Self>, source: Source) {
        let source = Arc::new(source);
        loop {
            while self.listeners.load(Ordering::Acquire) == 0 {
                self.somebody.notified().await;
            }
            let Some((mut before, now)) = look(&source).await else { return };
            self.begin(now.as_millis().unsigned_abs(), before.settings.revision);
            let mut alone = Duration::ZERO;
            while alone < LINGER {
                tokio::time::sleep(LOOK_EVERY).await;
                let Some((after, _)) = look(&source).await else { return };
                let saved = saved_between(&source, &before, &after).await;
                self.tell(events_between(&before, &after, &saved), after.settings.revision);
                before = after;
                alone = if self.listeners.load(Ordering::Acquire) == 0 { alone + LOOK_EVERY } else { Duration::ZERO };
            }
            self.lock().epoch = None;
        }
    }

    fn begin(&self, epoch: u64, revision: u64) {
        *self.lock() = Remembered { epoch: Some(epoch), next: 1, events: VecDeque::new(), revision };
        self.news.send_modify(|count| *count += 1);
    }

    fn tell(&self, events: Vec<Event>, revision: u64) {
        if events.is_empty() && self.lock().revision == revision {
            return;
        }
        {
            let mut remembered = self.lock();
            remembered.revision = revision;
            for event in events {
                if remembered.events.len() >= EVENTS_REMEMBERED_MAX {
                    remembered.events.pop_front();
                }
                remembered.events.push_back(event);
                remembered.next += 1;
            }
        }
        self.news.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Resolves when there may be something new.
    pub async fn changed(&mut self) {
        // The hub lives as long as its listeners.
        let _ = self.news.changed().await;
    }

    /// What comes after `place`; without one, from now on.
    pub fn hear(&self, place: Option<Place>) -> Heard {
        let remembered = self.hub.lock();
        let Some(epoch) = remembered.epoch else { return Heard::NotYet };
        let last = Place { epoch, number: remembered.next - 1 };
        let oldest = remembered.next - remembered.events.len() as u64;
        match place {
            None => Heard::Events(Vec::new(), last),
            Some(place) if place.epoch == epoch && place.number < remembered.next && place.number + 1 >= oldest => {
                let skipped = (place.number + 1 - oldest) as usize;
                let events = remembered.events.iter().enumerate().skip(skipped);
                Heard::Events(events.map(|(at, event)| (Place { epoch, number: oldest + at as u64 }, event.clone())).collect(), last)
            }
            Some(_) => Heard::Missed(last),
        }
    }

    /// The newest revision of the settings: with another one, rights may be others.
    pub fn revision(&self) -> u64 {
        self.hub.lock().revision
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.listeners.fetch_sub(1, Ordering::AcqRel);
    }
}

/// As it stands in `id:` and comes back in `Last-Event-ID`.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}-{}", self.epoch, self.number)
    }
}

impl Place {
    /// What is no place of ours is one that is long gone.
    pub fn parse(text: &str) -> Place {
        let read = || {
            let (epoch, number) = text.split_once('-')?;
            Some(Place { epoch: u64::from_str_radix(epoch, 16).ok()?, number: number.parse().ok()? })
        };
        read().unwrap_or(Place { epoch: 0, number: 0 })
    }
}

/// `None`: it ended in a panic, which is on record.
async fn look(source: &Arc<Source>) -> Option<(Picture, Wall)> {
    let source = Arc::clone(source);
    tokio::task::spawn_blocking(move || (source.picture)()).await.ok()
}

async fn saved_between(source: &Arc<Source>, before: &Picture, after: &Picture) -> Vec<Revision> {
    let (seen, now) = (before.settings.revision, after.settings.revision);
    let count = usize::try_from(now.saturating_sub(seen)).unwrap_or(REVISIONS_MAX).min(REVISIONS_MAX);
    if count == 0 {
        return Vec::new();
    }
    let source = Arc::clone(source);
    let newest = tokio::task::spawn_blocking(move || (source.revisions)(count)).await.unwrap_or_default();
    // What was saved after the picture is told with the next one.
    newest.into_iter().filter(|revision| revision.id > seen && revision.id <= now).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    /// A call that has begun.
    fn event() -> Event {
        let call = crate::exchange::status::LiveCall {
            call: "1".to_owned(),
            caller_number: "101".to_owned(),
            caller_name: "Anna".to_owned(),
            callee_number: "102".to_owned(),
            callee_name: "Bea".to_owned(),
            phase: crate::exchange::status::Phase::Ringing,
            since: Wall::from_millis(0),
        };
        let picture = |calls| Picture {
            status: Arc::new(crate::exchange::status::Status { calls, ..Default::default() }),
            settings: Arc::new(Settings::fresh()),
        };
        events_between(&picture(Vec::new()), &picture(vec![call]), &[]).remove(0)
    }

    fn hub() -> Arc<Hub> {
        let hub = Arc::new(Hub::default());
        hub.begin(7, 3);
        hub
    }

    fn numbers(heard: Heard) -> Vec<u64> {
        match heard {
            Heard::Events(events, _) => events.iter().map(|(place, _)| place.number).collect(),
            heard => panic!("{heard:?}"),
        }
    }

    #[test]
    fn who_comes_back_hears_what_was_missed() {
        let hub = hub();
        let listener = hub.listen().expect("a place");
        assert_eq!(numbers(listener.hear(None)), [0; 0]);
        hub.tell(vec![event(), event()], 3);
        assert_eq!(numbers(listener.hear(Some(Place { epoch: 7, number: 0 }))), [1, 2]);
        assert_eq!(numbers(listener.hear(Some(Place { epoch: 7, number: 1 }))), [2]);
        for gone in ["6-1", "7-99", "x", ""] {
            assert_eq!(listener.hear(Some(Place::parse(gone))), Heard::Missed(Place { epoch: 7, number: 2 }), "{gone}");
        }
        hub.tell(vec![event(); EVENTS_REMEMBERED_MAX], 3);
        assert!(matches!(listener.hear(Some(Place { epoch: 7, number: 1 })), Heard::Missed(_)), "it fell behind");
        assert_eq!(numbers(listener.hear(Some(Place { epoch: 7, number: 2 }))).len(), EVENTS_REMEMBERED_MAX);
        assert_eq!(Place::parse(&Place { epoch: 0xab, number: 9 }.to_string()), Place { epoch: 0xab, number: 9 });
    }

    #[test]
    fn there_are_so_many_streams_and_no_more() {
        let hub = hub();
        let mut all: Vec<Listener> = (0..EVENT_STREAMS_MAX).map(|_| hub.listen().expect("a place")).collect();
        assert!(hub.listen().is_none());
        all.pop();
        assert!(hub.listen().is_some());
    }
}
