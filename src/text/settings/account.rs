//! Words of accounts.

use super::{FieldWords, words};

pub const ACCOUNT_ENABLED: FieldWords = words(
    ["Enabled", "A disabled account is refused like a wrong password and never rung."],
    ["Abilitato", "Un account disabilitato è rifiutato come una password errata e non squilla mai."],
);
pub const ACCOUNT_USERNAME: FieldWords = words(
    ["Username", "What the phone logs in with: letters, digits, dot, underscore, hyphen. Unique in the whole PBX."],
    ["Nome utente", "Con cui il telefono si autentica: lettere, cifre, punto, trattino, trattino basso. Unico in tutto il centralino."],
);
pub const ACCOUNT_PASSWORD: FieldWords = words(
    ["Password", "What the phone logs in with. Left empty, a long one is made."],
    ["Password", "Con cui il telefono si autentica. Se vuota, ne viene creata una lunga."],
);
pub const ACCOUNT_EXTENSION: FieldWords = words(
    ["Extension", "Whose phone this is. An account without extension can register but not call."],
    ["Interno", "Di chi è questo telefono. Un account senza interno si registra ma non chiama."],
);
pub const ACCOUNT_TRANSPORTS: FieldWords =
    words(["Transports", "How this phone may reach the box."], ["Trasporti", "Come questo telefono può raggiungere il centralino."]);
pub const ACCOUNT_CODECS: FieldWords = words(
    ["Audio codecs", "Those the phone may use, the preferred first."],
    ["Codec audio", "Quelli che il telefono può usare, il preferito per primo."],
);
pub const ACCOUNT_NAT: FieldWords = words(
    ["NAT", "For a phone behind a router: addresses in its messages are ignored, answers go where its packets come from."],
    ["NAT", "Per un telefono dietro un router: gli indirizzi nei suoi messaggi sono ignorati, si risponde da dove arrivano i pacchetti."],
);
pub const ACCOUNT_REGISTRATION_CHECK: FieldWords = words(
    ["Registration check", "Calls are taken only from the very address and port where the phone is registered."],
    ["Verifica registrazione", "Le chiamate si accettano solo dall'indirizzo e porta da cui il telefono è registrato."],
);

pub const ACCOUNT_TEMPLATE: FieldWords = words(
    ["Template", "What it inherits: all settings below that it does not set itself."],
    ["Template", "Ciò che eredita: tutte le impostazioni qui sotto che non imposta da sé."],
);
pub const ACCOUNT_MOBILE_APP: FieldWords = words(
    [
        "Mobile app",
        "A push message wakes the app before a call. It needs a push gateway; without one a sleeping app counts as unavailable.",
    ],
    [
        "App mobile",
        "Un messaggio push sveglia l'app prima di una chiamata. Serve un gateway push; senza, un'app addormentata risulta non disponibile.",
    ],
);
pub const ACCOUNT_VIDEO_CODECS: FieldWords = words(
    ["Video codecs", "Those the phone may use, the preferred first. Video is passed on as it is."],
    ["Codec video", "Quelli che il telefono può usare, il preferito per primo. Il video passa così com'è."],
);
pub const ACCOUNT_ALLOWED_ADDRESS: FieldWords = words(
    ["Allowed address", "The address, or with a mask the network, that the phone may come from; empty for any."],
    ["Indirizzo abilitato", "L'indirizzo, o con una maschera la rete, da cui il telefono può arrivare; vuoto per qualsiasi."],
);
pub const ACCOUNT_ALLOWED_MASK: FieldWords = words(
    ["Allowed netmask", "255.255.255.0, or the length of a prefix such as 24 or 64; empty for one single host."],
    ["Maschera di sottorete abilitata", "255.255.255.0, o la lunghezza di un prefisso come 24 o 64; vuoto per un solo host."],
);
pub const ACCOUNT_DIRECT_MEDIA: FieldWords = words(
    [
        "Direct media",
        "Two phones in the local networks send each other their audio themselves. Recording, codes in talk and parking by code are off for such calls.",
    ],
    [
        "Direct media",
        "Due telefoni nelle reti locali si scambiano l'audio direttamente. Registrazione, codici in conversazione e parcheggio con codice sono esclusi.",
    ],
);
pub const ACCOUNT_SRTP: FieldWords = words(
    ["SRTP", "Encryption of the audio. The keys travel in SIP, so use it together with TLS."],
    ["SRTP", "Cifratura dell'audio. Le chiavi viaggiano nel SIP, quindi va usata insieme a TLS."],
);
pub const ACCOUNT_OUTBOUND_PROXY: FieldWords = words(
    ["Outbound proxy", "The address or name of a proxy that all requests to this phone go by; empty for none."],
    ["Outbound proxy", "L'indirizzo o il nome di un proxy da cui passano le richieste verso questo telefono; vuoto per nessuno."],
);
pub const ACCOUNT_OUTBOUND_PROXY_PORT: FieldWords = words(
    ["Outbound proxy port", "Empty for the usual port of the protocol."],
    ["Porta dell'outbound proxy", "Vuoto per la porta consueta del protocollo."],
);
pub const ACCOUNT_OUTBOUND_PROXY_TRANSPORT: FieldWords = words(
    ["Outbound proxy protocol", "One of those that the SIP settings enable."],
    ["Protocollo dell'outbound proxy", "Uno di quelli abilitati nelle impostazioni SIP."],
);
pub const ACCOUNT_DIGEST: FieldWords = words(
    ["Login algorithm", "MD5 is what old phones know; SHA-256 is stronger."],
    ["Algoritmo di autenticazione", "MD5 è ciò che i vecchi telefoni conoscono; SHA-256 è più robusto."],
);
