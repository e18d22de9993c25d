//! The messages of RFC 4475 and RFC 5118 at the endpoint: which reach the user, which are refused with what, which are dropped.
//! What the whole appliance answers to them is seen over sockets by the wire tests.

use std::fs;
use std::path::Path;

use trillo::base::{Flow, Instant, Transport};
use trillo::sip::endpoint::{Endpoint, Event};

/// File, and what the endpoint does with it: the method that reaches the user, the status that is answered, or nothing.
const RFC4475: &[(&str, &str)] = &[
    ("wsinv", "INVITE"),
    ("intmeth", "!interesting-Method0123456789_*+`.%indeed'~"),
    ("esc01", "INVITE"),
    ("escnull", "REGISTER"),
    ("esc02", "RE%47IST%45R"),
    ("lwsdisp", "OPTIONS"),
    ("longreq", "INVITE"),
    ("dblreq", "REGISTER"),
    ("semiuri", "OPTIONS"),
    ("transports", "OPTIONS"),
    ("mpart01", "MESSAGE"),
    ("unreason", "dropped"),
    ("noreason", "dropped"),
    ("badinv01", "400"),
    ("clerr", "400"),
    ("ncl", "400"),
    ("scalar02", "400"),
    ("scalarlg", "dropped"),
    ("quotbal", "400"),
    ("ltgtruri", "400"),
    ("lwsruri", "400"),
    ("lwsstart", "400"),
    ("trws", "400"),
    ("escruri", "400"),
    ("baddate", "INVITE"),
    ("regbadct", "REGISTER"),
    ("badaspec", "OPTIONS"),
    ("baddn", "400"),
    ("badvers", "505"),
    ("mismatch01", "400"),
    ("mismatch02", "400"),
    ("bigcode", "dropped"),
    ("badbranch", "400"),
    ("insuf", "400"),
    ("unkscm", "416"),
    ("novelsc", "416"),
    ("unksm2", "REGISTER"),
    ("bext01", "OPTIONS"),
    ("invut", "INVITE"),
    ("regaut01", "REGISTER"),
    ("multi01", "400"),
    ("mcl01", "400"),
    ("bcast", "dropped"),
    ("zeromf", "OPTIONS"),
    ("cparam01", "REGISTER"),
    ("cparam02", "REGISTER"),
    ("regescrt", "REGISTER"),
    ("sdp01", "INVITE"),
    ("inv2543", "INVITE"),
];

const RFC5118: &[(&str, &str)] = &[
    ("ipv6-good", "REGISTER"),
    ("ipv6-bad", "400"),
    ("port-ambiguous", "REGISTER"),
    ("port-unambiguous", "REGISTER"),
    ("via-received-param-with-delim", "BYE"),
    ("via-received-param-no-delim", "OPTIONS"),
    ("mult-ip-in-header", "BYE"),
    ("mult-ip-in-sdp", "INVITE"),
    ("ipv6-in-sdp", "INVITE"),
    ("ipv4-mapped-ipv6", "INVITE"),
    ("ipv6-bug-abnf-3-colons", "400"),
    ("ipv6-correct-abnf-2-colons", "OPTIONS"),
];

fn verdict(bytes: &[u8]) -> String {
    let mut endpoint = Endpoint::default();
    let local = "192.0.2.254:5060".parse().expect("an address");
    let remote = "192.0.2.1:5060".parse().expect("an address");
    endpoint.receive(Instant::ZERO, Flow { transport: Transport::Udp, local, remote, connection: None }, bytes);
    if let Some(event) = endpoint.poll_event() {
        return match event {
            Event::Request { incoming, .. } => incoming.request.method.to_string(),
            other => format!("{other:?}"),
        };
    }
    match endpoint.poll_transmit() {
        Some(transmit) => String::from_utf8_lossy(&transmit.bytes).split(' ').nth(1).unwrap_or("").to_owned(),
        None if endpoint.counters().dropped == 1 => "dropped".to_owned(),
        None => "nothing".to_owned(),
    }
}

fn check(folder: &str, extension: &str, table: &[(&str, &str)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora").join(folder);
    let files = fs::read_dir(&folder)
        .expect("the corpus is there")
        .filter(|entry| entry.as_ref().expect("an entry").path().extension().is_some_and(|found| found.to_str() == Some(extension)));
    assert_eq!(files.count(), table.len(), "every message of the corpus has a line in the table");
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(name, expected)| {
            let bytes = fs::read(folder.join(format!("{name}.{extension}"))).expect("a message");
            let found = verdict(&bytes);
            (found != *expected).then(|| format!("{name}: expected {expected}, got {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn torture_messages_of_rfc_4475() {
    check("rfc4475/messages", "dat", RFC4475);
}

#[test]
fn ipv6_messages_of_rfc_5118() {
    check("rfc5118", "sip", RFC5118);
}
