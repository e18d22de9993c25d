//! Ways to the outside: trunks, accounts at a provider, gateways, other sites.

use crate::base::Transport;
use crate::base::id::{LineId, TenantId};
use crate::secret::Secret;
use crate::text::settings as words;

use super::Kind;
use super::account::{CODECS, PORT, set_of};
use super::field::{Default, Field, Shape};
use super::own::Values;

/// A way to the outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub id: LineId,
    pub tenant: TenantId,
    pub name: String,
    pub enabled: bool,
    pub kind: LineKind,
    pub host: String,
    /// `None`: the transport's own, or what SRV says.
    pub port: Option<u16>,
    /// `None`: what NAPTR and SRV say (RFC 3263).
    pub transport: Option<Transport>,
    pub username: String,
    pub password: Secret,
    /// Calls over it at a time; 0 is no limit.
    pub concurrent_call_limit: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// A device in the LAN, without a login.
    Gateway,
    /// An account at a provider, which we register.
    Provider,
    /// A number range, known by its address.
    Trunk,
    /// Another Trillo or PBX, whose extensions count as internal.
    Site,
}

const KINDS: &[&str] = &["provider", "gateway", "trunk", "site"];
const LINE_TRANSPORTS: &[&str] = &["auto", "udp", "tcp", "tls"];

pub const RANGE_FIELDS: &[Field] = &[
    Field::new("from", Shape::Digits { min: 1, max: 16 }, Default::Required, words::RANGE_FROM),
    Field::new("to", Shape::Digits { min: 1, max: 16 }, Default::Required, words::RANGE_TO),
];

pub const DID_FIELDS: &[Field] = &[
    Field::new("number", Shape::Prefix, Default::Required, words::DID_NUMBER),
    Field::new("action", Shape::Action { is_transfer: false }, Default::Required, words::DID_ACTION),
];

pub const REWRITE_FIELDS: &[Field] = &[
    Field::new("prefix", Shape::Prefix, Default::Empty, words::REWRITE_PREFIX),
    Field::new("strip", Shape::Number { min: 0, max: 32 }, Default::Number(0), words::REWRITE_STRIP),
    Field::new("add", Shape::Prefix, Default::Empty, words::REWRITE_ADD),
];

pub(super) const FIELDS: &[Field] = &[
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("name", Shape::Text, Default::Required, words::LINE_NAME),
    Field::new("enabled", Shape::Bool, Default::Bool(true), words::LINE_ENABLED),
    Field::new("kind", Shape::Choice(KINDS), Default::Text("provider"), words::LINE_KIND),
    Field::new("host", Shape::Host, Default::Required, words::LINE_HOST),
    Field::new("port", PORT, Default::Empty, words::LINE_PORT),
    Field::new("transport", Shape::Choice(LINE_TRANSPORTS), Default::Text("auto"), words::LINE_TRANSPORT),
    Field::new("username", Shape::Text, Default::Empty, words::LINE_USERNAME).only_if("kind", &["provider", "trunk"]),
    Field::new("password", Shape::Secret, Default::Empty, words::LINE_PASSWORD).only_if("kind", &["provider", "trunk"]),
    Field::new("register", Shape::Bool, Default::Bool(true), words::LINE_REGISTER).only_if("kind", &["provider"]),
    Field::new("expires", Shape::Number { min: 60, max: 86_400 }, Default::Number(600), words::LINE_EXPIRES).only_if("kind", &["provider"]),
    Field::new("from_domain", Shape::Host, Default::Empty, words::LINE_FROM_DOMAIN),
    Field::new("outbound_proxy", Shape::Host, Default::Empty, words::LINE_OUTBOUND_PROXY),
    Field::new("allowed", Shape::Networks, Default::List(&[]), words::LINE_ALLOWED),
    Field::new("number", Shape::Prefix, Default::Empty, words::LINE_NUMBER),
    Field::new("ranges", Shape::Records(RANGE_FIELDS), Default::List(&[]), words::LINE_RANGES).only_if("kind", &["trunk", "site"]),
    Field::new(
        "called_number",
        Shape::Choice(&["request_uri", "to", "p_called_party_id"]),
        Default::Text("request_uri"),
        words::LINE_CALLED_NUMBER,
    ),
    Field::new("did", Shape::Records(DID_FIELDS), Default::List(&[]), words::LINE_DID),
    Field::new("rewrite_in", Shape::Records(REWRITE_FIELDS), Default::List(&[]), words::LINE_REWRITE_IN),
    Field::new("rewrite_out", Shape::Records(REWRITE_FIELDS), Default::List(&[]), words::LINE_REWRITE_OUT),
    Field::new("show_caller", Shape::Bool, Default::Bool(false), words::LINE_SHOW_CALLER),
    Field::new("diversion", Shape::Choice(&["diversion", "history_info", "none"]), Default::Text("diversion"), words::LINE_DIVERSION),
    Field::new("next_line_on", Shape::Text, Default::Empty, words::LINE_NEXT_LINE_ON),
    Field::new("options_check", Shape::Bool, Default::Bool(true), words::LINE_OPTIONS_CHECK),
    Field::new("concurrent_call_limit", Shape::Number { min: 0, max: 2_000 }, Default::Number(0), words::LINE_CONCURRENT_CALL_LIMIT),
    Field::new("codecs", set_of(CODECS, 1), Default::List(&["pcma", "pcmu", "g722", "opus"]), words::LINE_CODECS),
];

impl Line {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>) -> Line {
        Line {
            id: LineId(id),
            tenant,
            name: values.text("name"),
            enabled: values.bool("enabled"),
            kind: match values.text("kind").as_str() {
                "gateway" => LineKind::Gateway,
                "trunk" => LineKind::Trunk,
                "site" => LineKind::Site,
                _ => LineKind::Provider,
            },
            host: values.text("host"),
            port: u16::try_from(values.number("port")).ok().filter(|port| *port != 0),
            transport: Transport::from_name(&values.text("transport")),
            username: values.text("username"),
            password: values.secret("password"),
            concurrent_call_limit: values.number("concurrent_call_limit"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::account::TRANSPORTS;
    use super::*;

    #[test]
    fn the_transports_of_lines_are_those_that_leave_the_building() {
        assert!(LINE_TRANSPORTS.iter().skip(1).all(|transport| TRANSPORTS.contains(transport)));
    }
}
