//! The door on loopback, before visitors of several addresses.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, bind, connect, socket};

use crate::base::limits::{
    AUDIO_UPLOADS_MAX, EVENT_STREAMS_MAX, SIP_HANDSHAKES_MAX, SIP_HANDSHAKES_PER_SOURCE_MAX, WEB_BODY_BYTES_MAX, WEB_CONNECTIONS_MAX,
    WEB_CONNECTIONS_PER_SOURCE_MAX, WEB_HEAD_TIMEOUT,
};
use crate::base::{Transport, Wall};
use crate::settings::{Change, Edit, Kind, Own, Settings};
use crate::shell::handover::{Handed, SignalEnd, pair};
use crate::shell::signal::AtWeb;
use crate::shell::tls::Tls;
use crate::web::Picture;

use super::{Config, Door, Sip, Source};

/// A door before a web that answers everything with 200.
struct House {
    door: Option<Door>,
    /// Takes the connections that carry SIP.
    signal: SignalEnd,
    folder: std::path::PathBuf,
}

/// What streams are made of, for a test to change.
fn still() -> Arc<Mutex<Picture>> {
    Arc::new(Mutex::new(Picture { status: Arc::default(), settings: Arc::new(Settings::fresh()) }))
}

fn source(picture: &Arc<Mutex<Picture>>) -> Source {
    let picture = Arc::clone(picture);
    let now = Wall::from_millis(1_800_000_000_000);
    Source { picture: Box::new(move || (picture.lock().unwrap().clone(), now)), revisions: Box::new(|_| Vec::new()) }
}

impl House {
    fn new(name: &str) -> House {
        House::answering(name, &still(), || "Content-Length: 2\r\n\r\nhi".to_owned())
    }

    /// A web that answers everything with 200 and what `answer` says.
    fn answering(name: &str, picture: &Arc<Mutex<Picture>>, answer: impl Fn() -> String + Send + 'static) -> House {
        let folder = std::env::temp_dir().join(format!("trillo-door-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let backend = folder.join("web");
        let listener = UnixListener::bind(&backend).unwrap();
        let serve = move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{}", answer()).as_bytes());
            }
        };
        std::thread::Builder::new().spawn(serve).unwrap();
        let tls = Tls::open(&folder, &Default::default(), Wall::from_millis(1_800_000_000_000)).unwrap();
        let loopback: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let (signal, end) = pair();
        let sip = Sip {
            tls: vec![loopback],
            ws: vec![loopback],
            wss: vec![loopback],
            at_web: AtWeb { ws: true, wss: false },
            must_bind: true,
            config: tls.sip_config(),
            signal: end,
        };
        let door =
            Door::start(Config { web: vec![loopback], web_tls: vec![loopback], sip, backend, tls: tls.config(), events: source(picture) })
                .unwrap();
        House { door: Some(door), signal, folder }
    }

    fn door(&self) -> &Door {
        self.door.as_ref().unwrap()
    }

    /// A connection from that address of loopback.
    fn visitor(&self, source: [u8; 4]) -> TcpStream {
        self.visitor_at(self.door().web()[0], source)
    }

