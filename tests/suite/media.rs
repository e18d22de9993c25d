//! The relay as a party sees it: who hears whom, from where, under which numbers, and what control is told.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use trillo::base::id::FlowId;
use trillo::base::limits::MEDIA_SILENCE_MAX;
use trillo::base::{Codec, Dice, Instant, SlabKey};
use trillo::media::order::{Aim, Join, Open, Order, PayloadKind, PayloadRoute, Play, Press, Remote, Tone};
use trillo::media::{Component, PACKET_BYTES, Relay, Report, Verdict};
use trillo::rtp::{Header, TelephoneEvent, rtcp};

const ANNA: &str = "192.0.2.1:4000";
const BRUNO: &str = "192.0.2.2:5000";

fn at(millis: u64) -> Instant {
    Instant::from_micros(millis * 1000)
}

fn flow(index: u32) -> FlowId {
    FlowId::new(index, 0)
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn open(index: u32) -> Order {
    let local = "127.0.0.1".parse().expect("an address");
    let port = 10_000 + 2 * index as u16;
    Order::Open(Open { flow: flow(index), port, local, ssrc: 0x100 + index, first_sequence: 1000, first_timestamp: 50_000 })
}

fn fixed(index: u32, rtp: &str) -> Order {
    let rtp = address(rtp);
    let rtcp = SocketAddr::new(rtp.ip(), rtp.port() + 1);
    Order::Aim(Aim { flow: flow(index), remote: Remote::Fixed { rtp, rtcp }, send: true })
}

fn latch(index: u32) -> Order {
    Order::Aim(Aim { flow: flow(index), remote: Remote::Latch, send: true })
}

fn route(from: u8, to: u8, kind: PayloadKind) -> PayloadRoute {
    PayloadRoute { from, to, kind, clock_hz: 8000 }
}

/// Anna's PCMA is 8 and her events 101; Bruno's events are 96.
fn join(a: u32, b: u32) -> Order {
    Order::Join(Join {
        a: flow(a),
        b: flow(b),
        a_to_b: vec![route(8, 8, PayloadKind::Audio), route(101, 96, PayloadKind::TelephoneEvent)],
        b_to_a: vec![route(8, 8, PayloadKind::Audio), route(96, 101, PayloadKind::TelephoneEvent)],
        a_codes: Some(101),
        b_codes: None,
    })
}

fn rtp(payload_type: u8, ssrc: u32, sequence: u16, timestamp: u32) -> Vec<u8> {
    let mut packet = vec![0xd5; 172];
    packet[0] = 0x80;
    let header = Header { marker: false, payload_type, sequence, timestamp, ssrc, payload_start: 12, payload_end: 172 };
    header.write(&mut packet);
    packet
}

/// A relay with Anna on flow 0, Bruno on flow 1, both behind no NAT, hearing each other.
fn two_parties() -> Relay {
    let mut relay = Relay::new([10_000, 10_002, 10_004]);
    for order in [open(0), open(1), fixed(0, ANNA), fixed(1, BRUNO), join(0, 1)] {
        relay.handle(at(0), order);
    }
    relay
}

/// Sends a packet and returns via which flow and to whom it goes on, with its header.
fn say(relay: &mut Relay, millis: u64, from: u32, source: &str, mut packet: Vec<u8>) -> Option<(FlowId, SocketAddr, Header)> {
    match relay.receive(at(millis), flow(from), Component::Rtp, address(source), &mut packet) {
        Verdict::Send { via, component: Component::Rtp, to, length } => {
            Some((via, to, Header::read(&packet[..length]).expect("we send RTP")))
        }
        Verdict::Send { component: Component::Rtcp, .. } => panic!("RTP leaves through the RTP port"),
        Verdict::Drop => None,
    }
}

fn reports(relay: &mut Relay) -> Vec<Report> {
    std::iter::from_fn(|| relay.poll_report()).collect()
}

#[test]
fn each_party_hears_the_other_under_our_numbers_and_its_own_payload_types() {
    let mut relay = two_parties();
    let (via, to, header) = say(&mut relay, 0, 0, ANNA, rtp(8, 7, 5, 9)).expect("relayed");
    assert_eq!((via, to), (flow(1), address(BRUNO)));
    assert_eq!((header.payload_type, header.ssrc, header.sequence, header.timestamp), (8, 0x101, 1000, 50_000));
    let (_, _, event) = say(&mut relay, 20, 0, ANNA, rtp(101, 7, 6, 169)).expect("relayed");
    assert_eq!((event.payload_type, event.sequence, event.timestamp), (96, 1001, 50_160));
    let (via, to, back) = say(&mut relay, 20, 1, BRUNO, rtp(96, 8, 1, 1)).expect("relayed");
    assert_eq!((via, to, back.payload_type, back.ssrc), (flow(0), address(ANNA), 101, 0x100));
    assert!(say(&mut relay, 40, 0, ANNA, rtp(0, 7, 7, 329)).is_none(), "PCMU was not agreed on");
}

#[test]
fn a_stranger_is_not_heard() {
    let mut relay = two_parties();
    assert!(say(&mut relay, 0, 0, "192.0.2.66:4000", rtp(8, 7, 5, 9)).is_none());
    assert!(say(&mut relay, 0, 0, "192.0.2.1:4002", rtp(8, 7, 5, 9)).is_some(), "another port of the same phone");
}

#[test]
fn a_phone_behind_nat_is_heard_from_where_it_shows_up_and_answered_there() {
    let mut relay = two_parties();
    for order in [open(2), latch(2), join(2, 1)] {
        relay.handle(at(0), order);
    }
    assert!(say(&mut relay, 0, 1, BRUNO, rtp(8, 1, 1, 1)).is_none(), "nobody knows yet where the phone is");
    assert!(say(&mut relay, 1, 2, "198.51.100.7:61000", rtp(8, 2, 1, 1)).is_some());
    let (_, to, header) = say(&mut relay, 20, 1, BRUNO, rtp(8, 1, 2, 161)).expect("relayed");
    assert_eq!((to, header.sequence), (address("198.51.100.7:61000"), 1000));
    assert!(say(&mut relay, 30, 2, "198.51.100.8:61000", rtp(8, 3, 1, 1)).is_none(), "the first keeps");
}

#[test]
fn held_music_is_not_sent_to_who_does_not_want_it_and_leaves_no_gap() {
    let mut relay = two_parties();
    say(&mut relay, 0, 0, ANNA, rtp(8, 7, 5, 0)).expect("relayed");
    relay
        .handle(at(1), Order::Aim(Aim { flow: flow(1), remote: Remote::Fixed { rtp: address(BRUNO), rtcp: address(BRUNO) }, send: false }));
    for packet in 1..5000u32 {
        assert!(say(&mut relay, u64::from(packet) * 20, 0, ANNA, rtp(8, 7, 5 + packet as u16, packet * 160)).is_none());
    }
    relay.handle(at(100_000), fixed(1, BRUNO));
    let (_, _, header) = say(&mut relay, 100_000, 0, ANNA, rtp(8, 7, 5005, 5000 * 160)).expect("relayed");
    assert_eq!((header.sequence, header.timestamp, header.marker), (1001, 50_000 + 5000 * 160, true));
}

/// What the box itself has to say at that moment, and to whom.
fn spoken(relay: &mut Relay, millis: u64) -> Vec<(SocketAddr, Header)> {
    relay.handle_timeout(at(millis));
    let mut packet = [0; PACKET_BYTES];
    let mut said = Vec::new();
    while let Some(Verdict::Send { to, length, .. }) = relay.poll_packet(at(millis), &mut packet) {
        said.push((to, Header::read(&packet[..length]).expect("we send RTP")));
    }
    said
}

#[test]
fn a_tone_in_talk_is_heard_alone_and_in_the_same_stream() {
    // Anna is told something while Bruno talks on: she hears it from the first to the last packet, then him; he hears her all the time.
    let mut relay = two_parties();
    say(&mut relay, 0, 1, BRUNO, rtp(8, 9, 1, 0)).expect("relayed");
    relay.handle(at(10), Order::Play(Play { flow: flow(0), tone: Tone::Count(1), codec: Codec::Pcma, payload_type: 8 }));
    let mut numbers = vec![1000];
    for packet in 1..=35u32 {
        let millis = 10 + u64::from(packet - 1) * 20;
        numbers.extend(spoken(&mut relay, millis).iter().map(|(to, header)| {
            assert_eq!(*to, address(ANNA));
            header.sequence
        }));
        assert!(say(&mut relay, millis, 1, BRUNO, rtp(8, 9, 1 + packet as u16, packet * 160)).is_none(), "{packet}");
        assert!(say(&mut relay, millis, 0, ANNA, rtp(8, 7, packet as u16, packet * 160)).is_some());
    }
    spoken(&mut relay, 710);
    assert_eq!(reports(&mut relay), [Report::PlayEnded { flow: flow(0) }]);
    let (_, _, header) = say(&mut relay, 720, 1, BRUNO, rtp(8, 9, 37, 36 * 160)).expect("relayed again");
    numbers.push(header.sequence);
    assert_eq!(numbers, (1000..1037).collect::<Vec<u16>>(), "without a gap");
}

/// A packet about a key of Anna's, with its RTP time.
fn key(event: u8, sequence: u16, timestamp: u32) -> Vec<u8> {
    let mut packet = rtp(101, 7, sequence, timestamp);
    packet[12] = event;
    packet
}

#[test]
fn keys_that_may_be_a_code_are_held_back() {
    // Anna presses 5, which Bruno gets; # and 4, which he does not get; then 5 again, once control has let keys pass.
    let mut relay = two_parties();
    let (star, hash) = (10, 11);
    let mut sequence = 0;
    let mut press = |relay: &mut Relay, event: u8, at: u32| -> Vec<bool> {
        let packets = (0..3).map(|_| {
            sequence += 1;
            say(relay, u64::from(at), 0, ANNA, key(event, sequence, at * 8)).is_some()
        });
        packets.collect()
    };
    assert_eq!((press(&mut relay, 5, 100), reports(&mut relay)), (vec![true; 3], vec![]));
    let told = |digit| vec![Report::Digit { flow: flow(0), digit }];
    assert_eq!((press(&mut relay, hash, 200), reports(&mut relay)), (vec![false; 3], told('#')));
    assert_eq!((press(&mut relay, 4, 300), reports(&mut relay)), (vec![false; 3], told('4')));
    relay.handle(at(310), Order::PassKeys { flow: flow(0) });
    assert_eq!(press(&mut relay, 4, 300), [false; 3], "what was begun is held to its end");
    assert_eq!((press(&mut relay, 5, 400), reports(&mut relay)), (vec![true; 3], vec![]));
    assert_eq!((press(&mut relay, star, 500), reports(&mut relay)), (vec![false; 3], told('*')));
    let (_, _, header) = say(&mut relay, 600, 0, ANNA, rtp(8, 7, sequence + 20, 4800)).expect("relayed");
    assert_eq!(header.sequence, 1006, "six packets were sent, and there is no hole");
}

#[test]
fn keys_that_were_no_code_are_pressed_for_the_other_side() {
    let mut relay = two_parties();
    say(&mut relay, 0, 0, ANNA, rtp(8, 7, 1, 0)).expect("relayed");
    relay.handle(at(20), Order::Press(Press { flow: flow(1), keys: "#5".to_owned(), payload_type: 96, clock_hz: 8000 }));
    let mut sent = Vec::new();
    for packet in 0..17 {
        relay.handle_timeout(at(20 + packet * 20));
        let mut bytes = [0; PACKET_BYTES];
        while let Some(Verdict::Send { to, length, .. }) = relay.poll_packet(at(20 + packet * 20), &mut bytes) {
            let header = Header::read(&bytes[..length]).expect("we send RTP");
            let event = TelephoneEvent::read(header.payload(&bytes[..length])).expect("an event");
            assert_eq!((to, header.payload_type, header.sequence), (address(BRUNO), 96, 1001 + sent.len() as u16));
            sent.push((event.digit().expect("a key"), header.timestamp - 50_000, event.duration, event.is_end, header.marker));
        }
    }
    let pressed = |key: char, at: u32| {
        let running = (1..=5u16).map(move |step| (key, at, step * 160, false, step == 1));
        running.chain((0..3).map(move |_| (key, at, 800, true, false)))
    };
    assert_eq!(sent, pressed('#', 160).chain(pressed('5', 160 + 1280)).collect::<Vec<_>>());
    assert_eq!(reports(&mut relay), [], "it was nothing that control waits for");
    assert!(say(&mut relay, 400, 0, ANNA, rtp(8, 7, 20, 3200)).is_some());
}

#[test]
fn what_is_endless_ends_when_somebody_talks() {
    let mut relay = two_parties();
    relay.handle(at(0), Order::Part { flow: flow(0) });
    relay.handle(at(0), Order::Play(Play { flow: flow(0), tone: Tone::Waiting, codec: Codec::Pcmu, payload_type: 0 }));
    for packet in 0..1000 {
        assert_eq!(spoken(&mut relay, packet * 20).len(), 1, "{packet}");
    }
    relay.handle(at(20_000), join(0, 1));
    assert_eq!((spoken(&mut relay, 20_020).len(), reports(&mut relay)), (0, vec![]));
    assert!(say(&mut relay, 20_030, 1, BRUNO, rtp(8, 9, 1, 0)).is_some());
}

#[test]
fn a_transfer_goes_on_in_the_same_stream() {
    let mut relay = two_parties();
    say(&mut relay, 0, 0, ANNA, rtp(8, 7, 5, 0)).expect("relayed");
    for order in [open(2), fixed(2, "192.0.2.3:6000"), join(2, 1)] {
        relay.handle(at(10), order);
    }
    assert!(say(&mut relay, 20, 0, ANNA, rtp(8, 7, 6, 160)).is_none(), "Anna is out");
    let (_, to, header) = say(&mut relay, 500, 2, "192.0.2.3:6000", rtp(8, 0xffff, 60_000, 77)).expect("relayed");
    assert_eq!((to, header.ssrc, header.sequence, header.timestamp), (address(BRUNO), 0x101, 1001, 54_000));
}

#[test]
fn reports_about_a_stream_name_the_one_that_the_party_knows() {
    let mut relay = two_parties();
    say(&mut relay, 0, 0, ANNA, rtp(8, 7, 5, 100)).expect("relayed");
    say(&mut relay, 0, 1, BRUNO, rtp(8, 9, 300, 100)).expect("relayed");
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let mut report = words(&[0x81c8_000c, 7, 11, 22, 260, 1, 160, 0x100, 0, 1000, 0, 0, 0]);
    let verdict = relay.receive(at(5), flow(0), Component::Rtcp, address("192.0.2.1:4001"), &mut report);
    assert_eq!(verdict, Verdict::Send { via: flow(1), component: Component::Rtcp, to: address("192.0.2.2:5001"), length: 52 });
    assert!(rtcp::is_valid(&report));
    // Bruno hears about Anna as 0x101 and about himself as 9, whose packet 300 we sent as 1000.
    assert_eq!(report, words(&[0x81c8_000c, 0x101, 11, 22, 50_160, 1, 160, 9, 0, 300, 0, 0, 0]));
}

#[test]
fn rtcp_on_the_rtp_port_is_answered_on_the_rtp_port() {
    let mut relay = two_parties();
    let mut report = [0x80, 201, 0, 1, 0, 0, 0, 7];
    relay.receive(at(0), flow(1), Component::Rtp, address(BRUNO), &mut report);
    let mut report = [0x80, 201, 0, 1, 0, 0, 0, 8];
    let verdict = relay.receive(at(0), flow(0), Component::Rtcp, address("192.0.2.1:4001"), &mut report);
    assert_eq!(verdict, Verdict::Send { via: flow(1), component: Component::Rtp, to: address(BRUNO), length: 8 });
}

#[test]
fn what_the_relay_sends_to_itself_is_nobodys_voice() {
    // Both parties say that their media is at the other's port of the relay: a packet would go round and round.
    let mut relay = two_parties();
    relay.handle(at(0), fixed(0, "127.0.0.1:10002"));
    relay.handle(at(0), fixed(1, "127.0.0.1:10000"));
    assert!(say(&mut relay, 0, 0, "127.0.0.1:10002", rtp(8, 7, 5, 0)).is_none());
    let mut report = [0x80, 201, 0, 1, 0, 0, 0, 8];
    assert_eq!(relay.receive(at(0), flow(0), Component::Rtcp, address("127.0.0.1:10003"), &mut report), Verdict::Drop);
    say(&mut relay, 0, 0, "127.0.0.1:4000", rtp(8, 7, 5, 0)).expect("a phone on the same machine is relayed");
    for order in [open(2), latch(2), join(2, 1)] {
        relay.handle(at(10), order);
    }
    assert!(say(&mut relay, 10, 2, "127.0.0.1:10002", rtp(8, 7, 5, 0)).is_none());
    say(&mut relay, 20, 2, "192.0.2.3:6000", rtp(8, 8, 5, 0)).expect("it did not latch to our own port");
}

#[test]
fn silence_is_told_once_and_its_end_too() {
    let mut relay = two_parties();
    let silence = MEDIA_SILENCE_MAX.as_millis() as u64;
    say(&mut relay, 1000, 0, ANNA, rtp(8, 7, 5, 0)).expect("relayed");
    relay.handle_timeout(at(silence));
    assert_eq!(reports(&mut relay), [Report::Silent { flow: flow(1) }], "Anna spoke after one second");
    assert_eq!(relay.poll_timeout(), Some(at(silence + 1000)));
    relay.handle_timeout(at(silence + 1000));
    assert_eq!(reports(&mut relay), [Report::Silent { flow: flow(0) }]);
    assert_eq!(relay.poll_timeout(), None, "told once");
    say(&mut relay, 200_000, 0, ANNA, rtp(8, 7, 6, 0)).expect("relayed");
    assert_eq!(reports(&mut relay), [Report::Heard { flow: flow(0) }]);
    assert_eq!(relay.poll_timeout(), Some(at(200_000 + silence)));
}

#[test]
fn silence_counts_anew_when_talk_begins_or_goes_on_after_a_hold_and_not_when_it_is_told_again() {
    let mut relay = two_parties();
    let silence = MEDIA_SILENCE_MAX.as_millis() as u64;
    let heard = [Report::Heard { flow: flow(0) }, Report::Heard { flow: flow(1) }];
    let silent = [Report::Silent { flow: flow(0) }, Report::Silent { flow: flow(1) }];
    relay.handle(at(0), Order::Part { flow: flow(0) });
    relay.handle_timeout(at(silence));
    assert_eq!(reports(&mut relay), silent, "both rang for long");
    relay.handle(at(70_000), join(0, 1));
    assert_eq!(reports(&mut relay), heard);
    relay.handle(at(100_000), join(0, 1));
    assert_eq!(relay.poll_timeout(), Some(at(70_000 + silence)), "the same talk, told again");
    relay.handle_timeout(at(70_000 + silence));
    assert_eq!(reports(&mut relay), silent);
    let remote = Remote::Fixed { rtp: address(BRUNO), rtcp: address(BRUNO) };
    relay.handle(at(140_000), Order::Aim(Aim { flow: flow(1), remote, send: false }));
    assert_eq!(reports(&mut relay), [], "Bruno holds");
    relay.handle(at(200_000), fixed(1, BRUNO));
    assert_eq!(reports(&mut relay), [Report::Heard { flow: flow(1) }, Report::Heard { flow: flow(0) }]);
    assert_eq!(relay.poll_timeout(), Some(at(200_000 + silence)));
}

#[test]
fn a_closed_flow_tells_what_it_saw_and_its_port_can_be_used_again() {
    let mut relay = two_parties();
    for sequence in [5, 6, 9] {
        say(&mut relay, 0, 0, ANNA, rtp(8, 7, sequence, 0));
    }
    say(&mut relay, 0, 0, "203.0.113.1:1", rtp(8, 7, 10, 0));
    relay.handle(at(1), Order::Close { flow: flow(0) });
    let [Report::Closed { flow: closed, port: 10_000, quality }] = reports(&mut relay)[..] else { panic!("one report") };
    assert_eq!((closed, quality.packets_received, quality.packets_lost, quality.packets_refused), (flow(0), 3, 2, 1));
    relay.handle(at(2), Order::Close { flow: flow(0) });
    relay.handle(at(2), open(0));
    assert_eq!(reports(&mut relay), []);
    relay.handle(at(3), Order::Close { flow: flow(1) });
    let [Report::Closed { quality, .. }] = reports(&mut relay)[..] else { panic!("one report") };
    assert_eq!(quality.packets_sent, 3);
}

#[test]
fn a_port_that_is_taken_or_not_ours_does_not_open() {
    let mut relay = two_parties();
    let local = "127.0.0.1".parse().expect("an address");
    for (index, port) in [(5, 10_000), (6, 9_000)] {
        relay.handle(at(0), Order::Open(Open { flow: flow(index), port, local, ssrc: 1, first_sequence: 1, first_timestamp: 1 }));
        assert_eq!(reports(&mut relay), [Report::OpenFailed { flow: flow(index) }]);
    }
}

/// Orders and packets of any kind in any order: nothing panics, nothing is sent to whom nobody aimed at, every flow that opened closes once.
#[test]
fn any_orders_and_packets_leave_the_relay_whole() {
    for seed in 0..300 {
        let mut dice = Dice::from_number(seed);
        let mut relay = Relay::new((0..6).map(|pair| 10_000 + 2 * pair));
        let mut opened: BTreeMap<FlowId, i32> = BTreeMap::new();
        let mut now = 0;
        for _ in 0..2_000 {
            let pause = if dice.chance(1, 50) { 70_000 } else { 30 };
            now += u64::from(dice.below(pause));
            let id = FlowId::new(dice.below(8), dice.below(2));
            match dice.below(20) {
                0 => {
                    let (port, local) = (9_998 + 2 * dice.below(8) as u16, "::1".parse().expect("an address"));
                    let (ssrc, first_sequence, first_timestamp) = (dice.u32(), dice.u32() as u16, dice.u32());
                    relay.handle(at(now), Order::Open(Open { flow: id, port, local, ssrc, first_sequence, first_timestamp }));
                    if relay.poll_report().is_none() {
                        *opened.entry(id).or_default() += 1;
                    }
                }
                1 => relay.handle(at(now), Order::Aim(Aim { flow: id, remote: Remote::Latch, send: dice.chance(3, 4) })),
                2 => {
                    let remote = Remote::Fixed { rtp: address(ANNA), rtcp: address(ANNA) };
                    relay.handle(at(now), Order::Aim(Aim { flow: id, remote, send: dice.chance(3, 4) }));
                }
                3 => {
                    let routes = vec![route(dice.below(256) as u8, 8, PayloadKind::Audio), route(8, 0, PayloadKind::Audio)];
                    let b = FlowId::new(dice.below(8), dice.below(2));
                    relay.handle(
                        at(now),
                        Order::Join(Join { a: id, b, a_to_b: routes.clone(), b_to_a: routes, a_codes: None, b_codes: None }),
                    );
                }
                4 if dice.chance(1, 3) => relay.handle(at(now), Order::Part { flow: id }),
                5 => {
                    relay.handle(at(now), Order::Close { flow: id });
                    for report in reports(&mut relay) {
                        if let Report::Closed { flow, .. } = report {
                            *opened.get_mut(&flow).expect("was opened") -= 1;
                        }
                    }
                }
                6 => relay.handle_timeout(at(now)),
                _ => {
                    let mut packet: Vec<u8> = (0..dice.below(60)).map(|_| dice.u32() as u8).collect();
                    if packet.len() > 12 && dice.chance(9, 10) {
                        packet[0] = 0x80;
                        packet[1] = if dice.chance(1, 4) { 198 + dice.below(12) as u8 } else { 8 };
                        packet[8..12].copy_from_slice(&[0, 0, 0, dice.below(3) as u8]);
                    }
                    let component = if dice.chance(1, 3) { Component::Rtcp } else { Component::Rtp };
                    let source = [ANNA, BRUNO][dice.below(2) as usize];
                    let length = packet.len();
                    if let Verdict::Send { via, to, length: sent, .. } = relay.receive(at(now), id, component, address(source), &mut packet)
                    {
                        assert!(sent <= length && opened.get(&via) == Some(&1), "seed {seed}");
                        assert!([ANNA, BRUNO].map(address).contains(&to), "seed {seed}");
                    }
                }
            }
            while let Some(report) = relay.poll_report() {
                assert!(!matches!(report, Report::Closed { .. }), "seed {seed}: closed unasked");
            }
        }
        let open: Vec<FlowId> = opened.iter().filter(|(_, count)| **count == 1).map(|(id, _)| *id).collect();
        assert_eq!(relay.len(), open.len(), "seed {seed}");
        for id in open {
            relay.handle(at(now), Order::Close { flow: id });
            assert!(matches!(reports(&mut relay)[..], [Report::Closed { flow, .. }] if flow == id), "seed {seed}");
        }
        assert!(relay.is_empty() && relay.poll_timeout().is_none(), "seed {seed}");
        assert!(opened.values().all(|count| *count <= 1), "seed {seed}");
    }
}
