use trillo::settings::{Kind, Own};

use super::{TALKS, office, talking, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::{End, Manner, Reoffered};

fn in_talk() -> Town {
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    talking(town, "102")
}

/// How many packets a phone hears in ten seconds.
fn hears(town: &mut Town, name: &str) -> u32 {
    let before = town.phone(name).line().heard;
    town.run_for(seconds(10));
    town.phone(name).line().heard - before
}

#[test]
fn hold_and_resume() {
    // Anna presses hold: neither hears the other, Bruno's phone is not troubled. She presses it again: they talk on.
    let mut town = in_talk();
    town.with("anna", |anna, now| anna.hold(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().reinvited, Some(200));
    assert_eq!(town.phone("anna").line().remote_direction, "recvonly");
    assert_eq!((hears(&mut town, "anna"), hears(&mut town, "bruno")), (0, 0));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("INVITE")).len(), 1, "hold is answered on the leg");
    town.with("anna", |anna, now| anna.resume(now));
    town.run_for(millis(100));
    assert!(hears(&mut town, "anna") >= 4);
    assert!(hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn the_called_phone_holds_too() {
    // Bruno holds for two minutes, in which nobody is heard; the call is still there when he comes back.
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.run_for(seconds(120));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking(), "a held call is not ended for its silence");
    town.with("bruno", |bruno, now| bruno.resume(now));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn a_silent_call_ends() {
    // Both phones lose their network cables in talk: after a minute without a sound the call is over.
    let mut town = in_talk();
    for name in ["anna", "bruno"] {
        town.phone(name).speaks = false;
    }
    town.model.is_on = false;
    town.run_for(seconds(70));
    for name in ["anna", "bruno"] {
        assert_eq!(town.phone(name).line().end(), Some(End::PeerHungUp), "{name}");
    }
    assert_eq!(town.pbx.records.len(), 1);
    town.close();
}

#[test]
fn a_call_without_sound_ends_however_long_it_rang() {
    // Bruno's phone rings for 75 s, longer than a call may be silent; he picks up, and no phone has sound: a minute later the call is over.
    let office = super::office().put(Kind::Extension, 2, Own::default().with("failover_internal_timeout", 90));
    let mut town = super::quiet_town(office);
    town.register_all();
    town.phone("bruno").manner = Manner::Answer { ring: seconds(75), talk: None };
    for name in ["anna", "bruno"] {
        town.phone(name).speaks = false;
    }
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(75 + 55));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking(), "the silence counts from the answer");
    town.model.is_on = false;
    town.run_for(seconds(10));
    for name in ["anna", "bruno"] {
        assert_eq!(town.phone(name).line().end(), Some(End::PeerHungUp), "{name}");
    }
    assert_eq!(town.pbx.records.len(), 1);
    town.close();
}

#[test]
fn a_call_without_sound_after_a_hold_ends() {
    // Bruno holds for two minutes and comes back, but neither phone has sound any more: a minute later the call is over.
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.hold(now));
    for name in ["anna", "bruno"] {
        town.phone(name).speaks = false;
    }
    town.run_for(seconds(120));
    town.with("bruno", |bruno, now| bruno.resume(now));
    town.run_for(seconds(55));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking(), "the silence counts from the resume");
    town.model.is_on = false;
    town.run_for(seconds(10));
    for name in ["anna", "bruno"] {
        assert_eq!(town.phone(name).line().end(), Some(End::PeerHungUp), "{name}");
    }
    town.close();
}

#[test]
fn media_that_moves_is_followed() {
    // Anna's phone takes its sound to another port in talk; she hears on, Bruno's phone notices nothing.
    let mut town = in_talk();
    town.with("anna", |anna, now| anna.reinvite(now, |line| line.media.set_port(30_000)));
    town.run_for(millis(100));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    assert_eq!(town.phone("bruno").came(|message| message.is_request("INVITE")).len(), 1);
    town.close();
}

