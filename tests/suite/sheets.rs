//! Sheets: what was exported comes back as it was, a row says what a form would, and what is wrong is told by row and column.

use serde_json::{Value, json};
use trillo::secret::Secret;
use trillo::settings::csv::{self, Format, Preview, RowState, Sheet};
use trillo::settings::{Change, Edit, Kind, Own, Panel, Settings};

use crate::settings::put;

/// Names that spreadsheets, shells, databases, directories and browsers take for something else.
pub const NASTY: &[&str] = &[
    "=1+1",
    "+39 'quoted'",
    "-",
    "-1",
    "@SUM(A1:A9)",
    "'",
    "''=x",
    "'t Hooft",
    "a,b;c\"d\"",
    "Robert'); DROP TABLE extension;--",
    "*)(uid=*))(|(uid=*",
    "<script>alert(1)</script>&amp;",
    "\\, \\; | = \\\\",
    "Zoë 🎉 \u{5d3}\u{5d5}\u{5d3} \u{645}\u{631}\u{64a}\u{645}",
    "\u{ff1d}1",
    "yes",
    "#1",
];

fn applied(settings: &Settings, changes: Vec<Change>) -> Settings {
    settings.edited(&Edit { changes, based_on: None }, &mut || [5; 24]).unwrap_or_else(|faults| panic!("{faults:?}")).settings
}

fn read(name: &str, text: &str, settings: &Settings) -> csv::Reading {
    let format = if name == "freepbx" { Format::FreePbx } else { Format::Trillo(Sheet::from_name(name).expect("there is such a sheet")) };
    csv::read(format, text.as_bytes(), settings)
}

fn preview(name: &str, text: &str, settings: &Settings) -> Preview {
    read(name, text, settings).preview(settings)
}

/// The settings after a table that is sound.
fn imported(name: &str, text: &str, settings: &Settings) -> Settings {
    let reading = read(name, text, settings);
    let preview = reading.preview(settings);
    assert!(preview.is_sound(), "{:?}", faults(&preview));
    let mut hash = |password: &Secret| Ok::<_, ()>(format!("$argon2id$of-{}", password.expose()));
    let edit = reading.edit(&mut hash).expect("hashes");
    settings.edited(&edit, &mut || [5; 24]).unwrap_or_else(|faults| panic!("{faults:?}")).settings
}

fn faults(preview: &Preview) -> Vec<String> {
    preview.all_faults().map(ToString::to_string).collect()
}

fn states(preview: &Preview) -> Vec<(&str, RowState)> {
    preview.rows.iter().map(|row| (row.name.as_str(), row.state)).collect()
}

