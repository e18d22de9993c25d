//! Finds out where lines are: their addresses by DNS, and for each the address of ours that leads there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::Addresses;
use super::peers::Peers;
use crate::base::{Dice, Flow, Transport};
use crate::dns::{self, Target};
use crate::exchange::{Input, Located, Question};
use crate::shell::handover::Peer;
use crate::shell::resolver::Resolver;

pub struct Locator {
    resolver: Resolver,
    /// Where each transport of lines is served.
    udp: Vec<SocketAddr>,
    tcp: Vec<SocketAddr>,
    tls: Vec<SocketAddr>,
    peers: Peers,
    sender: UnboundedSender<Input>,
}

impl Locator {
    pub fn new(resolver: Resolver, addresses: &Addresses, peers: Peers, sender: UnboundedSender<Input>) -> Locator {
        let Addresses { udp, tcp, tls, .. } = addresses.clone();
        Locator { resolver, udp, tcp, tls, peers, sender }
    }

    /// Looks it up beside the thread's other work, and says what was found. Must be called within the runtime.
    pub fn locate(&self, question: Question) {
        let (resolver, peers, sender) = (self.resolver.clone(), self.peers.clone(), self.sender.clone());
        let served = [self.udp.clone(), self.tcp.clone(), self.tls.clone()];
        tokio::spawn(async move {
            let Question { token, host, port, transport, certificate } = question;
            let mut seed = [0; 32];
            let _ = getrandom::fill(&mut seed);
            let found = dns::locate(&resolver, &mut Dice::new(seed), &host, port, transport).await;
            let holds = found.as_ref().map_or(Duration::ZERO, |found| found.holds);
            let outcome = found.and_then(|found| {
                let flows: Vec<Flow> = found.targets.iter().filter_map(|target| flow(&served, *target)).collect();
                if flows.is_empty() { Err(format!("no way leads to {host}")) } else { Ok(flows) }
            });
            if let Ok(flows) = &outcome {
                let over_tls = flows.iter().filter(|flow| flow.transport == Transport::Tls).map(|flow| flow.remote);
                peers.learn(&Peer { name: host, certificate }, over_tls);
            }
            // The receiver is gone only when the process is about to end.
            let _ = sender.send(Input::Located(Located { token, outcome, holds }));
        });
    }
}

/// The path to a target. None: nothing of ours leads there, or its transport is not served here.
fn flow(served: &[Vec<SocketAddr>; 3], target: Target) -> Option<Flow> {
    let [udp, tcp, tls] = served;
    let ours = match target.transport {
        Transport::Udp => udp,
        Transport::Tcp => tcp,
        Transport::Tls => tls,
        Transport::Ws | Transport::Wss => return None,
    };
    let way = way_to(target.address).ok()?;
    let is_its = |address: &&SocketAddr| address.ip().is_unspecified() || address.ip() == way;
    let port = ours.iter().find(is_its)?.port();
    Some(Flow { transport: target.transport, local: SocketAddr::new(way, port), remote: target.address, connection: None })
}

/// The address that the kernel would send from. Nothing is sent.
fn way_to(remote: SocketAddr) -> std::io::Result<IpAddr> {
    let any: IpAddr = if remote.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = std::net::UdpSocket::bind((any, 0))?;
    socket.connect(remote)?;
    Ok(socket.local_addr()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_target_is_from_an_address_that_is_served() {
        let address = |text: &str| -> SocketAddr { text.parse().expect("an address") };
        let to = |transport| Target { transport, address: address("127.0.0.1:5070") };
        let served = |udp: &str, tcp: &str| [vec![address(udp)], vec![address(tcp)], vec![]];
        let found = flow(&served("[::]:5060", "127.0.0.1:5062"), to(Transport::Udp)).expect("a way");
        assert_eq!((found.local, found.remote), (address("127.0.0.1:5060"), address("127.0.0.1:5070")));
        let found = flow(&served("[::]:5060", "127.0.0.1:5062"), to(Transport::Tcp)).expect("a way");
        assert_eq!(found.local, address("127.0.0.1:5062"));
        assert_eq!(flow(&served("192.0.2.1:5060", "[::]:5060"), to(Transport::Udp)), None, "another address is served");
        assert_eq!(flow(&served("[::]:5060", "[::]:5060"), to(Transport::Tls)), None, "not served");
    }
}
