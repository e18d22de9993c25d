//! Port pairs bound in advance, so that an SDP never waits for a socket, and the sockets that are made while a call lasts.
//!
//! A pair is bound to the wildcard, IPv6 and IPv4 in one, and takes whatever comes. What leaves, leaves through a second socket on the
//! same port, bound to the address that the party sees and connected to the party: the kernel keeps its route and gives it the
//! party's packets without a look at the others, so both directions cost less, and packets leave from the right address.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};
use std::ops::RangeInclusive;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, bind, connect, setsockopt, socket, sockopt};

/// Expedited forwarding (RFC 3246), as it stands in the traffic class byte.
const EXPEDITED: i32 = 46 << 2;
/// Enough for what comes before the connected socket is there. Small, because every bound port can be sprayed with packets.
const WILDCARD_BUFFER_BYTES: usize = 8 * 1024;
/// A second of every codec that we relay.
const CONNECTED_BUFFER_BYTES: usize = 128 * 1024;

/// The sockets of one port pair.
#[derive(Debug)]
pub struct Pair {
    pub port: u16,
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
}

/// Binds every pair of the range that can be had: even ports, each with the next one. Also returns the even ports that are taken.
pub fn bind_range(range: RangeInclusive<u16>) -> io::Result<(Vec<Pair>, Vec<u16>)> {
    let (mut pairs, mut taken) = (Vec::new(), Vec::new());
    let even = range.start().next_multiple_of(2);
    for port in (even..*range.end()).step_by(2) {
        match (bind_wildcard(port), bind_wildcard(port + 1)) {
            (Ok(rtp), Ok(rtcp)) => pairs.push(Pair { port, rtp, rtcp }),
            (Err(Errno::EADDRINUSE | Errno::EACCES), _) | (_, Err(Errno::EADDRINUSE | Errno::EACCES)) => taken.push(port),
            (Err(error), _) | (_, Err(error)) => return Err(error.into()),
        }
    }
    Ok((pairs, taken))
}

fn bind_wildcard(port: u16) -> nix::Result<UdpSocket> {
    let dual = make(AddressFamily::Inet6).and_then(|socket| {
        setsockopt(&socket, sockopt::Ipv6V6Only, &false)?;
        bind(socket.as_raw_fd(), &SockaddrStorage::from(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))))?;
        Ok(socket)
    });
    let socket = match dual {
        // A kernel without IPv6.
        Err(Errno::EAFNOSUPPORT | Errno::EADDRNOTAVAIL) => {
            let socket = make(AddressFamily::Inet)?;
            bind(socket.as_raw_fd(), &SockaddrStorage::from(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))))?;
            socket
        }
        other => other?,
    };
    // Only after binding, so that a port which somebody else has is seen as taken.
    setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    setsockopt(&socket, sockopt::RcvBuf, &WILDCARD_BUFFER_BYTES)?;
    Ok(UdpSocket::from(socket))
}

/// A socket on `port` for one party.
pub fn connect_to(local: IpAddr, port: u16, remote: SocketAddr) -> nix::Result<UdpSocket> {
    let family = if remote.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let socket = make(family)?;
    setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    setsockopt(&socket, sockopt::RcvBuf, &CONNECTED_BUFFER_BYTES)?;
    let ours = match (local, remote) {
        // A link-local address means nothing without its interface, which the party's address names.
        (IpAddr::V6(local), SocketAddr::V6(remote)) => SocketAddr::V6(SocketAddrV6::new(local, port, 0, remote.scope_id())),
        (IpAddr::V4(_), SocketAddr::V4(_)) => SocketAddr::new(local, port),
        (_, SocketAddr::V4(_)) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        (_, SocketAddr::V6(_)) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)),
    };
    bind(socket.as_raw_fd(), &SockaddrStorage::from(ours))?;
    connect(socket.as_raw_fd(), &SockaddrStorage::from(remote))?;
    Ok(UdpSocket::from(socket))
}

/// Sends through a wildcard socket, which may be of either family.
pub fn send_from_wildcard(socket: &UdpSocket, packet: &[u8], to: SocketAddr) -> io::Result<usize> {
    let is_ipv6 = socket.local_addr().is_ok_and(|local| local.is_ipv6());
    let to = match to {
        SocketAddr::V4(v4) if is_ipv6 => SocketAddr::new(IpAddr::V6(v4.ip().to_ipv6_mapped()), v4.port()),
        other => other,
    };
    socket.send_to(packet, to)
}

/// A source as the SDP would write it: IPv4 that came to an IPv6 socket is IPv4.
pub fn canonical(source: SocketAddr) -> SocketAddr {
    match source.ip().to_canonical() {
        IpAddr::V4(v4) => SocketAddr::from((v4, source.port())),
        IpAddr::V6(_) => source,
    }
}

fn make(family: AddressFamily) -> nix::Result<OwnedFd> {
    let socket = socket(family, SockType::Datagram, SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC, None)?;
    // A network may refuse the mark; voice without it is still voice.
    let _ = setsockopt(&socket.as_fd(), sockopt::Ipv4Tos, &EXPEDITED);
    if family == AddressFamily::Inet6 {
        let _ = setsockopt(&socket.as_fd(), sockopt::Ipv6TClass, &EXPEDITED);
    }
    Ok(socket)
}
