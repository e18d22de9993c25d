//! Media: what arrives on a port pair leaves through the other side's, rewritten from a table.
//!
//! Only [`Order`]s go in and [`Report`]s come out; control and media share nothing else.

mod flow;
mod latch;
pub mod order;
mod outbound;
mod player;
pub mod relay;
pub mod report;

pub use order::Order;
pub use player::PACKET_BYTES;
pub use relay::{Component, Relay, Verdict};
pub use report::Report;
