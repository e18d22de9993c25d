use crate::base::id::{AccountId, AccountTemplateId, ExtensionId, TenantId};
use crate::base::limits::SIP_PASSWORD_CHARS_MIN;
use crate::base::{Codec, Transport};
use crate::secret::Secret;
use crate::text::settings as words;

use super::field::{Default, Field, Shape, joined};
use super::own::Values;
use super::{Kind, Network};

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
    pub template: Option<AccountTemplateId>,
    /// It is an app that a push message wakes (RFC 8599).
    pub mobile_app: bool,
    /// At least one, all of them enabled in the SIP settings.
    pub transports: Vec<Transport>,
    /// At least one, the preferred first, all of them allowed in the SIP settings.
    pub codecs: Vec<Codec>,
    /// The preferred first; may be empty.
    pub video_codecs: Vec<VideoCodec>,
    pub nat: bool,
    pub direct_media: bool,
    pub srtp: Srtp,
    /// Calls must come from where it is registered.
    pub registration_check: bool,
    /// Where it may come from; `None` is anywhere.
    pub allowed: Option<Network>,
    pub outbound_proxy: Option<OutboundProxy>,
    pub digest: DigestAlgorithms,
}

/// Video is relayed, never transcoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VideoCodec {
    H261,
    H263,
    H263Plus,
    H264,
    Vp8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Srtp {
    Off,
    Optional,
    Required,
}

/// With which algorithms an account is asked for its password (RFC 8760).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAlgorithms {
    Md5,
    /// SHA-256 first, then MD5.
    Both,
    Sha256,
}

/// By which every request to the account goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutboundProxy {
    pub host: String,
    /// `None`: the transport's own, or what SRV says of a name.
    pub port: Option<u16>,
    pub transport: Transport,
}

pub(super) const TRANSPORTS: &[&str] = &["udp", "tcp", "tls", "ws", "wss"];
/// Nobody is a browser to a proxy.
const PROXY_TRANSPORTS: &[&str] = &["udp", "tcp", "tls"];
pub(super) const CODECS: &[&str] = &["pcma", "g722", "g726", "g729", "gsm", "opus", "pcmu"];
pub(super) const VIDEO_CODECS: &[&str] = &["h261", "h263", "h263+", "h264", "vp8"];

const LOGIN: [Field; 7] = [
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("username", Shape::Username, Default::Required, words::ACCOUNT_USERNAME),
    Field::new("enabled", Shape::Bool, Default::Bool(true), words::ACCOUNT_ENABLED),
    Field::new("password", Shape::Secret { min: SIP_PASSWORD_CHARS_MIN }, Default::Generated, words::ACCOUNT_PASSWORD),
    Field::new("extension", Shape::Reference(Kind::Extension), Default::Empty, words::ACCOUNT_EXTENSION),
    Field::new("mobile_app", Shape::Bool, Default::Bool(false), words::ACCOUNT_MOBILE_APP),
    Field::new("template", Shape::Reference(Kind::AccountTemplate), Default::Empty, words::ACCOUNT_TEMPLATE),
];

/// What a template may set.
pub(super) const INHERITED: [Field; 13] = [
    Field::new("transports", set_of(TRANSPORTS, 1), Default::List(&["udp", "tcp"]), words::ACCOUNT_TRANSPORTS).inherited(),
    Field::new("codecs", list_of(CODECS, 1), Default::List(&["g722", "pcma", "pcmu", "opus"]), words::ACCOUNT_CODECS).inherited(),
    Field::new("video_codecs", list_of(VIDEO_CODECS, 0), Default::List(&[]), words::ACCOUNT_VIDEO_CODECS).inherited(),
    Field::new("registration_check", Shape::Bool, Default::Bool(false), words::ACCOUNT_REGISTRATION_CHECK).inherited(),
    Field::new("allowed_address", Shape::Address, Default::Empty, words::ACCOUNT_ALLOWED_ADDRESS).inherited(),
    Field::new("allowed_mask", Shape::Mask, Default::Empty, words::ACCOUNT_ALLOWED_MASK).inherited(),
    Field::new("nat", Shape::Bool, Default::Bool(false), words::ACCOUNT_NAT).inherited(),
    Field::new("direct_media", Shape::Bool, Default::Bool(false), words::ACCOUNT_DIRECT_MEDIA).inherited(),
    Field::new("srtp", Shape::Choice(&["off", "optional", "required"]), Default::Text("off"), words::ACCOUNT_SRTP).inherited(),
    Field::new("outbound_proxy", Shape::Host, Default::Empty, words::ACCOUNT_OUTBOUND_PROXY).inherited(),
    Field::new("outbound_proxy_port", PORT, Default::Empty, words::ACCOUNT_OUTBOUND_PROXY_PORT).inherited(),
    Field::new("outbound_proxy_transport", Shape::Choice(PROXY_TRANSPORTS), Default::Text("udp"), words::ACCOUNT_OUTBOUND_PROXY_TRANSPORT)
        .inherited(),
    Field::new("digest", Shape::Choice(&["md5", "both", "sha256"]), Default::Text("md5"), words::ACCOUNT_DIGEST).inherited(),
];

