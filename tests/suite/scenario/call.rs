use trillo::entry::Outcome;

use super::town;
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::phone::{End, Manner};

const TALKS: Manner = Manner::Answer { ring: seconds(2), talk: None };

/// The last record's outcome and status.
fn record(town: &Town) -> (Outcome, u16) {
    let record = town.pbx.records.last().expect("there is a record");
    (record.outcome, record.status)
}

#[test]
fn two_phones_talk() {
    // Anna dials 102, hears it ring, Bruno's phone shows "Anna 101"; they talk and hear each other; Anna hangs up, Bruno's call ends.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(100));
    assert!(town.phone("bruno").is_ringing());
    assert!(town.phone("anna").line().heard_ringing);
    let bruno = town.phone("bruno").line();
    assert_eq!((bruno.number.as_str(), bruno.name.as_str()), ("101", "Anna"));
    town.run_for(seconds(10));
    for name in ["anna", "bruno"] {
        assert!(town.phone(name).is_talking());
        assert!(town.phone(name).line().heard >= 3, "{name} hears");
    }
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::HungUp));
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    assert_eq!(record(&town), (Outcome::Answered, 200));
    town.close();
}
