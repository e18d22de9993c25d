use std::net::{IpAddr, Ipv4Addr};

use trillo::settings::{Kind, Own};

use super::{TALKS, office, quiet_town, talking};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::digest::Challenge;
use crate::town::message::Message;
use crate::town::office::Office;

/// Sends a REGISTER with these headers; the final status.
fn register(town: &mut Town, name: &str, headers: &[(&str, &str)]) -> Option<u16> {
    town.with(name, |phone, now| phone.register_with(now, headers));
    town.run_for(millis(200));
    town.phone(name).registration.status
}

fn contact(town: &mut Town, name: &str) -> String {
    format!("<{}>", town.phone(name).contact_uri())
}

/// A second phone with Bruno's login stands elsewhere.
fn with_second_bruno() -> Town {
    let mut town = quiet_town(office());
    town.add_at("bruno-home", "bruno", IpAddr::V4(Ipv4Addr::new(10, 0, 0, 99)));
    town.register("anna");
    town.register("bruno");
    town
}

#[test]
fn how_long_a_registration_lasts() {
    // A phone that asks for a day gets an hour; one that asks for half a minute is told the shortest time.
    let mut town = quiet_town(office());
    let bruno = contact(&mut town, "bruno");
    for (asked, status, granted) in [("86400", 200, Some(3600)), ("600", 200, Some(600)), ("60", 200, Some(60)), ("59", 423, None)] {
        assert_eq!(register(&mut town, "bruno", &[("Contact", &bruno), ("Expires", asked)]), Some(status), "{asked}");
        assert_eq!(town.phone("bruno").registration.granted, granted, "{asked}");
    }
    let brief = town.phone("bruno").came(|message| message.status() == Some(423));
    assert_eq!(brief[0].text("Min-Expires"), "60");
    town.close();
}

#[test]
fn a_registration_that_is_not_renewed_runs_out() {
    // Bruno's phone is off; after its registration has run out he is unavailable at once, and not after four seconds.
    let mut town = quiet_town(office());
    town.register("anna");
    let bruno = contact(&mut town, "bruno");
    register(&mut town, "bruno", &[("Contact", &bruno), ("Expires", "60")]);
    town.phone("bruno").lose_power();
    town.run_for(seconds(61));
    assert!(town.pbx.bindings.len() == 1, "only Anna's is left in the store");
    let (_, took) = super::refused(&mut town, "102");
    assert!(took < 100, "{took} ms");
    town.close();
}

#[test]
fn the_last_phone_that_registers_has_the_account() {
    // Bruno registers at home with the same login: calls ring there. The phone at his desk signs off late, which changes nothing.
    let mut town = with_second_bruno();
    town.register("bruno-home");
    for goodbye in ["*", "contact"] {
        let own = contact(&mut town, "bruno");
        let value = if goodbye == "*" { "*".to_owned() } else { own };
        assert_eq!(register(&mut town, "bruno", &[("Contact", &value), ("Expires", "0")]), Some(200));
        assert!(town.phone("bruno").registration.contact.contains("10.0.0.99"), "it is told what stands");
    }
    for name in ["bruno", "bruno-home"] {
        town.phone(name).manner = TALKS;
    }
    let mut town = talking(town, "102");
    assert!(town.phone("bruno-home").is_talking());
    assert!(town.phone("bruno").lines.is_empty());
    town.close();
}

#[test]
fn signing_off() {
    // Bruno's phone signs off: he is unavailable at once, and the store knows it.
    let mut town = with_second_bruno();
    assert_eq!(town.pbx.bindings.len(), 2);
    assert_eq!(register(&mut town, "bruno", &[("Contact", "*"), ("Expires", "0")]), Some(200));
    assert_eq!(town.phone("bruno").registration.contact, "");
    assert_eq!(town.pbx.bindings.len(), 1);
    let (end, took) = super::refused(&mut town, "102");
    assert_eq!(end, Some(crate::town::phone::End::Refused(480)));
    assert!(took < 100);
    town.close();
}

