//! The LDAP server over the phonebook, as clients' bytes see it. The codec here is the tests' own.

mod client;
mod damage;
mod phones;

use std::collections::BTreeMap;
use std::sync::Arc;

use trillo::base::id::{ContactId, ExtensionId, TenantId, UserId};
use trillo::ldap::{Base, Config, Connection, Output, Verdict};
use trillo::phonebook::{Directory, Identity, Person, Phonebooks, Publishing, PublishingRule, Source, Viewer};

use client::{Answer, Client, Found, Search};

const TENANT: TenantId = TenantId(1);

fn extension(id: i64, number: &str, first_name: &str, last_name: &str) -> Person {
    Person {
        source: Source::Extension(ExtensionId(id)),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        number: number.to_owned(),
        mobile: String::new(),
        home: String::new(),
        email: String::new(),
        organization: "Acme".to_owned(),
        department: String::new(),
        is_shown: true,
        publishing: Publishing::Rule,
    }
}

fn contact(id: i64, number: &str, first_name: &str, last_name: &str) -> Person {
    let source = Source::Contact { id: ContactId(id), owner: None };
    Person {
        source,
        organization: String::new(),
        publishing: Publishing::Number(number.to_owned()),
        ..extension(0, number, first_name, last_name)
    }
}

/// The office that most tests search.
fn office() -> Vec<Person> {
    vec![
        Person { mobile: "333 111-2223".to_owned(), email: "anna@example.com".to_owned(), ..extension(1, "101", "Anna", "Bo") },
        Person { department: "Sales".to_owned(), ..extension(2, "102", "Zoë", "Anderson") },
        extension(3, "103", "Émile", ""),
        Person { publishing: Publishing::Off, ..extension(4, "104", "Hidden", "Person") },
        Person { publishing: Publishing::Number("800 100".to_owned()), is_shown: false, ..extension(5, "105", "", "") },
        contact(1, "+39 02 1234567", "Müller", "GmbH (Milan) *"),
        Person { source: Source::Contact { id: ContactId(2), owner: Some(UserId(7)) }, ..contact(2, "0612345", "Mum", "") },
    ]
}

fn books_of(persons: Vec<Person>) -> Phonebooks {
    BTreeMap::from([(TENANT, Arc::new(Directory::new(persons, &PublishingRule::default())))])
}

fn identity(viewer: Viewer) -> Identity {
    Identity { username: "anna-desk".to_owned(), tenant: TENANT, viewer }
}

fn phone() -> Identity {
    identity(Viewer::default())
}

fn names(answer: &Answer) -> Vec<&str> {
    answer.found.iter().map(|found| found.value("cn")).collect()
}

fn everybody() -> Search {
    Search { filter: "(cn=*)", ..Search::default() }
}

#[test]
fn a_bind_is_needed_and_wrong_ones_tell_nothing() {
    let mut client = Client::new(books_of(office()));
    assert_eq!(client.search(&everybody()).code, 50);
    assert_eq!(client.search(&Search { base: "ou=nobody,dc=trillo", ..everybody() }).code, 50);
    assert_eq!(client.bind("", "", &Verdict::Wrong), 48);
    assert_eq!(client.bind("", "guess", &Verdict::Wrong), 49);
    assert_eq!(client.bind("anna-desk", "", &Verdict::Right(phone())), 53);
    assert_eq!(client.asked, None, "an empty password is never verified");
    assert_eq!(client.bind("anna-desk", "guess", &Verdict::Wrong), 49);
    assert_eq!(client.asked.as_ref().unwrap().name, "anna-desk");
    assert_eq!(client.bind("anna-desk", "guess", &Verdict::TooMany), 51);
    assert_eq!(client.search(&everybody()).code, 50);
    assert_eq!(client.bind("anna-desk", "secret", &Verdict::Right(phone())), 0);
    assert_eq!(client.search(&everybody()).code, 0);
    assert_eq!(client.bind("anna-desk", "guess", &Verdict::Wrong), 49);
    assert_eq!(client.search(&everybody()).code, 50, "a failed bind ends the one before");
    assert_eq!(client.bind_with(2, 0x80, b"secret"), 2);
    assert_eq!(client.bind_with(3, 0xa3, b"\x04\x05PLAIN"), 7);
}

