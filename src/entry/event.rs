use crate::base::Wall;

/// Something an administrator may want to know later.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub at: Wall,
    pub kind: EventKind,
    /// In English, whole sentences, with the names and numbers that matter.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Started,
    Registration,
    Refused,
    Call,
    Settings,
    Trouble,
}

impl EventKind {
    pub const ALL: [EventKind; 6] =
        [EventKind::Started, EventKind::Registration, EventKind::Refused, EventKind::Call, EventKind::Settings, EventKind::Trouble];

    pub fn from_name(name: &str) -> Option<EventKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            EventKind::Started => "started",
            EventKind::Registration => "registration",
            EventKind::Refused => "refused",
            EventKind::Call => "call",
            EventKind::Settings => "settings",
            EventKind::Trouble => "trouble",
        }
    }
}
