//! Service codes: digits that run a feature when they are dialled. The table has the features and their usual digits; [`Codes`] has the digits
//! as they are set. A feature without digits is off.

use crate::text::Phrase;
use crate::text::settings as words;
use crate::text::settings::FieldWords;

use super::field::{Default, Field, Shape};
use super::own::Values;

/// A feature that digits run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceCode {
    /// Of the setting that holds its digits.
    pub key: &'static str,
    pub service: Service,
    pub takes: Takes,
    pub feature: Phrase,
    /// The usual digits.
    preset: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    PickupGroup,
    PickupExtension,
    PickupGroupInvite,
    PickupExtensionInvite,
    HideNumber,
    ShowNumber,
    CallBackOn,
    CallBackOff,
    Echo,
    Voicemail,
    Unlock,
    Lock,
    SecretaryOn,
    SecretaryOff,
    SecretaryToggle,
    Fork2MobileToggle,
    Fork2MobileOn,
    Fork2MobileOff,
    Fork2MobileStatus,
    SwitchToggle,
    SwitchOn,
    SwitchOff,
    Paging,
    QueuePause,
    QueueResume,
    Park,
    ParkSlot,
    SpeedDial,
    SpeedDialOwn,
    Meetme,
    ForwardOn,
    ForwardOff,
    DoNotDisturbOn,
    DoNotDisturbOff,
    HotDeskOut,
}

impl Service {
    /// What it does, in a few words.
    pub fn feature(self) -> Phrase {
        CODES.iter().find(|code| code.service == self).map_or(words::CODE_ECHO, |code| code.feature)
    }

    /// Whether this version runs it; whoever dials another one hears that it is not there.
    pub const fn is_there(self) -> bool {
        matches!(
            self,
            Service::PickupGroup
                | Service::PickupExtension
                | Service::HideNumber
                | Service::ShowNumber
                | Service::Echo
                | Service::Unlock
                | Service::Lock
                | Service::ForwardOn
                | Service::ForwardOff
                | Service::DoNotDisturbOn
                | Service::DoNotDisturbOff
                | Service::Park
                | Service::ParkSlot
                | Service::SpeedDial
                | Service::SpeedDialOwn
        )
    }
}

/// What is dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digits {
    One(String),
    /// Both ends count, and they are equally long.
    Range(String, String),
}

/// What is dialled behind the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// A number: an extension's, a room's, one outside.
    Number,
    /// Nothing, but which of a range was dialled counts.
    Itself,
}

/// An extension has at least two digits, so `801` and one more digit is no voicemail of anybody.
const NUMBER_DIGITS_MIN: usize = 2;

const fn code(key: &'static str, preset: &'static str, service: Service, takes: Takes, feature: Phrase) -> ServiceCode {
    ServiceCode { key, service, takes, feature, preset }
}