#[test]
fn a_codec_that_the_other_does_not_talk_crosses() {
    // They talk A-law; Anna's phone changes to u-law alone: Bruno's phone is asked, and they hear each other in u-law.
    let mut town = in_talk();
    assert_eq!(town.phone("bruno").line().codec(), Some(8));
    town.with("anna", |anna, now| anna.reinvite(now, |line| line.codecs = vec![0]));
    town.run_for(seconds(1));
    assert_eq!(town.phone("anna").line().reinvited, Some(200));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("INVITE")).len(), 2, "Bruno's phone was asked");
    assert_eq!((town.phone("anna").line().codec(), town.phone("bruno").line().codec()), (Some(0), Some(0)));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn a_codec_that_nobody_else_has_is_refused_and_the_call_stays() {
    // Bruno's account has A-law only; Anna's phone wants u-law alone: refused, and they talk on in A-law.
    let only_a_law = Own::default().with("codecs", serde_json::json!(["pcma"]));
    let settings = office().settings();
    let bruno = settings.account_by_username("bruno").expect("an account").id;
    let settings = Office::default().put(Kind::Account, bruno.0, only_a_law).edited(&settings);
    let mut town = Town::new(1, settings);
    for name in ["anna", "bruno"] {
        town.add(name);
        town.register(name);
    }
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    town.with("anna", |anna, now| anna.reinvite(now, |line| line.codecs = vec![0]));
    town.run_for(seconds(1));
    assert_eq!(town.phone("anna").line().reinvited, Some(488));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn both_hold_at_once() {
    // Anna and Bruno press hold in the same moment: each is answered on his own side, so there is nothing to collide.
    let mut town = in_talk();
    town.with("anna", |anna, now| anna.hold(now));
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.run_for(millis(100));
    for name in ["anna", "bruno"] {
        assert_eq!(town.phone(name).line().reinvited, Some(200), "{name}");
    }
    town.close();
}

#[test]
fn two_offers_that_collide_are_made_again() {
    // Anna's phone changes its codec just when Bruno's holds: the one that comes second is told to wait, tries again, and both get through.
    let mut town = in_talk();
    town.with("anna", |anna, now| anna.reinvite(now, |line| line.codecs = vec![0]));
    town.run_for(millis(6));
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.run_for(millis(200));
    assert_eq!(town.phone("bruno").line().reinvited, Some(491), "our offer is under way");
    town.run_for(seconds(20));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("INVITE")).len(), 3, "it was asked again");
    for name in ["anna", "bruno"] {
        assert_eq!(town.phone(name).line().reinvited, Some(200), "{name}");
        assert!(town.phone(name).is_talking(), "{name}");
    }
    assert_eq!(town.phone("anna").line().codec(), Some(0));
    assert_eq!((hears(&mut town, "anna"), hears(&mut town, "bruno")), (0, 0), "Bruno still holds");
    town.with("bruno", |bruno, now| bruno.resume(now));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn an_offer_before_the_ack_waits() {
    // Anna's phone asks for something new before it has acknowledged the answer: 500 with a time after which it may try again.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    town.phone("anna").swallowed_acks = 2;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(2100));
    assert!(town.phone("anna").is_talking());
    town.with("anna", |anna, now| anna.hold(now));
    town.run_for(millis(100));
    let refused = town.phone("anna").came(|message| message.is_response("INVITE", 500))[0].clone();
    let seconds_to_wait: u64 = refused.text("Retry-After").parse().expect("a number");
    assert!((1..=10).contains(&seconds_to_wait));
    town.run_for(seconds(12));
    assert_eq!(town.phone("anna").line().reinvited, Some(200));
    town.close();
}

#[test]
fn a_phone_behind_nat_is_heard_and_called() {
    // Bruno's phone stands behind a router, with an address that nobody can reach: it is called and heard all the same.
    let settings = office().settings();
    let bruno = settings.account_by_username("bruno").expect("an account").id;
    let settings = Office::default().put(Kind::Account, bruno.0, Own::default().with("nat", true)).edited(&settings);
    let mut town = Town::new(1, settings);
    town.add("anna");
    town.add_behind_nat("bruno");
    town.register_all();
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    town.close();
}

/// Anna's phone wants another codec, so Bruno's is asked; it works on it, and what then happens is the scenario's.
fn asking_bruno(reoffered: Reoffered) -> Town {
    let mut town = in_talk();
    town.phone("bruno").reoffered = reoffered;
    town.with("anna", |anna, now| anna.reinvite(now, |line| line.codecs = vec![0]));
    town.run_for(millis(100));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("INVITE")).len(), 2, "Bruno's phone is asked");
    assert_eq!(town.phone("anna").came(|message| message.is_response("INVITE", 100)).len(), 2, "Anna's is told that it is worked on");
    assert_eq!(town.phone("anna").line().reinvited, None);
    town
}

