//! Words of the phonebook and its contacts.

use super::{FieldWords, words};

pub const PHONEBOOK_ANONYMOUS: FieldWords = words(
    ["Search without login", "Whoever is on the local networks may search the LDAP directory without a login."],
    ["Ricerca senza accesso", "Chi è nelle reti locali può cercare nella rubrica LDAP senza accesso."],
);
pub const PHONEBOOK_STRIP_DIGITS: FieldWords = words(
    ["Digits to strip", "The LDAP publishing rule takes so many digits from the front of an extension's number."],
    ["Cifre da togliere", "La regola di pubblicazione LDAP toglie queste cifre dall'inizio del numero di interno."],
);
pub const PHONEBOOK_PREFIX: FieldWords = words(
    ["Prefix to add", "The LDAP publishing rule puts this before what is left."],
    ["Prefisso da aggiungere", "La regola di pubblicazione LDAP lo antepone a ciò che resta."],
);
pub const CONTACT_OWNER: FieldWords = words(
    ["Owner", "The user whose own contact this is; empty for everybody's."],
    ["Proprietario", "L'utente di cui è contatto personale; vuoto per tutti."],
);
pub const CONTACT_FIRST_NAME: FieldWords =
    words(["First name", "A contact needs a name or an organization."], ["Nome", "Un contatto richiede un nome o un'organizzazione."]);
pub const CONTACT_LAST_NAME: FieldWords =
    words(["Last name", "A contact needs a name or an organization."], ["Cognome", "Un contatto richiede un nome o un'organizzazione."]);
pub const CONTACT_ORGANIZATION: FieldWords = words(["Organization", "The company."], ["Organizzazione", "L'azienda."]);
pub const CONTACT_DEPARTMENT: FieldWords = words(["Department", "Where in the company."], ["Reparto", "Dove nell'azienda."]);
pub const CONTACT_EMAIL: FieldWords = words(["E-mail", "Shown in the phonebook."], ["E-mail", "Mostrata nella rubrica."]);
pub const CONTACT_PHONE: FieldWords = words(
    ["Telephone", "The number at work, without the prefix for outside lines."],
    ["Telefono", "Il numero di lavoro, senza il prefisso per l'esterno."],
);
pub const CONTACT_MOBILE: FieldWords =
    words(["Mobile", "Without the prefix for outside lines."], ["Cellulare", "Senza il prefisso per l'esterno."]);
pub const CONTACT_SPEED_DIAL: FieldWords = words(
    [
        "Speed dial",
        "Shared contacts 10 to 89, dialled as #10; personal ones 0 to 9, dialled as #00. It dials the first number of the contact.",
    ],
    [
        "Selezione breve",
        "Contatti condivisi da 10 a 89, si compone #10; personali da 0 a 9, si compone #00. Compone il primo numero del contatto.",
    ],
);
pub const CONTACT_HOME: FieldWords = words(["Home", "Without the prefix for outside lines."], ["Casa", "Senza il prefisso per l'esterno."]);
