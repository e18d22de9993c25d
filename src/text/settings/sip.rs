//! Words of the SIP settings.

use super::{FieldWords, words};

pub const SIP_REALM: FieldWords = words(
    ["Realm", "Named in each login question. Phones may have to be told when it changes."],
    ["Realm", "Indicato in ogni richiesta di autenticazione. Se cambia, può servire aggiornare i telefoni."],
);
pub const SIP_EXPIRES_MAX: FieldWords = words(
    ["Longest registration", "Seconds; a phone that asks for more gets this."],
    ["Registrazione massima", "Secondi; un telefono che chiede di più riceve questo valore."],
);
pub const SIP_EXPIRES_MIN: FieldWords = words(
    ["Shortest registration", "Seconds; a phone that asks for less is told to ask for this."],
    ["Registrazione minima", "Secondi; a un telefono che chiede di meno si indica questo valore."],
);
pub const SIP_EXTERNAL_ADDRESS: FieldWords = words(
    ["External address", "What phones outside the local networks reach the box by; empty if there are none."],
    ["Indirizzo esterno", "Con cui i telefoni fuori dalle reti locali raggiungono il centralino; vuoto se non ce ne sono."],
);
pub const SIP_LOCAL_NETWORKS: FieldWords = words(
    ["Local networks", "Where phones are reached directly, without the external address."],
    ["Reti locali", "Dove i telefoni si raggiungono direttamente, senza l'indirizzo esterno."],
);
pub const SIP_CODECS: FieldWords = words(
    ["Allowed codecs", "The audio codecs that accounts may use at all."],
    ["Codec permessi", "I codec audio che gli account possono usare."],
);

pub const SIP_TRANSPORTS: FieldWords = words(
    ["Enabled transports", "How phones may reach the box at all. Browsers use WebSocket, also at /sip of this page."],
    [
        "Trasporti abilitati",
        "Come i telefoni possono raggiungere il centralino. I browser usano WebSocket, anche su /sip di questa pagina.",
    ],
);
pub const SIP_UDP_PORT: FieldWords = words(["UDP port", "In force from the next start."], ["Porta UDP", "In vigore dal prossimo avvio."]);
pub const SIP_TCP_PORT: FieldWords = words(["TCP port", "In force from the next start."], ["Porta TCP", "In vigore dal prossimo avvio."]);
pub const SIP_TLS_PORT: FieldWords = words(["TLS port", "In force from the next start."], ["Porta TLS", "In vigore dal prossimo avvio."]);
pub const SIP_WS_PORT: FieldWords =
    words(["WebSocket port", "In force from the next start."], ["Porta WebSocket", "In vigore dal prossimo avvio."]);
pub const SIP_WSS_PORT: FieldWords =
    words(["Secure WebSocket port", "In force from the next start."], ["Porta WebSocket sicuro", "In vigore dal prossimo avvio."]);
pub const SIP_EXPIRES_DEFAULT: FieldWords = words(
    ["Default registration", "Seconds; for a phone that proposes no duration."],
    ["Registrazione predefinita", "Secondi; per un telefono che non propone una durata."],
);

pub const SIP_BAN: FieldWords = words(
    ["Ban attackers", "Who guesses passwords, or calls without one, is kept out for a while. The local networks are only slowed."],
    [
        "Blocca gli attacchi",
        "Chi indovina password o chiama senza averne una resta escluso per un po'. Le reti locali vengono solo rallentate.",
    ],
);
pub const SIP_BAN_OFFENCES: FieldWords = words(
    ["Wrong passwords before a ban", "In a short time; one a minute is forgotten."],
    ["Password errate prima del blocco", "In poco tempo; una al minuto viene dimenticata."],
);
pub const SIP_BAN_MINUTES: FieldWords = words(
    ["Length of a ban", "Minutes. A ban can be lifted earlier in the ban list."],
    ["Durata del blocco", "Minuti. Dalla lista bloccati si può togliere prima."],
);
pub const SIP_BAN_ALLOWED: FieldWords = words(
    ["Never banned", "Addresses and networks that are never banned, such as a branch office's or your provider's."],
    ["Mai bloccati", "Indirizzi e reti mai bloccati, per esempio quelli di una filiale o dell'operatore."],
);