/// Everything there is, with settings of every shape and a nasty name wherever one may stand.
fn office() -> Settings {
    let mut changes = vec![
        put(Kind::Tenant, None, &[("name", "Acme; \"EU\"")]),
        put(Kind::Line, None, &[("name", "Trunk | A, ; \\"), ("host", "sip.example.com"), ("username", "u"), ("password", "=geheim")]),
        put(Kind::AccountTemplate, None, &[("name", "=phones")]),
        put(Kind::Role, None, &[("name", "+desk"), ("contacts", "write")]),
    ];
    for name in NASTY {
        changes.push(put(Kind::PickupGroup, None, &[("name", name)]));
        changes.push(put(Kind::Contact, None, &[("last_name", name), ("organization", name), ("phone", "+39061")]));
        changes.push(put(Kind::ExtensionTemplate, None, &[("name", name), ("department", name)]));
    }
    let did = json!([{"number": "+3906", "action": {"do": "external", "number": "+39", "identity": "12"}}]);
    changes.push(Change::Put {
        kind: Kind::Line,
        id: None,
        own: Own::default()
            .with("name", "-")
            .with("host", "10.0.0.1")
            .with("kind", "trunk")
            .with("did", did)
            .with("allowed", json!(["10.0.0.0/8"])),
    });
    let to = json!({"do": "external", "number": "+39061", "identity": "0612"});
    let porter = Own::default().with("name", "=porter").with("match", "range").with("digits", "*70").with("to", "*79").with("action", to);
    changes.push(Change::Put { kind: Kind::Selection, id: None, own: porter });
    let rules =
        json!([{"match": "range", "digits": "10", "to": "19", "lines": ["Trunk | A, ; \\", "-"]}, {"match": "any", "lines": ["-"]}]);
    changes.push(Change::Put { kind: Kind::Class, id: None, own: Own::default().with("name", "@mobile; x").with("rules", rules) });
    // Made without rules, and with all of them taken away again.
    changes.push(put(Kind::Class, None, &[("name", "nothing")]));
    changes.push(Change::Put { kind: Kind::Class, id: None, own: Own::default().with("name", "no more").with("rules", json!([])) });
    let emptied = Own::default().with("name", "emptied").with("host", "10.0.0.2").with("did", json!([])).with("allowed", json!([]));
    changes.push(Change::Put { kind: Kind::Line, id: None, own: emptied });
    for (at, name) in NASTY.iter().enumerate() {
        let own = Own::default()
            .with("number", format!("{}", 101 + at))
            .with("first_name", *name)
            .with("organization", if at % 2 == 0 { "" } else { *name })
            .with("mobile", "+39 333")
            .with("service_pin", "0042")
            .with("template", *name)
            .with("busy_level", at)
            .with("show_in_phonebook", at % 3 == 0)
            .with("pickup_groups", if at % 2 == 0 { json!(NASTY) } else { json!([]) })
            .with("standard_class", if at % 2 == 0 { "@mobile; x" } else { "" })
            .with("failover_external_busy", json!({"do": "external", "number": "+39061", "class": "@mobile; x"}))
            .with("failover_transfer_busy", json!({"do": "return"}));
        changes.push(Change::Put { kind: Kind::Extension, id: None, own });
        let own = Own::default()
            .with("username", format!("phone-{at}"))
            .with("password", format!("={at}-geheim"))
            .with("extension", format!("{}", 101 + at));
        let own = own
            .with("template", "=phones")
            .with("codecs", json!(["pcma", "opus"]))
            .with("video_codecs", json!([]))
            .with("allowed_address", "");
        changes.push(Change::Put { kind: Kind::Account, id: None, own });
        let own = Own::default().with("number", format!("{}", 101 + at)).with("extension", format!("{}", 101 + at)).with("notify", true);
        changes.push(Change::Put { kind: Kind::Mailbox, id: None, own });
        let own = Own::default()
            .with("username", format!("user-{at}"))
            .with("password_hash", "$argon2id$x")
            .with("extension", format!("{}", 101 + at));
        changes.push(Change::Put { kind: Kind::User, id: None, own: own.with("role", "tenant_user") });
    }
    changes.push(put(Kind::Extension, None, &[("number", "101"), ("tenant", "Acme; \"EU\""), ("last_name", "=elsewhere")]));
    changes.push(put(Kind::User, None, &[("username", "admin"), ("password_hash", "$argon2id$y")]));
    applied(&Settings::fresh(), changes)
}

#[test]
fn what_is_exported_and_read_again_changes_nothing() {
    let office = office();
    for sheet in Sheet::all() {
        for with_secrets in [true, false] {
            let text = csv::export(sheet, &office, with_secrets);
            for text in [text.clone(), format!("{}{text}", csv::BYTE_ORDER_MARK)] {
                let preview = preview(sheet.name(), &text, &office);
                assert_eq!(faults(&preview), [] as [&str; 0], "{}", sheet.name());
                let count = preview.count(RowState::Same);
                assert_eq!(
                    count,
                    preview.rows.len(),
                    "{}: {:?}",
                    sheet.name(),
                    preview.rows.iter().find(|row| row.state != RowState::Same)
                );
                assert!(count > 0, "{}", sheet.name());
            }
        }
    }
}

#[test]
fn a_box_can_be_moved_sheet_by_sheet() {
    let office = office();
    let mut other = Settings::fresh();
    // Users' hashes stay on their box, so new users need a password.
    for sheet in Sheet::all().filter(|sheet| !matches!(sheet, Sheet::People | Sheet::Of(Kind::User))) {
        other = imported(sheet.name(), &csv::export(sheet, &office, true), &other);
    }
    for sheet in Sheet::all().filter(|sheet| !matches!(sheet, Sheet::People | Sheet::Of(Kind::User))) {
        assert_eq!(csv::export(sheet, &other, true), csv::export(sheet, &office, true), "{}", sheet.name());
    }
}