pub const CODES: &[ServiceCode] = &[
    code("pickup_group", "*9", Service::PickupGroup, Takes::Nothing, words::CODE_PICKUP_GROUP),
    code("pickup_extension", "**", Service::PickupExtension, Takes::Number, words::CODE_PICKUP_EXTENSION),
    code("pickup_group_invite", "#9", Service::PickupGroupInvite, Takes::Nothing, words::CODE_PICKUP_GROUP_INVITE),
    code("pickup_extension_invite", "#*", Service::PickupExtensionInvite, Takes::Number, words::CODE_PICKUP_EXTENSION_INVITE),
    code("hide_number", "*671", Service::HideNumber, Takes::Number, words::CODE_HIDE_NUMBER),
    code("show_number", "*670", Service::ShowNumber, Takes::Number, words::CODE_SHOW_NUMBER),
    code("call_back_on", "841", Service::CallBackOn, Takes::Nothing, words::CODE_CALL_BACK_ON),
    code("call_back_off", "840", Service::CallBackOff, Takes::Nothing, words::CODE_CALL_BACK_OFF),
    code("echo", "800", Service::Echo, Takes::Nothing, words::CODE_ECHO),
    code("voicemail", "801", Service::Voicemail, Takes::Number, words::CODE_VOICEMAIL),
    code("unlock", "850", Service::Unlock, Takes::Nothing, words::CODE_UNLOCK),
    code("lock", "851", Service::Lock, Takes::Nothing, words::CODE_LOCK),
    code("secretary_on", "*521", Service::SecretaryOn, Takes::Nothing, words::CODE_SECRETARY_ON),
    code("secretary_off", "*520", Service::SecretaryOff, Takes::Nothing, words::CODE_SECRETARY_OFF),
    code("secretary_toggle", "*52*", Service::SecretaryToggle, Takes::Nothing, words::CODE_SECRETARY_TOGGLE),
    code("fork2mobile_toggle", "*50*", Service::Fork2MobileToggle, Takes::Nothing, words::CODE_FORK2MOBILE_TOGGLE),
    code("fork2mobile_on", "*501", Service::Fork2MobileOn, Takes::Nothing, words::CODE_FORK2MOBILE_ON),
    code("fork2mobile_off", "*500", Service::Fork2MobileOff, Takes::Nothing, words::CODE_FORK2MOBILE_OFF),
    code("fork2mobile_status", "*509", Service::Fork2MobileStatus, Takes::Nothing, words::CODE_FORK2MOBILE_STATUS),
    code("switch_toggle", "*51*", Service::SwitchToggle, Takes::Number, words::CODE_SWITCH_TOGGLE),
    code("switch_on", "*511", Service::SwitchOn, Takes::Number, words::CODE_SWITCH_ON),
    code("switch_off", "*510", Service::SwitchOff, Takes::Number, words::CODE_SWITCH_OFF),
    code("paging", "*53", Service::Paging, Takes::Number, words::CODE_PAGING),
    code("queue_pause", "*81", Service::QueuePause, Takes::Nothing, words::CODE_QUEUE_PAUSE),
    code("queue_resume", "*80", Service::QueueResume, Takes::Nothing, words::CODE_QUEUE_RESUME),
    code("park", "888", Service::Park, Takes::Nothing, words::CODE_PARK),
    code("park_slot", "890-899", Service::ParkSlot, Takes::Itself, words::CODE_PARK_SLOT),
    code("speed_dial", "#10-#89", Service::SpeedDial, Takes::Itself, words::CODE_SPEED_DIAL),
    code("speed_dial_own", "#00-#09", Service::SpeedDialOwn, Takes::Itself, words::CODE_SPEED_DIAL_OWN),
    code("meetme", "802", Service::Meetme, Takes::Number, words::CODE_MEETME),
    code("forward_on", "811", Service::ForwardOn, Takes::Number, words::CODE_FORWARD_ON),
    code("forward_off", "810", Service::ForwardOff, Takes::Nothing, words::CODE_FORWARD_OFF),
    code("do_not_disturb_on", "", Service::DoNotDisturbOn, Takes::Nothing, words::CODE_DO_NOT_DISTURB_ON),
    code("do_not_disturb_off", "", Service::DoNotDisturbOff, Takes::Nothing, words::CODE_DO_NOT_DISTURB_OFF),
    code("hot_desk_out", "*400", Service::HotDeskOut, Takes::Nothing, words::CODE_HOT_DESK_OUT),
];

/// The settings that hold the digits, one for each row of the table.
pub(super) const FIELDS: [Field; CODES.len()] = {
    let mut fields = [field(&CODES[0]); CODES.len()];
    let mut at = 0;
    while at < CODES.len() {
        fields[at] = field(&CODES[at]);
        at += 1;
    }
    fields
};

const fn field(code: &ServiceCode) -> Field {
    let default = if code.preset.is_empty() { Default::Empty } else { Default::Text(code.preset) };
    let help = if code.service.is_there() { words::CODE_HELP } else { words::CODE_LATER_HELP };
    Field::new(code.key, Shape::Code, default, FieldWords { label: code.feature, help })
}

