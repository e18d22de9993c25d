//! Steps of a plan. A step is told what happened (`Fact`) and says what to do (`Verb`); it never touches SIP, SDP, media or the store.

pub mod code;
pub mod keys;
pub mod ring;
