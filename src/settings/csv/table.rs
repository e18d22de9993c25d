//! The table itself: rows of cells, and what a spreadsheet makes of them.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a line break is a formula to a spreadsheet, whoever wrote it. Such a cell goes out with
//! an apostrophe before it, and loses it again when it comes in, so that every text survives the trip.

use crate::base::limits::{ENTITIES_MAX, SETTINGS_FILE_BYTES_MAX};
use crate::text::fault::Reason;

/// Before the text of a file that a spreadsheet shall take for UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One thing wrong with a table, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// The line of the file, from 1.
    pub line: u64,
    /// The column's name; empty where it is the whole row, or the whole table.
    pub column: String,
    pub reason: Reason,
}

/// As `trillo import` prints it: `line 3, number: it is missing`.
impl std::fmt::Display for CellFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        write!(f, ": {}", self.reason.say(crate::text::Language::English))
    }
}

#[derive(Debug, Default)]
pub(super) struct Table {
    pub header: Vec<String>,
    pub rows: Vec<TableRow>,
}

#[derive(Debug)]
pub(super) struct TableRow {
    pub line: u64,
    /// As many as the header has, empty ones added.
    pub cells: Vec<String>,
}

/// Reads the table, and names rows that have more cells than the header.
pub(super) fn read(bytes: &[u8], faults: &mut Vec<CellFault>) -> Table {
    let mut refuse = |line: u64, reason| faults.push(CellFault { line, column: String::new(), reason });
    let mut table = Table::default();
    if bytes.len() > SETTINGS_FILE_BYTES_MAX {
        refuse(1, Reason::FileTooLong { bytes_max: SETTINGS_FILE_BYTES_MAX });
        return table;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            refuse(line as u64, Reason::NotUtf8 { at, byte: bytes[at] });
            return table;
        }
    };
    let delimiter = delimiter_of(text.lines().next().unwrap_or(""));
    if let Some(line) = open_quote(text, delimiter) {
        // All behind it would be one cell.
        refuse(line, Reason::QuoteNotClosed);
        return table;
    }
    let mut reader = ::csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    // The text is UTF-8 and rows may be of any length, so every row can be read.
    table.header = reader.headers().map(|header| header.iter().map(|name| name.trim().to_owned()).collect()).unwrap_or_default();
    let mut lines = Lines { text, at: 0, line: 1 };
    for row in reader.records().flatten() {
        let line = lines.of(row.position().map_or(0, ::csv::Position::byte));
        let mut cells: Vec<String> = row.iter().map(str::to_owned).collect();
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if table.rows.len() == ENTITIES_MAX {
            refuse(line, Reason::TooMany { max: ENTITIES_MAX });
            break;
        }
        if cells.iter().skip(table.header.len()).any(|cell| !cell.trim().is_empty()) {
            refuse(line, Reason::MoreCellsThanColumns);
        }
        // Spreadsheets leave out the empty cells at the end of a row.
        cells.resize(table.header.len(), String::new());
        table.rows.push(TableRow { line, cells });
    }
    table
}

/// The line in which a quotation begins that is never closed.
fn open_quote(text: &str, delimiter: u8) -> Option<u64> {
    let (mut line, mut open, mut is_start) = (1, None, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        line += u64::from(byte == b'\n');
        match open {
            Some(_) if byte == b'"' && bytes.next_if_eq(&b'"').is_none() => open = None,
            Some(_) => {}
            None if byte == b'"' && is_start => open = Some(line),
            None => {}
        }
        is_start = open.is_none() && (byte == delimiter || matches!(byte, b'\n' | b'\r'));
    }
    open
}

/// Counts lines as far as rows were read. (The reader's own count is one too low behind a CR LF.)
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut end = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
        while bytes.get(end).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            end += 1;
        }
        self.line += bytes.get(self.at..end).map_or(0, |passed| passed.iter().filter(|byte| **byte == b'\n').count() as u64);
        self.at = end;
        self.line
    }
}

