//! Words of lines.

use super::{FieldWords, words};

pub const LINE_NAME: FieldWords =
    words(["Name", "How this way to the outside is called here."], ["Nome", "Come si chiama qui questa via verso l'esterno."]);
pub const LINE_ENABLED: FieldWords =
    words(["Enabled", "A disabled line takes and makes no calls."], ["Abilitata", "Una linea disabilitata non riceve e non fa chiamate."]);
pub const LINE_KIND: FieldWords = words(
    ["Kind", "An account at a provider, a gateway in the LAN, a trunk with a number range, or another site."],
    ["Tipo", "Un account presso un operatore, un gateway nella LAN, un trunk con numerazione, o un'altra sede."],
);
pub const LINE_HOST: FieldWords =
    words(["Host", "The name or address of the other side."], ["Host", "Il nome o l'indirizzo dell'altra parte."]);
pub const LINE_PORT: FieldWords = words(
    ["Port", "Empty for the usual one, or what the name's SRV record says."],
    ["Porta", "Vuoto per quella consueta, o per ciò che dice il record SRV del nome."],
);
pub const LINE_TRANSPORT: FieldWords = words(
    ["Transport", "Automatic: what the name's NAPTR and SRV records say."],
    ["Trasporto", "Automatico: ciò che dicono i record NAPTR e SRV del nome."],
);
pub const LINE_CERTIFICATE: FieldWords = words(
    [
        "Certificate (SHA-256)",
        "For TLS: the fingerprint of the other side's certificate. Empty: one for its name, from an authority that the system trusts.",
    ],
    [
        "Certificato (SHA-256)",
        "Per TLS: l'impronta del certificato dell'altra parte. Vuoto: uno valido per il suo nome, di un'autorità di cui il sistema si fida.",
    ],
);
pub const LINE_USERNAME: FieldWords =
    words(["Username", "What the box logs in with."], ["Nome utente", "Con cui il centralino si autentica."]);
pub const LINE_PASSWORD: FieldWords = words(
    ["Password", "What the box logs in with. It is sent only to the addresses of this line."],
    ["Password", "Con cui il centralino si autentica. È inviata solo agli indirizzi di questa linea."],
);
pub const LINE_REGISTER: FieldWords = words(
    ["Register", "The box registers there, so that calls find it."],
    ["Registrazione", "Il centralino si registra, così le chiamate lo trovano."],
);
pub const LINE_EXPIRES: FieldWords =
    words(["Registration duration", "Seconds that are proposed."], ["Durata della registrazione", "Secondi proposti."]);
pub const LINE_FROM_DOMAIN: FieldWords = words(
    ["Domain", "The domain in our address, if it is not the host."],
    ["Dominio", "Il dominio nel nostro indirizzo, se non è l'host."],
);
pub const LINE_OUTBOUND_PROXY: FieldWords = words(
    ["Outbound proxy", "Where requests are sent instead of to the host."],
    ["Outbound proxy", "Dove si inviano le richieste invece che all'host."],
);
pub const LINE_ALLOWED: FieldWords = words(
    ["Calls come from", "Networks that calls come from besides the addresses of the host."],
    ["Provenienza delle chiamate", "Reti da cui arrivano chiamate oltre agli indirizzi dell'host."],
);
pub const LINE_NUMBER: FieldWords =
    words(["Number", "Shown for callers who have no number of their own."], ["Numero", "Mostrato per chi non ha un numero proprio."]);
pub const LINE_RANGES: FieldWords = words(
    ["Number ranges", "The numbers of the trunk, or the extensions of the other site."],
    ["Intervalli di numeri", "I numeri del trunk, o gli interni dell'altra sede."],
);
pub const RANGE_FROM: FieldWords = words(["From", "The first number."], ["Da", "Il primo numero."]);
pub const RANGE_TO: FieldWords = words(["To", "The last number."], ["A", "L'ultimo numero."]);
pub const LINE_CALLED_NUMBER: FieldWords =
    words(["Called number", "Where in a call the called number stands."], ["Numero chiamato", "Dove si trova il numero chiamato."]);
