//! Which line is at an address: whose certificate a connection over TLS there must show.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::shell::handover::Peer;

/// Clones share it: it is learnt where lines are looked up, and asked where connections are opened.
#[derive(Clone, Debug, Default)]
pub struct Peers(Arc<Mutex<BTreeMap<SocketAddr, Peer>>>);

impl Peers {
    /// A line was found at these addresses, and is no more at those where it was before.
    pub fn learn(&self, peer: &Peer, addresses: impl Iterator<Item = SocketAddr>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, other| other.name != peer.name);
        known.extend(addresses.map(|address| (plain(address), peer.clone())));
    }

    /// None: a phone is there.
    pub fn at(&self, address: SocketAddr) -> Option<Peer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&plain(address)).cloned()
    }
}

fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_where_it_was_found_last() {
        let peers = Peers::default();
        let address = |text: &str| -> SocketAddr { text.parse().expect("an address") };
        let peer = |name: &str| Peer { name: name.to_owned(), certificate: None };
        peers.learn(&peer("one"), [address("192.0.2.1:5061"), address("192.0.2.2:5061")].into_iter());
        peers.learn(&peer("two"), [address("192.0.2.3:5061")].into_iter());
        peers.learn(&peer("one"), [address("192.0.2.2:5061")].into_iter());
        assert_eq!(peers.at(address("[::ffff:192.0.2.2]:5061")), Some(peer("one")));
        assert_eq!(peers.at(address("192.0.2.3:5061")), Some(peer("two")));
        assert_eq!((peers.at(address("192.0.2.1:5061")), peers.at(address("192.0.2.2:5060"))), (None, None));
    }
}
