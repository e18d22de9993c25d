//! Offer and answer as two phones would see it: RFC 3264 10, the bodies of RFC 5118, hold in every form, and what the field gets wrong.

use trillo::base::{Codec, Dice};
use trillo::sdp::{self, AgreedEvent, Description, Direction, Local, Offer, Remote, TelephoneEvent, Unusable};

const OURS: [Codec; 5] = [Codec::Pcma, Codec::G722, Codec::Opus, Codec::G726, Codec::Pcmu];

fn local(direction: Direction) -> Local {
    Local { address: "198.51.100.1".parse().unwrap(), port: 20_000, session_id: 7, version: 1, direction }
}

fn parse(text: &str) -> Description {
    Description::parse(text.as_bytes()).unwrap_or_else(|malformed| panic!("{malformed} in\n{text}"))
}

/// A description with an `o=` and a `c=`, the rest as given, lines separated by `|`.
fn body(rest: &str) -> String {
    let head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
    head.to_owned() + &rest.split('|').map(|line| line.trim().to_owned() + "\r\n").collect::<String>()
}

fn read(rest: &str) -> Result<Remote, Unusable> {
    sdp::read(&parse(&body(rest)))
}

/// What we answer to an offer, without the lines above the first media line.
fn answered(offer: &Remote, wanted: Direction) -> String {
    let audio = offer.audio.as_ref().expect("an open audio line");
    let codec = sdp::choose(audio, &OURS, &[]).expect("a common codec");
    let text = sdp::answer(&local(wanted), offer, codec, audio.telephone_event_for(codec.codec));
    parse(&text);
    text[text.find("m=").unwrap()..].trim_end().replace("\r\n", " | ")
}

/// `offer` is media lines, `expected` the media lines of our answer.
fn check(offer: &str, expected: &str) {
    let remote = read(offer).unwrap_or_else(|unusable| panic!("{offer}: {unusable}"));
    assert_eq!(answered(&remote, Direction::SendRecv), expected, "answer to {offer}");
}

#[test]
fn an_answer_has_one_codec_and_every_line() {
    check("m=audio 4000 RTP/AVP 0", "m=audio 20000 RTP/AVP 0 | a=rtpmap:0 PCMU/8000 | a=ptime:20 | a=sendrecv");
    check(
        "m=audio 4000 RTP/AVP 99 8 0 100|a=rtpmap:99 SILK/16000|a=rtpmap:100 telephone-event/8000|a=fmtp:100 0-11",
        "m=audio 20000 RTP/AVP 8 100 | a=rtpmap:8 PCMA/8000 | a=rtpmap:100 telephone-event/8000 | a=fmtp:100 0-15 | a=ptime:20 | a=sendrecv",
    );
    check(
        "m=video 4002 RTP/AVP 96|a=rtpmap:96 H264/90000|m=audio 4000 RTP/AVP 97|a=rtpmap:97 G726-32/8000|m=image 4004 udptl t38",
        "m=video 0 RTP/AVP 96 | m=audio 20000 RTP/AVP 97 | a=rtpmap:97 G726-32/8000 | a=ptime:20 | a=sendrecv | m=image 0 udptl t38",
    );
    check(
        "m=audio 4000 RTP/AVP 111 0 110 126|a=rtpmap:111 opus/48000/2|a=rtpmap:110 telephone-event/48000|a=rtpmap:126 telephone-event/8000|a=rtcp-mux",
        "m=audio 20000 RTP/AVP 111 110 | a=rtpmap:111 opus/48000/2 | a=rtpmap:110 telephone-event/48000 | a=fmtp:110 0-15 | a=ptime:20 | \
         a=rtcp-mux | a=sendrecv",
    );
}