#[test]
fn an_old_register_that_overtakes_is_refused() {
    // A REGISTER comes late, after a newer one of the same phone: it changes nothing.
    let mut town = with_second_bruno();
    let own = contact(&mut town, "bruno");
    town.phone("bruno").register_cseq -= 2;
    assert_eq!(register(&mut town, "bruno", &[("Contact", &own), ("Expires", "0")]), Some(500));
    assert_eq!(town.pbx.bindings.len(), 2, "it still stands");
    town.close();
}

#[test]
fn of_several_contacts_the_best_counts() {
    // A phone tells two addresses: the one that it likes better is taken.
    let mut town = quiet_town(office());
    let own = contact(&mut town, "bruno");
    let both = format!("<sip:bruno@10.0.0.77>;q=0.3, {own};q=0.9");
    assert_eq!(register(&mut town, "bruno", &[("Contact", &both), ("Expires", "600")]), Some(200));
    assert!(town.phone("bruno").registration.contact.contains("10.0.0.12"), "{}", town.phone("bruno").registration.contact);
    town.close();
}

#[test]
fn a_phone_behind_nat_is_bound_to_where_it_came_from() {
    // Bruno's phone behind a router tells an address that nobody can reach; calls ring at his phone all the same.
    let settings = office().settings();
    let bruno = settings.account_by_username("bruno").expect("an account").id;
    let settings = Office::default().put(Kind::Account, bruno.0, Own::default().with("nat", true)).edited(&settings);
    let mut town = Town::new(1, settings);
    town.add("anna");
    town.add_behind_nat("bruno");
    town.register_all();
    let binding = &town.pbx.bindings[&bruno];
    assert_eq!(binding.flow.remote.to_string(), "203.0.113.5:35060");
    assert!(binding.texts.contact().contains("192.168.1.20"), "{}", binding.texts.contact());
    let before = town.trace.lines.len();
    town.run_for(seconds(60));
    let keeps = town.trace.lines[before..].iter().filter(|line| line.contains("> 203.0.113.5:35060 4 bytes")).count();
    assert_eq!(keeps, 2, "every 25 s something keeps the router's door open");
    town.phone("bruno").manner = TALKS;
    talking(town, "102").close();
}

/// The bytes of an answer without what is new each time.
fn bare(message: &Message) -> Vec<(String, String)> {
    let strip = |(name, value): &(String, String)| {
        let value = match name.as_str() {
            "WWW-Authenticate" => value.replace(&Challenge::read(value).expect("a challenge").nonce, "NONCE"),
            "Via" | "To" | "From" => {
                value.split(';').next().unwrap_or_default().replace("anna", "X").replace("nobody", "X").replace("emil", "X")
            }
            "Call-ID" => "ID".to_owned(),
            _ => value.clone(),
        };
        (name.clone(), value)
    };
    message.headers.iter().map(strip).collect()
}

#[test]
fn names_cannot_be_probed() {
    // Somebody tries passwords: for a name that exists, one that is disabled, and one that does not exist, the answers look the same.
    let mut town = quiet_town(office());
    let mut answers = Vec::new();
    for (index, name) in ["anna", "emil", "nobody"].into_iter().enumerate() {
        town.add_at(&format!("{name}-guess"), name, IpAddr::V4(Ipv4Addr::new(10, 0, 0, 50 + index as u8))).password = "guess".to_owned();
        let guess = format!("{name}-guess");
        let own = contact(&mut town, &guess);
        assert_eq!(register(&mut town, &guess, &[("Contact", &own), ("Expires", "600")]), Some(401));
        let came = town.phone(&guess).came(|message| message.status() == Some(401));
        let strip_address = |pair: (String, String)| (pair.0, pair.1.replace(&format!("10.0.0.{}", 50 + index), "HERE"));
        answers.push(came.into_iter().map(|message| bare(message).into_iter().map(strip_address).collect::<Vec<_>>()).collect::<Vec<_>>());
    }
    assert_eq!(answers[0].len(), 2, "the challenge, and another after the wrong answer");
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    let reasons: Vec<&str> = town.pbx.events.iter().map(|event| event.text.as_str()).collect();
    for reason in ["wrong password for account anna", "account emil", "no account \"nobody\""] {
        assert!(reasons.iter().any(|text| text.contains(reason)), "the log knows why: {reason} in {reasons:?}");
    }
    assert!(town.pbx.bindings.is_empty());
    town.close();
}