impl Digits {
    /// `801`, or `890-899`.
    pub fn parse(text: &str) -> Option<Digits> {
        let is_dialled = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'*' || b == b'#');
        match text.split_once('-') {
            None => is_dialled(text).then(|| Digits::One(text.to_owned())),
            Some((from, to)) => {
                let is_range = is_dialled(from) && is_dialled(to) && from.len() == to.len() && from <= to;
                is_range.then(|| Digits::Range(from.to_owned(), to.to_owned()))
            }
        }
    }

    /// What follows the code in what was dialled.
    fn rest<'a>(&self, dialled: &'a str) -> Option<&'a str> {
        match self {
            Digits::One(digits) => dialled.strip_prefix(digits.as_str()),
            Digits::Range(from, to) => {
                let head = dialled.get(..from.len())?;
                (from.as_str()..=to.as_str()).contains(&head).then(|| &dialled[from.len()..])
            }
        }
    }

    /// Each that can be dialled, the first first. A range counts in what its ends do not have in common, so that must be digits.
    pub fn each(&self) -> impl Iterator<Item = String> {
        let (from, to) = match self {
            Digits::One(one) => (one.as_str(), one.as_str()),
            Digits::Range(from, to) => (from.as_str(), to.as_str()),
        };
        let common = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b).count();
        let (head, width) = (from[..common].to_owned(), from.len() - common);
        let counted = from[common..].parse::<u64>().ok().zip(to[common..].parse::<u64>().ok());
        // One number, or a range that does not count: its first.
        let (first, last) = counted.unwrap_or((0, 0));
        let alone = counted.is_none().then(|| from.to_owned());
        (first..=last).map(move |number| alone.clone().unwrap_or_else(|| format!("{head}{number:0width$}")))
    }

    const fn len(&self) -> usize {
        match self {
            Digits::One(digits) | Digits::Range(digits, _) => digits.len(),
        }
    }

    /// Somebody who wants the one might get the other.
    fn meets(&self, other: &Digits) -> bool {
        let ends = |digits: &Digits| match digits {
            Digits::One(one) => (one.clone(), one.clone()),
            Digits::Range(from, to) => (from.clone(), to.clone()),
        };
        let ((from, to), (other_from, other_to)) = (ends(self), ends(other));
        from.len() == other_from.len() && from <= other_to && other_from <= to
    }
}

/// As people dial it: `801`, `890-899`.
impl std::fmt::Display for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Digits::One(digits) => f.write_str(digits),
            Digits::Range(from, to) => write!(f, "{from}-{to}"),
        }
    }
}

/// The features with the digits that are set, in the order of [`CODES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes {
    digits: Vec<Option<Digits>>,
}

impl Codes {
    pub(super) fn new(values: &Values<'_>) -> Codes {
        Codes { digits: CODES.iter().map(|code| Digits::parse(&values.text(code.key))).collect() }
    }

    /// Those that are on.
    pub fn all(&self) -> impl Iterator<Item = (&'static ServiceCode, &Digits)> {
        CODES.iter().zip(&self.digits).filter_map(|(code, digits)| Some((code, digits.as_ref()?)))
    }

    /// The digits of a feature; `None`: it is off.
    pub fn digits(&self, service: Service) -> Option<&Digits> {
        self.all().find(|(code, _)| code.service == service).map(|(_, digits)| digits)
    }

