//! A pcap file that Wireshark opens as SIP: each message in an IP and a UDP header made up for it, whatever it travelled over.
//!
//! ```text
//!   file    a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000065       LINKTYPE_RAW: packets begin with IP
//!   packet  seconds microseconds length length | IPv4 (20) or IPv6 (40) | UDP (8) | message
//! ```
//! TCP and WebSocket have no packets of their own here, and TLS would hide what we know in clear.

use std::net::{IpAddr, SocketAddr};

use super::ring::{Direction, Seen};

const LINKTYPE_RAW: u32 = 101;
const UDP: u8 = 17;
/// What an IP packet holds at most, less the largest headers.
const MESSAGE_BYTES_MAX: usize = 65_535 - 48;

pub fn pcap(seen: &[Seen]) -> Vec<u8> {
    let mut file = Vec::new();
    for field in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 65_535, LINKTYPE_RAW] {
        file.extend(u32::to_le_bytes(field));
    }
    for one in seen {
        let packet = packet(one);
        let (length, millis) = (packet.len() as u32, one.at.as_millis());
        let seconds = u32::try_from(millis.div_euclid(1000)).unwrap_or(0);
        for field in [seconds, millis.rem_euclid(1000) as u32 * 1000, length, length] {
            file.extend(u32::to_le_bytes(field));
        }
        file.extend(packet);
    }
    file
}

fn packet(seen: &Seen) -> Vec<u8> {
    let (from, to) = match seen.direction {
        Direction::In => (seen.remote, seen.local),
        Direction::Out => (seen.local, seen.remote),
    };
    let message = &seen.bytes[..seen.bytes.len().min(MESSAGE_BYTES_MAX)];
    let udp_length = (8 + message.len()) as u16;
    let mut packet = ip_header(from, to, udp_length);
    for field in [from.port(), to.port(), udp_length, 0] {
        packet.extend(field.to_be_bytes());
    }
    packet.extend_from_slice(message);
    packet
}

fn ip_header(from: SocketAddr, to: SocketAddr, payload: u16) -> Vec<u8> {
    let mut header = Vec::new();
    match (from.ip().to_canonical(), to.ip().to_canonical()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            header.extend([0x45, 0]);
            header.extend((20 + payload).to_be_bytes());
            header.extend([0, 0, 0x40, 0, 64, UDP, 0, 0]);
            header.extend(from.octets());
            header.extend(to.octets());
            let sum = header.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum::<u32>();
            let sum = (sum & 0xffff) + (sum >> 16);
            let sum = !((sum & 0xffff) + (sum >> 16)) as u16;
            header[10..12].copy_from_slice(&sum.to_be_bytes());
        }
        (from, to) => {
            let wide = |ip: IpAddr| match ip {
                IpAddr::V4(ip) => ip.to_ipv6_mapped(),
                IpAddr::V6(ip) => ip,
            };
            header.extend([0x60, 0, 0, 0]);
            header.extend(payload.to_be_bytes());
            header.extend([UDP, 64]);
            header.extend(wide(from).octets());
            header.extend(wide(to).octets());
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Transport, Wall};

    fn seen(direction: Direction, local: &str, remote: &str, text: &str) -> Seen {
        let address = |text: &str| text.parse().expect("an address");
        let (at, transport) = (Wall::from_millis(1_800_000_000_123), Transport::Tls);
        Seen { at, direction, transport, local: address(local), remote: address(remote), bytes: text.as_bytes().into() }
    }

    /// Reads a file as Wireshark does: source, destination and message of each packet.
    fn read(file: &[u8]) -> Vec<(String, String, String)> {
        let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"));
        assert_eq!((number(0), number(4), number(20)), (0xa1b2_c3d4, 0x0004_0002, 101));
        let (mut at, mut found) = (24, Vec::new());
        while at < file.len() {
            assert_eq!((number(at), number(at + 4)), (1_800_000_000, 123_000));
            let (kept, length) = (number(at + 8) as usize, number(at + 12) as usize);
            assert_eq!(kept, length);
            let packet = &file[at + 16..at + 16 + kept];
            let be = |bytes: &[u8]| u16::from_be_bytes([bytes[0], bytes[1]]);
            let (from, to, udp) = if packet[0] >> 4 == 4 {
                let sum: u32 = packet[..20].chunks(2).map(|pair| u32::from(be(pair))).sum();
                assert_eq!((sum & 0xffff) + (sum >> 16), 0xffff, "the header's checksum");
                assert_eq!((usize::from(be(&packet[2..])), packet[9]), (kept, UDP));
                let ip = |at: usize| IpAddr::from(<[u8; 4]>::try_from(&packet[at..at + 4]).expect("an address"));
                (ip(12), ip(16), &packet[20..])
            } else {
                assert_eq!((packet[0], usize::from(be(&packet[4..])), packet[6]), (0x60, kept - 40, UDP));
                let ip = |at: usize| IpAddr::from(<[u8; 16]>::try_from(&packet[at..at + 16]).expect("an address"));
                (ip(8), ip(24), &packet[40..])
            };
            assert_eq!(usize::from(be(&udp[4..])), udp.len());
            let place = |ip, at: usize| SocketAddr::new(ip, be(&udp[at..])).to_string();
            found.push((place(from, 0), place(to, 2), String::from_utf8(udp[8..].to_vec()).expect("text")));
            at += 16 + kept;
        }
        found
    }

    #[test]
    fn what_is_written_is_read_again() {
        let file = pcap(&[
            seen(Direction::In, "192.0.2.1:5060", "192.0.2.7:5062", "INVITE"),
            seen(Direction::Out, "[2001:db8::1]:5060", "[2001:db8::7]:5060", "SIP/2.0 200 OK"),
        ]);
        let expected = [("192.0.2.7:5062", "192.0.2.1:5060", "INVITE"), ("[2001:db8::1]:5060", "[2001:db8::7]:5060", "SIP/2.0 200 OK")];
        assert_eq!(read(&file), expected.map(|(from, to, text)| (from.to_owned(), to.to_owned(), text.to_owned())));
    }
}
