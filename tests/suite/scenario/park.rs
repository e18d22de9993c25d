use serde_json::json;
use trillo::entry::Outcome;
use trillo::settings::{Kind, Own};

use super::{TALKS, in_talk_in, office, quiet_town, said, talking, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::{End, Manner, State};

fn in_talk() -> Town {
    in_talk_in(office())
}

fn refer(town: &mut Town, name: &str, to: &str) {
    town.with(name, |phone, now| phone.ask(now, 0, "REFER", &[("Refer-To", to)]));
    town.run_for(millis(100));
}

/// Bruno parks Anna and is out of it.
fn parked(office: Office) -> Town {
    let mut town = in_talk_in(office);
    refer(&mut town, "bruno", "<sip:888@x>");
    town.run_for(seconds(9));
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    assert!(town.phone("anna").is_talking());
    town
}

/// What one line of a phone hears in so many seconds.
fn hears(town: &mut Town, name: &str, line: usize, time: u64) -> u32 {
    let before = town.phone(name).lines[line].heard;
    town.run_for(seconds(time));
    town.phone(name).lines[line].heard - before
}

/// Callers, who answered and outcomes of all records, in the order in which the calls ended.
fn records(town: &Town) -> Vec<(String, String, String, Outcome)> {
    let number =
        |id: Option<trillo::base::id::ExtensionId>| id.map(|id| town.pbx.settings.extensions[&id].number.clone()).unwrap_or_default();
    town.pbx
        .records
        .iter()
        .map(|record| (number(record.caller), record.dialled.clone(), number(record.answering), record.outcome))
        .collect()
}

fn record(caller: &str, dialled: &str, answering: &str, outcome: Outcome) -> (String, String, String, Outcome) {
    (caller.to_owned(), dialled.to_owned(), answering.to_owned(), outcome)
}

#[test]
fn bruno_parks_anna_and_carla_fetches_her() {
    // Bruno sends Anna to 888: he hears which slot and is told that it is done; she hears that she waits. Carla dials 890 and talks with her;
    // both phones show the other.
    let mut town = in_talk();
    refer(&mut town, "bruno", "<sip:888@x>");
    assert_eq!(town.phone("bruno").told_status("REFER"), Some(202));
    assert_eq!(said(&town), ["Waiting", "Count(10)"]);
    assert_eq!(town.phone("bruno").notified(), ["SIP/2.0 100 Trying"], "he is still being told");
    assert!(hears(&mut town, "bruno", 0, 6) > 200, "he hears the notes of his slot");
    assert_eq!(town.phone("bruno").notified(), ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]);
    town.run_for(seconds(2));
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    assert!(hears(&mut town, "anna", 0, 10) > 400, "the notes of waiting go on");
    town.with("carla-desk", |carla, now| carla.call(now, "890"));
    town.run_for(seconds(2));
    assert!(town.phone("carla-desk").is_talking());
    let heard = hears(&mut town, "anna", 0, 10);
    assert!((4..=6).contains(&heard), "Anna hears Carla and no notes any more: {heard}");
    assert!(hears(&mut town, "carla-desk", 0, 10) >= 4);
    assert_eq!(town.phone("anna").line().shown, Some(("103".to_owned(), "Carla".to_owned())));
    assert_eq!(town.phone("carla-desk").line().shown, Some(("101".to_owned(), "Anna".to_owned())));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(records(&town), [record("101", "102", "102", Outcome::Answered), record("101", "890", "103", Outcome::Answered)]);
    town.close();
}

#[test]
fn the_slot_is_on_the_parkers_display() {
    // Bruno's phone takes UPDATE: it shows the whole number of the slot.
    let mut town = quiet_town(office());
    town.register_all();
    town.phone("bruno").manner = TALKS;
    town.phone("bruno").more = vec![("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE")];
    town.model.is_on = false;
    let mut town = talking(town, "102");
    refer(&mut town, "bruno", "<sip:888@x>");
    assert_eq!(town.phone("bruno").line().shown.as_ref().map(|(number, _)| number.as_str()), Some("890"));
    town.close();
}

#[test]
fn a_phone_that_holds_is_told_at_once_that_it_is_parked() {
    // Most phones put the call on hold before they transfer it: Bruno's would not hear any notes, so it need not wait for them.
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.run_for(seconds(1));
    refer(&mut town, "bruno", "<sip:888@x>");
    assert_eq!(town.phone("bruno").notified(), ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]);
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(seconds(1));
    assert!(hears(&mut town, "anna", 0, 4) > 100);
    town.close();
}

