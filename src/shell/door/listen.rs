//! A listening socket. `[::]` serves IPv6 and IPv4, and IPv4 alone where there is no IPv6; any other IPv6 address serves only itself.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::os::fd::AsRawFd;

use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrStorage, bind as bind_socket, listen, setsockopt, socket, sockopt,
};

/// The error names the address.
pub fn bind_all(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let bind =
        |address: &SocketAddr| bind(*address).map_err(|error| io::Error::new(error.kind(), format!("listening on {address}: {error}")));
    addresses.iter().map(bind).collect()
}

/// As bound: a port 0 has become a real one.
pub fn addresses(listeners: &[TcpListener]) -> io::Result<Vec<SocketAddr>> {
    listeners.iter().map(TcpListener::local_addr).collect()
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    match open(address) {
        Err(fault) if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) && fault.kind() != io::ErrorKind::AddrInUse => {
            open(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), address.port()))
        }
        opened => opened,
    }
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let socket = socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK, None)?;
    setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    if address.is_ipv6() {
        setsockopt(&socket, sockopt::Ipv6V6Only, &!address.ip().is_unspecified())?;
    }
    bind_socket(socket.as_raw_fd(), &SockaddrStorage::from(address))?;
    listen(&socket, Backlog::new(256)?)?;
    Ok(TcpListener::from(socket))
}
