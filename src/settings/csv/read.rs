//! From a table to the changes that it asks for: which entity each row means, and what each cell says of it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use crate::base::limits::PASSWORD_CHARS_MIN;
use crate::secret::Secret;
use crate::settings::draft::nearest;
use crate::settings::{Change, Edit, Kind, Own, Panel, Settings};
use crate::text::fault::{Owner, Reason};

use super::cell::{NONE, from_cell, truth};
use super::columns::{Column, Holds, columns};
use super::table::{self, CellFault, Table};
use super::{Format, Sheet, freepbx};

/// A table that was read. Its edit can be looked at and made.
#[derive(Debug)]
pub struct Reading {
    pub(super) rows: Vec<Row>,
    pub(super) changes: Vec<RowEdit>,
    /// Of the table as a whole.
    pub(super) faults: Vec<CellFault>,
    /// Columns of another program's table that mean nothing here.
    pub(super) ignored: Vec<String>,
    /// What another program's table calls a column.
    pub(super) renamed: BTreeMap<String, String>,
    sheet: Sheet,
    columns: Vec<Column>,
    based_on: u64,
}

#[derive(Debug)]
pub(super) struct Row {
    pub line: u64,
    /// The number or name that it is known by, as written.
    pub name: String,
    pub faults: Vec<CellFault>,
}

/// One change, and the row that asks for it.
#[derive(Debug)]
pub(super) struct RowEdit {
    pub row: usize,
    pub change: Change,
    /// To be hashed before the change is made.
    password: Option<Secret>,
    /// It links an account to the extension of its row.
    pub is_link: bool,
}

/// Reads a table. Nothing is refused here for good: what is wrong is told by the [`Preview`](super::Preview).
pub fn read(format: Format, bytes: &[u8], settings: &Settings) -> Reading {
    let mut faults = Vec::new();
    let table = table::read(bytes, &mut faults);
    let (sheet, table, translated) = match format {
        Format::Trillo(sheet) => (sheet, table, freepbx::Translated::default()),
        Format::FreePbx => {
            let (table, translated) = freepbx::translate(table, &mut faults);
            (Sheet::People, table, translated)
        }
    };
    let all = columns(sheet, settings);
    let places = header(&all, &table, sheet, &mut faults);
    let mut reader = Reader {
        settings,
        sheet,
        index: sheet.kinds().into_iter().map(|kind| (kind, Index::new(kind, settings))).collect(),
        rows: Vec::new(),
        changes: Vec::new(),
        account_cells: Vec::new(),
    };
    // Faults of single rows go to them.
    let (of_rows, faults): (Vec<CellFault>, Vec<CellFault>) =
        faults.into_iter().partition(|fault| fault.line > 1 && !table.rows.is_empty());
    if faults.is_empty() {
        for row in &table.rows {
            let cells: Vec<(&Column, &str)> = places.iter().map(|(column, at)| (&all[*column], row.cells[*at].as_str())).collect();
            reader.row(row.line, &cells);
        }
        reader.link_accounts();
    }
    for fault in of_rows {
        match reader.rows.iter_mut().find(|row| row.line == fault.line) {
            Some(row) => row.faults.push(fault),
            None => reader.rows.push(Row { line: fault.line, name: String::new(), faults: vec![fault] }),
        }
    }
    let Reader { rows, changes, .. } = reader;
    let columns = places.iter().map(|(column, _)| all[*column].clone()).collect();
    let freepbx::Translated { ignored, renamed } = translated;
    Reading { rows, changes, faults, ignored, renamed, sheet, columns, based_on: settings.revision }
}

impl Reading {
    /// What somebody must be allowed to write to make its edit.
    pub fn panels(&self) -> BTreeSet<Panel> {
        let kinds = self.columns.iter().map(|column| column.kind).chain(self.changes.iter().map(|edit| edit.kind()));
        kinds.map(Kind::panel).collect()
    }

    /// The edit, to be made of the settings that it was read for. Each new password of a user passes through `hash`.
    pub fn edit<E>(&self, hash: &mut dyn FnMut(&Secret) -> Result<String, E>) -> Result<Edit, E> {
        let mut changes = Vec::with_capacity(self.changes.len());
        for edit in &self.changes {
            let mut change = edit.change.clone();
            if let (Some(password), Change::Put { own, .. }) = (&edit.password, &mut change) {
                own.0.insert("password_hash".to_owned(), hash(password)?.into());
            }
            changes.push(change);
        }
        Ok(Edit { changes, based_on: Some(self.based_on) })
    }