    fn visitor_at(&self, door: SocketAddr, source: [u8; 4]) -> TcpStream {
        let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
        let source = SocketAddr::new(IpAddr::V4(Ipv4Addr::from(source)), 0);
        bind(socket.as_raw_fd(), &SockaddrStorage::from(source)).unwrap();
        connect(socket.as_raw_fd(), &SockaddrStorage::from(door)).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(WEB_HEAD_TIMEOUT / 2)).unwrap();
        stream
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(door) = self.door.take() {
            door.stop();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The status line of the answer; empty if the door hung up.
fn ask(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n");
    let _ = stream.read_to_string(&mut answer);
    answer.lines().next().unwrap_or("").to_owned()
}

fn is_open(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    matches!(stream.peek(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

#[test]
fn a_visitor_gets_in_while_eight_sources_hold_every_place_with_half_a_head() {
    let house = House::new("full");
    let mut heads = Vec::new();
    for source in 1..=8 {
        for _ in 0..WEB_CONNECTIONS_PER_SOURCE_MAX {
            let mut head = house.visitor([127, 0, 1, source]);
            head.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").unwrap();
            heads.push(head);
        }
    }
    assert_eq!(heads.len(), WEB_CONNECTIONS_MAX);
    for visitor in 1..=20 {
        assert_eq!(ask(house.visitor([127, 0, 2, visitor])), "HTTP/1.1 200 OK", "visitor {visitor}");
    }
    // The places are freed one for one, and only as many as were asked for.
    let open = heads.iter().filter(|head| is_open(head)).count();
    assert!((WEB_CONNECTIONS_MAX - 20..WEB_CONNECTIONS_MAX).contains(&open), "{open} heads are still open");
}

#[test]
fn two_recordings_arrive_at_a_time_and_a_third_is_told_to_try_again() {
    let house = House::new("uploads");
    let long = WEB_BODY_BYTES_MAX + 1;
    let begin = |target: &str| {
        let mut stream = house.visitor([127, 0, 3, 1]);
        let head = format!("POST {target} HTTP/1.1\r\nHost: box\r\nExpect: 100-continue\r\nContent-Length: {long}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer).unwrap();
        (stream, String::from_utf8_lossy(&answer[..length]).into_owned())
    };
    let mut first: Vec<_> = (0..AUDIO_UPLOADS_MAX).map(|_| begin("/audio-files/new")).collect();
    assert!(first.iter().all(|(_, said)| said.starts_with("HTTP/1.1 100 ")), "{first:?}");
    let (_, said) = begin("/audio-files/new");
    assert!(said.starts_with("HTTP/1.1 503 ") && said.contains("text/html") && said.contains("Try again in a moment"), "{said}");
    let (_, said) = begin("/api/v1/audio-files");
    assert!(said.starts_with("HTTP/1.1 503 ") && said.contains("application/problem+json") && said.contains("\"status\":503"), "{said}");
    assert_eq!(ask(house.visitor([127, 0, 3, 1])), "HTTP/1.1 200 OK", "all else goes on");
    // Who gives up gives the room back.
    drop(first.pop());
    let until = std::time::Instant::now() + WEB_HEAD_TIMEOUT;
    while !begin("/api/v1/audio-files").1.starts_with("HTTP/1.1 100 ") {
        assert!(std::time::Instant::now() < until, "the room never came back");
    }
}

#[test]
fn a_program_is_refused_as_programs_read_it() {
    let house = House::new("problems");
    let answer = |request: String| {
        let mut stream = house.visitor([127, 0, 4, 1]);
        let _ = stream.write_all(request.as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    let long = format!("Content-Length: {}\r\n\r\n", WEB_BODY_BYTES_MAX + 1);
    let many = format!("{}\r\n", "X: y\r\n".repeat(100));
    for (rest, status) in [(&long, 413), (&many, 431)] {
        for (path, kind) in [("/api/v1/me", "application/problem+json"), ("/", "text/html")] {
            let said = answer(format!("POST {path} HTTP/1.1\r\nHost: box\r\n{rest}"));
            assert!(said.starts_with(&format!("HTTP/1.1 {status} ")) && said.contains(&format!("Content-Type: {kind}")), "{said}");
            if kind != "text/html" {
                let body: serde_json::Value = serde_json::from_str(said.split("\r\n\r\n").nth(1).unwrap()).unwrap();
                assert_eq!(body["status"], status);
            }
        }
    }
}

#[test]
fn the_neighbour_of_a_greedy_program_on_the_same_host_gets_in() {
    let house = House::new("neighbour");
    let heads: Vec<TcpStream> = (0..WEB_CONNECTIONS_PER_SOURCE_MAX).map(|_| house.visitor([127, 0, 1, 1])).collect();
    assert_eq!(ask(house.visitor([127, 0, 1, 1])), "HTTP/1.1 200 OK");
    // Blocks until the door hangs up.
    assert_eq!((&heads[0]).read(&mut [0]).ok(), Some(0), "the oldest gave way");
    assert!(heads[1..].iter().all(is_open), "and no other");
}

const UPGRADE: &str = "HTTP/1.1\r\nHost: box\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n";

/// The status line of the answer to a wish for a WebSocket.
fn upgrade(mut stream: &TcpStream, target: &str) -> String {
    let _ = stream.write_all(format!("GET {target} {UPGRADE}").as_bytes());
    let mut answer = [0; 4096];
    let length = stream.read(&mut answer).unwrap_or(0);
    String::from_utf8_lossy(&answer[..length]).lines().next().unwrap_or("").to_owned()
}

#[test]
fn a_websocket_that_carries_sip_goes_to_the_signal_thread() {
    let mut house = House::new("sip");
    let switching = "HTTP/1.1 101 Switching Protocols";
    let (web, own) = (house.door().web()[0], house.door().sip()[1]);
    for (port, target, expected) in
        [(web, "/sip", switching), (web, "/sip?x", switching), (own, "/", switching), (web, "/", "HTTP/1.1 200 OK")]
    {
        let visitor = house.visitor_at(port, [127, 0, 1, 1]);
        assert_eq!(upgrade(&visitor, target), expected, "{target}");
        if expected != switching {
            continue;
        }
        let Some(Handed::Arrived(arrived)) = house.signal.handed.blocking_recv() else { panic!("it is handed over") };
        assert_eq!((arrived.transport, arrived.remote), (Transport::Ws, visitor.local_addr().unwrap()));
    }
    let mut page = house.visitor([127, 0, 1, 1]);
    page.write_all(b"GET /sip HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    page.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "who asks for no WebSocket gets the page: {answer}");

    let mut visitor = house.visitor_at(own, [127, 0, 1, 1]);
    visitor.write_all(b"GET / HTTP/1.1\r\nHost: box\r\n\r\n").unwrap();
    let mut page = String::new();
    visitor.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 426 Upgrade Required\r\n") && page.contains("\r\nUpgrade: websocket\r\n"), "{page}");
}

#[test]
fn half_open_handshakes_of_sip_take_no_place_of_the_web_and_none_of_others() {
    let mut house = House::new("handshakes");
    let (tls, ws) = (house.door().sip()[0], house.door().sip()[1]);
    let held: Vec<TcpStream> = (0..SIP_HANDSHAKES_MAX)
        .map(|number| house.visitor_at(tls, [127, 0, 1, 1 + (number / SIP_HANDSHAKES_PER_SOURCE_MAX) as u8]))
        .collect();
    assert_eq!(ask(house.visitor([127, 0, 1, 1])), "HTTP/1.1 200 OK");
    let phone = house.visitor_at(ws, [127, 0, 2, 1]);
    assert_eq!(upgrade(&phone, "/sip"), "HTTP/1.1 101 Switching Protocols");
    assert!(matches!(house.signal.handed.blocking_recv(), Some(Handed::Arrived(_))));
    assert_eq!(held.iter().filter(|stream| is_open(stream)).count(), held.len() - 1, "one of the greediest gave way");
}

/// Reads until the text is there.
fn read_to(stream: &mut TcpStream, text: &str) -> String {
    let (mut read, mut bytes) = (String::new(), [0; 1024]);
    while !read.contains(text) {
        match stream.read(&mut bytes) {
            Ok(count) if count > 0 => read.push_str(&String::from_utf8_lossy(&bytes[..count])),
            other => panic!("{other:?} before {text:?}: {read}"),
        }
    }
    read
}

const STREAM: &str = "X-Trillo-Stream: settings,calls\r\nContent-Type: text/event-stream\r\nContent-Length: 0\r\n\r\n";

fn listen(house: &House, source: [u8; 4], more: &str) -> TcpStream {
    let mut stream = house.visitor(source);
    stream.write_all(format!("GET /api/v1/events HTTP/1.1\r\nHost: box\r\n{more}\r\n").as_bytes()).unwrap();
    stream
}

/// The settings with one extension more: another revision.
fn with_extension(settings: &Settings, number: &str) -> Arc<Settings> {
    let changes = vec![Change::Put { kind: Kind::Extension, id: None, own: Own::default().with("number", number) }];
    Arc::new(settings.edited(&Edit { changes, based_on: None }, &mut || [0; 24]).expect("sound").settings)
}

fn call() -> crate::exchange::status::LiveCall {
    crate::exchange::status::LiveCall {
        call: "7".to_owned(),
        caller_number: "101".to_owned(),
        caller_name: "Anna".to_owned(),
        callee_number: "102".to_owned(),
        callee_name: "Bea".to_owned(),
        phase: crate::exchange::status::Phase::Ringing,
        since: Wall::from_millis(0),
    }
}

#[test]
fn a_stream_tells_what_happens_until_the_web_takes_it_back() {
    let (picture, allowed) = (still(), Arc::new(AtomicBool::new(true)));
    let is_allowed = Arc::clone(&allowed);
    let answer = move || if is_allowed.load(Ordering::SeqCst) { STREAM.to_owned() } else { "Content-Length: 0\r\n\r\n".to_owned() };
    let house = House::answering("stream", &picture, answer);
    let mut stream = listen(&house, [127, 0, 1, 1], "");
    let begun = read_to(&mut stream, "event: ready");
    assert!(begun.contains("Content-Type: text/event-stream\r\n") && !begun.contains("X-Trillo"), "{begun}");
    let calls = |calls| picture.lock().unwrap().status = Arc::new(crate::exchange::status::Status { calls, ..Default::default() });
    calls(vec![call()]);
    let told = read_to(&mut stream, "event: call.added");
    let told = if told.ends_with("\n\n") { told } else { told + &read_to(&mut stream, "\n\n") };
    let place = told.split("id: ").last().and_then(|rest| rest.split('\n').next()).expect("a place").to_owned();
    assert!(told.contains("data: {\"call\":\"7\""), "{told}");
    calls(Vec::new());
    read_to(&mut stream, "event: call.removed");
    // Who was away in between hears it too.
    let mut back = listen(&house, [127, 0, 1, 2], &format!("Last-Event-ID: {place}\r\n"));
    let heard = read_to(&mut back, "event: ready");
    assert!(heard.contains("event: call.removed") && !heard.contains("event: call.added"), "{heard}");
    let mut lost = listen(&house, [127, 0, 1, 3], "Last-Event-ID: 1-1\r\n");
    read_to(&mut lost, "event: reset");
    // Settings have changed, and with them the rights.
    allowed.store(false, Ordering::SeqCst);
    let settings = with_extension(&picture.lock().unwrap().settings.clone(), "101");
    picture.lock().unwrap().settings = settings;
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("the door hangs up");
}

#[test]
fn there_are_so_many_streams_and_then_503() {
    let house = House::answering("streams", &still(), || STREAM.to_owned());
    let mut streams = Vec::new();
    for number in 0..EVENT_STREAMS_MAX {
        let mut stream = listen(&house, [127, 0, 1, 1 + (number / 8) as u8], "");
        read_to(&mut stream, "event: ready");
        streams.push(stream);
    }
    let mut one_more = listen(&house, [127, 0, 2, 1], "");
    let refused = read_to(&mut one_more, "\"status\":503");
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("Retry-After: 30"), "{refused}");
    drop(streams.pop());
    // Its place is free as soon as the door has seen that it is gone.
    for _ in 0..50 {
        let mut next = listen(&house, [127, 0, 2, 2], "");
        let mut bytes = [0; 12];
        next.read_exact(&mut bytes).expect("an answer");
        if &bytes == b"HTTP/1.1 200" {
            return;
        }
    }
    panic!("no place became free");
}