/// Of the three, the one that the header has most of.
fn delimiter_of(header: &str) -> u8 {
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// Adds a row. A cell is quoted if a reader with any of the delimiters would cut it.
pub(super) fn write(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        if cell.contains([',', ';', '\t', '"', '\n', '\r']) || cell.trim() != cell {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

/// What a spreadsheet takes for the beginning of a formula, the wide forms of East Asian keyboards too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// True for formulas, and for formulas behind apostrophes.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// As it goes out.
/// A row of texts that are no settings, none of them a formula to a spreadsheet.
pub fn write_texts(out: &mut String, cells: impl IntoIterator<Item = String>) {
    write(out, cells.into_iter().map(neutralised));
}

pub(super) fn neutralised(text: String) -> String {
    if is_formula(&text) { format!("'{text}") } else { text }
}

/// As it was before it went out.
pub(super) fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>, Vec<String>) {
        let mut faults = Vec::new();
        let table = read(text.as_bytes(), &mut faults);
        (table.header, table.rows.into_iter().map(|row| row.cells).collect(), faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn formulas_go_out_harmless_and_come_back_as_they_were() {
        for text in ["=1+1", "+39", "-", "-1", "@SUM(A1)", "'", "''", "'=1", "''+1", "'Ndrangheta", "\u{ff1d}1", "a=1", "", "it's"] {
            let cell = neutralised(text.to_owned());
            assert!(!cell.starts_with(FORMULA), "{text}");
            assert_eq!(plain(&cell), text);
        }
        assert_eq!(plain("'t Hooft"), "'t Hooft", "what nobody neutralised stays");
    }

    #[test]
    fn the_three_delimiters_a_mark_and_quotes_are_read() {
        for text in ["a,b\n1,\"x;\"\"y\"\n", "\u{feff}a;b\r\n1;\"x;\"\"y\"\r\n", "a\tb\n\n1\t\"x;\"\"y\""] {
            assert_eq!(table(text).1, [["1", "x;\"y"]], "{text}");
        }
    }

    #[test]
    fn rows_that_are_too_short_are_filled_and_ones_too_long_refused() {
        let (_, rows, faults) = table("a,b\n1\n1,2,\n1,2,3\n");
        assert_eq!(rows, [["1", ""], ["1", "2"], ["1", "2"]]);
        assert_eq!(table("a,b\r\n1\r\n\r\n1,2,3\r\n").2, ["line 4: it has more cells than the table has columns"]);
        assert_eq!(faults, ["line 4: it has more cells than the table has columns"]);
        let mut faults = Vec::new();
        read(b"a\nZo\xeb\n", &mut faults);
        assert_eq!(faults[0].to_string(), "line 2: byte 4 of the file, 0xEB, is not UTF-8; save it as text in UTF-8");
    }

    #[test]
    fn a_quotation_that_never_ends_is_told_where_it_begins() {
        let said = "a quotation mark that opens in this line is never closed";
        for (text, line) in [("a,b\n1,2\n3,\"4\n5,6\n7,8\n", 3), ("a,b\r\n\"1\r\n\",\"2\"\"\r\n", 3), ("\"a,b\n1,2\n", 1)] {
            assert_eq!(table(text).2, [format!("line {line}: {said}")], "{text}");
        }
        for fine in ["a,b\n1,\"2\"\"3\"\n", "a,b\n1,2\"3\n", "a;b\n\"\";\"\"\n", "a,b\n\"1\n2\",3\n"] {
            assert_eq!(table(fine).2, [""; 0], "{fine}");
        }
    }

    #[test]
    fn cells_are_quoted_for_every_delimiter() {
        let mut out = String::new();
        write(&mut out, ["a", "b;c", "d,e", "f\tg", "h\"i"].into_iter().map(str::to_owned));
        assert_eq!(out, "a,\"b;c\",\"d,e\",\"f\tg\",\"h\"\"i\"\r\n");
    }
}
