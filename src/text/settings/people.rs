//! Words of users, their roles and their tokens.

use super::{FieldWords, words};

pub const USER_USERNAME: FieldWords = words(
    ["Username", "What this person logs in with on the web page."],
    ["Nome utente", "Con cui questa persona accede alla pagina web."],
);
pub const USER_PASSWORD_HASH: FieldWords = words(["Password", "Kept as a hash only."], ["Password", "Conservata solo come hash."]);
pub const USER_ROLE: FieldWords =
    words(["Role", "What this person may see and do."], ["Ruolo", "Ciò che questa persona può vedere e fare."]);
pub const USER_LANGUAGE: FieldWords = words(
    ["Language", "Of the web page; empty for what the browser asks for."],
    ["Lingua", "Della pagina web; vuoto per quella chiesta dal browser."],
);

pub const USER_OWN_ROLE: FieldWords =
    words(["Own role", "The role that an administrator made."], ["Ruolo proprio", "Il ruolo creato da un amministratore."]);
pub const USER_EXTENSION: FieldWords = words(
    ["Extension", "Whose phones, calls and contacts this person sees as their own."],
    ["Interno", "Di cui questa persona vede telefoni, chiamate e contatti come propri."],
);
pub const USER_WEB_ACCESS: FieldWords =
    words(["Web access", "May log in on the web page."], ["Accesso web", "Può accedere alla pagina web."]);
pub const USER_CTI_ACCESS: FieldWords =
    words(["CTI access", "May control calls with a CTI program."], ["Accesso CTI", "Può controllare le chiamate con un programma CTI."]);
pub const USER_TOTP_SECRET: FieldWords = words(
    ["Second factor", "The key of the codes that an authenticator app shows; empty for none."],
    ["Secondo fattore", "La chiave dei codici mostrati da un'app di autenticazione; vuoto per nessuno."],
);
pub const USER_RECOVERY_CODES: FieldWords = words(
    ["Recovery codes", "Kept as hashes only; the person makes them when the second factor is set up."],
    ["Codici di recupero", "Conservati solo come hash; la persona li crea quando imposta il secondo fattore."],
);
pub const ROLE_NAME: FieldWords = words(
    ["Name", "What people in it do: \"Reception\", \"Help desk\"."],
    ["Nome", "Che cosa fa chi lo ha: \"Reception\", \"Assistenza\"."],
);
pub const ROLE_EXTENSIONS: FieldWords =
    words(["Extensions", "What the role may do with: extensions."], ["Interni", "Che cosa il ruolo può fare con: interni."]);
pub const ROLE_ACCOUNTS: FieldWords =
    words(["Accounts", "What the role may do with: accounts."], ["Account", "Che cosa il ruolo può fare con: account."]);
pub const ROLE_TEMPLATES: FieldWords =
    words(["Templates", "What the role may do with: templates."], ["Template", "Che cosa il ruolo può fare con: template."]);
pub const ROLE_CLASSES: FieldWords = words(
    ["Outbound classes", "What the role may do with: outbound classes."],
    ["Classi di uscita", "Che cosa il ruolo può fare con: classi di uscita."],
);
pub const ROLE_LINES: FieldWords =
    words(["Lines", "What the role may do with: lines."], ["Linee", "Che cosa il ruolo può fare con: linee."]);
pub const ROLE_PICKUP: FieldWords = words(
    ["Pickup groups", "What the role may do with: pickup groups."],
    ["Gruppi di prelievo", "Che cosa il ruolo può fare con: gruppi di prelievo."],
);
pub const ROLE_MAILBOXES: FieldWords = words(
    ["Voicemail boxes", "What the role may do with: voicemail boxes."],
    ["Caselle vocali", "Che cosa il ruolo può fare con: caselle vocali."],
);
pub const ROLE_CONTACTS: FieldWords = words(
    ["Shared contacts", "What the role may do with: shared contacts."],
    ["Contatti condivisi", "Che cosa il ruolo può fare con: contatti condivisi."],
);
pub const ROLE_AUDIO: FieldWords =
    words(["Audio files", "What the role may do with: audio files."], ["File audio", "Che cosa il ruolo può fare con: file audio."]);
pub const ROLE_USERS: FieldWords = words(
    ["Users and roles", "What the role may do with: users and roles."],
    ["Utenti e ruoli", "Che cosa il ruolo può fare con: utenti e ruoli."],
);
pub const ROLE_SETTINGS: FieldWords = words(
    ["System settings", "What the role may do with: system settings."],
    ["Impostazioni di sistema", "Che cosa il ruolo può fare con: impostazioni di sistema."],
);
pub const ROLE_HISTORY: FieldWords = words(
    ["History of changes", "What the role may do with: history of changes."],
    ["Storia delle modifiche", "Che cosa il ruolo può fare con: storia delle modifiche."],
);
pub const ROLE_CALLS: FieldWords = words(
    ["Call records", "What the role may do with: call records."],
    ["Registro delle chiamate", "Che cosa il ruolo può fare con: registro delle chiamate."],
);
pub const ROLE_LIVE: FieldWords = words(
    ["Live view", "What the role may do with: live view."],
    ["Vista in diretta", "Che cosa il ruolo può fare con: vista in diretta."],
);
pub const TOKEN_NAME: FieldWords = words(["Name", "The program that uses it."], ["Nome", "Il programma che lo usa."]);
pub const TOKEN_USER: FieldWords = words(["User", "It can do what this user can."], ["Utente", "Può fare ciò che può questo utente."]);
pub const TOKEN_HASH: FieldWords = words(["Token", "Kept as a hash only."], ["Token", "Conservato solo come hash."]);
pub const TOKEN_READ_ONLY: FieldWords = words(["Read only", "It changes nothing."], ["Sola lettura", "Non cambia nulla."]);
pub const TOKEN_EXPIRES: FieldWords = words(
    ["Expires", "The moment from which it is refused, in seconds since 1970; empty for never."],
    ["Scadenza", "Il momento da cui è rifiutato, in secondi dal 1970; vuoto per mai."],
);
