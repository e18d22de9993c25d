//! The RTP header: read, and written again in place (RFC 3550 5.1).
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//! |                           timestamp                           |
//! |           synchronization source (SSRC) identifier            |
//! |    contributing sources, CC of them; extension, if X is set   |
//! ```

use rtp_rs::RtpReader;

/// The bytes that every RTP packet begins with.
pub const HEADER_BYTES_MIN: usize = 12;

/// What an RTP header says. CSRC list, extension and padding were checked against the packet's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    /// Where the payload lies: behind CSRCs and extension, before the padding.
    pub payload_start: usize,
    pub payload_end: usize,
}

impl Header {
    /// Reads a header; nothing if this is no RTP packet.
    pub fn read(packet: &[u8]) -> Option<Header> {
        let reader = RtpReader::new(packet).ok()?;
        let payload_start = reader.payload_offset();
        Some(Header {
            marker: reader.mark(),
            payload_type: reader.payload_type(),
            sequence: u16::from(reader.sequence_number()),
            timestamp: reader.timestamp(),
            ssrc: reader.ssrc(),
            payload_start,
            payload_end: packet.len() - usize::from(reader.padding().unwrap_or(0)),
        })
    }

    /// Writes marker, payload type, sequence, timestamp and SSRC over those of `packet`; all else stays.
    /// A packet without room for a header stays as it is.
    pub fn write(&self, packet: &mut [u8]) {
        let Some(fixed) = packet.first_chunk_mut::<HEADER_BYTES_MIN>() else { return };
        fixed[1] = u8::from(self.marker) << 7 | self.payload_type & 0x7f;
        fixed[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        fixed[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        fixed[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
    }

    /// The payload of the packet that this header was read from.
    pub fn payload<'a>(&self, packet: &'a [u8]) -> &'a [u8] {
        packet.get(self.payload_start..self.payload_end).unwrap_or(&[])
    }
}

/// Tells RTCP from RTP where both come to one port (RFC 5761 4): the second byte of RTCP is 192 to 223.
pub fn is_rtcp(packet: &[u8]) -> bool {
    matches!(packet, [_, 192..=223, ..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Dice;

    const PLAIN: [u8; 14] = [0x80, 0x80, 0x12, 0x34, 0, 0, 0, 160, 0xde, 0xad, 0xbe, 0xef, 0xd5, 0xd5];

    #[test]
    fn a_plain_packet_is_read_and_rewritten() {
        let mut packet = PLAIN;
        let header = Header::read(&packet).expect("valid");
        assert_eq!((header.marker, header.payload_type, header.sequence), (true, 0, 0x1234));
        assert_eq!((header.timestamp, header.ssrc), (160, 0xdead_beef));
        assert_eq!(header.payload(&packet), [0xd5, 0xd5]);
        let ours = Header { marker: false, payload_type: 8, sequence: 1, timestamp: 2, ssrc: 3, ..header };
        ours.write(&mut packet);
        assert_eq!(packet, [0x80, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xd5, 0xd5]);
        assert_eq!(Header::read(&packet), Some(ours));
    }

    #[test]
    fn sources_extension_and_padding_frame_the_payload() {
        let mut packet = vec![0xb1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];
        packet.extend([0, 0, 0, 9]); // one CSRC
        packet.extend([0xbe, 0xde, 0, 1, 1, 2, 3, 4]); // an extension of one word
        packet.extend([7, 7, 7, 0, 0, 3]); // payload and three bytes of padding
        let header = Header::read(&packet).expect("valid");
        assert_eq!(header.payload(&packet), [7, 7, 7]);
    }

    #[test]
    fn what_is_no_rtp_is_not_read() {
        let check = |name: &str, packet: &[u8]| assert_eq!(Header::read(packet), None, "{name}");
        check("empty", &[]);
        check("short", &PLAIN[..11]);
        check("version 1", &[0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        check("CSRCs missing", &[0x83, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        check("extension missing", &[0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        check("extension longer than the packet", &[0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
        check("padding of nothing", &[0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        check("padding of zero", &[0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        check("padding longer than the payload", &[0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    }

    #[test]
    fn rtcp_is_told_from_rtp() {
        assert!(is_rtcp(&[0x80, 200]) && is_rtcp(&[0x80, 192]) && is_rtcp(&[0x80, 223]));
        assert!(!is_rtcp(&[0x80, 0x80]) && !is_rtcp(&[0x80, 101]) && !is_rtcp(&[0x80, 224]) && !is_rtcp(&[0x80]));
    }

    #[test]
    fn random_bytes_never_panic() {
        let mut dice = Dice::from_number(3550);
        for _ in 0..200_000 {
            let mut packet = [0u8; 64];
            packet.iter_mut().for_each(|byte| *byte = dice.u32() as u8);
            packet[0] = packet[0] & 0x3f | 0x80;
            let length = dice.below(65) as usize;
            if let Some(header) = Header::read(&packet[..length]) {
                assert!(header.payload_start <= header.payload_end && header.payload_end <= length);
                header.write(&mut packet[..length]);
            }
        }
    }
}
