//! Phones on TLS and in browsers, and accounts that may not use what their phone speaks.

use serde_json::json;
use trillo::base::Transport;
use trillo::entry::Outcome;

use super::{TALKS, office, quiet_town, record, refused, talking};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::office::{Office, password_of};
use crate::town::phone::End;

/// Anna on UDP, Bruno on a stream, with whatever his account has.
fn with_bruno_on(transport: Transport, more: &[(&str, serde_json::Value)]) -> Town {
    let transports = ("transports", json!([transport.name()]));
    let more: Vec<_> = std::iter::once(transports).chain(more.iter().cloned()).collect();
    let office = Office::default()
        .extension("101", "Anna", &[])
        .extension("102", "Bruno", &[])
        .account("anna", "101", &[])
        .account("bruno", "102", &more);
    let mut town = Town::new(1, office.settings());
    town.add("anna");
    town.add_stream("bruno", transport).manner = TALKS;
    town.register_all();
    town
}

#[test]
fn a_phone_in_a_browser_is_called_over_its_connection_whatever_name_it_gives_itself() {
    for transport in [Transport::Ws, Transport::Wss] {
        let mut town = talking(with_bruno_on(transport, &[]), "102");
        let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
        let via = format!("SIP/2.0/{} ", transport.via_name());
        assert!(invite.text("Via").starts_with(&via), "{}", invite.text("Via"));
        // RFC 7118 knows no other parameter, over TLS neither.
        assert!(invite.text("Contact").contains(";transport=ws>"), "{}", invite.text("Contact"));
        assert!(town.phone("anna").line().heard >= 2 && town.phone("bruno").line().heard >= 2);
        town.with("anna", |anna, now| anna.hang_up(now));
        town.run_for(seconds(1));
        assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
        town.close();
    }
}

#[test]
fn a_phone_whose_connection_is_gone_is_connected_to_where_that_can_work() {
    // Bruno's phone has lost its connection and not registered anew. On TCP and TLS it has an address to connect to; in a browser, or behind
    // NAT, it has none and is unavailable at once. His registration stays and is shown as not connected.
    let nat = ("nat", json!(true));
    for (transport, more, is_dialled) in [
        (Transport::Tcp, vec![], true),
        (Transport::Tls, vec![], true),
        (Transport::Ws, vec![], false),
        (Transport::Wss, vec![], false),
        (Transport::Tcp, vec![nat.clone()], false),
        (Transport::Tls, vec![nat], false),
    ] {
        let mut town = with_bruno_on(transport, &more);
        let address = town.phone("bruno").address;
        town.disconnect("bruno");
        // The model sees no connection fail.
        town.model.is_on = false;
        let (end, took) = refused(&mut town, "102");
        assert_eq!((end, record(&town)), (Some(End::Refused(480)), (Outcome::Unavailable, 480)), "{transport:?} {more:?}");
        assert!(took < 100, "at once, not after {took} ms");
        let dialled = if is_dialled { vec![(transport, address)] } else { vec![] };
        assert_eq!(town.pbx.dialled, dialled, "{transport:?} {more:?}");
        assert_eq!(town.pbx.bindings.len(), 2, "his registration stays");
        town.reconnect("bruno");
        town.register("bruno");
        talking(town, "102").close();
    }
}

#[test]
fn who_registers_over_a_transport_that_is_off_learns_no_more_than_with_a_wrong_password() {
    // Anna's account may use UDP and TCP. Over the others a right password gets what a wrong one gets; only the log knows why.
    for transport in [Transport::Tls, Transport::Ws, Transport::Wss] {
        let mut town = quiet_town(office());
        let mut answers = Vec::new();
        for password in ["guess".to_owned(), password_of("anna")] {
            town.phones.remove("anna");
            town.add_stream("anna", transport).password = password;
            town.with("anna", |anna, now| anna.register(now, 600));
            town.run_for(millis(200));
            let came = town.phone("anna").came(|message| message.status().is_some());
            let bare = |message: &&Message| {
                let names: Vec<&str> = message.headers.iter().map(|(name, _)| name.as_str()).collect();
                (message.status(), names.join(" "), message.text("WWW-Authenticate").contains("stale=true"))
            };
            answers.push(came.iter().map(bare).collect::<Vec<_>>());
        }
        assert_eq!(answers[0].len(), 2, "the challenge, and another after the answer");
        assert_eq!(answers[0], answers[1]);
        assert!(answers[1].iter().all(|(status, ..)| *status == Some(401)));
        let reason = format!("account anna may not use {}", transport.via_name());
        assert!(town.pbx.events.iter().any(|event| event.text.contains(&reason)), "{reason}");
        assert!(town.pbx.bindings.is_empty());
        town.close();
    }
}