#[test]
fn secrets_are_in_a_table_only_for_who_may_edit_them() {
    let office = office();
    for sheet in Sheet::all() {
        let text = csv::export(sheet, &office, false);
        for secret in ["geheim", "0042", "argon2"] {
            assert!(!text.contains(secret), "{secret} in {}", sheet.name());
        }
        assert!(!csv::export(sheet, &office, true).contains("argon2"));
    }
    assert!(csv::export(Sheet::Of(Kind::Account), &office, true).contains("'=0-geheim"));
}

#[test]
fn no_cell_of_an_export_is_a_formula() {
    let office = office();
    for sheet in Sheet::all() {
        let text = csv::export(sheet, &office, true);
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        for cell in reader.records().flat_map(|row| row.expect("a row").iter().map(str::to_owned).collect::<Vec<_>>()) {
            assert!(cell == "-" || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell} in {}", sheet.name());
        }
    }
}

#[test]
fn a_row_changes_what_its_columns_say_and_nothing_is_deleted() {
    let office = applied(
        &Settings::fresh(),
        vec![
            put(Kind::ExtensionTemplate, None, &[("name", "Desk"), ("department", "Sales")]),
            put(
                Kind::Extension,
                None,
                &[("number", "101"), ("first_name", "Anna"), ("last_name", "Bo"), ("service_pin", "1234"), ("template", "Desk")],
            ),
            put(Kind::Extension, None, &[("number", "102"), ("department", "Lab")]),
        ],
    );
    let table = "number;first_name;service_pin;department\n102;Bea;;\n101;;;-\n103;Carla;7788;Lab\n";
    let look = preview("extension", table, &office);
    assert_eq!(states(&look), [("102", RowState::Changed), ("101", RowState::Changed), ("103", RowState::New)]);
    assert_eq!(look.rows[0].differences[0].to_string(), "~ extension 102\n    first_name = \"Bea\"\n    department: \"Lab\" -> not set");
    let after = imported("extension", table, &office);
    let extension = |number: &str| after.extension_by_number(after.default_tenant(), number).expect("there");
    assert_eq!((extension("101").first_name.as_str(), extension("101").last_name.as_str()), ("", "Bo"));
    assert_eq!(extension("101").service_pin, Secret::new("1234"), "an empty cell leaves a secret");
    assert_eq!(extension("101").department, "", "a dash is none, whatever the template says");
    assert_eq!(extension("103").service_pin, Secret::new("7788"));
    assert_eq!(after.extensions.len(), 3);
}

#[test]
fn all_that_is_wrong_is_told_by_row_and_column() {
    let office = applied(&Settings::fresh(), vec![put(Kind::Extension, None, &[("number", "101")])]);
    let table = "number,email,enabled,busy_level,template,failover_internal_busy\n\
        102,anna,maybe,-1,Desk,fly\n\
        1a3,,,,,\n\
        800,,,,,\n\
        103,,yes,2,,extension:104\n\
        101,,yes,2,,\n\
        101,,no,,,\n\
        104,bad,,,,\n\
        105,\"a\nb@c\",,,,\n\
        106,a@b,,,,,more\n";
    let look = preview("extension", table, &office);
    let expected = [
        "line 2, busy_level: it must be a number from 0 to 2000",
        "line 2, email: it must be an e-mail address such as anna@example.com",
        "line 2, enabled: it must be yes or no",
        "line 2, failover_internal_busy: do: \"fly\" is not one of: hang_up, custom_selection, ask_selection, external, extension, group, queue, time_check, ivr, voicemail, meetme, return",
        "line 2, template: there is no extension template Desk",
        "line 3, number: it must be 2 to 8 digits",
        "line 4, number: 800 is dialled for a service (echo test); choose another number",
        "line 7, number: \"101\" is named twice",
        "line 8, email: it must be an e-mail address such as anna@example.com",
        "line 9, email: it must be one line, without control characters",
        "line 11: it has more cells than the table has columns",
    ];
    assert_eq!(faults(&look), expected);
    assert!(!look.is_sound());
    let sound: Vec<&str> = look.rows.iter().filter(|row| row.state != RowState::Faulty).map(|row| row.name.as_str()).collect();
    assert_eq!(sound, ["103", "101"], "what hangs on a refused row is fine once that is");
    let header = |table: &str| faults(&preview("extension", table, &office));
    assert_eq!(
        header("numbr,first_name\n1,2\n"),
        ["line 1, numbr: no column has this name; did you mean \"number\"?", "line 1, number: the table lacks this column"]
    );
    let misspelt = faults(&preview("people", "number,Acount_username\n102,x\n", &office));
    assert_eq!(misspelt, ["line 1, Acount_username: no column has this name; did you mean \"account_username\"?"]);
    assert_eq!(header("number,number\n1,2\n"), ["line 1, number: \"number\" is named twice"]);
    assert_eq!(header(""), ["line 1, number: the table lacks this column"]);
}

