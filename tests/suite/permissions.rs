//! Who may do what: every route for every kind of role, as `docs/permissions.md` shows it, and the edits that nobody may make.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use trillo::settings::{Change, Edit, Kind, Level, Own, Panel, Rights, Settings};
use trillo::text::fault::Reason;
use trillo::web::Method;
use trillo::web::permit::{self, Asker, Need, Verdict, routes};

fn put(kind: Kind, own: Own) -> Change {
    Change::Put { kind, id: None, own }
}

fn user(name: &str, role: &str) -> Own {
    Own::default().with("username", name).with("password_hash", "$argon2id$x").with("role", role)
}

fn own_role(name: &str, level: Level) -> Own {
    let role = Own::default().with("name", name);
    Panel::ALL.into_iter().fold(role, |role, panel| role.with(panel.key(), level.name()))
}

/// One user of each role; `desk` may write contacts and users and see the list of extensions.
fn office() -> Settings {
    let desk = Own::default().with("name", "desk").with("contacts", "write").with("users", "write").with("extensions", "list");
    let mut changes = vec![
        user("admin", "administrator"),
        user("second", "administrator"),
        user("privacy", "privacy_officer"),
        user("anna", "tenant_user"),
        user("bruno", "tenant_user"),
    ];
    for name in ["list", "read", "write", "desk"] {
        changes.push(user(name, "own").with("own_role", name));
    }
    let roles = [own_role("list", Level::List), own_role("read", Level::Read), own_role("write", Level::Write), desk];
    let mut changes: Vec<Change> = changes.into_iter().map(|own| put(Kind::User, own)).collect();
    changes.extend(roles.into_iter().map(|own| put(Kind::Role, own)));
    changes.push(put(Kind::Contact, Own::default().with("first_name", "Shared")));
    changes.push(put(Kind::Contact, Own::default().with("first_name", "Bruno's").with("owner", "bruno")));
    let token = |name: &str, user: &str| Own::default().with("name", name).with("user", user).with("hash", "0".repeat(64));
    changes.push(put(Kind::Token, token("of privacy", "privacy")));
    edited(&Settings::fresh(), changes)
}

fn edited(settings: &Settings, changes: Vec<Change>) -> Settings {
    settings.edited(&Edit { changes, based_on: None }, &mut || [0; 24]).expect("a sound edit").settings
}

fn rights(settings: &Settings, name: &str) -> Rights {
    settings.rights(settings.user_by_username(name).expect("the user is there"))
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
        Method::Other => "other",
    }
}

fn asks(need: Need) -> String {
    match need {
        Need::Public => "nothing".to_owned(),
        Need::OwnLogin => "a name and password with the request".to_owned(),
        Need::LoggedIn => "a login".to_owned(),
        Need::InPerson => "a login, no token".to_owned(),
        Need::Panel(panel, level) => format!("{}: {}", panel.key(), level.name()),
        Need::OfKind(level) => format!("the kind's panel: {}", level.name()),
        Need::OfExtension(level) => format!("extensions: {}, or one's own", level.name()),
    }
}

fn verdict(settings: &Settings, name: &str, (method, path): (Method, &str)) -> Verdict {
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (name, is_token) = name.strip_prefix("token of ").map_or((name, false), |name| (name, true));
    let rights = (name != "nobody").then(|| rights(settings, name)).map(|rights| if is_token { rights.read_only() } else { rights });
    permit::decide(method, &segments, rights.as_ref().map(|rights| Asker { rights, is_token }))
}

/// A path that the pattern fits, for each kind of entity.
fn examples(pattern: &str) -> Vec<(Kind, String)> {
    let path = pattern.replace("/**", "/x").replace('*', "7");
    Kind::ALL.into_iter().filter(|kind| !kind.is_single()).map(|kind| (kind, path.replace("{kind}", kind.path()))).collect()
}

