use std::net::IpAddr;

use crate::base::Codec;

use super::Network;

/// What holds for SIP as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct SipSettings {
    /// Of digest authentication.
    pub realm: String,
    /// The longest registration in seconds; a phone that asks for more gets this.
    pub expires_max: u32,
    /// The shortest registration in seconds; a phone that asks for less gets 423.
    pub expires_min: u32,
    /// What phones outside the local networks reach the box by. (A later version also takes a name.)
    pub external_address: Option<IpAddr>,
    pub local_networks: Vec<Network>,
    /// The codecs that accounts may choose from.
    pub codecs: Vec<Codec>,
}
