//! Calls for help: by anybody who has proved a password, whatever else is so, over any line that works.

use serde_json::json;
use trillo::settings::{Kind, Own};

use super::line_state::{LOGIN, PROVIDER, account};
use super::line_town::{call, calls, hears, invite, number_of, town, with_line};
use super::{TALKS, office};
use crate::town::Town;
use crate::town::clock::seconds;
use crate::town::office::Office;
use crate::town::phone::{End, Manner, Registrar};

const SECOND: &str = "198.51.100.8";

fn with_prefix(office: Office) -> Office {
    office.with(Kind::Numbering, Own::default().with("outside_prefix", "0"))
}

/// What the overview says of it.
fn is_noted(town: &Town, who: &str) -> bool {
    town.pbx.events.iter().any(|event| event.text == format!("Emergency call of {who} to 112."))
}

#[test]
fn whoever_dials_112_is_put_through() {
    let hidden = || with_line().set("102", "hide_number", true).set("102", "outbound_number", "+390612302");
    for (what, office, who, dialled, name, shown) in [
        ("a telephone without extension", with_line(), "dora", "112", "dora ()", "+39061234"),
        ("who has no class", with_line(), "bruno", "112", "102 (Bruno)", "+39061234"),
        ("who is locked", with_line().set("102", "lock_mode", "code"), "bruno", "112", "102 (Bruno)", "+39061234"),
        ("who hides the number", hidden(), "bruno", "112", "102 (Bruno)", "+390612302"),
        ("who hides it by a code", hidden(), "bruno", "*671112", "102 (Bruno)", "+390612302"),
        ("with the prefix for outside lines", with_prefix(with_line()), "bruno", "0112", "102 (Bruno)", "+39061234"),
        ("without it", with_prefix(with_line()), "bruno", "112", "102 (Bruno)", "+39061234"),
        ("without it, and without extension", with_prefix(with_line()), "dora", "112", "dora ()", "+39061234"),
    ] {
        let mut town = town(office);
        town.add("dora");
        town.register("dora");
        call(&mut town, who, dialled);
        assert!(town.phone("provider").is_talking() && hears(&mut town, who) && hears(&mut town, "provider"), "{what}");
        let invite = invite(&mut town);
        let told = (number_of(&invite, "To"), number_of(&invite, "From"), number_of(&invite, "P-Asserted-Identity"));
        assert_eq!(told, ("112".to_owned(), shown.to_owned(), shown.to_owned()), "{what}");
        assert_eq!((invite.get("Privacy"), invite.get("Diversion")), (None, None), "{what}");
        assert!(is_noted(&town, name), "{what}: {:?}", town.pbx.events);
        town.with(who, |phone, now| phone.hang_up(now));
        town.close();
    }
}

#[test]
fn whoever_has_as_many_calls_as_allowed_may_still_call_for_help() {
    let mut town = town(with_line().set("102", "concurrent_call_limit", 1));
    call(&mut town, "bruno", "103");
    call(&mut town, "bruno", "103");
    assert_eq!(town.phone("bruno").line().end(), Some(End::Refused(480)), "at the limit");
    call(&mut town, "bruno", "112");
    assert!(town.phone("provider").is_talking() && is_noted(&town, "102 (Bruno)"));
    town.close();
}

#[test]
fn a_line_that_is_full_or_seems_to_be_down_is_tried_all_the_same() {
    let full = [account(), vec![("concurrent_call_limit", json!(1))]].concat();
    let mut town = town(office().line("Telco", PROVIDER, &full).class("All", &["Telco"]).set("101", "standard_class", "All"));
    call(&mut town, "anna", "0212345");
    call(&mut town, "bruno", "112");
    assert_eq!(calls(&mut town), 2);
    assert!(town.phone("bruno").is_talking());
    town.close();

    let mut town = super::quiet_town(with_line());
    town.model.is_on = false;
    let provider = town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1);
    provider.manner = TALKS;
    provider.provider.as_mut().expect("a provider").registrar = Registrar::Refuses(403);
    town.register("bruno");
    town.run_for(seconds(1));
    call(&mut town, "bruno", "112");
    assert!(town.phone("provider").is_talking());
    town.close();
}

#[test]
fn a_line_that_does_not_know_where_help_is_leaves_it_to_the_next() {
    // Also where it says "no such number", or "busy", on which other calls end.
    for status in [404, 403, 486, 603, 503] {
        let mut town = town(with_line().line("Other", SECOND, &account()));
        town.add_provider("other", SECOND, LOGIN.0, LOGIN.1).manner = TALKS;
        town.run_for(seconds(60));
        town.phone("provider").manner = Manner::Refuse(status);
        call(&mut town, "bruno", "112");
        assert!(town.phone("other").is_talking() && hears(&mut town, "bruno"), "{status}");
        town.close();
    }
}

#[test]
fn the_number_of_help_is_rewritten_by_no_rule() {
    let rewrite = vec![("rewrite_out", json!([{"prefix": "", "strip": 0, "add": "+39"}]))];
    let mut town = town(office().line("Telco", PROVIDER, &[account(), rewrite].concat()));
    call(&mut town, "bruno", "112");
    assert_eq!(number_of(&invite(&mut town), "To"), "112");
    town.close();
}

#[test]
fn a_telephone_without_extension_calls_nobody_else() {
    let mut town = town(with_line());
    town.add("dora");
    town.register("dora");
    for number in ["101", "0212345", "850", "801", "*9"] {
        call(&mut town, "dora", number);
        assert_eq!(town.phone("dora").line().end(), Some(End::Refused(403)), "{number}");
    }
    assert_eq!(calls(&mut town), 0);
    // Nor does she send anybody anywhere when help has answered.
    call(&mut town, "dora", "112");
    town.with("dora", |dora, now| dora.ask(now, 5, "REFER", &[("Refer-To", "<sip:101@10.0.0.1>")]));
    town.run_for(seconds(1));
    assert!(town.phone("dora").notified().iter().any(|news| news.contains("403")) && !town.phone("anna").is_ringing());
    assert!(town.phone("dora").is_talking());
    town.close();
}
