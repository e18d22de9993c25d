//! RTCP: checked, and rewritten in place so that each party sees our SSRC and hears about its own (RFC 3550 6, A.2; RFC 4585, RFC 3611).
//!
//! A compound packet of one party flows in, what the other party may see flows out in the same bytes, maybe shorter. NTP times stay, so
//! round trips are measured from phone to phone.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |V=2|P|  count  |  packet type  |   length in words, minus one  |
//! |                     SSRC of the packet's sender               |
//! |  SR 200: NTP (8), RTP time (4), packets (4), octets (4)       |
//! |  SR, RR 201: a block of 24 bytes for each of `count` sources: |
//! |      SSRC, fraction and lost, highest sequence, jitter, LSR.. |
//! ```

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const APPLICATION: u8 = 204;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;
const EXTENDED_REPORT: u8 = 207;

const HEAD_BYTES: usize = 4;
const BLOCK_BYTES: usize = 24;

/// How the stream that the sender of RTCP sends, and the one that it hears, look on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Our SSRC towards the party that gets the packet: the sender's stream as that party sees it.
    pub sender: u32,
    /// What is added to the RTP times of that stream.
    pub timestamp_offset: u32,
    /// What we sent of it so far; a sender report says that instead of the sender's own counts.
    pub packets: u32,
    pub octets: u32,
    /// Our SSRC towards the sender of this packet: the stream that its report blocks are about.
    pub heard: u32,
    /// That stream as the party that gets the packet knows it, if that party ever sent.
    pub heard_as: Option<Heard>,
}

/// A party's own stream, and how far our sequence numbers are ahead of its.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub ssrc: u32,
    pub sequence_offset: u16,
}

/// Whether these bytes are a compound packet: known types, versions right, lengths that add up (RFC 3550 A.2). The first need not be a
/// report (RFC 5506).
pub fn is_valid(compound: &[u8]) -> bool {
    let mut rest = compound;
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let Some(length) = packet_length(rest) else { return false };
        if !has_room_for_its_count(&rest[..length]) {
            return false;
        }
        rest = &rest[length..];
    }
    true
}

/// Rewrites a valid compound packet and returns its new length; 0 if nothing remains.
///
/// A BYE is cut out: our stream towards the other party goes on under the same SSRC whoever is heard in it. Types that we
/// don't know are cut out too, for they may hold an SSRC in places that we don't know either.
pub fn rewrite(compound: &mut [u8], with: &Rewrite) -> usize {
    let (mut at, mut kept) = (0, 0);
    while let Some(length) = compound.get(at..).and_then(packet_length) {
        let packet = &mut compound[at..at + length];
        if has_room_for_its_count(packet) && rewrite_one(packet, with) {
            compound.copy_within(at..at + length, kept);
            kept += length;
        }
        at += length;
    }
    kept
}

/// The SSRC that a compound packet comes from.
pub fn sender(compound: &[u8]) -> Option<u32> {
    compound.get(HEAD_BYTES..).and_then(|rest| rest.first_chunk()).map(|bytes| u32::from_be_bytes(*bytes))
}

/// Whether a sender report is inside, whose RTP time needs a known offset.
pub fn has_sender_report(compound: &[u8]) -> bool {
    compound.get(1) == Some(&SENDER_REPORT)
}

/// The length of the packet at the front, if it is whole and its first four bytes are right.
fn packet_length(rest: &[u8]) -> Option<usize> {
    let [first, kind, high, low] = *rest.first_chunk::<HEAD_BYTES>()?;
    let length = (usize::from(u16::from_be_bytes([high, low])) + 1) * 4;
    let padded = first & 0x20 != 0;
    let is_last = length == rest.len();
    // RFC 3550 6.4.1: only the last packet of a compound may be padded.
    let fits = length <= rest.len() && (!padded || is_last);
    (first >> 6 == 2 && (192..=223).contains(&kind) && fits).then_some(length)
}

/// Whether the fields that `rewrite_one` touches are inside the packet.
fn has_room_for_its_count(packet: &[u8]) -> bool {
    let count = usize::from(packet[0] & 0x1f);
    let needed = match packet[1] {
        SENDER_REPORT => 28 + count * BLOCK_BYTES,
        RECEIVER_REPORT => 8 + count * BLOCK_BYTES,
        SOURCE_DESCRIPTION => HEAD_BYTES + count * 8,
        GOODBYE => HEAD_BYTES + count * 4,
        APPLICATION | TRANSPORT_FEEDBACK | PAYLOAD_FEEDBACK => 12,
        EXTENDED_REPORT => 8,
        _ => HEAD_BYTES,
    };
    packet.len() >= needed
}

/// Rewrites one packet that has room; false if the other party should not see it.
fn rewrite_one(packet: &mut [u8], with: &Rewrite) -> bool {
    let count = usize::from(packet[0] & 0x1f);
    match packet[1] {
        SENDER_REPORT => {
            put(packet, 4, with.sender);
            put(packet, 16, take(packet, 16).wrapping_add(with.timestamp_offset));
            put(packet, 20, with.packets);
            put(packet, 24, with.octets);
            rewrite_blocks(&mut packet[28..], count, with);
        }
        RECEIVER_REPORT => {
            put(packet, 4, with.sender);
            rewrite_blocks(&mut packet[8..], count, with);
        }
        // One chunk is what a phone sends. Chunks of contributing sources would name streams that the other party never sees.
        SOURCE_DESCRIPTION if count == 1 => put(packet, 4, with.sender),
        APPLICATION | EXTENDED_REPORT => put(packet, 4, with.sender),
        TRANSPORT_FEEDBACK | PAYLOAD_FEEDBACK => {
            put(packet, 4, with.sender);
            match with.heard_as {
                Some(heard) if take(packet, 8) == with.heard => put(packet, 8, heard.ssrc),
                _ => return false,
            }
        }
        _ => return false,
    }
    true
}

