/// A kind of entity. The order is the order of the settings file: what is referred to comes before what refers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The one table of SIP settings.
    Sip,
    Tenant,
    Extension,
    Account,
    User,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Sip, Kind::Tenant, Kind::Extension, Kind::Account, Kind::User];

    /// As in the settings file, the API and the database: `extension`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Sip => "sip",
            Kind::Tenant => "tenant",
            Kind::Extension => "extension",
            Kind::Account => "account",
            Kind::User => "user",
        }
    }

    pub fn from_name(name: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
