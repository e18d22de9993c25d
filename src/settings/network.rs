use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Addresses that share a prefix. One host is a network with the longest prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Neither `10.0.0.0/8` nor `10.0.0.0/255.0.0.0` nor `2001:db8::/32` nor one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotNetwork;

impl Network {
    /// `None` if the prefix is longer than the address. Bits of the address behind the prefix are cleared.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Network> {
        let address = match address {
            IpAddr::V4(address) if prefix <= 32 => {
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V4((u32::from(address) & mask).into())
            }
            IpAddr::V6(address) if prefix <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V6((u128::from(address) & mask).into())
            }
            _ => return None,
        };
        Some(Network { address, prefix })
    }

    /// One host.
    pub const fn of(address: IpAddr) -> Network {
        let address = address.to_canonical();
        Network { address, prefix: if address.is_ipv4() { 32 } else { 128 } }
    }

    pub const fn address(self) -> IpAddr {
        self.address
    }

    pub const fn prefix(self) -> u8 {
        self.prefix
    }

    /// An IPv4 address that a dual-stack socket shows as `::ffff:a.b.c.d` counts as the IPv4 address that it is.
    pub fn contains(self, address: IpAddr) -> bool {
        Network::new(address.to_canonical(), self.prefix)
            .is_some_and(|network| network.address == self.address && network.address.is_ipv4() == address.to_canonical().is_ipv4())
    }
}

impl FromStr for Network {
    type Err = NotNetwork;

    fn from_str(text: &str) -> Result<Network, NotNetwork> {
        let (address, mask) = match text.split_once('/') {
            Some((address, mask)) => (address, Some(mask)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| NotNetwork)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match mask.map(str::trim) {
            None => longest,
            Some(mask) if mask.contains('.') && address.is_ipv4() => {
                let mask: std::net::Ipv4Addr = mask.parse().map_err(|_| NotNetwork)?;
                let mask = u32::from(mask);
                // Only ones, then only zeros.
                if mask.leading_ones() + mask.trailing_zeros() < 32 {
                    return Err(NotNetwork);
                }
                mask.leading_ones() as u8
            }
            Some(prefix) if !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit()) => prefix.parse().map_err(|_| NotNetwork)?,
            Some(_) => return Err(NotNetwork),
        };
        Network::new(address, prefix).ok_or(NotNetwork)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = if self.address.is_ipv4() { 32 } else { 128 };
        if self.prefix == longest { self.address.fmt(f) } else { write!(f, "{}/{}", self.address, self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap_or_else(|_| panic!("{text} is a network"))
    }

    #[test]
    fn three_ways_to_write_one() {
        assert_eq!(network("10.0.0.0/8"), network("10.1.2.3/255.0.0.0"));
        assert_eq!(network("192.0.2.7"), network("192.0.2.7/32"));
        assert_eq!(network("192.0.2.7").to_string(), "192.0.2.7");
        assert_eq!(network("10.1.2.3/255.0.0.0").to_string(), "10.0.0.0/8");
        assert_eq!(network("2001:db8:1::1/32").to_string(), "2001:db8::/32");
        assert_eq!(network("0.0.0.0/0").to_string(), "0.0.0.0/0");
        for text in ["", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/255.0.255.0", "::/129", "::/255.0.0.0", "a", "10.0.0.0/+8", "1.2.3.4/8/8"] {
            assert_eq!(text.parse::<Network>(), Err(NotNetwork), "{text}");
        }
    }

    #[test]
    fn contains_by_prefix_and_family() {
        let inside = |network_text: &str, address: &str| network(network_text).contains(address.parse().unwrap());
        assert!(inside("10.0.0.0/8", "10.255.0.1"));
        assert!(!inside("10.0.0.0/8", "11.0.0.1"));
        assert!(inside("10.0.0.0/8", "::ffff:10.0.0.1"));
        assert!(inside("0.0.0.0/0", "203.0.113.1"));
        assert!(!inside("0.0.0.0/0", "2001:db8::1"));
        assert!(!inside("::/0", "203.0.113.1"));
        assert!(inside("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!inside("192.0.2.7", "192.0.2.8"));
    }
}
