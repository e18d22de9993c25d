//! The rules as cases: who does what how often, and what comes of it.

use std::time::Duration;

use super::*;
use crate::base::{ConnectionId, Instant, Transport, Wall};
use crate::settings::{Kind, Settings};

const HOME: &str = "198.51.100.7:5060";

struct Case {
    guard: Guard,
    sip: SipSettings,
    now: Now,
}

impl Case {
    fn new() -> Case {
        let sip = Settings::fresh().sip.clone();
        Case { guard: Guard::new(&mut Dice::from_number(1)), sip, now: Now::default() }
    }

    fn wait(&mut self, secs: u64) {
        let mono = self.now.mono + Duration::from_secs(secs);
        self.now = Now { mono, wall: self.now.wall + Duration::from_secs(secs) };
    }

    fn wrong(&mut self, from: &str, username: &str) -> Option<Banned> {
        self.guard.offence(self.now, &self.sip, &flow(from), Offence::Login { username }).map(|ban| ban.whom)
    }

    fn right(&mut self, from: &str, username: &str) {
        self.guard.proved(self.now, &flow(from), username);
    }

    fn packet(&mut self, from: &str) -> Verdict {
        self.guard.packet(self.now, &flow(from))
    }

    fn login(&self, from: &str, username: &str) -> Verdict {
        self.guard.login(self.now, &self.sip, &flow(from), username)
    }

    /// After how many of these somebody is banned, and who.
    fn tries_until_ban(&mut self, tries: u32, mut one: impl FnMut(&mut Case, u32) -> Option<Banned>) -> Option<(u32, Banned)> {
        (1..=tries).find_map(|number| Some((number, one(self, number)?)))
    }
}

fn flow(from: &str) -> Flow {
    Flow {
        transport: Transport::Udp,
        local: "192.0.2.1:5060".parse().expect("ours"),
        remote: from.parse().expect("theirs"),
        connection: None,
    }
}

fn source(from: &str) -> Banned {
    Banned::Source(flow(from).remote.ip().into())
}

#[test]
fn a_word_list_ends_before_its_fiftieth_word() {
    let mut case = Case::new();
    let banned = case.tries_until_ban(50, |case, _| case.wrong(HOME, "anna"));
    assert_eq!(banned, Some((10, source(HOME))));
    assert_eq!(case.packet(HOME), Verdict::Drop);
    assert_eq!(case.packet("198.51.100.7:9999"), Verdict::Drop, "another port is the same source");
    assert_eq!(case.packet("198.51.100.8:5060"), Verdict::Pass);
    assert_eq!(case.guard.bans().map(|ban| ban.reason).collect::<Vec<_>>(), [BanReason::WrongPasswords]);
}

#[test]
fn many_names_are_as_bad_as_many_passwords_whether_they_exist_or_not() {
    let mut case = Case::new();
    let banned = case.tries_until_ban(50, |case, number| case.wrong(HOME, &format!("user{number}")));
    assert_eq!(banned, Some((10, source(HOME))));
    assert_eq!(case.guard.bans().next().map(|ban| ban.reason), Some(BanReason::ManyNames));
}

#[test]
fn one_phone_with_an_old_password_locks_out_itself_and_not_its_office() {
    let mut case = Case::new();
    for port in 1..=5 {
        case.right(&format!("198.51.100.7:{}", 5000 + port), &format!("phone{port}"));
    }
    let banned = case.tries_until_ban(200, |case, _| case.wrong(HOME, "Old-Phone"));
    let login = Banned::Login { source: flow(HOME).remote.ip().into(), username: "old-phone".to_owned() };
    assert_eq!(banned, Some((10, login)));
    assert_eq!(case.tries_until_ban(200, |case, _| case.wrong(HOME, "old-phone")), None, "it goes on all day");
    assert_eq!((case.login(HOME, "OLD-phone"), case.login(HOME, "phone1")), (Verdict::Slow, Verdict::Pass));
    assert_eq!(case.packet("198.51.100.7:6000"), Verdict::Pass, "a phone that the router gave another port");
    assert_eq!(case.login("198.51.100.99:5060", "old-phone"), Verdict::Pass, "from elsewhere");
}

#[test]
fn of_an_office_that_guesses_names_registered_phones_go_on() {
    let mut case = Case::new();
    case.right("198.51.100.7:5001", "phone1");
    let banned = case.tries_until_ban(50, |case, number| case.wrong(HOME, &format!("user{number}")));
    assert_eq!(banned, Some((10, source(HOME))));
    assert_eq!((case.packet("198.51.100.7:5001"), case.packet(HOME)), (Verdict::Pass, Verdict::Drop));
    case.wrong("198.51.100.7:5001", "anna");
    assert_eq!(case.packet("198.51.100.7:5001"), Verdict::Drop, "but not one that guesses too");
}

#[test]
fn who_is_wrong_now_and_then_is_forgotten() {
    let mut case = Case::new();
    let banned = case.tries_until_ban(500, |case, _| {
        case.wait(60);
        case.wrong(HOME, "anna")
    });
    assert_eq!(banned, None);
}

#[test]
fn the_local_network_is_slowed_and_never_banned() {
    let mut case = Case::new();
    let lan = "192.168.1.20:5060";
    assert_eq!(case.tries_until_ban(500, |case, _| case.wrong(lan, "anna")), None);
    assert_eq!((case.login(lan, "anna"), case.login(lan, "carl"), case.packet(lan)), (Verdict::Slow, Verdict::Pass, Verdict::Pass));
    case.wait(61);
    assert_eq!(case.login(lan, "anna"), Verdict::Pass, "one try a minute is looked at");
}

