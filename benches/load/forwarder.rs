//! The bare forwarder: the least that a process can do to take a packet from one port and send it from another. It reads no header.
//!
//! Call `k` has the ports `base + 4k` and `base + 4k + 2`, as the relay has. Each remembers who sent to it last; what one gets, the
//! other sends to its own. The ways:
//! - `plain`: a receive that asks for the source and a send that names the target, as soon as a packet is there;
//! - `batch`: the same with recvmmsg and sendmmsg;
//! - `connected`: sockets connected to their first source, as soon as a packet is there;
//! - `gathered`: connected, and after each round the process sleeps 2 ms.

use std::io::Read;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, recvmmsg, sendmmsg};

use crate::{Options, meter};

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Plain,
    Batch,
    Connected,
    Gathered,
}

struct Port {
    socket: UdpSocket,
    peer: Option<SocketAddr>,
}

pub fn serve(options: &Options) {
    let way = match options.text("--way") {
        Some("plain") => Way::Plain,
        Some("batch") => Way::Batch,
        Some("connected") => Way::Connected,
        Some("gathered") => Way::Gathered,
        other => panic!("no way {other:?}"),
    };
    let (base, calls) = (options.number("--base", 20_000), options.number("--calls", 100));
    let mut ports: Vec<Port> = (0..2 * calls)
        .map(|leg| {
            let socket = UdpSocket::bind(("127.0.0.1", (base + 2 * leg) as u16)).expect("the port is free");
            socket.set_nonblocking(true).expect("a socket can be asynchronous");
            Port { socket, peer: None }
        })
        .collect();
    let epoll = Epoll::new(EpollCreateFlags::empty()).expect("epoll");
    for (index, port) in ports.iter().enumerate() {
        epoll.add(&port.socket, EpollEvent::new(EpollFlags::EPOLLIN, index as u64)).expect("epoll takes a socket");
    }
    meter::stay_on_cpu(1);
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    println!("ready");
    let mut events = [EpollEvent::empty(); 256];
    let mut batch = Batch::new();
    loop {
        let count = epoll.wait(&mut events, EpollTimeout::NONE).unwrap_or(0);
        for event in &events[..count] {
            let index = event.data() as usize;
            match way {
                Way::Plain => forward_plain(&mut ports, index),
                Way::Batch => batch.forward(&mut ports, index),
                Way::Connected | Way::Gathered => forward_connected(&mut ports, index),
            }
        }
        if way == Way::Gathered {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn forward_plain(ports: &mut [Port], index: usize) {
    let mut packet = [0; 1500];
    let Ok((length, source)) = ports[index].socket.recv_from(&mut packet) else { return };
    ports[index].peer = Some(source);
    let other = &ports[index ^ 1];
    if let Some(peer) = other.peer {
        let _ = other.socket.send_to(&packet[..length], peer);
    }
}

fn forward_connected(ports: &mut [Port], index: usize) {
    let mut packet = [0; 1500];
    let port = &mut ports[index];
    let length = if port.peer.is_none() {
        let Ok((length, source)) = port.socket.recv_from(&mut packet) else { return };
        port.socket.connect(source).expect("a socket connects");
        port.peer = Some(source);
        length
    } else {
        let Ok(length) = port.socket.recv(&mut packet) else { return };
        length
    };
    let other = &ports[index ^ 1];
    if other.peer.is_some() {
        let _ = other.socket.send(&packet[..length]);
    }
}

const BATCH: usize = 16;

/// Buffers of the batched way.
struct Batch {
    packets: Vec<[u8; 1500]>,
    received: MultiHeaders<SockaddrIn>,
    sent: MultiHeaders<SockaddrIn>,
}

impl Batch {
    fn new() -> Self {
        Batch {
            packets: vec![[0; 1500]; BATCH],
            received: MultiHeaders::preallocate(BATCH, None),
            sent: MultiHeaders::preallocate(BATCH, None),
        }
    }

    fn forward(&mut self, ports: &mut [Port], index: usize) {
        let mut slices: Vec<[std::io::IoSliceMut; 1]> = self.packets.iter_mut().map(|packet| [std::io::IoSliceMut::new(packet)]).collect();
        let socket = ports[index].socket.as_raw_fd();
        let Ok(results) = recvmmsg(socket, &mut self.received, slices.iter_mut(), MsgFlags::MSG_DONTWAIT, None) else { return };
        let arrived: Vec<(usize, Option<SockaddrIn>)> = results.map(|message| (message.bytes, message.address)).collect();
        let Some(source) = arrived.last().and_then(|(_, source)| *source) else { return };
        ports[index].peer = Some(SocketAddr::from((source.ip(), source.port())));
        let other = &ports[index ^ 1];
        let Some(SocketAddr::V4(peer)) = other.peer else { return };
        let slices: Vec<[std::io::IoSlice; 1]> =
            self.packets.iter().zip(&arrived).map(|(packet, (length, _))| [std::io::IoSlice::new(&packet[..*length])]).collect();
        let peers = vec![Some(SockaddrIn::from(peer)); slices.len()];
        let _ = sendmmsg(other.socket.as_raw_fd(), &mut self.sent, &slices, &peers, [], MsgFlags::MSG_DONTWAIT);
    }
}
