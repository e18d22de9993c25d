use serde_json::json;
use trillo::entry::Outcome;

use super::{TALKS, answered, in_talk_in, office, records, talking, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::phone::{End, Manner, State};

fn in_talk() -> Town {
    in_talk_in(office())
}

/// What one line of a phone hears in ten seconds.
fn hears(town: &mut Town, name: &str, line: usize) -> u32 {
    let before = town.phone(name).lines[line].heard;
    town.run_for(seconds(10));
    town.phone(name).lines[line].heard - before
}

fn refer(town: &mut Town, name: &str, line: usize, to: &str) {
    town.with(name, |phone, now| phone.ask(now, line, "REFER", &[("Refer-To", to)]));
    town.run_for(millis(100));
}

#[test]
fn bruno_sends_anna_to_carla_unattended() {
    // RFC 5359 2.4. Bruno's phone is told that it is done and hangs up; Carla's shows Anna; Anna's is told whom she talks with, and hears her.
    let mut town = in_talk();
    refer(&mut town, "bruno", 0, "<sip:103@elsewhere.example;transport=tcp>");
    assert_eq!(town.phone("bruno").told_status("REFER"), Some(202));
    assert_eq!(town.phone("bruno").notified(), ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]);
    let notes: Vec<_> = town.phone("bruno").came(|came| came.is_request("NOTIFY")).into_iter().cloned().collect();
    assert_eq!(notes[0].get("Subscription-State"), Some("active;expires=60"));
    assert!(notes[1].text("Subscription-State").starts_with("terminated") && notes[1].get("Event") == Some("refer"));
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(seconds(4));
    let carla = town.phone("carla-desk").line();
    assert_eq!((carla.number.as_str(), carla.name.as_str(), carla.state), ("101", "Anna", State::Talking));
    assert_eq!(town.phone("anna").line().shown, Some(("103".to_owned(), "Carla".to_owned())));
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("carla-desk").line().end(), Some(End::PeerHungUp));
    assert_eq!(records(&town), [answered("101", "102"), answered("101", "103")]);
    town.close();
}

#[test]
fn anna_sends_bruno_to_carla_unattended() {
    // The caller may do so, too. Her phone does not hang up by itself: after two seconds it is told to.
    let mut town = in_talk();
    refer(&mut town, "anna", 0, "<sip:103@10.0.0.1>");
    assert!(town.phone("anna").is_talking());
    town.run_for(seconds(4));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    assert_eq!(town.phone("carla-desk").line().number, "102");
    assert!(hears(&mut town, "bruno", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4);
    town.close();
    assert_eq!(records(&town), [answered("101", "102"), answered("102", "103")]);
}

#[test]
fn whoever_is_sent_on_may_hang_up_while_it_rings() {
    let mut town = in_talk();
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Ring;
    }
    refer(&mut town, "bruno", 0, "<sip:103@x>");
    town.run_for(seconds(3));
    assert!(town.phone("carla-desk").is_ringing());
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    for name in ["carla-desk", "carla-lab"] {
        assert_eq!(town.phone(name).line().end(), Some(End::Cancelled), "{name}");
    }
    assert_eq!(records(&town)[1], ("101".to_owned(), String::new(), Outcome::Cancelled));
    town.close();
}

#[test]
fn whoever_is_sent_on_may_hold_while_it_rings() {
    // Anna's phone changes its media while Carla's rings; it is answered, and they hear each other when Carla picks up.
    let mut town = in_talk();
    refer(&mut town, "bruno", 0, "<sip:103@x>");
    town.with("anna", |anna, now| anna.reinvite(now, |line| line.media.set_port(30_000)));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().reinvited, Some(200));
    town.run_for(seconds(4));
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4);
    town.close();
}

#[test]
fn a_number_that_there_is_not_leaves_the_call_as_it_is() {
    // Bruno mistypes the number. His phone is told so, and he still has Anna.
    let mut town = in_talk();
    for (to, said) in [("<sip:999@x>", "SIP/2.0 404 Not Found"), ("<sip:0401234567@x>", "SIP/2.0 404 Not Found")] {
        refer(&mut town, "bruno", 0, to);
        assert_eq!(town.phone("bruno").told_status("REFER"), Some(202));
        assert_eq!(town.phone("bruno").notified().last().map(String::as_str), Some(said));
    }
    let last = town.phone("bruno").came(|came| came.is_request("NOTIFY"))[1].clone();
    assert!(last.text("Event").starts_with("refer;id="), "the second one in a dialog is told by its number");
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "bruno", 0) >= 4);
    assert_eq!(town.pbx.records.len(), 0);
    town.close();
}