#[test]
fn anonymous_searches_are_a_choice() {
    let mut client = Client::with_anonymous(books_of(office()));
    assert_eq!(client.bind("", "", &Verdict::Wrong), 0);
    let answer = client.search(&everybody());
    assert_eq!(names(&answer), ["800 100", "Anna Bo", "Émile", "Müller GmbH (Milan) *", "Zoë Anderson"]);
    assert!(answer.found.iter().all(|found| !found.has("mobile")));
}

#[test]
fn who_is_published_stands_in_the_order_of_names() {
    let mut client = Client::bound(books_of(office()), phone());
    assert_eq!(names(&client.search(&everybody())), ["800 100", "Anna Bo", "Émile", "Müller GmbH (Milan) *", "Zoë Anderson"]);
    client.bind("anna", "secret", &Verdict::Right(identity(Viewer { user: Some(UserId(7)), sees_mobiles: true })));
    assert_eq!(names(&client.search(&everybody())), ["800 100", "Anna Bo", "Émile", "Müller GmbH (Milan) *", "Mum", "Zoë Anderson"]);
}

#[test]
fn an_entry_is_an_inet_org_person() {
    let mut client = Client::bound(books_of(office()), identity(Viewer { user: None, sees_mobiles: true }));
    let answer = client.search(&Search { filter: "(mail=ANNA@example.com)", ..Search::default() });
    let expected = [
        ("objectClass", &["top", "person", "organizationalPerson", "inetOrgPerson"][..]),
        ("cn", &["Anna Bo"]),
        ("displayName", &["Anna Bo"]),
        ("givenName", &["Anna"]),
        ("sn", &["Bo"]),
        ("mail", &["anna@example.com"]),
        ("telephoneNumber", &["101"]),
        ("mobile", &["333 111-2223"]),
        ("o", &["Acme"]),
        ("uid", &["extension-1"]),
    ];
    assert_eq!(answer.found.len(), 1);
    assert_eq!(answer.found[0].dn, "uid=extension-1,ou=people,dc=trillo");
    let shown: Vec<(&str, Vec<&str>)> =
        answer.found[0].attributes.iter().map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect())).collect();
    assert_eq!(shown, expected.map(|(name, values)| (name, values.to_vec())));
}

#[test]
fn mobiles_are_neither_shown_nor_found_without_the_right() {
    let search = Search { filter: "(mobile=333*)", ..Search::default() };
    let mut client = Client::bound(books_of(office()), phone());
    assert_eq!(names(&client.search(&search)), [""; 0]);
    let mut client = Client::bound(books_of(office()), identity(Viewer { user: None, sees_mobiles: true }));
    assert_eq!(names(&client.search(&search)), ["Anna Bo"]);
}