#[test]
fn only_plain_rtp_is_taken() {
    // The doubled lines of phones that can do both (RFC 8643): the plain one is taken, wherever it stands.
    check(
        "m=audio 4000 RTP/SAVP 0|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x|m=audio 4002 RTP/AVP 0|m=audio 4004 RTP/AVP 8",
        "m=audio 0 RTP/SAVP 0 | m=audio 20000 RTP/AVP 0 | a=rtpmap:0 PCMU/8000 | a=ptime:20 | a=sendrecv | m=audio 0 RTP/AVP 8",
    );
    check(
        "m=audio 4000 RTP/AVP 8|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x",
        "m=audio 20000 RTP/AVP 8 | a=rtpmap:8 PCMA/8000 | a=ptime:20 | a=sendrecv",
    );
    let refused = |offer: &str, why| assert_eq!(read(offer).unwrap_err(), why, "{offer}");
    refused("m=audio 4000 RTP/SAVP 0", Unusable::Protocol);
    refused("m=audio 9 UDP/TLS/RTP/SAVPF 111|a=rtpmap:111 opus/48000/2", Unusable::Protocol);
    refused("m=audio 4000 RTP/AVPF 0", Unusable::Protocol);
    refused("m=audio 4000 RTP/AVP 99|a=rtpmap:99 SILK/16000", Unusable::NoCommon);
    refused("m=audio 4000 RTP/AVP 101|a=rtpmap:101 telephone-event/8000", Unusable::NoCommon);
    refused("m=audio 4000 RTP/AVP 99|a=rtpmap:99 opus/8000", Unusable::NoCommon);
    refused("m=audio 4000 RTP/AVP 8|c=IN IP4 phone.example.com", Unusable::Address);
    refused("m=audio 4000 RTP/AVP 8|c=IN IP4 224.2.1.1/127", Unusable::Address);
    refused("m=audio 4000 RTP/AVP 8|c=IN IP4 255.255.255.255", Unusable::Address);
    refused(&["m=audio 4000 RTP/AVP 8"; 17].join("|"), Unusable::TooManyLines);
    assert_eq!(sdp::read(&parse("v=0\r\nm=audio 4000 RTP/AVP 8\r\n")).unwrap_err(), Unusable::Address);
}

#[test]
fn no_open_audio_is_not_an_error() {
    for offer in ["m=audio 0 RTP/AVP 0", "m=image 4000 udptl t38", "m=audio 0 RTP/AVP 0|m=image 4000 udptl t38"] {
        let remote = read(offer).unwrap();
        assert_eq!(remote.audio, None, "{offer}");
        assert_eq!(remote.lines.len(), offer.split('|').count());
    }
    assert_eq!(read("a=x").unwrap().lines, []);
}

#[test]
fn payload_types_without_a_name_mean_what_rfc_3551_says() {
    let remote = read("m=audio 4000 RTP/AVP 9 18 3 2 8 0 96 13 8").unwrap();
    let codecs: Vec<Codec> = remote.audio.unwrap().codecs.iter().map(|offered| offered.codec).collect();
    assert_eq!(codecs, [Codec::G722, Codec::G729, Codec::Gsm, Codec::Pcma, Codec::Pcmu]);
    let remapped = read("m=audio 4000 RTP/AVP 8 0|a=rtpmap:8 pcmu/8000/1|a=fmtp:8 x=1").unwrap().audio.unwrap();
    assert_eq!((remapped.codecs[0].codec, remapped.codecs[0].fmtp.as_deref()), (Codec::Pcmu, Some("x=1")));
}

#[test]
fn a_codec_that_the_other_leg_has_is_preferred() {
    let audio = read("m=audio 4000 RTP/AVP 9 0 8").unwrap().audio.unwrap();
    let chosen = |allowed: &[Codec], passing: &[Codec]| sdp::choose(&audio, allowed, passing).map(|offered| offered.codec);
    assert_eq!(chosen(&OURS, &[]), Some(Codec::G722));
    assert_eq!(chosen(&OURS, &[Codec::Pcma, Codec::Pcmu]), Some(Codec::Pcmu));
    assert_eq!(chosen(&[Codec::Pcma], &[Codec::Pcmu]), Some(Codec::Pcma));
    assert_eq!(chosen(&[Codec::Opus], &[Codec::Opus]), None);
}

