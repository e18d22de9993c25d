//! Where a SIP host is (RFC 3263 4): NAPTR says by which transports, SRV at which hosts and ports, A and AAAA at which addresses. What the
//! settings say already is not asked for.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::message::{Data, Kind, Record};
use crate::base::limits::LINE_TARGETS_MAX;
use crate::base::{Dice, Transport};

/// An address of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub transport: Transport,
    pub address: SocketAddr,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The best first.
    pub targets: Vec<Target>,
    /// The shortest time that a record on the way holds.
    pub holds: Duration,
}

/// Who asks for records. An error is for people.
pub trait Lookup {
    fn lookup(&self, name: &str, kind: Kind) -> impl Future<Output = Result<Vec<Record>, String>> + Send;
}

/// An address needs no records; it is looked at again after this, for the way there may be another one then.
const ADDRESS_HOLDS: Duration = Duration::from_secs(600);

/// The transports of lines, in the order in which they are tried where nothing says otherwise, and where DNS has them.
const SERVICES: [(Transport, &str, &str); 3] =
    [(Transport::Udp, "SIP+D2U", "_sip._udp"), (Transport::Tcp, "SIP+D2T", "_sip._tcp"), (Transport::Tls, "SIPS+D2T", "_sips._tcp")];

/// Finds a host. `dice` are for the weights of SRV.
pub async fn locate(
    lookup: &(impl Lookup + Sync),
    dice: &mut Dice,
    host: &str,
    port: Option<u16>,
    transport: Option<Transport>,
) -> Result<Found, String> {
    let mut search = Search { lookup, dice, found: Found { targets: Vec::new(), holds: Duration::MAX } };
    match (host.parse::<IpAddr>(), port, transport) {
        (Ok(address), ..) => {
            let transport = transport.unwrap_or(Transport::Udp);
            search.found.holds = ADDRESS_HOLDS;
            search.push(transport, SocketAddr::new(address, port.unwrap_or(transport.default_port())));
        }
        (Err(_), Some(port), _) => search.addresses(host, transport.unwrap_or(Transport::Udp), port).await?,
        (Err(_), None, Some(transport)) => search.by_transport(host, transport).await?,
        (Err(_), None, None) => search.by_services(host).await?,
    }
    if search.found.targets.is_empty() { Err(format!("{host} has no address")) } else { Ok(search.found) }
}

struct Search<'a, L> {
    lookup: &'a L,
    dice: &'a mut Dice,
    found: Found,
}