#[test]
fn guesses_are_noted_once_a_minute_for_each_source_and_reason() {
    // Somebody guesses at Anna's password every second, and at Bruno's; somebody else at Anna's. The log tells of each, once a minute.
    let mut town = quiet_town(office());
    for (name, host) in [("one", 50), ("other", 51)] {
        town.add_at(name, "anna", IpAddr::V4(Ipv4Addr::new(10, 0, 0, host))).password = "guess".to_owned();
    }
    let noted = |town: &Town, account: &str, source: &str| {
        let is_so = |text: &str| text.contains(&format!("wrong password for account {account}")) && text.contains(source);
        town.pbx.events.iter().filter(|event| is_so(&event.text)).count()
    };
    let minute = |town: &mut Town| {
        for _ in 0..25 {
            for (guess, account) in [("one", "anna"), ("one", "bruno"), ("other", "anna")] {
                town.phone(guess).name = account.to_owned();
                let own = contact(town, guess);
                assert_eq!(register(town, guess, &[("Contact", &own), ("Expires", "600")]), Some(401));
            }
        }
    };
    let counts = |town: &Town| [noted(town, "anna", "10.0.0.50"), noted(town, "bruno", "10.0.0.50"), noted(town, "anna", "10.0.0.51")];
    minute(&mut town);
    assert_eq!(counts(&town), [1, 1, 1]);
    town.run_for(seconds(50));
    minute(&mut town);
    assert_eq!(counts(&town), [2, 2, 2]);
    town.close();
}

#[test]
fn a_stranger_can_neither_fill_the_log_nor_hide_others_in_it() {
    // Somebody tries ever new names, one of them endless: the log quotes little and notes few of them, and of somebody else it tells on.
    let mut town = quiet_town(office());
    let guess = |town: &mut Town, phone: &str, name: String| {
        town.phone(phone).name = name;
        assert_eq!(register(town, phone, &[("Contact", "<sip:x@10.0.0.60>"), ("Expires", "600")]), Some(401));
    };
    town.add_at("one", "anna", IpAddr::V4(Ipv4Addr::new(10, 0, 0, 50)));
    town.add_at("other", "anna", IpAddr::V4(Ipv4Addr::new(10, 0, 0, 51))).password = "guess".to_owned();
    guess(&mut town, "one", "n".repeat(20_000));
    for number in 0..40 {
        guess(&mut town, "one", format!("nobody{number}"));
    }
    guess(&mut town, "other", "anna".to_owned());
    let noted = |source: &str| town.pbx.events.iter().filter(|event| event.text.contains(source)).count();
    assert_eq!((noted("10.0.0.50"), noted("10.0.0.51")), (16, 1));
    let longest = town.pbx.events.iter().map(|event| event.text.len()).max();
    assert!(longest.is_some_and(|longest| longest < 250), "{longest:?}");
    town.close();
}

#[test]
fn an_account_that_keeps_changing_its_place_is_noted_once_a_minute() {
    // Two phones take Bruno's login from each other all the time: the log says so by name, at once and then once a minute, not each time.
    let mut town = with_second_bruno();
    let told = |town: &Town| {
        let of_bruno = |text: &&str| text.starts_with("Account bruno registered");
        town.pbx.events.iter().map(|event| event.text.as_str()).filter(of_bruno).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told(&town), ["Account bruno registered from 10.0.0.12:5060 with town."]);
    for turn in 0..400 {
        let phone = if turn % 2 == 0 { "bruno-home" } else { "bruno" };
        town.with(phone, |phone, now| phone.register(now, 3600));
        town.run_for(millis(200));
    }
    town.run_for(seconds(1));
    let events = told(&town);
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events[1].contains("times more within a minute") && events[1].contains("two phones"), "{events:?}");
    town.run_for(seconds(60));
    assert_eq!(told(&town).len(), 3, "what came after it is told too");
    town.run_for(seconds(300));
    assert_eq!(told(&town).len(), 3, "and then there is nothing to tell");
    town.register("bruno");
    town.register("bruno-home");
    assert_eq!(told(&town).len(), 4, "a phone that comes after a while is noted at once");
    town.close();
}