#[test]
fn what_is_no_transfer_is_refused() {
    let mut town = in_talk();
    for (to, status) in [("103", 400), ("<sip:103@x;method=BYE>", 403), ("<sip:x>", 404), ("<sip:103@x?Replaces=nonsense>", 400)] {
        refer(&mut town, "bruno", 0, to);
        assert_eq!(town.phone("bruno").told_status("REFER"), Some(status), "{to}");
    }
    assert_eq!(town.phone("bruno").notified(), Vec::<String>::new());
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "bruno", 0) >= 4);
    town.close();
}

#[test]
fn who_wants_no_news_gets_none() {
    // RFC 4488: the response says all.
    let mut town = in_talk();
    let headers = |to| [("Refer-To", to), ("Refer-Sub", "false"), ("Require", "norefersub")];
    town.with("bruno", |bruno, now| bruno.ask(now, 0, "REFER", &headers("<sip:999@x>")));
    town.run_for(millis(100));
    assert_eq!(town.phone("bruno").told_status("REFER"), Some(404));
    town.with("bruno", |bruno, now| bruno.ask(now, 0, "REFER", &headers("<sip:103@x>")));
    town.run_for(seconds(4));
    let taken = town.phone("bruno").came(|came| came.is_response("REFER", 200))[0].clone();
    assert_eq!(taken.get("Refer-Sub"), Some("false"));
    assert_eq!(town.phone("bruno").notified(), Vec::<String>::new());
    assert!(town.phone("carla-desk").is_talking() && town.phone("bruno").line().is_over());
    town.close();
}

#[test]
fn a_phone_at_its_limit_may_still_give_its_call_away() {
    // Bruno may have one call. Giving it away makes it none, so he may.
    let office = office().set("102", "concurrent_call_limit", 1);
    let mut town = super::quiet_town(office);
    town.register_all();
    for name in ["bruno", "carla-desk"] {
        town.phone(name).manner = TALKS;
    }
    town.model.is_on = false;
    let mut town = talking(town, "102");
    refer(&mut town, "bruno", 0, "<sip:103@x>");
    assert_eq!(town.phone("bruno").notified().last().map(String::as_str), Some("SIP/2.0 200 OK"));
    town.run_for(seconds(4));
    assert!(town.phone("carla-desk").is_talking() && town.phone("anna").is_talking());
    town.close();
}

#[test]
fn a_transfer_that_nobody_takes_comes_back() {
    // Bruno sends Anna to Carla, who is not there: his phone rings again and shows that it is Anna who comes back. He takes her again.
    let mut town = in_talk();
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Ring;
    }
    refer(&mut town, "bruno", 0, "<sip:103@x>");
    town.run_for(seconds(29));
    assert_eq!(town.phone("bruno").lines.len(), 1);
    town.run_for(seconds(5));
    let bruno = town.phone("bruno");
    assert_eq!((bruno.lines.len(), bruno.line().number.as_str(), bruno.line().name.as_str()), (2, "101", "R:Anna"));
    assert!(bruno.is_talking());
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "bruno", 1) >= 4);
    town.close();
}

#[test]
fn a_return_that_nobody_takes_ends_the_call() {
    // Bruno has gone, too: his table says hang up, and Anna is released with the reason.
    let mut town = in_talk();
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Ring;
    }
    refer(&mut town, "bruno", 0, "<sip:103@x>");
    town.phone("bruno").manner = Manner::Ring;
    town.run_for(seconds(70));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    assert!(town.phone("anna").line().reason.as_deref().is_some_and(|reason| reason.contains("480")));
    let last = town.pbx.records.last().expect("a record");
    assert_eq!((last.outcome, last.path.len()), (Outcome::NoAnswer, 2));
    town.close();
}