#[test]
fn filters() {
    let mut client = Client::bound(books_of(office()), identity(Viewer { user: None, sees_mobiles: true }));
    let mut check = |filter: &'static str, expected: &[&str]| {
        let answer = client.search(&Search { filter, ..Search::default() });
        assert_eq!((answer.code, names(&answer).as_slice()), (0, expected), "{filter}");
    };
    let (anna, zoe, emile, milan, toll_free) = ("Anna Bo", "Zoë Anderson", "Émile", "Müller GmbH (Milan) *", "800 100");
    check("(cn=anna bo)", &[anna]);
    check("(cn=  ANNA   bo )", &[anna]);
    check("(2.5.4.3=anna bo)", &[anna]);
    check("(commonName=anna bo)", &[anna]);
    check("(cn=zoe*)", &[zoe]);
    check("(cn=ZOË*)", &[zoe]);
    check("(cn=*EMIL*)", &[emile]);
    check("(cn=*n*b*)", &[anna]);
    check("(cn=a*bo)", &[anna]);
    check("(cn=anna bo*anna bo)", &[]);
    check("(telephoneNumber=1-0 1)", &[anna]);
    check("(telephoneNumber=+39-02-123*)", &[milan]);
    check("(telephoneNumber=*4567)", &[milan]);
    check("(mobile=3331112223)", &[anna]);
    check("(telephoneNumber=*)", &[toll_free, anna, emile, milan, zoe]);
    check("(sn=*)", &[toll_free, anna, emile, milan, zoe]);
    check("(&(cn=*)(!(o=acme)))", &[milan]);
    check("(&(sn=*)(!(ou=*)))", &[toll_free, anna, emile, milan]);
    check("(ou=sales)", &[zoe]);
    check("(sn>=bo)", &[anna, emile, milan]);
    check("(sn<=bo)", &[toll_free, anna, zoe]);
    check("(sn~=BO)", &[anna]);
    check("(objectClass=person)", &[toll_free, anna, emile, milan, zoe]);
    check("(objectClass=INETORGPERSON)", &[toll_free, anna, emile, milan, zoe]);
    check("(uid=extension-3)", &[emile]);
    // Undefined is neither true nor false, but does not spoil what is decided without it.
    check("(ipPhone=1*)", &[]);
    check("(!(ipPhone=1*))", &[]);
    check("(|(ipPhone=1*)(cn=anna*))", &[anna]);
    check("(&(ipPhone=1*)(cn=anna*))", &[]);
    check("(!(&(ipPhone=1*)(cn=nobody)))", &["", "", toll_free, anna, emile, milan, zoe]);
    check("(telephoneNumber>=1)", &[]);
    check("(cn:caseExactMatch:=Anna Bo)", &[]);
    check("(objectClass=inet*)", &[]);
    // RFC 4526: the empty ones are true and false.
    check("(&)", &["", "", toll_free, anna, emile, milan, zoe]);
    check("(|)", &[]);
    // What means something in a filter means nothing in a value.
    check("(cn=*\\28milan\\29*)", &[milan]);
    check("(cn=*\\2a)", &[milan]);
    check("(cn=\\2a)", &[]);
    check("(cn=\\00)", &[]);
    check("(cn=anna\\00bo)", &[]);
    check("(cn=an\\00na bo)", &[anna]);
    check("(cn=*\\5c*)", &[]);
    check("(cn=\\ff\\fe)", &[]);
    check("(!(cn=\\ff\\fe))", &[]);
}

#[test]
fn bases_and_scopes() {
    let mut client = Client::bound(books_of(office()), phone());
    let mut check = |base: &'static str, scope: u8, expected: (i32, &str, usize)| {
        let answer = client.search(&Search { base, scope, filter: "(objectClass=*)", ..Search::default() });
        assert_eq!((answer.code, answer.matched.as_str(), answer.found.len()), expected, "{base} {scope}");
    };
    check("dc=trillo", 0, (0, "", 1));
    check("dc=trillo", 1, (0, "", 1));
    check("dc=trillo", 2, (0, "", 7));
    check("OU=People, DC=Trillo", 0, (0, "", 1));
    check("ou=people,dc=trillo", 1, (0, "", 5));
    check("ou=people,dc=trillo", 2, (0, "", 6));
    check("uid=extension-1,ou=people,dc=trillo", 0, (0, "", 1));
    check("uid=extension-1,ou=people,dc=trillo", 1, (0, "", 0));
    check("uid=extension-1,ou=people,dc=trillo", 2, (0, "", 1));
    check("", 0, (0, "", 1));
    check("", 2, (0, "", 7));
    check("cn=subschema", 0, (0, "", 1));
    check("dc=elsewhere", 2, (32, "", 0));
    check("ou=rooms,dc=trillo", 2, (32, "dc=trillo", 0));
    check("cn=x,ou=rooms,dc=trillo", 2, (32, "dc=trillo", 0));
    check("uid=nobody,ou=people,dc=trillo", 0, (32, "ou=people,dc=trillo", 0));
    check("cn=x,uid=nobody,ou=people,dc=trillo", 0, (32, "ou=people,dc=trillo", 0));
    check("uid=extension-4,ou=people,dc=trillo", 0, (32, "ou=people,dc=trillo", 0));
    check("uid=contact-2,ou=people,dc=trillo", 0, (32, "ou=people,dc=trillo", 0));
    check("people", 2, (34, "", 0));
}