#[test]
fn a_used_nonce_is_stale_and_no_offence() {
    // A phone proves itself with a nonce that was used up: it gets a new one and goes on without asking its user.
    let mut town = quiet_town(office());
    town.register("anna");
    let offences = town.pbx.events.len();
    let proof = town.trace.lines.len();
    let replay = {
        let anna = town.phone("anna");
        let challenge = anna.came(|message| message.status() == Some(401))[0].text("WWW-Authenticate").to_owned();
        let challenge = Challenge::read(&challenge).expect("a challenge");
        let uri = "sip:10.0.0.1";
        let proof = challenge.answer("anna", &anna.password, "REGISTER", uri, 1, "again");
        let request = Message::request("REGISTER", uri).with("From", "<sip:anna@10.0.0.1>;tag=x").with("To", "<sip:anna@10.0.0.1>");
        request.with("Call-ID", "replay").with("CSeq", "1 REGISTER").with("Max-Forwards", "70").with("Authorization", proof)
    };
    town.with("anna", |anna, now| anna.probe(now, replay));
    town.run_for(millis(200));
    let answers = town
        .phone("anna")
        .came(|message| message.call_id() == "replay")
        .into_iter()
        .map(|m| (m.status(), m.text("WWW-Authenticate").contains("stale=true")))
        .collect::<Vec<_>>();
    assert_eq!(answers, [(Some(401), true), (Some(200), false)], "{:?}", &town.trace.lines[proof..]);
    assert_eq!(town.pbx.events.len(), offences, "nothing for the log");
    town.close();
}

#[test]
fn registrations_survive_a_restart() {
    // The box is switched off and on: calls ring at once, though no phone has registered again.
    let mut town = super::town();
    town.phone("bruno").manner = TALKS;
    town.run_for(seconds(10));
    town.pbx.restart(town.now);
    let mut town = talking(town, "102");
    assert_eq!(town.phone("bruno").came(|message| message.is_response("REGISTER", 200)).len(), 1);
    town.close();
}

#[test]
fn what_cannot_be_written_down_is_not_promised() {
    // The disk is full: the phone is told to try again later, and does not believe that it is registered.
    let mut town = quiet_town(office());
    town.pbx.can_keep = false;
    let own = contact(&mut town, "bruno");
    assert_eq!(register(&mut town, "bruno", &[("Contact", &own), ("Expires", "600")]), Some(503));
    town.close();
}

#[test]
fn a_disabled_account_is_gone_at_once_and_its_calls_go_on() {
    // Bruno's account is disabled while he talks: the call goes on, the next one does not reach him.
    let mut town = super::town();
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    let bruno = town.pbx.settings.account_by_username("bruno").expect("an account").id;
    let settings = Office::default().put(Kind::Account, bruno.0, Own::default().with("enabled", false)).edited(&town.pbx.settings);
    town.apply(settings);
    town.run_for(seconds(5));
    assert!(town.phone("bruno").is_talking());
    assert!(!town.pbx.bindings.contains_key(&bruno));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    assert_eq!(super::refused(&mut town, "102").0, Some(crate::town::phone::End::Refused(480)));
    town.close();
}

#[test]
fn calls_and_keep_alives_go_by_the_proxy_that_the_registration_came_through() {
    // Bruno's phone sits behind a proxy that put itself into Path: what is for his phone goes to the proxy, which is told where to pass it on.
    let mut town = quiet_town(office());
    town.add_at("proxy", "bruno", IpAddr::V4(Ipv4Addr::new(10, 0, 0, 60))).manner = TALKS;
    let own = contact(&mut town, "bruno");
    let path = "<sip:10.0.0.60;lr>, <sip:10.9.9.9:5070;lr>";
    assert_eq!(register(&mut town, "bruno", &[("Contact", &own), ("Expires", "600"), ("Path", path)]), Some(200));
    let answer = town.phone("bruno").came(|message| message.is_response("REGISTER", 200))[0].clone();
    assert_eq!(
        answer.headers.iter().filter(|(name, _)| name == "Path").map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", "),
        path
    );
    town.register("anna");
    let mut town = talking(town, "102");
    assert!(town.phone("bruno").lines.is_empty(), "nothing goes past the proxy");
    let invite = town.phone("proxy").came(|message| message.is_request("INVITE"))[0].clone();
    let routes: Vec<&str> = invite.headers.iter().filter(|(name, _)| name == "Route").map(|(_, value)| value.as_str()).collect();
    assert_eq!(routes, ["<sip:10.0.0.60;lr>", "<sip:10.9.9.9:5070;lr>"]);
    assert!(matches!(&invite.start, crate::town::message::Start::Request { uri, .. } if own.contains(uri.as_str())), "{:?}", invite.start);
    town.run_for(seconds(70));
    let asked = |town: &mut Town, name: &str| town.phone(name).came(|message| message.is_request("OPTIONS")).len();
    assert_eq!((asked(&mut town, "proxy"), asked(&mut town, "bruno")), (1, 0));
    town.close();
}