pub(super) const FIELDS: &[Field] = &joined::<{ LOGIN.len() + INHERITED.len() }>(&[&LOGIN, &INHERITED]);

pub(super) const PORT: Shape = Shape::Number { min: 1, max: 65_535 };

pub(super) const fn set_of(of: &'static [&'static str], min: usize) -> Shape {
    Shape::Choices { of, min, is_ordered: false }
}

const fn list_of(of: &'static [&'static str], min: usize) -> Shape {
    Shape::Choices { of, min, is_ordered: true }
}

impl Account {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>, sip: &super::SipSettings) -> Account {
        let password = values.secret("password");
        Account {
            id: AccountId(id),
            tenant,
            enabled: values.bool("enabled") && !password.is_empty(),
            username: values.text("username"),
            password,
            extension: values.id("extension").map(ExtensionId),
            template: values.id("template").map(AccountTemplateId),
            mobile_app: values.bool("mobile_app"),
            transports: Account::transports_of(values, &sip.transports),
            codecs: Account::codecs_of(values, &sip.codecs),
            video_codecs: values.list("video_codecs", VideoCodec::from_name),
            nat: values.bool("nat"),
            direct_media: values.bool("direct_media"),
            srtp: match values.text("srtp").as_str() {
                "optional" => Srtp::Optional,
                "required" => Srtp::Required,
                _ => Srtp::Off,
            },
            registration_check: values.bool("registration_check"),
            allowed: Account::allowed_of(values).unwrap_or_default(),
            outbound_proxy: OutboundProxy::new(values),
            digest: match values.text("digest").as_str() {
                "both" => DigestAlgorithms::Both,
                "sha256" => DigestAlgorithms::Sha256,
                _ => DigestAlgorithms::Md5,
            },
        }
    }

    /// Its codecs, without those that the SIP settings do not allow.
    pub(super) fn codecs_of(values: &Values<'_>, allowed: &[Codec]) -> Vec<Codec> {
        let mut codecs = values.list("codecs", Codec::from_name);
        codecs.retain(|codec| allowed.contains(codec));
        codecs
    }

    /// Its transports, without those that the SIP settings do not enable.
    pub(super) fn transports_of(values: &Values<'_>, enabled: &[Transport]) -> Vec<Transport> {
        let mut transports = values.list("transports", Transport::from_name);
        transports.retain(|transport| enabled.contains(transport));
        transports
    }

    /// Address and mask together; without a mask it is one host. `Err` if the two do not fit.
    pub(super) fn allowed_of(values: &Values<'_>) -> Result<Option<Network>, ()> {
        match (values.text("allowed_address").as_str(), values.text("allowed_mask").as_str()) {
            ("", _) => Ok(None),
            (address, "") => address.parse().map(Some).map_err(|_| ()),
            (address, mask) => format!("{address}/{mask}").parse().map(Some).map_err(|_| ()),
        }
    }
}

impl OutboundProxy {
    fn new(values: &Values<'_>) -> Option<OutboundProxy> {
        let host = values.text("outbound_proxy");
        let port = values.number("outbound_proxy_port");
        (!host.is_empty()).then(|| OutboundProxy {
            host,
            port: u16::try_from(port).ok().filter(|port| *port != 0),
            transport: Transport::from_name(&values.text("outbound_proxy_transport")).unwrap_or(Transport::Udp),
        })
    }
}

impl VideoCodec {
    const ALL: [VideoCodec; 5] = [VideoCodec::H261, VideoCodec::H263, VideoCodec::H263Plus, VideoCodec::H264, VideoCodec::Vp8];

    pub const fn name(self) -> &'static str {
        match self {
            VideoCodec::H261 => "h261",
            VideoCodec::H263 => "h263",
            VideoCodec::H263Plus => "h263+",
            VideoCodec::H264 => "h264",
            VideoCodec::Vp8 => "vp8",
        }
    }

    pub fn from_name(name: &str) -> Option<VideoCodec> {
        Self::ALL.into_iter().find(|codec| codec.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choices_are_all_there_are() {
        assert!(Transport::ALL.iter().map(|transport| transport.name()).eq(TRANSPORTS.iter().copied()));
        assert!(Codec::ALL.iter().map(|codec| codec.name()).eq(CODECS.iter().copied()));
        assert!(VideoCodec::ALL.iter().map(|codec| codec.name()).eq(VIDEO_CODECS.iter().copied()));
    }
}
