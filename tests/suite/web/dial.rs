//! The page that says what would happen to a call, and the picture on an extension's page.

use serde_json::json;
use trillo::base::id::ExtensionId;
use trillo::entry::Switches;
use trillo::settings::{Kind, Own};

use super::Browser;

/// Anna sends on to Bruno when she does not answer, Bruno back to Anna when he is busy; 06… goes nowhere, for there is no class.
fn office() -> Browser {
    let browser = Browser::claimed();
    let bruno = Own::default().with("number", "102").with("first_name", "Bruno");
    browser.put(Kind::Extension, None, bruno);
    let to = |number: &str| json!({ "do": "extension", "extension": number });
    let anna = Own::default().with("number", "101").with("first_name", "<Anna>").with("failover_internal_no_answer", to("102"));
    browser.put(Kind::Extension, None, anna);
    browser.put(Kind::Extension, Some(1), Own::default().with("failover_internal_busy", to("101")).with("failover_external_timeout", 17));
    browser.put(Kind::Account, None, Own::default().with("username", "anna").with("extension", "101"));
    browser.put(Kind::Account, None, Own::default().with("username", "bruno").with("extension", "102"));
    browser
}

#[test]
fn the_way_of_a_call_is_told_and_drawn() {
    let mut browser = office();
    assert_eq!(browser.get("/dial"), 200);
    browser.lacks("<svg role");
    assert_eq!(browser.get("/dial?by=phone&from=102&dialled=101"), 200);
    for text in [
        "102 dials 101",
        "Rings for 30 s on anna (not registered now).",
        "If no answer: go to 2",
        "If busy: the call ends, busy tone",
        "If busy: go to 1",
        "in a circle; ten places at most",
        "0: ring anna 30s | busy -&gt; 1; no answer -&gt; 2 (loop)",
        "101 &lt;Anna&gt;",
    ] {
        browser.shows(text);
    }
    browser.lacks("<Anna>");
    assert_eq!(browser.body.matches("<g class=\"place\"").count(), 2);
    assert_eq!((browser.body.matches("<polygon").count(), browser.body.matches("<circle").count()), (2, 4), "two ways on, four ends");
    assert_eq!(browser.get("/dial?by=phone&from=101&dialled=800"), 200);
    browser.shows("echo test");
    browser.lacks("<svg role");
    assert_eq!(browser.get("/dial?by=phone&from=101&dialled=0612345"), 200);
    browser.shows("nobody has this number");
    assert_eq!(browser.get("/dial?by=transfer&from=101&dialled=102&lang=it"), 200);
    browser.shows("101 trasferisce una chiamata a 102");
    browser.shows("torna a 101");
}

#[test]
fn what_is_switched_now_counts() {
    let mut browser = office();
    browser.status.switches.insert(ExtensionId(2), Switches { forward: Some("102".to_owned()), ..Switches::default() });
    browser.get("/dial?by=phone&from=102&dialled=101");
    browser.shows("sends all calls on");
    browser.shows("In any case: go to 2");
    browser.status.switches.insert(ExtensionId(1), Switches { do_not_disturb: true, ..Switches::default() });
    browser.get("/dial?by=phone&from=101&dialled=102");
    browser.shows("busy at once");
}

#[test]
fn what_is_missing_to_answer_is_said() {
    let mut browser = office();
    assert_eq!(browser.get("/dial?by=phone&from=999&dialled=101"), 422);
    browser.shows("There is no extension 999.");
    assert_eq!(browser.get("/dial?by=phone&from=101&dialled="), 422);
    browser.shows("Say which number.");
    // A line that is not there is nobody; the extension is asked for.
    assert_eq!(browser.get("/dial?by=77&from=&dialled=%3Cscript%3E"), 422);
    browser.lacks("<script>");
    assert_eq!(browser.get(&format!("/dial?by=phone&from=101&dialled={}", "9".repeat(10_000))), 200);
}

#[test]
fn an_extensions_page_shows_where_its_calls_go_from_each_origin() {
    let mut browser = office();
    browser.get("/extensions/1");
    browser.shows("Where its calls go");
    browser.shows("Rings for 30 s on bruno");
    browser.get("/extensions/1?origin=external");
    browser.shows("Rings for 17 s on bruno");
    browser.get("/extensions/1?origin=transfer");
    browser.shows("back to 102 Bruno");
}

#[test]
fn a_line_is_asked_for_its_numbers() {
    let mut browser = office();
    let did = json!([{ "number": "0612345", "action": { "do": "extension", "extension": "101" } }]);
    let line = Own::default().with("name", "Provider").with("kind", "gateway").with("host", "192.0.2.9").with("did", did);
    browser.put(Kind::Line, None, line);
    browser.get("/dial");
    browser.shows("somebody outside, over Provider");
    assert_eq!(browser.get("/dial?by=1&from=&dialled=0612345"), 200, "{}", browser.body);
    browser.shows("Somebody outside calls 0612345 over Provider");
    browser.shows("on anna");
    browser.get("/dial?by=1&dialled=0699999");
    browser.shows("nobody has this number");
}
