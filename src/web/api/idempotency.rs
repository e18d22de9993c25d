//! The same request twice is done once (draft-ietf-httpapi-idempotency-key-header).
//!
//! Who sends `Idempotency-Key` with a POST may send it again within a day, not knowing whether the first one arrived, and gets the answer of
//! the first. Answers are kept in memory, so a restart forgets them; refusals are not kept, for they changed nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::base::Instant;
use crate::base::id::UserId;
use crate::base::limits::{API_REPLAY_BYTES_MAX, API_REPLAYS_PER_USER_MAX};
use crate::text::api as words;
use crate::web::http::{Request, Response};

use super::Asked;
use super::problem::{Answer, Problem};

const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
const KEY_CHARS_MAX: usize = 255;

type Key = (UserId, String);

/// The answers that may be asked for again.
#[derive(Debug, Default)]
pub struct Replays {
    all: BTreeMap<Key, Kept>,
}

#[derive(Debug)]
struct Kept {
    at: Instant,
    /// Of the request.
    hash: [u8; 32],
    /// `None`: it is being answered.
    answer: Option<Response>,
}

#[derive(Debug)]
enum Begun {
    New,
    Again(Response),
    Running,
    /// Of another request.
    Other,
}

/// Answers by `work`, unless it was answered before.
pub fn once(asked: &Asked<'_>, work: impl FnOnce() -> Answer) -> Answer {
    let Some(key) = asked.request.header("idempotency-key") else { return work() };
    let key = key.trim();
    if key.is_empty() || key.len() > KEY_CHARS_MAX {
        return Err(Problem::new(400, words::BROKEN_KEY));
    }
    let (key, now) = ((asked.caller.rights.user, key.to_owned()), asked.context.now.mono);
    let begun = asked.context.site.replays().begin(now, &key, hash(asked.request));
    match begun {
        Begun::Again(response) => return Ok(response),
        Begun::Running => return Err(Problem::new(409, words::STILL_RUNNING)),
        Begun::Other => return Err(Problem::new(422, words::KEY_OF_ANOTHER)),
        Begun::New => {}
    }
    let turn = Turn { asked, key };
    let answer = work();
    if let Ok(response) = &answer {
        asked.context.site.replays().finish(&turn.key, response);
    }
    answer
}

/// While it lasts the request is being answered; what was not kept in the end is forgotten with it, even by a panic.
struct Turn<'a> {
    asked: &'a Asked<'a>,
    key: Key,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.asked.context.site.replays().forget_running(&self.key);
    }
}

fn hash(request: &Request) -> [u8; 32] {
    let mut hash = Sha256::new();
    // Without its parameters: a form with a file has another boundary each time it is written.
    let kind = request.header("content-type").and_then(|kind| kind.split(';').next()).unwrap_or_default();
    let form = request.form.0.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    let file = request.file.as_deref().unwrap_or_default();
    for part in [request.path.as_bytes(), kind.as_bytes(), &request.body, file].into_iter().chain(form) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

impl Replays {
    fn begin(&mut self, now: Instant, key: &Key, hash: [u8; 32]) -> Begun {
        self.all.retain(|_, kept| kept.answer.is_none() || now.since(kept.at) < KEPT_FOR);
        if let Some(kept) = self.all.get(key) {
            return match &kept.answer {
                _ if kept.hash != hash => Begun::Other,
                Some(answer) => Begun::Again(answer.clone()),
                None => Begun::Running,
            };
        }
        while self.all.range((key.0, String::new())..).take_while(|((user, _), _)| *user == key.0).count() >= API_REPLAYS_PER_USER_MAX {
            if !self.forget_oldest(|(user, _)| *user == key.0) {
                break;
            }
        }
        self.all.insert(key.clone(), Kept { at: now, hash, answer: None });
        Begun::New
    }

    fn finish(&mut self, key: &Key, answer: &Response) {
        if answer.body.len() <= API_REPLAY_BYTES_MAX
            && let Some(kept) = self.all.get_mut(key)
        {
            kept.answer = Some(answer.clone());
        }
        while self.bytes() > API_REPLAY_BYTES_MAX && self.forget_oldest(|_| true) {}
    }

    fn forget_running(&mut self, key: &Key) {
        if self.all.get(key).is_some_and(|kept| kept.answer.is_none()) {
            self.all.remove(key);
        }
    }

    fn bytes(&self) -> usize {
        self.all.values().filter_map(|kept| kept.answer.as_ref()).map(|answer| answer.body.len()).sum()
    }

    /// False if there is none.
    fn forget_oldest(&mut self, is_meant: impl Fn(&Key) -> bool) -> bool {
        let answered = self.all.iter().filter(|(key, kept)| kept.answer.is_some() && is_meant(key));
        let oldest = answered.min_by_key(|(_, kept)| kept.at).map(|(key, _)| key.clone());
        oldest.and_then(|key| self.all.remove(&key)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize) -> Response {
        Response { body: vec![b'x'; bytes], ..Response::empty(201) }
    }

    fn key(user: i64, key: usize) -> Key {
        (UserId(user), format!("{key}"))
    }

    #[test]
    fn an_answer_is_given_again_for_a_day() {
        let mut replays = Replays::default();
        let now = Instant::ZERO;
        assert!(matches!(replays.begin(now, &key(1, 1), [1; 32]), Begun::New));
        assert!(matches!(replays.begin(now, &key(1, 1), [1; 32]), Begun::Running));
        replays.finish(&key(1, 1), &answer(3));
        assert!(matches!(replays.begin(now, &key(1, 1), [1; 32]), Begun::Again(response) if response.body == b"xxx"));
        assert!(matches!(replays.begin(now, &key(1, 1), [2; 32]), Begun::Other));
        assert!(matches!(replays.begin(now, &key(2, 1), [2; 32]), Begun::New), "another user's key");
        assert!(matches!(replays.begin(now + KEPT_FOR, &key(1, 1), [2; 32]), Begun::New));
    }

    #[test]
    fn what_is_kept_is_bounded_by_number_and_bytes() {
        let mut replays = Replays::default();
        let mut now = Instant::ZERO;
        for number in 0..API_REPLAYS_PER_USER_MAX + 1 {
            now = now + Duration::from_secs(1);
            assert!(matches!(replays.begin(now, &key(1, number), [1; 32]), Begun::New));
            replays.finish(&key(1, number), &answer(1));
        }
        assert_eq!(replays.all.len(), API_REPLAYS_PER_USER_MAX);
        assert!(matches!(replays.begin(now, &key(1, 0), [1; 32]), Begun::New), "the oldest was forgotten");
        for number in 0..3 {
            now = now + Duration::from_secs(1);
            replays.begin(now, &key(2, number), [1; 32]);
            replays.finish(&key(2, number), &answer(API_REPLAY_BYTES_MAX / 2));
        }
        assert!(replays.bytes() <= API_REPLAY_BYTES_MAX);
        assert!(matches!(replays.begin(now, &key(2, 2), [1; 32]), Begun::Again(_)), "the newest is there");
    }
}
