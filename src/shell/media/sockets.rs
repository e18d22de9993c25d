//! The sockets of the flows that are open, and the wait for all of them.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags, EpollTimeout};
use tracing::debug;

use super::pool::{Pair, canonical, connect_to, send_from_wildcard};
use crate::base::SlabKey;
use crate::base::id::FlowId;
use crate::media::Component;

/// The pool's sockets and those of the flows that are open, by the index of their id.
pub struct Sockets {
    epoll: Epoll,
    pairs: Vec<Pair>,
    lines: Vec<Option<Line>>,
    open_count: usize,
}

/// The sockets of an open flow.
struct Line {
    flow: FlowId,
    local: IpAddr,
    /// Position of the wildcard sockets in `pairs`.
    pair: usize,
    rtp: Option<Connected>,
    rtcp: Option<Connected>,
}

/// A socket of one party on our port. Without one, packets leave through the wildcard.
struct Connected {
    peer: SocketAddr,
    socket: Option<UdpSocket>,
}

fn token(flow: FlowId, component: Component, is_connected: bool) -> u64 {
    u64::from(flow.index()) << 2 | u64::from(component == Component::Rtcp) << 1 | u64::from(is_connected)
}

impl Sockets {
    pub fn new(epoll: Epoll, pairs: Vec<Pair>) -> Self {
        Sockets { epoll, pairs, lines: Vec::new(), open_count: 0 }
    }

    pub fn has_open(&self) -> bool {
        self.open_count > 0
    }

    pub fn wait(&self, events: &mut [EpollEvent], timeout: Duration) -> usize {
        let timeout = EpollTimeout::try_from(timeout).unwrap_or(EpollTimeout::ZERO);
        match self.epoll.wait(events, timeout) {
            Ok(count) => count,
            Err(Errno::EINTR) => 0,
            Err(error) => panic!("epoll: {error}"),
        }
    }

    pub fn open(&mut self, flow: FlowId, port: u16, local: IpAddr) -> io::Result<()> {
        let pair = self.pairs.binary_search_by_key(&port, |pair| pair.port).map_err(|_| io::ErrorKind::NotFound)?;
        let Pair { rtp, rtcp, .. } = &self.pairs[pair];
        for (socket, component) in [(rtp, Component::Rtp), (rtcp, Component::Rtcp)] {
            // What lies there since before this call belongs to nobody.
            let mut scrap = [0; 1];
            while socket.recv(&mut scrap).is_ok() {}
            self.epoll.add(socket, EpollEvent::new(EpollFlags::EPOLLIN, token(flow, component, false)))?;
        }
        let index = flow.index() as usize;
        if self.lines.len() <= index {
            self.lines.resize_with(index + 1, || None);
        }
        self.lines[index] = Some(Line { flow, local, pair, rtp: None, rtcp: None });
        self.open_count += 1;
        Ok(())
    }

    pub fn close(&mut self, flow: FlowId) {
        let Some(line) = self.lines.get_mut(flow.index() as usize) else { return };
        if let Some(Line { pair, .. }) = line.take_if(|line| line.flow == flow) {
            self.open_count -= 1;
            let _ = self.epoll.delete(&self.pairs[pair].rtp);
            let _ = self.epoll.delete(&self.pairs[pair].rtcp);
        }
    }

    /// A datagram and whose it is. Errors are the network's news about packets sent before; they are read away.
    pub fn receive(&self, token: u64, buffer: &mut [u8]) -> Option<(FlowId, Component, SocketAddr, usize)> {
        let line = self.lines.get((token >> 2) as usize)?.as_ref()?;
        let pair = &self.pairs[line.pair];
        let (component, connected, wildcard) = match token & 2 {
            0 => (Component::Rtp, &line.rtp, &pair.rtp),
            _ => (Component::Rtcp, &line.rtcp, &pair.rtcp),
        };
        let (length, source) = if token & 1 == 1 {
            let connected = connected.as_ref()?;
            (connected.socket.as_ref()?.recv(buffer).ok()?, connected.peer)
        } else {
            let (length, source) = wildcard.recv_from(buffer).ok()?;
            (length, canonical(source))
        };
        Some((line.flow, component, source, length))
    }

    /// Sends as well as the network lets us; voice is not sent twice.
    pub fn send(&mut self, flow: FlowId, component: Component, to: SocketAddr, packet: &[u8]) {
        let Some(Some(line)) = self.lines.get_mut(flow.index() as usize) else { return };
        let pair = &self.pairs[line.pair];
        let (connected, wildcard, port) = match component {
            Component::Rtp => (&mut line.rtp, &pair.rtp, pair.port),
            Component::Rtcp => (&mut line.rtcp, &pair.rtcp, pair.port + 1),
        };
        let connected = match connected {
            Some(connected) if connected.peer == to => connected,
            _ => {
                let socket = connect_to(line.local, port, to).and_then(|socket| {
                    self.epoll.add(&socket, EpollEvent::new(EpollFlags::EPOLLIN, token(flow, component, true)))?;
                    Ok(socket)
                });
                if let Err(error) = &socket {
                    debug!(%to, %error, "connecting a media socket");
                }
                connected.insert(Connected { peer: to, socket: socket.ok() })
            }
        };
        let _ = match &connected.socket {
            Some(socket) => socket.send(packet),
            None => send_from_wildcard(wildcard, packet, to),
        };
    }
}
