//! Why a setting was refused, in words.

use super::recording::Unfit;
use super::{Language, Phrase};

/// What is wrong with a value, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The setting has no default and no value was given.
    Missing,
    /// No setting, or no table of a file, has this name; perhaps `nearest` was meant.
    UnknownKey {
        nearest: Option<&'static str>,
    },
    /// The value is of another type; `expected` says which is right.
    WrongType {
        expected: Phrase,
    },
    TooLong {
        chars_max: usize,
    },
    /// A text with line breaks or other control characters.
    ControlCharacters,
    /// A text with a character that nobody sees and that changes in which order, or on which line, the others show.
    InvisibleOrder {
        character: char,
    },
    NotDigits {
        min: usize,
        max: usize,
    },
    OutOfRange {
        min: i64,
        max: i64,
    },
    NotUsername,
    NotEmail,
    NotRealm,
    NotPhoneNumber,
    NotNetwork,
    NotAddress,
    NotHost,
    /// Digits to dial, `*` and `#`.
    NotACode,
    NotTalkKeys,
    /// Without a prefix for outside lines, they are not the last of the order.
    OutsideHides,
    /// A save of users, roles or tokens.
    UndoneByHand,
    SelectionOfSelection,
    IsEmergency,
    /// Of two service codes with the same digits.
    CodeTwice {
        digits: String,
        feature: Phrase,
    },
    NotDialled {
        chars_max: usize,
    },
    NotMask,
    /// A mask without the address that it belongs to.
    MaskWithoutAddress,
    /// A part of the value, and what is wrong with it.
    Within {
        part: String,
        reason: Box<Reason>,
    },
    /// It means something only while another part has another value.
    NotWith {
        key: &'static str,
        values: &'static [&'static str],
    },
    /// An action whose target this version does not have yet.
    NotYet {
        given: String,
    },
    /// A second setting that can't be without the first.
    Needs {
        label: Phrase,
    },
    /// Not the SIP statuses on which another line may be tried.
    NotStatuses,
    /// The end of a range is before its beginning.
    RangeBackwards,
    NotAHash,
    /// Not the name of a file that was uploaded.
    NotAFileHash,
    /// Not the fingerprint of a certificate.
    NotAFingerprint,
    /// A file that was uploaded elsewhere, or is gone.
    RecordingMissing,
    /// Bytes that cannot be played.
    UnfitRecording(Unfit),
    NotAChoice {
        given: String,
        choices: Vec<&'static str>,
    },
    /// A list names a value twice.
    Twice {
        given: String,
    },
    /// A list needs at least one value.
    EmptyList,
    /// Another entity has this value.
    Taken {
        owner: Owner,
    },
    /// A service of the numbering plan has this number: whoever dials it gets the service.
    IsServiceCode {
        code: String,
        feature: Phrase,
    },
    /// What is referred to does not exist.
    NoSuch {
        kind: Phrase,
        given: String,
    },
    /// It is referred to by `user` and so cannot be deleted; `more` others refer to it too.
    InUse {
        user: Owner,
        more: usize,
    },
    /// A reference between two tenants.
    OtherTenant,
    /// None of the account's codecs is allowed in the SIP settings.
    NoCodecAllowed {
        account: Owner,
    },
    /// A settings file gives nothing for what is generated when the file does not name it.
    EmptyNotGenerated,
    /// None of the account's transports is enabled in the SIP settings.
    NoTransportEnabled {
        account: Owner,
    },
    /// Another transport over streams has this port.
    PortTwice,
    /// A secret that was sealed on another box.
    SealedElsewhere,
    /// There is always one administrator and one tenant.
    LastOne,
    /// No administrator who may log in would be left.
    LastAdministrator,
    /// Who edits may not change this.
    NotPermitted,
    /// It would give somebody rights that who edits does not have.
    AboveOwnRights,
    /// Only a privacy officer may.
    OnlyByPrivacyOfficer,
    /// Only the user, on the page for that, where the old password is asked.
    OnlyInPerson,
    /// Somebody's personal contact.
    OnlyByOwner,
    /// A token that would end later than the one with which it is made or changed.
    OutlivesToken,
    /// A time that must lie ahead.
    Passed,
    TooMany {
        max: usize,
    },
    /// No such save is on record: it was forgotten, or never made.
    NoRevision {
        id: u64,
    },
    /// It was deleted meanwhile.
    Gone,
    /// The box has an administrator already.
    Claimed,
    /// A password that is no text, or too short or long.
    NotPassword {
        chars_min: usize,
        chars_max: usize,
    },
    /// A settings file names an administrator, or would make one.
    AdministratorInFile,
    /// A password is shorter than `chars_min`.
    TooShort {
        chars_min: usize,
    },
    /// The same of one that is generated where none is given.
    SecretTooShort {
        chars_min: usize,
    },
    /// The file cannot be read as TOML; `said` is what the reader of it says.
    NotToml {
        said: String,
    },
    /// The file is not text: this byte of it, counted from 0, is not UTF-8.
    NotUtf8 {
        at: usize,
        byte: u8,
    },
    /// A row of a table has something behind its last column.
    MoreCellsThanColumns,
    /// A table has a column that means nothing; perhaps `nearest` was meant.
    UnknownColumn {
        nearest: Option<String>,
    },
    /// A cell or a row of a table begins a quotation that never ends.
    QuoteNotClosed,
    /// A table says that there is none of what there is.
    TableDeletesNothing,
    /// A table lacks a column that it cannot be without.
    NoSuchColumn,
    /// The file is longer than it may be.
    FileTooLong {
        bytes_max: usize,
    },
}

