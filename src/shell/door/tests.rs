//! The door on loopback, before visitors of several addresses.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixListener;

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, bind, connect, socket};

use crate::base::limits::{
    SIP_HANDSHAKES_MAX, SIP_HANDSHAKES_PER_SOURCE_MAX, WEB_CONNECTIONS_MAX, WEB_CONNECTIONS_PER_SOURCE_MAX, WEB_HEAD_TIMEOUT,
};
use crate::base::{Transport, Wall};
use crate::shell::handover::{Handed, SignalEnd, pair};
use crate::shell::signal::AtWeb;
use crate::shell::tls::Tls;

use super::{Config, Door, Sip};

/// A door before a web that answers everything with 200.
struct House {
    door: Option<Door>,
    /// Takes the connections that carry SIP.
    signal: SignalEnd,
    folder: std::path::PathBuf,
}

impl House {
    fn new(name: &str) -> House {
        let folder = std::env::temp_dir().join(format!("trillo-door-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let backend = folder.join("web");
        let listener = UnixListener::bind(&backend).unwrap();
        let serve = move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
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
        let door = Door::start(Config { web: vec![loopback], web_tls: vec![loopback], sip, backend, tls: tls.config() }).unwrap();
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