    /// It follows from the number of the row's extension, so that with a wrong number it is wrong too.
    pub(super) fn is_derived(&self, edit: &RowEdit, key: &str) -> bool {
        let is_first = edit.kind() == Kind::Extension || !edit.is_link && self.sheet != Sheet::People;
        let is_written = self.columns.iter().any(|column| column.kind == edit.kind() && column.key() == key);
        !is_first && (key == "extension" || key == "number" && !is_written)
    }

    /// What the table calls the column of that setting.
    pub(super) fn column_of(&self, edit: &RowEdit, key: &str) -> String {
        let kind = edit.kind();
        let name = match self.columns.iter().find(|column| column.kind == kind && column.key() == key && !edit.is_link) {
            Some(column) => column.name.clone(),
            None if edit.is_link && self.sheet == Sheet::Of(Kind::Extension) => "accounts".to_owned(),
            None => columns_prefix(self.sheet, kind).to_owned() + key,
        };
        self.renamed.get(&name).cloned().unwrap_or(name)
    }
}

impl RowEdit {
    pub fn kind(&self) -> Kind {
        match &self.change {
            Change::Put { kind, .. } | Change::Delete { kind, .. } => *kind,
        }
    }

    /// With a hash in place of a password, for a look at what would happen.
    pub fn for_a_look(&self) -> Change {
        let mut change = self.change.clone();
        if let (Some(_), Change::Put { own, .. }) = (&self.password, &mut change) {
            own.0.insert("password_hash".to_owned(), "$argon2id$to-be-made".into());
        }
        change
    }
}

/// The column of people that says whether there is a voicemail box.
const MAILBOX: &str = "mailbox";

/// A column that the table lacks is named as it would be.
fn columns_prefix(sheet: Sheet, kind: Kind) -> &'static str {
    match (sheet, kind) {
        (Sheet::People, Kind::Account) => "account_",
        (Sheet::People, Kind::Mailbox) => "mailbox_",
        (Sheet::People, Kind::User) => "user_",
        _ => "",
    }
}

/// Which column of the sheet stands at which place of the table.
fn header(all: &[Column], table: &Table, sheet: Sheet, faults: &mut Vec<CellFault>) -> Vec<(usize, usize)> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut refuse = |column: &str, reason| {
        let column = column.chars().filter(|c| !c.is_control()).take(64).collect();
        faults.push(CellFault { line: 1, column, reason });
    };
    for (at, name) in table.header.iter().enumerate() {
        let known = all.iter().position(|column| column.name.eq_ignore_ascii_case(name));
        match known {
            Some(column) if places.iter().any(|(other, _)| *other == column) => refuse(name, Reason::Twice { given: name.clone() }),
            Some(column) => places.push((column, at)),
            // A column without a name is what spreadsheets leave behind; cells in it are refused with their row.
            None if name.is_empty() && table.rows.iter().all(|row| row.cells[at].trim().is_empty()) => {}
            None => refuse(name, Reason::UnknownColumn { nearest: nearest_column(name, all) }),
        }
    }
    let vital = match sheet {
        Sheet::People => Some("number"),
        Sheet::Of(kind) => kind.name_key(),
    };
    if let Some(vital) = vital.filter(|vital| !places.iter().any(|(column, _)| all[*column].name == *vital)) {
        refuse(vital, Reason::NoSuchColumn);
    }
    places
}

fn nearest_column(given: &str, all: &[Column]) -> Option<String> {
    nearest(&given.to_lowercase(), all.iter().map(|column| column.name.as_str())).map(str::to_owned)
}

struct Reader<'a> {
    settings: &'a Settings,
    sheet: Sheet,
    index: BTreeMap<Kind, Index>,
    rows: Vec<Row>,
    changes: Vec<RowEdit>,
    /// Rows that name an extension's accounts: row, extension, what refers to it, usernames.
    account_cells: Vec<(usize, Option<i64>, Value, Vec<String>)>,
}

