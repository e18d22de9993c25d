//! What a phonebook costs: making it, and what phones ask, over the LDAP machine without a socket.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use trillo::base::id::{ContactId, ExtensionId, TenantId};
use trillo::ldap::{Base, Config, Connection, Output, Verdict};
use trillo::phonebook::{Directory, Identity, Person, Phonebooks, Publishing, PublishingRule, Source, Viewer};

use super::Options;

const TENANT: TenantId = TenantId(1);

pub fn run(options: &Options<'_>) {
    let (extensions, contacts) = (options.number("--extensions", 1_000), options.number("--contacts", 5_000));
    let runs = options.number("--runs", 20);
    let persons: Vec<Person> = (0..extensions + contacts).map(|number| person(number, number < extensions)).collect();
    let rule = PublishingRule::default();
    let build = best_of(runs, || drop(Directory::new(persons.clone(), &rule)));
    println!("make {} entries: {:.1} ms", persons.len(), millis(build));
    let directory = Arc::new(Directory::new(persons, &rule));
    let lookup = best_of(runs, || assert_eq!(directory.name_for("+3902999999999"), None));
    println!("name of an unknown caller: {:.4} ms", millis(lookup));
    let mut client = Client::bound(BTreeMap::from([(TENANT, directory)]));
    let searches = [
        ("(|(cn=zo*)(sn=zo*))", or(&[substring("cn", 0x80, "zo"), substring("sn", 0x80, "zo")])),
        ("(|(cn=*ss*)(sn=*ss*))", or(&[substring("cn", 0x81, "ss"), substring("sn", 0x81, "ss")])),
        (
            "(|(telephoneNumber=+39029999*)(mobile=+39029999*))",
            or(&["telephoneNumber", "mobile"].map(|name| substring(name, 0x80, "+39029999"))),
        ),
        ("(cn=*), all sent", element(0x87, b"cn")),
    ];
    for (name, filter) in searches {
        let mut bytes = 0;
        let time = best_of(runs, || bytes = client.search(&filter));
        println!("search {name}: {:.2} ms, {bytes} bytes", millis(time));
    }
}

fn person(number: usize, is_extension: bool) -> Person {
    const FIRST: [&str; 8] = ["Anna", "Zoë", "Jürgen", "Émile", "Łukasz", "Maria", "Søren", "Paolo"];
    const LAST: [&str; 7] = ["Rossi", "Müller", "García", "Ångström", "Bianchi", "Nguyễn", "Weiß"];
    let source = match is_extension {
        true => Source::Extension(ExtensionId(number as i64)),
        false => Source::Contact { id: ContactId(number as i64), owner: None },
    };
    Person {
        source,
        first_name: FIRST[number % 8].to_owned(),
        last_name: format!("{} {number}", LAST[number % 7]),
        number: if is_extension { format!("{number:04}") } else { format!("+3902{number:07}") },
        mobile: format!("+39333{number:07}"),
        home: String::new(),
        email: format!("person{number}@example.com"),
        organization: "Acme".to_owned(),
        department: "Sales".to_owned(),
        is_shown: true,
        publishing: if is_extension { Publishing::Rule } else { Publishing::Number(format!("+3902{number:07}")) },
    }
}

struct Client {
    connection: Connection,
    books: Phonebooks,
}

impl Client {
    fn bound(books: Phonebooks) -> Client {
        let config = Config { base: Base::new("dc=trillo").expect("a name"), anonymous: None, is_private: true };
        let mut connection = Connection::new(Arc::new(config));
        connection.handle_bytes(&message(&element(0x60, &[&[2, 1, 3][..], &element(4, b"anna"), &element(0x80, b"secret")].concat())));
        let now = trillo::base::Instant::ZERO;
        assert!(matches!(connection.poll_output(now, &books), Some(Output::Verify(_))));
        let identity = Identity { username: "anna".to_owned(), tenant: TENANT, viewer: Viewer { user: None, sees_mobiles: true } };
        connection.handle_verdict(Verdict::Right(identity));
        Client { connection, books }
    }

    /// How many bytes came back.
    fn search(&mut self, filter: &[u8]) -> usize {
        let numbers = [0x0a, 1, 2, 0x0a, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1, 0];
        let body = [&element(4, b"dc=trillo")[..], &numbers, filter, &element(0x30, b"")].concat();
        self.connection.handle_bytes(&message(&element(0x63, &body)));
        let mut bytes = 0;
        while let Some(Output::Send(sent)) = self.connection.poll_output(trillo::base::Instant::ZERO, &self.books) {
            bytes += sent.len();
        }
        bytes
    }
}

fn message(request: &[u8]) -> Vec<u8> {
    element(0x30, &[&[2, 1, 1], request].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x84][..], &(content.len() as u32).to_be_bytes(), content].concat()
}

fn or(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0xa1, &parts.concat())
}

fn substring(name: &str, place: u8, text: &str) -> Vec<u8> {
    element(0xa4, &[element(4, name.as_bytes()), element(0x30, &element(place, text.as_bytes()))].concat())
}

fn best_of(runs: usize, mut work: impl FnMut()) -> Duration {
    let times = (0..runs.max(1)).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    times.min().unwrap_or_default()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
