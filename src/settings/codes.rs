//! Service codes: digits that run a feature when they are dialled. What flows in is a number that somebody would like to have;
//! what flows out is the service that would be called instead, because services come first in the numbering plan.
//!
//! The digits here are the defaults, and `key` is what each code will be called where it can be set.

use crate::text::Phrase;
use crate::text::settings as words;

/// One code of the numbering plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceCode {
    pub key: &'static str,
    pub digits: Digits,
    pub takes: Takes,
    pub feature: Phrase,
}

/// What is dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    One(&'static str),
    /// Both ends count.
    Range(&'static str, &'static str),
}

/// What is dialled behind the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// A number: an extension's, a room's, one outside.
    Number,
}

/// An extension has at least two digits, so `801` and one more digit is no voicemail of anybody.
const NUMBER_DIGITS_MIN: usize = 2;

const fn code(key: &'static str, digits: &'static str, takes: Takes, feature: Phrase) -> ServiceCode {
    ServiceCode { key, digits: Digits::One(digits), takes, feature }
}

pub const CODES: &[ServiceCode] = &[
    code("pickup_group", "*9", Takes::Nothing, words::CODE_PICKUP_GROUP),
    code("pickup_extension", "**", Takes::Number, words::CODE_PICKUP_EXTENSION),
    code("pickup_group_invite", "#9", Takes::Nothing, words::CODE_PICKUP_GROUP_INVITE),
    code("pickup_extension_invite", "#*", Takes::Number, words::CODE_PICKUP_EXTENSION_INVITE),
    code("hide_number", "*671", Takes::Nothing, words::CODE_HIDE_NUMBER),
    code("show_number", "*670", Takes::Number, words::CODE_SHOW_NUMBER),
    code("call_back_on", "841", Takes::Nothing, words::CODE_CALL_BACK_ON),
    code("call_back_off", "840", Takes::Nothing, words::CODE_CALL_BACK_OFF),
    code("echo", "800", Takes::Nothing, words::CODE_ECHO),
    code("voicemail", "801", Takes::Number, words::CODE_VOICEMAIL),
    code("unlock", "850", Takes::Nothing, words::CODE_UNLOCK),
    code("lock", "851", Takes::Nothing, words::CODE_LOCK),
    code("secretary_on", "*521", Takes::Nothing, words::CODE_SECRETARY_ON),
    code("secretary_off", "*520", Takes::Nothing, words::CODE_SECRETARY_OFF),
    code("secretary_toggle", "*52*", Takes::Nothing, words::CODE_SECRETARY_TOGGLE),
    code("fork2mobile_toggle", "*50*", Takes::Nothing, words::CODE_FORK2MOBILE_TOGGLE),
    code("fork2mobile_on", "*501", Takes::Nothing, words::CODE_FORK2MOBILE_ON),
    code("fork2mobile_off", "*500", Takes::Nothing, words::CODE_FORK2MOBILE_OFF),
    code("fork2mobile_status", "*509", Takes::Nothing, words::CODE_FORK2MOBILE_STATUS),
    code("switch_toggle", "*51*", Takes::Number, words::CODE_SWITCH_TOGGLE),
    code("switch_on", "*511", Takes::Number, words::CODE_SWITCH_ON),
    code("switch_off", "*510", Takes::Number, words::CODE_SWITCH_OFF),
    code("paging", "*53", Takes::Number, words::CODE_PAGING),
    code("queue_pause", "*81", Takes::Nothing, words::CODE_QUEUE_PAUSE),
    code("queue_resume", "*80", Takes::Nothing, words::CODE_QUEUE_RESUME),
    code("park", "888", Takes::Nothing, words::CODE_PARK),
    ServiceCode { key: "park_slot", digits: Digits::Range("890", "899"), takes: Takes::Nothing, feature: words::CODE_PARK_SLOT },
    ServiceCode { key: "speed_dial", digits: Digits::Range("#10", "#89"), takes: Takes::Nothing, feature: words::CODE_SPEED_DIAL },
    ServiceCode { key: "speed_dial_own", digits: Digits::Range("#00", "#09"), takes: Takes::Nothing, feature: words::CODE_SPEED_DIAL_OWN },
    code("meetme", "802", Takes::Number, words::CODE_MEETME),
    code("forward_on", "811", Takes::Number, words::CODE_FORWARD_ON),
    code("forward_off", "810", Takes::Nothing, words::CODE_FORWARD_OFF),
    code("hot_desk_out", "*400", Takes::Nothing, words::CODE_HOT_DESK_OUT),
];

impl ServiceCode {
    /// Whoever dials `number` gets this service.
    fn is_dialled_by(&self, number: &str) -> bool {
        match self.digits {
            Digits::One(digits) => match (number.strip_prefix(digits), self.takes) {
                (Some(""), _) => true,
                (Some(rest), Takes::Number) => rest.len() >= NUMBER_DIGITS_MIN,
                _ => false,
            },
            Digits::Range(from, to) => number.len() == from.len() && (from..=to).contains(&number),
        }
    }
}

/// As people dial it: `801`, `890-899`.
impl std::fmt::Display for ServiceCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.digits {
            Digits::One(digits) => f.write_str(digits),
            Digits::Range(from, to) => write!(f, "{from}-{to}"),
        }
    }
}

/// The service that would hide an extension or a box of that number.
pub fn collision(number: &str) -> Option<&'static ServiceCode> {
    CODES.iter().find(|code| code.is_dialled_by(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_a_service_would_hide() {
        for (number, key) in [
            ("800", Some("echo")),
            ("801", Some("voicemail")),
            ("801102", Some("voicemail")),
            ("8012", None),
            ("802", Some("meetme")),
            ("811", Some("forward_on")),
            ("810", Some("forward_off")),
            ("8101", None),
            ("840", Some("call_back_off")),
            ("841", Some("call_back_on")),
            ("850", Some("unlock")),
            ("851", Some("lock")),
            ("888", Some("park")),
            ("889", None),
            ("890", Some("park_slot")),
            ("899", Some("park_slot")),
            ("8950", None),
            ("80", None),
            ("101", None),
            ("900", None),
        ] {
            assert_eq!(collision(number).map(|code| code.key), key, "{number}");
        }
    }

    #[test]
    fn no_code_has_two_meanings() {
        for (at, code) in CODES.iter().enumerate() {
            assert!(CODES[..at].iter().all(|other| other.key != code.key && other.digits != code.digits), "{code}");
            let (Digits::One(digits) | Digits::Range(digits, _)) = code.digits;
            let others = CODES.iter().filter(|other| other.is_dialled_by(digits));
            assert_eq!(others.count(), 1, "{code} is dialled by itself alone");
        }
    }
}
