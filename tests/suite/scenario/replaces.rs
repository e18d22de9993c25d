use super::{TALKS, talking, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::phone::{End, Manner, State};

/// Anna talks with Carla at her desk.
fn in_talk() -> Town {
    let mut town = town();
    for name in ["bruno", "carla-desk"] {
        town.phone(name).manner = TALKS;
    }
    town.phone("carla-lab").manner = Manner::Ring;
    town.model.is_on = false;
    talking(town, "103")
}

fn hears(town: &mut Town, name: &str) -> u32 {
    let before = town.phone(name).line().heard;
    town.run_for(seconds(10));
    town.phone(name).line().heard - before
}

fn replace(town: &mut Town, name: &str, replaces: &str) {
    let replaces = replaces.to_owned();
    town.with(name, |phone, now| phone.call_replacing(now, "103", &replaces));
    town.run_for(millis(300));
}

#[test]
fn carla_goes_on_at_her_other_phone() {
    // Her phone in the lab takes the call from the one on her desk; Anna's is not troubled, hears on, and there is one record.
    let mut town = in_talk();
    let replaces = town.phone("carla-desk").replaces(0);
    replace(&mut town, "carla-lab", &replaces);
    assert_eq!(town.phone("carla-desk").line().end(), Some(End::PeerHungUp));
    assert_eq!(town.phone("carla-lab").line().state, State::Talking);
    assert_eq!(town.phone("anna").came(|came| came.is_request("INVITE")).len(), 0);
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "carla-lab") >= 4);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("carla-lab").line().end(), Some(End::PeerHungUp));
    assert_eq!(town.pbx.records.len(), 1);
    town.close();
}

#[test]
fn carla_takes_a_call_that_rings_at_her_other_phone() {
    let mut town = town();
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Ring;
    }
    town.model.is_on = false;
    town.with("anna", |anna, now| anna.call(now, "103"));
    town.run_for(seconds(2));
    let replaces = town.phone("carla-desk").replaces(0);
    replace(&mut town, "carla-lab", &format!("{replaces};early-only"));
    assert_eq!(town.phone("carla-desk").line().end(), Some(End::Cancelled));
    assert!(town.phone("carla-desk").line().reason.as_deref().is_some_and(|reason| reason.contains("completed elsewhere")));
    assert!(town.phone("anna").is_talking());
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "carla-lab") >= 4);
    town.close();
    assert_eq!(town.pbx.records.len(), 1);
}

#[test]
fn nobody_takes_the_calls_of_others() {
    // Bruno's phone knows the tags of a call of Carla: 403, and the call goes on. What is no call is 481, what is talked 486 to early-only.
    let mut town = in_talk();
    let replaces = town.phone("carla-desk").replaces(0);
    let of_anna = town.phone("anna").replaces(0);
    let early = format!("{replaces};early-only");
    let table = [
        ("bruno", replaces.as_str(), 403),
        ("bruno", of_anna.as_str(), 403),
        ("bruno", "a;to-tag=b;from-tag=c", 481),
        ("carla-lab", early.as_str(), 486),
        ("carla-lab", "nonsense", 400),
    ];
    for (name, replaces, status) in table {
        replace(&mut town, name, replaces);
        assert_eq!(town.phone(name).line().end(), Some(End::Refused(status)), "{name} {replaces}");
    }
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "carla-desk") >= 4);
    town.close();
}

#[test]
fn a_call_that_its_own_phone_still_dials_is_not_taken() {
    // RFC 3891 3: an early dialog that the box did not begin.
    let mut town = town();
    town.phone("bruno").manner = Manner::Ring;
    town.model.is_on = false;
    town.with("carla-desk", |carla, now| carla.call(now, "102"));
    town.run_for(seconds(1));
    town.phone("carla-desk").learn_early(0);
    let replaces = town.phone("carla-desk").replaces(0);
    replace(&mut town, "carla-lab", &replaces);
    assert_eq!(town.phone("carla-lab").line().end(), Some(End::Refused(481)));
    assert!(town.phone("bruno").is_ringing());
    town.close();
}

#[test]
fn a_phone_with_another_codec_has_the_other_side_asked() {
    let mut town = in_talk();
    town.phone("carla-lab").codecs = vec![0];
    let replaces = town.phone("carla-desk").replaces(0);
    replace(&mut town, "carla-lab", &replaces);
    town.run_for(seconds(1));
    assert_eq!((town.phone("anna").line().codec(), town.phone("carla-lab").line().codec()), (Some(0), Some(0)));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "carla-lab") >= 4);
    town.close();
}
