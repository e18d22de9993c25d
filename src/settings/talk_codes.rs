//! Codes in talk: keys that a phone presses while it talks with somebody. They begin with `*` or `#`, so that other keys go to the other side at
//! once, and none is the beginning of another one. A code without keys is off.

use crate::base::limits::TALK_CODE_KEYS_MAX;
use crate::text::Phrase;
use crate::text::settings as words;
use crate::text::settings::FieldWords;

use super::field::{Default, Field, Shape};
use super::own::Values;

/// What keys do in talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InTalk {
    /// A number follows; the other side goes there.
    BlindTransfer,
    /// A number follows; the other side waits while this one talks with it.
    Consult,
    Park,
    /// Ends the call; while another party waits, only the consultation.
    HangUp,
    /// Talks with the one who waits, and lets the other one wait.
    Swap,
    Join,
    Record,
    FastTransfer,
}

impl InTalk {
    /// Whether this version does it; whoever presses another one hears that it is not there.
    pub const fn is_there(self) -> bool {
        matches!(self, InTalk::BlindTransfer | InTalk::Consult | InTalk::Park | InTalk::HangUp | InTalk::Swap)
    }

    /// A number is pressed behind it.
    pub const fn takes_number(self) -> bool {
        matches!(self, InTalk::BlindTransfer | InTalk::Consult)
    }
}

/// One of them, with its usual keys.
#[derive(Clone, Copy, Debug)]
pub struct TalkCode {
    pub key: &'static str,
    pub does: InTalk,
    pub feature: Phrase,
    preset: &'static str,
}

const fn code(key: &'static str, preset: &'static str, does: InTalk, feature: Phrase) -> TalkCode {
    TalkCode { key, does, feature, preset }
}

pub const TALK_CODES: &[TalkCode] = &[
    code("talk_blind_transfer", "#4", InTalk::BlindTransfer, words::TALK_BLIND_TRANSFER),
    code("talk_park", "#8", InTalk::Park, words::TALK_PARK),
    code("talk_consult", "*4", InTalk::Consult, words::TALK_CONSULT),
    code("talk_hang_up", "*0", InTalk::HangUp, words::TALK_HANG_UP),
    code("talk_swap", "*9", InTalk::Swap, words::TALK_SWAP),
    code("talk_join", "*3", InTalk::Join, words::TALK_JOIN),
    code("talk_record", "*1", InTalk::Record, words::TALK_RECORD),
    code("talk_fast_transfer", "**", InTalk::FastTransfer, words::TALK_FAST_TRANSFER),
];

/// The settings that hold the keys, one for each row of the table.
pub(super) const FIELDS: [Field; TALK_CODES.len()] = {
    let mut fields = [field(&TALK_CODES[0]); TALK_CODES.len()];
    let mut at = 0;
    while at < TALK_CODES.len() {
        fields[at] = field(&TALK_CODES[at]);
        at += 1;
    }
    fields
};

const fn field(code: &TalkCode) -> Field {
    let help = if code.does.is_there() { words::TALK_HELP } else { words::TALK_LATER_HELP };
    Field::new(code.key, Shape::Keys, Default::Text(code.preset), FieldWords { label: code.feature, help })
}

/// Whether that can be the keys of a code.
pub fn are_keys(text: &str) -> bool {
    let is_key = |b: u8| b.is_ascii_digit() || b == b'*' || b == b'#';
    text.starts_with(['*', '#']) && (2..=TALK_CODE_KEYS_MAX).contains(&text.len()) && text.bytes().all(is_key)
}

/// The codes that are on, with their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TalkCodes {
    keys: Vec<(InTalk, String)>,
}

impl TalkCodes {
    pub(super) fn new(values: &Values<'_>) -> TalkCodes {
        let all = TALK_CODES.iter().map(|code| (code.does, values.text(code.key)));
        TalkCodes { keys: all.filter(|(_, keys)| !keys.is_empty()).collect() }
    }

    pub fn are_off(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn find(&self, keys: &str) -> Option<InTalk> {
        self.keys.iter().find(|(_, code)| code == keys).map(|(does, _)| *does)
    }

    /// More keys would make it a code.
    pub fn are_begun_by(&self, keys: &str) -> bool {
        self.keys.iter().any(|(_, code)| code.len() > keys.len() && code.starts_with(keys))
    }

    pub fn keys_of(&self, does: InTalk) -> Option<&str> {
        self.keys.iter().find(|(known, _)| *known == does).map(|(_, keys)| keys.as_str())
    }

    /// Of two codes of which one is the beginning of the other: the later one, and whose its keys are.
    pub(super) fn clash(&self) -> Option<(&'static TalkCode, &'static TalkCode)> {
        let row = |does: InTalk| TALK_CODES.iter().find(|code| code.does == does);
        self.keys.iter().enumerate().find_map(|(at, (does, keys))| {
            let other = self.keys[..at].iter().find(|(_, other)| other.starts_with(keys.as_str()) || keys.starts_with(other.as_str()));
            other.and_then(|(other, _)| Some((row(*does)?, row(*other)?)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Own};
    use super::*;

    fn of(own: Own) -> TalkCodes {
        TalkCodes::new(&Values::new(Kind::Numbering, &own))
    }

    #[test]
    fn the_usual_codes_are_keys_and_none_begins_another() {
        let codes = of(Own::default());
        assert!(codes.clash().is_none());
        for (at, code) in TALK_CODES.iter().enumerate() {
            assert!(are_keys(code.preset), "{}", code.key);
            assert_eq!(codes.find(code.preset), Some(code.does));
            assert!(TALK_CODES[..at].iter().all(|other| other.key != code.key && other.does != code.does), "{}", code.key);
        }
        assert!(codes.are_begun_by("#") && codes.are_begun_by("*") && !codes.are_begun_by("#4") && !codes.are_begun_by("5"));
    }

    #[test]
    fn what_can_be_a_code() {
        for (text, is_one) in
            [("#4", true), ("*#*9", true), ("#", false), ("44", false), ("4#", false), ("#44444444", false), ("#a", false)]
        {
            assert_eq!(are_keys(text), is_one, "{text}");
        }
    }

    #[test]
    fn codes_that_begin_alike() {
        let clash = |own: Own| of(own).clash().map(|(code, other)| (code.key, other.key));
        assert_eq!(clash(Own::default().with("talk_park", "#4")), Some(("talk_park", "talk_blind_transfer")));
        assert_eq!(clash(Own::default().with("talk_park", "#45")), Some(("talk_park", "talk_blind_transfer")));
        assert_eq!(clash(Own::default().with("talk_park", "#45").with("talk_blind_transfer", "")), None);
    }
}
