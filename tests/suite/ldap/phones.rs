//! What the phones of four brands ask, with the filters that they come with or that their manuals give. `%` has become what was typed.

use super::client::{Client, Search};
use super::{books_of, names, office, phone};

struct Dialogue {
    brand: &'static str,
    attributes: &'static [&'static str],
    entries_max: i32,
    /// Filter, and the names that come back in this order.
    asks: &'static [(&'static str, &'static [&'static str])],
}

const ANNA: &str = "Anna Bo";
const ZOE: &str = "Zoë Anderson";
const MILAN: &str = "Müller GmbH (Milan) *";

const DIALOGUES: &[Dialogue] = &[
    Dialogue {
        brand: "Yealink",
        attributes: &["cn", "sn", "telephoneNumber", "mobile", "ipPhone"],
        entries_max: 50,
        asks: &[
            ("(|(cn=an*)(sn=an*))", &[ANNA, ZOE]),
            // Its approximate search.
            ("(|(cn=*ann*)(sn=*ann*))", &[ANNA]),
            // A call comes in.
            ("(|(telephoneNumber=+39021234567)(mobile=+39021234567)(ipPhone=+39021234567))", &[MILAN]),
            ("(|(telephoneNumber=10*)(mobile=10*)(ipPhone=10*))", &[ANNA, "Émile", ZOE]),
        ],
    },
    Dialogue {
        brand: "Snom",
        attributes: &["cn", "sn", "givenName", "telephoneNumber", "mobile"],
        entries_max: 50,
        asks: &[
            ("(&(telephoneNumber=*)(sn=b*))", &[ANNA]),
            ("(&(telephoneNumber=*)(sn=*))", &["800 100", ANNA, "Émile", MILAN, ZOE]),
            ("(&(telephoneNumber=102*)(sn=*))", &[ZOE]),
        ],
    },
    Dialogue {
        brand: "Grandstream",
        attributes: &["gn", "cn", "sn", "telephoneNumber", "Mobile"],
        entries_max: 100,
        asks: &[
            ("(|(cn=m*)(sn=m*))", &[MILAN]),
            ("(&(cn=*)(telephoneNumber=*))", &["800 100", ANNA, "Émile", MILAN, ZOE]),
            ("(|(telephoneNumber=101*)(Mobile=101*))", &[ANNA]),
            // Enter without a letter: everything may stand where % was.
            ("(|(cn=*)(sn=*))", &["800 100", ANNA, "Émile", MILAN, ZOE]),
        ],
    },
    Dialogue {
        brand: "Fanvil",
        attributes: &["cn", "sn", "ou", "telephoneNumber", "mobile", "other"],
        entries_max: 50,
        asks: &[
            ("(|(cn=zoe*)(sn=zoe*))", &[ZOE]),
            ("(|(telephoneNumber=8*)(mobile=8*)(other=8*))", &["800 100"]),
            ("(|(telephoneNumber=103)(mobile=103)(other=103))", &["Émile"]),
        ],
    },
];

#[test]
fn phones_find_whom_they_ask_for() {
    for dialogue in DIALOGUES {
        for base in ["dc=trillo", "ou=people,dc=trillo"] {
            let mut client = Client::bound(books_of(office()), phone());
            for (filter, expected) in dialogue.asks {
                let search = Search {
                    base,
                    filter,
                    attributes: dialogue.attributes,
                    entries_max: dialogue.entries_max,
                    seconds_max: 5,
                    ..Search::default()
                };
                let answer = client.search(&search);
                assert_eq!((answer.code, names(&answer).as_slice()), (0, *expected), "{} {filter}", dialogue.brand);
            }
        }
    }
}

#[test]
fn a_phone_gets_names_of_attributes_as_it_wrote_them() {
    let mut books = office();
    books[5].mobile = "333".to_owned();
    let mut client = Client::bound(books_of(books), phone());
    let answer = client.search(&Search { filter: "(cn=m*)", attributes: DIALOGUES[2].attributes, ..Search::default() });
    assert_eq!((answer.found[0].value("Mobile"), answer.found[0].value("gn")), ("333", "Müller"));
}