#[test]
fn who_holds_a_call_parks_it_by_dialling() {
    // Bruno puts Anna on hold and dials 888 on his second line: he hears the slot there, and both his lines are free.
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.hold(now));
    town.run_for(seconds(1));
    town.with("bruno", |bruno, now| bruno.call(now, "888"));
    town.run_for(seconds(1));
    assert_eq!(town.phone("bruno").lines[0].end(), Some(End::PeerHungUp));
    assert!(hears(&mut town, "bruno", 1, 5) > 150);
    assert_eq!(town.phone("bruno").lines[1].end(), Some(End::PeerHungUp));
    assert_eq!(said(&town), ["Waiting", "Count(10)"]);
    town.with("bruno", |bruno, now| bruno.call(now, "890"));
    town.run_for(seconds(2));
    assert!(town.phone("bruno").is_talking() && hears(&mut town, "anna", 0, 10) <= 6);
    town.close();
}

#[test]
fn there_is_nothing_to_park() {
    let mut town = in_talk();
    town.with("bruno", |bruno, now| bruno.call(now, "888"));
    town.run_for(seconds(1));
    assert_eq!(town.phone("bruno").line().end(), Some(End::Refused(404)), "his call is not on hold");
    assert_eq!(town.phone("bruno").lines[0].state, State::Talking);
    town.with("bruno", |bruno, now| bruno.call(now, "895"));
    town.run_for(seconds(1));
    assert_eq!(town.phone("bruno").line().end(), Some(End::Refused(404)), "nobody is parked there");
    town.close();
}

#[test]
fn of_two_who_fetch_one_gets_the_call() {
    let mut town = parked(office());
    town.with("carla-desk", |carla, now| carla.call(now, "890"));
    town.with("bruno", |bruno, now| bruno.call(now, "890"));
    town.run_for(seconds(2));
    let ends = [town.phone("carla-desk").line().end(), town.phone("bruno").line().end()];
    assert_eq!(ends, [None, Some(End::Refused(404))]);
    assert!(town.phone("anna").is_talking() && hears(&mut town, "anna", 0, 10) >= 4);
    town.close();
    assert_eq!(town.pbx.records.len(), 3, "each call has one record, and the one that was in vain");
}

#[test]
fn who_is_parked_may_hang_up() {
    // Anna has waited enough. Her slot is free, and nobody is rung for her.
    let mut town = parked(office());
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    assert_eq!(records(&town)[1], record("101", "890", "", Outcome::Cancelled));
    town.with("carla-desk", |carla, now| carla.call(now, "890"));
    town.run_for(seconds(100));
    assert_eq!(town.phone("carla-desk").line().end(), Some(End::Refused(404)));
    assert_eq!(town.phone("bruno").lines.len(), 1);
    town.close();
}

#[test]
fn a_call_that_nobody_fetches_comes_back_to_the_phone_that_parked_it() {
    // Carla's desk phone parks Anna. After a minute and a half it rings again and says that it is a parked call; the phone in her lab stays
    // silent. Anna hears that it rings.
    let mut town = quiet_town(office());
    town.register_all();
    town.model.is_on = false;
    town.phone("carla-desk").manner = TALKS;
    town.phone("carla-lab").manner = Manner::Ring;
    let mut town = talking(town, "103");
    refer(&mut town, "carla-desk", "<sip:888@x>");
    let rung_before = town.phone("carla-lab").lines.len();
    town.run_for(seconds(89));
    assert_eq!(town.phone("carla-desk").lines.len(), 1);
    town.run_for(seconds(2));
    let desk = town.phone("carla-desk").line();
    assert_eq!((desk.state, desk.number.as_str(), desk.name.as_str()), (State::Ringing, "101", "P:Anna"));
    assert_eq!(said(&town).last(), Some(&"Ringing"));
    town.run_for(seconds(2));
    assert_eq!(town.phone("carla-lab").lines.len(), rung_before);
    assert!(town.phone("carla-desk").is_talking());
    let heard = hears(&mut town, "anna", 0, 10);
    assert!((4..=6).contains(&heard), "{heard}");
    town.close();
    assert_eq!(records(&town).last(), Some(&record("101", "890", "103", Outcome::Answered)));
}