#[test]
fn who_has_an_outbound_proxy_is_reached_by_it_alone() {
    // Bruno's account is reached by a proxy that the settings name: it gets calls and keep-alives with a Route for itself, before the Path
    // that the registration came by. Where a name leads is looked up; while nobody knows, Bruno is unavailable.
    for (host, expected) in
        [("10.0.0.60", "<sip:10.0.0.60:5070;transport=udp;lr>"), ("proxy.example", "<sip:proxy.example:5070;transport=udp;lr>")]
    {
        let office = office().account("bruno-proxied", "102", &[("outbound_proxy", host.into()), ("outbound_proxy_port", 5070.into())]);
        let mut town = quiet_town(office);
        town.model.is_on = false;
        town.add("bruno-proxied");
        let proxy = town.add_at("proxy", "bruno-proxied", IpAddr::V4(Ipv4Addr::new(10, 0, 0, 60)));
        (proxy.manner, proxy.address) = (TALKS, "10.0.0.60:5070".parse().expect("an address"));
        let own = contact(&mut town, "bruno-proxied");
        let headers = [("Contact", own.as_str()), ("Expires", "600"), ("Path", "<sip:10.9.9.9:5070;lr>")];
        assert_eq!(register(&mut town, "bruno-proxied", &headers), Some(200));
        town.register("anna");
        if host == "proxy.example" {
            assert_eq!(super::refused(&mut town, "102").0, Some(crate::town::phone::End::Refused(480)));
            town.pbx.names.insert(host.to_owned(), vec!["10.0.0.60:5070".parse().expect("an address")]);
            town.run_for(seconds(31));
        }
        let mut town = talking(town, "102");
        assert!(town.phone("bruno-proxied").lines.is_empty(), "nothing goes past the proxy");
        let invite = town.phone("proxy").came(|message| message.is_request("INVITE"))[0].clone();
        let routes: Vec<&str> = invite.headers.iter().filter(|(name, _)| name == "Route").map(|(_, value)| value.as_str()).collect();
        assert_eq!(routes, [expected, "<sip:10.9.9.9:5070;lr>"]);
        town.run_for(seconds(70));
        let asked = |town: &mut Town, name: &str| town.phone(name).came(|message| message.is_request("OPTIONS")).len();
        assert!(asked(&mut town, "proxy") >= 1);
        assert_eq!(asked(&mut town, "bruno-proxied"), 0);
        town.close();
    }
}

#[test]
fn what_could_not_be_called_is_not_registered() {
    // A phone tells an address that is none, or that no call would fit: it is told what is wrong, before it is asked for a password.
    let mut town = quiet_town(office());
    let own = contact(&mut town, "bruno");
    let long = format!("<sip:{}@10.0.0.12>", "b".repeat(20_000));
    let paths = vec!["<sip:10.0.0.60;lr>"; 60].join(", ");
    let instance = format!("{own};+sip.instance=\"<{}>\"", "i".repeat(300));
    let some_path = format!("<sip:{}@10.0.0.60;lr>", "p".repeat(600));
    for (contact, path, wrong) in [
        ("<tel:102>", "", "Contact: expected a sip URI"),
        ("<mailto:bruno@example.com>", "", "Contact: expected a sip URI"),
        (&long, "", "Contact: with Path longer than 640 bytes"),
        (&own, &some_path, "Contact: with Path longer than 640 bytes"),
        (&own, &paths, "Path: more than 8 values"),
        (&own, "<sip:10.0.0.60>", "Path: expected a sip URI with lr"),
        (&own, "nowhere", "Path"),
        (&instance, "", "Contact: +sip.instance longer than 256 bytes"),
    ] {
        let mut headers = vec![("Contact", contact), ("Expires", "600")];
        if !path.is_empty() {
            headers.push(("Path", path));
        }
        assert_eq!(register(&mut town, "bruno", &headers), Some(400), "{wrong}");
        let expected = format!("SIP/2.0 400 Bad Request: {wrong}\r\n");
        assert!(town.phone("bruno").last_bytes.starts_with(expected.as_bytes()), "{wrong}");
    }
    assert_eq!(town.phone("bruno").came(|message| message.status() == Some(401)).len(), 0);
    assert!(town.pbx.bindings.is_empty());
    town.close();
}

