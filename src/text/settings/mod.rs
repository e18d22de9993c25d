//! The words of the settings: what each entity and each setting is called, and a line of help for it.

mod account;
mod choice;
mod class;
mod code;
mod extension;
mod failover;
mod line;
mod mailbox;
mod numbering;
mod people;
mod phonebook;
mod sip;

use super::Phrase;

pub use account::*;
pub use choice::choice;
pub use class::*;
pub use code::*;
pub use extension::*;
pub use failover::*;
pub use line::*;
pub use mailbox::*;
pub use numbering::*;
pub use people::*;
pub use phonebook::*;
pub use sip::*;

/// The words of one setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldWords {
    pub label: Phrase,
    pub help: Phrase,
}

/// The words of one kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindWords {
    pub one: Phrase,
    pub many: Phrase,
}

const fn kind(one: (&'static str, &'static str), many: (&'static str, &'static str)) -> KindWords {
    KindWords { one: Phrase::new(one.0, one.1), many: Phrase::new(many.0, many.1) }
}

/// English first, then Italian; label, then help.
const fn words(english: [&'static str; 2], italian: [&'static str; 2]) -> FieldWords {
    FieldWords { label: Phrase::new(english[0], italian[0]), help: Phrase::new(english[1], italian[1]) }
}

pub const PHONEBOOK: KindWords =
    kind(("phonebook settings", "impostazioni della rubrica"), ("phonebook settings", "impostazioni della rubrica"));
pub const PICKUP_GROUP: KindWords = kind(("pickup group", "gruppo di prelievo"), ("pickup groups", "gruppi di prelievo"));
pub const LINE: KindWords = kind(("line", "linea"), ("lines", "linee"));
pub const CLASS: KindWords = kind(("outbound class", "classe di uscita"), ("outbound classes", "classi di uscita"));
pub const EXTENSION_TEMPLATE_KIND: KindWords =
    kind(("extension template", "template di interni"), ("extension templates", "template di interni"));
pub const ACCOUNT_TEMPLATE_KIND: KindWords =
    kind(("account template", "template di account"), ("account templates", "template di account"));
pub const MAILBOX: KindWords = kind(("voicemail box", "casella vocale"), ("voicemail boxes", "caselle vocali"));
pub const NUMBERING: KindWords = kind(("numbering plan", "piano di numerazione"), ("numbering plan", "piano di numerazione"));
pub const SELECTION: KindWords = kind(("custom selection", "selezione personalizzata"), ("custom selections", "selezioni personalizzate"));
pub const ROLE: KindWords = kind(("role", "ruolo"), ("roles", "ruoli"));
pub const TOKEN: KindWords = kind(("API token", "token API"), ("API tokens", "token API"));
pub const AUDIO: KindWords = kind(("audio file", "file audio"), ("audio files", "file audio"));
pub const CONTACT: KindWords = kind(("contact", "contatto"), ("contacts", "contatti"));
pub const SIP: KindWords = kind(("SIP settings", "impostazioni SIP"), ("SIP settings", "impostazioni SIP"));
pub const TENANT: KindWords = kind(("tenant", "tenant"), ("tenants", "tenant"));
pub const EXTENSION: KindWords = kind(("extension", "interno"), ("extensions", "interni"));
pub const ACCOUNT: KindWords = kind(("account", "account"), ("accounts", "account"));
pub const USER: KindWords = kind(("user", "utente"), ("users", "utenti"));

// --- what several kinds have ---

pub const IN_TENANT: FieldWords = words(
    ["Tenant", "The organisation it belongs to; empty for the first one."],
    ["Tenant", "L'organizzazione a cui appartiene; vuoto per la prima."],
);

// --- tenant ---

pub const TENANT_NAME: FieldWords = words(["Name", "The name of the organisation."], ["Nome", "Il nome dell'organizzazione."]);

pub const AUDIO_NAME: FieldWords =
    words(["Name", "What is heard: \"Welcome\", \"Music on hold\"."], ["Nome", "Che cosa si sente: \"Benvenuto\", \"Musica d'attesa\"."]);
pub const AUDIO_FILE: FieldWords = words(
    ["Sound", "The recording that was uploaded, named by what is in it (SHA-256)."],
    ["Suono", "La registrazione caricata, indicata dal suo contenuto (SHA-256)."],
);

pub const TEMPLATE_NAME: FieldWords = words(
    ["Name", "What it is for: \"Office\", \"Reception\", \"Warehouse\"."],
    ["Nome", "A cosa serve: \"Ufficio\", \"Reception\", \"Magazzino\"."],
);
