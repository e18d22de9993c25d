//! Sound as numbers, and as codecs write it.

pub mod g711;
pub mod tone;