pub const LINE_DID: FieldWords = words(
    ["Numbers and where they lead", "For each called number, where the call goes."],
    ["Numeri e destinazioni", "Per ogni numero chiamato, dove va la chiamata."],
);
pub const DID_NUMBER: FieldWords =
    words(["Called number", "As the line says it, after rewriting."], ["Numero chiamato", "Come lo indica la linea, dopo la riscrittura."]);
pub const DID_ACTION: FieldWords = words(["Action", "Where the call goes."], ["Azione", "Dove va la chiamata."]);
pub const LINE_BLOCKED: FieldWords = words(
    ["Blocked callers", "Calls from numbers that begin so are refused."],
    ["Chiamanti bloccati", "Le chiamate da numeri che iniziano così vengono rifiutate."],
);
pub const BLOCKED_PREFIX: FieldWords = words(
    ["The number begins with", "A whole number, or the beginning of many; with or without the country code."],
    ["Il numero inizia con", "Un numero intero, o l'inizio di molti; con o senza prefisso internazionale."],
);
pub const LINE_REWRITE_IN: FieldWords = words(
    ["Rewriting of incoming numbers", "The first rule whose prefix fits is applied to callers' numbers."],
    ["Riscrittura dei numeri in entrata", "La prima regola il cui prefisso corrisponde si applica ai numeri dei chiamanti."],
);
pub const LINE_REWRITE_OUT: FieldWords = words(
    ["Rewriting of outgoing numbers", "The first rule whose prefix fits is applied to dialled numbers."],
    ["Riscrittura dei numeri in uscita", "La prima regola il cui prefisso corrisponde si applica ai numeri composti."],
);
pub const REWRITE_PREFIX: FieldWords =
    words(["Prefix", "The numbers it is for; empty for all."], ["Prefisso", "Per quali numeri; vuoto per tutti."]);
pub const REWRITE_STRIP: FieldWords =
    words(["Strip", "So many digits are taken from the front."], ["Togli", "Quante cifre si tolgono dall'inizio."]);
pub const REWRITE_ADD: FieldWords = words(["Add", "This is put in front."], ["Aggiungi", "Che cosa si antepone."]);
pub const LINE_SHOW_CALLER: FieldWords = words(
    ["Show the caller when forwarding", "A call that is forwarded outside shows its caller's own number, if the provider allows it."],
    [
        "Mostra il chiamante nelle deviazioni",
        "Una chiamata deviata all'esterno mostra il numero del chiamante, se l'operatore lo permette.",
    ],
);
pub const LINE_DIVERSION: FieldWords = words(
    ["Forwarding header", "How the provider is told who forwarded a call."],
    ["Intestazione di deviazione", "Come si indica all'operatore chi ha deviato una chiamata."],
);
pub const LINE_NEXT_LINE_ON: FieldWords = words(
    ["Next line on", "SIP codes, such as \"480 404\", on which the next line of the class is tried too."],
    ["Linea successiva con", "Codici SIP, per esempio \"480 404\", con cui si prova anche la linea successiva della classe."],
);
pub const LINE_OPTIONS_CHECK: FieldWords = words(
    ["Watch", "The other side is asked regularly whether it is there."],
    ["Controllo", "Si chiede regolarmente all'altra parte se risponde."],
);
pub const LINE_CONCURRENT_CALL_LIMIT: FieldWords = words(
    ["Concurrent call limit", "Calls over this line at a time; 0 is no limit."],
    ["Limite chiamate contemporanee", "Chiamate insieme su questa linea; 0 per nessun limite."],
);
pub const LINE_CODECS: FieldWords = words(["Audio codecs", "Those the line may use."], ["Codec audio", "Quelli che la linea può usare."]);
