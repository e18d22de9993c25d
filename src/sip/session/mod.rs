//! What accept, offer, modify, refresh and refer share: the values of RFC 3262, 3515, 3891 and 4028, and the keys of INFO.
//!
//! Header fields flow in, decisions and header values flow out. They know no dialog and no call; `exchange` keeps them with its legs.

pub mod keypad;
pub mod prack;
pub mod refer;
pub mod refresh;
pub mod replaces;
