//! Calls: the machine that owns every call, leg, bridge and registration.
//!
//! [`Exchange::handle`] takes an [`Input`], [`Exchange::poll_output`] gives what follows from it, [`Exchange::poll_timeout`] says when to come
//! back. It reads no clock, socket, file or random source, so a seed replays a day of calls in a moment.
//!
//! How an INVITE travels: `exchange` gets it from the endpoint, `authenticate` proves who it is, `admit` asks `route` for a plan and makes the
//! call, `onward` leads it through its plan, `ringing` performs what `step::ring` says, `forward` follows a phone that sends it on. What comes in
//! talk `in_dialog` hands to `modify` (offers), `session` (timers, who is shown), `reliable`, `keys` or `transfer`; `hangup` ends the call and
//! writes the record.

mod admit;
mod arrivals;
mod authenticate;
mod bindable;
mod bindings;
mod bridge;
mod call;
pub mod command;
mod consult;
mod datagram;
mod ended;
#[allow(clippy::module_inception)]
mod exchange;
mod forward;
mod forwarded;
mod guarding;
mod hangup;
mod in_dialog;
mod in_talk;
mod keepalive;
mod keys;
mod ledger;
mod leg;
mod line;
mod measuring;
mod modify;
mod onward;
mod park;
mod pickup;
mod pin_tries;
mod presence;
mod probe;
mod proxies;
mod reach;
mod registrar;
mod reliable;
mod reoffer;
mod replacing;
mod ringing;
mod service;
mod serving;
mod session;
pub mod status;
mod step;
mod switching;
mod talking;
mod transfer;
mod within;

pub use command::Command;
pub use exchange::{Config, Exchange, Input, Output};
pub use forwarded::Forwarded;
pub use line::{Located, Question};
