//! Who is let in, who has to wait and who is kept out. `docs/ban-list.md` has the rules in words.
//!
//! In flow the source of every packet before anybody looks at it, and what turned out about it: a password that was right, or an offence.
//! Out flow verdicts, and bans to be written down. Two things are weighed apart from each other:
//!
//! ```text
//!   packet --> [bans] --Drop--> nothing            offence --> [tallies] --full--> a ban
//!                 |                                               '- leak one a minute
//!                 '--> [known | shares] --Slow--> not now, it will come again
//!                             '--Pass--> the scanner
//! ```
//!
//! A packet costs two hashes and a look at eight neighbouring places; whatever floods in, the tables stay as large as they are.

mod bans;
mod bucket;
mod rules;
mod shares;
mod table;
mod tally;

pub use rules::{Counters, Guard, Offence};

/// What becomes of a packet, or of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// A packet above its source's share: not now. A login: answered like a wrong password, whatever the password is.
    Slow,
    /// From who is kept out: nobody looks at it.
    Drop,
}