impl Reader<'_> {
    fn row(&mut self, line: u64, cells: &[(&Column, &str)]) {
        self.rows.push(Row { line, name: String::new(), faults: Vec::new() });
        let kinds = self.sheet.kinds();
        let mut extension = None;
        for (place, kind) in kinds.iter().enumerate() {
            let part: Vec<(&Column, &str)> = cells.iter().filter(|(column, _)| column.kind == *kind).copied().collect();
            if place == 0 {
                extension = self.part(*kind, &part, None);
            } else if let Some(extension) = &extension {
                self.further_part(*kind, &part, extension);
            }
        }
    }

    /// An entity of the sheet's own kind, or of a person. Returns how others refer to it.
    fn part(&mut self, kind: Kind, cells: &[(&Column, &str)], link: Option<(&Link, Option<i64>)>) -> Option<Link> {
        let at = self.rows.len() - 1;
        let (mut own, mut password) = (Own::default(), None);
        for (column, cell) in cells {
            if column.is_kept_if_empty() && cell.trim().is_empty() {
                continue;
            }
            match column.holds {
                Holds::Field(field) => match from_cell(field, cell) {
                    Ok(value) => drop(own.0.insert(field.key.to_owned(), value)),
                    Err(reason) => self.refuse(at, &column.name, reason),
                },
                Holds::Password => {
                    if cell.chars().count() < PASSWORD_CHARS_MIN {
                        self.refuse(at, &column.name, Reason::TooShort { chars_min: PASSWORD_CHARS_MIN });
                    }
                    // Refused or not, it is given: that its hash is missing would be no second fault.
                    password = Some(Secret::new(*cell));
                }
                Holds::Accounts | Holds::HasMailbox => {}
            }
        }
        let name = name_of(kind, &own);
        let id = match link {
            Some((_, id)) => id,
            None => self.index.get(&kind).and_then(|index| index.find(&own, self.settings)),
        };
        if link.is_none() {
            self.rows[at].name.clone_from(&name);
        }
        if let Some(id) = id
            && !self.index.get_mut(&kind).is_some_and(|index| index.used.insert(id))
        {
            let column = cells.iter().find(|(column, _)| Some(column.key()) == kind.name_key()).map_or("", |(column, _)| &column.name);
            self.refuse(at, column, Reason::Twice { given: name.clone() });
            return None;
        }
        // An export says of every user what the role is; that it is the default one makes no setting of it.
        let there = id.and_then(|id| self.settings.own(kind, id));
        if kind == Kind::User
            && there.is_some_and(|there| there.get("role").is_none())
            && own.get("role") == kind.field("role").map(|field| field.preset()).as_ref()
        {
            own.0.shift_remove("role");
        }
        if id.is_none() && kind == Kind::User && own.get("role").is_none() {
            own = own.with("role", "tenant_user");
        }
        let tenant = own.get("tenant").cloned().filter(|tenant| !tenant.is_null());
        if let Some((link, _)) = link {
            own = own.with("extension", link.reference.clone());
            if let Some(tenant) = link.tenant.clone().filter(|_| kind.is_named_in_tenant() || kind == Kind::Account) {
                own = own.with("tenant", tenant);
            }
        }
        let reference = id.map_or_else(|| Value::from(name.clone()), Value::from);
        for (column, cell) in cells.iter().filter(|(column, _)| matches!(column.holds, Holds::Accounts)) {
            let cell = table::plain(cell.trim());
            let names = cell.split([' ', ';', ',']).filter(|name| !name.is_empty() && *name != NONE).map(str::to_owned).collect();
            if !cell.is_empty() && column.kind == kind {
                self.account_cells.push((at, id, reference.clone(), names));
            }
        }
        self.changes.push(RowEdit { row: at, change: Change::Put { kind, id, own }, password, is_link: false });
        Some(Link { id, reference, number: name, tenant })
    }

    /// A person's account, voicemail box or user, if the row tells of one.
    fn further_part(&mut self, kind: Kind, cells: &[(&Column, &str)], of: &Link) {
        let at = self.rows.len() - 1;
        let cell = |key: &str| cells.iter().find(|(column, _)| column.key() == key).map_or("", |(_, cell)| cell.trim());
        let name = table::plain(cell(kind.name_key().unwrap_or_default())).to_owned();
        let says_something = cells.iter().any(|(_, cell)| !cell.trim().is_empty());
        if kind == Kind::Mailbox {
            let column = cells.iter().find(|(column, cell)| matches!(column.holds, Holds::HasMailbox) && !cell.trim().is_empty());
            let wanted = match column.map(|(column, cell)| (column, truth(cell.trim()))) {
                Some((column, Err(reason))) => return self.refuse(at, &column.name, reason),
                Some((_, Ok(wanted))) => wanted,
                None => says_something,
            };
            if wanted {
                return self.mailbox(cells, of, &name);
            }
            let has_one = of.id.is_some() && self.settings.mailboxes.values().any(|of_box| of_box.extension.map(|id| id.0) == of.id);
            if let Some((column, _)) = column.filter(|_| has_one) {
                return self.refuse(at, &column.name, Reason::TableDeletesNothing);
            }
            // What is said of a box that there shall not be.
            let of_none = cells.iter().find(|(column, cell)| !matches!(column.holds, Holds::HasMailbox) && !cell.trim().is_empty());
            if let Some((column, _)) = of_none {
                self.refuse(at, &column.name, Reason::NotWith { key: MAILBOX, values: &["yes"] });
            }
            return;
        }
        if name.is_empty() {
            if says_something {
                let column = format!("{}username", columns_prefix(self.sheet, kind));
                self.refuse(at, &column, Reason::Missing);
            }
            return;
        }
        let own = Own::default().with("username", name.clone());
        let id = self.index.get(&kind).and_then(|index| index.find(&own, self.settings));
        let owner = id.and_then(|id| self.settings.own(kind, id)).and_then(|own| own.id("extension"));
        if let Some(owner) = owner.filter(|owner| Some(*owner) != of.id) {
            let owner = Owner { kind: Kind::Extension.words().one, name: self.settings.name_of(Kind::Extension, owner) };
            let column = format!("{}username", columns_prefix(self.sheet, kind));
            return self.refuse(at, &column, Reason::Taken { owner });
        }
        self.part(kind, cells, Some((of, id)));
    }

    /// The box that the extension has, else one of that number that nobody has, else a new one.
    fn mailbox(&mut self, cells: &[(&Column, &str)], of: &Link, number: &str) {
        let number = if number.is_empty() { &of.number } else { number };
        let linked = self.settings.mailboxes.values().find(|of_box| of.id.is_some() && of_box.extension.map(|id| id.0) == of.id);
        let free = || {
            let own = Own::default().with("number", number).with("tenant", of.tenant.clone().unwrap_or(Value::Null));
            let id = self.index.get(&Kind::Mailbox)?.find(&own, self.settings)?;
            self.settings.mailboxes.values().find(|of_box| of_box.id.0 == id && of_box.extension.is_none())
        };
        let id = linked.or_else(free).map(|of_box| of_box.id.0);
        let is_numbered = |column: &Column, cell: &str| column.key() != "number" || !cell.trim().is_empty();
        let cells: Vec<(&Column, &str)> = cells.iter().filter(|(column, cell)| is_numbered(column, cell)).copied().collect();
        let has_number = cells.iter().any(|(column, _)| column.key() == "number");
        self.part(Kind::Mailbox, &cells, Some((of, id)));
        if let (None, false, Some(RowEdit { change: Change::Put { own, .. }, .. })) = (id, has_number, self.changes.last_mut()) {
            own.0.insert("number".to_owned(), number.into());
        }
    }

    /// Each extension whose row names accounts has these and no others; one that is not there yet is made.
    fn link_accounts(&mut self) {
        let (mut claimed, mut made) = (HashSet::new(), HashSet::new());
        for (row, extension, reference, names) in std::mem::take(&mut self.account_cells) {
            let mut wanted = HashSet::new();
            for name in names {
                let account = self.settings.account_by_username(&name);
                let is_first = match account {
                    Some(account) => claimed.insert(account.id.0),
                    None => made.insert(name.to_lowercase()),
                };
                match account {
                    _ if !is_first => self.refuse(row, "accounts", Reason::Twice { given: name }),
                    None => self.link(row, None, reference.clone(), Some(name)),
                    Some(account) => {
                        wanted.insert(account.id.0);
                        if extension.is_none() || account.extension.map(|id| id.0) != extension {
                            self.link(row, Some(account.id.0), reference.clone(), None);
                        }
                    }
                }
            }
            let there: Vec<i64> = extension.map_or(Vec::new(), |id| {
                self.settings.accounts_of(crate::base::id::ExtensionId(id)).iter().map(|account| account.0).collect()
            });
            for id in there.into_iter().filter(|id| !wanted.contains(id)) {
                self.link(row, Some(id), Value::Null, None);
            }
        }
        // What one row gives up and another takes is taken.
        let is_taken = |edit: &RowEdit| matches!(&edit.change, Change::Put { id: Some(id), own, .. } if edit.is_link && own.get("extension") == Some(&Value::Null) && claimed.contains(id));
        self.changes.retain(|edit| !is_taken(edit));
    }

    fn link(&mut self, row: usize, account: Option<i64>, extension: Value, username: Option<String>) {
        let mut own = Own::default().with("extension", extension);
        if let Some(username) = username {
            own = own.with("username", username);
        }
        let change = Change::Put { kind: Kind::Account, id: account, own };
        self.changes.push(RowEdit { row, change, password: None, is_link: true });
    }

    fn refuse(&mut self, row: usize, column: &str, reason: Reason) {
        let row = &mut self.rows[row];
        row.faults.push(CellFault { line: row.line, column: column.to_owned(), reason });
    }
}

