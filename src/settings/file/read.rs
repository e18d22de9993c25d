use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, SETTINGS_FILE_BYTES_MAX};
use crate::secret::{Key, Sealed, Secret};
use crate::settings::draft::nearest;
use crate::settings::{Change, Edit, Edited, Fault, Field, Kind, Own, Settings, map_references};
use crate::text::Phrase;
use crate::text::fault::Reason;

use super::is_of_box;

/// A file as an edit of the settings there are, and where in the file everything stands.
#[derive(Debug)]
pub struct FileEdit {
    edit: Edit,
    /// By change: the line of the entity and of each key.
    lines: Vec<(usize, BTreeMap<String, usize>)>,
    /// What is wrong with the file's frame; the rest of it is checked all the same.
    faults: Vec<Fault>,
}

/// By username, as the file spells it.
pub type Hashes = BTreeMap<String, String>;

/// The key of a user's password in clear; what is kept is its hash.
const PASSWORD: &str = "password";

/// Users and their passwords in clear, of a file that may be wrong in any way.
pub fn passwords(text: &str) -> Vec<(String, Secret)> {
    if text.len() > SETTINGS_FILE_BYTES_MAX {
        return Vec::new();
    }
    let (table, _) = DeTable::parse_recoverable(text);
    let users = table.get_ref().iter().find(|(name, _)| name.get_ref().as_ref() == Kind::User.name());
    let users = users.and_then(|(_, users)| users.get_ref().as_array());
    let text = |user: &DeTable<'_>, key: &str| user.get(key).and_then(|value| value.get_ref().as_str().map(str::to_owned));
    let users = users.into_iter().flat_map(|users| users.iter()).filter_map(|user| user.get_ref().as_table());
    users.filter_map(|user| Some((text(user, "username")?, Secret::new(text(user, PASSWORD)?)))).collect()
}

/// Reads a settings file. Kinds that it names become what it says: entities of that kind which it does not name are deleted.
/// Secrets that were sealed to this box are opened with `key`; `hashes` are those of the [`passwords`] in it.
pub fn read(text: &str, hashes: &Hashes, settings: &Settings, key: &Key) -> FileEdit {
    let file = FileEdit { edit: Edit::default(), lines: Vec::new(), faults: Vec::new() };
    let mut reader = Reader {
        hashes,
        settings,
        key,
        file,
        line_ends: Vec::new(),
        tenants: HashMap::new(),
        names: HashMap::new(),
        alike: HashMap::new(),
    };
    reader.tenants = reader.index(Kind::Tenant);
    if text.len() > SETTINGS_FILE_BYTES_MAX {
        reader.fault(0, "", Reason::FileTooLong { bytes_max: SETTINGS_FILE_BYTES_MAX });
        return reader.file;
    }
    reader.line_ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        reader.fault(at, "", Reason::NotToml { said: error.message().replace('\n', " ") });
    }
    // With broken lines in it, who knows what else the file would have said.
    if errors.is_empty() {
        reader.tables(table.get_ref());
    }
    reader.file
}

impl FileEdit {
    pub fn edit(&self) -> &Edit {
        &self.edit
    }

    /// What the file leads to, or all that is wrong with it, each with its line.
    pub fn check(&self, settings: &Settings, random: &mut dyn FnMut() -> [u8; 24]) -> Result<Edited, Vec<Fault>> {
        let mut faults = self.faults.clone();
        match settings.edited(&self.edit, random) {
            Ok(edited) if faults.is_empty() => return Ok(edited),
            Ok(_) => {}
            Err(others) => faults.extend(others.into_iter().map(|fault| self.located(fault))),
        }
        faults.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
        Err(faults)
    }

    /// The same with its line, if a change of the file is to blame.
    pub fn located(&self, mut fault: Fault) -> Fault {
        if let Some((entity, keys)) = fault.change.and_then(|change| self.lines.get(change)) {
            fault.line = Some(keys.get(&fault.field).copied().unwrap_or(*entity));
        }
        fault
    }
}

struct Reader<'a> {
    hashes: &'a Hashes,
    settings: &'a Settings,
    key: &'a Key,
    file: FileEdit,
    /// Where each line ends, for each key of a long file is asked for its line.
    line_ends: Vec<usize>,
    tenants: HashMap<(i64, String), i64>,
    /// Of the kind that is being read.
    names: HashMap<(i64, String), i64>,
    /// Of the kind that is being read, if it has no names: entities by all that they are, for the file to take one after another.
    alike: HashMap<String, VecDeque<i64>>,
}

