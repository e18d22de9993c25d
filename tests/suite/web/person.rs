//! Adding a person in one form.

use trillo::settings::{Kind, Own};

use super::{Browser, PASSWORD};

#[test]
fn a_person_comes_with_phones_mailbox_and_login_or_not_at_all() {
    let mut browser = Browser::claimed();
    browser.put(Kind::Account, None, Own::default().with("username", "free"));
    browser.get("/extensions/new");
    browser.shows("<datalist id=\"free-numbers\">");
    browser.shows("name=\"link\" value=\"1\"");
    let typed = [
        ("number", "120"),
        ("first_name", "Zoë"),
        ("email", "zoe@example.com"),
        ("account.more", "zoe-soft\nzoe home"),
        ("link", "1"),
        ("mailbox.create", "on"),
        ("mailbox.notify", "on"),
        ("user.create", "on"),
        ("user.username", "zoe"),
        ("user.password", PASSWORD),
    ];
    assert_eq!(browser.submit("/extensions/new", &typed), 422);
    browser.shows("id=\"more-phones-fault\"");
    browser.shows("value=\"Zoë\"");
    assert!(browser.store.settings().extensions.is_empty() && browser.store.settings().mailboxes.is_empty(), "all or nothing");
    assert_eq!(browser.submit("/extensions/new", &[("account.more", "zoe-soft"), ("user.password", "short")]), 422);
    browser.shows("id=\"user-password-fault\"");
    assert_eq!(browser.submit("/extensions/new", &[("user.password", PASSWORD)]), 303, "{}", browser.body);
    let settings = browser.store.settings();
    let extension = settings.extensions.values().next().expect("a person");
    let mut names: Vec<&str> = settings.accounts_of(extension.id).iter().map(|id| settings.accounts[id].username.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["120", "free", "zoe-soft"]);
    let mailbox = settings.mailboxes.values().next().expect("a box");
    assert_eq!((mailbox.number.as_str(), mailbox.extension, mailbox.notify), ("120", Some(extension.id), true));
    assert_eq!(settings.user_by_username("zoe").expect("a user").extension, Some(extension.id));
    browser.get("/extensions/1");
    browser.shows("mailto:zoe@example.com?subject=");
    browser.shows("il tuo interno è 120");
    assert_eq!(browser.body.matches("<svg class=\"qr\"").count(), 3);
    let password = settings.account_by_username("zoe-soft").expect("there").password.expose().to_owned();
    browser.shows(&password);
    let mails = browser.body.split("<textarea id=\"mail-").skip(1).map(|rest| &rest[..rest.find("</div>").expect("an end")]);
    assert!(mails.into_iter().all(|mail| !mail.contains(&password)), "no mail holds a password");
    browser.get("/extensions/1");
    browser.lacks(&password);
    browser.cookies.clear();
    browser.get("/login");
    assert_eq!(browser.post("/login", &[("username", "zoe"), ("password", PASSWORD)]), 303, "the person can log in");
}