#[test]
fn the_transfer_column_says_what_follows() {
    // Carla's phones are busy; for transfers her table sends to Anna's number, where Bruno's phone ends.
    let office = office().set("103", "failover_transfer_busy", json!({"do": "extension", "extension": "101"}));
    let mut town = super::quiet_town(office);
    town.add("dora");
    town.register_all();
    town.phone("bruno").manner = TALKS;
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Refuse(486);
    }
    town.phone("anna").manner = TALKS;
    town.model.is_on = false;
    let mut town = talking(town, "102");
    refer(&mut town, "anna", 0, "<sip:103@x>");
    town.run_for(seconds(4));
    assert_eq!((town.phone("anna").lines.len(), town.phone("anna").line().number.as_str()), (2, "102"));
    assert!(hears(&mut town, "anna", 1) >= 4 && hears(&mut town, "bruno", 0) >= 4);
    town.close();
}

/// Bruno has Anna, holds her, and talks with Carla.
fn consulting() -> Town {
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.run_for(millis(100));
    town.with("bruno", |bruno, now| bruno.call(now, "103"));
    town.run_for(seconds(4));
    assert_eq!(town.phone("bruno").lines[1].state, State::Talking);
    town
}

#[test]
fn bruno_brings_anna_and_carla_together() {
    // RFC 5359 2.5. Both phones show whom they talk with now, both hear each other, and Bruno is out of it.
    let mut town = consulting();
    let to = town.phone("bruno").refer_to(1);
    refer(&mut town, "bruno", 0, &to);
    assert_eq!(town.phone("bruno").notified(), ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]);
    assert_eq!(town.phone("bruno").lines[1].end(), Some(End::PeerHungUp), "his second call is taken from him");
    town.run_for(seconds(3));
    assert_eq!(town.phone("bruno").lines[0].end(), Some(End::PeerHungUp));
    assert_eq!(town.phone("anna").line().shown, Some(("103".to_owned(), "Carla".to_owned())));
    assert_eq!(town.phone("carla-desk").line().shown, Some(("101".to_owned(), "Anna".to_owned())));
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4);
    town.with("carla-desk", |carla, now| carla.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    assert_eq!(records(&town), [answered("101", "102"), answered("102", "103"), answered("101", "103")]);
    town.close();
}

#[test]
fn phones_that_take_update_are_shown_the_new_party_by_that() {
    let mut town = town();
    for name in ["bruno", "carla-desk"] {
        town.phone(name).manner = TALKS;
    }
    for name in ["anna", "carla-desk"] {
        town.phone(name).more = vec![("Allow", "INVITE, ACK, BYE, UPDATE")];
    }
    town.model.is_on = false;
    let mut town = talking(town, "102");
    town.with("bruno", |bruno, now| bruno.call(now, "103"));
    town.run_for(seconds(4));
    let to = town.phone("bruno").refer_to(1);
    refer(&mut town, "bruno", 0, &to);
    for (name, shown) in [("anna", ("103", "Carla")), ("carla-desk", ("101", "Anna"))] {
        assert_eq!(town.phone(name).came(|came| came.is_request("UPDATE")).len(), 1, "{name}");
        assert_eq!(town.phone(name).line().shown, Some((shown.0.to_owned(), shown.1.to_owned())));
    }
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4);
    town.close();
}

#[test]
fn two_who_talk_different_codecs_are_brought_to_one() {
    // Anna and Bruno talk A-law, Bruno and Carla u-law. Anna's phone is asked to follow.
    let mut town = town();
    for name in ["bruno", "carla-desk"] {
        town.phone(name).manner = TALKS;
    }
    town.phone("carla-desk").codecs = vec![0];
    town.model.is_on = false;
    let mut town = talking(town, "102");
    town.with("bruno", |bruno, now| bruno.call(now, "103"));
    town.run_for(seconds(4));
    let to = town.phone("bruno").refer_to(1);
    refer(&mut town, "bruno", 0, &to);
    town.run_for(seconds(1));
    assert_eq!((town.phone("anna").line().codec(), town.phone("carla-desk").line().codec()), (Some(0), Some(0)));
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4);
    town.close();
}

#[test]
fn a_phone_that_will_not_follow_has_the_other_asked() {
    // Anna's phone has A-law alone and refuses the u-law that Carla talks; so Carla's is asked for A-law.
    let mut town = town();
    for name in ["bruno", "carla-desk"] {
        town.phone(name).manner = TALKS;
    }
    town.phone("anna").codecs = vec![8];
    town.phone("carla-desk").codecs = vec![0, 8];
    town.model.is_on = false;
    let mut town = talking(town, "102");
    town.phone("bruno").codecs = vec![0];
    town.with("bruno", |bruno, now| bruno.call(now, "103"));
    town.run_for(seconds(4));
    assert_eq!(town.phone("carla-desk").line().codec(), Some(0));
    let to = town.phone("bruno").refer_to(1);
    refer(&mut town, "bruno", 0, &to);
    town.run_for(seconds(3));
    assert_eq!((town.phone("anna").line().codec(), town.phone("carla-desk").line().codec()), (Some(8), Some(8)));
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4);
    town.close();
}