#[test]
fn hold_is_understood_in_every_form() {
    // (media lines, what the peer does, our answer)
    let table = [
        ("m=audio 4000 RTP/AVP 8", "sendrecv", "sendrecv"),
        ("m=audio 4000 RTP/AVP 8|a=sendonly", "sendonly", "recvonly"),
        ("m=audio 4000 RTP/AVP 8|a=recvonly", "recvonly", "sendonly"),
        ("m=audio 4000 RTP/AVP 8|a=inactive", "inactive", "inactive"),
        ("a=sendonly|m=audio 4000 RTP/AVP 8", "sendonly", "recvonly"),
        ("a=inactive|m=audio 4000 RTP/AVP 8|a=sendrecv", "sendrecv", "sendrecv"),
        ("m=audio 4000 RTP/AVP 8|c=IN IP4 0.0.0.0", "sendonly", "recvonly"),
        ("m=audio 4000 RTP/AVP 8|c=IN IP4 0.0.0.0|a=sendonly", "sendonly", "recvonly"),
        ("m=audio 4000 RTP/AVP 8|c=IN IP4 0.0.0.0|a=recvonly", "inactive", "inactive"),
        ("m=audio 4000 RTP/AVP 8|c=IN IP6 ::|a=inactive", "inactive", "inactive"),
        ("m=audio 4000 RTP/AVP 8|c=IN IP6 hold.invalid", "sendonly", "recvonly"),
    ];
    for (offer, peer, ours) in table {
        let remote = read(offer).unwrap();
        let audio = remote.audio.as_ref().unwrap();
        assert_eq!(audio.direction.name(), peer, "{offer}");
        assert_eq!(audio.is_hold(), !matches!(peer, "sendrecv" | "recvonly"), "{offer}");
        assert!(answered(&remote, Direction::SendRecv).ends_with(&format!("a={ours}")), "{offer}");
    }
    let remote = read("m=audio 4000 RTP/AVP 8").unwrap();
    assert!(answered(&remote, Direction::SendOnly).ends_with("a=sendonly"));
}

#[test]
fn rtcp_goes_where_it_is_asked_to() {
    let rtcp = |offer: &str| read(offer).unwrap().audio.unwrap().rtcp.to_string();
    assert_eq!(rtcp("m=audio 4000 RTP/AVP 8"), "192.0.2.1:4001");
    assert_eq!(rtcp("m=audio 4000 RTP/AVP 8|a=rtcp:5000"), "192.0.2.1:5000");
    assert_eq!(rtcp("m=audio 4000 RTP/AVP 8|a=rtcp:5000 IN IP4 192.0.2.7"), "192.0.2.7:5000");
    assert_eq!(rtcp("m=audio 4000 RTP/AVP 8|a=rtcp:0"), "192.0.2.1:4001");
    assert_eq!(rtcp("m=audio 4000 RTP/AVP 8|a=rtcp:x"), "192.0.2.1:4001");
    assert_eq!(rtcp("m=audio 4000 RTP/AVP 8|a=rtcp:5000|a=rtcp-mux"), "192.0.2.1:4000");
    assert_eq!(rtcp("m=audio 65535 RTP/AVP 8"), "192.0.2.1:65535");
}

// RFC 3264 10.1: Alice offers audio and two videos, Bob takes audio and the second video. We are Bob, and take audio alone.
#[test]
fn rfc_3264_section_10_1_answered() {
    let offer = "v=0\r\no=alice 2890844526 2890844526 IN IP4 host.anywhere.com\r\ns=\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n\
        m=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\nm=video 51372 RTP/AVP 31\r\na=rtpmap:31 H261/90000\r\n\
        m=video 53000 RTP/AVP 32\r\na=rtpmap:32 MPV/90000\r\n";
    let remote = sdp::read(&parse(offer)).unwrap();
    assert_eq!((remote.session_id, remote.version), (2890844526, 2890844526));
    let text = sdp::answer(&local(Direction::SendRecv), &remote, &remote.audio.as_ref().unwrap().codecs[0], None);
    assert_eq!(
        text,
        "v=0\r\no=- 7 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n\
         a=ptime:20\r\na=sendrecv\r\nm=video 0 RTP/AVP 31\r\nm=video 0 RTP/AVP 32\r\n"
    );
}

