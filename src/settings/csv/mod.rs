//! Sheets: settings as CSV tables that people edit in a spreadsheet, out and in again.
//!
//! Out flows one table a kind, or [`Sheet::People`] with a person a row. In flow the bytes of such a table, or of another PBX's; they become
//! a [`Reading`], whose [`Preview`] tells row by row what would happen, and whose edit is made whole or not at all. Rows that are there are
//! found by their number, username or name and changed in the columns that the table has; nothing is deleted. docs/csv.md explains it.

mod cell;
mod columns;
mod export;
mod freepbx;
mod preview;
mod read;
mod table;

pub use export::export;
pub use preview::{Preview, PreviewRow, RowState};
pub use read::{Reading, read};
pub use table::{BYTE_ORDER_MARK, CellFault, write_texts};

use super::Kind;

/// What a table is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// A person a row: extension, first account, voicemail box, local user.
    People,
    /// An entity a row.
    Of(Kind),
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Trillo(Sheet),
    /// Extensions as FreePBX's Bulk Handler exports them.
    FreePbx,
}

impl Sheet {
    /// All there are, by name.
    pub fn all() -> impl Iterator<Item = Sheet> {
        std::iter::once(Sheet::People).chain(Kind::ALL.into_iter().filter(|kind| kind.has_sheet()).map(Sheet::Of))
    }

    /// `people`, or the kind's name.
    pub const fn name(self) -> &'static str {
        match self {
            Sheet::People => "people",
            Sheet::Of(kind) => kind.name(),
        }
    }

    pub fn from_name(name: &str) -> Option<Sheet> {
        Sheet::all().find(|sheet| sheet.name() == name)
    }

    /// The kinds that its rows are made of.
    pub fn kinds(self) -> Vec<Kind> {
        match self {
            Sheet::People => vec![Kind::Extension, Kind::Account, Kind::Mailbox, Kind::User],
            Sheet::Of(kind) => vec![kind],
        }
    }
}

impl Kind {
    /// What there is one of has no rows, and a token is shown once and never again.
    const fn has_sheet(self) -> bool {
        !self.is_single() && !matches!(self, Kind::Token | Kind::Audio)
    }
}