impl<L: Lookup + Sync> Search<'_, L> {
    async fn ask(&mut self, name: &str, kind: Kind) -> Result<Vec<Record>, String> {
        let records = self.lookup.lookup(name, kind).await?;
        let shortest = records.iter().map(|record| record.holds).min();
        self.found.holds = self.found.holds.min(shortest.unwrap_or(Duration::MAX));
        Ok(records)
    }

    fn push(&mut self, transport: Transport, address: SocketAddr) {
        let target = Target { transport, address };
        if self.found.targets.len() < LINE_TARGETS_MAX && !self.found.targets.contains(&target) {
            self.found.targets.push(target);
        }
    }

    /// IPv4 first: whoever has both is reached by it more surely.
    async fn addresses(&mut self, host: &str, transport: Transport, port: u16) -> Result<(), String> {
        let mut trouble = None;
        for kind in [Kind::A, Kind::Aaaa] {
            match self.ask(host, kind).await {
                Ok(records) => {
                    for record in records {
                        if let Data::Address(address) = record.data {
                            self.push(transport, SocketAddr::new(address, port));
                        }
                    }
                }
                Err(said) => trouble = Some(said),
            }
        }
        match trouble {
            Some(said) if self.found.targets.is_empty() => Err(said),
            _ => Ok(()),
        }
    }

    /// The hosts that an SRV name has. False: it has no record.
    async fn by_srv(&mut self, name: &str, transport: Transport) -> Result<bool, String> {
        let records = self.ask(name, Kind::Srv).await?;
        let mut left: Vec<_> =
            records.into_iter().filter_map(|record| if let Data::Srv(srv) = record.data { Some(srv) } else { None }).collect();
        let is_there = !left.is_empty();
        // RFC 2782: the lowest priority, and of equal ones by chance in proportion to their weight.
        while let Some(priority) = left.iter().map(|srv| srv.priority).min() {
            let total: u32 = left.iter().filter(|srv| srv.priority == priority).map(|srv| 1 + u32::from(srv.weight)).sum();
            let mut ticket = self.dice.below(total);
            let drawn = left.iter().position(|srv| {
                let share = 1 + u32::from(srv.weight);
                let is_drawn = srv.priority == priority && ticket < share;
                if srv.priority == priority && !is_drawn {
                    ticket -= share;
                }
                is_drawn
            });
            let srv = left.remove(drawn.unwrap_or(0));
            // One host of several that nobody knows does not hide the others.
            if !srv.host.is_empty() {
                let _ = self.addresses(&srv.host, transport, srv.port).await;
            }
        }
        Ok(is_there)
    }

    async fn by_transport(&mut self, host: &str, transport: Transport) -> Result<(), String> {
        let service = SERVICES.iter().find(|(known, ..)| *known == transport).map(|(_, _, service)| *service);
        if let Some(service) = service
            && self.by_srv(&format!("{service}.{host}"), transport).await?
        {
            return Ok(());
        }
        self.addresses(host, transport, transport.default_port()).await
    }

    async fn by_services(&mut self, host: &str) -> Result<(), String> {
        let records = self.ask(host, Kind::Naptr).await?;
        let naptrs = records.into_iter().filter_map(|record| if let Data::Naptr(naptr) = record.data { Some(naptr) } else { None });
        let mut naptrs: Vec<_> = naptrs.filter(|naptr| naptr.flags.eq_ignore_ascii_case("s")).collect();
        naptrs.sort_by_key(|naptr| (naptr.order, naptr.preference));
        for naptr in &naptrs {
            let known = SERVICES.iter().find(|(_, service, _)| service.eq_ignore_ascii_case(&naptr.service));
            if let Some((transport, ..)) = known {
                self.by_srv(&naptr.replacement, *transport).await?;
            }
        }
        if !self.found.targets.is_empty() {
            return Ok(());
        }
        let mut is_there = false;
        for (transport, _, service) in SERVICES {
            is_there |= self.by_srv(&format!("{service}.{host}"), transport).await?;
        }
        if is_there { Ok(()) } else { self.addresses(host, Transport::Udp, Transport::Udp.default_port()).await }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::super::message::{Naptr, Srv};
    use super::*;

    /// Names as a server has them. One that is not here has no record; `broken` has trouble.
    #[derive(Default)]
    struct Zone(BTreeMap<(String, Kind), Vec<Record>>);

    impl Zone {
        fn with(mut self, name: &str, kind: Kind, seconds: u64, data: Data) -> Zone {
            let record = Record { holds: Duration::from_secs(seconds), data };
            self.0.entry((name.to_owned(), kind)).or_default().push(record);
            self
        }

        fn address(self, name: &str, address: &str) -> Zone {
            let address: IpAddr = address.parse().unwrap();
            self.with(name, if address.is_ipv4() { Kind::A } else { Kind::Aaaa }, 300, Data::Address(address))
        }

        fn srv(self, name: &str, priority: u16, weight: u16, port: u16, host: &str) -> Zone {
            self.with(name, Kind::Srv, 60, Data::Srv(Srv { priority, weight, port, host: host.to_owned() }))
        }

        fn naptr(self, name: &str, order: u16, service: &str, to: &str) -> Zone {
            let replacement = to.to_owned();
            let naptr = Naptr { order, preference: 1, flags: "S".to_owned(), service: service.to_owned(), replacement };
            self.with(name, Kind::Naptr, 120, Data::Naptr(naptr))
        }
    }

    impl Lookup for Zone {
        async fn lookup(&self, name: &str, kind: Kind) -> Result<Vec<Record>, String> {
            if name.contains("broken") {
                return Err("no server answers".to_owned());
            }
            Ok(self.0.get(&(name.to_owned(), kind)).cloned().unwrap_or_default())
        }
    }

    fn found(zone: &Zone, seed: u64, host: &str, port: Option<u16>, transport: Option<Transport>) -> Result<Found, String> {
        let mut dice = Dice::from_number(seed);
        let located = pin!(locate(zone, &mut dice, host, port, transport));
        match located.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(found) => found,
            Poll::Pending => panic!("a zone answers at once"),
        }
    }

    fn check(zone: &Zone, host: &str, port: Option<u16>, transport: Option<Transport>, expected: &str) {
        let said = match found(zone, 1, host, port, transport) {
            Ok(found) => {
                let targets = found.targets.iter().map(|target| format!("{} {}", target.transport.name(), target.address));
                format!("{} for {}s", targets.collect::<Vec<_>>().join(", "), found.holds.as_secs())
            }
            Err(said) => said,
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn an_address_is_not_asked_for() {
        let zone = Zone::default();
        check(&zone, "192.0.2.1", None, None, "udp 192.0.2.1:5060 for 600s");
        check(&zone, "192.0.2.1", Some(5070), Some(Transport::Tcp), "tcp 192.0.2.1:5070 for 600s");
        check(&zone, "2001:db8::1", None, Some(Transport::Tls), "tls [2001:db8::1]:5061 for 600s");
    }

    #[test]
    fn a_port_says_that_srv_is_not_asked_for() {
        let zone = Zone::default().address("p.example", "192.0.2.1").address("p.example", "2001:db8::1");
        let zone = zone.srv("_sip._udp.p.example", 1, 1, 5080, "other.example").address("other.example", "192.0.2.9");
        check(&zone, "p.example", Some(5070), None, "udp 192.0.2.1:5070, udp [2001:db8::1]:5070 for 300s");
        check(&zone, "p.example", None, Some(Transport::Udp), "udp 192.0.2.9:5080 for 60s");
        check(&zone, "p.example", None, Some(Transport::Tcp), "tcp 192.0.2.1:5060, tcp [2001:db8::1]:5060 for 300s");
    }

    #[test]
    fn naptr_says_the_transport_and_srv_the_hosts() {
        let zone = Zone::default().naptr("p.example", 20, "SIP+D2U", "_sip._udp.p.example");
        let zone = zone.naptr("p.example", 10, "SIP+D2T", "_sip._tcp.p.example").naptr("p.example", 5, "E2U+sip", "x.example");
        let zone = zone.srv("_sip._tcp.p.example", 2, 0, 5060, "b.example").srv("_sip._tcp.p.example", 1, 0, 5062, "a.example");
        let zone = zone.srv("_sip._udp.p.example", 1, 0, 5060, "a.example");
        let zone = zone.address("a.example", "192.0.2.1").address("b.example", "192.0.2.2");
        check(&zone, "p.example", None, None, "tcp 192.0.2.1:5062, tcp 192.0.2.2:5060, udp 192.0.2.1:5060 for 60s");
    }

    #[test]
    fn without_naptr_srv_of_every_transport_and_without_that_the_name() {
        let zone = Zone::default().srv("_sip._tcp.p.example", 1, 0, 5060, "a.example").address("a.example", "192.0.2.1");
        let zone = zone.address("p.example", "192.0.2.7").address("q.example", "192.0.2.8");
        check(&zone, "p.example", None, None, "tcp 192.0.2.1:5060 for 60s");
        check(&zone, "q.example", None, None, "udp 192.0.2.8:5060 for 300s");
    }

    #[test]
    fn what_is_nowhere_says_so() {
        let zone = Zone::default().srv("_sip._udp.gone.example", 0, 0, 0, "").address("gone.example", "192.0.2.1");
        check(&zone, "gone.example", None, Some(Transport::Udp), "gone.example has no address");
        check(&zone, "nobody.example", None, None, "nobody.example has no address");
        check(&zone, "broken.example", None, None, "no server answers");
        let zone = zone.srv("_sip._udp.half.example", 1, 0, 5060, "broken.example").srv("_sip._udp.half.example", 2, 0, 5060, "a.example");
        let zone = zone.address("a.example", "192.0.2.3");
        check(&zone, "half.example", None, None, "udp 192.0.2.3:5060 for 60s");
    }

    #[test]
    fn weights_share_the_load() {
        let mut zone = Zone::default();
        for (weight, host) in [(90, "a.example"), (10, "b.example"), (0, "c.example")] {
            zone = zone.srv("_sip._udp.p.example", 1, weight, 5060, host);
        }
        let zone = zone.address("a.example", "192.0.2.1").address("b.example", "192.0.2.2").address("c.example", "192.0.2.3");
        let mut firsts = BTreeMap::new();
        for seed in 0..1000 {
            let found = found(&zone, seed, "p.example", None, None).expect("found");
            assert_eq!(found.targets.len(), 3);
            *firsts.entry(found.targets[0].address.ip().to_string()).or_insert(0) += 1;
        }
        let counts: Vec<i32> = firsts.values().copied().collect();
        assert!((830..930).contains(&counts[0]) && (60..160).contains(&counts[1]) && counts[2] < 40, "{firsts:?}");
    }
}
