//! PCMA and PCMU (ITU-T G.711): one byte for each sample of 8,000 a second, fine where it is quiet and coarse where it is loud.

/// A-law. Even bits are inverted on the wire.
pub const fn pcma(sample: i16) -> u8 {
    // One's complement of what is negative, so that both halves are alike.
    let (sign, magnitude) = if sample < 0 { (0x00, !sample) } else { (0x80, sample) };
    // 13 bits: A-law has no more.
    let magnitude = magnitude >> 3;
    let segment = 12 - (magnitude as u16 | 0x1f).leading_zeros() as i16 - 1;
    let segment = if segment < 0 { 0 } else { segment };
    let mantissa = if segment < 2 { magnitude >> 1 } else { magnitude >> segment } & 0x0f;
    (sign | (segment as u8) << 4 | mantissa as u8) ^ 0x55
}

/// Mu-law. All bits are inverted on the wire.
pub const fn pcmu(sample: i16) -> u8 {
    const BIAS: i32 = 0x84;
    const CLIP: i32 = 32_635;
    let sign = if sample < 0 { 0x80 } else { 0x00 };
    let magnitude = (sample as i32).abs();
    let magnitude = if magnitude > CLIP { CLIP } else { magnitude } + BIAS;
    // The highest bit that is set is one of bits 7 to 14.
    let segment = 24 - magnitude.leading_zeros() as i32;
    let mantissa = (magnitude >> (segment + 3)) & 0x0f;
    !(sign | (segment << 4) as u8 | mantissa as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The inverse, straight out of the tables of the recommendation.
    fn from_pcma(byte: u8) -> i32 {
        let byte = byte ^ 0x55;
        let (segment, mantissa) = (i32::from(byte >> 4 & 7), i32::from(byte & 0x0f));
        let magnitude = if segment == 0 { mantissa * 16 + 8 } else { (mantissa * 16 + 264) << (segment - 1) };
        if byte & 0x80 == 0 { -magnitude } else { magnitude }
    }

    fn from_pcmu(byte: u8) -> i32 {
        let byte = !byte;
        let magnitude = ((i32::from(byte & 0x0f) * 8 + 0x84) << (byte >> 4 & 7)) - 0x84;
        if byte & 0x80 == 0 { magnitude } else { -magnitude }
    }

    #[test]
    fn every_sample_comes_back_as_the_nearest_step() {
        for sample in i16::MIN..=i16::MAX {
            let (a, u) = (from_pcma(pcma(sample)), from_pcmu(pcmu(sample)));
            // Half of a step: a 32nd of what is loud, and the smallest step where it is quiet.
            let loud = i32::from(sample).abs();
            assert!((a - i32::from(sample)).abs() <= (loud / 32).max(8) + 8, "PCMA {sample} {a}");
            assert!((u - i32::from(sample)).abs() <= (loud / 32).max(4) + 140.min(loud / 100 + 4), "PCMU {sample} {u}");
        }
    }

    #[test]
    fn well_known_values() {
        assert_eq!((pcma(0), pcmu(0)), (0xd5, 0xff), "silence");
        assert_eq!((pcma(i16::MAX), pcma(i16::MIN)), (0xaa, 0x2a));
        assert_eq!((pcmu(i16::MAX), pcmu(i16::MIN)), (0x80, 0x00));
    }
}
