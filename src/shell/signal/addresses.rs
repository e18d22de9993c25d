//! Where SIP is served: by the command line, else by the settings.

use std::net::{Ipv6Addr, SocketAddr};

use crate::base::Transport;
use crate::settings::SipSettings;

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Each for UDP and TCP.
    pub sip: Vec<SocketAddr>,
    pub tls: Vec<SocketAddr>,
    pub ws: Vec<SocketAddr>,
    pub wss: Vec<SocketAddr>,
}

/// By transport. TLS, WS and WSS are the door's, which also takes browsers at the ports of the web.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    pub udp: Vec<SocketAddr>,
    pub tcp: Vec<SocketAddr>,
    pub tls: Vec<SocketAddr>,
    pub ws: Vec<SocketAddr>,
    pub wss: Vec<SocketAddr>,
    /// WebSockets that carry SIP at the web's plain ports, and at those with TLS.
    pub at_web: AtWeb,
    /// The command line's: what of them cannot be bound ends the program. A port of the settings that is taken must not, or nobody could
    /// change it any more.
    pub is_given: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct AtWeb {
    pub ws: bool,
    pub wss: bool,
}

impl Addresses {
    /// The port of each transport as phones reach it, in the order of [`Transport::ALL`]; of one that is not served, the settings'. UDP and TCP
    /// may be forwarded from another one.
    pub fn told_ports(&self, sip: &SipSettings, forwarded: Option<u16>) -> [u16; 5] {
        let served = [&self.udp, &self.tcp, &self.tls, &self.ws, &self.wss];
        std::array::from_fn(|at| {
            let outer = forwarded.filter(|_| matches!(Transport::ALL[at], Transport::Udp | Transport::Tcp));
            outer.or(served[at].first().map(SocketAddr::port)).unwrap_or(sip.ports[at])
        })
    }

    /// Those of the command line, if it says any; else all addresses of the box, with the ports and transports of the settings.
    pub fn new(given: Given, sip: &SipSettings) -> Addresses {
        let is_enabled = |transport| sip.transports.contains(&transport);
        let at_web = AtWeb { ws: is_enabled(Transport::Ws), wss: is_enabled(Transport::Wss) };
        let Given { sip: both, tls, ws, wss } = given;
        if [&both, &tls, &ws, &wss].iter().any(|given| !given.is_empty()) {
            return Addresses { udp: both.clone(), tcp: both, tls, ws, wss, at_web, is_given: true };
        }
        let everywhere = |transport| {
            let at = Transport::ALL.iter().position(|known| *known == transport);
            let port = at.filter(|_| is_enabled(transport)).map(|at| sip.ports[at]);
            port.map(|port| SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))).into_iter().collect()
        };
        Addresses {
            udp: everywhere(Transport::Udp),
            tcp: everywhere(Transport::Tcp),
            tls: everywhere(Transport::Tls),
            ws: everywhere(Transport::Ws),
            wss: everywhere(Transport::Wss),
            at_web,
            is_given: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn what_the_command_line_says_stands_for_all_and_else_the_settings_do() {
        let mut sip = Settings::fresh().sip;
        sip.transports = vec![Transport::Udp, Transport::Wss];
        let all = Addresses::new(Given::default(), &sip);
        let text = |addresses: &[SocketAddr]| addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!((text(&all.udp), text(&all.wss)), ("[::]:5060".to_owned(), "[::]:8089".to_owned()));
        assert!(all.tcp.is_empty() && all.tls.is_empty() && all.ws.is_empty());
        assert!(all.at_web.wss && !all.at_web.ws);

        assert_eq!(all.told_ports(&sip, None), [5060, 5060, 5061, 8088, 8089]);
        let both = Given { sip: vec!["127.0.0.1:15060".parse().unwrap()], ..Given::default() };
        let both = Addresses::new(both, &sip);
        assert_eq!(
            (both.told_ports(&sip, None)[..2].to_vec(), both.told_ports(&sip, Some(7))[..3].to_vec()),
            (vec![15_060; 2], vec![7, 7, 5061])
        );
        let given = Given { tls: vec!["127.0.0.1:9".parse().unwrap()], ..Given::default() };
        let some = Addresses::new(given, &sip);
        assert_eq!(text(&some.tls), "127.0.0.1:9");
        assert!(some.udp.is_empty() && some.wss.is_empty());
    }
}
