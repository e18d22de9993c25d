//! Bytes that somebody uploaded, as a recording: in flows the file, out flows its name by what is in it, or why it cannot be played.

use std::borrow::Cow;
use std::io::Cursor;
use std::time::Duration;

use hound::{SampleFormat, WavReader};
use sha2::{Digest as _, Sha256};

use crate::base::limits::AUDIO_BYTES_MAX;
use crate::text::recording::Unfit;

/// A recording that can be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// SHA-256 of the bytes in hexadecimal: what [`Kind::Audio`](super::Kind::Audio) names as its file.
    pub file: String,
    pub duration: Duration,
}

const RATES: std::ops::RangeInclusive<u32> = 8_000..=48_000;

/// How other formats begin: for somebody who took the wrong file.
const OTHERS: &[(usize, &[u8], &str)] = &[
    (0, b"ID3", "MP3"),
    (0, b"\xff\xfb", "MP3"),
    (0, b"\xff\xf3", "MP3"),
    (0, b"OggS", "Ogg"),
    (0, b"fLaC", "FLAC"),
    (4, b"ftyp", "MP4 (AAC)"),
    (0, b"FORM", "AIFF"),
    (0, b"\x1aE\xdf\xa3", "WebM"),
];

/// The file with true sizes in its head. Who writes while recording (browsers, ffmpeg into a pipe) does not know them yet and leaves 0 or the
/// greatest number; the sound is then the rest of the file.
///
/// ```text
/// RIFF size WAVE | fmt  size .. block align .. | LIST size .. | data size sound
/// ```
pub fn with_sizes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some((sound_at, block)) = unsized_sound(bytes) else { return Cow::Borrowed(bytes) };
    // The last sample may be cut off.
    let sound = (bytes.len() - sound_at) / block * block;
    let mut whole = bytes[..sound_at + sound].to_vec();
    let size = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let (all, sound) = (size(whole.len() - CHUNK_HEAD_BYTES), size(sound));
    whole[4..8].copy_from_slice(&all);
    whole[sound_at - 4..sound_at].copy_from_slice(&sound);
    Cow::Owned(whole)
}

const CHUNK_HEAD_BYTES: usize = 8;

/// Where the sound begins whose size the head does not say, and how many bytes a sample of all channels has.
fn unsized_sound(bytes: &[u8]) -> Option<(usize, usize)> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return None;
    }
    let (all, mut at, mut block) = (number(4)?, 12, 0);
    loop {
        let (id, size, inside) = (bytes.get(at..at + 4)?, number(at + 4)?, at + CHUNK_HEAD_BYTES);
        match id {
            b"data" => {
                // Nothing in a file that says how long it is, is nothing.
                let is_open = all == 0 || all == u32::MAX || all as usize + CHUNK_HEAD_BYTES <= inside;
                let is_unknown = size == u32::MAX || size == 0 && is_open;
                return (is_unknown && block > 0 && bytes.len() > inside).then_some((inside, block));
            }
            b"fmt " => block = usize::from(u16::from_le_bytes(bytes.get(inside + 12..inside + 14)?.try_into().ok()?)),
            _ => {}
        }
        at = inside.checked_add(size as usize)?.checked_add(size as usize & 1)?;
    }
}

impl Recording {
    /// The cost of a look: every sample is read once, for the head may promise more than there is.
    pub fn read(bytes: &[u8]) -> Result<Recording, Unfit> {
        if bytes.len() > AUDIO_BYTES_MAX {
            return Err(Unfit::TooLong { bytes: bytes.len(), bytes_max: AUDIO_BYTES_MAX });
        }
        if !bytes.starts_with(b"RIFF") {
            let other = OTHERS.iter().find(|(at, mark, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(mark)));
            return Err(Unfit::NotWav(other.map(|(_, _, name)| *name)));
        }
        let reader = WavReader::new(Cursor::new(bytes)).map_err(|error| match error {
            hound::Error::Unsupported => Unfit::Compressed,
            hound::Error::IoError(_) => Unfit::CutOff,
            _ => Unfit::NotWav(None),
        })?;
        let spec = reader.spec();
        match (spec.sample_format, spec.bits_per_sample, spec.channels) {
            (SampleFormat::Float, ..) => return Err(Unfit::FloatingPoint),
            (_, bits, _) if bits != 8 && bits != 16 => return Err(Unfit::Bits(bits)),
            (_, _, channels) if channels != 1 && channels != 2 => return Err(Unfit::Channels(channels)),
            _ if !RATES.contains(&spec.sample_rate) => return Err(Unfit::Rate(spec.sample_rate)),
            _ => {}
        }
        let samples = reader.duration();
        if samples == 0 {
            return Err(Unfit::Empty);
        }
        if reader.into_samples::<i16>().any(|sample| sample.is_err()) {
            return Err(Unfit::CutOff);
        }
        let duration = Duration::from_micros(u64::from(samples) * 1_000_000 / u64::from(spec.sample_rate));
        let file = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Recording { file, duration })
    }
}

