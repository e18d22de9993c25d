//! The ban list over the API.

use serde_json::{Value, json};
use trillo::base::Wall;
use trillo::entry::{Ban, BanReason, Banned};
use trillo::exchange::Command;

use super::Box;

fn office() -> Box {
    let mut office = Box::new();
    let source = "2001:db8::/64".parse().unwrap();
    let ban = |id, whom| Ban {
        id,
        whom,
        reason: BanReason::WrongPasswords,
        since: Wall::from_millis(1_800_000_000_000),
        until: Wall::from_millis(1_800_003_600_000),
    };
    office.status.bans = vec![ban(3, Banned::Source(source)), ban(4, Banned::Login { source, username: "anna".to_owned() })];
    office
}

#[test]
fn bans_are_listed_and_lifted_by_who_may() {
    let office = office();
    let shown = office.get("/bans").body;
    assert_eq!(shown["total"], 2);
    let first = json!({
        "id": 3, "source": "2001:db8::/64", "username": null, "reason": "wrong_passwords",
        "since": "2027-01-15T08:00:00.000Z", "until": "2027-01-15T09:00:00.000Z",
    });
    assert_eq!((&shown["items"][0], &shown["items"][1]["username"]), (&first, &json!("anna")));
    for (who, path, status) in [("reader", "/bans/3", 403), ("desk", "/bans/3", 403), ("boss", "/bans/5", 404), ("boss", "/bans/x", 404)] {
        assert_eq!(office.ask_as(who, "DELETE", path, &Value::Null).status, status, "{who} {path}");
    }
    assert_eq!(*office.commands.borrow(), []);
    assert_eq!(office.ask("DELETE", "/bans/4", &Value::Null).status, 204);
    assert_eq!(*office.commands.borrow(), [Command::Pardon(4)]);
    assert_eq!(
        (office.ask_as("desk", "GET", "/bans", &Value::Null).status, office.ask_as("reader", "GET", "/bans", &Value::Null).status),
        (403, 200)
    );
}
