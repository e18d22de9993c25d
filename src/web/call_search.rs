//! Which calls somebody asks for, out of an address: of the page, of its export, and of the API.
//!
//! `q` words, `from` and `until` days or moments, `extension` a number, `outcome`, `way`; `zone` is the time zone that days are meant in.
//! What is empty asks for nothing.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::base::Wall;
use crate::entry::{CallFilter, CallWay, CallWord, Outcome};
use crate::settings::{Rights, Settings};
use crate::text::{Phrase, call as words};

use super::http::Pairs;

pub const NAMES: [&str; 7] = ["q", "from", "until", "extension", "outcome", "way", "zone"];

/// Those that a call ends with.
pub const OUTCOMES: [(&str, Outcome); 6] = [
    ("answered", Outcome::Answered),
    ("no_answer", Outcome::NoAnswer),
    ("busy", Outcome::Busy),
    ("unavailable", Outcome::Unavailable),
    ("cancelled", Outcome::Cancelled),
    ("refused", Outcome::Refused),
];

/// More words than these find nothing that fewer would not.
const WORDS_MAX: usize = 8;

/// So much of what is wrong is said.
const VALUE_CHARS_MAX: usize = 64;

/// A part of the address that asks for nothing that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub name: &'static str,
    pub phrase: Phrase,
    pub value: String,
}

/// `rights`: of who asks, for outside numbers are searched as they are shown.
pub fn filter(settings: &Settings, rights: &Rights, query: &Pairs) -> Result<CallFilter, Vec<Wrong>> {
    let zone = TimeZone::get(query.text("zone")).unwrap_or(TimeZone::UTC);
    let mut wrong = Vec::new();
    let mut parts = Parts { query, wrong: &mut wrong };
    let filter = CallFilter {
        from: parts.read("from", words::NO_DAY, |text| moment(text, &zone, 0)),
        // The day itself still counts.
        until: parts.read("until", words::NO_DAY, |text| moment(text, &zone, 1)),
        extension: parts.read("extension", words::NO_SUCH_EXTENSION, |number| {
            settings.extensions.values().find(|extension| extension.number == number).map(|extension| extension.id)
        }),
        outcome: parts.read("outcome", words::NO_SUCH_OUTCOME, |text| Some(OUTCOMES.iter().find(|(name, _)| *name == text)?.1)),
        way: parts.read("way", words::NO_SUCH_WAY, |text| CallWay::ALL.into_iter().find(|way| way.name() == text)),
        words: query.text("q").split_whitespace().take(WORDS_MAX).map(|word| named(settings, word)).collect(),
        is_masked: !rights.is_private,
    };
    if wrong.is_empty() { Ok(filter) } else { Err(wrong) }
}

struct Parts<'a> {
    query: &'a Pairs,
    wrong: &'a mut Vec<Wrong>,
}

impl Parts<'_> {
    /// What a part of the address means, if it is there.
    fn read<T>(&mut self, name: &'static str, phrase: Phrase, meaning: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.query.text(name).trim();
        if text.is_empty() {
            return None;
        }
        let meant = meaning(text);
        if meant.is_none() {
            self.wrong.push(Wrong { name, phrase, value: text.chars().take(VALUE_CHARS_MAX).collect() });
        }
        meant
    }
}

fn named(settings: &Settings, text: &str) -> CallWord {
    let wanted = text.to_lowercase();
    let has = |extension: &&crate::settings::Extension| extension.display_name().to_lowercase().contains(&wanted);
    CallWord { text: text.to_owned(), extensions: settings.extensions.values().filter(has).map(|extension| extension.id).collect() }
}

/// A moment as RFC 3339 writes it, or the beginning of the day that lies so many days after the one that is named.
fn moment(text: &str, zone: &TimeZone, days_after: i64) -> Option<Wall> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(Wall::from_millis(moment.as_millisecond()));
    }
    let day = text.parse::<Date>().ok()?.checked_add(days_after.days()).ok()?;
    Some(Wall::from_millis(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_where_people_are_and_moments_are_moments() {
        let rome = TimeZone::get("Europe/Rome").expect("is bundled");
        let check = |text, days, expected: Option<&str>| {
            let expected = expected.map(|at| at.parse::<Timestamp>().expect("a moment").as_millisecond());
            assert_eq!(moment(text, &rome, days).map(Wall::as_millis), expected, "{text}");
        };
        check("2026-11-25", 0, Some("2026-11-24T23:00:00Z"));
        check("2026-11-25", 1, Some("2026-11-25T23:00:00Z"));
        // A day that summer time shortens.
        check("2026-03-29", 1, Some("2026-03-29T22:00:00Z"));
        check("2026-11-25T10:00:00+01:00", 1, Some("2026-11-25T09:00:00Z"));
        check("2026-02-30", 0, None);
        check("yesterday", 0, None);
        check("99999-01-01", 0, None);
    }
}
