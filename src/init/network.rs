//! Which address the box has, as people will type it. Getting one is the business of the verb `network-apply`.

use std::net::IpAddr;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

/// The address to show: IPv4 before IPv6, and none that reaches only the box or its link.
pub fn address() -> Option<IpAddr> {
    let interfaces = getifaddrs().ok()?;
    let addresses = interfaces.filter(|interface| interface.flags.contains(InterfaceFlags::IFF_UP)).filter_map(|interface| {
        let address = interface.address?;
        let v4 = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
        v4.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
    });
    preferred(addresses)
}

fn preferred(addresses: impl Iterator<Item = IpAddr>) -> Option<IpAddr> {
    let reachable = |address: &IpAddr| match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    };
    addresses.filter(reachable).min_by_key(IpAddr::is_ipv6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv4_comes_first_and_local_ones_never() {
        let choose = |addresses: &[&str]| preferred(addresses.iter().map(|address| address.parse().unwrap()));
        assert_eq!(choose(&["127.0.0.1", "::1", "fe80::1", "169.254.3.4"]), None);
        assert_eq!(choose(&["2001:db8::1", "192.0.2.1"]), Some("192.0.2.1".parse().unwrap()));
        assert_eq!(choose(&["fe80::1", "2001:db8::1"]), Some("2001:db8::1".parse().unwrap()));
    }
}