#[test]
fn what_the_parker_does_not_take_either_goes_by_his_transfer_column() {
    // Bruno is away from his desk when Anna comes back: as his table says for transferred calls that nobody answers, Carla's phone rings.
    let mut town = parked(office().with(Kind::Numbering, Own::default().with("park_seconds", 20)).set(
        "102",
        "failover_transfer_no_answer",
        json!({"do": "extension", "extension": "103"}),
    ));
    town.phone("bruno").manner = Manner::Ring;
    town.run_for(seconds(13));
    assert!(town.phone("bruno").is_ringing());
    town.run_for(seconds(33));
    assert!(!town.phone("bruno").is_ringing() && town.phone("carla-desk").is_talking());
    assert!(hears(&mut town, "anna", 0, 10) >= 4);
    town.close();
}

#[test]
fn a_parker_whose_phone_is_gone_has_lost_nothing() {
    let mut town = parked(office().with(Kind::Numbering, Own::default().with("park_seconds", 20)).set(
        "102",
        "failover_transfer_no_answer",
        json!({"do": "extension", "extension": "103"}),
    ));
    town.with("bruno", |bruno, now| bruno.register(now, 0));
    town.run_for(seconds(16));
    assert!(town.phone("carla-desk").is_talking());
    town.close();
}

#[test]
fn a_full_park_leaves_the_call_as_it_is() {
    let mut town = in_talk_in(office().with(Kind::Numbering, Own::default().with("park_slot", "890")));
    refer(&mut town, "bruno", "<sip:888@x>");
    town.run_for(seconds(9));
    town.with("carla-lab", |carla, now| carla.call(now, "102"));
    town.run_for(seconds(4));
    town.with("carla-lab", |carla, now| carla.ask(now, 0, "REFER", &[("Refer-To", "<sip:888@x>")]));
    town.run_for(seconds(1));
    assert_eq!(town.phone("carla-lab").notified(), ["SIP/2.0 486 Busy Here"]);
    assert!(town.phone("carla-lab").is_talking());
    town.close();
}

#[test]
fn a_parked_call_is_not_the_parkers_any_more() {
    // Bruno may have one call, and has none while Anna is parked.
    let mut town = parked(office().set("102", "concurrent_call_limit", 1));
    town.with("carla-lab", |carla, now| carla.call(now, "102"));
    town.run_for(seconds(4));
    assert!(town.phone("carla-lab").is_talking());
    town.close();
}

#[test]
fn who_is_parked_may_change_what_its_phone_talks() {
    // Anna's phone is moved and takes PCMU instead of PCMA while she waits: she still hears that she does.
    let mut town = parked(office());
    town.with("anna", |anna, now| {
        anna.reinvite(now, |line| {
            line.media.set_port(30_000);
            line.codecs = vec![0];
        });
    });
    town.run_for(seconds(1));
    assert_eq!(town.phone("anna").line().reinvited, Some(200));
    assert!(hears(&mut town, "anna", 0, 5) > 200);
    town.close();
}

#[test]
fn a_lamp_shows_who_waits_in_a_slot() {
    // Carla has a key for 890: dark, lit while Anna waits there, dark again when she is fetched.
    let mut town = town();
    town.model.is_on = false;
    town.phone("bruno").manner = TALKS;
    town.with("carla-desk", |carla, now| carla.subscribe(now, "890", "dialog", 3600));
    town.run_for(seconds(1));
    let mut town = talking(town, "102");
    refer(&mut town, "bruno", "<sip:888@x>");
    town.run_for(seconds(9));
    let bodies = |town: &mut Town| -> Vec<String> {
        town.phone("carla-desk").came(|message| message.is_request("NOTIFY")).iter().map(|notify| notify.body.clone()).collect()
    };
    let lit = bodies(&mut town).pop().expect("a NOTIFY");
    assert!(lit.contains("<state>confirmed</state>") && lit.contains("display=\"Anna\">sip:101@"), "{lit}");
    town.with("carla-desk", |carla, now| carla.call(now, "890"));
    town.run_for(seconds(2));
    let dark = bodies(&mut town);
    assert!(!dark.last().expect("a NOTIFY").contains("<dialog "));
    assert_eq!(dark.len(), 3, "nothing is said twice");
    town.close_with_subscriptions();
}
