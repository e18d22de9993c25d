//! Identities of what settings and calls are made of.

use crate::slab_key;

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

row_id!(
    /// A tenant's row in the settings.
    TenantId
);
row_id!(
    /// An extension's row in the settings.
    ExtensionId
);
row_id!(
    /// An account's row in the settings.
    AccountId
);
row_id!(
    /// A web user's row in the settings.
    UserId
);
row_id!(
    /// A pickup group's row in the settings.
    PickupGroupId
);
row_id!(
    /// A line's row in the settings.
    LineId
);
row_id!(
    /// An outbound class's row in the settings.
    ClassId
);
row_id!(
    /// An extension template's row in the settings.
    ExtensionTemplateId
);
row_id!(
    /// An account template's row in the settings.
    AccountTemplateId
);
row_id!(
    /// A voicemail box's row in the settings.
    MailboxId
);
row_id!(
    /// A custom selection's row in the settings.
    SelectionId
);
row_id!(
    /// A role's row in the settings.
    RoleId
);
row_id!(
    /// A token's row in the settings.
    TokenId
);
row_id!(
    /// An audio file's row in the settings.
    AudioId
);
row_id!(
    /// A contact's row in the settings.
    ContactId
);

slab_key!(
    /// What the user calls a call.
    CallId,
    "call"
);
slab_key!(
    /// One party of a call.
    LegId,
    "leg"
);
slab_key!(
    /// Legs that hear each other.
    BridgeId,
    "bridge"
);
slab_key!(
    /// One party's media: a port pair and what is sent and received there.
    FlowId,
    "flow"
);
