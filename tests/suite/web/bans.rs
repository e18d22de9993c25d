//! The ban list as a page.

use trillo::base::Wall;
use trillo::entry::{Ban, BanReason, Banned};
use trillo::exchange::Command;

use super::Browser;

#[test]
fn a_ban_is_shown_with_its_reason_and_lifted_with_one_click() {
    let mut browser = Browser::claimed();
    assert_eq!(browser.get("/bans"), 200);
    browser.shows("Nobody is banned.");
    browser.status.bans = vec![Ban {
        id: 7,
        whom: Banned::Login { source: "198.51.100.7".parse().unwrap(), username: "<anna>".to_owned() },
        reason: BanReason::WrongPasswords,
        since: Wall::from_millis(1_800_000_000_000),
        until: Wall::from_millis(1_800_003_600_000),
    }];
    browser.get("/bans");
    for text in
        ["account &lt;anna&gt; from 198.51.100.7", "wrong passwords again and again", "2027-01-15 08:00 UTC", "2027-01-15 09:00 UTC"]
    {
        browser.shows(text);
    }
    browser.lacks("<anna>");
    assert_eq!(browser.post("/bans/7/lift", &[]), 303);
    assert_eq!(*browser.commands.borrow(), [Command::Pardon(7)]);
    browser.get("/bans?lifted=7");
    browser.shows("The ban was lifted.");
    browser.shows("Nobody is banned.");
    browser.commands.borrow_mut().clear();
    assert_eq!(browser.post("/bans/8/lift", &[]), 303, "it has ended meanwhile");
    assert_eq!(browser.ask("POST", "/bans/7/lift", "csrf=wrong"), 403);
    assert_eq!(*browser.commands.borrow(), []);
}

#[test]
fn the_page_says_when_nobody_can_be_banned() {
    let mut browser = Browser::claimed();
    browser.get("/sip");
    assert_eq!(browser.submit("/sip", &[("-ban", "")]), 303, "{}", browser.body);
    browser.get("/bans");
    browser.shows("Bans are switched off in the SIP settings.");
}
