//! Words of the values that one is chosen of.

use crate::text::Phrase;

/// What people call the value `choice` of the setting `key`.
pub fn choice(key: &str, choice: &str) -> Option<Phrase> {
    let words = CHOICES.iter().find(|(of, ..)| *of == key).map_or(LEVELS, |(_, words)| words);
    words.iter().find(|(name, _)| *name == choice).map(|(_, phrase)| *phrase)
}

type Words = &'static [(&'static str, Phrase)];

/// Of a role's panels, whose keys are many.
const LEVELS: Words = &[
    ("none", Phrase::new("nothing", "nulla")),
    ("list", Phrase::new("see names", "vedere i nomi")),
    ("read", Phrase::new("see all", "vedere tutto")),
    ("write", Phrase::new("change", "modificare")),
];

const CHOICES: &[(&str, Words)] = &[
    (
        "do",
        &[
            ("hang_up", Phrase::new("hang up", "riaggancia")),
            ("custom_selection", Phrase::new("custom selection", "selezione personalizzata")),
            ("ask_selection", Phrase::new("ask selection", "chiedi selezione")),
            ("external", Phrase::new("outside number", "numero esterno")),
            ("extension", Phrase::new("extension", "interno")),
            ("group", Phrase::new("group", "gruppo")),
            ("queue", Phrase::new("queue", "coda")),
            ("time_check", Phrase::new("time check", "controllo orario")),
            ("ivr", Phrase::new("IVR", "IVR")),
            ("voicemail", Phrase::new("voicemail box", "casella vocale")),
            ("meetme", Phrase::new("MeetMe room", "stanza MeetMe")),
            ("return", Phrase::new("return to transferor", "torna a chi trasferisce")),
        ],
    ),
    (
        "order",
        &[
            ("services", Phrase::new("service codes", "codici di servizio")),
            ("selections", Phrase::new("custom selections", "selezioni personalizzate")),
            ("extensions", Phrase::new("extensions", "interni")),
            ("outside", Phrase::new("numbers outside", "numeri esterni")),
        ],
    ),
    (
        "lock_mode",
        &[
            ("open", Phrase::new("open", "aperto")),
            ("code", Phrase::new("code", "codice")),
            ("password", Phrase::new("password", "password")),
        ],
    ),
    (
        "unlock_policy",
        &[
            ("per_call", Phrase::new("per call", "per chiamata")),
            ("auto_lock", Phrase::new("lock by itself after the duration below", "blocca automaticamente dopo la durata sottoindicata")),
            ("until_locked", Phrase::new("unlocked until locked again", "sbloccato finché l'utente lo blocca nuovamente")),
        ],
    ),
    (
        "ldap_mode",
        &[
            ("off", Phrase::new("disabled", "disabilitata")),
            ("rule", Phrase::new("LDAP publishing rule", "regola di pubblicazione LDAP")),
            ("number", Phrase::new("show the number below", "mostra il numero sottoindicato")),
            (
                "rule_on_extension",
                Phrase::new(
                    "LDAP publishing rule applied to the extension below",
                    "regola di pubblicazione LDAP applicata all'interno sottoindicato",
                ),
            ),
        ],
    ),
    (
        "srtp",
        &[
            ("off", Phrase::new("off", "no")),
            ("optional", Phrase::new("optional", "facoltativo")),
            ("required", Phrase::new("required", "obbligatorio")),
        ],
    ),
    (
        "digest",
        &[
            ("md5", Phrase::new("MD5", "MD5")),
            ("both", Phrase::new("SHA-256, then MD5", "SHA-256, poi MD5")),
            ("sha256", Phrase::new("SHA-256", "SHA-256")),
        ],
    ),
    (
        "match",
        &[
            ("exact", Phrase::new("exactly this number", "esattamente questo numero")),
            ("prefix", Phrase::new("numbers that begin with", "numeri che iniziano con")),
            ("range", Phrase::new("range", "intervallo")),
            ("any", Phrase::new("all numbers", "tutti i numeri")),
        ],
    ),
    (
        "kind",
        &[
            ("provider", Phrase::new("provider account", "account presso operatore")),
            ("gateway", Phrase::new("gateway", "gateway")),
            ("trunk", Phrase::new("trunk", "trunk")),
            ("site", Phrase::new("other site", "altra sede")),
        ],
    ),
    (
        "called_number",
        &[
            ("request_uri", Phrase::new("Request-URI", "Request-URI")),
            ("to", Phrase::new("To", "To")),
            ("p_called_party_id", Phrase::new("P-Called-Party-ID", "P-Called-Party-ID")),
        ],
    ),
    (
        "diversion",
        &[
            ("diversion", Phrase::new("Diversion", "Diversion")),
            ("history_info", Phrase::new("History-Info", "History-Info")),
            ("none", Phrase::new("none", "nessuna")),
        ],
    ),
    (
        "transport",
        &[
            ("auto", Phrase::new("automatic", "automatico")),
            ("udp", Phrase::new("UDP", "UDP")),
            ("tcp", Phrase::new("TCP", "TCP")),
            ("tls", Phrase::new("TLS", "TLS")),
        ],
    ),
    (
        "outbound_proxy_transport",
        &[
            ("udp", Phrase::new("UDP", "UDP")),
            ("tcp", Phrase::new("TCP", "TCP")),
            ("tls", Phrase::new("TLS", "TLS")),
            ("ws", Phrase::new("WS", "WS")),
            ("wss", Phrase::new("WSS", "WSS")),
        ],
    ),
    (
        "role",
        &[
            ("administrator", Phrase::new("administrator", "amministratore")),
            ("privacy_officer", Phrase::new("privacy officer", "responsabile della privacy")),
            ("tenant_user", Phrase::new("user", "utente")),
            ("own", Phrase::new("own role", "ruolo proprio")),
        ],
    ),
    ("language", &[("en", Phrase::new("English", "English")), ("it", Phrase::new("Italiano", "Italiano"))]),
];
