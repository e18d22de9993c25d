//! The door on loopback, before visitors of several addresses.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixListener;

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, bind, connect, socket};

use crate::base::Wall;
use crate::base::limits::{WEB_CONNECTIONS_MAX, WEB_CONNECTIONS_PER_SOURCE_MAX, WEB_HEAD_TIMEOUT};
use crate::shell::tls::Tls;

use super::{Config, Door};

/// A door before a web that answers everything with 200.
struct House {
    door: Option<Door>,
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
        let tls = Tls::open(&folder, &Default::default(), Wall::from_millis(1_800_000_000_000)).unwrap().config();
        let loopback: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let door = Door::start(Config { web: vec![loopback], web_tls: vec![loopback], backend, tls }).unwrap();
        House { door: Some(door), folder }
    }

    /// A connection from that address of loopback.
    fn visitor(&self, source: [u8; 4]) -> TcpStream {
        let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
        let source = SocketAddr::new(IpAddr::V4(Ipv4Addr::from(source)), 0);
        bind(socket.as_raw_fd(), &SockaddrStorage::from(source)).unwrap();
        let door = self.door.as_ref().unwrap().web()[0];
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