// RFC 3264 10.1: later Bob moves his audio to port 65422 and adds a receive-only stream for keys.
#[test]
fn rfc_3264_section_10_1_modified() {
    let offer = "v=0\r\no=bob 2890844730 2890844731 IN IP4 host.example.com\r\ns=\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n\
        m=audio 65422 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\nm=video 0 RTP/AVP 31\r\nm=video 53000 RTP/AVP 32\r\na=rtpmap:32 MPV/90000\r\n\
        m=audio 51434 RTP/AVP 110\r\na=rtpmap:110 telephone-events/8000\r\na=recvonly\r\n";
    let remote = sdp::read(&parse(offer)).unwrap();
    assert_eq!(remote.version, 2890844731);
    assert_eq!(remote.audio.as_ref().unwrap().rtp.to_string(), "192.0.2.20:65422");
    assert_eq!(
        answered(&remote, Direction::SendRecv),
        "m=audio 20000 RTP/AVP 0 | a=rtpmap:0 PCMU/8000 | a=ptime:20 | a=sendrecv | m=video 0 RTP/AVP 31 | m=video 0 RTP/AVP 32 | \
         m=audio 0 RTP/AVP 110"
    );
}

// RFC 3264 10.2: three codecs offered, one chosen. We choose as the offerer orders them.
#[test]
fn rfc_3264_section_10_2() {
    check(
        "m=audio 62986 RTP/AVP 0 4 18|a=rtpmap:0 PCMU/8000|a=rtpmap:4 G723/8000|a=rtpmap:18 G729/8000",
        "m=audio 20000 RTP/AVP 0 | a=rtpmap:0 PCMU/8000 | a=ptime:20 | a=sendrecv",
    );
    check("m=audio 62986 RTP/AVP 0 4 18|a=sendonly", "m=audio 20000 RTP/AVP 0 | a=rtpmap:0 PCMU/8000 | a=ptime:20 | a=recvonly");
}

#[test]
fn the_bodies_of_rfc_5118_are_read() {
    let table = [
        // 4.7: an IPv6 address in SDP.
        (
            "v=0\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\ns=Live video feed for today's meeting\nc=IN IP6 2001:db8::20\n\
             t=3338481189 3370017201\nm=audio 6000 RTP/AVP 2\na=rtpmap:2 G726-32/8000\nm=video 6024 RTP/AVP 107\na=rtpmap:107 H263-1998/90000\n",
            "[2001:db8::20]:6000",
        ),
        // 4.9: two families in one description.
        (
            "v=0\no=bob 280744730 28977631 IN IP4 host.example.com\ns=\nt=0 0\nm=audio 22334 RTP/AVP 0\nc=IN IP4 192.0.2.1\n\
             m=video 6024 RTP/AVP 107\nc=IN IP6 2001:db8::1\na=rtpmap:107 H263-1998/90000\n",
            "192.0.2.1:22334",
        ),
        // 4.10: an IPv4 address in the clothes of IPv6.
        (
            "v=0\no=assistant 971731711378798081 0 IN IP6 ::ffff:192.0.2.2\ns=Call me soon, please!\nc=IN IP6 ::ffff:192.0.2.2\n\
             t=3338481189 3370017201\nm=audio 6000 RTP/AVP 2\na=rtpmap:2 G726-32/8000\nm=video 6024 RTP/AVP 107\na=rtpmap:107 H263-1998/90000\n",
            "192.0.2.2:6000",
        ),
    ];
    for (text, rtp) in table {
        assert_eq!(sdp::read(&parse(text)).unwrap().audio.unwrap().rtp.to_string(), rtp);
    }
}