#[test]
fn the_page_of_permissions_is_what_the_router_decides() {
    let settings = office();
    let roles = [
        ("administrator", "admin"),
        ("privacy officer", "privacy"),
        ("tenant user", "anna"),
        ("list", "list"),
        ("read", "read"),
        ("write", "write"),
        ("reading token", "token of admin"),
        ("nobody", "nobody"),
    ];
    let mut page = String::from(
        "# Who may do what\n\nWritten by `TRILLO_BLESS=1 cargo test --test suite permissions` from the table that the router asks (`src/web/permit/routes.rs`). \
         A row is decided by the first that fits. The columns *list*, *read* and *write* are own roles with that level in every panel; the \
         *reading token* is an administrator's. What is listed nowhere is refused. [users.md](users.md) explains the roles.\n\n| route | asks |",
    );
    roles.iter().for_each(|(role, _)| page.push_str(&format!(" {role} |")));
    page.push_str(&format!("\n|---|---|{}\n", "---|".repeat(roles.len())));
    for (asked, pattern, need) in routes::all() {
        let _ = write!(page, "| {} `{pattern}` | {} |", method(asked), asks(need));
        for (_, name) in roles {
            let granted = examples(pattern).into_iter().filter(|(_, path)| match verdict(&settings, name, (asked, path)) {
                Verdict::Granted => true,
                Verdict::Forbidden | Verdict::LogIn => false,
                other => panic!("{path} is in the table, and yet {other:?}"),
            });
            let granted: Vec<&str> = granted.map(|(kind, _)| kind.path()).collect();
            let _ = match granted.len() {
                0 => write!(page, " – |"),
                all if all == examples(pattern).len() => write!(page, " yes |"),
                _ => write!(page, " {} |", granted.join(", ")),
            };
        }
        page.push('\n');
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permissions.md");
    if std::env::var_os("TRILLO_BLESS").is_some() {
        std::fs::write(&path, &page).expect("docs can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page, "docs/permissions.md is old; TRILLO_BLESS=1 writes it");
}

#[test]
fn each_role_reaches_what_its_levels_say() {
    use Verdict::{Forbidden, Granted, LogIn, Unknown, WrongMethod};
    let settings = office();
    let check = |name, asked, expected| assert_eq!(verdict(&settings, name, asked), expected, "{name} {asked:?}");
    for asked in [(Method::Get, "/users"), (Method::Get, "/no-such-page"), (Method::Delete, "/calls"), (Method::Get, "/me")] {
        check("nobody", asked, LogIn);
    }
    for asked in [(Method::Get, "/no-such-page"), (Method::Get, "/pickup_group"), (Method::Post, "/api/v1/anything")] {
        check("admin", asked, Unknown);
    }
    check("admin", (Method::Post, "/calls"), WrongMethod);
    for asked in [(Method::Get, "/extensions"), (Method::Get, "/calls"), (Method::Get, "/live"), (Method::Get, "/api/v1/users")] {
        check("anna", asked, Forbidden);
        check("list", asked, Granted);
    }
    check("anna", (Method::Get, "/me"), Granted);
    check("anna", (Method::Post, "/me/password"), Granted);
    check("list", (Method::Get, "/extensions/7"), Forbidden);
    check("read", (Method::Get, "/extensions/7"), Granted);
    check("read", (Method::Get, "/extensions/new"), Forbidden);
    check("read", (Method::Post, "/extensions/7"), Forbidden);
    check("write", (Method::Post, "/extensions/7"), Granted);
    check("desk", (Method::Get, "/extensions"), Granted);
    check("desk", (Method::Get, "/extensions/7"), Forbidden);
    check("desk", (Method::Post, "/contacts/new"), Granted);
    check("desk", (Method::Get, "/sip"), Forbidden);
    check("privacy", (Method::Get, "/sip"), Granted);
    check("privacy", (Method::Post, "/sip"), Forbidden);
    check("privacy", (Method::Post, "/users/7"), Granted);
    // What would change something is not even asked of who may not.
    for path in ["/extensions/new", "/extensions/many", "/extensions/import", "/extensions/7/delete"] {
        check("read", (Method::Get, path), Forbidden);
        check("write", (Method::Get, path), Granted);
    }
    // Phones bring a name and a password of their own; the settings beside their files are for who may read settings.
    check("nobody", (Method::Get, "/phonebook/yealink.xml"), Granted);
    for asked in
        [(Method::Get, "/phonebook/1"), (Method::Get, "/phonebook"), (Method::Get, "/phonebook/new"), (Method::Post, "/phonebook/1")]
    {
        check("anna", asked, Forbidden);
    }
    check("token of admin", (Method::Get, "/api/v1/extensions"), Granted);
    check("token of admin", (Method::Post, "/api/v1/extensions"), Forbidden);
    check("token of admin", (Method::Post, "/api/v1/changes"), Forbidden);
    check("token of admin", (Method::Get, "/me/password"), Forbidden);
}

/// The reasons for which an edit by that user is refused; none: it is allowed.
fn refused(settings: &Settings, editor: &str, changes: Vec<Change>) -> Vec<Reason> {
    let outcome = permit::edit(settings, &rights(settings, editor), &Edit { changes, based_on: None });
    outcome.err().unwrap_or_default().into_iter().map(|fault| fault.reason).collect()
}

fn change(settings: &Settings, kind: Kind, name: &str, own: Own) -> Change {
    Change::Put { kind, id: Some(id_of(settings, kind, name)), own }
}

fn delete(settings: &Settings, kind: Kind, name: &str) -> Change {
    Change::Delete { kind, id: id_of(settings, kind, name) }
}

fn id_of(settings: &Settings, kind: Kind, name: &str) -> i64 {
    settings.rows_of(kind).map(|(id, _)| id).find(|id| settings.name_of(kind, *id) == name).expect("it is there")
}

#[test]
fn an_edit_asks_the_panel_of_every_kind_it_touches() {
    let settings = office();
    let extension = || put(Kind::Extension, Own::default().with("number", "101"));
    let contact = || put(Kind::Contact, Own::default().with("first_name", "New"));
    for editor in ["admin", "write"] {
        assert_eq!(refused(&settings, editor, vec![extension(), contact()]), [], "{editor}");
    }
    for editor in ["privacy", "anna", "list", "read", "desk"] {
        assert_eq!(refused(&settings, editor, vec![contact(), extension()]), [Reason::NotPermitted], "{editor}");
    }
    assert_eq!(refused(&settings, "desk", vec![contact(), delete(&settings, Kind::Contact, "Shared")]), []);
    assert_eq!(refused(&settings, "read", vec![delete(&settings, Kind::Contact, "Shared")]), [Reason::NotPermitted]);
    let faults = permit::edit(&settings, &rights(&settings, "admin").read_only(), &Edit { changes: vec![contact()], based_on: None });
    assert!(faults.unwrap_err()[0].is_about_rights());
}

#[test]
fn nobody_gives_rights_beyond_their_own() {
    let settings = office();
    let role = |name: &str, role: &str| change(&settings, Kind::User, name, Own::default().with("role", role));
    let own = |user: &str, role: &str| change(&settings, Kind::User, user, Own::default().with("role", "own").with("own_role", role));
    let password = |name: &str| change(&settings, Kind::User, name, Own::default().with("password_hash", "$argon2id$y"));
    let above = [Reason::AboveOwnRights];
    let officer = [Reason::OnlyByPrivacyOfficer];
    // An administrator may do all but touch the privacy officer.
    for change in
        [role("anna", "administrator"), own("anna", "write"), password("anna"), password("second"), delete(&settings, Kind::User, "list")]
    {
        assert_eq!(refused(&settings, "admin", vec![change.clone()]), [], "{change:?}");
    }
    let token = delete(&settings, Kind::Token, "of privacy");
    for change in
        [role("anna", "privacy_officer"), role("privacy", "tenant_user"), password("privacy"), role("admin", "privacy_officer"), token]
    {
        assert_eq!(refused(&settings, "admin", vec![change.clone()]), officer, "{change:?}");
    }
    // A privacy officer appoints others, yet makes no administrators and cannot take one over.
    assert_eq!(refused(&settings, "privacy", vec![role("anna", "privacy_officer"), own("bruno", "read")]), []);
    for change in [role("anna", "administrator"), password("admin"), role("privacy", "administrator"), own("anna", "write")] {
        assert_eq!(refused(&settings, "privacy", vec![change.clone()]), above, "{change:?}");
    }
    // Nor does who may write users.
    assert_eq!(refused(&settings, "desk", vec![own("anna", "desk"), password("anna"), put(Kind::User, user("new", "tenant_user"))]), []);
    for change in [
        role("anna", "administrator"),
        put(Kind::User, user("new", "administrator")),
        password("read"),
        own("desk", "list"),
        own("anna", "read"),
    ] {
        assert_eq!(refused(&settings, "desk", vec![change.clone()]), above, "{change:?}");
    }
    assert_eq!(refused(&settings, "desk", vec![role("desk", "privacy_officer")]), officer);
    assert_eq!(refused(&settings, "anna", vec![role("bruno", "tenant_user"), role("anna", "administrator")]), [Reason::NotPermitted]);
}

#[test]
fn a_role_is_not_raised_above_who_edits_it() {
    let settings = office();
    let raised = |role: &str, level: &str| change(&settings, Kind::Role, role, Own::default().with("calls", level));
    assert_eq!(refused(&settings, "admin", vec![raised("list", "write")]), []);
    assert_eq!(refused(&settings, "desk", vec![raised("desk", "list")]), [Reason::AboveOwnRights]);
    assert_eq!(refused(&settings, "desk", vec![raised("read", "none")]), [Reason::AboveOwnRights], "it is above in other panels");
    let lowered = change(&settings, Kind::Role, "desk", Own::default().with("extensions", "none"));
    assert_eq!(refused(&settings, "desk", vec![lowered]), []);
}

#[test]
fn the_first_privacy_officer_is_appointed_by_an_administrator() {
    let changes = ["admin", "second"].map(|name| put(Kind::User, user(name, "administrator")));
    let settings = edited(&Settings::fresh(), changes.into());
    let settings = edited(&settings, vec![put(Kind::User, user("anna", "tenant_user"))]);
    let appoint = |name: &str| change(&settings, Kind::User, name, Own::default().with("role", "privacy_officer"));
    assert_eq!(refused(&settings, "admin", vec![appoint("anna")]), []);
    assert_eq!(refused(&settings, "admin", vec![appoint("admin")]), [Reason::OnlyByPrivacyOfficer], "not oneself");
    assert_eq!(refused(&settings, "anna", vec![appoint("anna")]), [Reason::NotPermitted]);
}

#[test]
fn ones_own_password_is_changed_in_person_only() {
    let settings = office();
    let own = |name: &str, key: &str, value: &str| vec![change(&settings, Kind::User, name, Own::default().with(key, value))];
    assert_eq!(refused(&settings, "anna", own("anna", "language", "it")), []);
    for name in ["anna", "admin"] {
        assert_eq!(refused(&settings, name, own(name, "password_hash", "$argon2id$y")), [Reason::OnlyInPerson], "{name}");
        let edit = Edit { changes: own(name, "password_hash", "$argon2id$y"), based_on: None };
        assert_eq!(permit::edit_in_person(&settings, &rights(&settings, name), &edit), Ok(()));
    }
    assert_eq!(refused(&settings, "anna", own("anna", "username", "queen")), [Reason::NotPermitted]);
}

#[test]
fn personal_contacts_are_their_owners_alone() {
    let settings = office();
    let rename = |name: &str| change(&settings, Kind::Contact, name, Own::default().with("last_name", "X"));
    let take = change(&settings, Kind::Contact, "Bruno's", Own::default().with("owner", "admin"));
    let give = |owner: &str| put(Kind::Contact, Own::default().with("first_name", "Y").with("owner", owner));
    assert_eq!(refused(&settings, "bruno", vec![rename("Bruno's"), give("bruno")]), []);
    assert_eq!(refused(&settings, "bruno", vec![delete(&settings, Kind::Contact, "Bruno's")]), []);
    assert_eq!(refused(&settings, "bruno", vec![rename("Shared")]), [Reason::NotPermitted]);
    for change in [rename("Bruno's"), take, give("bruno"), delete(&settings, Kind::Contact, "Bruno's")] {
        assert_eq!(refused(&settings, "admin", vec![change.clone()]), [Reason::OnlyByOwner], "{change:?}");
    }
    let gone = vec![delete(&settings, Kind::User, "bruno"), delete(&settings, Kind::Contact, "Bruno's")];
    assert_eq!(refused(&settings, "admin", gone), [], "they go with their owner");
}

#[test]
fn tokens_are_made_for_oneself_or_for_who_may_less() {
    let settings = office();
    let token = |user: &str| vec![put(Kind::Token, Own::default().with("name", "t").with("user", user).with("hash", "1".repeat(64)))];
    let expected: BTreeMap<&str, &[Reason]> =
        BTreeMap::from([("anna", [].as_slice()), ("bruno", &[Reason::NotPermitted]), ("admin", &[Reason::NotPermitted])]);
    for (user, reasons) in expected {
        assert_eq!(refused(&settings, "anna", token(user)), reasons, "{user}");
    }
    assert_eq!(refused(&settings, "admin", token("anna")), []);
    assert_eq!(refused(&settings, "admin", token("privacy")), [Reason::OnlyByPrivacyOfficer]);
    assert_eq!(refused(&settings, "desk", token("read")), [Reason::AboveOwnRights]);
}
