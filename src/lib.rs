//! Trillo, an IP-PBX that is an appliance. `ARCHITECTURE.md` has the bird's eye view and the code map.

pub mod base;
pub mod codec;
pub mod dns;
pub mod entry;
pub mod exchange;
pub mod guard;
pub mod ldap;
pub mod media;
pub mod phonebook;
pub mod route;
pub mod rtp;
pub mod sdp;
pub mod secret;
pub mod settings;
pub mod shell;
pub mod sip;
pub mod store;
pub mod text;
pub mod trace;
pub mod web;
