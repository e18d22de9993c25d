use crate::base::id::{AccountId, ExtensionId, TenantId};
use crate::base::{Codec, Transport};
use crate::secret::Secret;

use super::Network;

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
    /// At least one, the preferred first.
    pub codecs: Vec<Codec>,
    pub nat: bool,
    /// Calls must come from where it is registered.
    pub registration_check: bool,
    /// Where it may come from; `None` is anywhere.
    pub allowed: Option<Network>,
}
