//! Which settings stand together, and in which order.

use crate::settings::Kind;
use crate::text::{Phrase, directory, page};

use super::{Section, failover, levels};

const fn open(title: Phrase, keys: &'static [&'static str]) -> Section {
    Section { title, keys, is_folded: false }
}

const fn folded(title: Phrase, keys: &'static [&'static str]) -> Section {
    Section { title, keys, is_folded: true }
}

/// Of a kind and of its template; what the one lacks is left out.
const EXTENSION: &[Section] = &[
    open(page::IDENTITY, &["name", "number", "first_name", "last_name", "template", "tenant", "enabled"]),
    open(page::CONTACT, &["email", "mobile", "organization", "department"]),
    open(page::CALL_LIMITS, &["concurrent_call_limit", "busy_level", "service_pin"]),
    folded(
        directory::OUTSIDE_CALLS,
        &["standard_class", "restricted_class", "outbound_number", "hide_number", "lock_mode", "unlock_policy", "unlock_seconds"],
    ),
    folded(directory::FAILOVER, failover::KEYS),
    folded(directory::PICKUP, &["pickup_groups", "pickup_authorized"]),
    folded(directory::PHONEBOOK, &["show_in_phonebook", "ldap_mode", "ldap_extension", "ldap_number"]),
];

const ACCOUNT: &[Section] = &[
    open(page::LOGIN_OF_PHONE, &["name", "username", "password", "extension", "template", "tenant", "enabled", "mobile_app"]),
    open(page::WHERE_FROM, &["transports", "nat", "registration_check", "allowed_address", "allowed_mask"]),
    open(page::AUDIO, &["codecs"]),
    folded(directory::SECURITY, &["srtp", "digest"]),
    folded(directory::VIDEO, &["video_codecs", "direct_media"]),
    folded(directory::OUTBOUND_PROXY, &["outbound_proxy", "outbound_proxy_port", "outbound_proxy_transport"]),
];

const LINE: &[Section] = &[
    open(page::IDENTITY, &["name", "kind", "tenant", "enabled"]),
    open(page::ADDRESSES, &["host", "port", "transport", "certificate"]),
    open(page::LOGIN_OF_PHONE, &["username", "password", "register", "expires"]),
    open(directory::NUMBERS, &["number", "ranges", "did", "called_number"]),
    folded(directory::REWRITING, &["blocked", "rewrite_in", "rewrite_out", "show_caller", "diversion"]),
    folded(page::WHERE_FROM, &["outbound_proxy", "from_domain", "allowed", "options_check", "next_line_on"]),
    folded(page::AUDIO, &["codecs", "concurrent_call_limit"]),
];

const SIP: &[Section] = &[
    open(page::REGISTRATION, &["realm", "expires_default", "expires_min", "expires_max"]),
    open(page::ADDRESSES, &["external_address", "local_networks"]),
    open(directory::TRANSPORTS, &["transports", "udp_port", "tcp_port", "tls_port", "ws_port", "wss_port"]),
    open(page::AUDIO, &["codecs"]),
    folded(directory::SECURITY, &["ban", "ban_offences", "ban_minutes", "ban_allowed"]),
];

const MAILBOX: &[Section] = &[
    open(page::IDENTITY, &["number", "extension", "tenant", "enabled"]),
    open(directory::MESSAGES, &["email", "notify", "attach_audio", "delete_sent"]),
];

const CONTACT: &[Section] = &[
    open(page::IDENTITY, &["first_name", "last_name", "organization", "department", "tenant", "owner"]),
    open(directory::NUMBERS, &["phone", "mobile", "home", "speed_dial", "email"]),
];

const USER: &[Section] = &[
    open(page::IDENTITY, &["username", "password_hash", "extension", "language"]),
    open(directory::RIGHTS, &["role", "own_role", "web_access", "cti_access"]),
    folded(directory::SECURITY, &["totp_secret", "recovery_codes"]),
];

const NUMBERING: &[Section] =
    &[open(directory::DIALLING, &["order", "outside_prefix", "country_code", "international_prefix", "national_prefix", "emergency"])];

const ROLE: &[Section] = &[open(page::IDENTITY, &["name"]), open(directory::RIGHTS, levels::KEYS)];

/// Kinds with few settings have no headings.
pub const fn of(kind: Kind) -> &'static [Section] {
    match kind {
        Kind::Extension | Kind::ExtensionTemplate => EXTENSION,
        Kind::Account | Kind::AccountTemplate => ACCOUNT,
        Kind::Line => LINE,
        Kind::Sip => SIP,
        Kind::Mailbox => MAILBOX,
        Kind::Contact => CONTACT,
        Kind::User => USER,
        Kind::Role => ROLE,
        Kind::Numbering => NUMBERING,
        _ => &[],
    }
}

/// The heading of those that no section names.
pub const fn rest(kind: Kind) -> Phrase {
    match kind {
        Kind::Numbering => directory::SERVICE_CODES,
        _ => page::MORE_SETTINGS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_name_settings_that_exist_and_no_setting_twice() {
        for kind in Kind::ALL {
            let keys: Vec<&str> = of(kind).iter().flat_map(|section| section.keys).copied().collect();
            for (at, key) in keys.iter().enumerate() {
                assert!(!keys[..at].contains(key), "{} has {key} twice", kind.name());
                let known = [Some(kind), kind.template(), kind.inheritor()].into_iter().flatten().any(|kind| kind.field(key).is_some());
                assert!(known, "{} has no {key}", kind.name());
            }
        }
        assert!(failover::KEYS.iter().all(|key| Kind::Extension.field(key).is_some()));
    }
}