/// An entity in words: "account anna-desk".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub kind: Phrase,
    pub name: String,
}

impl Owner {
    pub fn say(&self, language: Language) -> String {
        format!("{} {}", self.kind.in_language(language), self.name)
    }
}

impl Reason {
    /// A sentence without a full stop.
    pub fn say(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Italian => self.italian(),
        }
    }

    fn english(&self) -> String {
        let language = Language::English;
        match self {
            Reason::Missing => "it is missing".to_owned(),
            Reason::UnknownKey { nearest: None } => "there is no such setting".to_owned(),
            Reason::UnknownKey { nearest: Some(nearest) } => format!("there is no such setting; did you mean \"{nearest}\"?"),
            Reason::WrongType { expected } => format!("it must be {}", expected.english),
            Reason::TooLong { chars_max } => format!("it has more than {chars_max} characters"),
            Reason::ControlCharacters => "it must be one line, without control characters".to_owned(),
            Reason::InvisibleOrder { character } => {
                format!("it holds the invisible character {}, which changes the order of the others; take it out", code_point(*character))
            }
            Reason::NotDigits { min: 0, max } => format!("it must be at most {max} digits, or empty"),
            Reason::NotDigits { min, max } => format!("it must be {min} to {max} digits"),
            Reason::OutOfRange { min, max } => format!("it must be a number from {min} to {max}"),
            Reason::NotUsername => "it must be 1 to 64 of: letters a-z, digits, dot, underscore, hyphen".to_owned(),
            Reason::NotEmail => "it must be an e-mail address such as anna@example.com".to_owned(),
            Reason::NotRealm => "it must have no quotes and no backslash".to_owned(),
            Reason::NotPhoneNumber => "it must be a telephone number: up to 32 digits, with + only in front".to_owned(),
            Reason::NotNetwork => {
                "it must be an address, or a network such as 192.168.1.0/24, 192.168.1.0/255.255.255.0 or 2001:db8::/32".to_owned()
            }
            Reason::NotAddress => "it must be an IPv4 or IPv6 address".to_owned(),
            Reason::NotHost => "it must be a host name or an address, without a port".to_owned(),
            Reason::IsEmergency => "it is an emergency number, which comes before all others".to_owned(),
            Reason::SelectionOfSelection => "a custom selection cannot lead to another one".to_owned(),
            Reason::OutsideHides => {
                "\"outside\" must be the last while there is no prefix for outside lines: it would take every number from what stands behind it".to_owned()
            }
            Reason::UndoneByHand => "what a save did to users, roles and tokens is not undone here; change it by hand".to_owned(),
            Reason::NotTalkKeys => "it must begin with * or # and have two to eight of digits, * and #".to_owned(),
            Reason::NotACode => "it must be digits, * and #, or a range of them such as 890-899".to_owned(),
            Reason::CodeTwice { digits, feature } => format!("{digits} runs \"{}\" already", feature.english),
            Reason::NotDialled { chars_max } => format!("it must be at most {chars_max} of: digits, * and #"),
            Reason::NotMask => "it must be a mask such as 255.255.255.0, or the length of a prefix such as 24".to_owned(),
            Reason::MaskWithoutAddress => "a mask needs an address before it".to_owned(),
            Reason::Within { part, reason } => format!("{part}: {}", reason.say(language)),
            Reason::NotWith { key, values } => format!("it has a meaning only where {key} is {}", values.join(" or ")),
            Reason::NotYet { given } => format!("\"{given}\" is not available in this version yet"),
            Reason::Needs { label } => format!("it needs \"{}\" too", label.english),
            Reason::RangeBackwards => "the end of the range must have as many digits as its beginning and not be before it".to_owned(),
            Reason::NotStatuses => "it must be SIP codes from 400 to 699, with spaces between them".to_owned(),
            Reason::NotAHash => "it must be a password hash made by this program".to_owned(),
            Reason::NotAFingerprint => "it must be the SHA-256 fingerprint of a certificate: 64 hexadecimal digits".to_owned(),
            Reason::NotAFileHash => "it must be the SHA-256 of an uploaded file: 64 hexadecimal digits".to_owned(),
            Reason::RecordingMissing => {
                "there is no recording with this SHA-256 on this box; upload its WAV file here, which gives it the same name".to_owned()
            }
            Reason::UnfitRecording(unfit) => unfit.say(language),
            Reason::NotAChoice { given, choices } => format!("\"{given}\" is not one of: {}", choices.join(", ")),
            Reason::Twice { given } => format!("\"{given}\" is named twice"),
            Reason::EmptyList => "at least one must be chosen".to_owned(),
            Reason::Taken { owner } => format!("{} has it already", owner.say(language)),
            Reason::IsServiceCode { code, feature } => {
                format!("{code} is dialled for a service ({}); choose another number", feature.english)
            }
            Reason::NoSuch { kind, given } => format!("there is no {} {given}", kind.english),
            Reason::InUse { user, more: 0 } => format!("it is used by {}", user.say(language)),
            Reason::InUse { user, more } => format!("it is used by {} and {more} more", user.say(language)),
            Reason::OtherTenant => "it belongs to another tenant".to_owned(),
            Reason::NoCodecAllowed { account } => {
                format!("no codec is left for {}: the SIP settings allow none of its codecs", account.say(language))
            }
            Reason::EmptyNotGenerated => {
                "it must not be empty; left out, it stays as it is, and what is new gets a generated one".to_owned()
            }
            Reason::NoTransportEnabled { account } => {
                format!("no transport is left for {}: the SIP settings enable none of its transports", account.say(language))
            }
            Reason::PortTwice => "another transport has this port already".to_owned(),
            Reason::SealedElsewhere => "it was sealed on another box; give it in clear (trillo export --with-secrets)".to_owned(),
            Reason::LastOne => "the last one cannot be deleted".to_owned(),
            Reason::LastAdministrator => "there must always be an administrator who may log in".to_owned(),
            Reason::NotPermitted => "your role does not allow this change".to_owned(),
            Reason::AboveOwnRights => "this goes beyond your own rights".to_owned(),
            Reason::OnlyByPrivacyOfficer => "only a privacy officer may do this".to_owned(),
            Reason::OnlyInPerson => "everybody changes this for themselves, on their own page".to_owned(),
            Reason::OnlyByOwner => "personal contacts belong to their owner alone".to_owned(),
            Reason::OutlivesToken => "a token that ends makes none that ends later; log in to do that".to_owned(),
            Reason::Passed => "it lies in the past".to_owned(),
            Reason::TooMany { max } => format!("there can be at most {max}"),
            Reason::NoRevision { id } => format!("revision {id} is not on record"),
            Reason::Gone => "it does not exist any more".to_owned(),
            Reason::Claimed => "this box has an administrator already".to_owned(),
            Reason::NotPassword { chars_min, chars_max } => {
                format!("it must be a text of {chars_min} to {chars_max} characters, in quotes")
            }
            Reason::AdministratorInFile => "administrators are not kept in files; they are made on the web page".to_owned(),
            Reason::TooShort { chars_min } => format!("it must have at least {chars_min} characters"),
            Reason::SecretTooShort { chars_min } => {
                format!("it must have at least {chars_min} characters; for what is new it may be left out, and a long one is generated")
            }
            Reason::NotToml { said } => format!("this is not TOML: {said}"),
            Reason::NotUtf8 { at, byte } => format!("byte {at} of the file, 0x{byte:02X}, is not UTF-8; save it as text in UTF-8"),
            Reason::MoreCellsThanColumns => "it has more cells than the table has columns".to_owned(),
            Reason::UnknownColumn { nearest: None } => "no column has this name".to_owned(),
            Reason::UnknownColumn { nearest: Some(nearest) } => format!("no column has this name; did you mean \"{nearest}\"?"),
            Reason::QuoteNotClosed => "a quotation mark that opens in this line is never closed".to_owned(),
            Reason::TableDeletesNothing => "there is one, and a table deletes nothing; delete it on its page".to_owned(),
            Reason::NoSuchColumn => "the table lacks this column".to_owned(),
            Reason::FileTooLong { bytes_max } => format!("the file has more than {bytes_max} bytes"),
        }
    }

    fn italian(&self) -> String {
        let language = Language::Italian;
        match self {
            Reason::Missing => "manca".to_owned(),
            Reason::UnknownKey { nearest: None } => "non esiste un'impostazione con questo nome".to_owned(),
            Reason::UnknownKey { nearest: Some(nearest) } => format!("non esiste un'impostazione con questo nome; forse \"{nearest}\"?"),
            Reason::WrongType { expected } => format!("deve essere {}", expected.italian),
            Reason::TooLong { chars_max } => format!("supera i {chars_max} caratteri"),
            Reason::ControlCharacters => "deve stare su una riga, senza caratteri di controllo".to_owned(),
            Reason::InvisibleOrder { character } => {
                format!("contiene il carattere invisibile {}, che cambia l'ordine degli altri; va tolto", code_point(*character))
            }
            Reason::NotDigits { min: 0, max } => format!("può avere al massimo {max} cifre, oppure essere vuoto"),
            Reason::NotDigits { min, max } => format!("deve avere da {min} a {max} cifre"),
            Reason::OutOfRange { min, max } => format!("deve essere un numero da {min} a {max}"),
            Reason::NotUsername => "deve avere da 1 a 64 caratteri: lettere a-z, cifre, punto, trattino, trattino basso".to_owned(),
            Reason::NotEmail => "deve essere un indirizzo e-mail, per esempio anna@example.com".to_owned(),
            Reason::NotRealm => "non può contenere virgolette né barre rovesciate".to_owned(),
            Reason::NotPhoneNumber => "deve essere un numero di telefono: al massimo 32 cifre, il + solo all'inizio".to_owned(),
            Reason::NotNetwork => {
                "deve essere un indirizzo, o una rete come 192.168.1.0/24, 192.168.1.0/255.255.255.0 o 2001:db8::/32".to_owned()
            }
            Reason::NotAddress => "deve essere un indirizzo IPv4 o IPv6".to_owned(),
            Reason::NotHost => "deve essere un nome host o un indirizzo, senza porta".to_owned(),
            Reason::IsEmergency => "è un numero di emergenza, che viene prima di tutti".to_owned(),
            Reason::SelectionOfSelection => "una selezione personalizzata non può portare a un'altra".to_owned(),
            Reason::OutsideHides => {
                "\"outside\" dev'essere l'ultimo finché non c'è un prefisso per l'esterno: prenderebbe ogni numero a ciò che sta dopo"
                    .to_owned()
            }
            Reason::UndoneByHand => {
                "ciò che un salvataggio ha fatto a utenti, ruoli e token non si annulla qui; va cambiato a mano".to_owned()
            }
            Reason::NotTalkKeys => "deve iniziare con * o # e avere da due a otto tra cifre, * e #".to_owned(),
            Reason::NotACode => "deve essere di cifre, * e #, o un intervallo come 890-899".to_owned(),
            Reason::CodeTwice { digits, feature } => format!("{digits} è già di \"{}\"", feature.italian),
            Reason::NotDialled { chars_max } => format!("può avere al massimo {chars_max} caratteri tra cifre, * e #"),
            Reason::NotMask => "deve essere una maschera come 255.255.255.0 o la lunghezza di un prefisso come 24".to_owned(),
            Reason::MaskWithoutAddress => "una maschera richiede prima un indirizzo".to_owned(),
            Reason::Within { part, reason } => format!("{part}: {}", reason.say(language)),
            Reason::NotWith { key, values } => format!("ha senso solo se {key} è {}", values.join(" o ")),
            Reason::NotYet { given } => format!("\"{given}\" non è ancora disponibile in questa versione"),
            Reason::Needs { label } => format!("richiede anche \"{}\"", label.italian),
            Reason::RangeBackwards => "la fine dell'intervallo deve avere le stesse cifre dell'inizio e non precederlo".to_owned(),
            Reason::NotStatuses => "deve essere di codici SIP da 400 a 699, separati da spazi".to_owned(),
            Reason::NotAHash => "deve essere un hash di password creato da questo programma".to_owned(),
            Reason::NotAFingerprint => "deve essere l'impronta SHA-256 di un certificato: 64 cifre esadecimali".to_owned(),
            Reason::NotAFileHash => "deve essere lo SHA-256 di un file caricato: 64 cifre esadecimali".to_owned(),
            Reason::RecordingMissing => {
                "questo box non ha una registrazione con questo SHA-256; caricare qui il suo file WAV le dà lo stesso nome".to_owned()
            }
            Reason::UnfitRecording(unfit) => unfit.say(language),
            Reason::NotAChoice { given, choices } => format!("\"{given}\" non è tra: {}", choices.join(", ")),
            Reason::Twice { given } => format!("\"{given}\" compare due volte"),
            Reason::EmptyList => "occorre sceglierne almeno uno".to_owned(),
            Reason::Taken { owner } => format!("è già di: {}", owner.say(language)),
            Reason::IsServiceCode { code, feature } => {
                format!("{code} è il codice di un servizio ({}); occorre un altro numero", feature.italian)
            }
            Reason::NoSuch { kind, given } => format!("non esiste: {} {given}", kind.italian),
            Reason::InUse { user, more: 0 } => format!("è in uso da: {}", user.say(language)),
            Reason::InUse { user, more } => format!("è in uso da: {} e altri {more}", user.say(language)),
            Reason::OtherTenant => "appartiene a un altro tenant".to_owned(),
            Reason::NoCodecAllowed { account } => {
                format!("nessun codec resta a: {}; le impostazioni SIP non permettono nessuno dei suoi", account.say(language))
            }
            Reason::EmptyNotGenerated => "non può essere vuoto; se omesso resta com'è, e ciò che è nuovo ne riceve uno generato".to_owned(),
            Reason::NoTransportEnabled { account } => {
                format!("nessun trasporto resta a: {}; le impostazioni SIP non ne abilitano nessuno dei suoi", account.say(language))
            }
            Reason::PortTwice => "un altro trasporto ha già questa porta".to_owned(),
            Reason::SealedElsewhere => {
                "è stato sigillato da un altro apparato; indicarlo in chiaro (trillo export --with-secrets)".to_owned()
            }
            Reason::LastOne => "l'ultimo non può essere eliminato".to_owned(),
            Reason::LastAdministrator => "deve sempre esserci un amministratore che può accedere".to_owned(),
            Reason::NotPermitted => "il proprio ruolo non permette questa modifica".to_owned(),
            Reason::AboveOwnRights => "questo va oltre i propri diritti".to_owned(),
            Reason::OnlyByPrivacyOfficer => "può farlo solo un responsabile della privacy".to_owned(),
            Reason::OnlyInPerson => "ognuno lo cambia da sé, sulla propria pagina".to_owned(),
            Reason::OnlyByOwner => "i contatti personali sono solo di chi li ha creati".to_owned(),
            Reason::OutlivesToken => "un token che scade non ne crea uno che scade più tardi; per farlo bisogna accedere".to_owned(),
            Reason::Passed => "è nel passato".to_owned(),
            Reason::TooMany { max } => format!("possono essercene al massimo {max}"),
            Reason::NoRevision { id } => format!("la revisione {id} non è conservata"),
            Reason::Gone => "non esiste più".to_owned(),
            Reason::Claimed => "questo apparato ha già un amministratore".to_owned(),
            Reason::NotPassword { chars_min, chars_max } => {
                format!("deve essere un testo di {chars_min}-{chars_max} caratteri, tra virgolette")
            }
            Reason::AdministratorInFile => "gli amministratori non stanno nei file; si creano dalla pagina web".to_owned(),
            Reason::TooShort { chars_min } => format!("deve avere almeno {chars_min} caratteri"),
            Reason::SecretTooShort { chars_min } => {
                format!("deve avere almeno {chars_min} caratteri; per ciò che è nuovo si può omettere, e ne viene generata una lunga")
            }
            Reason::NotToml { said } => format!("il file non è TOML: {said}"),
            Reason::NotUtf8 { at, byte } => format!("il byte {at} del file, 0x{byte:02X}, non è UTF-8; va salvato come testo in UTF-8"),
            Reason::MoreCellsThanColumns => "ha più celle delle colonne della tabella".to_owned(),
            Reason::UnknownColumn { nearest: None } => "nessuna colonna ha questo nome".to_owned(),
            Reason::UnknownColumn { nearest: Some(nearest) } => format!("nessuna colonna ha questo nome; forse \"{nearest}\"?"),
            Reason::QuoteNotClosed => "le virgolette che si aprono in questa riga non si chiudono mai".to_owned(),
            Reason::TableDeletesNothing => "ce n'è già una, e una tabella non elimina nulla; si elimina dalla sua pagina".to_owned(),
            Reason::NoSuchColumn => "la tabella non ha questa colonna".to_owned(),
            Reason::FileTooLong { bytes_max } => format!("il file supera i {bytes_max} byte"),
        }
    }
}

/// As people look it up: U+202E.
fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}
