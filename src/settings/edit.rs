use super::{Kind, Own};

/// Changes that are made together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    pub changes: Vec<Change>,
    /// The revision that the editor saw. If one of the edited entities was changed since, the edit is a conflict.
    /// `None`: whatever is there now.
    pub based_on: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Without an id: a new entity. With one: the keys of `own` replace what is there, a key with null goes back to the
    /// default (a password: is generated anew), keys that are absent stay.
    Put {
        kind: Kind,
        id: Option<i64>,
        own: Own,
    },
    Delete {
        kind: Kind,
        id: i64,
    },
}
