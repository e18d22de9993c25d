//! Ways to the outside: trunks, accounts at a provider, gateways, other sites.

use serde_json::Value;

use crate::base::id::{LineId, TenantId};
use crate::base::{Codec, Transport};
use crate::secret::Secret;
use crate::text::settings as words;

use super::account::{CODECS, PORT, set_of};
use super::field::{Default, Field, Shape};
use super::own::Values;
use super::rewrite::{self, Rewrite};
use super::{Action, Fingerprint, Kind, Network};

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
    /// What its certificate must be; `None`: one for its name, from an authority that the system trusts.
    pub certificate: Option<Fingerprint>,
    pub username: String,
    pub password: Secret,
    /// The box registers there.
    pub registers: bool,
    /// Seconds that are proposed for a registration.
    pub expires: u32,
    /// Of our address and theirs: the host, if nothing else is set.
    pub domain: String,
    /// Requests go there instead of to the host.
    pub outbound_proxy: Option<String>,
    /// Calls come from these too.
    pub allowed: Vec<Network>,
    /// Shown for callers who have none of their own; may be empty.
    pub number: String,
    /// Numbers of the trunk, or extensions of the other site.
    pub ranges: Vec<NumberRange>,
    pub called_number: CalledNumber,
    pub did: Vec<Did>,
    /// Callers whose number begins so are not let in.
    pub blocked: Vec<String>,
    /// For numbers that it brings.
    pub rewrite_in: Vec<Rewrite>,
    /// For numbers that are called over it.
    pub rewrite_out: Vec<Rewrite>,
    /// Forwarded calls show their caller's own number.
    pub shows_caller: bool,
    pub diversion: DiversionHeader,
    /// Statuses on which the next line is tried too.
    pub next_line_on: Vec<u16>,
    /// It is asked regularly whether it is there.
    pub is_watched: bool,
    /// Calls over it at a time; 0 is no limit.
    pub concurrent_call_limit: u32,
    /// The preferred first.
    pub codecs: Vec<Codec>,
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

/// Both ends count; numbers of that length only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberRange {
    pub from: String,
    pub to: String,
}

impl NumberRange {
    pub fn contains(&self, number: &str) -> bool {
        number.len() == self.from.len() && (self.from.as_str()..=self.to.as_str()).contains(&number)
    }
}

/// Where in a call the called number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalledNumber {
    RequestUri,
    To,
    PCalledPartyId,
}

/// A number of the line, and where its calls go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    pub number: String,
    pub action: Action,
}

/// How the other side is told who forwarded a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiversionHeader {
    /// RFC 5806.
    Diversion,
    /// RFC 7044.
    HistoryInfo,
    None,
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

pub const BLOCKED_FIELDS: &[Field] = &[Field::new("prefix", Shape::Prefix, Default::Required, words::BLOCKED_PREFIX)];

pub(super) const FIELDS: &[Field] = &[
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("name", Shape::Text, Default::Required, words::LINE_NAME),
    Field::new("enabled", Shape::Bool, Default::Bool(true), words::LINE_ENABLED),
    Field::new("kind", Shape::Choice(KINDS), Default::Text("provider"), words::LINE_KIND),
    Field::new("host", Shape::Host, Default::Required, words::LINE_HOST),
    Field::new("port", PORT, Default::Empty, words::LINE_PORT),
    Field::new("transport", Shape::Choice(LINE_TRANSPORTS), Default::Text("auto"), words::LINE_TRANSPORT),
    Field::new("certificate", Shape::Fingerprint, Default::Empty, words::LINE_CERTIFICATE).only_if("transport", &["auto", "tls"]),
    Field::new("username", Shape::Text, Default::Empty, words::LINE_USERNAME).only_if("kind", &["provider", "trunk"]),
    Field::new("password", Shape::Secret { min: 1 }, Default::Empty, words::LINE_PASSWORD).only_if("kind", &["provider", "trunk"]),
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
    Field::new("blocked", Shape::Records(BLOCKED_FIELDS), Default::List(&[]), words::LINE_BLOCKED),
    Field::new("rewrite_in", Shape::Records(rewrite::FIELDS), Default::List(&[]), words::LINE_REWRITE_IN),
    Field::new("rewrite_out", Shape::Records(rewrite::FIELDS), Default::List(&[]), words::LINE_REWRITE_OUT),
    Field::new("show_caller", Shape::Bool, Default::Bool(false), words::LINE_SHOW_CALLER),
    Field::new("diversion", Shape::Choice(&["diversion", "history_info", "none"]), Default::Text("diversion"), words::LINE_DIVERSION),
    Field::new("next_line_on", Shape::Statuses, Default::Empty, words::LINE_NEXT_LINE_ON),
    Field::new("options_check", Shape::Bool, Default::Bool(true), words::LINE_OPTIONS_CHECK),
    Field::new("concurrent_call_limit", Shape::Number { min: 0, max: 2_000 }, Default::Number(0), words::LINE_CONCURRENT_CALL_LIMIT),
    Field::new("codecs", set_of(CODECS, 1), Default::List(&["pcma", "pcmu", "g722", "opus"]), words::LINE_CODECS),
];