#[test]
fn the_root_says_what_can_be_done_before_a_bind() {
    let mut client = Client::new(books_of(office()));
    let root =
        |attributes: &'static [&'static str]| Search { base: "", scope: 0, filter: "(objectClass=*)", attributes, ..Search::default() };
    let answer = client.search(&root(&["+"]));
    let found = &answer.found[0];
    assert_eq!(found.dn, "");
    assert_eq!(found.value("namingContexts"), "dc=trillo");
    assert_eq!(found.value("supportedLDAPVersion"), "3");
    assert_eq!(found.value("supportedControl"), "1.2.840.113556.1.4.319");
    assert_eq!(found.value("vendorName"), "Trillo");
    assert_eq!(found.value("subschemaSubentry"), "cn=subschema");
    let search = Search { base: "cn=subschema", attributes: &["attributeTypes", "objectClasses"], ..root(&[]) };
    let schema = &client.search(&search).found[0];
    let is_told = |name: &str, part: &str| {
        schema.attributes.iter().any(|(known, lines)| known == name && lines.iter().any(|line| line.contains(part)))
    };
    assert!(is_told("attributeTypes", "2.5.4.20 NAME 'telephoneNumber' EQUALITY telephoneNumberMatch"));
    assert!(is_told("objectClasses", "NAME 'inetOrgPerson'"));
}

#[test]
fn attributes_come_as_they_were_asked() {
    let mut client = Client::bound(books_of(office()), phone());
    let mut check = |attributes: &'static [&'static str], types_only: bool, expected: &[(&str, &[&str])]| {
        let answer = client.search(&Search { filter: "(cn=anna*)", attributes, types_only, ..Search::default() });
        let shown: Vec<(&str, Vec<&str>)> =
            answer.found[0].attributes.iter().map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect())).collect();
        assert_eq!(shown, expected.iter().map(|(name, values)| (*name, values.to_vec())).collect::<Vec<_>>(), "{attributes:?}");
    };
    check(&["SN", "TelephoneNumber", "gn", "ipPhone", "sn"], false, &[("SN", &["Bo"]), ("TelephoneNumber", &["101"]), ("gn", &["Anna"])]);
    check(&["cn", "sn"], true, &[("cn", &[]), ("sn", &[])]);
    check(&["1.1"], false, &[]);
    check(&["jpegPhoto"], false, &[]);
    check(&["+"], false, &[("entryDN", &["uid=extension-1,ou=people,dc=trillo"]), ("subschemaSubentry", &["cn=subschema"])]);
    let answer = client.search(&Search { filter: "(cn=anna*)", attributes: &["*", "entryDN"], ..Search::default() });
    assert!(answer.found[0].has("entryDN") && answer.found[0].has("objectClass") && answer.found[0].has("cn"));
}

fn crowd(count: i64) -> Vec<Person> {
    (0..count).map(|id| extension(id, &format!("{id:05}"), "Anna", &format!("Number {id:05}"))).collect()
}

#[test]
fn limits_of_size_and_time() {
    let mut client = Client::bound(books_of(crowd(6_000)), phone());
    let mut check = |entries_max: i32, expected: (i32, usize)| {
        let answer = client.search(&Search { entries_max, ..everybody() });
        assert_eq!((answer.code, answer.found.len()), expected, "{entries_max}");
    };
    check(50, (4, 50));
    check(0, (4, 5_000));
    check(10_000, (4, 5_000));
    let answer = client.search(&Search { entries_max: 1, filter: "(telephoneNumber=00007)", ..Search::default() });
    assert_eq!((answer.code, answer.found.len()), (0, 1), "just as many as there are");
    // A client that takes its entries slowly.
    client.micros_a_poll = 100_000;
    let answer = client.search(&Search { seconds_max: 2, ..everybody() });
    assert_eq!(answer.code, 3);
    assert!(answer.found.len() > 100 && answer.found.len() < 5_000, "{}", answer.found.len());
}

#[test]
fn pages_have_everybody_once() {
    let mut client = Client::bound(books_of(crowd(2_500)), phone());
    let mut all = Vec::new();
    let mut cookie = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let answer = client.page(&everybody(), 700, &cookie);
        assert_eq!(answer.code, 0);
        sizes.push(answer.found.len());
        all.extend(answer.found.iter().map(|found| found.dn.clone()));
        // New settings between two pages change nothing in a search that has begun.
        client.books = books_of(crowd(10));
        cookie = answer.cookie.unwrap();
        if cookie.is_empty() {
            break;
        }
    }
    assert_eq!(sizes, [700, 700, 700, 400]);
    all.dedup();
    assert_eq!(all.len(), 2_500);
}