#[test]
fn the_accounts_of_an_extension_are_those_that_its_row_names() {
    let changes = vec![
        put(Kind::Extension, None, &[("number", "101")]),
        put(Kind::Extension, None, &[("number", "102")]),
        put(Kind::Account, None, &[("username", "a"), ("extension", "101")]),
        put(Kind::Account, None, &[("username", "b"), ("extension", "102")]),
        put(Kind::Account, None, &[("username", "c")]),
    ];
    let office = applied(&Settings::fresh(), changes);
    let of = |settings: &Settings, number: &str| {
        let extension = settings.extension_by_number(settings.default_tenant(), number).expect("there").id;
        settings.accounts_of(extension).iter().map(|id| settings.accounts[id].username.clone()).collect::<Vec<_>>()
    };
    let after = imported("extension", "number,accounts\n101,b\n102,a C\n103,\n", &office);
    assert_eq!((of(&after, "101"), of(&after, "102")), (vec!["b".to_owned()], vec!["a".to_owned(), "c".to_owned()]));
    let after = imported("extension", "number,accounts\n101,\n102,-\n", &office);
    assert_eq!((of(&after, "101"), of(&after, "102")), (vec!["a".to_owned()], vec![]));
    let after = imported("extension", "number,accounts\n103,c\n", &office);
    assert_eq!(of(&after, "103"), ["c"]);
    let after = imported("extension", "number,accounts\n101,a new\n", &office);
    assert_eq!(of(&after, "101"), ["a", "new"], "one that is not there is made");
    let look = preview("extension", "number,accounts\n101,a new ö\n102,a NEW\n", &office);
    let expected = [
        "line 2, accounts: it must be 1 to 64 of: letters a-z, digits, dot, underscore, hyphen",
        "line 3, accounts: \"a\" is named twice",
        "line 3, accounts: \"NEW\" is named twice",
    ];
    assert_eq!(faults(&look), expected);
}

#[test]
fn a_row_of_people_is_a_person_whole() {
    let office = applied(
        &Settings::fresh(),
        vec![
            put(Kind::AccountTemplate, None, &[("name", "Phones")]),
            put(Kind::Extension, None, &[("number", "101")]),
            put(Kind::Account, None, &[("username", "taken"), ("extension", "101")]),
            put(Kind::User, None, &[("username", "admin"), ("password_hash", "$argon2id$x")]),
        ],
    );
    let table = "number,first_name,email,account_username,account_password,account_template,mailbox,mailbox_notify,user_username,user_password,user_cti_access\n\
        102,Bea,bea@example.com,bea,geheim-geheim,Phones,yes,yes,bea,correct horse,yes\n\
        103,Carla,,,,,,,,,\n";
    let after = imported("people", table, &office);
    let bea = after.extension_by_number(after.default_tenant(), "102").expect("there");
    let account = after.account_by_username("bea").expect("there");
    assert_eq!((account.extension, account.password.expose(), account.template.is_some()), (Some(bea.id), "geheim-geheim", true));
    let mailbox = after.mailboxes.values().next().expect("there");
    assert_eq!((mailbox.number.as_str(), mailbox.extension, mailbox.notify), ("102", Some(bea.id), true));
    let user = after.user_by_username("bea").expect("there");
    assert_eq!(
        (user.role, user.extension, user.password_hash.as_str()),
        (trillo::settings::Role::TenantUser, Some(bea.id), "$argon2id$of-correct horse")
    );
    assert_eq!((after.accounts.len(), after.mailboxes.len(), after.users.len()), (2, 1, 2), "nothing was asked for 103");
    let again = preview("people", &csv::export(Sheet::People, &after, true), &after);
    assert_eq!(again.count(RowState::Same), 3, "{:?}", again.rows);

    let faulty = "number,account_username,account_password,user_username,user_password,mailbox\n\
        104,taken,,,,\n105,,secret,,,\n106,,,dora,short,\n107,,,emma,,\n108,,,,,perhaps\n109,an na,,,,\n";
    let look = preview("people", faulty, &after);
    let expected = [
        "line 2, account_username: extension 101 has it already",
        "line 3, account_username: it is missing",
        "line 4, user_password: it must have at least 10 characters",
        "line 5, user_password: it is missing",
        "line 6, mailbox: it must be yes or no",
        "line 7, account_username: it must be 1 to 64 of: letters a-z, digits, dot, underscore, hyphen",
    ];
    assert_eq!(faults(&look), expected);
}

