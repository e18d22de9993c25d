//! Keys in talk that may be a code: which one, and the number behind it. It sees keys and the time between them, and says what follows.
//!
//! Two keys of a code may be one second apart, or they are no code and go to the other side. A number ends with `#`, or two seconds after its
//! last digit; the keys that hang up, pressed in place of it, give it up.

use std::time::Duration;

use crate::base::limits::DIALLED_CHARS_MAX;
use crate::settings::talk_codes::{InTalk, TalkCodes};

/// Between two keys of a code.
const KEY_WAIT: Duration = Duration::from_secs(1);
/// For the first digit of a number.
const NUMBER_WAIT: Duration = Duration::from_secs(5);
/// After a digit of it.
const DIGIT_WAIT: Duration = Duration::from_secs(2);

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// For the next key so long.
    Wait(Duration),
    /// They were no code: they are the other side's.
    PassOn(String),
    Run(InTalk),
    /// A number is to follow, the first digit within so long.
    Ask(InTalk, Duration),
    Dial(InTalk, String),
    /// No number came.
    GiveUp(InTalk),
}

#[derive(Debug)]
enum State {
    Matching { keys: String },
    Number { of: InTalk, digits: String },
}

/// The keys of a phone, from the first of a code on. Over when it says anything but to wait or to ask.
#[derive(Debug)]
pub struct Keys {
    state: State,
}

impl Default for Keys {
    fn default() -> Keys {
        Keys { state: State::Matching { keys: String::new() } }
    }
}

impl Keys {
    pub fn press(&mut self, codes: &TalkCodes, key: char) -> Verb {
        match &mut self.state {
            State::Matching { keys } => {
                keys.push(key);
                match codes.find(keys) {
                    Some(of) if of.takes_number() => {
                        self.state = State::Number { of, digits: String::new() };
                        Verb::Ask(of, NUMBER_WAIT)
                    }
                    Some(code) => Verb::Run(code),
                    None if codes.are_begun_by(keys) => Verb::Wait(KEY_WAIT),
                    None => Verb::PassOn(std::mem::take(keys)),
                }
            }
            State::Number { of, digits } if key == '#' => match digits.is_empty() {
                true => Verb::GiveUp(*of),
                false => Verb::Dial(*of, std::mem::take(digits)),
            },
            State::Number { of, digits } => {
                digits.push(key);
                let gives_up = codes.keys_of(InTalk::HangUp).is_some_and(|keys| digits.ends_with(keys));
                if gives_up || digits.len() > DIALLED_CHARS_MAX { Verb::GiveUp(*of) } else { Verb::Wait(DIGIT_WAIT) }
            }
        }
    }

    pub fn expired(&mut self) -> Verb {
        match &mut self.state {
            State::Matching { keys } => Verb::PassOn(std::mem::take(keys)),
            State::Number { of, digits } if digits.is_empty() => Verb::GiveUp(*of),
            State::Number { of, digits } => Verb::Dial(*of, std::mem::take(digits)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    /// Presses keys; `.` lets the time pass. What was said in the end.
    #[track_caller]
    fn check(pressed: &str, expected: &Verb) {
        let codes = Settings::fresh().numbering.talk_codes.clone();
        let mut keys = Keys::default();
        let said: Vec<Verb> = pressed.chars().map(|key| if key == '.' { keys.expired() } else { keys.press(&codes, key) }).collect();
        assert_eq!(said.last(), Some(expected), "{pressed}: {said:?}");
        let is_waiting = |verb: &Verb| matches!(verb, Verb::Wait(_) | Verb::Ask(..));
        assert!(said[..said.len() - 1].iter().all(is_waiting), "{pressed}: {said:?}");
    }

    #[test]
    fn what_keys_come_to() {
        check("#", &Verb::Wait(KEY_WAIT));
        check("#.", &Verb::PassOn("#".to_owned()));
        check("#5", &Verb::PassOn("#5".to_owned()));
        check("##", &Verb::PassOn("##".to_owned()));
        check("#8", &Verb::Run(InTalk::Park));
        check("*0", &Verb::Run(InTalk::HangUp));
        check("#4", &Verb::Ask(InTalk::BlindTransfer, NUMBER_WAIT));
        check("#4.", &Verb::GiveUp(InTalk::BlindTransfer));
        check("#4#", &Verb::GiveUp(InTalk::BlindTransfer));
        check("#4103", &Verb::Wait(DIGIT_WAIT));
        check("#4103#", &Verb::Dial(InTalk::BlindTransfer, "103".to_owned()));
        check("*4103.", &Verb::Dial(InTalk::Consult, "103".to_owned()));
        check("*41*0", &Verb::GiveUp(InTalk::Consult));
        check(&format!("#4{}", "1".repeat(DIALLED_CHARS_MAX + 1)), &Verb::GiveUp(InTalk::BlindTransfer));
    }
}