#[cfg(test)]
mod tests {
    use hound::{WavSpec, WavWriter};

    use super::*;

    const SPEC: WavSpec = WavSpec { channels: 1, sample_rate: 8_000, bits_per_sample: 16, sample_format: SampleFormat::Int };

    fn wav(spec: WavSpec, samples: usize) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut bytes, spec).expect("a head");
        for at in 0..samples * usize::from(spec.channels) {
            match spec.sample_format {
                SampleFormat::Int => writer.write_sample((at % 100) as i16).expect("a sample"),
                SampleFormat::Float => writer.write_sample(0.5_f32).expect("a sample"),
            }
        }
        writer.finalize().expect("whole");
        bytes.into_inner()
    }

    #[test]
    fn what_can_be_played_is_taken() {
        for (channels, bits, rate) in [(1, 8, 8_000), (2, 16, 48_000), (1, 16, 44_100), (2, 8, 11_025)] {
            let spec = WavSpec { channels, bits_per_sample: bits, sample_rate: rate, ..SPEC };
            let found = Recording::read(&wav(spec, rate as usize)).expect("good");
            assert_eq!((found.duration, found.file.len()), (Duration::from_secs(1), 64), "{spec:?}");
        }
    }

    #[test]
    fn all_else_is_named_as_what_it_is() {
        let good = wav(SPEC, 12_000);
        let check = |bytes: &[u8], expected| assert_eq!(Recording::read(bytes), Err(expected));
        check(b"", Unfit::NotWav(None));
        check(b"ID3 and so on", Unfit::NotWav(Some("MP3")));
        check(b"\0\0\0\x20ftypM4A ", Unfit::NotWav(Some("MP4 (AAC)")));
        check(b"RIFF\0\0\0\0AVI LIST", Unfit::NotWav(None));
        check(&wav(SPEC, 0), Unfit::Empty);
        check(&good[..good.len() - 1_001], Unfit::CutOff);
        check(&wav(WavSpec { channels: 3, ..SPEC }, 10), Unfit::Channels(3));
        check(&wav(WavSpec { sample_rate: 96_000, ..SPEC }, 10), Unfit::Rate(96_000));
        check(&wav(WavSpec { bits_per_sample: 24, ..SPEC }, 10), Unfit::Bits(24));
        check(&wav(WavSpec { bits_per_sample: 32, sample_format: SampleFormat::Float, ..SPEC }, 10), Unfit::FloatingPoint);
        let mut law = good.clone();
        // The format tag of A-law.
        law[20] = 6;
        check(&law, Unfit::Compressed);
        check(&vec![0; AUDIO_BYTES_MAX + 1], Unfit::TooLong { bytes: AUDIO_BYTES_MAX + 1, bytes_max: AUDIO_BYTES_MAX });
    }

    #[test]
    fn a_file_that_was_written_while_it_was_recorded_is_given_its_sizes() {
        let good = wav(SPEC, 12_000);
        let open = |all: u32, sound: u32| {
            let mut bytes = good.clone();
            bytes[4..8].copy_from_slice(&all.to_le_bytes());
            bytes[40..44].copy_from_slice(&sound.to_le_bytes());
            bytes
        };
        for (all, sound) in [(u32::MAX, u32::MAX), (0, 0), (0, u32::MAX), (36, 0), (u32::MAX, 0)] {
            assert_eq!(with_sizes(&open(all, sound)), good, "{all} {sound}");
            // What ffmpeg puts before the sound.
            let mut tagged = open(all, sound);
            tagged.splice(36..36, *b"LIST\x04\0\0\0abcd");
            let tagged = with_sizes(&tagged).into_owned();
            assert_eq!(Recording::read(&tagged).expect("good").duration, Duration::from_millis(1500));
        }
        let mut cut = open(u32::MAX, u32::MAX);
        cut.pop();
        assert_eq!(Recording::read(&with_sizes(&cut)).map(|found| found.duration), Ok(Duration::from_micros(1_499_875)));
        for whole in [&good[..], &wav(SPEC, 0), &good[..good.len() - 1_001], b"RIFF", b"RIFF\0\0\0\0WAVE", &good[..44]] {
            assert_eq!(with_sizes(whole), whole, "it says its sizes, or has no sound");
        }
    }

    #[test]
    fn a_file_that_is_cut_or_bent_anywhere_is_read_without_a_panic() {
        let good = wav(SPEC, 20);
        for at in 0..good.len() {
            assert!(Recording::read(&good[..at]).is_err(), "cut at {at}");
            for bits in [0x01, 0x80, 0xff] {
                let mut bent = good.clone();
                bent[at] ^= bits;
                drop(Recording::read(&with_sizes(&bent)));
            }
        }
    }
}