#[test]
fn our_offer_is_what_a_phone_expects() {
    let text = Offer::new(&[Codec::Pcma, Codec::Opus, Codec::G729, Codec::Pcma]).write(&local(Direction::SendRecv));
    assert_eq!(
        text,
        "v=0\r\no=- 7 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8 96 18 101 102\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtpmap:102 telephone-event/48000\r\na=fmtp:102 0-15\r\na=ptime:20\r\n\
         a=sendrecv\r\n"
    );
    let v6 = Local { address: "2001:db8::1".parse().unwrap(), ..local(Direction::SendOnly) };
    let text = Offer::new(&[Codec::Pcmu]).write(&v6);
    assert!(text.contains("o=- 7 1 IN IP6 2001:db8::1\r\n") && text.contains("c=IN IP6 2001:db8::1\r\n"), "{text}");
    assert!(text.contains("m=audio 20000 RTP/AVP 0 101\r\n") && text.ends_with("a=sendonly\r\n"), "{text}");
}

#[test]
fn an_answer_is_read_against_the_offer() {
    let offer = Offer::new(&[Codec::Pcma, Codec::Opus]);
    let accept = |rest: &str| offer.accept(&parse(&body(rest)));
    let plain = accept("m=audio 4000 RTP/AVP 8 101").unwrap();
    assert_eq!((plain.codec.codec, plain.codec.send, plain.codec.receive), (Codec::Pcma, 8, 8));
    // 101 has no rtpmap in this answer; it means what we offered.
    assert_eq!(plain.telephone_event, Some(AgreedEvent { clock_hz: 8000, send: 101, receive: 101 }));

    let renumbered = "m=audio 4000 RTP/AVP 120 121|a=rtpmap:120 opus/48000/2|a=rtpmap:121 telephone-event/48000";
    let renumbered = accept(renumbered).unwrap();
    assert_eq!((renumbered.codec.codec, renumbered.codec.send, renumbered.codec.receive), (Codec::Opus, 120, 96));
    assert_eq!(renumbered.telephone_event, Some(AgreedEvent { clock_hz: 48_000, send: 121, receive: 102 }));

    // PCMU was not offered: the codec in use is the first that was.
    let eager = accept("m=audio 4000 RTP/AVP 0 8").unwrap();
    assert_eq!((eager.codec.codec, eager.audio.codecs.len(), eager.telephone_event), (Codec::Pcma, 1, None));

    // rtcp-mux was not offered either.
    let muxed = accept("m=audio 4000 RTP/AVP 8|a=rtcp-mux").unwrap();
    assert_eq!((muxed.audio.rtcp_mux, muxed.audio.rtcp.port()), (false, 4001));

    assert_eq!(accept("m=audio 0 RTP/AVP 8").unwrap_err(), Unusable::Refused);
    assert_eq!(accept("m=video 4000 RTP/AVP 8").unwrap_err(), Unusable::Refused);
    assert_eq!(accept("m=audio 4000 RTP/AVP 0").unwrap_err(), Unusable::NoCommon);
    assert_eq!(accept("m=audio 4000 RTP/SAVP 8").unwrap_err(), Unusable::Protocol);
}

#[test]
fn a_later_offer_keeps_lines_and_payload_types() {
    let offer = "m=video 4002 RTP/AVP 97|a=rtpmap:97 H264/90000|m=audio 4000 RTP/AVP 110 8 96 102|a=rtpmap:110 opus/48000/2|\
        a=rtpmap:96 telephone-event/8000|a=rtpmap:102 SILK/16000";
    let remote = read(offer).unwrap();
    let again = Offer::again(&remote, &[Codec::G726, Codec::Opus, Codec::Pcmu]);
    let text = again.write(&local(Direction::SendRecv));
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("m=") || line.starts_with("a=rtpmap")).collect();
    assert_eq!(
        lines,
        [
            "m=video 0 RTP/AVP 97",
            // 102 is taken by SILK, so the keys of Opus get the next free number.
            "m=audio 20000 RTP/AVP 97 110 0 96 98",
            "a=rtpmap:97 G726-32/8000",
            "a=rtpmap:110 opus/48000/2",
            "a=rtpmap:0 PCMU/8000",
            "a=rtpmap:96 telephone-event/8000",
            "a=rtpmap:98 telephone-event/48000",
        ]
    );
    let answer = again.accept(&parse(&body("m=video 0 RTP/AVP 97|m=audio 4000 RTP/AVP 0 96"))).unwrap();
    assert_eq!((answer.codec.codec, answer.audio.line, answer.remote.lines.len()), (Codec::Pcmu, 1, 2));

    let fax = read("m=image 4000 udptl t38").unwrap();
    let text = Offer::again(&fax, &[Codec::Pcma]).write(&local(Direction::SendRecv));
    assert!(text.contains("m=image 0 udptl t38\r\nm=audio 20000 RTP/AVP 8 101\r\n"), "{text}");
}

