//! A provider that wants a proof for every request of a call, not only for the one that begins it.

use trillo::entry::Outcome;

use super::line_state::provider;
use super::line_town::{call, hears, invite, town, with_line};
use super::record;
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::digest::parameter;
use crate::town::message::Message;
use crate::town::phone::End;

/// Anna talks with somebody behind a provider that wants proofs all the time.
fn in_talk(more: &[(&'static str, &'static str)]) -> Town {
    let mut town = town(with_line());
    provider(&mut town).wants_proof_within = true;
    town.phone("provider").more = more.to_vec();
    call(&mut town, "anna", "0212345");
    assert!(town.phone("anna").is_talking() && town.phone("provider").is_talking());
    town
}

/// Requests of that method that came within the call: for each nonce and count of its proof.
fn proofs(town: &mut Town, method: &str) -> Vec<(Option<String>, Option<String>)> {
    let proof = |message: &&Message, name| message.get("Proxy-Authorization").and_then(|proof| parameter(proof, name));
    let came = town.phone("provider").came(|message| message.is_request(method) && message.answerer_tag().is_some());
    came.iter().map(|message| (proof(message, "nonce"), proof(message, "nc"))).collect()
}

#[test]
fn a_call_is_ended_with_a_proof_in_advance() {
    let mut town = in_talk(&[]);
    let (invite, ack) =
        (invite(&mut town), town.phone("provider").came(|message| message.is_request("ACK")).last().map(|ack| (*ack).clone()));
    assert_eq!(ack.expect("an ACK").get("Proxy-Authorization"), invite.get("Proxy-Authorization"), "RFC 3261 13.2.2.4");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("provider").line().end(), Some(End::PeerHungUp));
    let byes = proofs(&mut town, "BYE");
    assert!(byes.len() == 1 && byes[0].1.as_deref() == Some("00000002"), "{byes:?}");
    town.close();
}

#[test]
fn a_proof_that_has_grown_old_is_made_anew() {
    // The provider has forgotten its nonce while they talked: the BYE is refused, and goes out again with a new proof.
    let mut town = in_talk(&[]);
    provider(&mut town).renew();
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(200));
    assert_eq!(town.phone("provider").line().end(), Some(End::PeerHungUp));
    let byes = proofs(&mut town, "BYE");
    assert!(byes.len() == 2 && byes[0].0 != byes[1].0 && byes[1].1.as_deref() == Some("00000001"), "{byes:?}");
    assert_eq!(record(&town), (Outcome::Answered, 200));
    town.close();
}

#[test]
fn a_long_call_is_refreshed_with_proofs() {
    // Every fifteen minutes the session is refreshed (RFC 4028), by UPDATE where the provider takes it, else by re-INVITE; its nonce is another
    // one each time. Hours later they still talk.
    let timer = ("Session-Expires", "1800;refresher=uac");
    let allows = ("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE");
    for (method, more) in [("INVITE", vec![timer]), ("UPDATE", vec![timer, allows])] {
        let mut town = in_talk(&more);
        for _ in 0..4 {
            provider(&mut town).renew();
            town.run_for(seconds(1800));
        }
        assert!(hears(&mut town, "anna") && hears(&mut town, "provider"), "{method}");
        let refreshes = proofs(&mut town, method);
        assert!(refreshes.len() >= 12, "each is refused once, and taken: {method}: {refreshes:?}");
        if method == "INVITE" {
            let (last, acks) = (refreshes.last().cloned(), proofs(&mut town, "ACK"));
            assert_eq!(acks.last().cloned(), last, "the ACK proves what its re-INVITE does");
        }
        town.with("provider", |provider, now| provider.hang_up(now));
        town.run_for(millis(100));
        assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
        town.close();
    }
}

#[test]
fn a_call_whose_password_was_changed_still_ends() {
    // The proof of the BYE is refused for good: it is not tried over and over, and nothing of the call is left here.
    let mut town = in_talk(&[]);
    provider(&mut town).password = "changed".to_owned();
    provider(&mut town).renew();
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(2));
    assert_eq!(proofs(&mut town, "BYE").len(), 2);
    town.with("provider", |provider, now| provider.hang_up(now));
    town.close();
}

#[test]
fn somebody_who_called_in_is_hung_up_with_a_proof() {
    // The first challenge of this call is that of the BYE.
    let did = serde_json::json!([{"number": "+39061234", "action": {"do": "extension", "extension": "101"}}]);
    let settings = [super::line_state::account(), vec![("did", did)]].concat();
    let mut town = town(super::office().line("Telco", super::line_state::PROVIDER, &settings));
    provider(&mut town).wants_proof_within = true;
    call(&mut town, "provider", "+39061234");
    assert!(town.phone("anna").is_talking());
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(200));
    assert_eq!(town.phone("provider").line().end(), Some(End::PeerHungUp));
    let byes = proofs(&mut town, "BYE");
    assert!(byes.len() == 2 && byes[0].0.is_none() && byes[1].0.is_some(), "{byes:?}");
    town.close();
}