/// Report blocks about our stream become blocks about the other party's own; others stay, they are about nothing that it sends.
fn rewrite_blocks(blocks: &mut [u8], count: usize, with: &Rewrite) {
    let Some(heard) = with.heard_as else { return };
    for block in blocks.chunks_exact_mut(BLOCK_BYTES).take(count) {
        if take(block, 0) == with.heard {
            put(block, 0, heard.ssrc);
            // The high half counts cycles of our numbers; near a wrap it may differ by one from the party's own count.
            let highest = take(block, 8);
            let low = (highest as u16).wrapping_sub(heard.sequence_offset);
            put(block, 8, highest & 0xffff_0000 | u32::from(low));
        }
    }
}

fn take(packet: &[u8], at: usize) -> u32 {
    packet.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

fn put(packet: &mut [u8], at: usize, value: u32) {
    if let Some(bytes) = packet.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
        *bytes = value.to_be_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Dice;

    const WITH: Rewrite = Rewrite {
        sender: 0x0a0a_0a0a,
        timestamp_offset: 1000,
        packets: 7,
        octets: 1120,
        heard: 0x0b0b_0b0b,
        heard_as: Some(Heard { ssrc: 0x0c0c_0c0c, sequence_offset: 10 }),
    };

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[track_caller]
    fn check(before: &[u32], after: &[u32]) {
        let mut bytes = words(before);
        assert!(is_valid(&bytes));
        let length = rewrite(&mut bytes, &WITH);
        assert_eq!(format!("{:08x?}", &bytes[..length]), format!("{:08x?}", words(after)));
    }

    #[test]
    fn a_sender_report_becomes_ours() {
        check(
            &[0x81c8_000c, 0x1111_1111, 1, 2, 500, 3, 480, 0x0b0b_0b0b, 0, 0x0001_0005, 9, 8, 7],
            &[0x81c8_000c, 0x0a0a_0a0a, 1, 2, 1500, 7, 1120, 0x0c0c_0c0c, 0, 0x0001_fffb, 9, 8, 7],
        );
    }

    #[test]
    fn a_receiver_report_and_a_name_become_ours_and_a_goodbye_goes() {
        check(
            &[0x80c9_0001, 0x1111_1111, 0x81ca_0002, 0x1111_1111, 0x0101_6100, 0x81cb_0001, 0x1111_1111],
            &[0x80c9_0001, 0x0a0a_0a0a, 0x81ca_0002, 0x0a0a_0a0a, 0x0101_6100],
        );
    }

    #[test]
    fn what_follows_a_goodbye_moves_up() {
        check(&[0x81cb_0001, 0x1111_1111, 0x80c9_0001, 0x1111_1111], &[0x80c9_0001, 0x0a0a_0a0a]);
    }

    #[test]
    fn feedback_names_the_stream_that_it_is_about() {
        check(&[0x81ce_0002, 0x1111_1111, 0x0b0b_0b0b], &[0x81ce_0002, 0x0a0a_0a0a, 0x0c0c_0c0c]);
        check(&[0x81ce_0002, 0x1111_1111, 0x0d0d_0d0d], &[]);
    }

    #[test]
    fn malformed_compounds_are_refused() {
        let check = |name: &str, bytes: &[u8]| assert!(!is_valid(bytes), "{name}");
        check("empty", &[]);
        check("short", &[0x80, 200, 0]);
        check("version 1", &words(&[0x40c9_0001, 1]));
        check("longer than the datagram", &words(&[0x80c9_0002, 1]));
        check("RTP", &words(&[0x8000_0001, 1]));
        check("more blocks than bytes", &words(&[0x82c9_0001, 1]));
        check("padding before the last", &words(&[0xa0c9_0001, 1, 0x80c9_0001, 1]));
        check("bytes left over", &[words(&[0x80c9_0001, 1]), vec![0, 0]].concat());
    }

    #[test]
    fn random_bytes_never_panic() {
        let mut dice = Dice::from_number(6);
        let mut valid = 0;
        for _ in 0..200_000 {
            let mut bytes: Vec<u8> = (0..dice.below(80)).map(|_| dice.u32() as u8).collect();
            // Half of them look right at the front, so that the inside is reached.
            if bytes.len() >= 4 && dice.chance(9, 10) {
                let words = bytes.len() / 4;
                bytes.truncate(words * 4);
                bytes[0] = 0x80 | bytes[0] & 0x3f;
                bytes[1] = 198 + bytes[1] % 12;
                bytes[2] = 0;
                bytes[3] = if dice.chance(1, 2) { words as u8 - 1 } else { bytes[3] % 20 };
            }
            let length = bytes.len();
            valid += u32::from(is_valid(&bytes));
            let kept = rewrite(&mut bytes, &WITH);
            assert!(kept <= length && kept.is_multiple_of(4));
            assert!(kept == 0 || is_valid(&bytes[..kept]) || bytes[0] & 0x20 != 0);
            let _ = (sender(&bytes), has_sender_report(&bytes));
        }
        assert!(valid > 1000, "only {valid} reached the inside");
    }
}
