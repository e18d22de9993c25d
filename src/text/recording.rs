//! Why bytes are no recording that can be played: what was found, and what would be right.

use super::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The name of another format, by how it begins; `None`: who knows.
    NotWav(Option<&'static str>),
    /// A WAV whose samples are compressed.
    Compressed,
    FloatingPoint,
    Bits(u16),
    Channels(u16),
    Rate(u32),
    TooLong {
        bytes: usize,
        bytes_max: usize,
    },
    /// The head promises more than there is.
    CutOff,
    Empty,
    /// No file was chosen.
    Absent,
    /// The box has no more room for recordings.
    NoRoom {
        bytes_max: u64,
    },
}

const MIB: f64 = 1024.0 * 1024.0;

impl Unfit {
    pub fn say(self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Italian => self.italian(),
        }
    }

    fn english(self) -> String {
        let found = match self {
            Unfit::Absent => return "choose a WAV file".to_owned(),
            Unfit::NoRoom { bytes_max } => {
                return format!("all recordings together may have {:.0} MiB; delete one first", bytes_max as f64 / MIB);
            }
            Unfit::TooLong { bytes, bytes_max } => {
                return format!("it has {:.1} MiB; a recording may have {:.0} MiB", bytes as f64 / MIB, bytes_max as f64 / MIB);
            }
            Unfit::NotWav(Some(format)) => format!("{format} was found"),
            Unfit::NotWav(None) => "no WAV was found".to_owned(),
            Unfit::Compressed => "a WAV with compressed sound was found".to_owned(),
            Unfit::FloatingPoint => "a WAV with floating-point samples was found".to_owned(),
            Unfit::Bits(bits) => format!("a WAV with {bits} bits was found"),
            Unfit::Channels(channels) => format!("a WAV with {channels} channels was found"),
            Unfit::Rate(rate) => format!("a WAV with {rate} Hz was found"),
            Unfit::CutOff => "a WAV that is cut off was found".to_owned(),
            Unfit::Empty => "a WAV without sound was found".to_owned(),
        };
        format!("{found}; it must be WAV, PCM with 8 or 16 bits, mono or stereo, 8,000 to 48,000 Hz")
    }

    fn italian(self) -> String {
        let found = match self {
            Unfit::Absent => return "occorre scegliere un file WAV".to_owned(),
            Unfit::NoRoom { bytes_max } => {
                return format!(
                    "tutte le registrazioni insieme possono avere {:.0} MiB; occorre prima eliminarne una",
                    bytes_max as f64 / MIB
                );
            }
            Unfit::TooLong { bytes, bytes_max } => {
                return format!("ha {:.1} MiB; una registrazione può avere {:.0} MiB", bytes as f64 / MIB, bytes_max as f64 / MIB);
            }
            Unfit::NotWav(Some(format)) => format!("trovato: {format}"),
            Unfit::NotWav(None) => "non è un WAV".to_owned(),
            Unfit::Compressed => "trovato: WAV con suono compresso".to_owned(),
            Unfit::FloatingPoint => "trovato: WAV con campioni in virgola mobile".to_owned(),
            Unfit::Bits(bits) => format!("trovato: WAV a {bits} bit"),
            Unfit::Channels(channels) => format!("trovato: WAV con {channels} canali"),
            Unfit::Rate(rate) => format!("trovato: WAV a {rate} Hz"),
            Unfit::CutOff => "trovato: WAV troncato".to_owned(),
            Unfit::Empty => "trovato: WAV senza suono".to_owned(),
        };
        format!("{found}; deve essere WAV, PCM a 8 o 16 bit, mono o stereo, da 8.000 a 48.000 Hz")
    }
}