    /// The feature that somebody gets, and what was dialled behind its code, or which of its range. Of several the one with the longest code.
    pub fn find<'a>(&self, dialled: &'a str) -> Option<(&'static ServiceCode, &'a str)> {
        let fits = |(code, digits): (&'static ServiceCode, &Digits)| {
            let rest = digits.rest(dialled)?;
            let taken = match code.takes {
                Takes::Nothing => rest.is_empty().then_some(rest),
                Takes::Number => (rest.is_empty() || rest.len() >= NUMBER_DIGITS_MIN).then_some(rest),
                Takes::Itself => rest.is_empty().then_some(dialled),
            };
            Some((digits.len(), code, taken?))
        };
        self.all().filter_map(fits).max_by_key(|(length, ..)| *length).map(|(_, code, rest)| (code, rest))
    }

    /// More digits would make it a code.
    pub fn is_begun_by(&self, dialled: &str) -> bool {
        self.all().any(|(_, digits)| match digits {
            Digits::One(digits) => digits.len() > dialled.len() && digits.starts_with(dialled),
            Digits::Range(from, to) => {
                let begins = |digits: &str| digits.get(..dialled.len()).unwrap_or_default().to_owned();
                from.len() > dialled.len() && (begins(from)..=begins(to)).contains(&dialled.to_owned())
            }
        })
    }

    /// The service that would hide an extension or a box of that number, because services come first.
    pub fn collision(&self, number: &str) -> Option<(&'static ServiceCode, &Digits)> {
        let (code, _) = self.find(number)?;
        Some((code, self.digits(code.service)?))
    }

    /// Two features with the same digits, the later one first.
    pub(super) fn twice(&self) -> Option<(&'static ServiceCode, &'static ServiceCode)> {
        let all: Vec<_> = self.all().collect();
        all.iter().enumerate().find_map(|(at, (code, digits))| {
            let other = all[..at].iter().find(|(_, other)| digits.meets(other));
            other.map(|(other, _)| (*code, *other))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Own};
    use super::*;

    fn of(own: Own) -> Codes {
        Codes::new(&Values::new(Kind::Numbering, &own))
    }

    fn presets() -> Codes {
        of(Own::default())
    }

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
            assert_eq!(presets().collision(number).map(|(code, _)| code.key), key, "{number}");
        }
    }

    #[test]
    fn the_usual_codes_have_one_meaning_each() {
        let codes = presets();
        assert_eq!(codes.twice(), None);
        for (code, digits) in codes.all() {
            let (Digits::One(digits) | Digits::Range(digits, _)) = digits;
            assert_eq!(codes.find(digits).map(|(found, _)| found.key), Some(code.key));
        }
        for (at, code) in CODES.iter().enumerate() {
            assert!(CODES[..at].iter().all(|other| other.key != code.key && other.service != code.service), "{}", code.key);
            assert!(code.preset.is_empty() || Digits::parse(code.preset).is_some(), "{}", code.key);
        }
    }

    #[test]
    fn what_is_dialled_behind_a_code() {
        let codes = presets();
        let found = |dialled| codes.find(dialled).map(|(code, rest)| (code.service, rest));
        assert_eq!(found("**102"), Some((Service::PickupExtension, "102")));
        assert_eq!(found("8110612345"), Some((Service::ForwardOn, "0612345")));
        assert_eq!(found("811"), Some((Service::ForwardOn, "")));
        assert_eq!(found("*6710612345"), Some((Service::HideNumber, "0612345")));
        assert_eq!(found("#42"), Some((Service::SpeedDial, "#42")), "which one it is counts");
        assert_eq!(found("893"), Some((Service::ParkSlot, "893")));
        assert_eq!(found("#9"), Some((Service::PickupGroupInvite, "")));
        assert_eq!(found("*5117"), None, "a switch has more than one digit");
        assert!(codes.is_begun_by("85") && codes.is_begun_by("89") && codes.is_begun_by("*") && !codes.is_begun_by("850"));
    }

    #[test]
    fn the_numbers_of_a_range() {
        let each = |text: &str| Digits::parse(text).expect("digits").each().collect::<Vec<_>>();
        assert_eq!(each("898-901"), ["898", "899", "900", "901"]);
        assert_eq!(each("*08-*10"), ["*08", "*09", "*10"]);
        assert_eq!((each("888"), each("8*-9*")), (vec!["888".to_owned()], vec!["8*".to_owned()]));
    }

    #[test]
    fn a_code_moves_and_goes() {
        let codes = of(Own::default().with("lock", "*85").with("echo", "").with("do_not_disturb_on", "*781"));
        assert_eq!(codes.find("*85").map(|(code, _)| code.service), Some(Service::Lock));
        assert_eq!((codes.find("851"), codes.find("800")), (None, None));
        assert_eq!(codes.find("*781").map(|(code, _)| code.service), Some(Service::DoNotDisturbOn));
        let twice = of(Own::default().with("lock", "895")).twice().map(|(code, other)| (code.key, other.key));
        assert_eq!(twice, Some(("park_slot", "lock")));
    }
}