#[test]
fn who_is_on_the_list_of_the_allowed_is_never_banned_nor_slowed() {
    let mut case = Case::new();
    case.sip.ban.allowed = vec!["198.51.100.0/24".parse().expect("a network")];
    assert_eq!(case.tries_until_ban(500, |case, _| case.wrong(HOME, "anna")), None);
    assert_eq!(case.login(HOME, "anna"), Verdict::Pass);
    case.guard.allow(case.sip.ban.allowed.clone());
    assert!((0..20_000).all(|_| case.packet(HOME) == Verdict::Pass));
    case.sip.ban = crate::settings::BanSettings { is_on: false, allowed: vec![], ..case.sip.ban };
    assert_eq!(case.tries_until_ban(500, |case, _| case.wrong(HOME, "anna")), None, "switched off");
}

#[test]
fn an_account_that_many_sources_guess_at_is_shielded_but_not_where_it_lives() {
    let mut case = Case::new();
    case.right(HOME, "anna");
    let banned = case.tries_until_ban(500, |case, number| case.wrong(&format!("203.0.113.{}:5060", number % 200), "anna"));
    assert_eq!(banned, Some((100, Banned::Account { username: "anna".to_owned() })));
    assert_eq!(case.login("203.0.113.250:5060", "anna"), Verdict::Slow);
    assert_eq!((case.login(HOME, "anna"), case.login("192.168.1.20:5060", "anna")), (Verdict::Pass, Verdict::Pass));
}

#[test]
fn whom_a_password_was_proved_from_cannot_be_framed() {
    let mut case = Case::new();
    let framed = |case: &mut Case, offence| {
        case.tries_until_ban(5000, |case, _| case.guard.offence(case.now, &case.sip, &flow(HOME), offence).map(|ban| ban.whom))
    };
    case.right("198.51.100.7:6000", "anna");
    assert_eq!((framed(&mut case, Offence::Uninvited), framed(&mut case, Offence::Malformed)), (None, None));
    let mut case = Case::new();
    assert_eq!(framed(&mut case, Offence::Uninvited), Some((20, source(HOME))));
    let mut case = Case::new();
    assert_eq!(framed(&mut case, Offence::Malformed), Some((200, source(HOME))));
}

#[test]
fn a_ban_ends_in_its_time_and_is_pardoned_before() {
    let mut case = Case::new();
    case.tries_until_ban(50, |case, _| case.wrong(HOME, "anna"));
    let ban = case.guard.bans().next().cloned().expect("a ban");
    assert_eq!(ban.until, Wall::default() + Duration::from_secs(3600));
    assert_eq!(case.guard.pardon(ban.id), Some(ban.clone()));
    assert_eq!((case.packet(HOME), case.guard.pardon(ban.id)), (Verdict::Pass, None));
    assert_eq!(case.wrong(HOME, "anna"), None, "it begins anew");
    case.guard.restore(case.now, ban.clone());
    case.wait(3599);
    assert_eq!((case.guard.pop_over(case.now), case.packet(HOME)), (None, Verdict::Drop));
    case.wait(1);
    assert_eq!(case.packet(HOME), Verdict::Pass, "even if nobody has cleaned up");
    let again = case.tries_until_ban(50, |case, _| case.wrong(HOME, "anna"));
    assert_eq!((again, case.packet(HOME)), (Some((10, source(HOME))), Verdict::Drop));
    assert_eq!(case.guard.pop_over(case.now).map(|ban| ban.id), Some(ban.id));
    assert_eq!(case.packet(HOME), Verdict::Drop, "that the old one is over changes nothing about the new one");
}

#[test]
fn settings_may_lift_a_ban() {
    let mut case = Case::new();
    case.tries_until_ban(50, |case, _| case.wrong(HOME, "anna"));
    assert_eq!(case.guard.lifted_by(&case.sip), Vec::<u64>::new());
    case.sip.ban.allowed = vec!["198.51.100.7".parse().expect("a network")];
    assert_eq!(case.guard.lifted_by(&case.sip), [1]);
    assert!(Kind::Sip.field("ban_allowed").is_some());
}

#[test]
fn a_registered_phone_is_heard_beside_a_flood_from_its_own_address() {
    let mut case = Case::new();
    case.right(HOME, "anna");
    let mut heard = 0;
    for millisecond in 0..2_000 {
        case.now.mono = Instant::from_micros(millisecond * 1000);
        for _ in 0..20 {
            case.packet("198.51.100.7:7777");
        }
        if millisecond % 100 == 0 {
            heard += u32::from(case.packet(HOME) == Verdict::Pass);
        }
    }
    assert_eq!(heard, 20);
}

#[test]
fn a_registered_phone_that_floods_has_a_share_too() {
    let mut case = Case::new();
    case.right(HOME, "anna");
    let passed = (0..20_000).filter(|_| case.packet(HOME) == Verdict::Pass).count();
    assert_eq!(passed as u32, KNOWN_BURST);
    case.guard.earned(&flow(HOME));
    assert_eq!(case.packet(HOME), Verdict::Pass, "what we waited for gives it room");
    let stream = Flow { transport: Transport::Tcp, connection: Some(ConnectionId(1)), ..flow(HOME) };
    case.guard.proved(case.now, &stream, "anna");
    assert!((0..5_000).all(|_| case.guard.packet(case.now, &stream) == Verdict::Pass), "a stream waits by itself");
}