#[test]
fn a_page_ends_where_the_entries_do() {
    let mut client = Client::bound(books_of(crowd(20)), phone());
    let answer = client.page(&everybody(), 20, b"");
    assert_eq!((answer.code, answer.found.len(), answer.cookie), (0, 20, Some(vec![])), "no empty page follows");
    let answer = client.page(&Search { entries_max: 15, ..everybody() }, 10, b"");
    let answer = client.page(&Search { entries_max: 15, ..everybody() }, 10, &answer.cookie.unwrap());
    assert_eq!((answer.code, answer.found.len()), (4, 5), "the client's limit is on the whole");
}

#[test]
fn cookies_are_good_for_their_own_search_once() {
    let mut client = Client::bound(books_of(crowd(20)), phone());
    let cookie = client.page(&everybody(), 5, b"").cookie.unwrap();
    assert_eq!(client.page(&Search { filter: "(sn=*)", ..Search::default() }, 5, &cookie).code, 53, "another search");
    let cookie = client.page(&everybody(), 5, b"").cookie.unwrap();
    assert_eq!(client.page(&everybody(), 5, &cookie).code, 0);
    assert_eq!(client.page(&everybody(), 5, &cookie).code, 53, "used");
    assert_eq!(client.page(&everybody(), 5, b"nonsense").code, 53);
    let cookie = client.page(&everybody(), 5, b"").cookie.unwrap();
    assert_eq!(client.page(&everybody(), 0, &cookie).code, 0, "given up");
    assert_eq!(client.page(&everybody(), 5, &cookie).code, 53);
    let cookie = client.page(&everybody(), 5, b"").cookie.unwrap();
    client.bind("anna-desk", "secret", &Verdict::Right(phone()));
    assert_eq!(client.page(&everybody(), 5, &cookie).code, 53, "a bind forgets it");
    let oldest = client.page(&everybody(), 5, b"").cookie.unwrap();
    for _ in 0..4 {
        client.page(&everybody(), 5, b"");
    }
    assert_eq!(client.page(&everybody(), 5, &oldest).code, 53, "four wait at most");
}

#[test]
fn unknown_controls_matter_where_they_are_critical() {
    let mut client = Client::bound(books_of(office()), phone());
    assert_eq!(client.search_with_control(&everybody(), "1.2.3.4", true, b"").code, 12);
    assert_eq!(client.search_with_control(&everybody(), "1.2.3.4", false, b"").code, 0);
    assert_eq!(client.search_with_control(&everybody(), "1.2.840.113556.1.4.473", false, b"\x30\x00").code, 0);
    assert_eq!(client.search_with_control(&everybody(), "1.2.840.113556.1.4.319", true, b"damaged").code, 2);
}

#[test]
fn nothing_is_changed_here() {
    let mut client = Client::new(books_of(office()));
    let dn = client::octets(0x04, b"uid=extension-1,ou=people,dc=trillo");
    let requests = |dn: &[u8]| {
        vec![
            (client::octets(0x66, &[dn, &client::octets(0x30, b"")].concat()), 0x67),
            (client::octets(0x68, &[dn, &client::octets(0x30, b"")].concat()), 0x69),
            (client::octets(0x4a, b"uid=extension-1,ou=people,dc=trillo"), 0x6b),
            (client::octets(0x6c, &[dn, dn, &[1, 1, 0]].concat()), 0x6d),
        ]
    };
    for (request, tag) in requests(&dn) {
        assert_eq!(client.ask(&request), (tag, 50));
    }
    client.bind("anna-desk", "secret", &Verdict::Right(phone()));
    for (request, tag) in requests(&dn) {
        assert_eq!(client.ask(&request), (tag, 53));
    }
    // StartTLS and whatever else there may be.
    assert_eq!(client.ask(&client::octets(0x77, &client::octets(0x80, b"1.3.6.1.4.1.1466.20037"))), (0x78, 2));
}

#[test]
fn compare() {
    let mut client = Client::bound(books_of(office()), phone());
    let mut check = |dn: &str, attribute: &str, value: &str, code: i32| {
        let assertion = [client::octets(4, attribute.as_bytes()), client::octets(4, value.as_bytes())].concat();
        let request = client::octets(0x6e, &[client::octets(4, dn.as_bytes()), client::octets(0x30, &assertion)].concat());
        assert_eq!(client.ask(&request), (0x6f, code), "{attribute}={value}");
    };
    let anna = "uid=extension-1,ou=people,dc=trillo";
    check(anna, "sn", "BO", 6);
    check(anna, "sn", "x", 5);
    check(anna, "mobile", "3331112223", 5);
    check(anna, "ipPhone", "x", 16);
    check("uid=x,ou=people,dc=trillo", "sn", "x", 32);
}

