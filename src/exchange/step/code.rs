//! A service code in talk with its caller: a PIN where one is asked, the change, a tone that says whether it was made.

use std::time::Duration;

use crate::route::Served;
use crate::secret::{Secret, constant_time_eq};

/// For the first digit of a PIN, and between two.
const DIGIT_WAIT: Duration = Duration::from_secs(10);
/// Nobody needs to hear themselves for longer.
const ECHO_MAX: Duration = Duration::from_secs(300);
/// A phone that never gets the tone to its end is hung up all the same.
const TONE_MAX: Duration = Duration::from_secs(5);
/// Longer input is no PIN.
const PIN_DIGITS_MAX: usize = 16;

/// What is switched at an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Unlock,
    Lock,
    /// All calls go there; `None`: no longer.
    Forward(Option<String>),
    DoNotDisturb(bool),
    HideNumber(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    Digit(char),
    ToneEnded,
    Expired,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    Say(Tone),
    Switch(Change),
    WrongPin,
    Echo,
    /// Until the next fact; replaces an earlier wait.
    Wait(Duration),
    HangUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Confirm,
    Refuse,
    Prompt,
    /// So many notes.
    Count(u8),
    Waiting,
    Ringing,
}

#[derive(Debug)]
enum State {
    Asking { digits: String },
    Echoing,
    Ending,
}

/// The step.
#[derive(Debug)]
pub struct Code {
    state: State,
    change: Option<Change>,
    pin: Option<Secret>,
}

impl Code {
    /// `pin`: the service PIN of the extension, unless PINs are not taken from it now. Pickup and park have no step.
    pub fn new(served: &Served, pin: Option<Secret>) -> (Code, Vec<Verb>) {
        let (change, asks_pin) = match served {
            Served::Echo => {
                let code = Code { state: State::Echoing, change: None, pin: None };
                return (code, vec![Verb::Echo, Verb::Wait(ECHO_MAX)]);
            }
            Served::Unlock { asks_pin } => (Change::Unlock, *asks_pin),
            Served::Lock { asks_pin } => (Change::Lock, *asks_pin),
            Served::Forward(to) => (Change::Forward(to.clone()), false),
            Served::DoNotDisturb(is_on) => (Change::DoNotDisturb(*is_on), false),
            Served::HideNumber(is_on) => (Change::HideNumber(*is_on), false),
            Served::PickupGroup | Served::PickupExtension(_) | Served::Park | Served::Parked(_) | Served::Fetch(_) => {
                return (Code { state: State::Ending, change: None, pin: None }, vec![Verb::HangUp]);
            }
        };
        let mut code = Code { state: State::Ending, change: Some(change), pin: pin.filter(|pin| !pin.is_empty()) };
        let verbs = match (asks_pin, &code.pin) {
            (false, _) => code.make(),
            // What a PIN protects is refused where there is none.
            (true, None) => code.refuse(),
            (true, Some(_)) => {
                code.state = State::Asking { digits: String::new() };
                vec![Verb::Say(Tone::Prompt), Verb::Wait(DIGIT_WAIT)]
            }
        };
        (code, verbs)
    }

    /// Says one thing, and that is all.
    pub fn saying(tone: Tone) -> (Code, Vec<Verb>) {
        (Code { state: State::Ending, change: None, pin: None }, vec![Verb::Say(tone), Verb::Wait(TONE_MAX)])
    }

    pub fn handle(&mut self, fact: Fact) -> Vec<Verb> {
        match (&mut self.state, fact) {
            (State::Asking { digits }, Fact::Digit(digit)) => {
                if digit != '#' {
                    digits.push(digit);
                }
                let is_whole = self.pin.as_ref().is_some_and(|pin| pin.expose().len() == digits.len()) || digits.len() >= PIN_DIGITS_MAX;
                if is_whole || digit == '#' { self.judge() } else { vec![Verb::Wait(DIGIT_WAIT)] }
            }
            (State::Asking { .. }, Fact::Expired) => self.refuse(),
            (State::Ending, Fact::ToneEnded | Fact::Expired) | (State::Echoing, Fact::Expired) => vec![Verb::HangUp],
            _ => vec![],
        }
    }

    fn judge(&mut self) -> Vec<Verb> {
        let State::Asking { digits } = &self.state else { return vec![] };
        let is_right = self.pin.as_ref().is_some_and(|pin| constant_time_eq(pin.expose().as_bytes(), digits.as_bytes()));
        if is_right {
            return self.make();
        }
        let mut verbs = vec![Verb::WrongPin];
        verbs.extend(self.refuse());
        verbs
    }

    fn make(&mut self) -> Vec<Verb> {
        self.state = State::Ending;
        self.change.take().map(Verb::Switch).into_iter().chain([Verb::Say(Tone::Confirm), Verb::Wait(TONE_MAX)]).collect()
    }

    fn refuse(&mut self) -> Vec<Verb> {
        self.state = State::Ending;
        vec![Verb::Say(Tone::Refuse), Verb::Wait(TONE_MAX)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_pin(pin: &str, facts: &[Fact]) -> Vec<Verb> {
        let (mut code, mut verbs) = Code::new(&Served::Unlock { asks_pin: true }, Some(Secret::new(pin)));
        for fact in facts {
            verbs.extend(code.handle(*fact));
        }
        verbs.retain(|verb| !matches!(verb, Verb::Wait(_)));
        verbs
    }

    fn digits(text: &str) -> Vec<Fact> {
        text.chars().map(Fact::Digit).collect()
    }

    #[test]
    fn a_code_without_a_pin_is_done_at_once() {
        let (mut code, verbs) = Code::new(&Served::Forward(Some("102".to_owned())), None);
        assert_eq!(verbs[..2], [Verb::Switch(Change::Forward(Some("102".to_owned()))), Verb::Say(Tone::Confirm)]);
        assert_eq!(code.handle(Fact::Digit('1')), []);
        assert_eq!(code.handle(Fact::ToneEnded), [Verb::HangUp]);
    }

    #[test]
    fn the_right_pin_opens_and_a_wrong_one_does_not() {
        let (prompt, opened, refused) = (Verb::Say(Tone::Prompt), Verb::Switch(Change::Unlock), Verb::Say(Tone::Refuse));
        assert_eq!(with_pin("1234", &digits("1234")), [prompt.clone(), opened.clone(), Verb::Say(Tone::Confirm)]);
        assert_eq!(with_pin("1234", &digits("1235")), [prompt.clone(), Verb::WrongPin, refused.clone()]);
        assert_eq!(with_pin("1234", &digits("12#")), [prompt.clone(), Verb::WrongPin, refused.clone()], "cut short");
        assert_eq!(with_pin("1234", &[Fact::Digit('1'), Fact::Expired]), [prompt, refused.clone()], "given up");
        assert_eq!(with_pin("", &[]), [refused], "no PIN, no way in");
    }

    #[test]
    fn an_echo_ends_by_itself() {
        let (mut code, verbs) = Code::new(&Served::Echo, None);
        assert_eq!(verbs, [Verb::Echo, Verb::Wait(ECHO_MAX)]);
        assert_eq!((code.handle(Fact::ToneEnded), code.handle(Fact::Expired)), (vec![], vec![Verb::HangUp]));
    }
}
