//! The card of what is switched at an extension, on its page and on one's own.

use trillo::base::Wall;
use trillo::base::id::ExtensionId;
use trillo::entry::Switches;
use trillo::exchange::Command;
use trillo::exchange::command::Change;
use trillo::settings::{Kind, Own};

use super::Browser;

fn office() -> Browser {
    let browser = Browser::claimed();
    browser.put(Kind::Extension, None, Own::default().with("number", "101").with("lock_mode", "code"));
    browser.put(Kind::Extension, None, Own::default().with("number", "102"));
    browser
}

fn taken(browser: &Browser) -> Vec<Change> {
    let commands = browser.commands.take();
    let change = |command| match command {
        Command::Switch { extension: ExtensionId(1), change } => change,
        command => panic!("{command:?}"),
    };
    commands.into_iter().map(change).collect()
}

#[test]
fn the_extensions_page_switches_and_shows_what_is_switched() {
    let mut browser = office();
    browser.get("/extensions/1");
    browser.shows("Calls right now");
    browser.shows("Calls to the outside are locked.");
    let sent = [("forward", "102"), ("do_not_disturb", "yes")];
    assert_eq!(browser.post("/extensions/1/switches", &sent), 303);
    assert_eq!(taken(&browser), [Change::Forward(Some("102".to_owned())), Change::DoNotDisturb(true)]);
    browser.get("/extensions/1");
    assert_eq!(browser.post("/extensions/1/switches", &[("locked", "no")]), 303);
    assert_eq!(taken(&browser), [Change::Unlock]);
    let switches = Switches { forward: Some("102".to_owned()), do_not_disturb: true, ..Switches::default() };
    browser.status.switches.insert(ExtensionId(1), switches);
    browser.get("/extensions/1");
    browser.shows("value=\"102\"");
    assert_eq!(browser.body.matches("name=\"do_not_disturb\" value=\"yes\" checked").count(), 1);
    assert_eq!(browser.post("/extensions/1/switches", &[("forward", "")]), 303);
    assert_eq!(taken(&browser), [Change::Forward(None), Change::DoNotDisturb(false)]);
}

#[test]
fn a_forward_to_nowhere_keeps_what_was_typed_beside_the_reason() {
    let mut browser = office();
    assert_eq!(browser.post("/extensions/1/switches", &[("forward", "<999>"), ("hides_number", "yes")]), 422);
    browser.shows("value=\"&lt;999&gt;\"");
    browser.shows("is no number that these calls may be sent to");
    assert_eq!(browser.body.matches("name=\"hides_number\" value=\"yes\" checked").count(), 1);
    assert_eq!(browser.post("/extensions/2/switches", &[("locked", "yes")]), 422);
    browser.shows("Extension 102 has no lock");
    assert_eq!(taken(&browser), []);
}

#[test]
fn ones_own_page_switches_ones_own_phone() {
    let mut browser = office();
    browser.get("/me");
    browser.lacks("Calls right now");
    assert_eq!(browser.post("/me/switches", &[("do_not_disturb", "yes")]), 303, "who has no extension switches none");
    assert_eq!(taken(&browser), []);
    let users = browser.store.settings();
    let own = users.users.values().next().expect("the owner").id;
    browser.put(Kind::User, Some(own.0), Own::default().with("extension", 1));
    let unlocked = Switches { unlocked_at: Some(Wall::from_millis(0).as_millis()), ..Switches::default() };
    browser.status.switches.insert(ExtensionId(1), unlocked);
    browser.get("/me");
    browser.shows("Calls right now");
    assert_eq!(browser.post("/me/switches", &[("do_not_disturb", "yes")]), 303);
    assert_eq!(taken(&browser), [Change::DoNotDisturb(true)]);
    browser.get("/me");
    assert_eq!(browser.post("/me/switches", &[("forward", "nowhere")]), 422);
    browser.shows("My phone");
    browser.shows("nowhere&quot; is no number");
    assert_eq!(browser.ask("POST", "/me/switches", "csrf=wrong&do_not_disturb=yes"), 403);
    assert_eq!(taken(&browser), []);
}
