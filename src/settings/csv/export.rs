use serde_json::Value;

use crate::base::id::ExtensionId;
use crate::settings::{Kind, Own, Settings, map_references};

use super::cell::to_cell;
use super::columns::{Column, Holds, columns};
use super::{Sheet, table};

/// The sheet as text. Read again, it changes nothing. Passwords and PINs are columns of it only `with_secrets`: for who may edit them.
pub fn export(sheet: Sheet, settings: &Settings, with_secrets: bool) -> String {
    let columns: Vec<Column> =
        columns(sheet, settings).into_iter().filter(|column| !column.is_only_in() && (with_secrets || !column.is_secret())).collect();
    let mut text = String::new();
    table::write(&mut text, columns.iter().map(|column| column.name.clone()));
    let first = match sheet {
        Sheet::People => Kind::Extension,
        Sheet::Of(kind) => kind,
    };
    for (id, own) in settings.rows_of(first).filter(|(_, own)| first != Kind::Contact || own.get("owner").is_none()) {
        let row = Row::of(sheet, settings, first, id, own);
        table::write(&mut text, columns.iter().map(|column| row.cell(settings, column)));
    }
    text
}

/// The entities of one row.
struct Row<'a> {
    id: i64,
    parts: Vec<(Kind, i64, &'a Own)>,
}

impl<'a> Row<'a> {
    fn of(sheet: Sheet, settings: &'a Settings, first: Kind, id: i64, own: &'a Own) -> Row<'a> {
        let mut parts = vec![(first, id, own)];
        if sheet == Sheet::People {
            let account = settings.accounts_of(ExtensionId(id)).first().map(|account| (Kind::Account, account.0));
            let mailbox = settings.mailboxes.values().find(|of| of.extension == Some(ExtensionId(id))).map(|of| (Kind::Mailbox, of.id.0));
            let user = settings.users.values().find(|of| of.extension == Some(ExtensionId(id))).map(|of| (Kind::User, of.id.0));
            let others = [account, mailbox, user].into_iter().flatten();
            parts.extend(others.filter_map(|(kind, id)| Some((kind, id, settings.own(kind, id)?))));
        }
        Row { id, parts }
    }

    fn cell(&self, settings: &Settings, column: &Column) -> String {
        let part = self.parts.iter().find(|(kind, _, _)| *kind == column.kind);
        match (column.holds, part) {
            (Holds::Accounts, _) => {
                let names = settings.accounts_of(ExtensionId(self.id)).iter().map(|id| settings.name_of(Kind::Account, id.0));
                table::neutralised(names.collect::<Vec<_>>().join(" "))
            }
            (Holds::HasMailbox, part) => (if part.is_some() { "yes" } else { "no" }).to_owned(),
            (Holds::Password, _) | (_, None) => String::new(),
            (Holds::Field(field), Some((kind, _, own))) => {
                let mut value = own.get(field.key).cloned().unwrap_or(Value::Null);
                if *kind == Kind::User && field.key == "role" && value.is_null() {
                    value = field.preset();
                }
                // One that the box cannot open itself is nothing to anybody.
                if field.is_secret() && value.as_str().is_some_and(|text| text.starts_with("sealed:v1:")) {
                    value = Value::Null;
                }
                map_references(field.shape, &mut value, &mut |target, id| Some(settings.name_of(target, id.as_i64()?).into()));
                to_cell(field.shape, &value)
            }
        }
    }
}
