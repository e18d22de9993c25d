use trillo::settings::Settings;

use super::{TALKS, office, talking, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::phone::Manner;

/// What the NOTIFYs of a phone say, the oldest first: the Subscription-State and the body.
fn said(town: &mut Town, name: &str) -> Vec<(String, String)> {
    let phone = town.phone(name);
    let notifies = phone.came(|message| message.is_request("NOTIFY"));
    notifies.iter().map(|notify| (notify.get("Subscription-State").unwrap_or_default().to_owned(), notify.body.clone())).collect()
}

/// The states of the dialogs in the last NOTIFY.
fn lamp(town: &mut Town, name: &str) -> Vec<String> {
    let body = said(town, name).last().expect("there was a NOTIFY").1.clone();
    body.split("<state>").skip(1).filter_map(|rest| rest.split("</state>").next()).map(str::to_owned).collect()
}

fn subscribe(town: &mut Town, name: &str, target: &str, event: &str, expires: u32) -> Option<u16> {
    town.with(name, |phone, now| phone.subscribe(now, target, event, expires));
    town.run_for(seconds(1));
    let phone = town.phone(name);
    phone.came(|message| message.is_any_response("SUBSCRIBE")).last().and_then(|response| response.status())
}

#[test]
fn a_lamp_follows_the_calls_of_a_colleague() {
    // Carla's console watches Bruno: dark, blinking while his phone rings, lit while he talks, dark again. It says who calls him.
    let mut town = town();
    town.model.is_on = false;
    assert_eq!(subscribe(&mut town, "carla-desk", "102", "dialog", 600), Some(200));
    assert_eq!(lamp(&mut town, "carla-desk"), [] as [&str; 0]);
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(1));
    assert_eq!(lamp(&mut town, "carla-desk"), ["early"]);
    let (_, body) = said(&mut town, "carla-desk").pop().expect("a NOTIFY");
    assert!(body.contains("direction=\"recipient\"") && body.contains("display=\"Anna\">sip:101@"), "{body}");
    let line = town.phone("bruno").lines.len() - 1;
    town.with("bruno", |bruno, now| bruno.pick_up(now, line));
    town.run_for(seconds(1));
    assert_eq!(lamp(&mut town, "carla-desk"), ["confirmed"]);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    assert_eq!(lamp(&mut town, "carla-desk"), [] as [&str; 0]);
    let versions: Vec<String> =
        said(&mut town, "carla-desk").iter().map(|(_, body)| body.split('"').nth(5).unwrap_or_default().to_owned()).collect();
    assert_eq!(versions, ["0", "1", "2", "3"], "each one more, nothing twice");
    town.close_with_subscriptions();
}

#[test]
fn a_lamp_for_a_forward_and_one_for_the_lock() {
    // Bruno's own keys for his forward and his lock show what he switched, also when it was the other phone or the clock that did it.
    let office = office().set("102", "lock_mode", "code").set("102", "unlock_policy", "auto_lock").set("102", "unlock_seconds", 60);
    let mut town = Town::new(1, office.settings());
    town.model.is_on = false;
    for name in ["anna", "bruno"] {
        town.add(name);
    }
    town.register_all();
    assert_eq!(subscribe(&mut town, "bruno", "850", "dialog", 600), Some(200));
    assert_eq!(lamp(&mut town, "bruno"), ["confirmed"], "it is locked");
    town.with("bruno", |bruno, now| bruno.call(now, "850"));
    town.run_for(seconds(3));
    assert_eq!(lamp(&mut town, "bruno"), [] as [&str; 0], "it is open");
    town.run_for(seconds(60));
    assert_eq!(lamp(&mut town, "bruno"), ["confirmed"], "the minute is over");
    assert_eq!(subscribe(&mut town, "bruno", "811", "dialog", 600), Some(200));
    assert_eq!(lamp(&mut town, "bruno"), [] as [&str; 0]);
    town.with("bruno", |bruno, now| bruno.call(now, "811101"));
    town.run_for(seconds(3));
    assert_eq!(lamp(&mut town, "bruno"), ["confirmed"]);
    town.close_with_subscriptions();
}

#[test]
fn who_asks_for_what_is_not_there() {
    let mut town = town();
    town.add("dora");
    town.register("dora");
    for (name, target, event, expires, status) in [
        ("anna", "777", "dialog", 600, 404),
        ("anna", "102", "presence", 600, 489),
        ("anna", "102", "dialog", 5, 423),
        ("dora", "102", "dialog", 600, 403),
        ("anna", "101", "message-summary", 600, 200),
        ("anna", "101", "reg", 600, 200),
        ("anna", "102", "dialog;id=7", 600, 200),
    ] {
        assert_eq!(subscribe(&mut town, name, target, event, expires), Some(status), "{name} {target} {event}");
    }
    let bodies: Vec<String> = said(&mut town, "anna").into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies[0].starts_with("Messages-Waiting: no\r\n") && bodies[1].contains("<registration") && bodies[1].contains("active"));
    let last =
        town.phone("anna").came(|message| message.is_request("NOTIFY")).last().and_then(|notify| notify.get("Event").map(str::to_owned));
    assert_eq!(last.as_deref(), Some("dialog;id=7"));
    town.close_with_subscriptions();
}

