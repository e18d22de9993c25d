use super::{TALKS, talking, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::phone::{End, Late, Manner};

/// Anna's phone makes no offer.
fn late(late: Late) -> Town {
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    town.phone("anna").late = Some(late);
    town
}

fn hears(town: &mut Town, name: &str) -> u32 {
    let before = town.phone(name).line().heard;
    town.run_for(seconds(10));
    town.phone(name).line().heard - before
}

#[test]
fn a_call_without_offer_rings_and_talks() {
    // Anna's phone leaves it to the box to say what could be talked: Bruno's rings with all that both may, and they hear each other.
    let mut town = talking(late(Late::Answer), "102");
    let invite = town.phone("bruno").came(|came| came.is_request("INVITE"))[0].clone();
    assert!(invite.body.contains("m=audio"), "Bruno's phone gets an offer");
    let answered = town.phone("anna").came(|came| came.is_response("INVITE", 200))[0].clone();
    assert!(
        answered.body.contains("m=audio") && answered.body.contains("a=sendrecv"),
        "and Anna's gets one with the answer: {}",
        answered.body
    );
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn the_answer_may_choose_another_codec() {
    // Bruno's phone prefers A-law, Anna's has u-law alone: his is asked to follow, and they hear each other.
    let mut town = late(Late::Answer);
    town.phone("anna").codecs = vec![0];
    town.phone("bruno").codecs = vec![8, 0];
    let mut town = talking(town, "102");
    town.run_for(seconds(1));
    assert_eq!((town.phone("anna").line().codec(), town.phone("bruno").line().codec()), (Some(0), Some(0)));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn a_missing_or_wrong_answer_ends_the_call_for_both() {
    // Anna's phone acknowledges without a word, or with something that nobody offered: both phones are released, and the record is there.
    for wrong in [Late::Nothing, Late::Nonsense] {
        let mut town = late(wrong);
        town.model.is_on = false;
        town.with("anna", |anna, now| anna.call(now, "102"));
        town.run_for(seconds(3));
        for name in ["anna", "bruno"] {
            assert_eq!(town.phone(name).line().end(), Some(End::PeerHungUp), "{name}, {wrong:?}");
            assert!(town.phone(name).line().reason.as_deref().is_some_and(|reason| reason.contains("488")), "{name}");
        }
        assert_eq!(town.pbx.records.len(), 1);
        town.close();
    }
}

#[test]
fn an_answer_that_never_comes_ends_the_call_for_both() {
    // Anna's phone never acknowledges: after 32 s both are released.
    let mut town = late(Late::Answer);
    town.model.is_on = false;
    town.phone("anna").swallowed_acks = 100;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(40));
    for name in ["anna", "bruno"] {
        assert_eq!(town.phone(name).line().end(), Some(End::PeerHungUp), "{name}");
    }
    town.close();
}

#[test]
fn a_resume_without_offer_is_answered_with_ours() {
    // Bruno holds; his phone resumes by asking what the box has to offer (RFC 3725 and many phones): they hear each other again.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.run_for(millis(100));
    assert_eq!(hears(&mut town, "anna"), 0);
    town.phone("bruno").late = Some(Late::Answer);
    town.with("bruno", |bruno, now| bruno.resume(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("bruno").line().reinvited, Some(200));
    assert_eq!(town.phone("anna").came(|came| came.is_request("INVITE")).len(), 0, "Anna's phone is not troubled");
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn an_offer_that_collides_with_ours_waits() {
    // Bruno's phone asks for an offer and takes its time to answer it: Anna's wish for another codec must wait, and comes through.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    town.phone("bruno").late = Some(Late::Answer);
    town.phone("bruno").swallowed_acks = 1;
    town.with("bruno", |bruno, now| bruno.reinvite(now, |_| ()));
    town.run_for(millis(50));
    town.with("anna", |anna, now| anna.reinvite(now, |line| line.codecs = vec![0]));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().reinvited, Some(491), "one offer at a time");
    town.phone("bruno").late = None;
    town.run_for(seconds(10));
    assert_eq!(town.phone("anna").line().reinvited, Some(200));
    assert_eq!((town.phone("anna").line().codec(), town.phone("bruno").line().codec()), (Some(0), Some(0)));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn a_caller_without_offer_may_be_picked_up() {
    // Carla's phones ring for Anna, whose phone made no offer; Bruno dials pickup, and they hear each other.
    let mut town = late(Late::Answer);
    town.model.is_on = false;
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Ring;
    }
    town.with("anna", |anna, now| anna.call(now, "103"));
    town.run_for(seconds(2));
    town.with("bruno", |bruno, now| bruno.call(now, "**103"));
    town.run_for(millis(300));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn a_service_code_without_offer_is_refused() {
    let mut town = late(Late::Answer);
    town.model.is_on = false;
    town.with("anna", |anna, now| anna.call(now, "800"));
    town.run_for(millis(300));
    assert_eq!(town.phone("anna").line().end(), Some(End::Refused(488)));
    town.close();
}

#[test]
fn whoever_talks_with_the_box_may_hold_and_resume() {
    // Anna hears herself, holds, and resumes by asking for our offer: with the codec that she began with.
    let mut town = town();
    town.model.is_on = false;
    let mut town = talking(town, "800");
    town.with("anna", |anna, now| anna.hold(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().reinvited, Some(200));
    town.phone("anna").late = Some(Late::Answer);
    town.with("anna", |anna, now| anna.resume(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().reinvited, Some(200));
    assert_eq!(town.phone("anna").line().codec(), Some(8));
    assert!(hears(&mut town, "anna") >= 4);
    town.close();
}