impl Line {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>) -> Line {
        let kind = match values.text("kind").as_str() {
            "gateway" => LineKind::Gateway,
            "trunk" => LineKind::Trunk,
            "site" => LineKind::Site,
            _ => LineKind::Provider,
        };
        let host = values.text("host");
        let domain = Some(values.text("from_domain")).filter(|domain| !domain.is_empty()).unwrap_or_else(|| host.clone());
        Line {
            id: LineId(id),
            tenant,
            name: values.text("name"),
            enabled: values.bool("enabled"),
            kind,
            host,
            domain,
            port: u16::try_from(values.number("port")).ok().filter(|port| *port != 0),
            transport: Transport::from_name(&values.text("transport")),
            certificate: Fingerprint::parse(&values.text("certificate")),
            username: values.text("username"),
            password: values.secret("password"),
            registers: kind == LineKind::Provider && values.bool("register"),
            expires: values.number("expires"),
            outbound_proxy: Some(values.text("outbound_proxy")).filter(|proxy| !proxy.is_empty()),
            allowed: values.list("allowed", |text| text.parse().ok()),
            number: values.text("number"),
            ranges: values.records("ranges").iter().filter_map(NumberRange::new).collect(),
            called_number: match values.text("called_number").as_str() {
                "to" => CalledNumber::To,
                "p_called_party_id" => CalledNumber::PCalledPartyId,
                _ => CalledNumber::RequestUri,
            },
            did: values.records("did").iter().filter_map(Did::new).collect(),
            blocked: values.records("blocked").iter().filter_map(|record| Some(record.get("prefix")?.as_str()?.to_owned())).collect(),
            rewrite_in: values.records("rewrite_in").iter().map(Rewrite::new).collect(),
            rewrite_out: values.records("rewrite_out").iter().map(Rewrite::new).collect(),
            shows_caller: values.bool("show_caller"),
            diversion: match values.text("diversion").as_str() {
                "history_info" => DiversionHeader::HistoryInfo,
                "none" => DiversionHeader::None,
                _ => DiversionHeader::Diversion,
            },
            next_line_on: statuses(&values.text("next_line_on")),
            is_watched: values.bool("options_check"),
            concurrent_call_limit: values.number("concurrent_call_limit"),
            codecs: values.list("codecs", Codec::from_name),
        }
    }

    /// Whether everything that decides where it is and as whom we log in there is as in `other`.
    pub fn is_reached_as(&self, other: &Line) -> bool {
        let way = |line: &Line| (line.kind, line.port, line.transport, line.registers, line.expires, line.is_watched);
        way(self) == way(other)
            && self.host == other.host
            && self.domain == other.domain
            && self.outbound_proxy == other.outbound_proxy
            && self.username == other.username
            && self.password == other.password
            && self.certificate == other.certificate
    }

    /// One of the extensions of the other site.
    pub fn is_remote_extension(&self, number: &str) -> bool {
        self.kind == LineKind::Site && self.ranges.iter().any(|range| range.contains(number))
    }
}

impl NumberRange {
    fn new(record: &Value) -> Option<NumberRange> {
        let text = |key: &str| record.get(key)?.as_str().map(str::to_owned);
        Some(NumberRange { from: text("from")?, to: text("to")? })
    }
}

impl Did {
    fn new(record: &Value) -> Option<Did> {
        Some(Did { number: record.get("number")?.as_str()?.to_owned(), action: Action::new(record.get("action")?) })
    }
}

/// `480 404`, or with commas. Busy is busy on every line.
fn statuses(text: &str) -> Vec<u16> {
    let codes = text.split(|c: char| !c.is_ascii_digit()).filter_map(|code| code.parse().ok());
    codes.filter(|code| (300..700).contains(code) && *code != 486).collect()
}

#[cfg(test)]
mod tests {
    use super::super::account::TRANSPORTS;
    use super::*;

    #[test]
    fn the_transports_of_lines_are_those_that_leave_the_building() {
        assert!(LINE_TRANSPORTS.iter().skip(1).all(|transport| TRANSPORTS.contains(transport)));
    }

    #[test]
    fn a_range_has_numbers_of_its_own_length() {
        let range = NumberRange { from: "200".to_owned(), to: "299".to_owned() };
        for (number, is_in) in [("200", true), ("299", true), ("300", false), ("2000", false), ("25", false)] {
            assert_eq!(range.contains(number), is_in, "{number}");
        }
    }

    #[test]
    fn statuses_for_the_next_line_never_hold_busy() {
        assert_eq!(statuses("480, 404 486;503 12 9999 x"), [480, 404, 503]);
        assert!(statuses("").is_empty());
    }
}