#[test]
fn a_consultation_on_another_phone_of_the_extension_will_do() {
    // Carla talks with Anna at her desk and with Bruno in the lab; from the desk she brings both together.
    let mut town = town();
    for name in ["bruno", "carla-desk"] {
        town.phone(name).manner = TALKS;
    }
    town.phone("carla-lab").manner = Manner::Ring;
    town.model.is_on = false;
    let mut town = talking(town, "103");
    town.with("carla-lab", |carla, now| carla.call(now, "102"));
    town.run_for(seconds(4));
    let to = town.phone("carla-lab").refer_to(1);
    refer(&mut town, "carla-desk", 0, &to);
    town.run_for(seconds(3));
    for name in ["carla-desk", "carla-lab"] {
        assert!(town.phone(name).line().is_over(), "{name}");
    }
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "bruno", 0) >= 4);
    town.close();
}

#[test]
fn calls_of_others_are_not_brought_together() {
    // Bruno knows the tags of a call between Anna's and Carla's phones, and of none at all: 403, 481, and all calls stay as they are.
    let mut town = in_talk();
    town.with("anna", |anna, now| anna.call(now, "103"));
    town.run_for(seconds(4));
    let of_anna = town.phone("anna").refer_to(1);
    let of_nobody = "<sip:103@x?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>".to_owned();
    let his_own = town.phone("bruno").refer_to(0);
    for (to, said) in
        [(of_anna, "403 Forbidden"), (of_nobody, "481 Call/Transaction Does Not Exist"), (his_own, "481 Call/Transaction Does Not Exist")]
    {
        refer(&mut town, "bruno", 0, &to);
        assert_eq!(town.phone("bruno").notified().last().map(String::as_str), Some(format!("SIP/2.0 {said}").as_str()));
    }
    assert!(hears(&mut town, "bruno", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4 && hears(&mut town, "anna", 1) >= 4);
    assert_eq!(town.pbx.records.len(), 0);
    town.close();
}

#[test]
fn a_consultation_that_still_rings_is_handed_over() {
    // Bruno does not wait for Carla to answer: it rings on there, and when she picks up it is Anna whom she hears, and her phone says so.
    let mut town = in_talk();
    town.phone("carla-desk").manner = Manner::Answer { ring: seconds(8), talk: None };
    town.with("bruno", |bruno, now| bruno.call(now, "103"));
    town.run_for(seconds(2));
    town.phone("bruno").learn_early(1);
    let to = town.phone("bruno").refer_to(1);
    refer(&mut town, "bruno", 0, &to);
    assert_eq!(town.phone("bruno").notified().last().map(String::as_str), Some("SIP/2.0 200 OK"));
    assert_eq!(town.phone("bruno").lines[1].end(), Some(End::Refused(487)));
    assert_eq!(town.phone("carla-desk").lines.len(), 1, "it rings on, and only once");
    town.run_for(seconds(8));
    assert!(town.phone("carla-desk").is_talking() && town.phone("bruno").lines[0].is_over());
    assert_eq!(town.phone("carla-desk").line().shown, Some(("101".to_owned(), "Anna".to_owned())));
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4);
    town.close();
    assert_eq!(records(&town), [answered("101", "102"), answered("101", "103")]);
}

#[test]
fn a_second_transfer_has_to_wait_for_the_first() {
    // Bruno's phone sends REFER after REFER: one counts, and his phone is refused until it has hung up.
    let mut town = in_talk();
    town.with("bruno", |bruno, now| {
        for _ in 0..5 {
            bruno.ask(now, 0, "REFER", &[("Refer-To", "<sip:103@x>")]);
        }
    });
    town.run_for(millis(100));
    assert_eq!(town.phone("bruno").came(|came| came.is_response("REFER", 202)).len(), 1);
    assert_eq!(town.phone("bruno").came(|came| came.is_response("REFER", 491)).len(), 4);
    town.run_for(seconds(4));
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "carla-desk", 0) >= 4);
    town.close();
}