impl Reader<'_> {
    fn line(&self, at: usize) -> usize {
        self.line_ends.partition_point(|end| *end < at) + 1
    }

    fn fault(&mut self, at: usize, place: &str, reason: Reason) {
        self.fault_on(Some(self.line(at)), place, reason);
    }

    fn fault_on(&mut self, line: Option<usize>, place: &str, reason: Reason) {
        self.file.faults.push(Fault {
            change: None,
            kind: Kind::Sip,
            id: None,
            field: String::new(),
            path: place.to_owned(),
            place: place.to_owned(),
            line,
            reason,
        });
    }

    fn tables(&mut self, table: &DeTable<'_>) {
        for name in table.keys() {
            let known = || Kind::ALL.into_iter().filter(|kind| kind.is_in_file()).map(Kind::name);
            let given = name.get_ref().as_ref();
            if !known().any(|kind| kind == given) {
                let shown: String = given.chars().filter(|c| !c.is_control()).take(40).collect();
                self.fault(name.span().start, &shown, Reason::UnknownKey { nearest: nearest(given, known()) });
            }
        }
        // In the order of kinds, not of the file, so that a tenant stands before who names it.
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_in_file()) {
            let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref().as_ref() == kind.name()) else { continue };
            self.names = self.index(kind);
            self.alike = self.index_nameless(kind);
            if kind.is_single() {
                match value.get_ref().as_table() {
                    Some(table) => self.entity(kind, name.span().start, table, &mut BTreeSet::new()),
                    None => self.fault(
                        name.span().start,
                        kind.name(),
                        Reason::WrongType {
                            expected: Phrase::new(
                                "a table in single brackets, such as [sip]",
                                "una tabella tra parentesi semplici, per esempio [sip]",
                            ),
                        },
                    ),
                }
                continue;
            }
            let tables: Option<Vec<_>> = value
                .get_ref()
                .as_array()
                .map(|list| list.iter().collect::<Vec<_>>())
                .filter(|list| list.iter().all(|value| value.get_ref().is_table()));
            let Some(tables) = tables else {
                let expected =
                    Phrase::new("tables in double brackets, such as [[account]]", "tabelle tra doppie parentesi, per esempio [[account]]");
                self.fault(name.span().start, kind.name(), Reason::WrongType { expected });
                continue;
            };
            let mut named = BTreeSet::new();
            for table in tables {
                if let Some(entity) = table.get_ref().as_table() {
                    self.entity(kind, table.span().start, entity, &mut named);
                }
            }
            for (id, _) in self.settings.rows_of(kind) {
                if !named.contains(&id) {
                    self.delete(kind, id);
                }
            }
        }
    }

    /// Administrators stay.
    fn delete(&mut self, kind: Kind, id: i64) {
        if self.settings.own(kind, id).is_some_and(|own| is_of_box(kind, own)) {
            return;
        }
        self.file.edit.changes.push(Change::Delete { kind, id });
    }

    /// The hash takes the place of the password. False if it is none that anybody could have.
    fn hash_password(&mut self, own: &mut Own, lines: &BTreeMap<String, usize>) -> bool {
        let Some(password) = own.0.shift_remove(PASSWORD) else { return true };
        let username = own.text("username").unwrap_or_default().to_owned();
        let hash = self.hashes.get(&username).filter(|_| password.is_string());
        match hash {
            Some(hash) => {
                own.0.insert("password_hash".to_owned(), hash.as_str().into());
            }
            None => {
                let username: String = username.chars().filter(|c| !c.is_control()).take(64).collect();
                let reason = Reason::NotPassword { chars_min: PASSWORD_CHARS_MIN, chars_max: PASSWORD_CHARS_MAX };
                self.fault_on(lines.get(PASSWORD).copied(), &format!("user {username}, {PASSWORD}"), reason);
            }
        }
        hash.is_some()
    }

    fn entity(&mut self, kind: Kind, at: usize, table: &DeTable<'_>, named: &mut BTreeSet<i64>) {
        let mut own = Own::default();
        let mut lines = BTreeMap::new();
        for (name, value) in table.iter() {
            lines.insert(name.get_ref().to_string(), self.line(name.span().start));
            own.0.insert(name.get_ref().to_string(), json(value));
        }
        let id = if kind.is_single() { Some(1) } else { self.existing(kind, &own).filter(|id| named.insert(*id)) };
        let there = id.and_then(|id| self.settings.own(kind, id));
        if kind == Kind::User && !self.hash_password(&mut own, &lines) {
            return;
        }
        if is_of_box(kind, &own) || there.is_some_and(|there| is_of_box(kind, there)) {
            self.fault(at, kind.words().one.english, Reason::AdministratorInFile);
            return;
        }
        for field in kind.fields() {
            if field.is_secret()
                && let Some(sealed) = own.text(field.key).and_then(Sealed::from_text)
                && let Some(secret) = sealed.open(self.key)
            {
                own.0.insert(field.key.to_owned(), secret.expose().into());
            }
            if own.0.contains_key(field.key) || there.is_none_or(|there| there.get(field.key).is_none()) {
                continue;
            }
            // What the file does not say goes back to the default; a password that was made for a phone stays, and so does what
            // proves who a person is.
            if field.default != crate::settings::Default::Generated && !(kind == Kind::User && field.is_secret()) {
                own.0.insert(field.key.to_owned(), Value::Null);
            }
        }
        self.file.lines.resize_with(self.file.edit.changes.len(), Default::default);
        self.file.lines.push((self.line(at), lines));
        self.file.edit.changes.push(Change::Put { kind, id, own });
    }

    /// The entities of a kind by tenant (0 where the name is the whole box's) and name in lower case.
    fn index(&self, kind: Kind) -> HashMap<(i64, String), i64> {
        let Some(name_key) = kind.name_key() else { return HashMap::new() };
        let tenant = |own: &Own| own.id("tenant").filter(|_| kind.is_named_in_tenant()).unwrap_or(0);
        let named = |(id, own): (i64, &Own)| Some(((tenant(own), own.text(name_key)?.to_lowercase()), id));
        self.settings.rows_of(kind).filter_map(named).collect()
    }

    /// The entity of that name, as people know it: by number in its tenant, by username, by name. What has no name of its own is
    /// the one that has just these settings.
    fn existing(&mut self, kind: Kind, own: &Own) -> Option<i64> {
        let Some(name_key) = kind.name_key() else {
            let given = |field: &Field| own.get(field.key).map_or(Value::Null, |given| field.check(given).unwrap_or(Value::Null));
            let all = self.likeness(kind, given);
            return self.alike.get_mut(&all)?.pop_front();
        };
        let name = own.text(name_key)?.trim().to_lowercase();
        let tenant = match own.text("tenant").filter(|_| kind.is_named_in_tenant()) {
            Some(tenant) => *self.tenants.get(&(0, tenant.trim().to_lowercase()))?,
            None if kind.is_named_in_tenant() => self.settings.default_tenant().0,
            None => 0,
        };
        self.names.get(&(tenant, name)).copied()
    }

    /// The entities of a kind without names, each under all its settings, names for ids.
    fn index_nameless(&self, kind: Kind) -> HashMap<String, VecDeque<i64>> {
        let mut alike: HashMap<String, VecDeque<i64>> = HashMap::new();
        let nameless = self.settings.rows_of(kind).filter(|_| kind.name_key().is_none());
        for (id, own) in nameless {
            let there = |field: &Field| {
                let mut there = own.get(field.key).cloned().unwrap_or(Value::Null);
                map_references(field.shape, &mut there, &mut |target, id| Some(self.settings.name_of(target, id.as_i64()?).into()));
                there
            };
            alike.entry(self.likeness(kind, there)).or_default().push_back(id);
        }
        alike
    }

    /// All settings of an entity as one text, equal for those that are alike. Who names no tenant means the default one.
    fn likeness(&self, kind: Kind, value_of: impl Fn(&Field) -> Value) -> String {
        let default_tenant = self.settings.name_of(Kind::Tenant, self.settings.default_tenant().0);
        let said = |field: &Field| Some(value_of(field)).filter(|value| field.key != "tenant" || *value != default_tenant);
        let values: Vec<Value> = kind.fields().iter().map(|field| said(field).unwrap_or(Value::Null)).collect();
        Value::from(values).to_string()
    }
}

/// Dates, fractions, numbers without end: what no setting takes.
fn unsayable() -> Value {
    serde_json::json!([[]])
}

fn json(value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_| unsayable(), Value::from),
        DeValue::Boolean(truth) => Value::from(*truth),
        DeValue::Array(list) => list.iter().map(json).collect::<Vec<_>>().into(),
        DeValue::Table(table) => {
            table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value))).collect::<serde_json::Map<_, _>>().into()
        }
        DeValue::Float(_) | DeValue::Datetime(_) => unsayable(),
    }
}
