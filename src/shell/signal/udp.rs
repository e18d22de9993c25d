//! Datagram sockets that know which of our addresses a datagram came to, and send from that address.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::task::Poll;

use nix::libc::{in6_addr, in6_pktinfo};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockProtocol, SockType, SockaddrIn, SockaddrIn6, SockaddrLike,
    SockaddrStorage, bind as bind_socket, recvmsg, sendmsg, setsockopt, socket, sockopt,
};
use tokio::io::Interest;
use tokio::net::UdpSocket;

use crate::base::{Flow, Transport};

/// Room for a burst of phones that all register after a power cut.
const RECEIVE_BUFFER_BYTES: usize = 1 << 20;

/// A bound socket, before a runtime has it.
pub struct Bound {
    socket: std::net::UdpSocket,
    address: SocketAddr,
}

/// Binds a socket. An unspecified IPv6 address takes IPv4 too; where there is no IPv6 at all it falls back to IPv4.
pub fn bind(address: SocketAddr) -> io::Result<Bound> {
    let with_context = |fault: io::Error| io::Error::new(fault.kind(), format!("SIP on {address} (UDP): {fault}"));
    let socket = match open(address) {
        Err(_) if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) => {
            open(SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), address.port())).map_err(with_context)?
        }
        opened => opened.map_err(with_context)?,
    };
    let socket = std::net::UdpSocket::from(socket);
    let address = socket.local_addr()?;
    Ok(Bound { socket, address })
}

fn open(address: SocketAddr) -> io::Result<OwnedFd> {
    let family = if address.is_ipv6() { AddressFamily::Inet6 } else { AddressFamily::Inet };
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let fd = socket(family, SockType::Datagram, flags, SockProtocol::Udp)?;
    if address.is_ipv6() {
        setsockopt(&fd, sockopt::Ipv6V6Only, &!address.ip().is_unspecified())?;
        setsockopt(&fd, sockopt::Ipv6RecvPacketInfo, &true)?;
    } else {
        setsockopt(&fd, sockopt::Ipv4PacketInfo, &true)?;
    }
    // The kernel may grant less; a burst then leans on retransmission.
    let _ = setsockopt(&fd, sockopt::RcvBuf, &RECEIVE_BUFFER_BYTES);
    match address {
        SocketAddr::V4(address) => bind_socket(fd.as_raw_fd(), &SockaddrIn::from(address))?,
        SocketAddr::V6(address) => bind_socket(fd.as_raw_fd(), &SockaddrIn6::from(address))?,
    }
    Ok(fd)
}

pub struct Udp {
    socket: UdpSocket,
    address: SocketAddr,
}

impl Udp {
    pub fn new(bound: Bound) -> io::Result<Udp> {
        Ok(Udp { socket: UdpSocket::from_std(bound.socket)?, address: bound.address })
    }

    /// Takes one datagram, if one is there.
    pub fn receive(&self, buffer: &mut [u8]) -> Option<(Flow, usize)> {
        let fd = self.socket.as_raw_fd();
        self.socket.try_io(Interest::READABLE, || receive_from(fd, self.address, buffer)).ok()
    }

    fn carries(&self, flow: &Flow) -> bool {
        let is_address = self.address.ip().is_unspecified() || self.address.ip().to_canonical() == flow.local.ip().to_canonical();
        is_address && self.address.port() == flow.local.port()
    }
}

/// Ready when any of the sockets has a datagram.
pub async fn any_readable(sockets: &[Udp]) -> io::Result<()> {
    std::future::poll_fn(|context| {
        for udp in sockets {
            if let Poll::Ready(ready) = udp.socket.poll_recv_ready(context) {
                return Poll::Ready(ready);
            }
        }
        Poll::Pending
    })
    .await
}

