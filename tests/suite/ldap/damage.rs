//! Damaged bytes: whatever comes, the connection answers or ends, and others live on.

use trillo::ldap::{Output, Verdict};

use super::client::{self, Client, Search, octets};
use super::{books_of, everybody, office, phone};

/// Numbers that are the same in every run (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

fn messages() -> Vec<Vec<u8>> {
    let search =
        Search { filter: "(&(|(cn=an*)(sn=*b*o)(!(mobile>=3)))(cn~=x)(cn:rule:=x))", attributes: &["cn", "*", "+"], ..Search::default() };
    let page = octets(0x30, &[vec![2, 1, 5], octets(4, b"\0\0\0\x01")].concat());
    let control = octets(0x30, &[octets(4, b"1.2.840.113556.1.4.319"), vec![1, 1, 0xff], octets(4, &page)].concat());
    let requests = [
        client::bind_request(3, "uid=anna-desk,ou=people,dc=trillo", 0x80, b"secret"),
        client::search_request(&search),
        [client::search_request(&search), octets(0xa0, &control)].concat(),
        octets(
            0x6e,
            &[octets(4, b"uid=extension-1,ou=people,dc=trillo"), octets(0x30, &[octets(4, b"sn"), octets(4, b"Bo")].concat())].concat(),
        ),
        octets(0x50, &[1]),
        octets(0x77, &octets(0x80, b"1.3.6.1.4.1.1466.20037")),
        octets(0x4a, b"dc=trillo"),
    ];
    requests.iter().map(|request| octets(0x30, &[&[2, 1, 7], &request[..]].concat())).collect()
}

fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(6) {
            0 if !bytes.is_empty() => bytes[at] = chance.below(256) as u8,
            1 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
            2 => bytes.truncate(at),
            3 => bytes.insert(at, chance.below(256) as u8),
            4 if !bytes.is_empty() => drop(bytes.remove(at)),
            _ => {
                let part = bytes[at..(at + chance.below(20)).min(bytes.len())].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
}

#[test]
fn damaged_messages_end_their_own_connection_at_most() {
    const SEED: u64 = 2;
    let mut chance = Chance(SEED);
    let messages = messages();
    let books = books_of(office());
    let mut other = Client::bound(books.clone(), phone());
    let (mut ended, mut lived) = (0, 0);
    for round in 0..20_000 {
        let mut victim = Client::bound(books.clone(), phone());
        let mut bytes = Vec::new();
        for _ in 0..=chance.below(3) {
            bytes.extend(&messages[chance.below(messages.len())]);
        }
        damage(&mut bytes, &mut chance);
        let mut is_over = false;
        while !bytes.is_empty() {
            let piece: Vec<u8> = bytes.drain(..(1 + chance.below(60)).min(bytes.len())).collect();
            victim.connection.handle_bytes(&piece);
            // More steps than any of these messages has; a machine that never says None would hang here.
            for step in 0.. {
                assert!(step < 1_000, "round {round} of seed {SEED}");
                match victim.poll() {
                    None => break,
                    Some(Output::Send(sent)) => {
                        let mut rest = sent;
                        while let Some((message, others)) = client::take(&rest) {
                            client::operation(&message);
                            rest = others;
                        }
                        assert_eq!(rest, b"", "round {round} of seed {SEED}: only whole messages are sent");
                    }
                    Some(Output::Verify(_)) => drop(victim.connection.handle_verdict(Verdict::Wrong)),
                    Some(Output::Close) => {
                        assert!(!is_over, "round {round} of seed {SEED}: it ends once");
                        is_over = true;
                    }
                }
            }
        }
        *(if is_over { &mut ended } else { &mut lived }) += 1;
    }
    assert!(ended > 1_000 && lived > 1_000, "{ended} ended, {lived} lived on: the damage is worth the name");
    assert_eq!(other.search(&everybody()).found.len(), 5);
}

#[test]
fn what_is_no_ldap_ends_with_a_notice() {
    let requests: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x30\x80\x00\x00",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x00",
        // A message ID of zero, and one below.
        b"\x30\x05\x02\x01\x00\x42\x00",
        b"\x30\x05\x02\x01\xff\x42\x00",
        // A response is no request.
        b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00",
        // A search without its filter; a filter whose end lies outside.
        b"\x30\x16\x02\x01\x01\x63\x11\x04\x00\x0a\x01\x02\x0a\x01\x00\x02\x01\x00\x02\x01\x00\x01\x01\x00",
        b"\x30\x1c\x02\x01\x01\x63\x17\x04\x00\x0a\x01\x02\x0a\x01\x00\x02\x01\x00\x02\x01\x00\x01\x01\x00\x87\x7f\x63\x6e\x30\x00",
    ];
    for bytes in requests {
        let mut client = Client::bound(books_of(office()), phone());
        client.connection.handle_bytes(bytes);
        client.expect_notice();
    }
}