// Two of us talk: whatever one offers, the other's answer is accepted and both agree on codec, payload types and direction.
#[test]
fn offer_and_answer_agree_with_each_other() {
    let mut dice = Dice::from_number(11);
    let pick = |dice: &mut Dice| -> Vec<Codec> {
        let mut codecs: Vec<Codec> = Codec::ALL.into_iter().filter(|_| dice.chance(1, 2)).collect();
        let turn = dice.below(codecs.len() as u32) as usize;
        codecs.rotate_left(turn);
        codecs
    };
    for round in 0..2_000 {
        let (offered, allowed, passing) = (pick(&mut dice), pick(&mut dice), pick(&mut dice));
        let wish = Direction::ALL[dice.below(4) as usize];
        let offer = Offer::new(&offered);
        let read = sdp::read(&parse(&offer.write(&local(wish))));
        if offered.is_empty() {
            assert_eq!(read, Err(Unusable::NoCommon));
            continue;
        }
        let remote = read.unwrap();
        let audio = remote.audio.as_ref().unwrap();
        assert_eq!(audio.codecs, offer.codecs, "round {round}");
        let Some(chosen) = sdp::choose(audio, &allowed, &passing) else {
            assert!(!offered.iter().any(|codec| allowed.contains(codec)), "round {round}");
            continue;
        };
        let event: Option<TelephoneEvent> = audio.telephone_event_for(chosen.codec);
        let text = sdp::answer(&local(Direction::SendRecv), &remote, chosen, event);
        let answered = offer.accept(&parse(&text)).unwrap();
        assert_eq!(answered.codec, chosen.into(), "round {round}");
        assert_eq!(answered.telephone_event, event.map(AgreedEvent::from), "round {round}");
        assert_eq!(answered.audio.direction, wish.reversed(), "round {round}");
        assert_eq!(event.map(|event| event.clock_hz), Some(chosen.codec.clock_hz()), "round {round}");
    }
}

#[test]
fn bytes_from_anywhere_never_panic() {
    let mut dice = Dice::from_number(3);
    let words: [&[u8]; 22] = [
        b"v=0",
        b"\r\n",
        b"\n",
        b"m=audio ",
        b"m=",
        b" RTP/AVP",
        b"c=IN IP4 ",
        b"c=IN IP6 ",
        b"0.0.0.0",
        b"::1",
        b"192.0.2.1",
        b"/",
        b" 8",
        b" 101",
        b"a=rtpmap:",
        b"a=rtcp:",
        b"telephone-event/",
        b"opus/48000/2",
        b"a=rtcp-mux",
        b"65535",
        b"\xff\x00",
        b" ",
    ];
    let (mut parsed, mut usable) = (0, 0);
    let offer = Offer::new(&OURS);
    for _ in 0..50_000 {
        let mut bytes = b"v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 8\r\n".to_vec();
        for _ in 0..dice.below(40) {
            bytes.extend_from_slice(words[dice.below(words.len() as u32) as usize]);
        }
        let Ok(description) = Description::parse(&bytes) else { continue };
        parsed += 1;
        drop(offer.accept(&description));
        let Ok(remote) = sdp::read(&description) else { continue };
        usable += 1;
        parse(&Offer::again(&remote, &OURS).write(&local(Direction::SendRecv)));
        if remote.audio.is_some() {
            answered(&remote, Direction::SendRecv);
        }
    }
    assert!(parsed > 1_000 && usable > 1_000, "{parsed} parsed, {usable} usable");
}