#[test]
fn an_abandoned_search_falls_silent() {
    let mut client = Client::bound(books_of(crowd(3_000)), phone());
    let id = client.start(&everybody());
    let Some(Output::Send(first)) = client.poll() else { panic!("a first chunk") };
    assert!(!first.is_empty());
    client.send(&client::octets(0x50, &[u8::try_from(id).unwrap()]));
    assert_eq!(client.poll(), None);
    assert_eq!(client.search(&Search { entries_max: 1, ..everybody() }).code, 4, "the connection lives on");
    // One that is over, or never was, can't be abandoned any more; that has no answer either.
    client.send(&client::octets(0x50, &[99]));
    assert_eq!(client.poll(), None);
}

#[test]
fn requests_are_answered_in_their_order() {
    let mut client = Client::bound(books_of(crowd(300)), phone());
    let (first, second) = (client.start(&everybody()), client.start(&Search { filter: "(cn=nobody)", ..Search::default() }));
    assert_eq!(client.answer(first).found.len(), 300);
    assert_eq!(client.answer(second).found.len(), 0);
    client.send(&client::octets(0x42, b""));
    assert_eq!(client.poll(), Some(Output::Close));
    assert_eq!(client.poll(), None);
}

#[test]
fn bytes_may_come_one_by_one() {
    let mut client = Client::bound(books_of(office()), phone());
    let (id, bytes) = client.message(&everybody());
    for byte in &bytes[..bytes.len() - 1] {
        client.connection.handle_bytes(&[*byte]);
        assert_eq!(client.poll(), None);
    }
    client.connection.handle_bytes(&bytes[bytes.len() - 1..]);
    assert_eq!(client.answer(id).found.len(), 5);
}

#[test]
fn long_values_find_nothing_and_too_long_messages_end_the_connection() {
    let mut client = Client::bound(books_of(office()), phone());
    let long: &'static str = Box::leak(format!("(|(cn={0}*)(cn=*{0}*)(cn={0}))", "x".repeat(10_000)).into_boxed_str());
    let answer = client.search(&Search { filter: long, ..Search::default() });
    assert_eq!((answer.code, answer.found.len()), (0, 0));
    let longer: &'static str = Box::leak(format!("(cn={})", "x".repeat(66_000)).into_boxed_str());
    client.start(&Search { filter: longer, ..Search::default() });
    client.expect_notice();
}

#[test]
fn filters_have_a_greatest_depth_and_size() {
    let nested =
        |depth: usize| -> &'static str { Box::leak(format!("{}(cn=*){}", "(!".repeat(depth), ")".repeat(depth)).into_boxed_str()) };
    let wide = |parts: usize| -> &'static str { Box::leak(format!("(|{})", "(cn=x)".repeat(parts)).into_boxed_str()) };
    for (fits, does_not) in [(nested(15), nested(16)), (wide(255), wide(256))] {
        let mut client = Client::bound(books_of(office()), phone());
        assert_eq!(client.search(&Search { filter: fits, ..Search::default() }).code, 0);
        client.start(&Search { filter: does_not, ..Search::default() });
        client.expect_notice();
    }
}

#[test]
fn a_password_is_taken_only_where_nobody_reads_along() {
    for (is_private, code) in [(true, 0), (false, 13)] {
        let config = Config { base: Base::new("dc=trillo").unwrap(), anonymous: None, is_private };
        let mut client = Client::over(Connection::new(Arc::new(config)), books_of(office()));
        assert_eq!(client.bind("anna-desk", "secret", &Verdict::Right(phone())), code);
    }
}

fn connection() -> Connection {
    Connection::new(Arc::new(Config { base: Base::new("dc=trillo").unwrap(), anonymous: None, is_private: true }))
}

impl Found {
    /// The first value; empty where there is none.
    fn value(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).and_then(|(_, values)| values.first()).map_or("", String::as_str)
    }

    fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(known, _)| known == name)
    }
}