#[test]
fn a_phone_keeps_its_password_unless_the_cell_has_another() {
    let office = applied(&Settings::fresh(), vec![put(Kind::Account, None, &[("username", "anna"), ("password", "geheim-geheim")])]);
    let after = imported("account", "username,password,enabled\nanna,,no\n", &office);
    assert_eq!(after.account_by_username("anna").expect("there").password, Secret::new("geheim-geheim"));
    let refused = |cell: &str| faults(&preview("account", &format!("username,password\nanna,{cell}\n"), &office));
    assert!(refused("-")[0].starts_with("line 2, password: it must not be empty"), "{:?}", refused("-"));
    assert!(refused("1234567")[0].starts_with("line 2, password: it must have at least 8 characters"));
}

#[test]
fn a_table_takes_no_voicemail_box_away_and_says_so() {
    let office = applied(
        &Settings::fresh(),
        vec![
            put(Kind::Extension, None, &[("number", "101")]),
            put(Kind::Extension, None, &[("number", "102")]),
            put(Kind::Mailbox, None, &[("number", "101"), ("extension", "101")]),
        ],
    );
    let look = |table: &str| faults(&preview("people", table, &office));
    assert_eq!(
        look("number,mailbox\n101,no\n102,no\n"),
        ["line 2, mailbox: there is one, and a table deletes nothing; delete it on its page"]
    );
    assert_eq!(look("number,mailbox,mailbox_notify\n102,no,yes\n"), ["line 2, mailbox_notify: it has a meaning only where mailbox is yes"]);
    assert_eq!(look("number,mailbox\n101,\n102,no\n"), [""; 0]);
    let freepbx = "extension,name,secret,voicemail_enable\n101,Anna,geheim-geheim,no\n";
    assert_eq!(faults(&preview("freepbx", freepbx, &office)), [""; 0], "that there was none elsewhere is no wish");
}

#[test]
fn an_empty_cell_never_makes_an_administrator() {
    let office = applied(
        &Settings::fresh(),
        vec![put(Kind::User, None, &[("username", "anna"), ("password_hash", "$argon2id$x"), ("role", "tenant_user")])],
    );
    let after = imported("user", "username,role,password\nanna,,\nbea,,correct horse\n", &office);
    assert!(after.users.values().all(|user| user.role == trillo::settings::Role::TenantUser));
    assert!(
        read("people", "number,user_username\n101,anna\n", &after).panels().contains(&Panel::Users),
        "who may not write users may not do that"
    );
    assert!(!read("people", "number,first_name\n101,Anna\n", &after).panels().contains(&Panel::Users));
}

#[test]
fn contacts_are_known_by_name_organization_and_first_number() {
    let contact = |last: &str, organization: &str, phone: &str| {
        put(Kind::Contact, None, &[("last_name", last), ("organization", organization), ("phone", phone)])
    };
    let mine = put(Kind::Contact, None, &[("last_name", "Own"), ("phone", "1"), ("owner", "anna")]);
    let user = put(Kind::User, None, &[("username", "anna"), ("password_hash", "$argon2id$x")]);
    let office = applied(&Settings::fresh(), vec![contact("Bo", "Acme", "+39061"), contact("Bo", "Bolt", "+39062"), user, mine]);
    let table = "last_name,organization,phone,email\nbo,ACME,+39 06-1,bo@acme.example\nBo,Bolt,+39063,\nOwn,,1,\n";
    let look = preview("contact", table, &office);
    assert_eq!(states(&look), [("bo ACME", RowState::Changed), ("Bo Bolt", RowState::New), ("Own", RowState::New)]);
    assert_eq!(imported("contact", table, &office).contacts.len(), 5);
    assert!(!csv::export(Sheet::Of(Kind::Contact), &office, true).contains("Own"), "people's own contacts are theirs");
}