/// False where no socket of ours has that address, or the kernel knows no way there.
pub fn send(sockets: &[Udp], flow: &Flow, bytes: &[u8]) -> bool {
    let Some(udp) = sockets.iter().find(|udp| udp.carries(flow)) else { return false };
    let fd = udp.socket.as_raw_fd();
    match udp.socket.try_io(Interest::WRITABLE, || send_to(fd, udp.address, flow, bytes)) {
        Ok(()) => true,
        // A full send buffer loses a datagram as a network would.
        Err(fault) => fault.kind() == io::ErrorKind::WouldBlock,
    }
}

fn receive_from(fd: RawFd, bound: SocketAddr, buffer: &mut [u8]) -> io::Result<(Flow, usize)> {
    let mut control = nix::cmsg_space!(in6_pktinfo, nix::libc::in_pktinfo);
    let mut slices = [IoSliceMut::new(buffer)];
    let message = recvmsg::<SockaddrStorage>(fd, &mut slices, Some(&mut control), MsgFlags::empty())?;
    let remote = message.address.as_ref().and_then(address_of).ok_or(io::ErrorKind::InvalidData)?;
    let mut local = bound.ip();
    for control in message.cmsgs()? {
        match control {
            ControlMessageOwned::Ipv4PacketInfo(info) => local = IpAddr::V4(u32::from_be(info.ipi_addr.s_addr).into()),
            ControlMessageOwned::Ipv6PacketInfo(info) => local = IpAddr::V6(info.ipi6_addr.s6_addr.into()),
            _ => {}
        }
    }
    let local = SocketAddr::new(local.to_canonical(), bound.port());
    Ok((Flow { transport: Transport::Udp, local, remote, connection: None }, message.bytes))
}

fn send_to(fd: RawFd, bound: SocketAddr, flow: &Flow, bytes: &[u8]) -> io::Result<()> {
    let slices = [IoSlice::new(bytes)];
    let local = flow.local.ip().to_canonical();
    let says_source = bound.ip().is_unspecified() && !local.is_unspecified();
    if bound.is_ipv6() {
        let mapped = |address: IpAddr| match address {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        };
        let remote = match flow.remote {
            SocketAddr::V6(remote) => remote,
            SocketAddr::V4(remote) => SocketAddrV6::new(remote.ip().to_ipv6_mapped(), remote.port(), 0, 0),
        };
        let info = in6_pktinfo { ipi6_addr: in6_addr { s6_addr: mapped(local).octets() }, ipi6_ifindex: 0 };
        let control = [ControlMessage::Ipv6PacketInfo(&info)];
        let control = if says_source { &control[..] } else { &[] };
        sendmsg(fd, &slices, control, MsgFlags::empty(), Some(&SockaddrIn6::from(remote)))?;
        return Ok(());
    }
    let SocketAddr::V4(remote) = SocketAddr::new(flow.remote.ip().to_canonical(), flow.remote.port()) else {
        return Err(io::ErrorKind::AddrNotAvailable.into());
    };
    let source = match local {
        IpAddr::V4(local) => u32::from(local).to_be(),
        IpAddr::V6(_) => 0,
    };
    let info = nix::libc::in_pktinfo {
        ipi_ifindex: 0,
        ipi_spec_dst: nix::libc::in_addr { s_addr: source },
        ipi_addr: nix::libc::in_addr { s_addr: 0 },
    };
    let control = [ControlMessage::Ipv4PacketInfo(&info)];
    let control = if says_source { &control[..] } else { &[] };
    sendmsg(fd, &slices, control, MsgFlags::empty(), Some(&SockaddrIn::from(remote)))?;
    Ok(())
}

/// An IPv4 address that came to an IPv6 socket is shown as what it is.
fn address_of(storage: &SockaddrStorage) -> Option<SocketAddr> {
    let address = match storage.family()? {
        AddressFamily::Inet => SocketAddr::V4((*storage.as_sockaddr_in()?).into()),
        AddressFamily::Inet6 => SocketAddr::V6((*storage.as_sockaddr_in6()?).into()),
        _ => return None,
    };
    Some(match address.ip().to_canonical() {
        IpAddr::V4(plain) => SocketAddr::new(IpAddr::V4(plain), address.port()),
        IpAddr::V6(_) => address,
    })
}