#[test]
fn a_subscription_ends_by_itself_or_when_it_is_told() {
    let mut town = town();
    assert_eq!(subscribe(&mut town, "anna", "102", "dialog", 60), Some(200));
    town.run_for(seconds(61));
    assert!(said(&mut town, "anna").last().expect("a NOTIFY").0.starts_with("terminated;reason=timeout"));
    assert_eq!(subscribe(&mut town, "anna", "103", "dialog", 0), Some(200), "asked once");
    assert!(said(&mut town, "anna").last().expect("a NOTIFY").0.starts_with("terminated"));
    assert_eq!(town.pbx.leftovers().iter().filter(|(what, _)| *what == "subscriptions").count(), 0);
    town.close();
}

#[test]
fn a_refresh_goes_on_and_after_a_restart_the_phone_begins_anew() {
    let mut town = town();
    town.model.is_on = false;
    assert_eq!(subscribe(&mut town, "anna", "102", "dialog", 60), Some(200));
    town.run_for(seconds(50));
    town.with("anna", |anna, now| anna.subscribe_again(now, 60));
    town.run_for(seconds(30));
    assert!(said(&mut town, "anna").last().expect("a NOTIFY").0.starts_with("active"), "the refresh counts");
    let now = town.now;
    town.pbx.restart(now);
    town.with("anna", |anna, now| anna.subscribe_again(now, 60));
    town.run_for(seconds(1));
    let answer = town.phone("anna").came(|message| message.is_any_response("SUBSCRIBE")).last().and_then(|response| response.status());
    assert_eq!(answer, Some(481));
    town.close();
}

#[test]
fn a_phone_that_does_not_know_the_subscription_is_told_no_more() {
    let mut town = town();
    town.model.is_on = false;
    assert_eq!(subscribe(&mut town, "carla-lab", "102", "dialog", 600), Some(200));
    town.phone("carla-lab").forgets_subscriptions = true;
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    assert_eq!(town.pbx.leftovers().iter().filter(|(what, _)| *what == "subscriptions").count(), 0);
    town.close();
}

#[test]
fn whoever_is_deleted_is_watched_no_more() {
    let mut town = town();
    assert_eq!(subscribe(&mut town, "anna", "102", "dialog", 600), Some(200));
    let settings: Settings = office().set("102", "enabled", false).settings();
    town.apply(settings);
    town.run_for(seconds(1));
    assert!(said(&mut town, "anna").last().expect("a NOTIFY").0.starts_with("terminated;reason=noresource"));
    town.close();
}

#[test]
fn nobody_takes_more_than_his_share_of_subscriptions() {
    let mut town = town();
    for _ in 0..256 {
        town.with("anna", |anna, now| anna.subscribe(now, "102", "dialog", 600));
        town.run_for(millis(100));
    }
    assert_eq!(subscribe(&mut town, "anna", "102", "dialog", 600), Some(503));
    assert_eq!(subscribe(&mut town, "bruno", "101", "dialog", 600), Some(200), "others are not concerned");
    town.close_with_subscriptions();
}

#[test]
fn what_phones_publish_is_not_taken() {
    let mut town = town();
    town.with("anna", |anna, now| anna.publish(now));
    town.run_for(seconds(1));
    let answer = town.phone("anna").came(|message| message.is_any_response("PUBLISH")).last().map(|message| (*message).clone());
    let answer: Message = answer.expect("an answer");
    assert_eq!((answer.status(), answer.get("Allow-Events")), (Some(489), Some("dialog, message-summary, reg")));
    town.close();
}

#[test]
fn a_key_under_the_lamp_takes_the_call() {
    // Bruno's phone rings, the lamp blinks on Carla's console, and she presses the key: her phone sends an INVITE with the Replaces of what it was
    // shown, and she talks with Anna. When the call talks already, the key takes nothing.
    let mut town = town();
    town.model.is_on = false;
    assert_eq!(subscribe(&mut town, "carla-desk", "102", "dialog", 600), Some(200));
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(1));
    let (_, body) = said(&mut town, "carla-desk").pop().expect("a NOTIFY");
    let call_id = body.split("call-id=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a call").to_owned();
    let replaces = format!("{call_id};to-tag=theirs;from-tag=ours");
    town.with("carla-desk", |carla, now| carla.call_replacing(now, "102", &replaces));
    town.run_for(seconds(4));
    assert!(town.phone("carla-desk").is_talking() && town.phone("anna").is_talking());
    assert!(!town.phone("bruno").is_ringing());
    assert_eq!(lamp(&mut town, "carla-desk"), [] as [&str; 0], "it is Carla's call now");
    town.with("bruno", |bruno, now| bruno.call_replacing(now, "103", &replaces));
    town.run_for(seconds(1));
    assert_eq!(town.phone("bruno").line().end(), Some(crate::town::phone::End::Refused(481)));
    town.close_with_subscriptions();
}
