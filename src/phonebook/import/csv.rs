//! CSV (RFC 4180) with a header row: comma, semicolon or tab, as the header has it. Column names as the common address books write
//! them, in English and Italian; other columns are passed over.

use crate::phonebook::fold;

use super::{Contact, ImportReason, Imported, split_name};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    FirstName,
    LastName,
    Phone,
    Mobile,
    Home,
    Email,
    Organization,
    Department,
}

/// Names of columns, folded, letters and digits only.
const COLUMNS: &[(Column, &[&str])] = &[
    (Column::Name, &["name", "fullname", "displayname", "nominativo", "nomecompleto"]),
    (Column::FirstName, &["firstname", "givenname", "nome"]),
    (Column::LastName, &["lastname", "familyname", "surname", "cognome"]),
    (
        Column::Phone,
        &[
            "number",
            "phone",
            "phonenumber",
            "telephone",
            "telephonenumber",
            "businessphone",
            "workphone",
            "office",
            "officephone",
            "companymainphone",
            "primaryphone",
            "phone1value",
            "numero",
            "telefono",
            "telefonoufficio",
            "ufficio",
        ],
    ),
    (Column::Mobile, &["mobile", "mobilephone", "mobilenumber", "cell", "cellphone", "phone2value", "cellulare", "telefonocellulare"]),
    (
        Column::Home,
        &["home", "homephone", "homenumber", "otherphone", "phone3value", "casa", "telefonocasa", "abitazione", "telefonoabitazione"],
    ),
    (Column::Email, &["email", "mail", "emailaddress", "email1value", "postaelettronica", "indirizzopostaelettronica"]),
    (
        Column::Organization,
        &[
            "organization",
            "organisation",
            "organizationname",
            "organization1name",
            "company",
            "azienda",
            "societa",
            "ditta",
            "organizzazione",
        ],
    ),
    (Column::Department, &["department", "organizationdepartment", "organization1department", "reparto"]),
];

pub fn read(text: &str, imported: &mut Imported) {
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter_of(text.lines().next().unwrap_or("")))
        .flexible(true)
        .trim(::csv::Trim::All)
        .from_reader(text.as_bytes());
    let columns: Vec<Option<Column>> = match reader.headers() {
        Ok(header) => header.iter().map(column_of).collect(),
        Err(_) => Vec::new(),
    };
    if columns.iter().all(Option::is_none) {
        return imported.refuse(1, ImportReason::NoKnownColumn);
    }
    // The text is UTF-8 and rows may be of any length, so every row can be read.
    for row in reader.records().flatten() {
        if row.iter().any(|cell| !cell.is_empty()) {
            imported.take(row.position().map_or(0, ::csv::Position::line), contact_of(&columns, &row));
        }
    }
}

/// Of the three, the one that the header has most of.
fn delimiter_of(header: &str) -> u8 {
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn column_of(name: &str) -> Option<Column> {
    let name: String = fold(name).chars().filter(char::is_ascii_alphanumeric).collect();
    COLUMNS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column)
}

fn contact_of(columns: &[Option<Column>], row: &::csv::StringRecord) -> Contact {
    let mut contact = Contact::default();
    let mut name = "";
    for (column, cell) in columns.iter().zip(row) {
        let field = match column {
            Some(Column::FirstName) => &mut contact.first_name,
            Some(Column::LastName) => &mut contact.last_name,
            Some(Column::Phone) => &mut contact.phone,
            Some(Column::Mobile) => &mut contact.mobile,
            Some(Column::Home) => &mut contact.home,
            Some(Column::Email) => &mut contact.email,
            Some(Column::Organization) => &mut contact.organization,
            Some(Column::Department) => &mut contact.department,
            Some(Column::Name) => {
                name = cell;
                continue;
            }
            None => continue,
        };
        // Two columns may mean the same; the first that has something counts.
        if field.is_empty() {
            cell.clone_into(field);
        }
    }
    if contact.first_name.is_empty() && contact.last_name.is_empty() {
        (contact.first_name, contact.last_name) = split_name(name);
    }
    contact
}

#[cfg(test)]
mod tests {
    use super::super::{Contact, ImportReason, RowFault, read};

    fn anna() -> Contact {
        Contact {
            first_name: "Anna".to_owned(),
            last_name: "Bo".to_owned(),
            phone: "+39021234567".to_owned(),
            mobile: "3331112223".to_owned(),
            email: "anna@example.com".to_owned(),
            organization: "Acme; \"Söhne\"".to_owned(),
            ..Contact::default()
        }
    }

    #[test]
    fn columns_are_known_by_their_names() {
        let check = |text: &str| assert_eq!(read(text.as_bytes()).contacts, [anna()], "{text}");
        check(
            "First Name,Last Name,Phone,Mobile Phone,E-mail Address,Company,Shoe size\nAnna,Bo,+39 02 1234567,333-1112223,anna@example.com,\"Acme; \"\"Söhne\"\"\",38\n",
        );
        check(
            "Cognome;Nome;Azienda;Telefono;Cellulare;E-mail\r\nBo;Anna;\"Acme; \"\"Söhne\"\"\";+39 02 1234567;333 1112223;anna@example.com\r\n",
        );
        check(
            "\u{feff}Name\tNumber\tMobile\tMail\tOrganization\n\nAnna Bo\t+39021234567\t3331112223\tanna@example.com\t\"Acme; \"\"Söhne\"\"\"",
        );
    }

    #[test]
    fn latin_1_is_read_too() {
        let imported = read(b"Name;Phone\nZo\xeb;101\n");
        assert_eq!(imported.contacts[0].last_name, "Zoë");
    }

    #[test]
    fn rows_that_cannot_be_used_are_told_with_their_line() {
        let imported = read(b"name,phone\nAnna,101\nCarl\n,102\n\"Da\nve\",call me\n,\nEve,103,more\n");
        assert_eq!(imported.contacts.iter().map(|contact| contact.last_name.as_str()).collect::<Vec<_>>(), ["Anna", "Eve"]);
        let fault = |line, reason| RowFault { line, reason };
        let not_a_number = ImportReason::NotANumber { given: "call me".to_owned() };
        assert_eq!(imported.faults, [fault(3, ImportReason::NoNumber), fault(4, ImportReason::NoName), fault(5, not_a_number)]);
        assert_eq!(imported.fault_count, 3);
        assert_eq!(read(b"a,b\n1,2\n").faults, [fault(1, ImportReason::NoKnownColumn)]);
        assert_eq!(read(b"").faults, [fault(1, ImportReason::NoKnownColumn)]);
    }
}