#[test]
fn a_call_to_a_long_address_from_a_long_name_still_fits_a_datagram() {
    // Somebody with a very long name calls a phone with a very long address: the call gets through, in less than 1300 bytes.
    let office = Office::default().extension("101", &"\u{e8}".repeat(190), &[]).extension("102", "Bruno", &[]);
    let mut town = Town::new(1, office.account("anna", "101", &[]).account("bruno", "102", &[]).settings());
    town.add("anna");
    town.add("bruno").manner = TALKS;
    town.register("anna");
    let long = format!("<sip:bruno@10.0.0.12:5060;x={}>", "y".repeat(600));
    assert_eq!(register(&mut town, "bruno", &[("Contact", &long), ("Expires", "600")]), Some(200));
    let mut town = talking(town, "102");
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].write();
    assert!((1000..1300).contains(&invite.len()), "{}", invite.len());
    assert_eq!(town.phone("bruno").line().number, "101");
    town.close();
}

#[test]
fn a_flood_of_wrong_passwords_takes_no_phones_place() {
    // While somebody guesses without end, Bruno's phone goes on with the nonce that it has, and is never asked anew.
    let mut town = quiet_town(office());
    town.register("bruno");
    let asked = town.phone("bruno").came(|message| message.status() == Some(401)).len();
    let challenge = town.phone("bruno").came(|message| message.status() == Some(401))[0].text("WWW-Authenticate").to_owned();
    let challenge = Challenge::read(&challenge).expect("a challenge");
    town.add_at("guess", "anna", IpAddr::V4(Ipv4Addr::new(10, 0, 0, 50)));
    town.register("guess");
    let own = town.phone("guess").came(|message| message.status() == Some(401))[0].text("WWW-Authenticate").to_owned();
    let proof = Challenge::read(&own).expect("a challenge").answer("anna", "guess", "REGISTER", "sip:10.0.0.1", 1, "x");
    for number in 0..20_000 {
        let guess =
            Message::request("REGISTER", "sip:10.0.0.1").with("From", "<sip:anna@10.0.0.1>;tag=x").with("To", "<sip:anna@10.0.0.1>");
        let guess = guess.with("Via", format!("SIP/2.0/UDP 10.0.0.50:5060;branch=z9hG4bK{number};rport")).with("Call-ID", "guess");
        let guess = guess.with("CSeq", format!("{number} REGISTER")).with("Max-Forwards", "70").with("Authorization", proof.clone());
        // As fast as one source may send.
        town.with("guess", |phone, _| phone.post(guess.write()));
        town.run_for(millis(6));
    }
    town.run_for(seconds(1));
    assert_eq!(town.phone("guess").came(|message| message.status() == Some(401)).len(), 1 + 20_000);
    let bytes = {
        let bruno = town.phone("bruno");
        let proof = challenge.answer("bruno", &bruno.password, "REGISTER", "sip:10.0.0.1", 2, "x");
        let request =
            Message::request("REGISTER", "sip:10.0.0.1").with("From", "<sip:bruno@10.0.0.1>;tag=x").with("To", "<sip:bruno@10.0.0.1>");
        request.with("Call-ID", "still").with("CSeq", "1 REGISTER").with("Max-Forwards", "70").with("Authorization", proof)
    };
    town.with("bruno", |bruno, now| bruno.probe(now, bytes));
    town.run_for(seconds(1));
    assert_eq!(town.phone("bruno").came(|message| message.call_id() == "still")[0].status(), Some(200));
    assert_eq!(town.phone("bruno").came(|message| message.status() == Some(401)).len(), asked);
    town.close();
}
