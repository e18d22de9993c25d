//! Digits as packets (RFC 4733 2.3).
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |     event     |E|R| volume    |          duration             |
//! ```

/// One report about an event. All packets of an event carry the RTP timestamp of its begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    pub event: u8,
    /// The event is over; such packets come three times (RFC 4733 2.5.1.4).
    pub is_end: bool,
    /// Power below 0 dBm0, in dB.
    pub volume: u8,
    /// Time since the begin, in units of the RTP clock.
    pub duration: u16,
}

/// RFC 4733 3.2, table 3.
const KEYS: &[u8; 16] = b"0123456789*#ABCD";

impl TelephoneEvent {
    pub const BYTES: usize = 4;

    /// Reads the payload's first event; nothing if it is too short. Redundant events behind it (RFC 2198 style) are not read.
    pub fn read(payload: &[u8]) -> Option<TelephoneEvent> {
        let [event, flags, high, low] = *payload.first_chunk::<{ Self::BYTES }>()?;
        Some(TelephoneEvent { event, is_end: flags & 0x80 != 0, volume: flags & 0x3f, duration: u16::from_be_bytes([high, low]) })
    }

    pub fn write(&self) -> [u8; Self::BYTES] {
        let [high, low] = self.duration.to_be_bytes();
        [self.event, u8::from(self.is_end) << 7 | self.volume & 0x3f, high, low]
    }

    /// The event of a key of a telephone.
    pub fn of_digit(digit: char) -> Option<u8> {
        KEYS.iter().position(|key| char::from(*key) == digit).map(|event| event as u8)
    }

    /// The key of a telephone that this event stands for (RFC 4733 3.2, table 3).
    pub fn digit(&self) -> Option<char> {
        KEYS.get(usize::from(self.event)).map(|key| char::from(*key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_and_written() {
        let wire = [11, 0x8a, 0x03, 0x20];
        let event = TelephoneEvent::read(&wire).expect("long enough");
        assert_eq!(event, TelephoneEvent { event: 11, is_end: true, volume: 10, duration: 800 });
        assert_eq!((event.digit(), event.write()), (Some('#'), wire));
        assert_eq!(TelephoneEvent::read(&wire[..3]), None);
        assert_eq!(TelephoneEvent { event: 16, ..event }.digit(), None, "a hook flash is no key");
    }

    #[test]
    fn every_key_has_its_event() {
        let keys: String = (0..16).filter_map(|event| TelephoneEvent { event, is_end: false, volume: 0, duration: 0 }.digit()).collect();
        assert_eq!(keys, "0123456789*#ABCD");
    }
}