#[test]
fn whoever_waits_for_the_other_side_is_told_when_it_hangs_up() {
    // Bruno hangs up while his phone still works on what Anna's phone asked for: her question gets an answer, and the call is over for both.
    let mut town = asking_bruno(Reoffered::Try);
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").came(|message| message.is_response("INVITE", 487)).len(), 1);
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    assert_eq!(town.phone("bruno").line().end(), Some(End::HungUp));
    town.close();
}

#[test]
fn whoever_waits_for_the_other_side_may_hang_up() {
    // Anna hangs up while Bruno's phone works on what hers asked for: her own question gets an answer too, and Bruno's call is over.
    let mut town = asking_bruno(Reoffered::Try);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").came(|message| message.is_response("INVITE", 487)).len(), 1);
    assert_eq!(town.phone("anna").came(|message| message.is_response("BYE", 200)).len(), 1);
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    town.close();
}

#[test]
fn whoever_waits_for_the_other_side_may_give_up_and_the_call_goes_on() {
    // Anna's phone takes its question back: it is told so, Bruno's phone is told not to bother, they talk on, and Anna may ask again.
    let mut town = asking_bruno(Reoffered::Try);
    town.with("anna", |anna, now| anna.cancel_reinvite(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().reinvited, Some(487));
    assert_eq!(town.phone("anna").came(|message| message.is_response("CANCEL", 200)).len(), 1);
    assert_eq!(town.phone("bruno").came(|message| message.is_request("CANCEL")).len(), 1);
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    town.phone("bruno").reoffered = Reoffered::Answer;
    town.with("anna", |anna, now| anna.reinvite(now, |_| ()));
    town.run_for(millis(100));
    assert_eq!((town.phone("anna").line().reinvited, town.phone("bruno").line().codec()), (Some(200), Some(0)));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn an_answer_that_crosses_the_giving_up_is_acknowledged_and_both_still_hear_each_other() {
    // Bruno's phone agrees to the new codec in the moment in which Anna's takes its question back: his is asked to go back to the old one.
    let mut town = asking_bruno(Reoffered::Try);
    town.with("anna", |anna, now| {
        anna.cancel_reinvite(now);
        anna.reinvite_withdrawn(|line| line.codecs = vec![8, 0]);
    });
    town.run_for(millis(6));
    town.phone("bruno").reoffered = Reoffered::Answer;
    town.with("bruno", |bruno, now| bruno.answer_reoffer(now, 0));
    town.run_for(millis(200));
    assert_eq!(town.phone("anna").line().reinvited, Some(487));
    let bruno = town.phone("bruno");
    assert!(bruno.line().accepting.is_none(), "his answer was acknowledged");
    assert_eq!(bruno.came(|message| message.is_request("INVITE")).len(), 3, "and he was asked once more");
    assert_eq!(bruno.line().codec(), Some(8));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.run_for(seconds(40));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn a_phone_that_only_works_on_an_offer_does_not_hold_the_call_up_for_ever() {
    // Bruno's phone says "trying" to a new offer and nothing more: after 20 s Anna's phone is refused, the call goes on, and later offers work.
    let mut town = asking_bruno(Reoffered::Try);
    town.run_for(seconds(19));
    assert_eq!(town.phone("anna").line().reinvited, None);
    town.run_for(seconds(2));
    assert_eq!(town.phone("anna").line().reinvited, Some(488));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("CANCEL")).len(), 1);
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    town.phone("bruno").reoffered = Reoffered::Answer;
    town.with("anna", |anna, now| anna.reinvite(now, |_| ()));
    town.run_for(millis(100));
    assert_eq!((town.phone("anna").line().reinvited, town.phone("bruno").line().codec()), (Some(200), Some(0)));
    town.close();
}

#[test]
fn a_phone_that_answers_nothing_in_talk_any_more_ends_the_call() {
    // Bruno's phone answers neither the new offer nor the CANCEL: Anna is told after 20 s that he did not agree, and then the call ends.
    let mut town = asking_bruno(Reoffered::Silent);
    town.model.is_on = false;
    town.run_for(seconds(21));
    assert_eq!(town.phone("anna").line().reinvited, Some(488));
    town.run_for(seconds(35));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    town.close();
}

#[test]
fn phones_hang_up_through_a_router_that_forwards_another_port() {
    // Port 5060 of the machine before the box is somebody else's: phones come through 15060, and who picked up hangs up, and who called too.
    for who in ["anna", "bruno"] {
        let mut town = Town::new(1, office().settings());
        town.forward("198.51.100.7:15060".parse().expect("an address"));
        for name in ["anna", "bruno"] {
            town.add_behind_nat(name);
        }
        town.register_all();
        town.phone("bruno").manner = TALKS;
        let mut town = talking(town, "102");
        assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
        town.with("bruno", |bruno, now| bruno.hold(now));
        town.run_for(millis(100));
        assert_eq!(town.phone("bruno").line().reinvited, Some(200));
        let other = if who == "anna" { "bruno" } else { "anna" };
        town.with(who, |phone, now| phone.hang_up(now));
        town.run_for(millis(100));
        assert_eq!(town.phone(other).line().end(), Some(End::PeerHungUp), "{who} hangs up");
        town.close();
    }
}

/// How often a phone was asked whether it is still in its call.
fn probes(town: &mut Town, name: &str) -> usize {
    town.phone(name).came(|message| message.is_request("OPTIONS") && message.answerer_tag().is_some()).len()
}

#[test]
fn a_held_call_lasts_while_its_phones_are_there() {
    // Bruno holds for an hour. Nobody is heard, both phones are asked now and then, and the call is there when he comes back.
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.phone("anna").speaks = false;
    for _ in 0..6 {
        town.register_all();
        town.run_for(seconds(600));
    }
    for name in ["anna", "bruno"] {
        assert!((55..=62).contains(&probes(&mut town, name)), "{name}: {}", probes(&mut town, name));
    }
    town.with("bruno", |bruno, now| bruno.resume(now));
    town.phone("anna").speaks = true;
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    let before = probes(&mut town, "anna");
    town.run_for(seconds(300));
    assert_eq!(probes(&mut town, "anna"), before, "who is heard is not asked");
    town.close();
}

#[test]
fn a_held_call_whose_phones_vanish_ends() {
    // Bruno holds, then both phones lose their power for good: after some minutes the call is over, and nothing is left of it.
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.run_for(seconds(10));
    town.model.is_on = false;
    for name in ["anna", "bruno"] {
        town.phones.remove(name);
    }
    town.run_for(seconds(120));
    assert_eq!(town.pbx.records.len(), 0, "it is not given up lightly");
    town.run_for(seconds(180));
    assert_eq!(town.pbx.records.len(), 1);
    town.close();
}

#[test]
fn whoever_waits_on_hold_is_released_when_the_other_phone_has_forgotten_the_call() {
    // Bruno holds; his phone starts anew and knows no call any more: Anna's is ended within a minute or so.
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.run_for(seconds(10));
    town.model.is_on = false;
    town.phone("bruno").lose_power();
    town.run_for(seconds(65));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    assert_eq!(town.pbx.records.len(), 1);
    town.close();
}

#[test]
fn a_phone_that_vanishes_while_the_other_talks_on_is_noticed() {
    // Bruno's phone loses its power in talk; Anna, who talks on and has not noticed, is released after some minutes.
    let mut town = in_talk();
    town.model.is_on = false;
    town.phones.remove("bruno");
    town.run_for(seconds(240));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    assert!(town.phone("anna").line().reason.as_deref().is_some_and(|reason| reason.contains("408")));
    town.close();
}

#[test]
fn a_storm_of_new_offers_troubles_only_its_own_phone() {
    // Anna's phone has gone mad and asks for another codec ten times a second, by re-INVITE. Bruno's is asked a few times, and both talk on.
    let mut town = in_talk();
    for round in 0..50 {
        town.with("anna", |anna, now| anna.reinvite(now, |line| line.codecs = vec![if round % 2 == 0 { 0 } else { 8 }]));
        town.run_for(millis(100));
    }
    let asked = town.phone("bruno").came(|message| message.is_request("INVITE")).len() - 1;
    assert!((1..=5).contains(&asked), "{asked}");
    town.run_for(seconds(20));
    town.with("anna", |anna, now| anna.reinvite(now, |line| line.codecs = vec![8, 0]));
    town.run_for(seconds(1));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}
