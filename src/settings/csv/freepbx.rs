//! Extensions out of FreePBX: the table that its Bulk Handler exports, and the older one of Bulk Extensions, made a sheet of people.
//!
//! An extension becomes a person with an account of its number, whose phones need only a new server address: the secret stays.
//! Voicemail becomes a box whose messages go to the person's e-mail address, and its PIN the service PIN.

use std::collections::BTreeMap;

use crate::text::fault::Reason;

use super::table::{CellFault, Table, TableRow, neutralised};

/// What the translation has to say of the columns.
#[derive(Debug, Default)]
pub(super) struct Translated {
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
    /// Column of the sheet of people -> column of FreePBX, for faults.
    pub renamed: BTreeMap<String, String>,
}

/// What is read, by the names that it has had.
const COLUMNS: &[&[&str]] = &[EXTENSION, NAME, TECHNOLOGY, SECRET, OUTBOUND_NUMBER, HAS_BOX, PIN, EMAIL, OPTIONS, ATTACH, DELETE];
const EXTENSION: &[&str] = &["extension"];
const NAME: &[&str] = &["name", "description"];
const TECHNOLOGY: &[&str] = &["tech"];
const SECRET: &[&str] = &["secret", "devinfo_secret"];
const OUTBOUND_NUMBER: &[&str] = &["outboundcid"];
const HAS_BOX: &[&str] = &["voicemail_enable", "vm"];
const PIN: &[&str] = &["voicemail_vmpwd", "vmpwd"];
const EMAIL: &[&str] = &["voicemail_email", "email"];
/// `attach=yes|saycid=no|envelope=no|delete=no`
const OPTIONS: &[&str] = &["voicemail_options", "options"];
const ATTACH: &[&str] = &["attach"];
const DELETE: &[&str] = &["delete"];

/// The sheet of people that is made, and where each column comes from.
const SHEET: [(&str, &[&str]); 12] = [
    ("number", EXTENSION),
    ("first_name", NAME),
    ("last_name", NAME),
    ("email", EMAIL),
    ("service_pin", PIN),
    ("outbound_number", OUTBOUND_NUMBER),
    ("account_username", EXTENSION),
    ("account_password", SECRET),
    ("mailbox", HAS_BOX),
    ("mailbox_notify", EMAIL),
    ("mailbox_attach_audio", OPTIONS),
    ("mailbox_delete_sent", OPTIONS),
];

pub(super) fn translate(table: Table, faults: &mut Vec<CellFault>) -> (Table, Translated) {
    let place = |names: &[&str]| names.iter().find_map(|name| table.header.iter().position(|column| column.eq_ignore_ascii_case(name)));
    if place(EXTENSION).is_none() {
        faults.push(CellFault { line: 1, column: EXTENSION[0].to_owned(), reason: Reason::NoSuchColumn });
    }
    let is_known = |column: &str| COLUMNS.iter().any(|names| names.iter().any(|name| name.eq_ignore_ascii_case(column)));
    let ignored = table.header.iter().filter(|column| !column.is_empty() && !is_known(column)).cloned().collect();
    let written = |names: &[&str]| place(names).map_or_else(|| names[0].to_owned(), |at| table.header[at].clone());
    let renamed = SHEET.iter().map(|(column, from)| ((*column).to_owned(), written(from))).collect();
    let rows = table.rows.iter().map(|row| TableRow { line: row.line, cells: person(&|names| first(&table, row, names)).to_vec() });
    let sheet = Table { header: SHEET.iter().map(|(column, _)| (*column).to_owned()).collect(), rows: rows.collect() };
    (sheet, Translated { ignored, renamed })
}

/// The first of the columns that has something.
fn first<'a>(table: &Table, row: &'a TableRow, names: &[&str]) -> &'a str {
    let cell = |name: &&str| {
        let at = table.header.iter().position(|column| column.eq_ignore_ascii_case(name))?;
        Some(row.cells[at].trim()).filter(|cell| !cell.is_empty())
    };
    names.iter().find_map(cell).unwrap_or("")
}

/// The cells of [`SHEET`].
fn person<'a>(cell: &dyn Fn(&[&str]) -> &'a str) -> [String; SHEET.len()] {
    let number = cell(EXTENSION);
    let name: Vec<&str> = cell(NAME).split_whitespace().collect();
    let (last, first) = name.split_last().map_or(("", &[][..]), |(last, first)| (*last, first));
    // Of several addresses the first; a box mails to one.
    let email = cell(EMAIL).split([',', '|', ';']).next().unwrap_or("").trim();
    let has_phone = matches!(cell(TECHNOLOGY).to_lowercase().as_str(), "" | "sip" | "pjsip" | "chan_sip" | "chan_pjsip");
    let has_box = matches!(cell(HAS_BOX).to_lowercase().as_str(), "yes" | "enabled" | "true" | "1" | "checked");
    let option = |name: &str, column: &[&str]| {
        let options = cell(OPTIONS).split('|').filter_map(|option| option.split_once('='));
        let given = options.into_iter().find(|(key, _)| *key == name).map_or(cell(column), |(_, value)| value);
        given.to_lowercase().contains("yes")
    };
    let notify = has_box && !email.is_empty();
    let attach = notify && option("attach", ATTACH);
    // A message that was mailed without its audio is not deleted here.
    let delete = attach && option("delete", DELETE);
    let truth = |is_so: bool| if is_so { "yes" } else { "" };
    let only_if = |is_so: bool, text: &'a str| if is_so { text } else { "" };
    [
        number,
        &first.join(" "),
        last,
        email,
        cell(PIN),
        number_of(cell(OUTBOUND_NUMBER)),
        only_if(has_phone, number),
        only_if(has_phone, cell(SECRET)),
        // That there is none is no wish to be rid of one that is here.
        truth(has_box),
        truth(notify),
        truth(attach),
        truth(delete),
    ]
    // None of it was written with our marks in mind.
    .map(|text| neutralised(text.to_owned()))
}

/// Of `"Acme" <+39061234>` the number.
fn number_of(identity: &str) -> &str {
    identity.rsplit_once('<').map_or(identity, |(_, number)| number.trim_end_matches('>')).trim()
}
