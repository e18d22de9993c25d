use super::Outcome;
use crate::base::Wall;
use crate::base::id::ExtensionId;

/// Which calls on record somebody wants to see; the default is all that there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Begun then or later.
    pub from: Option<Wall>,
    /// Begun before then.
    pub until: Option<Wall>,
    /// Each of them is found in the call.
    pub words: Vec<CallWord>,
    /// It called, was called, or took the call.
    pub extension: Option<ExtensionId>,
    pub outcome: Option<Outcome>,
    pub way: Option<CallWay>,
    /// Who searches sees outside numbers without their last three digits, and so must not find them by these.
    pub is_masked: bool,
}

/// A part of a number or of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallWord {
    pub text: String,
    /// Whose name, as it is now, has it.
    pub extensions: Vec<ExtensionId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallWay {
    /// From a line.
    In,
    /// To a line.
    Out,
    /// Neither.
    Inside,
}

impl CallWay {
    pub const ALL: [CallWay; 3] = [CallWay::In, CallWay::Out, CallWay::Inside];

    pub const fn name(self) -> &'static str {
        match self {
            CallWay::In => "in",
            CallWay::Out => "out",
            CallWay::Inside => "inside",
        }
    }
}