#[test]
fn an_export_of_freepbx_becomes_people() {
    let table = "extension,name,description,tech,secret,callwaiting_enable,voicemail_enable,voicemail_vmpwd,voicemail_email,voicemail_options,outboundcid,ringtimer\n\
        201,Anna Maria Bo,Anna Maria Bo,pjsip,5f3a=geheim,ENABLED,yes,4711,\"anna@example.com,b@example.com\",attach=yes|saycid=no|envelope=no|delete=yes,\"\"\"Acme\"\" <+39 06 1>\",0\n\
        202,Lab,,sip,-geheim-,,,,,,,\n\
        203,Door,,virtual,x,,no,,,,,\n";
    let look = preview("freepbx", table, &Settings::fresh());
    assert_eq!(look.ignored, ["callwaiting_enable", "ringtimer"]);
    let after = imported("freepbx", table, &Settings::fresh());
    let anna = after.extension_by_number(after.default_tenant(), "201").expect("there");
    let expected = ("Anna Maria", "Bo", "anna@example.com", "+39061", "4711");
    assert_eq!((&*anna.first_name, &*anna.last_name, &*anna.email, &*anna.outbound_number, anna.service_pin.expose()), expected);
    assert_eq!(after.account_by_username("201").expect("there").password.expose(), "5f3a=geheim");
    assert_eq!(after.account_by_username("202").expect("there").password.expose(), "-geheim-");
    assert!(after.account_by_username("203").is_none(), "what is no phone has no account");
    assert_eq!(after.mailboxes.len(), 1);
    let mailbox = after.mailboxes.values().next().expect("there");
    assert_eq!((mailbox.extension, mailbox.notify, mailbox.attach_audio, mailbox.delete_sent), (Some(anna.id), true, true, true));

    let old = "action,extension,name,tech,devinfo_secret,vm,vmpwd,email,attach,delete\nadd,301,Bo,sip,geheim-geheim,enabled,1234,bo@example.com,attach=yes,delete=no\n";
    let after = imported("freepbx", old, &Settings::fresh());
    let mailbox = after.mailboxes.values().next().expect("there");
    assert_eq!((mailbox.notify, mailbox.attach_audio, mailbox.delete_sent), (true, true, false));

    let faulty = "extension,name,secret,voicemail_enable,voicemail_vmpwd,voicemail_email\n1,A,geheim-geheim,,,\n801,B,x,yes,12a,nobody\n";
    let look = preview("freepbx", faulty, &Settings::fresh());
    let expected = [
        "line 2, extension: it must be 2 to 8 digits",
        "line 3, extension: 801 is dialled for a service (voicemail); choose another number",
        "line 3, secret: it must have at least 8 characters; for what is new it may be left out, and a long one is generated",
        "line 3, voicemail_email: it must be an e-mail address such as anna@example.com",
        "line 3, voicemail_vmpwd: it must be 4 to 16 digits",
    ];
    assert_eq!(faults(&look), expected);
    assert_eq!(faults(&preview("freepbx", "number,name\n1,2\n", &Settings::fresh())), ["line 1, extension: the table lacks this column"]);
}

#[test]
fn values_that_are_inherited_stay_so() {
    let office = applied(
        &Settings::fresh(),
        vec![
            put(Kind::ExtensionTemplate, None, &[("name", "Desk"), ("department", "Sales")]),
            put(Kind::Extension, None, &[("number", "101"), ("template", "Desk")]),
        ],
    );
    let after = imported("extension", &csv::export(Sheet::Of(Kind::Extension), &office, true), &office);
    let own = after.own(Kind::Extension, 1).expect("there");
    assert_eq!((own.get("department"), own.get("template")), (None, Some(&Value::from(1))));
    assert_eq!(after.extensions.values().next().expect("there").department, "Sales");
}

#[test]
fn the_page_about_tables_names_every_sheet_and_every_column_of_people() {
    let page = include_str!("../../docs/csv.md");
    for sheet in Sheet::all() {
        assert!(page.contains(&format!("`{}`", sheet.name())), "{}", sheet.name());
    }
    for column in csv::export(Sheet::People, &Settings::fresh(), true).trim().split(',').chain(["user_password"]) {
        assert!(page.contains(&format!("`{column}`")), "{column}");
    }
}