#[test]
fn phones_that_send_a_party_round_and_round_come_to_an_end() {
    // Two phones send whoever calls to each other at once, for ever. After 32 times the last one is refused, and has to keep the party.
    let mut town = in_talk();
    for name in ["bruno", "carla-desk"] {
        town.phone(name).manner = Manner::Answer { ring: millis(50), talk: None };
    }
    for round in 0..40 {
        let (from, to) = if round % 2 == 0 { ("bruno", "<sip:103@x>") } else { ("carla-desk", "<sip:102@x>") };
        let line = town.phone(from).lines.len() - 1;
        refer(&mut town, from, line, to);
        town.run_for(millis(300));
        if town.phone(from).notified().last().is_some_and(|said| said.contains("482")) {
            assert_eq!(round, 32);
            break;
        }
    }
    assert!(town.phone("bruno").notified().last().is_some_and(|said| said.contains("482")));
    assert!(town.phone("anna").is_talking());
    town.close();
}

#[test]
fn a_transfer_that_crosses_a_bye_harms_nobody() {
    // Anna hangs up in the moment in which Bruno's phone sends her on.
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.ask(now, 0, "REFER", &[("Refer-To", "<sip:103@x>")]));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(5));
    for name in ["bruno", "anna", "carla-desk"] {
        assert!(town.phone(name).lines.iter().all(|line| line.is_over()), "{name}");
    }
    town.close();
}

#[test]
fn news_that_a_phone_does_not_want_do_not_keep_it() {
    // Bruno's phone refuses NOTIFY, or answers nothing to it: Anna comes to Carla all the same, and Bruno's leg ends after two seconds.
    for status in [489, 481] {
        let mut town = in_talk();
        town.phone("bruno").refuses = vec![("NOTIFY", status)];
        refer(&mut town, "bruno", 0, "<sip:103@x>");
        town.run_for(seconds(4));
        assert!(town.phone("bruno").line().is_over());
        assert!(town.phone("carla-desk").is_talking() && town.phone("anna").is_talking());
        town.close();
    }
}

#[test]
fn only_within_a_call_may_a_phone_transfer() {
    // A REFER out of the blue would have us call in somebody's name.
    let mut town = town();
    town.with("anna", |anna, now| {
        let refer = anna.outside("REFER", "102").with("Refer-To", "<sip:103@x>");
        anna.probe(now, refer);
    });
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").told_status("REFER"), Some(405));
    town.close();
}

#[test]
fn bruno_asks_carla_and_comes_back_to_anna() {
    // RFC 5359 2.2: he holds Anna, asks Carla, says goodbye to her and takes Anna back.
    let mut town = consulting();
    assert_eq!((hears(&mut town, "anna", 0), hears(&mut town, "bruno", 0)), (0, 0));
    assert!(hears(&mut town, "bruno", 1) >= 4);
    town.with("bruno", |bruno, now| {
        bruno.hang_up_line(now, 1);
        bruno.resume_line(now, 0);
    });
    town.run_for(millis(100));
    assert_eq!(town.phone("carla-desk").line().end(), Some(End::PeerHungUp));
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "bruno", 0) >= 4);
    town.close();
    assert_eq!(records(&town), [answered("102", "103"), answered("101", "102")]);
}

#[test]
fn whoever_was_sent_on_may_be_picked_up() {
    // Bruno sends Anna to Carla, whose phones ring on; Dora at 104 dials pickup, and has Anna.
    let office = office().extension("104", "Dora", &[]).account("dora-desk", "104", &[]);
    let mut town = super::quiet_town(office);
    town.add("dora-desk");
    town.register_all();
    town.phone("bruno").manner = TALKS;
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Ring;
    }
    town.model.is_on = false;
    let mut town = talking(town, "102");
    refer(&mut town, "bruno", 0, "<sip:103@x>");
    town.run_for(seconds(3));
    town.with("dora-desk", |dora, now| dora.call(now, "**103"));
    town.run_for(millis(300));
    assert!(town.phone("dora-desk").is_talking() && town.phone("carla-desk").line().is_over());
    assert_eq!(town.phone("anna").line().shown, Some(("104".to_owned(), "Dora".to_owned())));
    assert!(hears(&mut town, "anna", 0) >= 4 && hears(&mut town, "dora-desk", 0) >= 4);
    town.close();
}
