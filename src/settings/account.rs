use crate::base::id::{AccountId, ExtensionId, TenantId};
use crate::base::{Codec, Transport};
use crate::secret::Secret;
use crate::text::settings as words;

use super::field::{Default, Field, Shape};
use super::own::Values;
use super::{Kind, Network, Own};

/// A SIP login, configured on one terminal.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    pub id: AccountId,
    pub tenant: TenantId,
    pub enabled: bool,
    pub username: String,
    /// Never empty in an enabled account.
    pub password: Secret,
    pub extension: Option<ExtensionId>,
    /// At least one.
    pub transports: Vec<Transport>,
    /// At least one, the preferred first, all of them allowed in the SIP settings.
    pub codecs: Vec<Codec>,
    pub nat: bool,
    /// Calls must come from where it is registered.
    pub registration_check: bool,
    /// Where it may come from; `None` is anywhere.
    pub allowed: Option<Network>,
}

pub(super) const TRANSPORTS: &[&str] = &["udp", "tcp", "tls", "ws", "wss"];
pub(super) const CODECS: &[&str] = &["pcma", "g722", "g726", "g729", "gsm", "opus", "pcmu"];

pub(super) const FIELDS: &[Field] = &[
    Field { key: "tenant", shape: Shape::Reference(Kind::Tenant), default: Default::DefaultTenant, words: words::IN_TENANT },
    Field { key: "username", shape: Shape::Username, default: Default::Required, words: words::ACCOUNT_USERNAME },
    Field { key: "enabled", shape: Shape::Bool, default: Default::Bool(true), words: words::ACCOUNT_ENABLED },
    Field { key: "password", shape: Shape::Secret, default: Default::Generated, words: words::ACCOUNT_PASSWORD },
    Field { key: "extension", shape: Shape::Reference(Kind::Extension), default: Default::Empty, words: words::ACCOUNT_EXTENSION },
    Field {
        key: "transports",
        shape: Shape::Choices(TRANSPORTS),
        default: Default::List(&["udp", "tcp"]),
        words: words::ACCOUNT_TRANSPORTS,
    },
    Field {
        key: "codecs",
        shape: Shape::Choices(CODECS),
        default: Default::List(&["g722", "pcma", "pcmu", "opus"]),
        words: words::ACCOUNT_CODECS,
    },
    Field { key: "nat", shape: Shape::Bool, default: Default::Bool(false), words: words::ACCOUNT_NAT },
    Field { key: "registration_check", shape: Shape::Bool, default: Default::Bool(false), words: words::ACCOUNT_REGISTRATION_CHECK },
    Field { key: "allowed", shape: Shape::Network, default: Default::Empty, words: words::ACCOUNT_ALLOWED },
];

impl Account {
    pub(super) fn new(id: i64, tenant: TenantId, own: &Own, allowed_codecs: &[Codec]) -> Account {
        let values = Values { kind: Kind::Account, own };
        let password = values.secret("password");
        Account {
            id: AccountId(id),
            tenant,
            enabled: values.bool("enabled") && !password.is_empty(),
            username: values.text("username"),
            password,
            extension: own.id("extension").map(ExtensionId),
            transports: values.list("transports", Transport::from_name),
            codecs: Account::codecs_of(own, allowed_codecs),
            nat: values.bool("nat"),
            registration_check: values.bool("registration_check"),
            allowed: values.network("allowed"),
        }
    }

    /// Its codecs, without those that the SIP settings do not allow.
    pub(super) fn codecs_of(own: &Own, allowed: &[Codec]) -> Vec<Codec> {
        let mut codecs = Values { kind: Kind::Account, own }.list("codecs", Codec::from_name);
        codecs.retain(|codec| allowed.contains(codec));
        codecs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choices_are_all_there_are() {
        assert!(Transport::ALL.iter().map(|transport| transport.name()).eq(TRANSPORTS.iter().copied()));
        assert!(Codec::ALL.iter().map(|codec| codec.name()).eq(CODECS.iter().copied()));
    }
}
