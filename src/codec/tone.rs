//! Tones that tell a person something without words.

use std::f32::consts::TAU;

/// Samples in a second.
pub const RATE_HZ: u32 = 8_000;

/// A tone with its rhythm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It is done: two short notes, the second one higher.
    Confirm,
    /// It cannot be done: three short low notes.
    Refuse,
    /// Say something: digits are awaited.
    Prompt,
    /// So many short notes, ten at most: they are counted.
    Count(u8),
    /// Somebody waits and shall not think that nobody is there any more: two soft notes every five seconds, without end.
    Waiting,
    /// It rings at the other side, without end.
    Ringing,
}

/// A note, or a rest where the frequency is 0.
#[derive(Clone, Copy, Debug)]
struct Note {
    hz: u32,
    millis: u32,
}

const fn note(hz: u32, millis: u32) -> Note {
    Note { hz, millis }
}

/// At a quarter of full scale, about -12 dBm0.
const AMPLITUDE: f32 = 8_000.0;
/// A note swells and fades for so many samples, so that it does not click.
const SLOPE: u32 = 40;
/// More notes than these nobody counts.
const COUNT_MAX: u8 = 10;
/// A rest, and what [`Tone::Count`] plays so many of.
const COUNTED: &[Note; 1 + 2 * COUNT_MAX as usize] = &{
    let mut notes = [note(0, 300); 1 + 2 * COUNT_MAX as usize];
    let mut at = 1;
    while at < notes.len() {
        notes[at] = note(660, 120);
        notes[at + 1] = note(0, 280);
        at += 2;
    }
    notes
};

impl Tone {
    /// A short rest comes first: a phone that has just answered swallows what comes at once.
    const fn notes(self) -> &'static [Note] {
        match self {
            Tone::Confirm => const { &[note(0, 200), note(440, 200), note(0, 60), note(660, 300), note(0, 200)] },
            Tone::Refuse => {
                const { &[note(0, 200), note(330, 200), note(0, 100), note(330, 200), note(0, 100), note(330, 300), note(0, 200)] }
            }
            Tone::Prompt => const { &[note(0, 200), note(425, 600)] },
            Tone::Count(count) => {
                let notes = 2 * if count < COUNT_MAX { count } else { COUNT_MAX };
                COUNTED.split_at(1 + notes as usize).0
            }
            Tone::Waiting => const { &[note(0, 300), note(392, 250), note(0, 50), note(523, 350), note(0, 4050)] },
            Tone::Ringing => const { &[note(0, 200), note(425, 1000), note(0, 3800)] },
        }
    }

    /// It begins again until something else is to be heard.
    pub const fn is_endless(self) -> bool {
        matches!(self, Tone::Waiting | Tone::Ringing)
    }

    /// How long it lasts, in samples; of an endless one each time.
    pub fn len(self) -> u32 {
        self.notes().iter().map(|note| note.millis * (RATE_HZ / 1000)).sum()
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The sample at a place, silence behind the end.
    pub fn sample(self, at: u32) -> i16 {
        let mut begin = 0;
        for note in self.notes() {
            let length = note.millis * (RATE_HZ / 1000);
            if at < begin + length {
                let within = at - begin;
                let swell = within.min(length - 1 - within).min(SLOPE) as f32 / SLOPE as f32;
                // A whole number of periods a second, so the phase may be taken within the second.
                let phase = (within * note.hz % RATE_HZ) as f32 / RATE_HZ as f32;
                return ((phase * TAU).sin() * AMPLITUDE * swell) as i16;
            }
            begin += length;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How strong a frequency is in a piece of sound (Goertzel).
    fn power(samples: &[i16], hz: f32) -> f32 {
        let coefficient = 2.0 * (TAU * hz / RATE_HZ as f32).cos();
        let (mut one, mut two) = (0.0_f32, 0.0_f32);
        for sample in samples {
            (one, two) = (f32::from(*sample) + coefficient * one - two, one);
        }
        (one * one + two * two - coefficient * one * two) / (samples.len() as f32 * samples.len() as f32)
    }

    #[test]
    fn a_tone_has_its_notes_and_ends() {
        let samples: Vec<i16> = (0..Tone::Confirm.len()).map(|at| Tone::Confirm.sample(at)).collect();
        assert_eq!(samples.len(), 960 * 8);
        assert!(samples[..1600].iter().all(|sample| *sample == 0), "a rest");
        let (first, second) = (&samples[1600..3200], &samples[3680..6080]);
        assert!(power(first, 440.0) > 50.0 * power(first, 660.0));
        assert!(power(second, 660.0) > 50.0 * power(second, 440.0));
        assert_eq!(Tone::Confirm.sample(Tone::Confirm.len()), 0);
        assert!(!Tone::Refuse.is_empty());
    }

    #[test]
    fn notes_can_be_counted() {
        for (tone, notes) in [(Tone::Count(1), 1), (Tone::Count(7), 7), (Tone::Count(200), 10)] {
            let loud: Vec<bool> = (0..tone.len()).step_by(8).map(|at| (at..at + 80).any(|at| tone.sample(at).abs() > 4000)).collect();
            assert_eq!(loud.windows(2).filter(|pair| !pair[0] && pair[1]).count(), notes, "{tone:?}");
        }
    }

    #[test]
    fn what_is_endless_fills_whole_packets() {
        for tone in [Tone::Waiting, Tone::Ringing] {
            assert!(tone.is_endless() && tone.len() % (RATE_HZ / 50) == 0, "{tone:?}");
        }
    }
}
