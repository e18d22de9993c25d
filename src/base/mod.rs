//! What every part of the appliance agrees on: time, chance, identity, limits and the names of codecs and transports.
//!
//! Nothing here reads a clock or a random source. Time comes in as [`Now`], chance as [`Dice`].

mod codec;
mod dice;
pub mod id;
pub mod limits;
mod slab;
mod source;
mod time;
mod timers;
mod transport;

pub use codec::Codec;
pub use dice::Dice;
pub use slab::{Slab, SlabKey};
pub use source::Source;
pub use time::{Instant, Now, Wall};
pub use timers::Timers;
pub use transport::{ConnectionId, Flow, Transport};