/// As written, to know the row by.
fn name_of(kind: Kind, own: &Own) -> String {
    let name = match kind.name_key() {
        Some(key) => own.text(key).unwrap_or_default().trim().to_owned(),
        None => ["first_name", "last_name", "organization"].iter().filter_map(|key| own.text(key)).collect::<Vec<_>>().join(" "),
    };
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// How the parts of a person refer to the extension.
#[derive(Clone, Debug)]
struct Link {
    id: Option<i64>,
    reference: Value,
    number: String,
    tenant: Option<Value>,
}

/// The entities of one kind by what people know them by.
struct Index {
    kind: Kind,
    tenants: HashMap<String, i64>,
    ids: HashMap<(i64, String), Vec<i64>>,
    /// Those that a row has changed already.
    used: HashSet<i64>,
}

impl Index {
    fn new(kind: Kind, settings: &Settings) -> Index {
        let mut ids: HashMap<(i64, String), Vec<i64>> = HashMap::new();
        for (id, own) in settings.rows_of(kind).filter(|(_, own)| kind != Kind::Contact || own.get("owner").is_none()) {
            let tenant = if has_tenant(kind) { own.id("tenant").unwrap_or(settings.default_tenant().0) } else { 0 };
            ids.entry((tenant, known_by(kind, own))).or_default().push(id);
        }
        let tenants = settings.tenants.values().map(|tenant| (tenant.name.to_lowercase(), tenant.id.0)).collect();
        Index { kind, tenants, ids, used: HashSet::new() }
    }

    fn find(&self, own: &Own, settings: &Settings) -> Option<i64> {
        let tenant = match own.text("tenant") {
            _ if !has_tenant(self.kind) => 0,
            Some(name) => *self.tenants.get(&name.trim().to_lowercase())?,
            None => settings.default_tenant().0,
        };
        let name = known_by(self.kind, own);
        let ids = self.ids.get(&(tenant, name))?;
        // Of contacts that look the same each row takes the next.
        ids.iter().copied().find(|id| !self.used.contains(id)).or_else(|| ids.first().copied().filter(|_| self.kind != Kind::Contact))
    }
}

/// A contact's tenant counts too; an account's does not: usernames are the whole box's.
fn has_tenant(kind: Kind) -> bool {
    kind.is_named_in_tenant() || kind == Kind::Contact
}

/// The name; of a contact, which has none of its own: names, organization and first number.
fn known_by(kind: Kind, own: &Own) -> String {
    if let Some(key) = kind.name_key() {
        return own.text(key).unwrap_or_default().trim().to_lowercase();
    }
    let text = |key: &str| own.text(key).unwrap_or_default().trim().to_lowercase();
    let number = |key: &str| {
        let value = kind.field(key)?.check(own.get(key)?).ok()?;
        value.as_str().map(str::to_owned)
    };
    let first_number = ["phone", "mobile", "home"].into_iter().find_map(number).unwrap_or_default();
    [text("first_name"), text("last_name"), text("organization"), first_number].join("\n")
}
